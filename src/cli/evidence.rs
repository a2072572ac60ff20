//! `assize evidence`: start a record, check those that are there, list those that are wanted.

use super::trouble::Trouble;
use super::{accept, exit, packs};
use crate::engine::builtin;
use crate::finding::Severity;
use crate::report::escape::inline;
use crate::standard::{Date, Term};
use crate::verdict::evidence::{self, Ledger, Start, Terms, Wanted};
use crate::verdict::{Known, Reach};
use crate::workspace::{Disk, Workspace};
use assize_tree::document::Limits;
use clap::{Args, Subcommand};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Write a new record for a clause
    New(Box<New>),
    /// Say what became of each record; exit code 1 if something is wrong with one
    Check {
        #[command(flatten)]
        common: Common,
    },
    /// List the clauses that need a record and have none that holds
    Wanted {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Args)]
struct Common {
    /// The judged folder
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Pack whose clauses are meant (repeatable; default: all embedded)
    #[arg(long = "pack", value_name = "NAME|FILE|FOLDER")]
    packs: Vec<String>,
    /// The day that decides what is too old, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    clock: Option<Date>,
    /// A role that may sign records off (repeatable; default: any)
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// The release that is judged: records of another do not hold
    #[arg(long, value_name = "RELEASE")]
    release: Option<String>,
}

#[derive(Args)]
struct New {
    /// Full id of the clause, or its id at its source
    #[arg(value_name = "CLAUSE")]
    clause: String,
    /// The judged folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// What the document shows
    #[arg(long, value_name = "TEXT")]
    statement: Option<String>,
    /// It shows that the clause is not met
    #[arg(long)]
    not_met: bool,
    /// The release it speaks of
    #[arg(long, value_name = "RELEASE")]
    release: Option<String>,
    /// Where the document can be read
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// The document, a path from the judged folder; its digest is taken
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// The role that signed it off
    #[arg(long, value_name = "ROLE")]
    signed_off_by: Option<String>,
    /// The body outside the supplier that issued it
    #[arg(long, value_name = "NAME")]
    issued_by: Option<String>,
    /// How long it is good for [default: the clause's term, else 1y]
    #[arg(long, value_name = "TERM")]
    term: Option<Term>,
    /// The day it was issued, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    clock: Option<Date>,
    /// Pack whose clauses are meant (repeatable; default: all embedded)
    #[arg(long = "pack", value_name = "NAME|FILE|FOLDER")]
    packs: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    match &arguments.command {
        What::New(wanted) => new(wanted),
        What::Check { common } => check(common),
        What::Wanted { common } => {
            let plan = packs::plan(&common.packs)?;
            let known = Known::new(&plan);
            let ledger = ledger(common, &known)?;
            list(&evidence::wanted(known.needs(), &ledger))
        }
    }
}

fn workspace(folder: &Path) -> Result<Workspace, Trouble> {
    if !folder.is_dir() {
        return Err(Trouble::usage(format!("{} is no folder.", folder.display())));
    }
    let limits = Limits::default();
    // Records are read whether version control knows them or not.
    let disk = Disk::new(folder).obey_ignore_files(false).largest(limits.bytes);
    Ok(Workspace::new(Box::new(disk), limits, true))
}

fn ledger(common: &Common, known: &Known<'_>) -> Result<Ledger, Trouble> {
    let workspace = workspace(&common.folder)?;
    let terms = Terms {
        clock: accept::clock(common.clock)?,
        roles: &common.roles,
        release: common.release.as_deref(),
    };
    let digest = |path: &str| evidence::digest(&workspace, path);
    Ok(Ledger::judge(&evidence::gather(&workspace, true), terms, known, &digest))
}

