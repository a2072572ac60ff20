//! TOML onto the tree. The `toml` crate parses, with spans and with recovery; tables that are
//! opened again further down come out as one object.

use super::{Builder, Document, Format, Kind, Limits, flag};
use crate::text::{Problem, Span, Text};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a TOML text. What could be read before a fault stays.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut tree = Builder::new(Arc::clone(&text), Format::Toml, limits);
    let source = text.as_str();
    let (root, errors) = DeTable::parse_recoverable(source);
    for error in &errors {
        let span = error.span().map_or_else(Span::default, |range| clamp(range, source));
        let words = error.message().lines().next().unwrap_or_default().trim_end_matches('.');
        let code = if words.starts_with("duplicate key") { "duplicate-key" } else { "syntax" };
        // Reading goes on behind the fault; how much of what stands around it was lost is not known.
        if code == "syntax" {
            tree.break_off();
        }
        let mut sentence: String = words.chars().take(1).flat_map(char::to_uppercase).collect();
        sentence.extend(words.chars().skip(1).map(|char| if char.is_control() { ' ' } else { char }));
        tree.problem(
            Problem::new(code, span, format!("{sentence}.")).hint("See toml.io for the syntax of TOML."),
        );
    }
    if errors.is_empty() && root.get_ref().is_empty() && source.trim().is_empty() {
        return tree.finish();
    }
    table(&mut tree, root.get_ref(), Span::new(0, source.len() as u32), source);
    tree.finish()
}

fn clamp(range: std::ops::Range<usize>, source: &str) -> Span {
    let end = range.end.min(source.len());
    Span::new(range.start.min(end) as u32, end as u32)
}

fn table(tree: &mut Builder, members: &DeTable<'_>, span: Span, source: &str) {
    tree.open(Kind::Object, span.start);
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(key, _)| key.span().start);
    for (key, item) in members {
        tree.key(key.get_ref(), clamp(key.span(), source), 0);
        value(tree, item, source);
    }
    tree.close(span.end);
}

fn value(tree: &mut Builder, item: &Spanned<DeValue<'_>>, source: &str) {
    let span = clamp(item.span(), source);
    match item.get_ref() {
        DeValue::Table(members) => table(tree, members, span, source),
        DeValue::Array(items) => {
            tree.open(Kind::Array, span.start);
            items.iter().for_each(|item| value(tree, item, source));
            tree.close(span.end);
        }
        DeValue::Boolean(value) => {
            tree.scalar(Kind::Bool, span, None, if *value { flag::TRUE } else { 0 });
        }
        DeValue::String(text) => scalar(tree, Kind::String, text, span, source),
        DeValue::Datetime(moment) => scalar(tree, Kind::String, &moment.to_string(), span, source),
        DeValue::Integer(integer) => {
            let digits = integer.as_str().replace('_', "");
            let decimal =
                i128::from_str_radix(&digits, integer.radix()).map_or(digits, |value| value.to_string());
            scalar(tree, Kind::Number, &decimal, span, source);
        }
        DeValue::Float(float) => {
            let digits = float.as_str().replace('_', "");
            let spelling = match digits.trim_start_matches(['+', '-']) {
                "inf" => format!("{}.inf", if digits.starts_with('-') { "-" } else { "" }),
                "nan" => ".nan".to_owned(),
                _ => digits.trim_start_matches('+').to_owned(),
            };
            scalar(tree, Kind::Number, &spelling, span, source);
        }
    }
}

fn scalar(tree: &mut Builder, kind: Kind, text: &str, span: Span, source: &str) {
    let raw = source.get(span.range()).unwrap_or_default();
    let quoted = kind == Kind::String && raw.len() >= 2 && raw.starts_with(['"', '\'']);
    let inner = if quoted { &raw[1..raw.len() - 1] } else { raw };
    let data = (inner != text).then(|| tree.decoded(text));
    tree.scalar(kind, span, data, if quoted { flag::QUOTED } else { 0 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Document {
        parse(Arc::new(Text::from(text)), Limits::default())
    }

    #[test]
    fn tables_arrays_and_scalars() {
        let document = read(
            "a.b = 1_000\n[c]\nd = 'x'\ne = [0x1F, +1.5, inf, 2026-11-24]\n[[f]]\ng = \"h\\n\"\n[[f]]\n[c.z]\ny = true\n",
        );
        assert_eq!(document.problems(), []);
        assert_eq!(
            document.to_value(document.root().unwrap()),
            json!({ "a": { "b": 1000 }, "c": { "d": "x", "e": [31, 1.5, ".inf", "2026-11-24"], "z": { "y": true } }, "f": [{ "g": "h\n" }, {}] })
        );
        let d = document.pointer(document.root().unwrap(), "/c/d").unwrap();
        assert_eq!((document.raw(d), document.text().slice(document.node(d).key_span)), ("'x'", "d"));
    }

    #[test]
    fn faults_leave_the_rest() {
        let document = read("a = 1\na = 2\nb = \nc = 3\n");
        let codes: Vec<_> = document.problems().iter().map(|problem| problem.code).collect();
        assert!(codes.contains(&"duplicate-key") && codes.contains(&"syntax"), "{codes:?}");
        assert_eq!(document.to_value(document.root().unwrap())["c"], 3);
        assert!(read("# nothing\n").problems().is_empty());
    }
}
