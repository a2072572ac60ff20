//! JSON Schema as Spectral's library (ajv 8, `strict: false`) understands it: the same verdicts, the
//! same first error, the same order of keywords and the same words. The order in which ajv looks at
//! keywords decides which error is found first, and a rule's message with it.
//!
//! `meta` finds what is wrong with a schema, `compile` reads it, `run` judges a value, `formats` are those of ajv-formats, `words` turn
//! errors into messages as better-ajv-errors does.

mod compile;
mod compiler;
mod formats;
mod meta;
mod run;
mod words;

pub(super) use meta::fault;

pub use compile::{Dialect, Mode, OpenApi, Validator, detect, unknown};
pub use run::{Failure, Outcome};
pub use words::{Message, messages, nearest, plain_messages};
