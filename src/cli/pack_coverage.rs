//! `assize pack coverage`: how many clauses of each pack a program decides, and how surely.

use super::trouble::Trouble;
use super::{exit, packs, standards};
use crate::pack::coverage::{Coverage, Decided};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, Write};

#[derive(Args)]
pub(super) struct Arguments {
    /// Packs to count: embedded ones by name, files or folders (default: all embedded)
    #[arg(value_name = "PACK")]
    packs: Vec<String>,
    /// Form of the counts
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table
    Text,
    /// For programs
    Json,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let (packs, _) = packs::packs(&arguments.packs)?;
    let counts: Vec<(&str, Coverage)> =
        packs.iter().map(|pack| (pack.form.pack.as_str(), Coverage::of(&pack.form))).collect();
    let total: Coverage = counts.iter().map(|&(_, coverage)| coverage).sum();
    let out = match arguments.format {
        Format::Text => table(&counts, total),
        Format::Json => {
            let packs: serde_json::Map<String, Value> = counts
                .iter()
                .map(|&(name, coverage)| (name.to_owned(), standards::coverage(coverage)))
                .collect();
            let told = json!({ "total": standards::coverage(total), "packs": packs });
            format!("{}\n", serde_json::to_string_pretty(&told).map_err(io::Error::from)?)
        }
    };
    io::stdout().write_all(out.as_bytes())?;
    Ok(exit::CLEAN)
}

fn table(counts: &[(&str, Coverage)], total: Coverage) -> String {
    let all: Vec<(&str, Coverage)> = counts.iter().copied().chain([("total", total)]).collect();
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut out = format!("{:width$}  clauses", "pack");
    for way in Decided::ALL {
        let _ = write!(out, "  {:>10}", way.name());
    }
    out.push('\n');
    for (name, coverage) in all {
        let _ = write!(out, "{name:width$}  {:>7}", coverage.clauses());
        for way in Decided::ALL {
            let _ = write!(out, "  {:>10}", coverage.count(way));
        }
        out.push('\n');
    }
    out.push_str(
        "\nwhole: passing its rules proves the clause; part: they show some of it, or only that it is broken;\nindication: they only point somewhere; evidence: a record decides it; no-rule: nothing does yet.\n",
    );
    out
}
