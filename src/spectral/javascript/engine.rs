//! An engine, with what it has loaded. An engine is not shared between threads: each has its own, and
//! loads a function when it first calls it.

use super::super::functions::Outcome;
use super::super::lint::Call;
use super::super::resolve::Inventory;
use super::super::value::{Js, View};
use super::{host, modules};
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, FromJs, Function as JsFunction, Promise, Runtime, Value,
};
use serde_json::json;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PRELUDE: &str = include_str!("prelude.js");
const PACKAGES: &str = include_str!("packages.js");
/// Bytes that an engine may take.
const MEMORY: usize = 512 << 20;
/// Bytes of stack.
const STACK: usize = 1 << 20;
/// Time that one call may take, and that loading a module may take.
const TIME: Duration = Duration::from_secs(5);

/// What a call came to.
pub(super) enum Answer {
    /// The function has answered.
    Found(Vec<Outcome>),
    /// It asks for the way to the value, which it was not told.
    AsksWay,
}

/// The rule that the engine has been told of.
#[derive(PartialEq)]
struct Entered {
    rule: String,
    resolved: bool,
    formats: Vec<&'static str>,
}

pub(super) struct Engine {
    context: Context,
    loaded: HashSet<String>,
    /// The documents whose values the engine has made.
    seen: Option<Arc<Inventory>>,
    entered: Option<Entered>,
}

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
    /// Functions that cannot be loaded, or ran out of time or memory: they are not called again over the
    /// same documents.
    static SPENT: RefCell<HashMap<String, String>> = RefCell::new(HashMap::new());
}

/// Lets go of this thread's engine, so that functions start anew.
pub(super) fn forget() {
    ENGINE.set(None);
    SPENT.with_borrow_mut(HashMap::clear);
}

/// Does something with this thread's engine for a function, over documents. An engine that ran out of
/// something is not used again.
pub(super) fn with_engine<T>(
    key: &str,
    documents: &Arc<Inventory>,
    action: impl FnOnce(&mut Engine) -> Result<T, String>,
) -> Result<T, String> {
    if let Some(reason) = SPENT.with_borrow(|spent| spent.get(key).cloned()) {
        return Err(reason);
    }
    let spend = |reason: String| {
        SPENT.with_borrow_mut(|spent| spent.insert(key.to_owned(), reason.clone()));
        Err(reason)
    };
    ENGINE.with_borrow_mut(|slot| {
        // What functions keep from one document is not there in the next.
        let kept =
            slot.take().filter(|engine| engine.seen.as_ref().is_none_or(|seen| Arc::ptr_eq(seen, documents)));
        let mut engine = match kept {
            Some(engine) => engine,
            None => Engine::new()?,
        };
        host::set(Some(Arc::clone(documents)), TIME);
        let answer = action(&mut engine);
        let late = host::is_late();
        host::set(None, TIME);
        match answer {
            Err(_) if late => {
                spend(format!("it takes longer than {} seconds over one value", TIME.as_secs()))
            }
            Err(message) if message.contains("out of memory") => {
                spend(format!("it takes more than {} MB of memory", MEMORY >> 20))
            }
            Err(message) if message.contains("call stack") || message.contains("stack overflow") => {
                *slot = Some(engine);
                Err("its calls go deeper than the limit".to_owned())
            }
            answer => {
                let unloaded = answer.is_err() && !engine.has(key);
                *slot = Some(engine);
                match answer {
                    Err(reason) if unloaded => spend(reason),
                    answer => answer,
                }
            }
        }
    })
}

fn words(error: CaughtError<'_>) -> String {
    let text = match error {
        CaughtError::Exception(exception) => {
            let name: String = exception.as_object().get("name").unwrap_or_else(|_| "Error".to_owned());
            let message = exception.message().unwrap_or_default();
            if message.is_empty() { name } else { format!("{name}: {message}") }
        }
        CaughtError::Value(value) => match value.as_string().and_then(|text| text.to_string().ok()) {
            Some(text) => format!("it throws \"{text}\""),
            None => "it throws a value that is no error".to_owned(),
        },
        CaughtError::Error(error) => error.to_string(),
    };
    text.trim_end_matches('.').to_owned()
}

/// What a call gives, waited for where it is a promise.
fn settled<'js, T: FromJs<'js>>(ctx: &Ctx<'js>, value: Value<'js>) -> rquickjs::Result<T> {
    match value.as_promise() {
        Some(promise) => promise.finish::<T>(),
        None => T::from_js(ctx, value),
    }
}

impl Engine {
    fn new() -> Result<Self, String> {
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        runtime.set_memory_limit(MEMORY);
        runtime.set_max_stack_size(STACK);
        runtime.set_interrupt_handler(Some(Box::new(host::is_late)));
        runtime.set_loader(modules::Files, modules::Files);
        let context = Context::full(&runtime).map_err(|error| error.to_string())?;
        context.with(|ctx| {
            let prepare = || -> rquickjs::Result<()> {
                ctx.globals().set("__host", host::functions(&ctx)?)?;
                let own: Value<'_> = ctx.eval(PRELUDE)?;
                let packages: JsFunction<'_> = ctx.eval(PACKAGES)?;
                packages.call::<_, ()>((own,))
            };
            prepare().catch(&ctx).map_err(words)
        })?;
        Ok(Self { context, loaded: HashSet::new(), seen: None, entered: None })
    }

