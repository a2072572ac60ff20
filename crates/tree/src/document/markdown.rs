//! Markdown (CommonMark): `{ frontMatter?, headings: [{ level, text }], links: [{ url, text }],
//! images: [{ url, text }], code: [{ lang, text }], text }`, with spans into the file.

use super::{Builder, Document, Format, Kind, Limits, NodeId, flag};
use crate::text::{Span, Text};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::sync::Arc;

/// One thing found in the text.
struct Found {
    span: Span,
    first: String,
    text: String,
}

/// Reads a Markdown text. Front matter in YAML is part of the tree; one that breaks YAML's rules, or
/// uses aliases, is there as its text.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut tree = Builder::new(Arc::clone(&text), Format::Markdown, limits);
    let source = text.as_str();
    if source.is_empty() {
        return tree.finish();
    }
    let (mut headings, mut links, mut images, mut code) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut front = None;
    // Open headings, links, images and blocks, innermost last: each gathers the text within.
    let mut open: Vec<Found> = Vec::new();
    let options = Options::ENABLE_YAML_STYLE_METADATA_BLOCKS | Options::ENABLE_TABLES;
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        let span = Span::new(range.start as u32, range.end as u32);
        let begin = |first: String| Found { span, first, text: String::new() };
        match event {
            Event::Start(Tag::Heading { level, .. }) => open.push(begin((level as u8).to_string())),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                open.push(begin(dest_url.into_string()))
            }
            Event::Start(Tag::CodeBlock(kind)) => open.push(begin(match kind {
                CodeBlockKind::Fenced(language) => {
                    language.split_whitespace().next().unwrap_or_default().to_owned()
                }
                CodeBlockKind::Indented => String::new(),
            })),
            Event::Start(Tag::MetadataBlock(_)) => open.push(begin(String::new())),
            Event::End(end) => {
                let list = match end {
                    TagEnd::Heading(_) => &mut headings,
                    TagEnd::Link => &mut links,
                    TagEnd::Image => &mut images,
                    TagEnd::CodeBlock => &mut code,
                    TagEnd::MetadataBlock(_) => {
                        front = open.pop();
                        continue;
                    }
                    _ => continue,
                };
                list.extend(open.pop());
            }
            Event::Text(text) | Event::Code(text) => {
                open.iter_mut().for_each(|found| found.text.push_str(&text))
            }
            Event::SoftBreak | Event::HardBreak => open.iter_mut().for_each(|found| found.text.push(' ')),
            _ => {}
        }
    }
    tree.open(Kind::Object, 0);
    if let Some(front) = front {
        tree.key("frontMatter", Span::default(), 0);
        front_matter(&mut tree, source, &front, limits);
    }
    list(&mut tree, "headings", "level", &headings);
    list(&mut tree, "links", "url", &links);
    list(&mut tree, "images", "url", &images);
    list(&mut tree, "code", "lang", &code);
    tree.key("text", Span::default(), 0);
    tree.scalar(Kind::String, Span::new(0, source.len() as u32), None, 0);
    tree.close(source.len() as u32);
    tree.finish()
}

fn front_matter(tree: &mut Builder, source: &str, front: &Found, limits: Limits) {
    let yaml = super::yaml::parse(Arc::new(Text::from(front.text.as_str())), limits);
    let plain = yaml.nodes().iter().all(|node| node.kind != Kind::Alias);
    let block = &source[front.span.start as usize..front.span.end as usize];
    // Its first line is the fence; the spans below count from behind it.
    let behind = block.find('\n').map_or(0, |at| at as u32 + 1);
    match yaml.root().filter(|_| plain && yaml.problems().is_empty()) {
        Some(root) => graft(tree, &yaml, root, front.span.start + behind),
        None => {
            let data = tree.decoded(&front.text);
            tree.scalar(Kind::String, front.span, Some(data), 0);
        }
    }
}

/// Copies a value of another tree, its spans moved. Its depth is bounded by the limits.
fn graft(tree: &mut Builder, from: &Document, node: NodeId, offset: u32) {
    let raw = from.node(node);
    let moved = |span: Span| Span::new(span.start + offset, span.end + offset);
    match from.kind(node) {
        kind @ (Kind::Object | Kind::Array) => {
            tree.open(kind, raw.span.start + offset);
            for child in from.children(node) {
                if let Some(key) = from.key(child) {
                    tree.key(key, moved(from.node(child).key_span), 0);
                }
                graft(tree, from, child, offset);
            }
            tree.close(raw.span.end + offset);
        }
        kind => {
            let data = from.scalar(node).map(|text| tree.decoded(text));
            let flags = if raw.has(flag::TRUE) { flag::TRUE } else { 0 };
            tree.scalar(kind, moved(raw.span), data, flags);
        }
    }
}

fn list(tree: &mut Builder, name: &str, first: &str, found: &[Found]) {
    tree.key(name, Span::default(), 0);
    tree.open(Kind::Array, 0);
    for one in found {
        tree.open(Kind::Object, one.span.start);
        tree.key(first, Span::default(), 0);
        let data = tree.decoded(&one.first);
        tree.scalar(if first == "level" { Kind::Number } else { Kind::String }, one.span, Some(data), 0);
        tree.key("text", Span::default(), 0);
        let data = tree.decoded(one.text.trim_end());
        tree.scalar(Kind::String, one.span, Some(data), 0);
        tree.close(one.span.end);
    }
    tree.close(0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_stands_in_a_readme() {
        let text = "---\ntitle: x\ntags: [a, 1, true, ~]\n---\n# A `b`\n\nSee [it](https://x.org/y) ![p](q.png).\n\n```sh\n# no heading\n```\nLow\n---\n";
        let document = parse(Arc::new(Text::from(text)), Limits::default());
        let value = document.to_value(document.root().unwrap());
        assert_eq!(value["headings"], json!([{ "level": 1, "text": "A b" }, { "level": 2, "text": "Low" }]));
        assert_eq!(value["links"], json!([{ "url": "https://x.org/y", "text": "it" }]));
        assert_eq!(value["images"], json!([{ "url": "q.png", "text": "p" }]));
        assert_eq!(value["code"], json!([{ "lang": "sh", "text": "# no heading" }]));
        assert_eq!(value["frontMatter"], json!({ "title": "x", "tags": ["a", 1, true, null] }));
        let title = document.pointer(document.root().unwrap(), "/frontMatter/title").unwrap();
        assert_eq!((document.raw(title), document.span(title).start), ("x", 11));
        let broken = parse(Arc::new(Text::from("---\na: [1\n---\n# A\n")), Limits::default());
        assert_eq!(broken.to_value(broken.root().unwrap())["frontMatter"], json!("a: [1\n"));
        let link = document.pointer(document.root().unwrap(), "/links/0/url").unwrap();
        assert_eq!(document.raw(link), "[it](https://x.org/y)");
    }
}
