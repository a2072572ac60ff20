//! The second round: the rules of one kind over one bundle. One pass of the automaton gives every
//! (rule, place); the checks then run over the places, in parallel where there are many.

use super::except::Excepted;
use super::message::{Facts, fill};
use super::plan::{KindPlan, Pass, Plan};
use super::rule::Rule;
use super::servers::Server;
use super::survey::BREAKS_OFF;
use crate::bundle::Bundle;
use crate::check::{Context, Looked, Place, Subject, UNRESOLVED, Violation};
use crate::finding::{FileId, Finding, Location, PathStep, Related, RuleId, stable_pointer};
use crate::workspace::Workspace;
use assize_tree::document::{Kind, escape_pointer_token, flag};
use assize_tree::path::{FieldTarget, Follow, Hit, NodeRef, Trail};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Fewer places than this are judged on the thread that found them.
const PARALLEL: usize = 4096;

/// What running the rules of a kind over a bundle came to.
#[derive(Default)]
pub(super) struct Judged {
    pub findings: Vec<Raw>,
    /// Rules (by index in the plan) that could not answer here, with the reason.
    pub unknown: Vec<(usize, String)>,
    /// Empty files that rules (by index in the plan) would have had to look into.
    pub blind: Vec<(usize, Vec<String>)>,
    /// Per rule: places looked at, time of its checks.
    pub rules: BTreeMap<usize, (u64, Duration)>,
}

/// A finding before sorting: its fingerprint waits for the order of those alike.
pub(super) struct Raw {
    pub finding: Finding,
    pub pointer: String,
    /// The root description of the bundle it was found in.
    pub description: FileId,
}

/// A place of a rule, and whether the rule looks at its key.
type Spot = (usize, Hit, bool);

/// What stays the same over a run.
pub(super) struct Setting<'a> {
    pub plan: &'a Plan,
    pub workspace: &'a Workspace,
    /// For the repository target: file of each element of `$.files`.
    pub files: &'a [FileId],
    /// Index of the plan's first rule among the report's rules.
    pub offset: usize,
    pub timings: bool,
    /// Checks over files look at those alone that are not left out of judging.
    pub changed_only: bool,
}

/// Judges a bundle as a kind.
pub(super) fn run(setting: &Setting<'_>, kind: &'static str, bundle: &Bundle) -> Judged {
    run_rules(setting, &setting.plan.kind(kind), bundle)
}

/// Judges a bundle whose root was not read whole. What is missing may stand in the rest; a person's
/// number or a secret, which count wherever they stand, are there all the same.
pub(super) fn run_broken(setting: &Setting<'_>, kind: &'static str, bundle: &Bundle) -> Judged {
    let rules = &setting.plan.kind(kind).rules;
    let harm = rules.iter().copied().filter(|&rule| setting.plan.rules[rule].info.counts_tests).collect();
    run_rules(setting, &setting.plan.plan_of(harm), bundle)
}

/// Judges a bundle by some rules.
pub(super) fn run_rules(setting: &Setting<'_>, plan: &KindPlan, bundle: &Bundle) -> Judged {
    let mut judged = Judged::default();
    for &rule in &plan.rules {
        judged.rules.insert(rule, (0, Duration::ZERO));
        if let Some(reason) = &setting.plan.body(rule).cannot_run {
            judged.unknown.push((rule, reason.clone()));
        }
    }
    for (pass, follow) in [(&plan.resolved, Follow::References), (&plan.raw, Follow::None)] {
        run_pass(setting, pass, follow, bundle, &mut judged);
    }
    judged
}

