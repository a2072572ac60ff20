//! yaml-test-suite: what is valid is read with the right values, what is not is reported. The list
//! of known disagreements may only shrink.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use assize_tree::document::{Limits, yaml};
use assize_tree::text::Text;
use serde_json::{Deserializer, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Cases that come out otherwise than the suite says, each with its reason.
const KNOWN: &[(&str, &str)] = &[];

fn cases(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("in.yaml").exists() {
        found.push(folder.to_owned());
    }
    let mut inner: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    inner.sort();
    inner.iter().for_each(|folder| cases(folder, found));
}

fn judge(case: &Path) -> Result<(), String> {
    let text =
        Text::decode(std::fs::read(case.join("in.yaml")).unwrap()).map_err(|problem| problem.message)?;
    let document = yaml::parse(Arc::new(text), Limits::default());
    let wrong: Vec<&str> = document
        .problems()
        .iter()
        .filter(|problem| matches!(problem.code, "syntax" | "encoding" | "yaml-indentation"))
        .map(|problem| problem.message.as_str())
        .collect();
    if case.join("error").exists() {
        return if wrong.is_empty() { Err("is accepted".to_owned()) } else { Ok(()) };
    }
    if let Some(message) = wrong.first() {
        return Err(format!("is rejected: {message}"));
    }
    let Ok(expected) = std::fs::read_to_string(case.join("in.json")) else { return Ok(()) };
    let expected: Vec<Value> = Deserializer::from_str(&expected)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    let found: Vec<Value> = document.roots().iter().map(|&root| document.to_value(root)).collect();
    // JSON has one spelling for 1.0 and 1 only where it compares numbers by value.
    let alike = expected.len() == found.len() && expected.iter().zip(&found).all(|(a, b)| same(a, b));
    if alike { Ok(()) } else { Err(format!("has other values: {found:?}")) }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn yaml_test_suite() {
    let Some(folder) = common::corpus("torture") else { return };
    let mut all = Vec::new();
    cases(&folder.join("yaml-test-suite"), &mut all);
    let (mut valid, mut invalid, mut wrong) = ((0, 0), (0, 0), Vec::new());
    let mut failed = BTreeSet::new();
    for case in &all {
        let name = case.strip_prefix(folder.join("yaml-test-suite")).unwrap().to_string_lossy().into_owned();
        let side = if case.join("error").exists() { &mut invalid } else { &mut valid };
        side.1 += 1;
        match judge(case) {
            Ok(()) => side.0 += 1,
            Err(reason) => {
                if !KNOWN.iter().any(|(known, _)| *known == name) {
                    wrong.push(format!("{name} {reason}"));
                }
                failed.insert(name);
            }
        }
    }
    println!("valid: {} of {} right; invalid: {} of {} right", valid.0, valid.1, invalid.0, invalid.1);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mended: Vec<&str> =
        KNOWN.iter().map(|(name, _)| *name).filter(|name| !failed.contains(*name)).collect();
    assert!(mended.is_empty(), "right by now, so take them off the list: {mended:?}");
    assert!(
        valid.0 * 100 >= valid.1 * 97 && invalid.0 * 100 >= invalid.1 * 97,
        "fewer than 97 in 100 on a side"
    );
}
