//! The packs the binary carries.

use super::form::ExamplesForm;
use super::load::{Pack, PackError, read_changes};
use super::source::CHANGES;
use crate::standard::Authorities;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::OnceLock;

static PACKS: &str = include_str!(concat!(env!("OUT_DIR"), "/packs.json"));
static EXAMPLES: &str = include_str!(concat!(env!("OUT_DIR"), "/examples.json"));
static PROFILES: &str = include_str!(concat!(env!("OUT_DIR"), "/profiles.json"));
static AUTHORITIES: &str = include_str!(concat!(env!("OUT_DIR"), "/authorities.json"));

#[derive(Deserialize)]
struct Entry<'a> {
    name: String,
    digest: String,
    #[serde(default)]
    assets: BTreeMap<String, String>,
    #[serde(borrow)]
    pack: &'a RawValue,
}

fn entries() -> &'static [Entry<'static>] {
    static ENTRIES: OnceLock<Vec<Entry<'static>>> = OnceLock::new();
    // The build wrote this file: it is well-formed, or the binary was never built.
    ENTRIES.get_or_init(|| serde_json::from_str(PACKS).unwrap_or_default())
}

/// Names of the embedded packs, sorted.
#[must_use]
pub fn names() -> Vec<String> {
    entries().iter().map(|entry| entry.name.clone()).collect()
}

/// The embedded pack of a name.
///
/// # Errors
/// Never for a binary whose packs passed their tests.
pub fn load(name: &str) -> Option<Result<Pack, Vec<PackError>>> {
    let entry = entries().iter().find(|entry| entry.name == name)?;
    let files = vec![(format!("{name}/pack.json"), entry.pack.get().to_owned())];
    Some(Pack::from_files(files, None).and_then(|mut pack| {
        pack.digest.clone_from(&entry.digest);
        if let Some(text) = entry.assets.get(CHANGES) {
            let path = format!("{name}/{CHANGES}");
            pack.changes = read_changes(&path, text.clone(), &pack.form).map_err(|error| vec![error])?;
        }
        Ok(pack)
    }))
}

/// A file that lies in an embedded pack's folder.
#[must_use]
pub fn asset(pack: &str, path: &str) -> Option<&'static str> {
    entries().iter().find(|entry| entry.name == pack)?.assets.get(path).map(String::as_str)
}

/// The examples of an embedded pack's rules.
#[must_use]
pub fn examples(pack: &str) -> BTreeMap<String, ExamplesForm> {
    static ALL: OnceLock<BTreeMap<String, BTreeMap<String, ExamplesForm>>> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(EXAMPLES).unwrap_or_default())
        .get(pack)
        .cloned()
        .unwrap_or_default()
}

/// The embedded profiles: name and text.
#[must_use]
pub fn profiles() -> &'static BTreeMap<String, String> {
    static ALL: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(PROFILES).unwrap_or_default())
}

/// The register of authorities.
#[must_use]
pub fn authorities() -> &'static Authorities {
    static REGISTER: OnceLock<Authorities> = OnceLock::new();
    REGISTER.get_or_init(|| serde_json::from_str(AUTHORITIES).unwrap_or_default())
}
