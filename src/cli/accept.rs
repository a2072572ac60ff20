//! What `assize check` accepts of what it finds: waivers, comments, a baseline. Reads the files that
//! those rest on; what they mean is decided in `verdict`.

use super::jobs::Job;
use super::packs;
use super::trouble::Trouble;
use crate::engine::{Gate, Note, Plan, Report};
use crate::pack::{PackError, embedded, profile};
use crate::signature::Key;
use crate::standard::{Approver, Date};
use crate::verdict::Known;
use crate::verdict::baseline::{self, Baseline};
use crate::verdict::roles::Declared;
use crate::verdict::settle::{Setting, Source, settle, soften};
use crate::verdict::waiver::approvers::{self, Approvers};
use crate::verdict::waiver::{self, Register, Terms};
use crate::workspace::{Disk, Files, GitTree, Workspace};
use assize_tree::document::Limits;
use assize_tree::text::{Problem, Span, Text};
use clap::{Args, ValueEnum};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

const HEADING: &str = "Waivers and baseline";

#[derive(Args)]
pub(super) struct AcceptArguments {
    /// Waivers, instead of the assize-waivers.yaml of each judged folder
    #[arg(long, value_name = "FILE", help_heading = HEADING)]
    waivers: Option<PathBuf>,
    /// Who may grant waivers: a profile's name or file, or a file with its `approvers` and `longest-waiver`
    #[arg(long, value_name = "NAME|FILE", help_heading = HEADING)]
    approvers: Option<String>,
    /// Name of the judged system: waivers for another one do not hold
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    system: Option<String>,
    /// Do not let comments in judged files explain findings
    #[arg(long, help_heading = HEADING)]
    no_inline_ignores: bool,
    /// The day that decides what has expired, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = HEADING)]
    clock: Option<Date>,
    /// Accept the findings of a baseline (`assize baseline write`)
    #[arg(long, value_name = "FILE", help_heading = HEADING, conflicts_with = "since")]
    baseline: Option<PathBuf>,
    /// Accept what was found at a commit already; reads its tree with git
    #[arg(long, value_name = "REF", help_heading = HEADING)]
    since: Option<String>,
    /// What fails the run: every open finding at or above --fail-on, or only new ones of binding musts
    #[arg(long, value_name = "GATE", default_value = "all", help_heading = HEADING)]
    gate: GateArgument,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GateArgument {
    /// Every open finding at or above --fail-on
    All,
    /// New findings of musts in law or contract; needs --baseline or --since
    New,
}

impl AcceptArguments {
    /// Files that are named and decide what is accepted.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.waivers
            .as_deref()
            .into_iter()
            .chain(self.approvers.as_deref().map(Path::new).filter(|path| path.exists()))
    }
}

/// The arguments with what they name read.
pub(super) struct Accept<'a> {
    arguments: &'a AcceptArguments,
    approvers: Approvers,
    waivers: Option<Source>,
    baseline: Option<Baseline>,
    clock: Date,
}

impl<'a> Accept<'a> {
    pub(super) fn prepare(arguments: &'a AcceptArguments, keys: &[Key]) -> Result<Self, Trouble> {
        if arguments.gate == GateArgument::New && arguments.baseline.is_none() && arguments.since.is_none() {
            return Err(Trouble::hint(
                "--gate new needs something to compare with.",
                "Give it with --baseline FILE or --since REF.",
            ));
        }
        let waivers = arguments.waivers.as_deref().map(|path| {
            if !path.exists() {
                return Err(Trouble::hint(
                    format!("There is no file of waivers {}.", path.display()),
                    "`assize waiver request RULE --reason \"...\"` writes one.",
                ));
            }
            text(path).map(|text| Source { path: path.to_string_lossy().replace('\\', "/"), text })
        });
        Ok(Self {
            arguments,
            approvers: read_approvers(arguments.approvers.as_deref(), keys)?,
            waivers: waivers.transpose()?,
            baseline: arguments.baseline.as_deref().map(read_baseline).transpose()?,
            clock: clock(arguments.clock)?,
        })
    }

    /// The day of judging.
    pub(super) fn clock(&self) -> Date {
        self.clock
    }

    /// Gives the findings of one judged tree their outcomes.
    pub(super) fn settle(
        &self,
        report: &mut Report,
        workspace: &Workspace,
        plan: &Plan,
        job: &Job,
        limits: Limits,
        declared: &Declared,
    ) -> Result<Option<Register>, Trouble> {
        let started = Instant::now();
        if let Some(grace) = self.approvers.grace {
            soften(report, plan, self.clock, grace);
        }
        let own;
        let (waivers, unreadable) = match &self.waivers {
            Some(source) => (Some(source), None),
            None => match in_root(&job.root, limits) {
                Ok(found) => {
                    own = found;
                    (own.as_ref(), None)
                }
                Err(problem) => (None, Some(problem)),
            },
        };
        let setting = Setting {
            terms: terms(&self.approvers.list, &self.approvers, self.clock, self.arguments.system.as_deref()),
            waivers,
            comments: !self.arguments.no_inline_ignores,
            declared,
        };
        let register = settle(report, workspace, &Known::new(plan), setting);
        if let Some(problem) = unreadable {
            let file = report.files.iter().position(|file| file.path == waiver::NAME);
            let file = file.map(crate::finding::FileId::of_index);
            report.add(vec![Note { file, problem, pointer: String::new() }]);
        }
        report.stats.phases.push(("waivers, comments and evidence", started.elapsed()));
        Ok(register)
    }

