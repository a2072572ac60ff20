#!/usr/bin/env bash
# Holds standards/be/rest against the Belgian validator's own cases: belgium.sh [PACK]. ASSIZE_SHARED
# names the folder with rulesets/be-belgif; ASSIZE names the binary to ask. Each specification is judged,
# and the findings of the rules that stand for the test's rule are counted. What differs has to stand in
# tests/known/be-rest.tsv (test, specification, reason), if there is one, and what stands there has to differ.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
shared=${ASSIZE_SHARED:-}
[ -d "$shared/rulesets/be-belgif" ] || { echo "skipped: ASSIZE_SHARED names no folder with rulesets/be-belgif"; exit 0; }
if [ -z "${ASSIZE:-}" ]; then
  cargo build --release --quiet --manifest-path "$here/Cargo.toml" --bin assize
  ASSIZE=$here/target/release/assize
fi
node - "$here" "$shared/rulesets/be-belgif" "$ASSIZE" "${1:-$here/standards/be/rest}" <<'NODE'
const fs = require('fs'), os = require('os'), path = require('path'), { spawnSync } = require('child_process');
const [, , here, cases, assize, pack] = process.argv;
// The rules of the pack that stand for the rule under test; tests that have none are not ported.
const ported = {
  ApplicationJsonShouldHaveSchema: ['json-schema-is-there'],
  CodesShouldBeLowerCamelCase: ['codes-in-camel-case', 'codes-begin-without-a-hyphen', 'discriminator-values-in-camel-case'],
  ComponentNamesShouldBeUpperCamelCase: ['components-in-camel-case'],
  DefaultProblemResponse: ['default-is-there'],
  DefaultValues: ['defaults-fit'],
  DeleteStatusCode: ['delete-status-codes'],
  DiscriminatorMapping: ['discriminator-has-mapping', 'mapping-refers-to-schemas'],
  EnumValuesShouldValidateAgainstSchema: ['enumerated-values-fit'],
  ErrorResponseShouldProduceProblemJson: ['errors-are-problems'],
  ExamplesShouldValidateAgainstSchema: ['examples-fit'],
  FreeTextDocumentation: ['summary-is-there', 'titles-in-camel-case', 'titles-are-the-names', 'inline-objects-have-titles'],
  GetStatusCode: ['get-status-codes'],
  HeadStatusCode: ['head-status-codes'],
  HeadersUpperKebabCase: ['request-headers-in-kebab-case', 'response-headers-in-kebab-case'],
  IdName: ['no-bare-id'],
  JsonObjectAsTopLevelStructure: ['top-is-an-object'],
  MandatoryMediaType: ['structured-media-type', 'structured-where-anything-goes'],
  MultiValueQueryParams: ['repeat-the-key'],
  OneOfSchema: ['alternatives-told-apart', 'alternatives-of-one-kind', 'alternatives-of-two-types', 'alternatives-have-the-discriminator'],
  OpenApiSpecification: ['openapi-version'],
  OptionsStatusCode: ['options-status-codes'],
  PatchStatusCode: ['patch-status-codes'],
  PathCamelCase: ['path-segments-in-camel-case', 'query-in-camel-case', 'path-parameters-in-camel-case'],
  PathTrailingSlash: ['no-slash-at-the-end'],
  PostStatusCode: ['post-status-codes'],
  PresenceOfHealthOperation: ['health-is-there', 'health-has-get', 'health-answers'],
  PresenceOfPayload: ['no-body-in-request', 'no-body-for-head', 'ok-has-a-body', 'no-content-has-none'],
  ProblemJsonNotAllowedWithSuccessfulStatusCode: ['success-is-no-problem'],
  PropertiesCamelCase: ['properties-in-camel-case'],
  PropertiesNullable: ['not-nullable'],
  PutStatusCode: ['put-status-codes'],
  RequestBodyRequired: ['required-is-stated'],
  SchemasShouldNotHaveConflictingTypes: ['types-agree'],
  ScopesAreDefinedInSecurityScheme: ['scopes-are-defined'],
  ServerUrlFormat: ['server-url-format'],
  ShouldUseProblemResponseSchema: ['default-is-a-problem'],
  TagGuidelines: ['one-tag', 'tag-with-capital', 'tags-are-declared'],
  UriExtensions: ['no-extension'],
  // That no id stands twice the engine finds by itself.
  VerifyOperationId: ['operation-has-id', 'operation-id-in-camel-case', 'assize/operation-id-unique'],
};
// Rules that gather run over trees alone: such a case is judged in a folder of its own, together with
// what its references may lead to, but without the other cases.
const gathering = new Set(['ScopesAreDefinedInSecurityScheme', 'TagGuidelines']);
// The validator tells what is wrong with a component once for each place that refers to it; Assize tells it
// once. For these rules the references of the specification to the component are counted.
const perUse = new Set(['ShouldUseProblemResponseSchema']);
const uses = (file, one) => {
  const [first, kind, name] = one.path;
  if (first !== 'components' || !name) return 1;
  return fs.readFileSync(file, 'utf8').split('\n').filter((line) => line.includes(`#/${first}/${kind}/${name}`)).length;
};
const rows = (file) => fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t'));
const list = path.join(here, 'tests/known/be-rest.tsv');
const known = new Map((fs.existsSync(list) ? rows(list) : []).map(([test, spec, why]) => [`${test}\t${spec}`, why]));
const root = path.join(cases, 'rules/src/test/resources/io/github/belgif/rest/guide/validator/rules');
const total = { agree: 0, known: 0, notPorted: 0 };
let failed = false;
const all = rows(path.join(cases, 'expected-counts.tsv'));
for (const [group, test, spec, expected] of all) {
  if (group === 'group' || expected === undefined) continue;
  const rules = ported[test];
  if (!rules) { total.notPorted += 1; continue; }
  const file = path.join(root, group, test[0].toLowerCase() + test.slice(1), spec);
  let tree;
  if (gathering.has(test)) {
    tree = fs.mkdtempSync(path.join(os.tmpdir(), 'belgium-'));
    const folder = path.dirname(file), cased = path.join(root, group, test[0].toLowerCase() + test.slice(1));
    const others = all.filter((one) => one[1] === test && one[2] !== spec).map((one) => path.join(cased, one[2]));
    const isOther = (from) => from !== folder && others.some((one) => one === from || one.startsWith(`${from}/`));
    fs.cpSync(folder, tree, { recursive: true, filter: (from) => !isOther(from) });
  }
  const run = spawnSync(assize, ['check', '--no-config', '--pack', pack, '--format', 'json', '--fail-on', 'never', tree ?? file], { maxBuffer: 1 << 28 });
  if (tree) fs.rmSync(tree, { recursive: true });
  let report;
  try { report = JSON.parse(run.stdout); } catch { console.log(`${test} ${spec}: no answer: ${run.stderr}`); failed = true; continue; }
  const wanted = new Set(rules.map((rule) => (rule.includes('/') ? rule : `be/rest/${rule}`)));
  // What the specification explains in x-ignore-rules the validator does not tell.
  const open = report.findings.filter((one) => wanted.has(one.rule) && one.outcome === 'open');
  const found = open.reduce((sum, one) => sum + (perUse.has(test) ? uses(file, one) : 1), 0);
  const key = `${test}\t${spec}`;
  if (found === Number(expected)) {
    total.agree += 1;
    if (known.has(key)) { console.log(`${test} ${spec}: agrees now; take it off the list`); failed = true; }
  } else if (known.has(key)) {
    total.known += 1;
  } else {
    console.log(`${test} ${spec}: ${found} found, ${expected} expected`);
    failed = true;
  }
  known.delete(key);
}
for (const key of known.keys()) { console.log(`${key}: listed, and not among the cases`); failed = true; }
console.log(`${Object.keys(ported).length} of the validator's rules ported: ${total.agree} cases agree, ${total.known} differ for known reasons, ${total.notPorted} are of rules that are not ported.`);
process.exit(failed ? 1 : 0);
NODE
