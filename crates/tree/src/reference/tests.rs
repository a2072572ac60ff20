use super::*;
use crate::document::{Limits, json, yaml};
use crate::text::Text;

struct Files(Vec<(&'static str, &'static str)>);

fn parsed(path: &str, text: &str) -> Arc<Document> {
    let text = Arc::new(Text::from(text));
    Arc::new(if path.ends_with(".json") {
        json::parse(text, Limits::default())
    } else {
        yaml::parse(text, Limits::default())
    })
}

impl Provider for Files {
    fn load(&self, path: &str) -> Result<Arc<Document>, LoadError> {
        if path.ends_with(".md") {
            return Err(LoadError::NotData("Markdown".to_owned()));
        }
        if path == "folder" {
            return Err(LoadError::Directory);
        }
        self.0
            .iter()
            .find(|(name, _)| *name == path)
            .map(|(_, text)| parsed(path, text))
            .ok_or(LoadError::NotFound)
    }
}

fn build(grammar: Grammar, files: &[(&'static str, &'static str)]) -> Bundle {
    let document = parsed(files[0].0, files[0].1);
    let root = document.root().unwrap();
    Bundle::build(files[0].0, document, root, grammar, &Files(files.to_vec()))
}

fn codes(grammar: Grammar, files: &[(&'static str, &'static str)]) -> Vec<&'static str> {
    build(grammar, files).issues().iter().map(RefIssue::code).collect()
}

fn schema(reference: &str) -> &'static str {
    Box::leak(format!("openapi: 3.0.3\npaths: {{}}\ncomponents:\n  schemas:\n    A: {{$ref: '{reference}'}}\n    B: {{type: object}}\n").into_boxed_str())
}

#[test]
fn each_fault_has_its_name() {
    for (reference, code) in [
        ("#/components/schemas/C", "ref-dangling"),
        ("other.yaml", "ref-missing-file"),
        ("https://example.org/x.yaml", "ref-remote"),
        ("../x.yaml", "ref-outside-root"),
        ("folder", "ref-directory"),
        ("x.md", "ref-not-data"),
        ("#/components/schemas/A", "ref-self"),
    ] {
        assert_eq!(codes(Grammar::OpenApi3, &[("a.yaml", schema(reference))]), [code], "{reference}");
    }
    assert!(codes(Grammar::OpenApi3, &[("a.yaml", schema("#/components/schemas/B"))]).is_empty());
    let cycle = "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n";
    assert_eq!(codes(Grammar::OpenApi3, &[("a.yaml", cycle)]), ["ref-cycle", "ref-cycle"]);
    let legal = "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {properties: {next: {$ref: '#/components/schemas/A'}}}}}\n";
    assert!(codes(Grammar::OpenApi3, &[("a.yaml", legal)]).is_empty());
}

#[test]
fn places_decide_what_is_a_reference() {
    let text = "openapi: 3.0.3
paths:
  /a:
    get:
      responses:
        default: {$ref: '#/components/responses/Gone'}
        '200':
          description: ok
          content:
            application/json:
              example: {$ref: '#/not/a/reference'}
              examples: {E: {$ref: '#/components/examples/Gone'}, F: {value: {$ref: '#/data'}}}
              schema:
                default: {$ref: '#/data'}
                enum: [{$ref: '#/data'}]
                properties:
                  enum: {$ref: '#/components/schemas/Gone'}
                  $ref: {type: string}
      x-note: {$ref: '#/data'}
    post: {$ref: 'op.yaml'}
";
    let bundle = build(
        Grammar::OpenApi3,
        &[("a.yaml", text), ("op.yaml", "responses: {default: {$ref: '#/nowhere'}}\n")],
    );
    let found: Vec<String> = bundle
        .issues()
        .iter()
        .map(|issue| {
            format!("{} {}", issue.code(), bundle.document(issue.at().doc).scalar(issue.at().node).unwrap())
        })
        .collect();
    assert_eq!(
        found,
        [
            "ref-dangling #/components/responses/Gone",
            "ref-dangling #/components/examples/Gone",
            "ref-dangling #/components/schemas/Gone",
            "ref-non-portable op.yaml",
            "ref-dangling #/nowhere",
        ]
    );
}

#[test]
fn schemas_are_found_by_anchor_id_and_pointer() {
    let text = r##"{"$id": "https://x.org/s.json", "$ref": "#name", "$defs": {"a": {"$anchor": "name"}, "b": {"$ref": "https://x.org/s.json#/$defs/a"}, "c": {"$ref": "t.json"}}}"##;
    assert_eq!(codes(Grammar::JsonSchema, &[("s.json", text)]), ["ref-remote"]);
    assert!(codes(Grammar::JsonSchema, &[("s.json", text), ("t.json", "{}")]).is_empty());
}

