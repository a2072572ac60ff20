//! What comments explain of a file's findings.

use super::scan::Directive;
use crate::standard::Date;
use crate::verdict::waiver::{Place, Register, State};
use crate::verdict::{Known, Reach};
use assize_tree::text::{Problem, Span};

/// A finding as a comment sees it.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// Where it stands and which rule found it.
    pub place: Place<'a>,
    /// Its line, counted from 0.
    pub line: usize,
    /// Whether it is of a must.
    pub must: bool,
}

/// What came of a file's comments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Findings that are explained, with the comment that does it: both by index.
    pub explained: Vec<(usize, usize)>,
    /// What is wrong with comments.
    pub problems: Vec<Problem>,
}

/// Holds a file's comments against its findings. `looked` says whether a rule looked at the file
/// at all in this run, so that nothing found means something.
#[must_use]
pub fn apply(
    directives: &[Directive],
    findings: &[Beside<'_>],
    register: Option<&Register>,
    known: &Known<'_>,
    clock: Date,
    looked: &dyn Fn(&str, bool) -> bool,
) -> Applied {
    let mut by_line: std::collections::HashMap<usize, Vec<usize>> = std::collections::HashMap::new();
    for (at, finding) in findings.iter().enumerate() {
        by_line.entry(finding.line).or_default().push(at);
    }
    let mut applied = Applied::default();
    for (at, directive) in directives.iter().enumerate() {
        let holds = check(directive, clock, &mut applied.problems);
        let lines = (directive.lines.0..=directive.lines.1).chain(directive.next);
        let beside: Vec<usize> = lines.filter_map(|line| by_line.get(&line)).flatten().copied().collect();
        for (id, span) in &directive.rules {
            let is_clause = match (known.reach(id, false), known.reach(id, true)) {
                (Reach::Unknown(near), Reach::Unknown(other)) => {
                    let message = format!("The comment names \"{id}\", which is no rule.");
                    applied.problems.push(Problem::new("ignore-unknown", *span, message).hint(
                        near.or(other).map_or_else(
                            || "The report prints the full id of every rule.".to_owned(),
                            |near| format!("Did you mean \"{near}\"?"),
                        ),
                    ));
                    continue;
                }
                (Reach::Unknown(_), _) => true,
                _ => false,
            };
            let meant: Vec<usize> =
                beside.iter().copied().filter(|&at| is_meant(&findings[at].place, id, is_clause)).collect();
            if !holds {
                continue;
            }
            if meant.is_empty() {
                if looked(id, is_clause) {
                    let message = format!("Nothing of \"{id}\" is found beside this comment.");
                    applied.problems.push(
                        Problem::new("ignore-stale", *span, message)
                            .hint("Remove the comment, or move it to the line it speaks of."),
                    );
                }
                continue;
            }
            explain(directive, at, *span, &meant, findings, register, &mut applied);
        }
    }
    applied
}

fn is_meant(place: &Place<'_>, id: &str, is_clause: bool) -> bool {
    if is_clause {
        place.clause.is_some_and(|(clause, source)| clause == id || source.eq_ignore_ascii_case(id))
    } else {
        place.rule == id
    }
}

/// Whether a comment holds on a day; what keeps it from doing so is a problem.
fn check(directive: &Directive, clock: Date, problems: &mut Vec<Problem>) -> bool {
    problems.extend(directive.problems.iter().cloned());
    let mut holds = directive.problems.is_empty();
    let no_reason = directive.reason.as_deref().is_none_or(|reason| reason.trim().is_empty());
    if holds && no_reason && directive.waiver.is_none() {
        holds = false;
        problems.push(
            Problem::new("ignore-reason", directive.span, "The comment gives no reason.")
                .hint("Add reason=\"...\"."),
        );
    }
    if let Some(until) = directive.until.filter(|until| *until < clock) {
        holds = false;
        let message = format!("The comment held until {until}: what it explained counts again.");
        problems.push(
            Problem::new("ignore-expired", directive.span, message)
                .hint("Mend what it explains, or think again and set a new day."),
        );
    }
    holds
}

/// Explains findings of a should; of a must only where the comment cites a waiver that covers it.
fn explain(
    directive: &Directive,
    at: usize,
    span: Span,
    meant: &[usize],
    findings: &[Beside<'_>],
    register: Option<&Register>,
    applied: &mut Applied,
) {
    let cited = directive.waiver.as_deref();
    let covering = |finding: &Beside<'_>| {
        let judged = register?.find(cited?)?;
        let holds = matches!(judged.state, State::Granted { .. });
        (holds && judged.waiver.covers(&finding.place)).then_some(())
    };
    let mut told = false;
    for &finding in meant {
        let beside = &findings[finding];
        if covering(beside).is_some() {
            // What the waiver covers is waived already, by the waiver.
            continue;
        }
        if beside.must || directive.reason.is_none() {
            if !std::mem::replace(&mut told, true) {
                let message = match cited {
                    Some(id) => format!(
                        "The comment cites the waiver \"{id}\", but no granted waiver of that id covers what stands here."
                    ),
                    None => {
                        format!("\"{}\" tests a must: a comment cannot explain it away.", beside.place.rule)
                    }
                };
                applied.problems.push(Problem::new("ignore-must", span, message));
            }
            continue;
        }
        applied.explained.push((finding, at));
    }
}
