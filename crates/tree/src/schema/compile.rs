//! From a schema as data to a compiled one. What is hostile in a schema is caught here: nesting,
//! references that lead outside, patterns that backtrack without end.

use super::adapter::Tree;
use super::explain::{Sources, neutral};
use super::meter::{self, Stop};
use super::wording::{self, Subject};
use super::{Dialect, ViolationKind};
use crate::document::escape_pointer_token;
use jsonschema::error::ValidationErrorKind as Raw;
use jsonschema::{
    Draft, PatternOptions, ReferencingError, Registry, Retrieve, Uri, ValidationError, Validator,
};
use serde_json::Value;

/// Nesting of a schema's objects and arrays.
const DEPTH: usize = 500;
/// Values in a schema and the documents it may refer to.
const VALUES: usize = 2_000_000;
/// Steps back that one match of a pattern with look-around or back-references may take.
const BACKTRACK: usize = 100_000;

/// Why a schema cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SchemaError {
    /// What is wrong, as a sentence.
    pub message: String,
    /// JSON pointer to where in the schema, as far as that is known.
    pub pointer: String,
}

impl SchemaError {
    fn new(message: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { message: message.into(), pointer: pointer.into() }
    }
}

/// Answers no to every request: all documents there are have been handed over.
struct Refuse;

impl Retrieve for Refuse {
    fn retrieve(&self, _: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err("nothing is fetched".into())
    }
}

/// The validator, and whether one of its patterns may backtrack.
pub(super) fn compile(
    sources: &Sources,
    dialect: Dialect,
    formats: bool,
) -> Result<(Validator<Tree>, bool), SchemaError> {
    let mut scan = Scan { values: 0, backtracks: false };
    scan.value(&sources.schema, "", &mut String::new(), 0)?;
    for (uri, document) in &sources.external {
        scan.value(document, uri, &mut String::new(), 0)?;
    }
    // The crate compiles and drops recursively.
    let built = meter::roomy(|| build(sources, dialect, formats)).map_err(|stop| {
        let why = if stop == Stop::Broken {
            "The validator broke down on it."
        } else {
            "No thread could be started."
        };
        SchemaError::new(format!("The schema cannot be compiled. {why}"), "")
    })?;
    Ok((built?, scan.backtracks))
}

fn build(sources: &Sources, dialect: Dialect, formats: bool) -> Result<Validator<Tree>, SchemaError> {
    let explain = |error: &ReferencingError| referencing(error, &sources.schema);
    let draft = draft(dialect, sources);
    let mut registry = Registry::new().retriever(Refuse);
    if let Some(draft) = draft {
        registry = registry.draft(draft);
    }
    for (uri, document) in &sources.external {
        registry = registry.add(uri, document).map_err(|error| explain(&error))?;
    }
    let registry = registry.prepare().map_err(|error| explain(&error))?;
    let mut options = jsonschema::options_for::<Tree>()
        .with_retriever(Refuse)
        .with_registry(&registry)
        .should_validate_formats(formats)
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACK));
    if let Some(draft) = draft {
        options = options.with_draft(draft);
    }
    options.build(&sources.schema).map_err(|error| schema_error(&error, &sources.schema))
}

fn draft(dialect: Dialect, sources: &Sources) -> Option<Draft> {
    match dialect {
        Dialect::Auto => {
            let named = sources.schema.get("$schema").and_then(Value::as_str);
            let name = named.map_or("", |name| name.trim_end_matches('#'));
            let known = sources.external.iter().any(|(uri, _)| uri.trim_end_matches('#') == name)
                || name.contains("://json-schema.org/");
            (!known).then_some(Draft::Draft202012)
        }
        Dialect::Draft4 => Some(Draft::Draft4),
        Dialect::Draft6 => Some(Draft::Draft6),
        Dialect::Draft7 => Some(Draft::Draft7),
        Dialect::Draft201909 => Some(Draft::Draft201909),
        Dialect::Draft202012 => Some(Draft::Draft202012),
    }
}

/// A pass over a schema that recurses no deeper than is allowed.
struct Scan {
    values: usize,
    backtracks: bool,
}

