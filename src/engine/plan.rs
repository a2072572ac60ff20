//! A plan: packs with their rules compiled, and for each kind of file the rules that run on it
//! with all their paths merged into one automaton.

use super::report::{ClauseInfo, PackInfo, RuleInfo};
use super::{builtin, severity};
use crate::check::{self, Check, Compile};
use crate::finding::Severity;
use crate::pack::form::{
    ClauseForm, CombinationForm, Covers, DecideForm, Decides, Empty, OneOrMany, RuleForm, Status, ThenForm,
};
use crate::pack::{Pack, PackError, Place, embedded};
use crate::standard::Authorities;
use crate::target;
use assize_tree::document::de::closest;
use assize_tree::path::{Field, Path, PathSet};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

/// One part of a rule's `then`.
pub(super) struct Then {
    pub field: Option<Field>,
    pub check: Box<dyn Check>,
}

/// A compiled rule.
pub struct Rule {
    /// As reports know it.
    pub info: RuleInfo,
    /// Most specific names of the kinds it runs on.
    pub on: Vec<&'static str>,
    /// What it means that there was nothing to look at.
    pub empty: Empty,
    /// What its outcome says about the clause.
    pub decides: Decides,
    /// Why this build cannot run it, where that is so.
    pub cannot_run: Option<String>,
    pub(super) given: Vec<Path>,
    pub(super) resolved: bool,
    pub(super) then: Vec<Then>,
    pub(super) message: String,
    pub(super) runs: bool,
}

impl Rule {
    /// Whether its checks judge all places of a description at once.
    pub(super) fn is_together(&self) -> bool {
        self.then.iter().any(|then| then.check.together().is_some())
    }
}

/// The rules of one kind of file.
pub(super) struct KindPlan {
    /// Rules that see through references, and the automaton of their paths.
    pub resolved: Pass,
    /// Rules that see the file as it stands.
    pub raw: Pass,
    /// Every rule that runs on the kind.
    pub rules: Vec<usize>,
}

/// One automaton and whose paths are in it.
pub(super) struct Pass {
    pub paths: PathSet,
    /// For each path of the automaton, the index of its rule.
    pub owners: Vec<usize>,
}

/// Packs compiled, ready to judge.
pub struct Plan {
    /// The packs.
    pub packs: Vec<Pack>,
    pub(super) pack_infos: Vec<PackInfo>,
    pub(super) clauses: Vec<ClauseInfo>,
    /// Rules of the packs; in a report the engine's own rules come first.
    pub rules: Vec<Rule>,
    kinds: Mutex<HashMap<&'static str, Arc<KindPlan>>>,
}

impl Plan {
    /// Compiles packs.
    ///
    /// # Errors
    /// Every mistake in them, each with its place.
    pub fn new(packs: Vec<Pack>, authorities: &Authorities) -> Result<Self, Vec<PackError>> {
        let mut plan = Self {
            packs: Vec::new(),
            pack_infos: Vec::new(),
            clauses: Vec::new(),
            rules: Vec::new(),
            kinds: Mutex::default(),
        };
        let mut errors = Vec::new();
        for pack in packs {
            if plan.packs.iter().any(|other| other.form.pack == pack.form.pack) {
                errors.push(pack.error(
                    Place::Main("/pack"),
                    format!("The pack \"{}\" is given twice.", pack.form.pack),
                    None,
                ));
                continue;
            }
            plan.add(&pack, authorities, &mut errors);
            plan.packs.push(pack);
        }
        if errors.is_empty() { Ok(plan) } else { Err(errors) }
    }

    fn add(&mut self, pack: &Pack, authorities: &Authorities, errors: &mut Vec<PackError>) {
        let at = self.packs.len();
        let form = &pack.form;
        let authority = authorities.authorities.get(&form.standard.authority);
        if authority.is_none() {
            let near = closest(&form.standard.authority, authorities.authorities.keys().map(String::as_str));
            errors.push(pack.error(
                Place::Main("/standard/authority"),
                format!("No authority \"{}\" stands in standards/authorities.yaml.", form.standard.authority),
                near.map(|near| format!("Did you mean \"{near}\"?")),
            ));
        }
        self.pack_infos.push(PackInfo {
            name: form.pack.clone(),
            version: form.version.clone(),
            title: form.standard.title.clone(),
            edition: form.standard.edition.clone(),
            authority: authority
                .map_or_else(|| form.standard.authority.clone(), |authority| authority.name.clone()),
            url: form.standard.url.clone(),
            digest: pack.digest.clone(),
        });
        let first_clause = self.clauses.len();
        for (index, clause) in form.clauses.iter().enumerate() {
            check_clause(pack, index, clause, errors);
            self.clauses.push(ClauseInfo {
                id: format!("{}/{}", form.pack, clause.id),
                pack: at,
                source: clause.source.clone(),
                title: clause.title.clone(),
                level: clause.level,
                standing: clause.standing,
                certainty: clause.certainty,
                url: clause.url.clone(),
            });
        }
        for (id, rule) in &form.rules {
            let clause = form.clauses.iter().position(|clause| clause.id == rule.clause);
            if clause.is_none() {
                let near = closest(&rule.clause, form.clauses.iter().map(|clause| clause.id.as_str()));
                errors.push(pack.error(
                    Place::Rule(id, "/clause"),
                    format!("The pack has no clause \"{}\".", rule.clause),
                    near.map(|near| format!("Did you mean \"{near}\"?")),
                ));
            }
            let compiled = compile(
                pack,
                at,
                id,
                rule,
                clause.map(|clause| (first_clause + clause, &form.clauses[clause])),
                errors,
            );
            self.rules.push(compiled);
        }
    }

