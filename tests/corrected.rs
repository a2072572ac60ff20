//! `--corrected`: each repair of a known fault of Spectral, beside the faithful answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder};
use serde_json::Value;

/// Code, path with slashes, and start of the range: of a run with or without the repairs.
fn found(
    name: &str,
    ruleset: &str,
    api: (&str, &str),
    more: &[(&str, &str)],
    corrected: bool,
) -> Vec<String> {
    let mut files = vec![("ruleset.yaml", ruleset), api];
    files.extend(more);
    let place = folder(&format!("{name}-{corrected}"), &files);
    let path = |file: &str| place.join(file).to_str().unwrap().to_owned();
    let (ruleset, document) = (path("ruleset.yaml"), path(api.0));
    let mut arguments =
        vec!["check", "--no-config", "--ruleset", &ruleset, "--format", "spectral-json", &document];
    if corrected {
        arguments.push("--corrected");
    }
    let out = assize(&arguments);
    let results: Value = serde_json::from_str(&out.out).unwrap_or_else(|_| panic!("{} {}", out.out, out.err));
    let steps = |path: &Value| -> Vec<String> {
        path.as_array().unwrap().iter().map(|step| step.as_str().unwrap().to_owned()).collect()
    };
    results
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let line = &one["range"]["start"]["line"];
            format!("{} /{} {line}", one["code"].as_str().unwrap(), steps(&one["path"]).join("/"))
        })
        .collect()
}

const OAS: &str = "extends: [[spectral:oas, off]]\nrules:\n";

#[test]
fn json_as_json() {
    let rules = "rules:\n  own:\n    given: $.a\n    then: { function: falsy }\n";
    let api = ("api.json", "{ \"a\": [1,\n], }\n");
    let faithful = found("json-as-json", rules, api, &[], false);
    let corrected = found("json-as-json", rules, api, &[], true);
    assert_eq!(faithful, ["own /a 0"]);
    assert!(corrected.iter().any(|one| one.starts_with("parser ")), "{corrected:?}");
}

#[test]
fn cycles() {
    let rules = "rules:\n  own:\n    given: $.top.child\n    then: { field: name, function: truthy }\n";
    let api = ("api.yaml", "top:\n  name: n\n  child:\n    $ref: '#/top'\n");
    assert_eq!(found("cycles", rules, api, &[], false), ["own /top/child 2"]);
    assert_eq!(found("cycles", rules, api, &[], true), Vec::<String>::new());
}

#[test]
fn cycles_end() {
    // Every function that walks through values meets one that holds itself.
    let rules = "rules:
  all:
    given: $..*
    then:
      - { function: schema, functionOptions: { schema: { $defs: { n: { properties: { l: { $ref: '#/$defs/n' }, r: { $ref: '#/$defs/n' } }, additionalProperties: { $ref: '#/$defs/n' } } }, $ref: '#/$defs/n' } } }
      - { function: schema, functionOptions: { schema: { uniqueItems: true } } }
      - { function: length, functionOptions: { max: 1 } }
      - { function: pattern, functionOptions: { match: x } }
      - { function: alphabetical }
";
    let api = (
        "api.yaml",
        "t:\n  l: { $ref: '#/t' }\n  r: { $ref: '#/t' }\n  s: [{ $ref: '#/t/s' }, { $ref: '#/t' }, { $ref: '#/t' }]\n",
    );
    found("cycles-end", rules, api, &[], true);
}

#[test]
fn keys_at_keys() {
    let rules = "rules:\n  own:\n    given: $.schemas\n    then: { field: '@key', function: casing, functionOptions: { type: pascal } }\n";
    let api = ("api.yaml", "schemas:\n  lower:\n    $ref: '#/other'\nother:\n  type: string\n");
    assert_eq!(found("keys-at-keys", rules, api, &[], false), ["own /other 3"]);
    assert_eq!(found("keys-at-keys", rules, api, &[], true), ["own /schemas/lower 1"]);
}

#[test]
fn security_behind_references() {
    let rules = format!("{OAS}  oas3-operation-security-defined: true\n");
    let api = (
        "api.yaml",
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n  /a:\n    get:\n      security: [{ key: [] }]\n      responses: { '200': { description: d } }\ncomponents:\n  securitySchemes: { $ref: schemes.yaml }\n",
    );
    let more = [("schemes.yaml", "key: { type: apiKey, in: header, name: k }\n")];
    assert_eq!(
        found("security-behind-references", &rules, api, &more, false),
        ["oas3-operation-security-defined /paths/~1a/get/security/0/key 5".replace("~1", "/")]
    );
    assert_eq!(found("security-behind-references", &rules, api, &more, true), Vec::<String>::new());
}

#[test]
fn prose() {
    let rules = "rules:\n  own:\n    given: $.info.title\n    then: { function: truthy }\n";
    let api = ("api.yaml", "info:\n  title: T\n  description: { $ref: README.md }\n");
    let more = [("README.md", "* one thing\n* another\n")];
    assert!(!found("prose", rules, api, &more, false).is_empty());
    assert_eq!(found("prose", rules, api, &more, true), Vec::<String>::new());
}

#[test]
fn status_keys() {
    let rules = format!("{OAS}  operation-success-response: true\n");
    let api = (
        "api.yaml",
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n  /a:\n    get:\n      responses:\n        200: { description: d }\n7: x\n",
    );
    assert_eq!(
        found("status-keys", &rules, api, &[], false),
        ["parser /paths//a/get/responses/200 6", "parser /7 7"]
    );
    assert_eq!(found("status-keys", &rules, api, &[], true), ["parser /7 7"]);
}

#[test]
fn operation_references() {
    let rules = format!("{OAS}  oas3-schema: true\n");
    let api = (
        "api.yaml",
        "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths:\n  /a:\n    get: { $ref: get.yaml }\n",
    );
    let more = [("get.yaml", "responses: { '200': { description: d } }\n")];
    let faithful = found("operation-references", &rules, api, &more, false);
    assert!(faithful.len() > 1, "{faithful:?}");
    assert_eq!(found("operation-references", &rules, api, &more, true), ["oas3-schema /paths//a/get/$ref 4"]);
}

#[test]
fn every_repair_is_documented_and_has_a_test() {
    let docs = std::fs::read_to_string("docs/spectral.md").unwrap();
    let tests = std::fs::read_to_string("tests/corrected.rs").unwrap();
    for repair in assize::spectral::repairs::ALL {
        assert!(docs.contains(&format!("`{}`", repair.name)), "{} is not in docs/spectral.md", repair.name);
        let test = format!("fn {}()", repair.name.replace('-', "_"));
        assert!(tests.contains(&test), "{} has no test", repair.name);
    }
}
