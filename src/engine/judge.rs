//! `judge`: from a plan and a workspace to a report. Pure: the same input gives the same report,
//! whatever the number of threads and the order in which files are met.

use super::cached::Cached;
use super::changed::Selection;
use super::gather::{self, Harvest};
use super::plan::Plan;
use super::report::{Blind, Description, LookedAt, Report, RuleStats, Unknown};
use super::rounds::{Told, first_round, second_round};
use super::run::{Judged, Raw, Setting, run, run_rules};
use super::survey::{Asked, BREAKS_OFF, Surveyed, files, survey};
use super::{builtin, changed, problems, repository, severity};
use crate::bundle::{Bundle, Store};
use crate::finding::{File, FileId, Related, RuleId, fingerprint};
use crate::target::{self, REPOSITORY};
use crate::workspace::{Entry, ReadError, Workspace};
use assize_tree::document::detect;
use assize_tree::text::Text;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to judge, beside what by what.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Files of the workspace were named by the user: each must be of a kind that can be judged.
    pub by_name: bool,
    /// Mend known faults of Spectral where a Spectral ruleset runs.
    pub corrected: crate::spectral::Repairs,
    /// Measure the time of each rule's checks.
    pub timings: bool,
    /// The forge's settings of the repository, as exported from it.
    pub settings: Option<&'a serde_json::Value>,
    /// Facts that were declared of the system.
    pub facts: Option<&'a BTreeMap<String, bool>>,
    /// The day of judging, which ages are counted to; without it there are none.
    pub today: Option<crate::standard::Date>,
    /// Told how many of how many files are done, from any thread.
    pub progress: Option<&'a (dyn Fn(u64, u64) + Sync)>,
    /// What of the tree is judged, where that is not all of it.
    pub part: Option<Part<'a>>,
    /// Results of earlier runs.
    pub cached: Option<Cached<'a>>,
}

/// What is judged where only what changed is.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The files.
    pub selection: &'a Selection,
    /// Paths that changed, came or went.
    pub paths: &'a [&'a str],
}

