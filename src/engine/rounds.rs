//! The two rounds over the files of a workspace: each is read and, where it stands alone, judged at once;
//! then what holds references is judged with the files it refers to.

use super::cached::{self, Cached};
use super::description::parts_only;
use super::gather::{self, Harvest};
use super::judge::Options;
use super::problems;
use super::report::Description;
use super::run::{Judged, Raw, Setting, run, run_broken};
use super::survey::{Asked, BREAKS_OFF, Root, Surveyed, left_out, survey, survey_bytes};
use crate::bundle::{Bundle, Store};
use crate::finding::FileId;
use crate::target::{self, Grammar};
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::reference::Provider as _;
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

/// What the second round judges.
#[derive(Clone, Copy)]
struct Wanted {
    index: usize,
    root: Root,
    /// A description refers to it: what it has to say of itself is not asked, only its components are.
    reached: bool,
}

/// Judges what holds references, each root with the files it refers to: descriptions first, then schemas
/// and libraries of components that none of them refers to. Of a library that one refers to, or of a file
/// that is nothing by itself, the components are judged as such: a name there stands in no path from the
/// description. Returns the files that are part of a description, with its path; tells of the
/// descriptions, and of the fragments whose syntax breaks off.
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
    let is_part = |index: usize, root: Root| {
        root.grammar == Grammar::JsonSchema
            || root.kind == target::COMPONENTS
            || store.get(index).is_some_and(|document| parts_only(&document, root.node))
    };
    let (parts, descriptions): (Vec<_>, Vec<_>) =
        roots.into_iter().partition(|&(index, root)| is_part(index, root));
    let mut reached: BTreeMap<usize, String> = BTreeMap::new();
    for wave in 0..3 {
        let wanted: Vec<Wanted> = match wave {
            0 => descriptions.iter().map(|&(index, root)| Wanted { index, root, reached: false }).collect(),
            1 => parts.iter().filter_map(|&(index, root)| part(index, root, &reached)).collect(),
            _ => fragments(setting, surveyed, &reached),
        };
        let results: Vec<_> = wanted
            .into_par_iter()
            .with_max_len(1)
            .filter_map(|Wanted { index, root, reached }| {
                let document = match store.get(index) {
                    None if reached => store.load(&workspace.entries()[index].path).ok()?,
                    document => document?,
                };
                let root = if root.kind == FRAGMENT {
                    Root { node: components_of(&document)?, kind: target::PARTS, ..root }
                } else {
                    root
                };
                let bundle = Bundle::build(
                    store,
                    FileId::of_index(index),
                    document,
                    root.node,
                    root.grammar.references(),
                );
                if reached {
                    // Its description has told of the rest.
                    let held = bundle.document(0).is_whole(root.node);
                    let part = if held { run(setting, root.kind, &bundle) } else { Judged::default() };
                    let files = bundle.files()[..1].to_vec();
                    return Some((index, files, Vec::new(), Vec::new(), part, (None, Harvest::default())));
                }
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

/// What of a part is judged: all of it where no description refers to it, else its components alone.
fn part(index: usize, root: Root, reached: &BTreeMap<usize, String>) -> Option<Wanted> {
    if !reached.contains_key(&index) {
        return Some(Wanted { index, root, reached: false });
    }
    let root = Root { kind: target::PARTS, ..root };
    (root.grammar == Grammar::OpenApi3).then_some(Wanted { index, root, reached: true })
}

/// What is no description and none of its kinds, but is part of one: it may hold components.
fn fragments(setting: &Setting<'_>, surveyed: &[Surveyed], reached: &BTreeMap<usize, String>) -> Vec<Wanted> {
    if !setting.plan.looks_at(target::PARTS) {
        return Vec::new();
    }
    let none = surveyed.iter().enumerate().filter(|(_, found)| found.roots.is_empty());
    let root = Root { node: NodeId(0), kind: FRAGMENT, grammar: Grammar::OpenApi3 };
    none.filter(|(index, _)| reached.contains_key(index))
        .map(|(index, _)| Wanted { index, root, reached: true })
        .collect()
}

/// Stands for the kind of a fragment that has not been looked into.
const FRAGMENT: &str = "fragment";

/// The root of a file that holds components as a description does.
fn components_of(document: &Document) -> Option<NodeId> {
    let root = document.root()?;
    let components = document.get(root, "components")?;
    let schemas = document.get(components, "schemas");
    (document.kind(components) == Kind::Object && schemas.is_some()).then_some(root)
}
