//! Which records hold on a day. Pure: texts, dates and a way to ask for a file's digest in, states
//! and problems out.

use super::form::{Grade, Outcome, Record, read};
use crate::standard::{Date, Level, Standing, Term};
use crate::verdict::{Known, Reach};
use assize_tree::text::{Problem, Text};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// By what records are judged.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The day.
    pub clock: Date,
    /// Roles that may sign records off; any where empty.
    pub roles: &'a [String],
    /// The release that is judged, where it is named.
    pub release: Option<&'a str>,
}

/// What a clause wants of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Full id of the clause.
    pub id: String,
    /// Its id at its source.
    pub source: String,
    /// The demand in a sentence.
    pub title: String,
    /// How strongly it demands.
    pub level: Level,
    /// Why it binds.
    pub standing: Standing,
    /// What kind of record, where the pack says.
    pub kind: Option<String>,
    /// What it must show.
    pub shows: Option<String>,
    /// How long a record is good for.
    pub renew_every: Option<Term>,
}

/// A record with what became of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Path of its file.
    pub path: String,
    /// The record.
    pub record: Record,
    /// Full id of its clause, where there is such a clause.
    pub clause: Option<String>,
    /// Whether nothing is wrong with it.
    pub holds: bool,
    /// The last day it holds: its own, or that of the clause's term.
    pub until: Date,
}

/// All records of a system, judged.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Each record whose form is right.
    pub records: Vec<Judged>,
    /// What is wrong, with the path of the file.
    pub problems: Vec<(String, Problem)>,
}

impl Ledger {
    /// Judges records. `digest` gives the SHA-256 of a file of the judged folder.
    #[must_use]
    pub fn judge(
        files: &[(String, Arc<Text>)],
        terms: Terms<'_>,
        known: &Known<'_>,
        digest: &dyn Fn(&str) -> Result<String, String>,
    ) -> Self {
        let mut ledger = Self::default();
        // Many records may rest on one large file: it is read once.
        let digests: RefCell<HashMap<String, Result<String, String>>> = RefCell::default();
        let digest =
            |file: &str| digests.borrow_mut().entry(file.to_owned()).or_insert_with(|| digest(file)).clone();
        for (path, text) in files {
            match read(text) {
                Err(problems) => {
                    ledger.problems.extend(problems.into_iter().map(|problem| (path.clone(), problem)));
                }
                Ok(record) => {
                    let mut found = Vec::new();
                    let need = known.need(&record.form.clause);
                    let until = check(&record, need.as_ref(), terms, known, &digest, &mut found);
                    let holds = found.is_empty();
                    ledger.problems.extend(found.into_iter().map(|problem| (path.clone(), problem)));
                    let clause = need.map(|need| need.id);
                    ledger.records.push(Judged { path: path.clone(), record, clause, holds, until });
                }
            }
        }
        ledger
    }

    /// The valid record that decides a clause: one that says it is not met before any other, then the
    /// one of the best grade, then the one that holds longest.
    #[must_use]
    pub fn of_clause(&self, id: &str) -> Option<&Judged> {
        self.records.iter().filter(|judged| judged.holds && judged.clause.as_deref() == Some(id)).max_by_key(
            |judged| {
                let form = &judged.record.form;
                (form.outcome == Outcome::NotMet, form.grade, judged.until, std::cmp::Reverse(&judged.path))
            },
        )
    }
}