    /// The rules of a kind, its automaton built at the first call.
    pub(super) fn kind(&self, name: &'static str) -> Arc<KindPlan> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kinds.entry(name).or_insert_with(|| Arc::new(self.build_kind(name))))
    }

    fn build_kind(&self, name: &str) -> KindPlan {
        let rules: Vec<usize> = (0..self.rules.len())
            .filter(|&rule| self.rules[rule].runs && self.rules[rule].on.contains(&name))
            .collect();
        let pass = |resolved: bool| {
            let mut paths = Vec::new();
            let mut owners = Vec::new();
            for &rule in rules.iter().filter(|&&rule| self.rules[rule].resolved == resolved) {
                for path in &self.rules[rule].given {
                    paths.push(path.clone());
                    owners.push(rule);
                }
            }
            Pass { paths: PathSet::new(&paths), owners }
        };
        KindPlan { resolved: pass(true), raw: pass(false), rules }
    }

    /// The engine's own rules and then the packs', as reports know them.
    #[must_use]
    pub fn rule_infos(&self) -> Vec<RuleInfo> {
        builtin::ALL
            .iter()
            .map(builtin::info)
            .chain(self.rules.iter().map(|rule| rule.info.clone()))
            .collect()
    }

    /// Whether some rule of the repository looks at the files' texts (`$.files[*].text`).
    pub(super) fn wants_texts(&self) -> bool {
        let mentions = |text: &String| text.contains("text");
        self.packs.iter().flat_map(|pack| pack.form.rules.values()).any(|rule| {
            rule.on.iter().any(|name| name == target::REPOSITORY)
                && (rule.given.iter().any(|given| given.as_slice().iter().any(mentions))
                    || rule
                        .then
                        .iter()
                        .flat_map(OneOrMany::as_slice)
                        .any(|then| then.field.iter().any(mentions)))
        })
    }

    /// Keeps only the rules whose full id passes; the others do not run.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        for rule in &mut self.rules {
            rule.runs &= keep(&rule.info.id);
        }
        self.kinds.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn check_clause(pack: &Pack, index: usize, clause: &ClauseForm, errors: &mut Vec<PackError>) {
    let at = |below: &str| format!("/clauses/{index}{below}");
    let mut error = |below: &str, message: String, hint: Option<String>| {
        errors.push(pack.error(Place::Main(&at(below)), message, hint))
    };
    if pack.form.clauses[..index].iter().any(|other| other.id == clause.id) {
        error("/id", format!("The clause \"{}\" stands already above.", clause.id), None);
    }
    let has_rules = pack.form.rules.values().any(|rule| rule.clause == clause.id);
    if has_rules && clause.covers.is_none() {
        error("/id", format!("The clause \"{}\" has rules, but not \"covers\".", clause.id), Some("Say `covers: whole` where passing them proves the clause, else `covers: part` with a `residue`.".to_owned()));
    }
    if clause.covers == Some(Covers::Part) && clause.residue.is_none() {
        error(
            "/covers",
            "A clause that is covered in part needs a \"residue\".".to_owned(),
            Some("Say in words what the rules cannot see.".to_owned()),
        );
    }
    if let Some(tier) = &clause.tier
        && !pack.form.standard.tiers.contains(tier)
    {
        let near = closest(tier, pack.form.standard.tiers.iter().map(String::as_str));
        error(
            "/tier",
            format!("The standard has no tier \"{tier}\"."),
            near.map(|near| format!("Did you mean \"{near}\"?")),
        );
    }
    if let Some(decide) = &clause.decide {
        let mut wrong = Vec::new();
        decided_rules(decide, &mut |rule| {
            if pack.form.rules.get(rule).is_none_or(|found| found.clause != clause.id) {
                wrong.push(rule.to_owned());
            }
        });
        for rule in wrong {
            let near = closest(
                &rule,
                pack.form
                    .rules
                    .iter()
                    .filter(|(_, form)| form.clause == clause.id)
                    .map(|(id, _)| id.as_str()),
            );
            error(
                "/decide",
                format!("The clause has no rule \"{rule}\"."),
                near.map(|near| format!("Did you mean \"{near}\"?")),
            );
        }
    }
}

