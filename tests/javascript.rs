//! Functions and rulesets in JavaScript: what they see, what they may not have, and what becomes of a run
//! in which one of them fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;

const API: &str = "openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /pets:
    parameters:
      - $ref: '#/components/parameters/Limit'
      - $ref: 'other.yaml#/Page'
    get:
      responses: { '200': { description: ok } }
components:
  parameters:
    Limit: { name: LIMIT, in: query, schema: { type: integer } }
";
const OTHER: &str = "Page: { name: PAGE, in: query }\n";

/// Runs a ruleset over the description; results as Spectral prints them, and what stayed unknown.
fn run(name: &str, files: &[(&str, &str)], ruleset: &str) -> (Vec<Value>, Vec<String>) {
    let mut all = vec![("api.yaml", API), ("other.yaml", OTHER)];
    all.extend(files);
    let place = folder(name, &all);
    let path = |file: &str| place.join(file).to_str().unwrap().to_owned();
    let json = path("report.json");
    let out = assize(&[
        "check",
        "--no-config",
        "--ruleset",
        &path(ruleset),
        "--format",
        "spectral-json",
        "--report",
        &format!("json={json}"),
        &path("api.yaml"),
    ]);
    let results = serde_json::from_str(&out.out).unwrap_or_else(|_| panic!("{} {}", out.out, out.err));
    let report: Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let unknown = report["unknown"].as_array().unwrap();
    (results, unknown.iter().map(|one| one["reason"].as_str().unwrap().to_owned()).collect())
}

/// A ruleset with one rule, `own`, over parameters.
fn parameters(function: &str) -> String {
    format!(
        "functions: [{function}]\nrules:\n  own:\n    message: '{{{{error}}}}'\n    given: '$.paths[*].parameters[*]'\n    then: {{ function: {function}, functionOptions: {{ upper: true }} }}\n"
    )
}

fn messages(results: &[Value]) -> Vec<&str> {
    let mut found: Vec<&str> = results
        .iter()
        .filter(|one| one["code"] == "own")
        .map(|one| one["message"].as_str().unwrap())
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn a_commonjs_function_sees_values_options_and_the_way() {
    let function = "const { shout } = require('./lib/words');
module.exports = function (parameter, options, context) {
  if (!options.upper) return;
  return [{ message: shout(parameter.name), path: [...context.path, 'name'] }];
};";
    let helper = "exports.shout = text => `${text}!`;";
    let (results, unknown) = run(
        "js-commonjs",
        &[
            ("functions/own.js", function),
            ("functions/lib/words.js", helper),
            ("ruleset.yaml", &parameters("own")),
        ],
        "ruleset.yaml",
    );
    assert_eq!(unknown, Vec::<String>::new());
    assert_eq!(messages(&results), ["LIMIT!", "PAGE!"]);
    let own: Vec<&Value> = results.iter().filter(|one| one["code"] == "own").collect();
    assert_eq!(own[0]["path"], serde_json::json!(["components", "parameters", "Limit", "name"]));
    assert!(own[1]["source"].as_str().unwrap().ends_with("other.yaml"), "{}", own[1]);
}

#[test]
fn a_module_function_may_use_spectrals_packages() {
    let function = "import { createRulesetFunction } from '@stoplight/spectral-core';
import { pattern } from '@stoplight/spectral-functions';
import { lower } from './lib/words.mjs';
export default createRulesetFunction(
  { input: { type: 'object', required: ['schema'] }, options: { type: 'object' } },
  (parameter, _, context) => pattern(parameter.name, { match: '^[a-z]+$' }, context)?.map(one => ({ message: lower(one.message) })),
);";
    let (results, unknown) = run(
        "js-module",
        &[
            ("functions/own.js", function),
            ("functions/lib/words.mjs", "export const lower = text => text.replace('MUST', 'must');"),
            ("ruleset.yaml", &parameters("own")),
        ],
        "ruleset.yaml",
    );
    assert_eq!(unknown, Vec::<String>::new());
    // The second parameter has no schema, so that the function is not called with it. What a core function
    // says is a template, filled in at the place of the result.
    assert_eq!(messages(&results), ["Object{} must match the pattern \"^[a-z]+$\""]);
}

#[test]
fn the_documents_are_to_be_had_resolved_and_as_written() {
    let function = "module.exports = (value, _, { documentInventory, document, rule }) => {
  const found = documentInventory.findAssociatedItemForPath(['paths', '/pets', 'parameters', 1, 'name'], true);
  const range = document.getRangeForJsonPath(['info', 'title']);
  return [{ message: JSON.stringify({
    resolved: documentInventory.resolved.paths['/pets'].parameters[1].name,
    raw: documentInventory.unresolved.paths['/pets'].parameters[1].$ref,
    data: document.data.openapi,
    at: found.path,
    from: found.document.source.split('/').pop(),
    line: range.start.line,
    formats: [...document.formats].map(one => one.displayName),
    rule: rule.name,
    same: documentInventory.resolved.paths['/pets'] === documentInventory.resolved.paths['/pets'],
    frozen: Object.isFrozen(documentInventory.resolved),
  }) }];
};";
    let ruleset = "functions: [own]
rules:
  own:
    message: '{{error}}'
    formats: [oas3]
    given: $.info
    then: { function: own }
";
    let (results, unknown) =
        run("js-inventory", &[("functions/own.js", function), ("ruleset.yaml", ruleset)], "ruleset.yaml");
    assert_eq!(unknown, Vec::<String>::new());
    let told: Value = serde_json::from_str(messages(&results)[0]).unwrap();
    let wanted = serde_json::json!({
        "resolved": "PAGE", "raw": "other.yaml#/Page", "data": "3.0.3", "at": ["Page", "name"],
        "from": "other.yaml", "line": 1, "formats": ["OpenAPI 3.x"], "rule": "own", "same": true, "frozen": true,
    });
    assert_eq!(told, wanted);
}

