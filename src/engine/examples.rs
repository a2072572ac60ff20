//! Trying packs: every rule over its own examples, and over every example of all the others.

use super::judge::{Options, judge};
use super::plan::Plan;
use crate::pack::form::{ExampleForm, ExamplesForm};
use crate::standard::Date;
use crate::target::{self, REPOSITORY};
use crate::workspace::{Git, Memory, Workspace};
use assize_tree::document::de::from_node;
use assize_tree::document::{Format, Limits, detect};
use assize_tree::text::Text;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An example and how often each rule found something in it.
pub struct Trial {
    /// `uk/api-design/https-servers` and then `conforming/0`.
    pub example: String,
    /// The rule whose example it is.
    pub rule: String,
    /// Name of its pack.
    pub pack: String,
    /// Whether the rule must accept it.
    pub conforming: bool,
    /// Rules that found something, with how often; the engine's own included.
    pub found: BTreeMap<String, u32>,
    /// Rules of the plan that could not answer, with the reason.
    pub unknown: Vec<(String, String)>,
    /// Places the rule itself looked at.
    pub looked: u64,
}

/// The day on which examples are tried, so that what depends on the day does not change.
const TODAY: Option<Date> = Date::new(2026, 1, 1);

/// Runs every rule of a plan over every example. `examples` gives those of a rule.
#[must_use]
pub fn try_all(plan: &Plan, examples: &(dyn Fn(&str, &str) -> ExamplesForm + Sync)) -> Vec<Trial> {
    let mut jobs = Vec::new();
    for pack in &plan.packs {
        for (id, rule) in &pack.form.rules {
            let examples = examples(&pack.form.pack, id);
            // A rule that gathers looks at the tree as a whole.
            let kind = rule.on.first().map_or(REPOSITORY, String::as_str).to_owned();
            for (conforming, list) in [(true, examples.conforming), (false, examples.violating)] {
                for (number, example) in list.into_iter().enumerate() {
                    jobs.push((
                        pack.form.pack.clone(),
                        id.clone(),
                        kind.clone(),
                        conforming,
                        number,
                        example,
                    ));
                }
            }
        }
    }
    jobs.into_par_iter()
        .map(|(pack, id, kind, conforming, number, example)| {
            let rule = format!("{pack}/{id}");
            let whole = kind == REPOSITORY || matches!(example, ExampleForm::Files(_));
            let (memory, settings, mistakes) = files(&kind, example);
            let workspace = Workspace::new(Box::new(memory), Limits::default(), whole);
            let options =
                Options { by_name: !whole, settings: settings.as_ref(), today: TODAY, ..Options::default() };
            let report = judge(plan, &workspace, options);
            let mut found = BTreeMap::new();
            for finding in &report.findings {
                *found.entry(report.rule(finding.rule).id.clone()).or_default() += 1;
            }
            let unknown = report
                .unknown
                .iter()
                .filter_map(|unknown| Some((report.rule(unknown.rule?).id.clone(), unknown.reason.clone())))
                .chain(mistakes.into_iter().map(|mistake| (rule.clone(), mistake)))
                .collect();
            let looked = report
                .rules
                .iter()
                .position(|info| info.id == rule)
                .map_or(0, |at| report.stats.rules[at].places);
            let example = format!("{rule} {}/{number}", if conforming { "conforming" } else { "violating" });
            Trial { example, rule, pack, conforming, found, unknown, looked }
        })
        .collect()
}

/// What an example's tree is under version control, and what its forge says of it: no files, but
/// YAML under these names.
const BESIDE: [&str; 2] = [".git", ".settings"];