/// Judges the files of a workspace by a plan.
#[must_use]
pub fn judge(plan: &Plan, workspace: &Workspace, options: Options<'_>) -> Report {
    let mut clock = Clock { last: Instant::now(), phases: Vec::new() };
    let setting = Setting {
        plan,
        workspace,
        files: &[],
        offset: builtin::ALL.len(),
        timings: options.timings,
        changed_only: false,
    };
    let first = first_round(&setting, options);
    clock.tick("read and recognise");
    let (mut surveyed, mut judged): (Vec<Surveyed>, Vec<(FileId, Judged)>) =
        (Vec::with_capacity(first.len()), Vec::new());
    let mut harvest = Harvest::default();
    for (index, one) in first.into_iter().enumerate() {
        harvest.add(one.harvest);
        judged.extend(one.judged.into_iter().map(|part| (FileId::of_index(index), part)));
        surveyed.push(one.surveyed);
    }
    let mut raws: Vec<Raw> = Vec::new();
    for (index, found) in surveyed.iter().enumerate() {
        let text = found.document.as_deref();
        raws.extend(
            found.problems.iter().map(|problem| problems::of_file(FileId::of_index(index), text, problem)),
        );
    }
    let (mut descriptions, mut unread) = (Vec::new(), BTreeSet::new());
    let kept: Vec<_> = surveyed.iter().map(|found| found.document.clone()).collect();
    // Files that are left out give themselves addresses all the same.
    let others = || {
        let files = options.part.into_iter().flat_map(|part| &part.selection.addressed);
        let files = files.filter_map(|path| workspace.find(path));
        let files = files.filter(|&at| workspace.is_left_out(at) && workspace.entries()[at].skip.is_none());
        let read = |at| Some((at, survey(workspace, &workspace.entries()[at], Asked::InFolder).document?));
        files.filter_map(read).collect()
    };
    let store = Store::new(workspace, kept, options.part.is_some().then_some(&others));
    // Rulesets follow references themselves, in Spectral's way: without packs nobody reads ours.
    let reached = if plan.only_rulesets() && options.by_name {
        BTreeMap::new()
    } else {
        let told = Told {
            judged: &mut judged,
            raws: &mut raws,
            harvest: &mut harvest,
            descriptions: &mut descriptions,
            unread: &mut unread,
        };
        second_round(&setting, &store, &surveyed, told)
    };
    let linted = super::rulesets::run(plan, workspace, &store, &surveyed, options);
    if plan.only_rulesets() {
        // What the engine itself says of a file would say it twice.
        raws.retain(|raw| {
            raw.finding.rule.0 as usize >= builtin::ALL.len() || plan.speaks_alone(raw.finding.rule)
        });
    }
    clock.tick("references and descriptions");
    let mut rules_left_out = 0;
    if let Some(part) = options.part {
        let parts = changed::parts(plan, part.paths, part.selection.files.iter());
        rules_left_out = parts.left_out;
        let beside = repository::Beside::nothing();
        let (document, _) = repository::document(workspace, &surveyed, &beside);
        if let Some(root) = document.root() {
            let bundle = Bundle::repository(Arc::new(document), root);
            for (rules, changed_only) in [(parts.each, true), (parts.touched, false)] {
                let setting = Setting { changed_only, ..setting };
                judged.push((Bundle::REPOSITORY, run_rules(&setting, &plan.plan_of(rules), &bundle)));
            }
        }
    } else if workspace.is_whole() {
        let beside = repository::Beside {
            files: plan.wants_files(),
            texts: plan.wants_texts(),
            settings: options.settings,
            facts: options.facts,
            today: options.today,
        };
        let (document, members) = repository::document(workspace, &surveyed, &beside);
        let members: Vec<FileId> = members.into_iter().map(FileId::of_index).collect();
        if let Some(root) = document.root() {
            let bundle = Bundle::repository(Arc::new(document), root);
            let setting = Setting { files: &members, ..setting };
            let mut part = run(&setting, REPOSITORY, &bundle);
            let place = |at| super::run::repository_place(&setting, &bundle, at);
            gather::of_repository(&setting, &bundle, &place, &mut harvest);
            gather::judge(&setting, harvest, &mut part);
            judged.push((Bundle::REPOSITORY, part));
        }
    }
    clock.tick("repository");
    let mut report = Report {
        packs: plan.pack_infos.iter().chain(&plan.beside).cloned().collect(),
        rules: plan.rule_infos(),
        clauses: plan.clauses.clone(),
        files: files(workspace, &surveyed),
        ..Report::default()
    };
    descriptions.sort_by_key(|one: &Description| one.file);
    report.descriptions = descriptions;
    report.stats.bytes = surveyed.iter().map(|found| found.read).sum();
    report.stats.rules = vec![RuleStats::default(); report.rules.len()];
    for (file, part) in judged {
        for (rule, (places, time)) in part.rules {
            let stats = &mut report.stats.rules[setting.offset + rule];
            stats.files += 1;
            stats.places += places;
            stats.time += time;
            let file = (file != Bundle::REPOSITORY).then_some(file);
            report.looked.push(LookedAt { rule: RuleId((setting.offset + rule) as u32), file, places });
        }
        let file = (file != Bundle::REPOSITORY).then_some(file);
        report.blind.extend(part.blind.into_iter().map(|(rule, files)| Blind {
            rule: RuleId((setting.offset + rule) as u32),
            files: files.iter().filter_map(|path| workspace.find(path).map(FileId::of_index)).collect(),
        }));
        report.unknown.extend(part.unknown.into_iter().map(|(rule, reason)| Unknown {
            file,
            rule: Some(RuleId((setting.offset + rule) as u32)),
            reason,
        }));
        raws.extend(part.findings);
    }
    super::rulesets::unlent(plan, &mut report);
    linted.add(plan, &mut report, &mut raws);
    for (index, found) in surveyed.iter().enumerate() {
        if let Some(reason) = found.unknown.as_ref().filter(|_| matters(plan, &workspace.entries()[index])) {
            report.unknown.push(Unknown {
                file: Some(FileId::of_index(index)),
                rule: None,
                reason: reason.clone(),
            });
        }
    }
    report.unknown.extend(unread.into_iter().map(|file| Unknown {
        file: Some(file),
        rule: None,
        reason: BREAKS_OFF.to_owned(),
    }));
    report.stats.rules_left_out = rules_left_out;
    report.unknown.sort();
    report.unknown.dedup();
    for (index, fragment_of) in reached {
        let file = &mut report.files[index];
        if file.target.is_none() {
            file.note = Some(format!("part of {fragment_of}"));
        }
    }
    settle(&mut report, raws);
    keep_texts(&mut report, workspace, &surveyed);
    clock.tick("sort");
    report.stats.phases = clock.phases;
    report
}

/// Whether it matters that a file could not be judged: an empty one of a kind no rule looks at is
/// nobody's loss.
fn matters(plan: &Plan, entry: &Entry) -> bool {
    let kinds = detect::format_of_name(&entry.path).filter(|_| entry.size == 0).and_then(target::kinds_of);
    kinds.is_none_or(|kinds| kinds.iter().any(|kind| plan.looks_at(kind)))
}

