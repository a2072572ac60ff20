//! The shapes of descriptions: which members an object of OpenAPI has and of what kind they are, one
//! file for each version in a notation of our own, written from the specifications. They are expanded to
//! JSON Schema, so that `ajv` judges by them as by any other schema.
//!
//! A file is a list of objects. A member is `name: kind`; names that begin with `+` say something of the
//! object: `+required`, `+open` (members that are not named are fine), `+and` (plain JSON Schema beside
//! the members), `+schema` (plain JSON Schema instead of members), `+bare` (no `x-` members), `+untyped`. Kinds are `text`, `bool`, `number`, `whole`, `count`, `any`, `link`, `uri`, `email`,
//! `=a|b` (one of these texts), `~pattern`, `Name` (another object), `Name?` (that, or a reference),
//! `[kind]` (a list), `{kind}` (a map); an object in place of a kind is plain JSON Schema.

use super::ajv::{Dialect, Mode, Validator};
use super::functions::as_document;
use super::resolve::Inventory;
use super::value::View;
use assize_tree::document::{Limits, yaml};
use assize_tree::text::Text;
use serde_json::{Map, Value, json};
use std::sync::{Arc, OnceLock};

/// A shape, compiled.
pub(super) struct Shape {
    pub inventory: Inventory,
    pub validator: Validator,
}

struct Source {
    name: &'static str,
    text: &'static str,
    compiled: OnceLock<Result<Shape, String>>,
    expanded: OnceLock<Option<Value>>,
}

const fn source(name: &'static str, text: &'static str) -> Source {
    Source { name, text, compiled: OnceLock::new(), expanded: OnceLock::new() }
}

static ALL: [Source; 4] = [
    source("openapi-2.0", include_str!("shapes/openapi-2.0.yaml")),
    source("openapi-3.0", include_str!("shapes/openapi-3.0.yaml")),
    source("openapi-3.1", include_str!("shapes/openapi-3.1.yaml")),
    source("openapi-3.2", include_str!("shapes/openapi-3.2.yaml")),
];

/// The shape of that name.
pub(super) fn find(name: &str) -> Result<&'static Shape, String> {
    let found = ALL.iter().find(|source| source.name == name);
    let source = found.ok_or_else(|| format!("The shape of {name} is not part of this version."))?;
    source.compiled.get_or_init(|| compile(source.text)).as_ref().map_err(Clone::clone)
}

/// The shape of that name as JSON Schema.
pub(super) fn schema(name: &str) -> Option<&'static Value> {
    let source = ALL.iter().find(|source| source.name == name)?;
    source.expanded.get_or_init(|| expand(source.text).ok()).as_ref()
}

fn compile(text: &str) -> Result<Shape, String> {
    let schema = expand(text)?;
    let inventory = as_document(&schema);
    let view = View { inventory: &inventory, resolved: false };
    let mode = Mode { all_errors: true, ..Mode::default() };
    let validator = Validator::new(&view, inventory.root(), Dialect::Draft2020, mode)?;
    if let Some(unresolved) = &validator.unresolved {
        return Err(unresolved.clone());
    }
    Ok(Shape { inventory, validator })
}

/// A file as JSON Schema.
fn expand(text: &str) -> Result<Value, String> {
    let document = yaml::parse(Arc::new(Text::from(text)), Limits::default());
    let value = document.root().map_or(Value::Null, |root| document.to_value(root));
    let objects = value.as_object().ok_or("A shape is a list of objects.")?;
    let closed = objects.get("+closed").and_then(Value::as_str).unwrap_or("additionalProperties").to_owned();
    let mut defs = Map::new();
    for (name, form) in objects.iter().filter(|(name, _)| !name.starts_with('+')) {
        defs.insert(name.clone(), object(form, &closed));
    }
    Ok(json!({ "$ref": "#/$defs/Document", "$defs": defs }))
}

fn object(form: &Value, closed: &str) -> Value {
    let Some(members) = form.as_object() else { return kind(form, closed) };
    if let Some(plain) = members.get("+schema") {
        return nested(plain, closed);
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    let mut properties = Map::new();
    let mut patterns = Map::new();
    let mut open = false;
    let mut extensible = true;
    for (name, value) in members {
        match name.as_str() {
            "+required" => {
                schema.insert("required".to_owned(), value.clone());
            }
            "+open" => open = true,
            "+bare" => extensible = false,
            "+untyped" => {
                schema.remove("type");
            }
            "+and" => {
                if let Value::Object(more) = nested(value, closed) {
                    schema.extend(more);
                }
            }
            name => match name.strip_prefix('~') {
                Some(pattern) => {
                    patterns.insert(pattern.to_owned(), kind(value, closed));
                }
                None => {
                    properties.insert(name.to_owned(), kind(value, closed));
                }
            },
        }
    }
    if extensible && !open {
        patterns.insert("^x-".to_owned(), json!({}));
    }
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), Value::Object(properties));
    }
    if !patterns.is_empty() {
        schema.insert("patternProperties".to_owned(), Value::Object(patterns));
    }
    if !open {
        schema.insert(closed.to_owned(), Value::Bool(false));
    }
    Value::Object(schema)
}

/// Plain JSON Schema in which a text beginning with `@` stands for a kind.
fn nested(value: &Value, closed: &str) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('@') {
            Some(named) => kind(&Value::String(named.to_owned()), closed),
            None => value.clone(),
        },
        Value::Array(list) => list.iter().map(|one| nested(one, closed)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, one)| (key.clone(), nested(one, closed))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// A kind as JSON Schema.
fn kind(value: &Value, closed: &str) -> Value {
    let Some(name) = value.as_str() else { return nested(value, closed) };
    let inner = |open: char, close: char| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let inside = |name: &str| kind(&Value::String(name.to_owned()), closed);
    if let Some(item) = inner('[', ']') {
        return json!({ "type": "array", "items": inside(item) });
    }
    if let Some(item) = inner('{', '}') {
        return json!({ "type": "object", "additionalProperties": inside(item) });
    }
    if let Some(list) = name.strip_prefix('=') {
        return json!({ "enum": list.split('|').collect::<Vec<_>>() });
    }
    if let Some(pattern) = name.strip_prefix('~') {
        return json!({ "type": "string", "pattern": pattern });
    }
    if let Some(name) = name.strip_suffix('?') {
        return json!({
            "if": { "type": "object", "required": ["$ref"] },
            "then": { "$ref": "#/$defs/Reference" },
            "else": { "$ref": format!("#/$defs/{name}") },
        });
    }
    let format = |format: &str| json!({ "type": "string", "format": format });
    match name {
        "text" => json!({ "type": "string" }),
        "bool" => json!({ "type": "boolean" }),
        "number" => json!({ "type": "number" }),
        "whole" => json!({ "type": "integer" }),
        "count" => json!({ "type": "integer", "minimum": 0 }),
        "any" => json!({}),
        "link" => format("uri-reference"),
        "uri" => format("uri"),
        "email" => format("email"),
        other => json!({ "$ref": format!("#/$defs/{other}") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_compiles() {
        for source in &ALL {
            if let Err(error) = find(source.name) {
                panic!("{}: {error}", source.name);
            }
        }
    }
}
