//! The Spectral ruleset that lies in one's own tree: a developer who has one wants it obeyed without
//! naming it. In a tree that is somebody else's it is left alone, and JavaScript runs in named rulesets only.

use crate::engine::Plan;
use crate::spectral::{Reading, Ruleset};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) const NAMES: [&str; 6] =
    [".spectral.yaml", ".spectral.yml", ".spectral.json", "spectral.yaml", "spectral.yml", "spectral.json"];

/// Adds the ruleset of the judged tree to a plan, and says so.
pub(super) fn add(plan: &mut Plan, root: &Path, reading: &Reading, quiet: bool) {
    let Some(file) = find(root) else { return };
    let shown = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let reading = Reading { scripts: false, ..reading.clone() };
    let told = match Ruleset::read(&file, &reading) {
        Ok(ruleset) => {
            plan.add_ruleset(ruleset);
            format!("Also judged by {shown} of this folder; --no-config leaves it out.")
        }
        Err(errors) => {
            let problem = errors.iter().flat_map(|error| &error.problems).next();
            let reason = problem.map_or("", |problem| &problem.message);
            format!("{shown} of this folder is NOT obeyed: {reason} --ruleset {shown} shows where.")
        }
    };
    if !quiet {
        let _ = writeln!(io::stderr(), "{told}");
    }
}

/// The ruleset of a tree, where the tree is the one that the command is given in.
pub(super) fn find(root: &Path) -> Option<PathBuf> {
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).ok()?;
    let repository =
        |folder: &Path| folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
    // A tree with a repository of its own, or one beside this folder, is somebody else's.
    let same = repository(root).is_some() && repository(root) == repository(&here);
    if !same && !here.starts_with(root) {
        return None;
    }
    let folders = [root, here.as_path()];
    let in_tree = |folder: &&Path| folder.starts_with(root);
    folders
        .into_iter()
        .filter(in_tree)
        .flat_map(|folder| NAMES.iter().map(|name| folder.join(name)))
        .find(|file| file.is_file())
}
