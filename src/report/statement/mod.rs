//! The formats of a statement of conformance.

pub mod cyclonedx;
pub mod in_toto;
pub mod json;
pub mod markdown;
pub mod oscal;
pub mod terminal;

use super::escape::inline;
use crate::standard::Level;
use crate::verdict::statement::{ClausePart, PlacePart, Statement};
use crate::verdict::table::Verdict;

/// A heading of a statement and the clauses under it.
struct Section {
    heading: &'static str,
    holds: fn(&ClausePart) -> bool,
}

/// The sections, in order; each clause stands in the first one that takes it.
const SECTIONS: [Section; 8] = [
    Section {
        heading: "NOT MET",
        holds: |clause| clause.counts && clause.verdict == Verdict::NotMet && !clause.explained,
    },
    Section {
        heading: "UNKNOWN (not skipped)",
        holds: |clause| clause.counts && clause.verdict == Verdict::Unknown,
    },
    Section {
        heading: "NEEDS EVIDENCE (no program can tell, or not all of it)",
        holds: |clause| clause.counts && clause.verdict == Verdict::NeedsEvidence,
    },
    Section { heading: "WAIVED", holds: |clause| clause.verdict == Verdict::Waived },
    Section {
        heading: "EXPLAINED (a should departed from with a reason)",
        holds: |clause| clause.counts && clause.explained,
    },
    Section { heading: "MET", holds: |clause| clause.counts && clause.verdict == Verdict::Met },
    Section { heading: "EXEMPT OR NOT DEMANDED (by the profile)", holds: |clause| clause.exempt },
    Section { heading: "NOT APPLICABLE", holds: |clause| clause.verdict == Verdict::NotApplicable },
];

/// The heading of clauses that never count.
const CONVENTIONS: &str = "DRAFTS AND CONVENTIONS (they never count)";

/// Clauses by section.
fn sections(clauses: &[ClausePart]) -> Vec<(&'static str, Vec<&ClausePart>)> {
    let mut found: Vec<(&'static str, Vec<&ClausePart>)> =
        SECTIONS.iter().map(|section| (section.heading, Vec::new())).collect();
    let mut rest = Vec::new();
    for clause in clauses {
        match SECTIONS.iter().position(|section| (section.holds)(clause)) {
            Some(at) => found[at].1.push(clause),
            None => rest.push(clause),
        }
    }
    found.push((CONVENTIONS, rest));
    found.retain(|(_, clauses)| !clauses.is_empty());
    found
}

fn level(level: Level) -> &'static str {
    level.name()
}

/// Places that say the same stand together: one finding with many places.
struct Group<'a> {
    message: &'a str,
    places: Vec<&'a PlacePart>,
}

fn groups(places: &[PlacePart]) -> Vec<Group<'_>> {
    let mut found: Vec<Group<'_>> = Vec::new();
    for place in places {
        match found
            .iter_mut()
            .find(|group| group.message == place.message && group.places[0].rule == place.rule)
        {
            Some(group) => group.places.push(place),
            None => found.push(Group { message: &place.message, places: vec![place] }),
        }
    }
    found
}

/// `a.yml:13,18,37  b.yml:4 and 3 more`.
fn shown(places: &[&PlacePart], most: usize) -> String {
    let mut files: Vec<(&str, Vec<u32>)> = Vec::new();
    for place in places.iter().filter(|place| place.file != ".") {
        match files.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, lines)) => lines.push(place.line),
            None => files.push((&place.file, vec![place.line])),
        }
    }
    let one = |(file, lines): &(&str, Vec<u32>)| {
        let mut lines: Vec<String> = lines.iter().map(u32::to_string).collect();
        lines.dedup();
        let more = lines.len().saturating_sub(6);
        lines.truncate(6);
        let more = if more > 0 { format!("+{more}") } else { String::new() };
        format!("{}:{}{more}", crate::report::escape::inline(file), lines.join(","))
    };
    let mut text = files.iter().take(most).map(one).collect::<Vec<_>>().join("  ");
    if files.len() > most {
        text.push_str(&format!("  and {} more files", files.len() - most));
    }
    text
}

/// The moment of a statement: days are all that it knows.
fn stamp(statement: &Statement) -> String {
    format!("{}T00:00:00Z", statement.identity.clock)
}

/// What was looked at and what was found there, in a sentence or two.
fn checked_places(clause: &ClausePart) -> String {
    const PLACES: usize = 20;
    let mut told = format!("{} places looked at.", clause.looked_at);
    for place in clause.places.iter().take(PLACES) {
        let (file, message) = (inline(&place.file), inline(&place.message));
        let at = match place.file.as_str() {
            "." => "The repository as a whole".to_owned(),
            _ => format!("{file}:{}:{}", place.line, place.column),
        };
        told.push_str(&format!(" {at}: {message}"));
    }
    if clause.places.len() > PLACES {
        told.push_str(&format!(" And {} more.", clause.places.len() - PLACES));
    }
    told
}

/// Clauses of one verdict that have the same reason stand together.
fn by_reason<'a>(clauses: &[&'a ClausePart]) -> Vec<(String, Vec<&'a ClausePart>)> {
    let mut found: Vec<(String, Vec<&ClausePart>)> = Vec::new();
    for &clause in clauses {
        match found.iter_mut().find(|(reason, _)| *reason == clause.reason) {
            Some((_, list)) => list.push(clause),
            None => found.push((clause.reason.clone(), vec![clause])),
        }
    }
    found
}

/// Lower-case findings elsewhere: `3 in tests, 1 in a superseded file`.
fn notes(clause: &ClausePart) -> String {
    let list: Vec<String> =
        clause.notes.iter().map(|(role, count)| format!("{count} in {role} files")).collect();
    list.join(", ")
}

#[cfg(test)]
mod tests {
    use super::shown;
    use crate::verdict::statement::PlacePart;

    #[test]
    fn places_of_a_file_share_its_name() {
        let place = |file: &str, line| PlacePart {
            rule: String::new(),
            file: file.to_owned(),
            line,
            column: 1,
            message: String::new(),
            outcome: "open",
            fingerprint: String::new(),
        };
        let places = [place("a", 1), place("a", 3), place("b", 2), place("c", 9), place(".", 1)];
        let places: Vec<&PlacePart> = places.iter().collect();
        assert_eq!(shown(&places, 2), "a:1,3  b:2  and 1 more files");
    }
}
