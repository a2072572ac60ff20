//! `asyncApiDocumentSchema`, `asyncApiPayloadValidation`: a whole document of AsyncAPI, or the payload of a
//! message, judged by the shape that its version gives it. Of what is found, what other errors explain
//! better is left out as Spectral leaves it out.

use super::super::ajv::{Failure, Outcome as Verdict, messages, plain_messages};
use super::super::lint::Call;
use super::super::shapes;
use super::super::value::{Js, View};
use super::{Failed, Found, Function, Outcome, members, wrong};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn find(name: &str, options: &Value) -> Found {
    let function: Arc<dyn Function> = match name {
        "asyncApiDocumentSchema" => {
            let resolved = members(name, options, &["resolved"]).and_then(|given| {
                given.get("resolved").and_then(Value::as_bool).ok_or_else(|| {
                    wrong("The function asyncApiDocumentSchema needs resolved: true or false.")
                })
            });
            match resolved {
                Ok(resolved) => Arc::new(Document { resolved }),
                Err(missing) => return Some(Err(missing)),
            }
        }
        "asyncApiPayloadValidation" if options.is_null() => Arc::new(Payload),
        "asyncApiPayloadValidation" => {
            return Some(Err(wrong(format!("The function {name} takes no options."))));
        }
        _ => return None,
    };
    Some(Ok(function))
}

/// Formats and the shapes of their documents, where references stand and where they are seen through.
/// The first format that a document has counts.
const SHAPES: [(&str, &str, &str); 10] = [
    ("aas3_1", "asyncapi-3.1", "asyncapi-3.1-resolved"),
    ("aas3_0", "asyncapi-3.0", "asyncapi-3.0-resolved"),
    ("aas2_6", "asyncapi-2.6", "asyncapi-2.6"),
    ("aas2_5", "asyncapi-2.5", "asyncapi-2.5"),
    ("aas2_4", "asyncapi-2.4", "asyncapi-2.4"),
    ("aas2_3", "asyncapi-2.3", "asyncapi-2.3"),
    ("aas2_2", "asyncapi-2.2", "asyncapi-2.2"),
    ("aas2_1", "asyncapi-2.1", "asyncapi-2.1"),
    ("aas2_0", "asyncapi-2.0", "asyncapi-2.0"),
    ("aas3", "asyncapi-3", "asyncapi-3-resolved"),
];

/// The shapes for a document of such formats.
fn choose(formats: &[&str]) -> Option<(&'static str, &'static str)> {
    let found = SHAPES.iter().find(|(format, ..)| formats.contains(format))?;
    Some((found.1, found.2))
}

/// The errors of a value, by a shape.
fn judge(shape: &'static str, cx: &Call<'_, '_>, value: &Js<'_>) -> Result<Vec<Failure>, Failed> {
    let shape = shapes::find(shape)?;
    let schema = View { inventory: &shape.inventory, resolved: false };
    match shape.validator.run(&schema, &cx.view, value) {
        Verdict::Valid => Ok(Vec::new()),
        Verdict::TooDeep => Err("The document refers to itself without end.".to_owned()),
        Verdict::Invalid(errors) => Ok(errors),
    }
}

fn report(cx: &Call<'_, '_>, value: &Js<'_>, errors: &[Failure], out: &mut Vec<Outcome>) {
    let path = cx.path();
    for message in messages(errors, &cx.view, value, path.last().map(String::as_str)) {
        out.push(Outcome::at(message.text, path.iter().chain(&message.path).cloned().collect()));
    }
}

/// Whether an error says no more than that a reference would have been right too.
fn is_idle(error: &Failure) -> bool {
    error.keyword == "oneOf" || wants_reference(error)
}

fn wants_reference(error: &Failure) -> bool {
    error.keyword == "required" && error.missing.as_deref() == Some("$ref")
}

/// Leaves one error for each place, and none for those whose errors stand below.
fn prepare(errors: Vec<Failure>) -> Vec<Failure> {
    let mut kept: Vec<Failure> = Vec::new();
    let mut waiting: Option<Failure> = None;
    let mut keep = |error: Failure| {
        if !(is_idle(&error) && kept.last().is_some_and(|last| last.at.starts_with(&error.at))) {
            kept.push(error);
        }
    };
    for mut error in errors {
        if wants_reference(&error) {
            continue;
        }
        if let ("additionalProperties", Some(name)) = (error.keyword, &error.property) {
            error.at = format!("{}/{name}", error.at);
        }
        match &waiting {
            Some(before) if before.at == error.at => {}
            _ => {
                if let Some(before) = waiting.replace(error) {
                    keep(before);
                }
            }
        }
    }
    if let Some(last) = waiting {
        keep(last);
    }
    kept
}

struct Document {
    /// Whether references are seen through where the rule looks.
    resolved: bool,
}

/// What is said of a reference where none may be.
const REFERENCE: &str = "Property \"$ref\" is not expected to be here";

impl Function for Document {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let Some((standing, resolved)) = choose(cx.formats) else { return Ok(()) };
        let mut found = Vec::new();
        if self.resolved {
            let errors = prepare(judge(resolved, cx, value)?);
            report(cx, value, &errors, &mut found);
            out.extend(found.into_iter().filter(|one| one.message != REFERENCE));
        } else {
            let errors = judge(standing, cx, value)?;
            report(cx, value, &errors, &mut found);
            out.extend(found.into_iter().filter(|one| one.message == REFERENCE).map(|one| Outcome {
                message: "Referencing in this place is not allowed".to_owned(),
                ..one
            }));
        }
        Ok(())
    }
}

struct Payload;

impl Function for Payload {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let Some((standing, _)) = choose(cx.formats) else { return Ok(()) };
        let shape = match standing {
            "asyncapi-3.0" | "asyncapi-3.1" | "asyncapi-3" => "asyncapi-3-schema",
            _ => "asyncapi-2-schema",
        };
        let errors = judge(shape, cx, value)?;
        let path = cx.path();
        for message in plain_messages(&errors, &cx.view, value, path.last().map(String::as_str)) {
            out.push(Outcome::at(message.text, path.iter().chain(&message.path).cloned().collect()));
        }
        Ok(())
    }
}
