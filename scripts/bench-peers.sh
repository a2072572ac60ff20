#!/usr/bin/env bash
# Times Assize beside Spectral CLI 6.16.3 in one run, both with spectral:oas recommended: CPU seconds (user
# and system) and peak memory of the whole process. bench-peers.sh DOCUMENT... ; Spectral comes from npm
# into a scratch folder (SPECTRAL_HOME keeps it). RUNS is how often Assize runs (the median counts);
# Spectral runs once. RULESET names another ruleset.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/bench-peers.sh DOCUMENT..."; exit 2; }
command -v /usr/bin/time >/dev/null || { echo "GNU time is needed (apt-get install time)"; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
home=${SPECTRAL_HOME:-$(mktemp -d)}
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -n "${SPECTRAL_HOME:-}" ] || rm -rf "$home"' EXIT
if [ ! -x "$home/node_modules/.bin/spectral" ]; then
  mkdir -p "$home"
  npm install --silent --no-audit --no-fund --prefix "$home" @stoplight/spectral-cli@6.16.3 >/dev/null
fi
if [ -z "${ASSIZE:-}" ]; then
  # As it is shipped.
  cargo build --profile dist --quiet --manifest-path "$here/Cargo.toml" --bin assize
  ASSIZE=$here/target/dist/assize
fi
ruleset=${RULESET:-$work/ruleset.yaml}
printf 'extends: ["spectral:oas"]\n' >"$work/ruleset.yaml"
measure() { # FILE COMMAND...: user, system seconds and peak KiB
  local out=$1
  shift
  /usr/bin/time -f '%U %S %M' -o "$out" "$@" >"$work/results.json" 2>/dev/null || true
  tail -n 1 "$out"
}
uptime
printf '%-44s %10s %10s %8s %8s %8s\n' document 'Spectral s' 'Assize s' ratio 'MB' 'MB'
for document in "$@"; do
  read -r user system theirs < <(measure "$work/spectral" "$home/node_modules/.bin/spectral" lint -q -r "$ruleset" -f json "$document")
  spectral=$(echo "$user + $system" | bc -l)
  for _ in $(seq "${RUNS:-5}"); do
    measure "$work/assize" "$ASSIZE" check --no-config --ruleset "$ruleset" --format spectral-json --fail-on never "$document"
  done | awk '{ printf "%.3f %d\n", $1 + $2, $3 }' | sort -n >"$work/all"
  read -r assize ours < <(sed -n "$(( (${RUNS:-5} + 1) / 2 ))p" "$work/all")
  awk -v name="$(basename "$document")" -v s="$spectral" -v a="$assize" -v sm="$theirs" -v am="$ours" \
    'BEGIN { ratio = "-"; if (a > 0) ratio = sprintf("%.0fx", s / a)
      printf "%-44s %10.2f %10.3f %8s %8.0f %8.0f\n", name, s, a, ratio, sm / 1024, am / 1024 }'
done
uptime
