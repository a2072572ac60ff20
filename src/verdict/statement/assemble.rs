//! Puts a statement together: for each clause its case, the verdict, and what a reader needs to act
//! on it. Pure: reads nothing but what it is given.

use super::parts::{ByRule, part, sort};
use super::{
    ClausePart, Identity, PlacePart, Statement, SystemPart, VERSION, WaiverPart, beside, looked, result,
};
use crate::engine::{Plan, Report, Rule};
use crate::finding::{FileId, Finding, Outcome, Severity, fingerprint};
use crate::pack::Pack;
use crate::pack::changes::severity_during_grace;
use crate::pack::form::{ClauseForm, Decides};
use crate::pack::profile::{Choice, LoadedProfile};
use crate::standard::{Addressee, Authorities, Date, Level, Truth};
use crate::target;
use crate::verdict::facts::Fact;
use crate::verdict::roles::Roles;
use crate::verdict::table::{self, Case, ClauseWaiver, Decision, EvidenceState, NeededFact, Verdict};
use crate::verdict::waiver::{Register, State};
use crate::workspace::Workspace;
use globset::GlobSet;
use std::collections::BTreeMap;

/// The system that a statement is about.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// Its name.
    pub name: String,
    /// The judged folder, as it was named.
    pub path: String,
    /// Globs of its files, as written; all of the folder's where empty.
    pub files: Vec<String>,
    /// The same, compiled.
    pub globs: Option<GlobSet>,
    /// Who supplies it.
    pub supplier: Option<String>,
}

/// What a statement is made from.
pub struct Setting<'a> {
    /// The packs.
    pub plan: &'a Plan,
    /// What judging came to, waivers and comments applied.
    pub report: &'a Report,
    /// The judged files.
    pub workspace: &'a Workspace,
    /// What each file is there for.
    pub roles: &'a Roles,
    /// The facts.
    pub facts: &'a [Fact],
    /// The profile.
    pub profile: &'a LoadedProfile,
    /// Who issues standards.
    pub authorities: &'a Authorities,
    /// The waivers, where there are any.
    pub register: Option<&'a Register>,
    /// What the records say of a clause, by its full id and its id at the source.
    pub evidence: &'a dyn Fn(&str, &str) -> EvidenceState,
    /// The system.
    pub system: &'a System,
    /// The day that chooses editions.
    pub as_of: Date,
    /// A second such day.
    pub contract_date: Option<Date>,
    /// The day that decides expiries.
    pub clock: Date,
}

impl Setting<'_> {
    /// Whether a file is the system's.
    pub(super) fn belongs(&self, file: Option<FileId>) -> bool {
        file.is_none_or(|file| self.belongs_path(&self.report.file(file).path))
    }

    fn belongs_path(&self, path: &str) -> bool {
        self.system.globs.as_ref().is_none_or(|globs| globs.is_match(path))
    }

    fn fact(&self, name: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.name == name)
    }
}

/// Makes the statement.
#[must_use]
pub fn assemble(setting: &Setting<'_>, identity: Identity) -> Statement {
    let by = ByRule::of(setting.report, setting.workspace);
    let belongs = |path: &str| setting.belongs_path(path);
    let unread = looked::Unread::of(setting.report, setting.workspace, &belongs);
    let mut clauses = Vec::new();
    for pack in &setting.plan.packs {
        for clause in &pack.form.clauses {
            clauses.push(one(setting, &by, pack, clause, &unread));
        }
    }
    clauses.sort_by_key(|clause| {
        let urgent = clause.urgent && clause.verdict == Verdict::NotMet;
        (clause.verdict, !urgent, !clause.binding, !clause.counts, !result::is_must(clause), clause.explained)
    });
    let (name, summary) = result::tell(&clauses);
    let retired = setting.fact("retired").map_or(Truth::Unknown, |fact| fact.value);
    Statement {
        statement: VERSION,
        result: name,
        summary,
        counts: result::count(&clauses),
        system: SystemPart {
            name: setting.system.name.clone(),
            path: setting.system.path.clone(),
            files: setting.system.files.clone(),
            supplier: setting.system.supplier.clone(),
            lifecycle: match retired {
                Truth::True => "retired",
                Truth::False => "live",
                Truth::Unknown => "presumed live",
            }
            .to_owned(),
        },
        identity,
        looked_at: looked::tell(setting.report, setting.workspace, &belongs),
        descriptions: beside::descriptions(setting),
        facts: beside::facts(setting),
        to_decide: beside::to_decide(setting, &clauses),
        outside: beside::outside(setting),
        authorities: beside::authorities(setting),
        coming: beside::coming(setting),
        clauses,
    }
}

