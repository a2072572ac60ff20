//! What an auditor sends to a supplier: what was judged by what, what to mend first, by whom, and
//! how to answer. A person reads it, so that each rule is told once with its places. What it says is
//! put together here; `markdown` and `html` write it.

mod html;
mod markdown;

use super::order::{self, ranked};
use super::place::place;
use super::{Origin, Reporter, Style};
use crate::engine::Report;
use crate::finding::{Finding, RuleId, Severity};
use crate::pack::form::Mend;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The letter in Markdown.
pub(super) struct Letter;
/// The letter as a page.
pub(super) struct LetterHtml;

/// Places of one rule that are named.
const PLACES: usize = 12;
/// Rules told under one heading.
const RULES: usize = 60;
/// Reasons told of what could not be checked.
const REASONS: usize = 10;

/// Who mends it, the heading, and what it means.
const PARTS: [(Mend, &str, &str); 3] = [
    (Mend::Here, "What you can mend in this repository", "In this order: what does most harm comes first."),
    (
        Mend::Owner,
        "What somebody else must mend",
        "A change to these files alone does not help. Please pass it on to whoever keeps the domain, the service or the key, and tell us who that is.",
    ),
    (
        Mend::Waiver,
        "What needs a new version or a waiver",
        "Mending it would break those who rely on it as it is. Plan it for the next version, or ask for a waiver: `assize waiver request RULE --reason \"...\"`.",
    ),
];

/// How a supplier answers; what stands between backticks is typed.
const ANSWERS: [&str; 4] = [
    "Mend it, and run `assize check` yourself: it gives the same answer on the same files.",
    "`assize explain RULE` says more about a rule.",
    "Where a finding is wrong or cannot be mended, ask for a waiver with your reason: `assize waiver request RULE --reason \"...\"`. Until it is granted, the finding counts.",
    "Where something could not be checked, tell us how we can see it.",
];

impl Reporter for Letter {
    fn name(&self) -> &'static str {
        "letter"
    }

    fn about(&self) -> &'static str {
        "Markdown that an auditor sends to a supplier: what to mend first, and who can"
    }

    fn for_file(&self, path: &Path) -> Option<&'static dyn Reporter> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        matches!(ending.as_str(), "html" | "htm").then_some(&LetterHtml as &dyn Reporter)
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(markdown::write(&Content::of(report, style)).as_bytes())
    }
}

impl Reporter for LetterHtml {
    fn name(&self) -> &'static str {
        "letter-html"
    }

    fn about(&self) -> &'static str {
        "the same letter as a page, in one file that needs no network"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        html::write(&Content::of(report, style), out)
    }
}

/// What a letter says. Nothing in it is escaped yet.
struct Content<'a> {
    subject: &'a str,
    files: usize,
    /// What was left out, where only a part was judged.
    scopes: Vec<String>,
    is_part: bool,
    errors: usize,
    warnings: usize,
    notes: usize,
    origin: Option<&'a Origin>,
    parts: Vec<Part<'a>>,
    /// Outcomes of findings that are not open, with how many there are.
    accepted: Vec<(&'a str, usize)>,
    unknown: usize,
    /// Why something could not be checked, with how often: the first few.
    reasons: Vec<(&'a str, usize)>,
    more_reasons: usize,
    packs: Vec<Judge<'a>>,
}

/// What one of the three can mend.
struct Part<'a> {
    heading: &'static str,
    what: &'static str,
    rules: Vec<Item<'a>>,
    more: usize,
}

/// A rule with its places.
struct Item<'a> {
    title: &'a str,
    source: &'a str,
    url: Option<&'a str>,
    severity: &'static str,
    harmful: bool,
    help: &'a str,
    places: Vec<Spot<'a>>,
    more: usize,
}

/// One place of a rule.
struct Spot<'a> {
    /// Path and line; `None` for the repository as a whole.
    at: Option<(&'a str, usize)>,
    /// What is said there, where it was not said above.
    message: Option<&'a str>,
}

/// A pack that was judged by.
struct Judge<'a> {
    title: &'a str,
    edition: &'a str,
    authority: &'a str,
    name: &'a str,
    version: &'a str,
    digest: &'a str,
}

