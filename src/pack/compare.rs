//! Two versions of a pack, clause by clause: what changed, and whether its version and `CHANGES.yaml`
//! say so. Which way a rule moved no program can tell: its author says.

use super::Pack;
use super::changes::{Change, numbers};
use super::form::{ClauseForm, PackForm, RuleForm};
use crate::standard::{Level, Standing};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Members of a clause or a rule that only say things; the others decide.
const WORDS: [&str; 15] = [
    "title",
    "detail",
    "url",
    "certainty",
    "residue",
    "ask",
    "urgent",
    "security",
    "mend",
    "caution",
    "message",
    "help",
    "examples",
    "since",
    "shows",
];

/// What became of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Its id.
    pub clause: String,
    /// What happened to it.
    pub what: What,
    /// What of it changed: members of the clause, rules of it.
    pub of: Vec<String>,
}

/// What happened to a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It demands more, as its level or standing tells.
    Tightened,
    /// It demands less, as its level or standing tells.
    Loosened,
    /// What it demands or how that is tested is another; which way, its author says.
    Changed,
    /// The same in other words.
    Reworded,
}

impl What {
    /// What `CHANGES.yaml` may say of it.
    const fn may_be(self) -> &'static [Change] {
        match self {
            Self::Added => &[Change::Added],
            Self::Removed => &[Change::Removed],
            Self::Tightened => &[Change::Tightened],
            Self::Loosened => &[Change::Loosened, Change::Tightened],
            Self::Changed => &[Change::Tightened, Change::Loosened, Change::Reworded],
            Self::Reworded => &[],
        }
    }

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::Changed => "changed",
            Self::Reworded => "reworded",
        }
    }
}

/// What two versions of a pack come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Each clause that is not what it was, in the pack's order; those that are gone last.
    pub shifts: Vec<Shift>,
    /// What the version and `CHANGES.yaml` do not say, as sentences.
    pub unsaid: Vec<String>,
}

/// Holds a version of a pack against an older one.
#[must_use]
pub fn compare(old: &Pack, new: &Pack) -> Comparison {
    let mut shifts = Vec::new();
    for clause in &new.form.clauses {
        match old.form.clauses.iter().find(|other| other.id == clause.id) {
            None => shifts.push(Shift { clause: clause.id.clone(), what: What::Added, of: Vec::new() }),
            Some(before) => shifts.extend(shift(old, before, new, clause)),
        }
    }
    let gone =
        old.form.clauses.iter().filter(|clause| new.form.clauses.iter().all(|one| one.id != clause.id));
    shifts.extend(gone.map(|clause| Shift {
        clause: clause.id.clone(),
        what: What::Removed,
        of: Vec::new(),
    }));
    let unsaid = unsaid(old, new, &shifts);
    Comparison { shifts, unsaid }
}

fn shift(old: &Pack, before: &ClauseForm, new: &Pack, after: &ClauseForm) -> Option<Shift> {
    let (mut demand, mut words) = (Vec::new(), Vec::new());
    differing(&members(before), &members(after), &mut demand, &mut words);
    let (rules_before, rules_after) = (rules(&old.form, &before.id), rules(&new.form, &after.id));
    let names: BTreeSet<&str> = rules_before.keys().chain(rules_after.keys()).copied().collect();
    for name in names {
        match (rules_before.get(name), rules_after.get(name)) {
            (None, _) => demand.push(format!("the new rule {name}")),
            (_, None) => demand.push(format!("the rule {name}, which is gone")),
            (Some(one), Some(other)) => {
                let (mut of_rule, mut told) = (Vec::new(), Vec::new());
                differing(&members(one), &members(other), &mut of_rule, &mut told);
                if of_rule.is_empty() && reads_changed_file(old, new, other) {
                    of_rule.push("a file of schemas/".to_owned());
                }
                let of = |list: Vec<String>| format!("{} of the rule {name}", list.join(", "));
                if of_rule.is_empty() && !told.is_empty() {
                    words.push(of(told));
                } else if !of_rule.is_empty() {
                    demand.push(of(of_rule));
                }
            }
        }
    }
    let harder = |one: Level, other: Level| strength(other).cmp(&strength(one));
    let binds = |one: Standing, other: Standing| bond(other).cmp(&bond(one));
    let moved = harder(before.level, after.level).then(binds(before.standing, after.standing));
    let what = match moved {
        std::cmp::Ordering::Greater => What::Tightened,
        std::cmp::Ordering::Less => What::Loosened,
        std::cmp::Ordering::Equal if !demand.is_empty() => What::Changed,
        std::cmp::Ordering::Equal if !words.is_empty() => What::Reworded,
        std::cmp::Ordering::Equal => return None,
    };
    let of = if what == What::Reworded { words } else { demand };
    Some(Shift { clause: after.id.clone(), what, of })
}

