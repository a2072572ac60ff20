//! Messages, places and limits. That verdicts are right is for tests/schema_suite.rs.

use super::*;
use crate::document::{Builder, Format, Kind, Limits, flag};
use crate::text::{Span, Text};
use serde_json::json;
use std::sync::Arc;

/// A document that holds a value, scalars as decoded text.
fn tree(value: &Value) -> Document {
    build(|builder| add(builder, value))
}

fn build(fill: impl FnOnce(&mut Builder)) -> Document {
    let limits = Limits { depth: 4_000, ..Limits::default() };
    let mut builder = Builder::new(Arc::new(Text::from("")), Format::Synthetic, limits);
    fill(&mut builder);
    builder.finish()
}

fn add(builder: &mut Builder, value: &Value) {
    let at = Span::default();
    match value {
        Value::Null => drop(builder.scalar(Kind::Null, at, None, 0)),
        Value::Bool(value) => {
            let _ = builder.scalar(Kind::Bool, at, None, if *value { flag::TRUE } else { 0 });
        }
        Value::Number(number) => {
            let data = builder.decoded(&number.to_string());
            builder.scalar(Kind::Number, at, Some(data), 0);
        }
        Value::String(text) => {
            let data = builder.decoded(text);
            builder.scalar(Kind::String, at, Some(data), 0);
        }
        Value::Array(items) => {
            builder.open(Kind::Array, 0);
            items.iter().for_each(|item| add(builder, item));
            builder.close(0);
        }
        Value::Object(members) => {
            builder.open(Kind::Object, 0);
            for (key, member) in members {
                builder.key(key, at, 0);
                add(builder, member);
            }
            builder.close(0);
        }
    }
}

fn schema(value: Value) -> Schema {
    Schema::new(&value, Options { formats: true, ..Options::default() }).unwrap()
}

fn errors(rules: Value, value: Value) -> Vec<Violation> {
    let document = tree(&value);
    schema(rules).errors(&document, document.root().unwrap())
}

/// The one violation there must be, as "pointer: message".
fn said(rules: Value, value: Value) -> String {
    let found = errors(rules, value);
    assert_eq!(found.len(), 1, "{found:?}");
    format!("{}: {}", found[0].instance_pointer, found[0].message)
}

#[test]
fn a_schema_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Schema>();
}

#[test]
fn messages_are_sentences() {
    let cases = [
        (json!({"required": ["title"]}), json!({}), ": The required member \"title\" is missing."),
        (json!({"type": "string"}), json!(5), ": The value must be a string, not a number."),
        (
            json!({"type": ["integer", "null"]}),
            json!(1.5),
            ": The value must be null or an integer, not 1.5.",
        ),
        (
            json!({"items": {"type": "object"}}),
            json!([{}, []]),
            "/1: The value must be an object, not an array.",
        ),
        (
            json!({"enum": ["open", "closed"]}),
            json!("opem"),
            ": The value must be one of \"open\" or \"closed\", not \"opem\". Did you mean \"open\"?",
        ),
        (json!({"const": {"a": 1}}), json!([]), ": The value must be an object."),
        (json!({"const": "2.0"}), json!("3.0"), ": The value must be \"2.0\", not \"3.0\"."),
        (json!({"pattern": "^[a-z]+$"}), json!("A"), ": \"A\" does not match the pattern ^[a-z]+$."),
        (json!({"format": "uuid"}), json!("x"), ": \"x\" is not a UUID."),
        (json!({"minimum": 3}), json!(2), ": 2 is less than the minimum of 3."),
        (json!({"exclusiveMaximum": 3}), json!(3), ": 3 is not less than 3."),
        (json!({"multipleOf": 0.5}), json!(0.75), ": 0.75 is not a multiple of 0.5."),
        (json!({"minLength": 1}), json!(""), ": The string must not be empty."),
        (json!({"maxLength": 2}), json!("abc"), ": \"abc\" is longer than 2 characters."),
        (json!({"minItems": 2}), json!([1]), ": The array must have 2 items at least."),
        (json!({"maxProperties": 1}), json!({"a": 1, "b": 2}), ": The object may have 1 member at most."),
        (
            json!({"uniqueItems": true}),
            json!([1, {"a": 1, "b": [2]}, "x", {"b": [2.0], "a": 1}]),
            ": The items of the array must differ; the 2nd and the 4th are equal.",
        ),
        (
            json!({"contains": {"const": 1}}),
            json!([2]),
            ": No item of the array is of the kind it must contain.",
        ),
        (json!({"properties": {"a": false}}), json!({"a": 1}), "/a: The member \"a\" is not allowed here."),
        (json!({"not": {"type": "null"}}), json!(null), ": The value is of the kind that is excluded here."),
        (
            json!({"propertyNames": {"maxLength": 2}}),
            json!({"abc": 1}),
            "/abc: The member name \"abc\" is not allowed: \"abc\" is longer than 2 characters.",
        ),
        (
            json!({"oneOf": [{"type": "integer"}, {"minimum": 2}, {"const": "x"}]}),
            json!(3),
            ": The value must fit exactly one of the alternatives, but fits the 1st and the 2nd.",
        ),
        (
            json!({"dependentRequired": {"a": ["b"]}}),
            json!({"a": 1}),
            ": The member \"b\", which another member requires, is missing.",
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "array"}]}),
            json!(1),
            ": The value must be a string or an array, not a number.",
        ),
    ];
    for (rules, value, expected) in cases {
        assert_eq!(said(rules, value), expected);
    }
}