impl<'a> Content<'a> {
    fn of(report: &'a Report, style: &'a Style) -> Self {
        let findings = ranked(report);
        let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
        let part = |(who, heading, what): (Mend, &'static str, &'static str)| {
            let own = findings.iter().copied().filter(|finding| order::mend(report, finding) == who);
            let rules = by_rule(own);
            (!rules.is_empty()).then(|| Part {
                heading,
                what,
                more: rules.len().saturating_sub(RULES),
                rules: rules.iter().take(RULES).map(|(rule, list)| item(report, *rule, list)).collect(),
            })
        };
        let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in report.findings.iter().filter(|finding| !finding.outcome.is_open()) {
            *accepted.entry(finding.outcome.name()).or_default() += 1;
        }
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for unknown in &report.unknown {
            *reasons.entry(&unknown.reason).or_default() += 1;
        }
        let judged = report.packs.iter().filter(|pack| pack.left_out.is_none());
        Self {
            subject: name(&style.subject),
            files: report.file_count(),
            scopes: report.scopes.iter().map(crate::engine::Scope::said).collect(),
            is_part: report.partial().is_some(),
            errors,
            warnings,
            notes: findings.len() - errors - warnings,
            origin: style.origin.as_ref(),
            parts: PARTS.into_iter().filter_map(part).collect(),
            accepted: accepted.into_iter().collect(),
            unknown: report.unknown.len(),
            more_reasons: reasons.len().saturating_sub(REASONS),
            reasons: reasons.into_iter().take(REASONS).collect(),
            packs: judged
                .map(|pack| Judge {
                    title: if pack.title.is_empty() { &pack.name } else { &pack.title },
                    edition: &pack.edition,
                    authority: &pack.authority,
                    name: &pack.name,
                    version: &pack.version,
                    digest: pack.digest.get(..16).unwrap_or(&pack.digest),
                })
                .collect(),
        }
    }

    fn is_clean(&self) -> bool {
        self.errors + self.warnings + self.notes == 0
    }

    /// What a letter without findings says.
    const fn nothing(&self) -> &'static str {
        if self.is_part {
            "There is nothing to mend in what was judged."
        } else {
            "There is nothing to mend."
        }
    }

    /// `There is 1 error, 2 warnings and 0 notes to look at.`
    fn summary(&self) -> String {
        use super::markdown::count;
        format!(
            "We judged {} by the standards listed at the end. There {} {}, {} and {} to look at.",
            count(self.files, "file"),
            if self.errors == 1 { "is" } else { "are" },
            count(self.errors, "error"),
            count(self.warnings, "warning"),
            count(self.notes, "note")
        )
    }
}

/// The folder's name: where it lies on the auditor's machine is nobody's business.
fn name(subject: &str) -> &str {
    let last = subject.trim_end_matches('/').rsplit('/').next().unwrap_or(subject);
    if last.is_empty() || last.chars().all(|char| char == '.') { subject } else { last }
}

/// Rules in the order of their most harmful finding.
fn by_rule<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<(RuleId, Vec<&'a Finding>)> {
    let mut rules: Vec<(RuleId, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match rules.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, list)) => list.push(finding),
            None => rules.push((finding.rule, vec![finding])),
        }
    }
    rules
}

fn item<'a>(report: &'a Report, id: RuleId, findings: &[&'a Finding]) -> Item<'a> {
    let rule = report.rule(id);
    let first = findings[0];
    let mut said: Vec<&str> = Vec::new();
    let mut places = Vec::new();
    for finding in findings.iter().take(PLACES) {
        let placed = place(report, &finding.primary);
        let message = finding.message.as_str();
        // What is the same everywhere is said once.
        let new = !said.contains(&message);
        if new {
            said.push(message);
        }
        let at = (placed.file != ".").then_some((placed.file, placed.start.line as usize));
        places.push(Spot { at, message: new.then_some(message) });
    }
    Item {
        title: if rule.title.is_empty() { &first.message } else { &rule.title },
        source: report.clause_of(id).map_or(&rule.id, |clause| &clause.source),
        url: report.clause_of(id).and(rule.url.as_deref()),
        severity: first.severity.name(),
        harmful: order::harm(report, first) >= 70,
        help: &rule.help,
        places,
        more: findings.len().saturating_sub(PLACES),
    }
}
