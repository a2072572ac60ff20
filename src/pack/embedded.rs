//! The packs the binary carries.

use super::form::ExamplesForm;
use super::load::{Pack, PackError, read_changes};
use super::source::CHANGES;
use crate::standard::Authorities;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The packs, one after the other.
static PACKS: &str = include_str!(concat!(env!("OUT_DIR"), "/packs.json"));
static INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/index.json"));
static ASSETS: &str = include_str!(concat!(env!("OUT_DIR"), "/assets.json"));
static EXAMPLES: &str = include_str!(concat!(env!("OUT_DIR"), "/examples.json"));
static PROFILES: &str = include_str!(concat!(env!("OUT_DIR"), "/profiles.json"));
static AUTHORITIES: &str = include_str!(concat!(env!("OUT_DIR"), "/authorities.json"));

/// What is known of an embedded pack before it is read.
#[derive(Debug, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// SHA-256 over its files, in hexadecimal.
    pub digest: String,
    /// Its version.
    pub version: String,
    /// The standard's title.
    pub title: String,
    /// The standard's edition.
    #[serde(deserialize_with = "text")]
    pub edition: String,
    /// Id of the body that answers for the standard.
    pub authority: String,
    /// Where the standard is published.
    pub url: String,
    /// Facts that must be true for `assize check` to take it up unasked.
    pub chosen: Vec<String>,
    /// Kinds of files that its rules look at, as the rules name them.
    pub kinds: Vec<String>,
    changes: Option<String>,
    start: usize,
    end: usize,
}

/// A text, or a number as it is written.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}

/// The embedded packs, sorted by name.
#[must_use]
pub fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    // The build wrote this file: it is well-formed, or the binary was never built.
    ENTRIES.get_or_init(|| serde_json::from_str(INDEX).unwrap_or_default())
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
    let text = PACKS.get(entry.start..entry.end).unwrap_or_default();
    // Without the tree that places mistakes: there are none. If there are, it finds them.
    let read = match serde_json::from_str(text) {
        Ok(form) => Ok(Pack::of_form(form)),
        Err(_) => Pack::from_files(vec![(format!("{name}/pack.json"), text.to_owned())], None),
    };
    Some(read.and_then(|mut pack| {
        pack.digest.clone_from(&entry.digest);
        if let Some(text) = &entry.changes {
            let path = format!("{name}/{CHANGES}");
            pack.changes = read_changes(&path, text.clone(), &pack.form).map_err(|error| vec![error])?;
        }
        Ok(pack)
    }))
}

/// A file that lies in an embedded pack's folder.
#[must_use]
pub fn asset(pack: &str, path: &str) -> Option<&'static str> {
    static ALL: OnceLock<BTreeMap<String, BTreeMap<String, String>>> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(ASSETS).unwrap_or_default())
        .get(pack)?
        .get(path)
        .map(String::as_str)
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

#[cfg(test)]
mod tests {
    use super::{PACKS, entries, load};

    #[test]
    fn every_pack_is_read_the_short_way_and_as_its_index_says() {
        assert!(entries().len() >= 15);
        let mut end = 0;
        for entry in entries() {
            assert_eq!(entry.start, end, "{}", entry.name);
            end = entry.end;
            let short: Result<crate::pack::form::PackForm, _> =
                serde_json::from_str(&PACKS[entry.start..entry.end]);
            let short = short.unwrap_or_else(|error| panic!("{}: {error}", entry.name));
            let pack = load(&entry.name).unwrap().unwrap();
            assert_eq!((&short.pack, &pack.form.version), (&entry.name, &entry.version));
            assert_eq!(pack.form.standard.edition, entry.edition);
            assert_eq!(pack.form.chosen_when, entry.chosen);
        }
        assert_eq!(end, PACKS.len());
    }
}
