//! Which rules and clauses there are, for whoever names one by hand: in a waiver, a comment, a
//! record of evidence.

use super::evidence::Need;
use crate::engine::{Plan, builtin};
use crate::pack::embedded;
use crate::pack::form::{ClauseForm, Covers, PackForm};
use assize_tree::document::de::closest;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What a name reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A rule that ran, or a clause whose rules ran and prove it.
    Ran,
    /// There is one of that name, but this run says nothing of it, or not all.
    Idle,
    /// There is none; the name that is nearest, if one is near.
    Unknown(Option<String>),
}

/// The rules and clauses of a plan, and of the embedded packs that it left out.
pub struct Known<'p> {
    plan: &'p Plan,
    others: OnceLock<Vec<PackForm>>,
    names: [OnceLock<Vec<String>>; 2],
    asked: AtomicU32,
}

/// How many unknown names get a suggestion.
const SUGGESTIONS: u32 = 200;

impl<'p> Known<'p> {
    /// Those of a plan.
    #[must_use]
    pub fn new(plan: &'p Plan) -> Self {
        Self { plan, others: OnceLock::new(), names: Default::default(), asked: AtomicU32::new(0) }
    }

    /// The plan.
    pub(super) fn plan(&self) -> &Plan {
        self.plan
    }

    /// Names of the facts there are: the engine's own, and those that packs ask for.
    pub(super) fn facts(&self) -> Vec<&str> {
        let asked = self.plan.packs.iter().flat_map(|pack| &pack.form.clauses);
        let asked = asked.flat_map(|clause| &clause.applies_when).map(|fact| fact.trim_start_matches('!'));
        super::facts::ALL.iter().map(|kind| kind.name).chain(asked).collect()
    }

    fn others(&self) -> &[PackForm] {
        self.others.get_or_init(|| {
            embedded::names()
                .iter()
                .filter(|name| self.plan.packs.iter().all(|pack| pack.form.pack != **name))
                .filter_map(|name| embedded::load(name)?.ok())
                .map(|pack| pack.form)
                .collect()
        })
    }

    fn forms(&self) -> impl Iterator<Item = &PackForm> {
        self.plan.packs.iter().map(|pack| &pack.form)
    }

    /// What the id of a rule, or of a clause, reaches. A clause goes by its full id or by its id at
    /// its source.
    #[must_use]
    pub fn reach(&self, id: &str, is_clause: bool) -> Reach {
        if is_clause { self.clause(id) } else { self.rule(id) }
    }

    fn rule(&self, id: &str) -> Reach {
        match self.plan.runs(id) {
            Some(true) => return Reach::Ran,
            Some(false) => return Reach::Idle,
            None => {}
        }
        if self.others().iter().any(|form| rule_ids(form).any(|other| other == id)) {
            return Reach::Idle;
        }
        let names = self.names[0].get_or_init(|| {
            self.plan
                .rule_names()
                .map(str::to_owned)
                .chain(builtin::ALL.iter().map(|rule| format!("assize/{}", rule.name)))
                .chain(self.others().iter().flat_map(rule_ids))
                .collect()
        });
        self.unknown(id, names)
    }

    fn clause(&self, id: &str) -> Reach {
        let mut found = None;
        for form in self.forms() {
            for clause in form.clauses.iter().filter(|clause| {
                clause.source.eq_ignore_ascii_case(id) || is_under(id, &form.pack, &clause.id)
            }) {
                let mut rules = form.rules.iter().filter(|(_, rule)| rule.clause == clause.id).peekable();
                let proves = clause.covers == Some(Covers::Whole)
                    && rules.peek().is_some()
                    && rules.all(|(rule, _)| self.plan.runs(&format!("{}/{rule}", form.pack)) == Some(true));
                found = Some(found.unwrap_or(true) && proves);
            }
        }
        if let Some(proves) = found {
            return if proves { Reach::Ran } else { Reach::Idle };
        }
        let elsewhere = |form: &PackForm| {
            form.clauses
                .iter()
                .any(|clause| clause.source.eq_ignore_ascii_case(id) || is_under(id, &form.pack, &clause.id))
        };
        if self.others().iter().any(elsewhere) {
            return Reach::Idle;
        }
        let names =
            self.names[1].get_or_init(|| self.forms().chain(self.others()).flat_map(clause_ids).collect());
        self.unknown(id, names)
    }

