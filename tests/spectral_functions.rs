//! Spectral's core functions, held against what Spectral itself answered: which values each accepts,
//! and which options it refuses. Known disagreements stand in a list that may only shrink.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

use assize::bundle::Bundle;
use assize::check::{self, Compile, Context, Subject};
use assize::finding::FileId;
use assize::workspace::{Memory, Workspace};
use assize_tree::document::{Limits, json};
use assize_tree::text::Text;
use serde_json::Value;
use std::sync::Arc;

/// Cases that come out otherwise, by a part of their name, each with its reason.
const KNOWN: &[(&str, &str)] = &[
    (
        "Schema outputs Ajv runtime errors",
        "a faulty schema is a mistake of the pack, reported when the pack is read",
    ),
    ("invalid usage of byte format", "OpenAPI's own formats are not asserted yet"),
    ("invalid usage of int32 format", "OpenAPI's own formats are not asserted yet"),
    ("given unresolved context, reports an error", "a $ref out of the schema is a mistake of the pack"),
    ("given resolved context, ignores", "a $ref out of the schema is a mistake of the pack"),
    ("\"prepareResults\": [Function prepareResults]", "a JavaScript function is no option of a pack"),
    ("given match and notMatch regexes", "a JavaScript RegExp object is no option of a pack"),
    (
        "Defined given undefined input",
        "the case looks at a member that is missing; the harness hands over the root",
    ),
    (
        "unsorted properties with numeric keys",
        "JavaScript moves numeric keys to the front and sorts them; the file's order is judged here",
    ),
    ("is able to trap object again", "the case wraps a YAML text, which the harness does not unwrap"),
];

#[test]
fn core_functions_answer_as_spectral_does() {
    let Some(shared) = std::env::var_os("ASSIZE_SHARED") else {
        println!("skipped: ASSIZE_SHARED is not set, so the recorded cases are not at hand");
        return;
    };
    let file = std::path::Path::new(&shared).join("spectral/core-function-cases.json");
    let cases: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let workspace = Workspace::new(Box::new(Memory::default()), Limits::default(), false);
    let (mut run, mut known, mut wrong) = (0, 0, Vec::new());
    for case in cases["cases"].as_array().unwrap() {
        let name = case["test"].as_str().unwrap();
        let entry = check::find(case["function"].as_str().unwrap())
            .unwrap_or_else(|_| panic!("no check {}", case["function"]));
        let made = (entry.make)(
            &case["options"],
            &Compile { read: &|_| Err("no files".to_owned()), tested: false, worded: true },
        );
        run += 1;
        let outcome = match (made, case.get("throws")) {
            (Err(_), Some(_)) => continue,
            (Ok(_), Some(_)) => Err("takes options that Spectral refuses".to_owned()),
            (Err(error), None) => Err(format!("refuses its options: {}", error.message)),
            (Ok(check), None) => {
                let document =
                    Arc::new(json::parse(Arc::new(Text::from(case["input"].to_string())), Limits::default()));
                let root = document.root().unwrap();
                let bundle = Bundle::single(FileId(0), document, root);
                let cx = Context {
                    bundle: &bundle,
                    at: bundle.root(),
                    missing: None,
                    workspace: &workspace,
                    files: &[],
                    changed_only: false,
                    stands_for: None,
                };
                let mut found = Vec::new();
                let expected = case["results"].as_array().unwrap();
                match check.run(&cx, Subject::Node(bundle.root()), &mut found) {
                    Err(error) => Err(error.0),
                    Ok(_) if found.is_empty() != expected.is_empty() => {
                        Err(format!("finds {}, Spectral {}", found.len(), expected.len()))
                    }
                    Ok(_) => Ok(()),
                }
            }
        };
        if let Err(reason) = outcome {
            if KNOWN.iter().any(|(part, _)| name.contains(part)) {
                known += 1;
            } else {
                wrong.push(format!("{name}: {} {}: {reason}", case["input"], case["options"]));
            }
        }
    }
    println!("{run} cases, {known} known differences, {} wrong", wrong.len());
    assert!(run > 400);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
