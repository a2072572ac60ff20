//! The functions that rules call. Each has a file or shares one with its kin, takes its options when
//! the ruleset is read and is then called for each place. To add one, write it and name it in
//! [`find`].

mod arazzo;
mod arazzo_actions;
mod arazzo_expression;
mod asyncapi;
mod asyncapi_document;
mod core;
mod document;
mod oas;
mod oas_example;
mod oas_path;
mod presence;
mod schema;
mod servers;

use super::lint::Call;
use super::value::Js;
use serde_json::Value;
use std::sync::Arc;

/// What a function finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is wrong; a template.
    pub message: String,
    /// Where: the whole way from the document's root; the place looked at, where there is none.
    pub path: Option<Vec<String>>,
}

impl Outcome {
    /// About the place looked at.
    pub fn here(message: impl Into<String>) -> Self {
        Self { message: message.into(), path: None }
    }

    /// About another place.
    pub fn at(message: impl Into<String>, path: Vec<String>) -> Self {
        Self { message: message.into(), path: Some(path) }
    }
}

/// Why a function could not answer.
pub type Failed = String;

/// A function with its options.
pub trait Function: Send + Sync {
    /// Looks at a value and says what is wrong with it.
    ///
    /// # Errors
    /// Why that cannot be said; the rule is unknown at this place then.
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed>;

    /// Whether it is written in JavaScript: it may keep something from one call to the next, so that the
    /// order of calls matters.
    fn is_script(&self) -> bool {
        false
    }

    /// Whether its answers may depend on the way to a value, so that every way there must be gone. Known
    /// only after it was called.
    fn asks_way(&self) -> bool {
        false
    }
}

/// A function as a plain closure.
pub(super) struct Plain<F>(pub F);

impl<F> Function for Plain<F>
where
    F: Fn(&Call<'_, '_>, &Js<'_>, &mut Vec<Outcome>) + Send + Sync,
{
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        (self.0)(cx, value, out);
        Ok(())
    }
}

/// Why a function is not to be had.
pub enum Missing {
    /// There is none of that name.
    Unknown,
    /// The options are wrong: each with the pointer to where, and what is wrong.
    Options(String),
}

/// The function of that name with its options.
///
/// # Errors
/// Where there is none, or the options do not fit it.
pub fn find(name: &str, options: &Value) -> Result<Arc<dyn Function>, Missing> {
    presence::find(name, options)
        .or_else(|| core::find(name, options))
        .or_else(|| schema::find(name, options))
        .or_else(|| oas::find(name, options))
        .or_else(|| oas_example::find(name, options))
        .or_else(|| servers::find(name, options))
        .or_else(|| document::find(name, options))
        .or_else(|| asyncapi::find(name, options))
        .or_else(|| asyncapi_document::find(name, options))
        .or_else(|| arazzo::find(name, options))
        .unwrap_or(Err(Missing::Unknown))
}

pub(super) type Found = Option<Result<Arc<dyn Function>, Missing>>;

pub(super) use schema::as_document;

pub(super) fn wrong(message: impl Into<String>) -> Missing {
    Missing::Options(message.into())
}

/// The members of options, which may have no others than those named.
pub(super) fn members<'v>(
    name: &str,
    options: &'v Value,
    known: &[&str],
) -> Result<&'v serde_json::Map<String, Value>, Missing> {
    let Some(members) = options.as_object() else {
        return Err(wrong(format!("The function {name} needs options: {}.", known.join(", "))));
    };
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        Some(other) => Err(wrong(format!(
            "The function {name} has no option \"{other}\"; it has: {}.",
            known.join(", ")
        ))),
        None => Ok(members),
    }
}

/// What a value of options looks like in messages.
pub(super) fn print_option(value: &Value) -> String {
    match value {
        Value::Array(_) => "Array[]".to_owned(),
        Value::Object(_) => "Object{}".to_owned(),
        Value::Number(number) => number.as_f64().map_or_else(String::new, assize_tree::js::number_to_string),
        other => other.to_string(),
    }
}

/// Whether a value is one of the primitives of options.
pub(super) fn equals_option(value: &Js<'_>, option: &Value) -> bool {
    match (value, option) {
        (Js::Null, Value::Null) => true,
        (Js::Bool(a), Value::Bool(b)) => a == b,
        (Js::Number(a), Value::Number(b)) => b.as_f64() == Some(*a),
        (Js::Text(a), Value::String(b)) => a == b,
        _ => false,
    }
}

/// A step of the way to a value.
pub(super) fn extended(path: &[String], more: &[&str]) -> Vec<String> {
    path.iter().cloned().chain(more.iter().map(|step| (*step).to_owned())).collect()
}
