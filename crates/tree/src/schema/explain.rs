//! From the validator's errors to violations: the exact node, the member concerned, and of a failed
//! choice the branch that was most likely meant. Errors are read by their paths and kinds alone.

use super::adapter::Session;
use super::plain::Plain;
use super::violation::{Violation, ViolationKind};
use super::wording::{self, Subject};
use crate::document::{Document, Kind, NodeId, escape_pointer_token, unescape_pointer_token};
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Raw};
use serde_json::Value;
use std::collections::HashSet;

/// Choices within choices that are told.
const NESTED: usize = 16;

/// The documents a schema is made of.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) schema: Value,
    pub(super) external: Vec<(String, Value)>,
}

impl Sources {
    /// The schema fragment an error's path leads to, and how to write that place.
    fn place(&self, error: &ValidationError<'_>) -> (&Value, String, String) {
        let path = error.schema_path().as_str();
        if let Some(uri) = error.absolute_keyword_location() {
            let (base, fragment) = uri.as_str().split_once('#').unwrap_or((uri.as_str(), ""));
            let found = self.external.iter().find(|(uri, _)| uri.trim_end_matches('#') == base);
            if let Some((base, document)) = found {
                let pointer = percent_decoded(fragment);
                return (document, format!("{}#{pointer}", base.trim_end_matches('#')), pointer);
            }
        }
        (&self.schema, path.to_owned(), path.to_owned())
    }
}

fn percent_decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.filter(|_| byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Turns errors into violations.
pub(super) struct Explainer<'e> {
    pub(super) session: &'e Session<'e>,
    /// The node that was validated, as the caller named it.
    pub(super) start: NodeId,
    pub(super) sources: &'e Sources,
}

