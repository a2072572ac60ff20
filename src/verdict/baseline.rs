//! A baseline: the findings of another day, accepted as they were, so that a pipeline fails on new
//! ones alone. It accepts what fails a run; it decides nothing about clauses: a verdict counts what
//! is in it like anything else.

use crate::engine::Report;
use crate::finding::{Accepted, Finding, Outcome};
use assize_tree::text::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Version of the form.
const VERSION: u32 = 1;
/// Bytes of a line, each way, by which a place is known again.
const AROUND: usize = 100;

/// The findings of another day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Version of the form.
    pub version: u32,
    /// The findings, sorted.
    pub findings: Vec<Entry>,
}

/// A finding as it is known again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Path of its file; `.` for the repository as a whole.
    pub file: String,
    /// Full id of its rule.
    pub rule: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// A digest of what stands in its line: known again in a file that was renamed. Empty where it
    /// stands in no line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
}

/// What a baseline accepts of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// For each entry, the finding that it accepts.
    pub accepts: Vec<Option<usize>>,
}

impl Comparison {
    /// How many entries accept nothing any more.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.accepts.iter().filter(|accepts| accepts.is_none()).count()
    }
}

/// By what an entry and a finding are held to be the same: rule, file, and what names the place.
type Name<'e> = (&'e str, &'e str, &'e str);

/// In what order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// The same line in the same file.
    Line,
    /// The same fingerprint.
    Fingerprint,
    /// The same line in a file of another name.
    Renamed,
}

impl Round {
    fn name(self, entry: &Entry) -> Option<Name<'_>> {
        let line = (!entry.line.is_empty()).then_some(entry.line.as_str());
        match self {
            Self::Line => Some((&entry.rule, &entry.file, line?)),
            Self::Fingerprint => Some((&entry.rule, &entry.file, &entry.fingerprint)),
            Self::Renamed => Some((&entry.rule, "", line?)),
        }
    }
}

impl Baseline {
    /// The open findings of a report.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        let findings = report.findings.iter().filter(|finding| can_be_accepted(report, finding));
        let mut findings: Vec<Entry> = findings.map(|finding| entry(report, finding)).collect();
        findings.sort();
        Self { version: VERSION, findings }
    }

    /// Reads a baseline's text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read.version != VERSION {
            return Err(format!("its version is {}, and this program knows {VERSION}", read.version));
        }
        Ok(read)
    }

    /// Its text: one line for each finding, so that changes of it can be read and merged.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{{\n  \"version\": {},\n  \"findings\": [", self.version);
        for (at, entry) in self.findings.iter().enumerate() {
            let entry = serde_json::to_string(entry).unwrap_or_default();
            let _ = write!(text, "{}\n    {entry}", if at == 0 { "" } else { "," });
        }
        text.push_str(if self.findings.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }

    /// Which findings it accepts. Each entry accepts one finding at most: first that of the same
    /// rule and line in the same file, wherever the line stands now; then that of the same
    /// fingerprint, whose line was edited; then, where its file is gone, that of the same rule and
    /// line in another file.
    #[must_use]
    pub fn compare(&self, report: &Report) -> Comparison {
        let now: Vec<(usize, Entry)> = report
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| can_be_accepted(report, finding))
            .map(|(at, finding)| (at, entry(report, finding)))
            .collect();
        let there: std::collections::HashSet<&str> =
            report.files.iter().map(|file| file.path.as_str()).chain(["."]).collect();
        let mut accepts: Vec<Option<usize>> = vec![None; self.findings.len()];
        let mut taken = vec![false; now.len()];
        for round in [Round::Line, Round::Fingerprint, Round::Renamed] {
            let mut waiting: HashMap<Name<'_>, Vec<usize>> = HashMap::new();
            for (at, (_, entry)) in now.iter().enumerate().rev().filter(|&(at, _)| !taken[at]) {
                if let Some(name) = round.name(entry) {
                    waiting.entry(name).or_default().push(at);
                }
            }
            for (entry, accepts) in self.findings.iter().zip(&mut accepts) {
                let gone = !there.contains(entry.file.as_str());
                if accepts.is_none()
                    && (round != Round::Renamed || gone)
                    && let Some(name) = round.name(entry)
                    && let Some(at) = waiting.get_mut(&name).and_then(Vec::pop)
                {
                    taken[at] = true;
                    *accepts = Some(now[at].0);
                }
            }
        }
        Comparison { accepts }
    }

    /// The same without what is gone, and with what has moved at its new place. Never larger.
    #[must_use]
    pub fn pruned(&self, report: &Report, comparison: &Comparison) -> Self {
        let kept = comparison.accepts.iter().flatten();
        let mut findings: Vec<Entry> = kept.map(|&at| entry(report, &report.findings[at])).collect();
        findings.sort();
        Self { version: VERSION, findings }
    }
}

