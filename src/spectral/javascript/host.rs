//! What the engine may ask of us: values of the documents, where a path stands, the native functions and
//! the other modules of a ruleset. Nothing else leads out of it.

use super::super::formats;
use super::super::functions::{self, Function};
use super::super::lint::Call;
use super::super::place::{Range, locate, pointer_of, range, span_of};
use super::super::resolve::Inventory;
use super::super::value::{Js, View, quoted};
use super::engine::later;
use super::modules;
use assize_tree::document::{Kind, NodeId, Step};
use assize_tree::js::{locale_compare, locale_compare_numeric};
use assize_tree::path::NodeRef;
use rquickjs::{Ctx, Function as JsFunction, Object};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the callbacks look at while a call runs.
struct Current {
    inventory: Arc<Inventory>,
    until: Instant,
}

/// Native functions that were made: by name and options.
type Made = HashMap<(String, String), Result<Arc<dyn Function>, String>>;

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
    static MADE: RefCell<Made> = RefCell::new(HashMap::new());
}

/// Begins or ends a call over documents.
pub(super) fn set(inventory: Option<Arc<Inventory>>, time: Duration) {
    CURRENT.set(inventory.map(|inventory| Current { inventory, until: later(time) }));
}

/// Grants the time of one call from now on.
pub(super) fn start_clock(time: Duration) {
    CURRENT.with_borrow_mut(|current| {
        if let Some(current) = current {
            current.until = later(time);
        }
    });
}

/// Whether the time is over.
pub(super) fn is_late() -> bool {
    CURRENT.with_borrow(|current| current.as_ref().is_some_and(|current| Instant::now() > current.until))
}

fn inventory() -> Option<Arc<Inventory>> {
    CURRENT.with_borrow(|current| current.as_ref().map(|current| Arc::clone(&current.inventory)))
}

/// The functions of the host, as an object.
pub(super) fn functions<'js>(ctx: &Ctx<'js>) -> rquickjs::Result<Object<'js>> {
    let host = Object::new(ctx.clone())?;
    host.set("expand", JsFunction::new(ctx.clone(), expand)?)?;
    host.set("document", JsFunction::new(ctx.clone(), document)?)?;
    host.set("references", JsFunction::new(ctx.clone(), references)?)?;
    host.set("range", JsFunction::new(ctx.clone(), range_of)?)?;
    host.set("associate", JsFunction::new(ctx.clone(), associate)?)?;
    host.set("native", JsFunction::new(ctx.clone(), native)?)?;
    host.set("formats", JsFunction::new(ctx.clone(), all_formats)?)?;
    host.set("fits", JsFunction::new(ctx.clone(), fits)?)?;
    host.set("builtin", JsFunction::new(ctx.clone(), builtin)?)?;
    host.set("compare", JsFunction::new(ctx.clone(), compare)?)?;
    host.set("url", JsFunction::new(ctx.clone(), url)?)?;
    host.set("read", JsFunction::new(ctx.clone(), modules::read)?)?;
    host.set("import", JsFunction::new(ctx.clone(), modules::import)?)?;
    Ok(host)
}

/// A part of a value as the prelude takes it: a scalar itself, anything else by its node.
pub(super) fn part(view: &View<'_>, value: &Js<'_>) -> String {
    match value {
        Js::Undefined => String::new(),
        Js::Node(at) => format!("{{\"$\":\"{}.{}\"}}", at.doc, at.node.0),
        other => view.json(other),
    }
}

/// A way as JSON: indexes of arrays are numbers.
pub(super) fn way(view: &View<'_>, path: &[String]) -> String {
    let mut at = Some(view.target(view.root()));
    let mut text = "[".to_owned();
    for (index, step) in path.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let in_array = at.is_some_and(|at| view.doc(at.doc).kind(at.node) == Kind::Array);
        if in_array && !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            text.push_str(step);
        } else {
            text.push_str(&quoted(step));
        }
        at = at.and_then(|at| view.edge(at, step)).map(|edge| view.target(edge));
    }
    text.push(']');
    text
}

fn node_of(inventory: &Inventory, id: &str) -> Option<NodeRef> {
    let (doc, node) = id.split_once('.')?;
    let (doc, node): (u32, u32) = (doc.parse().ok()?, node.parse().ok()?);
    let known = inventory.docs().get(doc as usize)?.document.nodes().len();
    ((node as usize) < known).then_some(NodeRef { doc, node: NodeId(node) })
}

