//! Bodies that a document names as today's publisher, contact or owner and that are no longer.
//! Copyright lines, changelogs, dated citations, identifiers and addresses still in service tell
//! history and are left alone: better one name missed than one finding that is none.

mod places;
mod prose;

use super::roles::Roles;
use crate::engine::{Note, Report};
use crate::finding::FileId;
use crate::standard::{Authorities, Authority, Date};
use crate::workspace::Workspace;
use assize_tree::text::{Problem, Span};
use rayon::prelude::*;
use std::collections::HashMap;

/// The rule of such a finding.
pub const RULE: &str = "dissolved-body";

/// A body that is no longer.
struct Gone<'a> {
    names: Vec<&'a str>,
    /// Who took its work over.
    successor: String,
    /// The day from which that is so.
    on: Date,
}

/// A place that names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The file.
    pub file: FileId,
    /// Where the name stands.
    pub span: Span,
    /// Where it stands again in the same file, as the same.
    pub again: Vec<Span>,
    /// The name as written.
    pub name: String,
    /// What the place names it as.
    pub as_what: &'static str,
    /// Who took its work over.
    pub successor: String,
    /// The day from which that is so.
    pub on: Date,
}

/// The bodies that are gone on a day. One that is only to go, or whose day nobody knows, is not.
fn gone(register: &Authorities, clock: Date) -> Vec<Gone<'_>> {
    let bodies = register.authorities.iter();
    bodies
        .filter_map(|(id, body)| {
            let heirs = heirs(register, id, clock);
            let on = heirs.iter().map(|(_, day)| *day).min()?;
            let mut names: Vec<&str> = Vec::new();
            for (heir, _) in &heirs {
                let today = today(register, heir, clock);
                if !names.contains(&today) {
                    names.push(today);
                }
            }
            Some(Gone { names: names_of(body), successor: names.join(" and "), on })
        })
        .collect()
}

/// Who took over a body's work by a day, and when: several where it was split.
fn heirs<'a>(register: &'a Authorities, id: &str, clock: Date) -> Vec<(&'a str, Date)> {
    let body = register.authorities.get(id);
    let mut found = Vec::new();
    for (heir, authority) in &register.authorities {
        for succession in authority.predecessors.iter().filter(|one| one.authority == id) {
            let until = body.and_then(|body| body.until).map(|until| until.plus_days(1));
            if let Some(day) = succession.on.or(until).filter(|day| *day <= clock) {
                found.push((heir.as_str(), day));
            }
        }
    }
    // A body that lives on after it gave some of its work away is not gone.
    let lives = body.is_some_and(|body| body.until.is_some_and(|until| until >= clock));
    if lives { Vec::new() } else { found }
}

/// The name of whoever does a body's work on a day: its heir may have heirs.
fn today<'a>(register: &'a Authorities, id: &'a str, clock: Date) -> &'a str {
    let mut id = id;
    for _ in 0..register.authorities.len() {
        match heirs(register, id, clock).as_slice() {
            [(heir, _)] => id = heir,
            _ => break,
        }
    }
    register.authorities.get(id).map_or(id, |authority| authority.name.as_str())
}

/// Names long enough not to be found in other words.
fn names_of(body: &Authority) -> Vec<&str> {
    std::iter::once(body.name.as_str())
        .chain(body.also.iter().map(String::as_str))
        .filter(|name| name.len() > 3)
        .collect()
}

/// Finds them, in order of files and places: of one file each name once for what it is named as.
#[must_use]
pub fn find(
    register: &Authorities,
    clock: Date,
    workspace: &Workspace,
    report: &Report,
    roles: &Roles,
) -> Vec<Named> {
    let gone = gone(register, clock);
    if gone.is_empty() {
        return Vec::new();
    }
    let contacts: HashMap<u32, &(String, Span)> =
        report.descriptions.iter().filter_map(|one| Some((one.file, one.contact.as_ref()?))).collect();
    let described: std::collections::HashSet<u32> = report.descriptions.iter().map(|one| one.file).collect();
    let mut found: Vec<Named> = workspace
        .entries()
        .par_iter()
        .enumerate()
        .filter(|(at, entry)| entry.skip.is_none() && entry.size > 0 && !workspace.is_left_out(*at))
        .filter_map(|(at, entry)| {
            let file = FileId::of_index(at);
            let target = report.files.get(at).and_then(|file| file.target.as_deref());
            let kind = places::kind(&entry.path, described.contains(&file.0), target)?;
            if !roles.counts(Some(file)) || places::is_history(&entry.path) {
                return None;
            }
            let text = workspace.text(&entry.path).ok()?;
            let source = text.as_str();
            let finders: Vec<&Gone<'_>> = gone.iter().filter(|body| body.is_in(source)).collect();
            if finders.is_empty() {
                return None;
            }
            let spots = places::look(kind, &text, contacts.get(&file.0).copied(), workspace.limits());
            Some(spots.into_iter().flat_map(|spot| named(&spot, source, file, &finders)).collect::<Vec<_>>())
        })
        .flatten()
        .collect();
    found.sort_by_key(|one| (one.file, one.span.start));
    let mut told: Vec<Named> = Vec::new();
    for one in found {
        let same = |other: &&mut Named| {
            (other.file, &other.name, other.as_what) == (one.file, &one.name, one.as_what)
        };
        match told.iter_mut().rev().find(same) {
            Some(first) => first.again.push(one.span),
            None => told.push(one),
        }
    }
    told
}

