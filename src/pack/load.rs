//! A pack from its files, with every mistake placed.

use super::changes::{self, Changes};
use super::form::{PackForm, RuleForm};
use super::source::{CHANGES, PackFiles};
use assize_tree::document::de::from_node;
use assize_tree::document::{Document, Format, Limits, NodeId, detect, escape_pointer_token};
use assize_tree::text::{Problem, Span, Text};
use std::collections::BTreeMap;
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
    /// The bytes of its files by their path from its folder; none for an embedded pack.
    pub files: Arc<BTreeMap<String, Vec<u8>>>,
    /// What became of its clauses from version to version.
    pub changes: Changes,
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
        Self::from_source(PackFiles::of_folder(&main).map_err(|error| vec![error])?)
    }

    /// A pack from its files, wherever they came from.
    ///
    /// # Errors
    /// Every mistake found, file by file.
    pub fn from_source(source: PackFiles) -> Result<Self, Vec<PackError>> {
        let decode = |name: &str| -> Result<(String, String), PackError> {
            let shown = source.shown(name);
            let bytes = source.files.get(name).cloned().unwrap_or_default();
            let text = Text::decode(bytes)
                .map_err(|problem| PackError::unreadable(Path::new(&shown), problem.message))?;
            Ok((shown, text.as_str().to_owned()))
        };
        let rules = source.files.keys().filter(|path| path.starts_with("rules/"));
        let texts: Result<Vec<_>, _> =
            std::iter::once(&source.main).chain(rules).map(|name| decode(name)).collect();
        let mut pack = Self::from_files(texts.map_err(|error| vec![error])?, Some(source.folder.clone()))?;
        pack.digest = source.digest();
        if source.files.contains_key(CHANGES) {
            let (path, text) = decode(CHANGES).map_err(|error| vec![error])?;
            pack.changes = read_changes(&path, text, &pack.form).map_err(|error| vec![error])?;
        }
        pack.files = Arc::new(source.files);
        Ok(pack)
    }

    /// A pack from the texts of its files, the main one first. Its digest is for the caller to give.
    ///
    /// # Errors
    /// Every mistake found, file by file.
    pub fn from_files(files: Vec<(String, String)>, folder: Option<PathBuf>) -> Result<Self, Vec<PackError>> {
        let mut errors = Vec::new();
        let mut sources = Vec::new();
        for (path, text) in files {
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
        let mut pack = Self {
            form,
            sources,
            homes,
            folder,
            digest: String::new(),
            files: Arc::default(),
            changes: Changes::default(),
        };
        for at in 1..pack.sources.len() {
            if let Err(error) = pack.merge_rules(at) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(pack) } else { Err(errors) }
    }

    /// A pack that was read elsewhere and has no mistakes. Its digest is for the caller to give.
    pub(super) fn of_form(form: PackForm) -> Self {
        Self {
            form,
            sources: Vec::new(),
            homes: BTreeMap::new(),
            folder: None,
            digest: String::new(),
            files: Arc::default(),
            changes: Changes::default(),
        }
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
        let Some(source) = self.sources.get(source) else {
            return PackError::unreadable(Path::new(&self.form.pack), message);
        };
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

/// What became of a pack's clauses, from the text of its `CHANGES.yaml`.
pub(super) fn read_changes(path: &str, text: String, form: &PackForm) -> Result<Changes, PackError> {
    let document = detect::parse(Format::Yaml, Arc::new(Text::from(text)), Limits::default());
    let problems = match document.problems() {
        [] => match changes::read(&document, form) {
            Ok(changes) => return Ok(changes),
            Err(problems) => problems,
        },
        broken => broken.to_vec(),
    };
    Err(PackError { path: path.to_owned(), text: Some(Arc::clone(document.text())), problems })
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