fn decided_rules(decide: &DecideForm, visit: &mut impl FnMut(&str)) {
    match decide {
        DecideForm::Rule(rule) => visit(rule),
        DecideForm::Combination(CombinationForm { all, any, not, at_least }) => {
            for part in all
                .iter()
                .chain(any)
                .flatten()
                .chain(not.as_deref())
                .chain(at_least.iter().flat_map(|n| &n.of))
            {
                decided_rules(part, visit);
            }
        }
    }
}

fn compile(
    pack: &Pack,
    pack_index: usize,
    id: &str,
    form: &RuleForm,
    clause: Option<(usize, &ClauseForm)>,
    errors: &mut Vec<PackError>,
) -> Rule {
    let mut error = |below: &str, message: String, hint: Option<String>| {
        errors.push(pack.error(Place::Rule(id, below), message, hint))
    };
    let on = kinds(&form.on, "/on", &mut error);
    let mut given = Vec::new();
    if let Some(paths) = &form.given {
        for (index, text) in paths.as_slice().iter().enumerate() {
            let pointer = if matches!(paths, OneOrMany::One(_)) {
                "/given".to_owned()
            } else {
                format!("/given/{index}")
            };
            match Path::parse(text) {
                Ok(path) => given.push(path),
                Err(wrong) => {
                    error(&pointer, format!("The path \"{text}\" cannot be read: {wrong}"), wrong.hint())
                }
            }
        }
    } else if let Ok(root) = Path::parse("$") {
        given.push(root);
    }
    for (name, gather) in &form.gather {
        let below = format!("/gather/{name}");
        kinds(&gather.on, &format!("{below}/on"), &mut error);
        for text in gather.given.as_slice() {
            if let Err(wrong) = Path::parse(text) {
                error(
                    &format!("{below}/given"),
                    format!("The path \"{text}\" cannot be read: {wrong}"),
                    wrong.hint(),
                );
            }
        }
    }
    let mut then = Vec::new();
    let mut cannot_run = None;
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
            // A check over all places has no one place that a field could start from.
            let whole = |part: &ThenForm| matches!(part.function.as_str(), "share" | "consistent-case");
            if whole(part) && (part.field.is_some() || !parts.iter().all(whole)) {
                error(
                    "/then",
                    format!(
                        "The check \"{}\" judges all places together: it takes no \"field\", and no other check beside it.",
                        part.function
                    ),
                    None,
                );
            }
            let pointer = if matches!(form.then, Some(OneOrMany::One(_))) {
                "/then".to_owned()
            } else {
                format!("/then/{index}")
            };
            if let Some(compiled) = compile_then(pack, part, &pointer, &mut error) {
                then.push(compiled);
            }
        }
    } else {
        cannot_run = Some("This version has no checks over places gathered from several files.".to_owned());
    }
    // Embedded packs keep their examples apart.
    if pack.folder.is_some() {
        for (kind, examples) in
            [("conforming", &form.examples.conforming), ("violating", &form.examples.violating)]
        {
            if examples.is_empty() {
                error(
                    "/examples",
                    format!("The rule has no {kind} example."),
                    Some("Every rule shows at least one file it accepts and one it rejects.".to_owned()),
                );
            }
        }
    }
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
        },
        on,
        empty: form.empty,
        decides: form.decides,
        cannot_run,
        given,
        resolved: form.resolved.unwrap_or(true),
        then,
        message: form.message.clone(),
        runs: form.status != Status::Deprecated,
    }
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
    let field = match form.field.as_deref().map(Field::parse).transpose() {
        Ok(field) => field,
        Err(wrong) => {
            error(&format!("{pointer}/field"), format!("The field cannot be read: {wrong}"), wrong.hint());
            return None;
        }
    };
    let read = |path: &std::path::Path| match &pack.folder {
        Some(folder) => fs::read_to_string(folder.join(path)).map_err(|error| error.to_string()),
        None => embedded::asset(&pack.form.pack, &path.to_string_lossy())
            .map(str::to_owned)
            .ok_or_else(|| "no such file in the pack".to_owned()),
    };
    let options = form.function_options.as_ref().unwrap_or(&Value::Null);
    match (entry.make)(options, &Compile { read: &read }) {
        Ok(check) => Some(Then { field, check }),
        Err(wrong) => {
            error(&format!("{pointer}/functionOptions{}", wrong.pointer), wrong.message, wrong.hint);
            None
        }
    }
}
