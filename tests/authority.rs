//! Bodies that are no longer and that documents name as today's: found in `check`, shown in the
//! statement, and nothing said of history.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{assize, folder};
use serde_json::Value;
use std::fs;
use std::path::Path;

const API: &str = "# This specification is
# owned by NHS Digital (https://digital.nhs.uk/)
openapi: 3.0.3
info:
  title: Clinics
  version: 2.0.0
  description: |
    Lists clinics. The service is run by NHSX.
    It was developed by NHS Digital in 2019.
  contact: { name: NHS Digital API Management, url: 'https://digital.nhs.uk/developer/help' }
servers: [{ url: 'https://api.service.nhs.uk/clinics' }]
paths: {}
components: { schemas: { Publisher: { type: string, example: NHS Digital } } }
";

const FILES: &[(&str, &str)] = &[
    ("api/clinics.yaml", API),
    (
        "README.md",
        "# Clinics\n\nMaintained by: NHS Digital\n\nDevelopers find more on the [NHS Digital Developer Hub](https://digital.nhs.uk/developer).\n\nWas run by NHSX.\n\n```\nOwner: NHSX\n```\n",
    ),
    (
        "SECURITY.md",
        "# Security\n\nNHSX takes security seriously.\nNHSX reads <https://nhsx.nhs.uk/NHSX/report>.\n\nCopyright 2021 NHS Digital\n",
    ),
    ("LICENSE", "MIT\n\nCopyright (c) 2022 NHSX\n"),
    ("CHANGELOG.md", "- Contact NHS Digital for access.\n"),
    ("docs/adr/0001.md", "The service is owned by NHS Digital.\n"),
    (
        "docs/guide.md",
        "Write to Health Education England.\n\n> NHS Digital owns this.\n\n| WES | NHS Digital | v1.0 | June 2015 |\n",
    ),
    (
        "package.json",
        "{\n  \"name\": \"clinics\",\n  \"author\": \"NHS Digital\",\n  \"repository\": \"https://github.com/NHSX/clinics\",\n  \"description\": \"NHS Digital clinics\"\n}\n",
    ),
    (
        "pyproject.toml",
        "[project]\nname = \"clinics\"\nmaintainers = [{ name = \"CDDO\", email = \"a@example.org\" }]\n",
    ),
    (
        "publiccode.yml",
        "publiccodeYmlVersion: '0.4'\nname: Clinics\nlegal: { license: MIT, mainCopyrightOwner: NHSX, repoOwner: NHSX }\n",
    ),
    ("tests/README.md", "Maintained by: NHS Digital\n"),
    ("src/main.py", "# Owner: NHS Digital\n"),
];

/// `file:line name as what`, of every such finding that is open.
fn found(root: &Path, more: &[&str]) -> Vec<String> {
    let mut all = vec!["check", root.to_str().unwrap(), "--no-config", "--format", "json"];
    all.extend(more);
    let run = assize(&all);
    let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .filter(|one| one["rule"] == "assize/dissolved-body" && one["outcome"] == "open")
        .map(|one| {
            let message = one["message"].as_str().unwrap();
            let (name, rest) = message.split_once(" is named as ").unwrap();
            let what = rest.split(',').next().unwrap();
            format!("{}:{} {name} {what}", one["file"].as_str().unwrap(), one["start"]["line"])
        })
        .collect()
}

