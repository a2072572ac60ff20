//! Words of a description's grammar in paths. `$..properties` means the properties of schemas: not a
//! member of that name in an example, and not a property that is called so. What is data, and where keys
//! are names that somebody chose, is told by the key above, as in [`crate::reference`].

use super::expr::{Path, Segment, Selector};
use std::sync::Arc;

/// Keys that are part of the grammar of OpenAPI, AsyncAPI and JSON Schema, and that rules look for at any
/// depth.
const WORDS: [&str; 32] = [
    "$defs",
    "additionalOperations",
    "additionalProperties",
    "allOf",
    "anyOf",
    "callbacks",
    "content",
    "definitions",
    "delete",
    "discriminator",
    "encoding",
    "externalDocs",
    "get",
    "head",
    "headers",
    "itemSchema",
    "items",
    "oneOf",
    "options",
    "parameters",
    "patch",
    "patternProperties",
    "post",
    "properties",
    "put",
    "query",
    "requestBodies",
    "requestBody",
    "responses",
    "schema",
    "security",
    "trace",
];

/// Below these is data.
const DATA: [&str; 5] = ["const", "default", "enum", "example", "examples"];

/// Their keys are names of properties or of schemas.
const OF_SCHEMAS: [&str; 7] = [
    "$defs",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
    "schemas",
];

/// Their keys are names of other things.
const OF_OTHERS: [&str; 16] = [
    "callbacks",
    "channels",
    "content",
    "encoding",
    "headers",
    "links",
    "mediaTypes",
    "messages",
    "operations",
    "parameters",
    "requestBodies",
    "responses",
    "scopes",
    "securityDefinitions",
    "securitySchemes",
    "variables",
];

/// What a key says of what is below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Below {
    /// The grammar goes on.
    #[default]
    Grammar,
    /// Data.
    Data,
    /// Names of properties or schemas.
    Schemas,
    /// Names of other things.
    Others,
}

impl Below {
    /// What is below a key.
    pub(super) fn of(key: &str) -> Self {
        match key {
            _ if key.starts_with("x-") || DATA.contains(&key) => Self::Data,
            _ if OF_SCHEMAS.contains(&key) => Self::Schemas,
            _ if OF_OTHERS.contains(&key) => Self::Others,
            _ => Self::Grammar,
        }
    }
}

/// Every key that says something, but for extensions.
pub(super) fn telling() -> impl Iterator<Item = &'static str> {
    DATA.into_iter().chain(OF_SCHEMAS).chain(OF_OTHERS)
}

impl Segment {
    fn is_of_words(&self) -> bool {
        let is_word =
            |selector: &Selector| matches!(selector, Selector::Name(name) if WORDS.contains(&name.as_str()));
        self.descendant && self.selectors.iter().all(is_word)
    }

    /// Whether it takes all paths of a description, among which extensions are none.
    fn is_of_paths(&self, before: Option<&Self>) -> bool {
        let is_paths = |one: &Selector| matches!(one, Selector::Name(name) if name == "paths");
        let is_all = |one: &Selector| matches!(one, Selector::Wildcard);
        !self.descendant
            && self.selectors.iter().all(is_all)
            && before.is_some_and(|before| before.selectors.iter().all(is_paths))
    }
}

impl Path {
    /// The path as it is meant of an API description or a JSON Schema: what it looks for at any depth,
    /// where that is a word of their grammar, is looked for where it is one. What a path names itself
    /// (`$..example..properties`) it enters.
    #[must_use]
    pub fn of_grammar(mut self) -> Self {
        let before = || std::iter::once(None).chain(self.segments.iter().map(Some));
        let is_marked = |segment: &Segment, before| segment.is_of_words() || segment.is_of_paths(before);
        if self.segments.iter().zip(before()).any(|(segment, before)| is_marked(segment, before)) {
            let marked = self.segments.iter().zip(before());
            let marked = marked
                .map(|(segment, before)| Segment { words: is_marked(segment, before), ..segment.clone() });
            self.segments = marked.collect::<Vec<_>>().into();
        }
        self.then = self.then.map(|then| Arc::new(Self::clone(&then).of_grammar()));
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Limits, yaml};
    use crate::path::{Alone, Follow, NodeRef, Path, PathSet};
    use crate::text::Text;
    use std::sync::Arc;

