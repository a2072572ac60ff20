//! `instance-valid`: the examples, defaults and enumerated values of a description follow the schemas they
//! stand in or beside. Asked about a description as a whole (`given: $`); where the schemas are, its
//! grammar tells. References are followed within the judged tree.
//!
//! What is well meant is let be: null where there is no value, members that go one way only, texts that
//! hold an example of another format, and values of parameters as they are written on the wire.

mod standalone;

use super::{
    CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, beside, options,
};
use assize_tree::document::{Document, Format, Kind, Limits, detect};
use assize_tree::path::NodeRef;
use assize_tree::reference::{Grammar, Holder};
use assize_tree::schema::{Dialect, Options, Schema, ViolationKind};
use assize_tree::text::Text;
use serde_json::Value;
use standalone::{Names, Reading, Unusable};
use std::collections::HashMap;
use std::sync::Arc;

/// Steps for each value and each schema it may have to be held against.
const STEPS: u64 = 64;
/// Steps for one value, and for all of a description.
const ONE: u64 = 20_000_000;
const ALL: u64 = 1_000_000_000;

/// Members of a schema or beside one that hold values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Example,
    Examples,
    Default,
    Enum,
}

struct InstanceValid {
    of: Vec<Member>,
}

/// A value with what it has to follow.
struct Instance {
    value: NodeRef,
    schema: NodeRef,
    kind: Shown,
}

/// How a value is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// As it is.
    Plain,
    /// In a body of JSON: a text may hold the whole of it.
    Json,
    /// In a body of another format: a text is that body.
    Other,
    /// As a parameter, which is a text on the wire whatever its type.
    Wire,
}

/// A schema, made ready once.
struct Ready {
    schema: Schema,
    choices: u64,
    /// The types it names at its root.
    types: Vec<String>,
}

impl Check for InstanceValid {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        if subject != Subject::Node(cx.bundle.root()) {
            return Err(CannotTell(
                "The check \"instance-valid\" looks at descriptions as a whole.".to_owned(),
            ));
        }
        let Some((grammar, schemas)) = cx.bundle.schemas() else { return Ok(Looked::Nothing) };
        let (reading, names) = (reading(cx, grammar), Names::of(cx.bundle));
        let mut ready: HashMap<NodeRef, Result<Arc<Ready>, Unusable>> = HashMap::new();
        let (mut looked, mut left, mut doubt) = (0, ALL, None);
        for (at, holder) in schemas {
            for instance in self.instances(cx, grammar, at, holder) {
                if is_plainly_right(cx, &instance) {
                    looked += 1;
                    continue;
                }
                let made = ready
                    .entry(instance.schema)
                    .or_insert_with(|| prepare(cx, &names, instance.schema, reading));
                match made {
                    Err(why) => {
                        doubt.get_or_insert_with(|| why.clone());
                    }
                    Ok(made) => match hold(cx, &instance, made, &mut left) {
                        Ok(Some(wrong)) => {
                            looked += 1;
                            found.extend(one_of_all(wrong));
                        }
                        Ok(None) => {}
                        Err(why) => {
                            doubt.get_or_insert(why);
                        }
                    },
                }
            }
        }
        match doubt {
            Some(why) => Err(CannotTell(why)),
            None if looked == 0 => Ok(Looked::Nothing),
            None => Ok(Looked::At(looked)),
        }
    }
}

impl InstanceValid {
    fn wants(&self, member: Member) -> bool {
        self.of.contains(&member)
    }

