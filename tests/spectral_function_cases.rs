//! Spectral's functions and rules, called as Spectral's own tests call them: one function, or one rule of
//! a built-in ruleset, over one document. What is compared is what is said, where, and how severe it is.
//! Known disagreements stand in lists, each with its reason, that may only shrink.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

use assize::spectral::{try_function, try_ruleset};
use assize_tree::document::{Document, Limits, yaml};
use assize_tree::text::Text;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Cases of single functions that come out otherwise, by a part of their name.
const FUNCTIONS: &[(&str, &str)] = &[
    ("Xor given no properties, should", XOR),
    ("Xor given multiple properties that do not match", XOR),
    ("Xor given both properties", XOR),
    ("Schema outputs Ajv runtime errors", "what is wrong with a regular expression is said in our own words"),
    (
        "unsorted properties with numeric keys",
        "the case's document cannot be written down: its keys are in an order that JavaScript does not keep",
    ),
];

const XOR: &str =
    "the case has the words of an older version; crafted.json has those of 1.11, and they are kept";

/// Cases of rules that come out otherwise: index and reason.
const RULES: &[(usize, &str)] = &[(234, NAMELESS), (269, NAMELESS), (270, NAMELESS), (314, NAMELESS)];

const NAMELESS: &str = "the case's document has no name, and then Spectral does not place results where references lead; documents here have names";

fn cases(file: &str) -> Option<Vec<Value>> {
    let Some(shared) = std::env::var_os("ASSIZE_SHARED").map(PathBuf::from) else {
        println!("skipped: ASSIZE_SHARED is not set, so what Spectral answers is not at hand");
        return None;
    };
    let text = std::fs::read_to_string(shared.join("spectral").join(file)).unwrap();
    let Value::Object(mut file) = serde_json::from_str(&text).unwrap() else { panic!("no object") };
    let Some(Value::Array(cases)) = file.remove("cases") else { panic!("no cases") };
    Some(cases)
}

/// The document of a case: a value, or a text. Spectral's tests read either as YAML.
fn document(input: &Value) -> Arc<Document> {
    let text = input["$document"]["text"].as_str().map_or_else(|| input.to_string(), str::to_owned);
    Arc::new(yaml::parse(Arc::new(Text::from(text)), Limits::default()))
}

