//! Which waivers hold on a day, and what they cover. Pure: texts, keys and dates in, states and
//! problems out.

use super::canonical::canonical;
use super::form::{Waiver, WaiverFile};
use crate::signature::{Fault, Key, verify};
use crate::standard::{Approver, Date, Term};
use crate::verdict::{Known, Reach};
use assize_tree::document::de::closest;
use assize_tree::text::{Problem, Text};
use std::sync::Arc;

/// A waiver that ends within so many days is spoken of.
const SOON: i64 = 30;

/// By what waivers are judged.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Who may grant. Where nobody is known, every waiver is a request.
    pub approvers: &'a [Approver],
    /// How long a waiver may last.
    pub longest: Option<Term>,
    /// The day.
    pub clock: Date,
    /// The system that is judged, where it is named.
    pub system: Option<&'a str>,
}

/// What became of a waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Granted {
        /// Who granted it: name, with the role where there is one.
        by: String,
    },
    /// It is asked for. A must stays not met.
    Requested {
        /// Why it is no more than that, where it carries a signature.
        why: Option<&'static str>,
    },
    /// Something is wrong with it, or its days are over: it is as if it were not there.
    Void,
}

/// A waiver with its state.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The waiver.
    pub waiver: Waiver,
    /// What became of it.
    pub state: State,
    /// Days left on the day of the run, that day not counted.
    pub days_left: i64,
}

/// A place that a waiver may cover.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Full id of the rule.
    pub rule: &'a str,
    /// Full id of its clause and the clause's id at its source.
    pub clause: Option<(&'a str, &'a str)>,
    /// Path of the file; `None` for the repository as a whole.
    pub file: Option<&'a str>,
    /// JSON pointer in the file.
    pub pointer: &'a str,
}

/// What covers a place: the index of a waiver in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing.
    None,
    /// A waiver that was asked for.
    Requested(usize),
    /// A granted one.
    Granted(usize),
}

/// All waivers of a system, judged.
#[derive(Clone, Debug)]
pub struct Register {
    /// The text of the file.
    pub text: Arc<Text>,
    /// Each waiver.
    pub waivers: Vec<Judged>,
    /// What is wrong, with the id of the waiver it is wrong with.
    pub problems: Vec<(String, Problem)>,
}

impl Register {
    /// Judges the waivers of a file.
    #[must_use]
    pub fn judge(file: WaiverFile, terms: Terms<'_>, known: &Known<'_>) -> Self {
        let keys: Vec<(usize, Key)> = terms
            .approvers
            .iter()
            .enumerate()
            .filter_map(|(at, approver)| Some((at, Key::parse(&approver.key).ok()?)))
            .collect();
        let mut problems: Vec<(String, Problem)> =
            file.problems.into_iter().map(|problem| (String::new(), problem)).collect();
        let waivers = file
            .waivers
            .into_iter()
            .map(|waiver| {
                let mut found = Vec::new();
                let state = state(&waiver, terms, &keys, known, &mut found);
                problems.extend(found.into_iter().map(|problem| (waiver.form.id.clone(), problem)));
                let days_left = terms.clock.days_until(waiver.form.expires);
                Judged { waiver, state, days_left }
            })
            .collect();
        Self { text: file.text, waivers, problems }
    }

    /// What covers a place; a granted waiver before one that is asked for.
    #[must_use]
    pub fn cover(&self, place: &Place<'_>) -> Cover {
        let mut cover = Cover::None;
        let fits = |judged: &Judged| judged.waiver.covers(place);
        for (at, judged) in self.waivers.iter().enumerate().filter(|(_, judged)| fits(judged)) {
            match judged.state {
                State::Granted { .. } => return Cover::Granted(at),
                State::Requested { .. } if cover == Cover::None => cover = Cover::Requested(at),
                State::Requested { .. } | State::Void => {}
            }
        }
        cover
    }

    /// The waiver of a whole clause, wherever in the system: a granted one before one that is asked
    /// for. For clauses that no rule decides.
    #[must_use]
    pub fn of_clause(&self, id: &str, source: &str) -> Option<&Judged> {
        let place = Place { rule: "", clause: Some((id, source)), file: None, pointer: "" };
        let mut found = None;
        for judged in self.waivers.iter().filter(|judged| {
            judged.waiver.is_everywhere() && about(&judged.waiver, &place) && judged.state != State::Void
        }) {
            if matches!(judged.state, State::Granted { .. }) {
                return Some(judged);
            }
            found = found.or(Some(judged));
        }
        found
    }