impl Gone<'_> {
    fn is_in(&self, text: &str) -> bool {
        self.names.iter().any(|name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some())
    }
}

/// The bodies that a spot names.
fn named(spot: &places::Spot, source: &str, file: FileId, gone: &[&Gone<'_>]) -> Vec<Named> {
    let within = spot.span.start as usize..spot.span.end as usize;
    let Some(text) = source.get(within) else { return Vec::new() };
    let mut found = Vec::new();
    for body in gone {
        for name in &body.names {
            for (at, as_what) in prose::names(text, name, spot.as_what) {
                let start = spot.span.start + at as u32;
                found.push(Named {
                    file,
                    span: Span { start, end: start + name.len() as u32 },
                    again: Vec::new(),
                    name: (*name).to_owned(),
                    as_what,
                    successor: body.successor.clone(),
                    on: body.on,
                });
            }
        }
    }
    found
}

/// Each as a finding.
#[must_use]
pub fn notes(named: &[Named]) -> Vec<Note> {
    let note = |one: &Named| {
        let message = format!(
            "\"{}\" is named as {}, and is no longer: {} took its work over on {}.",
            one.name, one.as_what, one.successor, one.on
        );
        let problem = Problem::new(RULE, one.span, message);
        let problem = one.again.iter().fold(problem, |problem, span| problem.related(*span, "again here"));
        let problem = problem.hint(format!("Name {}, or whoever answers for it now.", one.successor));
        Note { file: Some(one.file), problem, pointer: format!("/{}/{}", one.as_what, one.name) }
    };
    named.iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::{gone, today};
    use crate::standard::Authorities;

    fn register(text: &str) -> Authorities {
        serde_json::from_str(text).unwrap()
    }

    fn told(register: &Authorities, day: &str) -> Vec<String> {
        let day = day.parse().unwrap();
        gone(register, day)
            .iter()
            .map(|body| format!("{} {} {}", body.names[0], body.successor, body.on))
            .collect()
    }

    #[test]
    fn successions_are_followed_split_and_waited_for() {
        let register = register(
            r#"{"authorities": {
                "old": {"name": "Old Body", "country": "gb", "until": "2020-12-31"},
                "mid": {"name": "Mid Body", "country": "gb", "until": "2023-01-31", "predecessors": [{"authority": "old"}]},
                "new": {"name": "New Body", "country": "gb", "predecessors": [{"authority": "mid", "on": "2023-02-01"}]},
                "far": {"name": "Far Body", "country": "gb", "predecessors": [{"authority": "mid", "on": "2023-02-01"}],
                        "announced": [{"authority": "new", "note": "a bill"}]},
                "part": {"name": "Part Body", "country": "gb", "predecessors": [{"authority": "new"}]}}}"#,
        );
        assert_eq!(told(&register, "2020-12-31"), [""; 0]);
        assert_eq!(told(&register, "2021-01-01"), ["Old Body Mid Body 2021-01-01"]);
        // Split: both are named. What is only announced, or has no day, has not happened.
        assert_eq!(
            told(&register, "2023-02-01"),
            ["Mid Body Far Body and New Body 2023-02-01", "Old Body Mid Body 2021-01-01"]
        );
        assert_eq!(today(&register, "new", "2026-01-01".parse().unwrap()), "New Body");
    }

    #[test]
    fn a_circle_of_heirs_ends() {
        let register = register(
            r#"{"authorities": {
                "a": {"name": "Body A", "country": "gb", "predecessors": [{"authority": "b", "on": "2020-01-01"}]},
                "b": {"name": "Body B", "country": "gb", "predecessors": [{"authority": "a", "on": "2021-01-01"}]}}}"#,
        );
        assert_eq!(told(&register, "2022-01-01").len(), 2);
    }
}
