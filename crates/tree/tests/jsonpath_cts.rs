//! The JSONPath compliance test suite: all of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use assize_tree::document::{Limits, json, normalized_path};
use assize_tree::path::Path;
use assize_tree::text::Text;
use serde_json::Value;
use std::sync::Arc;

#[test]
fn every_case_of_the_compliance_suite() {
    let Some(folder) = common::corpus("torture") else { return };
    let suite: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("jsonpath-cts/cts.json")).unwrap())
            .unwrap();
    let mut wrong = Vec::new();
    let cases = suite["tests"].as_array().unwrap();
    for case in cases {
        let (name, selector) = (case["name"].as_str().unwrap(), case["selector"].as_str().unwrap());
        let path = Path::parse(selector);
        if case["invalid_selector"] == true {
            if path.is_ok() {
                wrong.push(format!("{name}: {selector} is accepted"));
            }
            continue;
        }
        let Ok(path) = path else {
            wrong.push(format!("{name}: {selector}: {}", path.unwrap_err()));
            continue;
        };
        let document = json::parse(Arc::new(Text::from(case["document"].to_string())), Limits::default());
        let nodes = path.nodelist(&document, document.root().unwrap()).unwrap();
        let values = Value::Array(nodes.iter().map(|&node| document.to_value(node)).collect());
        let paths =
            Value::Array(nodes.iter().map(|&node| normalized_path(&document.route(node)).into()).collect());
        let allowed = |one: &str, many: &str, found: &Value| match (case.get(one), case.get(many)) {
            (Some(expected), _) => expected == found,
            (None, Some(expected)) => expected.as_array().unwrap().contains(found),
            (None, None) => true,
        };
        if !allowed("result", "results", &values) || !allowed("result_paths", "results_paths", &paths) {
            wrong.push(format!("{name}: {selector}: {values} at {paths}"));
        }
    }
    println!("{} cases, {} wrong", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
