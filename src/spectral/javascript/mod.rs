//! Functions and rulesets written in JavaScript, in an embedded engine (QuickJS). They see the judged
//! document and the packages of Spectral that such functions import; they have no files beside their own
//! modules, no network, no clock and no process, and bounds on time, memory and stack. Only rulesets
//! that the operator names are run.
//!
//! An engine is not shared between threads: each has its own, and loads a function when it first calls it.

mod modules;

use super::formats;
use super::functions::{Failed, Function, Outcome};
use super::lint::Call;
use super::resolve::Inventory;
use super::value::{Js, View};
use assize_tree::document::{Kind, NodeId};
use assize_tree::path::NodeRef;
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Function as JsFunction, Object, Promise, Runtime, Value,
};
use serde_json::json;
use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PRELUDE: &str = include_str!("prelude.js");
/// Bytes that an engine may take.
const MEMORY: usize = 512 << 20;
/// Bytes of stack.
const STACK: usize = 2 << 20;
/// Time that one call may take.
const TIME: Duration = Duration::from_secs(5);

/// A function in JavaScript with its options.
pub(super) struct Script {
    /// The file; with `#` and a number for a function that stands in a ruleset itself.
    pub key: String,
    /// The options as JSON; empty for none.
    pub options: String,
}

/// What the engine's callbacks look at while a call runs.
struct Current {
    inventory: Arc<Inventory>,
    until: Instant,
}

struct Engine {
    context: Context,
    loaded: HashSet<String>,
    /// The documents whose values the engine has made.
    seen: Option<Arc<Inventory>>,
}

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

fn words(error: CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => {
            exception.message().unwrap_or_else(|| "an exception without a message".to_owned())
        }
        other => other.to_string(),
    }
}

fn start_clock() {
    CURRENT.with_borrow_mut(|current| {
        if let Some(current) = current {
            current.until = Instant::now() + TIME;
        }
    });
}

impl Engine {
    fn new() -> Result<Self, String> {
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        runtime.set_interrupt_handler(Some(Box::new(|| {
            CURRENT
                .with_borrow(|current| current.as_ref().is_some_and(|current| Instant::now() > current.until))
        })));
        runtime.set_loader(modules::Files, modules::Files);
        let context = Context::full(&runtime).map_err(|error| error.to_string())?;
        context.with(|ctx| -> Result<(), String> {
            let host = || -> rquickjs::Result<()> {
                let host = Object::new(ctx.clone())?;
                host.set("read", JsFunction::new(ctx.clone(), modules::read)?)?;
                host.set("expand", JsFunction::new(ctx.clone(), expand)?)?;
                host.set("native", JsFunction::new(ctx.clone(), native)?)?;
                ctx.globals().set("__host", host)?;
                let names: Vec<&str> = formats::ALL.iter().map(|format| format.name).collect();
                ctx.globals().set("__formats", json!(names).to_string())?;
                ctx.eval::<(), _>(PRELUDE)
            };
            host().catch(&ctx).map_err(words)
        })?;
        Ok(Self { context, loaded: HashSet::new(), seen: None })
    }

    /// What a file exports, told to a function of the prelude.
    fn export(&self, file: &Path, told: &str) -> Result<String, String> {
        let name = file.to_string_lossy().into_owned();
        let text =
            std::fs::read_to_string(file).map_err(|error| format!("{name} cannot be read: {error}."))?;
        self.context.with(|ctx| {
            let run = || -> rquickjs::Result<String> {
                let tell: JsFunction<'_> = ctx.globals().get(told)?;
                let exported: Value<'_> = if modules::is_module(file, &text) {
                    let promise: Promise<'_> = rquickjs::Module::import(&ctx, name.clone())?;
                    promise.finish::<Value<'_>>()?
                } else {
                    let require: JsFunction<'_> = ctx.globals().get("__require")?;
                    require.call((name.clone(), name.clone()))?
                };
                let answer: Option<String> = tell.call((name.clone(), exported))?;
                Ok(answer.unwrap_or_default())
            };
            run().catch(&ctx).map_err(words)
        })
    }

    fn load(&mut self, key: &str) -> Result<(), String> {
        let file = key.split('#').next().unwrap_or(key);
        if self.loaded.contains(file) {
            return Ok(());
        }
        let told = if key.contains('#') { "__ruleset" } else { "__keep" };
        self.export(Path::new(file), told)?;
        self.loaded.insert(file.to_owned());
        Ok(())
    }

    fn run(&mut self, key: &str, part: &str, options: &str, info: &str) -> Result<Vec<Outcome>, String> {
        self.load(key)?;
        start_clock();
        let text = self.context.with(|ctx| {
            let run = || -> rquickjs::Result<String> {
                let run: JsFunction<'_> = ctx.globals().get("__run")?;
                let answer: Value<'_> = run.call((key, part, options, info))?;
                match answer.as_promise() {
                    Some(promise) => promise.finish::<String>(),
                    None => answer.get(),
                }
            };
            run().catch(&ctx).map_err(words)
        })?;
        let found: Vec<serde_json::Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Ok(found
            .into_iter()
            .map(|one| {
                let path = one["path"]
                    .as_array()
                    .map(|path| path.iter().filter_map(|step| step.as_str().map(str::to_owned)).collect());
                Outcome { message: one["message"].as_str().unwrap_or_default().to_owned(), path }
            })
            .collect())
    }
}

