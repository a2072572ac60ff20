//! `assize standards`: what the binary knows, clause by clause.

use super::trouble::Trouble;
use super::{Colour, exit, packs};
use crate::pack::Pack;
use crate::pack::coverage::{Coverage, Decided, decided, rules_of};
use crate::pack::form::{ClauseForm, PackForm};
use crate::standard::Authorities;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{self, IsTerminal};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<What>,
    /// Standards to show: names of embedded packs, or files or folders (all are listed where none is named)
    #[arg(value_name = "PACK")]
    named: Vec<String>,
    /// Form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text", global = true)]
    format: Format,
    /// Pack to list (repeatable; default: all embedded)
    #[arg(long = "pack", value_name = "NAME|FILE|FOLDER", conflicts_with = "named")]
    packs: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs (docs/packs.md)
    Json,
}

#[derive(Subcommand)]
enum What {
    /// List the standards without their clauses
    List,
    /// Show a standard's clauses and which rules test them, as its name alone does
    Show {
        /// Name of an embedded pack, or a file or folder
        #[arg(value_name = "PACK")]
        pack: String,
    },
}

/// Version of the JSON form: members may be added within a version, never changed or removed.
const VERSION: &str = "1.0";

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let bold = if colour.on(io::stdout().is_terminal()) { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let named = &arguments.named;
    let names = match &arguments.command {
        Some(_) if !named.is_empty() => {
            return Err(Trouble::hint(
                format!("A pack and a command were given: {} is one too many.", named.join(", ")),
                format!("`assize standards {}` shows it.", named.join(" ")),
            ));
        }
        Some(What::Show { pack }) => std::slice::from_ref(pack),
        None if !named.is_empty() => named,
        _ => &arguments.packs,
    };
    let (packs, register) = packs::packs(names)?;
    let mut out = String::new();
    match (&arguments.command, arguments.format) {
        (command, Format::Json) => {
            let clauses = !matches!(command, Some(What::List));
            out = serde_json::to_string_pretty(&tell(&packs, &register, clauses)).map_err(io::Error::from)?;
            out.push('\n');
        }
        (None, Format::Text) if named.is_empty() => clauses(&mut out, &packs, &register, bold),
        (Some(What::List), Format::Text) => list(&mut out, &packs, &register),
        (_, Format::Text) => {
            for (index, pack) in packs.iter().enumerate() {
                if index > 0 {
                    out.push('\n');
                }
                show(&mut out, pack, authority(&register, pack), bold);
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

/// The name of the body that answers for a pack's standard.
pub(super) fn authority<'a>(register: &'a Authorities, pack: &'a Pack) -> &'a str {
    let id = pack.form.standard.authority.as_str();
    register.authorities.get(id).map_or(id, |authority| authority.name.as_str())
}

fn list(out: &mut String, packs: &[Pack], register: &Authorities) {
    let width = packs.iter().map(|pack| pack.form.pack.len()).max().unwrap_or_default();
    for pack in packs {
        let form = &pack.form;
        let _ = writeln!(
            out,
            "{:width$}  {:>11}  {:>9}  {} ({}, {})",
            form.pack,
            counted(form.clauses.len(), "clause"),
            counted(form.rules.len(), "rule"),
            form.standard.title,
            form.standard.edition,
            authority(register, pack),
        );
    }
    total(out, packs);
    out.push_str(" `assize standards PACK` shows one.\n");
}

fn total(out: &mut String, packs: &[Pack]) {
    let clauses = packs.iter().map(|pack| pack.form.clauses.len()).sum();
    let rules = packs.iter().map(|pack| pack.form.rules.len()).sum();
    let _ = write!(
        out,
        "\n{}, {}, {}.",
        counted(packs.len(), "standard"),
        counted(clauses, "clause"),
        counted(rules, "rule")
    );
}

/// Ids of a clause's rules.
fn rule_ids<'a>(form: &'a PackForm, clause: &'a ClauseForm) -> Vec<&'a str> {
    rules_of(form, clause).map(|(id, _)| id).collect()
}

/// Every pack with a line for each clause: id, level, standing, addressee, covers, source, rules.
fn clauses(out: &mut String, packs: &[Pack], register: &Authorities, bold: (&str, &str)) {
    let width = |of: fn(&ClauseForm) -> usize| {
        packs.iter().flat_map(|pack| &pack.form.clauses).map(of).max().unwrap_or_default()
    };
    let (id, source) = (width(|clause| clause.id.len()), width(|clause| clause.source.chars().count()));
    for pack in packs {
        let form = &pack.form;
        let standard = &form.standard;
        let _ = writeln!(
            out,
            "{}{}{}  {} ({}, {})",
            bold.0,
            form.pack,
            bold.1,
            standard.title,
            standard.edition,
            authority(register, pack)
        );
        for clause in &form.clauses {
            let rules = rule_ids(form, clause).join(", ");
            let line = format!(
                "  {:id$}  {:10}  {:10}  {:9}  {:10}  {:source$}  {rules}",
                clause.id,
                clause.level.name(),
                clause.standing.name(),
                clause.addressee.name(),
                decided(form, clause).name(),
                clause.source,
            );
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out.push('\n');
    }
    if out.ends_with("\n\n") {
        out.pop();
    }
    total(out, packs);
    out.push_str(" `assize standards list` leaves the clauses out.\n");
}

/// The packs as JSON.
fn tell(packs: &[Pack], register: &Authorities, clauses: bool) -> Value {
    let told: Vec<Value> = packs
        .iter()
        .map(|pack| {
            let (form, standard) = (&pack.form, &pack.form.standard);
            let mut told = json!({
                "pack": form.pack,
                "version": form.version,
                "sha256": pack.digest,
                "title": standard.title,
                "edition": standard.edition,
                "authority": { "id": standard.authority, "name": authority(register, pack) },
                "inForce": standard.in_force,
                "url": standard.url,
                "licence": standard.licence,
                "tiers": standard.tiers,
                "chosenWhen": form.chosen_when,
                "coverage": coverage(Coverage::of(form)),
                "rules": form.rules.len(),
            });
            if clauses {
                told["clauses"] = form.clauses.iter().map(|clause| tell_clause(form, clause)).collect();
            }
            told
        })
        .collect();
    let total = packs.iter().map(|pack| Coverage::of(&pack.form)).sum();
    json!({
        "version": VERSION,
        "tool": { "name": "assize", "version": env!("CARGO_PKG_VERSION") },
        "coverage": coverage(total),
        "packs": told,
    })
}

fn tell_clause(form: &PackForm, clause: &ClauseForm) -> Value {
    json!({
        "id": clause.id,
        "clause": format!("{}/{}", form.pack, clause.id),
        "title": clause.title,
        "level": clause.level,
        "standing": clause.standing,
        "addressee": clause.addressee,
        "covers": clause.covers,
        "decided": decided(form, clause).name(),
        "residue": clause.residue,
        "source": clause.source,
        "certainty": clause.certainty,
        "url": clause.url,
        "tier": clause.tier,
        "appliesWhen": clause.applies_when,
        "evidence": clause.evidence,
        "rules": rule_ids(form, clause),
    })
}

/// Counts of clauses by how they are decided, as JSON.
pub(super) fn coverage(coverage: Coverage) -> Value {
    let mut told = json!({ "clauses": coverage.clauses() });
    for way in Decided::ALL {
        told[way.name()] = coverage.count(way).into();
    }
    told
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
            "{}{}{}  {} · {} · {} · {}",
            bold.0,
            clause.id,
            bold.1,
            clause.source,
            clause.level.name(),
            clause.standing.name(),
            clause.addressee.name()
        );
        let _ = writeln!(out, "    {}", clause.title);
        let rules = rule_ids(form, clause).join(", ");
        let evidence = clause.evidence.as_ref().map_or("", |evidence| evidence.kind.as_str());
        let _ = match decided(form, clause) {
            Decided::Evidence => writeln!(out, "    decided by evidence: {evidence}"),
            Decided::NoRule => writeln!(out, "    no rule yet"),
            Decided::Indication => writeln!(out, "    rules that only indicate: {rules}"),
            way => writeln!(out, "    {}, by rules: {rules}", way.name()),
        };
    }
}
