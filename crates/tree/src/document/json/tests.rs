use super::parse;
use crate::document::{Document, Limits};
use crate::text::{Span, Text};
use serde_json::{Value, json};
use std::sync::Arc;

fn read(text: &str) -> Document {
    parse(Arc::new(Text::from(text)), Limits::default())
}

fn value(document: &Document) -> Value {
    document.root().map_or(Value::Null, |root| document.to_value(root))
}

#[test]
fn slips_are_named_placed_and_read_past() {
    for (text, offset, expected) in [
        ("{\"a\": 1,}", 7, json!({ "a": 1 })),
        ("{'a': 'b'}", 1, json!({ "a": "b" })),
        ("{a: 1}", 1, json!({ "a": 1 })),
        ("{\"a\": 1 \"b\": 2}", 7, json!({ "a": 1, "b": 2 })),
        ("[1, // one\n2]", 4, json!([1, 2])),
        ("[True, None]", 1, json!([true, null])),
        ("[+1, .5]", 1, json!([1, 0.5])),
        ("{\"a\": [1, 2}", 11, json!({ "a": [1, 2] })),
    ] {
        let document = read(text);
        assert_eq!(value(&document), expected, "{text}");
        let first = document.problems().iter().map(|problem| problem.span).min();
        assert_eq!(first.map(|span: Span| span.start), Some(offset), "{text}: {:?}", document.problems());
        assert!(document.problems().iter().all(|problem| problem.code == "syntax" && problem.hint.is_some()));
    }
}

#[test]
fn what_was_not_read_whole_says_so() {
    for text in [
        r#"{"a": 1, "b": {"c": 2"#,
        r#"{"a": "b"#,
        r#"{"a": 1}, "b": 2}"#,
        r#"{"a": [1, "b": 2}, "c": 3}"#,
        "{\"a\": \"b\n\"c\": 1}",
        r#"{"a": 1, ...}"#,
    ] {
        let document = read(text);
        assert!(document.breaks_off(), "{text}");
        assert!(document.root().is_some_and(|root| !document.is_whole(root)), "{text}");
    }
    for text in [
        "{\"a\": 1,}",
        "{'a': 1}",
        "{\"a\": 1}\n{\"a\": 2}",
        "{\"a\": 1}}",
        "{\"a\": nul}",
        "{\"a\": 1} // b",
    ] {
        assert!(!read(text).breaks_off(), "{text}");
    }
}

#[test]
fn deep_nesting_is_cut_off_and_said() {
    let text = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let document = read(&text);
    let codes: Vec<_> = document.problems().iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["limit-depth"]);
}

#[test]
fn strings_are_decoded_once_and_only_where_they_must_be() {
    let document = read(r#"{"a\u0062": "x\ny \ud83d\ude00", "plain": "é"}"#);
    assert_eq!(value(&document), json!({ "ab": "x\ny 😀", "plain": "é" }));
}
