//! Which places of a description are references and which are data. A key's name does not tell:
//! `default` is a response among responses and data in a schema; what lies in an `example` is
//! never a reference, and a property may be called `enum`.

use crate::document::{Document, Kind, NodeId};

/// The kinds of descriptions that hold references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grammar {
    /// OpenAPI 2.0.
    OpenApi2,
    /// OpenAPI 3.0 to 3.2.
    OpenApi3,
    /// AsyncAPI 2 and 3.
    AsyncApi,
    /// Arazzo 1.
    Arazzo,
    /// JSON Schema, any draft.
    JsonSchema,
}

/// What an object is in its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// Data: nothing in it is a reference.
    Data,
    /// The description itself.
    Root,
    /// An object of the description for which the specification allows no reference.
    Plain,
    /// An operation.
    Operation,
    /// A path item.
    PathItem,
    /// An object for which a reference may stand.
    Object,
    /// An example: its `value` is data.
    Example,
    /// A schema.
    Schema,
    /// Names and path items.
    PathItems,
    /// Names and objects.
    Objects,
    /// Names and schemas.
    Schemas,
    /// Names and examples.
    Examples,
    /// Names and callbacks; each of those is names and path items.
    Callbacks,
    /// The object of all components.
    Components,
}

impl Place {
    /// Whether the keys there are names that somebody chose.
    pub(super) fn is_map(self) -> bool {
        matches!(self, Self::PathItems | Self::Objects | Self::Schemas | Self::Examples | Self::Callbacks)
    }

    /// Whether the specification lets a reference stand there.
    pub(super) fn allows_reference(self) -> bool {
        matches!(self, Self::PathItem | Self::Object | Self::Example | Self::Schema)
    }

    /// What it is called in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "the description itself",
            Self::Operation => "an operation",
            Self::PathItems | Self::Callbacks => "a map of paths",
            Self::Schemas => "a map of schemas",
            Self::Objects | Self::Examples => "a map of objects",
            Self::Components => "the components",
            _ => "this object",
        }
    }
}

macro_rules! keys {
    ($($key:ident = $($text:literal)|+),* $(,)?) => {
        /// The keys that tell places apart; every other key is alike.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Key { Ref, DynamicRef, Discriminator, Extension, Other, $($key),* }

        /// The key of each symbol of a document.
        pub(super) fn keys(document: &Document) -> Vec<Key> {
            let symbols = document.symbols();
            (0..symbols.len() as u32).map(|symbol| match symbols.get(crate::document::Symbol(symbol)) {
                "$ref" => Key::Ref,
                "$dynamicRef" | "$recursiveRef" => Key::DynamicRef,
                "discriminator" => Key::Discriminator,
                $($($text)|+ => Key::$key,)*
                other if other.starts_with("x-") => Key::Extension,
                _ => Key::Other,
            }).collect()
        }
    };
}

keys! {
    SchemaMap = "properties" | "patternProperties" | "$defs" | "dependentSchemas" | "dependencies",
    Definitions = "definitions",
    Subschema = "items" | "additionalProperties" | "not" | "if" | "then" | "else" | "contains" | "propertyNames" | "allOf" | "anyOf"
        | "oneOf" | "prefixItems" | "unevaluatedProperties" | "unevaluatedItems" | "additionalItems" | "contentSchema",
    Schema = "schema" | "itemSchema",
    Schemas = "schemas",
    Payload = "payload",
    Headers = "headers",
    Inputs = "inputs",
    Example = "example",
    Examples = "examples",
    Default = "default",
    Value = "value",
    Data = "enum" | "const" | "mapping" | "bindings",
    Method = "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query",
    Paths = "paths" | "webhooks" | "pathItems",
    Callbacks = "callbacks",
    Components = "components",
    Links = "links",
    Map = "responses" | "content" | "parameters" | "requestBodies" | "securitySchemes" | "encoding" | "mediaTypes" | "channels"
        | "operations" | "messages" | "traits" | "messageTraits" | "operationTraits" | "servers" | "variables" | "correlationIds"
        | "replies" | "replyAddresses" | "serverVariables" | "serverBindings" | "successActions" | "failureActions",
    Plain = "info" | "tags" | "externalDocs" | "security" | "contact" | "license" | "description" | "securityDefinitions",
}

impl Grammar {
    pub(super) fn root(self) -> Place {
        if self == Self::JsonSchema { Place::Schema } else { Place::Root }
    }

    /// Whether members beside a `$ref` are ignored by the specification: OpenAPI 2.0 and 3.0.
    pub(super) fn ignores_siblings(self, document: &Document, root: NodeId) -> bool {
        let version =
            || document.get(root, "openapi").and_then(|node| document.scalar(node)).unwrap_or_default();
        self == Self::OpenApi2 || self == Self::OpenApi3 && version().starts_with("3.0")
    }

    /// The place of a child: a member by its key, an element by the array it stands in.
    pub(super) fn child(self, place: Place, key: Option<Key>, kind: Kind) -> Place {
        if !matches!(kind, Kind::Object | Kind::Array) {
            return Place::Data;
        }
        let Some(key) = key else {
            // An element is what the array is for; an array of a map's kind holds the map's values.
            return if place.is_map() { self.child(place, Some(Key::Other), kind) } else { place };
        };
        match place {
            Place::Data => Place::Data,
            Place::Schemas => Place::Schema,
            Place::Examples => Place::Example,
            Place::PathItems => Place::PathItem,
            Place::Callbacks => Place::PathItems,
            // In AsyncAPI 3, `parameters` and the like may hold names that begin with x-; so be it.
            Place::Objects => Place::Object,
            Place::Schema => match key {
                Key::SchemaMap | Key::Definitions => Place::Schemas,
                Key::Subschema => Place::Schema,
                _ => Place::Data,
            },
            Place::Example => Place::Data,
            Place::Root
            | Place::Plain
            | Place::Operation
            | Place::PathItem
            | Place::Object
            | Place::Components => self.member(place, key),
        }
    }

    fn member(self, place: Place, key: Key) -> Place {
        match key {
            Key::Extension | Key::Example | Key::Data | Key::Value | Key::Ref => Place::Data,
            Key::Schema => Place::Schema,
            Key::Subschema if self == Self::OpenApi2 && place == Place::Object => Place::Schema,
            Key::Schemas | Key::Definitions => Place::Schemas,
            Key::Payload if self == Self::AsyncApi => Place::Schema,
            Key::Payload if self == Self::Arazzo => Place::Data,
            Key::Headers if self == Self::AsyncApi => Place::Schema,
            Key::Headers => Place::Objects,
            Key::Inputs if place == Place::Components => Place::Schemas,
            Key::Inputs => Place::Schema,
            Key::Examples if self == Self::OpenApi3 => Place::Examples,
            Key::Examples => Place::Data,
            Key::Default => Place::Data,
            Key::Method if place == Place::PathItem => Place::Operation,
            Key::Paths => Place::PathItems,
            Key::Callbacks => Place::Callbacks,
            Key::Components => Place::Components,
            // What a link passes on is data; the link itself may be a reference.
            Key::Links => Place::Examples,
            Key::Map => Place::Objects,
            Key::Plain => Place::Plain,
            _ => Place::Object,
        }
    }
}
