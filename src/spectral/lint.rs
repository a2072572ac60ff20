//! Runs the rules of a ruleset over a document, as Spectral's runner does: each path gives places, each
//! `then` looks at targets below them, a function says what is wrong, and every result is moved to
//! where it stands in the files.

use super::formats;
use super::place::{Range, range, span_of, within};
use super::repairs::{Repair, Repairs};
use super::resolve::Inventory;
use super::result::result;
use super::ruleset::{Built, Rule};
use super::targets::{step_text, targets};
use super::value::{Js, View};
use assize_tree::document::Kind;
use assize_tree::js::{locale_compare, locale_compare_numeric};
use assize_tree::path::{Follow, Hit, NodeRef, Path, PathSet, Trail};
use assize_tree::text::Span;
use foldhash::fast::FixedState;
use rayon::prelude::*;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// One result, as Spectral prints it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's name, or `parser`, `invalid-ref`, `unrecognized-format`.
    pub code: String,
    /// Where, in the document.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// 0 to 3.
    pub severity: i8,
    /// Lines and columns.
    pub range: Range,
    /// The same as bytes of the document's text.
    pub span: Span,
    /// Index of the document; none where Spectral loses it.
    pub doc: Option<u32>,
    /// Where the rule is documented.
    pub url: Option<String>,
}

/// What linting a document came to.
#[derive(Default)]
pub struct Linted {
    /// Results, in the order in which Spectral prints them.
    pub findings: Vec<Finding>,
    /// Rules that could not answer, with the reason.
    pub unknown: BTreeSet<(String, String)>,
    /// A pass took more steps than it may.
    pub(super) exhausted: bool,
    /// Rules that ran on the document, with the number of places they looked at.
    pub looked: Vec<(String, u64)>,
}

/// What a function sees of the run beside the value.
pub struct Call<'a, 'r> {
    /// The documents, as the rule sees them.
    pub view: View<'a>,
    /// The rule.
    pub rule: &'a Rule,
    /// Formats of the document.
    pub formats: &'a [&'static str],
    /// The root document's place, as Spectral names it.
    pub source: &'a str,
    /// The documents, to be kept.
    pub shared: &'a Arc<Inventory>,
    /// Known faults of Spectral are mended.
    pub corrected: Repairs,
    /// The object or array that holds the value, where the path of the rule led to the value itself.
    pub owner: Option<NodeRef>,
    path: OnceCell<Vec<String>>,
    way: &'r dyn Fn() -> Vec<String>,
}

impl<'a> Call<'a, '_> {
    /// The way to the value.
    #[must_use]
    pub fn path(&self) -> &[String] {
        self.path.get_or_init(|| (self.way)())
    }

    /// The same for another value, to which another way leads.
    pub fn below<'n>(&self, way: &'n dyn Fn() -> Vec<String>) -> Call<'a, 'n> {
        Call {
            view: self.view,
            rule: self.rule,
            formats: self.formats,
            source: self.source,
            shared: self.shared,
            corrected: self.corrected,
            owner: None,
            path: OnceCell::new(),
            way,
        }
    }

    /// A call that belongs to no rule, over documents of its own.
    pub(super) fn alone<T>(
        shared: &Arc<Inventory>,
        resolved: bool,
        formats: &[&'static str],
        way: &dyn Fn() -> Vec<String>,
        run: impl FnOnce(&Call<'_, '_>) -> T,
    ) -> T {
        let rule = Rule::blank();
        let call = Call {
            view: View { inventory: shared, resolved },
            rule: &rule,
            formats,
            source: "",
            shared,
            corrected: Repairs::default(),
            owner: None,
            path: OnceCell::new(),
            way,
        };
        run(&call)
    }

    /// The documents.
    #[must_use]
    pub fn inventory(&self) -> &'a Inventory {
        self.view.inventory
    }

    /// The documents as definitions are looked up in them: as they stand, for Spectral does not see through
    /// references there; corrected, references are seen through.
    #[must_use]
    pub fn definitions(&self) -> View<'a> {
        View {
            inventory: self.view.inventory,
            resolved: self.corrected.has(Repair::SecurityBehindReferences),
        }
    }

    /// The documents as they stand.
    #[must_use]
    pub fn raw(&self) -> View<'a> {
        View { inventory: self.view.inventory, resolved: false }
    }
}

