//! The engine: a plan compiled from packs, run over a workspace. `judge` is pure: the same plan
//! and the same files give the same report, whatever the number of threads.

pub mod builtin;
mod cached;
mod changed;
mod description;
pub mod examples;
mod except;
mod explained;
mod gather;
mod judge;
mod message;
mod plan;
mod problems;
mod report;
mod repository;
mod rounds;
mod rule;
mod rulesets;
mod run;
mod servers;
mod severity;
mod survey;

pub use cached::{Cache, Cached, Key, bytes_to_keep, plan_key};
pub use changed::{Scope, Selection, select};
pub use gather::{NAMES as GATHERED_CHECKS, SAME as SAME_VALUE};
pub use judge::{Options, Part, judge};
pub use plan::Plan;
pub use report::{
    Blind, ClauseInfo, Description, Gate, LookedAt, Note, PackInfo, Report, RuleInfo, RuleStats,
    SpectralResult, Stats, Unknown,
};
pub use rule::{Beside, Rule};
pub(crate) use survey::is_of_syntax;
pub use survey::kinds;
