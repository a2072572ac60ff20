//! The engine: a plan compiled from packs, run over a workspace. `judge` is pure: the same plan
//! and the same files give the same report, whatever the number of threads.

mod bundle;
mod report;

pub use bundle::Bundle;
pub use report::{ClauseInfo, PackInfo, Report, RuleInfo, RuleStats, Stats, Unknown};