    /// What a file exports, told to a function of the prelude.
    fn export(&self, file: &Path, told: &str) -> Result<String, String> {
        let name = file.to_string_lossy().into_owned();
        let text =
            std::fs::read_to_string(file).map_err(|error| format!("{name} cannot be read: {error}"))?;
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

    /// Whether the file of a function is loaded.
    fn has(&self, key: &str) -> bool {
        self.loaded.contains(key.split('#').next().unwrap_or(key))
    }

    /// Loads the file of a function, unless that was done.
    pub(super) fn load(&mut self, key: &str) -> Result<(), String> {
        let file = key.split('#').next().unwrap_or(key);
        if self.loaded.contains(file) {
            return Ok(());
        }
        let told = if key.contains('#') { "__ruleset" } else { "__keep" };
        self.export(Path::new(file), told)?;
        self.loaded.insert(file.to_owned());
        Ok(())
    }

    /// Loads a ruleset and gives it as JSON.
    pub(super) fn ruleset(&mut self, file: &Path) -> Result<String, String> {
        let text = self.export(file, "__ruleset")?;
        self.loaded.insert(file.to_string_lossy().into_owned());
        Ok(text)
    }

    /// Tells the engine which rule runs, and over which documents.
    pub(super) fn enter(&mut self, cx: &Call<'_, '_>) -> Result<(), String> {
        let fresh = !self.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, cx.shared));
        let entered =
            Entered { rule: cx.rule.name.clone(), resolved: cx.view.resolved, formats: cx.formats.to_vec() };
        if !fresh && self.entered.as_ref() == Some(&entered) {
            return Ok(());
        }
        let root = |resolved: bool| -> serde_json::Value {
            let view = View { inventory: cx.shared, resolved };
            serde_json::from_str(&host::part(&view, &view.read(view.root()))).unwrap_or_default()
        };
        let rule = cx.rule;
        let mut named: Vec<&String> = cx.shared.named.iter().collect();
        named.sort_unstable();
        let info = json!({
            "view": if cx.view.resolved { "r" } else { "u" },
            "rule": {
                "name": rule.name,
                "description": rule.description,
                "message": rule.message,
                "documentationUrl": rule.url,
                "severity": rule.severity,
                "recommended": rule.recommended,
                "resolved": rule.resolved,
                "enabled": rule.enabled,
                "given": rule.given,
                "definition": {
                    "description": rule.description,
                    "message": rule.message,
                    "severity": rule.severity,
                    "given": rule.given,
                    "resolved": rule.resolved,
                },
            },
            "formats": (!cx.formats.is_empty()).then_some(cx.formats),
            "source": cx.source,
            "roots": { "r": root(true), "u": root(false) },
            "count": cx.shared.docs().len(),
            "named": named,
            "fresh": fresh,
        })
        .to_string();
        self.context.with(|ctx| {
            let enter = || -> rquickjs::Result<()> {
                ctx.globals().get::<_, JsFunction<'_>>("__enter")?.call((info,))
            };
            enter().catch(&ctx).map_err(words)
        })?;
        self.seen = Some(Arc::clone(cx.shared));
        self.entered = Some(entered);
        Ok(())
    }

    /// Calls a function with a value.
    pub(super) fn run(
        &mut self,
        cx: &Call<'_, '_>,
        key: &str,
        value: &Js<'_>,
        options: &str,
        with_way: bool,
    ) -> Result<Answer, String> {
        host::start_clock(TIME);
        let way = with_way.then(|| host::way(&cx.view, cx.path()));
        let part = host::part(&cx.view, value);
        let text = self.context.with(|ctx| {
            let run = || -> rquickjs::Result<String> {
                let run: JsFunction<'_> = ctx.globals().get("__run")?;
                let answer: Value<'_> = match way {
                    Some(way) => run.call((key, part, options, way))?,
                    None => run.call((key, part, options))?,
                };
                settled(&ctx, answer)
            };
            run().catch(&ctx).map_err(words)
        })?;
        match text.as_str() {
            "?" => return Ok(Answer::AsksWay),
            "[]" => return Ok(Answer::Found(Vec::new())),
            _ => {}
        }
        let found: Vec<serde_json::Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let outcome = |one: serde_json::Value| {
            let path = one["path"]
                .as_array()
                .map(|path| path.iter().filter_map(|step| step.as_str().map(str::to_owned)).collect());
            Outcome { message: one["message"].as_str().unwrap_or_default().to_owned(), path }
        };
        Ok(Answer::Found(found.into_iter().map(outcome).collect()))
    }
}

/// A moment that is not reached yet.
pub(super) fn later(time: Duration) -> Instant {
    Instant::now() + time
}
