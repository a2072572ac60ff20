//! Published Spectral rulesets, run as they are. Skipped, with a printed reason, where they are not
//! at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Cases of the Dutch API Design Rules that come out otherwise, each with the reason. The list may
/// only shrink.
const KNOWN: &[(&str, &str)] = &[];

/// Line and rule of every error that Spectral's output lists.
fn expected(text: &str, unknown: &BTreeSet<&str>) -> BTreeSet<(u64, String)> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let line = words.next()?.split_once(':')?.0.parse().ok()?;
            (words.next()? == "error").then_some(())?;
            let rule = words.next()?.to_owned();
            (!unknown.contains(format!("linter/{rule}").as_str())).then_some((line, rule))
        })
        .collect()
}

#[test]
fn the_dutch_rules_answer_as_spectral_does() {
    let Some(shared) = std::env::var_os("ASSIZE_SHARED") else {
        println!("skipped: ASSIZE_SHARED is not set, so the published rulesets are not at hand");
        return;
    };
    let root = Path::new(&shared).join("rulesets/nl-logius");
    let ruleset = root.join("media/linter.yaml");
    let (mut cases, mut wrong) = (0, Vec::new());
    let mut folders: Vec<_> = std::fs::read_dir(root.join("linter/testcases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    for case in folders {
        let name = case.file_name().unwrap().to_str().unwrap();
        let document = case.join("openapi.json");
        let report =
            report(&[document.to_str().unwrap(), "--pack", ruleset.to_str().unwrap(), "--fail-on", "never"]);
        let unknown: BTreeSet<&str> =
            report["unknown"].as_array().unwrap().iter().filter_map(|one| one["rule"].as_str()).collect();
        let found: BTreeSet<(u64, String)> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["level"] == "error")
            .filter_map(|finding| {
                let rule = finding["rule"].as_str()?.strip_prefix("linter/")?.to_owned();
                Some((finding["start"]["line"].as_u64()?, rule))
            })
            .collect();
        let wanted = expected(&std::fs::read_to_string(case.join("expected-output.txt")).unwrap(), &unknown);
        cases += 1;
        match (found == wanted, KNOWN.iter().any(|(known, _)| *known == name)) {
            (true, false) | (false, true) => {}
            (true, true) => wrong.push(format!("{name} is right by now: take it off the list")),
            (false, false) => {
                let (more, less): (Vec<_>, Vec<_>) =
                    (found.difference(&wanted).collect(), wanted.difference(&found).collect());
                wrong.push(format!("{name}: Assize alone {more:?}, Spectral alone {less:?}"));
            }
        }
    }
    println!("{cases} cases, {} known differences", KNOWN.len());
    assert_eq!(cases, 26);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const BASE: &str = r##"
aliases:
  Operation: ["$.paths[*][get,put,post]"]
rules:
  base-info: { given: $, then: { field: info, function: truthy }, severity: error }
  base-off: { given: $, then: { function: falsy } }
  base-id:
    description: An operation has an id.
    given: "#Operation"
    then: { field: operationId, function: truthy }
"##;

const OWN: &str = r##"
extends: base.yaml
rules:
  base-off: off
  base-id: hint
  path-keys: { given: "$.paths[?(@property.match(/[A-Z]/))]~", then: { function: casing, functionOptions: { type: kebab } }, message: "{{value}} {{error}}" }
  near-x: { given: "$..[?(@property === 'x-here')]^", then: { field: x-there, function: truthy }, severity: info }
  own-function: { given: $, then: { function: ourOwn } }
functions: [ourOwn]
"##;

#[test]
fn rules_in_every_short_form() {
    let folder = folder(
        "ruleset",
        &[
            ("base.yaml", BASE),
            ("own.yaml", OWN),
            (
                "api.yaml",
                "openapi: 3.1.0\npaths:\n  /Users:\n    get: { responses: {} }\ncomponents:\n  x-here: true\n",
            ),
        ],
    );
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let report = report(&[&path("api.yaml"), "--pack", &path("own.yaml")]);
    let found: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !finding["rule"].as_str().unwrap().starts_with("assize/"))
        .map(|finding| {
            format!(
                "{} {} {} {}",
                finding["start"]["line"],
                finding["level"].as_str().unwrap(),
                finding["rule"].as_str().unwrap(),
                finding["message"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "1 error own/base-info \"info\" property must be truthy",
            "3 warning own/path-keys [object Object] must be kebab case",
            "4 hint own/base-id An operation has an id.",
            "5 note own/near-x \"components.x-there\" property must be truthy",
        ]
    );
    // What cannot be run is said, never left out.
    let unknown: Vec<&str> =
        report["unknown"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!(unknown, ["own/own-function"]);
    let listed: Value = serde_json::from_str(
        &assize(&["check", &path("api.yaml"), "--pack", &path("own.yaml"), "--format", "spectral-json"]).out,
    )
    .unwrap();
    let keys = listed.as_array().unwrap().iter().find(|one| one["code"] == "path-keys").unwrap();
    assert_eq!(keys["severity"], 1);
    assert_eq!(keys["path"], serde_json::json!(["paths", "/Users"]));
    assert_eq!(keys["range"]["start"], serde_json::json!({ "line": 2, "character": 9 }));
}

#[test]
fn mistakes_in_rulesets_are_placed() {
    let folder = folder(
        "ruleset-mistakes",
        &[
            (
                "severity.yaml",
                "rules:\n  a:\n    given: $\n    severity: fatal\n    then: { function: truthy }\n",
            ),
            ("remote.yaml", "extends: https://example.org/rules.yaml\n"),
            ("unknown.yaml", "extends: [spectral:oas]\nrules: { oas3-schemas: error }\n"),
            ("api.yaml", "openapi: 3.1.0\ninfo: { title: T, version: 1.0.0 }\npaths: {}\n"),
        ],
    );
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for (name, said) in [
        ("severity.yaml", "A severity is"),
        ("remote.yaml", "not fetched"),
        ("unknown.yaml", "There is no rule"),
    ] {
        let run = assize(&["check", &path("api.yaml"), "--pack", &path(name)]);
        assert_eq!(run.code, 2, "{name}: {}", run.err);
        assert!(run.err.contains(said), "{name}: {}", run.err);
    }
}

const RULE: &str = "rules:\n  own:\n    given: $.info\n    then: { field: contact, function: truthy }\n";
const API: &str = "openapi: 3.0.3\ninfo: { title: T, version: '1' }\npaths: {}\n";

/// Runs assize in a folder.
fn in_folder(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_assize"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn the_ruleset_of_ones_own_tree_is_obeyed_and_said_so() {
    let tree = folder("own-ruleset", &[(".spectral.yaml", RULE), ("api.yaml", API), ("sub/api.yaml", API)]);
    std::fs::create_dir_all(tree.join(".git")).unwrap();
    let (out, err) = in_folder(&tree, &["check", "--format", "concise"]);
    assert!(out.contains(".spectral/own") || out.contains("spectral/own"), "{out}");
    assert!(err.contains("Also judged by .spectral.yaml"), "{err}");
    for arguments in [&["check", "--no-config"][..], &["check", "--pack", "uk/ods"]] {
        let (out, err) = in_folder(&tree, arguments);
        assert!(!out.contains("spectral/own") && !err.contains(".spectral.yaml"), "{out}{err}");
    }
    // From beside it, it is somebody else's tree.
    let (out, err) = in_folder(tree.parent().unwrap(), &["check", "own-ruleset", "--format", "concise"]);
    assert!(!out.contains("spectral/own") && !err.contains(".spectral.yaml"), "{out}{err}");
}

#[test]
fn javascript_of_a_ruleset_that_was_found_is_not_run() {
    let ruleset = "functions: [own]\nrules:\n  own:\n    given: $.info\n    then: { function: own }\n";
    let function = "module.exports = () => [{ message: 'SCRIPT HAS RUN' }];";
    let files = [(".spectral.yaml", ruleset), ("functions/own.js", function), ("api.yaml", API)];
    let tree = folder("own-ruleset-script", &files);
    std::fs::create_dir_all(tree.join(".git")).unwrap();
    let (out, _) = in_folder(&tree, &["check"]);
    assert!(out.contains("runs only in rulesets that are named") && !out.contains("SCRIPT HAS RUN"), "{out}");
    let (out, _) = in_folder(&tree, &["check", "--ruleset", ".spectral.yaml"]);
    assert!(out.contains("SCRIPT HAS RUN"), "{out}");
}

#[test]
fn packages_are_found_by_their_names_in_the_configuration_or_below_node_modules() {
    let config = "[packages]\n\"@body/rules\" = \"vendor/rules\"\n[check]\npacks = [\"ruleset.yaml\"]\n";
    let extends = "extends: ['@body/rules', 'plain/part', ./folder]\nrules: {}\n";
    let named = |name: &str| RULE.replace("own", name);
    let files = [
        ("assize.toml", config),
        ("ruleset.yaml", extends),
        ("api.yaml", API),
        ("vendor/rules/package.json", "{ \"exports\": { \".\": \"./main.yaml\" } }"),
        ("vendor/rules/main.yaml", &named("first")),
        ("node_modules/plain/package.json", "{ \"exports\": { \"./part\": { \"default\": \"./p.json\" } } }"),
        (
            "node_modules/plain/p.json",
            "{\"rules\":{\"second\":{\"given\":\"$.info\",\"then\":{\"field\":\"contact\",\"function\":\"truthy\"}}}}",
        ),
        ("folder/spectral.yaml", &named("third")),
    ];
    let tree = folder("ruleset-packages", &files);
    let (out, err) = in_folder(&tree, &["check", "--format", "concise"]);
    for rule in ["ruleset/first", "ruleset/second", "ruleset/third"] {
        assert!(out.contains(rule), "{rule}: {out}{err}");
    }
    std::fs::write(tree.join("ruleset.yaml"), "extends: ['https://example.org/rules.yaml']\n").unwrap();
    let (_, err) = in_folder(&tree, &["check"]);
    assert!(err.contains("is not fetched") && err.contains("Save it beside this ruleset"), "{err}");
}

#[test]
fn rulesets_of_the_same_file_name_are_told_apart() {
    let rule = "rules:\n  named:\n    given: $.info\n    then: { field: x, function: truthy }\n";
    let folder = folder(
        "same-name",
        &[
            ("one/spectral.yaml", rule),
            ("two/spectral.yaml", rule),
            ("api.yaml", "openapi: 3.1.0\ninfo: {}\npaths: {}\n"),
        ],
    );
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (one, two) = (path("one/spectral.yaml"), path("two/spectral.yaml"));
    let report = report(&[&path("api.yaml"), "--pack", &one, "--pack", &two, "--pack", &two]);
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    let named: Vec<&&str> = rules.iter().filter(|rule| rule.ends_with("/named")).collect();
    assert_eq!(named.len(), 3, "{rules:?}");
    assert_eq!(*named[0], "spectral/named");
    assert_eq!(*named[1], "two/spectral/named");
    assert!(named[2].ends_with("/two/spectral/named"), "{named:?}");
}
