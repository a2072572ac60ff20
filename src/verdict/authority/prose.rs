//! Names in running text: whether the words around one say that the body is somebody's contact,
//! owner or publisher today.

use assize_tree::pattern::Pattern;
use std::sync::LazyLock;

/// A line that holds one of these tells of another day, or of who holds the rights in a text.
static PAST: &str = r"/copyright|©|\(c\)|formerly|previously|\bthen\b|\bwas\b|\bwere\b|\bhad\b|\b(?:has|have) been\b|used to\b|merged|became|part of nhs england|succeeded|historic|archived|retired|decommission|supersede|deprecat|\b(?:19|20)\d\d\b/i";

/// Words before a name, up to it, and what it is named as.
static BEFORE: &[(&str, &str)] = &[
    (
        r"/^[\s*+|#_-]*(?:maintained by|maintainers?|managed by|operated by|run by)[\s*_]*[:|][\s*_\[]*(?:the )?$/i",
        "maintainer",
    ),
    (
        r"/^[\s*+|#_-]*(?:(?:product|service|business|data|api|repository) )?(?:owners?|owned by)[\s*_]*[:|][\s*_\[]*(?:the )?$/i",
        "owner",
    ),
    (r"/^[\s*+|#_-]*(?:publishers?|published by)[\s*_]*[:|][\s*_\[]*(?:the )?$/i", "publisher"),
    (r"/^[\s*+|#_-]*contacts?[\s*_]*[:|][\s*_\[]*(?:the )?$/i", "contact"),
    (
        r"/\b(?:is|are|currently)\s+(?:\w+ly\s+)?(?:maintained|managed|operated|run)(?:\s+and\s+\w+)?\s+by\s+(?:the\s+)?[*_\[]*$/i",
        "maintainer",
    ),
    (r"/\b(?:is|are|currently)\s+(?:\w+ly\s+)?owned(?:\s+and\s+\w+)?\s+by\s+(?:the\s+)?[*_\[]*$/i", "owner"),
    (
        r"/\b(?:is|are|currently)\s+(?:\w+ly\s+)?published(?:\s+and\s+\w+)?\s+by\s+(?:the\s+)?[*_\[]*$/i",
        "publisher",
    ),
    (
        r"/\b(?:contact|e-?mail|write to|get in touch with|report (?:it|this|them|these|any \w+) to)\s+(?:the\s+|us at\s+)?[*_\[]*$/i",
        "contact",
    ),
];

/// Words after a name.
static AFTER: &[(&str, &str)] = &[
    (r"/^(?:\s+\([^)]*\))?[*_]*\s+(?:owns|leads|is responsible for|are responsible for)\b/", "owner"),
    (r"/^(?:\s+\([^)]*\))?[*_]*\s+publishes\b/", "publisher"),
    (r"/^(?:\s+\([^)]*\))?[*_]*\s+(?:maintains|operates|manages|is committed to)\b/", "maintainer"),
];

struct Patterns {
    past: Option<Pattern>,
    before: Vec<(Pattern, &'static str)>,
    after: Vec<(Pattern, &'static str)>,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let all = |list: &[(&str, &'static str)]| {
        list.iter().filter_map(|(text, what)| Some((Pattern::new(text).ok()?, *what))).collect()
    };
    Patterns { past: Pattern::new(PAST).ok(), before: all(BEFORE), after: all(AFTER) }
});

/// How far around a name is looked: a stranger's line may be many megabytes long.
const AROUND: usize = 400;

/// Where a text names a body as something of today. `as_what` says what any name in it means;
/// where that is unknown the words around it must say so.
pub(super) fn names(text: &str, name: &str, as_what: Option<&'static str>) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(name).filter(|(at, _)| is_alone(text, *at, name.len())).take(MOST) {
        let (before, after) = (&text[floor(text, at.saturating_sub(AROUND))..at], &text[at + name.len()..]);
        let after = &after[..floor(after, AROUND.min(after.len()))];
        let line = format!("{before}{name}{after}");
        // What takes too long to tell is told of nobody.
        let is = |pattern: &Pattern, text: &str| pattern.is_match(text).unwrap_or(false);
        if PATTERNS.past.as_ref().is_none_or(|past| is(past, &line)) {
            continue;
        }
        let told = || {
            let before = PATTERNS.before.iter().find(|(pattern, _)| is(pattern, before));
            before.or_else(|| PATTERNS.after.iter().find(|(pattern, _)| is(pattern, after)))
        };
        if let Some(what) = as_what.or_else(|| told().map(|(_, what)| *what)) {
            found.push((at, what));
        }
    }
    found
}

/// How often a name is looked at in one text.
const MOST: usize = 50;

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Whether a name stands for itself: as whole words, and in no address.
fn is_alone(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let mut after = text[at + length..].chars();
    let joins =
        |char: char| char.is_alphanumeric() || matches!(char, '/' | '@' | '-' | '_' | '%' | '#' | '=');
    let next = after.next();
    let domain = next == Some('.') && after.next().is_some_and(char::is_alphanumeric);
    !before.is_some_and(|char| joins(char) || char == '.') && !next.is_some_and(joins) && !domain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, name: &str) -> Vec<&'static str> {
        names(text, name, None).into_iter().map(|(_, what)| what).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(PATTERNS.past.is_some());
        assert_eq!((PATTERNS.before.len(), PATTERNS.after.len()), (BEFORE.len(), AFTER.len()));
    }

    #[test]
    fn who_answers_today_is_named() {
        for (text, what) in [
            ("- Maintained by: NHS Digital", "maintainer"),
            ("**Owner:** NHS Digital", "owner"),
            ("| Service owner | NHS Digital |", "owner"),
            ("This API is owned and run by [NHS Digital](https://digital.nhs.uk).", "owner"),
            ("The standard is published by NHS Digital.", "publisher"),
            ("The app is currently operated by NHS Digital", "maintainer"),
            ("For help please contact NHS Digital.", "contact"),
            ("Report it to NHS Digital", "contact"),
            ("NHS Digital owns the service", "owner"),
            ("NHS Digital (the programme) is responsible for releases", "owner"),
        ] {
            assert_eq!(told(text, "NHS Digital"), [what], "{text}");
        }
    }

    #[test]
    fn history_citations_and_addresses_are_left_alone() {
        for text in [
            "Copyright (c) 2022 NHS Digital",
            "Owner: NHS Digital (until 2023)",
            "It was maintained by NHS Digital.",
            "The service has been published by NHS Digital",
            "The API was then owned by NHS Digital",
            "developed by NHS Digital",
            "[NHS Digital Developer Hub](https://digital.nhs.uk/developer)",
            "See [NHS Digital's MESH API](https://digital.nhs.uk/mesh)",
            "| WES | NHS Digital | v1.0 | June 2015 |",
            "sign in to the NHS Digital Onboarding Service",
            "unless otherwise notified to you by NHS Digital",
            "NHS Digital takes part",
            "formerly published by NHS Digital",
        ] {
            assert_eq!(told(text, "NHS Digital"), [""; 0], "{text}");
        }
        for text in ["NHSX/app", "contact NHSX@example.org", "contact NHSX.nhs.uk", "is owned by NHSXyz"] {
            assert_eq!(told(text, "NHSX"), [""; 0], "{text}");
        }
        assert_eq!(told("is owned by NHSX.", "NHSX"), ["owner"]);
    }

    #[test]
    fn a_line_of_many_names_ends() {
        let text = "is owned by NHSX é ".repeat(100_000);
        assert_eq!(told(&text, "NHSX").len(), MOST);
    }
}
