//! A schema of the judged tree as one JSON Schema that stands alone: what it refers to, in whichever
//! file, becomes a definition in it. The schema comes from a stranger, so that its size, its nesting and
//! what one value can cost under it are bounded; where something would only be guessed it is left out, in
//! favour of the value.

use crate::bundle::Bundle;
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::path::NodeRef;
use assize_tree::schema::Dialect;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// Values copied for one schema.
const VALUES: usize = 20_000;
/// Nesting of one schema, and of schemas within one another's choices.
const DEPTH: usize = 200;
/// Schemas that one value may have to be held against at one place.
const CHOICES: u64 = 4_000;

/// A schema that stands alone.
pub(super) struct Standalone {
    pub schema: Value,
    /// Schemas that one value may have to be held against at one place.
    pub choices: u64,
}

/// How the schemas of a description are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub dialect: Dialect,
    /// `nullable` adds null, and members beside a reference are ignored: OpenAPI 2.0 and 3.0.
    pub early: bool,
}

/// Words that say nothing of a value, or of which the graph of references has made use already.
const SILENT: [&str; 23] = [
    "$ref",
    "$id",
    "id",
    "$schema",
    "$anchor",
    "$dynamicAnchor",
    "$recursiveAnchor",
    "$vocabulary",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "example",
    "examples",
    "default",
    "externalDocs",
    "xml",
    "discriminator",
    "deprecated",
    "readOnly",
    "writeOnly",
    "contentMediaType",
];

/// Why a schema cannot be used.
pub(super) type Unusable = String;

/// Makes a schema that stands alone.
pub(super) fn make(
    bundle: &Bundle,
    names: &Names<'_>,
    at: NodeRef,
    reading: Reading,
) -> Result<Standalone, Unusable> {
    let mut maker = Maker {
        bundle,
        names,
        reading,
        values: 0,
        index: HashMap::new(),
        waiting: Vec::new(),
        one_way: HashSet::new(),
    };
    let mut root = maker.schema(at, 0)?;
    let mut definitions: Vec<Value> = Vec::new();
    while let Some(&next) = maker.waiting.get(definitions.len()) {
        definitions.push(maker.schema(next, 0)?);
    }
    for one in definitions.iter_mut().chain([&mut root]) {
        spare(one, &maker.one_way);
    }
    let choices = Weight::of_all(&root, &definitions)?;
    if let Value::Object(members) = &mut root
        && !definitions.is_empty()
    {
        let named = definitions.into_iter().enumerate().map(|(at, one)| (at.to_string(), one));
        members.insert(maker.definitions().to_owned(), Value::Object(named.collect()));
    }
    Ok(Standalone { schema: root, choices })
}

/// The schemas of a description that have a name.
pub(super) struct Names<'a> {
    all: Vec<&'a str>,
    /// Schemas that one of them extends by `allOf`.
    extended: HashSet<NodeRef>,
}

impl<'a> Names<'a> {
    pub(super) fn of(bundle: &'a Bundle) -> Self {
        let mut names = Self { all: Vec::new(), extended: HashSet::new() };
        for (name, schema) in bundle.named_schemas() {
            names.all.push(name);
            let document = bundle.document(schema.doc);
            let parts = document.get(schema.node, "allOf").into_iter().flat_map(|list| document.items(list));
            let targets = parts.filter_map(|node| bundle.follow(NodeRef { node, ..schema }));
            names.extended.extend(targets);
        }
        names
    }
}

struct Maker<'a> {
    bundle: &'a Bundle,
    names: &'a Names<'a>,
    reading: Reading,
    values: usize,
    /// The definition of what a reference leads to.
    index: HashMap<NodeRef, usize>,
    waiting: Vec<NodeRef>,
    /// Names of properties that go one way only: an example of the other way need not have them.
    one_way: HashSet<String>,
}

