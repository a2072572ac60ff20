//! The decision table: from what is known of a clause to its verdict. Pure. The first row that fits
//! gives the verdict; each decision says which row that was and what led to it, because a verdict
//! that cannot be retraced does not hold in an argument.

pub mod logic;
mod part;

pub use part::{Part, PartFinding};

use crate::pack::form::{Covers, DecideForm, Empty};
use crate::standard::Truth;
use logic::Value;
use serde::{Deserialize, Serialize};

/// One clause's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is not met.
    NotMet,
    /// It could not be checked.
    Unknown,
    /// Only a record can show it.
    NeedsEvidence,
    /// It is not met, and that was accepted.
    Waived,
    /// It is met.
    Met,
    /// It does not apply.
    NotApplicable,
}

impl Verdict {
    /// As the JSON form writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotMet => "not-met",
            Self::Unknown => "unknown",
            Self::NeedsEvidence => "needs-evidence",
            Self::Waived => "waived",
            Self::Met => "met",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// The rows of the table, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Row {
    /// The edition is not in force on the day.
    NotInForce,
    /// The clause addresses somebody else.
    OtherAddressee,
    /// A fact it needs is false.
    FactFalse,
    /// A fact it needs is unknown, and the outcome would differ with it.
    FactUnknown,
    /// The profile's precedence exempts it.
    Exempt,
    /// Refuted, and every finding that refutes it is under a granted waiver.
    Waived,
    /// Refuted, or something demanded is absent although all places searched could be read.
    Refuted,
    /// A valid record says that it is not met.
    EvidenceAgainst,
    /// A part is unknown.
    PartUnknown,
    /// A rule could be written and none is.
    NoRuleYet,
    /// All parts hold, the rules cover the clause, and something was looked at.
    Proven,
    /// The rules cover part of the clause, or only indicate.
    PartCovered,
    /// A prohibition over the whole tree, nothing found, everything readable.
    NothingForbidden,
    /// There was nothing to look at, and the rules declare what that means.
    NothingToLookAt,
}

impl Row {
    /// The situation, for people.
    #[must_use]
    pub const fn situation(self) -> &'static str {
        match self {
            Self::NotInForce => "the edition is not in force on the day",
            Self::OtherAddressee => "the clause addresses somebody else",
            Self::FactFalse => "a fact it needs is false",
            Self::FactUnknown => "a fact it needs is unknown, and the outcome would differ with it",
            Self::Exempt => "the profile's precedence exempts it",
            Self::Waived => "refuted, and every open finding is under a granted waiver",
            Self::Refuted => {
                "refuted, or something demanded is absent although all places searched could be read"
            }
            Self::EvidenceAgainst => "a valid record says that it is not met",
            Self::PartUnknown => "a part is unknown",
            Self::NoRuleYet => "a rule could be written and none is",
            Self::Proven => "all parts hold, the rules cover the clause, and something was looked at",
            Self::PartCovered => "the rules cover part of the clause, or only indicate",
            Self::NothingForbidden => "a prohibition over the whole tree, nothing found, everything readable",
            Self::NothingToLookAt => "there was nothing to look at; the rules declare what that means",
        }
    }
}

/// A fact that a clause needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededFact {
    /// Its name.
    pub name: String,
    /// What it is.
    pub value: Truth,
    /// How that is known, or why it is not.
    pub how: String,
    /// What to answer where it is not known.
    pub question: String,
}

/// What the records of evidence say of a clause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EvidenceState {
    /// There is none.
    #[default]
    None,
    /// A valid one says that the clause is met.
    Met {
        /// Which record.
        record: String,
    },
    /// A valid one says that it is not.
    NotMet {
        /// Which record.
        record: String,
    },
    /// There is one, and it does not hold: expired, its file changed, signed off by nobody.
    Void {
        /// Why.
        why: String,
    },
}

/// A waiver of the clause as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseWaiver {
    /// Its id.
    pub id: String,
    /// Who granted it, in what role; `None` where nobody did.
    pub granted_by: Option<String>,
}

