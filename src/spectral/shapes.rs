//! The shapes of descriptions: which members an object of OpenAPI, AsyncAPI or Arazzo has and of what kind
//! they are, in a notation of our own, written from the specifications. They are expanded to JSON Schema,
//! so that `ajv` judges by them as by any other schema. A shape is a pile of files; an object of a later
//! file stands in the place of one of the same name, so that a version tells what it changed.
//!
//! A file is a list of objects. A member is `name: kind`, or `name: null` where there is none any more;
//! names that begin with `+` say something of the object: `+required`, `+open` (members that are not named
//! are fine), `+and` (plain JSON Schema beside the members), `+schema` (plain JSON Schema instead of
//! members), `+bare` (no extensions), `+untyped`, `+like` (the members of an object that was told before
//! are its members too). Kinds are `text`, `bool`, `number`, `whole`, `count`, `any`, `link`, `uri`,
//! `email`, `=a|b` (one of these texts), `text=a|b` (the same, and what is no text is said to be none),
//! `~pattern`, `Name` (another object), `Name?` (that, or a reference), `Name@1|2` (that in a version that
//! `bindingVersion` tells), `[kind]` (a list), `{kind}` (a map), `<kind>` (a map whose other names are not
//! judged); an object in place of a kind is plain JSON Schema, in which `@` begins a kind. Of a file,
//! `+closed` says by which keyword objects are closed, `+refs: oneOf` that a reference is one of two forms,
//! `+extensions` the names of extensions.

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
    root: &'static str,
    layers: &'static [&'static str],
    compiled: OnceLock<Result<Shape, String>>,
    expanded: OnceLock<Option<Value>>,
}

const fn source(name: &'static str, root: &'static str, layers: &'static [&'static str]) -> Source {
    Source { name, root, layers, compiled: OnceLock::new(), expanded: OnceLock::new() }
}

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("shapes/", $name, ".yaml"))
    };
}

const JSON_07: &str = file!("json-schema-07");
const JSON_2020: &str = file!("json-schema-2020");
const ASYNC: &str = file!("asyncapi");
const FORMATS: &str = file!("asyncapi-formats");
const V20: &str = file!("asyncapi-2.0");
const V21: &str = file!("asyncapi-2.1");
const V22: &str = file!("asyncapi-2.2");
const V23: &str = file!("asyncapi-2.3");
const V24: &str = file!("asyncapi-2.4");
const V25: &str = file!("asyncapi-2.5");
const V26: &str = file!("asyncapi-2.6");
const V30: &str = file!("asyncapi-3.0");
const V31: &str = file!("asyncapi-3.1");
const BINDINGS: &str = file!("asyncapi-3-bindings");
const ANY: &str = file!("asyncapi-3-any");
const RESOLVED: &str = file!("asyncapi-3-resolved");

static ALL: [Source; 20] = [
    source("openapi-2.0", "Document", &[file!("openapi-2.0")]),
    source("openapi-3.0", "Document", &[file!("openapi-3.0")]),
    source("openapi-3.1", "Document", &[JSON_2020, file!("openapi-3.1")]),
    source("openapi-3.2", "Document", &[JSON_2020, file!("openapi-3.2")]),
    source("arazzo-1.0", "Document", &[JSON_2020, file!("arazzo-1.0")]),
    source("asyncapi-2.0", "Document", &[JSON_07, ASYNC, FORMATS, V20]),
    source("asyncapi-2.1", "Document", &[JSON_07, ASYNC, FORMATS, V20, V21]),
    source("asyncapi-2.2", "Document", &[JSON_07, ASYNC, FORMATS, V20, V21, V22]),
    source("asyncapi-2.3", "Document", &[JSON_07, ASYNC, FORMATS, V20, V21, V22, V23]),
    source("asyncapi-2.4", "Document", &[JSON_07, ASYNC, FORMATS, V20, V21, V22, V23, V24]),
    source("asyncapi-2.5", "Document", &[JSON_07, ASYNC, FORMATS, V20, V21, V22, V23, V24, V25]),
    source("asyncapi-2.6", "Document", &[JSON_07, ASYNC, FORMATS, V20, V21, V22, V23, V24, V25, V26]),
    source("asyncapi-3.0", "Document", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS]),
    source("asyncapi-3.1", "Document", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS, V31]),
    source("asyncapi-3", "Document", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS, V31, ANY]),
    source("asyncapi-3.0-resolved", "Document", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS, RESOLVED]),
    source("asyncapi-3.1-resolved", "Document", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS, V31, RESOLVED]),
    source("asyncapi-3-resolved", "Document", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS, V31, ANY, RESOLVED]),
    source("asyncapi-2-schema", "Schema", &[JSON_07, ASYNC, FORMATS, V20]),
    source("asyncapi-3-schema", "Schema", &[JSON_07, ASYNC, FORMATS, V30, BINDINGS]),
];

