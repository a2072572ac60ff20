//! Functions and rulesets written in JavaScript, in an embedded engine (QuickJS). They see the judged
//! document and the packages that such functions import; they have no files beside their own modules, no
//! network, no clock and no process, and bounds on time, memory and stack. Only rulesets that the
//! operator names are run.
//!
//! `engine` holds one engine for each thread, `host` what it may ask of us, `modules` finds what is
//! imported; `prelude.js` and `packages.js` are the surroundings that functions find.

mod engine;
mod host;
mod modules;

use super::functions::{Failed, Function, Outcome};
use super::lint::Call;
use super::value::Js;
use engine::{Answer, with_engine};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A function in JavaScript with its options.
pub(super) struct Script {
    /// The file; with `#` and a number for a function that stands in a ruleset itself.
    key: String,
    /// The options as JSON; empty for none.
    options: String,
    /// Some call has asked for the way to its value.
    asks_way: AtomicBool,
}

impl Script {
    pub(super) fn new(key: String, options: String) -> Self {
        Self { key, options, asks_way: AtomicBool::new(false) }
    }

    /// What messages call it: the file's name.
    fn name(&self) -> &str {
        let file = self.key.split('#').next().unwrap_or(&self.key);
        Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or(file)
    }
}

impl Function for Script {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let found = with_engine(&self.key, cx.shared, |engine| {
            engine.load(&self.key)?;
            engine.enter(cx)?;
            if !self.asks_way.load(Ordering::Relaxed) {
                match engine.run(cx, &self.key, value, &self.options, false)? {
                    Answer::Found(found) => return Ok(found),
                    Answer::AsksWay => self.asks_way.store(true, Ordering::Relaxed),
                }
            }
            match engine.run(cx, &self.key, value, &self.options, true)? {
                Answer::Found(found) => Ok(found),
                Answer::AsksWay => Err("it asks for a way that there is not".to_owned()),
            }
        });
        match found {
            Ok(found) => {
                out.extend(found);
                Ok(())
            }
            Err(reason) => Err(format!("The function in {} stopped: {reason}.", self.name())),
        }
    }

    fn is_script(&self) -> bool {
        true
    }

    fn asks_way(&self) -> bool {
        self.asks_way.load(Ordering::Relaxed)
    }
}

/// Lets functions start anew: what they keep is forgotten.
pub(super) fn forget() {
    engine::forget();
}

/// A ruleset in JavaScript as data; `{ "__js": number }` stands for a function of its own.
pub(super) fn ruleset(file: &Path) -> Result<serde_json::Value, String> {
    let file: PathBuf = file.canonicalize().map_err(|error| error.to_string())?;
    let nothing = Arc::new(super::functions::as_document(&serde_json::Value::Null));
    let text = with_engine(&file.to_string_lossy(), &nothing, |engine| engine.ruleset(&file))?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
