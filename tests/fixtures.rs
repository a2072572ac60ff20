//! The fixtures: every planted fault is found at its place, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use serde_json::{Value, json};

#[test]
fn fixtures_come_out_as_expected() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut systems = 0;
    for system in std::fs::read_dir(root).unwrap() {
        let system = system.unwrap().path();
        let expected: Value =
            serde_json::from_str(&std::fs::read_to_string(system.join("expected.json")).unwrap()).unwrap();
        for variant in ["conforming", "faulty"] {
            let folder = system.join(variant);
            let report = common::report(&[folder.to_str().unwrap()]);
            let found: Vec<Value> = report["findings"]
                .as_array()
                .unwrap()
                .iter()
                .map(|finding| json!({ "rule": finding["rule"], "file": finding["file"], "line": finding["start"]["line"] }))
                .collect();
            assert_eq!(Value::from(found), expected[variant], "{}", folder.display());
            assert_eq!(report["unknown"], json!([]), "{}", folder.display());
        }
        systems += 1;
    }
    assert!(systems > 0);
}
