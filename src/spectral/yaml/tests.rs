use super::{Reading, differs, read};
use assize_tree::document::{Limits, yaml};
use assize_tree::text::Text;
use std::sync::Arc;

fn reading(text: &str) -> Reading {
    read(&Arc::new(Text::from(text))).unwrap()
}

/// What is said of a text: words, start and end.
fn said(text: &str) -> Vec<String> {
    let show = |one: &super::Diagnostic| {
        let ((a, b), (c, d)) = (one.range.start, one.range.end);
        format!("{a}:{b}-{c}:{d} {}", one.message)
    };
    reading(text).diagnostics.iter().map(show).collect()
}

fn value(text: &str) -> String {
    let document = reading(text).document;
    document.to_value(document.root().unwrap()).to_string()
}

#[test]
fn faults_are_named_where_spectral_names_them() {
    for (text, expected) in [
        ("a: [1, 2\nb: 3\n", "1:0-2:0 Invalid mixed usage of block and flow styles"),
        ("a: b: c\n", "0:4-0:4 Incomplete explicit mapping pair; a key node is missed"),
        ("a: \"b\nc: 1\n", "2:0-2:0 Unexpected end of the stream within a double quoted scalar"),
        ("a: 'b\nc: 1\n", "2:0-2:0 Unexpected end of the stream within a single quoted scalar"),
        ("a: \"\\q\"\n", "0:5-0:5 Unknown escape sequence"),
        ("a: 1\n}\n", "1:0-1:0 End of the stream or a document separator is expected"),
        ("a: *b\n", "0:5-0:5 Unidentified alias \"b\""),
        ("a: !b c\n", "0:3-0:7 Unknown tag <!b>"),
        ("a: !!int 1\n", "0:10-0:10 Cannot resolve a node with !<tag:yaml.org,2002:int> explicit tag"),
        ("a: 1\n  b: 2\n", "1:3-1:3 Bad indentation of a mapping entry"),
        ("a:\n  b: 1\n c: 2\n", "2:1-2:1 Bad indentation of a mapping entry"),
        ("? a\n? [b]\n: 1\n", "1:2-1:5 Mapping key must be a string scalar"),
        ("a: 1\na: 2\n", "1:0-1:1 Duplicate key: a"),
        ("1: a\n", "0:0-0:1 Mapping key must be a string scalar rather than number"),
        ("a:\t1\n", "0:2-0:2 Using tabs can lead to unpredictable results"),
        ("😀: *b\n", "0:6-0:6 Unidentified alias \"b\""),
    ] {
        assert!(said(text).iter().any(|one| one == expected), "{text:?}: {:?}", said(text));
    }
    assert!(said("a: 1\nb: [1, {c: d}]\ne: |\n  f\n").is_empty());
}

#[test]
fn values_are_those_that_spectral_goes_on_with() {
    for (text, expected) in [
        ("a: b: c\n", r#"{"a":"b"}"#),
        ("a: [1, 2\nb: 3\n", r#"{"a":null}"#),
        ("base: &b {v: 1}\nm:\n  v: 2\n  <<: *b\n", r#"{"base":{"v":1},"m":{"v":1}}"#),
        ("base: &b {v: 1}\nm:\n  <<: *b\n  v: 2\n", r#"{"base":{"v":1},"m":{"v":2}}"#),
        ("a: &x\n  b: *x\n  v: 1\n", r#"{"a":{"b":{"b":null,"v":1},"v":1}}"#),
        ("null: 1\n0x10: 2\n1.50: 3\n", r#"{"null":1,"16":2,"1.5":3}"#),
        ("a: >2\n    b\n", r#"{"a":"\n  b\n"}"#),
        ("a: |+\n  b\n\nc: 1\n", r#"{"a":"b\n","c":1}"#),
        ("a: \"\\ud83d\\ude00\\x41\"\n", r#"{"a":"😀A"}"#),
        ("a: 'b''c'\nd: \"e\n  f\"\n", r#"{"a":"b'c","d":"e f"}"#),
        ("- a\n-\n- b: 1\n  c: ~\n", r#"["a",null,{"b":1,"c":null}]"#),
        ("a: [b: 1, ? c : 2]\n", r#"{"a":[{"b":1},{"c":2}]}"#),
        ("%YAML 1.2\n---\na: 1\n...\n", r#"{"a":1}"#),
    ] {
        assert_eq!(value(text), expected, "{text:?}");
    }
}

#[test]
fn what_does_not_end_is_left_to_the_other_reader() {
    for text in [
        "a: &x !!str\n".to_owned(),
        "%YAML x\n---\na: 1\n".to_owned(),
        "[".repeat(5_000),
        "a: 'b\n---\nc'\n".to_owned(),
        format!("a: &a [1]\n{}", "b: !!pairs x\n".repeat(3)),
    ] {
        // No panic and no endless loop; whether there is a reading does not matter.
        let _ = read(&Arc::new(Text::from(text.as_str())));
    }
    let nested = "[".repeat(5_000);
    assert!(read(&Arc::new(Text::from(nested.as_str()))).is_none());
}

#[test]
fn texts_that_both_read_alike_are_read_once() {
    let differs = |text: &str| differs(&yaml::parse(Arc::new(Text::from(text)), Limits::default()));
    for text in ["a: 1\n", "200: ok\ntrue: |-\n  text!\n", "a: hello ! there!\n"] {
        assert!(!differs(text), "{text:?}");
    }
    for text in
        ["a: [1\n", "~: 1\n", "a: |+\n  b\n", "a: |\n\n  b\n", "a: !b c\n", "a: &b {}\nc:\n  <<: *b\n"]
    {
        assert!(differs(text), "{text:?}");
    }
}