#[test]
fn long_values_are_cut() {
    let long = "x".repeat(5000);
    let message = said(json!({"maxLength": 2}), json!(long));
    assert!(message.chars().count() < 100, "{message}");
}

#[test]
fn each_unexpected_member_is_its_own_violation_with_a_hint() {
    let rules = json!({
        "$ref": "#/$defs/info",
        "$defs": {"info": {
            "properties": {"title": {}, "version": {}},
            "patternProperties": {"^x-": {}},
            "additionalProperties": false
        }}
    });
    let document = tree(&json!({"titel": 1, "version": 2, "zzz": 3, "x-a": 4}));
    let root = document.root().unwrap();
    let found = schema(rules).errors(&document, root);
    let told: Vec<_> = found.iter().map(|violation| violation.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "The member \"titel\" is not allowed here. Did you mean \"title\"?",
            "The member \"zzz\" is not allowed here."
        ]
    );
    assert_eq!(found[0].node, document.get(root, "titel").unwrap());
    assert_eq!(found[1].at_key.as_deref(), Some("zzz"));
    assert_eq!(found[0].schema_pointer, "/$defs/info/additionalProperties");
    assert_eq!(found[0].keyword, "additionalProperties");
    assert_eq!(found[0].kind, ViolationKind::AdditionalProperty { name: "titel".into() });
}

#[test]
fn unevaluated_members_know_the_names_of_all_branches() {
    let rules = json!({
        "allOf": [{"properties": {"name": {}}}, {"$ref": "#/$defs/b"}],
        "unevaluatedProperties": false,
        "$defs": {"b": {"properties": {"colour": {}}}}
    });
    assert_eq!(
        said(rules, json!({"name": 1, "color": 2})),
        "/color: The member \"color\" is not allowed here. Did you mean \"colour\"?"
    );
}

