//! `assize pack lint` as a user meets it: for each lint a ruleset that has it and one that has not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use assize::spectral::advice::{ALL, REFUSED, Setting, ruleset};
use assize::standard::Authorities;
use common::{assize, folder};
use serde_json::Value;
use std::path::Path;

/// Rules for OpenAPI 3 with these paths and checks, in the flow style of YAML.
fn rule(given: &str, then: &str) -> String {
    format!("formats: [oas3]\nrules:\n  one:\n    given: {given}\n    message: Wrong.\n    then: {then}\n")
}

fn given(path: &str) -> String {
    rule(path, "{ function: truthy }")
}

fn matching(pattern: &str) -> String {
    rule("$.info.title", &format!("{{ function: pattern, functionOptions: {{ match: {pattern} }} }}"))
}

fn with(options: &str, function: &str) -> String {
    rule("$.info.title", &format!("{{ function: {function}, functionOptions: {options} }}"))
}

fn message(text: &str) -> String {
    format!(
        "formats: [oas3]\nrules:\n  one:\n    given: $.paths\n    message: {text}\n    then: {{ field: '@key', function: truthy }}\n"
    )
}

fn top(text: &str) -> String {
    format!(
        "{text}\nrules:\n  one: {{ given: '#Info.title', message: Wrong., then: {{ function: truthy }} }}\n"
    )
}

const INFO: &str = "aliases: { Info: [$.info] }";

