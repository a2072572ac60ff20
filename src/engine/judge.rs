//! `judge`: from a plan and a workspace to a report. Pure: the same input gives the same report,
//! whatever the number of threads and the order in which files are met.

use super::cached::{self, Cached};
use super::changed::Selection;
use super::gather::{self, Harvest};
use super::plan::Plan;
use super::report::{Blind, Description, LookedAt, Report, RuleStats, Unknown};
use super::run::{Judged, Raw, Setting, run, run_broken, run_rules};
use super::survey::{Asked, BREAKS_OFF, Root, Surveyed, files, left_out, survey, survey_bytes};
use super::{builtin, changed, problems, repository, severity};
use crate::bundle::{Bundle, Store};
use crate::finding::{File, FileId, Related, RuleId, fingerprint};
use crate::target::{self, Grammar, REPOSITORY};
use crate::workspace::{Entry, ReadError, Workspace};
use assize_tree::document::detect;
use assize_tree::path::NodeRef;
use assize_tree::text::Text;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// What is known of a file after the first round.
pub(super) struct First {
    pub surveyed: Surveyed,
    pub judged: Vec<Judged>,
    pub harvest: Harvest,
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
        harvest.taken.extend(one.harvest.taken);
        harvest.unknown.extend(one.harvest.unknown);
        harvest.lost.extend(one.harvest.lost);
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
        second_round(&setting, &store, &surveyed, &mut judged, &mut raws, (&mut descriptions, &mut unread))
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
            let place = |node| super::run::repository_place(&setting, &bundle, NodeRef { doc: 0, node });
            gather::of_repository(&setting, bundle.document(0), root, &place, &mut harvest);
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

/// Reads every file, largest first; what stands alone is judged at once and dropped.
fn first_round(setting: &Setting<'_>, options: Options<'_>) -> Vec<First> {
    let workspace = setting.workspace;
    let entries = workspace.entries();
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(entries[index].size), index));
    let done = AtomicU64::new(0);
    let asked = if options.by_name { Asked::ByName } else { Asked::InFolder };
    let cached = options.cached.filter(|_| cached::may_use(workspace, &options));
    let mut results: Vec<(usize, First)> = order
        .into_par_iter()
        .with_max_len(64)
        .map(|index| {
            let first = match cached.filter(|_| cached::is_worth_it(&entries[index])) {
                Some(cached) => from_cache(setting, index, cached),
                None if workspace.is_left_out(index) => First {
                    surveyed: left_out(&entries[index]),
                    judged: Vec::new(),
                    harvest: Harvest::default(),
                },
                None => judge_file(setting, index, survey(workspace, &entries[index], asked)),
            };
            if let Some(progress) = options.progress {
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, entries.len() as u64);
            }
            (index, first)
        })
        .collect();
    results.sort_by_key(|&(index, _)| index);
    results.into_iter().map(|(_, first)| first).collect()
}

/// What a file comes to that has been read.
fn judge_file(setting: &Setting<'_>, index: usize, mut surveyed: Surveyed) -> First {
    let harvest = gather_from(setting, index, &surveyed);
    let judged = judge_alone(setting, index, &mut surveyed);
    First { surveyed, judged, harvest }
}

/// What a file comes to, from an earlier run where one judged the same bytes. What is kept under the
/// bytes' name is what these very bytes come to: they are not read again.
fn from_cache(setting: &Setting<'_>, index: usize, cached: Cached<'_>) -> First {
    let (workspace, entry) = (setting.workspace, &setting.workspace.entries()[index]);
    let Ok(bytes) = workspace.bytes(&entry.path) else {
        return judge_file(setting, index, survey(workspace, entry, Asked::InFolder));
    };
    cached.find(setting, index, &bytes).unwrap_or_else(|key| {
        let first = judge_file(setting, index, survey_bytes(workspace, entry, bytes));
        cached.keep(key, setting, index, &first);
        first
    })
}

/// What rules gather from a file: of the whole tree only, since a part of it shows nothing.
fn gather_from(setting: &Setting<'_>, index: usize, surveyed: &Surveyed) -> Harvest {
    let mut harvest = Harvest::default();
    let Some(document) = surveyed.document.as_deref().filter(|_| setting.workspace.is_whole()) else {
        return harvest;
    };
    let entry = &setting.workspace.entries()[index];
    for root in &surveyed.roots {
        if !document.is_whole(root.node) {
            gather::lost(setting, entry, root.kind, BREAKS_OFF, &mut harvest);
            continue;
        }
        gather::of_file(
            setting,
            FileId::of_index(index),
            entry,
            root.kind,
            document,
            root.node,
            &mut harvest,
        );
    }
    harvest
}

