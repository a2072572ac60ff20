//! A rule, compiled: its paths and checks. Those of a pack that is being written are compiled at once,
//! since their mistakes are wanted; those of embedded packs, which passed their tests, when a file of
//! a kind they run on turns up. Most runs meet a few kinds only.

use super::builtin;
use super::gather::{self, Gather};
use super::message;
use super::report::RuleInfo;
use super::severity;
use crate::check::{self, Check, Compile};
use crate::finding::{PathStep, Severity};
use crate::pack::form::{ClauseForm, Decides, Empty, Expand, OneOrMany, RuleForm, Status, ThenForm};
use crate::pack::{Pack, PackError, Place, embedded};
use crate::target;
use assize_tree::document::de::closest;
use assize_tree::path::{Field, Path, PathSet};
use serde_json::Value;
use std::sync::OnceLock;

/// A rule of a plan.
pub struct Rule {
    /// As reports know it.
    pub info: RuleInfo,
    /// Most specific names of the kinds it runs on.
    pub on: Vec<&'static str>,
    /// What it means that there was nothing to look at.
    pub empty: Empty,
    /// What its outcome says about the clause.
    pub decides: Decides,
    /// Most specific names of the kinds it gathers values from.
    pub gathers: Vec<&'static str>,
    /// Its id within its pack.
    pub id: String,
    /// The rule of a ruleset of others that runs in its stead.
    pub borrows: Option<Borrowed>,
    /// What beside the files it reads, which may not have been handed over.
    pub beside: Option<Beside>,
    /// What it says where what it demands is absent, if that says it without a value.
    pub absent: Option<String>,
    /// Its findings are notes for now.
    pub preview: bool,
    /// It runs only when asked for by name.
    pub deprecated: bool,
    pub(super) resolved: bool,
    pub(super) message: String,
    pub(super) runs: bool,
    pub(super) body: OnceLock<Body>,
}

/// A rule of a ruleset of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borrowed {
    /// Its name there.
    pub rule: String,
    /// Why it is unknown where nobody names the ruleset.
    pub missing: String,
}

impl Borrowed {
    fn of(pack: &Pack, id: &str, form: &RuleForm) -> Option<Self> {
        let borrow = form.ruleset.as_ref()?;
        let ruleset = pack.form.rulesets.get(&borrow.of);
        let title = ruleset.map_or(borrow.of.as_str(), |ruleset| ruleset.title.as_str());
        let url = ruleset.map_or_else(String::new, |ruleset| format!(" ({})", ruleset.url));
        Some(Self {
            rule: borrow.rule.clone().unwrap_or_else(|| id.to_owned()),
            missing: format!(
                "It is decided by the ruleset {title}{url}, which was not given: name its file with --pack."
            ),
        })
    }
}

/// What is known of a repository beside its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// What git tells.
    History,
    /// What the forge's exported settings tell.
    Settings,
}

impl Beside {
    fn of(form: &RuleForm) -> Option<Self> {
        let own = form.given.iter().flat_map(|given| given.as_slice());
        let gathered = form.gather.values().flat_map(|from| from.as_slice());
        let gathered = gathered.flat_map(|from| &from.given).flat_map(|given| given.as_slice());
        own.chain(gathered).find_map(|path| {
            let beside = [("$.git", Self::History), ("$.settings", Self::Settings)];
            beside.into_iter().find(|(start, _)| path.starts_with(start)).map(|(_, what)| what)
        })
    }
}

impl Rule {
    /// What it says of a result of the ruleset it borrows from, in whose words it is.
    pub(super) fn borrowed_message(&self, error: &str, path: &[PathStep]) -> String {
        let property = match path.last() {
            Some(PathStep::Key(key)) => key.as_str(),
            _ => "",
        };
        message::fill(&self.message, &message::Facts { property, value: "", path: "", error })
    }
}

/// What a rule does.
#[derive(Default)]
pub(super) struct Body {
    pub given: Vec<Path>,
    /// Places that are let be.
    pub except: Option<PathSet>,
    pub then: Vec<Then>,
    /// What it gathers from several files, and how it compares it.
    pub gather: Option<Gather>,
    /// Why this build cannot run it, where that is so.
    pub cannot_run: Option<String>,
}

/// One part of a rule's `then`.
pub(super) struct Then {
    pub field: Option<Field>,
    pub check: Box<dyn Check>,
    /// The place is a server's `url`, and the check is asked about what it stands for.
    pub expand: Option<Expand>,
}

impl Body {
    /// Whether its checks judge all places of a description at once.
    pub(super) fn is_together(&self) -> bool {
        self.then.iter().any(|then| then.check.together().is_some())
    }
}