const fn strength(level: Level) -> u8 {
    match level {
        Level::Must | Level::MustNot => 2,
        Level::Should | Level::ShouldNot => 1,
        Level::May => 0,
    }
}

const fn bond(standing: Standing) -> u8 {
    match standing {
        Standing::Law | Standing::Contract => 2,
        Standing::Guidance => 1,
        Standing::Draft | Standing::Convention => 0,
    }
}

fn rules<'a>(pack: &'a PackForm, clause: &str) -> BTreeMap<&'a str, &'a RuleForm> {
    pack.rules
        .iter()
        .filter(|(_, rule)| rule.clause == clause)
        .map(|(id, rule)| (id.as_str(), rule))
        .collect()
}

fn members(form: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(form) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Sorts the names of members that differ into those that decide and those that only say.
fn differing(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    demand: &mut Vec<String>,
    words: &mut Vec<String>,
) {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names.into_iter().filter(|name| old.get(*name) != new.get(*name)) {
        // What a record must show is said; of what kind it is and how long it holds decides.
        let said = WORDS.contains(&name.as_str())
            || (name == "evidence" && without_words(old.get(name)) == without_words(new.get(name)));
        // Examples show what a rule does; they do nothing themselves.
        if name != "examples" {
            if said { words.push(name.clone()) } else { demand.push(name.clone()) }
        }
    }
}

fn without_words(value: Option<&Value>) -> Option<Value> {
    let mut value = value?.clone();
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !WORDS.contains(&name.as_str()));
    }
    Some(value)
}

/// Whether a rule names a file beside the pack that has other bytes now.
fn reads_changed_file(old: &Pack, new: &Pack, rule: &RuleForm) -> bool {
    // An embedded pack keeps no files by name; its digest tells that something changed.
    if old.files.is_empty() {
        return false;
    }
    let Ok(text) = serde_json::to_string(&rule.then) else { return false };
    new.files
        .iter()
        .filter(|(name, bytes)| name.starts_with("schemas/") && old.files.get(*name) != Some(bytes))
        .filter_map(|(name, _)| name.rsplit('/').next())
        .any(|name| text.contains(name))
}

fn unsaid(old: &Pack, new: &Pack, shifts: &[Shift]) -> Vec<String> {
    let mut unsaid = Vec::new();
    let (was, is) = (numbers(&old.form.version), numbers(&new.form.version));
    if is < was {
        unsaid.push(format!("Version {} is older than {}.", new.form.version, old.form.version));
        return unsaid;
    }
    if is == was && old.digest != new.digest {
        unsaid.push(format!(
            "The pack is not what it was, and its version is still {}: raise it.",
            new.form.version
        ));
    }
    let since: Vec<_> =
        new.changes.changes.iter().filter(|release| numbers(&release.version) > was).collect();
    for shift in shifts.iter().filter(|shift| !shift.what.may_be().is_empty()) {
        let said: Vec<Change> =
            since.iter().filter_map(|release| release.clauses.get(&shift.clause)).copied().collect();
        let may_be = shift.what.may_be();
        if !said.iter().any(|change| may_be.contains(change)) {
            let names: Vec<&str> = may_be.iter().map(|change| change.name()).collect();
            unsaid.push(format!(
                "CHANGES.yaml does not say that {} was {}.",
                shift.clause,
                names.join(" or ")
            ));
        }
    }
    unsaid
}