/// The shape of that name.
pub(super) fn find(name: &str) -> Result<&'static Shape, String> {
    let found = ALL.iter().find(|source| source.name == name);
    let source = found.ok_or_else(|| format!("The shape of {name} is not part of this version."))?;
    source.compiled.get_or_init(|| compile(source.root, source.layers)).as_ref().map_err(Clone::clone)
}

/// The shape of that name as JSON Schema.
pub(super) fn schema(name: &str) -> Option<&'static Value> {
    let source = ALL.iter().find(|source| source.name == name)?;
    source.expanded.get_or_init(|| expand(source.root, source.layers).ok()).as_ref()
}

fn compile(root: &str, layers: &[&str]) -> Result<Shape, String> {
    let schema = expand(root, layers)?;
    let inventory = as_document(&schema);
    let view = View { inventory: &inventory, resolved: false };
    let mode = Mode { all_errors: true, ..Mode::default() };
    let validator = Validator::new(&view, inventory.root(), Dialect::Draft2020, mode)?;
    if let Some(unresolved) = &validator.unresolved {
        return Err(unresolved.clone());
    }
    Ok(Shape { inventory, validator })
}

/// A pile of files as JSON Schema.
fn expand(root: &str, layers: &[&str]) -> Result<Value, String> {
    let mut style =
        Style { closed: "additionalProperties".to_owned(), one_of: false, extensions: "^x-".to_owned() };
    let mut objects: Map<String, Value> = Map::new();
    for text in layers {
        let document = yaml::parse(Arc::new(Text::from(*text)), Limits::default());
        let value = document.root().map_or(Value::Null, |root| document.to_value(root));
        let Value::Object(file) = value else { return Err("A shape is a list of objects.".to_owned()) };
        for (name, form) in file {
            match (name.as_str(), form.as_str()) {
                ("+closed", Some(keyword)) => style.closed = keyword.to_owned(),
                ("+refs", Some(form)) => style.one_of = form == "oneOf",
                ("+extensions", Some(pattern)) => style.extensions = pattern.to_owned(),
                _ => {
                    let form = inherit(form, &objects)?;
                    objects.insert(name, form);
                }
            }
        }
    }
    let defs: Map<String, Value> =
        objects.iter().map(|(name, form)| (name.clone(), style.object(form))).collect();
    Ok(json!({ "$ref": format!("#/$defs/{root}"), "$defs": defs }))
}

/// An object with the members of the one that it is like.
fn inherit(form: Value, objects: &Map<String, Value>) -> Result<Value, String> {
    let Value::Object(mut own) = form else { return Ok(form) };
    let Some(like) = own.remove("+like") else { return Ok(Value::Object(own)) };
    let found = like.as_str().and_then(|name| objects.get(name)).and_then(Value::as_object);
    let mut members =
        found.cloned().ok_or_else(|| format!("Nothing is told of {like} before it is named."))?;
    for (name, kind) in own {
        if kind.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, kind);
        }
    }
    Ok(Value::Object(members))
}

