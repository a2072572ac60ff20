//! `length` (Spectral functions 1.11): elements of an array, members of an object, UTF-16 units of
//! a string, or a number itself, within bounds.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options, words};
use assize_tree::document::Kind;
use serde_json::Value;

struct Length {
    min: Option<f64>,
    max: Option<f64>,
}

impl Check for Length {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let length = match subject {
            Subject::Key(_) => cx.text(subject).map(units),
            Subject::Node(at) => {
                let document = cx.document(at);
                match document.kind(at.node) {
                    Kind::Array | Kind::Object => Some(document.len(at.node) as f64),
                    Kind::Number => document.number(at.node).map(|number| number.as_f64()),
                    Kind::String => document.str(at.node).map(units),
                    _ => None,
                }
            }
            Subject::Missing(_) => None,
        };
        let Some(length) = length else { return Ok(Looked::Nothing) };
        if let Some(min) = self.min
            && length < min
        {
            found.push(Violation::new(format!("{}must be longer than {min}", words::property(cx, subject))));
        }
        if let Some(max) = self.max
            && length > max
        {
            found.push(Violation::new(format!("{}must be shorter than {max}", words::property(cx, subject))));
        }
        Ok(Looked::At(1))
    }
}

fn units(text: &str) -> f64 {
    text.encode_utf16().count() as f64
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("length", given, &["min", "max"])?;
    let check = Length {
        min: options::get(members, "min", "a number")?,
        max: options::get(members, "max", "a number")?,
    };
    if check.min.is_none() && check.max.is_none() {
        return Err(OptionError::new("", "The check \"length\" needs \"min\" or \"max\"."));
    }
    Ok(Box::new(check))
}