/// Gives the findings that a baseline accepts their outcome. `name` is what it is called.
pub fn accept(report: &mut Report, comparison: &Comparison, name: &str) {
    let why = Arc::new(Accepted {
        id: Some(name.to_owned()),
        reason: format!("It was there before ({name})."),
        ..Accepted::default()
    });
    for &at in comparison.accepts.iter().flatten() {
        report.findings[at].outcome = Outcome::Baselined(Arc::clone(&why));
    }
    report.compared = true;
}

/// What is wrong with waivers, comments, records and baselines is never of yesterday.
fn can_be_accepted(report: &Report, finding: &Finding) -> bool {
    let own = report.rule(finding.rule).id.strip_prefix("assize/");
    let about = |name: &str| {
        ["waiver-", "ignore-", "baseline-", "evidence-"].iter().any(|part| name.starts_with(part))
    };
    finding.outcome.is_open() && !own.is_some_and(about)
}

fn entry(report: &Report, finding: &Finding) -> Entry {
    let file = finding.primary.file.map(|file| report.file(file));
    let line = file.and_then(|file| file.text.as_deref()).map(|text| line(text, finding.primary.span.start));
    Entry {
        file: file.map_or(".", |file| file.path.as_str()).to_owned(),
        rule: report.rule(finding.rule).id.clone(),
        fingerprint: finding.fingerprint.clone(),
        line: line.unwrap_or_default(),
    }
}

/// A digest of the line at an offset without its indentation; of a long one, of what is near.
fn line(text: &Text, offset: u32) -> String {
    let source = text.as_str();
    let at = (offset as usize).min(source.len());
    let (start, end) = text.lines().line_bounds(source, text.lines().line_of(offset));
    let (mut start, mut end) = (start as usize, end as usize);
    if end - start > 2 * AROUND {
        start = start.max(at.saturating_sub(AROUND));
        end = end.min(at + AROUND);
    }
    while !source.is_char_boundary(start) {
        start += 1;
    }
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let line = source[start.min(end)..end].trim();
    if line.is_empty() {
        return String::new();
    }
    Sha256::digest(line.as_bytes())[..8].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_reads_back() {
        let entry = |file: &str| Entry {
            file: file.to_owned(),
            rule: "a/b/c".to_owned(),
            fingerprint: "v1:0".to_owned(),
            line: String::new(),
        };
        for findings in [vec![], vec![entry("a\"b.yaml")], vec![entry("a"), entry("b")]] {
            let baseline = Baseline { version: VERSION, findings };
            assert_eq!(Baseline::read(&baseline.text()).unwrap(), baseline);
        }
        assert!(Baseline::read("{\"version\": 2, \"findings\": []}").unwrap_err().contains("version is 2"));
        assert!(Baseline::read("[]").is_err());
    }

    #[test]
    fn a_line_is_known_wherever_it_stands() {
        let text = |text: &str| Text::from(text.to_owned());
        assert_eq!(line(&text("a\n  b: 1\n"), 4), line(&text("b: 1"), 0));
        assert_ne!(line(&text("b: 1"), 0), line(&text("b: 2"), 0));
        assert_eq!(line(&text("\n\n"), 1), "");
        let long = format!("{}é{}", "x".repeat(500), "y".repeat(500));
        assert_eq!(line(&text(&long), 500).len(), 16);
        assert_eq!(line(&text(""), 0), "");
        assert_eq!(line(&text("x"), 99).len(), 16);
    }
}