/// Merges findings that several descriptions share, sorts, names and stores them.
fn settle(report: &mut Report, mut raws: Vec<Raw>) {
    raws.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut merged: Vec<(Raw, Vec<FileId>)> = Vec::with_capacity(raws.len());
    for raw in raws {
        match merged.last_mut() {
            Some((last, descriptions))
                if order_in_file(last) == order_in_file(&raw) && last.pointer == raw.pointer =>
            {
                if !descriptions.contains(&raw.description) {
                    descriptions.push(raw.description);
                }
            }
            _ => {
                let descriptions = vec![raw.description];
                merged.push((raw, descriptions));
            }
        }
    }
    let mut ordinals: HashMap<(RuleId, Option<FileId>, String), u32> = HashMap::new();
    for (raw, descriptions) in merged {
        let mut finding = raw.finding;
        let file = finding.primary.file;
        if file.is_some_and(|file| !descriptions.contains(&file)) {
            let named = descriptions.iter().filter(|&&description| description != Bundle::REPOSITORY);
            finding.related.extend(named.map(|&description| Related {
                location: crate::finding::Location::of_span(description, assize_tree::text::Span::default()),
                message: "reached from this description".to_owned(),
            }));
        }
        let ordinal = ordinals.entry((finding.rule, file, raw.pointer.clone())).or_default();
        let path = file.map_or("", |file| report.files[file.0 as usize].path.as_str());
        let rule = &report.rules[finding.rule.0 as usize];
        finding.severity = severity::in_file(finding.severity, path, rule.counts_tests);
        finding.fingerprint =
            fingerprint(&report.rules[finding.rule.0 as usize].id, path, &raw.pointer, *ordinal);
        *ordinal += 1;
        report.findings.push(finding);
    }
}

type InFile<'a> = (Option<FileId>, u32, u32, RuleId, &'a str);

fn order_in_file(raw: &Raw) -> InFile<'_> {
    let finding = &raw.finding;
    (
        finding.primary.file,
        finding.primary.span.start,
        finding.primary.span.end,
        finding.rule,
        &finding.message,
    )
}

fn order(raw: &Raw) -> (InFile<'_>, &str, FileId) {
    (order_in_file(raw), &raw.pointer, raw.description)
}

/// Reports print excerpts: the text of every file that a finding names stays.
fn keep_texts(report: &mut Report, workspace: &Workspace, surveyed: &[Surveyed]) {
    let wanted: HashSet<FileId> = report
        .findings
        .iter()
        .flat_map(|finding| {
            std::iter::once(&finding.primary).chain(finding.related.iter().map(|related| &related.location))
        })
        .filter_map(|location| location.file)
        .collect();
    for file in wanted {
        let index = file.0 as usize;
        let kept = surveyed[index].document.as_ref().map(|document| Arc::clone(document.text()));
        report.files[index].text = kept.or_else(|| shown(workspace, &workspace.entries()[index].path));
    }
}

/// A file's text as rules over texts saw it: with a few bad bytes replaced, their places stay.
fn shown(workspace: &Workspace, path: &str) -> Option<Arc<Text>> {
    match workspace.text(path) {
        Ok(text) | Err(ReadError::Encoding(_, Some(text))) => Some(text),
        Err(_) => None,
    }
}

struct Clock {
    last: Instant,
    phases: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn tick(&mut self, phase: &'static str) {
        let now = Instant::now();
        self.phases.push((phase, now - self.last));
        self.last = now;
    }
}

impl Report {
    /// Adds another report's content, its files under a folder of their own. What was found of a
    /// repository as a whole then stands at that folder: of several, each must be told apart.
    pub fn merge(&mut self, other: Self, prefix: &str) {
        let folder = prefix.trim_end_matches('/');
        let whole = (!folder.is_empty()).then(|| FileId::of_index(self.files.len()));
        if whole.is_some() {
            self.files.push(File { path: folder.to_owned(), folder: true, ..File::default() });
        }
        let first = self.files.len() as u32;
        let shift = |file: Option<FileId>| file.map(|file| FileId(file.0 + first)).or(whole);
        self.files.extend(other.files.into_iter().map(|mut file| {
            file.path = format!("{prefix}{}", file.path);
            file
        }));
        self.findings.extend(other.findings.into_iter().map(|mut finding| {
            finding.primary.file = shift(finding.primary.file);
            for related in &mut finding.related {
                related.location.file = shift(related.location.file);
            }
            finding
        }));
        self.unknown.extend(
            other.unknown.into_iter().map(|unknown| Unknown { file: shift(unknown.file), ..unknown }),
        );
        self.descriptions.extend(other.descriptions.into_iter().map(|mut one| {
            one.file += first;
            one.files.iter_mut().for_each(|file| file.0 += first);
            one
        }));
        self.looked.extend(other.looked.into_iter().map(|one| LookedAt { file: shift(one.file), ..one }));
        self.blind.extend(other.blind.into_iter().map(|mut one| {
            one.files.iter_mut().for_each(|file| file.0 += first);
            one
        }));
        self.spectral.extend(other.spectral);
        self.scopes.extend(other.scopes);
        self.notices.extend(other.notices);
        self.stats.bytes += other.stats.bytes;
        for (mine, more) in self.stats.rules.iter_mut().zip(other.stats.rules) {
            mine.places += more.places;
            mine.files += more.files;
            mine.time += more.time;
        }
        self.stats.phases.extend(other.stats.phases);
    }
}
