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
    (
        "repos/NHSDigital+connecting-party-manager/archived_epr/infrastructure/swagger/00_base.yaml",
        "43 bytes that hold only `openapi`: a part of a description that is put together elsewhere",
    ),
    (
        "repos/NHSDigital+connecting-party-manager/infrastructure/swagger/00_base.yaml",
        "43 bytes that hold only `openapi`: a part of a description that is put together elsewhere",
    ),
    (
        "repos/NHSDigital+electronic-prescription-service-api/packages/specification/electronic-prescription-service-api.template.yaml",
        "a template with empty paths: listed as doubtful",
    ),
    (
        "repos/NHSDigital+nhs-notify-web-template-management/infrastructure/terraform/modules/backend-api/spec.tmpl.json",
        "a template of Terraform: listed as doubtful",
    ),
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
    let mut files: HashMap<String, Value> = HashMap::new();
    for archive in ["specs", "repos", "bench"] {
        let Some(folder) = corpus(archive) else { return };
        // One small pack: what is asked here is what the files are taken for.
        let report = report(&[
            folder.to_str().unwrap(),
            "--pack",
            "uk/nhs-number",
            "--no-ignore",
            "--fail-on",
            "never",
        ]);
        for file in report["files"].as_array().unwrap() {
            files.insert(format!("{archive}/{}", file["path"].as_str().unwrap()), file.clone());
        }
    }
    let table = std::path::Path::new(&std::env::var_os("ASSIZE_SHARED").unwrap()).join("corpora/SPECS.tsv");
    let table = std::fs::read_to_string(table).unwrap();
    let (mut compared, mut wrong, mut known) = (0, Vec::new(), 0);
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let kind = if cells[1] == "swagger" { "openapi" } else { cells[1] };
        let file = files.get(cells[0]);
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
    assert!(compared >= 1068);
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
        ("dup-operationid.yaml", "uk/api-linting/operation-ids-distinct", 0),
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
    // Hostile, but nothing is wrong with how they are written: judged in bounded time and memory.
    for (name, rule) in [
        ("deep-schema-5k.json", "assize/limit-depth"),
        ("allof-chain-3k.yaml", "uk/api-linting/described"),
        ("big-number.json", "uk/api-linting/described"),
        ("fake.yaml.txt", "uk/api-linting/described"),
    ] {
        let report = report(&[folder.join("broken").join(name).to_str().unwrap()]);
        let findings = report["findings"].as_array().unwrap();
        assert!(findings.iter().any(|finding| finding["rule"] == rule), "{name}: {findings:#?}");
    }
    // What would turn the text of a terminal round is shown, not obeyed.
    let astral = folder.join("broken/enc-astral-and-combining.yaml");
    for format in ["pretty", "concise"] {
        let shown =
            common::assize(&["check", "--format", format, "--no-config", astral.to_str().unwrap()]).out;
        assert!(!shown.contains(['\u{202E}', '\u{2066}', '\u{200F}']), "{format}");
    }
    let sarif = folder.join("broken/name with spaces & ünïcode.yaml");
    let sarif = common::assize(&["check", "--format", "sarif", "--no-config", sarif.to_str().unwrap()]).out;
    assert!(sarif.contains("name%20with%20spaces%20"), "addresses in SARIF are percent-encoded");
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
                    // Some of them were written for NHS Digital.
                    && finding["rule"] != "assize/dissolved-body"
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

/// Named by themselves, as a pipeline does, and by all packs: some are one line of many megabytes.
#[test]
fn large_descriptions_are_judged() {
    let Some(folder) = corpus("bench") else { return };
    let mut judged = 0;
    let mut waiting = vec![folder];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let is_repository = path.to_string_lossy().contains("cloud-platform-environments");
            if path.is_dir() && !is_repository {
                waiting.push(path);
            } else if path.extension().is_some_and(|kind| kind == "json") {
                let report = report(&[path.to_str().unwrap(), "--fail-on", "never"]);
                assert!(report["files"][0]["target"].as_str().unwrap().starts_with("openapi"), "{path:?}");
                judged += 1;
            }
        }
    }
    println!("{judged} large descriptions judged");
    assert!(judged >= 7);
}

/// What `--format sarif` writes follows the schema of SARIF 2.1.0.
#[test]
fn sarif_follows_its_schema() {
    let Some(folder) = corpus("sarif") else { return };
    let schema = folder.join("sarif-spec/sarif-2.1/schema/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let Some(repositories) = corpus("repos") else { return };
    for path in [
        std::path::PathBuf::from("fixtures/booking-service/faulty"),
        std::path::PathBuf::from("fixtures/record-access/faulty"),
        repositories.join("NHSDigital+booking-and-referral-fhir-api"),
        repositories.join("NHSDigital+integration-adaptor-gp2gp"),
    ] {
        let shown = common::assize(&[
            "check",
            "--no-config",
            "--format",
            "sarif",
            "--fail-on",
            "never",
            path.to_str().unwrap(),
        ]);
        let log: Value = serde_json::from_str(&shown.out).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .take(5)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
    }
}