/// A lint, a ruleset that has it, and one like it that has not.
fn cases() -> Vec<(&'static str, String, String)> {
    let extends = |rules: &str| format!("extends: spectral:oas\nrules: {{ {rules} }}\n");
    let field = |name: &str| rule("$.info", &format!("{{ field: '{name}', function: truthy }}"));
    let full = "one: { given: $.info, message: Wrong., then: { function: truthy } }";
    let over = |name: &str| {
        format!(
            "extends: spectral:oas\nrules: {{ {full} }}\noverrides: [{{ files: ['*.yaml'], rules: {{ {name}: off }} }}]\n"
        )
    };
    let url = |url: &str| format!("documentationUrl: {url}\nrules: {{ {full} }}\n");
    let pattern_each = |last: &str| {
        let one =
            |pattern: &str| format!("{{ function: pattern, functionOptions: {{ match: '{pattern}' }} }}");
        rule(
            "$.info.title",
            &format!("[{}, {}, {}, {}]", one("^[a-z]+$"), one("^[b-z]+$"), one("^[c-z]+$"), one(last)),
        )
    };
    vec![
        ("path-space", given("\"$.info.title\\n\""), given("$.info.title")),
        ("path-union-space", given("'$.paths[*][get, post]'"), given("'$.paths[*][get,post]'")),
        ("path-negative-index", given("'$.tags[-1]'"), given("'$.tags[1]'")),
        ("path-unclosed", given("'$..foo['"), given("'$..foo[?(!@property.match(/:[^/]*$/))]'")),
        ("path-slice-back", given("'$.tags[::-1]'"), given("'$.tags[0:2]'")),
        ("path-below-key", given("'$.paths[*]~.get'"), given("'$.paths[*]~'")),
        ("path-filter-refused", given("\"$.tags[?(typeof @.name === 'string')]\""), given("\"$.tags[?(@.name === 'typeof x')]\"")),
        ("path-filter-refused", given("'$.tags[?(@.x-internal)]'"), given("'$.tags[?(@.length-1)]'")),
        ("path-filter-refused", given("'$.tags[?(@?.name)]'"), given("\"$.tags[?(@['x-internal'])]\"")),
        ("path-unreadable", given("info.title"), given("$.info.title")),
        ("dead-path", given("$.path.*"), given("$.paths.*")),
        ("dead-path", given("'$.paths[*].gett'"), given("'$.paths[*].get'")),
        ("dead-path", given("'$.paths[*].requestBody.content'"), given("'$.paths[*][*].requestBody.content'")),
        ("dead-path", given("$.info.title.text"), given("$.info.x-title.text")),
        (
            "dead-path-likely",
            given("$.pahts.*").replace("formats: [oas3]\n", "extends: [[spectral:oas, off]]\n").replace("rules:\n", "rules:\n  two: { given: '$.paths', then: { function: truthy } }\n  three: { given: '$.info', then: { function: truthy } }\n  four: { given: '$.paths[*]', then: { function: truthy } }\n"),
            given("$.channels.*").replace("formats: [oas3]\n", ""),
        ),
        ("dead-name", given("'$.paths[*][get,pots]'"), given("'$.paths[*][get,post,x-pots]'")),
        ("dead-field", field("contact.emial"), field("contact.email")),
        ("field-names-nothing", field("@property"), field("@key")),
        (
            "then-inverted",
            rule("$.info.title", "{ function: pattern, functionOptions: { match: '^a$' }, invert: true }"),
            matching("'^a$'"),
        ),
        (
            "then-member",
            rule("$.info", "{ function: truthy, message: No. }"),
            rule("$.info", "{ function: truthy, field: title }"),
        ),
        ("options", with("{ mni: 1 }", "length"), with("{ min: 1 }", "length")),
        ("options", with("{ match: a, flags: i }", "pattern"), with("{ match: /a/i }", "pattern")),
        ("options-never", with("{ min: 5, max: 3 }", "length"), with("{ min: 3, max: 3 }", "length")),
        ("options-never", with("{ values: [] }", "enumeration"), with("{ values: [a] }", "enumeration")),
        ("options-always", with("{ schema: {} }", "schema"), with("{ schema: { type: string } }", "schema")),
        ("options-idle", with("{ type: camel, separator: { char: '' } }", "casing"), with("{ type: camel, separator: { char: '-' } }", "casing")),
        ("options-idle", with("{ properties: [a, b, a] }", "or"), with("{ properties: [a, b, c] }", "or")),
        ("function-unknown", rule("$.info", "{ function: truthly }"), rule("$.info", "{ function: truthy }")),
        ("function-file", format!("functions: [nowhere]\nrules: {{ {full} }}\n"), format!("functions: [here]\nrules: {{ {full} }}\n")),
        (
            "function-unused",
            format!("functions: [here]\nrules: {{ {full} }}\n"),
            "functions: [here]\nrules: { one: { given: $, message: Wrong., then: { function: here } } }\n".to_owned(),
        ),
        ("format-unknown", given("$.info").replace("oas3", "oas4"), given("$.info")),
        ("alias-unknown", top("aliases: { Inof: [$.info] }"), top(INFO)),
        ("alias-circular", top("aliases: { Info: ['#Other'], Other: ['#Info.x'] }"), top("aliases: { Info: ['#Other'], Other: [$.info] }")),
        ("alias-unused", top("aliases: { Info: [$.info], Other: [$.tags] }"), top(INFO)),
        (
            "alias-shadowed",
            top("extends: ./base.yaml\naliases: { Info: [$.info] }"),
            top("extends: ./base.yaml\naliases: { Info: [$.x-info] }"),
        ),
        (
            "alias-target-dead",
            top("aliases: { Info: { targets: [{ formats: [oas3_1], given: [$.info] }, { formats: [oas3], given: [$.info] }] } }"),
            top("aliases: { Info: { targets: [{ formats: [oas3], given: [$.info] }, { formats: [oas3_1], given: [$.info] }] } }"),
        ),
        ("redefinition-partial", extends("info-contact: { severity: error }"), extends("info-contact: error")),
        ("severity-number", extends("info-contact: 0"), extends("info-contact: error")),
        ("rule-twice", extends("info-contact: error, info-contact: warn"), extends("info-contact: error, info-license: warn")),
        (
            "key-twice",
            given("$.info").replace("message: Wrong.", "message: Wrong.\n    message: Bad."),
            given("$.info"),
        ),
        ("rule-nowhere", extends("info-contcat: error"), extends("info-contact: error")),
        ("override-nowhere", over("info-contcat"), over("info-contact")),
        ("regex-unreadable", matching("'^(a$'"), matching("'^(a)$'")),
        ("regex-flags", matching("/a/x"), matching("/a/i")),
        ("regex-slashes", matching("/api/"), matching("/^api$/")),
        ("regex-space", matching("'^[a-z]+ $'"), matching("'^[a-z]+$'")),
        ("regex-space", matching("'.+ \\/$'"), matching("'.+\\/$'")),
        ("regex-precedence", matching("'^a|bc$'"), matching("'^(a|bc)$'")),
        ("regex-precedence", matching("'\\.(json)|(yaml)'"), matching("'\\.(json|yaml)'")),
        (
            "regex-precedence",
            given("'$.paths[?(!@property.match(/\\.(json)|(yaml)/))]'"),
            given("'$.paths[?(!@property.match(/\\.(json|yaml)/))]'"),
        ),
        ("regex-nothing", matching("'a$b'"), matching("'a\\$b'")),
        ("regex-nothing", matching("'a^b'"), matching("'(a|^)b'")),
        ("regex-anything", matching("'[a-z]*'"), matching("'^[a-z]*$'")),
        ("regex-media-type", matching("'application/problem+json'"), matching("'application/problem\\+json'")),
        ("regex-dot", matching("'^https://www.example.com'"), matching("'^https://www\\.example\\.com'")),
        ("regex-open-end", pattern_each("^[d-z]+"), pattern_each("^https?://")),
        ("regex-words", matching("get|put|post"), matching("'^(get|put|post)$'")),
        ("regex-class-quantifier", matching("'v[\\d+]'"), matching("'v[\\d]+'")),
        ("regex-backtracking", matching("'^([a-z]+)*$'"), matching("'^[a-z]+(-[a-z]+)*$'")),
        ("regex-backtracking", matching("'^(\\/[a-z]+|\\/{.+})*$'"), matching("'^(\\/[a-z]+|\\/{[^{}]+})*$'")),
        ("placeholder-unknown", message("'{{ property }} is wrong'"), message("'{{property}} is wrong'")),
        ("placeholder-unknown", message("'{{message}}'"), message("'{{error}}'")),
        ("placeholder-null", message("'{{description}}'"), message("'{{error}}'")),
        (
            "message-hidden",
            "rules: { one: { description: Titles, given: $.info, then: { function: schema, functionOptions: { schema: { type: object } } } } }\n".to_owned(),
            "rules: { one: { description: Titles, given: $.info, then: { function: truthy } } }\n".to_owned(),
        ),
        ("key-value", message("'{{value}} is wrong'"), message("'{{property}} is wrong'")),
        ("link-form", url("http://localhost:3000/rules"), url("https://www.gov.uk/rules")),
        ("link-form", url("https://example.com/rules"), url("https://www.gov.uk/example.com")),
        ("refused", format!("rles: {{}}\nrules: {{ {full} }}\n"), format!("rules: {{ {full} }}\n")),
    ]
}