fn run_pass(setting: &Setting<'_>, pass: &Pass, follow: Follow, bundle: &Bundle, judged: &mut Judged) {
    if pass.owners.is_empty() {
        return;
    }
    let mut hits: Vec<Spot> = Vec::new();
    let mut sink = |hit: Hit, _: &Trail| {
        let look = pass.looks[hit.path as usize];
        hits.extend(above(bundle, hit, look.up).map(|hit| (pass.owners[hit.path as usize], hit, look.keys)));
    };
    match pass.paths.run(bundle, bundle.root(), follow, &mut sink) {
        Ok(trail) => {
            let rules: BTreeSet<usize> =
                trail.unread().iter().map(|&path| pass.owners[path as usize]).collect();
            judged.unknown.extend(rules.into_iter().map(|rule| (rule, UNRESOLVED.to_owned())));
        }
        Err(exhausted) => {
            let mut rules = pass.owners.clone();
            rules.dedup();
            judged.unknown.extend(rules.into_iter().map(|rule| (rule, exhausted.to_string())));
            return;
        }
    }
    let mut excepted = Excepted::of(setting.plan, pass, follow, bundle);
    hits.retain(|&(rule, hit, _)| !excepted.holds(rule, hit.node));
    judged.unknown.append(&mut excepted.unknown);
    // Two paths of a rule may lead to the same place; that is one place.
    hits.sort_unstable_by_key(|&(rule, hit, key)| (rule, hit.at, hit.node, key));
    hits.dedup_by_key(|&mut (rule, hit, key)| (rule, hit.at, hit.node, key));
    let (together, alone): (Vec<_>, Vec<_>) =
        hits.into_iter().partition(|&(rule, ..)| setting.plan.body(rule).is_together());
    let mut parts: Vec<Part> = if bundle.is_repository() {
        // Few places, but each check looks at many files.
        let groups: Vec<&[Spot]> = alone.chunk_by(|a, b| a.0 == b.0).collect();
        groups.par_iter().with_max_len(1).map(|group| judge_hits(setting, bundle, &excepted, group)).collect()
    } else if alone.len() < PARALLEL {
        vec![judge_hits(setting, bundle, &excepted, &alone)]
    } else {
        alone.par_chunks(PARALLEL / 4).map(|chunk| judge_hits(setting, bundle, &excepted, chunk)).collect()
    };
    parts.extend(
        together.chunk_by(|a, b| a.0 == b.0).map(|group| judge_all(setting, bundle, group[0].0, group)),
    );
    for part in parts {
        judged.findings.extend(part.findings);
        judged.unknown.extend(part.unknown);
        judged.blind.extend(part.blind);
        for (rule, (places, time)) in part.rules {
            let total = judged.rules.entry(rule).or_default();
            total.0 += places;
            total.1 += time;
        }
    }
}

#[derive(Default)]
struct Part {
    findings: Vec<Raw>,
    unknown: Vec<(usize, String)>,
    blind: Vec<(usize, Vec<String>)>,
    rules: BTreeMap<usize, (u64, Duration)>,
}

/// The place so many levels above another; `None` above the root.
fn above(bundle: &Bundle, mut hit: Hit, levels: u32) -> Option<Hit> {
    for _ in 0..levels {
        let node = bundle.document(hit.at.doc).parent(hit.at.node)?;
        hit.at = NodeRef { node, ..hit.at };
        hit.node = hit.at;
    }
    Some(hit)
}

fn judge_hits(setting: &Setting<'_>, bundle: &Bundle, excepted: &Excepted, hits: &[Spot]) -> Part {
    let mut part = Part::default();
    for group in hits.chunk_by(|a, b| a.0 == b.0) {
        let rule_index = group[0].0;
        let started = setting.timings.then(Instant::now);
        let mut places = 0;
        for &(_, hit, key) in group {
            // One rule that fails, or even panics, is unknown; the others go on.
            let outcome =
                catch_unwind(AssertUnwindSafe(|| judge_hit(setting, bundle, excepted, rule_index, hit, key)));
            match outcome {
                Ok(Ok((findings, looked, doubt))) => {
                    part.findings.extend(findings);
                    places += u64::from(looked);
                    part.unknown.extend(doubt.map(|reason| (rule_index, reason)));
                }
                Ok(Err(reason)) => part.unknown.push((rule_index, reason)),
                Err(_) => part.unknown.push((rule_index, INSIDE.to_owned())),
            }
        }
        if bundle.is_repository() {
            let cx = context(setting, bundle, group[0].1.at, None);
            let body = setting.plan.body(rule_index);
            let files: Vec<String> = body.then.iter().flat_map(|then| then.check.blind(&cx)).collect();
            if !files.is_empty() {
                part.blind.push((rule_index, files));
            }
        }
        let total = part.rules.entry(rule_index).or_default();
        total.0 += places;
        total.1 += started.map_or(Duration::ZERO, |started| started.elapsed());
    }
    part
}

fn context<'a>(
    setting: &Setting<'a>,
    bundle: &'a Bundle,
    at: NodeRef,
    missing: Option<&'a str>,
) -> Context<'a> {
    Context {
        bundle,
        at,
        missing,
        workspace: setting.workspace,
        files: setting.files,
        changed_only: setting.changed_only,
        stands_for: None,
    }
}

