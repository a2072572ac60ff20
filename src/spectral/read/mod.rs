//! Reads a ruleset's files (YAML or JSON) and everything they extend, and says of every mistake where
//! it stands. `extends`, `overrides`, `rule` and `parts` each read what they are named after.

mod extends;
mod overrides;
mod parts;
mod rule;

use super::ruleset::Definition;
use crate::pack::PackError;
use assize_tree::document::{Document, Limits, de::closest, detect, escape_pointer_token};
use assize_tree::text::{Problem, Span, Text};
use parts::{own_functions, parser_options, read_aliases, read_formats};
use rule::read_rule;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

static NEXT: AtomicUsize = AtomicUsize::new(1);

/// The rulesets that Spectral brings along, as we write them.
const BUILT_IN: [(&str, &str); 3] = [
    ("spectral:oas", include_str!("../builtin/oas.yaml")),
    ("spectral:asyncapi", include_str!("../builtin/asyncapi.yaml")),
    ("spectral:arazzo", include_str!("../builtin/arazzo.yaml")),
];

const TOP: [&str; 10] = [
    "extends",
    "rules",
    "formats",
    "aliases",
    "overrides",
    "except",
    "parserOptions",
    "documentationUrl",
    "description",
    "functions",
];

/// Whether a file's content is a Spectral ruleset: rules, extends or overrides, and no pack's name.
#[must_use]
pub fn is_ruleset(path: &Path) -> bool {
    if is_script(path) {
        return true;
    }
    let found = fs::read(path).ok().and_then(|bytes| Text::decode(bytes).ok()).and_then(|text| {
        let format = detect::format_of(&path.to_string_lossy(), text.as_str())?;
        let document = detect::parse(format, Arc::new(text), Limits::default());
        let Some(root) = document.root() else { return Some([false; 2]) };
        let has = |keys: &[&str]| keys.iter().any(|key| document.get(root, key).is_some());
        Some([has(&["pack", "clauses", "standard"]), true])
    });
    matches!(found, Some([false, _]))
}

/// Whether a file is written in JavaScript.
fn is_script(path: &Path) -> bool {
    matches!(path.extension().and_then(|ending| ending.to_str()), Some("js" | "mjs" | "cjs"))
}

/// Reads a ruleset from its text.
///
/// # Errors
/// Every mistake of it.
pub(super) fn read_text(path: &Path, text: Arc<Text>) -> Result<Definition, Vec<PackError>> {
    Reader { way: Vec::new(), reading: &Reading::default() }.text(path, text)
}

/// Reads a ruleset and every file it extends.
///
/// # Errors
/// Every mistake of the first file that has some.
pub fn read(path: &Path, reading: &Reading) -> Result<Definition, Vec<PackError>> {
    Reader { way: Vec::new(), reading }.file(path)
}

/// A ruleset that Spectral brings along.
#[must_use]
pub fn built_in(name: &str) -> Option<Definition> {
    let (_, text) = BUILT_IN.iter().find(|(one, _)| *one == name)?;
    Reader { way: Vec::new(), reading: &Reading::default() }
        .text(Path::new(name), Arc::new(Text::from(*text)))
        .ok()
}

/// The same as data.
#[cfg(feature = "javascript")]
pub(super) fn built_in_value(name: &str) -> Option<Value> {
    let (_, text) = BUILT_IN.iter().find(|(one, _)| *one == name)?;
    let document =
        detect::parse(assize_tree::document::Format::Yaml, Arc::new(Text::from(*text)), Limits::default());
    Some(document.to_value(document.root()?))
}

/// What may be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Where packages that are extended lie, by name.
    pub packages: BTreeMap<String, PathBuf>,
    /// Whether JavaScript is run: only for rulesets that the operator names.
    pub scripts: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self { packages: BTreeMap::new(), scripts: true }
    }
}

struct Reader<'o> {
    way: Vec<PathBuf>,
    reading: &'o Reading,
}

/// A file while it is read: where mistakes are put down.
struct Source<'a> {
    path: &'a Path,
    document: &'a Document,
    problems: Vec<Problem>,
    /// Whether JavaScript is run.
    scripts: bool,
}