fn lint(file: &Path, more: &[&str]) -> Value {
    let file = file.display().to_string();
    let mut arguments = vec!["pack", "lint", "--format", "json", &file];
    arguments.extend(more);
    let run = assize(&arguments);
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {} {}", run.out, run.err))
}

fn ids(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|one| one["lint"].as_str().unwrap()).collect()
}

#[test]
fn each_lint_finds_what_it_is_for_and_nothing_beside() {
    let base = "aliases: { Info: [$.x-info] }\nrules: { base: { given: '#Info', message: Wrong., then: { function: truthy } } }\n";
    for (index, (id, bad, good)) in cases().into_iter().enumerate() {
        let folder = folder(
            &format!("pack-lint-{index}"),
            &[
                ("bad.yaml", &bad),
                ("good.yaml", &good),
                ("base.yaml", base),
                ("functions/here.js", "export default () => [];\n"),
            ],
        );
        let report = lint(&folder.join("bad.yaml"), &[]);
        let found = ids(&report);
        assert!(found.contains(&id), "{id}: {found:?} in\n{bad}");
        let level = ALL.iter().find(|lint| lint.id == id).map_or("error", |lint| lint.severity.name());
        let one = report["findings"].as_array().unwrap().iter().find(|one| one["lint"] == id).unwrap();
        assert_eq!(one["level"], level, "{id}");
        assert!(one["start"]["line"].as_u64().unwrap() <= bad.lines().count() as u64, "{id}: {one}");
        let report = lint(&folder.join("good.yaml"), &[]);
        assert!(!ids(&report).contains(&id), "{id}: {report} in\n{good}");
    }
}