    /// The waiver of an id, whatever became of it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Judged> {
        self.waivers.iter().find(|judged| judged.waiver.form.id == id)
    }

    /// The facts that are declared and signed by an approver: name, value, and by whom under which id.
    /// A declaration for a system holds for that one alone, where systems go by names.
    #[must_use]
    pub fn declared(&self, system: Option<&str>) -> Vec<(String, bool, String)> {
        let mine = |form: &super::WaiverForm| match (form.system.as_deref(), system) {
            (Some(named), Some(system)) => named == system,
            _ => true,
        };
        self.waivers
            .iter()
            .filter(|judged| mine(&judged.waiver.form))
            .filter_map(|judged| {
                let State::Granted { by } = &judged.state else { return None };
                let (fact, value) = judged.waiver.declares()?;
                Some((fact.to_owned(), value, format!("{by} ({})", judged.waiver.form.id)))
            })
            .collect()
    }

    /// Waivers that cover nothing any more. `matched` says of each whether it covered something;
    /// `unsure` holds for rules that could not be checked everywhere.
    #[must_use]
    pub fn stale(
        &self,
        matched: &[bool],
        known: &Known<'_>,
        unsure: &dyn Fn(&Waiver) -> bool,
    ) -> Vec<(String, Problem)> {
        let idle = self.waivers.iter().zip(matched).filter(|(judged, matched)| {
            let (id, is_clause) = judged.waiver.subject();
            !**matched
                && judged.waiver.declares().is_none()
                && judged.state != State::Void
                && known.reach(id, is_clause) == Reach::Ran
                && !unsure(&judged.waiver)
        });
        idle.map(|(judged, _)| {
            let (id, _) = judged.waiver.subject();
            let form = &judged.waiver.form;
            let message = format!(
                "The waiver \"{}\" covers nothing any more: nothing of \"{id}\" is found in its scope.",
                form.id
            );
            let problem = Problem::new("waiver-stale", judged.waiver.span, message)
                .hint("Remove it, or correct its scope.");
            (form.id.clone(), problem)
        })
        .collect()
    }
}

impl Waiver {
    /// Whether a place is of its rule or clause and lies in its scope, whatever its state.
    #[must_use]
    pub fn covers(&self, place: &Place<'_>) -> bool {
        about(self, place) && self.reaches(place.file, place.pointer)
    }
}

/// Whether a waiver is about a place's rule or clause.
fn about(waiver: &Waiver, place: &Place<'_>) -> bool {
    if waiver.declares().is_some() {
        return false;
    }
    match waiver.subject() {
        (rule, false) => rule == place.rule,
        (clause, true) => {
            place.clause.is_some_and(|(id, source)| id == clause || source.eq_ignore_ascii_case(clause))
        }
    }
}

fn state(
    waiver: &Waiver,
    terms: Terms<'_>,
    keys: &[(usize, Key)],
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) -> State {
    let form = &waiver.form;
    let id = &form.id;
    let mut void = false;
    let mut wrong = |code: &'static str, member: &str, message: String, hint: &str| {
        void = true;
        problems.push(Problem::new(code, waiver.place(member), message).hint(hint));
    };
    let (subject, is_clause) = waiver.subject();
    if waiver.declares().is_some() {
        let facts = known.facts();
        if !facts.contains(&subject) {
            let near = closest(subject, facts.iter().copied());
            wrong(
                "waiver-unknown",
                "fact",
                format!("\"{id}\" declares the fact \"{subject}\", which there is not."),
                &near.map_or_else(
                    || "`assize facts` lists them.".to_owned(),
                    |near| format!("Did you mean \"{near}\"?"),
                ),
            );
        }
    } else if let Reach::Unknown(near) = known.reach(subject, is_clause) {
        let (what, member) = if is_clause { ("clause", "clause") } else { ("rule", "rule") };
        let hint = near.map_or_else(
            || "`assize standards PACK` lists a pack's clauses and rules.".to_owned(),
            |near| format!("Did you mean \"{near}\"?"),
        );
        wrong(
            "waiver-unknown",
            member,
            format!("The waiver \"{id}\" is for the {what} \"{subject}\", which there is not."),
            &hint,
        );
    }
    if let [_, first, second, ..] = known.ids(subject, is_clause).as_slice()
        && is_clause
    {
        wrong(
            "waiver-unknown",
            "clause",
            format!(
                "The waiver \"{id}\" is for the clause \"{subject}\", and there are several of that id at their sources."
            ),
            &format!("Name it in full: {first} or {second}."),
        );
    }
    if form.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        wrong(
            "waiver-reason",
            "reason",
            format!("The waiver \"{id}\" gives no reason."),
            "Say in `reason` why the clause cannot be met for now.",
        );
    }
    if let (Some(wanted), Some(system)) = (&form.system, terms.system)
        && wanted != system
    {
        wrong(
            "waiver-system",
            "system",
            format!("The waiver \"{id}\" is for the system \"{wanted}\", not for \"{system}\"."),
            "Ask for one for this system.",
        );
    }
    if let Some(longest) = terms.longest
        && form.expires > longest.after(form.issued)
    {
        let last = longest.after(form.issued);
        wrong(
            "waiver-term",
            "expires",
            format!(
                "The waiver \"{id}\" lasts longer than is allowed: {longest} from {} is {last}.",
                form.issued
            ),
            "Ask for a shorter one; it can be asked for again.",
        );
    }
    if form.expires < terms.clock {
        let days = form.expires.days_until(terms.clock);
        let ago = if days == 1 { "yesterday".to_owned() } else { format!("{days} days ago") };
        wrong(
            "waiver-expired",
            "expires",
            format!("The waiver \"{id}\" ended {ago} ({}): what it covered counts again.", form.expires),
            "Mend what it covers, or ask for a new one.",
        );
    } else if form.issued > terms.clock {
        wrong(
            "waiver-early",
            "issued",
            format!("The waiver \"{id}\" holds from {}; until then what it covers counts.", form.issued),
            "Nothing needs to be done if that day is right.",
        );
    }
    let grant = match grant(waiver, terms, keys, known) {
        Ok(grant) => grant,
        Err((message, hint)) => {
            wrong("waiver-signature", "granted", message, hint);
            State::Void
        }
    };
    if void {
        return State::Void;
    }
    let left = terms.clock.days_until(form.expires);
    if left <= SOON && matches!(grant, State::Granted { .. }) {
        let when = match left {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        };
        let message = format!("The waiver \"{id}\" ends {when} ({}).", form.expires);
        problems.push(
            Problem::new("waiver-ending", waiver.place("expires"), message)
                .hint("Mend what it covers by then, or ask for a new one in time."),
        );
    }
    grant
}