#[test]
fn todays_names_are_found_and_history_is_not() {
    let root = folder("authority-names", FILES);
    let all = found(&root, &["--clock", "2026-11-22"]);
    assert_eq!(
        all,
        [
            "README.md:3 \"NHS Digital\" maintainer",
            "SECURITY.md:3 \"NHSX\" contact for vulnerabilities",
            "api/clinics.yaml:2 \"NHS Digital\" owner of the API",
            "api/clinics.yaml:8 \"NHSX\" maintainer",
            "api/clinics.yaml:10 \"NHS Digital\" contact of the API",
            "docs/guide.md:1 \"Health Education England\" contact",
            "package.json:3 \"NHS Digital\" author of the package",
            "publiccode.yml:3 \"NHSX\" owner of the repository",
            "pyproject.toml:3 \"CDDO\" maintainer of the package",
        ]
    );
    let shown = assize(&[
        "check",
        root.to_str().unwrap(),
        "--no-config",
        "--clock",
        "2026-11-22",
        "--format",
        "concise",
    ]);
    for told in [
        "NHS England took its work over on 2023-02-01",
        "Government Digital Service took its work over on 2025-01-28",
    ] {
        assert!(shown.out.contains(told), "{told}: {}", shown.out);
    }
    // Each body from its own day on.
    assert_eq!(found(&root, &["--clock", "2022-01-31"]), [""; 0]);
    assert!(found(&root, &["--clock", "2022-02-01"]).iter().all(|one| one.contains("NHSX")));
    assert_eq!(found(&root, &["--clock", "2022-02-01"]).len(), 3);
    assert_eq!(found(&root, &["--clock", "2023-01-31"]).len(), 3);
    // Hints, not failures.
    let run = assize(&[
        "check",
        root.to_str().unwrap(),
        "--no-config",
        "--pack",
        "uk/ods",
        "--clock",
        "2026-11-22",
    ]);
    assert_eq!(run.code, 0, "{}", run.out);
}

#[test]
fn they_can_be_explained_and_are_part_of_the_statement() {
    let root = folder("authority-explained", FILES);
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let comment = "<!-- assize-ignore: assize/dissolved-body reason=\"The team keeps its name.\" until=2027-01-31 -->\n";
    fs::write(root.join("README.md"), readme.replace("Maintained", &format!("{comment}Maintained"))).unwrap();
    let all = found(&root, &["--clock", "2026-11-22"]);
    assert!(!all.iter().any(|one| one.starts_with("README.md")), "{all:?}");
    assert_eq!(found(&root, &["--clock", "2027-02-01"]).len(), all.len() + 1);
    let run = assize(&[
        "statement",
        root.to_str().unwrap(),
        "-P",
        "nhs-api-platform",
        "--clock",
        "2026-11-22",
        "--format",
        "json",
    ]);
    let statement: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}", run.err));
    let named = statement["authorities"].as_array().unwrap();
    assert_eq!(named.len(), 9);
    assert!(named.iter().any(|one| one["place"] == "api/clinics.yaml:10"
        && one["as-what"] == "contact of the API"
        && one["successor"] == "NHS England"
        && one["on"] == "2023-02-01"));
    assert!(named.iter().any(|one| one["place"] == "SECURITY.md:3,4"), "every line of a file: {named:?}");
    // What is only announced is said to be coming, and nothing is found for it.
    let coming = &statement["coming"][0];
    assert_eq!((&coming["name"], &coming["on"]), (&"NHS England".into(), &Value::Null));
    assert_eq!(coming["successor"], "Department of Health and Social Care");
    for format in ["terminal", "markdown"] {
        let run =
            assize(&["statement", root.to_str().unwrap(), "-P", "nhs-api-platform", "--format", format]);
        assert!(
            run.out.contains("Coming: NHS England to Department of Health and Social Care. Abolition"),
            "{}",
            run.out
        );
    }
    let outside = statement["outside"].as_array().unwrap();
    assert!(!outside.iter().any(|one| one["rule"] == "assize/dissolved-body"), "said once");
}

#[test]
fn where_a_ruleset_alone_judges_nothing_is_added() {
    let root = folder(
        "authority-ruleset",
        &[("README.md", "Maintained by: NHS Digital\n"), (".spectral.yaml", "rules: {}\n")],
    );
    let ruleset = root.join(".spectral.yaml");
    assert_eq!(found(&root, &["--ruleset", ruleset.to_str().unwrap()]), [""; 0]);
}
