//! A pack from its files, with every mistake placed.

use super::form::{PackForm, RuleForm};
use assize_tree::document::de::from_node;
use assize_tree::document::{Document, Format, Limits, NodeId, detect, escape_pointer_token};
use assize_tree::text::{Problem, Span, Text};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of a pack's main file.
const MAIN: [&str; 3] = ["pack.yaml", "pack.yml", "pack.json"];

/// Whether a path names a pack's main file.
#[must_use]
pub fn is_pack_file(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| MAIN.contains(&name))
}

/// A pack that was read; its rules are not compiled yet.
#[derive(Clone, Debug)]
pub struct Pack {
    /// What it says, with the rules of its further files merged in.
    pub form: PackForm,
    /// The files it was read from, the main one first.
    pub sources: Vec<PackSource>,
    /// Which source each rule stands in.
    homes: BTreeMap<String, usize>,
    /// The folder it lies in; `None` for an embedded pack.
    pub folder: Option<PathBuf>,
    /// SHA-256 over its files, in hexadecimal.
    pub digest: String,
}

/// One file of a pack.
#[derive(Clone, Debug)]
pub struct PackSource {
    /// Its path, for messages.
    pub path: String,
    /// The parsed file.
    pub document: Arc<Document>,
}

/// A member of a pack's form, for placing errors.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// Below the pack's main file: a JSON pointer.
    Main(&'a str),
    /// Below a rule: its id and a JSON pointer.
    Rule(&'a str, &'a str),
}

/// Mistakes in one file of a pack.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{path}: {}", .problems.first().map_or("cannot be read", |problem| problem.message.as_str()))]
pub struct PackError {
    /// The file.
    pub path: String,
    /// Its text, where it could be read.
    pub text: Option<Arc<Text>>,
    /// What is wrong, and where.
    pub problems: Vec<Problem>,
}

impl PackError {
    /// A file that could not be read at all.
    #[must_use]
    pub fn unreadable(path: &Path, reason: impl Into<String>) -> Self {
        Self {
            path: path.display().to_string(),
            text: None,
            problems: vec![Problem::new("pack", Span::default(), reason)],
        }
    }
}

impl Pack {
    /// Reads a pack from its folder or its main file.
    ///
    /// # Errors
    /// Every mistake found, file by file.
    pub fn read(path: &Path) -> Result<Self, Vec<PackError>> {
        let main = if path.is_dir() {
            MAIN.iter().map(|name| path.join(name)).find(|main| main.is_file()).ok_or_else(|| {
                vec![PackError::unreadable(
                    path,
                    format!("There is no {} in this folder.", MAIN.join(" or ")),
                )]
            })?
        } else {
            path.to_owned()
        };
        let folder = main.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut files = vec![read_file(&main)?];
        let mut further: Vec<PathBuf> = fs::read_dir(folder.join("rules"))
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        further.retain(|path| {
            path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml" || kind == "json")
        });
        further.sort();
        for path in further {
            files.push(read_file(&path)?);
        }
        Self::from_files(files, Some(folder))
    }

    /// A pack from the texts of its files, the main one first.
    ///
    /// # Errors
    /// Every mistake found, file by file.
    pub fn from_files(files: Vec<(String, String)>, folder: Option<PathBuf>) -> Result<Self, Vec<PackError>> {
        let mut digest = Sha256::new();
        let mut errors = Vec::new();
        let mut sources = Vec::new();
        for (path, text) in files {
            // An embedded pack's was taken at build time.
            if folder.is_some() {
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text.as_bytes());
            }
            let format = detect::format_of(&path, &text).unwrap_or(Format::Yaml);
            let document = detect::parse(format, Arc::new(Text::from(text)), Limits::default());
            if !document.problems().is_empty() {
                errors.push(PackError {
                    path: path.clone(),
                    text: Some(Arc::clone(document.text())),
                    problems: document.problems().to_vec(),
                });
            }
            sources.push(PackSource { path, document: Arc::new(document) });
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let form = sources
            .first()
            .ok_or_else(Vec::<PackError>::new)
            .and_then(|main| read_form::<PackForm>(main).map_err(|error| vec![error]))?;
        let homes = form.rules.keys().map(|id| (id.clone(), 0)).collect();
        let digest = digest.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let mut pack = Self { form, sources, homes, folder, digest };
        for at in 1..pack.sources.len() {
            if let Err(error) = pack.merge_rules(at) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(pack) } else { Err(errors) }
    }