/// All that is known of a clause when its verdict is due.
#[derive(Clone, Debug, Default)]
pub struct Case<'a> {
    /// Why the edition is not in force on the day, where it is not.
    pub not_in_force: Option<String>,
    /// Why the clause addresses somebody else, where it does.
    pub other_addressee: Option<String>,
    /// The facts it needs.
    pub facts: Vec<NeededFact>,
    /// "exempted by ... because ...", where the profile's precedence exempts it.
    pub exempt: Option<String>,
    /// Its rules over what they looked at.
    pub parts: Vec<Part>,
    /// How they combine; all of them where nothing is declared.
    pub decide: Option<&'a DecideForm>,
    /// Whether passing them proves the clause.
    pub covers: Option<Covers>,
    /// It forbids something anywhere in the tree.
    pub prohibition: bool,
    /// What of the tree could not be read, where something could not.
    pub unread: Option<String>,
    /// Whether the pack says what record would decide it.
    pub wants_record: bool,
    /// What the rules cannot see.
    pub residue: Option<String>,
    /// What the records say.
    pub evidence: EvidenceState,
    /// A waiver of the clause as a whole.
    pub waiver: Option<ClauseWaiver>,
}

/// A verdict with what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// The row that gave it.
    pub row: Row,
    /// Why, as a sentence.
    pub reason: String,
    /// What to answer, supply or do, where that would decide it.
    pub question: Option<String>,
    /// Places that were looked at.
    pub places: u64,
    /// The waiver that accepts it, where one does.
    pub waiver: Option<String>,
    /// The derivation, step by step.
    pub steps: Vec<String>,
}

/// Gives the verdict on a case.
#[must_use]
pub fn decide(case: &Case<'_>) -> Decision {
    let mut steps = Vec::new();
    if let Some(why) = &case.not_in_force {
        return case.end(Verdict::NotApplicable, Row::NotInForce, why.clone(), steps);
    }
    steps.push("the edition is in force".to_owned());
    if let Some(why) = &case.other_addressee {
        return case.end(Verdict::NotApplicable, Row::OtherAddressee, why.clone(), steps);
    }
    for fact in &case.facts {
        steps.push(format!("fact {} is {} ({})", fact.name, fact.value.name(), fact.how));
    }
    if let Some(fact) = case.facts.iter().find(|fact| fact.value == Truth::False) {
        let reason = match fact.name.strip_prefix("not ") {
            Some(name) => format!("Not applicable: {name} is true ({}).", fact.how),
            None => format!("Not applicable: {} is false ({}).", fact.name, fact.how),
        };
        return case.end(Verdict::NotApplicable, Row::FactFalse, reason, steps);
    }
    let unknown = case.facts.iter().find(|fact| fact.value == Truth::Unknown);
    let with_facts = below_facts(case, steps.clone());
    // An unknown fact matters only where the clause would not be "not applicable" either way.
    if let Some(fact) = unknown
        && with_facts.verdict != Verdict::NotApplicable
    {
        steps.push(format!("were {} true, the verdict would be {}", fact.name, with_facts.verdict.name()));
        let name = fact.name.strip_prefix("not ").unwrap_or(&fact.name);
        let reason = format!("Whether it applies is not known: {name} is unknown ({}).", fact.how);
        let mut end = case.end(Verdict::Unknown, Row::FactUnknown, reason, steps);
        end.question = Some(fact.question.clone());
        return end;
    }
    with_facts
}

