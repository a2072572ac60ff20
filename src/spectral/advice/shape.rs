//! Which members an object of a format can have, step by step: a walk over the JSON Schema that the
//! shapes of descriptions expand to. It errs on the side of "can be there".

use super::super::shapes;
use assize_tree::pattern::Pattern;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Where a path may have got to.
#[derive(Clone, Default)]
pub(super) struct States<'s> {
    /// Something about which nothing is said: every member may be there.
    pub any: bool,
    pub schemas: Vec<&'s Value>,
}

impl States<'_> {
    pub(super) fn dead(&self) -> bool {
        !self.any && self.schemas.is_empty()
    }
}

/// One step of a path.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    Name(&'p str),
    /// An element of a list.
    Index,
    /// Every member and element.
    Every,
}

/// A shape as JSON Schema.
pub(super) struct Shape {
    schema: &'static Value,
    /// References of documents are seen through.
    pub resolved: bool,
}

/// What part of a schema says of a member.
#[derive(Default)]
struct Said<'s> {
    /// It cannot be there.
    forbidden: bool,
    found: Vec<&'s Value>,
    /// It may be there, and nothing more is said.
    open: bool,
    /// Of several possibilities one says nothing, so that anything may be behind the step.
    free: bool,
}

const DEPTH: usize = 24;

impl Shape {
    pub(super) fn new(name: &str, resolved: bool) -> Option<Self> {
        Some(Self { schema: shapes::schema(name)?, resolved })
    }

    pub(super) fn start(&self) -> States<'_> {
        States { any: false, schemas: vec![self.schema] }
    }

    /// Where a step leads to.
    pub(super) fn step<'s>(&'s self, from: &States<'s>, step: Step<'_>) -> States<'s> {
        let mut next = States { any: from.any, schemas: Vec::new() };
        for schema in &from.schemas {
            let said = self.says(schema, step, 0);
            if said.forbidden {
                continue;
            }
            next.any |= said.free || said.open && said.found.is_empty();
            for one in said.found {
                if !next.schemas.iter().any(|known| std::ptr::eq(*known, one)) {
                    next.schemas.push(one);
                }
            }
        }
        next
    }

    fn target(&self, reference: &str) -> Option<&Value> {
        self.schema.pointer(reference.strip_prefix('#')?)
    }

    /// All that a schema says, its parts that hold together joined.
    fn says<'s>(&'s self, schema: &'s Value, step: Step<'_>, depth: usize) -> Said<'s> {
        let members = match schema {
            Value::Bool(false) => return Said { forbidden: true, ..Said::default() },
            Value::Object(members) if depth < DEPTH => members,
            _ => return Said { open: true, ..Said::default() },
        };
        if let Some(said) = scalar(members, step) {
            return said;
        }
        let mut parts = vec![own(members, step)];
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            if reference == "#/$defs/Reference" && self.resolved {
                return self.reference(step);
            }
            if let Some(target) = self.target(reference) {
                parts.push(self.says(target, step, depth + 1));
            }
        }
        for one in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            parts.push(self.says(one, step, depth + 1));
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(list) = members.get(key).and_then(Value::as_array) {
                parts.push(either(list.iter().map(|one| self.says(one, step, depth + 1))));
            }
        }
        if members.contains_key("if") {
            let empty = &Value::Bool(true);
            let branch = |key: &str| self.says(members.get(key).unwrap_or(empty), step, depth + 1);
            parts.push(either([branch("then"), branch("else")].into_iter()));
        }
        for one in members.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten() {
            // It holds at times only: what it names may be there, what it forbids may be, too.
            let said = self.says(one.1, step, depth + 1);
            parts.push(Said { forbidden: false, open: true, free: false, found: said.found });
        }
        let mut joined = Said { open: true, ..Said::default() };
        joined.free = parts.iter().any(|part| part.free)
            && !parts.iter().any(|part| !part.free && !part.found.is_empty());
        for part in parts {
            joined.forbidden |= part.forbidden;
            joined.found.extend(part.found);
        }
        let closed = members.get("unevaluatedProperties") == Some(&Value::Bool(false));
        let every = matches!(step, Step::Every);
        if closed {
            joined.free = false;
        }
        if joined.found.is_empty() && (closed || every && names(members)) {
            joined.forbidden = true;
        }
        joined
    }

    /// In a resolved document a reference stands only where it cannot be resolved.
    fn reference<'s>(&'s self, step: Step<'_>) -> Said<'s> {
        let known = matches!(step, Step::Name("$ref"));
        Said { forbidden: !known, open: known, ..Said::default() }
    }

    /// Names that a member of these states can have, for hints.
    pub(super) fn names(&self, from: &States<'_>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for schema in &from.schemas {
            self.collect(schema, 0, &mut names);
        }
        names
    }

    fn collect(&self, schema: &Value, depth: usize, names: &mut BTreeSet<String>) {
        let Some(members) = schema.as_object().filter(|_| depth < DEPTH) else { return };
        let keys =
            |key: &str| members.get(key).and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
        names.extend(keys("properties").cloned());
        for pattern in keys("patternProperties") {
            let list = pattern.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")$"));
            names.extend(list.into_iter().flat_map(|list| list.split('|')).map(str::to_owned));
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && reference != "#/$defs/Reference"
            && let Some(target) = self.target(reference)
        {
            self.collect(target, depth + 1, names);
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for one in members.get(key).and_then(Value::as_array).into_iter().flatten() {
                self.collect(one, depth + 1, names);
            }
        }
        for key in ["then", "else"] {
            members.get(key).into_iter().for_each(|one| self.collect(one, depth + 1, names));
        }
    }
}

