//! What to mend first: findings by harm, then level, then place; and for each, who can mend it.

use crate::engine::Report;
use crate::finding::{Finding, Outcome};
use crate::pack::form::Mend;

/// How much harm a rule's findings do beyond their level, in tenths: what the clause's `security`
/// says, and at least 7 for one that is urgent.
pub(super) fn harm(report: &Report, finding: &Finding) -> u32 {
    // What stands behind a break in the syntax was not read: much of what else is found may follow from it.
    if report.rule(finding.rule).id == "assize/syntax" {
        return 100;
    }
    report.clause_of(finding.rule).map_or(0, |clause| {
        // 0.1 to 10, checked when the pack is read.
        let grave = clause.security.map_or(0, |score| (score.clamp(0.0, 10.0) * 10.0).round() as u32);
        if clause.urgent { grave.max(70) } else { grave }
    })
}

/// Open findings, the one to mend first at the front.
pub(super) fn ranked(report: &Report) -> Vec<&Finding> {
    let mut all: Vec<&Finding> = report.findings.iter().filter(|finding| finding.outcome.is_open()).collect();
    // Stable: what weighs the same stays in the order of files and places.
    all.sort_by_key(|finding| std::cmp::Reverse((harm(report, finding), finding.severity)));
    all
}

/// Who can mend a finding.
pub(super) fn mend(report: &Report, finding: &Finding) -> Mend {
    match (&finding.outcome, report.clause_of(finding.rule)) {
        (Outcome::Requested(_), _) => Mend::Waiver,
        (_, Some(clause)) => clause.mend,
        // Only an approver can put a signature right.
        (_, None) if report.rule(finding.rule).id == "assize/waiver-signature" => Mend::Owner,
        (_, None) => Mend::Here,
    }
}

/// As reports say it.
pub(super) const fn said(mend: Mend) -> &'static str {
    match mend {
        Mend::Here => "fixable here",
        Mend::Owner => "needs another owner",
        Mend::Waiver => "needs a waiver",
    }
}
