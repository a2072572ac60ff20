#!/usr/bin/env bash
# Compares Assize with Spectral CLI over many documents: compare.sh RULESET LIST, where LIST is a file
# that names a document a line. Every result is compared whole: code, path, message, severity, range
# and source. What Spectral answers is kept under SPECTRAL_CACHE (a folder for each ruleset), so that
# it runs once a document; SPECTRAL_HOME keeps the installed package; ASSIZE names the binary to ask.
# One process for each document: Spectral shares state between them. Rules that Assize reports as
# unknown are left out on both sides and counted. References to the network are read by neither: their
# results count as equal where they stand at the same place. LIMIT cuts the printed differences (20 a document).
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: scripts/compare.sh RULESET LIST"; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
home=${SPECTRAL_HOME:-$(mktemp -d)}
if [ ! -x "$home/node_modules/.bin/spectral" ]; then
  mkdir -p "$home"
  npm install --silent --no-audit --no-fund --prefix "$home" @stoplight/spectral-cli@6.16.3 >/dev/null
fi
if [ -z "${ASSIZE:-}" ]; then
  cargo build --release --quiet --manifest-path "$here/Cargo.toml" --bin assize
  ASSIZE=$here/target/release/assize
fi
ruleset=$(realpath "$1")
cache=${SPECTRAL_CACHE:-$home/cache}/$(printf '%s' "$ruleset" | cksum | cut -d' ' -f1)
mkdir -p "$cache"
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -n "${SPECTRAL_HOME:-}" ] || rm -rf "$home"' EXIT
while IFS= read -r document; do
  [ -n "$document" ] || continue
  document=$(realpath "$document")
  kept=$cache/$(printf '%s' "$document" | cksum | cut -d' ' -f1).json
  if [ ! -e "$kept" ]; then
    timeout 120 "$home/node_modules/.bin/spectral" lint -q -r "$ruleset" -f json "$document" >"$work/out" 2>"$work/err" || true
    [ -s "$work/out" ] || echo null >"$work/out"
    mv "$work/out" "$kept"
  fi
  "$ASSIZE" check --no-config --ruleset "$ruleset" --format spectral-json --fail-on never \
    --report "json=$work/report.json" "$document" >"$work/ours.json" 2>"$work/ours.err" || true
  node - "$kept" "$work/ours.json" "$work/report.json" "$document" "$work/totals" <<'NODE'
const fs = require('fs');
const [, , kept, mine, report, document, totals] = process.argv;
const read = (name) => { try { return JSON.parse(fs.readFileSync(name, 'utf8')); } catch { return null; } };
const theirs = read(kept), ours = read(mine);
const unknown = new Set((read(report)?.unknown ?? []).filter((one) => one.rule).map((one) => one.rule.slice(one.rule.indexOf('/') + 1)));
if (theirs === null || ours === null) {
  console.log(`== ${document}: ${theirs === null ? 'Spectral' : 'Assize'} gave no answer`);
  fs.appendFileSync(totals, JSON.stringify({ silent: 1 }) + '\n');
  process.exit();
}
// Members in one order, so that texts compare.
const network = /^FetchError: |^https?:.* is not fetched: /;
const key = ({ code, path, message, severity, range, source }) =>
  JSON.stringify([code, path.map(String), code === 'invalid-ref' && network.test(message) ? 'network' : message, severity, [range.start.line, range.start.character, range.end.line, range.end.character], source]);
const kind = (text) => JSON.stringify(JSON.parse(text).slice(0, 2));
const left = new Map();
let [same, skipped] = [0, 0];
for (const one of theirs) {
  if (unknown.has(one.code)) { skipped += 1; continue; }
  left.set(key(one), (left.get(key(one)) ?? 0) + 1);
}
const more = [];
for (const one of ours) {
  if (unknown.has(one.code)) continue;
  const count = left.get(key(one)) ?? 0;
  if (count > 0) { left.set(key(one), count - 1); same += 1; } else more.push(key(one));
}
const missed = [...left].flatMap(([text, count]) => Array(count).fill(text));
fs.appendFileSync(totals, JSON.stringify({ same, missed: missed.length, more: more.length, skipped, equal: missed.length + more.length === 0 ? 1 : 0 }) + '\n');
if (missed.length + more.length > 0) {
  console.log(`== ${document}: ${same} equal, ${missed.length} of Spectral alone, ${more.length} of Assize alone`);
  const lines = [...missed.map((text) => [kind(text), `  - ${text}`]), ...more.map((text) => [kind(text), `  + ${text}`])];
  lines.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  for (const [, line] of lines.slice(0, Number(process.env.LIMIT ?? 20))) console.log(line);
}
NODE
done <"$2"
node - "$work/totals" <<'NODE'
const fs = require('fs');
const lines = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const sum = (name) => lines.reduce((total, one) => total + (one[name] ?? 0), 0);
const [same, missed, more] = [sum('same'), sum('missed'), sum('more')];
const share = same + missed + more === 0 ? 100 : (100 * same) / (same + missed + more);
console.log(`${lines.length} documents, ${sum('equal')} equal as a whole, ${sum('silent')} without an answer; results: ${same} equal, ${missed} of Spectral alone, ${more} of Assize alone (${share.toFixed(2)}% equal); ${sum('skipped')} of rules that Assize reports as unknown`);
process.exit(missed + more > 0 ? 1 : 0);
NODE
