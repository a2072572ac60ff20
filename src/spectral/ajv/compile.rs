//! Reads a schema into the groups of keywords that ajv makes of it.

use super::super::value::View;
use super::compiler::Compiler;
use assize_tree::path::NodeRef;
use assize_tree::pattern::Pattern;
use std::sync::Arc;

/// Which JSON Schema a schema is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Draft 4.
    Draft4,
    /// Drafts 6 and 7.
    Draft7,
    /// 2019-09.
    Draft2019,
    /// 2020-12.
    Draft2020,
}

/// What is done to a schema before it is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mode {
    /// Every error is collected, not the first only.
    pub all_errors: bool,
    /// A schema of OpenAPI 2.0 or 3.0: `nullable` and `exclusiveMinimum: true` are translated.
    pub openapi: Option<OpenApi>,
    /// Members with this flag set are not demanded (`readOnly`, `writeOnly`).
    pub optional: Option<&'static str>,
    /// Values of wrong types are turned into strings before they are judged.
    pub lenient: bool,
}

/// How an OpenAPI schema differs from JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenApi {
    /// 2.0: `x-nullable`.
    V2,
    /// 3.0: `nullable`.
    V3,
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    pub(super) fn read(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }
}

/// Index of a compiled schema.
pub(super) type Id = u32;
/// Index of a member's name: a document's symbol for it is looked up once.
pub(super) type Name = u32;
/// Index of a regular expression for members' names.
pub(super) type PatternId = u32;

/// One keyword with what it demands.
pub(super) enum Keyword {
    Ref(Id),
    Const(NodeRef),
    Enum(NodeRef),
    Not(Id),
    AnyOf(Vec<Id>),
    OneOf(Vec<Id>),
    AllOf(Vec<Id>),
    If {
        condition: Id,
        yes: Option<Id>,
        no: Option<Id>,
    },
    Limit {
        name: &'static str,
        sign: &'static str,
        bound: f64,
    },
    MultipleOf(f64),
    Length {
        most: bool,
        bound: f64,
    },
    Pattern(Arc<Pattern>, String),
    Format(String),
    Items {
        most: bool,
        bound: f64,
    },
    Tuple(Vec<Id>),
    /// Schema of the elements from an index on; `false` limits their number.
    Rest {
        from: usize,
        schema: Id,
        named: &'static str,
    },
    Contains {
        schema: Id,
        min: f64,
        max: Option<f64>,
    },
    /// The types of the elements, where all are of simple ones: ajv looks for equal ones in another way.
    Unique(Vec<Type>),
    Count {
        most: bool,
        bound: f64,
    },
    Required(Vec<Name>),
    PropertyNames(Id),
    Additional {
        /// Which of the validator's it is.
        number: u32,
        schema: Id,
        known: Vec<Name>,
        patterns: Vec<PatternId>,
    },
    Dependencies {
        lists: Vec<(Name, Vec<Name>)>,
        schemas: Vec<(Name, Id)>,
    },
    Properties {
        /// Which of the validator's it is.
        number: u32,
        list: Vec<(Name, Id)>,
    },
    PatternProperties(Vec<(PatternId, Id)>),
    Unevaluated {
        items: bool,
        schema: Id,
    },
}

/// The keywords of a schema in ajv's groups.
#[derive(Default)]
pub(super) struct Rules {
    pub types: Vec<Type>,
    /// The types as messages name them: as they are written, `nullable` apart.
    pub named: String,
    /// Types are looked at before everything else, not when the group of that type is reached.
    pub types_first: bool,
    pub any: Vec<Keyword>,
    pub number: Vec<Keyword>,
    pub string: Vec<Keyword>,
    pub array: Vec<Keyword>,
    pub object: Vec<Keyword>,
    /// `errorMessage` of ajv-errors, where every error is collected.
    pub message: Option<NodeRef>,
}

pub(super) enum Schema {
    Always,
    Never,
    Rules(Box<Rules>),
}

/// A compiled schema.
pub struct Validator {
    pub(super) schemas: Vec<Schema>,
    /// Names of members that the schemas speak of.
    pub(super) names: Vec<String>,
    /// Regular expressions for names of members.
    pub(super) patterns: Vec<Arc<Pattern>>,
    pub(super) root: Id,
    pub(super) mode: Mode,
    /// A `$ref` in it leads nowhere: ajv does not compile it.
    pub unresolved: Option<String>,
}

/// The dialect that `$schema` names.
#[must_use]
pub fn detect(view: &View<'_>, schema: NodeRef) -> Option<Dialect> {
    let named = view.get(schema, "$schema");
    let named = named.text()?;
    Some(match named {
        _ if named.contains("draft-04") => Dialect::Draft4,
        _ if named.contains("draft-06") || named.contains("draft-07") => Dialect::Draft7,
        _ if named.contains("2019-09") => Dialect::Draft2019,
        _ if named.contains("2020-12") => Dialect::Draft2020,
        _ => return None,
    })
}

/// What ajv says of a `$schema` that it does not know: each dialect has a reader of its own, which knows
/// its own meta-schema; that of drafts 6 and 7 knows draft 4 as well.
#[must_use]
pub fn unknown(view: &View<'_>, schema: NodeRef, dialect: Dialect) -> Option<String> {
    let named = view.get(schema, "$schema");
    let named = named.text()?;
    let own: &[&str] = match dialect {
        Dialect::Draft4 => &["http://json-schema.org/draft-04/schema"],
        Dialect::Draft7 => &[
            "http://json-schema.org/draft-07/schema",
            "http://json-schema.org/draft-06/schema",
            "http://json-schema.org/draft-04/schema",
        ],
        Dialect::Draft2019 => &["https://json-schema.org/draft/2019-09/schema"],
        Dialect::Draft2020 => &["https://json-schema.org/draft/2020-12/schema"],
    };
    let id = named.strip_suffix('#').unwrap_or(named);
    let known = own.contains(&id) || id == "http://json-schema.org/schema";
    (!known).then(|| format!("no schema with key or ref \"{named}\""))
}

impl Validator {
    /// Compiles a schema.
    ///
    /// # Errors
    /// What ajv says of a schema that it does not compile.
    pub fn new(view: &View<'_>, schema: NodeRef, dialect: Dialect, mode: Mode) -> Result<Self, String> {
        match unknown(view, schema, dialect) {
            Some(message) => Err(message),
            None => Self::again(view, schema, dialect, mode),
        }
    }

    /// Compiles a schema that was looked at before: ajv does not judge it by its meta-schema then.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn again(view: &View<'_>, schema: NodeRef, dialect: Dialect, mode: Mode) -> Result<Self, String> {
        let (compiler, root) = Compiler::run(view, schema, dialect, mode)?;
        let Compiler { schemas, names, patterns, unresolved, .. } = compiler;
        Ok(Self { schemas, names, patterns, root, mode, unresolved })
    }
}