/// The members of a node.
fn expand(seen: String, id: String) -> String {
    let nothing = "{\"array\":false,\"members\":[]}".to_owned();
    let Some(inventory) = inventory() else { return nothing };
    let Some(at) = node_of(&inventory, &id) else { return nothing };
    let view = View { inventory: &inventory, resolved: seen == "r" };
    let array = view.doc(at.doc).kind(at.node) == Kind::Array;
    let mut text = format!("{{\"array\":{array},\"members\":[");
    for (index, (step, edge)) in view.entries(at).into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        let part = part(&view, &view.read(edge));
        let _ = match step {
            Step::Key(key) => write!(text, "[{},{part}]", quoted(key)),
            Step::Index(index) => write!(text, "[{index},{part}]"),
        };
    }
    text.push_str("]}");
    text
}

/// A document's source, and its root.
fn document(index: u32) -> String {
    let Some(inventory) = inventory() else { return "{}".to_owned() };
    let Some(doc) = inventory.docs().get(index as usize) else { return "{}".to_owned() };
    let view = View { inventory: &inventory, resolved: false };
    let root = part(&view, &view.read(NodeRef { doc: index, node: doc.root }));
    format!("{{\"source\":{},\"root\":{root}}}", quoted(&doc.source))
}

/// The references of a document: from the pointer to where each stands to what it names.
fn references(index: u32) -> String {
    let Some(inventory) = inventory() else { return "{}".to_owned() };
    let Some(doc) = inventory.docs().get(index as usize) else { return "{}".to_owned() };
    let view = View { inventory: &inventory, resolved: false };
    let mut found = serde_json::Map::new();
    let mut waiting = vec![(NodeRef { doc: index, node: doc.root }, Vec::new())];
    while let Some((at, path)) = waiting.pop() {
        let reference = view.edge(at, "$ref").map(|edge| view.read(edge));
        if let Some(Js::Text(text)) = reference {
            found.insert(pointer_of(&path), named(&inventory, at, &text).into());
            continue;
        }
        for (step, edge) in view.entries(at) {
            if let Js::Node(inner) = view.read(edge) {
                let mut path = path.clone();
                path.push(match step {
                    Step::Key(key) => key.to_owned(),
                    Step::Index(index) => index.to_string(),
                });
                waiting.push((inner, path));
            }
        }
    }
    serde_json::Value::Object(found).to_string()
}

/// A reference as Spectral's resolver keeps it: to another file by that file's place.
fn named(inventory: &Inventory, at: NodeRef, text: &str) -> String {
    let fragment = text.split_once('#').map_or("", |(_, fragment)| fragment);
    match inventory.jump(at).and_then(|jump| jump.doc) {
        Some(doc) if doc != at.doc => {
            let source = &inventory.docs()[doc as usize].source;
            if fragment.is_empty() { source.clone() } else { format!("{source}#{fragment}") }
        }
        _ => text.to_owned(),
    }
}

fn steps(path: &str) -> Vec<String> {
    serde_json::from_str(path).unwrap_or_default()
}

fn range_json(range: Range) -> String {
    let place = |(line, character): (i64, i64)| json!({ "line": line, "character": character });
    json!({ "start": place(range.start), "end": place(range.end) }).to_string()
}

/// The range that a path stands at; with `closest` that of the longest part of it that is there.
fn range_of(index: u32, path: String, closest: bool) -> String {
    let nothing = || "null".to_owned();
    let Some(inventory) = inventory() else { return nothing() };
    let Some(doc) = inventory.docs().get(index as usize) else { return nothing() };
    let mut path = steps(&path);
    loop {
        if let Some(span) = span_of(doc, &path) {
            return range_json(range(doc, span));
        }
        if !closest || path.pop().is_none() {
            return nothing();
        }
    }
}

/// Where a path through the document stands in the files.
fn associate(path: String, resolved: bool) -> String {
    let Some(inventory) = inventory() else { return "null".to_owned() };
    let item = locate(&inventory, &steps(&path), resolved);
    if item.lost {
        return "null".to_owned();
    }
    json!({ "document": item.doc, "path": item.path, "missingPropertyPath": item.missing }).to_string()
}

