//! Waivers and comments over a report: each finding gets its outcome, and what is wrong with
//! waivers and comments becomes findings of its own. Reads nothing but what the workspace holds.

use super::authority;
use super::comment::{self, Beside, Directive};
use super::evidence::{self, Ledger};
use super::roles::{Declared, Roles};
use super::waiver::{self, Cover, Place, Register, State, Terms, Waiver, WaiverFile};
use super::{Known, Reach};
use crate::engine::{Note, Plan, Report};
use crate::finding::{Accepted, File, FileId, Finding, Outcome, Severity, pointer};
use crate::pack::changes::severity_during_grace;
use crate::standard::{Date, Level, Term};
use crate::workspace::{ReadError, Workspace};
use assize_tree::document::de::closest;
use assize_tree::text::{Problem, Span, Text};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A file of waivers: its path from the judged folder (or as it was named, where it lies
/// elsewhere), and its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: Arc<Text>,
}

/// What is accepted, and by whom.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Who may grant, for how long, and the day.
    pub terms: Terms<'a>,
    /// The waivers, where there are any.
    pub waivers: Option<&'a Source>,
    /// Whether comments explain anything. An audit may refuse them.
    pub comments: bool,
    /// What the system's settings declare of its descriptions.
    pub declared: &'a Declared,
}

/// Lowers findings of clauses that a new version of their pack added or tightened, while a profile's
/// grace lasts: an upgrade alone turns no pipeline red.
pub fn soften(report: &mut Report, plan: &Plan, clock: Date, grace: Term) {
    let mut findings = std::mem::take(&mut report.findings);
    for finding in &mut findings {
        let rule = report.rule(finding.rule);
        let pack = rule.pack.and_then(|pack| plan.packs.get(pack));
        let clause = report.clause_of(finding.rule);
        if let (Some(pack), Some(clause)) = (pack, clause)
            && let Some(id) = clause.id.strip_prefix(&pack.form.pack).and_then(|rest| rest.strip_prefix('/'))
        {
            finding.severity = severity_during_grace(finding.severity, id, &pack.changes, clock, grace);
        }
    }
    report.findings = findings;
}

/// Gives every finding its outcome. Returns the waivers, judged, for whoever decides clauses.
pub fn settle(
    report: &mut Report,
    workspace: &Workspace,
    known: &Known<'_>,
    setting: Setting<'_>,
) -> Option<Register> {
    if !setting.comments {
        // What a description explains itself is no more than a comment.
        let explained = report.findings.iter_mut();
        explained
            .filter(|finding| matches!(finding.outcome, Outcome::Suppressed(_)))
            .for_each(|finding| finding.outcome = Outcome::Open);
    }
    // First, because these can be accepted like any other.
    dissolved(report, workspace, known, setting);
    let mut notes = Vec::new();
    let register = setting.waivers.map(|source| {
        let file = waiver::read(Arc::clone(&source.text));
        let at = place_of(report, source);
        let register = Register::judge(WaiverFile { problems: file.problems, ..file }, setting.terms, known);
        let matched = waive(report, &register);
        let mut problems = register.problems.clone();
        if workspace.is_whole() {
            let unsure = |waiver: &Waiver| unsure(report, waiver);
            problems.extend(register.stale(&matched, known, &unsure));
        }
        notes.extend(problems.into_iter().map(|(id, problem)| Note {
            file: Some(at),
            problem,
            pointer: if id.is_empty() { String::new() } else { format!("/waivers/id={id}") },
        }));
        register
    });
    notes.extend(misnamed(workspace, setting.waivers));
    if setting.comments {
        notes.extend(explain(report, workspace, known, register.as_ref(), setting.terms));
    }
    notes.extend(evidence(report, workspace, known, setting.terms));
    if !notes.is_empty() {
        add(report, workspace, notes);
    }
    register
}

fn add(report: &mut Report, workspace: &Workspace, notes: Vec<Note>) {
    for file in notes.iter().filter_map(|note| note.file).collect::<HashSet<_>>() {
        let file = &mut report.files[file.0 as usize];
        if file.text.is_none() {
            file.text = workspace.text(&file.path).ok();
        }
    }
    report.add(notes);
}