impl Source<'_> {
    fn wrong(&mut self, pointer: &str, message: impl Into<String>, hint: Option<String>) {
        let node = self.document.root().and_then(|root| self.document.pointer(root, pointer));
        let span = node.map_or_else(Span::default, |node| {
            let raw = self.document.node(node);
            if raw.key_span.is_empty() { raw.span } else { raw.key_span }
        });
        let mut problem = Problem::new("ruleset", span, message);
        problem.hint = hint;
        self.problems.push(problem);
    }
}

/// Why JavaScript of a ruleset is not run that was found and not named.
const UNNAMED: &str =
    "It is written in JavaScript, which runs only in rulesets that are named: name it with --ruleset.";

/// Ways of extending, at most.
const DEPTH: usize = 64;

impl Reader<'_> {
    fn file(&mut self, path: &Path) -> Result<Definition, Vec<PackError>> {
        let unreadable = |reason: String| vec![PackError::unreadable(path, reason)];
        let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.way.len() > DEPTH {
            return Err(unreadable("The rulesets extend each other without end.".to_owned()));
        }
        if is_script(path) {
            if !self.reading.scripts {
                return Err(unreadable(UNNAMED.to_owned()));
            }
            self.way.push(full);
            let result = self.script(path);
            self.way.pop();
            return result;
        }
        let bytes = fs::read(path).map_err(|error| {
            unreadable(if error.kind() == std::io::ErrorKind::NotFound {
                "There is no such ruleset.".to_owned()
            } else {
                format!("The ruleset cannot be read: {error}.")
            })
        })?;
        let text = Text::decode(bytes).map_err(|problem| unreadable(problem.message))?;
        self.way.push(full);
        let result = self.text(path, Arc::new(text));
        self.way.pop();
        result
    }

    /// A ruleset in JavaScript: its module is run, and what it exports is read as data.
    #[cfg(feature = "javascript")]
    fn script(&mut self, path: &Path) -> Result<Definition, Vec<PackError>> {
        let wrong = |message: String| vec![PackError::unreadable(path, message)];
        let value = crate::spectral::javascript::ruleset(path)
            .map_err(|message| wrong(format!("The ruleset cannot be run: {message}.")))?;
        let text = Arc::new(Text::from(value.to_string()));
        let document =
            detect::parse(assize_tree::document::Format::Json, Arc::clone(&text), Limits::default());
        let mut source =
            Source { path, document: &document, problems: Vec::new(), scripts: self.reading.scripts };
        let mut errors = Vec::new();
        let definition = self.definition(&mut source, "", &value, &mut errors);
        if !source.problems.is_empty() {
            errors.insert(
                0,
                PackError { path: path.display().to_string(), text: Some(text), problems: source.problems },
            );
        }
        if errors.is_empty() { Ok(definition) } else { Err(errors) }
    }

    /// A ruleset in JavaScript, which this build does not run.
    #[cfg(not(feature = "javascript"))]
    fn script(&mut self, path: &Path) -> Result<Definition, Vec<PackError>> {
        let message = "The ruleset is written in JavaScript, which this build does not run.";
        Err(vec![PackError::unreadable(path, message)])
    }

    fn text(&mut self, path: &Path, text: Arc<Text>) -> Result<Definition, Vec<PackError>> {
        let name = path.to_string_lossy();
        let format = detect::format_of(&name, text.as_str()).unwrap_or(assize_tree::document::Format::Yaml);
        let document = detect::parse(format, Arc::clone(&text), Limits::default());
        let mut source =
            Source { path, document: &document, problems: Vec::new(), scripts: self.reading.scripts };
        source.problems.extend(
            document
                .problems()
                .iter()
                // A key that stands twice: the last one counts, as in Spectral.
                .filter(|problem| !problem.code.contains("duplicate") && !problem.code.contains("key"))
                .cloned(),
        );
        let value = document.root().map_or(Value::Null, |root| document.to_value(root));
        let mut errors = Vec::new();
        let definition = if source.problems.is_empty() {
            self.definition(&mut source, "", &value, &mut errors)
        } else {
            Definition::default()
        };
        if source.problems.is_empty()
            && errors.is_empty()
            && !name.starts_with("spectral:")
            && let Err(unknown) = definition.build()
        {
            let near = definition
                .build_names()
                .into_iter()
                .map(|name| (strsim::levenshtein(&name, &unknown), name))
                .filter(|(distance, _)| *distance < 6)
                .min();
            let hint = near.map(|(_, near)| format!("Did you mean \"{near}\"?"));
            source.wrong(
                &format!("/rules/{}", escape_pointer_token(&unknown)),
                format!("There is no rule \"{unknown}\" to be redefined: no extended ruleset has it."),
                hint,
            );
        }
        if !source.problems.is_empty() {
            errors.insert(
                0,
                PackError { path: path.display().to_string(), text: Some(text), problems: source.problems },
            );
        }
        if errors.is_empty() { Ok(definition) } else { Err(errors) }
    }

    fn definition(
        &mut self,
        source: &mut Source<'_>,
        at: &str,
        value: &Value,
        errors: &mut Vec<PackError>,
    ) -> Definition {
        let mut definition = Definition {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            folder: folder_of(source.path),
            ..Definition::default()
        };
        let Some(root) = value.as_object() else {
            source.wrong(at, "A ruleset is an object with rules, extends or overrides.", None);
            return definition;
        };
        let needed: &[&str] =
            if at.is_empty() { &["rules", "extends", "overrides"] } else { &["rules", "extends", "aliases"] };
        if !needed.iter().any(|key| root.contains_key(*key)) {
            source.wrong(at, "A ruleset has rules, extends or overrides.", None);
        }
        let known = |key: &str| {
            TOP.contains(&key) || matches!(key, "functionsDir" | "files") || key.starts_with("x-")
        };
        for key in root.keys().filter(|key| !known(key)) {
            let near = closest(key, TOP).map(|near| format!("Did you mean \"{near}\"?"));
            source.wrong(
                &format!("{at}/{}", escape_pointer_token(key)),
                format!("A ruleset has no member \"{key}\"."),
                near,
            );
        }
        if let Some(url) = root.get("documentationUrl") {
            match url.as_str().filter(|url| url.contains("://")) {
                Some(url) => definition.url = Some(url.to_owned()),
                None => {
                    source.wrong(&format!("{at}/documentationUrl"), "documentationUrl is an address.", None)
                }
            }
        }
        if let Some(list) = root.get("formats") {
            definition.formats = read_formats(source, &format!("{at}/formats"), list);
        }
        if let Some(options) = root.get("parserOptions") {
            definition.parser = parser_options(source, &format!("{at}/parserOptions"), options);
        }
        if let Some(aliases) = root.get("aliases") {
            definition.aliases = Arc::new(read_aliases(source, &format!("{at}/aliases"), aliases));
        }
        self.extends(source, at, root, &mut definition, errors);
        let own = own_functions(source.path, root);
        if at.is_empty() && !source.path.starts_with("spectral:") {
            definition.sources.push(source.path.to_owned());
            definition.sources.extend(own.iter().map(|(_, file)| file.clone()).filter(|file| file.is_file()));
        }
        match root.get("rules") {
            None => {}
            Some(Value::Object(rules)) => {
                definition.has_rules = true;
                for (name, rule) in rules {
                    let at = format!("{at}/rules/{}", escape_pointer_token(name));
                    if let Some(value) = read_rule(source, &at, name, rule, &definition.aliases, &own) {
                        definition.rules.push((name.clone(), value));
                    }
                }
            }
            Some(_) => source.wrong(&format!("{at}/rules"), "rules is an object: names and rules.", None),
        }
        if at.is_empty() {
            self.overrides(source, root, &mut definition, errors);
        }
        definition
    }
}

impl Definition {
    /// Names of the rules that everything extended has.
    fn build_names(&self) -> Vec<String> {
        self.extends
            .iter()
            .filter_map(|extension| extension.definition.build().ok())
            .flat_map(|built| built.rules)
            .map(|rule| rule.name)
            .collect()
    }
}

/// The folder of a file, from the root of the file system.
fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}
