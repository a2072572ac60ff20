//! The fixtures: every planted fault is found at its place, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use serde_json::{Value, json};

#[test]
fn fixtures_come_out_as_expected() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut systems = 0;
    let mut folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|system| system.unwrap().path()).collect();
    folders.sort();
    for system in folders {
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
            let wanted = expected[variant].as_array().unwrap().clone();
            let lacking: Vec<&Value> = wanted.iter().filter(|one| !found.contains(one)).collect();
            let surplus: Vec<&Value> = found.iter().filter(|one| !wanted.contains(one)).collect();
            assert!(
                lacking.is_empty() && surplus.is_empty(),
                "{}\nnot found: {}\nnot expected: {}",
                folder.display(),
                serde_json::to_string_pretty(&lacking).unwrap(),
                serde_json::to_string_pretty(&surplus).unwrap()
            );
            // Neither twice, nor in another order.
            assert_eq!(found, wanted, "{}", folder.display());
            // What could not be told is listed too; nothing is unknown of what conforms.
            let (behind, unknown): (Vec<&Value>, Vec<&Value>) =
                report["unknown"].as_array().unwrap().iter().partition(|unknown| {
                    unknown["reason"].as_str().unwrap().starts_with("A reference leads to nothing")
                });
            // Many rules would have gone through a reference that leads nowhere; that is told beside it.
            let dangles = found.iter().any(|one| one["rule"] == "assize/ref-dangling");
            assert!(behind.is_empty() || dangles, "{}: {behind:?}", folder.display());
            let unknown: Vec<Value> = unknown
                .iter()
                .map(|unknown| json!({ "rule": unknown["rule"], "file": unknown["file"] }))
                .collect();
            let wanted = if variant == "faulty" { expected["unknown"].clone() } else { Value::Null };
            let wanted = if wanted.is_null() { json!([]) } else { wanted };
            assert_eq!(Value::from(unknown), wanted, "{}", folder.display());
        }
        systems += 1;
    }
    assert_eq!(systems, 7);
}
