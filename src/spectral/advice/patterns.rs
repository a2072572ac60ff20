//! Lints of regular expressions.

use super::Notes;
use super::regex::{Alternatives, Group, Item, Set, What, nullable, parse, split};
use super::subject::{Expression, Form, Subject, Use};
use assize_tree::pattern::Pattern;

/// An expression that could be taken apart.
struct Read<'d> {
    of: Expression<'d>,
    /// Where its source begins in its text.
    source: &'d str,
    flags: &'d str,
    alternatives: Alternatives,
}

impl Read<'_> {
    /// The text of some items.
    fn part(&self, start: usize, end: usize) -> &str {
        self.source.get(start..end).unwrap_or_default()
    }
}

fn read<'d>(subject: &Subject<'d>) -> Vec<Read<'d>> {
    let mut found = Vec::new();
    for of in subject.expressions() {
        if Pattern::new(plain(&of).as_str()).is_err() {
            continue;
        }
        let (source, flags) = match (of.used, split(of.text)) {
            (Use::Schema, _) => (of.text, ""),
            (_, (source, _, flags)) => (source, flags.unwrap_or_default()),
        };
        if let Some(alternatives) = parse(source) {
            found.push(Read { of, source, flags, alternatives });
        }
    }
    found
}

/// The expression as [`Pattern`] reads it: in a schema slashes are characters like others.
fn plain(of: &Expression<'_>) -> String {
    match of.used {
        Use::Schema if of.text.starts_with('/') => format!("(?:){}", of.text),
        _ => of.text.to_owned(),
    }
}

/// Calls for every run of items in an expression, groups in it too.
fn runs(alternatives: &Alternatives, call: &mut dyn FnMut(&[Item])) {
    for items in alternatives {
        call(items);
        items.iter().filter_map(Item::inside).for_each(|inside| runs(inside, call));
    }
}

pub(super) fn unreadable(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for of in subject.expressions() {
        // A path whose filter has a fault is not read either, which another lint says.
        if of.used == Use::Filter || of.used != Use::Schema && !unknown_flags(of.text).is_empty() {
            continue;
        }
        if let Err(error) = Pattern::new(&plain(&of)) {
            let message = format!("The regular expression cannot be read: {error}.");
            notes.say(subject.document.span(of.node), message, "");
        }
    }
}

/// Flags that JavaScript does not have, or that stand twice.
fn unknown_flags(text: &str) -> String {
    let flags = split(text).2.unwrap_or_default();
    let wrong = |(at, flag): &(usize, char)| !"dgimsuvy".contains(*flag) || flags[..*at].contains(*flag);
    flags.char_indices().filter(wrong).map(|(_, flag)| flag).collect()
}

pub(super) fn flags(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for of in subject.expressions().iter().filter(|of| of.used != Use::Schema) {
        let wrong = unknown_flags(of.text);
        if !wrong.is_empty() {
            let message =
                format!("What stands behind the last slash is read as flags, and `{wrong}` is none.");
            let hint = "Flags are d, g, i, m, s, u, v and y. Where the slashes belong to the pattern, begin it otherwise: `\\/`.";
            notes.say(subject.document.span(of.node), message, hint);
        }
    }
}

pub(super) fn slashes(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for of in subject.expressions().iter().filter(|of| matches!(of.used, Use::Match | Use::NotMatch)) {
        let (source, _, Some("")) = split(of.text) else { continue };
        // Without anything that only a pattern has, it is a piece of a path.
        if source.chars().all(|char| char.is_alphanumeric() || matches!(char, '/' | '-' | '_')) {
            let message = format!("The slashes are delimiters here: the pattern is `{source}` alone.");
            notes.say(
                subject.document.span(of.node),
                message,
                format!("Where the slashes are meant, write `\\/{source}\\/`."),
            );
        }
    }
}