/// Adds what names a dissolved body as today's. Where Spectral's rulesets alone are asked for,
/// nothing is added to what Spectral says.
fn dissolved(report: &mut Report, workspace: &Workspace, known: &Known<'_>, setting: Setting<'_>) {
    let plan = known.plan();
    if plan.packs.is_empty() {
        return;
    }
    let roles = Roles::tell(report, workspace, setting.declared);
    let named = authority::find(&plan.authorities, setting.terms.clock, workspace, report, &roles);
    if !named.is_empty() {
        add(report, workspace, authority::notes(&named));
    }
}

/// A file that is meant to hold waivers and is called by another name holds none.
fn misnamed(workspace: &Workspace, waivers: Option<&Source>) -> Vec<Note> {
    if waivers.is_some() {
        return Vec::new();
    }
    let root = workspace.entries().iter().enumerate().filter(|(_, entry)| !entry.path.contains('/'));
    root.filter(|(_, entry)| entry.path != waiver::NAME && closest(&entry.path, [waiver::NAME]).is_some())
        .map(|(at, entry)| {
            let message =
                format!("{} is not read: the file of waivers is called {}.", entry.path, waiver::NAME);
            Note {
                file: Some(FileId::of_index(at)),
                problem: Problem::new("waiver-form", Span::default(), message).hint("Rename it."),
                pointer: String::new(),
            }
        })
        .collect()
}

/// What is wrong with the records of evidence in a whole tree.
fn evidence(report: &Report, workspace: &Workspace, known: &Known<'_>, terms: Terms<'_>) -> Vec<Note> {
    if !workspace.is_whole() || !workspace.is_folder(evidence::FOLDER) {
        return Vec::new();
    }
    let terms = evidence::Terms { clock: terms.clock, roles: &[], release: None };
    let digest = |path: &str| evidence::digest(workspace, path);
    let ledger = Ledger::judge(&evidence::gather(workspace, false), terms, known, &digest);
    let file = |path: &str| report.files.iter().position(|file| file.path == path).map(FileId::of_index);
    ledger
        .problems
        .into_iter()
        .map(|(path, problem)| Note { file: file(&path), problem, pointer: String::new() })
        .collect()
}

/// The file of the waivers in the report; one that lies outside the judged tree is added to it.
fn place_of(report: &mut Report, source: &Source) -> FileId {
    let found = report.files.iter().position(|file| file.path == source.path);
    let at = found.unwrap_or_else(|| {
        report.files.push(File {
            path: source.path.clone(),
            size: source.text.as_str().len() as u64,
            ..File::default()
        });
        report.files.len() - 1
    });
    report.files[at].text = Some(Arc::clone(&source.text));
    FileId::of_index(at)
}

/// Gives findings the outcome that waivers give them; says of each waiver whether it covers one.
fn waive(report: &mut Report, register: &Register) -> Vec<bool> {
    let mut matched = vec![false; register.waivers.len()];
    let mut findings = std::mem::take(&mut report.findings);
    let ways: Vec<String> = findings.iter().map(|finding| pointer(&finding.primary.path)).collect();
    for (finding, way) in findings.iter_mut().zip(&ways) {
        let place = place(report, finding, way);
        let (at, granted) = match register.cover(&place) {
            Cover::None => continue,
            Cover::Requested(at) => (at, false),
            Cover::Granted(at) => (at, true),
        };
        matched[at] = true;
        let judged = &register.waivers[at];
        let form = &judged.waiver.form;
        let by = match &judged.state {
            State::Granted { by } => Some(by.clone()),
            State::Requested { .. } | State::Void => None,
        };
        let why = Arc::new(Accepted {
            id: Some(form.id.clone()),
            reason: form.reason.clone().unwrap_or_default().trim().to_owned(),
            by,
            until: Some(form.expires.to_string()),
            days_left: Some(judged.days_left),
            reference: form.reference.clone(),
        });
        finding.outcome = if granted { Outcome::Waived(why) } else { Outcome::Requested(why) };
    }
    report.findings = findings;
    // A second waiver for the same place is not idle because the first one won.
    for (at, judged) in register.waivers.iter().enumerate().filter(|(_, judged)| judged.state != State::Void)
    {
        matched[at] = matched[at]
            || report
                .findings
                .iter()
                .zip(&ways)
                .any(|(finding, way)| judged.waiver.covers(&place(report, finding, way)));
    }
    matched
}

fn place<'r>(report: &'r Report, finding: &Finding, pointer: &'r str) -> Place<'r> {
    Place {
        rule: &report.rule(finding.rule).id,
        clause: report.clause_of(finding.rule).map(|clause| (clause.id.as_str(), clause.source.as_str())),
        file: finding.primary.file.map(|file| report.file(file).path.as_str()),
        pointer,
    }
}