/// What a document is linted by.
pub struct Setting<'a> {
    /// The ruleset.
    pub ruleset: &'a Built,
    /// The documents.
    pub inventory: &'a Arc<Inventory>,
    /// The root document's place, as Spectral names it.
    pub source: &'a str,
    /// The path of each document from the ruleset's folder, for overrides.
    pub relative: &'a [String],
    /// Known faults of Spectral are mended: see `repairs`.
    pub corrected: Repairs,
}

/// A path of a rule.
#[derive(Clone)]
struct Given {
    rule: usize,
    path: Path,
}

/// Places that one task looks at.
const CHUNK: usize = 1024;

/// Lints a document. `first` are results that were there before the rules ran.
#[must_use]
pub fn lint(setting: &Setting<'_>, first: Vec<Finding>) -> Linted {
    let mut linted = Linted { findings: first, ..Linted::default() };
    let inventory = setting.inventory;
    let resolved = View { inventory, resolved: true };
    let known = &setting.ruleset.formats;
    let found: Vec<&'static str> = formats::ALL
        .iter()
        .filter(|format| known.contains(&format.name) && format.fits(&resolved))
        .map(|format| format.name)
        .collect();
    let found = (!found.is_empty()).then_some(found);
    if found.is_none() && !known.is_empty() {
        linted.findings.push(unrecognised(setting));
    }
    let formats = found.as_deref();
    // Paths that descend from the same place share a pass; others would multiply each other's states.
    let mut passes: BTreeMap<(bool, bool, String), Vec<Given>> = BTreeMap::new();
    let mut scripts: Vec<(usize, Vec<Given>)> = Vec::new();
    let rules = &setting.ruleset.rules;
    for (index, rule) in rules.iter().enumerate() {
        if !rule.enabled || !rule.fits(formats) {
            continue;
        }
        linted.looked.push((rule.name.clone(), 0));
        for then in &rule.then {
            if let Err(reason) = &then.function {
                linted.unknown.insert((rule.name.clone(), reason.clone()));
            }
        }
        match paths(rule, formats) {
            Ok(paths) if rule.functions().any(|function| function.is_script()) => {
                let givens = paths.into_iter().map(|(_, path)| Given { rule: index, path }).collect();
                scripts.push((index, givens));
            }
            Ok(paths) => {
                for (from, path) in paths {
                    let pass = passes.entry((!rule.resolved, path.routes, from)).or_default();
                    pass.push(Given { rule: index, path });
                }
            }
            Err(reason) => {
                linted.unknown.insert((rule.name.clone(), reason));
            }
        }
    }
    let formats = formats.unwrap_or_default();
    let native = || -> Vec<Linted> {
        passes
            .par_iter()
            .map(|((raw, routes, _), givens)| {
                let view = View { inventory, resolved: !raw };
                let follow = if *routes { Follow::Routes } else { Follow::Entries };
                run(setting, &view, follow, givens, formats, true)
            })
            .collect()
    };
    let (parts, scripted) = rayon::join(native, || run_scripts(setting, formats, &scripts));
    for part in parts.into_iter().chain(scripted) {
        linted.findings.extend(part.findings);
        linted.unknown.extend(part.unknown);
        for (name, places) in part.looked {
            if let Some((_, count)) = linted.looked.iter_mut().find(|(one, _)| *one == name) {
                *count += places;
            }
        }
    }
    finish(inventory, &mut linted.findings);
    linted
}