#[test]
fn the_branch_that_was_meant_is_told() {
    let rules = json!({
        "oneOf": [
            {"$ref": "#/$defs/Cat"},
            {"properties": {"kind": {"const": "dog"}, "bark": {"type": "boolean"}}, "required": ["kind", "bark"]},
        ],
        "$defs": {"Cat": {"properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}}, "required": ["kind"]}}
    });
    let found = errors(rules.clone(), json!({"kind": "cat", "lives": "nine"}));
    assert_eq!(
        found[0].message,
        "The value fits none of the 2 alternatives. Nearest is \"Cat\": The value must be an integer, not a string."
    );
    assert_eq!(found[0].kind, ViolationKind::NoBranch { branches: 2, closest: Some(0), decisive: true });
    let exact: Vec<_> = found.into_iter().flat_map(Violation::most_exact).collect();
    assert_eq!(exact.len(), 1);
    assert_eq!((exact[0].instance_pointer.as_str(), exact[0].keyword.as_str()), ("/lives", "type"));

    // No telltale fits: the choice itself stays the finding.
    let found = errors(rules, json!({"kind": "cow"}));
    assert!(matches!(found[0].kind, ViolationKind::NoBranch { decisive: false, .. }), "{found:?}");
    assert_eq!(found[0].clone().most_exact(), found);
}

#[test]
fn aliases_and_merge_keys_are_walked() {
    // base: &b {name: 1, port: "x"}, use: {<<: *b, name: n}, also: *b
    let document = build(|b| {
        let at = Span::default();
        b.open(Kind::Object, 0);
        b.key("base", at, 0);
        let base = b.open(Kind::Object, 0).unwrap();
        b.key("name", at, 0);
        add(b, &json!(1));
        b.key("port", at, 0);
        add(b, &json!("x"));
        b.close(0);
        b.key("use", at, 0);
        b.open(Kind::Object, 0);
        b.key("<<", at, flag::MERGE);
        b.alias(at, base, 3);
        b.key("name", at, 0);
        add(b, &json!("n"));
        b.close(0);
        b.key("also", at, 0);
        b.alias(at, base, 3);
        b.close(0);
    });
    let root = document.root().unwrap();
    let named = json!({"properties": {"name": {"type": "string"}, "port": {"type": "integer"}},
        "additionalProperties": false, "minProperties": 2, "maxProperties": 2});
    let rules = schema(json!({"properties": {"use": named, "also": {"type": "string"}}}));
    let found = rules.errors(&document, root);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].instance_pointer, "/use/port");
    let base = document.get(root, "base").unwrap();
    assert_eq!(found[0].node, document.get(base, "port").unwrap());
    assert_eq!(found[1].node, document.get(root, "also").unwrap());
    assert_eq!(document.node(found[1].node).kind, Kind::Alias);
}

#[test]
fn a_part_of_a_document_is_validated_by_itself() {
    let document = tree(&json!({"a": [{"b": 1}]}));
    let part = document.pointer(document.root().unwrap(), "/a/0").unwrap();
    let found = schema(json!({"properties": {"b": {"type": "string"}}})).errors(&document, part);
    assert_eq!(found[0].node, document.pointer(part, "/b").unwrap());
    assert_eq!(found[0].instance_pointer, "/b");
}

#[test]
fn infinity_is_no_number() {
    let document = build(|b| {
        let data = b.decoded("-.inf");
        b.scalar(Kind::Number, Span::default(), Some(data), 0);
    });
    let root = document.root().unwrap();
    let found = schema(json!({"type": "number"})).errors(&document, root);
    assert_eq!(found[0].message, "The value must be a number; JSON has no number -.inf.");
    assert!(schema(json!({"type": "string", "const": "-.inf"})).is_valid(&document, root));
}

#[test]
fn numbers_beyond_doubles_are_whole_numbers() {
    let document = build(|b| {
        let data = b.decoded("1e999");
        b.scalar(Kind::Number, Span::default(), Some(data), 0);
    });
    let root = document.root().unwrap();
    assert!(schema(json!({"type": "integer"})).is_valid(&document, root));
    assert_eq!(schema(json!({"type": "string"})).errors(&document, root).len(), 1);
}

