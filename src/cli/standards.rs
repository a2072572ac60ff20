//! `assize standards`: what the binary knows.

use super::trouble::Trouble;
use super::{Colour, exit, packs};
use crate::pack::Pack;
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use std::io::{self, IsTerminal};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// List the embedded standards
    List,
    /// Show a standard's clauses and which rules test them
    Show {
        /// Name of an embedded pack, or a file or folder
        #[arg(value_name = "PACK")]
        pack: String,
    },
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let bold = if colour.on(io::stdout().is_terminal()) { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let mut out = String::new();
    match &arguments.command {
        None | Some(What::List) => list(&mut out)?,
        Some(What::Show { pack }) => {
            let (packs, register) = packs::packs(std::slice::from_ref(pack))?;
            for (index, pack) in packs.iter().enumerate() {
                if index > 0 {
                    out.push('\n');
                }
                let authority = register
                    .authorities
                    .get(&pack.form.standard.authority)
                    .map_or(pack.form.standard.authority.as_str(), |authority| authority.name.as_str());
                show(&mut out, pack, authority, bold);
            }
        }
    }
    super::check::print(&out)?;
    Ok(exit::CLEAN)
}

/// `1 clause`, `2 clauses`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn list(out: &mut String) -> Result<(), Trouble> {
    let (packs, register) = packs::packs(&[])?;
    let width = packs.iter().map(|pack| pack.form.pack.len()).max().unwrap_or_default();
    let (mut clauses, mut rules) = (0, 0);
    for pack in &packs {
        let form = &pack.form;
        let authority = register
            .authorities
            .get(&form.standard.authority)
            .map_or(form.standard.authority.as_str(), |authority| authority.name.as_str());
        let _ = writeln!(
            out,
            "{:width$}  {:>11}  {:>9}  {} ({}, {authority})",
            form.pack,
            counted(form.clauses.len(), "clause"),
            counted(form.rules.len(), "rule"),
            form.standard.title,
            form.standard.edition,
        );
        clauses += form.clauses.len();
        rules += form.rules.len();
    }
    let _ = writeln!(
        out,
        "\n{} standards, {clauses} clauses, {rules} rules. `assize standards show PACK` shows one.",
        packs.len()
    );
    Ok(())
}

fn show(out: &mut String, pack: &Pack, authority: &str, bold: (&str, &str)) {
    let form = &pack.form;
    let standard = &form.standard;
    let until = standard.in_force.until.map_or_else(String::new, |day| format!(" until {day}"));
    let _ = writeln!(out, "{}{}{}  {} {}", bold.0, form.pack, bold.1, standard.title, standard.edition);
    let _ = writeln!(
        out,
        "{authority}; in force from {}{until}\n{}\npack version {}, sha256 {}\n",
        standard.in_force.from, standard.url, form.version, pack.digest
    );
    for clause in &form.clauses {
        let _ = writeln!(
            out,
            "{}{}{}  {} · {} · {}",
            bold.0,
            clause.id,
            bold.1,
            clause.source,
            clause.level.name(),
            clause.standing.name()
        );
        let _ = writeln!(out, "    {}", clause.title);
        let rules: Vec<&str> = form
            .rules
            .iter()
            .filter(|(_, rule)| rule.clause == clause.id)
            .map(|(id, _)| id.as_str())
            .collect();
        match (&rules[..], &clause.evidence) {
            ([], Some(evidence)) => {
                let _ = writeln!(out, "    decided by evidence: {}", evidence.kind);
            }
            ([], None) => {
                let _ = writeln!(out, "    no rule yet");
            }
            (rules, _) => {
                let _ = writeln!(out, "    rules: {}", rules.join(", "));
            }
        }
    }
}