/// The tree of an example, its forge's settings, and mistakes in what stands beside its files.
fn files(kind: &str, example: ExampleForm) -> (Memory, Option<Value>, Vec<String>) {
    let (mut settings, mut mistakes) = (None, Vec::new());
    let memory = match example {
        ExampleForm::Text(text) => {
            let mut name = target::example_name(kind).unwrap_or("example.yaml").to_owned();
            // An example in JSON's syntax is a JSON file.
            if text.trim_start().starts_with(['{', '[']) && name.ends_with(".yaml") {
                name.truncate(name.len() - "yaml".len());
                name.push_str("json");
            }
            // FHIR and bills of materials have two syntaxes.
            if text.trim_start().starts_with('<') && name.ends_with(".json") {
                name.truncate(name.len() - "json".len());
                name.push_str("xml");
            }
            Memory::default().with(name, text)
        }
        ExampleForm::Files(files) => files.into_iter().fold(Memory::default(), |memory, (name, text)| {
            if !BESIDE.contains(&name.as_str()) {
                return memory.with(name, text);
            }
            let document = detect::parse(Format::Yaml, Arc::new(Text::from(text)), Limits::default());
            let Some(root) = document.root() else { return memory };
            if name == ".settings" {
                settings = Some(document.to_value(root));
                return memory;
            }
            match from_node::<Git>(&document, root) {
                Ok(git) => memory.with_git(git),
                Err(problem) => {
                    mistakes.push(format!("{name} of the example: {}", problem.message));
                    memory
                }
            }
        }),
    };
    (memory, settings, mistakes)
}

/// For each rule with a tier, its place among the tiers of its standard, from 1.
fn tiers(plan: &Plan) -> BTreeMap<String, usize> {
    let mut tiers = BTreeMap::new();
    for pack in &plan.packs {
        for (id, rule) in &pack.form.rules {
            let clause = pack.form.clauses.iter().find(|clause| clause.id == rule.clause);
            let tier = clause.and_then(|clause| clause.tier.as_ref());
            if let Some(at) = tier.and_then(|tier| pack.form.standard.tiers.iter().position(|t| t == tier)) {
                tiers.insert(format!("{}/{id}", pack.form.pack), at + 1);
            }
        }
    }
    tiers
}

/// The faults of a run: examples that did not come out as they must. What conforms to a clause of a
/// low tier need not conform to those of higher ones.
#[must_use]
pub fn faults(plan: &Plan, trials: &[Trial]) -> Vec<String> {
    let mut faults = Vec::new();
    let tiers = tiers(plan);
    let tier = |rule: &str| tiers.get(rule).copied().unwrap_or(0);
    for trial in trials {
        let own = |rule: &str| {
            rule.starts_with("assize/")
                || tier(rule) <= tier(&trial.rule)
                    && rule.strip_prefix(trial.pack.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        for (rule, reason) in trial.unknown.iter().filter(|(rule, _)| *rule == trial.rule) {
            faults.push(format!("{}: {rule} could not answer: {reason}", trial.example));
        }
        if trial.conforming {
            for (rule, count) in trial.found.iter().filter(|(rule, _)| own(rule)) {
                faults
                    .push(format!("{}: {rule} finds {count} in it; no rule of the pack may.", trial.example));
            }
        } else if !trial.found.contains_key(&trial.rule) {
            faults.push(format!(
                "{}: the rule finds nothing in it (it looked at {} places).",
                trial.example, trial.looked
            ));
        }
    }
    faults
}

/// The matrix, sorted: a line for each rule and example of its own pack in which it finds something, and
/// one for each rule and other pack of the same country in whose conforming examples it does, with the
/// number of those examples. Standards of different countries are never asked of one system.
#[must_use]
pub fn matrix(trials: &[Trial]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut others: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for trial in trials {
        for (rule, count) in &trial.found {
            let pack = rule.rsplit_once('/').map_or("", |(pack, _)| pack);
            if pack == trial.pack {
                lines.push(format!("{rule}\t{}\t{count}\n", trial.example));
            } else if trial.conforming && (pack == "assize" || country(pack) == country(&trial.pack)) {
                *others.entry((rule, &trial.pack)).or_default() += 1;
            }
        }
    }
    lines.extend(others.iter().map(|((rule, pack), count)| format!("{rule}\t{pack} conforming\t{count}\n")));
    lines.sort();
    format!("rule\texample\tfindings\n{}", lines.concat())
}

fn country(pack: &str) -> &str {
    pack.split('/').next().unwrap_or_default()
}