impl Maker<'_> {
    fn definitions(&self) -> &'static str {
        match self.reading.dialect {
            Dialect::Draft4 | Dialect::Draft6 | Dialect::Draft7 => "definitions",
            _ => "$defs",
        }
    }

    fn count(&mut self, values: usize) -> Result<(), Unusable> {
        self.values += values;
        if self.values > VALUES {
            Err("The schema is larger than can be held against examples.".to_owned())
        } else {
            Ok(())
        }
    }

    fn schema(&mut self, at: NodeRef, depth: usize) -> Result<Value, Unusable> {
        let bundle = self.bundle;
        let document = bundle.document(at.doc);
        let at = NodeRef { node: document.resolve(at.node), ..at };
        if depth > DEPTH {
            return Err("The schema is nested deeper than can be held against examples.".to_owned());
        }
        self.count(1)?;
        match document.kind(at.node) {
            Kind::Bool => return Ok(Value::Bool(document.bool(at.node).unwrap_or(true))),
            Kind::Object => {}
            _ => return Err("A schema is no object.".to_owned()),
        }
        if self.bundle.is_unresolved(at) {
            return Err("The schema refers to what could not be read.".to_owned());
        }
        let mut members = Map::new();
        if let Some(target) = self.bundle.follow(at) {
            let next = self.waiting.len();
            let number = *self.index.entry(target).or_insert(next);
            if number == next {
                self.waiting.push(target);
            }
            members.insert("$ref".to_owned(), Value::String(format!("#/{}/{number}", self.definitions())));
            if self.reading.early {
                return Ok(Value::Object(members));
            }
        }
        for (symbol, child) in document.members(at.node) {
            let key = document.symbols().get(symbol);
            if SILENT.contains(&key) || key.starts_with("x-") || key == "nullable" {
                continue;
            }
            // Other formats are read in many ways, and every example of them is somebody's misfire.
            if key == "format"
                && !document
                    .str(child)
                    .is_some_and(|format| ["date", "date-time", "uri", "uuid"].contains(&format))
            {
                continue;
            }
            let value = self.keyword(key, NodeRef { node: child, ..at }, depth)?;
            members.insert(key.to_owned(), value);
        }
        self.choose(at, &mut members)?;
        let is_true = |name| document.get(at.node, name).and_then(|node| document.bool(node)) == Some(true);
        if self.reading.early && (is_true("nullable") || is_true("x-nullable")) {
            return Ok(json!({ "anyOf": [{ "enum": [null] }, Value::Object(members)] }));
        }
        Ok(Value::Object(members))
    }

    /// Lets the member that a discriminator names choose among the alternatives: it has to name one, and
    /// that one has to fit. Of alternatives that it cannot tell apart one has to, and more may.
    fn choose(&mut self, at: NodeRef, members: &mut Map<String, Value>) -> Result<(), Unusable> {
        let bundle = self.bundle;
        let document = bundle.document(at.doc);
        let Some(by) = document.get(at.node, "discriminator") else { return Ok(()) };
        let Some(name) = document.get(by, "propertyName").and_then(|node| document.str(node)) else {
            return Ok(());
        };
        let word = if members.contains_key("oneOf") { "oneOf" } else { "anyOf" };
        if members.contains_key("oneOf") && members.contains_key("anyOf") {
            return Ok(());
        }
        let Some(Value::Array(alternatives)) = members.remove(word) else {
            return self.name_a_schema(at, by, name, members);
        };
        let list = document.get(at.node, word).into_iter().flat_map(|list| document.items(list));
        let last = |reference: &str| reference.rsplit(['/', '#']).next().unwrap_or_default().to_owned();
        let target = |node| document.get(node, "$ref").and_then(|node| document.str(node)).map(last);
        let mapping: Vec<(&str, String)> = document
            .get(by, "mapping")
            .into_iter()
            .flat_map(|mapping| document.members(mapping))
            .filter_map(|(symbol, node)| Some((document.symbols().get(symbol), last(document.str(node)?))))
            .collect();
        let names: Option<Vec<Vec<String>>> = list
            .map(|node| {
                let own = target(node)?;
                let mapped = mapping.iter().filter(|(_, to)| *to == own).map(|(key, _)| (*key).to_owned());
                Some(mapped.chain([own.clone()]).collect())
            })
            .collect();
        if let Some(names) = names.filter(|names| names.len() == alternatives.len()) {
            let all: Vec<&String> = names.iter().flatten().collect();
            let mut demands = vec![json!({ "properties": { name: { "enum": all } } })];
            for (names, one) in names.iter().zip(&alternatives) {
                let another =
                    json!({ "not": { "required": [name], "properties": { name: { "enum": names } } } });
                demands.push(json!({ "anyOf": [another, one] }));
            }
            match members.get_mut("allOf") {
                Some(Value::Array(others)) => others.extend(demands),
                _ => {
                    members.insert("allOf".to_owned(), Value::Array(demands));
                }
            }
        }
        members.insert("anyOf".to_owned(), Value::Array(alternatives));
        Ok(())
    }

    /// Lets the member that a discriminator names name a schema, where schemas extend the one that has the
    /// discriminator instead of standing beside it as alternatives (OpenAPI 3.0.3, 4.7.25). Where the
    /// property lists its own values, those count alone.
    fn name_a_schema(
        &mut self,
        at: NodeRef,
        by: NodeId,
        name: &str,
        members: &mut Map<String, Value>,
    ) -> Result<(), Unusable> {
        let listed = members.get("properties").and_then(|all| all.get(name)).is_some_and(|property| {
            ["enum", "const", "$ref", "allOf"].iter().any(|word| property.get(word).is_some())
        });
        if listed || !self.names.extended.contains(&at) {
            return Ok(());
        }
        let document = self.bundle.document(at.doc);
        let mapping = document.get(by, "mapping").into_iter().flat_map(|mapping| document.members(mapping));
        let mapped = mapping.map(|(symbol, _)| document.symbols().get(symbol).to_owned());
        let names: Vec<String> = mapped.chain(self.names.all.iter().map(|&name| name.to_owned())).collect();
        self.count(names.len())?;
        // A value with a slash may be the address of a schema.
        let demand = json!({ "properties": { name: { "anyOf": [{ "enum": names }, { "pattern": "/" }] } } });
        match members.get_mut("allOf") {
            Some(Value::Array(others)) => others.push(demand),
            _ => {
                members.insert("allOf".to_owned(), json!([demand]));
            }
        }
        Ok(())
    }

    fn keyword(&mut self, key: &str, at: NodeRef, depth: usize) -> Result<Value, Unusable> {
        let bundle = self.bundle;
        let document = bundle.document(at.doc);
        match key {
            "$dynamicRef" | "$recursiveRef" => {
                Err("The schema refers to whatever calls it, which is not followed.".to_owned())
            }
            "properties" | "patternProperties" | "dependentSchemas" | "dependencies" => {
                let mut map = Map::new();
                for (symbol, child) in document.members(at.node) {
                    let name = document.symbols().get(symbol).to_owned();
                    let child = NodeRef { node: child, ..at };
                    if key == "properties" && self.goes_one_way(child) {
                        self.one_way.insert(name.clone());
                    }
                    let value = if document.kind(child.node) == Kind::Array {
                        self.data(document, child.node)?
                    } else {
                        self.schema(child, depth + 1)?
                    };
                    map.insert(name, value);
                }
                Ok(Value::Object(map))
            }
            "items"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "allOf"
            | "anyOf"
            | "oneOf"
            | "prefixItems"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "additionalItems" => {
                if document.kind(at.node) != Kind::Array {
                    return self.schema(at, depth + 1);
                }
                let items: Vec<NodeId> = document.items(at.node).collect();
                let schemas = items.into_iter().map(|node| self.schema(NodeRef { node, ..at }, depth + 1));
                Ok(Value::Array(schemas.collect::<Result<_, _>>()?))
            }
            _ => self.data(document, at.node),
        }
    }

    fn data(&mut self, document: &Document, node: NodeId) -> Result<Value, Unusable> {
        let raw = document.node(document.resolve(node));
        let below = raw.subtree_end.saturating_sub(document.resolve(node).0) as usize;
        self.count(below)?;
        Ok(document.to_value(node))
    }

    fn goes_one_way(&self, at: NodeRef) -> bool {
        let target = self.bundle.follow(at);
        [Some(at), target].into_iter().flatten().any(|at| {
            let bundle = self.bundle;
            let document = bundle.document(at.doc);
            let is_true =
                |name| document.get(at.node, name).and_then(|node| document.bool(node)) == Some(true);
            is_true("readOnly") || is_true("writeOnly")
        })
    }
}

