//! Which packs `--pack` means.

use super::trouble::Trouble;
use crate::config;
use crate::engine::Plan;
use crate::pack::lock::{self, Lock, Locked};
use crate::pack::source::{Unpacked, is_archive};
use crate::pack::{Pack, PackError, embedded, is_pack_file, signed};
use crate::signature::Key;
use crate::spectral::{Reading, Ruleset, is_ruleset};
use crate::standard::Authorities;
use assize_tree::document::de::{closest, from_node};
use assize_tree::document::{Limits, detect};
use assize_tree::text::{Problem, Text};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the packs and Spectral rulesets named (all embedded packs where nothing is) and compiles
/// them.
pub(super) fn plan(names: &[String]) -> Result<Plan, Trouble> {
    plan_with(names, &Reading::default())
}

/// The same, with what rulesets may read.
pub(super) fn plan_with(names: &[String], reading: &Reading) -> Result<Plan, Trouble> {
    let (rulesets, rest) = rulesets(names);
    let mut plan = if rest.is_empty() && !rulesets.is_empty() {
        Plan::new(Vec::new(), embedded::authorities())?
    } else {
        let (packs, authorities) = packs(&rest)?;
        Plan::new(packs, &authorities)?
    };
    for name in rulesets {
        plan.add_ruleset(Ruleset::read(Path::new(&name), reading)?);
    }
    Ok(plan)
}

/// The names that are files of Spectral rulesets, and those that are packs.
pub(super) fn rulesets(names: &[String]) -> (Vec<String>, Vec<String>) {
    names.iter().cloned().partition(|name| Path::new(name).is_file() && is_ruleset(Path::new(name)))
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
        if path.is_file() && is_archive(path) {
            match in_archive(path, &mut authorities) {
                Ok(packs) => found.extend(packs),
                Err(more) => errors.extend(more),
            }
            continue;
        }
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
            let last = |known: &&str| known.rsplit_once('/').is_some_and(|(_, last)| last == name);
            let near = closest(name, known.iter().map(String::as_str))
                .or_else(|| known.iter().map(String::as_str).find(last));
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

/// Whom to trust with packs and profiles.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct TrustArguments {
    /// Minisign key, or file that holds one: packs and profiles that are not embedded must be signed with it (repeatable)
    #[arg(long = "pack-key", value_name = "KEY|FILE", help_heading = "Packs")]
    pub(super) pack_keys: Vec<String>,
    /// Judge only by packs as they stand in assize.lock
    #[arg(long, help_heading = "Packs")]
    pub(super) locked: bool,
    /// The lock, instead of the assize.lock of the judged folder
    #[arg(long, value_name = "FILE", help_heading = "Packs")]
    pub(super) lock_file: Option<PathBuf>,
}

/// Holds the packs of a plan to their signatures and to the lock.
pub(super) fn trust(
    plan: &Plan,
    arguments: &TrustArguments,
    configured: &[String],
    folder: Option<&Path>,
) -> Result<(), Trouble> {
    let keys = read_keys(arguments.pack_keys.iter().chain(configured))?;
    if !keys.is_empty() {
        for pack in &plan.packs {
            signed::check(pack, &keys).map_err(|why| {
                Trouble::hint(why, "`assize pack text FOLDER` prints what is signed; docs/packs.md says how.")
            })?;
        }
        if let Some(ruleset) = plan.infos().iter().find(|info| info.is_ruleset) {
            return Err(Trouble::hint(
                format!("The ruleset {} cannot be signed.", ruleset.name),
                "Where packs must be signed, judge by packs alone.",
            ));
        }
    }
    if arguments.locked || arguments.lock_file.is_some() {
        let (path, lock) = find_lock(arguments.lock_file.as_deref(), folder)?;
        let differences = lock.differences(&used(plan));
        if !differences.is_empty() {
            return Err(Trouble::hint(
                format!("The packs differ from {}: {}", path.display(), differences.join(" ")),
                "If that is meant, write the lock anew with `assize lock` and look at its changes.",
            ));
        }
    }
    Ok(())
}

