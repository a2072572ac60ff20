//! Rules that compare what stands in several files: values are gathered while the files are read, and
//! compared once when all of them have been. A document is not kept for it, only what was taken.

mod compare;

pub use compare::{NAMES, SAME};

use super::rule::Body;
use super::run::{Judged, Raw, Setting};
use super::survey::BREAKS_OFF;
use crate::bundle::Bundle;
use crate::check::UNRESOLVED;
use crate::finding::{FileId, Finding, Location, Outcome, Related, RuleId, stable_pointer};
use crate::pack::form::{GatherForm, OneOrMany, RuleForm, Take};
use crate::target;
use crate::workspace::{Entry, Role, Skip, role};
use assize_tree::document::{Document, NodeId};
use assize_tree::path::{Follow, NodeRef, Path, PathSet};
use assize_tree::pattern::Pattern;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Values of one rule; a hostile tree has millions.
const MOST: usize = 200_000;

/// What a rule gathers, compiled.
pub(super) struct Gather {
    /// Names of the sets, in order.
    names: Vec<String>,
    sources: Vec<Source>,
    compare: compare::Compare,
}

/// One way to fill a set.
struct Source {
    set: usize,
    kinds: Vec<&'static str>,
    given: Vec<Path>,
    /// The same paths, for one pass that sees through references; made when first wanted.
    through: OnceLock<PathSet>,
    take: Take,
    matching: Option<Pattern>,
    constant: Option<String>,
}

/// One value, with its place.
pub(super) struct Taken {
    pub rule: usize,
    pub set: usize,
    /// Its text; `None` for an object or a list, which can be counted and no more.
    pub value: Option<String>,
    pub key: String,
    pub location: Location,
    pub pointer: String,
}

/// What one file gave.
#[derive(Default)]
pub(super) struct Harvest {
    pub taken: Vec<Taken>,
    /// Rules that could not look, with the reason.
    pub unknown: Vec<(usize, String)>,
    /// Rules that would have had to take something from a file that was not read whole: what they
    /// compare would lack it.
    pub lost: Vec<(usize, String)>,
}

impl Harvest {
    /// Adds what another file gave.
    pub(super) fn add(&mut self, other: Self) {
        self.taken.extend(other.taken);
        self.unknown.extend(other.unknown);
        self.lost.extend(other.lost);
    }
}

/// A mistake: pointer below the rule, message, hint.
type Mistake<'e> = &'e mut dyn FnMut(&str, String, Option<String>);

