//! What ajv says of a schema that its own meta-schema forbids, before it compiles it: the first fault
//! in the order in which the meta-schema's keywords are looked at. A schema that several places share
//! is looked at once.

use super::compile::Dialect;
use super::formats;
use crate::spectral::value::{Js, View};
use assize_tree::document::{Step, escape_pointer_token};
use assize_tree::path::NodeRef;
use std::collections::HashSet;

/// What a keyword's value has to be.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Text,
    Format(&'static str),
    Number,
    Positive,
    Count,
    Bool,
    List,
    Texts,
    Enum,
    Type,
    Schema,
    Schemas,
    Map,
    /// A map whose names are regular expressions.
    Patterns,
    BoolOrSchema,
    SchemaOrSchemas,
    Dependencies,
    TextsMap,
    BoolMap,
}

use Shape::{
    Bool, BoolMap, BoolOrSchema, Count, Dependencies, Enum, Format, List, Map, Number, Patterns, Positive,
    Schema, SchemaOrSchemas, Schemas, Text, Texts, TextsMap, Type,
};

type Table = &'static [(&'static str, Shape)];

const DRAFT4: Table = &[
    ("id", Text),
    ("$schema", Format("uri")),
    ("title", Text),
    ("description", Text),
    ("multipleOf", Positive),
    ("maximum", Number),
    ("exclusiveMaximum", Bool),
    ("minimum", Number),
    ("exclusiveMinimum", Bool),
    ("maxLength", Count),
    ("minLength", Count),
    ("pattern", Format("regex")),
    ("additionalItems", BoolOrSchema),
    ("items", SchemaOrSchemas),
    ("maxItems", Count),
    ("minItems", Count),
    ("uniqueItems", Bool),
    ("maxProperties", Count),
    ("minProperties", Count),
    ("required", Texts),
    ("additionalProperties", BoolOrSchema),
    ("definitions", Map),
    ("properties", Map),
    ("patternProperties", Map),
    ("dependencies", Dependencies),
    ("enum", Enum),
    ("type", Type),
    ("allOf", Schemas),
    ("anyOf", Schemas),
    ("oneOf", Schemas),
    ("not", Schema),
];

const DRAFT7: Table = &[
    ("$id", Format("uri-reference")),
    ("$schema", Format("uri")),
    ("$ref", Format("uri-reference")),
    ("$comment", Text),
    ("title", Text),
    ("description", Text),
    ("readOnly", Bool),
    ("examples", List),
    ("multipleOf", Positive),
    ("maximum", Number),
    ("exclusiveMaximum", Number),
    ("minimum", Number),
    ("exclusiveMinimum", Number),
    ("maxLength", Count),
    ("minLength", Count),
    ("pattern", Format("regex")),
    ("additionalItems", Schema),
    ("items", SchemaOrSchemas),
    ("maxItems", Count),
    ("minItems", Count),
    ("uniqueItems", Bool),
    ("contains", Schema),
    ("maxProperties", Count),
    ("minProperties", Count),
    ("required", Texts),
    ("additionalProperties", Schema),
    ("definitions", Map),
    ("properties", Map),
    ("patternProperties", Patterns),
    ("dependencies", Dependencies),
    ("propertyNames", Schema),
    ("enum", Enum),
    ("type", Type),
    ("format", Text),
    ("contentMediaType", Text),
    ("contentEncoding", Text),
    ("if", Schema),
    ("then", Schema),
    ("else", Schema),
    ("allOf", Schemas),
    ("anyOf", Schemas),
    ("oneOf", Schemas),
    ("not", Schema),
];

const CORE_2019: Table = &[
    ("$id", Format("uri-reference")),
    ("$schema", Format("uri")),
    ("$anchor", Text),
    ("$ref", Format("uri-reference")),
    ("$recursiveRef", Format("uri-reference")),
    ("$recursiveAnchor", Bool),
    ("$vocabulary", BoolMap),
    ("$comment", Text),
    ("$defs", Map),
    ("additionalItems", Schema),
    ("unevaluatedItems", Schema),
    ("items", SchemaOrSchemas),
    ("contains", Schema),
    ("additionalProperties", Schema),
    ("unevaluatedProperties", Schema),
];