/// Does something with this thread's engine.
fn with_engine<T>(action: impl FnOnce(&mut Engine) -> Result<T, String>) -> Result<T, String> {
    ENGINE.with_borrow_mut(|slot| {
        let engine = match slot {
            Some(engine) => engine,
            None => slot.insert(Engine::new()?),
        };
        action(engine)
    })
}

/// A part of a value as the prelude takes it: a scalar itself, anything else by its node.
fn part(view: &View<'_>, value: &Js<'_>) -> String {
    match value {
        Js::Undefined => String::new(),
        Js::Node(at) => format!("{{\"$\":\"{}.{}\"}}", at.doc, at.node.0),
        other => view.json(other),
    }
}

fn view(inventory: &Inventory, resolved: bool) -> View<'_> {
    View { inventory, resolved }
}

/// The members of a node, as the prelude asks for them.
fn expand(seen: String, id: String) -> String {
    CURRENT.with_borrow(|current| {
        let nothing = || "{\"array\":false,\"members\":[]}".to_owned();
        let Some(current) = current else { return nothing() };
        let Some((doc, node)) = id.split_once('.') else { return nothing() };
        let (Ok(doc), Ok(node)) = (doc.parse(), node.parse()) else { return nothing() };
        let view = view(&current.inventory, seen == "r");
        let at = NodeRef { doc, node: NodeId(node) };
        let array = view.doc(doc).kind(at.node) == Kind::Array;
        let mut text = format!("{{\"array\":{array},\"members\":[");
        for (index, (step, edge)) in view.entries(at).into_iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            let name = match step {
                assize_tree::document::Step::Key(key) => super::value::quoted(key),
                assize_tree::document::Step::Index(index) => index.to_string(),
            };
            text.push_str(&format!("[{name},{}]", part(&view, &view.read(edge))));
        }
        text.push_str("]}");
        text
    })
}

/// A core function, called from JavaScript with a value of any origin.
fn native(name: String, value: String, options: String, path: String) -> String {
    let options = serde_json::from_str(&options).unwrap_or_default();
    let path: Vec<String> = serde_json::from_str(&path).unwrap_or_default();
    let Ok(function) = super::functions::find(&name, &options) else { return "[]".to_owned() };
    let given = serde_json::from_str(&value).unwrap_or(serde_json::Value::Null);
    let inventory = Arc::new(super::functions::as_document(&given));
    let view = view(&inventory, false);
    let target = if value.is_empty() { Js::Undefined } else { view.read(inventory.root()) };
    let mut out = Vec::new();
    let way = || path.clone();
    let answer = Call::alone(&inventory, &[], &way, |call| function.call(call, &target, &mut out));
    if answer.is_err() {
        return "[]".to_owned();
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

impl Function for Script {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let raw = cx.raw();
        let root = |view: &View<'_>| {
            let text = part(view, &view.read(view.root()));
            serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default()
        };
        let resolved = view(cx.view.inventory, true);
        let info = json!({
            "path": cx.path(),
            "view": if cx.view.resolved { "r" } else { "u" },
            "rule": { "name": cx.rule.name, "description": cx.rule.description, "message": cx.rule.message, "severity": cx.rule.severity, "resolved": cx.rule.resolved },
            "formats": cx.formats,
            "source": cx.source,
            "roots": { "r": root(&resolved), "u": root(&raw) },
        });
        let shared = Arc::clone(cx.shared);
        CURRENT.set(Some(Current { inventory: Arc::clone(&shared), until: Instant::now() + TIME }));
        let found = with_engine(|engine| {
            if !engine.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &shared)) {
                engine.context.with(|ctx: Ctx<'_>| {
                    let forget: rquickjs::Result<JsFunction<'_>> = ctx.globals().get("__forget");
                    let _ = forget.and_then(|forget| forget.call::<_, ()>(()));
                });
                engine.seen = Some(Arc::clone(&shared));
            }
            engine.run(&self.key, &part(&cx.view, value), &self.options, &info.to_string())
        });
        let late = CURRENT
            .with_borrow(|current| current.as_ref().is_some_and(|current| Instant::now() > current.until));
        CURRENT.set(None);
        match found {
            Ok(found) => {
                out.extend(found);
                Ok(())
            }
            Err(_) if late => Err(format!(
                "The function {} takes longer than {} seconds over one value, and was stopped.",
                self.key,
                TIME.as_secs()
            )),
            Err(message) => Err(format!("The function {} threw an exception: {message}", self.key)),
        }
    }
}

/// A ruleset in JavaScript as data; `{ "__js": number }` stands for a function of its own.
pub(super) fn ruleset(file: &Path) -> Result<serde_json::Value, String> {
    let file: PathBuf = file.canonicalize().map_err(|error| error.to_string())?;
    let inventory = Arc::new(super::functions::as_document(&serde_json::Value::Null));
    CURRENT.set(Some(Current { inventory, until: Instant::now() + TIME }));
    let text = with_engine(|engine| {
        let text = engine.export(&file, "__ruleset")?;
        engine.loaded.insert(file.to_string_lossy().into_owned());
        Ok(text)
    });
    CURRENT.set(None);
    serde_json::from_str(&text?).map_err(|error| error.to_string())
}
