//! EditorConfig (specification 0.17): `{ root, sections: [{ glob, properties }] }`, sections in the
//! order of the file, names of properties in small letters. Of a property that a section gives twice
//! the later counts. Before the first section only `root` says something.

use super::lines::{Parts, lines};
use super::{Builder, Document, Format, Kind, Limits};
use crate::text::Text;
use std::collections::HashMap;
use std::sync::Arc;

/// A section: its header's glob, and its properties as written.
#[derive(Default)]
struct Section<'t> {
    glob: &'t str,
    properties: Vec<(String, &'t str)>,
    places: HashMap<String, usize>,
}

impl<'t> Section<'t> {
    fn set(&mut self, name: String, value: &'t str) {
        match self.places.get(&name) {
            Some(&at) => self.properties[at].1 = value,
            None => {
                self.places.insert(name.clone(), self.properties.len());
                self.properties.push((name, value));
            }
        }
    }
}

/// Reads an `.editorconfig`. A line that is no comment, header or property says nothing.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut parts = Parts::new(Builder::new(Arc::clone(&text), Format::EditorConfig, limits));
    let source = text.as_str();
    if source.trim().is_empty() {
        return parts.tree.finish();
    }
    let mut root = None;
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in lines(source).map(str::trim) {
        // A mark further on in a line is part of what stands there.
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(glob) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push(Section { glob, ..Section::default() });
        } else if let Some((name, value)) = line.split_once('=') {
            let (name, value) = (name.trim().to_lowercase(), value.trim());
            match sections.last_mut() {
                _ if name.is_empty() => {}
                Some(section) => section.set(name, value),
                None if name == "root" => root = Some(value),
                None => {}
            }
        }
    }
    parts.open_item(Kind::Object, source);
    if let Some(value) = root {
        parts.truth("root", value.eq_ignore_ascii_case("true"), value);
    }
    parts.open("sections", Kind::Array, source);
    for section in sections {
        if parts.tree.is_full() {
            break;
        }
        parts.open_item(Kind::Object, section.glob);
        parts.member("glob", section.glob);
        parts.open("properties", Kind::Object, section.glob);
        let mut last = section.glob;
        for (name, value) in &section.properties {
            if parts.tree.is_full() {
                break;
            }
            parts.member(name, value);
            last = value;
        }
        parts.close(last);
        parts.close(last);
    }
    parts.close(source);
    parts.close(source);
    parts.tree.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(text: &str) -> serde_json::Value {
        let document = parse(Arc::new(Text::from(text)), Limits::default());
        document.root().map_or(serde_json::Value::Null, |root| document.to_value(root))
    }

    #[test]
    fn sections_come_in_order_with_names_in_small_letters() {
        let text = "; a comment\r\nROOT = True\nignored = 1\n\n[*]\r\nCharset=utf-8 # not a comment\nindent_size = 2\nIndent_Size =  4 \n\n[*.{md,py}]\n  end_of_line = lf\nno property\n= nothing\nempty =\n[a[]b]\n";
        assert_eq!(
            value(text),
            json!({
                "root": true,
                "sections": [
                    { "glob": "*", "properties": { "charset": "utf-8 # not a comment", "indent_size": "4" } },
                    { "glob": "*.{md,py}", "properties": { "end_of_line": "lf", "empty": "" } },
                    { "glob": "a[]b", "properties": {} },
                ]
            })
        );
    }

    #[test]
    fn little_or_nothing_is_no_fault() {
        assert_eq!(value(" \n"), json!(null));
        assert_eq!(value("# only a comment\n"), json!({ "sections": [] }));
        assert_eq!(value("root = no\n"), json!({ "root": false, "sections": [] }));
        assert_eq!(value("[\n]\n[]\n"), json!({ "sections": [{ "glob": "", "properties": {} }] }));
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "[*]\nCharset = utf-8\n";
        let document = parse(Arc::new(Text::from(text)), Limits::default());
        let sections = document.get(document.root().unwrap(), "sections").unwrap();
        let section = document.items(sections).next().unwrap();
        let charset = document.get(document.get(section, "properties").unwrap(), "charset").unwrap();
        let span = document.span(charset);
        assert_eq!(&text[span.start as usize..span.end as usize], "utf-8");
    }
}
