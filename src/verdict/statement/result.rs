//! What a statement comes to: decided by its binding musts alone. There is no score, because a
//! percentage hides the must that failed.

use super::{ClausePart, Counts, ResultName};
use crate::verdict::table::Verdict;
use std::collections::BTreeMap;

/// Counts the verdicts of each group.
pub(super) fn count(clauses: &[ClausePart]) -> Counts {
    let mut counts = Counts::default();
    for clause in clauses {
        let group: &mut BTreeMap<&'static str, usize> = match (clause.binding, clause.counts) {
            (true, _) => &mut counts.binding,
            (false, true) => &mut counts.guidance,
            (false, false) => &mut counts.not_counted,
        };
        *group.entry(clause.verdict.name()).or_default() += 1;
    }
    counts
}

/// The result and its sentence.
pub(super) fn tell(clauses: &[ClausePart]) -> (ResultName, String) {
    let of = |binding: bool, verdict: Verdict| {
        clauses
            .iter()
            .filter(move |clause| {
                clause.binding == binding && clause.counts && is_must(clause) && clause.verdict == verdict
            })
            .map(|clause| clause.source.as_str())
            .collect::<Vec<_>>()
    };
    let against = of(true, Verdict::NotMet);
    let (unknown, wanting) = (of(true, Verdict::Unknown), of(true, Verdict::NeedsEvidence));
    let (waived, met) = (of(true, Verdict::Waived), of(true, Verdict::Met));
    let other = of(false, Verdict::NotMet);
    let result = match () {
        () if !against.is_empty() => ResultName::DoesNotConform,
        () if !unknown.is_empty() || !wanting.is_empty() => ResultName::CannotBeDecided,
        // Nothing that binds was judged: that is no conformance.
        () if waived.is_empty() && met.is_empty() => ResultName::CannotBeDecided,
        () if !waived.is_empty() => ResultName::ConformsWithWaivers,
        () => ResultName::Conforms,
    };
    let mut said = match result {
        ResultName::DoesNotConform => {
            format!("{} not met ({}).", musts(against.len(), "binding"), against.join(", "))
        }
        ResultName::CannotBeDecided if unknown.is_empty() && wanting.is_empty() => {
            "No binding must applies that could be judged.".to_owned()
        }
        ResultName::CannotBeDecided => {
            format!("{} unknown, {} in want of a record.", musts(unknown.len(), "binding"), wanting.len())
        }
        ResultName::ConformsWithWaivers => {
            format!("{} met, {} waived.", musts(met.len(), "binding"), waived.len())
        }
        ResultName::Conforms => format!("{} met.", musts(met.len(), "binding")),
    };
    if !other.is_empty() {
        said.push_str(&format!(" {} not met, which do not decide the result.", musts(other.len(), "other")));
    }
    // A reader should see at once how much of the ground was looked at.
    let applying: Vec<&ClausePart> = clauses
        .iter()
        .filter(|clause| clause.counts && is_must(clause) && clause.verdict != Verdict::NotApplicable)
        .collect();
    let with = |verdict: Verdict| applying.iter().filter(|clause| clause.verdict == verdict).count();
    let (met, not_met) = (with(Verdict::Met), with(Verdict::NotMet));
    let waived = with(Verdict::Waived);
    said.push_str(&format!(
        " Of {} that apply, {met} met, {not_met} not met{}, {} not judged from what was handed over.",
        musts(applying.len(), ""),
        if waived > 0 { format!(", {waived} waived") } else { String::new() },
        applying.len() - met - not_met - waived
    ));
    (result, said)
}

pub(super) fn is_must(clause: &ClausePart) -> bool {
    matches!(clause.level, crate::standard::Level::Must | crate::standard::Level::MustNot)
}

fn musts(count: usize, kind: &str) -> String {
    let space = if kind.is_empty() { "" } else { " " };
    format!("{count} {kind}{space}must{}", if count == 1 { "" } else { "s" })
}
