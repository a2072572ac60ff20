//! A FHIR resource in XML as the JSON that belongs to it (FHIR R4, 2.6.2): `value` attributes become
//! values, what repeats becomes a list, what an element says beside its value goes into its `_name`, a
//! resource says its type, and the narrative is its markup as text. What repeats and what is a number
//! or a truth value is R4's to say: `fhir-r4.txt` holds that much of it. Elements that R4 does not know
//! are text, and a list where they stand more than once.

use super::super::{Builder, Kind, flag, json};
use super::{Elements, emit};
use crate::text::Span;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The namespace of FHIR's elements.
pub(super) const NAMESPACE: &str = "http://hl7.org/fhir";

/// Written by scripts/fhir-shape.py, which says how to read it.
static SHAPES: &str = include_str!("fhir-r4.txt");

/// What an element is in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Bool,
    Number,
    /// An object with the members of that type or path.
    Complex(String),
    /// R4 does not know it.
    Unknown,
}

/// Whether a name is one that resources have, which elements have not.
pub(super) fn is_resource(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

fn members(path: &str) -> Option<&'static str> {
    static LINES: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    LINES.get_or_init(|| SHAPES.lines().filter_map(|line| line.split_once(' ')).collect()).get(path).copied()
}

/// What a member of a type or path is, and whether it repeats.
fn shape(path: &str, name: &str) -> (Shape, bool) {
    match name {
        "extension" | "modifierExtension" => return (Shape::Complex("Extension".to_owned()), true),
        "contained" => return (Shape::Unknown, true),
        "id" | "implicitRules" | "language" if !path.contains('.') => return (Shape::Text, false),
        "meta" if is_resource(path) => return (Shape::Complex("Meta".to_owned()), false),
        "text" if narrated(path) => return (Shape::Complex("Narrative".to_owned()), false),
        _ => {}
    }
    for token in members(path).unwrap_or_default().split(' ') {
        let end = token.find(['*', '?', '#', '=', '[']).unwrap_or(token.len());
        let (own, rest) = token.split_at(end);
        if rest == "[x]" {
            if let Some(kind) = name.strip_prefix(own).filter(|kind| is_resource(kind)) {
                return (of_choice(kind), false);
            }
            continue;
        }
        if own != name {
            continue;
        }
        let (repeats, rest) = rest.strip_prefix('*').map_or((false, rest), |rest| (true, rest));
        let shape = match rest {
            "" => Shape::Text,
            "?" => Shape::Bool,
            "#" => Shape::Number,
            "=" => Shape::Complex(format!("{path}.{name}")),
            other => Shape::Complex(other.trim_start_matches('=').to_owned()),
        };
        return (shape, repeats);
    }
    (Shape::Unknown, false)
}

/// Resources with a narrative: `text` of a type that has a line and no `text` of its own.
fn narrated(path: &str) -> bool {
    !path.contains('.') && members(path).is_some_and(|line| !line.split(' ').any(|token| token == "text"))
}

/// What `value[x]` is where it is written `valueQuantity`.
fn of_choice(kind: &str) -> Shape {
    match kind {
        "Boolean" => Shape::Bool,
        "Integer" | "PositiveInt" | "UnsignedInt" | "Decimal" => Shape::Number,
        other if members(other).is_some() => Shape::Complex(other.to_owned()),
        _ => Shape::Text,
    }
}

/// Lays a resource out as its JSON.
pub(super) fn emit(all: &Elements<'_>, root: u32, tree: &mut Builder) {
    resource(all, root, tree);
}

fn resource(all: &Elements<'_>, id: u32, tree: &mut Builder) {
    let element = &all.elements[id as usize];
    if tree.open(Kind::Object, element.span.start).is_some() {
        tree.key("resourceType", element.name, 0);
        tree.scalar(Kind::String, element.name, None, 0);
        body(all, id, all.name(id), tree);
    }
    tree.close(element.span.end);
}

fn complex(all: &Elements<'_>, id: u32, path: &str, tree: &mut Builder) {
    let element = &all.elements[id as usize];
    if tree.open(Kind::Object, element.span.start).is_some() {
        beside(all, id, tree);
        body(all, id, path, tree);
    }
    tree.close(element.span.end);
}

/// The attributes of an element that are members: `id`, and an extension's `url`. What FHIR does not
/// know stays, marked as the attribute it is.
fn beside(all: &Elements<'_>, id: u32, tree: &mut Builder) {
    for attribute in all.attributes(id) {
        let name = all.slice(attribute.name);
        if name == "value" || name == "xmlns" || name.contains(':') {
            continue;
        }
        let key = if matches!(name, "id" | "url") { name.to_owned() } else { format!("@{name}") };
        tree.key(&key, attribute.name, 0);
        emit::value(attribute, Kind::String, 0, tree);
    }
}