/// How objects are written as JSON Schema.
struct Style {
    closed: String,
    one_of: bool,
    extensions: String,
}

impl Style {
    fn object(&self, form: &Value) -> Value {
        let Some(members) = form.as_object() else { return self.kind(form) };
        if let Some(plain) = members.get("+schema") {
            return self.nested(plain);
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
                    if let Value::Object(more) = self.nested(value) {
                        schema.extend(more);
                    }
                }
                name => match name.strip_prefix('~') {
                    Some(pattern) => {
                        patterns.insert(pattern.to_owned(), self.kind(value));
                    }
                    None => {
                        properties.insert(name.to_owned(), self.kind(value));
                    }
                },
            }
        }
        if extensible && !open {
            patterns.insert(self.extensions.clone(), json!({}));
        }
        if !properties.is_empty() {
            schema.insert("properties".to_owned(), Value::Object(properties));
        }
        if !patterns.is_empty() {
            schema.insert("patternProperties".to_owned(), Value::Object(patterns));
        }
        if !open {
            schema.insert(self.closed.clone(), Value::Bool(false));
        }
        Value::Object(schema)
    }

    /// Plain JSON Schema in which a text beginning with `@` stands for a kind.
    fn nested(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix('@') {
                Some(named) => self.kind(&Value::String(named.to_owned())),
                None => value.clone(),
            },
            Value::Array(list) => list.iter().map(|one| self.nested(one)).collect(),
            Value::Object(members) => {
                members.iter().map(|(key, one)| (key.clone(), self.nested(one))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }

    /// A kind as JSON Schema.
    fn kind(&self, value: &Value) -> Value {
        let Some(name) = value.as_str() else { return self.nested(value) };
        let inner =
            |open: char, close: char| name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        let inside = |name: &str| self.kind(&Value::String(name.to_owned()));
        if let Some(item) = inner('[', ']') {
            return json!({ "type": "array", "items": inside(item) });
        }
        if let Some(item) = inner('{', '}') {
            return json!({ "type": "object", "additionalProperties": inside(item) });
        }
        if let Some(item) = inner('<', '>') {
            return json!({ "type": "object", "patternProperties": { "^[A-Za-z0-9._-]+$": inside(item) } });
        }
        if let Some(list) = name.strip_prefix("text=") {
            return json!({ "type": "string", "enum": list.split('|').collect::<Vec<_>>() });
        }
        if let Some(list) = name.strip_prefix('=') {
            return json!({ "enum": list.split('|').collect::<Vec<_>>() });
        }
        if let Some(pattern) = name.strip_prefix('~') {
            return json!({ "type": "string", "pattern": pattern });
        }
        if let Some((name, versions)) = name.split_once('@') {
            return versioned(name, &versions.split('|').collect::<Vec<_>>());
        }
        if let Some(name) = name.strip_suffix('?') {
            if self.one_of {
                return json!({ "oneOf": [{ "$ref": "#/$defs/Reference" }, { "$ref": format!("#/$defs/{name}") }] });
            }
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
}

/// What holds of a binding in the version that it names, or in the latest.
fn versioned(name: &str, versions: &[&str]) -> Value {
    let of = |version: &str| json!({ "$ref": format!("#/$defs/{name} {version}") });
    let latest = versions.iter().max().copied().unwrap_or_default();
    let mut rules = vec![json!({ "if": { "not": { "required": ["bindingVersion"] } }, "then": of(latest) })];
    rules.extend(versions.iter().map(|version| {
        json!({
            "if": { "required": ["bindingVersion"], "properties": { "bindingVersion": { "const": version } } },
            "then": of(version),
        })
    }));
    json!({ "properties": { "bindingVersion": { "enum": versions } }, "allOf": rules })
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
