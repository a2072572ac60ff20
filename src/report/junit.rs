//! JUnit XML, for the pages of test results that pipelines have: a suite for each pack, a case for
//! each finding, and one for each rule without any. Valid by the schema of Jenkins' xunit plugin,
//! which knows no file or line; and GitLab drops cases of the same name, so that each has one of its
//! own, without a line in it: GitLab tells by the name what is new.

use super::escape::{cut, xml};
use super::place::{is_folder, place};
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::{Finding, Outcome, Severity, pointer};
use std::collections::{BTreeMap, HashMap};
use std::io;

/// The format.
pub(super) struct Junit;

/// Characters of a name that a page can show.
const NAME: usize = 400;

impl Reporter for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a suite for each standard, for pages of test results"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let suites = suites(report);
        let total =
            |count: fn(&Case<'_>) -> bool| suites.values().flatten().filter(|case| count(case)).count();
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(
            out,
            "<testsuites name=\"assize\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            total(|_| true),
            total(|case| case.fails()),
            total(|case| case.errs())
        )?;
        for (pack, cases) in &suites {
            let name = pack.map_or("assize", |pack| report.packs[pack].name.as_str());
            let count = |test: fn(&Case<'_>) -> bool| cases.iter().filter(|case| test(case)).count();
            writeln!(
                out,
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
                xml(name),
                cases.len(),
                count(|case| case.fails()),
                count(|case| case.errs()),
                count(|case| case.skips())
            )?;
            let mut seen = HashMap::new();
            for case in cases {
                let mut title = case.name(report);
                let again: &mut u32 = seen.entry(title.clone()).or_default();
                *again += 1;
                if *again > 1 {
                    title = format!("{title} ({again})");
                }
                case.write(report, name, &title, out)?;
            }
            writeln!(out, "  </testsuite>")?;
        }
        writeln!(out, "</testsuites>")
    }
}

/// What stands as one test.
enum Case<'r> {
    Finding(&'r Finding),
    /// A rule that looked and found nothing.
    Passed(usize),
    /// One that found nothing in what was judged, where something was left out.
    Silent(usize),
    /// What was left out since it did not change.
    LeftOut(&'r str),
    Unknown(&'r crate::engine::Unknown),
}

impl Case<'_> {
    fn fails(&self) -> bool {
        matches!(self, Self::Finding(finding) if finding.outcome.is_open() && finding.severity >= Severity::Warning)
    }

    fn errs(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    fn skips(&self) -> bool {
        match self {
            Self::Finding(finding) => !finding.outcome.is_open(),
            Self::Silent(_) | Self::LeftOut(_) => true,
            Self::Passed(_) | Self::Unknown(_) => false,
        }
    }

    fn name(&self, report: &Report) -> String {
        let name = match self {
            Self::Passed(rule) | Self::Silent(rule) => report.rules[*rule].id.clone(),
            Self::LeftOut(_) => "assize what did not change".to_owned(),
            Self::Finding(finding) => {
                let file = place(report, &finding.primary).file;
                format!("{} {file}{}", report.rule(finding.rule).id, pointer(&finding.primary.path))
            }
            Self::Unknown(unknown) => {
                let rule = unknown.rule.map_or("assize", |rule| report.rule(rule).id.as_str());
                let file = unknown.file.map_or(".", |file| report.file(file).path.as_str());
                format!("{rule} {file} could not be checked")
            }
        };
        cut(&name, NAME).into_owned()
    }

    fn write(&self, report: &Report, suite: &str, name: &str, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "    <testcase classname=\"{}\" name=\"{}\"", xml(suite), xml(name))?;
        match self {
            Self::Passed(..) => writeln!(out, "/>"),
            Self::Silent(_) => {
                let why = "nothing was found in what was judged; what did not change was not judged";
                writeln!(out, ">\n      <skipped message=\"{why}\"/>\n    </testcase>")
            }
            Self::LeftOut(said) => {
                writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", xml(said))
            }
            Self::Unknown(unknown) => {
                let reason = xml(&unknown.reason);
                writeln!(out, ">\n      <error type=\"unknown\" message=\"{reason}\"/>\n    </testcase>")
            }
            Self::Finding(finding) => {
                let message = xml(&finding.message);
                writeln!(out, ">")?;
                match &finding.outcome {
                    Outcome::Open | Outcome::Requested(_) if self.fails() => {
                        let level = finding.severity.name();
                        writeln!(
                            out,
                            "      <failure type=\"{level}\" message=\"{message}\">{}</failure>",
                            xml(&told(report, finding))
                        )?;
                    }
                    // Notes and hints fail nobody's tests.
                    Outcome::Open | Outcome::Requested(_) => {
                        writeln!(
                            out,
                            "      <system-out>{}: {message}</system-out>",
                            finding.severity.name()
                        )?;
                    }
                    accepted => {
                        let why = accepted.accepted().map_or("", |why| why.reason.as_str());
                        let why = xml(&format!("{}: {why} ({})", accepted.name(), finding.message));
                        writeln!(out, "      <skipped message=\"{why}\"/>")?;
                    }
                }
                writeln!(out, "    </testcase>")
            }
        }
    }
}

/// Where it stands and what to do.
fn told(report: &Report, finding: &Finding) -> String {
    let placed = place(report, &finding.primary);
    let rule = report.rule(finding.rule);
    let mut told = match is_folder(report, &finding.primary) {
        true if placed.file == "." => "The repository as a whole.".to_owned(),
        true => format!("{} as a whole.", placed.file),
        false => format!("{}:{}:{}", placed.file, placed.start.line, placed.start.column),
    };
    let help = finding.hint.as_deref().unwrap_or(&rule.help);
    if !help.is_empty() {
        told = format!("{told} To mend it: {help}");
    }
    if let Some(clause) = report.clause_of(finding.rule) {
        told = format!("{told} Clause {} ({}): {}", clause.source, clause.level.name(), clause.title);
    }
    told
}

fn suites(report: &Report) -> BTreeMap<Option<usize>, Vec<Case<'_>>> {
    let mut suites: BTreeMap<Option<usize>, Vec<Case<'_>>> = BTreeMap::new();
    let mut silent = vec![true; report.rules.len()];
    for finding in &report.findings {
        silent[finding.rule.0 as usize] = false;
        suites.entry(report.rule(finding.rule).pack).or_default().push(Case::Finding(finding));
    }
    for unknown in &report.unknown {
        if report.is_scope(unknown) {
            suites.entry(None).or_default().push(Case::LeftOut(&unknown.reason));
            continue;
        }
        let pack = unknown.rule.and_then(|rule| {
            silent[rule.0 as usize] = false;
            report.rule(rule).pack
        });
        suites.entry(pack).or_default().push(Case::Unknown(unknown));
    }
    for (rule, stats) in report.stats.rules.iter().enumerate().take(silent.len()) {
        if silent[rule] && stats.places > 0 {
            let case = if report.partial().is_some() { Case::Silent(rule) } else { Case::Passed(rule) };
            suites.entry(report.rules[rule].pack).or_default().push(case);
        }
    }
    suites
}
