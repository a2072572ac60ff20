//! Lines of text: `{ lines: [...] }`, and for CODEOWNERS its rules, `{ rules: [{ pattern, owners }] }`.

use super::{Builder, Document, Format, Kind, Limits};
use crate::text::{Span, Text};
use std::sync::Arc;

/// Reads a text as its lines, without their line breaks.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut tree = Builder::new(Arc::clone(&text), Format::Plain, limits);
    let source = text.as_str();
    if !source.is_empty() {
        tree.open(Kind::Object, 0);
        tree.key("lines", Span::default(), 0);
        tree.open(Kind::Array, 0);
        for (start, line) in lines(source) {
            if tree.is_full() {
                break;
            }
            tree.scalar(Kind::String, Span::new(start, start + line.len() as u32), None, 0);
        }
        tree.close(source.len() as u32);
        rules(&mut tree, source);
        tree.close(source.len() as u32);
    }
    tree.finish()
}

/// Each line with the offset it starts at. LF, CRLF and CR end lines.
fn lines(source: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = source.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at as u32;
        let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes());
        let line = &rest[..end.unwrap_or(rest.len())];
        at += line.len();
        if rest[line.len()..].starts_with("\r\n") {
            at += 2;
        } else if end.is_some() {
            at += 1;
        }
        Some((start, line))
    })
}

/// Lines that pair a pattern with owners, as CODEOWNERS does. Comments and section headings are
/// none; a pattern without owners is one with an empty list.
fn rules(tree: &mut Builder, source: &str) {
    tree.key("rules", Span::default(), 0);
    tree.open(Kind::Array, 0);
    for (start, line) in lines(source) {
        let mut words = words(start, line);
        let Some((at, pattern)) = words.next().filter(|(_, word)| !word.starts_with(['#', '[', '^'])) else {
            continue;
        };
        if tree.is_full() {
            break;
        }
        tree.open(Kind::Object, start);
        tree.key("pattern", Span::default(), 0);
        tree.scalar(Kind::String, Span::new(at, at + pattern.len() as u32), None, 0);
        tree.key("owners", Span::default(), 0);
        tree.open(Kind::Array, at + pattern.len() as u32);
        for (at, owner) in words.take_while(|(_, word)| !word.starts_with('#')) {
            tree.scalar(Kind::String, Span::new(at, at + owner.len() as u32), None, 0);
        }
        tree.close(start + line.len() as u32);
        tree.close(start + line.len() as u32);
    }
    tree.close(source.len() as u32);
}

fn words(start: u32, line: &str) -> impl Iterator<Item = (u32, &str)> {
    line.split([' ', '\t'])
        .scan(start, |at, word| {
            let here = *at;
            *at += word.len() as u32 + 1;
            Some((here, word))
        })
        .filter(|(_, word)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_and_rules() {
        let text = "# who\r\n*   @org/all\n/docs/ a@b.org  @c # why\r/open\n\n";
        let document = parse(Arc::new(Text::from(text)), Limits::default());
        let value = document.to_value(document.root().unwrap());
        assert_eq!(value["lines"], json!(["# who", "*   @org/all", "/docs/ a@b.org  @c # why", "/open", ""]));
        assert_eq!(
            value["rules"],
            json!([
                { "pattern": "*", "owners": ["@org/all"] },
                { "pattern": "/docs/", "owners": ["a@b.org", "@c"] },
                { "pattern": "/open", "owners": [] },
            ])
        );
        let owner = document.pointer(document.root().unwrap(), "/rules/1/owners/1").unwrap();
        assert_eq!(document.raw(owner), "@c");
    }
}
