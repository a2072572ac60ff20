//! From a ruleset and a file of the judged tree to results: parsing as Spectral parses, references,
//! overrides, and what the parser and the resolver say themselves.

use super::lint::{Finding, Linted, Setting, lint};
use super::place::{Range, range, span_of, within};
use super::repairs::{Repair, Repairs};
use super::resolve::{Doc, Files, Inventory};
use super::ruleset::{Built, Definition, ParserOptions};
use crate::bundle::Store;
use crate::finding::FileId;
use crate::pack::PackError;
use crate::workspace::Workspace;
use assize_tree::document::{Builder, Document, Format, Kind, yaml};
use assize_tree::text::Span;
use std::path::Path;
use std::sync::Arc;

/// A ruleset, ready to lint.
pub struct Ruleset {
    /// Its name: the file's, without ending.
    pub name: String,
    /// Its file, as it was named.
    pub path: String,
    /// What its files say.
    pub definition: Definition,
    /// The same, merged; without the overrides.
    pub built: Built,
}

impl Ruleset {
    /// Reads a ruleset and every file it extends.
    ///
    /// # Errors
    /// Mistakes, each with its place.
    pub fn read(path: &Path, reading: &super::Reading) -> Result<Self, Vec<PackError>> {
        let definition = super::read(path, reading)?;
        let built = definition.build().unwrap_or_default();
        let name = path.file_stem().map_or_else(|| "ruleset".into(), |stem| stem.to_string_lossy());
        let name = name.trim_start_matches('.').to_owned();
        Ok(Self { name, path: path.display().to_string(), definition, built })
    }
}

/// What a document's run came to.
pub struct Run {
    /// The results.
    pub linted: Linted,
    /// The file of each document. The documents themselves are let go: a run may be over thousands.
    pub files: Vec<FileId>,
}

struct Tree<'a> {
    workspace: &'a Workspace,
    store: &'a Store<'a>,
}

impl Files for Tree<'_> {
    fn load(&self, path: &str) -> Result<(FileId, Arc<Document>), String> {
        let Some(index) = self.workspace.find(path) else {
            let full = self.absolute(path);
            return Err(if self.workspace.is_folder(path) {
                "EISDIR: illegal operation on a directory, read".to_owned()
            } else {
                format!("ENOENT: no such file or directory, open '{full}'")
            });
        };
        let document = self.store.load_any(index)?;
        let document = if document.is_empty() { nothing(&document) } else { document };
        Ok((FileId::of_index(index), document))
    }

    fn absolute(&self, path: &str) -> String {
        self.workspace.absolute(path)
    }
}

impl Ruleset {
    /// Lints a file of a workspace.
    pub(crate) fn run(
        &self,
        workspace: &Workspace,
        store: &Store<'_>,
        file: usize,
        document: &Arc<Document>,
        corrected: Repairs,
    ) -> Run {
        let path = workspace.entries()[file].path.clone();
        // Corrected, a JSON text is a JSON text, with the ranges of one.
        let json = corrected.has(Repair::JsonAsJson) && document.format() == Format::Json;
        let document = if json && !document.is_empty() { Arc::clone(document) } else { as_yaml(document) };
        let source = workspace.absolute(&path);
        let first = Doc::read(Arc::clone(&document), path, source, FileId::of_index(file), json);
        let tree = Tree { workspace, store };
        let inventory = Arc::new(Inventory::new(first, &tree, corrected));
        let absolute: Vec<String> =
            inventory.docs().iter().map(|doc| workspace.absolute(&doc.path)).collect();
        let folder = self.definition.folder.to_string_lossy().replace('\\', "/");
        let relative: Vec<String> = absolute.iter().map(|path| relative(&folder, path)).collect();
        let overridden = if self.definition.overrides.is_empty() {
            None
        } else {
            self.definition.build_for(&relative[0]).ok()
        };
        let built = overridden.as_ref().unwrap_or(&self.built);
        let mut findings = Vec::new();
        for doc in 1..inventory.docs().len() {
            findings.extend(super::parser::findings(&inventory, doc as u32, ParserOptions::default()));
        }
        findings.extend(complaints(&inventory));
        findings.extend(super::parser::findings(&inventory, 0, built.parser));
        if corrected.has(Repair::StatusKeys) {
            findings.retain(|finding| !super::repairs::is_status_key(finding));
        }
        let setting = Setting {
            ruleset: built,
            inventory: &inventory,
            source: &absolute[0],
            relative: &relative,
            corrected,
        };
        // A file without a single character is not linted.
        let linted = if document.text().as_str().is_empty() {
            Linted { findings, ..Linted::default() }
        } else {
            lint(&setting, findings)
        };
        let files = inventory.docs().iter().map(|doc| doc.file).collect();
        Run { linted, files }
    }
}

/// Spectral reads every root document as YAML; what is right as JSON is right as YAML too.
fn as_yaml(document: &Arc<Document>) -> Arc<Document> {
    if document.format() == Format::Json && !document.problems().is_empty() {
        let limits = assize_tree::document::Limits::default();
        let document = Arc::new(yaml::parse(Arc::clone(document.text()), limits));
        return if document.is_empty() { nothing(&document) } else { document };
    }
    if document.is_empty() { nothing(document) } else { Arc::clone(document) }
}

/// A file without any value holds nothing, which is a value too.
pub(super) fn nothing(document: &Arc<Document>) -> Arc<Document> {
    let limits = assize_tree::document::Limits::default();
    let mut builder = Builder::new(Arc::clone(document.text()), Format::Yaml, limits);
    builder.scalar(Kind::Null, Span::default(), None, 0);
    for problem in document.problems() {
        builder.problem(problem.clone());
    }
    Arc::new(builder.finish())
}

/// A path from a folder, with `..` where it leads out.
fn relative(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts = vec![".."; from.len() - same];
    parts.extend(&to[same..]);
    parts.join("/")
}

/// What the resolver complains of: each message once.
pub(super) fn complaints(inventory: &Inventory) -> Vec<Finding> {
    let mut seen = std::collections::HashSet::new();
    inventory
        .complaints
        .iter()
        .filter(|complaint| seen.insert(complaint.message.clone()))
        .map(|complaint| {
            let mut path = complaint.path.clone();
            path.push("$ref".to_owned());
            let doc = &inventory.docs()[0];
            let span = span_of(doc, &path);
            Finding {
                code: "invalid-ref".to_owned(),
                path,
                message: complaint.message.clone(),
                severity: 0,
                range: span.map_or_else(Range::default, |span| range(doc, span)),
                span: span.map(|span| within(doc, span)).unwrap_or_default(),
                doc: Some(complaint.doc),
                url: None,
            }
        })
        .collect()
}