/// The case of a clause on a day.
fn case<'a>(
    setting: &Setting<'_>,
    by: &ByRule<'_>,
    pack: &Pack,
    clause: &'a ClauseForm,
    unread: Option<&str>,
    day: Date,
) -> Case<'a> {
    let full = format!("{}/{}", pack.form.pack, clause.id);
    let plan = setting.plan;
    let rules = plan.rules.iter().enumerate().filter(|(_, rule)| {
        !rule.deprecated && rule.info.clause.is_some_and(|at| plan.clause_id(at) == full)
    });
    let parts = rules.map(|(index, rule)| part(setting, by, rule, plan.rule_id(index))).collect();
    let exempt = match setting.profile.choice(pack, clause) {
        Choice::Demanded => None,
        Choice::NotSelected(why) | Choice::Exempt(why) => Some(why),
    };
    Case {
        not_in_force: not_in_force(pack, day),
        other_addressee: other_addressee(setting, clause),
        facts: needed(setting, clause),
        exempt,
        parts,
        decide: clause.decide.as_ref(),
        covers: clause.covers,
        prohibition: clause.prohibition,
        unread: unread.map(str::to_owned),
        wants_record: clause.evidence.is_some(),
        residue: clause.residue.clone(),
        evidence: (setting.evidence)(&full, &clause.source),
        waiver: whole_waiver(setting, &full, &clause.source).map(|(waiver, _)| waiver),
    }
}

fn not_in_force(pack: &Pack, day: Date) -> Option<String> {
    let standard = &pack.form.standard;
    let in_force = standard.in_force;
    if day < in_force.from {
        return Some(format!("Not in force: the edition {} begins on {}.", standard.edition, in_force.from));
    }
    in_force
        .until
        .filter(|until| day > *until)
        .map(|until| format!("No longer in force: the edition {} ended on {until}.", standard.edition))
}

fn other_addressee(setting: &Setting<'_>, clause: &ClauseForm) -> Option<String> {
    let addressees = &setting.profile.form.addressees;
    // What the body owns itself is addressed as such, whoever works on it. Where nobody knows whose
    // the code is, the fact is one that the clause needs, and a question.
    let own = setting.fact("own-code").map_or(Truth::Unknown, |fact| fact.value);
    let meant = addressees.contains(&clause.addressee)
        || clause.addressee == Addressee::OwnCode && own != Truth::False;
    (!meant).then(|| {
        let whom = match clause.addressee {
            Addressee::Supplier => "suppliers",
            Addressee::OwnCode => "code that the body owns itself",
            Addressee::Deployer => "organisations that deploy a system",
        };
        format!("It addresses {whom}.")
    })
}

fn needed(setting: &Setting<'_>, clause: &ClauseForm) -> Vec<NeededFact> {
    let retired = setting.fact("retired").filter(|fact| fact.value == Truth::True).map(|fact| NeededFact {
        name: "in use".to_owned(),
        value: Truth::False,
        how: fact.how.clone(),
        question: fact.question.clone(),
    });
    // Only asked for where it is not known: known, it decides who is addressed.
    let open = |name: &str| setting.fact(name).is_none_or(|fact| fact.value == Truth::Unknown);
    let is_theirs = setting.profile.form.addressees.contains(&clause.addressee);
    let own = "own-code".to_owned();
    let own = (clause.addressee == Addressee::OwnCode && !is_theirs && open(&own)).then_some(own);
    let wanted = clause.applies_when.iter().chain(own.iter());
    let of_clause = wanted.map(|wanted| {
        let (name, turned) = wanted.strip_prefix('!').map_or((wanted.as_str(), false), |name| (name, true));
        let fact = setting.fact(name);
        let value = fact.map_or(Truth::Unknown, |fact| fact.value);
        NeededFact {
            name: if turned { format!("not {name}") } else { name.to_owned() },
            value: match value {
                Truth::True if turned => Truth::False,
                Truth::False if turned => Truth::True,
                other => other,
            },
            how: fact.map_or_else(|| "nobody has said".to_owned(), |fact| fact.how.clone()),
            question: fact
                .map_or_else(|| format!("Is \"{name}\" true of the system?"), |fact| fact.question.clone()),
        }
    });
    retired.into_iter().chain(of_clause).collect::<Vec<_>>()
}

