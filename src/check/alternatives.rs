//! `or` and `xor` (Spectral functions 1.11): at least one, or exactly one, of some members.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options, words};
use assize_tree::document::Kind;
use serde_json::Value;

struct Alternatives {
    properties: Vec<String>,
    exclusive: bool,
}

impl Check for Alternatives {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Subject::Node(at) = subject else { return Ok(Looked::Nothing) };
        let document = cx.document(at);
        if document.kind(at.node) != Kind::Object {
            return Ok(Looked::Nothing);
        }
        let present = self.properties.iter().filter(|name| document.get(at.node, name).is_some()).count();
        if self.exclusive && present != 1 {
            found.push(Violation::new(format!(
                "{} must not be both defined or both undefined",
                words::listed(&self.properties, "and")
            )));
        } else if !self.exclusive && present == 0 {
            // Of more than four, the first three are named.
            let names = if self.properties.len() > 4 {
                let others = self.properties.len() - 3;
                let named: Vec<String> =
                    self.properties[..3].iter().map(|name| format!("\"{name}\"")).collect();
                format!("{} or {others} other properties", named.join(", "))
            } else {
                words::listed(&self.properties, "or")
            };
            found.push(Violation::new(format!("At least one of {names} must be defined")));
        }
        Ok(Looked::At(1))
    }
}

fn make(name: &str, given: &Value, exclusive: bool) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object(name, given, &["properties"])?;
    let properties: Vec<String> = options::need(name, members, "properties", "a list of names of members")?;
    if properties.len() < 2 {
        return Err(OptionError::new(
            "/properties",
            format!("The check \"{name}\" needs at least two names."),
        ));
    }
    Ok(Box::new(Alternatives { properties, exclusive }))
}

pub(super) fn or(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    make("or", given, false)
}

pub(super) fn xor(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    make("xor", given, true)
}
