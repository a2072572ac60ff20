//! `assize.toml`: a supplier's own settings for its own tree. An audit never reads it.

use crate::pack::PackError;
use crate::verdict::roles::Declared;
use assize_tree::document::de::from_node;
use assize_tree::document::{Limits, detect};
use assize_tree::text::{Problem, Text};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of the file.
pub const NAME: &str = "assize.toml";

/// What the file says. Command line options win over it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Config {
    /// Settings of `assize check`.
    pub check: CheckConfig,
    /// Limits on each file.
    pub limits: LimitsConfig,
    /// Where the packages that Spectral rulesets extend lie, by name: a folder or a file, from this file.
    pub packages: std::collections::BTreeMap<String, PathBuf>,
    /// Facts declared of the system, by name.
    pub facts: std::collections::BTreeMap<String, bool>,
    /// The systems of the repository, where it holds several: a statement each.
    pub system: Vec<SystemConfig>,
    /// Roles of API descriptions, where they cannot be told.
    pub api: Vec<ApiConfig>,
}

/// One system of a repository.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct SystemConfig {
    /// Its name.
    pub name: String,
    /// Globs of its files; all of them where empty.
    pub paths: Vec<String>,
    /// Who supplies it.
    pub supplier: Option<String>,
    /// Whether it is `live` or `retired`.
    pub lifecycle: Option<String>,
    /// Facts declared of it, by name.
    pub facts: std::collections::BTreeMap<String, bool>,
}

/// The role of an API description.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ApiConfig {
    /// Its path.
    pub path: String,
    /// Its role: `published`, `superseded`, `deployment`, `generated`, `test`, `example`, `components`, `orphan`.
    pub role: crate::verdict::roles::Role,
}

/// Settings of `assize check`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct CheckConfig {
    /// Packs to judge by; all embedded ones where empty.
    pub packs: Vec<String>,
    /// The severity from which a finding fails the run.
    pub fail_on: Option<FailOn>,
    /// Files not to be looked at, as in `.gitignore`.
    pub exclude: Vec<String>,
    /// Ids of rules (or `uk/nhs-number` for all of a pack) not to run.
    pub disable: Vec<String>,
    /// Minisign keys, or files that hold them: every pack that is not embedded must be signed with one.
    pub pack_keys: Vec<String>,
}

/// A severity, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Warnings and errors.
    #[value(alias = "warn")]
    #[serde(alias = "warn")]
    Warning,
    /// Everything but hints.
    #[value(alias = "info")]
    #[serde(alias = "info")]
    Note,
    /// Everything.
    Hint,
    /// Nothing fails the run.
    Never,
}

/// Limits on each file.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Size in bytes.
    pub max_file_size: Option<u64>,
    /// Levels of nesting.
    pub max_depth: Option<u32>,
    /// Number of values.
    pub max_nodes: Option<u32>,
    /// Number of values with YAML aliases followed.
    pub max_expansion: Option<u64>,
}

impl LimitsConfig {
    /// These limits where set, else `otherwise`'s.
    #[must_use]
    pub fn or(self, otherwise: Limits) -> Limits {
        Limits {
            bytes: self.max_file_size.unwrap_or(otherwise.bytes),
            depth: self.max_depth.unwrap_or(otherwise.depth).min(assize_tree::document::MAX_DEPTH),
            nodes: self.max_nodes.unwrap_or(otherwise.nodes),
            expansion: self.max_expansion.unwrap_or(otherwise.expansion),
        }
    }
}

impl Config {
    /// The roles that `[[api]]` declares, by path.
    #[must_use]
    pub fn declared(&self) -> Declared {
        self.api.iter().map(|api| (api.path.clone(), api.role)).collect()
    }
}

/// Finds the file for a judged folder: in it, or above it up to the root of its repository.
#[must_use]
pub fn discover(folder: &Path) -> Option<PathBuf> {
    discover_file(folder, NAME)
}

/// The same for a file of another name.
#[must_use]
pub fn discover_file(folder: &Path, name: &str) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let candidate = folder.join(name);
        if candidate.is_file() {
            return Some(candidate);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

/// Reads the file.
///
/// # Errors
/// The first mistake in it, with its place.
pub fn read(path: &Path) -> Result<Config, PackError> {
    let bytes = fs::read(path).map_err(|error| {
        PackError::unreadable(path, format!("The configuration cannot be read: {error}."))
    })?;
    let text = Text::decode(bytes).map_err(|problem| PackError::unreadable(path, problem.message))?;
    let document = detect::parse(assize_tree::document::Format::Toml, Arc::new(text), Limits::default());
    let wrong = |problems: Vec<Problem>| PackError {
        path: path.display().to_string(),
        text: Some(Arc::clone(document.text())),
        problems,
    };
    if !document.problems().is_empty() {
        return Err(wrong(document.problems().to_vec()));
    }
    let mut config: Config = match document.root() {
        None => Config::default(),
        Some(root) => from_node(&document, root).map_err(|problem| wrong(vec![problem]))?,
    };
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    for place in config.packages.values_mut() {
        *place = folder.join(&place);
    }
    Ok(config)
}
