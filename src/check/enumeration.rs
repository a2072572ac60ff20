//! `enumeration` (Spectral functions 1.11): a scalar is one of a list.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options, words};
use assize_tree::document::Kind;
use assize_tree::document::de::closest;
use serde_json::Value;

struct Enumeration {
    values: Vec<Value>,
    listed: String,
}

impl Check for Enumeration {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let (value, shown) = match subject {
            Subject::Key(_) => {
                let key = cx.text(subject).unwrap_or_default();
                (Value::from(key), words::quoted(key))
            }
            Subject::Node(at) => {
                let document = cx.document(at);
                if matches!(document.kind(at.node), Kind::Array | Kind::Object) {
                    return Ok(Looked::Nothing);
                }
                (document.to_value(at.node), words::value(document, at.node))
            }
            Subject::Missing(_) => return Ok(Looked::Nothing),
        };
        if !self.values.iter().any(|allowed| same(allowed, &value)) {
            let violation = Violation::new(format!(
                "{shown} must be equal to one of the allowed values: {}",
                self.listed
            ));
            let near =
                value.as_str().and_then(|text| closest(text, self.values.iter().filter_map(Value::as_str)));
            found.push(match near {
                Some(near) => violation.hint(format!("Did you mean \"{near}\"?")),
                None => violation,
            });
        }
        Ok(Looked::At(1))
    }
}

/// JavaScript's `===` on scalars.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("enumeration", given, &["values"])?;
    let values: Vec<Value> = options::need("enumeration", members, "values", "a list of scalars")?;
    if let Some(at) = values.iter().position(|value| value.is_array() || value.is_object()) {
        return Err(OptionError::new(format!("/values/{at}"), "The option \"values\" lists scalars only."));
    }
    let listed = values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
    Ok(Box::new(Enumeration { values, listed }))
}
