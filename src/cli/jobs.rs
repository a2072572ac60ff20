//! What the command line names, as what is judged as one: folders, and files below their repository.

use super::trouble::Trouble;
use std::io;
use std::path::{Path, PathBuf};

/// What is judged as one: a folder, or files below one.
pub(super) struct Job {
    pub(super) root: PathBuf,
    /// Paths from the root, where single files were named.
    pub(super) files: Option<Vec<String>>,
    /// As the user named it.
    pub(super) shown: String,
}

/// The folders and files that are named; standard input is none of them.
pub(super) fn jobs(paths: &[PathBuf]) -> Result<Vec<Job>, Trouble> {
    let mut jobs: Vec<Job> = Vec::new();
    let paths = expand(paths)?;
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        let shown = path.display().to_string();
        let full = path.canonicalize().map_err(|error| {
            let reason = match (error.kind(), path.read_link()) {
                (io::ErrorKind::NotFound, Err(_)) => "there is no such file or folder".to_owned(),
                (io::ErrorKind::NotFound, Ok(to)) => {
                    format!("it is a link to {}, which is not there", to.display())
                }
                _ => error.to_string(),
            };
            Trouble::usage(format!("{shown} cannot be judged: {reason}."))
        })?;
        if full.is_dir() {
            jobs.push(Job { root: full, files: None, shown });
            continue;
        }
        let root = root_of(&full);
        let relative =
            full.strip_prefix(&root).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        // Elsewhere a backslash is part of a name.
        let relative = if cfg!(windows) { relative.replace('\\', "/") } else { relative };
        match jobs.iter_mut().find(|job| job.root == root && job.files.is_some()) {
            Some(Job { files: Some(files), .. }) => files.push(relative),
            _ => jobs.push(Job { root, files: Some(vec![relative]), shown }),
        }
    }
    Ok(jobs)
}

/// Globs that the shell left standing, filled in: `*.yaml`, `!ruleset.yaml`. Other paths stay as they are.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let is_glob = |path: &PathBuf| !path.exists() && text(path).contains(['*', '?', '{', '!']);
    if !paths.iter().any(is_glob) {
        return Ok(paths.to_vec());
    }
    let mut wanted = ignore::overrides::OverrideBuilder::new(".");
    for path in paths.iter().filter(|path| is_glob(path)) {
        wanted.add(&text(path)).map_err(|error| {
            Trouble::usage(format!("The glob {} cannot be read: {error}.", path.display()))
        })?;
    }
    let wanted = wanted.build().map_err(|error| Trouble::usage(error.to_string()))?;
    let mut found: Vec<PathBuf> = ignore::WalkBuilder::new(".")
        .standard_filters(false)
        .overrides(wanted)
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(|entry| entry.path().strip_prefix(".").unwrap_or(entry.path()).to_owned())
        .collect();
    found.sort();
    if found.is_empty() {
        return Err(Trouble::hint("No file fits the globs.", "Check the paths and their endings."));
    }
    let plain = paths.iter().filter(|path| !is_glob(path)).cloned();
    Ok(plain.chain(found).collect())
}

/// The folder that references from a file may not leave: its repository, else the current folder
/// where the file lies below it, else the file's own.
fn root_of(file: &Path) -> PathBuf {
    let own = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    if let Some(repository) = own.ancestors().find(|folder| folder.join(".git").exists()) {
        return repository.to_owned();
    }
    match std::env::current_dir().and_then(|folder| folder.canonicalize()) {
        Ok(current) if file.starts_with(&current) => current,
        _ => own,
    }
}
