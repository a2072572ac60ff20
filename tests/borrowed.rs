//! Wrapper packs: clauses decided by rules of a Spectral ruleset that is not part of the pack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{assize, folder, report};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Of our own writing: it has two of the names that the wrapper maps, and one that it does not.
const RULESET: &str = "rules:
  servers-use-https:
    given: $.servers[*].url
    severity: error
    message: The server {{value}} is reached without TLS.
    then: { function: pattern, functionOptions: { match: ^https } }
  number-format:
    given: $..[?(@ && @.type == 'number')]
    severity: hint
    message: A number has no format.
    then: { field: format, function: truthy }
  own-taste:
    given: $.info
    severity: warn
    message: No summary.
    then: { field: summary, function: truthy }
";

const API: &str = "openapi: 3.0.3
info: { title: A, version: '1' }
servers:
  - url: http://a.example/v1
paths: {}
components: { schemas: { N: { type: number } } }
";

const PROFILE: &str = "profile: it-test
version: '1'
title: A test
standards: [{ pack: it/api-interoperability }]
facts: { italy: true }
";

fn bench(name: &str, api: &str) -> (PathBuf, String, String) {
    let root = folder(&format!("borrowed-{name}"), &[("tree/openapi.yaml", api)]);
    fs::write(root.join("modi.yml"), RULESET).unwrap();
    fs::write(root.join("profile.yaml"), PROFILE).unwrap();
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    (root.join("tree"), path("modi.yml"), path("profile.yaml"))
}

#[test]
fn a_result_of_the_ruleset_is_a_finding_of_the_clause() {
    let (tree, ruleset, _) = bench("check", API);
    let tree = tree.to_str().unwrap();
    let told = report(&[tree, "--pack", "it/api-interoperability", "--pack", &ruleset]);
    let findings = told["findings"].as_array().unwrap();
    let of = |id: &str| {
        findings.iter().filter(|one| one["rule"].as_str().unwrap().ends_with(id)).collect::<Vec<_>>()
    };
    let https = of("/servers-use-https");
    assert_eq!(https.len(), 1, "said once: {findings:#?}");
    assert_eq!(https[0]["rule"], "it/api-interoperability/servers-use-https");
    assert_eq!(https[0]["clause"], "it/api-interoperability/https");
    assert_eq!(https[0]["message"], "The server http://a.example/v1 is reached without TLS.");
    // The ruleset only hints; that is not raised to the clause's error.
    assert_eq!(of("/number-format")[0]["level"], "hint");
    // What no clause is mapped to stays the ruleset's own.
    assert_eq!(of("/own-taste")[0]["rule"], "modi/own-taste");
    // A rule that the ruleset lacks is unknown.
    let unknown = told["unknown"].as_array().unwrap();
    let about = |id: &str| unknown.iter().any(|one| one["rule"] == format!("it/api-interoperability/{id}"));
    assert!(about("paths-status") && !about("servers-use-https"), "{unknown:#?}");
}

fn verdicts(tree: &Path, profile: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["statement", tree.to_str().unwrap(), "--profile", profile, "--format", "json"];
    arguments.extend(more);
    let run = assize(&arguments);
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
}

fn of<'a>(statement: &'a Value, id: &str) -> (&'a str, &'a str) {
    let clauses = statement["clauses"].as_array().unwrap();
    let clause = clauses.iter().find(|one| one["clause"] == format!("it/api-interoperability/{id}")).unwrap();
    (clause["verdict"].as_str().unwrap(), clause["reason"].as_str().unwrap())
}

#[test]
fn a_statement_rests_on_the_ruleset_and_says_which() {
    let (tree, ruleset, profile) = bench("statement", API);
    let without = verdicts(&tree, &profile, &[]);
    let (verdict, reason) = of(&without, "https");
    assert_eq!(verdict, "unknown");
    assert!(reason.contains("italia/api-oas-checker-rules") && reason.contains("--pack"), "{reason}");
    let with = verdicts(&tree, &profile, &["--pack", &ruleset]);
    assert_eq!(of(&with, "https").0, "not-met");
    assert_eq!(of(&with, "status").0, "unknown", "the ruleset has no such rules");
    assert_eq!(with["identity"]["beside"][0]["what"], "ruleset");
    // Silence of the ruleset proves nothing by itself.
    fs::write(tree.join("openapi.yaml"), API.replace("http:", "https:")).unwrap();
    let mended = verdicts(&tree, &profile, &["--pack", &ruleset]);
    assert_eq!(of(&mended, "https").0, "needs-evidence");
    // A changed byte of the ruleset is seen.
    let file = tree.with_extension("json");
    fs::write(&file, mended.to_string()).unwrap();
    let verify = || assize(&["verify", file.to_str().unwrap()]);
    assert_eq!(verify().code, 0, "{}", verify().out);
    fs::write(&ruleset, RULESET.replace("^https", "^h")).unwrap();
    let told = verify();
    assert_eq!(told.code, 1);
    assert!(told.out.contains("modi.yml"), "{}", told.out);
}

#[test]
fn a_description_that_is_not_there_is_not_met_by_silence() {
    let root = folder(
        "borrowed-none",
        &[("tree/README.md", "# A\n"), ("profile.yaml", PROFILE), ("modi.yml", RULESET)],
    );
    fs::write(root.join("modi.yml"), RULESET).unwrap();
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let statement = verdicts(
        &root.join("tree"),
        &path("profile.yaml"),
        &["--fact", "api=true", "--pack", &path("modi.yml")],
    );
    assert_eq!(of(&statement, "https").0, "unknown");
}
