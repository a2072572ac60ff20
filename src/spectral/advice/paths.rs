//! Lints of paths as they are written: what Spectral reads otherwise than it looks, and what it stops at.

use super::Notes;
use super::subject::{Form, Subject};
use assize_tree::path::Path;

/// The paths of a ruleset; those of a native pack are RFC 9535's, which its reader checks.
fn paths<'d>(subject: &Subject<'d>) -> Vec<(assize_tree::document::NodeId, &'d str)> {
    if subject.form == Form::Native { Vec::new() } else { subject.paths() }
}

pub(super) fn space(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        if text.trim() != text {
            let what = if text.contains('\n') { "line break" } else { "blank" };
            let place = if text.starts_with(char::is_whitespace) { "before" } else { "behind" };
            notes.say(
                subject.document.span(node),
                format!("There is a {what} {place} the path, which Spectral takes for part of it: it matches nothing."),
                "Leave it out; in YAML write the path on one line, or with `>-` in place of `>` or `|`.",
            );
        }
    }
}

/// What stands in brackets that are no filters, with the place behind the bracket.
fn brackets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('[').map(|open| at + open + 1) {
        if text[open..].starts_with("?(") || text[open..].starts_with('(') {
            match filter_end(&text[open..]) {
                Some(end) => at = open + end,
                None => return found,
            }
            continue;
        }
        let Some(length) = text[open..].find(']') else { return found };
        found.push((open, &text[open..open + length]));
        at = open + length;
    }
    found
}

/// Calls with each character of a filter: where it stands, and whether it is code (no text, no pattern).
/// The call answers whether to go on.
fn skim(text: &str, call: &mut dyn FnMut(usize, char, bool) -> bool) {
    let (mut quote, mut escaped, mut class, mut before) = (None, false, false, ' ');
    for (at, char) in text.char_indices() {
        let code = match (quote, char) {
            _ if escaped => {
                escaped = false;
                false
            }
            (Some(_), '\\') => {
                escaped = true;
                false
            }
            // Within a class of a pattern a slash is a character.
            (Some('/'), '[') => {
                class = true;
                false
            }
            (Some('/'), ']') => {
                class = false;
                false
            }
            (Some(open), _) if open == char && !class => {
                quote = None;
                false
            }
            (Some(_), _) => false,
            (None, '"' | '\'') => {
                quote = Some(char);
                false
            }
            (None, '/') if matches!(before, '(' | ',' | '=' | '&' | '|' | '!' | '~') => {
                quote = Some('/');
                false
            }
            (None, _) => true,
        };
        if char != ' ' {
            before = char;
        }
        if !call(at, char, code) {
            return;
        }
    }
}

/// Where a filter that begins here ends.
fn filter_end(text: &str) -> Option<usize> {
    let (mut depth, mut end) = (0, None);
    skim(text, &mut |at, char, code| {
        match char {
            '(' | '[' if code => depth += 1,
            ')' if code => depth -= 1,
            ']' if code && depth == 0 => end = Some(at),
            ']' if code => depth -= 1,
            _ => {}
        }
        end.is_none()
    });
    end
}

pub(super) fn union_space(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        for (_, inside) in brackets(text) {
            let list = inside.contains(',') && !inside.contains(['\'', '"']);
            let blanks: Vec<&str> = inside.split(',').filter(|name| name.trim() != *name).collect();
            if list && !blanks.is_empty() {
                let names: Vec<&str> = inside.split(',').map(str::trim).collect();
                notes.say(
                    subject.within(node, inside),
                    format!(
                        "The blanks in `[{inside}]` belong to the names: `{}` is looked for with its blank.",
                        blanks[0].trim()
                    ),
                    format!("Write `[{}]`.", names.join(",")),
                );
            }
        }
    }
}

pub(super) fn negative_index(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        for (_, inside) in brackets(text) {
            let negative = |one: &str| one.starts_with('-') && one[1..].parse::<u64>().is_ok();
            if inside.split(',').any(negative) {
                notes.say(
                    subject.within(node, &format!("[{inside}]")),
                    format!("`[{inside}]` does not count from the end: it looks for a member of that name."),
                    "For the last element write `[(@.length-1)]`.",
                );
            }
        }
    }
}

/// Where a bracket stands that is never closed.
fn open_bracket(text: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(open) = text[at..].find('[').map(|open| at + open + 1) {
        let end = if text[open..].starts_with("?(") || text[open..].starts_with('(') {
            filter_end(&text[open..])
        } else {
            text[open..].find(']')
        };
        match end {
            Some(end) => at = open + end,
            None => return Some(open - 1),
        }
    }
    None
}

pub(super) fn unclosed(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        if let Some(open) = open_bracket(text) {
            notes.say(
                subject.within(node, &text[open..]),
                "The bracket is never closed; Spectral takes the path as if it were not there, or stops.",
                "Close it with `]`.",
            );
        }
    }
}

pub(super) fn slice_back(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        for (_, inside) in brackets(text) {
            let parts: Vec<&str> = inside.split(':').collect();
            if let [_, _, step] = parts[..]
                && step.starts_with('-')
                && step[1..].parse::<u64>().is_ok()
            {
                notes.say(
                    subject.within(node, &format!("[{inside}]")),
                    format!("Spectral walks forwards whatever the step says: `[{inside}]` is not the order it looks like."),
                    "Leave the step out; rules see every place anyway.",
                );
            }
        }
    }
}

