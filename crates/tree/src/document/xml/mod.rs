//! XML 1.0 with namespaces onto the tree. An element is an object: `@name` for each attribute, a list
//! for each name of its child elements (by local name, in the order of their first), `#text` where
//! there is text, `#ns` at the root and where the namespace changes. The document is an object with the
//! root element as its one member. A FHIR resource is read as its JSON shape instead ([`fhir`]).
//!
//! Nothing is ever fetched, and no entity is expanded but the five of XML and references to
//! characters: a document type declaration is passed over.

mod emit;
mod fhir;
mod scan;
#[cfg(test)]
mod tests;

use super::{Builder, Document, Format, Limits};
use crate::text::{Problem, Span, Text};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::HashMap;
use std::sync::Arc;

/// No element.
const NONE: u32 = u32::MAX;

/// One element as read, before the tree is laid out: its children are grouped by name there.
struct Element {
    /// From the start tag to the end tag.
    span: Span,
    /// The local name in the start tag.
    name: Span,
    /// Index of its namespace's name; 0 is none.
    namespace: u32,
    attributes: std::ops::Range<u32>,
    first_child: u32,
    last_child: u32,
    next: u32,
    text: Option<Content>,
}

/// Text that stands directly in an element.
struct Content {
    span: Span,
    /// Where it is not what the span holds: several pieces, references, CDATA, CR.
    decoded: Option<String>,
    /// Whether there is more than white space.
    filled: bool,
}

/// An attribute as it stands in a start tag.
struct Attribute {
    name: Span,
    /// With its quotes.
    value: Span,
    /// Where it is not what stands in the quotes.
    decoded: Option<String>,
}

/// The elements of a file.
struct Elements<'t> {
    source: &'t str,
    elements: Vec<Element>,
    attributes: Vec<Attribute>,
    namespaces: Vec<String>,
}