#[test]
fn references_lead_only_to_what_was_handed_over() {
    let rules = json!({"properties": {"a": {"$ref": "https://example.com/a.json#/$defs/x"}}});
    let error = Schema::new(&rules, Options::default()).unwrap_err();
    assert_eq!(
        error.message,
        "The reference to https://example.com/a.json leads outside the documents given; nothing is fetched."
    );
    assert_eq!(error.pointer, "/properties/a/$ref");

    let external = vec![("https://example.com/a.json".to_owned(), json!({"$defs": {"x": {"type": "null"}}}))];
    let known = Schema::new(&rules, Options { external, ..Options::default() }).unwrap();
    let document = tree(&json!({"a": 1}));
    let found = known.errors(&document, document.root().unwrap());
    assert_eq!(found[0].schema_pointer, "https://example.com/a.json#/$defs/x/type");

    for uri in ["file:///etc/passwd", "ftp://example.com/x"] {
        let error = Schema::new(&json!({"$ref": uri}), Options::default()).unwrap_err();
        assert!(error.message.contains("nothing is fetched"), "{error}");
    }
}

#[test]
fn wrong_schemas_are_told_with_their_place() {
    let tell = |value: Value| {
        let error = Schema::new(&value, Options::default()).unwrap_err();
        (error.message, error.pointer)
    };
    let (message, pointer) = tell(json!({"properties": {"a": {"type": "strng"}}}));
    assert!(message.starts_with("This is no valid schema: The value"), "{message}");
    assert_eq!(pointer, "/properties/a/type");
    let (message, pointer) = tell(json!({"items": {"pattern": "("}}));
    assert_eq!(message, "This is no valid schema: \"(\" is not a regular expression.");
    assert_eq!(pointer, "/items/pattern");
    let (message, pointer) = tell(json!({"items": {"$ref": "#/$defs/gone"}}));
    assert_eq!(message, "The reference to \"/$defs/gone\" leads nowhere.");
    assert_eq!(pointer, "/items/$ref");
}

#[test]
fn an_unknown_dialect_is_read_as_the_newest() {
    let rules = json!({"$schema": "https://example.com/dialect", "prefixItems": [{"type": "null"}]});
    assert_eq!(said(rules, json!([1])), "/0: The value must be null, not a number.");
}

fn nested(levels: usize, inner: Value, wrap: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(inner, |inner, _| wrap(inner))
}

#[test]
fn deep_schemas_are_refused_and_deep_documents_are_not() {
    let deep = |levels| nested(levels, json!({}), |inner| json!({ "not": inner }));
    assert!(Schema::new(&deep(500), Options::default()).is_ok());
    let error = Schema::new(&deep(501), Options::default()).unwrap_err();
    assert_eq!(error.message, "The schema nests more than 500 levels deep.");

    let rules = schema(json!({"anyOf": [{"type": "array", "items": {"$ref": "#"}}, {"const": 7}]}));
    for (leaf, valid) in [(7, true), (8, false)] {
        let value = nested(3_900, json!(leaf), |inner| json!([inner]));
        let document = tree(&value);
        let root = document.root().unwrap();
        assert_eq!(rules.is_valid(&document, root), valid);
        assert_eq!(rules.errors(&document, root).is_empty(), valid);
        // serde_json drops recursively too, but has room for this.
    }
}

#[test]
fn patterns_that_backtrack_are_given_up() {
    let rules = schema(json!({"properties": {"a": {"pattern": r"^(?=x)((x+)+)+\2y$"}}}));
    let document = tree(&json!({"a": "x".repeat(200), "b": [1]}));
    let root = document.root().unwrap();
    assert!(!rules.is_valid(&document, root));
    let found = rules.errors(&document, root);
    assert_eq!(found[0].kind, ViolationKind::Undecided, "{found:?}");
    assert_eq!(found[0].instance_pointer, "/a");
}

#[test]
fn a_missing_member_names_the_object_that_lacks_it() {
    let document = tree(&json!({"info": {}}));
    let root = document.root().unwrap();
    let found = schema(json!({"properties": {"info": {"required": ["title"]}}})).errors(&document, root);
    assert_eq!(found[0].node, document.get(root, "info").unwrap());
    assert_eq!(found[0].at_key.as_deref(), Some("title"));
    assert_eq!(found[0].kind, ViolationKind::Required { property: "title".into() });
}
