//! What a filter certainly needs, read off its expression: members of which the node must have one, or
//! a text that must stand in it. A pass asks a filter only where it could hold.

use super::expr::{Comparison, Expr, Operand, Pattern, Query, Selector};
use crate::document::{Document, Format};
use std::cell::OnceCell;

/// What must be so for a filter to hold of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// It may hold of anything.
    Nothing,
    /// An object with one of these members.
    Member(Box<[String]>),
    /// A string in which one of these stands, in small letters or large.
    Text(Box<[String]>),
}

impl Needs {
    pub(super) fn of(expr: &Expr) -> Self {
        if let Some(names) = members(expr) {
            return Self::Member(names.into());
        }
        text(expr).map_or(Self::Nothing, |text| Self::Text(text.into()))
    }

    /// The members, where it needs one of some.
    pub(super) fn members(&self) -> Option<&[String]> {
        match self {
            Self::Member(names) => Some(names),
            Self::Nothing | Self::Text(_) => None,
        }
    }

    /// Whether it may hold of something in a document, by what stands in its text; `small` is that text in
    /// small letters, made when a filter first asks, since documents are large.
    pub(super) fn may_hold_in(&self, document: &Document, small: &OnceCell<String>) -> bool {
        let Self::Text(wanted) = self else { return true };
        let text = document.text().as_str();
        // Within a string of JSON, a quotation mark has a stroke before it; what the reader mended may
        // stand otherwise.
        let plain = document.format() != Format::Json || !document.problems().is_empty();
        let small = small.get_or_init(|| text.to_ascii_lowercase()).as_bytes();
        let holds = |text: &str| memchr::memmem::find(small, text.as_bytes()).is_some();
        let stands = wanted.iter().any(|one| {
            let escaped = one.replace('"', "\\\"");
            [Some(escaped.as_str()), plain.then_some(one)]
                .into_iter()
                .flatten()
                .any(|one| holds(one) || one.contains('/') && holds(&one.replace('/', "\\/")))
        });
        // What is written by numbers, entities or across lines is not looked for.
        stands || ["\\u", "\\U", "\\x", "\\\n", "\\\r", "&#", "&quot;"].iter().any(|way| text.contains(way))
    }
}

/// Names of which `@` must have one as a member.
fn members(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(members(part)?);
            }
            Some(all)
        }
        // Each must hold: the shortest list says most.
        Expr::And(parts) => parts.iter().filter_map(members).min_by_key(Vec::len),
        Expr::Exists(query) => first_names(query),
        // Nothing equals nothing; a literal is something.
        Expr::Compare(one, comparison, other) => {
            let held = match (one, other) {
                (Operand::Literal(_), held) | (held, Operand::Literal(_)) => held,
                _ => return None,
            };
            (*comparison != Comparison::NotEqual).then(|| named(held)).flatten()
        }
        Expr::Match { text, .. } => named(text),
        Expr::Not(_) => None,
    }
}

/// Names of which `@` must have one for an operand to be something.
fn named(operand: &Operand) -> Option<Vec<String>> {
    match operand {
        Operand::Query(query) | Operand::Value(query) | Operand::Key(query) => first_names(query),
        Operand::Length(inner) => named(inner),
        Operand::Literal(_) | Operand::Count(_) => None,
    }
}

/// The names a query from `@` begins with, where it begins with nothing else.
fn first_names(query: &Query) -> Option<Vec<String>> {
    let first = query.segments.first().filter(|first| !query.absolute && !first.descendant)?;
    let name = |selector: &Selector| match selector {
        Selector::Name(name) => Some(name.clone()),
        _ => None,
    };
    first.selectors.iter().map(name).collect()
}

/// Texts of which one must stand in `@`, which must be a string.
fn text(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::And(parts) => {
            let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min();
            parts.iter().filter_map(text).max_by_key(shortest)
        }
        Expr::Match { text: Operand::Query(query), pattern: Pattern::Fixed(fixed), .. }
            if !query.absolute && query.segments.is_empty() =>
        {
            literals(fixed.source())
        }
        _ => None,
    }
}

/// Texts that are shorter stand in every document.
const SHORTEST: usize = 3;

/// For each branch of an I-Regexp (RFC 9485) the longest text that whatever it matches holds, in small
/// letters.
fn literals(source: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let (mut longest, mut run) = (String::new(), String::new());
    let mut depth = 0_u32;
    let mut chars = source.chars().peekable();
    while let Some(char) = chars.next() {
        let one = match char {
            '(' => {
                depth += 1;
                None
            }
            ')' => {
                depth = depth.saturating_sub(1);
                None
            }
            '|' if depth == 0 => {
                found.push(std::mem::take(&mut longest));
                None
            }
            '[' => class(&mut chars)?,
            '\\' => {
                chars.next()?;
                None
            }
            '{' => {
                chars.by_ref().find(|&char| char == '}')?;
                None
            }
            // White space may be written otherwise.
            '"' | '_' | ':' | '-' | '/' | '%' => Some(char),
            char if char.is_ascii_alphanumeric() => Some(char),
            _ => None,
        };
        let certain = one.filter(|_| depth == 0 && !matches!(chars.peek(), Some('?' | '*' | '{')));
        match certain {
            Some(char) => run.push(char.to_ascii_lowercase()),
            None => run.clear(),
        }
        if run.len() > longest.len() {
            longest.clone_from(&run);
        }
    }
    found.push(longest);
    found.iter().all(|text| text.len() >= SHORTEST).then_some(found)
}

