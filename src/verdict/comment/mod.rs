//! Comments in judged files that explain a finding beside them:
//! `assize-ignore: RULE reason="..." until=YYYY-MM-DD`. They explain what a standard says should be
//! done; a must needs a granted waiver, which a comment may cite.

mod apply;
mod scan;

pub use apply::{Applied, Beside, apply};
pub use scan::{Directive, scan};

/// The word that such a comment begins with.
pub const WORD: &str = crate::workspace::MARK;
