//! Terraform as text: `{ blocks: [{ type, labels, text }], lines }`, with the blocks of the outermost
//! level. Expressions are not read: a rule that looks into a block matches its text.

use super::lines::{Parts, lines, unquoted};
use super::{Builder, Document, Format, Kind, Limits};
use crate::text::Text;
use std::sync::Arc;

/// Reads a Terraform file.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut parts = Parts::new(Builder::new(Arc::clone(&text), Format::Terraform, limits));
    let source = text.as_str();
    if source.trim().is_empty() {
        return parts.tree.finish();
    }
    parts.open_item(Kind::Object, source);
    parts.open("blocks", Kind::Array, source);
    for block in blocks(source) {
        if parts.tree.is_full() {
            break;
        }
        let head = block.split('{').next().unwrap_or_default().trim();
        let mut words = head.split_whitespace();
        let Some(kind) = words.next() else { continue };
        parts.open_item(Kind::Object, block);
        parts.member("type", kind);
        parts.open("labels", Kind::Array, head);
        words.for_each(|label| parts.item(unquoted(label)));
        parts.close(head);
        parts.member("text", block);
        parts.close(block);
    }
    parts.close(source);
    parts.open("lines", Kind::Array, source);
    for line in lines(source) {
        if parts.tree.is_full() {
            break;
        }
        parts.item(line);
    }
    parts.close(source);
    parts.close(source);
    parts.tree.finish()
}

/// The text of each block of the outermost level, from its type to its closing brace. Braces in
/// strings, comments and here-documents do not count.
fn blocks(source: &str) -> Vec<&str> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut depth, mut start) = (0, 0_usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = source
                    .get(at + 2..)
                    .and_then(|rest| rest.find("*/"))
                    .map_or(bytes.len(), |end| at + end + 3);
                if depth == 0 {
                    start = at + 1;
                }
            }
            b'"' => at = string_end(bytes, at),
            b'<' if bytes.get(at + 1) == Some(&b'<') => at = here_document_end(source, at),
            b'{' | b'[' | b'(' => depth += 1,
            close @ (b'}' | b']' | b')') => {
                let outermost = depth == 1;
                depth = depth.saturating_sub(1);
                if outermost && close == b'}' {
                    let block = source.get(start..=at).unwrap_or_default().trim_start();
                    // `locals = {` is an attribute of a variables file, no block.
                    if !block.split('{').next().unwrap_or_default().contains('=') {
                        found.push(block);
                    }
                    start = at + 1;
                }
            }
            b'\n' if depth == 0 => start = at + 1,
            _ => {}
        }
        at += 1;
    }
    found
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    // The line break itself is looked at next.
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length - 1)
}

/// The closing quote of a string, past the interpolations in it.
fn string_end(bytes: &[u8], open: usize) -> usize {
    let (mut at, mut depth) = (open + 1, 0_usize);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'$' | b'%' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'{' if depth > 0 => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b'"' if depth == 0 => return at,
            // A string ends with its line; one in an interpolation is passed over with it.
            b'\n' => return at - 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The end of a here-document that opens at `<<`, or the second `<` where none does.
fn here_document_end(source: &str, at: usize) -> usize {
    let rest = &source[at + 2..];
    let head = rest.split('\n').next().unwrap_or_default();
    let mark = head.trim().trim_start_matches('-');
    if mark.is_empty()
        || !mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    {
        return at + 1;
    }
    let mut from = at + 2 + head.len();
    for line in source[from..].split('\n').skip(1) {
        from += 1 + line.len();
        if line.trim() == mark {
            return from;
        }
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_and_their_labels() {
        let text = "# a { comment\nterraform {\n  required_version = \">= 1\" # }\n}\n\n/* { */ resource \"aws_s3_bucket\" \"b\" {\n  name = \"x-${var.a[\"k\"]}}\"\n  policy = <<-EOT\n    { \"a\": \n  EOT\n  tags = { a = 1 }\n}\nvariable a {}\n";
        let document = parse(Arc::new(Text::from(text)), Limits::default());
        let value = document.to_value(document.root().unwrap());
        let told: Vec<_> = value["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|block| (block["type"].clone(), block["labels"].clone()))
            .collect();
        assert_eq!(
            told,
            [
                (json!("terraform"), json!([])),
                (json!("resource"), json!(["aws_s3_bucket", "b"])),
                (json!("variable"), json!(["a"])),
            ]
        );
        assert!(value["blocks"][1]["text"].as_str().unwrap().ends_with("tags = { a = 1 }\n}"));
        assert_eq!(value["lines"][1], "terraform {");
    }

    #[test]
    fn odd_files_end() {
        for text in ["{", "}", "a {", "a = <<EOT\n", "x \"", "/*", "a = {\n b = 1\n}\n", "<<", "a \"\\", "${"]
        {
            let document = parse(Arc::new(Text::from(text)), Limits::default());
            assert!(
                document.to_value(document.root().unwrap())["blocks"].as_array().unwrap().is_empty(),
                "{text}"
            );
        }
    }
}
