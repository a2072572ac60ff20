//! `assize baseline`: accept today's findings; later, take out of it what is mended.

use super::trouble::Trouble;
use super::{accept, check, exit};
use crate::verdict::baseline::Baseline;
use clap::{Args, Subcommand};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Write a baseline of every finding that is open today
    Write {
        /// The file
        #[arg(long, value_name = "FILE", default_value = NAME)]
        file: PathBuf,
        /// Replace a baseline that is there already: what is new since then is accepted as well
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        check: Box<check::Arguments>,
    },
    /// Take out of a baseline what is mended; it never grows
    Prune {
        /// The file
        #[arg(long, value_name = "FILE", default_value = NAME)]
        file: PathBuf,
        #[command(flatten)]
        check: Box<check::Arguments>,
    },
}

/// The name that is taken where none is given.
const NAME: &str = "assize-baseline.json";

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let check = match &arguments.command {
        What::Write { check, .. } | What::Prune { check, .. } => check,
    };
    if check.judges_part() {
        return Err(Trouble::hint(
            "A baseline is of everything that is judged, not of what changed.",
            "Leave --changed out.",
        ));
    }
    let plural = |count: usize| format!("{count} finding{}", if count == 1 { "" } else { "s" });
    let (file, baseline, said) = match &arguments.command {
        What::Write { file, force, check } => {
            if file.exists() && !force {
                return Err(Trouble::hint(
                    format!("{} is there already.", file.display()),
                    "`assize baseline prune` takes out what is mended; --force accepts what is new as well.",
                ));
            }
            let report = check::judged(check)?.report;
            let baseline = Baseline::of(&report);
            let said = format!("It holds {}.", plural(baseline.findings.len()));
            (file, baseline, said)
        }
        What::Prune { file, check } => {
            let before = accept::read_baseline(file)?;
            let report = check::judged(check)?.report;
            let comparison = before.compare(&report);
            let baseline = before.pruned(&report, &comparison);
            let said = format!(
                "It held {}, {} of them mended; it holds {}.",
                plural(before.findings.len()),
                comparison.idle(),
                plural(baseline.findings.len())
            );
            (file, baseline, said)
        }
    };
    fs::write(file, baseline.text())
        .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", file.display())))?;
    writeln!(io::stdout(), "Wrote {}. {said}", file.display())?;
    Ok(exit::CLEAN)
}