pub(super) fn space(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        let blanks = one.source.matches(' ').count();
        let Read { alternatives, .. } = &one;
        let mut places = Vec::new();
        for items in alternatives {
            let is = |at: usize, char: char| matches!(items.get(at).map(|item| &item.what), Some(What::Char(found)) if *found == char);
            let solid = |items: &[Item]| {
                items.iter().any(|item| !item.set().is_empty() && item.set() != Set::ALL && !is_dots(item))
            };
            let last = items.len().saturating_sub(1);
            if matches!(items.last().map(|item| &item.what), Some(What::End)) && last > 0 {
                if is(last - 1, ' ') && solid(&items[..last - 1]) {
                    places.push((&items[last - 1], "before the end"));
                } else if last > 2 && is(last - 2, ' ') && is(last - 1, '/') && blanks == 1 {
                    places.push((&items[last - 2], "before the last slash"));
                }
            }
            if matches!(items.first().map(|item| &item.what), Some(What::Start))
                && is(1, ' ')
                && solid(&items[2..])
            {
                places.push((&items[1], "behind the start"));
            }
        }
        for (item, place) in places {
            let from = one.source[..item.start].char_indices().next_back().map_or(0, |(at, _)| at);
            let part = one.part(from, (item.end + 1).min(one.source.len()));
            let message = format!(
                "There is a blank {place} of the pattern, so that only a value with a blank there matches."
            );
            notes.say(
                subject.within(one.of.node, part),
                message,
                "Leave the blank out, or write `\\s` where it is meant.",
            );
        }
    }
}

fn is_dots(item: &Item) -> bool {
    match &item.what {
        What::Any => true,
        What::Repeat(item, ..) => is_dots(item),
        _ => false,
    }
}

pub(super) fn precedence(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        let [first, .., last] = &one.alternatives[..] else { continue };
        let starts = |items: &[Item]| matches!(items.first().map(|item| &item.what), Some(What::Start));
        let ends = |items: &[Item]| matches!(items.last().map(|item| &item.what), Some(What::End));
        let middle = &one.alternatives[1..one.alternatives.len() - 1];
        if starts(first)
            && !ends(first)
            && ends(last)
            && !starts(last)
            && middle.iter().all(|items| !starts(items) && !ends(items))
            && first.len() > 1
            && last.len() > 1
        {
            let inside = one.source.trim_start_matches('^').trim_end_matches('$');
            notes.say(
                subject.document.span(one.of.node),
                "`^` holds for the first alternative only, and `$` for the last only.",
                format!("If both are meant for all, write `^(?:{inside})$`."),
            );
            continue;
        }
        // `\.(json)|(yaml)`: the bar divides the whole pattern, not the groups beside it.
        let group = |item: Option<&Item>| matches!(item.map(|item| &item.what), Some(What::Group(Group::Capture, inside)) if inside.len() == 1);
        for pair in one.alternatives.windows(2) {
            let (left, right) = (&pair[0], &pair[1]);
            let alone = left.len() > 1 && left[..left.len() - 1].iter().all(|item| item.inside().is_none());
            if alone && group(left.last()) && group(right.first()) && !starts(right) {
                let (from, to) = (left.last(), right.first());
                let part = one.part(from.map_or(0, |item| item.start), to.map_or(0, |item| item.end));
                notes.say(
                    subject.within(one.of.node, part),
                    "The bar divides the whole pattern here, not the two groups beside it.",
                    format!("If one of the two is meant, write `({})`.", part.replace(['(', ')'], "")),
                );
            }
        }
    }
}

pub(super) fn nothing(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        if one.flags.contains('m') {
            continue;
        }
        let mut dead = Vec::new();
        for items in &one.alternatives {
            if let Some((item, why)) = never(items) {
                dead.push((item.start, item.end, why));
            }
        }
        let all = dead.len() == one.alternatives.len();
        if let (true, Some((start, end, why))) = (all, dead.first()) {
            let part = one.part(*start, *end);
            notes.say(
                subject.within(one.of.node, if part.len() > 1 { part } else { one.of.text }),
                format!("The pattern matches nothing: {why}."),
                "Write `\\$` or `\\^` where the character itself is meant.",
            );
        }
    }
}

/// Why a run of items can never match.
fn never(items: &[Item]) -> Option<(&Item, &'static str)> {
    for (at, item) in items.iter().enumerate() {
        match &item.what {
            What::Start if items[..at].iter().any(|before| !before.nullable()) => {
                return Some((item, "something must stand before the `^` in it"));
            }
            What::End if items[at + 1..].iter().any(|behind| !behind.nullable()) => {
                return Some((item, "something must stand behind the `$` in it"));
            }
            What::Set(set) if set.is_empty() => return Some((item, "`[]` is no character at all")),
            _ => {}
        }
    }
    None
}

pub(super) fn anything(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        let free = |items: &Vec<Item>| {
            items.iter().all(|item| {
                item.nullable()
                    && !matches!(item.what, What::Start | What::End | What::Edge | What::Unknown)
                    && item.inside().is_none_or(simple)
            })
        };
        if !nullable(&one.alternatives) || !one.alternatives.iter().any(free) {
            continue;
        }
        let (message, hint) = match one.of.used {
            Use::Match => ("The pattern matches any text, so that nothing is ever found.", ANCHORS),
            Use::NotMatch => ("The pattern matches any text, so that every text is found.", ANCHORS),
            // `.*` beside a type is a way to say "any text".
            Use::Schema | Use::Filter => continue,
        };
        notes.say(subject.document.span(one.of.node), message, hint);
    }
}

