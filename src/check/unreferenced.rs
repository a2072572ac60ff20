//! `unreferencedReusableObject` (Spectral functions 1.11): every member of a place for reusable
//! objects is referred to from somewhere.

use super::{
    CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, beside, options,
};
use assize_tree::document::Kind;
use serde_json::Value;

struct Unreferenced {
    pointer: String,
}

impl Check for Unreferenced {
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
        let Some(place) = document.pointer(document.root_of(at.node), &self.pointer) else {
            return Ok(Looked::Nothing);
        };
        let mut places = 0;
        for (_, member) in document.members(place) {
            places += 1;
            let member = beside(at, member);
            if !cx.bundle.is_referenced(member) {
                found.push(
                    Violation::new("Potential orphaned reusable object has been detected")
                        .at(Place::Key(member)),
                );
            }
        }
        Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) })
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("unreferencedReusableObject", given, &["reusableObjectsLocation"])?;
    let location: String = options::need(
        "unreferencedReusableObject",
        members,
        "reusableObjectsLocation",
        "a pointer such as #/components/schemas",
    )?;
    let pointer = location.strip_prefix('#').filter(|pointer| pointer.is_empty() || pointer.starts_with('/'));
    let pointer = pointer.ok_or_else(|| {
        OptionError::new(
            "/reusableObjectsLocation",
            format!("\"{location}\" is no pointer; it begins with #/."),
        )
    })?;
    Ok(Box::new(Unreferenced { pointer: pointer.to_owned() }))
}
