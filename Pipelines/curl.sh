#!/bin/sh
# Asks the gate of an Auspex server with curl alone; the exit code is the answer: 0 go on, 1 stop, 2 wrong usage, 3 bad input,
# 4 the server cannot be reached. Everything comes from the environment:
#   AUSPEX_SERVER      its address, http://127.0.0.1:7070 by default      AUSPEX_TOKEN   the API token, if it has one
#   GATE_SERVICE       the service that is to be changed (needed)         GATE_ENVIRONMENT, GATE_SHA, GATE_VERSION
#   GATE_WAIT          seconds to ask again while the verdict is open     GATE_ON_ERROR, GATE_ON_INCONCLUSIVE   fail or pass
#   GATE_DRY_RUN       true: show the verdict and stop nobody             GATE_BREAK_GLASS, GATE_BY   go on, for this reason
set +x # the token must not be traced
case "${GATE_WAIT:=0}" in *[!0-9]* | ??????*) echo "GATE_WAIT=$GATE_WAIT must be whole seconds" >&2; exit 2 ;; esac
if [ -z "${GATE_SERVICE:-}" ]; then echo "GATE_SERVICE is empty; name the service that is to be changed" >&2; exit 2; fi

# A text as JSON. Control characters have no place in a name and become blanks.
quoted() { printf '"%s"' "$(printf '%s' "$1" | LC_ALL=C tr '\000-\037\177' ' ' | LC_ALL=C sed 's/[\\"]/\\&/g')"; }
body="{\"service\":$(quoted "$GATE_SERVICE"),\"environment\":$(quoted "${GATE_ENVIRONMENT:-}")"
body="$body,\"sha\":$(quoted "${GATE_SHA:-}"),\"version\":$(quoted "${GATE_VERSION:-}")"
if [ "${GATE_DRY_RUN:-}" = true ]; then body="$body,\"dryRun\":true"; fi
if [ -n "${GATE_BREAK_GLASS:-}" ]; then
  body="$body,\"breakGlass\":{\"reason\":$(quoted "$GATE_BREAK_GLASS"),\"by\":$(quoted "${GATE_BY:-$(id -un)}")}"
fi

# The header goes through a file descriptor: arguments can be seen by everybody on the machine.
ask() {
  printf '%s}' "$body" | curl --silent --show-error --globoff --proto '=http,https' --connect-timeout 10 --max-time 30 \
    --header 'Content-Type: application/json' --header @/dev/fd/3 --data-binary @- --write-out ' %{http_code}' \
    --url "${AUSPEX_SERVER:-http://127.0.0.1:7070}/api/v1/gate" 3<<END
${AUSPEX_TOKEN:+Authorization: Bearer $(printf '%s' "$AUSPEX_TOKEN" | tr -d '\r\n')}
END
}
# The value of a member; the last one of this name, for the answer's members are in order and the verdict's own come last.
member() { printf '%s' "$answer" | tr '\n' ' ' | sed -n "s/.*\"$1\":\"\\{0,1\\}\\([A-Za-z0-9.-]*\\).*/\\1/p"; }
holds() { case "$answer" in *"$1"*) return 0 ;; esac; return 1; }

waited=0 pause=1
while :; do
  answer=$(ask) || answer="${answer:-} 000"
  status=${answer##* }
  case "$status" in
    200) verdict=$(member verdict) ;;
    000 | 502 | 503 | 504) verdict=unreachable ;;
    *) echo "the gate answered $status: ${answer% *}" >&2; exit 3 ;;
  esac
  if [ -n "${GATE_BREAK_GLASS:-}" ] && [ "$verdict" != unreachable ]; then break; fi
  case "$verdict" in
    pass | warn | fail) if ! holds '"final":false'; then break; fi ;;
    inconclusive | unreachable) ;;
    *) echo "the answer holds no verdict; is this an Auspex server?" >&2; exit 3 ;;
  esac
  if [ "$waited" -ge "$GATE_WAIT" ]; then break; fi
  if [ $((waited + pause)) -gt "$GATE_WAIT" ]; then pause=$((GATE_WAIT - waited)); fi
  sleep "$pause"
  waited=$((waited + pause)) pause=$((pause < 5 ? pause * 2 : 10))
done

echo "auspex gate: $verdict" >&2
if [ "$verdict" != unreachable ]; then printf '%s\n' "${answer% *}"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  if [ "$verdict" = unreachable ]; then answer=; fi
  printf 'verdict=%s\nscore=%s\nid=%s\n' "$verdict" "$(member score)" "$(member id)" >>"$GITHUB_OUTPUT"
fi
case "$verdict" in
  unreachable) if [ "${GATE_ON_ERROR:-fail}" = pass ] || [ "${GATE_DRY_RUN:-}" = true ]; then exit 0; fi; exit 4 ;;
  pass | warn) exit 0 ;;
esac
if [ "${GATE_DRY_RUN:-}" = true ] || holds '"dryRun":true' || holds '"override":{'; then exit 0; fi
if [ "$verdict" = inconclusive ]; then
  if [ "${GATE_ON_INCONCLUSIVE:-$(member inconclusive)}" = pass ]; then exit 0; fi
fi
exit 1