fn below_facts(case: &Case<'_>, mut steps: Vec<String>) -> Decision {
    if let Some(why) = &case.exempt {
        return case.end(Verdict::NotApplicable, Row::Exempt, why.clone(), steps);
    }
    let value = case.value(&mut steps);
    if let Some(ClauseWaiver { id, granted_by: Some(by) }) = &case.waiver
        && !(value == Value::Holds && case.covers == Some(Covers::Whole))
    {
        let reason = format!("Waived as a whole by {id}, granted by {by}.");
        let mut end = case.end(Verdict::Waived, Row::Waived, reason, steps);
        end.waiver = Some(id.clone());
        return end;
    }
    if value == Value::Fails {
        return refuted(case, steps);
    }
    if let EvidenceState::NotMet { record } = &case.evidence {
        let reason = format!("The record {record} says that it is not met.");
        return case.end(Verdict::NotMet, Row::EvidenceAgainst, reason, steps);
    }
    match &case.evidence {
        EvidenceState::Void { why } => steps.push(format!("a record does not hold: {why}")),
        EvidenceState::Met { record } => steps.push(format!("the record {record} says that it is met")),
        _ => {}
    }
    let record = match &case.evidence {
        EvidenceState::Met { record } => Some(record.as_str()),
        _ => None,
    };
    // A question to a person is answered by a record; a file that cannot be read is not.
    let answered = record.is_some() && case.parts.iter().all(|part| !part.is_unknown() || part.asks());
    if value == Value::Unknown && !answered {
        return unknown(case, steps);
    }
    if case.prohibition
        && value != Value::Unknown
        && let Some(unread) = &case.unread
    {
        let reason = format!("Nothing forbidden was found, but {unread}.");
        return case.end(Verdict::Unknown, Row::PartUnknown, reason, steps);
    }
    if case.parts.is_empty() && !case.wants_record {
        let reason = "No rule yet: one could be written.".to_owned();
        return case.end(Verdict::Unknown, Row::NoRuleYet, reason, steps);
    }
    settled(case, value, record, steps)
}

fn counted(places: u64) -> String {
    if places == 1 { "1 place".to_owned() } else { format!("{places} places") }
}

/// The rows for a clause that is neither refuted nor unknown.
fn settled(case: &Case<'_>, value: Value, record: Option<&str>, steps: Vec<String>) -> Decision {
    let places = case.places();
    let nothing = !case.parts.is_empty() && case.parts.iter().all(Part::is_nothing);
    if nothing && case.parts.iter().all(Part::means_not_applicable) {
        let reason = "There is nothing in the tree that it is about.".to_owned();
        return case.end(Verdict::NotApplicable, Row::NothingToLookAt, reason, steps);
    }
    let whole = case.covers == Some(Covers::Whole);
    if value == Value::Holds && whole && places > 0 {
        let reason = format!("{} looked at, none against it.", counted(places));
        return case.end(Verdict::Met, Row::Proven, reason, steps);
    }
    if !whole || value == Value::Open {
        if let Some(record) = record {
            let reason = format!("The record {record} shows it, and no rule speaks against it.");
            return case.end(Verdict::Met, Row::PartCovered, reason, steps);
        }
        let mut end = case.end(Verdict::NeedsEvidence, Row::PartCovered, case.lacking(), steps);
        end.question = Some("supply a record: `assize evidence new CLAUSE`".to_owned());
        return end;
    }
    if case.prohibition {
        let reason =
            format!("{} looked at, nothing forbidden found, every file could be read.", counted(places));
        return case.end(Verdict::Met, Row::NothingForbidden, reason, steps);
    }
    if value == Value::Holds {
        let reason = "There was nothing to look at, which its rules count as met (0 places).".to_owned();
        return case.end(Verdict::Met, Row::NothingToLookAt, reason, steps);
    }
    // Guards that found nothing prove nothing by themselves.
    if let Some(record) = record {
        let reason = format!("The record {record} shows it, and no rule speaks against it.");
        return case.end(Verdict::Met, Row::PartCovered, reason, steps);
    }
    let reason = if places == 0 {
        "Nothing was found against it, because nothing was looked at.".to_owned()
    } else {
        "Nothing speaks against it, which does not prove it.".to_owned()
    };
    case.end(Verdict::NeedsEvidence, Row::PartCovered, reason, steps)
}

fn refuted(case: &Case<'_>, mut steps: Vec<String>) -> Decision {
    let against: Vec<&PartFinding> = case.against().collect();
    if !against.is_empty() && against.iter().all(|finding| finding.waived_by.is_some()) {
        let mut ids: Vec<&str> = against.iter().filter_map(|finding| finding.waived_by.as_deref()).collect();
        ids.sort_unstable();
        ids.dedup();
        let reason = format!("Every finding against it is waived ({}).", ids.join(", "));
        let mut end = case.end(Verdict::Waived, Row::Waived, reason, steps);
        end.waiver = ids.first().map(|id| (*id).to_owned());
        return end;
    }
    let open = against.iter().filter(|finding| finding.waived_by.is_none()).count();
    let asked = against.iter().filter(|finding| finding.requested).count();
    steps.push(format!("{open} of {} findings against it are open", against.len()));
    let mut reason = match case.parts.iter().find(|part| part.value() == Value::Fails) {
        Some(part) if against.is_empty() => part.why(),
        _ => {
            let first =
                against.iter().find(|finding| finding.waived_by.is_none()).map_or("", |f| f.message.as_str());
            if open > 1 { format!("{open} findings, the first: {first}") } else { first.to_owned() }
        }
    };
    if case.waiver.is_some() || asked > 0 {
        reason.push_str(" (waiver requested)");
    }
    case.end(Verdict::NotMet, Row::Refuted, reason, steps)
}

