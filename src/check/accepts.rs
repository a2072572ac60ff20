//! `accepts`: a regular expression that stands in the judged file (a schema's `pattern`) accepts
//! every one of some samples. It comes from a stranger, so it runs under the bounds of all patterns.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options};
use assize_tree::pattern::Pattern;
use serde_json::Value;

struct Accepts {
    samples: Vec<String>,
}

impl Check for Accepts {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Some(source) = cx.text(subject) else { return Ok(Looked::Nothing) };
        let pattern = Pattern::new(source)
            .map_err(|error| CannotTell(format!("The pattern in the file cannot be read: {error}")))?;
        let mut refused = Vec::new();
        for sample in &self.samples {
            if !pattern.is_match(sample).map_err(|error| CannotTell(error.to_string()))? {
                refused.push(sample.as_str());
            }
        }
        if !refused.is_empty() {
            found.push(Violation::new(format!("it refuses {}", refused.join(", "))));
        }
        Ok(Looked::At(1))
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("accepts", given, &["samples"])?;
    let samples: Vec<String> = options::need("accepts", members, "samples", "a list of texts")?;
    Ok(Box::new(Accepts { samples }))
}
