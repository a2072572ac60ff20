//! `oasDocumentSchema`, `arazzoDocumentSchema`: a whole description judged by the shape that its version
//! of the specification gives it.

use super::super::ajv::{Failure, Outcome as Verdict};
use super::super::lint::Call;
use super::super::repairs::Repair;
use super::super::shapes;
use super::super::value::{Js, View};
use super::{Failed, Found, Function, Outcome, wrong};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn find(name: &str, options: &Value) -> Found {
    let choose: Choose = match name {
        "oasDocumentSchema" => openapi,
        "arazzoDocumentSchema" => arazzo,
        _ => return None,
    };
    if !options.is_null() {
        return Some(Err(wrong(format!("The function {name} takes no options."))));
    }
    let function: Arc<dyn Function> = Arc::new(DocumentShape(choose));
    Some(Ok(function))
}

/// The shape for a document of such formats.
type Choose = fn(&[&str]) -> Option<&'static str>;

fn openapi(formats: &[&str]) -> Option<&'static str> {
    let has = |format: &str| formats.contains(&format);
    Some(match () {
        () if formats.is_empty() => return None,
        () if has("oas2") => "openapi-2.0",
        () if has("oas3_2") => "openapi-3.2",
        () if has("oas3_1") => "openapi-3.1",
        () => "openapi-3.0",
    })
}

fn arazzo(formats: &[&str]) -> Option<&'static str> {
    formats.contains(&"arazzo1_0").then_some("arazzo-1.0")
}

struct DocumentShape(Choose);

impl Function for DocumentShape {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let Some(name) = (self.0)(cx.formats) else { return Ok(()) };
        let shape = shapes::find(name)?;
        let schema = View { inventory: &shape.inventory, resolved: false };
        let errors = match shape.validator.run(&schema, &cx.view, value) {
            Verdict::Valid => return Ok(()),
            Verdict::TooDeep => return Err("The document refers to itself without end.".to_owned()),
            Verdict::Invalid(errors) => errors,
        };
        let mut referred: Vec<Vec<String>> = Vec::new();
        for error in errors.iter().filter(|error| error.keyword != "if") {
            match operation_reference(&cx.view, value, error)
                .filter(|_| cx.corrected.has(Repair::OperationReferences))
            {
                Some(at) if referred.contains(&at) => {}
                Some(at) => {
                    out.push(Outcome::at(REFERENCE, at.clone()));
                    referred.push(at);
                }
                None => out.push(word(&cx.view, value, error)),
            }
        }
        Ok(())
    }
}

const REFERENCE: &str = "A reference stands in place of an operation, where OpenAPI has none: some tools follow it, others do not. Refer to the whole path item instead.";

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The reference that stands in place of the operation which an error is about.
fn operation_reference(view: &View<'_>, value: &Js<'_>, error: &Failure) -> Option<Vec<String>> {
    let mut path: Vec<String> =
        error.at.split('/').skip(1).take(3).map(super::super::pointer::unescape).collect();
    if path.len() < 3 || path[0] != "paths" || !METHODS.contains(&path[2].as_str()) {
        return None;
    }
    let mut here = match value {
        Js::Node(at) => Js::Node(*at),
        _ => return None,
    };
    for step in &path {
        here = view.member(&here, step);
    }
    view.member(&here, "$ref").text()?;
    path.push("$ref".to_owned());
    Some(path)
}

fn clean(property: Option<&str>, message: &str) -> String {
    let message = message.replace('\'', "\"").replace("NOT", "not");
    match property {
        Some(property) => format!("\"{property}\" property {message}"),
        None => message,
    }
}

fn word(view: &View<'_>, value: &Js<'_>, error: &Failure) -> Outcome {
    let mut path: Vec<String> =
        if error.at.is_empty() { Vec::new() } else { error.at[1..].split('/').map(str::to_owned).collect() };
    let property = path.last().cloned();
    let message = match error.keyword {
        "additionalProperties" => {
            let name = error.property.clone().unwrap_or_default();
            let message = format!("Property \"{name}\" is not expected to be here");
            path.push(name);
            message
        }
        "enum" => {
            let values: Vec<&str> = error.allowed.iter().map(|(shown, _)| shown.as_str()).collect();
            let mut here: Js<'_> = match value {
                Js::Node(at) => Js::Node(*at),
                _ => Js::Undefined,
            };
            for step in &path {
                here = view.member(&here, &super::super::pointer::unescape(step));
            }
            let near = match &here {
                Js::Text(text) => super::super::ajv::nearest(error, text),
                _ => None,
            };
            let near = near.map_or_else(String::new, |near| format!(". Did you mean \"{near}\"?"));
            format!("{}: {}{near}", clean(property.as_deref(), &error.message), values.join(", "))
        }
        "errorMessage" => error.message.clone(),
        _ => clean(property.as_deref(), &error.message),
    };
    Outcome::at(message, path)
}