/// Judges all places of a rule at once.
fn judge_all(setting: &Setting<'_>, bundle: &Bundle, index: usize, hits: &[Spot]) -> Part {
    let mut part = Part::default();
    let rule = &setting.plan.rules[index];
    if (0..bundle.files().len() as u32).any(|doc| bundle.breaks_off(doc)) {
        part.unknown.push((index, BREAKS_OFF.to_owned()));
        return part;
    }
    let started = setting.timings.then(Instant::now);
    let mut places: Vec<NodeRef> = hits.iter().map(|&(_, hit, _)| hit.node).collect();
    places.sort_unstable();
    places.dedup();
    let first = hits[0].1;
    let cx = context(setting, bundle, first.at, None);
    let mut looked = 0;
    for check in setting.plan.body(index).then.iter().filter_map(|then| then.check.together()) {
        let mut found = Vec::new();
        let outcome = catch_unwind(AssertUnwindSafe(|| check.run(&cx, &places, &mut found)));
        match outcome {
            Ok(Ok(Looked::At(count))) => looked = looked.max(u64::from(count)),
            Ok(Ok(Looked::Nothing)) => {}
            Ok(Err(reason)) => part.unknown.push((index, reason.0)),
            Err(_) => part.unknown.push((index, INSIDE.to_owned())),
        }
        let root = Subject::Node(bundle.root());
        part.findings.extend(
            found
                .into_iter()
                .map(|violation| raw(setting, bundle, index, rule, first, root, None, violation)),
        );
    }
    part.rules.insert(index, (looked, started.map_or(Duration::ZERO, |started| started.elapsed())));
    part
}

/// What is said where a value stands that is none.
const ILLEGIBLE: &str = "What stands there cannot be read, so that its value is not known.";

/// What is said of a check that panicked.
pub(super) const INSIDE: &str = "The check failed inside; this is a fault of Assize. Please report it.";

fn judge_hit(
    setting: &Setting<'_>,
    bundle: &Bundle,
    excepted: &Excepted,
    index: usize,
    hit: Hit,
    keys: bool,
) -> Result<(Vec<Raw>, u32, Option<String>), String> {
    let rule = &setting.plan.rules[index];
    // A key is known whatever its value is.
    if !keys && rule.resolved && bundle.is_unresolved(hit.node) {
        return Err(UNRESOLVED.to_owned());
    }
    // The file is told of as one against which no rule was held.
    if bundle.breaks_off(hit.at.doc) || bundle.breaks_off(hit.node.doc) {
        return Ok((Vec::new(), 0, None));
    }
    if !keys && bundle.document(hit.node.doc).node(hit.node.node).has(flag::TRUNCATED) {
        return Err(ILLEGIBLE.to_owned());
    }
    let mut raws = Vec::new();
    let mut looked = 0;
    let mut doubt = None;
    let mut found = Vec::new();
    for then in &setting.plan.body(index).then {
        let subjects = match &then.field {
            // `~` looks at the key: a text, below which no field leads anywhere.
            None if keys => vec![(Subject::Key(hit.at), None)],
            None => vec![(Subject::Node(hit.node), None)],
            Some(_) if keys => vec![(Subject::Key(hit.at), None)],
            Some(field) => {
                let targets = field.targets(bundle, hit.node).map_err(|error| error.to_string())?;
                if rule.resolved && targets.contains(&FieldTarget::Unread) {
                    doubt = Some(UNRESOLVED.to_owned());
                    continue;
                }
                targets.into_iter().map(|target| subject(target, hit.node)).collect()
            }
        };
        for (subject, missing) in subjects {
            let cx = context(setting, bundle, hit.at, missing.as_deref());
            if let (Some(expand), Subject::Node(at)) = (then.expand, subject)
                && let Some(server) = Server::read(bundle, at)?
            {
                let outcome = server.judge(expand, &mut |address| {
                    let cx = Context { stands_for: Some(address), ..cx };
                    let mut found = Vec::new();
                    let looked = then.check.run(&cx, subject, &mut found).map_err(|error| error.0)?;
                    Ok((found, looked != Looked::Nothing))
                })?;
                looked = looked.max(u32::from(outcome.looked));
                doubt = doubt.or(outcome.doubt);
                for (violation, value) in outcome.violations {
                    let subject = value.map_or(subject, Subject::Node);
                    raws.push(raw(setting, bundle, index, rule, hit, subject, None, violation));
                }
                continue;
            }
            if let Looked::At(places) = then.check.run(&cx, subject, &mut found).map_err(|error| error.0)? {
                looked = looked.max(1) + places.saturating_sub(1);
            }
            for violation in found.drain(..) {
                let elsewhere = match violation.place {
                    Place::Node(at) | Place::Key(at) => bundle.breaks_off(at.doc),
                    _ => false,
                };
                if elsewhere || excepted.holds_found(index, subject, &violation.place) {
                    continue;
                }
                raws.push(raw(setting, bundle, index, rule, hit, subject, missing.as_deref(), violation));
            }
        }
    }
    Ok((raws, looked, doubt))
}

fn subject(target: FieldTarget, from: NodeRef) -> (Subject, Option<String>) {
    match target {
        FieldTarget::Node(node) => (Subject::Node(node), None),
        FieldTarget::Key(node) => (Subject::Key(node), None),
        FieldTarget::Missing { deepest, rest } => (Subject::Missing(deepest), Some(rest)),
        FieldTarget::Unread => (Subject::Missing(from), Some(String::new())),
    }
}