#[test]
fn every_lint_has_a_case_and_a_line_in_the_documentation() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/pack-lint.md")).unwrap();
    let cases = cases();
    for id in ALL.iter().map(|lint| lint.id).chain([REFUSED]) {
        assert!(docs.contains(&format!("\n| `{id}` |")), "{id} is not in docs/pack-lint.md");
        let elsewhere = ["examples-missing", "examples-none", "link-dissolved"].contains(&id);
        assert!(elsewhere || cases.iter().any(|(one, ..)| *one == id), "{id} has no case");
    }
    let mut known: Vec<&str> = ALL.iter().map(|lint| lint.id).collect();
    known.sort_unstable();
    known.dedup();
    assert_eq!(known.len(), ALL.len());
}

#[test]
fn exit_codes_follow_fail_on() {
    let folder = folder(
        "pack-lint-exit",
        &[
            ("bad.yaml", &given("$.path.*")),
            ("warn.yaml", &matching("'^a|bc$'")),
            ("good.yaml", &given("$.info")),
        ],
    );
    let run = |file: &str, more: &[&str]| {
        let file = folder.join(file).display().to_string();
        let mut arguments = vec!["pack", "lint", &file];
        arguments.extend(more);
        assize(&arguments)
    };
    assert_eq!(run("good.yaml", &["--fail-on", "note"]).code, 0);
    assert_eq!(run("bad.yaml", &[]).code, 1);
    assert_eq!(run("bad.yaml", &["--fail-on", "never"]).code, 0);
    assert_eq!(run("warn.yaml", &[]).code, 0);
    assert_eq!(run("warn.yaml", &["--fail-on", "warning"]).code, 1);
    let missing = run("nowhere.yaml", &[]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    let shown = run("bad.yaml", &[]).out;
    for part in ["dead-path", "bad.yaml:4:14", "Did you mean `paths`?", "1 error"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let line = run("bad.yaml", &["--format", "concise"]).out;
    assert!(line.contains("bad.yaml:4:14: error dead-path OpenAPI 3.0 to 3.2 has no `path`"), "{line}");
}

#[test]
fn a_broken_ruleset_still_shows_all_that_can_be_told() {
    let text = "extends: [./nowhere.yaml, spectral:oas]\nfunctions: [gone]\nrules:\n  info-contact: 0\n  info-license: { severity: error }\n  a: { given: '$.tags[-1]', then: { function: nope, field: '@property' } }\n  b: { given: '#No', then: [{ function: length, functionOptions: { min: 2, max: 1 } }] }\n";
    let folder = folder("pack-lint-broken", &[("all.yaml", text)]);
    let report = lint(&folder.join("all.yaml"), &[]);
    let found = ids(&report);
    for id in [
        "refused",
        "function-file",
        "severity-number",
        "redefinition-partial",
        "path-negative-index",
        "function-unknown",
        "field-names-nothing",
        "alias-unknown",
        "options-never",
    ] {
        assert!(found.contains(&id), "{id} is not in {found:?}");
    }
    // What the reader says of the same places is not said again.
    assert_eq!(found.iter().filter(|id| **id == "refused").count(), 1, "{report}");
}

#[test]
fn what_cannot_be_read_is_told_and_never_a_panic() {
    for (name, text) in [
        ("empty.yaml", ""),
        ("list.yaml", "- a\n"),
        ("broken.yaml", "rules: [\n"),
        (
            "odd.yaml",
            "rules: { a: { given: [1, {}], then: [3, null, []] }, b: null, c: [] }\naliases: 3\noverrides: 4\nfunctions: {}\nextends: {}\n",
        ),
        (
            "deep.yaml",
            &format!(
                "rules: {{ a: {{ given: '$.a', then: {{ function: pattern, functionOptions: {{ match: '{}' }} }} }} }}\n",
                "(".repeat(5000)
            ),
        ),
        ("circle.yaml", "extends: ./circle.yaml\nrules: {}\n"),
    ] {
        let folder = folder(&format!("pack-lint-{name}"), &[(name, text)]);
        let run = assize(&["pack", "lint", &folder.join(name).display().to_string()]);
        assert!(run.code == 1 || name == "circle.yaml" && run.code == 0, "{name}: {} {}", run.out, run.err);
        assert!(run.err.is_empty(), "{name}: {}", run.err);
    }
}

#[test]
fn packs_are_looked_over_with_their_files() {
    let run = assize(&["pack", "lint", "standards", "--fail-on", "note"]);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(run.out.contains("files looked over: 0 errors, 0 warnings, 0 notes"), "{}", run.out);
}

#[test]
fn a_pack_without_examples_and_a_dead_path() {
    let pack =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/standards/uk/nhs-number/pack.yaml"));
    let head = pack.unwrap();
    let head = &head[..head.find("\nrules:").unwrap_or(head.len())];
    let clause = head.lines().find_map(|line| line.trim().strip_prefix("- id: ")).unwrap().to_owned();
    let rules = format!(
        "dead:\n  clause: {clause}\n  on: [openapi-3.1]\n  given: $.path\n  then: {{ function: truthy }}\n  empty: pass\n  message: Wrong.\n  help: Mend it.\n  examples: {{ conforming: [], violating: [] }}\n"
    );
    let folder = folder("pack-lint-native", &[("pack.yaml", head), ("rules/dead.yaml", &rules)]);
    let report = lint(&folder, &[]);
    let found = ids(&report);
    assert!(found.contains(&"dead-path") && found.contains(&"examples-missing"), "{report}");
}

#[test]
fn rulesets_have_no_place_for_examples() {
    let folder = folder("pack-lint-strict", &[("one.yaml", &given("$.info"))]);
    assert!(ids(&lint(&folder.join("one.yaml"), &[])).is_empty());
    assert_eq!(ids(&lint(&folder.join("one.yaml"), &["--strict"])), ["examples-none"]);
}

#[test]
fn addresses_of_bodies_that_are_gone() {
    let register = r#"{ "authorities": {
        "gone": { "name": "Office of Old", "country": "gb", "url": "https://www.old.example/", "until": "2020-01-31" },
        "here": { "name": "Office of New", "country": "gb", "url": "https://new.example/" } } }"#;
    let authorities: Authorities = serde_json::from_str(register).unwrap();
    let text = |host: &str| {
        format!(
            "documentationUrl: https://{host}/rules\nrules: {{ one: {{ given: $.info, message: Wrong., then: {{ function: truthy }} }} }}\n"
        )
    };
    let folder = folder(
        "pack-lint-gone",
        &[("old.yaml", &text("docs.old.example")), ("new.yaml", &text("new.example"))],
    );
    let found = |name: &str| -> Vec<&'static str> {
        let setting = Setting { authorities: &authorities, strict: false };
        let looked = ruleset(&folder.join(name), &setting);
        looked.iter().flat_map(|one| &one.findings).map(|finding| finding.problem.code).collect()
    };
    assert_eq!(found("old.yaml"), ["link-dissolved"]);
    assert!(found("new.yaml").is_empty());
}