fn unknown(case: &Case<'_>, steps: Vec<String>) -> Decision {
    let mut parts = case.parts.iter().filter(|part| part.is_unknown());
    let first = parts.next();
    let reason = first.map_or_else(|| "A part of it could not be told.".to_owned(), Part::why);
    let mut end = case.end(Verdict::Unknown, Row::PartUnknown, reason, steps);
    end.question = first
        .filter(|part| part.asks())
        .map(|_| "answer it with a record: `assize evidence new CLAUSE`".to_owned());
    end
}

impl Case<'_> {
    /// The rule that refutes by what it did not find anywhere, where none refutes by a finding.
    pub fn missing(&self) -> Option<&str> {
        let part = self.parts.iter().find(|part| part.value() == Value::Fails)?;
        self.against().next().is_none().then_some(part.id.as_str())
    }

    /// What its parts come to together.
    fn value(&self, steps: &mut Vec<String>) -> Value {
        for part in &self.parts {
            steps.push(part.told());
        }
        let of_rule =
            |rule: &str| self.parts.iter().find(|part| part.id == rule).map_or(Value::Unknown, Part::value);
        let value = match self.decide {
            Some(decide) => logic::combine(decide, &of_rule),
            None => logic::all(&self.parts.iter().map(Part::value).collect::<Vec<_>>()),
        };
        if self.parts.len() > 1 || self.decide.is_some() {
            steps.push(format!("together: {value:?}").to_lowercase());
        }
        value
    }

    fn places(&self) -> u64 {
        self.parts.iter().map(|part| part.places).max().unwrap_or_default()
    }

    /// Findings of parts that refute.
    fn against(&self) -> impl Iterator<Item = &PartFinding> {
        self.parts.iter().filter(|part| part.value() == Value::Fails).flat_map(|part| &part.findings)
    }

    /// Why the rules do not settle it.
    fn lacking(&self) -> String {
        if self.parts.is_empty() {
            return match &self.evidence {
                EvidenceState::Void { why } => {
                    format!("A record is wanted; the one given does not hold: {why}.")
                }
                _ => "No program can tell: a record is wanted.".to_owned(),
            };
        }
        let spoke: Vec<String> = self
            .parts
            .iter()
            .filter(|part| !part.findings.is_empty())
            .map(|part| format!("{} points to {}", part.id, counted(part.findings.len() as u64)))
            .collect();
        // Of several parts, some with nothing to look at, a reader asks which.
        let seen = |part: &&Part| !part.is_nothing();
        let (some, none) =
            (self.parts.iter().filter(seen).count(), self.parts.iter().filter(|part| part.is_nothing()));
        let idle: Vec<&str> =
            none.filter(|part| part.empty != Empty::NotApplicable).map(|part| part.id.as_str()).collect();
        let said = match spoke.as_slice() {
            [] => format!("{} looked at, nothing against it", counted(self.places())),
            some => some.join("; "),
        };
        let said = if some > 0 && !idle.is_empty() {
            format!("{said}; {} had nothing to look at", idle.join(", "))
        } else {
            said
        };
        match &self.residue {
            Some(residue) => format!("{said}. {residue}"),
            None => format!("{said}. That only indicates."),
        }
    }

    fn end(&self, verdict: Verdict, row: Row, reason: String, mut steps: Vec<String>) -> Decision {
        steps.push(format!("{}: {}", row.situation(), verdict.name()));
        Decision { verdict, row, reason, question: None, places: self.places(), waiver: None, steps }
    }
}

#[cfg(test)]
mod tests;
