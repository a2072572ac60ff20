//! The published fixtures of the UK government's ruleset for APIs: each passes or fails by the rules of
//! uk/api-linting as its folder and name say. Skipped, with a printed reason, where they are not at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use std::path::Path;

/// Folders of the fixtures, and the rules that their files are about.
const FOLDERS: &[(&str, &[&str])] = &[
    ("contact", &["uk/api-linting/contact-named", "uk/api-linting/contact-reachable"]),
    ("description", &["uk/api-linting/described"]),
    ("domain", &["uk/api-linting/domain-is-plain", "uk/api-linting/domain-label-length"]),
    ("domain/characters", &["uk/api-linting/domain-is-plain"]),
    ("domain/length", &["uk/api-linting/domain-label-length"]),
    ("https/oas2", &["uk/api-linting/schemes-are-https"]),
    ("https/oas3", &["uk/api-linting/https-servers"]),
    ("license", &["uk/api-linting/licence-is-open"]),
    ("license/strict", &["uk/api-linting/licence-is-apache"]),
    ("not-acceptable", &["uk/api-linting/not-acceptable-documented"]),
    // There is no OpenAPI 2.0.0: the file is not taken for a description at all, and that is said.
    ("oas3", &["uk/api-linting/openapi-3-or-later", "assize/not-recognised"]),
    ("operation-id", &["uk/api-linting/operation-id-given"]),
    ("paths-kebab-case", &["uk/api-linting/paths-are-kebab"]),
    ("semver", &["uk/api-linting/version-is-semantic"]),
    ("unsupported-media-type", &["uk/api-linting/unsupported-media-type-documented"]),
    (
        "x-header",
        &[
            "uk/api-linting/no-x-request-headers",
            "uk/api-linting/no-x-identifiers",
            "uk/api-linting/no-x-response-headers",
        ],
    ),
];

/// Whether a fixture is to fail, by its name; the ruleset's own tests say so of these few otherwise.
fn fails(folder: &str, stem: &str) -> bool {
    let without_body = ["absent-head", "absent-options", "absent-trace"];
    match (folder, stem) {
        ("not-acceptable" | "unsupported-media-type", stem) if without_body.contains(&stem) => false,
        ("unsupported-media-type", "absent-get") => false,
        ("oas3", stem) => stem == "2.0.0",
        _ => stem.starts_with("invalid") || stem.starts_with("absent"),
    }
}

#[test]
fn published_fixtures_pass_and_fail_as_their_folders_say() {
    let Some(shared) = std::env::var_os("ASSIZE_SHARED") else {
        println!("skipped: ASSIZE_SHARED is not set, so the ruleset's fixtures are not at hand");
        return;
    };
    let root = Path::new(&shared).join("rulesets/uk-cddo/spectral-ruleset-govuk-public/test/testdata");
    let mut seen = 0;
    for (folder, rules) in FOLDERS {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let report = common::report(&["--pack", "uk/api-linting", path.to_str().unwrap()]);
            let findings = report["findings"].as_array().unwrap();
            let found = findings.iter().any(|finding| rules.contains(&finding["rule"].as_str().unwrap()));
            assert_eq!(found, fails(folder, &stem), "{folder}/{stem}: {findings:#?}");
            seen += 1;
        }
    }
    // Complete descriptions pass every rule of the lowest tier.
    for version in ["2.0.0", "3.0.0", "3.1.0"] {
        let path = root.join(format!("complete/valid-{version}.yaml"));
        let report = common::report(&["--pack", "uk/api-linting", path.to_str().unwrap()]);
        // Their contact is at example.com, which as a contact of an API would reach nobody.
        let above = [
            "uk/api-linting/openapi-3-or-later",
            "uk/api-linting/openapi-3-1-or-later",
            "uk/api-linting/contact-is-own",
            // A hint: without a list of schemes nothing tells how Swagger 2.0 is reached.
            "uk/api-linting/schemes-are-listed",
        ];
        let found = report["findings"].as_array().unwrap().iter().any(|finding| {
            let rule = finding["rule"].as_str().unwrap();
            rule.starts_with("uk/") && !above.contains(&rule)
        });
        assert!(!found, "complete/valid-{version}: {report:#}");
        seen += 1;
    }
    assert_eq!(seen, 55);
}
