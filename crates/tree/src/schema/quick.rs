//! The plain part of JSON Schema, told valid or not without the generic validator: most schemas of packs
//! are a few keywords, most values keep to them, and compiling a validator takes longer than the whole
//! check of a file. Here is told whether a value keeps to it; what is wrong, if it is one plain thing, in
//! `plain`, else by the validator. A schema with anything else in it is not read, and leaves all to the
//! validator.

use super::Dialect;
use super::adapter::{Instance, Tree};
use super::meter::charge;
use crate::pattern::{Exhausted, Pattern};
use jsonschema::JsonType;
use jsonschema::json::{Array, JsonNumber, Node, Object};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Levels of a schema; deeper ones are the validator's.
const DEPTH: usize = 40;

/// A schema of plain keywords.
pub(super) enum Quick {
    Always(bool),
    All(Vec<Keyword>),
    /// What a reference within the schema leads to.
    Ref(Arc<OnceLock<Quick>>),
}

pub(super) enum Keyword {
    Type(Vec<Wanted>),
    Constant(Value),
    OneOfValues(Vec<Value>),
    Required(Vec<String>),
    Members(Box<Members>),
    MemberCount(u64, u64),
    Names(Quick),
    Items(Quick),
    Contains(Quick),
    ItemCount(u64, u64),
    Range(i64, i64),
    Length(u64, u64),
    Pattern(Box<Pattern>),
    Not(Quick),
    AllOf(Vec<Quick>),
    AnyOf(Vec<Quick>),
    OneOf(Vec<Quick>),
    If(Box<(Quick, Quick, Quick)>),
}

pub(super) struct Members {
    pub(super) named: Vec<(String, Quick)>,
    pub(super) patterned: Vec<(Pattern, Quick)>,
    pub(super) rest: Option<Quick>,
}

pub(super) enum Wanted {
    Integer,
    Type(JsonType),
}

impl Quick {
    /// Reads a schema; nothing if there is something in it that only the validator knows.
    pub(super) fn read(schema: &Value, dialect: Dialect) -> Option<Self> {
        let named = schema.get("$schema").map(|name| match name.as_str()?.trim_end_matches('#') {
            "http://json-schema.org/draft-07/schema" => Some(Dialect::Draft7),
            "https://json-schema.org/draft/2019-09/schema" => Some(Dialect::Draft201909),
            "https://json-schema.org/draft/2020-12/schema" => Some(Dialect::Draft202012),
            _ => None,
        });
        let known = match (dialect, named) {
            (Dialect::Draft4 | Dialect::Draft6, _) => false,
            (_, None) | (Dialect::Auto, Some(Some(_))) => true,
            (dialect, Some(named)) => named == Some(dialect),
        };
        let mut reader = Reader { root: schema, targets: HashMap::new() };
        if known { reader.read(schema, 0) } else { None }
    }

    /// Whether a value keeps to it.
    pub(super) fn accepts(&self, value: Instance<'_>) -> Result<bool, Exhausted> {
        match self {
            Self::Always(answer) => Ok(*answer),
            Self::All(keywords) => {
                for keyword in keywords {
                    if !keyword.accepts(value)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Ref(target) => {
                // References may lead round in a circle without asking anything of the value.
                charge(1);
                target.get().ok_or_else(|| Exhausted(String::new()))?.accepts(value)
            }
        }
    }
}

/// Reads the parts of a schema.
struct Reader<'s> {
    root: &'s Value,
    /// Where its references lead; a target is there before it is read, since it may lead to itself.
    targets: HashMap<&'s str, Arc<OnceLock<Quick>>>,
}

impl<'s> Reader<'s> {
    /// The target of a reference to a part that the schema keeps for that.
    fn target(&mut self, reference: &'s str) -> Option<Quick> {
        let pointer = reference.strip_prefix('#')?;
        if !pointer.starts_with("/$defs/") && !pointer.starts_with("/definitions/") {
            return None;
        }
        if let Some(known) = self.targets.get(reference) {
            return Some(Quick::Ref(Arc::clone(known)));
        }
        let target = Arc::new(OnceLock::new());
        self.targets.insert(reference, Arc::clone(&target));
        let read = self.read(self.root.pointer(pointer)?, 1)?;
        let _ = target.set(read);
        Some(Quick::Ref(target))
    }

    fn listed(&mut self, value: &'s Value, depth: usize) -> Option<Vec<Quick>> {
        value.as_array()?.iter().map(|value| self.read(value, depth + 1)).collect()
    }