/// Who granted a waiver.
fn grant(
    waiver: &Waiver,
    terms: Terms<'_>,
    keys: &[(usize, Key)],
    known: &Known<'_>,
) -> Result<State, (String, &'static str)> {
    let form = &waiver.form;
    let id = &form.id;
    let Some(granted) = &form.granted else { return Ok(State::Requested { why: None }) };
    if terms.approvers.is_empty() {
        return Ok(State::Requested { why: Some("this run knows no approver whose key could be its own") });
    }
    let text = canonical(form);
    let at = verify(keys.iter().map(|(_, key)| key), text.as_bytes(), &granted.signature).map_err(|fault| match fault {
        Fault::Form => (
            format!("The signature of the waiver \"{id}\" is none of minisign's form."),
            "Paste all four lines of the .minisig file into `signature`, as a block (`signature: |`).",
        ),
        Fault::OtherKey => (
            format!("The waiver \"{id}\" is signed with a key that is none of the approvers'."),
            "Ask somebody on the list to grant it.",
        ),
        Fault::OtherText => (
            format!("The signature of the waiver \"{id}\" is for another text: the waiver or the signature was changed after it was granted."),
            "Undo the change, or have the waiver granted anew.",
        ),
    })?;
    let approver = &terms.approvers[keys[at].0];
    if approver.until.is_some_and(|until| form.issued > until) {
        return Err((
            format!(
                "The waiver \"{id}\" is signed by {}, who was on the list no longer when it was issued.",
                approver.name
            ),
            "Ask somebody on the list to grant it.",
        ));
    }
    let (subject, is_clause) = waiver.subject();
    let may = match waiver.declares() {
        Some((fact, _)) => approver.may_grant(&format!("facts/{fact}")),
        None => known.ids(subject, is_clause).iter().any(|id| approver.may_grant(id)),
    };
    if !may {
        return Err((
            format!(
                "The waiver \"{id}\" is signed by {}, who may not grant waivers for \"{subject}\".",
                approver.name
            ),
            "Ask somebody who may.",
        ));
    }
    let by = match &approver.role {
        Some(role) => format!("{} ({role})", approver.name),
        None => approver.name.clone(),
    };
    Ok(State::Granted { by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Plan;
    use crate::pack::embedded;

    fn register(text: &str) -> Register {
        let pack = embedded::load("uk/nhs-number").unwrap().unwrap();
        let plan = Plan::new(vec![pack], embedded::authorities()).unwrap();
        let terms =
            Terms { approvers: &[], longest: None, clock: "2026-03-01".parse().unwrap(), system: None };
        let file = super::super::read(Arc::new(Text::from(text.to_owned())));
        Register::judge(file, terms, &Known::new(&plan))
    }

    #[test]
    fn a_whole_clause_is_waived_by_a_waiver_without_a_scope_alone() {
        let entry = |id: &str, more: &str| {
            format!(
                "- {{id: {id}, clause: nhsno-03, reason: a, issued: 2026-01-01, expires: 2026-12-31{more}}}\n"
            )
        };
        let text = format!(
            "waivers:\n{}{}{}",
            entry("a", ", scope: {path: x}"),
            entry("b", ", system: other").replace("reason: a, ", ""),
            entry("c", "")
        );
        let register = register(&text);
        let found = register.of_clause("uk/nhs-number/display", "NHSNO-03").unwrap();
        assert_eq!(found.waiver.form.id, "c");
        assert_eq!(found.state, State::Requested { why: None });
        assert_eq!(found.days_left, 305);
        assert!(register.of_clause("uk/nhs-number/check-digit", "NHSNO-01").is_none());
        assert_eq!(register.problems.len(), 1);
    }
}