/// Takes names out of every `required` of a schema.
fn spare(value: &mut Value, names: &HashSet<String>) {
    if names.is_empty() {
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| spare(item, names)),
        Value::Object(members) => {
            if let Some(Value::Array(required)) = members.get_mut("required") {
                required.retain(|name| !name.as_str().is_some_and(|name| names.contains(name)));
                // Draft 4 wants at least one.
                if required.is_empty() {
                    members.remove("required");
                }
            }
            members.values_mut().for_each(|item| spare(item, names));
        }
        _ => {}
    }
}

/// How many schemas one value may have to be held against at one place. A schema that leads back to
/// itself without a step into the value has no end.
struct Weight<'a> {
    definitions: &'a [Value],
    known: Vec<Known>,
    /// Schemas of values within the value: places of their own.
    within: Vec<&'a Value>,
}

/// What is known of a definition's weight.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    Begun,
    Weight(u64),
}

impl<'a> Weight<'a> {
    /// The greatest weight of any place.
    fn of_all(root: &'a Value, definitions: &'a [Value]) -> Result<u64, Unusable> {
        let known = vec![Known::Nothing; definitions.len()];
        let mut weight = Self { definitions, known, within: vec![root] };
        let mut most = 1;
        for at in 0..definitions.len() {
            most = most.max(weight.definition(at, 0)?);
        }
        while let Some(next) = weight.within.pop() {
            most = most.max(weight.of(next, 0)?);
        }
        Ok(most)
    }