/// The members that an element's child elements give.
fn body(all: &Elements<'_>, id: u32, path: &str, tree: &mut Builder) {
    for (name, group) in all.groups(id) {
        if tree.is_full() {
            break;
        }
        let first = &all.elements[group[0] as usize];
        let strange = all.namespace(group[0]) != NAMESPACE;
        if strange && name == "div" {
            tree.key(name, first.name, 0);
            markup(all, first.span, tree);
            continue;
        }
        if strange {
            tree.key(name, first.name, 0);
            tree.open(Kind::Array, first.span.start);
            group.iter().for_each(|&child| emit::element(all, child, first.namespace, tree));
            tree.close(first.span.end);
            continue;
        }
        let (shape, repeats) = shape(path, name);
        member(all, name, &group, &shape, repeats, tree);
    }
    emit::text(all, id, tree);
}

/// One member: a value or a list of them, and beside primitive ones what they say of themselves.
fn member(all: &Elements<'_>, name: &str, group: &[u32], shape: &Shape, repeats: bool, tree: &mut Builder) {
    let key = all.elements[group[0] as usize].name;
    let holds = |child: &u32| {
        let first = all.elements[*child as usize].first_child;
        first != super::NONE && is_resource(all.name(first))
    };
    if group.iter().any(holds) {
        let resources: Vec<u32> = group.iter().flat_map(|&child| all.children(child)).collect();
        tree.key(name, key, 0);
        list(all, &resources, repeats, tree, &mut |child, tree| resource(all, child, tree));
        return;
    }
    let primitive = |child: u32| match shape {
        Shape::Text | Shape::Bool | Shape::Number => true,
        Shape::Complex(_) => all.attribute(child, "value").is_some(),
        Shape::Unknown => {
            all.attribute(child, "value").is_some() || all.elements[child as usize].first_child == super::NONE
        }
    };
    let below = match shape {
        Shape::Complex(path) => path.as_str(),
        _ => "",
    };
    let told = |child: u32| {
        all.elements[child as usize].first_child != super::NONE
            || all.elements[child as usize].text.as_ref().is_some_and(|text| text.filled)
            || all.attributes(child).iter().any(|one| !matches!(all.slice(one.name), "value" | "xmlns"))
    };
    let primitives = group.iter().any(|&child| primitive(child));
    let more = primitives && group.iter().any(|&child| primitive(child) && told(child));
    let valued = group.iter().any(|&child| !primitive(child) || all.attribute(child, "value").is_some());
    if valued || !more {
        tree.key(name, key, 0);
        list(all, group, repeats, tree, &mut |child, tree| {
            if primitive(child) {
                scalar(all, child, shape, tree);
            } else {
                complex(all, child, below, tree);
            }
        });
    }
    if more {
        tree.key(&format!("_{name}"), key, 0);
        list(all, group, repeats, tree, &mut |child, tree| {
            if primitive(child) && told(child) {
                complex(all, child, below, tree);
            } else {
                tree.scalar(Kind::Null, all.elements[child as usize].span, None, 0);
            }
        });
    }
}

/// One value, or a list where the member repeats or stands there more than once.
fn list(
    all: &Elements<'_>,
    items: &[u32],
    repeats: bool,
    tree: &mut Builder,
    each: &mut dyn FnMut(u32, &mut Builder),
) {
    match *items {
        [only] if !repeats => each(only, tree),
        _ => {
            let span =
                |item: Option<&u32>| item.map_or(Span::default(), |&item| all.elements[item as usize].span);
            tree.open(Kind::Array, span(items.first()).start);
            for &item in items {
                if tree.is_full() {
                    break;
                }
                each(item, tree);
            }
            tree.close(span(items.last()).end);
        }
    }
}

/// A primitive's value; null where it has none.
fn scalar(all: &Elements<'_>, id: u32, shape: &Shape, tree: &mut Builder) {
    let Some(attribute) = all.attribute(id, "value") else {
        tree.scalar(Kind::Null, all.elements[id as usize].span, None, 0);
        return;
    };
    let text = all.value(attribute);
    let plain = attribute.decoded.is_none();
    match shape {
        Shape::Bool if plain && matches!(text, "true" | "false") => {
            let flags = if text == "true" { flag::TRUE } else { 0 };
            emit::value(attribute, Kind::Bool, flags, tree);
        }
        Shape::Number if plain && json::number_length(text.as_bytes()) == Some(text.len()) => {
            emit::value(attribute, Kind::Number, 0, tree);
        }
        _ => emit::value(attribute, Kind::String, 0, tree),
    }
}

/// The narrative: its markup as it stands.
fn markup(all: &Elements<'_>, span: Span, tree: &mut Builder) {
    let raw = all.slice(span);
    let data = raw.contains('\r').then(|| tree.decoded(&raw.replace("\r\n", "\n").replace('\r', "\n")));
    tree.scalar(Kind::String, span, data, 0);
}