impl Scan {
    fn value(
        &mut self,
        value: &Value,
        uri: &str,
        path: &mut String,
        depth: usize,
    ) -> Result<(), SchemaError> {
        self.values += 1;
        if self.values > VALUES {
            return Err(SchemaError::new(format!("The schema has more than {VALUES} values."), uri));
        }
        if depth > DEPTH {
            let message = format!("The schema nests more than {DEPTH} levels deep.");
            let pointer = if uri.is_empty() { path.clone() } else { format!("{uri}#{path}") };
            return Err(SchemaError::new(message, pointer));
        }
        let length = path.len();
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push('/');
                    path.push_str(&index.to_string());
                    self.value(item, uri, path, depth + 1)?;
                    path.truncate(length);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    match (name.as_str(), member) {
                        ("pattern", Value::String(pattern)) => self.backtracks |= may_backtrack(pattern),
                        ("patternProperties", Value::Object(patterns)) => {
                            self.backtracks |= patterns.keys().any(|pattern| may_backtrack(pattern));
                        }
                        _ => {}
                    }
                    path.push('/');
                    path.push_str(&escape_pointer_token(name));
                    self.value(member, uri, path, depth + 1)?;
                    path.truncate(length);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Look-around, atomic groups and back-references run on the backtracking engine; everything else
/// in linear time. Saying yes too often only costs time.
fn may_backtrack(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    bytes.windows(3).any(|at| at.starts_with(b"(?") && at[2] != b':')
        || bytes.windows(2).any(|at| at[0] == b'\\' && (at[1] == b'k' || at[1].is_ascii_digit()))
        || bytes.windows(2).any(|at| matches!(at[0], b'*' | b'+' | b'?' | b'}') && at[1] == b'+')
}

fn schema_error(error: &ValidationError<'_>, schema: &Value) -> SchemaError {
    let path = error.instance_path().as_str();
    let kind = match error.kind() {
        Raw::Referencing(error) => return referencing(error, schema),
        Raw::AdditionalProperties { unexpected } => {
            ViolationKind::AdditionalProperty { name: unexpected.first().cloned().unwrap_or_default() }
        }
        Raw::Custom { message, .. } => {
            return SchemaError::new(format!("The schema cannot be used: {message}."), path);
        }
        kind => neutral(kind),
    };
    // A wrong path of the crate's is still a true message about the schema.
    let at = schema.pointer(path).unwrap_or(schema);
    let what = wording::message(&kind, error.kind().keyword(), &Subject::value(at), &[]);
    SchemaError::new(format!("This is no valid schema: {what}"), path)
}

fn referencing(error: &ReferencingError, schema: &Value) -> SchemaError {
    let (message, like) = match error {
        ReferencingError::Unretrievable { uri, .. } => (
            format!("The reference to {uri} leads outside the documents given; nothing is fetched."),
            uri.as_str(),
        ),
        ReferencingError::PointerToNowhere { pointer } => {
            (format!("The reference to {} leads nowhere.", wording::quoted(pointer)), pointer.as_str())
        }
        ReferencingError::NoSuchAnchor { anchor } => {
            (format!("There is no anchor {} to refer to.", wording::quoted(anchor)), anchor.as_str())
        }
        other => (format!("A reference of the schema cannot be followed: {other}."), ""),
    };
    let mut path = String::new();
    let found = !like.is_empty() && find_reference(schema, like, &mut path);
    SchemaError::new(message, if found { path } else { String::new() })
}

/// The first `$ref` that a complaint can be about; the scan has bounded the recursion.
fn find_reference(value: &Value, like: &str, path: &mut String) -> bool {
    let length = path.len();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                if find_reference(item, like, path) {
                    return true;
                }
                path.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                path.push('/');
                path.push_str(&escape_pointer_token(name));
                let hit = match member {
                    Value::String(uri) if name == "$ref" || name == "$dynamicRef" => {
                        let document = uri.split('#').next().unwrap_or_default();
                        uri.ends_with(like) || (!document.is_empty() && like.ends_with(document))
                    }
                    Value::String(_) => false,
                    _ => find_reference(member, like, path),
                };
                if hit {
                    return true;
                }
                path.truncate(length);
            }
        }
        _ => {}
    }
    false
}
