//! `typedEnum` (Spectral's OpenAPI functions): each value of a schema's `enum` has the schema's
//! `type`.

use super::{
    CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, beside, options,
    words,
};
use assize_tree::document::{Document, Kind, NodeId};
use serde_json::Value;

struct TypedEnum;

impl Check for TypedEnum {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Subject::Node(at) = subject else { return Ok(Looked::Nothing) };
        let document = cx.document(at);
        let (Some(kind), Some(values)) = (document.get(at.node, "type"), document.get(at.node, "enum"))
        else {
            return Ok(Looked::Nothing);
        };
        if document.kind(values) != Kind::Array {
            return Ok(Looked::Nothing);
        }
        let mut types: Vec<&str> = match document.kind(kind) {
            Kind::Array => document.items(kind).filter_map(|item| document.str(item)).collect(),
            _ => document.str(kind).into_iter().collect(),
        };
        if types.is_empty() {
            return Ok(Looked::Nothing);
        }
        if ["nullable", "x-nullable"]
            .iter()
            .any(|name| document.get(at.node, name).and_then(|node| document.bool(node)) == Some(true))
        {
            types.push("null");
        }
        for item in document.items(values) {
            if !types.iter().any(|name| is(document, item, name)) {
                let error = format!(
                    "Enum value {} must be {}.",
                    words::value(document, item),
                    words::quoted(&types.join(","))
                );
                found.push(Violation::new(error).at(Place::Node(beside(at, item))));
            }
        }
        Ok(Looked::At(1))
    }
}

fn is(document: &Document, node: NodeId, name: &str) -> bool {
    match (document.kind(node), name) {
        (Kind::Number, "number") => true,
        (Kind::Number, "integer") => {
            document.number(node).is_some_and(|number| number.as_f64().fract() == 0.0)
        }
        (kind, name) => kind.name() == name,
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    options::none("typedEnum", given)?;
    Ok(Box::new(TypedEnum))
}