#[expect(clippy::too_many_arguments, reason = "one finding is made of all of these, in one place")]
fn raw(
    setting: &Setting<'_>,
    bundle: &Bundle,
    index: usize,
    rule: &Rule,
    hit: Hit,
    subject: Subject,
    missing: Option<&str>,
    violation: Violation,
) -> Raw {
    let (location, mut pointer) = locate(setting, bundle, subject, &violation.place);
    if let (Some(missing), Place::Subject) = (missing, &violation.place) {
        pointer.push('/');
        pointer.push_str(&escape_pointer_token(missing));
    }
    // A violation below the subject is about the member it stands at.
    let named = match violation.place {
        Place::Node(at) | Place::Key(at) => bundle.document(at.doc).key(at.node).map(str::to_owned),
        _ => None,
    };
    let property = violation
        .property
        .clone()
        .or(named)
        .or_else(|| missing.map(str::to_owned))
        .unwrap_or_else(|| property_of(bundle, hit, subject, &location));
    let value = violation.value.clone().unwrap_or_else(|| value_of(bundle, subject));
    let path = format!("#{}", crate::finding::pointer(&location.path));
    let message = fill(
        &rule.message,
        &Facts { property: &property, value: &value, path: &path, error: &violation.error },
    );
    let related = violation
        .related
        .into_iter()
        .map(|(at, message)| Related {
            location: Location::of_node(bundle.file(at.doc), bundle.document(at.doc), at.node, false),
            message,
        })
        .collect();
    let outcome = super::explained::outcome(setting.plan, index, bundle, &location);
    Raw {
        finding: Finding {
            rule: RuleId((setting.offset + index) as u32),
            severity: rule.info.severity,
            primary: location,
            related,
            message: if message.is_empty() { violation.error } else { message },
            hint: violation.hint,
            fix: None,
            fingerprint: String::new(),
            outcome,
        },
        pointer,
        description: bundle.file(0),
    }
}

fn locate(setting: &Setting<'_>, bundle: &Bundle, subject: Subject, place: &Place) -> (Location, String) {
    let node = |at: NodeRef, key: bool| {
        let document = bundle.document(at.doc);
        let pointer = stable_pointer(document, at.node);
        if bundle.is_repository() {
            return (repository_place(setting, bundle, at), pointer);
        }
        (Location::of_node(bundle.file(at.doc), document, at.node, key), pointer)
    };
    match place {
        Place::Subject => match subject {
            // An object or a list is best shown by its key: its body may be as long as the file.
            Subject::Node(at) => {
                let kind = bundle.document(at.doc).kind(at.node);
                node(at, matches!(kind, Kind::Object | Kind::Array))
            }
            // What is missing is missing from an object: its key names it better than its body.
            Subject::Key(at) | Subject::Missing(at) => node(at, true),
        },
        Place::Node(at) => node(*at, false),
        Place::Key(at) => node(*at, true),
        Place::Repository => (Location::repository(), String::new()),
        Place::File { path, span } => match setting.workspace.find(path) {
            Some(index) => (Location::of_span(FileId::of_index(index), *span), String::new()),
            None => (Location::repository(), path.clone()),
        },
    }
}

/// A node of the repository document stands for a file, or for the repository as a whole.
pub(super) fn repository_place(setting: &Setting<'_>, bundle: &Bundle, at: NodeRef) -> Location {
    let document = bundle.document(at.doc);
    let mut element = at.node;
    while let Some(parent) = document.parent(element) {
        if document.kind(parent) == Kind::Array
            && document.key(parent) == Some("files")
            && let Some(&file) = setting.files.get(document.node(element).key as usize)
        {
            return Location::of_span(file, assize_tree::text::Span::default());
        }
        element = parent;
    }
    Location::repository()
}

fn property_of(bundle: &Bundle, hit: Hit, subject: Subject, location: &Location) -> String {
    // Seen through a reference, the member that refers names the value better than its target.
    let at = match subject {
        Subject::Node(node) if node == hit.node => hit.at,
        other => other.node(),
    };
    if let Some(key) = bundle.document(at.doc).key(at.node) {
        return key.to_owned();
    }
    match location.path.last() {
        Some(PathStep::Key(key)) => key.clone(),
        Some(PathStep::Index(index)) => index.to_string(),
        None => String::new(),
    }
}

fn value_of(bundle: &Bundle, subject: Subject) -> String {
    match subject {
        Subject::Key(at) => bundle.document(at.doc).key(at.node).unwrap_or_default().to_owned(),
        Subject::Missing(_) => String::new(),
        Subject::Node(at) => {
            let document = bundle.document(at.doc);
            document
                .scalar(at.node)
                .map_or_else(|| format!("the {}", document.kind(at.node).name()), str::to_owned)
        }
    }
}