    fn read(&mut self, schema: &'s Value, depth: usize) -> Option<Quick> {
        let members = match schema {
            Value::Bool(answer) => return Some(Quick::Always(*answer)),
            Value::Object(members) if depth < DEPTH => members,
            _ => return None,
        };
        if let Some(reference) = members.get("$ref") {
            // Beside a reference the drafts differ.
            return if members.len() == 1 { self.target(reference.as_str()?) } else { None };
        }
        let count = |name: &str, other: u64| members.get(name).map_or(Some(other), Value::as_u64);
        let mut keywords = Vec::new();
        for (name, value) in members {
            keywords.push(match name.as_str() {
                "title" | "description" | "$comment" | "then" | "else" => continue,
                "$schema" | "$defs" | "definitions" if depth == 0 => continue,
                // One of a pair reads both.
                "maxProperties" if members.contains_key("minProperties") => continue,
                "maxItems" if members.contains_key("minItems") => continue,
                "maxLength" if members.contains_key("minLength") => continue,
                "patternProperties" if members.contains_key("properties") => continue,
                "additionalProperties"
                    if members.contains_key("properties") || members.contains_key("patternProperties") =>
                {
                    continue;
                }
                "type" => Keyword::Type(types(value)?),
                "const" => Keyword::Constant(value.clone()),
                "enum" => Keyword::OneOfValues(value.as_array()?.clone()),
                "required" => Keyword::Required(texts(value)?),
                "properties" | "patternProperties" | "additionalProperties" => {
                    Keyword::Members(Box::new(self.members_of(members, depth)?))
                }
                "minProperties" | "maxProperties" => {
                    Keyword::MemberCount(count("minProperties", 0)?, count("maxProperties", u64::MAX)?)
                }
                "maximum" if members.contains_key("minimum") => continue,
                "minimum" | "maximum" => {
                    let bound = |name: &str, other: i64| members.get(name).map_or(Some(other), Value::as_i64);
                    Keyword::Range(bound("minimum", i64::MIN)?, bound("maximum", i64::MAX)?)
                }
                "minItems" | "maxItems" => {
                    Keyword::ItemCount(count("minItems", 0)?, count("maxItems", u64::MAX)?)
                }
                "minLength" | "maxLength" => {
                    Keyword::Length(count("minLength", 0)?, count("maxLength", u64::MAX)?)
                }
                "propertyNames" => Keyword::Names(self.read(value, depth + 1)?),
                "items" if !value.is_array() => Keyword::Items(self.read(value, depth + 1)?),
                "contains"
                    if !members.contains_key("minContains") && !members.contains_key("maxContains") =>
                {
                    Keyword::Contains(self.read(value, depth + 1)?)
                }
                "pattern" => Keyword::Pattern(Box::new(Pattern::known_source(value.as_str()?).ok()?)),
                "not" => Keyword::Not(self.read(value, depth + 1)?),
                "allOf" => Keyword::AllOf(self.listed(value, depth)?),
                "anyOf" => Keyword::AnyOf(self.listed(value, depth)?),
                "oneOf" => Keyword::OneOf(self.listed(value, depth)?),
                "if" => {
                    let mut branch = |name| match members.get(name) {
                        Some(branch) => self.read(branch, depth + 1),
                        None => Some(Quick::Always(true)),
                    };
                    let (then, otherwise) = (branch("then")?, branch("else")?);
                    Keyword::If(Box::new((self.read(value, depth + 1)?, then, otherwise)))
                }
                _ => return None,
            });
        }
        Some(Quick::All(keywords))
    }

