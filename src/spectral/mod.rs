//! Spectral's rulesets, run as they are. Spectral's answers depend on details that a native rule need
//! not care for (which references are left standing, how a route through them becomes a place, what
//! JavaScript makes of a value), so its rules have a runner of their own beside the engine: the same
//! tree, the same paths, the same files, other semantics. Versions followed: spectral-core 1.24,
//! spectral-functions 1.11, spectral-rulesets 1.23, nimma 0.2, json-ref-resolver 3.1.
//!
//! A ruleset is read (`read`) and merged (`ruleset`); a document's references are resolved
//! (`resolve`); rules run (`lint`) and call functions (`functions`); results are placed (`place`) and
//! worded (`message`). What is wrong with a ruleset itself is told by `advice`.

pub mod advice;
pub mod ajv;
pub mod formats;
pub mod functions;
#[cfg(feature = "javascript")]
mod javascript;
pub mod lint;
pub mod message;
mod packages;
mod parser;
pub mod place;
pub mod pointer;
mod read;
pub mod repairs;
pub mod resolve;
mod result;
pub mod ruleset;
mod run;
mod shapes;
mod targets;
mod trial;
pub mod value;
mod yaml;

/// Lets functions in JavaScript forget what they keep.
fn forget_scripts() {
    #[cfg(feature = "javascript")]
    javascript::forget();
}

pub use read::{Reading, built_in, is_ruleset, read};
pub use repairs::Repairs;
pub use run::{Ruleset, Run};
pub use trial::{try_function, try_ruleset};
