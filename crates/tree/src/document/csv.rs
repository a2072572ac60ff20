//! CSV (RFC 4180) with a header row: `{ header: [...], rows: [{ column: value }] }`. The separator
//! is the one of comma, semicolon, tab and bar that the header has most of.

use super::{Builder, Document, Format, Kind, Limits, flag};
use crate::text::{Problem, Span, Text};
use std::sync::Arc;

/// Rows of another length than the header that are named one by one.
const NAMED: usize = 10;

/// A field: where it stands, and its text where quotes were taken out of it.
struct Field {
    span: Span,
    decoded: Option<String>,
    quoted: bool,
}

/// Reads a CSV text.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut tree = Builder::new(Arc::clone(&text), Format::Csv, limits);
    let source = text.as_str();
    if source.trim().is_empty() {
        return tree.finish();
    }
    let mut reader = Reader { source, at: 0, separator: separator(source), unclosed: None };
    let Some(header) = reader.row() else { return tree.finish() };
    let names: Vec<String> = header
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let name = field.decoded.as_deref().unwrap_or_else(|| inner(source, field)).trim();
            if name.is_empty() { format!("column-{}", at + 1) } else { name.to_owned() }
        })
        .collect();
    tree.open(Kind::Object, 0);
    tree.key("header", Span::default(), 0);
    tree.open(Kind::Array, 0);
    header.iter().for_each(|field| value(&mut tree, field));
    tree.close(reader.at as u32);
    tree.key("rows", Span::default(), 0);
    tree.open(Kind::Array, reader.at as u32);
    let mut ragged: Vec<(Span, usize)> = Vec::new();
    let mut ragged_count = 0;
    while let Some(row) = reader.row() {
        if tree.is_full() {
            break;
        }
        // A blank line is no row.
        if let [only] = &row[..]
            && only.span.is_empty()
            && names.len() > 1
        {
            continue;
        }
        let start = row.first().map_or(reader.at as u32, |field| field.span.start);
        let end = row.last().map_or(start, |field| field.span.end);
        if row.len() != names.len() {
            ragged_count += 1;
            if ragged.len() < NAMED {
                ragged.push((Span::new(start, end), row.len()));
            }
        }
        tree.open(Kind::Object, start);
        for (name, field) in names.iter().zip(&row) {
            tree.key(name, Span::default(), 0);
            value(&mut tree, field);
        }
        tree.close(end);
    }
    tree.close(source.len() as u32);
    tree.close(source.len() as u32);
    if let Some((&(first, fields), others)) = ragged.split_first() {
        let message = format!(
            "{ragged_count} rows have another number of fields than the header's {}; this one has {fields}.",
            names.len()
        );
        let problem = Problem::new("csv-ragged-row", first, message);
        tree.problem(
            others
                .iter()
                .fold(problem, |problem, (span, fields)| problem.related(*span, format!("{fields} fields"))),
        );
    }
    if let Some(at) = reader.unclosed {
        tree.break_off();
        tree.problem(Problem::new("csv-quote", Span::new(at, at + 1), "The quote is never closed."));
    }
    tree.finish()
}

fn inner<'s>(source: &'s str, field: &Field) -> &'s str {
    let raw = source.get(field.span.range()).unwrap_or_default();
    if field.quoted { raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default() } else { raw }
}

fn value(tree: &mut Builder, field: &Field) {
    let data = field.decoded.as_deref().map(|text| tree.decoded(text));
    tree.scalar(Kind::String, field.span, data, if field.quoted { flag::QUOTED } else { 0 });
}

fn separator(source: &str) -> u8 {
    let line = source.lines().next().unwrap_or_default();
    let count = |separator: u8| line.bytes().filter(|&byte| byte == separator).count();
    // The first of the most frequent.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    separator: u8,
    /// Where a quote began that is never closed.
    unclosed: Option<u32>,
}

impl Reader<'_> {
    fn row(&mut self) -> Option<Vec<Field>> {
        if self.at >= self.source.len() {
            return None;
        }
        let bytes = self.source.as_bytes();
        let mut row = Vec::new();
        loop {
            row.push(self.field());
            match bytes.get(self.at) {
                Some(&byte) if byte == self.separator => self.at += 1,
                Some(b'\r') => {
                    self.at += if bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    return Some(row);
                }
                Some(_) => {
                    self.at += 1;
                    return Some(row);
                }
                None => return Some(row),
            }
        }
    }

    fn field(&mut self) -> Field {
        let bytes = self.source.as_bytes();
        let start = self.at;
        let ends = |byte: u8| byte == self.separator || matches!(byte, b'\r' | b'\n');
        if bytes.get(start) == Some(&b'"') {
            let mut at = start + 1;
            let mut doubled = false;
            while let Some(length) = memchr::memchr(b'"', &bytes[at..]) {
                at += length + 1;
                if bytes.get(at) == Some(&b'"') {
                    doubled = true;
                    at += 1;
                    continue;
                }
                // What follows a closing quote belongs to no field; it is passed over.
                let span = Span::new(start as u32, at as u32);
                self.at = at + bytes[at..].iter().position(|&byte| ends(byte)).unwrap_or(bytes.len() - at);
                let text = &self.source[start + 1..at - 1];
                return Field { span, decoded: doubled.then(|| text.replace("\"\"", "\"")), quoted: true };
            }
            self.unclosed.get_or_insert(start as u32);
            self.at = bytes.len();
            return Field {
                span: Span::new(start as u32, bytes.len() as u32),
                decoded: Some(self.source[start + 1..].to_owned()),
                quoted: false,
            };
        }
        self.at = start + bytes[start..].iter().position(|&byte| ends(byte)).unwrap_or(bytes.len() - start);
        Field { span: Span::new(start as u32, self.at as u32), decoded: None, quoted: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Document {
        parse(Arc::new(Text::from(text)), Limits::default())
    }

    #[test]
    fn rows_are_objects() {
        let document = read("a;b\r\n1;\"x;\"\"y\"\"\"\r\n\r\n2;3\n");
        assert_eq!(
            document.to_value(document.root().unwrap()),
            json!({ "header": ["a", "b"], "rows": [{ "a": "1", "b": "x;\"y\"" }, { "a": "2", "b": "3" }] })
        );
        assert_eq!(document.problems(), []);
    }

    #[test]
    fn faults_are_named() {
        let document = read("a,b\n1\n2,3,4\n5,\"6\n");
        let codes: Vec<_> = document.problems().iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["csv-ragged-row", "csv-quote"]);
        assert!(read("").root().is_none());
        assert!(read("a,a\n1,2\n").problems().iter().any(|problem| problem.code == "duplicate-key"));
    }
}