/// What is wrong where the rule that another says it is the same as does not exist.
fn same_as_nothing(pack: &Pack, id: &str, other: &str) -> Option<PackError> {
    let at = Place::Rule(id, "/same-as");
    let mean = |near: &str| format!("Did you mean \"{near}\"?");
    if let Some(own) = other.strip_prefix(builtin::PREFIX) {
        let near = || closest(own, builtin::ALL.iter().map(|rule| rule.name));
        let hint = || near().map(|near| mean(&format!("{}{near}", builtin::PREFIX)));
        return builtin::find(own)
            .is_none()
            .then(|| pack.error(at, format!("Assize has no rule \"{other}\" of its own."), hint()));
    }
    let rules = || pack.form.rules.keys().map(String::as_str).filter(|&name| name != id);
    let near = || closest(other, rules()).map(mean);
    (!rules().any(|name| name == other))
        .then(|| pack.error(at, format!("The pack has no other rule \"{other}\"."), near()))
}

/// The rule of a form, its body compiled if the pack is one that may have mistakes.
pub(super) fn rule(
    pack: &Pack,
    pack_index: usize,
    id: &str,
    form: &RuleForm,
    clause: Option<(usize, &ClauseForm)>,
    errors: &mut Vec<PackError>,
) -> Rule {
    let body = OnceLock::new();
    // Embedded packs keep their examples apart.
    if pack.folder.is_some() {
        let _ = body.set(compile(pack, id, form, errors));
        for (kind, examples) in
            [("conforming", &form.examples.conforming), ("violating", &form.examples.violating)]
        {
            if examples.is_empty() && form.ruleset.is_none() {
                errors.push(pack.error(
                    Place::Rule(id, "/examples"),
                    format!("The rule has no {kind} example."),
                    Some("Every rule shows at least one file it accepts and one it rejects.".to_owned()),
                ));
            }
        }
    }
    if let Some(other) = &form.same_as {
        errors.extend(same_as_nothing(pack, id, other));
    }
    let gathers = gather::kinds_of(form);
    let on = if form.gather.is_empty() {
        kinds(&form.on, "/on", &mut |below, message, hint| {
            errors.push(pack.error(Place::Rule(id, below), message, hint));
        })
    } else {
        // What was gathered is compared once, for the tree as a whole.
        vec![target::REPOSITORY]
    };
    let severity = clause.map_or(Severity::Note, |(_, clause)| severity::of_rule(clause, form));
    Rule {
        info: RuleInfo {
            id: format!("{}/{id}", pack.form.pack),
            pack: Some(pack_index),
            clause: clause.map(|(index, _)| index),
            title: clause.map_or_else(String::new, |(_, clause)| clause.title.clone()),
            help: form.help.clone(),
            detail: form.detail.clone().unwrap_or_default(),
            severity,
            url: clause.map(|(_, clause)| clause.url.clone()),
            counts_tests: form.counts_tests,
            same_as: form.same_as.as_ref().map(|other| {
                let whole = other.starts_with(builtin::PREFIX);
                if whole { other.clone() } else { format!("{}/{other}", pack.form.pack) }
            }),
        },
        on,
        gathers,
        empty: form.empty,
        decides: form.decides,
        id: id.to_owned(),
        resolved: form.resolved.unwrap_or(true),
        borrows: Borrowed::of(pack, id, form),
        beside: Beside::of(form),
        absent: (!form.message.contains("{{")).then(|| form.message.clone()),
        message: form.message.clone(),
        preview: form.status == Status::Preview,
        deprecated: form.status == Status::Deprecated,
        runs: form.status != Status::Deprecated,
        body,
    }
}

/// Compiles what a rule does.
pub(super) fn compile(pack: &Pack, id: &str, form: &RuleForm, errors: &mut Vec<PackError>) -> Body {
    let worded = form.message.contains("error");
    let mut error = |below: &str, message: String, hint: Option<String>| {
        errors.push(pack.error(Place::Rule(id, below), message, hint))
    };
    if let Some(borrow) = &form.ruleset {
        if form.given.is_some() || form.then.is_some() || !form.gather.is_empty() {
            let message = "A rule of a ruleset has no \"given\", \"then\" or \"gather\" of its own.";
            error("/ruleset", message.to_owned(), None);
        }
        if !pack.form.rulesets.contains_key(&borrow.of) {
            let near = closest(&borrow.of, pack.form.rulesets.keys().map(String::as_str));
            let hint = near.map_or_else(
                || "Describe it under \"rulesets\".".to_owned(),
                |near| format!("Did you mean \"{near}\"?"),
            );
            error("/ruleset/of", format!("The pack names no ruleset \"{}\".", borrow.of), Some(hint));
        }
        return Body::default();
    }
    let described = form.on.iter().any(|name| target::has_grammar(name));
    let tried = pack.folder.is_none();
    let given = match &form.given {
        Some(given) => paths(given, "/given", described, tried, &mut error),
        None => Path::parse("$").into_iter().collect(),
    };
    let except = form.except.as_ref().map(|except| paths(except, "/except", described, tried, &mut error));
    if except.is_some() && !form.gather.is_empty() {
        error("/except", "A rule that gathers takes no \"except\".".to_owned(), None);
    }
    for (name, sources) in &form.gather {
        for (index, source) in sources.as_slice().iter().enumerate() {
            let below = match sources {
                OneOrMany::One(_) => format!("/gather/{name}/on"),
                OneOrMany::Many(_) => format!("/gather/{name}/{index}/on"),
            };
            kinds(&source.on, &below, &mut error);
        }
    }
    let mut then = Vec::new();
    let mut gathered = None;
    if form.gather.is_empty() {
        let parts = form.then.as_ref().map_or(&[][..], OneOrMany::as_slice);
        if parts.is_empty() {
            error(
                "",
                "The rule has no \"then\".".to_owned(),
                Some("Say what must hold at the places it looks at.".to_owned()),
            );
        }
        for (index, part) in parts.iter().enumerate() {
            let pointer = if matches!(form.then, Some(OneOrMany::One(_))) {
                "/then".to_owned()
            } else {
                format!("/then/{index}")
            };
            if let Some(compiled) = compile_then(pack, part, worded, &pointer, &mut error) {
                // A check over all places has no one place that a field could start from.
                let together = compiled.check.together().is_some();
                if together && (part.field.is_some() || parts.len() > 1) {
                    error(
                        &pointer,
                        format!(
                            "The check \"{}\" judges all places together: it takes no \"field\", and no other check beside it.",
                            part.function
                        ),
                        None,
                    );
                }
                then.push(compiled);
            }
        }
    } else {
        gathered = gather::compile(form, &mut error);
    }
    let except = except.map(|except| PathSet::new(&except));
    Body { given, except, then, gather: gathered, cannot_run: None }
}

