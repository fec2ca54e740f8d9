#!/bin/bash
# The main job on bundled data: detect, score, fire rules, plan a runbook, weigh two changes. Changes nothing outside demo/.
set -euo pipefail
cd "$(dirname "$0")/.."
auspex=${1:-.build/release/auspex}
data=Datasets/postgres-faults
out=demo
mkdir -p "$out"

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n== %s\n' "$*"; }

step "1/5 Five detectors on $(ls $data/series/*.csv.gz | wc -l) recorded series with known faults"
"$auspex" evaluate $data/series --detector auto --detector mad --detector knn --detector pca --detector ewma \
  --report "$out/report.html" | tail -12

step "2/5 Log lines that nobody has seen before"
"$auspex" logs score $data/service.log.gz --only-anomalies | tail -5

step "3/5 One recorded fault, replayed through the rules to a planned runbook"
"$auspex" replay $data/recording.ndjson.gz --rules Rules --runbooks Rules/runbooks

step "4/5 The runbook that would run, and its hash"
"$auspex" runbook plan Rules/runbooks/restart-service.yaml --param service=postgresql --param instance=localhost \
  --param host=localhost

step "5/5 Risk of two changes of this repository"
if git rev-parse --verify --quiet HEAD~3 >/dev/null; then
  for range in HEAD~1..HEAD HEAD~3..HEAD~1; do "$auspex" risk score --repo . --range "$range"; echo; done
else
  echo "This copy has no history of four commits; in a clone: $auspex risk score --repo . --range HEAD~1..HEAD"
fi

printf '\nReport: %s\n' "$PWD/$out/report.html"
