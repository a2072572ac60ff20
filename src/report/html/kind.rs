//! What became of a clause, in the few kinds that the page counts, draws and filters by; and the rows
//! of its clause table, whether they come from a check or from a statement.

use crate::engine::Report;
use crate::finding::RuleId;
use crate::standard::{Level, Standing};
use crate::verdict::statement::ClausePart;
use crate::verdict::table::Verdict;

/// A kind of outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Bad,
    Unknown,
    Evidence,
    Accepted,
    Good,
    Nothing,
}

/// Every kind, those that hurt first.
pub(super) const ALL: [Kind; 6] =
    [Kind::Bad, Kind::Unknown, Kind::Evidence, Kind::Accepted, Kind::Good, Kind::Nothing];

impl Kind {
    /// Its class in the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Bad => "k-bad",
            Self::Unknown => "k-unknown",
            Self::Evidence => "k-evidence",
            Self::Accepted => "k-accepted",
            Self::Good => "k-good",
            Self::Nothing => "k-nothing",
        }
    }

    /// As the page says it. A check gives no verdicts: those need a profile and facts.
    pub(super) const fn said(self, verdicts: bool) -> &'static str {
        match (self, verdicts) {
            (Self::Bad, true) => "not met",
            (Self::Bad, false) => "findings",
            (Self::Unknown, _) => "unknown",
            (Self::Evidence, true) => "needs evidence",
            (Self::Evidence, false) => "no rule",
            (Self::Accepted, true) => "waived",
            (Self::Accepted, false) => "accepted",
            (Self::Good, true) => "met",
            (Self::Good, false) => "nothing found",
            (Self::Nothing, true) => "not applicable",
            (Self::Nothing, false) => "nothing to look at",
        }
    }
}

/// A row of the clause table.
pub(super) struct Row<'a> {
    pub(super) source: &'a str,
    pub(super) title: &'a str,
    pub(super) url: &'a str,
    /// Index of its pack in the report.
    pub(super) pack: Option<usize>,
    pub(super) level: Level,
    pub(super) standing: Standing,
    /// It decides the result of a statement.
    pub(super) binding: bool,
    pub(super) kind: Kind,
    pub(super) why: String,
    /// Its rules that found something, with how often.
    pub(super) rules: Vec<(RuleId, usize)>,
}

/// How often each rule found something, open and accepted.
struct Found {
    open: Vec<usize>,
    accepted: Vec<usize>,
    unknown: Vec<Option<usize>>,
}

impl Found {
    fn of(report: &Report) -> Self {
        let none = vec![0; report.rules.len()];
        let mut found = Self { open: none.clone(), accepted: none, unknown: vec![None; report.rules.len()] };
        for finding in &report.findings {
            let counts = if finding.outcome.is_open() { &mut found.open } else { &mut found.accepted };
            counts[finding.rule.0 as usize] += 1;
        }
        for (at, unknown) in report.unknown.iter().enumerate() {
            if let Some(rule) = unknown.rule {
                found.unknown[rule.0 as usize].get_or_insert(at);
            }
        }
        found
    }
}

/// The rules of each clause.
fn rules(report: &Report) -> Vec<Vec<usize>> {
    let mut rules = vec![Vec::new(); report.clauses.len()];
    for (at, rule) in report.rules.iter().enumerate() {
        if let Some(clause) = rule.clause {
            rules[clause].push(at);
        }
    }
    rules
}

/// The rows of a check: what its rules found of each clause.
pub(super) fn of_check(report: &Report) -> Vec<Row<'_>> {
    let found = Found::of(report);
    let rules = rules(report);
    // Where something was left out, a clause that nothing was found of is not met by that.
    let partial = report.partial().map(crate::engine::Scope::said);
    let mut rows: Vec<Row<'_>> = report
        .clauses
        .iter()
        .zip(&rules)
        .map(|(clause, rules)| {
            let sum = |counts: &[usize]| rules.iter().map(|rule| counts[*rule]).sum::<usize>();
            let (open, accepted) = (sum(&found.open), sum(&found.accepted));
            let unknown = rules.iter().find_map(|rule| found.unknown[*rule]);
            let places: u64 =
                rules.iter().filter_map(|rule| report.stats.rules.get(*rule)).map(|stats| stats.places).sum();
            let (kind, why) = match (&report.packs[clause.pack].left_out, unknown) {
                (Some(why), _) => (Kind::Nothing, format!("Left out: {why}.")),
                (None, _) if open > 0 => (Kind::Bad, String::new()),
                (None, Some(at)) => (Kind::Unknown, report.unknown[at].reason.clone()),
                (None, None) if accepted > 0 => (Kind::Accepted, String::new()),
                (None, None) if rules.is_empty() => {
                    (Kind::Evidence, "No rule can test it; a record shows it.".to_owned())
                }
                (None, None) if partial.is_some() => (Kind::Unknown, partial.clone().unwrap_or_default()),
                (None, None) if places > 0 => (Kind::Good, format!("{places} places looked at.")),
                (None, None) => (Kind::Nothing, String::new()),
            };
            Row {
                source: &clause.source,
                title: &clause.title,
                url: &clause.url,
                pack: Some(clause.pack),
                level: clause.level,
                standing: clause.standing,
                binding: false,
                kind,
                why,
                rules: found_by(rules, &found),
            }
        })
        .collect();
    rows.sort_by_key(|row| (row.kind, row.level));
    rows
}

/// The rows of a statement, in its order.
pub(super) fn of_statement<'a>(report: &'a Report, clauses: &'a [ClausePart]) -> Vec<Row<'a>> {
    let found = Found::of(report);
    let rules = rules(report);
    let at: std::collections::HashMap<&str, usize> =
        report.clauses.iter().enumerate().map(|(at, clause)| (clause.id.as_str(), at)).collect();
    clauses
        .iter()
        .map(|clause| {
            let known = at.get(clause.clause.as_str()).copied();
            let mut why = clause.reason.clone();
            if clause.explained {
                why.push_str(" Explained.");
            }
            if let Some(wanted) = &clause.wanted {
                why.push_str(&format!(" Wanted: {wanted}."));
            }
            if let Some(day) = clause.mend_by {
                why.push_str(&format!(" Mend by {day}."));
            }
            Row {
                source: &clause.source,
                title: &clause.title,
                url: &clause.url,
                pack: known.map(|at| report.clauses[at].pack),
                level: clause.level,
                standing: clause.standing,
                binding: clause.binding,
                kind: kind(clause.verdict),
                why,
                rules: known.map_or_else(Vec::new, |at| found_by(&rules[at], &found)),
            }
        })
        .collect()
}

fn found_by(rules: &[usize], found: &Found) -> Vec<(RuleId, usize)> {
    let counts = rules.iter().map(|rule| (RuleId(*rule as u32), found.open[*rule] + found.accepted[*rule]));
    counts.filter(|(_, count)| *count > 0).collect()
}

fn kind(verdict: Verdict) -> Kind {
    match verdict {
        Verdict::NotMet => Kind::Bad,
        Verdict::Unknown => Kind::Unknown,
        Verdict::NeedsEvidence => Kind::Evidence,
        Verdict::Waived => Kind::Accepted,
        Verdict::Met => Kind::Good,
        Verdict::NotApplicable => Kind::Nothing,
    }
}