    fn members_of(&mut self, members: &'s Map<String, Value>, depth: usize) -> Option<Members> {
        let of = |name: &str| match members.get(name) {
            None => Some(Vec::new()),
            Some(found) => found.as_object().map(|found| found.iter().collect()),
        };
        Some(Members {
            named: of("properties")?
                .into_iter()
                .map(|(name, value)| Some((name.clone(), self.read(value, depth + 1)?)))
                .collect::<Option<_>>()?,
            patterned: of("patternProperties")?
                .into_iter()
                .map(|(name, value)| Some((Pattern::known_source(name).ok()?, self.read(value, depth + 1)?)))
                .collect::<Option<_>>()?,
            rest: match members.get("additionalProperties") {
                Some(value) => Some(self.read(value, depth + 1)?),
                None => None,
            },
        })
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn types(value: &Value) -> Option<Vec<Wanted>> {
    let names = if value.is_string() { vec![value.as_str()?.to_owned()] } else { texts(value)? };
    let wanted = |name: &String| {
        Some(match name.as_str() {
            "integer" => Wanted::Integer,
            "number" => Wanted::Type(JsonType::Number),
            "string" => Wanted::Type(JsonType::String),
            "object" => Wanted::Type(JsonType::Object),
            "array" => Wanted::Type(JsonType::Array),
            "boolean" => Wanted::Type(JsonType::Boolean),
            "null" => Wanted::Type(JsonType::Null),
            _ => return None,
        })
    };
    names.iter().map(wanted).collect()
}

impl Keyword {
    pub(super) fn accepts(&self, value: Instance<'_>) -> Result<bool, Exhausted> {
        Ok(match self {
            Self::Type(wanted) => wanted.iter().any(|wanted| match wanted {
                Wanted::Integer => value.as_number().is_some_and(|number| number.is_integer()),
                Wanted::Type(of) => value.json_type() == *of,
            }),
            Self::Constant(expected) => value.equals_value(expected),
            Self::OneOfValues(values) => values.iter().any(|expected| value.equals_value(expected)),
            Self::Required(names) => match value.as_object() {
                Some(object) => names.iter().all(|name| object.named(name).is_some()),
                None => true,
            },
            Self::Members(members) => members.accept(value)?,
            Self::MemberCount(least, most) => match value.as_object() {
                Some(object) => (*least..=*most).contains(&(Object::<Tree>::len(&object) as u64)),
                None => true,
            },
            Self::Names(names) => match value.as_object() {
                Some(object) => every(object.members(), |(name, _)| names.accepts(Instance::Text(name)))?,
                None => true,
            },
            Self::Items(items) => match value.as_array() {
                Some(array) => every(array.elements(), |item| items.accepts(item))?,
                None => true,
            },
            Self::Contains(wanted) => match value.as_array() {
                Some(array) => !every(array.elements(), |item| Ok(!wanted.accepts(item)?))?,
                None => true,
            },
            Self::ItemCount(least, most) => match value.as_array() {
                Some(array) => (*least..=*most).contains(&(Array::<Tree>::len(&array) as u64)),
                None => true,
            },
            Self::Range(least, most) => match value.as_number().map(|number| number.as_i64()) {
                None => true,
                Some(Some(number)) => (*least..=*most).contains(&number),
                // What is no whole number the validator compares by its digits.
                Some(None) => return Err(Exhausted(String::new())),
            },
            Self::Length(least, most) => match value.as_string() {
                Some(text) => (*least..=*most).contains(&(text.chars().count() as u64)),
                None => true,
            },
            Self::Pattern(pattern) => match value.as_string() {
                Some(text) => pattern.is_match(&text)?,
                None => true,
            },
            Self::Not(schema) => !schema.accepts(value)?,
            Self::AllOf(schemas) => every(schemas, |schema| schema.accepts(value))?,
            Self::AnyOf(schemas) => !every(schemas, |schema| Ok(!schema.accepts(value)?))?,
            Self::OneOf(schemas) => {
                let mut kept = 0;
                for schema in schemas {
                    kept += usize::from(schema.accepts(value)?);
                }
                kept == 1
            }
            Self::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                if condition.accepts(value)? { then.accepts(value)? } else { otherwise.accepts(value)? }
            }
        })
    }
}

impl Members {
    fn accept(&self, value: Instance<'_>) -> Result<bool, Exhausted> {
        let Some(object) = value.as_object() else { return Ok(true) };
        for (name, schema) in &self.named {
            if let Some(member) = object.named(name)
                && !schema.accepts(member)?
            {
                return Ok(false);
            }
        }
        self.others_accept(value)
    }

    /// Whether patterns and the schema of the rest are kept to.
    pub(super) fn others_accept(&self, value: Instance<'_>) -> Result<bool, Exhausted> {
        let Some(object) = value.as_object() else { return Ok(true) };
        if self.patterned.is_empty() && self.rest.is_none() {
            return Ok(true);
        }
        every(object.members(), |(name, member)| {
            let mut known = self.named.iter().any(|(other, _)| other == name);
            for (pattern, schema) in &self.patterned {
                if pattern.is_match(name)? {
                    known = true;
                    if !schema.accepts(member)? {
                        return Ok(false);
                    }
                }
            }
            match &self.rest {
                Some(rest) if !known => rest.accepts(member),
                _ => Ok(true),
            }
        })
    }
}

fn every<T>(
    all: impl IntoIterator<Item = T>,
    mut accepts: impl FnMut(T) -> Result<bool, Exhausted>,
) -> Result<bool, Exhausted> {
    for one in all {
        if !accepts(one)? {
            return Ok(false);
        }
    }
    Ok(true)
}
