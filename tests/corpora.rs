//! Real descriptions and repositories, and constructed broken ones. Skipped, with a printed reason,
//! where the public corpora are not at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{corpus, report};
use serde_json::Value;
use std::collections::HashMap;

/// Descriptions that are taken for something else than the table says, each with the reason.
const KNOWN: &[(&str, &str)] = &[
    (
        "specs/arazzo/tests/schema/fail/invalid-arazzo-version.yaml",
        "there is no Arazzo 2: listed as doubtful",
    ),
    ("specs/broken/array-root.json", "an array is no description: listed, and a finding where it is named"),
    ("specs/broken/fake.yaml.txt", "a .txt file is judged only where it is named"),
    ("specs/slack/events-api/slack_events_api_async_v1.json", "AsyncAPI 1 is not judged: listed as doubtful"),
    (
        "specs/swagger-parser-tests/test/specs/invalid/newer-version.yaml",
        "there is no Swagger 3.0: listed as doubtful",
    ),
    (
        "specs/swagger-parser-tests/test/specs/invalid/old-version.yaml",
        "Swagger 1.2 is not judged: listed as doubtful",
    ),
];

#[test]
fn descriptions_are_taken_for_what_they_are() {
    let Some(folder) = corpus("specs") else { return };
    let report = report(&[folder.to_str().unwrap(), "--fail-on", "never"]);
    let files: HashMap<&str, &Value> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file))
        .collect();
    let table = std::path::Path::new(&std::env::var_os("ASSIZE_SHARED").unwrap()).join("corpora/SPECS.tsv");
    let table = std::fs::read_to_string(table).unwrap();
    let (mut compared, mut wrong, mut known) = (0, Vec::new(), 0);
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let Some(path) = cells[0].strip_prefix("specs/") else { continue };
        let kind = if cells[1] == "swagger" { "openapi" } else { cells[1] };
        let file = files.get(path);
        let target = file.and_then(|file| file["target"].as_str()).unwrap_or_default();
        let right =
            target.starts_with(kind) && file.and_then(|file| file["version"].as_str()) == Some(cells[2]);
        compared += 1;
        match (right, KNOWN.iter().any(|(known, _)| *known == cells[0])) {
            (false, false) => {
                wrong.push(format!("{} is {} {}, taken for {target}", cells[0], cells[1], cells[2]))
            }
            (true, true) => wrong.push(format!("{} is right by now: take it off the list", cells[0])),
            (false, true) => known += 1,
            (true, false) => {}
        }
    }
    println!("{compared} descriptions, {known} known differences");
    assert!(compared > 900);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_descriptions_are_diagnosed() {
    let Some(folder) = corpus("specs") else { return };
    let cases: &[(&str, &str, u64)] = &[
        ("enc-utf16le-nobom.json", "assize/encoding", 1),
        ("enc-latin1.yaml", "assize/encoding", 3),
        ("enc-nul.yaml", "assize/encoding", 0),
        ("empty.yaml", "assize/empty", 1),
        ("only-comment.yaml", "assize/empty", 1),
        ("scalar-root.yaml", "assize/not-recognised", 1),
        ("array-root.json", "assize/not-recognised", 1),
        ("dup-key-root.yaml", "assize/duplicate-key", 6),
        ("dup-key-deep.yaml", "assize/duplicate-key", 10),
        ("dup-key.json", "assize/duplicate-key", 0),
        ("dup-operationid.yaml", "assize/operation-id-unique", 0),
        ("tab-indent.yaml", "assize/syntax", 6),
        ("trailing-comma.json", "assize/syntax", 0),
        ("comments.json", "assize/syntax", 0),
        ("version-float.yaml", "assize/version-not-string", 1),
        ("alias-bomb-9x9.yaml", "assize/limit-expansion", 0),
        ("alias-bomb-maps.yaml", "assize/limit-expansion", 0),
        ("alias-undefined.yaml", "assize/syntax", 5),
        ("ref-self.yaml", "assize/ref-self", 0),
        ("ref-cycle-2.yaml", "assize/ref-cycle", 0),
        ("ref-dangling-local.yaml", "assize/ref-dangling", 6),
        ("ref-dangling-file.yaml", "assize/ref-missing-file", 0),
        ("ref-http.yaml", "assize/ref-remote", 0),
        ("ref-dir.yaml", "assize/ref-directory", 0),
        ("ref-siblings.yaml", "assize/ref-siblings", 0),
        ("deep-yaml-flow-50k.yaml", "assize/limit-depth", 0),
        ("wrong-types.json", "assize/wrong-type", 0),
        ("swagger-and-openapi.yaml", "assize/ambiguous-kind", 0),
    ];
    for (name, rule, line) in cases {
        let report = report(&[folder.join("broken").join(name).to_str().unwrap()]);
        let findings = report["findings"].as_array().unwrap();
        let found = findings
            .iter()
            .find(|finding| finding["rule"] == *rule && (*line == 0 || finding["start"]["line"] == *line));
        assert!(found.is_some(), "{name}: {rule} at line {line} is not among {findings:#?}");
    }
    for clean in [
        "ref-recursive-legal.yaml",
        "unquoted-status.yaml",
        "enc-cr-only.yaml",
        "enc-utf16be-bom.yaml",
        "norway-octal-date.yaml",
        "name with spaces & ünïcode.yaml",
    ] {
        let report = report(&[folder.join("broken").join(clean).to_str().unwrap()]);
        let own: Vec<&Value> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| {
                finding["rule"].as_str().unwrap().starts_with("assize/")
                    && !(clean.starts_with("enc-") && finding["rule"] == "assize/ref-missing-file")
            })
            .collect();
        assert!(own.is_empty(), "{clean}: {own:#?}");
    }
}

#[test]
fn every_repository_is_judged() {
    let Some(folder) = corpus("repos") else { return };
    let mut judged = 0;
    for repository in std::fs::read_dir(folder).unwrap() {
        let report = report(&[repository.unwrap().path().to_str().unwrap(), "--fail-on", "never"]);
        assert!(
            report["unknown"]
                .as_array()
                .unwrap()
                .iter()
                .all(|unknown| !unknown["reason"].as_str().unwrap().contains("fault of Assize"))
        );
        judged += 1;
    }
    println!("{judged} repositories judged");
    assert!(judged > 30);
}
