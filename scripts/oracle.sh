#!/usr/bin/env bash
# Runs Spectral CLI and Assize with the same ruleset over the same documents and prints where they
# differ: oracle.sh RULESET DOCUMENT... Spectral comes from npm into a scratch folder (SPECTRAL_HOME
# keeps it for the next time). One process for each document: Spectral shares state between them.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: scripts/oracle.sh RULESET DOCUMENT..."; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
home=${SPECTRAL_HOME:-$(mktemp -d)}
[ -n "${SPECTRAL_HOME:-}" ] || trap 'rm -rf "$home"' EXIT
if [ ! -x "$home/node_modules/.bin/spectral" ]; then
  mkdir -p "$home"
  npm install --silent --no-audit --no-fund --prefix "$home" @stoplight/spectral-cli@6.16.3 >/dev/null
fi
cargo build --release --quiet --manifest-path "$here/Cargo.toml" --bin assize
ruleset=$1
shift
status=0
for document in "$@"; do
  "$home/node_modules/.bin/spectral" lint -q -r "$ruleset" -f json "$document" >"$home/spectral.json" 2>"$home/spectral.err" || true
  "$here/target/release/assize" check --no-config --pack "$ruleset" --format spectral-json --fail-on never \
    --report "json=$home/report.json" "$document" >"$home/assize.json"
  node - "$home" "$document" <<'NODE' || status=1
const fs = require('fs');
const [, , home, document] = process.argv;
const read = (name) => { try { return JSON.parse(fs.readFileSync(`${home}/${name}`, 'utf8')); } catch { return null; } };
const theirs = read('spectral.json'), ours = read('assize.json'), report = read('report.json');
console.log(`== ${document}`);
if (theirs === null) console.log(`Spectral gave no answer: ${fs.readFileSync(`${home}/spectral.err`, 'utf8').split('\n')[0]}`);
const unknown = new Set(report.unknown.filter((one) => one.rule).map((one) => one.rule.slice(one.rule.indexOf('/') + 1)));
const own = (one) => !one.code.startsWith('assize/') && !['parser', 'invalid-ref', 'unrecognized-format'].includes(one.code);
const key = (one) => JSON.stringify([one.code, one.path.map(String), one.severity]);
const index = (list) => new Map((list ?? []).filter(own).map((one) => [key(one), one]));
const [a, b] = [index(theirs), index(ours)];
let same = 0, ranges = 0, skipped = 0;
const missing = [], extra = [];
for (const [at, one] of a) {
  if (b.has(at)) { same += 1; if (JSON.stringify(one.range) === JSON.stringify(b.get(at).range)) ranges += 1; }
  else if (unknown.has(one.code)) skipped += 1;
  else missing.push(at);
}
for (const at of b.keys()) if (!a.has(at)) extra.push(at);
console.log(`same ${same} (with the same range ${ranges}), Spectral alone ${missing.length}, Assize alone ${extra.length}, of rules that Assize reports as unknown ${skipped}`);
for (const at of missing.slice(0, 20)) console.log(`  Spectral alone ${at}`);
for (const at of extra.slice(0, 20)) console.log(`  Assize alone   ${at}`);
process.exit(missing.length + extra.length > 0 ? 1 : 0);
NODE
done
exit $status
