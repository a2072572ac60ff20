//! `assize waiver`: ask for one, see what an approver signs, see what became of each. Granting is
//! signing: that is done with minisign, by whoever holds the key.

use super::trouble::Trouble;
use super::{accept, exit, packs};
use crate::report::escape::inline;
use crate::standard::{Date, Term};
use crate::verdict::waiver::approvers::Approvers;
use crate::verdict::waiver::{
    self, Judged, Register, ScopeForm, State, WaiverFile, WaiverForm, canonical, edit, read,
};
use crate::verdict::{Known, Reach};
use assize_tree::document::Limits;
use clap::{Args, Subcommand};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Ask for a waiver: adds an entry to assize-waivers.yaml
    Request(Box<Request>),
    /// Print the text that an approver signs: `assize waiver text ID > w.txt`, then `minisign -Sm w.txt`
    Text {
        /// Id of the waiver
        #[arg(value_name = "ID")]
        id: String,
        /// The file of waivers
        #[arg(long, value_name = "FILE", default_value = waiver::NAME)]
        file: PathBuf,
    },
    /// Put an approver's signature, a .minisig file, into a waiver
    Attach {
        /// Id of the waiver
        #[arg(value_name = "ID")]
        id: String,
        /// The signature
        #[arg(value_name = "MINISIG")]
        signature: PathBuf,
        /// The file of waivers
        #[arg(long, value_name = "FILE", default_value = waiver::NAME)]
        file: PathBuf,
    },
    /// Say what became of each waiver; exit code 1 if something is wrong with one
    Check {
        /// A folder with an assize-waivers.yaml, or the file
        #[arg(value_name = "PATH", default_value = ".")]
        path: PathBuf,
        /// Who may grant waivers: a profile's name or file, or a file with its `approvers` and `longest-waiver`
        #[arg(long, value_name = "NAME|FILE")]
        approvers: Option<String>,
        /// Minisign key, or file that holds one: the list of approvers must be signed with it (repeatable)
        #[arg(long = "pack-key", value_name = "KEY|FILE")]
        pack_keys: Vec<String>,
        /// Name of the system
        #[arg(long, value_name = "NAME")]
        system: Option<String>,
        /// The day that decides what has expired, in UTC [default: today]
        #[arg(long, value_name = "YYYY-MM-DD")]
        clock: Option<Date>,
        /// Pack whose rules and clauses may be named beside the embedded ones (repeatable)
        #[arg(long = "pack", value_name = "NAME|FILE|FOLDER")]
        packs: Vec<String>,
    },
}

#[derive(Args)]
struct Request {
    /// Id of the rule or the clause that cannot be met for now, or a fact that an approver is to declare: clinical=false
    #[arg(value_name = "RULE|CLAUSE|FACT=BOOL")]
    subject: String,
    /// Why it cannot be met for now
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// What is done instead to keep the harm away
    #[arg(long, value_name = "TEXT")]
    compensating_control: Option<String>,
    /// Files it is for, a glob from the judged folder
    #[arg(long, value_name = "GLOB")]
    path: Option<String>,
    /// Place in each of them, a JSON pointer
    #[arg(long, value_name = "POINTER")]
    pointer: Option<String>,
    /// The system it is for
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// The last day it is to hold
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "term")]
    until: Option<Date>,
    /// How long it is to hold: 1y, 6m, 90d
    #[arg(long, value_name = "TERM", default_value = "90d")]
    term: Term,
    /// A ticket, a letter
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Who asks
    #[arg(long, value_name = "NAME")]
    requested_by: Option<String>,
    /// Its id [default: the next one of the year, W-2026-001]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The file of waivers
    #[arg(long, value_name = "FILE", default_value = waiver::NAME)]
    file: PathBuf,
    /// The first day it holds, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    clock: Option<Date>,
    /// Pack whose rules and clauses may be named beside the embedded ones (repeatable)
    #[arg(long = "pack", value_name = "NAME|FILE|FOLDER")]
    packs: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    match &arguments.command {
        What::Request(wanted) => request(wanted),
        What::Text { id, file } => text(id, file),
        What::Attach { id, signature, file } => attach(id, signature, file),
        What::Check { path, approvers, pack_keys, system, clock, packs: names } => {
            let keys = packs::read_keys(pack_keys.iter())?;
            let approvers = accept::read_approvers(approvers.as_deref(), &keys)?;
            check(path, &approvers, system.as_deref(), *clock, names)
        }
    }
}

