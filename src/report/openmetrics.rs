//! OpenMetrics, for those who watch many systems over time: counts, no names of files.

use super::escape::label;
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::Severity;
use std::collections::BTreeMap;
use std::io;

/// The format.
pub(super) struct OpenMetrics;

impl Reporter for OpenMetrics {
    fn name(&self) -> &'static str {
        "openmetrics"
    }

    fn about(&self) -> &'static str {
        "counts for Prometheus"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let subject = label(&style.subject);
        let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        // A level that nothing is found at is 0, not absent: a line that ends says nothing.
        for pack in report.packs.iter().filter(|pack| pack.left_out.is_none()) {
            for severity in [Severity::Error, Severity::Warning, Severity::Note] {
                counts.insert((&pack.name, severity.name(), "open"), 0);
            }
        }
        for finding in &report.findings {
            let pack = report.rule(finding.rule).pack;
            let pack = pack.map_or("assize", |pack| report.packs[pack].name.as_str());
            *counts.entry((pack, finding.severity.name(), finding.outcome.name())).or_default() += 1;
        }
        head(out, "assize_findings", "Findings by pack, level and outcome.")?;
        for ((pack, level, outcome), count) in counts {
            writeln!(
                out,
                "assize_findings{{subject=\"{subject}\",pack=\"{}\",level=\"{level}\",outcome=\"{outcome}\"}} {count}",
                label(pack)
            )?;
        }
        head(out, "assize_unknown", "Things that could not be checked.")?;
        writeln!(out, "assize_unknown{{subject=\"{subject}\"}} {}", report.unknown.len())?;
        head(out, "assize_files", "Files seen, and those of a kind that is judged.")?;
        let recognised = report.files.iter().filter(|file| file.target.is_some()).count();
        writeln!(out, "assize_files{{subject=\"{subject}\",state=\"seen\"}} {}", report.file_count())?;
        writeln!(out, "assize_files{{subject=\"{subject}\",state=\"recognised\"}} {recognised}")?;
        head(out, "assize_passed", "Whether nothing failed the run.")?;
        let passed = u8::from(!report.fails(style.fail_on));
        writeln!(out, "assize_passed{{subject=\"{subject}\"}} {passed}")?;
        writeln!(out, "# TYPE assize_build info\n# HELP assize_build The program and the packs.")?;
        for pack in &report.packs {
            writeln!(
                out,
                "assize_build_info{{version=\"{}\",pack=\"{}\",pack_version=\"{}\"}} 1",
                env!("CARGO_PKG_VERSION"),
                label(&pack.name),
                label(&pack.version)
            )?;
        }
        writeln!(out, "# EOF")
    }
}

fn head(out: &mut dyn io::Write, name: &str, help: &str) -> io::Result<()> {
    writeln!(out, "# TYPE {name} gauge\n# HELP {name} {help}")
}
