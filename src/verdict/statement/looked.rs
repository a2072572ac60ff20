//! What was and was not looked at. A statement that is silent on this is worth nothing: nothing
//! found may mean that nothing was there to be seen.

use super::LookedPart;
use crate::engine::{Report, is_of_syntax};
use crate::workspace::{Skip, Workspace, may_be_empty};
use std::collections::BTreeMap;

/// Tells it.
pub(super) fn tell(report: &Report, workspace: &Workspace, belongs: &dyn Fn(&str) -> bool) -> LookedPart {
    let mut part = LookedPart::default();
    for entry in workspace.entries().iter().filter(|entry| belongs(&entry.path)) {
        match entry.skip {
            Some(Skip::NotSelected) => {}
            Some(skip) => add(&mut part.not_judged, skip.reason(), &entry.path),
            None if entry.size == 0 => {
                part.empty += 1;
                *part.empty_kinds.entry(kind(&entry.path)).or_default() += 1;
            }
            None => part.readable += 1,
        }
    }
    for unknown in report.unknown.iter().filter(|unknown| unknown.rule.is_none()) {
        let Some(file) = unknown.file.map(|file| report.file(file)) else { continue };
        if file.size > 0 && belongs(&file.path) {
            add(&mut part.not_judged, &unknown.reason, &file.path);
        }
    }
    part.history = match workspace.git() {
        None => "no git history in the tree".to_owned(),
        Some(git) if git.shallow => "a shallow clone: the history is cut off".to_owned(),
        Some(git) => format!("git data: {} tags; the history itself is not read", git.tags.len()),
    };
    part
}

fn add(list: &mut BTreeMap<String, Vec<String>>, reason: &str, path: &str) {
    list.entry(reason.to_owned()).or_default().push(path.to_owned());
}

/// The ending of a file's name, or the name where it has none.
fn kind(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 8 => format!(".{ending}"),
        _ => name.to_owned(),
    }
}

/// Why a prohibition over the whole tree cannot be shown to be kept, where it cannot.
pub(super) struct Unread {
    /// For rules that look into documents.
    documents: Option<String>,
    /// For rules that look at texts and names alone: a slip of syntax hides nothing from them.
    texts: Option<String>,
}

impl Unread {
    pub(super) fn of(report: &Report, workspace: &Workspace, belongs: &dyn Fn(&str) -> bool) -> Self {
        let entries = workspace.entries().iter();
        let empty: Vec<&str> = entries
            .filter(|entry| entry.skip.is_none() && entry.size == 0 && !may_be_empty(&entry.path))
            .map(|entry| entry.path.as_str())
            .filter(|path| belongs(path))
            .collect();
        let unknown = report.unknown.iter().filter(|unknown| unknown.rule.is_none());
        let unreadable: Vec<(&str, bool)> = unknown
            .filter_map(|unknown| Some((report.file(unknown.file?), is_of_syntax(&unknown.reason))))
            .filter(|(file, _)| file.size > 0 && belongs(&file.path))
            .map(|(file, of_syntax)| (file.path.as_str(), of_syntax))
            .collect();
        let all: Vec<&str> = unreadable.iter().map(|(path, _)| *path).collect();
        let no_text: Vec<&str> =
            unreadable.iter().filter(|(_, of_syntax)| !of_syntax).map(|(path, _)| *path).collect();
        Self { documents: told(&empty, &all), texts: told(&empty, &no_text) }
    }

    /// What concerns a clause, by whether its rules look at the tree as a whole alone.
    pub(super) fn of_clause(&self, texts_alone: bool) -> Option<&str> {
        if texts_alone { &self.texts } else { &self.documents }.as_deref()
    }
}

fn told(empty: &[&str], unreadable: &[&str]) -> Option<String> {
    let some = |files: &[&str], one: &str, more: &str| match files {
        [] => None,
        [only] => Some(format!("1 file {one} ({only})")),
        [first, rest @ ..] => Some(format!("{} files {more} ({first} and {} more)", files.len(), rest.len())),
    };
    match (some(empty, "is empty", "are empty"), some(unreadable, "could not be read", "could not be read")) {
        (Some(empty), Some(unreadable)) => Some(format!("{empty} and {unreadable}")),
        (one, other) => one.or(other),
    }
}
