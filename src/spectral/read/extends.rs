//! What a ruleset extends: Spectral's own rulesets, files beside it, packages that are installed or named,
//! and in JavaScript objects as well.

use super::{BUILT_IN, Reader, Source, built_in, is_script};
use crate::pack::PackError;
use crate::spectral::packages;
use crate::spectral::ruleset::{Choice, Definition, Extension};
use assize_tree::document::de::closest;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn extends(
        &mut self,
        source: &mut Source<'_>,
        at: &str,
        root: &Map<String, Value>,
        definition: &mut Definition,
        errors: &mut Vec<PackError>,
    ) {
        let list: Vec<(String, Value)> = match root.get("extends") {
            None => return,
            Some(Value::Array(list)) => list
                .iter()
                .enumerate()
                .map(|(index, one)| (format!("{at}/extends/{index}"), one.clone()))
                .collect(),
            Some(one) => vec![(format!("{at}/extends"), one.clone())],
        };
        for (at, extended) in list {
            // Rulesets in JavaScript extend objects as well as names.
            let scripted = is_script(source.path);
            let mut inline = None;
            let (name, choice) = match &extended {
                Value::String(name) => (name.clone(), None),
                Value::Object(_) if scripted => {
                    inline = Some(extended.clone());
                    (String::new(), None)
                }
                Value::Array(pair) if pair.len() == 2 => match (pair[0].as_str(), pair[1].as_str()) {
                    (Some(name), Some(choice)) => (name.to_owned(), Some(choice.to_owned())),
                    (None, Some(choice)) if scripted && pair[0].is_object() => {
                        inline = Some(pair[0].clone());
                        (String::new(), Some(choice.to_owned()))
                    }
                    _ => {
                        source.wrong(
                            &at,
                            "A pair of extends is a ruleset and off, recommended or all.",
                            None,
                        );
                        continue;
                    }
                },
                _ => {
                    source.wrong(
                        &at,
                        "extends names rulesets: texts, or pairs of a text and off, recommended or all.",
                        None,
                    );
                    continue;
                }
            };
            let explicit = choice.is_some();
            let choice = match choice.as_deref() {
                None | Some("recommended") => Choice::Recommended,
                Some("all") => Choice::All,
                Some("off") => Choice::Off,
                Some(other) => {
                    source.wrong(&at, format!("\"{other}\" is none of off, recommended, all."), None);
                    continue;
                }
            };
            if let Some(inline) = inline {
                let extended = Arc::new(self.definition(source, &format!("{at}/"), &inline, errors));
                definition.extends.push(Extension { definition: extended, choice, explicit });
                continue;
            }
            let extended = match self.extended(source, &at, &name) {
                Some(Ok(extended)) => extended,
                Some(Err(wrong)) => {
                    errors.extend(wrong);
                    continue;
                }
                None => continue,
            };
            definition.extends.push(Extension { definition: Arc::new(extended), choice, explicit });
        }
    }

    /// The ruleset of that name; nothing where it extends itself, or where a mistake was put down.
    fn extended(
        &mut self,
        source: &mut Source<'_>,
        at: &str,
        name: &str,
    ) -> Option<Result<Definition, Vec<PackError>>> {
        if name.starts_with("spectral:") {
            let found = built_in(name);
            if found.is_none() {
                let near = closest(name, BUILT_IN.iter().map(|(one, _)| *one));
                source.wrong(
                    at,
                    format!("Spectral has no ruleset \"{name}\"."),
                    near.map(|near| format!("Did you mean \"{near}\"?")),
                );
            }
            return found.map(Ok);
        }
        if name.contains("://") {
            source.wrong(
                at,
                format!("{name} is not fetched: rulesets are read from this machine only."),
                Some(
                    "Save it beside this ruleset, keep it under version control, and extend the file."
                        .to_owned(),
                ),
            );
            return None;
        }
        let file = self.file_of(source.path, name);
        let looks_like_file = name.starts_with(['.', '/'])
            || [".yaml", ".yml", ".json", ".js", ".mjs", ".cjs"].iter().any(|ending| name.ends_with(ending));
        if !file.is_file() && !looks_like_file {
            source.wrong(
                at,
                format!("The ruleset {name} is not to be had: no file of that name, and no node_modules/{name} beside the ruleset or above it."),
                Some("Install the package, name its folder in assize.toml under [packages], or write the path to a file.".to_owned()),
            );
            return None;
        }
        if !file.exists() {
            source.wrong(at, format!("There is no file {name}."), None);
            return None;
        }
        let full = file.canonicalize().unwrap_or_else(|_| file.clone());
        if self.way.contains(&full) {
            return None;
        }
        Some(self.file(&file))
    }
}

impl Reader<'_> {
    /// The file that a name means: of a package that is named in the configuration, or installed beside the
    /// ruleset or above it; or a file or folder beside it.
    fn file_of(&self, from: &Path, name: &str) -> PathBuf {
        let beside = || from.parent().map_or_else(PathBuf::new, Path::to_owned).join(name);
        if name.starts_with(['.', '/']) {
            let path = beside();
            return if path.is_dir() { packages::inside(&path, None).unwrap_or(path) } else { path };
        }
        let named = self.reading.packages.iter().find_map(|(package, path)| {
            let rest = name.strip_prefix(package.as_str())?;
            match (rest.strip_prefix('/'), path.is_file()) {
                (None, true) if rest.is_empty() => Some(path.clone()),
                (None, false) if rest.is_empty() => packages::inside(path, None),
                (Some(rest), false) => packages::inside(path, Some(rest)),
                _ => None,
            }
        });
        let full = from.canonicalize().unwrap_or_else(|_| from.to_owned());
        named
            .or_else(|| full.ancestors().skip(1).find_map(|folder| packages::package_file(folder, name)))
            .unwrap_or_else(beside)
    }
}
