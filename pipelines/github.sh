#!/usr/bin/env bash
# What action.yml runs: gets the binary, judges, writes the reports, the outputs and the step's summary.
# All it is told comes through ASSIZE_* variables; what it prints of the judged tree cannot be taken for
# a workflow command.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
refuse() { echo "::error title=assize::$1"; exit 2; }
one_of() { # name, value, allowed...
  local name=$1 value=$2; shift 2
  for allowed in "$@"; do [ "$value" = "$allowed" ] && return 0; done
  refuse "The input $name is one of: $*."
}
one_of fail-on "${ASSIZE_FAIL_ON:=error}" error warning note hint never
one_of gate "${ASSIZE_GATE:=all}" all new
one_of fail "${ASSIZE_FAIL:=true}" true false
[ "$ASSIZE_GATE" = all ] || [ -n "${ASSIZE_SINCE:-}" ] || refuse "The input gate is new, so since must name a git ref."

temporary=${RUNNER_TEMP:-$(mktemp -d)}
reports=${ASSIZE_REPORTS:-$temporary/assize-reports}
mkdir -p "$reports"
binary=${ASSIZE_BINARY:-}
[ -n "$binary" ] || binary=$(bash "$here/get.sh" "${ASSIZE_VERSION:?}" "$temporary/assize" "${ASSIZE_SHA256:-}") ||
  refuse "Assize could not be downloaded; the log says why."

# Lines to arguments; a path that begins with a hyphen stays a path.
arguments=(check --color never --format concise --fail-on "$ASSIZE_FAIL_ON")
# GitHub shows what is open and within its limits: the profile of SARIF that is made for it.
arguments+=(--report "sarif-github=$reports/assize.sarif")
for report in json html; do arguments+=(--report "$report=$reports/assize.$report"); done
while IFS= read -r line; do [ -z "$line" ] || arguments+=(--pack "$line"); done <<<"${ASSIZE_PACKS:-}"
[ -z "${ASSIZE_SINCE:-}" ] || arguments+=("--since=$ASSIZE_SINCE")
[ -z "${ASSIZE_CHANGED:-}" ] || arguments+=("--changed=$ASSIZE_CHANGED")
[ "$ASSIZE_GATE" = all ] || arguments+=(--gate "$ASSIZE_GATE")
while IFS= read -r line; do [ -z "$line" ] || arguments+=("$line"); done <<<"${ASSIZE_ARGUMENTS:-}"
arguments+=(--)
while IFS= read -r line; do [ -z "$line" ] || arguments+=("$line"); done <<<"${ASSIZE_PATHS:-.}"

# Between these lines the runner obeys no command, whatever a file of the judged tree is called.
pause=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$pause"
code=0
"$binary" "${arguments[@]}" >"$temporary/assize.txt" || code=$?
head -n 1000 "$temporary/assize.txt"
lines=$(wc -l <"$temporary/assize.txt" | tr -d ' ')
[ "$lines" -le 1000 ] || echo "... and $((lines - 1000)) more; the reports hold all."
echo "::$pause::"

# The summary stands before anything of the judged tree, and no text of JSON holds a line break.
count() {
  [ -s "$reports/assize.json" ] || { echo 0; return; }
  sed -n '/^  "summary": {$/,/^  }/p' "$reports/assize.json" | sed -n "s/^    \"$1\": \([0-9]*\),\{0,1\}\$/\1/p" | head -n 1
}
errors=$(count error) warnings=$(count warning) notes=$(count note) unknown=$(count unknown)
before=$(count baselined) waived=$(count waived) explained=$(count suppressed)
{
  echo "exit-code=$code"
  echo "errors=$errors"
  echo "warnings=$warnings"
  echo "notes=$notes"
  echo "unknown=$unknown"
  for report in sarif json html; do
    # A run that could not start wrote none.
    [ ! -s "$reports/assize.$report" ] || printf '%s=%s\n' "$report" "$reports/assize.$report"
  done
} >>"${GITHUB_OUTPUT:-/dev/null}"

{
  case $code in
    0) echo "## Assize: nothing at or above \`$ASSIZE_FAIL_ON\`" ;;
    1) echo "## Assize: findings" ;;
    *) echo "## Assize could not run" ;;
  esac
  if [ "$code" -le 1 ]; then
    printf '\n| errors | warnings | notes | could not be checked |\n|---:|---:|---:|---:|\n| %s | %s | %s | %s |\n' \
      "$errors" "$warnings" "$notes" "$unknown"
    if [ $((before + waived + explained)) -gt 0 ]; then
      printf '\nAccepted beside these: %s there before, %s waived, %s explained in comments.\n' "$before" "$waived" "$explained"
    fi
    if [ "$lines" -gt 0 ]; then
      # An indented block: no text of a finding ends it. 50 lines stay far below the limit of 1 MiB.
      printf '\nThe first findings:\n\n'
      head -n 50 "$temporary/assize.txt" | cut -c 1-500 | sed 's/^/    /'
    fi
  fi
} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

[ "$code" -ne 1 ] || [ "$ASSIZE_FAIL" = true ] || code=0
exit "$code"