/// Runs the rules whose functions are written in JavaScript: one after the other, each over its places in
/// the document's order, for functions may keep something from one call to the next. A rule whose function
/// asks for the way to a value is run over every way there: what it says of one need not hold of another.
/// Whether it asks is known once it has run; then all begin anew.
fn run_scripts(
    setting: &Setting<'_>,
    formats: &[&'static str],
    scripts: &[(usize, Vec<Given>)],
) -> Vec<Linted> {
    let rules = &setting.ruleset.rules;
    let asks = |rule: usize| rules[rule].functions().any(|function| function.asks_way());
    let crossings = setting.inventory.has_crossings();
    loop {
        super::forget_scripts();
        let mut again = false;
        let mut parts = Vec::new();
        for (rule, givens) in scripts {
            let view = View { inventory: setting.inventory, resolved: rules[*rule].resolved };
            let every_way = view.resolved && crossings && asks(*rule);
            let follow = if every_way { Follow::Routes } else { Follow::Entries };
            let mut part = run(setting, &view, follow, givens, formats, false);
            if every_way && part.exhausted {
                // What holds of the first ways is better than nothing; of the others it is unknown.
                let first = run(setting, &view, Follow::Entries, givens, formats, false);
                part.findings.extend(first.findings);
                part.looked.extend(first.looked);
            }
            again |= view.resolved && crossings && !every_way && asks(*rule);
            parts.push(part);
        }
        if !again {
            super::forget_scripts();
            return parts;
        }
    }
}

/// The paths of a rule, each with the place from which it descends last.
fn paths(rule: &Rule, formats: Option<&[&'static str]>) -> Result<Vec<(String, Path)>, String> {
    let mut found = Vec::new();
    for path in rule.paths(formats)? {
        let read = Path::parse_spectral(&path)
            .map_err(|error| format!("The path {path} cannot be read: {error}."))?;
        let from = path.rfind("..").map_or_else(|| "fixed".to_owned(), |at| path[..at].to_owned());
        found.extend(read.into_iter().map(|read| (from.clone(), read)));
    }
    Ok(found)
}

fn unrecognised(setting: &Setting<'_>) -> Finding {
    let names: Vec<&str> = setting.ruleset.formats.iter().map(|name| formats::shown(name)).collect();
    let doc = &setting.inventory.docs()[0];
    let span = span_of(doc, &[]).unwrap_or_default();
    Finding {
        code: "unrecognized-format".to_owned(),
        path: Vec::new(),
        message: format!(
            "The provided document does not match any of the registered formats [{}]",
            names.join(", ")
        ),
        severity: 1,
        range: range(doc, span),
        span: within(doc, span),
        doc: Some(0),
        url: None,
    }
}

/// A place that a path leads to, and how.
struct Spot {
    given: u32,
    hit: Hit,
    /// Steps before the trail's, where a path goes on from a parent.
    prefix: Option<Arc<Vec<String>>>,
}

fn run(
    setting: &Setting<'_>,
    view: &View<'_>,
    follow: Follow,
    givens: &[Given],
    formats: &[&'static str],
    parallel: bool,
) -> Linted {
    let mut linted = Linted::default();
    let root = view.root();
    let rules = &setting.ruleset.rules;
    // A root that is no object or array has one place.
    if !matches!(view.doc(root.doc).kind(root.node), Kind::Array | Kind::Object) {
        for given in givens.iter().filter(|given| given.path.segments.is_empty()) {
            let trail = Trail::default();
            let hit = Hit { path: 0, node: root, at: root, owner: root, descent: u32::MAX };
            judge(setting, view, formats, &rules[given.rule], given, &hit, None, &trail, &mut linted);
        }
        return linted;
    }
    let paths: Vec<Path> = givens.iter().map(|given| given.path.clone()).collect();
    let set = PathSet::new(&paths);
    let mut spots: Vec<Spot> = Vec::new();
    let mut sink = |hit: Hit, _: &Trail| spots.push(Spot { given: hit.path, hit, prefix: None });
    let trail = match set.run(view, root, follow, &mut sink) {
        Ok(trail) => trail,
        Err(exhausted) => {
            for given in givens {
                linted.unknown.insert((rules[given.rule].name.clone(), exhausted.to_string()));
            }
            linted.exhausted = true;
            return linted;
        }
    };
    let over = |chunk: &[Spot]| {
        let mut part = Linted::default();
        for spot in chunk {
            let given = &givens[spot.given as usize];
            let rule = &rules[given.rule];
            let prefix = spot.prefix.as_deref();
            judge(setting, view, formats, rule, given, &spot.hit, prefix, &trail, &mut part);
        }
        part
    };
    let parts: Vec<Linted> =
        if parallel { spots.par_chunks(CHUNK).map(over).collect() } else { vec![over(&spots)] };
    let mut places: BTreeMap<usize, u64> = BTreeMap::new();
    for spot in &spots {
        *places.entry(givens[spot.given as usize].rule).or_default() += 1;
    }
    linted.looked = places.into_iter().map(|(rule, count)| (rules[rule].name.clone(), count)).collect();
    for part in parts {
        linted.findings.extend(part.findings);
        linted.unknown.extend(part.unknown);
    }
    linted
}

#[expect(clippy::too_many_arguments, reason = "a place of a rule is all of these")]
fn judge(
    setting: &Setting<'_>,
    view: &View<'_>,
    formats: &[&'static str],
    rule: &Rule,
    given: &Given,
    hit: &Hit,
    prefix: Option<&Vec<String>>,
    trail: &Trail,
    part: &mut Linted,
) {
    let root = hit.descent == u32::MAX || hit.at == hit.owner;
    let steps = || if root { Vec::new() } else { trail.steps(view, hit.descent, hit.at, hit.owner) };
    let up = given.path.up as usize;
    // The way to the place itself, and the value there.
    let (value, levels): (Js<'_>, usize) = if up == 0 {
        (view.read(hit.at), 0)
    } else {
        let steps = steps();
        if up > steps.len() {
            return;
        }
        (view.read(steps[steps.len() - up].owner), up)
    };
    let way = || -> Vec<String> {
        let mut way = prefix.cloned().unwrap_or_default();
        let steps = steps();
        way.extend(steps[..steps.len() - levels].iter().map(|taken| step_text(view, taken.edge)));
        way
    };
    if let Some(then) = &given.path.then {
        let Js::Node(from) = value else { return };
        let set = PathSet::new(std::slice::from_ref(then));
        let mut inner: Vec<Hit> = Vec::new();
        let mut sink = |hit: Hit, _: &Trail| inner.push(hit);
        let Ok(trail) = set.run(view, from, Follow::Entries, &mut sink) else { return };
        let next = Given { rule: given.rule, path: Path::clone(then) };
        let prefix = way();
        for hit in &inner {
            judge(setting, view, formats, rule, &next, hit, Some(&prefix), &trail, part);
        }
        return;
    }
    let value = if given.path.keys {
        match way().last() {
            None => Js::Undefined,
            Some(step) if up == 0 && view.doc(hit.at.doc).key(hit.at.node).is_some() => {
                Js::Text(step.clone().into())
            }
            Some(step) => match (up, step.parse::<f64>()) {
                (0, Ok(index)) => Js::Number(index),
                _ => Js::Text(step.clone().into()),
            },
        }
    } else {
        value
    };
    for then in &rule.then {
        let Ok(function) = &then.function else { continue };
        let targets = match targets(view, &value, then.field.as_deref()) {
            Ok(targets) => targets,
            Err(reason) => {
                part.unknown.insert((rule.name.clone(), reason));
                continue;
            }
        };
        for (more, target) in targets {
            let whole = || {
                let mut path = way();
                path.extend(more.iter().cloned());
                path
            };
            let call = Call {
                view: *view,
                rule,
                formats,
                source: setting.source,
                shared: setting.inventory,
                corrected: setting.corrected,
                owner: (up == 0 && !root && more.is_empty() && !given.path.keys).then_some(hit.owner),
                path: OnceCell::new(),
                way: &whole,
            };
            let mut out = Vec::new();
            let answer = catch_unwind(AssertUnwindSafe(|| function.call(&call, &target, &mut out)));
            match answer {
                Ok(Ok(())) => {}
                Ok(Err(reason)) => {
                    part.unknown.insert((rule.name.clone(), reason));
                }
                Err(_) => {
                    part.unknown.insert((rule.name.clone(), INSIDE.to_owned()));
                }
            }
            for outcome in out {
                let is_key = given.path.keys || then.field.as_deref() == Some("@key");
                part.findings.extend(result(setting, rule, &call, outcome, is_key));
            }
        }
    }
}

const INSIDE: &str = "The function failed inside; this is a fault of Assize. Please report it.";

/// Drops what was found twice and sorts the rest.
fn finish(inventory: &Inventory, findings: &mut Vec<Finding>) {
    let mut seen: HashSet<_, FixedState> = HashSet::default();
    let first: Vec<bool> = findings
        .iter()
        .map(|finding| {
            let range = finding.path.is_empty().then_some(finding.range);
            seen.insert((&finding.code, &finding.path, range, finding.doc, &finding.message))
        })
        .collect();
    let mut first = first.into_iter();
    findings.retain(|_| first.next().unwrap_or(true));
    let source = |doc: Option<u32>| doc.map(|doc| inventory.docs()[doc as usize].path.as_str());
    findings.sort_by(|a, b| {
        let sources = match (source(a.doc), source(b.doc)) {
            (Some(a), Some(b)) => locale_compare(a, b),
            (a, b) => a.cmp(&b),
        };
        sources
            .then_with(|| a.range.start.cmp(&b.range.start))
            .then_with(|| locale_compare_numeric(&a.code, &b.code))
            .then_with(|| locale_compare(&a.path.join(","), &b.path.join(",")))
    });
}
