//! JSON Schema, by `$schema` at the root (its draft is the version), or by a file name that says so
//! together with members only a schema has.

use super::{Candidate, Grammar, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct JsonSchema;

impl Target for JsonSchema {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "json-schema", wider: &[], example: "example.schema.json" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let root = file.object()?;
        let document = file.document;
        match document.get(root, "$schema") {
            Some(node) => {
                let address = document.str(node)?;
                // Configuration files name the schema that they themselves follow.
                if !address.contains("json-schema.org/") {
                    return None;
                }
                let draft = address.trim_end_matches('#').split("json-schema.org/").nth(1)?;
                Some(Recognised::Sure(Kind {
                    name: "json-schema",
                    version: Some(draft.trim_end_matches("/schema").to_owned()),
                }))
            }
            None if file.name.ends_with(".schema.json")
                || file.name.ends_with(".schema.yaml")
                || file.name.ends_with(".schema.yml") =>
            {
                let has = |member| document.get(root, member).is_some();
                ["properties", "$ref", "allOf", "oneOf", "anyOf", "$defs", "definitions", "items", "enum"]
                    .into_iter()
                    .any(has)
                    .then_some(Recognised::Sure(Kind { name: "json-schema", version: None }))
            }
            None => None,
        }
    }

    fn grammar(&self, _: &str) -> Grammar {
        Grammar::JsonSchema
    }
}
