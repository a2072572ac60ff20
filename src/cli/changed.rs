//! `assize check --changed`: finds out what differs from a commit, and what of a tree is judged then.
//! Whatever decides over files that did not change (settings, waivers, packs in the tree, lists of what
//! is ignored) has everything judged when it changes itself.

use super::jobs::Job;
use super::own_ruleset;
use super::trouble::Trouble;
use crate::config;
use crate::engine::{Options, Part, Plan, Report, Scope, Selection, Unknown, judge, kinds, select};
use crate::pack::embedded;
use crate::target::REPOSITORY;
use crate::verdict::waiver;
use crate::workspace::{Changes, Disk, Files, Workspace};
use assize_tree::document::Limits;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A tree of which only what changed is judged.
pub(super) struct Changed {
    pub(super) workspace: Workspace,
    pub(super) changes: Changes,
    disk: Disk,
    phases: Vec<(&'static str, Duration)>,
    selection: Selection,
    /// Why everything is judged all the same.
    whole: Option<String>,
}

/// What decides over files that did not change: files and folders, as they were named.
pub(super) struct Deciding<'a> {
    pub(super) config: Option<PathBuf>,
    /// Waivers, approvers, the forge's settings.
    pub(super) files: Vec<&'a Path>,
    pub(super) packs: &'a [String],
    /// Whether the ruleset of the tree is obeyed.
    pub(super) own_ruleset: bool,
    pub(super) no_config: bool,
}

/// Where a value of `--changed` names no commit but a file or folder, it was meant as that: the paths to
/// judge, and the name to compare with.
pub(super) fn meant(paths: &[PathBuf], reference: &str) -> (Vec<PathBuf>, String) {
    let path = Path::new(reference);
    let here = std::env::current_dir().unwrap_or_default();
    if !path.exists() || Changes::is_commit(&here, reference) {
        return (paths.to_vec(), reference.to_owned());
    }
    let default = matches!(paths, [only] if only.as_os_str() == ".");
    let before = if default { &[] } else { paths };
    let paths = before.iter().cloned().chain([path.to_owned()]).collect();
    (paths, "HEAD".to_owned())
}

impl Changed {
    /// Compares a tree with a commit.
    pub(super) fn find(
        job: &Job,
        disk: Disk,
        reference: &str,
        limits: Limits,
        deciding: &Deciding<'_>,
    ) -> Result<Self, Trouble> {
        if job.files.is_some() {
            return Err(Trouble::hint(
                format!("--changed looks for what changed in folders; {} is a file.", job.shown),
                "Name a folder, or leave --changed out: a file that is named is judged.",
            ));
        }
        let started = Instant::now();
        let (changes, disk) = Changes::since(disk, reference).map_err(|error| {
            Trouble::hint(
                format!(
                    "--changed: what differs from {reference} in {} cannot be told: {}.",
                    job.shown, error.why
                ),
                error.hint,
            )
        })?;
        let mut phases = vec![("compare with the commit", started.elapsed())];
        let started = Instant::now();
        let workspace = Workspace::new(Box::new(disk.clone()), limits, true);
        let mut whole = deciding
            .changed(&job.root, &changes)
            .map(|path| format!("{path} differs, and it decides over other files"));
        let selection = if whole.is_some() { None } else { select(&workspace, &changes) };
        phases.push(("what refers to a change", started.elapsed()));
        let Some(selection) = selection else {
            whole.get_or_insert_with(|| "very many files differ".to_owned());
            return Ok(Self { workspace, changes, disk, phases, selection: Selection::default(), whole });
        };
        let judged = |path: &str| selection.files.contains(path);
        if workspace.entries().iter().all(|entry| judged(&entry.path)) {
            let whole = Some("every file differs".to_owned());
            return Ok(Self { workspace, changes, disk, phases, selection, whole });
        }
        let workspace = workspace.only(judged);
        Ok(Self { workspace, changes, disk, phases, selection, whole })
    }

    /// The whole tree, recognised and judged by nothing: what it shows of the system.
    pub(super) fn everything(&self) -> (Workspace, Report) {
        let workspace = Workspace::new(Box::new(self.disk.clone()), self.workspace.limits(), true);
        let report = Plan::new(Vec::new(), embedded::authorities())
            .map(|plan| judge(&plan, &workspace, Options::default()))
            .unwrap_or_default();
        (workspace, report)
    }

    /// Paths that differ.
    pub(super) fn paths(&self) -> Vec<&str> {
        self.changes.paths().collect()
    }