/// Whether some rule of a waiver could not be checked somewhere, or a file in its scope not be judged
/// that is of a known kind: then nothing found means nothing.
fn unsure(report: &Report, waiver: &Waiver) -> bool {
    let (id, is_clause) = waiver.subject();
    let unread = report.unknown.iter().filter(|unknown| unknown.rule.is_none());
    let unread = unread.filter_map(|unknown| unknown.file).map(|file| report.file(file));
    if unread.filter(|file| file.target.is_some()).any(|file| waiver.reaches_into(&file.path)) {
        return true;
    }
    report.unknown.iter().filter_map(|unknown| unknown.rule).any(|rule| match report.clause_of(rule) {
        Some(clause) if is_clause => clause.id == id || clause.source.eq_ignore_ascii_case(id),
        _ => !is_clause && report.rule(rule).id == id,
    })
}

/// A must binds until a waiver is granted; a should may be explained.
fn is_must(report: &Report, finding: &Finding) -> bool {
    match report.clause_of(finding.rule) {
        Some(clause) => matches!(clause.level, Level::Must | Level::MustNot) && clause.standing.counts(),
        None => finding.severity == Severity::Error,
    }
}

fn explain(
    report: &mut Report,
    workspace: &Workspace,
    known: &Known<'_>,
    register: Option<&Register>,
    terms: Terms<'_>,
) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        if let Some(file) = finding.primary.file {
            by_file.entry(file).or_default().push(at);
        }
    }
    for index in workspace.marked() {
        let file = FileId::of_index(index);
        let path = &workspace.entries()[index].path;
        let Ok(text) = workspace.text(path).or_else(|error| match error {
            ReadError::Encoding(_, Some(text)) => Ok(text),
            error => Err(error),
        }) else {
            continue;
        };
        let directives = comment::scan(path, &text, workspace.limits());
        if directives.is_empty() {
            continue;
        }
        let here = by_file.get(&file).map_or(&[][..], Vec::as_slice);
        let ways: Vec<String> = here.iter().map(|&at| pointer(&report.findings[at].primary.path)).collect();
        let beside: Vec<Beside<'_>> = here
            .iter()
            .zip(&ways)
            .map(|(&at, way)| {
                let finding = &report.findings[at];
                Beside {
                    place: place(report, finding, way),
                    line: text.lines().line_of(finding.primary.span.start),
                    must: is_must(report, finding),
                }
            })
            .collect();
        let unread = report.unknown.iter().any(|one| one.rule.is_none() && one.file == Some(file));
        let looked = |id: &str, is_clause: bool| {
            !unread
                && known.reach(id, is_clause) == Reach::Ran
                && (workspace.is_whole() || ran(report, id, is_clause))
        };
        let applied = comment::apply(&directives, &beside, register, known, terms.clock, &looked);
        drop(beside);
        for (finding, directive) in applied.explained {
            let finding = &mut report.findings[here[finding]];
            if finding.outcome.is_open() {
                finding.outcome = Outcome::Suppressed(explanation(&directives[directive], terms));
            }
        }
        // A comment in a file that is left out may explain what a rule finds there all the same; of the
        // comment itself nothing is said.
        let problems = applied.problems.into_iter().filter(|_| !workspace.is_left_out(index));
        notes.extend(problems.map(|problem: Problem| Note {
            file: Some(file),
            problem,
            pointer: String::new(),
        }));
    }
    notes
}

/// Whether a rule looked at some file of a run that judges single files.
fn ran(report: &Report, id: &str, is_clause: bool) -> bool {
    report.rules.iter().zip(&report.stats.rules).any(|(rule, stats)| {
        let clause = rule.clause.map(|clause| &report.clauses[clause]);
        let meant = match clause {
            Some(clause) if is_clause => clause.id == id || clause.source.eq_ignore_ascii_case(id),
            _ => !is_clause && rule.id == id,
        };
        meant && (stats.files > 0 || rule.pack.is_none())
    })
}

fn explanation(directive: &Directive, terms: Terms<'_>) -> Arc<Accepted> {
    Arc::new(Accepted {
        id: directive.waiver.clone(),
        reason: directive.reason.clone().unwrap_or_default().trim().to_owned(),
        by: None,
        until: directive.until.map(|until| until.to_string()),
        days_left: directive.until.map(|until| terms.clock.days_until(until)),
        reference: None,
    })
}