/// The only character of a class, its bracket taken already, be it small or large; `None` within where it
/// has others, and as a whole where it is no class.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Option<char>> {
    let mut held = Vec::new();
    loop {
        match chars.next()? {
            ']' => break,
            '\\' => held.extend(['\\', chars.next()?]),
            other => held.push(other),
        }
    }
    Some(match held[..] {
        [only] if only.is_ascii() && !matches!(only, '^' | '\\') => Some(only),
        [one, other] if one.is_ascii_alphabetic() && one.eq_ignore_ascii_case(&other) => Some(one),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::detect;
    use crate::path::{Path, expr::Selector};
    use crate::text::Text;
    use std::sync::Arc;

    fn needs(filter: &str) -> Needs {
        let path = Path::parse(&format!("$[?{filter}]")).unwrap();
        let Selector::Filter(filter) = &path.segments[0].selectors[0] else { panic!("no filter") };
        filter.needs.clone()
    }

    #[test]
    fn a_member_is_needed_where_nothing_can_hold_without_it() {
        let names = |names: &[&str]| Needs::Member(names.iter().map(|&name| name.to_owned()).collect());
        for (filter, wanted) in [
            ("@.a", names(&["a"])),
            ("@.a.b == 1", names(&["a"])),
            ("1 <= @.a", names(&["a"])),
            ("@['a','b']", names(&["a", "b"])),
            ("@.a || @.b[*].c", names(&["a", "b"])),
            ("(@.a || @.b) && @.c", names(&["c"])),
            ("!@.a && search(@.b, 'x')", names(&["b"])),
            ("length(@.a) == 0", names(&["a"])),
            ("value(@.a[*]) == 1", names(&["a"])),
            ("key(@.a) == 'a'", names(&["a"])),
            ("search(@.a, $.b)", names(&["a"])),
        ] {
            assert_eq!(needs(filter), wanted, "{filter}");
        }
        for filter in [
            "!@.a",
            "@.a != 1",
            "@.a == @.b",
            "@.a == $.b",
            "@.a || !@.b",
            "$.a",
            "@",
            "@..a",
            "@[0]",
            "@[*].a",
            "@['a',0]",
            "count(@.a[*]) == 0",
            "@ == 1",
            "key(@) == 'a'",
            "@.a || $.b",
        ] {
            assert_eq!(needs(filter), Needs::Nothing, "{filter}");
        }
    }

    #[test]
    fn a_text_is_needed_where_its_pattern_cannot_do_without() {
        for (filter, wanted) in [
            (r#"search(@, '["]resourceType["]') && search(@, '[Ss]nomed')"#, "\"resourcetype\""),
            ("match(@, '.*resourceTypes?(one|two)longer+')", "resourcetype"),
            ("search(@, '[Ss][Nn]omed|info/sct|1[.]2[.]3')", "snomed info/sct 1.2.3"),
            ("search(@, 'fhir[!-~]*[Ii][Dd]|/[Ii][Dd]/nhs-number')", "fhir /id/nhs-number"),
            ("search(@, 'abcdef|[x]')", ""),
            ("search(@, '(abcdef|x)')", ""),
            ("search(@, 'ab')", ""),
            ("search(@, 'abc*')", ""),
            ("search(@, '(abcdef)?x')", ""),
            ("search(@, 'abc[0-9]defg')", "defg"),
            ("!search(@, 'abcdef')", ""),
            ("search($.a, 'abcdef')", ""),
        ] {
            let text = match needs(filter) {
                Needs::Text(texts) => texts.join(" "),
                _ => String::new(),
            };
            assert_eq!(text, wanted, "{filter}");
        }
    }

    #[test]
    fn a_text_may_stand_in_a_document_in_more_ways_than_one() {
        let needs = needs(r#"search(@, '["]resourceType["]')"#);
        for (name, text, wanted) in [
            ("a.json", r#"{ "resourceType": "Patient" }"#, false),
            ("a.json", r#"{ "a": "{ \"resourceType\": 1 }" }"#, true),
            ("a.json", r#"{ "a": "{ \u0022resourceType\u0022: 1 }" }"#, true),
            ("a.json", r#"{ 'a': '{ "resourceType": 1 }' }"#, true),
            ("a.yaml", "a: '{ \"resourceType\": 1 }'\n", true),
            ("a.yaml", "a: |\n  { \"resourceType\": 1 }\n", true),
            ("a.yaml", "a: \"{ \\\"resource\\\n  Type\\\": 1 }\"\n", true),
            ("a.yaml", "a: \"{ \\\"resourceType\\\": 1 }\"\n", true),
            ("a.yaml", "resourceType: a\n", false),
        ] {
            let format = detect::format_of_name(name).unwrap();
            let text_of = Arc::new(Text::from(text.to_owned()));
            let document = detect::parse(format, text_of, crate::document::Limits::default());
            assert_eq!(needs.may_hold_in(&document, &OnceCell::new()), wanted, "{name} {text}");
        }
    }
}