/// What is no object and no list has no members.
fn scalar<'s>(members: &Map<String, Value>, step: Step<'_>) -> Option<Said<'s>> {
    let no = || Some(Said { forbidden: true, ..Said::default() });
    let plain = |value: &Value| !value.is_object() && !value.is_array();
    if members.get("const").is_some_and(plain)
        || members.get("enum").and_then(Value::as_array).is_some_and(|list| list.iter().all(plain))
    {
        return no();
    }
    let kinds: Vec<&str> = match members.get("type")? {
        Value::String(kind) => vec![kind],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let (object, array) = (kinds.contains(&"object"), kinds.contains(&"array"));
    match step {
        Step::Name(name) if !object && !(array && (name == "length" || name.parse::<u32>().is_ok())) => no(),
        Step::Index if !array => no(),
        Step::Every if !object && !array => no(),
        _ => None,
    }
}

/// What a schema's own keywords say.
fn own<'s>(members: &'s Map<String, Value>, step: Step<'_>) -> Said<'s> {
    let mut said = Said { open: true, ..Said::default() };
    let object = |key: &str| members.get(key).and_then(Value::as_object);
    let rest = members.get("additionalProperties");
    let items = members.get("items");
    match step {
        Step::Name(name) => {
            if name.parse::<u32>().is_ok() && members.get("type").is_none_or(|kind| kind == "array") {
                said.found.extend(items);
                if items.is_some() {
                    return said;
                }
            }
            said.found.extend(object("properties").and_then(|properties| properties.get(name)));
            for (pattern, schema) in object("patternProperties").into_iter().flatten() {
                if Pattern::new(pattern).is_ok_and(|pattern| pattern.is_match(name).unwrap_or(true)) {
                    said.found.push(schema);
                }
            }
            if said.found.is_empty() {
                match rest {
                    Some(Value::Bool(false)) => said.forbidden = true,
                    Some(schema) => said.found.push(schema),
                    None => {}
                }
            }
            // All of these hold together: what says nothing of members adds nothing.
            if said.found.iter().any(|one| tells(one)) {
                said.found.retain(|one| tells(one));
            }
        }
        Step::Index => said.found.extend(items),
        Step::Every => {
            said.found.extend(object("properties").into_iter().flat_map(Map::values));
            // Extensions are not what a wildcard is about.
            let patterns = object("patternProperties").into_iter().flatten();
            said.found.extend(patterns.filter(|(pattern, _)| *pattern != "^x-").map(|(_, schema)| schema));
            said.found.extend(rest.filter(|rest| **rest != Value::Bool(false)));
            said.found.extend(items);
        }
    }
    said
}

/// Whether a schema names members, so that a wildcard is about them.
fn names(members: &Map<String, Value>) -> bool {
    members.get("additionalProperties") == Some(&Value::Bool(false))
        || members.get("unevaluatedProperties") == Some(&Value::Bool(false))
}

/// Whether a schema says which members or elements there are, or that there are none.
fn tells(schema: &Value) -> bool {
    const KEYS: [&str; 13] = [
        "type",
        "properties",
        "patternProperties",
        "additionalProperties",
        "unevaluatedProperties",
        "items",
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "enum",
        "const",
    ];
    schema.as_object().is_none_or(|members| KEYS.iter().any(|key| members.contains_key(*key)))
}

/// Parts of which one holds.
fn either<'s>(parts: impl Iterator<Item = Said<'s>>) -> Said<'s> {
    let mut said = Said { forbidden: true, ..Said::default() };
    for part in parts {
        if part.forbidden {
            continue;
        }
        said.forbidden = false;
        // With nothing found in a branch that is open, anything may be behind the step.
        said.open |= part.open && part.found.is_empty();
        said.free |= part.free || part.open && part.found.is_empty();
        said.found.extend(part.found);
    }
    said.free &= !said.found.is_empty();
    said
}
