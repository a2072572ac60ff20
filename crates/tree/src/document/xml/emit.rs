//! Any XML as the tree: one shape for an element however often it stands, so that a path written for
//! one child matches two.

use super::super::{Builder, Kind, flag};
use super::{Attribute, Elements};
use crate::text::Span;

/// Lays the whole document out: an object with the root element as its member.
pub(super) fn document(all: &Elements<'_>, root: u32, tree: &mut Builder) {
    tree.open(Kind::Object, 0);
    tree.key(all.name(root), all.elements[root as usize].name, 0);
    element(all, root, 0, tree);
    tree.close(all.source.len() as u32);
}

/// Lays an element out that stands in an element of a namespace.
pub(super) fn element(all: &Elements<'_>, id: u32, around: u32, tree: &mut Builder) {
    let element_ = &all.elements[id as usize];
    if tree.open(Kind::Object, element_.span.start).is_none() {
        // Below a limit: nothing of it is kept.
        tree.close(element_.span.end);
        return;
    }
    if element_.namespace != around {
        tree.key("#ns", element_.name, 0);
        let data = tree.decoded(all.namespace(id));
        tree.scalar(Kind::String, element_.name, Some(data), 0);
    }
    for attribute in all.attributes(id) {
        tree.key(&format!("@{}", all.slice(attribute.name)), attribute.name, 0);
        value(attribute, Kind::String, 0, tree);
    }
    for (name, group) in all.groups(id) {
        let first = &all.elements[group[0] as usize];
        tree.key(name, first.name, 0);
        tree.open(Kind::Array, first.span.start);
        let mut end = first.span.end;
        for child in group {
            if tree.is_full() {
                break;
            }
            end = all.elements[child as usize].span.end;
            element(all, child, element_.namespace, tree);
        }
        tree.close(end);
    }
    text(all, id, tree);
    tree.close(element_.span.end);
}

/// Adds the text of an element, without the white space around it.
pub(super) fn text(all: &Elements<'_>, id: u32, tree: &mut Builder) {
    let Some(content) = all.elements[id as usize].text.as_ref().filter(|content| content.filled) else {
        return;
    };
    tree.key("#text", Span::at(content.span.start), 0);
    let raw = all.slice(content.span);
    let start = content.span.start + (raw.len() - raw.trim_start().len()) as u32;
    let span = Span::new(start, start + raw.trim().len() as u32);
    let data = content.decoded.as_deref().map(|decoded| tree.decoded(decoded.trim()));
    tree.scalar(Kind::String, span, data, 0);
}

/// Adds an attribute's value. A number or a truth value stands within the quotes.
pub(super) fn value(attribute: &Attribute, kind: Kind, flags: u8, tree: &mut Builder) {
    let quoted = attribute.value;
    if kind == Kind::String {
        let data = attribute.decoded.as_deref().map(|decoded| tree.decoded(decoded));
        tree.scalar(kind, quoted, data, flag::QUOTED | flags);
    } else {
        tree.scalar(kind, Span::new(quoted.start + 1, quoted.end - 1), None, flags);
    }
}
