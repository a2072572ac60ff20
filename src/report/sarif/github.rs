//! SARIF as GitHub code scanning takes it. GitHub ignores suppressions and kinds, so that an
//! accepted finding would be an alert: only open ones are here. It refuses or cuts what is over its
//! limits (5,000 of a run's results are kept, in no promised order), so that the cut is made here,
//! the least harmful going first, and said in a notification.

use super::{Log, Profile};
use crate::engine::Report;
use crate::report::{Reporter, Style, escape, order};
use std::io;

/// The format for GitHub.
pub(in crate::report) struct SarifGithub;

/// Results that GitHub keeps of a run.
const RESULTS: usize = 5000;
/// Locations that GitHub shows of a result.
pub(super) const LOCATIONS: usize = 100;
/// Notifications that are worth a person's time.
const UNKNOWN: usize = 1000;

impl Reporter for SarifGithub {
    fn name(&self) -> &'static str {
        "sarif-github"
    }

    fn about(&self) -> &'static str {
        "SARIF for GitHub code scanning: open findings within GitHub's limits, the most harmful first"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let mut findings = order::ranked(report);
        let all = findings.len();
        findings.truncate(RESULTS);
        let related =
            findings.iter().map(|finding| finding.related.len().saturating_sub(LOCATIONS)).sum::<usize>();
        let mut log = Log::new(report, style, findings, Profile::Github);
        log.unknown_shown = UNKNOWN;
        if all > RESULTS {
            log.notices.push(format!(
                "GitHub keeps {RESULTS} results of a run: {} of {all} findings were left out, those that do the least harm.",
                all - RESULTS
            ));
        }
        if related > 0 {
            log.notices.push(format!(
                "GitHub shows {LOCATIONS} places of a result: {related} related places were left out."
            ));
        }
        if report.unknown.len() > UNKNOWN {
            log.notices.push(format!(
                "{} of {} things that could not be checked were left out.",
                report.unknown.len() - UNKNOWN,
                report.unknown.len()
            ));
        }
        escape::json(out, &log)
    }
}
