//! `assize pack changes OLD NEW`: what became of each clause, and whether the new version says so.

use super::trouble::Trouble;
use super::{exit, packs};
use crate::pack::Pack;
use crate::pack::compare::{Comparison, What, compare};
use clap::Args;
use std::fmt::Write as _;
use std::io::{self, Write};

#[derive(Args)]
pub(super) struct Arguments {
    /// The older version: a folder, an archive with one pack, or an embedded one's name
    #[arg(value_name = "OLD")]
    old: String,
    /// The newer version
    #[arg(value_name = "NEW")]
    new: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let (old, new) = (one(&arguments.old)?, one(&arguments.new)?);
    if old.form.pack != new.form.pack {
        return Err(Trouble::hint(
            format!("{} and {} are two packs, not two versions of one.", old.form.pack, new.form.pack),
            "The older version comes first: `assize pack changes OLD NEW`.",
        ));
    }
    let found = compare(&old, &new);
    io::stdout().write_all(told(&old, &new, &found).as_bytes())?;
    Ok(if found.unsaid.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}

fn one(name: &str) -> Result<Pack, Trouble> {
    let (mut found, _) = packs::packs(&[name.to_owned()])?;
    match (found.pop(), found.len()) {
        (Some(pack), 0) => Ok(pack),
        (_, more) => Err(Trouble::usage(format!("{name} holds {} packs; name one of them.", more + 1))),
    }
}

fn told(old: &Pack, new: &Pack, found: &Comparison) -> String {
    let mut out = String::new();
    let (name, was, is) = (&new.form.pack, &old.form.version, &new.form.version);
    if found.shifts.is_empty() {
        let _ = writeln!(out, "{name} {was} to {is}: every clause is what it was.");
    } else {
        let _ = writeln!(out, "{name} {was} to {is}:");
    }
    for shift in &found.shifts {
        let of = if shift.of.is_empty() { String::new() } else { format!(": {}", shift.of.join("; ")) };
        let _ = writeln!(out, "  {:10} {}{of}", shift.what.name(), shift.clause);
    }
    for line in &found.unsaid {
        let _ = writeln!(out, "! {line}");
    }
    let entries: Vec<_> = found.shifts.iter().filter(|shift| shift.what != What::Reworded).collect();
    if !found.unsaid.is_empty() && !entries.is_empty() {
        let _ = writeln!(out, "\nFor CHANGES.yaml, below the new version:\n    clauses:");
        for shift in entries {
            let (word, note) = match shift.what {
                What::Changed => ("tightened", "  # or loosened, or reworded: say which"),
                what => (what.name(), ""),
            };
            let _ = writeln!(out, "      {}: {word}{note}", shift.clause);
        }
    }
    out
}