impl<'t> Elements<'t> {
    fn slice(&self, span: Span) -> &'t str {
        self.source.get(span.range()).unwrap_or_default()
    }

    fn name(&self, element: u32) -> &'t str {
        self.slice(self.elements[element as usize].name)
    }

    fn namespace(&self, element: u32) -> &str {
        &self.namespaces[self.elements[element as usize].namespace as usize]
    }

    fn children(&self, element: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = self.elements[element as usize].first_child;
        std::iter::from_fn(move || {
            let at = (next != NONE).then_some(next)?;
            next = self.elements[at as usize].next;
            Some(at)
        })
    }

    /// The child elements by local name, in the order of the first of each.
    fn groups(&self, element: u32) -> Vec<(&'t str, Vec<u32>)> {
        let mut groups: Vec<(&str, Vec<u32>)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for child in self.children(element) {
            let name = self.name(child);
            let place = *places.entry(name).or_insert_with(|| {
                groups.push((name, Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(child);
        }
        groups
    }

    fn attributes(&self, element: u32) -> &[Attribute] {
        let range = &self.elements[element as usize].attributes;
        &self.attributes[range.start as usize..range.end as usize]
    }

    /// The value of an attribute, decoded.
    fn value<'a>(&'a self, attribute: &'a Attribute) -> &'a str {
        let inner = Span::new(attribute.value.start + 1, attribute.value.end.saturating_sub(1));
        attribute.decoded.as_deref().unwrap_or_else(|| self.slice(inner))
    }

    fn attribute(&self, element: u32, name: &str) -> Option<&Attribute> {
        self.attributes(element).iter().find(|attribute| self.slice(attribute.name) == name)
    }
}

/// Reads an XML text. What stands before a fault stays; a text of white space alone has no root.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut tree = Builder::new(Arc::clone(&text), Format::Xml, limits);
    let source = text.as_str();
    if source.trim().is_empty() {
        return tree.finish();
    }
    let mut reading = Reading {
        all: Elements {
            source,
            elements: Vec::new(),
            attributes: Vec::new(),
            namespaces: vec![String::new(), "http://www.w3.org/XML/1998/namespace".to_owned()],
        },
        problems: Vec::new(),
        open: Vec::new(),
        scopes: HashMap::from([("xml", vec![1])]),
        declared: Vec::new(),
        known: HashMap::new(),
        deeper: 0,
        limits,
        root: None,
    };
    reading.run(&mut tree);
    let Reading { all, problems, root, .. } = reading;
    problems.into_iter().for_each(|problem| tree.problem(problem));
    if let Some(root) = root {
        if all.namespace(root) == fhir::NAMESPACE && fhir::is_resource(all.name(root)) {
            fhir::emit(&all, root, &mut tree);
        } else {
            emit::document(&all, root, &mut tree);
        }
    }
    tree.finish()
}

struct Reading<'t> {
    all: Elements<'t>,
    problems: Vec<Problem>,
    /// Elements not closed yet.
    open: Vec<u32>,
    /// For each prefix the namespaces it stands for, innermost last.
    scopes: HashMap<&'t str, Vec<u32>>,
    /// For each open element, the prefixes it declares.
    declared: Vec<Vec<&'t str>>,
    /// Namespaces by name.
    known: HashMap<String, u32>,
    /// Elements open below the depth limit.
    deeper: u32,
    limits: Limits,
    root: Option<u32>,
}

impl<'t> Reading<'t> {
    fn run(&mut self, tree: &mut Builder) {
        let source = self.all.source;
        let mut reader = Reader::from_str(source);
        // A lone `&` is told of below, and reading goes on.
        reader.config_mut().allow_dangling_amp = true;
        loop {
            let start = offset(reader.buffer_position());
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = offset(reader.error_position()).min(source.len() as u32);
                    self.fault(Span::at(at), &error.to_string());
                    tree.break_off();
                    break;
                }
            };
            let span = Span::new(start, offset(reader.buffer_position()));
            match event {
                Event::Start(_) => self.start(span, false, tree),
                Event::Empty(_) => self.start(span, true, tree),
                Event::End(_) => self.end(span.end),
                Event::Text(_) => self.text(span, Piece::Text),
                Event::GeneralRef(_) => self.text(span, Piece::Reference),
                Event::CData(_) => self.text(span, Piece::Cdata),
                Event::Comment(_) => tree.comment(span),
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
                Event::Eof => {
                    if let Some(&last) = self.open.last() {
                        tree.break_off();
                        let name = self.all.elements[last as usize].name;
                        let message = format!("the element \"{}\" is not closed", self.all.slice(name));
                        self.fault(name, &message);
                    } else if self.root.is_none() {
                        self.fault(Span::at(source.len() as u32), "there is no element");
                    }
                    break;
                }
            }
            // More elements than the tree may have nodes are more than can be shown; one more than that
            // makes the tree say so.
            if self.all.elements.len() + self.all.attributes.len() > self.limits.nodes as usize {
                break;
            }
        }
        while !self.open.is_empty() {
            self.end(source.len() as u32);
        }
    }

    fn fault(&mut self, span: Span, message: &str) {
        let mut sentence: String = message.chars().take(1).flat_map(char::to_uppercase).collect();
        sentence.extend(message.chars().skip(1).map(|char| if char.is_control() { ' ' } else { char }));
        self.problems.push(Problem::new("syntax", span, format!("{}.", sentence.trim_end_matches('.'))));
    }

    fn start(&mut self, span: Span, empty: bool, tree: &mut Builder) {
        if self.deeper > 0 || self.open.len() >= self.limits.depth as usize {
            tree.too_deep(span.start);
            self.deeper += u32::from(!empty);
            return;
        }
        if self.open.is_empty() && self.root.is_some() {
            self.fault(span, "a second root element; only the first is read");
        }
        let source = self.all.source;
        let tag = scan::tag(source, span);
        let first = self.all.attributes.len() as u32;
        let mut declares = Vec::new();
        for (name, value) in tag.attributes {
            let inner = Span::new(value.start + 1, value.end - 1);
            let decoded = scan::attribute_value(self.all.slice(inner));
            let decoded = decoded.unwrap_or_else(|entity| {
                self.unknown_entity(value, entity);
                None
            });
            let attribute = Attribute { name, value, decoded };
            let label = self.all.slice(name);
            let prefix = if label == "xmlns" { Some("") } else { label.strip_prefix("xmlns:") };
            if let Some(prefix) = prefix {
                let index = self.namespace_index(self.all.value(&attribute).to_owned());
                self.scopes.entry(prefix).or_default().push(index);
                declares.push(prefix);
            }
            self.all.attributes.push(attribute);
        }
        if let Some(fault) = tag.fault {
            self.fault(fault, "this is no attribute: a name, `=` and a quoted value are wanted");
        }
        let prefix = self.all.slice(tag.prefix);
        let namespace = self.scopes.get(prefix).and_then(|scope| scope.last()).copied().unwrap_or(0);
        let id = self.all.elements.len() as u32;
        self.all.elements.push(Element {
            span,
            name: tag.name,
            namespace,
            attributes: first..self.all.attributes.len() as u32,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            text: None,
        });
        if let Some(&parent) = self.open.last() {
            let parent = &mut self.all.elements[parent as usize];
            let last = std::mem::replace(&mut parent.last_child, id);
            if last == NONE {
                parent.first_child = id;
            } else {
                self.all.elements[last as usize].next = id;
            }
        } else if self.root.is_none() {
            self.root = Some(id);
        }
        self.open.push(id);
        self.declared.push(declares);
        if empty {
            self.end(span.end);
        }
    }

    fn namespace_index(&mut self, name: String) -> u32 {
        if name.is_empty() {
            return 0;
        }
        let namespaces = &mut self.all.namespaces;
        *self.known.entry(name.clone()).or_insert_with(|| {
            namespaces.push(name);
            namespaces.len() as u32 - 1
        })
    }

    fn end(&mut self, end: u32) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(element) = self.open.pop() else { return };
        self.all.elements[element as usize].span.end = end;
        for prefix in self.declared.pop().unwrap_or_default() {
            if let Some(scope) = self.scopes.get_mut(prefix) {
                scope.pop();
            }
        }
    }

    fn text(&mut self, span: Span, piece: Piece) {
        let raw = self.all.slice(span);
        let Some(&element) = self.open.last().filter(|_| self.deeper == 0) else {
            if self.open.is_empty() && !raw.trim().is_empty() {
                self.fault(span, "text outside the root element");
            }
            return;
        };
        if piece == Piece::Text
            && let Some(at) = raw.find('&')
        {
            self.fault(Span::at(span.start + at as u32), "this `&` begins no reference; write `&amp;`");
        }
        let decoded = match piece {
            Piece::Text => raw.contains('\r').then(|| raw.replace("\r\n", "\n").replace('\r', "\n")),
            Piece::Cdata => Some(scan::cdata(raw).to_owned()),
            Piece::Reference => match scan::reference(raw) {
                Some(char) => Some(char.to_string()),
                None => {
                    self.unknown_entity(span, raw);
                    None
                }
            },
        };
        let filled = !decoded.as_deref().unwrap_or(raw).trim().is_empty();
        let source = self.all.source;
        let content = &mut self.all.elements[element as usize].text;
        match content {
            None => *content = Some(Content { span, decoded, filled }),
            Some(before) => {
                let gap = before.span.end != span.start;
                if gap || decoded.is_some() || before.decoded.is_some() {
                    let so_far = before.decoded.get_or_insert_with(|| {
                        source.get(before.span.range()).unwrap_or_default().to_owned()
                    });
                    so_far.push_str(decoded.as_deref().unwrap_or(raw));
                }
                before.span.end = span.end;
                before.filled |= filled;
            }
        }
    }

    fn unknown_entity(&mut self, span: Span, entity: &str) {
        let shown: String = entity.chars().filter(|char| !char.is_control()).take(40).collect();
        self.problems.push(
            Problem::new("syntax", span, format!("The entity {shown} is none of XML's own; it is left as it stands."))
                .hint("Entities that a file or its document type defines are never expanded: write the characters out."),
        );
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Text,
    Reference,
    Cdata,
}

fn offset(position: u64) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