fn judge_alone(setting: &Setting<'_>, index: usize, surveyed: &mut Surveyed) -> Vec<Judged> {
    let alone = !surveyed.roots.is_empty() && surveyed.roots.iter().all(|root| root.grammar == Grammar::None);
    let Some(document) = surveyed.document.clone().filter(|_| alone) else { return Vec::new() };
    let judged: Vec<Judged> = surveyed
        .roots
        .iter()
        .map(|root| {
            let held = if document.is_whole(root.node) { run } else { run_broken };
            let bundle = Bundle::single(FileId::of_index(index), Arc::clone(&document), root.node);
            held(setting, root.kind, &bundle)
        })
        .collect();
    // Only what a finding points into is still wanted.
    if surveyed.problems.is_empty() && judged.iter().all(|part| part.findings.is_empty()) {
        surveyed.document = None;
    }
    judged
}

/// Judges what holds references, each root with the files it refers to. Returns the files that
/// are part of a description, with its path; tells of the descriptions, and of the fragments whose
/// syntax breaks off.
fn second_round(
    setting: &Setting<'_>,
    store: &Store<'_>,
    surveyed: &[Surveyed],
    judged: &mut Vec<(FileId, Judged)>,
    raws: &mut Vec<Raw>,
    (told_of, unread): (&mut Vec<Description>, &mut BTreeSet<FileId>),
) -> BTreeMap<usize, String> {
    let workspace = setting.workspace;
    let mut roots: Vec<(usize, Root)> = surveyed
        .iter()
        .enumerate()
        .flat_map(|(index, found)| found.roots.iter().map(move |root| (index, *root)))
        .filter(|(_, root)| root.grammar != Grammar::None)
        .collect();
    roots
        .sort_by_key(|&(index, root)| (std::cmp::Reverse(workspace.entries()[index].size), index, root.node));
    // Descriptions first: a schema that one of them refers to is judged as part of it.
    let (descriptions, schemas): (Vec<_>, Vec<_>) =
        roots.into_iter().partition(|(_, root)| root.grammar != Grammar::JsonSchema);
    let mut reached: BTreeMap<usize, String> = BTreeMap::new();
    for wave in [descriptions, schemas] {
        let wanted: Vec<(usize, Root)> = wave
            .into_iter()
            .filter(|(index, root)| root.grammar != Grammar::JsonSchema || !reached.contains_key(index))
            .collect();
        let results: Vec<_> = wanted
            .into_par_iter()
            .with_max_len(1)
            .filter_map(|(index, root)| {
                let document = store.get(index)?;
                let bundle = Bundle::build(
                    store,
                    FileId::of_index(index),
                    document,
                    root.node,
                    root.grammar.references(),
                );
                let mut found = problems::of_references(&bundle);
                let told = super::description::tell(&bundle, root);
                let whole = bundle.document(0).is_whole(root.node);
                if !whole {
                    let part = run_broken(setting, root.kind, &bundle);
                    return Some((index, bundle.files()[..1].to_vec(), Vec::new(), found, part, told));
                }
                found.extend(problems::of_bundle(&bundle, root.kind));
                let mut cut = Vec::new();
                // A fragment is of no kind by itself: only here does its syntax matter to anybody.
                for (at, file) in bundle.files().iter().enumerate().skip(1) {
                    let document = bundle.document(at as u32);
                    if surveyed.get(file.0 as usize).is_some_and(|known| known.roots.is_empty()) {
                        let slips = document.problems().iter();
                        found.extend(slips.map(|slip| problems::of_file(*file, Some(document), slip)));
                    }
                    if bundle.breaks_off(at as u32) {
                        cut.push(*file);
                    }
                }
                let part = run(setting, root.kind, &bundle);
                Some((index, bundle.files().to_vec(), cut, found, part, told))
            })
            .collect();
        for (index, files, cut, found, part, told) in results {
            told_of.extend(told);
            unread.extend(cut);
            for file in files.iter().skip(1) {
                reached.entry(file.0 as usize).or_insert_with(|| workspace.entries()[index].path.clone());
            }
            raws.extend(found);
            judged.push((FileId::of_index(index), part));
        }
    }
    reached
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