#[test]
fn siblings_are_told_where_they_are_ignored() {
    let text = |version: &str| -> &'static str {
        Box::leak(format!("openapi: {version}\npaths: {{}}\ncomponents: {{schemas: {{A: {{$ref: '#/components/schemas/B', description: x}}, B: {{type: object}}}}}}\n").into_boxed_str())
    };
    assert_eq!(codes(Grammar::OpenApi3, &[("a.yaml", text("3.0.3"))]), ["ref-siblings"]);
    assert!(codes(Grammar::OpenApi3, &[("a.yaml", text("3.1.0"))]).is_empty());
}

#[test]
fn long_chains_neither_hang_nor_overflow() {
    let mut text = String::from("{\"openapi\": \"3.0.3\", \"paths\": {}, \"components\": {\"schemas\": {");
    for at in 0..20_000 {
        text.push_str(&format!("\"S{at}\": {{\"$ref\": \"#/components/schemas/S{}\"}}, ", at + 1));
    }
    text.push_str("\"S20000\": {}}}}");
    let bundle = build(Grammar::OpenApi3, &[("a.json", Box::leak(text.into_boxed_str()))]);
    assert!(bundle.issues().is_empty());
    let document = bundle.document(0);
    let first = document.pointer(document.root().unwrap(), "/components/schemas/S0").unwrap();
    let last = document.pointer(document.root().unwrap(), "/components/schemas/S20000").unwrap();
    assert_eq!(bundle.follow(NodeRef { doc: 0, node: first }), Some(NodeRef { doc: 0, node: last }));
}

#[test]
fn schemas_are_found_by_the_addresses_they_give_themselves() {
    let root = r##"{
        "$id": "https://example.org/schemas/person.json",
        "properties": {
            "home": { "$ref": "address.json" },
            "work": { "$ref": "https://example.org/schemas/address.json#/properties/town" },
            "own": { "$ref": "#/$defs/name" },
            "inner": { "$ref": "inner.json#/$defs/deep" },
            "gone": { "$ref": "#/$defs/nome" }
        },
        "$defs": {
            "name": { "type": "string" },
            "inner": {
                "$id": "inner.json",
                "properties": { "deep": { "$ref": "#/$defs/deep" }, "outer": { "$ref": "#/$defs/name" } },
                "$defs": { "deep": { "type": "integer" } }
            }
        }
    }"##;
    struct ById(Files);
    impl Provider for ById {
        fn load(&self, path: &str) -> Result<Arc<Document>, LoadError> {
            self.0.load(path)
        }
        fn path_of_id(&self, address: &str) -> Option<String> {
            (address == "https://example.org/schemas/address.json").then(|| "elsewhere/a.json".to_owned())
        }
    }
    let files = ById(Files(vec![("elsewhere/a.json", r#"{"properties":{"town":{"type":"string"}}}"#)]));
    let document = parsed("p.json", root);
    let node = document.root().unwrap();
    let bundle = Bundle::build("p.json", Arc::clone(&document), node, Grammar::JsonSchema, &files);
    let codes: Vec<_> = bundle.issues().iter().map(RefIssue::message).collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    let ends = |pointer: &str| {
        let node = document.pointer(document.root().unwrap(), pointer).unwrap();
        let end = bundle.follow(NodeRef { doc: 0, node }).unwrap();
        let found = bundle.document(end.doc);
        (end.doc, found.get(end.node, "type").and_then(|node| found.str(node)).map(str::to_owned))
    };
    assert_eq!(ends("/properties/home"), (1, None));
    assert_eq!(ends("/properties/work"), (1, Some("string".to_owned())));
    assert_eq!(ends("/properties/own"), (0, Some("string".to_owned())));
    assert_eq!(ends("/properties/inner"), (0, Some("integer".to_owned())));
    assert_eq!(ends("/$defs/inner/properties/deep"), (0, Some("integer".to_owned())));
    assert_eq!(ends("/$defs/inner/properties/outer"), (0, Some("string".to_owned())));
    let gone = document.pointer(document.root().unwrap(), "/properties/gone").unwrap();
    assert!(bundle.unresolved(NodeRef { doc: 0, node: gone }));
}

#[test]
fn what_a_discriminator_or_a_dynamic_reference_names_counts_as_referred_to() {
    let text = "openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas:\n    Pet:\n      discriminator:\n        propertyName: kind\n        mapping: {cat: Cat, dog: '#/components/schemas/Dog', cow: '#/components/schemas/Cow'}\n    Cat: {type: object}\n    Dog: {$dynamicRef: '#node'}\n    Node: {$dynamicAnchor: node}\n";
    let bundle = build(Grammar::OpenApi3, &[("a.yaml", text)]);
    let codes: Vec<_> = bundle.issues().iter().map(RefIssue::code).collect();
    assert_eq!(codes, ["ref-dangling"], "Cow is not there");
    let document = bundle.document(0);
    for name in ["Cat", "Dog", "Node"] {
        let node =
            document.pointer(document.root().unwrap(), &format!("/components/schemas/{name}")).unwrap();
        assert!(bundle.referenced(NodeRef { doc: 0, node }), "{name}");
    }
}