/// What is wrong with a record, and the last day it holds.
fn check(
    record: &Record,
    need: Option<&Need>,
    terms: Terms<'_>,
    known: &Known<'_>,
    digest: &dyn Fn(&str) -> Result<String, String>,
    problems: &mut Vec<Problem>,
) -> Date {
    let form = &record.form;
    let mut wrong = |code: &'static str, member: &str, message: String, hint: &str| {
        problems.push(Problem::new(code, record.place(member), message).hint(hint));
    };
    if need.is_none() {
        let hint = match known.reach(&form.clause, true) {
            Reach::Unknown(Some(near)) => format!("Did you mean \"{near}\"?"),
            _ => "`assize evidence wanted` lists the clauses that need a record.".to_owned(),
        };
        wrong("evidence-unknown", "clause", format!("There is no clause \"{}\".", form.clause), &hint);
    }
    if let [_, first, second, ..] = known.ids(&form.clause, true).as_slice() {
        wrong(
            "evidence-unknown",
            "clause",
            format!("There are several clauses of the id \"{}\" at their sources.", form.clause),
            &format!("Name it in full: {first} or {second}."),
        );
    }
    if !terms.roles.is_empty()
        && !terms.roles.iter().any(|role| role.eq_ignore_ascii_case(&form.signed_off_by))
    {
        wrong(
            "evidence-role",
            "signed-off-by",
            format!("\"{}\" is no role that may sign a record off.", form.signed_off_by),
            &format!("Roles: {}.", terms.roles.join(", ")),
        );
    }
    if let (Some(wanted), Some(release)) = (terms.release, &form.release)
        && wanted != release
    {
        wrong(
            "evidence-release",
            "release",
            format!("The record speaks of release {release}, and {wanted} is judged."),
            "Have a record for this release.",
        );
    }
    let mut until = form.expires;
    if let Some(term) = need.and_then(|need| need.renew_every) {
        until = until.min(term.after(form.issued));
    }
    if form.issued > terms.clock {
        wrong(
            "evidence-age",
            "issued",
            format!("The record is of a day to come ({}).", form.issued),
            "Correct the day it was issued.",
        );
    } else if until < terms.clock {
        let why = match need.and_then(|need| need.renew_every).filter(|_| until < form.expires) {
            Some(term) => format!("the clause wants a new one every {term}"),
            None => "its last day is past".to_owned(),
        };
        wrong(
            "evidence-age",
            "expires",
            format!("The record was good until {until}: {why}."),
            "Supply a new one.",
        );
    }
    if let (Some(file), Some(hash)) = (&form.file, &form.sha256) {
        match digest(file) {
            Ok(found) if found.eq_ignore_ascii_case(hash) => {}
            Ok(_) => wrong(
                "evidence-hash",
                "sha256",
                format!("{file} is not the document that the record speaks of: its SHA-256 is another."),
                "Supply that document, or have the record signed off anew for this one.",
            ),
            Err(why) => wrong(
                "evidence-hash",
                "file",
                format!("{file} cannot be held against its digest: {why}."),
                "Put the document where the record says.",
            ),
        }
    }
    let (borne_out, wants) = match form.grade {
        Grade::SelfDeclared => (true, ""),
        Grade::Hashed => (form.sha256.is_some(), "sha256"),
        Grade::ThirdParty => (form.issued_by.as_ref().is_some_and(|by| !by.trim().is_empty()), "issued-by"),
    };
    if !borne_out {
        wrong(
            "evidence-grade",
            "grade",
            format!("The record claims to be {}, but has no \"{wants}\".", form.grade.name()),
            "Name it, or claim no more than the record bears out.",
        );
    }
    until
}

/// A clause that needs a record, and why what is there does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it wants.
    pub need: Need,
    /// Records that are there and do not hold, by path.
    pub there: Vec<String>,
}

/// Of clauses that need a record, those that have none that holds. Which clauses need one is for the
/// statement to say; what is bound by law comes first.
#[must_use]
pub fn wanted(needs: Vec<Need>, ledger: &Ledger) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = needs
        .into_iter()
        .filter(|need| ledger.of_clause(&need.id).is_none())
        .map(|need| {
            let of = |judged: &&Judged| judged.clause.as_deref() == Some(need.id.as_str());
            let there = ledger.records.iter().filter(of).map(|judged| judged.path.clone()).collect();
            Wanted { there, need }
        })
        .collect();
    wanted.sort_by(|a, b| {
        (a.need.standing, a.need.level, &a.need.id).cmp(&(b.need.standing, b.need.level, &b.need.id))
    });
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Plan;
    use crate::pack::embedded;

    #[test]
    fn of_several_records_the_one_against_counts_first() {
        let pack = embedded::load("uk/nhs-number").unwrap().unwrap();
        let plan = Plan::new(vec![pack], embedded::authorities()).unwrap();
        let known = Known::new(&plan);
        let record = |name: &str, outcome: &str, grade: &str, until: &str| {
            let text = format!(
                "clause: NHSNO-03\nstatement: a\noutcome: {outcome}\nfile: a.pdf\nsha256: {}\nissued: 2026-01-01\nexpires: {until}\nsigned-off-by: a\nissued-by: b\ngrade: {grade}\n",
                "0".repeat(64)
            );
            (format!("evidence/{name}.yaml"), Arc::new(Text::from(text)))
        };
        let mut files = vec![record("a", "met", "hashed", "2026-12-31")];
        let decides = |files: &[(String, Arc<Text>)]| {
            let terms = Terms { clock: "2026-03-01".parse().unwrap(), roles: &[], release: None };
            let digest = |_: &str| Ok("0".repeat(64));
            let ledger = Ledger::judge(files, terms, &known, &digest);
            assert_eq!(
                wanted(known.needs(), &ledger).iter().filter(|one| one.need.source == "NHSNO-03").count(),
                0
            );
            ledger.of_clause("uk/nhs-number/display").map(|judged| judged.path.clone()).unwrap()
        };
        assert_eq!(decides(&files), "evidence/a.yaml");
        files.push(record("b", "met", "hashed", "2027-12-31"));
        assert_eq!(decides(&files), "evidence/b.yaml");
        files.push(record("c", "met", "third-party", "2026-06-30"));
        assert_eq!(decides(&files), "evidence/c.yaml");
        files.push(record("d", "not-met", "self-declared", "2026-03-01"));
        assert_eq!(decides(&files), "evidence/d.yaml");
        files.pop();
        files.push(record("d", "not-met", "self-declared", "2026-02-28"));
        assert_eq!(decides(&files), "evidence/c.yaml", "one that is over decides nothing");
    }
}
