//! `assize pack docs`: a page for each pack and one that lists them, written from the packs alone, so
//! that the same packs give the same bytes. `--check` writes nothing and says what is out of date.

use super::trouble::Trouble;
use super::{exit, packs, standards};
use crate::pack::Pack;
use crate::pack::coverage::{Coverage, Decided, decided, rules_of};
use crate::pack::form::{ClauseForm, Covers, PackForm, RuleForm};
use crate::standard::{Authorities, Certainty};
use clap::Args;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// Packs to write about: folders, files, or names of embedded ones
    #[arg(value_name = "PACK", default_value = "standards")]
    packs: Vec<String>,
    /// Folder the pages stand in
    #[arg(long, value_name = "FOLDER", default_value = "docs/standards")]
    folder: PathBuf,
    /// Write nothing; exit with 1 where a page is out of date
    #[arg(long)]
    check: bool,
}

/// The first line of every page: what begins otherwise was written by a person and is left alone.
const MARK: &str = "<!-- Written by `assize pack docs` from the pack; edit the pack, not this page. -->\n";

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let (packs, register) = packs::packs(&arguments.packs)?;
    let pages = pages(&packs, &register);
    let mut stale = Vec::new();
    for (name, text) in &pages {
        let path = arguments.folder.join(name);
        if fs::read_to_string(&path).ok().as_deref() == Some(text) {
            continue;
        }
        stale.push(format!("{} is out of date.", path.display()));
        if !arguments.check {
            let folder = path.parent().unwrap_or(&arguments.folder);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, text))
                .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", path.display())))?;
        }
    }
    for path in left_over(&arguments.folder, &pages) {
        stale.push(format!("{} is of a pack that is gone.", path.display()));
        if !arguments.check {
            fs::remove_file(&path)
                .map_err(|error| Trouble::usage(format!("{} cannot be removed: {error}.", path.display())))?;
        }
    }
    let mut out = io::stdout().lock();
    if !arguments.check {
        writeln!(out, "{} pages, {} of them written or removed.", pages.len(), stale.len())?;
        return Ok(exit::CLEAN);
    }
    for line in &stale {
        writeln!(out, "{line}")?;
    }
    if stale.is_empty() {
        writeln!(out, "{} pages, all up to date.", pages.len())?;
        return Ok(exit::CLEAN);
    }
    writeln!(out, "Write them anew with `assize pack docs`.")?;
    Ok(exit::FINDINGS)
}

/// Pages in the folder that were written for packs that are no more.
fn left_over(folder: &Path, pages: &BTreeMap<String, String>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
        .flatten()
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .filter(|path| {
            let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
            !pages.contains_key(&name)
        })
        .filter(|path| fs::read_to_string(path).is_ok_and(|text| text.starts_with(MARK)))
        .collect();
    found.sort();
    found
}

/// Every page by its path in the folder.
fn pages(packs: &[Pack], register: &Authorities) -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> = packs
        .iter()
        .map(|pack| (format!("{}.md", pack.form.pack), page(pack, standards::authority(register, pack))))
        .collect();
    pages.insert("README.md".to_owned(), index(packs, register));
    pages
}

/// A text on one line of a table or list.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|").replace('<', "&lt;")
}

fn index(packs: &[Pack], register: &Authorities) -> String {
    let mut out = format!("{MARK}\n# Standards\n\n");
    out.push_str("How many clauses of each standard are decided by rules as a whole, in part, by an indication only, by a record of evidence, and by nothing yet. `assize pack coverage` counts the same.\n\n");
    out.push_str("| pack | standard | authority | clauses | whole | part | indication | evidence | no rule |\n|---|---|---|--:|--:|--:|--:|--:|--:|\n");
    let mut sorted: Vec<&Pack> = packs.iter().collect();
    sorted.sort_by_key(|pack| &pack.form.pack);
    for pack in sorted {
        let standard = &pack.form.standard;
        let _ = writeln!(
            out,
            "| [{0}]({0}.md) | {1}, {2} | {3} |{4}",
            pack.form.pack,
            cell(&standard.title),
            cell(&standard.edition),
            cell(standards::authority(register, pack)),
            counts(Coverage::of(&pack.form)),
        );
    }
    let total = packs.iter().map(|pack| Coverage::of(&pack.form)).sum();
    let _ = writeln!(out, "| **{} packs** | | |{}", packs.len(), counts(total));
    out
}