    const DESCRIPTION: &str = "
paths:
  /a:
    parameters: [{ name: q, schema: { properties: { deep: 1 } } }]
    get: { responses: { default: { content: { example: { schema: { properties: { b: 1 } } } } } } }
  x-internal: { get: { responses: {} } }
components:
  schemas:
    properties: { type: object, properties: { properties: { properties: { c: 1 } }, default: { properties: { d: 1 } } } }
    Place:
      properties: { e: 1 }
      example: { properties: { no: 1 } }
      default: { properties: { no: 1 } }
      enum: [{ properties: { no: 1 } }]
      x-origin: { properties: { no: 1 } }
  examples: { one: { value: { properties: { no: 1 } } } }
  headers: { x-request-id: { schema: { properties: { f: 1 } } } }
";

    fn hits(texts: &[&str], of_grammar: bool) -> Vec<String> {
        let document = yaml::parse(Arc::new(Text::from(DESCRIPTION)), Limits::default());
        let parsed = texts.iter().map(|text| Path::parse(text).unwrap());
        let paths: Vec<Path> = parsed.map(|path| if of_grammar { path.of_grammar() } else { path }).collect();
        let root = NodeRef { doc: 0, node: document.root().unwrap() };
        let mut found = Vec::new();
        PathSet::new(&paths)
            .run(&Alone(&document), root, Follow::None, &mut |hit, _| {
                found.push(document.pointer_of(hit.at.node));
            })
            .unwrap();
        found.sort();
        found.dedup();
        found
    }

    #[test]
    fn a_word_is_looked_for_where_it_is_one() {
        let wanted = [
            "/components/headers/x-request-id/schema/properties/f",
            "/components/schemas/Place/properties/e",
            "/components/schemas/properties/properties/default",
            "/components/schemas/properties/properties/default/properties/d",
            "/components/schemas/properties/properties/properties",
            "/components/schemas/properties/properties/properties/properties/c",
            "/paths/~1a/get/responses/default/content/example/schema/properties/b",
            "/paths/~1a/parameters/0/schema/properties/deep",
        ];
        assert_eq!(hits(&["$..properties[*]"], true), wanted);
        // Others in the same set do not change that, nor what they find.
        let all = hits(&["$..properties[*]"], false);
        assert!(all.iter().filter(|one| one.ends_with("/no")).count() == 5, "{all:?}");
        assert_eq!(hits(&["$..properties[*]", "$..[?@.nothing]", "$..value"], true).len(), wanted.len() + 1);
    }

    #[test]
    fn a_descent_begins_with_what_the_key_above_says() {
        let within = hits(&["$.components.schemas..properties"], true);
        let wanted = [
            "/components/schemas/Place/properties",
            "/components/schemas/properties/properties",
            "/components/schemas/properties/properties/default/properties",
            "/components/schemas/properties/properties/properties/properties",
        ];
        assert_eq!(within, wanted);
        // What a path names it enters.
        let entered = hits(&["$..example..properties"], true);
        let wanted = [
            "/components/schemas/Place/example/properties",
            "/paths/~1a/get/responses/default/content/example/schema/properties",
        ];
        assert_eq!(entered, wanted);
    }

    #[test]
    fn extensions_are_no_paths() {
        assert_eq!(hits(&["$.paths[*].get"], true), ["/paths/~1a/get"]);
        assert_eq!(hits(&["$.paths[*].get"], false).len(), 2);
        assert_eq!(hits(&["$.paths['x-internal'].get"], true), ["/paths/x-internal/get"]);
    }
}