/// What JavaScript had that JSON has not: expressions become texts, functions go.
fn plain(options: &Value) -> Value {
    match options {
        Value::Object(members) => {
            if let Some(parts) = members.get("$regexp") {
                return json!(format!("/{}/{}", parts[0].as_str().unwrap(), parts[1].as_str().unwrap()));
            }
            let kept = members.iter().filter(|(_, value)| value.get("$function").is_none());
            kept.map(|(key, value)| (key.clone(), plain(value))).collect::<serde_json::Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn steps(path: &Value) -> Vec<String> {
    let step = |step: &Value| step.as_str().map_or_else(|| step.to_string(), str::to_owned);
    path.as_array().unwrap().iter().map(step).collect()
}

/// What is compared of results, in an order of its own.
type Said = (Vec<String>, String, Option<i64>, Option<Value>);

fn said(results: &Value, ranges: bool) -> Vec<Said> {
    let mut found: Vec<Said> = results
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|one| {
            let range = ranges.then(|| one["range"].clone());
            (
                steps(&one["path"]),
                one["message"].as_str().unwrap().to_owned(),
                one["severity"].as_i64(),
                range,
            )
        })
        .collect();
    found.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    found
}

/// Lints by a ruleset; the results of a rule, or why there are none.
fn linted(
    ruleset: &Value,
    (name, document, others): (&str, &Arc<Document>, &BTreeMap<String, Arc<Document>>),
    code: &str,
    ranges: bool,
) -> Result<Vec<Said>, String> {
    let linted = try_ruleset(&ruleset.to_string(), name, document, others)?;
    if let Some((rule, reason)) = linted.unknown.first() {
        return Err(format!("{rule}: {reason}"));
    }
    let results: Vec<Value> = linted
        .findings
        .iter()
        .filter(|one| one.code == code)
        .map(|one| {
            let place = |place: (i64, i64)| json!({ "line": place.0, "character": place.1 });
            json!({
                "path": one.path, "message": one.message, "severity": one.severity,
                "range": { "start": place(one.range.start), "end": place(one.range.end) },
            })
        })
        .collect();
    Ok(said(&Value::Array(results), ranges))
}

/// Compares what is wrong with what is known to be.
fn settle(what: &str, count: usize, wrong: &[(String, String)], known: &[&str]) {
    println!("{what}: {} of {count} equal, {} listed", count - wrong.len(), known.len());
    let listed = |name: &str| known.iter().any(|part| name.contains(part));
    let new: Vec<String> = wrong
        .iter()
        .filter(|(name, _)| !listed(name))
        .map(|(name, reason)| format!("{name}: {reason}"))
        .collect();
    assert!(new.is_empty(), "{what}: {} not equal, and not listed:\n{}", new.len(), new.join("\n"));
    for part in known {
        assert!(
            wrong.iter().any(|(name, _)| name.contains(part)),
            "{part}: right by now, take it off the list"
        );
    }
}

#[test]
fn core_functions() {
    let Some(cases) = cases("core-function-cases.json") else { return };
    let mut wrong = Vec::new();
    for case in &cases {
        let mut then = json!({ "function": case["function"] });
        if !case["options"].is_null() {
            then["functionOptions"] = plain(&case["options"]);
        }
        let mut rule = json!({ "given": "$", "severity": "warn", "message": "{{error}}" });
        for (key, value) in case["rule"].as_object().into_iter().flatten() {
            match (key.as_str(), value) {
                ("then", Value::Object(more)) => then.as_object_mut().unwrap().extend(more.clone()),
                _ => rule[key] = value.clone(),
            }
        }
        rule["then"] = then;
        let ruleset = json!({ "rules": { "my-rule": rule } });
        let answer = linted(&ruleset, ("", &document(&case["input"]), &BTreeMap::new()), "my-rule", true);
        let refused = case.get("throws").is_some();
        let wanted = said(&case["results"], true);
        let reason = match answer {
            Err(_) if refused => continue,
            Err(reason) => reason,
            Ok(_) if refused => "takes options that Spectral refuses".to_owned(),
            Ok(found) if found == wanted => continue,
            Ok(found) => format!("{found:?}, not {wanted:?}"),
        };
        wrong.push((case["test"].as_str().unwrap().to_owned(), format!("{}: {reason}", case["options"])));
    }
    assert!(cases.len() > 400);
    let known: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
    settle("core functions", cases.len(), &wrong, &known);
}

#[test]
fn functions_of_the_rulesets() {
    let Some(cases) = cases("ruleset-function-cases.json") else { return };
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["test"].as_str().unwrap();
        let function = match case["function"].as_str().unwrap() {
            // The recorder did not see the name.
            "" => name.split(' ').next().unwrap(),
            function => function,
        };
        let context = &case["context"];
        let document_of = &context["document"];
        let formats: Vec<&str> = [&document_of["formats"]["$set"], &document_of["$document"]["formats"]]
            .iter()
            .filter_map(|list| list.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let path = steps(&context["path"]);
        let answer = try_function(function, &case["options"], &document(&case["input"]), &path, &formats);
        // What stands where the function looks has its path; Spectral gives none then.
        let wanted: Vec<Said> = said(
            &Value::Array(
                case["results"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|one| {
                        let path = one.get("path").cloned().unwrap_or_else(|| context["path"].clone());
                        json!({ "path": path, "message": one["message"] })
                    })
                    .collect(),
            ),
            false,
        );
        let reason = match answer {
            Err(reason) => reason,
            Ok(found) => {
                let found: Vec<Value> = found
                    .iter()
                    .map(|one| json!({ "path": one.path.as_ref().unwrap_or(&path), "message": one.message }))
                    .collect();
                let found = said(&Value::Array(found), false);
                if found == wanted {
                    continue;
                }
                format!("{found:?}, not {wanted:?}")
            }
        };
        wrong.push((name.to_owned(), reason));
    }
    assert!(cases.len() > 90);
    settle("functions of the rulesets", cases.len(), &wrong, &[]);
}

#[test]
fn rules_of_the_rulesets() {
    let Some(cases) = cases("rule-cases.json") else { return };
    let mut wrong = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let rule = case["rule"].as_str().unwrap();
        let off = |name: &str| json!([name, "off"]);
        let ruleset = json!({
            "extends": [off("spectral:asyncapi"), off("spectral:oas"), off("spectral:arazzo")],
            "rules": { rule: true },
        });
        let root = match case["document_text"].as_str() {
            Some(text) => document(&json!({ "$document": { "text": text } })),
            None => document(&case["document"]),
        };
        // Files by their last names: those of a case stand in one folder.
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let name = case["source"].as_str().map(last).unwrap_or_default();
        let mocks = case["mocks"].as_object().into_iter().flatten();
        let others: BTreeMap<String, Arc<Document>> =
            mocks.map(|(path, value)| (last(path), document(value))).collect();
        let wanted = said(&case["actual"], false);
        let reason = match linted(&ruleset, (&name, &root, &others), rule, false) {
            Ok(found) if found == wanted => continue,
            Ok(found) => format!("{found:?}, not {wanted:?}"),
            Err(reason) => reason,
        };
        wrong.push((format!("#{index} {rule} {}", case["name"].as_str().unwrap()), reason));
    }
    assert!(cases.len() > 570);
    let known: Vec<String> = RULES.iter().map(|(index, _)| format!("#{index} ")).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    settle("rules", cases.len(), &wrong, &known);
}

/// Documents of our own, for where the recorded cases are not at hand; the answers are Spectral's.
#[test]
fn arazzo_and_asyncapi_by_hand() {
    let tried = |function: &str, options: Value, text: &str, formats: &[&str]| -> Vec<(String, String)> {
        let document = document(&json!({ "$document": { "text": text } }));
        let found = try_function(function, &options, &document, &[], formats).unwrap();
        let mut found: Vec<(String, String)> =
            found.into_iter().map(|one| (one.path.unwrap_or_default().join("/"), one.message)).collect();
        found.sort();
        found
    };
    let pair = |path: &str, message: &str| (path.to_owned(), message.to_owned());
    let arazzo = r#"
arazzo: 1.0.0
info: { title: t, version: 1.0.0 }
sourceDescriptions: [{ name: src, url: a.yaml, type: openapi }]
workflows:
- workflowId: one
  dependsOn: [one, one, $sourceDescriptions.src.x]
  inputs: { type: object, properties: { user: { type: string } } }
  outputs: { good: $steps.s.outputs.x, bad: $steps.t.outputs.x, other: $inputs.nobody }
  parameters: [{ name: p, value: $inputs.user }]
  steps:
  - { stepId: s, operationId: op, parameters: [{ name: p, value: $statusCode }, { reference: nonsense }] }
"#;
    let formats = ["Arazzo 1.0.x"];
    assert_eq!(
        tried("arazzoWorkflowDependsOnValidation", Value::Null, arazzo, &formats),
        [
            pair(
                "workflows/0/dependsOn/1",
                "Duplicate workflowId \"one\" in dependsOn for workflow \"one\"."
            ),
            pair("workflows/0/dependsOn/2", "Source description \"src\" must have a type of \"arazzo\"."),
        ]
    );
    assert_eq!(
        tried("arazzoWorkflowOutputNamesValidation", Value::Null, arazzo, &formats),
        [
            pair("workflows/0/outputs/bad/1", "\"$steps.t.outputs.x\" is not a valid runtime expression."),
            pair("workflows/0/outputs/other/2", "\"$inputs.nobody\" is not a valid runtime expression."),
        ]
    );
    assert_eq!(
        tried("arazzoStepParametersValidation", Value::Null, arazzo, &formats),
        [
            pair(
                "workflows/0/steps/0/parameters",
                "Step with \"operationId\" or \"operationPath\" must have parameters with an \"in\" field."
            ),
            pair(
                "workflows/0/steps/0/parameters/0",
                "Invalid runtime expression: \"$statusCode\" for parameter."
            ),
            pair(
                "workflows/0/steps/0/parameters/1",
                "Invalid runtime expression for reusable parameter reference: \"nonsense\"."
            ),
        ]
    );
    // A version tells what it changed; a later one of 3 is judged by the latest that is known.
    let asyncapi =
        "asyncapi: V\ninfo: { title: t, version: '1' }\nchannels: { a: { servers: [b], zz: 1 } }\n";
    let judged = |version: &str, format: &str| {
        let text = asyncapi.replace('V', version);
        tried("asyncApiDocumentSchema", json!({ "resolved": true }), &text, &[format])
    };
    let extra = |name: &str| {
        let place = format!("channels/a/{name}");
        (place, format!("Property \"{name}\" is not expected to be here"))
    };
    assert_eq!(judged("2.1.0", "AsyncAPI 2.1.x"), [extra("servers"), extra("zz")]);
    assert_eq!(judged("2.2.0", "AsyncAPI 2.2.x"), [extra("zz")]);
    assert_eq!(judged("3.7.0", "AsyncAPI 3.x"), judged("3.1.0", "AsyncAPI 3.1.x"));
    assert!(!judged("3.7.0", "AsyncAPI 3.1.x").is_empty());
}