    /// What is judged; `None` where everything is.
    pub(super) fn part<'a>(&'a self, paths: &'a [&'a str]) -> Option<Part<'a>> {
        self.whole.is_none().then_some(Part { selection: &self.selection, paths })
    }

    /// The files that are judged; `None` where all are.
    pub(super) fn selection(&self) -> Option<&Selection> {
        self.whole.is_none().then_some(&self.selection)
    }

    /// Says in a report what was judged and what was not.
    pub(super) fn tell(&self, report: &mut Report) {
        let judged = self.selection.files.len();
        let scope = Scope {
            reference: self.changes.reference.clone(),
            commit: self.changes.commit.clone(),
            changed: self.changes.changed.iter().cloned().collect(),
            gone: self.changes.gone.iter().cloned().collect(),
            judged: if self.whole.is_some() { self.workspace.entries().len() } else { judged },
            files_left_out: if self.whole.is_some() {
                0
            } else {
                self.workspace.entries().len().saturating_sub(judged)
            },
            rules_left_out: report.stats.rules_left_out,
            whole: self.whole.clone(),
        };
        report.stats.phases.splice(0..0, self.phases.iter().copied());
        if scope.is_partial() {
            // At the front: it concerns everything.
            report.unknown.insert(0, Unknown { file: None, rule: None, reason: scope.said() });
        }
        report.scopes.push(scope);
    }
}

impl Deciding<'_> {
    /// A file that changed and decides over others.
    fn changed(&self, root: &Path, changes: &Changes) -> Option<String> {
        let full = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let below = |path: &Path| {
            full(path).strip_prefix(root).ok().map(|path| path.to_string_lossy().replace('\\', "/"))
        };
        let mut files: Vec<String> = vec![waiver::NAME.to_owned(), config::NAME.to_owned()];
        let (mut folders, mut rulesets, mut outside) = (Vec::new(), Vec::new(), Vec::new());
        let named = self.files.iter().map(|path| path.to_path_buf()).chain(self.config.clone());
        for path in named {
            below(&path).map_or_else(|| outside.push(full(&path)), |relative| files.push(relative));
        }
        // A file that is gone is obeyed no longer.
        let own = own_ruleset::NAMES.iter().map(|name| root.join(name)).chain(own_ruleset::find(root));
        let packs = self.packs.iter().map(PathBuf::from).filter(|path| path.exists());
        for path in packs.chain(own.filter(|_| self.own_ruleset)) {
            match below(&path) {
                Some(relative) if path.is_dir() => folders.push(relative),
                Some(relative) => rulesets.push(relative),
                None => outside.push(full(&path)),
            }
        }
        // Settings above the folder, up to the root of its repository.
        let is_top = |folder: &&Path| folder.join(".git").exists();
        if !is_top(&root) && !self.no_config {
            for folder in root.ancestors().skip(1) {
                outside.push(folder.join(config::NAME));
                if is_top(&folder) {
                    break;
                }
            }
        }
        // Whatever a ruleset's text names, it may extend.
        let named = Disk::new(root).select(rulesets.iter().cloned()).list();
        files.extend(named.into_iter().map(|entry| entry.path));
        let scripts = !rulesets.is_empty();
        files.extend(rulesets);
        let found = changes.paths().find(|&path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            matches!(name, ".gitignore" | ".ignore" | ".gitattributes")
                || files.iter().any(|file| file == path)
                || folders.iter().any(|folder| folder.is_empty() || path.starts_with(&format!("{folder}/")))
                || scripts && [".js", ".mjs", ".cjs"].iter().any(|ending| name.ends_with(ending))
        });
        let outside = || outside.iter().find(|path| changes.differs_outside(root, path));
        found.map(str::to_owned).or_else(|| Some(outside()?.display().to_string()))
    }
}

/// The kinds of the files that are judged, and the repository's, so that of the library only what looks
/// at them has to be read; `None` where it is not known, or would cost more to tell.
pub(super) fn kinds_changed(all: &[Changed]) -> Option<Vec<&'static str>> {
    const MOST_BYTES: u64 = 64 << 10;
    if all.iter().all(|one| one.changes.paths().next().is_none()) {
        return Some(Vec::new());
    }
    let mut found = vec![REPOSITORY];
    let mut left = MOST_BYTES;
    for one in all {
        one.selection()?;
        let entries = one.workspace.entries().iter().enumerate();
        let judged = entries.filter(|(at, entry)| entry.skip.is_none() && !one.workspace.is_left_out(*at));
        left = left.checked_sub(judged.map(|(_, entry)| entry.size).sum())?;
        found.extend(kinds(&one.workspace));
    }
    Some(found)
}
