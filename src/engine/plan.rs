//! A plan: packs with their rules, and for each kind of file the rules that run on it, compiled,
//! with all their paths merged into one automaton.

use super::builtin;
use super::report::{ClauseInfo, PackInfo, RuleInfo};
use super::rule::{Body, Rule, compile, rule as compile_rule};
use crate::finding::RuleId;
use crate::pack::embedded::Entry;
use crate::pack::form::{
    ClauseForm, CombinationForm, Covers, DecideForm, Decides, Mend, OneOrMany, RuleForm,
};
use crate::pack::{Pack, PackError, Place};
use crate::spectral::Ruleset;
use crate::standard::{Addressee, Authorities};
use crate::target;
use assize_tree::document::de::closest;
use assize_tree::path::PathSet;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What is said of a rule of an embedded pack that does not compile; the tests of packs prevent it.
const MISTAKE: &str = "The rule has a mistake; this is a fault of Assize. Please report it.";

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
    /// For each path of the automaton, what is looked at from where it leads.
    pub looks: Vec<Look>,
}

/// What a path's rule looks at: where the path leads, its key, or what lies above it.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub keys: bool,
    pub up: u32,
}

/// Packs compiled, ready to judge.
pub struct Plan {
    /// The packs.
    pub packs: Vec<Pack>,
    pub(super) pack_infos: Vec<PackInfo>,
    pub(super) clauses: Vec<ClauseInfo>,
    /// Rules of the packs; in a report the engine's own rules come first.
    pub rules: Vec<Rule>,
    /// Spectral rulesets; in a report their rules come last.
    pub(super) rulesets: Vec<super::rulesets::Member>,
    /// Who issues standards.
    pub authorities: Authorities,
    kinds: Mutex<HashMap<&'static str, Arc<KindPlan>>>,
    /// Packs that nobody asked for and that nothing gives cause for, or that have nothing to look at:
    /// known by name, never read.
    pub(super) beside: Vec<PackInfo>,
    /// Rules that gather, by the kinds of files they gather from.
    gathering: HashMap<&'static str, Vec<usize>>,
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
            rulesets: Vec::new(),
            authorities: authorities.clone(),
            kinds: Mutex::default(),
            gathering: HashMap::new(),
            beside: Vec::new(),
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
            is_ruleset: false,
            version: form.version.clone(),
            title: form.standard.title.clone(),
            edition: form.standard.edition.clone(),
            authority: authority
                .map_or_else(|| form.standard.authority.clone(), |authority| authority.name.clone()),
            url: form.standard.url.clone(),
            digest: pack.digest.clone(),
            left_out: None,
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
                urgent: clause.urgent,
                security: clause.security,
                mend: clause.mend.unwrap_or(match clause.addressee {
                    Addressee::Deployer => Mend::Owner,
                    Addressee::Supplier | Addressee::OwnCode => Mend::Here,
                }),
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
            let compiled = compile_rule(
                pack,
                at,
                id,
                rule,
                clause.map(|clause| (first_clause + clause, &form.clauses[clause])),
                errors,
            );
            for kind in &compiled.gathers {
                self.gathering.entry(kind).or_default().push(self.rules.len());
            }
            self.rules.push(compiled);
        }
    }

    /// Names an embedded pack that is not part of this plan: for a reason, or since it has nothing to
    /// look at.
    pub fn leave_out(&mut self, entry: &Entry, authorities: &Authorities, why: Option<String>) {
        let authority = authorities.authorities.get(&entry.authority);
        self.beside.push(PackInfo {
            name: entry.name.clone(),
            is_ruleset: false,
            version: entry.version.clone(),
            title: entry.title.clone(),
            edition: entry.edition.clone(),
            authority: authority.map_or(&entry.authority, |authority| &authority.name).clone(),
            url: entry.url.clone(),
            digest: entry.digest.clone(),
            left_out: why,
        });
    }

    /// Names of the embedded packs that are not part of this plan.
    pub fn left_out(&self) -> impl Iterator<Item = &str> {
        self.beside.iter().map(|pack| pack.name.as_str())
    }

    /// Adds a Spectral ruleset. What this version cannot run of it is reported as unknown where it
    /// would have run.
    pub fn add_ruleset(&mut self, mut ruleset: Ruleset) {
        let taken = |name: &str| self.pack_infos.iter().any(|info| info.name == name);
        if taken(&ruleset.name) {
            ruleset.name = distinct(&ruleset.name, &ruleset.path, &taken);
        }
        let pack = self.pack_infos.len();
        self.pack_infos.push(super::rulesets::info(&ruleset));
        let before = self.rulesets.last();
        let first =
            before.map_or(builtin::ALL.len() + self.rules.len(), |last| last.first + last.infos.len());
        self.rulesets.push(super::rulesets::Member::new(ruleset, pack, first));
    }

    /// Whether there is nothing but rulesets.
    #[must_use]
    pub(super) fn only_rulesets(&self) -> bool {
        self.packs.is_empty() && !self.rulesets.is_empty()
    }

    /// Whether a rule of the engine's own says what no ruleset says: that a file could not be read.
    pub(super) fn speaks_alone(&self, rule: RuleId) -> bool {
        let name = builtin::ALL.get(rule.0 as usize).map_or("", |one| one.name);
        ["encoding", "too-large", "unreadable", "limit"].iter().any(|part| name.contains(part))
    }

    /// Full id of the clause of an index.
    #[must_use]
    pub fn clause_id(&self, clause: usize) -> &str {
        self.clauses.get(clause).map_or("", |clause| clause.id.as_str())
    }

    /// A rule's id in a report.
    #[must_use]
    pub fn rule_id(&self, rule: usize) -> RuleId {
        RuleId((builtin::ALL.len() + rule) as u32)
    }

    /// Names of every rule, of rulesets too.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        let own = self.rules.iter().map(|rule| rule.info.id.as_str());
        own.chain(self.rulesets.iter().flat_map(|member| member.infos.iter().map(|info| info.id.as_str())))
    }

    /// The packs and rulesets, as reports know them.
    #[must_use]
    pub fn infos(&self) -> &[PackInfo] {
        &self.pack_infos
    }

    /// Whether a rule runs, the engine's own and those of rulesets included; `None` where there is
    /// no rule of that id.
    #[must_use]
    pub fn runs(&self, id: &str) -> Option<bool> {
        if id.strip_prefix("assize/").is_some_and(|name| builtin::find(name).is_some()) {
            return Some(true);
        }
        let own = self.rules.iter().find(|rule| rule.info.id == id).map(|rule| rule.runs);
        own.or_else(|| {
            self.rulesets.iter().flat_map(|member| &member.infos).any(|info| info.id == id).then_some(true)
        })
    }

    /// The rules of a kind, its automaton built at the first call.
    pub(super) fn kind(&self, name: &'static str) -> Arc<KindPlan> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(kinds.entry(name).or_insert_with(|| Arc::new(self.build_kind(name))))
    }

    /// What a rule does, compiled at the first call.
    pub(super) fn body(&self, rule: usize) -> &Body {
        let rule = &self.rules[rule];
        rule.body.get_or_init(|| {
            let pack = rule.info.pack.and_then(|pack| self.packs.get(pack));
            let form = pack.and_then(|pack| Some((pack, pack.form.rules.get(&rule.id)?)));
            let mut errors = Vec::new();
            match form.map(|(pack, form)| compile(pack, &rule.id, form, &mut errors)) {
                Some(body) if errors.is_empty() => body,
                _ => Body { cannot_run: Some(MISTAKE.to_owned()), ..Body::default() },
            }
        })
    }

    /// The rules that gather values from files of a kind.
    pub(super) fn gathering(&self, kind: &str) -> &[usize] {
        self.gathering.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Whether some rule that runs looks at files of a kind.
    pub(super) fn looks_at(&self, kind: &str) -> bool {
        self.rules.iter().any(|rule| rule.runs && (rule.on.contains(&kind) || rule.gathers.contains(&kind)))
    }

    /// The rules that rules of a ruleset run in the stead of, by the name those have.
    pub(super) fn borrowers(&self) -> HashMap<&str, Vec<usize>> {
        let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.runs) {
            if let Some(from) = &rule.borrows {
                found.entry(&from.rule).or_default().push(at);
            }
        }
        found
    }

    /// Every rule that gathers values.
    pub(super) fn all_gathering(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.rules.len()).filter(|&rule| !self.rules[rule].gathers.is_empty())
    }

    fn build_kind(&self, name: &str) -> KindPlan {
        let rules: Vec<usize> = (0..self.rules.len())
            .filter(|&rule| self.rules[rule].runs && self.rules[rule].on.contains(&name))
            .filter(|&rule| self.rules[rule].gathers.is_empty() && self.rules[rule].borrows.is_none())
            .collect();
        self.plan_of(rules)
    }

    /// Some rules with their automata.
    pub(super) fn plan_of(&self, rules: Vec<usize>) -> KindPlan {
        let pass = |resolved: bool| {
            let mut paths = Vec::new();
            let mut owners = Vec::new();
            let mut looks = Vec::new();
            for &rule in rules.iter().filter(|&&rule| self.rules[rule].resolved == resolved) {
                for path in &self.body(rule).given {
                    looks.push(Look { keys: path.keys, up: path.up });
                    paths.push(path.clone());
                    owners.push(rule);
                }
            }
            Pass { paths: PathSet::new(&paths), owners, looks }
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
            .chain(self.rulesets.iter().flat_map(|member| member.infos.iter().cloned()))
            .collect()
    }

    /// Whether some rule of the repository looks into its document; the checks over files do not.
    pub(super) fn wants_files(&self) -> bool {
        let gathers = |rule: &RuleForm| {
            let sources = rule.gather.values().flat_map(OneOrMany::as_slice);
            sources.flat_map(|source| &source.on).any(|name| name == target::REPOSITORY)
        };
        let beyond_root = |rule: &RuleForm| {
            rule.given.iter().any(|given| given.as_slice().iter().any(|path| path != "$"))
                || rule.then.iter().flat_map(OneOrMany::as_slice).any(|then| then.field.is_some())
        };
        self.packs.iter().flat_map(|pack| pack.form.rules.values()).any(|rule| {
            gathers(rule) || rule.on.iter().any(|name| name == target::REPOSITORY) && beyond_root(rule)
        })
    }

    /// Whether some rule of the repository looks at the files' texts (`$.files[*].text`).
    pub(super) fn wants_texts(&self) -> bool {
        let mentions = |text: &String| text.contains("text");
        self.packs.iter().flat_map(|pack| pack.form.rules.values()).any(|rule| {
            let sources = rule.gather.values().flat_map(OneOrMany::as_slice);
            let mut paths = sources.flat_map(|source| source.given.iter().flat_map(OneOrMany::as_slice));
            paths.any(mentions)
                || rule.on.iter().any(|name| name == target::REPOSITORY)
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
        for member in &mut self.rulesets {
            member.retain(&keep);
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
    if clause.security.is_some_and(|score| !(0.1..=10.0).contains(&score)) {
        error("/security", "\"security\" is a number from 0.1 to 10.".to_owned(), None);
    }
    if clause.covers == Some(Covers::Part) && clause.residue.is_none() {
        error(
            "/covers",
            "A clause that is covered in part needs a \"residue\".".to_owned(),
            Some("Say in words what the rules cannot see.".to_owned()),
        );
    }
    let proving = |rule: &RuleForm| {
        rule.clause == clause.id && !matches!(rule.decides, Decides::Refutes | Decides::Indicates)
    };
    if clause.covers == Some(Covers::Whole)
        && has_rules
        && !clause.prohibition
        && !pack.form.rules.values().any(proving)
    {
        error(
            "/covers",
            format!(
                "The clause \"{}\" is covered as a whole by rules none of which proves anything.",
                clause.id
            ),
            Some("Say `decides: both` of a rule that shows it, or `covers: part`.".to_owned()),
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

/// A name for a ruleset whose file is called as another's: with the folders above it, as many as it takes,
/// and where the same file is named twice, with a number.
fn distinct(name: &str, path: &str, taken: &impl Fn(&str) -> bool) -> String {
    let folders: Vec<&str> =
        path.split(['/', '\\']).rev().skip(1).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    let mut longer = name.to_owned();
    for folder in folders {
        longer = format!("{folder}/{longer}");
        if !taken(&longer) {
            return longer;
        }
    }
    (2..).map(|number| format!("{name}-{number}")).find(|one| !taken(one)).unwrap_or(longer)
}
