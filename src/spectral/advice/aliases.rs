//! Lints of aliases.

use super::super::ruleset::{Alias, Definition};
use super::Notes;
use super::subject::Subject;
use assize_tree::document::de::closest;
use std::collections::{BTreeMap, BTreeSet};

/// The alias that a path begins with, and what is behind it.
pub(super) fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix('#')?;
    let end = rest
        .find(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')
        .unwrap_or(rest.len());
    Some(rest.split_at(end))
}

pub(super) fn unknown(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let known: BTreeSet<&str> = subject.aliases().into_iter().map(|(name, _)| name).collect();
    for (node, text) in subject.paths() {
        let Some((name, _)) = split(text) else { continue };
        if known.contains(name) {
            continue;
        }
        let hint = closest(name, known.iter().copied()).map_or_else(
            || {
                "Aliases of an extended ruleset do not come along: define it in `aliases` of this file."
                    .to_owned()
            },
            |near| format!("Did you mean `#{near}`?"),
        );
        let shown = format!("#{name}");
        notes.say(subject.within(node, &shown), format!("The ruleset has no alias \"{name}\"."), hint);
    }
}

/// For each alias, those its paths begin with.
fn uses<'d>(subject: &Subject<'d>) -> BTreeMap<&'d str, BTreeSet<&'d str>> {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, path, _) in subject.alias_paths() {
        let used = subject.document.str(path).and_then(split).map(|(used, _)| used);
        uses.entry(name).or_default().extend(used);
    }
    uses
}

pub(super) fn circular(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let uses = uses(subject);
    for (name, node) in subject.aliases() {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![name]);
        let mut round = false;
        while let Some(one) = todo.pop() {
            for &next in uses.get(one).into_iter().flatten() {
                round |= next == name;
                if seen.insert(next) {
                    todo.push(next);
                }
            }
        }
        if round {
            notes.say(
                subject.key(node),
                format!("The alias \"{name}\" leads back to itself."),
                "Write one of the paths on the way without an alias.",
            );
        }
    }
}

pub(super) fn unused(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    // An alias may be used by the paths of aliases that are used themselves; a field is no path.
    let used: BTreeSet<&str> =
        subject.paths().into_iter().filter_map(|(_, text)| split(text)).map(|(name, _)| name).collect();
    for (name, node) in subject.aliases() {
        if !used.contains(name) {
            notes.say(
                subject.key(node),
                format!("Nothing in the file uses the alias \"{name}\", and aliases do not come along to rulesets that extend this one."),
                "Leave it out.",
            );
        }
    }
}

pub(super) fn shadowed(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let Some(definition) = subject.definition else { return };
    for (name, node) in subject.aliases() {
        let Some(own) = definition.aliases.get(name) else { continue };
        let other = definition
            .extends
            .iter()
            .filter_map(|extension| deep(&extension.definition, name, 0))
            .any(|other| !alike(own, other));
        if other {
            notes.say(
                subject.key(node),
                format!("An extended ruleset has an alias \"{name}\" with another meaning; its rules keep that one."),
                "Give this one a name of its own.",
            );
        }
    }
}

fn deep<'d>(definition: &'d Definition, name: &str, depth: usize) -> Option<&'d Alias> {
    let own = definition.aliases.get(name);
    own.or_else(|| {
        let below = || definition.extends.iter().find_map(|one| deep(&one.definition, name, depth + 1));
        (depth < 16).then(below).flatten()
    })
}

fn alike(a: &Alias, b: &Alias) -> bool {
    match (a, b) {
        (Alias::Simple(a), Alias::Simple(b)) => a == b,
        (Alias::Scoped(a), Alias::Scoped(b)) => a == b,
        _ => false,
    }
}

pub(super) fn target_dead(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (name, alias) in subject.aliases() {
        let targets = subject.items(subject.document.resolve(alias), "targets");
        let formats: Vec<Vec<&str>> = targets
            .iter()
            .map(|&target| {
                let names = subject.items(target, "formats").into_iter();
                names
                    .filter_map(|one| subject.document.str(one).and_then(super::super::formats::find))
                    .collect()
            })
            .collect();
        for (at, mine) in formats.iter().enumerate() {
            let covered = |later: &Vec<&str>| {
                !mine.is_empty() && mine.iter().all(|one| later.iter().any(|wide| covers(wide, one)))
            };
            if formats[at + 1..].iter().any(covered) {
                notes.say(
                    subject.document.span(targets[at]),
                    format!("A later target of \"{name}\" is for the same formats, and the last one that fits counts: this one is never used."),
                    "Put the more exact target last, or merge the two.",
                );
            }
        }
    }
}

/// Whether a format is another one or contains it.
fn covers(wide: &str, narrow: &str) -> bool {
    wide == narrow || narrow.strip_prefix(wide).is_some_and(|rest| rest.starts_with('_'))
}
