use super::parse;
use crate::document::{Document, Kind, Limits, NodeId};
use crate::text::Text;
use serde_json::{Value, json};
use std::sync::Arc;

fn read(text: &str) -> Document {
    parse(Arc::new(Text::from(text)), Limits::default())
}

fn value(document: &Document) -> Value {
    document.root().map_or(Value::Null, |root| document.to_value(root))
}

fn clean(text: &str) -> Value {
    let document = read(text);
    assert_eq!(document.problems(), [], "{text}");
    value(&document)
}

fn at(document: &Document, pointer: &str) -> NodeId {
    document.pointer(document.root().unwrap(), pointer).unwrap()
}

#[test]
fn the_core_schema() {
    let text = "a: [no, yes, 2021-01-01, 010, 0o17, 0x1F, +1, .5, 1., 1_000, ~, Null, TRUE, -0, 1e3, 3.1, '3.1', !!str 5, !!int '7', !Ref x]\n201: ok\n";
    assert_eq!(
        clean(text),
        json!({ "a": ["no", "yes", "2021-01-01", 10, 15, 31, 1, 0.5, 1.0, "1_000", null, null, true, -0.0, 1000.0, 3.1, "3.1", "5", 7, "x"], "201": "ok" })
    );
}

#[test]
fn spans_are_those_of_the_values() {
    let document = read("a: b # c\nd: 'e''f'\ng: |\n  h\n  i\n\nj: {k: [l]}\nm:\n");
    for (pointer, raw) in [
        ("/a", "b"),
        ("/d", "'e''f'"),
        ("/g", "|\n  h\n  i"),
        ("/j", "{k: [l]}"),
        ("/j/k/0", "l"),
        ("/m", ""),
    ] {
        assert_eq!(document.raw(at(&document, pointer)), raw, "{pointer}");
    }
    assert_eq!(document.str(at(&document, "/d")), Some("e'f"));
    assert_eq!(document.text().slice(document.node(at(&document, "/g")).key_span), "g");
    assert_eq!(document.comments().len(), 1);
}

#[test]
fn aliases_are_edges_and_merges_fall_through() {
    let document = read("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nlist: [*b, *b]\n");
    assert_eq!(value(&document)["use"], json!({ "y": 3, "x": 1 }));
    assert_eq!(value(&document)["list"][1], json!({ "x": 1, "y": 2 }));
    assert_eq!(document.node(at(&document, "/list/0")).kind, Kind::Alias);
    assert!(document.nodes().len() < 14, "nothing is copied");
}

#[test]
fn bombs_and_cycles_are_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let uses = vec![format!("*a{before}"); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{uses}]\n"));
    }
    let document = read(&bomb);
    assert!(document.problems().iter().any(|problem| problem.code == "limit-expansion"));
    assert!(read("a: &a [*a]\n").problems().iter().any(|problem| problem.code == "alias-cycle"));
    let deep = "[".repeat(50_000);
    assert!(read(&deep).problems().iter().any(|problem| problem.code == "limit-depth"));
}

#[test]
fn slips_are_named_and_read_past() {
    for (text, start, expected) in [
        ("a:\n\tb: 1\nc: 2\n", 3, json!({ "a": { "b": 1 }, "c": 2 })),
        ("a: b: c\nd: 1\n", 4, json!({ "a": "b: c", "d": 1 })),
        ("a: {{ name }}-x\nd: 1\n", 3, json!({ "a": "{{ name }}-x", "d": 1 })),
        ("a: @b\nd: 1\n", 3, json!({ "a": "@b", "d": 1 })),
        ("a: b\u{0}c\nd: 1\n", 4, json!({ "a": "b\u{0}c", "d": 1 })),
        ("a: *b\nd: 1\n", 3, json!({ "a": null, "d": 1 })),
    ] {
        let document = read(text);
        assert_eq!(document.problems().len(), 1, "{text}: {:?}", document.problems());
        assert_eq!(document.problems()[0].span.start, start, "{text}");
        assert_eq!(value(&document), expected, "{text}");
    }
}

#[test]
fn duplicate_keys_are_reported_with_both_places() {
    let document = read("a: 1\nb: 2\na: 3\n");
    let problem = &document.problems()[0];
    assert_eq!((problem.code, problem.span.start, problem.related[0].0.start), ("duplicate-key", 10, 0));
    assert_eq!(value(&document), json!({ "b": 2, "a": 3 }));
}

#[test]
fn streams_have_a_root_for_each_document() {
    let document = read("a: 1\n---\nb: 2\n...\n");
    let roots: Vec<Value> = document.roots().iter().map(|&root| document.to_value(root)).collect();
    assert_eq!(roots, [json!({ "a": 1 }), json!({ "b": 2 })]);
    assert!(read("# nothing\n").roots().is_empty());
    assert_eq!(clean("a: 1\rb: 2\r"), json!({ "a": 1, "b": 2 }), "CR alone breaks lines");
}

#[test]
fn what_was_not_read_whole_says_so() {
    for text in ["a: 1\nb: [1, 2", "a: \"b\n", "a: 1\nb:\n  - {c: 1\n"] {
        let document = read(text);
        assert!(document.breaks_off(), "{text}: {:?}", document.problems());
    }
    // A slip that is read past, and a document of a stream that was complete before.
    assert!(!read("a:\n\tb: 1\n").breaks_off());
    let document = read("a: 1\n---\nb: [1\n");
    let wholes: Vec<bool> = document.roots().iter().map(|&root| document.is_whole(root)).collect();
    assert_eq!(wholes, [true, false]);
}
