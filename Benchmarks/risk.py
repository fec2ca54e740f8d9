#!/usr/bin/env python3
"""The risk model beside what a Python user would pick, on public changes with known outcomes in order of time.

    python3 Benchmarks/risk.py [--data ../shared/data/change-risk] [--split 0.7] [--label-delay 90d] [--peers]

Runs the release binary (make build) on every table under DATA. --peers adds scikit-learn's logistic regression and histogram
boosting, which need pip install scikit-learn pandas: log(1 + measure), standardised for the regression, trained on the older
changes, no outcome of a newer one used. Compare them with the row "as trained"; "followed" uses outcomes of newer changes once
they are older than the delay, as a running engine does.
"""
import argparse
import glob
import json
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, ".build", "release", "auspex")
METRICS = ["auc_roc", "auc_pr", "brier", "ece", "capture_5", "capture_10", "capture_50"]
TIMES = ["commitdate", "author_date", "date"]
OUTCOMES = ["bug", "buggy"]
# What is no measure, or tells the outcome: `gap` is the days to the fix, which only harmful changes have.
OTHERS = {"", "_id", "__", "transactionid", "commit_id", "project", "repo", "gap", "target", "year", "unnamed: 0"}


def ours(path, options):
    command = [BINARY, "risk", "evaluate", path, "--split", str(options.split), "--label-delay", options.label_delay]
    done = subprocess.run(command + ["--format", "json"], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    return {"lines added": result["baselines"]["lines_added"], "as trained": result["metrics_without_test_labels"],
            "followed": result["metrics"]}


def table(path):
    import numpy as np
    import pandas as pd

    rows = pd.read_csv(path)
    rows.columns = [name.lower() for name in rows.columns]
    time = next(name for name in TIMES if name in rows)
    outcome = next(name for name in OUTCOMES if name in rows)
    is_number = pd.api.types.is_numeric_dtype(rows[time])
    when = rows[time] if is_number else pd.to_datetime(rows[time]).astype("int64")
    order = np.argsort(when.to_numpy(), kind="stable")
    names = [name for name in rows if name not in OTHERS | {time, outcome}]
    measures = rows[names].fillna(0).to_numpy(float)
    return np.log1p(np.clip(measures, 0, None))[order], (rows[outcome] > 0).to_numpy(int)[order]


def metrics(chances, harm):
    import numpy as np
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    bins = np.minimum((chances * 10).astype(int), 9)
    ece = sum(abs((chances - harm)[bins == bin].sum()) for bin in range(10)) / len(harm)
    ranked = harm[np.argsort(-chances, kind="stable")]
    captured = [ranked[: max(1, len(harm) * share // 100)].sum() / harm.sum() for share in (5, 10, 50)]
    values = [roc_auc_score(harm, chances), average_precision_score(harm, chances), brier_score_loss(harm, chances), ece]
    return dict(zip(METRICS, values + captured))


def peers(path, options):
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    measures, harm = table(path)
    split = int(len(harm) * options.split)
    models = {"scikit-learn logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
              "scikit-learn boosting": HistGradientBoostingClassifier(learning_rate=0.07, max_leaf_nodes=15, random_state=0)}
    return {name: metrics(model.fit(measures[:split], harm[:split]).predict_proba(measures[split:])[:, 1], harm[split:])
            for name, model in models.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data", "change-risk"))
    parser.add_argument("--split", type=float, default=0.7)
    parser.add_argument("--label-delay", default="90d")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    paths = sorted(glob.glob(os.path.join(options.data, "*", "*.csv.gz")))
    if not paths:
        parser.error(f"no tables under {options.data}")
    sums = {}
    print("data set".ljust(34), "model".ljust(22), *(name.rjust(10) for name in METRICS))
    for path in paths:
        results = ours(path, options) | (peers(path, options) if options.peers else {})
        for model, values in results.items():
            print(os.path.relpath(path, options.data)[:-7].ljust(34), model.ljust(22),
                  *(f"{values[name]:10.4f}" for name in METRICS), flush=True)
            for name in METRICS:
                sums.setdefault(model, dict.fromkeys(METRICS, 0.0))[name] += values[name] / len(paths)
    for model, values in sums.items():
        print(f"mean of {len(paths)}".ljust(34), model.ljust(22), *(f"{values[name]:10.4f}" for name in METRICS))


if __name__ == "__main__":
    main()
