#!/usr/bin/env bash
# Holds standards/nl/api-design against what the published ruleset says: netherlands.sh [PACK].
# ASSIZE_SHARED names the folder with rulesets/nl-logius; ASSIZE names the binary to ask. The ruleset's
# own cases are compared by rule and line, what Spectral answered on the common documents by rule and
# path. Results of spectral:oas, which the pack has no checks for, are left out and counted. What differs
# has to stand in tests/known/nl-api-design.tsv (document, rule, place, reason), and has to differ.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
shared=${ASSIZE_SHARED:-}
[ -d "$shared/rulesets/nl-logius" ] || { echo "skipped: ASSIZE_SHARED names no folder with rulesets/nl-logius"; exit 0; }
if [ -z "${ASSIZE:-}" ]; then
  cargo build --release --quiet --manifest-path "$here/Cargo.toml" --bin assize
  ASSIZE=$here/target/release/assize
fi
node - "$here" "$shared/rulesets" "$ASSIZE" "${1:-$here/standards/nl/api-design}" <<'NODE'
const fs = require('fs'), path = require('path'), { spawnSync } = require('child_process');
const [, , here, rulesets, assize, pack] = process.argv;
// Rules of the pack, and those of the ruleset that they stand for; the first names both.
const pairs = {
  'described-with-openapi-3': ['nlgov:openapi3', 'nlgov:openapi-root-exists'],
  'contact-named': ['info-contact'],
  'contact-complete': ['nlgov:info-contact-fields-exist'],
  'no-slash-at-the-end': ['path-keys-no-trailing-slash', 'nlgov:paths-no-trailing-slash'],
  'paths-in-kebab-case': ['nlgov:paths-kebab-case'],
  'query-in-camel-case': ['nlgov:query-keys-camel-case'],
  'no-other-methods': ['nlgov:http-methods'],
  'errors-are-problems': ['nlgov:use-problem-schema'],
  'problems-have-members': ['nlgov:problem-schema-members'],
  'writing-answers-400': ['nlgov:problem-invalid-input'],
  'reading-answers-400': ['nlgov:problem-invalid-input'],
  'invalid-input-by-default': ['nlgov:problem-invalid-input'],
  'servers-named': ['oas3-api-servers'],
  'version-in-server': ['nlgov:include-major-version-in-uri'],
  'version-is-semantic': ['nlgov:semver'],
  'headers-described': ['nlgov:missing-header'],
  'version-header-described': ['nlgov:missing-version-header'],
  'servers-use-https': ['nlgov:servers-use-https'],
  'no-local-date-times': ['nlgov:date-time-ensure-timezone'],
  'times-are-local': ['nlgov:time-without-timezone'],
  'dates-have-a-format': ['nlgov:specify-format-for-date-and-time'],
  'dates-are-dates': ['nlgov:use-date-instead-of-datetime'],
  'dates-behind-references': ['nlgov:use-date-instead-of-datetime'],
  'schemas-in-pascal-case': ['nlgov:schema-camel-case'],
};
const theirs = new Map(), ours = new Map();
for (const [rule, codes] of Object.entries(pairs)) {
  ours.set(`nl/api-design/${rule}`, codes[0]);
  for (const code of codes) theirs.set(code, codes[0]);
}
const list = path.join(here, 'tests/known/nl-api-design.tsv');
const known = new Set(fs.readFileSync(list, 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t').slice(0, 3).join('\t')));
const total = { same: 0, known: 0, leftOut: 0, cases: 0, casesWhole: 0 };
let failed = false;
const judged = (file) => {
  const run = spawnSync(assize, ['check', '--no-config', '--pack', pack, '--format', 'json', '--fail-on', 'never', file], { maxBuffer: 1 << 28 });
  return JSON.parse(run.stdout).findings.filter((one) => ours.has(one.rule));
};
const compare = (name, wanted, found) => {
  let whole = true;
  for (const key of new Set([...wanted, ...found])) {
    if (wanted.has(key) && found.has(key)) { total.same += 1; continue; }
    whole = false;
    const row = `${name}\t${key}`;
    if (known.delete(row)) { total.known += 1; continue; }
    console.log(`${name}: ${key.replace('\t', ' ')}: ${found.has(key) ? 'found here alone' : 'not found'}`);
    failed = true;
  }
  return whole;
};
const cases = path.join(rulesets, 'nl-logius/linter/testcases');
for (const name of fs.readdirSync(cases).sort()) {
  const wanted = new Set();
  for (const line of fs.readFileSync(path.join(cases, name, 'expected-output.txt'), 'utf8').split('\n')) {
    const [, at, code] = /^\s*(\d+):\d+\s+(?:error|warning)\s+(\S+)/.exec(line) ?? [];
    if (!code) continue;
    if (theirs.has(code)) wanted.add(`${theirs.get(code)}\t${at}`); else total.leftOut += 1;
  }
  // The expected output lists errors; the ruleset's warnings are not in it.
  const found = judged(path.join(cases, name, 'openapi.json')).filter((one) => ours.get(one.rule) !== 'nlgov:schema-camel-case');
  total.cases += 1;
  if (compare(name, wanted, new Set(found.map((one) => `${ours.get(one.rule)}\t${one.start.line}`)))) total.casesWhole += 1;
}
const oracle = path.join(rulesets, 'nl-logius/oracle-6.16.3'), corpus = path.join(rulesets, '_corpus');
for (const document of fs.readdirSync(corpus).sort()) {
  const kept = path.join(oracle, `${path.parse(document).name}.json`);
  if (!fs.existsSync(kept)) continue;
  const answer = JSON.parse(fs.readFileSync(kept, 'utf8'));
  const wanted = new Set();
  for (const one of Array.isArray(answer) ? answer : answer.results) {
    if (theirs.has(one.code)) wanted.add(`${theirs.get(one.code)}\t${one.path.join('/')}`); else total.leftOut += 1;
  }
  compare(document, wanted, new Set(judged(path.join(corpus, document)).map((one) => `${ours.get(one.rule)}\t${(one.path ?? []).join('/')}`)));
}
for (const row of known) { console.log(`${row.replaceAll('\t', ' ')}: listed, and does not differ`); failed = true; }
console.log(`${total.casesWhole} of ${total.cases} cases agree whole; ${total.same} results are the same, ${total.known} differ for known reasons, ${total.leftOut} are of rules that are not ported.`);
process.exit(failed ? 1 : 0);
NODE
