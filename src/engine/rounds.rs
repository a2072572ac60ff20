//! The two rounds over the files of a workspace: each is read and, where it stands alone, judged at once;
//! then what holds references is judged with the files it refers to.

use super::cached::{self, Cached};
use super::gather::{self, Harvest};
use super::judge::Options;
use super::problems;
use super::report::Description;
use super::run::{Judged, Raw, Setting, run, run_broken};
use super::survey::{Asked, BREAKS_OFF, Root, Surveyed, left_out, survey, survey_bytes};
use crate::bundle::{Bundle, Store};
use crate::finding::FileId;
use crate::target::Grammar;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is known of a file after the first round.
pub(super) struct First {
    pub surveyed: Surveyed,
    pub judged: Vec<Judged>,
    pub harvest: Harvest,
}

/// Reads every file, largest first; what stands alone is judged at once and dropped.
pub(super) fn first_round(setting: &Setting<'_>, options: Options<'_>) -> Vec<First> {
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
    let Some(document) = surveyed.document.as_ref().filter(|_| setting.workspace.is_whole()) else {
        return harvest;
    };
    let entry = &setting.workspace.entries()[index];
    for root in &surveyed.roots {
        if !document.is_whole(root.node) {
            gather::lost(setting, entry, root.kind, BREAKS_OFF, &mut harvest);
            continue;
        }
        // A description is asked when what it refers to is known.
        if !asked_with_references(*root) {
            gather::of_file(setting, FileId::of_index(index), root.kind, document, root.node, &mut harvest);
        }
    }
    harvest
}

/// Whether values are gathered from a root through its references. Schemas are judged as part of what
/// refers to them, so that each is asked by itself.
fn asked_with_references(root: Root) -> bool {
    !matches!(root.grammar, Grammar::None | Grammar::JsonSchema)
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

/// Where the second round puts what it finds.
pub(super) struct Told<'a> {
    pub judged: &'a mut Vec<(FileId, Judged)>,
    pub raws: &'a mut Vec<Raw>,
    pub harvest: &'a mut Harvest,
    pub descriptions: &'a mut Vec<Description>,
    pub unread: &'a mut BTreeSet<FileId>,
}

/// Judges what holds references, each root with the files it refers to. Returns the files that
/// are part of a description, with its path; tells of the descriptions, and of the fragments whose
/// syntax breaks off.
pub(super) fn second_round(
    setting: &Setting<'_>,
    store: &Store<'_>,
    surveyed: &[Surveyed],
    told: Told<'_>,
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
                let one = super::description::tell(&bundle, root);
                let mut harvest = Harvest::default();
                let whole = bundle.document(0).is_whole(root.node);
                if !whole {
                    let part = run_broken(setting, root.kind, &bundle);
                    return Some((
                        index,
                        bundle.files()[..1].to_vec(),
                        Vec::new(),
                        found,
                        part,
                        (one, harvest),
                    ));
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
                if asked_with_references(root) && workspace.is_whole() {
                    gather::of_bundle(setting, root.kind, &bundle, &mut harvest);
                }
                let part = run(setting, root.kind, &bundle);
                Some((index, bundle.files().to_vec(), cut, found, part, (one, harvest)))
            })
            .collect();
        for (index, files, cut, found, part, (one, harvest)) in results {
            told.descriptions.extend(one);
            told.harvest.add(harvest);
            told.unread.extend(cut);
            for file in files.iter().skip(1) {
                reached.entry(file.0 as usize).or_insert_with(|| workspace.entries()[index].path.clone());
            }
            told.raws.extend(found);
            told.judged.push((FileId::of_index(index), part));
        }
    }
    reached
}
