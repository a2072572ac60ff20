//! `defined`, `undefined`, `truthy`, `falsy`: Spectral's four questions of presence (functions
//! 1.11), with JavaScript's idea of truth.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options, words};
use assize_tree::document::Kind;
use serde_json::Value;

struct Presence {
    holds: fn(&Context<'_>, Subject) -> bool,
    demand: &'static str,
}

impl Check for Presence {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        if !(self.holds)(cx, subject) {
            found.push(Violation::new(format!("{}must be {}", words::property(cx, subject), self.demand)));
        }
        Ok(Looked::At(1))
    }
}

fn is_defined(_: &Context<'_>, subject: Subject) -> bool {
    !matches!(subject, Subject::Missing(_))
}

/// JavaScript: undefined, null, false, 0, NaN and the empty string are not true.
fn is_truthy(cx: &Context<'_>, subject: Subject) -> bool {
    match subject {
        Subject::Missing(_) => false,
        Subject::Key(_) => cx.text(subject).is_some_and(|key| !key.is_empty()),
        Subject::Node(at) => {
            let document = cx.document(at);
            match document.kind(at.node) {
                Kind::Null | Kind::Alias => false,
                Kind::Bool => document.bool(at.node) == Some(true),
                Kind::Number => document
                    .number(at.node)
                    .is_some_and(|number| number.as_f64() != 0.0 && !number.as_f64().is_nan()),
                Kind::String => document.str(at.node).is_some_and(|text| !text.is_empty()),
                Kind::Array | Kind::Object => true,
            }
        }
    }
}

fn make(
    name: &str,
    given: &Value,
    holds: fn(&Context<'_>, Subject) -> bool,
    demand: &'static str,
) -> Result<Box<dyn Check>, OptionError> {
    options::none(name, given)?;
    Ok(Box::new(Presence { holds, demand }))
}

pub(super) fn defined(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    make("defined", given, is_defined, "defined")
}

pub(super) fn undefined(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    make("undefined", given, |cx, subject| !is_defined(cx, subject), "undefined")
}

pub(super) fn truthy(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    make("truthy", given, is_truthy, "truthy")
}

pub(super) fn falsy(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    make("falsy", given, |cx, subject| !is_truthy(cx, subject), "falsy")
}