const CORE_2020: Table = &[
    ("$id", Format("uri-reference")),
    ("$schema", Format("uri")),
    ("$ref", Format("uri-reference")),
    ("$anchor", Text),
    ("$dynamicRef", Format("uri-reference")),
    ("$dynamicAnchor", Text),
    ("$vocabulary", BoolMap),
    ("$comment", Text),
    ("$defs", Map),
    ("prefixItems", Schemas),
    ("items", Schema),
    ("contains", Schema),
    ("additionalProperties", Schema),
];

const APPLICATOR: Table = &[
    ("properties", Map),
    ("patternProperties", Patterns),
    ("dependentSchemas", Map),
    ("propertyNames", Schema),
    ("if", Schema),
    ("then", Schema),
    ("else", Schema),
    ("allOf", Schemas),
    ("anyOf", Schemas),
    ("oneOf", Schemas),
    ("not", Schema),
];

const UNEVALUATED: Table = &[("unevaluatedItems", Schema), ("unevaluatedProperties", Schema)];

const TYPE: Table = &[("type", Type), ("enum", List)];

const VALIDATION: Table = &[
    ("multipleOf", Positive),
    ("maximum", Number),
    ("exclusiveMaximum", Number),
    ("minimum", Number),
    ("exclusiveMinimum", Number),
    ("maxLength", Count),
    ("minLength", Count),
    ("pattern", Format("regex")),
    ("maxItems", Count),
    ("minItems", Count),
    ("uniqueItems", Bool),
    ("maxContains", Count),
    ("minContains", Count),
    ("maxProperties", Count),
    ("minProperties", Count),
    ("required", Texts),
    ("dependentRequired", TextsMap),
];

const TYPE_2019: Table = &[("enum", List), ("type", Type)];

const REST: Table = &[
    ("title", Text),
    ("description", Text),
    ("deprecated", Bool),
    ("readOnly", Bool),
    ("writeOnly", Bool),
    ("examples", List),
    ("format", Text),
    ("contentMediaType", Text),
    ("contentEncoding", Text),
    ("contentSchema", Schema),
    ("definitions", Map),
    ("dependencies", Dependencies),
];

fn tables(dialect: Dialect) -> &'static [Table] {
    match dialect {
        Dialect::Draft4 => &[DRAFT4],
        Dialect::Draft7 => &[DRAFT7],
        Dialect::Draft2019 => &[CORE_2019, APPLICATOR, VALIDATION, TYPE_2019, REST],
        Dialect::Draft2020 => &[CORE_2020, APPLICATOR, UNEVALUATED, TYPE, VALIDATION, REST],
    }
}

/// Schemas within schemas, at most: what lies deeper is not looked at.
const DEPTH: usize = 150;

/// What ajv says of a schema, if its meta-schema forbids it.
#[must_use]
pub(in crate::spectral) fn fault(view: &View<'_>, schema: NodeRef, dialect: Dialect) -> Option<String> {
    let kind = (dialect, view.resolved);
    let (seen, cut) = {
        let clean = view.inventory.clean.read().ok();
        let mut look = Look {
            view: *view,
            dialect,
            clean: clean.as_ref().and_then(|clean| clean.get(&kind)),
            seen: HashSet::new(),
            at: String::new(),
            said: Vec::new(),
            depth: 0,
            cut: false,
        };
        if !look.schema(&view.read(schema)) {
            return Some(format!("schema is invalid: {}", look.said.join(", ")));
        }
        (look.seen, look.cut)
    };
    // Everything that was looked at is right, wherever it is referred to from.
    if !cut
        && !seen.is_empty()
        && let Ok(mut clean) = view.inventory.clean.write()
    {
        clean.entry(kind).or_default().extend(seen);
    }
    None
}