pub(super) fn below_key(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        if text.trim() == "$~" {
            notes.say(subject.document.span(node), "The root has no key: Spectral stops at `$~`.", "");
        } else if text.starts_with('$') && Path::parse_spectral(text).is_ok_and(|paths| paths.is_empty()) {
            let at = text.find('~').unwrap_or_default();
            notes.say(
                subject.within(node, &text[at..]),
                "Behind `~` there is nothing: keys have no members, so the path matches nothing.",
                "Put `~` at the end, or leave it out.",
            );
        }
    }
}

/// A filter without its texts and patterns.
fn bare(filter: &str) -> String {
    let mut out = String::new();
    skim(filter, &mut |_, char, code| {
        out.extend(code.then_some(char));
        true
    });
    out
}

/// The patterns in the filters of a path, slashes and all.
pub(super) fn patterns(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (_, filter) in filters(text) {
        let mut start = None;
        skim(filter, &mut |at, _, code| {
            match (start, code) {
                (None, false) => start = Some(at),
                (Some(from), true) => {
                    let literal = &filter[from..at];
                    // Flags are code to the eye: the letters right behind.
                    let behind = &filter[at..];
                    let flags = behind.find(|char: char| !char.is_ascii_lowercase()).unwrap_or(0);
                    if literal.starts_with('/') && literal.len() > 2 {
                        found.push(&filter[from..at + flags]);
                    }
                    start = None;
                }
                _ => {}
            }
            true
        });
    }
    found
}

/// The filters of a path.
fn filters(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find("[?(").map(|open| at + open + 1) {
        let Some(end) = filter_end(&text[open..]) else { break };
        found.push((open, &text[open..open + end]));
        at = open + end;
    }
    found
}

pub(super) fn filter(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        for (at, filter) in filters(text) {
            let code = bare(filter);
            let named = !text[..at - 1].ends_with("..");
            let (what, hint) = if code.contains("typeof ") || code.contains("typeof(") {
                ("`typeof`", "Ask `@string()`, `@number()`, `@boolean()`, `@object()` or `@array()`.")
            } else if code.contains("?.") {
                ("`?.`", "Write `@.a && @.a.b`.")
            } else if code.contains("=~") {
                ("`=~`", "Write `@.name.match(/pattern/)`.")
            } else if code.trim_end().contains('\n') {
                ("a line break in a filter", "Write the filter on one line.")
            } else if let Some(name) = hyphened(&code) {
                let message = format!(
                    "`{name}` is a subtraction in JavaScript; Spectral stops at the filter, or it never holds."
                );
                let (object, member) = name.split_once('.').unwrap_or(("@", &name));
                notes.say(subject.within(node, &name), message, format!("Write `{object}['{member}']`."));
                continue;
            } else if named && code.trim() == "?(@)" {
                ("`[?(@)]` behind a member", "Write `[?(@ != null)]`, or `[*]`.")
            } else {
                continue;
            };
            notes.say(subject.within(node, filter), format!("Spectral stops at {what}."), hint);
        }
    }
}

/// A member with a hyphen behind a dot: `@.x-internal`.
fn hyphened(code: &str) -> Option<String> {
    let mut rest = code;
    while let Some(at) = rest.find("@.") {
        let name = &rest[at..];
        let end = name[2..]
            .find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '_' | '$' | '-'))
            .map_or(name.len(), |end| end + 2);
        let found = &name[..end];
        let inner = found[2..].trim_end_matches('-');
        let letter = |part: &str| part.starts_with(|char: char| char.is_ascii_alphabetic());
        // `@.length-1` is arithmetic.
        if inner.split_once('-').is_some_and(|(left, right)| letter(left) && letter(right)) {
            return Some(found.to_owned());
        }
        rest = &rest[at + 2..];
    }
    None
}

pub(super) fn unreadable(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, text) in paths(subject) {
        let span = subject.document.span(node);
        if text.trim_start().starts_with('#') {
            continue;
        }
        if !text.trim_start().starts_with('$') {
            let message = format!("A path begins with `$`, or with `#` and an alias: {text}");
            notes.say(span, message, "");
        } else if !text[1..].is_empty()
            && !text[1..].trim().is_empty()
            && !text[1..].starts_with(['.', '[', '~', '^'])
            && text.starts_with('$')
        {
            let rest = &text[1..];
            let message = format!("`{text}` is read as the name of a member of the root, `$` and all.");
            notes.say(span, message, format!("Write `$.{rest}`."));
        } else if text.contains("...") && filters(text).is_empty() {
            notes.say(span, "Three dots in a row match nothing.", "Write two.");
        } else if text.starts_with('$')
            && let Err(error) = Path::parse_spectral(text)
            // What the other lints say more exactly.
            && filters(text).iter().all(|(_, filter)| {
                let code = bare(filter);
                !code.contains("typeof") && !code.contains("?.") && !code.contains("=~") && hyphened(&code).is_none()
            })
            && open_bracket(text).is_none()
        {
            notes.say(span, format!("The path cannot be read: {error}."), error.hint().unwrap_or_default());
        }
    }
}
