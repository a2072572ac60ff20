//! What rules may say beside `given` and `then`: what they let be, what descriptions explain themselves,
//! kinds that are no description, and values gathered behind references.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;

const HEAD: &str = "pack: xx/rules
version: 0.1.0
standard: { title: A test, authority: belgif, edition: '1', in-force: { from: 2025-01-01 }, url: 'https://example.org/', explained-in: x-departs }
clauses:
  - { id: no-nulls, level: should, standing: guidance, title: No nulls, url: 'https://example.org/', source: no-null, covers: part, residue: The rest. }
  - { id: tags, level: must, standing: guidance, title: Tags are declared, url: 'https://example.org/', source: tag, covers: part, residue: The rest. }
rules:
";

const NULLS: &str = "  no-null:
    clause: no-nulls
    on: [openapi-3, openapi-components]
    given: '$..[?@.nullable == true]'
    except: ['$.paths[*].patch.requestBody..*', '$..example..*']
    then: { function: undefined }
    empty: not-applicable
    message: '{{property}} may be null.'
    help: Leave it out.
    examples:
      conforming: [\"openapi: 3.0.3\\ninfo: { title: A, version: '1' }\\npaths: {}\\n\"]
      violating: [\"openapi: 3.0.3\\ninfo: { title: A, version: '1' }\\npaths: {}\\ncomponents: { schemas: { A: { nullable: true } } }\\n\"]
";

const TAGS: &str = "  declared:
    clause: tags
    gather:
      used: { on: [openapi-3], given: '$.paths[*].get.tags[*]' }
      declared: { on: [openapi-3], given: '$.tags[*].name' }
    then: { function: subset, functionOptions: { have: used, want: declared } }
    empty: not-applicable
    message: '{{value}} is not declared.'
    help: Declare it.
    examples:
      conforming: [{ a.yaml: '{ openapi: 3.0.3, info: { title: A, version: \"1\" }, paths: {} }' }]
      violating: [{ a.yaml: '{ openapi: 3.0.3, info: { title: A, version: \"1\" }, paths: { /a: { get: { tags: [b] } } } }' }]
";

/// The report of a tree by rules.
fn judged(name: &str, rules: &str, files: &[(&str, &str)], arguments: &[&str]) -> Value {
    let pack = format!("{}{rules}", HEAD);
    let mut all: Vec<(String, &str)> = vec![("pack/pack.yaml".to_owned(), &pack)];
    all.extend(files.iter().map(|(path, text)| (format!("tree/{path}"), *text)));
    let all: Vec<(&str, &str)> = all.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let root = folder(&format!("rules-{name}"), &all);
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let tested = assize(&["pack", "test", &path("pack")]);
    assert_eq!(tested.code, 0, "{}{}", tested.out, tested.err);
    let (tree, pack) = (path("tree"), path("pack"));
    let mut run = vec![tree.as_str(), "--pack", &pack];
    run.extend(arguments);
    report(&run)
}

/// File, line, message and outcome of what the pack's rules found.
fn found(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let own = findings.filter(|one| one["rule"].as_str().unwrap().starts_with("xx/rules/"));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    own.map(|one| {
        let (file, line) = (text(&one["file"]), text(&one["start"]["line"]));
        format!("{file}:{line} {} {}", text(&one["message"]), text(&one["outcome"]))
    })
    .collect()
}

const API: &str = "openapi: 3.0.3
info: { title: A, version: 1.0.0 }
paths:
  /a:
    get:
      responses: { '200': { description: A., content: { application/json: { schema: { $ref: '#/components/schemas/Read' } } } } }
    patch:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Changed' } } } }
      responses: {}
components:
  schemas:
    Read:
      properties: { name: { type: string, nullable: true } }
      example: { shown: { nullable: true } }
    Changed:
      properties: { name: { type: string, nullable: true }, inner: { $ref: '#/components/schemas/Inner' } }
    Inner:
      properties: { number: { type: integer, nullable: true } }
";

#[test]
fn what_a_rule_lets_be_is_let_be_behind_references_too() {
    let told = judged("except", NULLS, &[("a.yaml", API)], &[]);
    assert_eq!(found(&told), ["a.yaml:13 name may be null. open"]);
    let wrong = NULLS.replace("'$..example..*'", "'$..example['");
    let root = folder("rules-except-wrong", &[("pack.yaml", &format!("{HEAD}{wrong}"))]);
    let run = assize(&["pack", "test", root.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot be read"), "{}", run.err);
    let gathers = TAGS.replace("    then:", "    except: $.a\n    then:");
    let root = folder("rules-except-gathers", &[("pack.yaml", &format!("{HEAD}{gathers}"))]);
    let run = assize(&["pack", "test", root.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("takes no \"except\""), "{}", run.err);
}

#[test]
fn a_description_explains_what_it_departs_from() {
    let explained =
        API.replace("    Read:\n", "    Read:\n      x-departs: { no-null: 'The register has them.' }\n");
    let told = judged("explained", NULLS, &[("a.yaml", &explained)], &[]);
    assert_eq!(found(&told), ["a.yaml:14 name may be null. suppressed"]);
    let reason = &told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["rule"] == "xx/rules/no-null")
        .unwrap()["accepted"]["reason"];
    assert_eq!(reason, "x-departs: The register has them.");
    let told = judged("refused", NULLS, &[("a.yaml", &explained)], &["--no-inline-ignores"]);
    assert_eq!(found(&told), ["a.yaml:14 name may be null. open"]);
    // Another clause's number, no reason, another place.
    for (name, instead) in [("other", "{ tag: 'So.' }"), ("empty", "{ no-null: ' ' }"), ("list", "[no-null]")]
    {
        let text = explained.replace("{ no-null: 'The register has them.' }", instead);
        let told = judged(&format!("explained-{name}"), NULLS, &[("a.yaml", &text)], &[]);
        assert_eq!(found(&told), ["a.yaml:14 name may be null. open"], "{name}");
    }
    let text = API.replace("    Changed:\n", "    Changed:\n      x-departs: { no-null: 'So.' }\n");
    let told = judged("explained-elsewhere", NULLS, &[("a.yaml", &text)], &[]);
    assert_eq!(found(&told), ["a.yaml:13 name may be null. open"]);
}

#[test]
fn a_must_is_not_explained_away() {
    let rules = NULLS.replace("clause: no-nulls", "clause: tags");
    let text = API.replace("    Read:\n", "    Read:\n      x-departs: { tag: 'So.' }\n");
    let told = judged("explained-must", &rules, &[("a.yaml", &text)], &[]);
    assert_eq!(found(&told), ["a.yaml:14 name may be null. open"]);
}

#[test]
fn schemas_without_a_description_are_judged_by_what_asks_for_them() {
    let parts = "openapi: 3.0.3\ncomponents:\n  schemas:\n    A: { nullable: true }\n    B: { $ref: '#/components/schemas/A' }\n";
    let told = judged("components", NULLS, &[("parts.yaml", parts)], &[]);
    assert_eq!(found(&told), ["parts.yaml:4 A may be null. open", "parts.yaml:4 B may be null. open"]);
    assert_eq!(told["files"][0]["target"], "openapi-components");
    assert!(told["files"][0]["note"].as_str().unwrap().contains("has `components` only"), "{told:#}");
    // What refers to what is not there is laid over another description.
    let over = parts.replace("schemas/A' }", "schemas/C' }");
    let told = judged("components-over", NULLS, &[("parts.yaml", &over)], &[]);
    assert_eq!(found(&told), Vec::<String>::new());
    assert_eq!(told["files"][0]["target"], Value::Null);
}

#[test]
fn values_are_gathered_behind_references_and_once() {
    let root = |title: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: {title}, version: 1.0.0 }}\ntags: [{{ name: known }}]\npaths: {{ /a: {{ $ref: 'paths.yaml#/a' }} }}\n"
        )
    };
    let paths = "a:\n  get:\n    tags: [known, lost]\n    responses: {}\n";
    let files = [("a.yaml", root("A")), ("b.yaml", root("B")), ("paths.yaml", paths.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let told = judged("gathered", TAGS, &files, &[]);
    assert_eq!(found(&told), ["paths.yaml:3 lost is not declared. open"]);
    // Without the file behind the reference nobody knows.
    let told = judged("gathered-lost", TAGS, &files[..2], &[]);
    assert_eq!(found(&told), Vec::<String>::new());
    let unknown = told["unknown"].as_array().unwrap().iter();
    assert!(unknown.clone().any(|one| one["rule"] == "xx/rules/declared"), "{:#}", told["unknown"]);
}

const NAMES: &str = "  names:
    clause: no-nulls
    on: [openapi-3, openapi-parts]
    given: '$.components.schemas'
    then: { field: '@key', function: pattern, functionOptions: { match: '^[A-Z]' } }
    empty: not-applicable
    message: '{{value}} does not begin with a capital.'
    help: Write it with one.
    examples:
      conforming: [\"openapi: 3.0.3\\ninfo: { title: A, version: '1' }\\nservers: []\\npaths: {}\\n\"]
      violating: [\"openapi: 3.0.3\\ninfo: { title: A, version: '1' }\\nservers: []\\npaths: {}\\ncomponents: { schemas: { a: {} } }\\n\"]
  served:
    clause: tags
    on: [openapi-3]
    then: { field: servers, function: defined }
    empty: not-applicable
    message: No server is named.
    help: Name one.
    examples:
      conforming: [\"openapi: 3.0.3\\ninfo: { title: A, version: '1' }\\nservers: []\\npaths: {}\\n\"]
      violating: [\"openapi: 3.0.3\\ninfo: { title: A, version: '1' }\\npaths: {}\\n\"]
";

#[test]
fn names_of_components_are_asked_of_the_files_that_hold_them() {
    let api = "openapi: 3.0.3\ninfo: { title: A, version: '1' }\nservers: []\npaths:\n  /a: { get: { responses: { '200': { description: A., content: { application/json: { schema: { $ref: 'FILE#/components/schemas/lower' } } } } } } }\n";
    let fragment = "components:\n  schemas:\n    lower: { type: object }\n";
    let library = format!("openapi: 3.0.3\ninfo: {{ title: B, version: '1' }}\npaths: {{}}\n{fragment}");
    for (name, text, line) in [("fragment", fragment.to_owned(), 3), ("library", library.clone(), 6)] {
        let api = api.replace("FILE", "parts.yaml");
        let told = judged(&format!("parts-{name}"), NAMES, &[("a.yaml", &api), ("parts.yaml", &text)], &[]);
        let expected = format!("parts.yaml:{line} lower does not begin with a capital. open");
        assert_eq!(found(&told), [expected], "{name}");
    }
    // By itself a library is asked all that its kind is asked.
    let told = judged("parts-alone", NAMES, &[("parts.yaml", &library)], &[]);
    let expected =
        ["parts.yaml:1 No server is named. open", "parts.yaml:6 lower does not begin with a capital. open"];
    assert_eq!(found(&told), expected);
}

#[test]
fn a_library_of_components_is_no_published_api() {
    let library = "openapi: 3.0.3\ninfo: { title: B, version: '1' }\nservers: []\npaths: {}\ncomponents: { schemas: { A: { type: object } } }\n";
    let verdicts = |name: &str, text: &str| -> Vec<String> {
        let root = folder(&format!("rules-library-{name}"), &[("openapi.yaml", text)]);
        let run = assize(&[
            "statement",
            root.to_str().unwrap(),
            "--profile",
            "nl-government-api",
            "--format",
            "json",
        ]);
        let statement: Value = serde_json::from_str(&run.out).unwrap();
        let clauses = statement["clauses"].as_array().unwrap().iter();
        let mut verdicts: Vec<String> =
            clauses.map(|clause| clause["verdict"].as_str().unwrap().to_owned()).collect();
        verdicts.sort();
        verdicts.dedup();
        verdicts
    };
    assert!(!verdicts("alone", library).contains(&"not-met".to_owned()));
    // A server, or a path, and it is the description of an API.
    let served = library.replace("servers: []", "servers: [{ url: 'https://api.example.nl/v1' }]");
    assert!(verdicts("served", &served).contains(&"not-met".to_owned()));
}

#[test]
fn the_api_that_a_client_calls_is_a_question() {
    let api = "openapi: 3.0.3\ninfo: { title: B, version: '1' }\nservers: [{ url: 'http://api.example.org' }]\npaths: { /a_b: { get: { responses: {} } } }\n";
    let verdicts = |name: &str, files: &[(&str, &str)]| -> Vec<String> {
        let root = folder(&format!("rules-client-{name}"), files);
        let tree = root.to_str().unwrap();
        let run = assize(&["statement", tree, "--profile", "gov-uk-public-api", "--format", "json"]);
        let statement: Value = serde_json::from_str(&run.out).unwrap();
        let clauses = statement["clauses"].as_array().unwrap().iter();
        let about =
            clauses.filter(|clause| clause["clause"].as_str().unwrap().starts_with("uk/api-linting/"));
        about.map(|clause| clause["verdict"].as_str().unwrap().to_owned()).collect()
    };
    let manifest = "[project]\nname = \"example-client\"\n";
    let readme = "# Example\n\nA Python client library for the Example API.\n";
    let called = [("openapi.yaml", api), ("pyproject.toml", manifest), ("README.md", readme)];
    let found = verdicts("called", &called);
    assert!(!found.iter().any(|one| one == "not-met" || one == "met"), "{found:?}");
    assert!(found.iter().any(|one| one == "unknown"), "{found:?}");
    for (name, manifest, readme) in [
        ("other-name", "[project]\nname = \"example\"\n", readme),
        ("other-words", manifest, "# Example\n\nClients of the council are seen here.\n"),
    ] {
        let files = [("openapi.yaml", api), ("pyproject.toml", manifest), ("README.md", readme)];
        assert!(verdicts(name, &files).iter().any(|one| one == "not-met"), "{name}");
    }
}

#[test]
fn a_description_among_the_templates_of_a_generator_is_a_mould() {
    let mould = "openapi: 3.0.3\ninfo: { title: '$!APP_NAME!$', version: '1' }\nservers: [{ url: 'http://api.example.org' }]\npaths: { /a_b: { get: { responses: {} } } }\n";
    let target = |name: &str, path: &str, text: &str| -> Value {
        let root = folder(&format!("rules-mould-{name}"), &[(path, text)]);
        report(&[root.to_str().unwrap()])["files"][0]["target"].clone()
    };
    assert_eq!(target("kept", "gen/templates/service/application.yaml", mould), Value::Null);
    assert_eq!(target("filled", "gen/templates/a.yaml", &mould.replace("$!APP_NAME!$", "A")), "openapi-3.0");
    assert_eq!(target("elsewhere", "gen/service/application.yaml", mould), "openapi-3.0");
}
