//! The formats that rules are for: how Spectral tells them from a document, and what it calls them.

use super::value::{Js, View};
use assize_tree::js::number_to_string;

/// A format: its name in rulesets written in JavaScript, what messages call it, and its test.
pub struct Format {
    /// As `spectral-formats` exports it: `oas3_1`.
    pub name: &'static str,
    /// In messages: `OpenAPI 3.1.x`.
    pub shown: &'static str,
    test: fn(&View<'_>) -> bool,
}

macro_rules! formats {
    ($(($name:literal, $shown:literal, $test:expr)),* $(,)?) => {
        /// Every format.
        pub static ALL: &[Format] = &[$(Format { name: $name, shown: $shown, test: $test }),*];
    };
}

formats![
    ("oas2", "OpenAPI 2.0 (Swagger)", |view| leading(&stated(view, "swagger")) == Some(2)),
    ("oas3", "OpenAPI 3.x", |view| oas3(view)),
    ("oas3_0", "OpenAPI 3.0.x", |view| oas3(view) && minor(&stated(view, "openapi"), "3.0")),
    ("oas3_1", "OpenAPI 3.1.x", |view| oas3(view) && minor(&stated(view, "openapi"), "3.1")),
    ("oas3_2", "OpenAPI 3.2.x", |view| oas3(view) && minor(&stated(view, "openapi"), "3.2")),
    ("aas2", "AsyncAPI 2.x", |view| asyncapi(view, "2")),
    ("aas2_0", "AsyncAPI 2.0.x", |view| asyncapi(view, "2.0")),
    ("aas2_1", "AsyncAPI 2.1.x", |view| asyncapi(view, "2.1")),
    ("aas2_2", "AsyncAPI 2.2.x", |view| asyncapi(view, "2.2")),
    ("aas2_3", "AsyncAPI 2.3.x", |view| asyncapi(view, "2.3")),
    ("aas2_4", "AsyncAPI 2.4.x", |view| asyncapi(view, "2.4")),
    ("aas2_5", "AsyncAPI 2.5.x", |view| asyncapi(view, "2.5")),
    ("aas2_6", "AsyncAPI 2.6.x", |view| asyncapi(view, "2.6")),
    ("aas3", "AsyncAPI 3.x", |view| asyncapi(view, "3")),
    ("aas3_0", "AsyncAPI 3.0.x", |view| asyncapi(view, "3.0")),
    ("aas3_1", "AsyncAPI 3.1.x", |view| asyncapi(view, "3.1")),
    ("arazzo1_0", "Arazzo 1.0.x", |view| minor(&stated(view, "arazzo"), "1.0")),
    ("jsonSchema", "JSON Schema", |view| schema(view).is_some()),
    ("jsonSchemaLoose", "JSON Schema (loose)", loose),
    ("jsonSchemaDraft4", "JSON Schema Draft 4", |view| draft(view, "draft-04")),
    ("jsonSchemaDraft6", "JSON Schema Draft 6", |view| draft(view, "draft-06")),
    ("jsonSchemaDraft7", "JSON Schema Draft 7", |view| draft(view, "draft-07")),
    ("jsonSchemaDraft2019_09", "JSON Schema Draft 2019-09", |view| draft(view, "draft/2019-09")),
    ("jsonSchemaDraft2020_12", "JSON Schema Draft 2020-12", |view| draft(view, "draft/2020-12")),
];

impl Format {
    /// Whether a resolved document is of the format.
    #[must_use]
    pub fn fits(&self, view: &View<'_>) -> bool {
        (self.test)(view)
    }
}

/// The format that a ruleset in YAML or JSON names.
#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    let alias = match name {
        "asyncapi2" | "asyncApi2" => "aas2",
        "asyncapi3" => "aas3",
        "arazzo1" | "arazzo1.0" | "arazzo1_0" => "arazzo1_0",
        "json-schema" => "jsonSchema",
        "json-schema-loose" => "jsonSchemaLoose",
        "json-schema-draft4" => "jsonSchemaDraft4",
        "json-schema-draft6" => "jsonSchemaDraft6",
        "json-schema-draft7" => "jsonSchemaDraft7",
        "json-schema-draft-2019-09" | "json-schema-2019-09" => "jsonSchemaDraft2019_09",
        "json-schema-draft-2020-12" | "json-schema-2020-12" => "jsonSchemaDraft2020_12",
        other => other,
    };
    let dotted = alias.replace('.', "_");
    ALL.iter().map(|format| format.name).find(|name| *name == alias || *name == dotted)
}

/// What messages call a format.
#[must_use]
pub fn shown(name: &str) -> &str {
    ALL.iter().find(|format| format.name == name).map_or(name, |format| format.shown)
}

/// The text of a member of the root, `String(value)`; nothing where the root is no object.
fn stated(view: &View<'_>, key: &str) -> Option<String> {
    let root = view.read(view.root());
    let object = view.object(&root)?;
    match view.get(object, key) {
        Js::Undefined => None,
        Js::Number(number) => Some(number_to_string(number)),
        value => Some(view.string(&value)),
    }
}

/// `parseInt(text)`
fn leading(text: &Option<String>) -> Option<u32> {
    let text = text.as_deref()?.trim_start();
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

fn oas3(view: &View<'_>) -> bool {
    leading(&stated(view, "openapi")) == Some(3)
}

/// The version, alone or with a dot and digits behind it.
fn minor(text: &Option<String>, wanted: &str) -> bool {
    let rest = text.as_deref().and_then(|text| text.strip_prefix(wanted));
    rest.is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('.').is_some_and(|patch| patch.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn asyncapi(view: &View<'_>, wanted: &str) -> bool {
    let Some(text) = stated(view, "asyncapi") else { return false };
    let parts: Vec<&str> = text.split('.').collect();
    let number = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (*part == "0" || !part.starts_with('0'))
    };
    parts.len() == 3 && parts.iter().all(number) && (text.starts_with(&format!("{wanted}.")))
}

fn schema(view: &View<'_>) -> Option<String> {
    let root = view.read(view.root());
    let named = view.get(view.object(&root)?, "$schema");
    named.text().filter(|text| text.contains("//json-schema.org/")).map(str::to_owned)
}

fn draft(view: &View<'_>, wanted: &str) -> bool {
    schema(view).is_some_and(|text| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
        let rest = rest.strip_prefix("json-schema.org/").and_then(|rest| rest.strip_prefix(wanted));
        let rest = rest.and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
        matches!(rest.trim_end_matches('#'), "schema" | "hyper-schema")
    })
}

fn loose(view: &View<'_>) -> bool {
    const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];
    let root = view.read(view.root());
    let Some(object) = view.object(&root) else { return false };
    let known = |value: &Js<'_>| value.text().is_some_and(|text| TYPES.contains(&text));
    let kind = view.get(object, "type");
    schema(view).is_some()
        || known(&kind)
        || view.array(&kind).is_some_and(|list| view.items(list).all(|item| known(&view.read(item))))
        || view.is_array(&view.get(object, "enum"))
        || ["allOf", "oneOf", "anyOf", "not", "if"]
            .iter()
            .any(|key| matches!(view.get(object, key), Js::Node(_)))
}