fn counts(coverage: Coverage) -> String {
    let mut out = format!(" {} |", coverage.clauses());
    for way in Decided::ALL {
        let _ = write!(out, " {} |", coverage.count(way));
    }
    out
}

fn page(pack: &Pack, authority: &str) -> String {
    let form = &pack.form;
    let standard = &form.standard;
    let mut out = format!("{MARK}\n# {}\n\n", cell(&standard.title));
    let until = standard.in_force.until.map_or_else(String::new, |day| format!(" until {day}"));
    let _ = writeln!(
        out,
        "Pack `{}` {}. {authority}, edition {}, in force from {}{until}: <{}>.",
        form.pack, form.version, standard.edition, standard.in_force.from, standard.url
    );
    if !form.chosen_when.is_empty() {
        let _ = writeln!(
            out,
            "\n`assize check` takes it up unasked where {} holds; a profile takes it up in any case.",
            names(&form.chosen_when)
        );
    }
    if !standard.tiers.is_empty() {
        let _ = writeln!(out, "\nTiers, lowest first: {}.", standard.tiers.join(", "));
    }
    out.push_str(
        "\n| clause | source | level | standing | addressee | decided |\n|---|---|---|---|---|---|\n",
    );
    for clause in &form.clauses {
        let _ = writeln!(
            out,
            "| [{}](#{}) | {} | {} | {} | {} | {} |",
            clause.id,
            anchor(&clause.id),
            cell(&clause.source),
            clause.level.name(),
            clause.standing.name(),
            clause.addressee.name(),
            decided(form, clause).name(),
        );
    }
    for clause in &form.clauses {
        self::clause(&mut out, form, clause);
    }
    out
}

/// The anchor that a heading of a clause's id has: letters, digits and hyphens alone.
fn anchor(id: &str) -> String {
    id.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect()
}

fn names(list: &[String]) -> String {
    list.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

fn clause(out: &mut String, form: &PackForm, clause: &ClauseForm) {
    let _ = writeln!(out, "\n## {}\n\n{}.", clause.id, cell(&clause.title).trim_end_matches('.'));
    if let Some(detail) = &clause.detail {
        let _ = writeln!(out, "\n{}", detail.trim());
    }
    let certainty = match clause.certainty {
        Certainty::Verified => String::new(),
        other => format!(" ({})", other.name()),
    };
    let _ = writeln!(out, "\n- Source: [{}]({}){certainty}", cell(&clause.source), clause.url);
    for (label, list) in [("Applies when", &clause.applies_when), ("Contradicts", &clause.contradicts)] {
        if !list.is_empty() {
            let _ = writeln!(out, "- {label}: {}", names(list));
        }
    }
    let residue = if clause.covers == Some(Covers::Whole) { "Why passing proves it" } else { "Not covered" };
    let (tier, ask) = (&clause.tier, &clause.ask);
    for (label, text) in
        [("From tier", tier), (residue, &clause.residue), ("Caution", &clause.caution), ("Whom to ask", ask)]
    {
        if let Some(text) = text {
            let _ = writeln!(out, "- {label}: {}", cell(text));
        }
    }
    if let Some(evidence) = &clause.evidence {
        let shows =
            evidence.shows.as_ref().map_or_else(String::new, |shows| format!(" that shows {}", cell(shows)));
        let every = evidence
            .renew_every
            .as_ref()
            .map_or_else(String::new, |every| format!(", renewed every {every}"));
        let _ = writeln!(out, "- Evidence: {}{shows}{every}", cell(&evidence.kind));
    }
    if decided(form, clause) == Decided::NoRule {
        out.push_str("- No rule tests it yet: its verdict is unknown.\n");
    }
    for (id, rule) in rules_of(form, clause) {
        self::rule(out, id, rule);
    }
}

fn rule(out: &mut String, id: &str, rule: &RuleForm) {
    let _ = writeln!(
        out,
        "- Rule `{id}` on {}: {}; nothing to look at: {}.\n  - Says: {}\n  - To mend it: {}",
        if rule.gather.is_empty() { rule.on.join(", ") } else { "the tree as a whole".to_owned() },
        rule.decides.says(),
        rule.empty.means(),
        cell(&rule.message),
        cell(&rule.help),
    );
}