    /// A run by packs of one's own may meet names of packs that it was not given: those are not
    /// unknown, only misspelt ones are.
    fn unknown(&self, id: &str, names: &[String]) -> Reach {
        // A stranger's file may name a thousand: the first of them get a suggestion.
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let alike = |name: &&str| name.len().abs_diff(id.len()) * 3 <= name.len().max(id.len()) + 3;
        let near = if asked < SUGGESTIONS {
            closest(id, names.iter().map(String::as_str).filter(alike)).map(str::to_owned)
        } else {
            None
        };
        let pack = id.rsplit_once('/').map_or("", |(pack, _)| pack);
        let all = self.forms().any(|form| form.pack == pack) || self.others().is_empty();
        let known_pack = all || pack == "assize" || self.others().iter().any(|form| form.pack == pack);
        if near.is_some() || known_pack || pack.is_empty() { Reach::Unknown(near) } else { Reach::Idle }
    }

    /// What a clause wants of a record, by its full id or its id at its source.
    #[must_use]
    pub fn need(&self, id: &str) -> Option<Need> {
        self.forms().chain(self.others()).find_map(|form| {
            let clause = form.clauses.iter().find(|clause| {
                clause.source.eq_ignore_ascii_case(id) || is_under(id, &form.pack, &clause.id)
            })?;
            Some(need(form, clause))
        })
    }

    /// Every clause of the plan's packs that wants a record.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        self.forms()
            .flat_map(|form| {
                let wants = form.clauses.iter().filter(|clause| clause.evidence.is_some());
                wants.map(move |clause| need(form, clause))
            })
            .collect()
    }

    /// Every id that somebody with a say over a rule or clause may be listed by: its own full id and,
    /// for a rule, its clause's.
    #[must_use]
    pub fn ids(&self, id: &str, is_clause: bool) -> Vec<String> {
        let mut ids = vec![id.to_owned()];
        for form in self.forms().chain(self.others()) {
            if is_clause {
                let found = form.clauses.iter().filter(|clause| clause.source.eq_ignore_ascii_case(id));
                ids.extend(found.map(|clause| format!("{}/{}", form.pack, clause.id)));
            } else {
                let found = form.rules.iter().filter(|(rule, _)| is_under(id, &form.pack, rule));
                ids.extend(found.map(|(_, rule)| format!("{}/{}", form.pack, rule.clause)));
            }
        }
        ids
    }
}

fn need(form: &PackForm, clause: &ClauseForm) -> Need {
    let evidence = clause.evidence.as_ref();
    Need {
        id: format!("{}/{}", form.pack, clause.id),
        source: clause.source.clone(),
        title: clause.title.clone(),
        level: clause.level,
        standing: clause.standing,
        kind: evidence.map(|evidence| evidence.kind.clone()),
        shows: evidence.and_then(|evidence| evidence.shows.clone()),
        renew_every: evidence.and_then(|evidence| evidence.renew_every.as_ref()?.parse().ok()),
    }
}

fn is_under(id: &str, pack: &str, name: &str) -> bool {
    id.strip_prefix(pack).and_then(|rest| rest.strip_prefix('/')) == Some(name)
}

fn rule_ids(form: &PackForm) -> impl Iterator<Item = String> + '_ {
    form.rules.keys().map(|rule| format!("{}/{rule}", form.pack))
}

fn clause_ids(form: &PackForm) -> impl Iterator<Item = String> + '_ {
    form.clauses.iter().flat_map(|clause| [format!("{}/{}", form.pack, clause.id), clause.source.clone()])
}