/// The kinds a rule gathers from, the most specific names.
pub(super) fn kinds_of(form: &RuleForm) -> Vec<&'static str> {
    let sources = form.gather.values().flat_map(OneOrMany::as_slice);
    let mut kinds: Vec<&'static str> =
        sources.flat_map(|source| &source.on).flat_map(|name| target::specific(name)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Compiles what a rule gathers and how it compares it. The kinds themselves are checked by the caller.
pub(super) fn compile(form: &RuleForm, error: Mistake<'_>) -> Option<Gather> {
    let names: Vec<String> = form.gather.keys().cloned().collect();
    let mut sources = Vec::new();
    for (set, (name, gathers)) in form.gather.iter().enumerate() {
        for (index, gather) in gathers.as_slice().iter().enumerate() {
            let below = match gathers {
                OneOrMany::One(_) => format!("/gather/{name}"),
                OneOrMany::Many(_) => format!("/gather/{name}/{index}"),
            };
            sources.push(source(set, gather, &below, error));
        }
    }
    for (member, there) in [("/given", form.given.is_some()), ("/on", !form.on.is_empty())] {
        if there {
            error(
                member,
                "A rule that gathers looks where its \"gather\" says: it takes no \"given\" and no \"on\" of its own."
                    .to_owned(),
                None,
            );
        }
    }
    let then = form.then.as_ref().map(OneOrMany::as_slice).unwrap_or_default();
    let [then] = then else {
        error(
            "",
            "A rule that gathers needs one \"then\".".to_owned(),
            Some(format!("Checks over gathered places: {}.", compare::NAMES.join(", "))),
        );
        return None;
    };
    if then.field.is_some() {
        error("/then/field", "What was gathered has no fields.".to_owned(), None);
    }
    match compare::Compare::new(&then.function, then.function_options.as_ref(), &names) {
        Ok(compare) => Some(Gather { names, sources, compare }),
        Err(wrong) => {
            error(&format!("/then{}", wrong.pointer), wrong.message, wrong.hint);
            None
        }
    }
}

fn source(set: usize, form: &GatherForm, below: &str, error: Mistake<'_>) -> Source {
    let mut given = Vec::new();
    for text in form.given.as_ref().map_or(&["$".to_owned()][..], OneOrMany::as_slice) {
        match Path::parse(text) {
            Ok(path) if form.on.iter().any(|name| target::has_grammar(name)) => given.push(path.of_grammar()),
            Ok(path) => given.push(path),
            Err(wrong) => error(
                &format!("{below}/given"),
                format!("The path \"{text}\" cannot be read: {wrong}"),
                wrong.hint(),
            ),
        }
    }
    let matching = form.matching.as_ref().and_then(|text| {
        Pattern::new(text)
            .map_err(|wrong| {
                error(&format!("{below}/match"), format!("The pattern cannot be read: {wrong}"), None)
            })
            .ok()
    });
    let mut kinds: Vec<&'static str> = form.on.iter().flat_map(|name| target::specific(name)).collect();
    kinds.dedup();
    Source {
        set,
        kinds,
        given,
        through: OnceLock::new(),
        take: form.take,
        matching,
        constant: form.value.clone(),
    }
}

impl Source {
    /// The places it takes from in a bundle, in order: as a member stands, and what it is once references
    /// are seen through. Beside them why not all are known, where that is so.
    fn places(&self, bundle: &Bundle) -> (Vec<(NodeRef, NodeRef)>, Option<String>) {
        let root = bundle.root();
        let (mut places, mut doubt) = (Vec::new(), None);
        if bundle.has_references() {
            let through = self.through.get_or_init(|| PathSet::new(&self.given));
            let ran =
                through.run(bundle, root, Follow::References, &mut |hit, _| places.push((hit.at, hit.node)));
            doubt = match ran {
                Ok(trail) => (!trail.unread().is_empty()).then(|| UNRESOLVED.to_owned()),
                Err(exhausted) => Some(exhausted.to_string()),
            };
        } else {
            for given in &self.given {
                match given.nodelist(bundle.document(root.doc), root.node) {
                    Ok(found) => places.extend(found.into_iter().map(|node| {
                        let at = NodeRef { node, ..root };
                        (at, at)
                    })),
                    Err(exhausted) => doubt = Some(exhausted.to_string()),
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        (places, doubt)
    }
}

impl Body {
    /// Takes what a rule gathers from a bundle; `path` is that of its root file, empty for the tree as
    /// a whole.
    fn harvest(
        &self,
        rule: usize,
        (kind, path): (&str, &str),
        bundle: &Bundle,
        place: &dyn Fn(NodeRef) -> Location,
        harvest: &mut Harvest,
    ) {
        let Some(gather) = &self.gather else { return };
        for source in gather.sources.iter().filter(|source| source.kinds.contains(&kind)) {
            let (places, doubt) = source.places(bundle);
            harvest.unknown.extend(doubt.map(|why| (rule, why)));
            for (at, value) in places {
                // A key is that of the member that stands there, whatever its value refers to.
                let by_key = source.take == Take::Key;
                let at = if by_key { at } else { value };
                let (document, node) = (bundle.document(at.doc), at.node);
                if !by_key && bundle.is_unresolved(at) {
                    harvest.unknown.push((rule, UNRESOLVED.to_owned()));
                    continue;
                }
                let key = document.key(node).unwrap_or_default();
                let raw = match source.take {
                    Take::Value => match document.scalar(node) {
                        // An empty value is none.
                        Some(_) if document.kind(node) == assize_tree::document::Kind::Null => continue,
                        text => text,
                    },
                    Take::Key => Some(key),
                    Take::File => Some(path),
                    Take::Folder => Some(path.rsplit_once('/').map_or("", |(folder, _)| folder)),
                    Take::Name => Some(path.rsplit('/').next().unwrap_or(path)),
                };
                let matched = match (raw, &source.matching) {
                    (Some(text), Some(pattern)) => match pattern.find(text) {
                        Ok(Some((from, to))) => text.get(from..to),
                        Ok(None) => continue,
                        Err(exhausted) => {
                            harvest.unknown.push((rule, exhausted.to_string()));
                            continue;
                        }
                    },
                    // An object or a list has no text that could match.
                    (None, Some(_)) => continue,
                    (text, None) => text,
                };
                let value = source.constant.as_deref().or(matched).map(str::to_owned);
                harvest.taken.push(Taken {
                    rule,
                    set: source.set,
                    value,
                    key: key.to_owned(),
                    location: place(at),
                    pointer: stable_pointer(document, node),
                });
            }
        }
    }
}

/// Whether a rule takes what it gathers from a file.
fn takes(setting: &Setting<'_>, rule: usize, entry: &Entry) -> bool {
    let counted = match role(&entry.path, entry.skip) {
        None => true,
        // What is there for tests and examples says nothing of the system.
        Some(Role::Vendored) => false,
        Some(_) => setting.plan.rules[rule].info.counts_tests,
    };
    counted && setting.plan.rules[rule].runs && entry.skip != Some(Skip::NotSelected)
}

/// Notes of the rules that gather from a kind of file that one of these could not be read whole.
pub(super) fn lost(setting: &Setting<'_>, entry: &Entry, kind: &str, why: &str, harvest: &mut Harvest) {
    for &rule in setting.plan.gathering(kind) {
        if takes(setting, rule, entry) {
            harvest.lost.push((rule, format!("{}: {why}", entry.path)));
        }
    }
}

/// Takes what the rules of a plan gather from a file that refers to no other.
pub(super) fn of_file(
    setting: &Setting<'_>,
    file: FileId,
    kind: &'static str,
    document: &Arc<Document>,
    root: NodeId,
    harvest: &mut Harvest,
) {
    if !setting.plan.gathering(kind).is_empty() {
        of_bundle(setting, kind, &Bundle::single(file, Arc::clone(document), root), harvest);
    }
}

/// Takes what they gather from a description with the files it refers to.
pub(super) fn of_bundle(setting: &Setting<'_>, kind: &'static str, bundle: &Bundle, harvest: &mut Harvest) {
    let entry = &setting.workspace.entries()[bundle.file(0).0 as usize];
    let place = |at: NodeRef| Location::of_node(bundle.file(at.doc), bundle.document(at.doc), at.node, false);
    for (doc, _) in bundle.files().iter().enumerate().filter(|(doc, _)| bundle.breaks_off(*doc as u32)) {
        let fragment = &setting.workspace.entries()[bundle.file(doc as u32).0 as usize];
        lost(setting, fragment, kind, BREAKS_OFF, harvest);
    }
    for &rule in setting.plan.gathering(kind) {
        if takes(setting, rule, entry) {
            setting.plan.body(rule).harvest(rule, (kind, &entry.path), bundle, &place, harvest);
        }
    }
}

/// Takes what they gather from the document of the repository.
pub(super) fn of_repository(
    setting: &Setting<'_>,
    bundle: &Bundle,
    place: &dyn Fn(NodeRef) -> Location,
    harvest: &mut Harvest,
) {
    for &rule in setting.plan.gathering(target::REPOSITORY) {
        if setting.plan.rules[rule].runs {
            let from = (target::REPOSITORY, "");
            setting.plan.body(rule).harvest(rule, from, bundle, place, harvest);
        }
    }
}

/// Compares what was gathered, rule by rule.
pub(super) fn judge(setting: &Setting<'_>, mut harvest: Harvest, judged: &mut Judged) {
    let mut by_rule: BTreeMap<usize, Vec<Taken>> = BTreeMap::new();
    for rule in setting.plan.all_gathering() {
        if setting.plan.rules[rule].runs {
            by_rule.insert(rule, Vec::new());
        }
    }
    harvest.taken.sort_by(|a, b| order(a).cmp(&order(b)));
    // Two descriptions may refer to the same place: it stands there once.
    harvest.taken.dedup_by(|a, b| order(a) == order(b) && a.value == b.value);
    for taken in harvest.taken {
        if let Some(list) = by_rule.get_mut(&taken.rule) {
            list.push(taken);
        }
    }
    judged.unknown.append(&mut harvest.unknown);
    let lost: HashSet<usize> = harvest.lost.iter().map(|(rule, _)| *rule).collect();
    judged.unknown.append(&mut harvest.lost);
    for (rule, taken) in by_rule {
        if lost.contains(&rule) {
            judged.rules.insert(rule, (0, Duration::ZERO));
            continue;
        }
        let started = setting.timings.then(Instant::now);
        let body = setting.plan.body(rule);
        let mut places = 0;
        if let Some(reason) = &body.cannot_run {
            judged.unknown.push((rule, reason.clone()));
        } else if taken.len() > MOST {
            judged
                .unknown
                .push((rule, format!("More than {MOST} values were gathered; they were not compared.")));
        } else if let Some(gather) = &body.gather {
            let sets: Vec<Vec<&Taken>> = (0..gather.names.len())
                .map(|set| taken.iter().filter(|one| one.set == set).collect())
                .collect();
            match gather.compare.run(&gather.names, &sets) {
                Ok((looked, wrongs)) => {
                    places = looked;
                    judged.findings.extend(wrongs.into_iter().map(|wrong| raw(setting, rule, wrong)));
                }
                Err(reason) => judged.unknown.push((rule, reason)),
            }
        }
        let time = started.map_or(Duration::ZERO, |started| started.elapsed());
        judged.rules.insert(rule, (places, time));
    }
}

fn order(taken: &Taken) -> (usize, usize, Option<FileId>, u32, u32, &str) {
    let span = taken.location.span;
    (taken.rule, taken.set, taken.location.file, span.start, span.end, &taken.pointer)
}

fn raw(setting: &Setting<'_>, index: usize, wrong: compare::Wrong<'_>) -> Raw {
    let rule = &setting.plan.rules[index];
    let location = wrong.at.map_or_else(Location::repository, |taken| taken.location.clone());
    let path = format!("#{}", crate::finding::pointer(&location.path));
    let facts = super::message::Facts {
        property: wrong.at.map_or("", |taken| taken.key.as_str()),
        value: wrong.at.and_then(|taken| taken.value.as_deref()).unwrap_or_default(),
        path: &path,
        error: &wrong.error,
    };
    let message = super::message::fill(&rule.message, &facts);
    let related = wrong.related.into_iter();
    Raw {
        pointer: wrong.at.map_or_else(String::new, |taken| taken.pointer.clone()),
        finding: Finding {
            rule: RuleId((setting.offset + index) as u32),
            severity: rule.info.severity,
            related: related
                .map(|(taken, message)| Related { location: taken.location.clone(), message })
                .collect(),
            primary: location,
            message: if message.is_empty() { wrong.error } else { message },
            hint: None,
            fix: None,
            fingerprint: String::new(),
            outcome: Outcome::Open,
        },
        description: crate::bundle::Bundle::REPOSITORY,
    }
}