const ANCHORS: &str =
    "Anchor the pattern (`^` and `$`), or demand one character at least (`+` in place of `*`).";

/// Without anchors and look-around in it.
fn simple(alternatives: &Alternatives) -> bool {
    alternatives.iter().flatten().all(|item| match &item.what {
        What::Start | What::End | What::Edge | What::Unknown | What::Group(Group::Look, _) => false,
        _ => item.inside().is_none_or(simple),
    })
}

const TYPES: [&str; 8] =
    ["application/", "text/", "image/", "audio/", "video/", "multipart/", "message/", "font/"];

pub(super) fn media_type(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        let mut places = Vec::new();
        runs(&one.alternatives, &mut |items| {
            for (at, item) in items.iter().enumerate() {
                let What::Repeat(inner, 1, None) = &item.what else { continue };
                let (What::Char(_), Some(behind)) = (&inner.what, items.get(at + 1)) else { continue };
                let before = literal_before(&items[..at]);
                let after = literal_after(&items[at + 1..]);
                let suffix = ["json", "xml", "yaml", "zip", "cbor"].iter().any(|one| after.starts_with(one));
                if suffix && TYPES.iter().any(|kind| before.contains(kind)) {
                    places.push((item.start, behind.end, after));
                }
            }
        });
        for (start, end, after) in places {
            let part = one.part(start, end).to_owned();
            notes.say(
                subject.within(one.of.node, &part),
                format!("`+` repeats the letter before it here: a media type that ends in `+{after}` does not match."),
                "Write `\\+` for the character.",
            );
        }
    }
}

/// The characters right before a place.
fn literal_before(items: &[Item]) -> String {
    let mut chars: Vec<char> = items.iter().rev().map_while(literal).collect();
    chars.reverse();
    chars.into_iter().collect()
}

fn literal_after(items: &[Item]) -> String {
    items.iter().map_while(literal).collect()
}

fn literal(item: &Item) -> Option<char> {
    match item.what {
        What::Char(char) => Some(char),
        // An unescaped dot stands for one in what is looked for here.
        What::Any => Some('.'),
        _ => None,
    }
}

/// What hosts and files end in, so that a dot before it is hardly any character.
const ENDINGS: [&str; 22] = [
    "com", "org", "net", "io", "dev", "gov", "edu", "eu", "uk", "nl", "de", "fr", "it", "no", "se", "int",
    "json", "yaml", "yml", "xml", "html", "local",
];

pub(super) fn dot(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        let mut place = None;
        runs(&one.alternatives, &mut |items| {
            for (at, item) in items.iter().enumerate() {
                if !matches!(item.what, What::Any) {
                    continue;
                }
                let before: String = literal_before(&items[..at]);
                let word = before.chars().rev().take_while(|char| char.is_ascii_alphanumeric()).count();
                let after: String =
                    literal_after(&items[at + 1..]).chars().take_while(char::is_ascii_alphanumeric).collect();
                if word > 1 && ENDINGS.contains(&after.as_str()) {
                    place.get_or_insert((item.start - word, item.end + after.len()));
                }
            }
        });
        if let Some((start, end)) = place {
            let part = one.part(start, end);
            notes.say(
                subject.within(one.of.node, part),
                format!("The dot in `{part}` stands for any character."),
                "Write `\\.` for a dot.",
            );
        }
    }
}

pub(super) fn open_end(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let all = read(subject);
    let is = |one: &Read<'_>, what: fn(&What) -> bool, end: bool| {
        let [items] = &one.alternatives[..] else { return false };
        let item = if end { items.last() } else { items.first() };
        item.is_some_and(|item| what(&item.what))
    };
    let begins: Vec<&Read<'_>> = all
        .iter()
        .filter(|one| one.of.used == Use::Match && is(one, |what| matches!(what, What::Start), false))
        .collect();
    let (closed, open): (Vec<&Read<'_>>, Vec<&Read<'_>>) =
        begins.into_iter().partition(|one| is(one, |what| matches!(what, What::End), true));
    let (true, [one]) = (closed.len() >= 3, &open[..]) else { return };
    // What ends in anything, or asks for a beginning in so many words, needs no end.
    let [items] = &one.alternatives[..] else { return };
    if items.last().is_some_and(is_dots) || items[1..].iter().all(is_word) {
        return;
    }
    notes.say(
        subject.document.span(one.of.node),
        "The pattern has a start and no end, so that anything may follow; every other `match` of the file has both.",
        "Add `$` at the end if nothing may follow.",
    );
}

