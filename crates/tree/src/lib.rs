//! The ground floors of Assize: text, one span-keeping tree for every format, paths over it,
//! the graph of references through it and JSON Schema validation of it. Nothing in here knows of
//! standards, rules or findings; each module uses only the ones named before it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod text;

pub mod pattern;

pub mod document;

pub mod path;

pub mod js;

pub mod reference;

#[cfg(feature = "schema")]
pub mod schema;