/// Name, version and digest of every pack of a plan.
pub(super) fn used(plan: &Plan) -> Vec<Locked> {
    let infos = plan.infos().iter();
    infos
        .map(|info| Locked {
            name: info.name.clone(),
            version: info.version.clone(),
            sha256: info.digest.clone(),
        })
        .collect()
}

/// Reads the keys that packs and profiles must be signed with.
pub(super) fn read_keys<'k>(keys: impl Iterator<Item = &'k String>) -> Result<Vec<Key>, Trouble> {
    keys.map(|key| read_key(key)).collect()
}

/// Holds a profile, or a list of approvers, to its signature, where there are keys to hold it to.
pub(super) fn signed_file(path: &Path, keys: &[Key]) -> Result<(), Trouble> {
    if keys.is_empty() {
        return Ok(());
    }
    let bytes = fs::read(path)
        .map_err(|error| Trouble::usage(format!("{} cannot be read: {error}.", path.display())))?;
    signed::check_file(path, &bytes, keys).map_err(|why| {
        Trouble::hint(why, format!("Whoever answers for it signs it: minisign -Sm {}", path.display()))
    })
}

fn read_key(key: &str) -> Result<Key, Trouble> {
    let path = Path::new(key);
    let text = if path.is_file() {
        fs::read_to_string(path)
            .map_err(|error| Trouble::usage(format!("The key {key} cannot be read: {error}.")))?
    } else {
        key.to_owned()
    };
    Key::parse(&text).map_err(|why| Trouble::hint(format!("The key \"{key}\" cannot be used."), why))
}

fn find_lock(named: Option<&Path>, folder: Option<&Path>) -> Result<(PathBuf, Lock), Trouble> {
    let found = named.map(Path::to_owned).or_else(|| config::discover_file(folder?, lock::NAME));
    let Some(path) = found else {
        return Err(Trouble::hint("There is no assize.lock.", "`assize lock` writes one."));
    };
    let text = super::accept::text(&path)?;
    let document = detect::parse(assize_tree::document::Format::Toml, Arc::clone(&text), Limits::default());
    let wrong = |problem: Problem| {
        Trouble::Files(vec![PackError {
            path: path.display().to_string(),
            text: Some(Arc::clone(&text)),
            problems: vec![problem],
        }])
    };
    if let Some(problem) = document.problems().first() {
        return Err(wrong(problem.clone()));
    }
    let lock: Lock = match document.root() {
        Some(root) => from_node(&document, root).map_err(&wrong)?,
        None => Lock::default(),
    };
    lock.check().map_err(|why| wrong(Problem::new("form", assize_tree::text::Span::default(), why)))?;
    Ok((path, lock))
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

/// The packs of an archive, and the registers of authorities in it.
fn in_archive(path: &Path, authorities: &mut Authorities) -> Result<Vec<Pack>, Vec<PackError>> {
    let unpacked = Unpacked::read(path).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    for (name, bytes) in &unpacked.files {
        if name == "authorities.yaml" || name.ends_with("/authorities.yaml") {
            let text = String::from_utf8_lossy(bytes).into_owned();
            match register(&path.join(name).display().to_string(), text) {
                Ok(more) => {
                    authorities.authorities.extend(more.into_iter().flat_map(|register| register.authorities))
                }
                Err(error) => errors.push(error),
            }
        }
    }
    let packs = unpacked.packs(path);
    if packs.is_empty() {
        errors.push(PackError::unreadable(path, "There is no pack in this archive."));
    }
    let mut found = Vec::new();
    for files in packs {
        match Pack::from_source(files) {
            Ok(pack) => found.push(pack),
            Err(more) => errors.extend(more),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
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
    register(&path.display().to_string(), text)
}

fn register(path: &str, text: String) -> Result<Option<Authorities>, PackError> {
    let document =
        detect::parse(assize_tree::document::Format::Yaml, Arc::new(Text::from(text)), Limits::default());
    let wrong = |problem: Problem| PackError {
        path: path.to_owned(),
        text: Some(Arc::clone(document.text())),
        problems: vec![problem],
    };
    if let Some(problem) = document.problems().first() {
        return Err(wrong(problem.clone()));
    }
    document.root().map(|root| from_node(&document, root).map_err(wrong)).transpose()
}