/// A native function, made once for the options.
fn made(name: &str, options: &str) -> Result<Arc<dyn Function>, String> {
    MADE.with_borrow_mut(|made| {
        made.entry((name.to_owned(), options.to_owned()))
            .or_insert_with(|| {
                let given = serde_json::from_str(options).unwrap_or_default();
                functions::find(name, &given).map_err(|missing| match missing {
                    functions::Missing::Unknown => format!("there is no function {name}"),
                    functions::Missing::Options(message) => message,
                })
            })
            .clone()
    })
}

/// A native function, called from JavaScript: with a node of the document (`@r0.12`), or any other value.
fn native(name: String, value: String, options: String, path: String) -> String {
    let function = match made(&name, &options) {
        Ok(function) => function,
        Err(message) => return json!({ "error": message }).to_string(),
    };
    let path = steps(&path);
    let way = || path.clone();
    let mut out = Vec::new();
    let mut call = |documents: &Arc<Inventory>, resolved: bool, at: Option<NodeRef>| {
        let view = View { inventory: documents, resolved };
        let target = at.map_or(Js::Undefined, |at| view.read(at));
        Call::alone(documents, resolved, &[], &way, |call| function.call(call, &target, &mut out))
    };
    let answer = match value.strip_prefix('@').zip(inventory()) {
        Some((id, inventory)) => {
            let (view, id) = id.split_at(id.len().min(1));
            let at = node_of(&inventory, id);
            call(&inventory, view == "r", at)
        }
        None if value.is_empty() => {
            let nothing = Arc::new(functions::as_document(&serde_json::Value::Null));
            call(&nothing, false, None)
        }
        None => {
            let given = serde_json::from_str(&value).unwrap_or_default();
            let documents = Arc::new(functions::as_document(&given));
            let root = documents.root();
            call(&documents, false, Some(root))
        }
    };
    if let Err(message) = answer {
        return json!({ "error": message }).to_string();
    }
    let found: Vec<_> = out
        .into_iter()
        .map(|one| match one.path {
            Some(path) => json!({ "message": one.message, "path": path }),
            None => json!({ "message": one.message }),
        })
        .collect();
    json!(found).to_string()
}

fn all_formats() -> String {
    let all: Vec<_> = formats::ALL.iter().map(|format| (format.name, format.shown)).collect();
    json!(all).to_string()
}

/// Whether a document is of a format.
fn fits(name: String, document: String) -> bool {
    let given = serde_json::from_str(&document).unwrap_or_default();
    let documents = functions::as_document(&given);
    let view = View { inventory: &documents, resolved: false };
    formats::ALL.iter().any(|format| format.name == name && format.fits(&view))
}

/// A ruleset of Spectral's own as JSON.
fn builtin(name: String) -> String {
    crate::spectral::read::built_in_value(&name).unwrap_or_default().to_string()
}

fn compare(a: String, b: String, numeric: bool) -> i32 {
    if numeric { locale_compare_numeric(&a, &b) as i32 } else { locale_compare(&a, &b) as i32 }
}

/// The parts of an address (WHATWG URL); empty where it is none.
fn url(text: String, base: String) -> String {
    let parsed = if base.is_empty() {
        url::Url::parse(&text)
    } else {
        url::Url::parse(&base).and_then(|base| base.join(&text))
    };
    let Ok(found) = parsed else { return String::new() };
    let host = found.host_str().unwrap_or_default();
    let port = found.port().map_or_else(String::new, |port| port.to_string());
    let prefixed = |sign: char, part: Option<&str>| {
        part.filter(|part| !part.is_empty()).map_or_else(String::new, |part| format!("{sign}{part}"))
    };
    json!({
        "href": found.as_str(),
        "protocol": format!("{}:", found.scheme()),
        "username": found.username(),
        "password": found.password().unwrap_or_default(),
        "host": if port.is_empty() { host.to_owned() } else { format!("{host}:{port}") },
        "hostname": host,
        "port": port,
        "pathname": found.path(),
        "search": prefixed('?', found.query()),
        "hash": prefixed('#', found.fragment()),
        "origin": found.origin().ascii_serialization(),
    })
    .to_string()
}