    fn of(&mut self, schema: &'a Value, depth: usize) -> Result<u64, Unusable> {
        let Value::Object(members) = schema else { return Ok(1) };
        if depth > DEPTH {
            return Err(
                "The schema's choices are nested deeper than can be held against examples.".to_owned()
            );
        }
        let mut weight = 1_u64;
        for (key, value) in members {
            match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    let number = reference.rsplit('/').next().and_then(|number| number.parse().ok());
                    let inner = number.map_or(Ok(1), |number| self.definition(number, depth))?;
                    weight = weight.saturating_add(inner);
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(items)) => {
                    for item in items {
                        weight = weight.saturating_add(self.of(item, depth + 1)?);
                    }
                }
                ("not" | "if" | "then" | "else", one) => {
                    weight = weight.saturating_add(self.of(one, depth + 1)?);
                }
                ("dependentSchemas" | "dependencies", Value::Object(map)) => {
                    for item in map.values() {
                        weight = weight.saturating_add(self.of(item, depth + 1)?);
                    }
                }
                ("properties" | "patternProperties", Value::Object(map)) => self.within.extend(map.values()),
                ("prefixItems" | "items", Value::Array(items)) => self.within.extend(items),
                (
                    "items"
                    | "additionalProperties"
                    | "contains"
                    | "propertyNames"
                    | "unevaluatedProperties"
                    | "unevaluatedItems"
                    | "additionalItems",
                    one,
                ) => self.within.push(one),
                _ => {}
            }
        }
        if weight > CHOICES {
            return Err("The schema offers more choices than can be tried.".to_owned());
        }
        Ok(weight)
    }

    fn definition(&mut self, number: usize, depth: usize) -> Result<u64, Unusable> {
        let definitions = self.definitions;
        let (Some(schema), Some(&known)) = (definitions.get(number), self.known.get(number)) else {
            return Ok(1);
        };
        match known {
            Known::Weight(weight) => Ok(weight),
            Known::Begun => Err("The schema leads back to itself.".to_owned()),
            Known::Nothing => {
                self.known[number] = Known::Begun;
                let weight = self.of(schema, depth + 1)?;
                self.known[number] = Known::Weight(weight);
                Ok(weight)
            }
        }
    }
}