#[test]
fn a_ruleset_in_javascript_is_run() {
    let ruleset = "import { oas3 } from '@stoplight/spectral-formats';
import { truthy } from '@stoplight/spectral-functions';
import { oas } from '@stoplight/spectral-rulesets';
export default {
  extends: [[oas, 'off']],
  rules: {
    'operation-tags': 'error',
    own: {
      formats: [oas3],
      message: '{{error}}',
      given: '$.paths[*].parameters[*]',
      then: [{ field: 'schema', function: truthy }, { function: value => [{ message: value.in }] }],
    },
  },
};";
    let (results, unknown) = run("js-ruleset", &[("spectral.mjs", ruleset)], "spectral.mjs");
    assert_eq!(unknown, Vec::<String>::new());
    assert_eq!(messages(&results), ["\"Page\" property must be truthy", "query", "query"]);
    let tags: Vec<&Value> = results.iter().filter(|one| one["code"] == "operation-tags").collect();
    assert_eq!((tags.len(), &tags[0]["severity"]), (1, &0.into()));
}

#[test]
fn a_function_that_fails_leaves_its_rule_unknown_and_the_others_alone() {
    let functions = [
        ("throws", "module.exports = () => { throw new TypeError('of no use'); };", "TypeError: of no use"),
        ("endless", "module.exports = () => { for (;;) {} };", "longer than"),
        ("deep", "module.exports = function deep() { return deep() + 1; };", "deeper than the limit"),
        (
            "hungry",
            "module.exports = () => { const all = []; for (;;) all.push(new ArrayBuffer(1e7)); };",
            "memory",
        ),
        ("clock", "module.exports = () => [{ message: String(new Date()) }];", "no clock"),
        ("files", "module.exports = () => require('fs').readFileSync('/etc/passwd');", "not to be had here"),
        ("network", "module.exports = () => fetch('https://example.org');", "fetch is not defined"),
        ("absent", "", "There is no file"),
        ("nothing", "exports.other = 1;", "exports no function"),
        ("broken", "module.exports = (", "SyntaxError"),
        ("reaches", "module.exports = require('../../../../../../etc/hostname');", "no such file"),
    ];
    for (name, text, reason) in functions {
        let ruleset = format!(
            "{}  fine:\n    given: $.info\n    then: {{ field: contact, function: truthy }}\n",
            parameters("own")
        );
        let mut files = vec![("ruleset.yaml", ruleset.as_str())];
        if name != "absent" {
            files.push(("functions/own.js", text));
        }
        let (results, unknown) = run(&format!("js-{name}"), &files, "ruleset.yaml");
        assert!(
            unknown.iter().any(|one| reason.split('|').any(|reason| one.contains(reason))),
            "{name}: {unknown:?}"
        );
        assert_eq!(messages(&results), Vec::<&str>::new(), "{name}");
        assert!(results.iter().any(|one| one["code"] == "fine"), "{name}: {results:?}");
    }
}

#[test]
fn what_a_function_keeps_is_kept_within_a_document_only() {
    let function = "let count = 0;
module.exports = () => [{ message: `call ${++count}` }];";
    let files = [("functions/own.js", function), ("ruleset.yaml", &parameters("own")), ("api.yaml", API)];
    let place = folder("js-state", &[&files[..], &[("b.yaml", API), ("other.yaml", OTHER)]].concat());
    let path = |file: &str| place.join(file).to_str().unwrap().to_owned();
    let once = || report(&["--ruleset", &path("ruleset.yaml"), &path("api.yaml"), &path("b.yaml")]);
    let first = once();
    let said: Vec<&str> =
        first["findings"].as_array().unwrap().iter().filter_map(|one| one["message"].as_str()).collect();
    assert_eq!(said.iter().filter(|one| **one == "call 1").count(), 2, "{said:?}");
    assert_eq!(first["findings"], once()["findings"]);
}

#[test]
fn rules_that_ask_for_the_way_run_over_every_way() {
    let api = "openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a: { get: { responses: { '200': { $ref: '#/components/responses/R' } } } }
  /b: { get: { responses: { '404': { $ref: '#/components/responses/R' } } } }
components: { responses: { R: { description: d } } }
";
    let function = "module.exports = (_, __, context) =>
  context.path.includes('404') ? [{ message: 'reached as an error' }] : undefined;";
    let ruleset = "functions: [own]\nrules:\n  own:\n    message: '{{error}}'\n    given: '$.paths[*][*].responses[*]'\n    then: { function: own }\n";
    let place =
        folder("js-ways", &[("api.yaml", api), ("functions/own.js", function), ("ruleset.yaml", ruleset)]);
    let path = |file: &str| place.join(file).to_str().unwrap().to_owned();
    let found = report(&["--ruleset", &path("ruleset.yaml"), &path("api.yaml")]);
    let said: Vec<&str> =
        found["findings"].as_array().unwrap().iter().filter_map(|one| one["message"].as_str()).collect();
    assert_eq!(said, ["reached as an error"]);
}