/// A waiver of the clause as a whole: over all its places.
fn whole_waiver(setting: &Setting<'_>, full: &str, source: &str) -> Option<(ClauseWaiver, WaiverPart)> {
    let register = setting.register?;
    let covers = |id: &str| id == full || id.eq_ignore_ascii_case(source);
    let mut found: Option<(ClauseWaiver, WaiverPart)> = None;
    for judged in &register.waivers {
        let form = &judged.waiver.form;
        let is_whole = judged.waiver.is_everywhere() && form.clause.as_deref().is_some_and(covers);
        let by = match &judged.state {
            State::Granted { by } => Some(by.clone()),
            State::Requested { .. } => None,
            State::Void => continue,
        };
        if is_whole && found.as_ref().is_none_or(|(waiver, _)| waiver.granted_by.is_none()) {
            let part = WaiverPart {
                id: form.id.clone(),
                state: if by.is_some() { "granted" } else { "requested" },
                by: by.clone(),
                reason: form.reason.clone().unwrap_or_default(),
                until: form.expires.to_string(),
                days_left: judged.days_left,
            };
            found = Some((ClauseWaiver { id: form.id.clone(), granted_by: by }, part));
        }
    }
    found
}

fn one(
    setting: &Setting<'_>,
    by: &ByRule<'_>,
    pack: &Pack,
    clause: &ClauseForm,
    unread: &looked::Unread,
) -> ClausePart {
    let full = format!("{}/{}", pack.form.pack, clause.id);
    let of_clause = |rule: &Rule| rule.info.clause.is_some_and(|at| setting.plan.clause_id(at) == full);
    let mut own = setting.plan.rules.iter().filter(|rule| of_clause(rule));
    let texts = own.all(|rule| rule.gathers.is_empty() && rule.on == [target::REPOSITORY]);
    let unread = unread.of_clause(texts);
    let on_day = case(setting, by, pack, clause, unread, setting.as_of);
    let mut decision = table::decide(&on_day);
    let then =
        setting.contract_date.map(|day| table::decide(&case(setting, by, pack, clause, unread, day)).verdict);
    let profile = &setting.profile.form;
    let standing = setting.profile.selection(&pack.form.pack).and_then(|one| one.standing);
    // A convention stays one whatever a profile says of the rest of its pack.
    let standing = standing.filter(|_| clause.standing.counts()).unwrap_or(clause.standing);
    let is_must = matches!(clause.level, Level::Must | Level::MustNot);
    let fresh = in_grace(setting, pack, clause);
    let binding = is_must && standing.counts() && profile.binding.contains(&standing) && !fresh;
    let mut places = Vec::new();
    let mut notes = BTreeMap::new();
    let mut explained = decision.verdict == Verdict::NotMet && !is_must;
    let mut any = false;
    let mut waiver = whole_waiver(setting, &full, &clause.source).map(|(_, part)| part);
    let mut help = None;
    // What refutes the clause is told before what only points somewhere.
    let refutes = |decides: Decides| matches!(decides, Decides::Both | Decides::Refutes);
    let rules = || setting.plan.rules.iter().enumerate();
    let in_order = rules()
        .filter(|(_, rule)| refutes(rule.decides))
        .chain(rules().filter(|(_, rule)| !refutes(rule.decides)));
    for (index, rule) in in_order {
        if rule.deprecated || rule.info.clause.is_none_or(|at| setting.plan.clause_id(at) != full) {
            continue;
        }
        let sorted = sort(setting, by, rule, setting.plan.rule_id(index));
        for (role, count) in sorted.notes {
            *notes.entry(role).or_default() += count;
        }
        for (_, finding) in sorted.counted {
            any = true;
            explained &= is_explained(&finding);
            help.get_or_insert_with(|| finding.hint.clone().unwrap_or_else(|| rule.info.help.clone()));
            if waiver.is_none() {
                waiver = waiver_of(&finding);
            }
            places.push(place(setting.report, &rule.info.id, &finding));
        }
    }
    // What is missing altogether has no place: the rule that misses it says what to do.
    if let Some(missing) = on_day.missing() {
        let rule = setting.plan.rules.iter().find(|rule| rule.id == missing && of_clause(rule));
        help = rule.map(|rule| rule.info.help.clone()).or(help);
        if let Some(rule) = rule {
            places.insert(0, nowhere(&rule.info.id, &decision.reason));
        }
    }
    let mend_by = (decision.verdict == Verdict::NotMet && !explained)
        .then(|| profile.mend.and_then(|mend| mend.by(binding, is_must, setting.clock)))
        .flatten();
    // What is truly optional cannot be failed.
    if fresh {
        decision
            .reason
            .push_str(" (new in this version of the pack: it does not bind while the profile's grace lasts)");
    }
    let counts = standing.counts() && clause.level != Level::May;
    let wanted = wanted(clause, &decision);
    let Decision { verdict, row, reason, question, places: looked_at, steps, .. } = decision;
    ClausePart {
        clause: full,
        source: clause.source.clone(),
        title: clause.title.clone(),
        level: clause.level,
        standing,
        certainty: clause.certainty,
        addressee: clause.addressee,
        binding,
        counts,
        urgent: clause.urgent,
        verdict,
        then,
        row,
        reason,
        explained: explained && any,
        exempt: on_day.exempt.is_some() && row == table::Row::Exempt,
        question,
        looked_at,
        places,
        notes,
        waiver,
        wanted,
        mend_by,
        help,
        ask: ask(setting, pack, clause),
        url: clause.url.clone(),
        steps,
    }
}