/// Characters as they stand, or one of several words.
fn is_word(item: &Item) -> bool {
    match &item.what {
        What::Char(_) => true,
        What::Group(Group::Capture | Group::Plain, inside) => inside.iter().flatten().all(is_word),
        // `https?`
        What::Repeat(item, 0, Some(1)) => is_word(item),
        _ => false,
    }
}

pub(super) fn words(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject).iter().filter(|one| one.of.used == Use::Match) {
        let letters = |item: &Item| matches!(item.what, What::Char(char) if char.is_alphanumeric());
        let all = one.alternatives.iter().all(|items| !items.is_empty() && items.iter().all(letters));
        if one.alternatives.len() > 2 && all {
            notes.say(
                subject.document.span(one.of.node),
                "The pattern is a list of words without `^` and `$`: a longer word that contains one of them passes.",
                format!("If nothing else may stand there, write `^({})$`.", one.source),
            );
        }
    }
}

pub(super) fn class_quantifier(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for one in read(subject) {
        for class in ["[\\d+]", "[\\w+]", "[\\d*]", "[\\w*]", "[0-9+]", "[a-z+]", "[a-z0-9+]", "[a-zA-Z+]"] {
            let Some(at) = one.source.find(class).filter(|at| !one.source[..*at].ends_with('\\')) else {
                continue;
            };
            // Behind it the class is repeated, so that the sign may be meant as a character.
            if one.source[at + class.len()..].starts_with(['+', '*', '{']) {
                continue;
            }
            let sign = &class[class.len() - 2..class.len() - 1];
            let inner = &class[..class.len() - 2];
            notes.say(
                subject.within(one.of.node, class),
                format!("In `{class}` the `{sign}` is a character like the others, and nothing is repeated."),
                format!("Write `{inner}]{sign}` to repeat; leave it out otherwise."),
            );
        }
    }
}

pub(super) fn backtracking(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    // Native packs run in linear time, or within bounds.
    if subject.form == Form::Native {
        return;
    }
    for one in read(subject) {
        let mut place = None;
        slow(&one.alternatives, false, &mut place);
        if let Some((start, end)) = place {
            let part = one.part(start, end);
            notes.say(
                subject.within(one.of.node, part),
                format!("`{part}` can match the same text in many ways: on a long value that does not match, JavaScript takes exponential time."),
                "Let each repetition begin with a character that the one inside cannot match.",
            );
        }
    }
}

fn slow(alternatives: &Alternatives, followed: bool, place: &mut Option<(usize, usize)>) {
    for items in alternatives {
        for (at, item) in items.iter().enumerate() {
            let fails = followed
                || items[at + 1..]
                    .iter()
                    .any(|next| !next.nullable() || matches!(next.what, What::End | What::Edge));
            if let What::Repeat(inner, _, None) = &item.what
                && let What::Group(Group::Capture | Group::Plain, inside) = &inner.what
                && fails
                && ambiguous(inside)
            {
                place.get_or_insert((item.start, item.end));
            }
            if let Some(inside) = item.inside() {
                slow(inside, fails, place);
            }
        }
    }
}

/// Whether what is repeated can divide a text in several ways.
fn ambiguous(alternatives: &Alternatives) -> bool {
    let repeats = |items: &Vec<Item>| {
        items.iter().enumerate().any(|(at, item)| {
            let What::Repeat(inner, _, None) = &item.what else { return false };
            let set = inner.set();
            // The others may be left out, or be made of the same characters.
            inner.inside().is_none()
                && items.iter().enumerate().all(|(other, one)| {
                    other == at || (one.inside().is_none() && (one.nullable() || one.set().meets(set)))
                })
        })
    };
    let single = |items: &Vec<Item>| match &items[..] {
        [item] if matches!(item.what, What::Char(_) | What::Any | What::Set(_)) => Some(item.set()),
        _ => None,
    };
    let singles: Vec<Set> = alternatives.iter().filter_map(single).collect();
    alternatives.iter().any(repeats)
        || singles.iter().enumerate().any(|(at, set)| singles[at + 1..].iter().any(|other| set.meets(*other)))
}
