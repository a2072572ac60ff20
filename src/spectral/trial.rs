//! A ruleset or one function over one document, without files: what Spectral's recorded answers are held
//! against, and what a ruleset's author may try a rule with.

use super::formats;
use super::functions::{self, Missing, Outcome};
use super::lint::{Call, Linted, Setting, lint};
use super::read::read_text;
use super::repairs::Repairs;
use super::resolve::{Doc, Files, Inventory};
use super::value::View;
use crate::finding::FileId;
use assize_tree::document::Document;
use assize_tree::text::Text;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The documents of a trial, by name.
struct Named<'a>(&'a BTreeMap<String, Arc<Document>>);

impl Files for Named<'_> {
    fn load(&self, path: &str) -> Result<(FileId, Arc<Document>), String> {
        let found = self.0.iter().enumerate().find(|(_, (name, _))| *name == path);
        match found {
            Some((index, (_, document))) => Ok((FileId::of_index(index + 1), Arc::clone(document))),
            None => Err(format!("ENOENT: no such file or directory, open '{path}'")),
        }
    }

    fn absolute(&self, path: &str) -> String {
        path.to_owned()
    }
}

fn inventory(
    name: &str,
    document: &Arc<Document>,
    others: &BTreeMap<String, Arc<Document>>,
) -> Arc<Inventory> {
    let first = Doc::read(Arc::clone(document), name.to_owned(), name.to_owned(), FileId::of_index(0), false);
    Arc::new(Inventory::new(first, &Named(others), Repairs::default()))
}

/// Lints a document of that name by a ruleset that is given as text. References lead to the other
/// documents, which stand in the same folder, and nowhere else.
///
/// # Errors
/// What is wrong with the ruleset.
pub fn try_ruleset(
    ruleset: &str,
    name: &str,
    document: &Arc<Document>,
    others: &BTreeMap<String, Arc<Document>>,
) -> Result<Linted, String> {
    let text = Arc::new(Text::from(ruleset));
    let definition = read_text(Path::new("ruleset"), text).map_err(|errors| {
        let problems = errors.iter().flat_map(|error| &error.problems);
        problems.map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
    })?;
    let built = definition.build().map_err(|name| format!("There is no rule {name} to change."))?;
    let inventory = inventory(name, document, others);
    let relative: Vec<String> = inventory.docs().iter().map(|doc| doc.path.clone()).collect();
    let setting = Setting {
        ruleset: &built,
        inventory: &inventory,
        source: name,
        relative: &relative,
        corrected: Repairs::default(),
    };
    Ok(lint(&setting, super::run::complaints(&inventory)))
}

/// Calls a function for the root of a document, which is said to stand at `path` and to be of formats
/// that are named as Spectral shows them.
///
/// # Errors
/// What is wrong with the options, or why the function cannot answer.
pub fn try_function(
    name: &str,
    options: &Value,
    document: &Arc<Document>,
    path: &[String],
    shown: &[&str],
) -> Result<Vec<Outcome>, String> {
    let function = functions::find(name, options).map_err(|missing| match missing {
        Missing::Unknown => format!("There is no function {name}."),
        Missing::Options(reason) => reason,
    })?;
    let formats: Vec<&'static str> = formats::ALL
        .iter()
        .filter(|format| shown.contains(&formats::shown(format.name)))
        .map(|format| format.name)
        .collect();
    let inventory = inventory("", document, &BTreeMap::new());
    let way = || path.to_vec();
    Call::alone(&inventory, false, &formats, &way, |call| {
        let view = View { inventory: &inventory, resolved: false };
        let mut out = Vec::new();
        function.call(call, &view.read(view.root()), &mut out)?;
        Ok(out)
    })
}
