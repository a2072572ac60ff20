//! `pattern` (Spectral functions 1.11): a string matches an ECMAScript regular expression, or does
//! not match one.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options, words};
use assize_tree::pattern::Pattern;
use serde_json::Value;

struct Matches {
    wanted: Option<(String, Pattern)>,
    unwanted: Option<(String, Pattern)>,
}

impl Check for Matches {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Some(text) = cx.text(subject) else { return Ok(Looked::Nothing) };
        let matches =
            |pattern: &Pattern| pattern.is_match(text).map_err(|error| CannotTell(error.to_string()));
        if let Some((source, pattern)) = &self.wanted
            && !matches(pattern)?
        {
            found.push(Violation::new(format!(
                "{} must match the pattern {}",
                words::quoted(text),
                words::quoted(source)
            )));
        }
        if let Some((source, pattern)) = &self.unwanted
            && matches(pattern)?
        {
            found.push(Violation::new(format!(
                "{} must not match the pattern {}",
                words::quoted(text),
                words::quoted(source)
            )));
        }
        Ok(Looked::At(1))
    }
}

pub(super) fn make(given: &Value, cx: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("pattern", given, &["match", "notMatch"])?;
    let read = |name: &str| -> Result<Option<(String, Pattern)>, OptionError> {
        let Some(source) = options::get::<String>(members, name, "a regular expression")? else {
            return Ok(None);
        };
        let read = if cx.tested { Pattern::known } else { Pattern::new };
        let pattern = read(&source).map_err(|error| {
            OptionError::new(format!("/{name}"), format!("The regular expression cannot be read: {error}"))
        })?;
        Ok(Some((source, pattern)))
    };
    let check = Matches { wanted: read("match")?, unwanted: read("notMatch")? };
    if check.wanted.is_none() && check.unwanted.is_none() {
        return Err(OptionError::new("", "The check \"pattern\" needs \"match\" or \"notMatch\"."));
    }
    Ok(Box::new(check))
}