/// The paths of a rule; those of a pack that was tried hold no pattern that matches nothing.
fn paths(
    texts: &OneOrMany<String>,
    member: &str,
    described: bool,
    tried: bool,
    error: &mut dyn FnMut(&str, String, Option<String>),
) -> Vec<Path> {
    let mut found = Vec::new();
    for (index, text) in texts.as_slice().iter().enumerate() {
        let pointer =
            if matches!(texts, OneOrMany::One(_)) { member.to_owned() } else { format!("{member}/{index}") };
        let path = match Path::parse(text) {
            Ok(path) => path,
            Err(wrong) => {
                error(&pointer, format!("The path \"{text}\" cannot be read: {wrong}"), wrong.hint());
                continue;
            }
        };
        if !tried {
            for dead in path.dead_patterns() {
                let message =
                    format!("\"{dead}\" is no I-Regexp (RFC 9485), so that nothing matches it in a filter.");
                let hint = "Such patterns have neither look-around nor \\d, \\s, \\w and \\b: write classes like [0-9], and conditions as filters of their own.";
                error(&pointer, message, Some(hint.to_owned()));
            }
        }
        found.push(if described { path.of_grammar() } else { path });
    }
    found
}

fn kinds(
    names: &[String],
    pointer: &str,
    error: &mut impl FnMut(&str, String, Option<String>),
) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let specific = target::specific(name);
        if specific.is_empty() {
            let near = closest(name, target::all_names());
            error(
                &format!("{pointer}/{index}"),
                format!("There is no target \"{name}\"."),
                near.map(|near| format!("Did you mean \"{near}\"?")),
            );
        }
        found.extend(specific);
    }
    if names.is_empty() {
        error(pointer, "The rule runs on nothing.".to_owned(), Some("Name at least one target.".to_owned()));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn compile_then(
    pack: &Pack,
    form: &ThenForm,
    worded: bool,
    pointer: &str,
    error: &mut impl FnMut(&str, String, Option<String>),
) -> Option<Then> {
    let entry = match check::find(&form.function) {
        Ok(entry) => entry,
        Err(near) => {
            error(
                &format!("{pointer}/function"),
                format!("There is no check \"{}\".", form.function),
                Some(near.map_or_else(
                    || "The documentation lists the checks.".to_owned(),
                    |near| format!("Did you mean \"{near}\"?"),
                )),
            );
            return None;
        }
    };
    if form.expand.is_some() && !check::OF_TEXT.contains(&form.function.as_str()) {
        error(
            &format!("{pointer}/expand"),
            format!("The check \"{}\" is not asked about addresses.", form.function),
            Some(format!("These are: {}.", check::OF_TEXT.join(", "))),
        );
    }
    let field = match form.field.as_deref().map(Field::parse).transpose() {
        Ok(field) => field,
        Err(wrong) => {
            error(&format!("{pointer}/field"), format!("The field cannot be read: {wrong}"), wrong.hint());
            return None;
        }
    };
    // Only what the pack's digest was taken over is read.
    let read = |path: &std::path::Path| {
        let name = path.to_string_lossy();
        match &pack.folder {
            Some(_) => pack
                .files
                .get(name.as_ref())
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .ok_or_else(|| {
                    "no such file in the pack; files that rules name lie in its folder `schemas`".to_owned()
                }),
            None => embedded::asset(&pack.form.pack, &name)
                .map(str::to_owned)
                .ok_or_else(|| "no such file in the pack".to_owned()),
        }
    };
    let options = form.function_options.as_ref().unwrap_or(&Value::Null);
    match (entry.make)(options, &Compile { read: &read, tested: pack.folder.is_none(), worded }) {
        Ok(check) => Some(Then { field, check, expand: form.expand }),
        Err(wrong) => {
            error(&format!("{pointer}/functionOptions{}", wrong.pointer), wrong.message, wrong.hint);
            None
        }
    }
}
