//! Lists that are no report: what files were taken for, how often rules looked, where time went.

use super::{Style, escape::inline};
use crate::engine::Report;
use std::io::{self, Write};

/// What each file was taken for, and why others were not judged.
///
/// # Errors
/// Those of the output.
pub fn files(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (dim, reset) = if style.colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    let width = report.files.iter().map(|file| file.path.chars().count()).max().unwrap_or_default().min(70);
    let mut judged = 0;
    for file in &report.files {
        judged += usize::from(file.target.is_some());
        let path = inline(&file.path);
        match (&file.target, &file.version, &file.note) {
            (Some(target), Some(version), _) => {
                writeln!(out, "{path:width$}  {target} ({})", inline(version))?
            }
            (Some(target), None, _) => writeln!(out, "{path:width$}  {target}")?,
            (None, _, Some(note)) => writeln!(out, "{dim}{path:width$}  - {}{reset}", inline(note))?,
            (None, _, None) => writeln!(out, "{dim}{path:width$}  -{reset}")?,
        }
    }
    writeln!(
        out,
        "\n{} file{}, {judged} recognised.",
        report.file_count(),
        if report.file_count() == 1 { "" } else { "s" }
    )
}

/// Places looked at and findings, rule by rule.
///
/// # Errors
/// Those of the output.
pub fn statistics(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut findings = vec![0_u64; report.rules.len()];
    for finding in &report.findings {
        findings[finding.rule.0 as usize] += 1;
    }
    writeln!(out, "\n{:>8} {:>10} {:>8}  rule", "files", "places", "findings")?;
    for (at, rule) in report.rules.iter().enumerate() {
        let stats = report.stats.rules[at];
        if stats.files > 0 || findings[at] > 0 {
            writeln!(out, "{:>8} {:>10} {:>8}  {}", stats.files, stats.places, findings[at], rule.id)?;
        }
    }
    Ok(())
}

/// Where the time went.
///
/// # Errors
/// Those of the output.
pub fn timings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{:>10}  phase (wall time)", "ms")?;
    for (phase, time) in &report.stats.phases {
        writeln!(out, "{:>10.2}  {phase}", time.as_secs_f64() * 1e3)?;
    }
    let mut rules: Vec<usize> =
        (0..report.rules.len()).filter(|&at| !report.stats.rules[at].time.is_zero()).collect();
    rules.sort_by_key(|&at| std::cmp::Reverse(report.stats.rules[at].time));
    writeln!(out, "\n{:>10}  rule (time of its checks, summed over threads)", "ms")?;
    for at in rules.into_iter().take(20) {
        writeln!(out, "{:>10.2}  {}", report.stats.rules[at].time.as_secs_f64() * 1e3, report.rules[at].id)?;
    }
    Ok(())
}
