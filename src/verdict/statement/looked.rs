//! What was and was not looked at. A statement that is silent on this is worth nothing: nothing
//! found may mean that nothing was there to be seen.

use super::LookedPart;
use crate::engine::Report;
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
pub(super) fn unread(
    report: &Report,
    workspace: &Workspace,
    belongs: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let empty = workspace
        .entries()
        .iter()
        .filter(|entry| {
            entry.skip.is_none() && entry.size == 0 && belongs(&entry.path) && !may_be_empty(&entry.path)
        })
        .count();
    let unreadable = report
        .unknown
        .iter()
        .filter(|unknown| unknown.rule.is_none())
        .filter_map(|unknown| unknown.file.map(|file| report.file(file)))
        .filter(|file| file.size > 0 && belongs(&file.path))
        .count();
    match (empty, unreadable) {
        (0, 0) => None,
        (0, _) => Some(format!("{unreadable} files could not be read")),
        (_, 0) => Some(format!("{empty} files are empty")),
        (_, _) => Some(format!("{empty} files are empty and {unreadable} could not be read")),
    }
}
