//! Judging only what changed: which files that means beside those that differ themselves, which rules
//! about the repository as a whole can still answer, and how a report says what was left out.

mod referrers;
mod rules;

pub use referrers::{Selection, select};
pub(super) use rules::{looks_at_files, parts};

/// What of a tree was judged, where only what differs from a commit was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The name that was compared with.
    pub reference: String,
    /// The commit that it came to; none where nothing was committed yet.
    pub commit: Option<String>,
    /// Paths of files that are new or of another content.
    pub changed: Vec<String>,
    /// Paths of files that are no longer there.
    pub gone: Vec<String>,
    /// Number of files that were judged: those that changed, and what refers to them.
    pub judged: usize,
    /// Number of files that were not judged.
    pub files_left_out: usize,
    /// Number of rules that were not asked since they look at the repository as a whole.
    pub rules_left_out: usize,
    /// Why everything was judged all the same.
    pub whole: Option<String>,
}

impl Scope {
    /// Whether something was left out.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.whole.is_none()
    }

    /// What was judged and what was not, in a sentence.
    #[must_use]
    pub fn said(&self) -> String {
        let commit = self.commit.as_deref().map_or_else(
            || "nothing committed yet".to_owned(),
            |commit| commit.get(..10).unwrap_or(commit).to_owned(),
        );
        let against = format!("{} ({commit})", self.reference);
        if let Some(why) = &self.whole {
            return format!("Everything was judged, not only what differs from {against}: {why}.");
        }
        if self.changed.is_empty() && self.gone.is_empty() {
            return format!(
                "Nothing differs from {against}: nothing was judged, and nothing is said of {}.",
                count(self.files_left_out, "file")
            );
        }
        let also = self.judged.saturating_sub(self.changed.len());
        format!(
            "Only what differs from {against} was judged: {} that changed and {also} beside them that refer to what changed. {} and {} about the repository as a whole were left out.",
            count(self.changed.len(), "file"),
            count(self.files_left_out, "file"),
            count(self.rules_left_out, "rule"),
        )
    }
}

fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