struct Look<'a, 'c> {
    view: View<'a>,
    dialect: Dialect,
    /// Schemas that are right, or being looked at.
    seen: HashSet<NodeRef>,
    /// Schemas that were found right before.
    clean: Option<&'c HashSet<NodeRef>>,
    /// Something was too deep to be looked at.
    cut: bool,
    at: String,
    said: Vec<String>,
    depth: usize,
}

impl<'a> Look<'a, '_> {
    fn wrong(&mut self, message: &str) -> bool {
        self.said.push(format!("data{} {message}", self.at));
        false
    }

    fn demand(&mut self, fits: bool, message: &str) -> bool {
        fits || self.wrong(message)
    }

    /// Looks at something one step further down.
    fn below(&mut self, step: &str, look: impl FnOnce(&mut Self) -> bool) -> bool {
        let length = self.at.len();
        self.at.push('/');
        self.at.push_str(&escape_pointer_token(step));
        let fits = look(self);
        self.at.truncate(length);
        fits
    }

    fn schema(&mut self, value: &Js<'a>) -> bool {
        let old = self.dialect == Dialect::Draft4;
        let Some(object) = self.view.object(value) else {
            let boolean = matches!(value, Js::Bool(_)) && !old;
            return self.demand(boolean, if old { "must be object" } else { "must be object,boolean" });
        };
        if self.depth >= DEPTH {
            self.cut = true;
            return true;
        }
        if self.clean.is_some_and(|clean| clean.contains(&object)) || !self.seen.insert(object) {
            return true;
        }
        self.depth += 1;
        let fits = self.keywords(object);
        self.depth -= 1;
        if !fits {
            // Another place may share it, and be told so too.
            self.seen.remove(&object);
        }
        fits
    }

    fn keywords(&mut self, object: NodeRef) -> bool {
        if self.dialect == Dialect::Draft4 {
            for (limit, needs) in [("exclusiveMaximum", "maximum"), ("exclusiveMinimum", "minimum")] {
                if self.view.edge(object, limit).is_some() && self.view.edge(object, needs).is_none() {
                    return self
                        .wrong(&format!("must have property {needs} when property {limit} is present"));
                }
            }
        }
        tables(self.dialect).iter().flat_map(|table| table.iter()).all(|(name, shape)| {
            match self.view.get(object, name) {
                Js::Undefined => true,
                value => self.below(name, |look| look.shape(*shape, &value)),
            }
        })
    }

    fn shape(&mut self, shape: Shape, value: &Js<'a>) -> bool {
        match shape {
            Text => self.demand(matches!(value, Js::Text(_)), "must be string"),
            Format(name) => match value.text() {
                Some(text) => {
                    let fits = formats::text(name, text);
                    self.demand(fits, &format!("must match format \"{name}\""))
                }
                None => self.wrong("must be string"),
            },
            Bool => self.demand(matches!(value, Js::Bool(_)), "must be boolean"),
            Number => self.demand(matches!(value, Js::Number(_)), "must be number"),
            Positive => match value {
                Js::Number(number) => self.demand(*number > 0.0, "must be > 0"),
                _ => self.wrong("must be number"),
            },
            Count => match value {
                Js::Number(number) if number.fract() == 0.0 => self.demand(*number >= 0.0, "must be >= 0"),
                _ => self.wrong("must be integer"),
            },
            List => self.demand(self.view.is_array(value), "must be array"),
            Texts => self.texts(value),
            Enum => self.values(value),
            Type => self.types(value),
            Schema => self.schema(value),
            Schemas => self.schemas(value),
            Map => self.map(value, |look, value| look.schema(value)),
            Patterns => self.patterns(value),
            Dependencies => self.map(value, |look, value| {
                look.either(value, |look, value| look.schema(value), |look, value| look.texts(value))
            }),
            TextsMap => self.map(value, |look, value| look.texts(value)),
            BoolMap => self.map(value, |look, value| look.shape(Bool, value)),
            BoolOrSchema => {
                self.either(value, |look, value| look.shape(Bool, value), |look, value| look.schema(value))
            }
            SchemaOrSchemas => {
                self.either(value, |look, value| look.schema(value), |look, value| look.schemas(value))
            }
        }
    }

    /// One of two; where neither fits, both say why.
    fn either(
        &mut self,
        value: &Js<'a>,
        one: impl FnOnce(&mut Self, &Js<'a>) -> bool,
        other: impl FnOnce(&mut Self, &Js<'a>) -> bool,
    ) -> bool {
        let said = self.said.len();
        if one(self, value) || other(self, value) {
            self.said.truncate(said);
            return true;
        }
        self.wrong("must match a schema in anyOf")
    }

    fn map(&mut self, value: &Js<'a>, mut look: impl FnMut(&mut Self, &Js<'a>) -> bool) -> bool {
        let Some(object) = self.view.object(value) else { return self.wrong("must be object") };
        self.view.entries(object).into_iter().all(|(step, edge)| {
            let Step::Key(key) = step else { return true };
            let value = self.view.read(edge);
            self.below(key, |this| look(this, &value))
        })
    }

    fn patterns(&mut self, value: &Js<'a>) -> bool {
        if let Some(object) = self.view.object(value)
            && self.view.members(object).any(|(name, _)| !formats::text("regex", name))
        {
            self.wrong("must match format \"regex\"");
            return self.wrong("property name must be valid");
        }
        self.map(value, |look, value| look.schema(value))
    }

    /// The elements of a list that has to have one at least.
    fn items(&mut self, value: &Js<'a>, least: bool) -> Option<Vec<Js<'a>>> {
        let Some(list) = self.view.array(value) else {
            self.wrong("must be array");
            return None;
        };
        let items: Vec<Js<'a>> = self.view.items(list).map(|item| self.view.read(item)).collect();
        self.demand(!least || !items.is_empty(), "must NOT have fewer than 1 items").then_some(items)
    }

    fn schemas(&mut self, value: &Js<'a>) -> bool {
        let Some(items) = self.items(value, true) else { return false };
        items.iter().enumerate().all(|(at, item)| self.below(&at.to_string(), |look| look.schema(item)))
    }

    /// Two elements that are the same: the first such pair from the end.
    fn twice(&mut self, items: &[Js<'a>], later_first: bool) -> bool {
        for later in (0..items.len()).rev() {
            let same = |earlier: &usize| self.view.equal(&items[*earlier], &self.view, &items[later]);
            if let Some(earlier) = (0..later).rev().find(same) {
                let (a, b) = if later_first { (later, earlier) } else { (earlier, later) };
                self.wrong(&format!("must NOT have duplicate items (items ## {a} and {b} are identical)"));
                return true;
            }
        }
        false
    }

    fn texts(&mut self, value: &Js<'a>) -> bool {
        let Some(items) = self.items(value, self.dialect == Dialect::Draft4) else { return false };
        let texts = items.iter().all(|item| matches!(item, Js::Text(_)));
        if texts && self.twice(&items, true) {
            return false;
        }
        items.iter().enumerate().all(|(at, item)| self.below(&at.to_string(), |look| look.shape(Text, item)))
    }

    fn values(&mut self, value: &Js<'a>) -> bool {
        let Some(items) = self.items(value, true) else { return false };
        // Long lists of texts are not compared each with each.
        let texts: HashSet<&str> = items.iter().filter_map(|item| item.text()).collect();
        texts.len() == items.len() || items.len() > 2_000 || !self.twice(&items, false)
    }

    fn types(&mut self, value: &Js<'a>) -> bool {
        self.either(
            value,
            |look, value| look.type_name(value),
            |look, value| {
                let Some(items) = look.items(value, true) else { return false };
                if look.twice(&items, false) {
                    return false;
                }
                items
                    .iter()
                    .enumerate()
                    .all(|(at, item)| look.below(&at.to_string(), |look| look.type_name(item)))
            },
        )
    }

    fn type_name(&mut self, value: &Js<'a>) -> bool {
        let known = ["array", "boolean", "integer", "null", "number", "object", "string"];
        let fits = value.text().is_some_and(|text| known.contains(&text));
        self.demand(fits, "must be equal to one of the allowed values")
    }
}