    /// The values that a schema, or an object that holds one, gives.
    fn instances(&self, cx: &Context<'_>, grammar: Grammar, at: NodeRef, holder: Holder) -> Vec<Instance> {
        let document = cx.document(at);
        let member = |name: &str| document.get(at.node, name).map(|node| NodeRef { node, ..at });
        let mut found: Vec<(NodeRef, Shown)> = Vec::new();
        let schema = match holder {
            Holder::Schema => {
                let lists = [(Member::Examples, "examples"), (Member::Enum, "enum")];
                for (_, name) in lists.into_iter().filter(|(kind, _)| self.wants(*kind)) {
                    let list = member(name).into_iter().flat_map(|list| document.items(list.node));
                    found.extend(list.map(|node| (NodeRef { node, ..at }, Shown::Plain)));
                }
                let single = [(Member::Example, "example"), (Member::Default, "default")];
                let single = single.into_iter().filter(|(kind, _)| self.wants(*kind));
                found.extend(single.filter_map(|(_, name)| Some((member(name)?, Shown::Plain))));
                at
            }
            Holder::Beside => {
                let Some(schema) = member("schema").map(|schema| cx.through(schema)) else {
                    return Vec::new();
                };
                let shown = |name: Option<&str>| match name {
                    Some(name) if name.contains("json") || name == "*/*" => Shown::Json,
                    Some(name) if name.contains('/') => Shown::Other,
                    _ => Shown::Wire,
                };
                let here = shown(document.key(at.node));
                if self.wants(Member::Example) {
                    found.extend(member("example").map(|one| (one, here)));
                }
                let list = member("examples").filter(|_| self.wants(Member::Examples));
                for (symbol, node) in list.into_iter().flat_map(|list| document.members(list.node)) {
                    let one = cx.through(NodeRef { node, ..at });
                    if grammar == Grammar::OpenApi2 {
                        found.push((one, shown(Some(document.symbols().get(symbol)))));
                    } else if let Some(value) = cx.document(one).get(one.node, "value") {
                        found.push((NodeRef { node: value, ..one }, here));
                    }
                }
                schema
            }
        };
        let listed = |at: NodeRef| {
            let list = cx.document(at).parent(at.node);
            holder == Holder::Schema && list.and_then(|list| cx.document(at).key(list)) == Some("enum")
        };
        let is_value = |at: NodeRef| {
            let document = cx.document(at);
            // No value is none, and a reference among data is no value but a mistake of another kind. In
            // a list of what may be, each is one.
            listed(at) || document.kind(at.node) != Kind::Null && document.get(at.node, "$ref").is_none()
        };
        let found = found.into_iter().filter(|(value, _)| is_value(*value));
        let schema = |value| if listed(value) { whole(document, schema) } else { schema };
        found.map(|(value, kind)| Instance { value, schema: schema(value), kind }).collect()
    }
}

/// The schema that a schema is a part of by `allOf`: what the part lists has to fit the others as well.
fn whole(document: &Document, mut at: NodeRef) -> NodeRef {
    while let Some(list) = document.parent(at.node)
        && document.kind(list) == Kind::Array
        && document.key(list) == Some("allOf")
        && let Some(node) = document.parent(list)
    {
        at.node = node;
    }
    at
}

/// Which version of JSON Schema the schemas of a description are written in.
fn reading(cx: &Context<'_>, grammar: Grammar) -> Reading {
    let root = cx.bundle.root();
    let document = cx.document(root);
    let text =
        |name| document.get(root.node, name).and_then(|node| document.scalar(node)).unwrap_or_default();
    let early =
        grammar == Grammar::OpenApi2 || grammar == Grammar::OpenApi3 && text("openapi").starts_with("3.0");
    let named = |uri: &str| match uri {
        _ if uri.contains("draft-04") => Dialect::Draft4,
        _ if uri.contains("draft-06") => Dialect::Draft6,
        _ if uri.contains("draft-07") => Dialect::Draft7,
        _ if uri.contains("2019-09") => Dialect::Draft201909,
        _ => Dialect::Draft202012,
    };
    let dialect = match grammar {
        _ if early => Dialect::Draft4,
        Grammar::AsyncApi => Dialect::Draft7,
        Grammar::JsonSchema => named(text("$schema")),
        _ => named(text("jsonSchemaDialect")),
    };
    Reading { dialect, early }
}

/// A text for a text, a number for a number, where the schema says no more than that: most of them.
fn is_plainly_right(cx: &Context<'_>, instance: &Instance) -> bool {
    let (schema, value) = (cx.document(instance.schema), cx.document(instance.value));
    let plain = |key: &str| {
        [
            "type",
            "description",
            "title",
            "example",
            "examples",
            "default",
            "deprecated",
            "readOnly",
            "writeOnly",
            "nullable",
        ]
        .contains(&key)
    };
    let mut members = schema.members(instance.schema.node);
    let simple = members.all(|(symbol, _)| plain(schema.symbols().get(symbol)));
    let named = schema.get(instance.schema.node, "type").and_then(|node| schema.str(node));
    simple
        && match value.kind(instance.value.node) {
            Kind::String => named == Some("string"),
            Kind::Number => named == Some("number"),
            Kind::Bool => named == Some("boolean"),
            _ => false,
        }
}

