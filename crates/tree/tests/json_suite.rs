//! JSONTestSuite: every y_ accepted with the right value, every n_ rejected, no i_ panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use assize_tree::document::{Limits, json};
use assize_tree::text::Text;
use serde_json::Value;
use std::sync::Arc;

#[test]
fn json_test_suite() {
    let Some(folder) = common::corpus("torture") else { return };
    let mut wrong = Vec::new();
    let files = common::files(&folder.join("JSONTestSuite/test_parsing"));
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(file).unwrap();
        let document =
            Text::decode(bytes.clone()).ok().map(|text| json::parse(Arc::new(text), Limits::default()));
        let accepted = document.as_ref().is_some_and(|document| {
            document.problems().iter().all(|problem| problem.code == "duplicate-key")
                && document.root().is_some()
        });
        match name.as_bytes()[0] {
            b'y' if !accepted => wrong.push(format!("{name} is rejected")),
            b'y' => {
                let document = document.unwrap();
                let expected: Value = serde_json::from_slice(&bytes).unwrap();
                if document.to_value(document.root().unwrap()) != expected {
                    wrong.push(format!("{name} has another value"));
                }
            }
            b'n' if accepted => wrong.push(format!("{name} is accepted")),
            _ => {}
        }
    }
    println!("{} files, {} wrong", files.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_files_have_the_values_serde_json_finds() {
    for archive in ["specs", "schemas"] {
        let Some(folder) = common::corpus(archive) else { return };
        let mut compared = 0;
        for file in common::files(&folder)
            .iter()
            .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        {
            let bytes = std::fs::read(file).unwrap();
            let Ok(expected) =
                serde_json::from_slice::<Value>(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes))
            else {
                continue;
            };
            let document = json::parse(
                Arc::new(Text::decode(bytes).unwrap()),
                Limits { depth: 4000, ..Limits::default() },
            );
            assert_eq!(document.to_value(document.root().unwrap()), expected, "{}", file.display());
            compared += 1;
        }
        println!("{archive}: {compared} files alike");
        assert!(compared > 100);
    }
}
