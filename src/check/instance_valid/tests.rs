//! Values against the schemas they stand in or beside, and what schemas of strangers may cost.

use super::super::{Compile, Context, Subject, Violation};
use crate::bundle::{Bundle, Store};
use crate::finding::FileId;
use crate::workspace::{Memory, Workspace};
use assize_tree::document::{Format, Limits, detect};
use assize_tree::reference::Grammar;
use assize_tree::text::Text;
use serde_json::json;
use std::sync::Arc;

/// What is wrong, and why it cannot be told of all.
fn judge(text: &str, of: &[&str]) -> (Vec<String>, Option<String>) {
    let workspace =
        Workspace::new(Box::new(Memory::default().with("api.yaml", text)), Limits::default(), true);
    let document = Arc::new(detect::parse(Format::Yaml, Arc::new(Text::from(text)), Limits::default()));
    assert_eq!(document.problems(), [], "{text}");
    let grammar = match document.get(document.root().unwrap(), "openapi") {
        Some(_) => Grammar::OpenApi3,
        None if document.get(document.root().unwrap(), "swagger").is_some() => Grammar::OpenApi2,
        None => Grammar::JsonSchema,
    };
    let store = Store::new(&workspace, vec![Some(Arc::clone(&document))], None);
    let root = document.root().unwrap();
    let bundle = Bundle::build(&store, FileId(0), document, root, Some(grammar));
    let compile = Compile { read: &|_| Err(String::new()), tested: false, worded: true };
    let check = super::make(&json!({ "of": of }), &compile).unwrap();
    let cx = Context {
        bundle: &bundle,
        at: bundle.root(),
        missing: None,
        workspace: &workspace,
        files: &[],
        changed_only: false,
        stands_for: None,
    };
    let mut found: Vec<Violation> = Vec::new();
    let outcome = check.run(&cx, Subject::Node(bundle.root()), &mut found);
    (found.into_iter().map(|one| one.error).collect(), outcome.err().map(|why| why.0))
}

const ALL: &[&str] = &["example", "examples", "default", "enum"];

fn schemas(version: &str, schemas: &str) -> String {
    format!(
        "openapi: {version}\ninfo: {{ title: A, version: '1' }}\npaths: {{}}\ncomponents: {{ schemas: {schemas} }}\n"
    )
}

#[test]
fn values_follow_their_schemas() {
    for (version, text, wrong) in [
        ("3.0.3", "{ A: { type: string, example: 5 } }", 1),
        ("3.0.3", "{ A: { type: string, example: a } }", 0),
        ("3.0.3", "{ A: { type: integer, default: 0, minimum: 1 } }", 1),
        // What the two dialects call by one name.
        ("3.0.3", "{ A: { type: integer, default: 1, minimum: 1, exclusiveMinimum: true } }", 1),
        ("3.1.0", "{ A: { type: integer, default: 1, exclusiveMinimum: 1 } }", 1),
        ("3.0.3", "{ A: { type: string, nullable: true, enum: [a, null] } }", 0),
        ("3.0.3", "{ A: { type: string, enum: [a, null] } }", 1),
        ("3.1.0", "{ A: { type: [string, 'null'], examples: [a, null, 3] } }", 1),
        // A property may be called as a keyword is.
        (
            "3.0.3",
            "{ A: { type: object, properties: { example: { type: string }, default: { type: integer } } } }",
            0,
        ),
        // References, also within themselves, and what goes one way only.
        (
            "3.0.3",
            "{ A: { type: object, properties: { a: { $ref: '#/components/schemas/A' }, n: { type: integer } }, example: { a: { a: { n: x } } } } }",
            1,
        ),
        (
            "3.0.3",
            "{ A: { allOf: [{ $ref: '#/components/schemas/B' }], example: { name: a } }, B: { required: [id, name], properties: { id: { type: string, readOnly: true }, name: { type: string } } } }",
            0,
        ),
        ("3.0.3", "{ A: { type: string, format: date, example: '2026-02-30' } }", 1),
        ("3.0.3", "{ A: { type: string, format: hostname, example: 'a b' } }", 0),
        ("3.0.3", "{ A: { allOf: [{ type: string, maxLength: 3 }, { enum: [a, long] }] } }", 1),
        // One value, one fault.
        (
            "3.0.3",
            "{ A: { type: object, properties: { a: { type: string }, b: { type: string } }, example: { a: 1, b: 2 } } }",
            1,
        ),
        ("3.0.3", "{ A: { type: object, example: '{ \"a\": 1 }' } }", 0),
        ("3.0.3", "{ A: { type: object, required: [b], example: '{ \"a\": 1 }' } }", 1),
    ] {
        let (found, why) = judge(&schemas(version, text), ALL);
        assert_eq!((found.len(), why), (wrong, None), "{text}: {found:?}");
    }
}