fn request(wanted: &Request) -> Result<u8, Trouble> {
    let plan = packs::plan(&wanted.packs)?;
    let known = Known::new(&plan);
    let subject = wanted.subject.as_str();
    let fact = super::check::fact(subject).ok();
    let is_clause = fact.is_none()
        && match (known.reach(subject, false), known.reach(subject, true)) {
            (Reach::Unknown(near), Reach::Unknown(other)) => {
                return Err(Trouble::hint(
                    format!("There is no rule or clause \"{subject}\"."),
                    near.or(other).map_or_else(
                        || "The report prints the full id of every rule.".to_owned(),
                        |near| format!("Did you mean \"{near}\"?"),
                    ),
                ));
            }
            (Reach::Unknown(_), _) => true,
            _ => false,
        };
    if wanted.reason.trim().is_empty() {
        return Err(Trouble::usage("A waiver needs a reason."));
    }
    let before = match fs::read_to_string(&wanted.file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Trouble::usage(format!("{} cannot be read: {error}.", wanted.file.display())));
        }
    };
    let issued = accept::clock(wanted.clock)?;
    let file = read(std::sync::Arc::new(before.clone().into()));
    let form = WaiverForm {
        id: wanted.id.clone().unwrap_or_else(|| next_id(&file, issued)),
        rule: (!is_clause && fact.is_none()).then(|| subject.to_owned()),
        clause: is_clause.then(|| subject.to_owned()),
        value: fact.as_ref().map(|(_, value)| *value),
        fact: fact.map(|(name, _)| name),
        scope: ScopeForm { path: wanted.path.clone(), pointer: wanted.pointer.clone() },
        system: wanted.system.clone(),
        reason: Some(wanted.reason.clone()),
        compensating_control: wanted.compensating_control.clone(),
        issued,
        expires: wanted.until.unwrap_or_else(|| wanted.term.after(issued)),
        reference: wanted.reference.clone(),
        requested_by: wanted.requested_by.clone(),
        granted: None,
    };
    let after = edit::append(&before, &form).map_err(|(why, entry)| {
        Trouble::hint(
            format!("{} cannot be added to: {why}.", wanted.file.display()),
            format!("Add by hand:\n{entry}"),
        )
    })?;
    fs::write(&wanted.file, after)
        .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", wanted.file.display())))?;
    let id = &form.id;
    writeln!(
        io::stdout(),
        "Added {} to {}. It is a request: a must stays not met until an approver grants it.\n\
         They sign what `assize waiver text {}` prints; `assize waiver attach {} FILE.minisig` puts the signature in.",
        inline(id),
        wanted.file.display(),
        inline(id),
        inline(id)
    )?;
    Ok(exit::CLEAN)
}

fn next_id(file: &WaiverFile, day: Date) -> String {
    let year = day.to_string();
    let year = &year[..4];
    let taken = file.waivers.iter().filter_map(|waiver| {
        waiver.form.id.strip_prefix("W-")?.strip_prefix(year)?.strip_prefix('-')?.parse::<u32>().ok()
    });
    format!("W-{year}-{:03}", taken.max().unwrap_or(0).saturating_add(1))
}

fn text(id: &str, file: &Path) -> Result<u8, Trouble> {
    let read = read(accept::text(file)?);
    let Some(waiver) = read.find(id) else {
        let near =
            assize_tree::document::de::closest(id, read.waivers.iter().map(|one| one.form.id.as_str()));
        return Err(Trouble::hint(
            format!("There is no waiver \"{id}\" in {}, or it has a mistake.", file.display()),
            near.map_or_else(
                || "`assize waiver check` says what is wrong.".to_owned(),
                |near| format!("Did you mean \"{near}\"?"),
            ),
        ));
    };
    io::stdout().write_all(canonical(&waiver.form).as_bytes())?;
    Ok(exit::CLEAN)
}

fn attach(id: &str, signature: &Path, file: &Path) -> Result<u8, Trouble> {
    let (signature, before) = (accept::text(signature)?, accept::text(file)?);
    if signature.as_str().lines().filter(|line| !line.trim().is_empty()).count() != 4 {
        return Err(Trouble::usage("The signature is none of minisign's form: that has four lines."));
    }
    let after = edit::attach(before.as_str(), id, signature.as_str()).map_err(|why| {
        Trouble::hint(
            format!("{} cannot be changed: {why}.", file.display()),
            "docs/waivers.md shows where the signature goes.",
        )
    })?;
    fs::write(file, after)
        .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", file.display())))?;
    writeln!(
        io::stdout(),
        "{} carries a grant now. `assize waiver check --approvers FILE` says whether it holds.",
        inline(id)
    )?;
    Ok(exit::CLEAN)
}

fn check(
    path: &Path,
    approvers: &Approvers,
    system: Option<&str>,
    clock: Option<Date>,
    names: &[String],
) -> Result<u8, Trouble> {
    let path = if path.is_dir() { path.join(waiver::NAME) } else { path.to_owned() };
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > Limits::default().bytes) {
        return Err(Trouble::usage(format!("{} is too large.", path.display())));
    }
    let text = accept::text(&path)?;
    let plan = packs::plan(names)?;
    let terms = accept::terms(&approvers.list, approvers, accept::clock(clock)?, system);
    let register = Register::judge(read(text), terms, &Known::new(&plan));
    let mut out = io::stdout().lock();
    for judged in &register.waivers {
        writeln!(out, "{}", line(judged))?;
    }
    let name = path.display().to_string();
    let mut wrong = false;
    for (_, problem) in &register.problems {
        let rule = crate::engine::builtin::find(problem.code).map(|at| &crate::engine::builtin::ALL[at]);
        let severity = rule.map_or("error", |rule| rule.severity.name());
        wrong |= severity != "note";
        let place = register.text.position(problem.span.start);
        writeln!(
            out,
            "{}:{}:{}: {severity} assize/{} {}",
            inline(&name),
            place.line,
            place.column,
            problem.code,
            inline(&problem.message)
        )?;
    }
    Ok(if wrong { exit::FINDINGS } else { exit::CLEAN })
}

fn line(judged: &Judged) -> String {
    let form = &judged.waiver.form;
    let left = match judged.days_left {
        0 => "its last day".to_owned(),
        1 => "1 day left".to_owned(),
        days if days < 0 => "over".to_owned(),
        days => format!("{days} days left"),
    };
    let state = match &judged.state {
        State::Granted { by } => format!("granted by {}", inline(by)),
        State::Requested { why: None } => "requested".to_owned(),
        State::Requested { why: Some(why) } => format!("requested ({why})"),
        State::Void => "does not hold".to_owned(),
    };
    let subject = match judged.waiver.declares() {
        Some((fact, value)) => format!("{fact}={value}"),
        None => judged.waiver.subject().0.to_owned(),
    };
    format!("{}  {}  {state}  until {} ({left})", inline(&form.id), inline(&subject), form.expires)
}