    fn merge_rules(&mut self, at: usize) -> Result<(), PackError> {
        let rules: BTreeMap<String, RuleForm> = read_form(&self.sources[at])?;
        for (id, rule) in rules {
            if let Some(&home) = self.homes.get(&id) {
                let pointer = format!("/{}", escape_pointer_token(&id));
                let first = self.sources[home].path.clone();
                return Err(self.error_in(
                    at,
                    &pointer,
                    true,
                    format!("The rule \"{id}\" stands already in {first}."),
                    None,
                ));
            }
            self.homes.insert(id.clone(), at);
            self.form.rules.insert(id, rule);
        }
        Ok(())
    }

    /// A mistake at a member of the form: at the deepest part of the way to it that is there.
    #[must_use]
    pub fn error(&self, place: Place<'_>, message: impl Into<String>, hint: Option<String>) -> PackError {
        match place {
            Place::Main(pointer) => self.error_in(0, pointer, false, message.into(), hint),
            Place::Rule(id, below) => {
                let home = self.homes.get(id).copied().unwrap_or_default();
                let prefix = if home == 0 { "/rules" } else { "" };
                let pointer = format!("{prefix}/{}{below}", escape_pointer_token(id));
                self.error_in(home, &pointer, below.is_empty(), message.into(), hint)
            }
        }
    }

    fn error_in(
        &self,
        source: usize,
        pointer: &str,
        key: bool,
        message: String,
        hint: Option<String>,
    ) -> PackError {
        let source = &self.sources[source];
        let document = &source.document;
        let node = deepest(document, pointer);
        let span = node.map_or_else(Span::default, |node| {
            let raw = document.node(node);
            let on_key = key
                || matches!(
                    document.kind(node),
                    assize_tree::document::Kind::Object | assize_tree::document::Kind::Array
                );
            if on_key && !raw.key_span.is_empty() { raw.key_span } else { raw.span }
        });
        PackError {
            path: source.path.clone(),
            text: Some(Arc::clone(document.text())),
            problems: vec![Problem { hint, ..Problem::new("pack", span, message) }],
        }
    }
}

/// The node a pointer leads to, or the last one on the way that is there.
fn deepest(document: &Document, pointer: &str) -> Option<NodeId> {
    let root = document.root()?;
    let mut pointer = pointer;
    loop {
        if let Some(node) = document.pointer(root, pointer) {
            return Some(node);
        }
        pointer = &pointer[..pointer.rfind('/')?];
    }
}

fn read_file(path: &Path) -> Result<(String, String), Vec<PackError>> {
    let unreadable = |reason: String| vec![PackError::unreadable(path, reason)];
    let bytes = fs::read(path).map_err(|error| unreadable(format!("The file cannot be read: {error}.")))?;
    let text = Text::decode(bytes).map_err(|problem| unreadable(problem.message))?;
    Ok((path.display().to_string(), text.as_str().to_owned()))
}

fn read_form<T: serde::de::DeserializeOwned>(source: &PackSource) -> Result<T, PackError> {
    let document = &source.document;
    let error = |problem| PackError {
        path: source.path.clone(),
        text: Some(Arc::clone(document.text())),
        problems: vec![problem],
    };
    let root = document.root().ok_or_else(|| {
        error(Problem::new("pack", Span::default(), "The file is empty; a pack is expected."))
    })?;
    from_node(document, root).map_err(error)
}