#[test]
fn a_discriminator_chooses() {
    let pets = |value: &str| {
        schemas(
            "3.0.3",
            &format!(
                "{{ Pet: {{ oneOf: [{{ $ref: '#/components/schemas/Cat' }}, {{ $ref: '#/components/schemas/Dog' }}], discriminator: {{ propertyName: kind, mapping: {{ hound: '#/components/schemas/Dog' }} }}, example: {value} }}, Cat: {{ type: object, properties: {{ kind: {{ type: string }} }} }}, Dog: {{ type: object, required: [bark], properties: {{ kind: {{ type: string }}, bark: {{ type: string }} }} }} }}"
            ),
        )
    };
    for (value, wrong) in [
        ("{ kind: Cat }", 0),
        ("{ kind: Dog, bark: loud }", 0),
        ("{ kind: hound, bark: loud }", 0),
        ("{ kind: hound }", 1),
        ("{ kind: Monkey }", 1),
    ] {
        let (found, why) = judge(&pets(value), ALL);
        assert_eq!((found.len(), why), (wrong, None), "{value}: {found:?}");
    }
}

#[test]
fn bodies_and_parameters_are_read_as_they_are_sent() {
    let operation = |parameter: &str, content: &str| {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: A, version: '1' }}\npaths:\n  /a:\n    get:\n      parameters: [{{ name: p, in: query, {parameter} }}]\n      responses: {{ '200': {{ description: A, content: {{ {content} }} }} }}\n"
        )
    };
    for (parameter, content, wrong) in [
        ("schema: { type: integer }, example: x, description: a", "", 0),
        ("schema: { type: integer, minimum: 3 }, example: 2", "", 1),
        ("schema: { type: string }, example: 2", "", 0),
        ("schema: { type: string, enum: [a] }, example: b", "", 1),
        ("schema: {}", "application/json: { schema: { type: integer }, example: x }", 1),
        (
            "schema: {}",
            "application/json: { schema: { type: integer }, examples: { a: { value: x }, b: { externalValue: c }, d: { value: 1 } } }",
            1,
        ),
        ("schema: {}", "application/xml: { schema: { type: object }, example: '<a/>' }", 0),
        ("schema: {}", "text/csv: { schema: { type: array }, example: 'a,b' }", 0),
    ] {
        let (found, why) = judge(&operation(parameter, content), ALL);
        assert_eq!((found.len(), why), (wrong, None), "{parameter} {content}: {found:?}");
    }
    let second = "swagger: '2.0'\ninfo: { title: A, version: '1' }\npaths: { /a: { get: { responses: { '200': { description: A, schema: { type: integer }, examples: { application/json: x, text/plain: x } } } } } }\n";
    assert_eq!(judge(second, ALL).0.len(), 1);
    let schema = "$schema: https://json-schema.org/draft/2020-12/schema\nproperties: { a: { type: string, default: 1 } }\nexamples: [{ a: 2 }, { a: b }]\n";
    assert_eq!(judge(schema, ALL).0.len(), 2);
    assert_eq!(judge(schema, &["default"]).0.len(), 1);
}

#[test]
fn a_discriminator_of_what_is_extended_names_a_schema() {
    for (value, listed, wrong) in [
        ("Dog", "", 0),
        ("dog", "", 0),
        ("Elephant", "", 1),
        ("https://example.org/Elephant", "", 0),
        // What the property lists counts alone.
        ("Elephant", ", enum: [Elephant]", 0),
    ] {
        let text = format!(
            "{{ Pet: {{ type: object, required: [kind], properties: {{ kind: {{ type: string{listed} }} }}, discriminator: {{ propertyName: kind, mapping: {{ dog: '#/components/schemas/Dog' }} }} }}, Dog: {{ allOf: [{{ $ref: '#/components/schemas/Pet' }}], example: {{ kind: '{value}' }} }} }}"
        );
        assert_eq!(judge(&schemas("3.0.3", &text), ALL).0.len(), wrong, "{value}{listed}");
    }
    // Where nothing extends it, who knows what will.
    let alone = "{ Pet: { type: object, properties: { kind: { type: string } }, discriminator: { propertyName: kind }, example: { kind: Elephant } } }";
    assert_eq!(judge(&schemas("3.0.3", alone), ALL), (Vec::new(), None));
}

#[test]
fn what_cannot_be_told_says_why() {
    // A circle without a step into the value, choices that double, a reference to nothing.
    for (text, word) in [
        ("{ A: { allOf: [{ $ref: '#/components/schemas/A' }], example: 1 } }".to_owned(), "leads back"),
        (
            format!(
                "{{ {} S40: {{ type: string }} }}",
                (0..40)
                    .map(|at| {
                        let next = format!("{{ $ref: '#/components/schemas/S{}' }}", at + 1);
                        format!("S{at}: {{ anyOf: [{next}, {next}], example: 1 }},")
                    })
                    .collect::<String>()
            ),
            "choices",
        ),
        (
            "{ A: { allOf: [{ $ref: '#/components/schemas/B' }], example: 1 } }".to_owned(),
            "could not be read",
        ),
        ("{ A: { type: fantastic, example: 1 } }".to_owned(), "cannot be used"),
    ] {
        let (_, why) = judge(&schemas("3.0.3", &text), ALL);
        assert!(why.as_deref().is_some_and(|why| why.contains(word)), "{word}: {why:?}");
    }
    // The others are judged all the same.
    let (found, why) = judge(
        &schemas(
            "3.0.3",
            "{ A: { type: fantastic, example: 1 }, B: { type: string, maxLength: 1, example: ab } }",
        ),
        ALL,
    );
    assert_eq!((found.len(), why.is_some()), (1, true));
}