    /// The tree of the commit to compare with.
    pub(super) fn tree_before(&self, job: &Job, limits: Limits) -> Result<Option<GitTree>, Trouble> {
        let Some(name) = &self.arguments.since else { return Ok(None) };
        let tree = GitTree::open(&job.root, name).map_err(|why| {
            Trouble::hint(
                format!("--since {name}: the tree of {} at that commit cannot be read: {why}.", job.shown),
                "In a pipeline, check the repository out with its history (fetch-depth: 0).",
            )
        })?;
        let tree = tree.largest(limits.bytes);
        Ok(Some(match &job.files {
            Some(files) => tree.select(files),
            None => tree,
        }))
    }

    /// Accepts what was there before.
    pub(super) fn compare(&self, report: &mut Report, before: Option<&Report>) -> Result<(), Trouble> {
        if self.arguments.gate == GateArgument::New {
            report.gate = Gate::Binding;
        }
        let (known, name) = match (&self.baseline, before, &self.arguments.since) {
            (Some(baseline), ..) => {
                (baseline.clone(), self.arguments.baseline.as_deref().map(name_of).unwrap_or_default())
            }
            (None, Some(before), Some(since)) => (Baseline::of(before), since.clone()),
            _ => return Ok(()),
        };
        let comparison = known.compare(report);
        baseline::accept(report, &comparison, &name);
        // What was not judged may be there as it was.
        if self.baseline.is_some() && comparison.idle() > 0 && report.partial().is_none() {
            let count = comparison.idle();
            let (entries, are) = if count == 1 { ("entry", "matches") } else { ("entries", "match") };
            let message = format!("{count} {entries} of the baseline {name} {are} nothing any more.");
            let problem = Problem::new("baseline-stale", Span::default(), message)
                .hint(format!("Run `assize baseline prune --file {name}`."));
            report.add(vec![Note { file: None, problem, pointer: String::new() }]);
        }
        Ok(())
    }
}

pub(super) fn terms<'a>(
    list: &'a [Approver],
    approvers: &Approvers,
    clock: Date,
    system: Option<&'a str>,
) -> Terms<'a> {
    Terms { approvers: list, longest: approvers.longest, clock, system }
}

fn name_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The day named, else today.
pub(super) fn clock(named: Option<Date>) -> Result<Date, Trouble> {
    let today = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Date::from_unix(now.as_secs())
    };
    named.or_else(today).ok_or_else(|| {
        Trouble::hint("This machine's clock tells no day.", "Name the day with --clock YYYY-MM-DD.")
    })
}

/// The text of a file that the user named.
pub(super) fn text(path: &Path) -> Result<Arc<Text>, Trouble> {
    let wrong = |what: String| Trouble::usage(format!("{} cannot be read: {what}.", path.display()));
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Text::decode(bytes).map(Arc::new).map_err(|problem| wrong(problem.message))
}

/// The list of approvers in a profile, or in a file; nobody where none is named. Where there are
/// keys, a file must be signed with one of them.
pub(super) fn read_approvers(name: Option<&str>, keys: &[Key]) -> Result<Approvers, Trouble> {
    let Some(name) = name else { return Ok(Approvers::default()) };
    let text = if let Some(profile) = embedded::profiles().get(name) {
        Arc::new(Text::from(profile.clone()))
    } else {
        let path = Path::new(name);
        if !path.exists() {
            return Err(Trouble::hint(
                format!("There is no profile \"{name}\" and no such file."),
                profile::nearest(name),
            ));
        }
        packs::signed_file(path, keys)?;
        text(path)?
    };
    approvers::read(&text).map_err(|problems| {
        Trouble::Files(vec![PackError { path: name.to_owned(), text: Some(text), problems }])
    })
}

/// The waivers in the root of a judged folder. It is a stranger's: a link is not followed, and what
/// cannot be read is a finding.
pub(super) fn in_root(root: &Path, limits: Limits) -> Result<Option<Source>, Problem> {
    let unreadable = |what: String| {
        Problem::new("waiver-form", Span::default(), format!("{} cannot be read: {what}.", waiver::NAME))
    };
    let bytes = match Disk::new(root).largest(limits.bytes).read(waiver::NAME) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    if bytes.len() as u64 > limits.bytes {
        return Err(unreadable("it is too large".to_owned()));
    }
    match Text::decode(bytes) {
        Ok(text) => Ok(Some(Source { path: waiver::NAME.to_owned(), text: Arc::new(text) })),
        Err(problem) => Err(unreadable(problem.message)),
    }
}

/// Reads a baseline.
pub(super) fn read_baseline(path: &Path) -> Result<Baseline, Trouble> {
    if !path.exists() {
        return Err(Trouble::hint(
            format!("There is no baseline {}.", path.display()),
            format!(
                "`assize baseline write --file {}` makes one: it accepts what is found today, so that only what comes later fails the run.",
                path.display()
            ),
        ));
    }
    let text = text(path)?;
    Baseline::read(text.as_str()).map_err(|what| {
        Trouble::hint(
            format!("The baseline {} cannot be read: {what}.", path.display()),
            "`assize baseline write` writes one.",
        )
    })
}