impl Explainer<'_> {
    /// The violations of one error: one for each unexpected member, else one.
    pub(super) fn explain(&self, error: &ValidationError<'_>, depth: usize, into: &mut Vec<Violation>) {
        let unexpected = match error.kind() {
            Raw::AdditionalProperties { unexpected } | Raw::UnevaluatedProperties { unexpected } => {
                unexpected
            }
            _ => return into.push(self.one(error, depth)),
        };
        let object = self.node(error.instance_path().as_str());
        let (document, schema_pointer, pointer) = self.sources.place(error);
        let mut names = Names::default();
        names.gather(document, pointer.rsplit_once('/').map_or("", |(parent, _)| parent), 8);
        // What the object has already was not misspelled.
        names.found.retain(|name| self.session.get(object, name).is_none());
        let keyword = error.kind().keyword();
        for name in unexpected {
            let kind = match error.kind() {
                Raw::AdditionalProperties { .. } => ViolationKind::AdditionalProperty { name: name.clone() },
                _ => ViolationKind::UnevaluatedProperty { name: name.clone() },
            };
            let node = self.session.get(object, name);
            into.push(Violation {
                node: node.unwrap_or(object),
                at_key: Some(name.clone()),
                keyword: keyword.to_owned(),
                message: wording::message(&kind, keyword, &self.subject(object), &names.found),
                schema_pointer: schema_pointer.clone(),
                instance_pointer: format!("{}/{}", error.instance_path(), escape_pointer_token(name)),
                children: Vec::new(),
                kind,
            });
        }
    }

    /// The violation that was found without the validator.
    pub(super) fn plain(&self, plain: Plain) -> Violation {
        let Plain { kind, keyword, instance_pointer, schema_pointer } = plain;
        let node = self.node(&instance_pointer);
        let at_key = match &kind {
            ViolationKind::Required { property } => Some(property.clone()),
            _ => None,
        };
        Violation {
            node,
            at_key,
            keyword: keyword.to_owned(),
            message: wording::message(&kind, keyword, &self.subject(node), &[]),
            schema_pointer,
            instance_pointer,
            children: Vec::new(),
            kind,
        }
    }

    fn document(&self) -> &Document {
        self.session.document
    }

    fn subject(&self, node: NodeId) -> Subject<'_> {
        Subject::node(self.document(), node)
    }

    /// The node at an instance path; as far along it as the tree goes.
    fn node(&self, pointer: &str) -> NodeId {
        let mut at = self.start;
        for token in pointer.split('/').skip(1) {
            let next = match self.document().kind(at) {
                Kind::Object => self.session.get(at, &unescape_pointer_token(token)),
                Kind::Array => token.parse().ok().and_then(|index| self.document().item(at, index)),
                _ => None,
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }

    fn one(&self, error: &ValidationError<'_>, depth: usize) -> Violation {
        let mut node = self.node(error.instance_path().as_str());
        let mut instance_pointer = error.instance_path().as_str().to_owned();
        let mut kind = neutral(error.kind());
        let keyword = keyword(error);
        let mut at_key = None;
        match &mut kind {
            ViolationKind::Required { property } => at_key = Some(property.clone()),
            ViolationKind::PropertyName { name, .. } => {
                at_key = Some(name.clone());
                instance_pointer = format!("{instance_pointer}/{}", escape_pointer_token(name));
                node = self.session.get(node, name).unwrap_or(node);
            }
            ViolationKind::UniqueItems { equal } => *equal = self.session.duplicate(node),
            ViolationKind::Never => at_key = self.document().key(node).map(str::to_owned),
            _ => {}
        }
        let subject = self.subject(node);
        let mut message = wording::message(&kind, keyword, &subject, &[]);
        if let (ViolationKind::Never, Some(key)) = (&kind, at_key.as_deref().filter(|_| node != self.start)) {
            message = format!("The member {} is not allowed here.", wording::quoted(key));
        }
        let (document, schema_pointer, pointer) = self.sources.place(error);
        let mut children = Vec::new();
        if let (Raw::AnyOf { context } | Raw::OneOfNotValid { context }, true) =
            (error.kind(), depth < NESTED)
        {
            let chosen = choose(error, context);
            if let Some((closest, decisive)) = chosen {
                for inner in &context[closest] {
                    self.explain(inner, depth + 1, &mut children);
                }
                kind = ViolationKind::NoBranch { branches: context.len(), closest: Some(closest), decisive };
            }
            if let Some(common) = common(error, context) {
                message = wording::message(&common, keyword, &subject, &[]);
            } else if let (Some((closest, _)), Some(first)) = (chosen, children.first()) {
                let name = branch_name(document, &pointer, closest);
                let more = if children.len() > 1 { " (and more)" } else { "" };
                message = format!(
                    "The value fits none of the {} alternatives. Nearest is {name}: {}{more}",
                    context.len(),
                    first.message
                );
            }
        }
        Violation {
            node,
            at_key,
            keyword: keyword.to_owned(),
            message,
            schema_pointer,
            instance_pointer,
            children,
            kind,
        }
    }
}

/// The keyword of an error; the path knows it better where kinds are shared.
fn keyword<'e>(error: &'e ValidationError<'_>) -> &'e str {
    let path = error.schema_path().as_str();
    let mut last = path.rsplit('/').filter(|token| !token.is_empty());
    match error.kind() {
        Raw::FalseSchema | Raw::Contains => {
            match last.find(|token| !token.bytes().all(|b| b.is_ascii_digit())) {
                Some(token @ ("minContains" | "maxContains")) => token,
                _ if matches!(error.kind(), Raw::Contains) => "contains",
                _ => "false schema",
            }
        }
        Raw::Required { .. } => last
            .take(2)
            .find(|token| matches!(*token, "dependentRequired" | "dependencies"))
            .unwrap_or("required"),
        kind => kind.keyword(),
    }
}

/// The kind without the crate's types.
pub(super) fn neutral(kind: &Raw) -> ViolationKind {
    use ViolationKind as K;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind {
        Raw::Required { property } => K::Required { property: text(property) },
        Raw::PropertyNames { error } => K::PropertyName {
            name: error.instance().as_str().unwrap_or_default().to_owned(),
            because: Box::new(neutral(error.kind())),
        },
        Raw::AdditionalItems { limit } => K::AdditionalItems { limit: *limit },
        Raw::UnevaluatedItems { unexpected } => K::UnevaluatedItems { count: unexpected.len() },
        Raw::Type { kind } => K::Type {
            expected: match kind {
                TypeKind::Single(one) => vec![one.as_str().to_owned()],
                TypeKind::Multiple(set) => set.iter().map(|one| one.as_str().to_owned()).collect(),
            },
        },
        Raw::Enum { options } => K::Enum { options: options.as_array().cloned().unwrap_or_default() },
        Raw::Constant { expected_value } => K::Const { expected: expected_value.as_ref().clone() },
        Raw::Pattern { pattern } => K::Pattern { pattern: pattern.clone() },
        Raw::Format { format } => K::Format { format: format.clone() },
        Raw::Minimum { limit } => K::Minimum { limit: limit.clone() },
        Raw::Maximum { limit } => K::Maximum { limit: limit.clone() },
        Raw::ExclusiveMinimum { limit } => K::ExclusiveMinimum { limit: limit.clone() },
        Raw::ExclusiveMaximum { limit } => K::ExclusiveMaximum { limit: limit.clone() },
        Raw::MultipleOf { multiple_of } => K::MultipleOf { divisor: *multiple_of },
        Raw::MinLength { limit } => K::MinLength { limit: *limit },
        Raw::MaxLength { limit } => K::MaxLength { limit: *limit },
        Raw::MinItems { limit } => K::MinItems { limit: *limit },
        Raw::MaxItems { limit } => K::MaxItems { limit: *limit },
        Raw::MinProperties { limit } => K::MinProperties { limit: *limit },
        Raw::MaxProperties { limit } => K::MaxProperties { limit: *limit },
        Raw::UniqueItems => K::UniqueItems { equal: None },
        Raw::Contains => K::Contains,
        Raw::ContentEncoding { content_encoding } => K::Content { expected: content_encoding.clone() },
        Raw::ContentMediaType { content_media_type } => K::Content { expected: content_media_type.clone() },
        Raw::FromUtf8 { .. } => K::Content { expected: "UTF-8".to_owned() },
        Raw::Not { .. } => K::Not,
        Raw::FalseSchema => K::Never,
        Raw::AnyOf { context } | Raw::OneOfNotValid { context } => {
            K::NoBranch { branches: context.len(), closest: None, decisive: false }
        }
        Raw::OneOfMultipleValid { context } => {
            K::ManyBranches { fitting: (0..context.len()).filter(|&at| context[at].is_empty()).collect() }
        }
        Raw::BacktrackLimitExceeded { .. } | Raw::RegexEngineFailure { .. } => K::Undecided,
        _ => K::Other,
    }
}

/// How badly a branch fits; the smaller the better.
type Misfit = (bool, bool, usize, usize);

/// The branch that fits best, and whether it clearly does: a value of the right type and with the
/// right telltale members (`const`, `enum`) is wrong further in, or in fewer things.
fn choose(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> Option<(usize, bool)> {
    let here = error.instance_path().as_str();
    let misfit = |branch: &Vec<ValidationError<'static>>| -> Misfit {
        let at = |error: &ValidationError<'_>| steps_below(here, error.instance_path().as_str());
        let wrong_type = branch.iter().any(|e| at(e) == 0 && matches!(e.kind(), Raw::Type { .. }));
        let told_apart = branch.iter().any(|e| {
            at(e) <= 1 && matches!(e.kind(), Raw::Constant { .. } | Raw::Enum { .. } | Raw::FalseSchema)
        });
        (wrong_type, told_apart, branch.iter().filter(|e| at(e) == 0).count(), branch.len())
    };
    let mut ranked: Vec<_> = context.iter().map(misfit).zip(0..).collect();
    ranked.sort_unstable();
    let &((wrong_type, told_apart, shallow, _), best) = ranked.first()?;
    let next = ranked.get(1).map(|&(misfit, _)| misfit);
    let decisive = !wrong_type
        && !told_apart
        && next.is_none_or(|next| (wrong_type, told_apart, shallow) < (next.0, next.1, next.2));
    Some((best, decisive))
}

fn steps_below(here: &str, there: &str) -> usize {
    there.get(here.len()..).unwrap_or_default().bytes().filter(|&byte| byte == b'/').count()
}

/// Where every branch says no more than which type, or which values, it wants: all of them in one.
fn common(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> Option<ViolationKind> {
    let mut types: Vec<String> = Vec::new();
    let mut options: Vec<Value> = Vec::new();
    for branch in context {
        let [only] = branch.as_slice() else { return None };
        if only.instance_path().as_str() != error.instance_path().as_str() {
            return None;
        }
        match neutral(only.kind()) {
            ViolationKind::Type { expected } => types.extend(expected),
            ViolationKind::Enum { options: more } => options.extend(more),
            ViolationKind::Const { expected } => options.push(expected),
            _ => return None,
        }
    }
    let mut seen = HashSet::new();
    types.retain(|name| seen.insert(name.clone()));
    match (types.is_empty(), options.is_empty()) {
        (false, true) => Some(ViolationKind::Type { expected: types }),
        (true, false) => Some(ViolationKind::Enum { options }),
        _ => None,
    }
}

/// What to call a branch: its title, what it refers to, else its position.
fn branch_name(document: &Value, choice: &str, branch: usize) -> String {
    let schema = document.pointer(&format!("{choice}/{branch}"));
    let member = |name| schema.and_then(|schema| schema.get(name)).and_then(Value::as_str);
    if let Some(title) = member("title") {
        return wording::quoted(title);
    }
    match member("$ref").and_then(|uri| uri.rsplit(['/', '#']).find(|token| !token.is_empty())) {
        Some(name) => wording::quoted(name),
        None => format!("the {}", wording::ordinal(branch + 1)),
    }
}

/// Names of members that a schema speaks of, its references and branches followed.
#[derive(Default)]
struct Names<'s> {
    found: Vec<&'s str>,
    seen: HashSet<String>,
}

impl<'s> Names<'s> {
    /// Names beyond which no hint is looked for.
    const MOST: usize = 2000;

    fn gather(&mut self, document: &'s Value, pointer: &str, depth: usize) {
        if depth == 0 || self.found.len() > Self::MOST || !self.seen.insert(pointer.to_owned()) {
            return;
        }
        let Some(Value::Object(schema)) = document.pointer(pointer) else { return };
        if let Some(Value::Object(properties)) = schema.get("properties") {
            self.found.extend(properties.keys().map(String::as_str));
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|uri| uri.strip_prefix('#'))
        {
            self.gather(document, &percent_decoded(target), depth - 1);
        }
        for choice in ["allOf", "anyOf", "oneOf"] {
            let branches = schema.get(choice).and_then(Value::as_array).map_or(0, Vec::len);
            for branch in 0..branches {
                self.gather(document, &format!("{pointer}/{choice}/{branch}"), depth - 1);
            }
        }
    }
}
