//! `same-as-key`: a text is the name under which the object it stands in is kept: the title of a schema
//! among the components, say.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options};
use serde_json::Value;

struct SameAsKey;

impl Check for SameAsKey {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        // The place as it stands: a reference leads to what another name keeps.
        let (Some(text), Some(key)) = (cx.text(subject), cx.document(cx.at).key(cx.at.node)) else {
            return Ok(Looked::Nothing);
        };
        if text != key {
            found.push(Violation::new(format!("{text:?} is not {key:?}")));
        }
        Ok(Looked::At(1))
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    options::optional("same-as-key", given, &[])?;
    Ok(Box::new(SameAsKey))
}
