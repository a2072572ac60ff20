//! Bodies that are named as today's publisher, contact or owner and are no longer. Copyright lines,
//! changelogs, citations and addresses still in service tell history and are left alone.

use super::AuthorityPart;
use crate::engine::Report;
use crate::finding::FileId;
use crate::standard::{Authorities, Authority, Date};
use crate::verdict::roles::Roles;
use crate::workspace::Workspace;

/// A name that a dissolved body went by, who took over, and when.
struct Gone<'a> {
    names: Vec<&'a str>,
    successor: &'a str,
    on: Option<Date>,
}

fn gone(register: &Authorities, clock: Date) -> Vec<Gone<'_>> {
    let mut found = Vec::new();
    for successor in register.authorities.values() {
        for succession in &successor.predecessors {
            let Some(body) = register.authorities.get(&succession.authority) else { continue };
            let day = succession.on.or_else(|| body.until.map(|until| until.plus_days(1)));
            if day.is_some_and(|day| day <= clock) {
                found.push(Gone { names: names(body), successor: &successor.name, on: day });
            }
        }
    }
    found
}

/// Names long enough not to be found in other words.
fn names(body: &Authority) -> Vec<&str> {
    std::iter::once(body.name.as_str())
        .chain(body.also.iter().map(String::as_str))
        .filter(|name| name.len() > 3)
        .collect()
}

/// Finds them, as far as documents say who is responsible today.
pub(super) fn find(
    register: &Authorities,
    clock: Date,
    workspace: &Workspace,
    report: &Report,
    roles: &Roles,
) -> Vec<AuthorityPart> {
    let gone = gone(register, clock);
    let mut found = Vec::new();
    let mut look = |text: &str, place: String, as_what: &str| {
        for body in &gone {
            if let Some(name) = body.names.iter().find(|name| has(text, name)) {
                found.push(AuthorityPart {
                    name: (*name).to_owned(),
                    place: place.clone(),
                    as_what: as_what.to_owned(),
                    successor: body.successor.to_owned(),
                    on: body.on,
                });
            }
        }
    };
    for description in &report.descriptions {
        let id = FileId(description.file);
        if let (true, Some((name, span))) = (roles.counts(Some(id)), &description.contact) {
            let path = &report.file(id).path;
            let line = workspace.text(path).map_or(1, |text| text.position(span.start).line);
            look(name, format!("{path}:{line}"), "contact of the API");
        }
    }
    for (path, as_what) in [
        ("SECURITY.md", "contact for vulnerabilities"),
        (".github/SECURITY.md", "contact for vulnerabilities"),
        ("docs/SECURITY.md", "contact for vulnerabilities"),
    ] {
        let Ok(text) = workspace.text(path) else { continue };
        for (line, content) in text.as_str().lines().enumerate() {
            if !content.to_ascii_lowercase().contains("copyright") {
                look(content, format!("{path}:{}", line + 1), as_what);
            }
        }
    }
    if let Ok(text) = workspace.text("package.json") {
        for (line, content) in text.as_str().lines().enumerate() {
            if content.trim_start().starts_with("\"author\"") {
                look(content, format!("package.json:{}", line + 1), "author of the package");
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether a text names a body: as whole words, and not in an address.
fn has(text: &str, name: &str) -> bool {
    let bounded = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        let part_of_word = |char: Option<char>| {
            char.is_some_and(|char| char.is_alphanumeric() || matches!(char, '/' | '@' | '-' | '_'))
        };
        !part_of_word(before) && !part_of_word(after)
    };
    text.match_indices(name).any(|(at, _)| bounded(at))
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn names_stand_alone_and_not_in_addresses() {
        assert!(has("NHS Digital takes security seriously", "NHS Digital"));
        assert!(!has("https://example.org/NHSX/repo", "NHSX"));
        assert!(!has("NHSXyz", "NHSX"));
        assert!(has("Write to NHSX.", "NHSX"));
    }
}
