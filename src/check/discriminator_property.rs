//! `discriminator-property`: the property that a schema's discriminator names is there in each of its
//! alternatives, and required. What the schema itself has, or an alternative takes over by `allOf`, counts.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use assize_tree::document::Kind;
use assize_tree::path::NodeRef;
use serde_json::Value;

/// Schemas that one alternative may be put together from.
const PARTS: usize = 200;

struct DiscriminatorProperty;

/// What is known of a property in a schema.
#[derive(Clone, Copy, Default)]
struct Known {
    there: bool,
    required: bool,
}

impl Check for DiscriminatorProperty {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Subject::Node(at) = subject else { return Ok(Looked::Nothing) };
        let document = cx.document(at);
        let name = document.get(at.node, "discriminator").and_then(|node| document.get(node, "propertyName"));
        let Some(name) = name.and_then(|node| document.str(node)) else { return Ok(Looked::Nothing) };
        let own = known(cx, at, name)?;
        let mut looked = 0;
        for word in ["oneOf", "anyOf"] {
            let list = document.get(at.node, word).into_iter().flat_map(|list| document.items(list));
            for node in list.collect::<Vec<_>>() {
                let alternative = NodeRef { node, ..at };
                looked += 1;
                let one = known(cx, alternative, name)?;
                let error = match (own.there || one.there, own.required || one.required) {
                    (true, true) => continue,
                    (false, _) => format!("it has no property \"{name}\""),
                    (true, false) => format!("it does not require the property \"{name}\""),
                };
                found.push(Violation::new(error).value(name).at(Place::Node(alternative)));
            }
        }
        Ok(if looked == 0 { Looked::Nothing } else { Looked::At(looked) })
    }
}

/// What a schema says of a property, with what it refers to and is put together from.
fn known(cx: &Context<'_>, at: NodeRef, name: &str) -> Result<Known, CannotTell> {
    let mut known = Known::default();
    let mut waiting = vec![at];
    let mut seen: Vec<NodeRef> = Vec::new();
    while let Some(next) = waiting.pop() {
        if cx.bundle.is_unresolved(next) {
            return Err(CannotTell("An alternative refers to what could not be read.".to_owned()));
        }
        let next = cx.through(next);
        if seen.contains(&next) {
            continue;
        }
        if seen.len() >= PARTS {
            return Err(CannotTell("An alternative is put together from too many schemas.".to_owned()));
        }
        seen.push(next);
        let document = cx.document(next);
        if document.kind(next.node) != Kind::Object {
            continue;
        }
        let properties = document.get(next.node, "properties");
        known.there |= properties.is_some_and(|map| document.get(map, name).is_some());
        let required = document.get(next.node, "required").into_iter().flat_map(|list| document.items(list));
        known.required |= required.into_iter().any(|node| document.str(node) == Some(name));
        let parts = document.get(next.node, "allOf").into_iter().flat_map(|list| document.items(list));
        waiting.extend(parts.map(|node| NodeRef { node, ..next }));
    }
    Ok(known)
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    options::optional("discriminator-property", given, &[])?;
    Ok(Box::new(DiscriminatorProperty))
}
