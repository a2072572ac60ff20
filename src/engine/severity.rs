//! The severity of a rule's findings, decided in this one place.

use crate::finding::Severity;
use crate::pack::form::{ClauseForm, Decides, RuleForm, SeverityForm, Status};
use crate::standard::{Certainty, Level};
use crate::workspace::{Role, role};

/// Must gives an error, should a warning, may a note. Clauses that never count, or that nobody has
/// read at their source, give notes at most; so do rules that are new or only point somewhere. A
/// rule's own severity may lower all that, never raise it.
#[must_use]
pub(super) fn of_rule(clause: &ClauseForm, rule: &RuleForm) -> Severity {
    let by_level = match clause.level {
        Level::Must | Level::MustNot => Severity::Error,
        Level::Should | Level::ShouldNot => Severity::Warning,
        Level::May => Severity::Note,
    };
    let noted = !clause.standing.counts()
        || clause.certainty != Certainty::Verified
        || rule.status == Status::Preview
        || matches!(rule.decides, Decides::Indicates | Decides::Proves);
    let cap = if noted { Severity::Note } else { Severity::Error };
    let own = match rule.severity {
        None | Some(SeverityForm::Error) => Severity::Error,
        Some(SeverityForm::Warn) => Severity::Warning,
        Some(SeverityForm::Info) => Severity::Note,
        Some(SeverityForm::Hint) => Severity::Hint,
    };
    by_level.min(cap).min(own)
}

/// What belongs to a test may be wrong on purpose: findings in it are notes, unless the rule counts
/// tests as well (a person's real number is one wherever it stands).
#[must_use]
pub(super) fn in_file(severity: Severity, path: &str, counts_tests: bool) -> Severity {
    if !counts_tests && role(path, None) == Some(Role::Test) {
        severity.min(Severity::Note)
    } else {
        severity
    }
}