fn prepare(
    cx: &Context<'_>,
    names: &Names<'_>,
    at: NodeRef,
    reading: Reading,
) -> Result<Arc<Ready>, Unusable> {
    let made = standalone::make(cx.bundle, names, at, reading)?;
    let types = match made.schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    // Nobody has tried the schema of a stranger.
    let options = Options { dialect: reading.dialect, formats: true, ..Options::default() };
    let schema = Schema::new(&made.schema, options)
        .map_err(|error| format!("A schema of the description cannot be used: {}", error.message))?;
    Ok(Arc::new(Ready { schema, choices: made.choices, types }))
}

/// What is wrong with a value; `None` where it is not one to be held against the schema.
fn hold(
    cx: &Context<'_>,
    instance: &Instance,
    ready: &Ready,
    left: &mut u64,
) -> Result<Option<Vec<Violation>>, Unusable> {
    let at = instance.value;
    let document = cx.document(at);
    let text = document.str(at.node);
    let is_text = ready.types.iter().any(|one| one == "string");
    if let Some(text) = text.filter(|_| !is_text) {
        let start = text.trim_start();
        match instance.kind {
            Shown::Other | Shown::Wire => return Ok(None),
            _ if start.starts_with('<') => return Ok(None),
            _ if start.starts_with(['{', '[']) => {
                let inner = detect::parse(Format::Json, Arc::new(Text::from(text)), Limits::default());
                // What is no JSON is some other text.
                let Some(root) = inner.root().filter(|_| inner.problems().is_empty()) else {
                    return Ok(None);
                };
                let wrong = errors(&inner, root, ready, left)?;
                let told = |one: assize_tree::schema::Violation| told(&one).at(Place::Node(at));
                return Ok(Some(wrong.into_iter().take(1).map(told).collect()));
            }
            _ => {}
        }
    }
    // A number is written on the wire as the text is that it is meant for.
    let scalar = matches!(document.kind(at.node), Kind::Number | Kind::Bool);
    if instance.kind == Shown::Wire && scalar && is_text {
        return Ok(None);
    }
    let wrong = errors(document, at.node, ready, left)?;
    let told = |one: assize_tree::schema::Violation| {
        let place = beside(at, one.node);
        let container = matches!(document.kind(one.node), Kind::Object | Kind::Array);
        let by_key = matches!(one.kind, ViolationKind::AdditionalProperty { .. }) || container;
        let place =
            if by_key && document.key(one.node).is_some() { Place::Key(place) } else { Place::Node(place) };
        let mut violation = told(&one).at(place);
        violation.related = vec![(instance.schema, "the schema it is held against".to_owned())];
        violation
    };
    Ok(Some(wrong.into_iter().map(told).collect()))
}

/// One fault for a value, which shows the others beside it.
fn one_of_all(wrong: Vec<Violation>) -> Option<Violation> {
    let mut rest = wrong.into_iter();
    let mut first = rest.next()?;
    for other in rest {
        if let Place::Node(at) | Place::Key(at) = other.place {
            first.related.push((at, other.error));
        }
    }
    Some(first)
}

fn told(one: &assize_tree::schema::Violation) -> Violation {
    Violation::new(one.message.trim_end_matches('.'))
}

fn errors(
    document: &Document,
    node: assize_tree::document::NodeId,
    ready: &Ready,
    left: &mut u64,
) -> Result<Vec<assize_tree::schema::Violation>, Unusable> {
    let node = document.resolve(node);
    let values = u64::from(document.node(node).subtree_end.saturating_sub(node.0)) + 16;
    let work = values.saturating_mul(ready.choices).saturating_mul(STEPS).min(ONE);
    if *left < work {
        return Err("There are more examples than can be held against their schemas.".to_owned());
    }
    *left -= work;
    let wrong = ready.schema.errors_within(document, node, work);
    match wrong.iter().find(|one| one.kind == ViolationKind::Undecided) {
        Some(open) => Err(open.message.clone()),
        None => Ok(wrong),
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("instance-valid", given, &["of"])?;
    let named: Vec<String> =
        options::need("instance-valid", members, "of", "a list of example, examples, default, enum")?;
    let mut of = Vec::new();
    for (at, name) in named.iter().enumerate() {
        of.push(match name.as_str() {
            "example" => Member::Example,
            "examples" => Member::Examples,
            "default" => Member::Default,
            "enum" => Member::Enum,
            other => {
                let message = format!("\"{other}\" is none of example, examples, default, enum.");
                return Err(OptionError::new(format!("/of/{at}"), message));
            }
        });
    }
    Ok(Box::new(InstanceValid { of }))
}

#[cfg(test)]
mod tests;