fn check(common: &Common) -> Result<u8, Trouble> {
    let plan = packs::plan(&common.packs)?;
    let known = Known::new(&plan);
    let workspace = workspace(&common.folder)?;
    let ledger = ledger(common, &known)?;
    let mut out = io::stdout().lock();
    for judged in &ledger.records {
        let form = &judged.record.form;
        let state = if judged.holds { "holds" } else { "does not hold" };
        let outcome = match form.outcome {
            evidence::Outcome::Met => "met",
            evidence::Outcome::NotMet => "not met",
        };
        writeln!(
            out,
            "{}  {}  {outcome}  {}  {state}  until {}",
            inline(&judged.path),
            inline(&form.clause),
            form.grade.name(),
            judged.until
        )?;
    }
    let mut wrong = false;
    for (path, problem) in &ledger.problems {
        let severity = builtin::find(problem.code).map_or(Severity::Error, |at| builtin::ALL[at].severity);
        wrong |= severity >= Severity::Warning;
        let (line, column) = workspace.text(path).map_or((1, 1), |text| {
            let place = text.position(problem.span.start);
            (place.line, place.column)
        });
        writeln!(
            out,
            "{}:{line}:{column}: {} assize/{} {}",
            inline(path),
            severity.name(),
            problem.code,
            inline(&problem.message)
        )?;
    }
    Ok(if wrong { exit::FINDINGS } else { exit::CLEAN })
}

/// Prints the clauses that want a record.
pub(super) fn list(wanted: &[Wanted]) -> Result<u8, Trouble> {
    let mut out = io::stdout().lock();
    for one in wanted {
        let need = &one.need;
        writeln!(
            out,
            "{}  {}  {}, {}\n    {}",
            need.id,
            need.source,
            need.level.name(),
            need.standing.name(),
            need.title
        )?;
        if let Some(kind) = &need.kind {
            let shows = need.shows.as_ref().map_or_else(String::new, |shows| format!(" that shows {shows}"));
            let every = need.renew_every.map_or_else(String::new, |every| format!(", renewed every {every}"));
            writeln!(out, "    wanted: a {kind}{shows}{every}")?;
        }
        for path in &one.there {
            writeln!(out, "    {} does not hold; `assize evidence check` says why", inline(path))?;
        }
    }
    writeln!(
        out,
        "{} a record. `assize evidence new CLAUSE` writes one.",
        match wanted.len() {
            1 => "1 clause needs".to_owned(),
            count => format!("{count} clauses need"),
        }
    )?;
    Ok(exit::CLEAN)
}

fn new(wanted: &New) -> Result<u8, Trouble> {
    let plan = packs::plan(&wanted.packs)?;
    let known = Known::new(&plan);
    let Some(need) = known.need(&wanted.clause) else {
        let near = match known.reach(&wanted.clause, true) {
            Reach::Unknown(Some(near)) => format!("Did you mean \"{near}\"?"),
            _ => "`assize evidence wanted` lists the clauses that need a record.".to_owned(),
        };
        return Err(Trouble::hint(format!("There is no clause \"{}\".", wanted.clause), near));
    };
    let file = match &wanted.file {
        None => None,
        Some(path) => {
            let digest = evidence::digest(&workspace(&wanted.folder)?, path)
                .map_err(|why| Trouble::usage(format!("{path} cannot be read: {why}.")))?;
            Some((path.clone(), digest))
        }
    };
    let start = Start {
        statement: wanted.statement.clone(),
        not_met: wanted.not_met,
        release: wanted.release.clone(),
        link: wanted.link.clone(),
        file,
        role: wanted.signed_off_by.clone(),
        issued_by: wanted.issued_by.clone(),
    };
    let issued = accept::clock(wanted.clock)?;
    let term = match (wanted.term, need.renew_every) {
        (Some(term), _) | (None, Some(term)) => term,
        (None, None) => Term::days(365),
    };
    let mut about = vec![format!("{} ({}): {}", need.id, need.source, need.title)];
    about.extend(need.shows.iter().map(|shows| format!("It must show {shows}")));
    let text = evidence::template(&need.id, &about, &start, issued, term);
    let folder = wanted.folder.join(evidence::FOLDER);
    fs::create_dir_all(&folder)?;
    let slug: String = need.id.chars().map(|char| if char == '/' { '-' } else { char }).collect();
    // A clause may have a record for each release.
    let names = std::iter::once(format!("{slug}.yaml")).chain((2..1000).map(|n| format!("{slug}-{n}.yaml")));
    for name in names {
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                writeln!(
                    io::stdout(),
                    "Wrote {}. Fill in what is empty; `assize evidence check` reads it.",
                    path.display()
                )?;
                return Ok(exit::CLEAN);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(Trouble::usage(format!("{} cannot be written: {error}.", path.display())));
            }
        }
    }
    Err(Trouble::usage(format!("There are too many records for {}.", need.id)))
}