/// Whether a new version of the pack brought or tightened the clause, and the profile's grace lasts.
fn in_grace(setting: &Setting<'_>, pack: &Pack, clause: &ClauseForm) -> bool {
    setting.profile.form.grace.is_some_and(|grace| {
        let on_day = severity_during_grace(Severity::Error, &clause.id, &pack.changes, setting.clock, grace);
        on_day < Severity::Error
    })
}

/// What record would decide it.
fn wanted(clause: &ClauseForm, decision: &Decision) -> Option<String> {
    (decision.verdict == Verdict::NeedsEvidence).then(|| match &clause.evidence {
        Some(form) => {
            let shows = form.shows.as_ref().map_or_else(String::new, |shows| format!(" that shows {shows}"));
            let every = form
                .renew_every
                .as_ref()
                .map_or_else(String::new, |every| format!(", renewed every {every}"));
            let article = if form.kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            format!("{article} {}{shows}{every}", form.kind)
        }
        None => clause.residue.as_ref().map_or_else(
            || "a declaration that it is met".to_owned(),
            |residue| format!("a declaration on what the rules cannot see: {residue}"),
        ),
    })
}

fn ask(setting: &Setting<'_>, pack: &Pack, clause: &ClauseForm) -> String {
    clause.ask.clone().unwrap_or_else(|| {
        let id = &pack.form.standard.authority;
        setting.authorities.authorities.get(id).map_or_else(|| id.clone(), |authority| authority.name.clone())
    })
}

/// A should that is not met is explained by a comment beside it, or by whoever asked for a waiver.
fn is_explained(finding: &Finding) -> bool {
    matches!(finding.outcome, Outcome::Suppressed(_) | Outcome::Requested(_) | Outcome::Waived(_))
}

fn waiver_of(finding: &Finding) -> Option<WaiverPart> {
    let (state, why) = match &finding.outcome {
        Outcome::Waived(why) => ("granted", why),
        Outcome::Requested(why) => ("requested", why),
        _ => return None,
    };
    Some(WaiverPart {
        id: why.id.clone()?,
        state,
        by: why.by.clone(),
        reason: why.reason.clone(),
        until: why.until.clone().unwrap_or_default(),
        days_left: why.days_left.unwrap_or_default(),
    })
}

/// What is missing altogether, as a place: the system as a whole.
fn nowhere(rule: &str, message: &str) -> PlacePart {
    PlacePart {
        rule: rule.to_owned(),
        file: ".".to_owned(),
        line: 1,
        column: 1,
        message: message.to_owned(),
        outcome: Outcome::Open.name(),
        fingerprint: fingerprint(rule, ".", "", 0),
    }
}

pub(super) fn place(report: &Report, rule: &str, finding: &Finding) -> PlacePart {
    let file = finding.primary.file.map(|file| report.file(file));
    let position =
        file.and_then(|file| file.text.as_ref()).map(|text| text.position(finding.primary.span.start));
    PlacePart {
        rule: rule.to_owned(),
        file: file.map_or_else(|| ".".to_owned(), |file| file.path.clone()),
        line: position.as_ref().map_or(1, |position| position.line),
        column: position.as_ref().map_or(1, |position| position.column),
        message: finding.message.clone(),
        outcome: finding.outcome.name(),
        fingerprint: finding.fingerprint.clone(),
    }
}
