//! Which packs `--pack` means.

use super::trouble::Trouble;
use crate::engine::Plan;
use crate::pack::{Pack, PackError, embedded, is_pack_file};
use crate::spectral::{Reading, Ruleset, is_ruleset};
use crate::standard::Authorities;
use assize_tree::document::de::{closest, from_node};
use assize_tree::document::{Limits, detect};
use assize_tree::text::{Problem, Text};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the packs and Spectral rulesets named (all embedded packs where nothing is) and compiles
/// them.
pub(super) fn plan(names: &[String], reading: &Reading) -> Result<Plan, Trouble> {
    let (rulesets, rest): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| Path::new(name).is_file() && is_ruleset(Path::new(name)));
    let rest: Vec<String> = rest.into_iter().cloned().collect();
    let mut plan = if rest.is_empty() && !rulesets.is_empty() {
        Plan::new(Vec::new(), embedded::authorities())?
    } else {
        let (packs, authorities) = packs(&rest)?;
        Plan::new(packs, &authorities)?
    };
    for name in rulesets {
        plan.add_ruleset(Ruleset::read(Path::new(name), reading)?);
    }
    Ok(plan)
}

/// Reads the packs named, with the register of authorities they use: the embedded one, and any
/// `authorities.yaml` that stands above a pack on disk.
pub(super) fn packs(names: &[String]) -> Result<(Vec<Pack>, Authorities), Trouble> {
    let mut authorities = embedded::authorities().clone();
    let mut found: Vec<Pack> = Vec::new();
    let mut errors = Vec::new();
    let all;
    let names = if names.is_empty() {
        all = embedded::names();
        &all
    } else {
        names
    };
    for name in names {
        let path = Path::new(name);
        if path.exists() {
            let folders = on_disk(path);
            if folders.is_empty() {
                return Err(Trouble::hint(
                    format!("There is no pack in {name}."),
                    "A pack is a folder with a pack.yaml; `assize pack new` writes one.",
                ));
            }
            for folder in folders {
                match Pack::read(&folder) {
                    Ok(pack) => found.push(pack),
                    Err(more) => errors.extend(more),
                }
                match register_above(&folder) {
                    Ok(more) => authorities
                        .authorities
                        .extend(more.into_iter().flat_map(|register| register.authorities)),
                    Err(error) => errors.push(error),
                }
            }
            continue;
        }
        let known = embedded::names();
        let wanted: Vec<&String> = known
            .iter()
            .filter(|known| {
                *known == name || known.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
            .collect();
        if wanted.is_empty() {
            let near = closest(name, known.iter().map(String::as_str));
            return Err(Trouble::hint(
                format!(
                    "There is no pack \"{name}\": no embedded pack has that name and there is no such file or folder."
                ),
                near.map_or_else(
                    || "`assize standards` lists the embedded packs.".to_owned(),
                    |near| format!("Did you mean \"{near}\"?"),
                ),
            ));
        }
        for name in wanted {
            match embedded::load(name) {
                Some(Ok(pack)) => found.push(pack),
                Some(Err(more)) => errors.extend(more),
                None => {}
            }
        }
    }
    // The same pack named twice, or by its name and its country, is one pack.
    let mut seen = std::collections::HashSet::new();
    found.retain(|pack| seen.insert((pack.form.pack.clone(), pack.folder.clone())));
    if errors.is_empty() { Ok((found, authorities)) } else { Err(errors.into()) }
}

/// Main files or folders of every pack at or below a path.
pub(super) fn on_disk(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut found: Vec<PathBuf> = walkdir(path)
        .into_iter()
        .filter(|file| is_pack_file(file))
        .filter_map(|file| file.parent().map(Path::to_owned))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn walkdir(folder: &Path) -> Vec<PathBuf> {
    ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(ignore::DirEntry::into_path)
        .collect()
}

fn register_above(folder: &Path) -> Result<Option<Authorities>, PackError> {
    let Some(path) =
        folder.ancestors().map(|folder| folder.join("authorities.yaml")).find(|path| path.is_file())
    else {
        return Ok(None);
    };
    let text = fs::read_to_string(&path).map_err(|error| {
        PackError::unreadable(&path, format!("The register of authorities cannot be read: {error}."))
    })?;
    let document =
        detect::parse(assize_tree::document::Format::Yaml, Arc::new(Text::from(text)), Limits::default());
    let wrong = |problem: Problem| PackError {
        path: path.display().to_string(),
        text: Some(Arc::clone(document.text())),
        problems: vec![problem],
    };
    if let Some(problem) = document.problems().first() {
        return Err(wrong(problem.clone()));
    }
    document.root().map(|root| from_node(&document, root).map_err(wrong)).transpose()
}
