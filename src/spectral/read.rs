//! Reads a ruleset's files (YAML or JSON) and everything they extend, and says of every mistake where
//! it stands.

use super::functions::Missing;
use super::pointer;
use super::ruleset::{
    Alias, Aliases, Choice, Definition, Extension, Override, Own, ParserOptions, RuleForm, RuleValue,
    Severity, ThenForm, check_path, formats, function, script,
};
use crate::pack::PackError;
use assize_tree::document::{Document, Limits, de::closest, detect, escape_pointer_token};
use assize_tree::text::{Problem, Span, Text};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

static NEXT: AtomicUsize = AtomicUsize::new(1);

/// The rulesets that Spectral brings along, as we write them.
const BUILT_IN: [(&str, &str); 3] = [
    ("spectral:oas", include_str!("builtin/oas.yaml")),
    ("spectral:asyncapi", include_str!("builtin/asyncapi.yaml")),
    ("spectral:arazzo", include_str!("builtin/arazzo.yaml")),
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

const RULE: [&str; 12] = [
    "description",
    "documentationUrl",
    "recommended",
    "given",
    "resolved",
    "severity",
    "message",
    "tags",
    "formats",
    "then",
    "type",
    "extensions",
];

/// Whether a file's content is a Spectral ruleset: rules, extends or overrides, and no pack's name.
#[must_use]
pub fn is_ruleset(path: &Path) -> bool {
    let found = fs::read(path).ok().and_then(|bytes| Text::decode(bytes).ok()).and_then(|text| {
        let format = detect::format_of(&path.to_string_lossy(), text.as_str())?;
        let document = detect::parse(format, Arc::new(text), Limits::default());
        let Some(root) = document.root() else { return Some([false; 2]) };
        let has = |keys: &[&str]| keys.iter().any(|key| document.get(root, key).is_some());
        Some([has(&["pack", "clauses", "standard"]), true])
    });
    matches!(found, Some([false, _]))
}

/// Reads a ruleset and every file it extends.
///
/// # Errors
/// Every mistake of the first file that has some.
pub fn read(path: &Path) -> Result<Definition, Vec<PackError>> {
    Reader { way: Vec::new() }.file(path)
}

/// Reads a ruleset from its text.
///
/// # Errors
/// Every mistake of it.
pub(super) fn read_text(path: &Path, text: Arc<Text>) -> Result<Definition, Vec<PackError>> {
    Reader { way: Vec::new() }.text(path, text)
}

/// A ruleset that Spectral brings along.
#[must_use]
pub fn built_in(name: &str) -> Option<Definition> {
    let (_, text) = BUILT_IN.iter().find(|(one, _)| *one == name)?;
    Reader { way: Vec::new() }.text(Path::new(name), Arc::new(Text::from(*text))).ok()
}

struct Reader {
    way: Vec<PathBuf>,
}

/// A file while it is read: where mistakes are put down.
struct Source<'a> {
    path: &'a Path,
    document: &'a Document,
    problems: Vec<Problem>,
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

/// Ways of extending, at most.
const DEPTH: usize = 64;

impl Reader {
    fn file(&mut self, path: &Path) -> Result<Definition, Vec<PackError>> {
        let unreadable = |reason: String| vec![PackError::unreadable(path, reason)];
        let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.way.len() > DEPTH {
            return Err(unreadable("The rulesets extend each other without end.".to_owned()));
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if matches!(ending, "js" | "mjs" | "cjs") {
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
        let value = super::javascript::ruleset(path)
            .map_err(|message| wrong(format!("The ruleset cannot be run: {message}.")))?;
        let text = Arc::new(Text::from(value.to_string()));
        let document =
            detect::parse(assize_tree::document::Format::Json, Arc::clone(&text), Limits::default());
        let mut source = Source { path, document: &document, problems: Vec::new() };
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
        let mut source = Source { path, document: &document, problems: Vec::new() };
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

    fn extends(
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
            let scripted =
                source.path.extension().is_some_and(|ending| ending.to_string_lossy().ends_with("js"));
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
        let file = installed(source.path, name)
            .unwrap_or_else(|| source.path.parent().map_or_else(PathBuf::new, Path::to_owned).join(name));
        let looks_like_file = name.starts_with(['.', '/'])
            || [".yaml", ".yml", ".json", ".js", ".mjs", ".cjs"].iter().any(|ending| name.ends_with(ending));
        if !file.is_file() && !looks_like_file {
            source.wrong(
                at,
                format!("The ruleset {name} is not to be had: no file of that name, and no node_modules/{name} beside the ruleset or above it."),
                Some("Install the package, or write the path to a file.".to_owned()),
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

    fn overrides(
        &mut self,
        source: &mut Source<'_>,
        root: &Map<String, Value>,
        definition: &mut Definition,
        errors: &mut Vec<PackError>,
    ) {
        match root.get("overrides") {
            None => {}
            Some(Value::Array(list)) => {
                for (index, one) in list.iter().enumerate() {
                    let at = format!("/overrides/{index}");
                    let files = one.get("files").and_then(Value::as_array).filter(|files| !files.is_empty());
                    let Some(files) = files else {
                        source.wrong(&at, "An override names its files: a list of globs.", None);
                        continue;
                    };
                    let files: Vec<_> = files.iter().filter_map(Value::as_str).map(glob).collect();
                    let own = self.definition(source, &at, one, errors);
                    let pointed = files.iter().any(|(_, pointer)| pointer.is_some());
                    if pointed && (!own.extends.is_empty() || !own.has_rules) {
                        source.wrong(&at, "An override with a pointer has rules and nothing else.", None);
                    }
                    let whole = |value: &RuleValue| !matches!(value, RuleValue::Severity(_));
                    if pointed && own.rules.iter().any(|(_, value)| whole(value)) {
                        source.wrong(
                            &format!("{at}/rules"),
                            "Under a pointer a rule is a severity: error, warn, info, hint or off.",
                            None,
                        );
                    }
                    if own.formats.is_some() && !own.has_rules && own.extends.is_empty() {
                        source.wrong(&at, "An override with formats has rules or extends.", None);
                    }
                    definition.overrides.push(Override {
                        files,
                        has_aliases: one.get("aliases").is_some(),
                        definition: own,
                    });
                }
            }
            Some(_) => source.wrong("/overrides", "overrides is a list.", None),
        }
        let Some(except) = root.get("except").and_then(Value::as_object) else { return };
        for (place, rules) in except {
            let off = |name: &Value| Some((name.as_str()?.to_owned(), RuleValue::Severity(-1)));
            let rules: Vec<_> = rules.as_array().into_iter().flatten().filter_map(off).collect();
            let own = Definition { rules, has_rules: true, ..Definition::default() };
            definition.overrides.push(Override {
                files: vec![glob(place)],
                definition: own,
                has_aliases: false,
            });
        }
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

/// A glob and the pointer behind it.
fn glob(text: &str) -> (String, Option<String>) {
    match text.find('#') {
        Some(0) | None => (text.to_owned(), None),
        Some(at) => {
            let path = pointer::read(&text[at..]);
            let pointer = path.map_or_else(|| text[at..].to_owned(), |path| pointer::write(&path));
            (text[..at].to_owned(), Some(pointer))
        }
    }
}

/// The ruleset's own functions.
fn own_functions(path: &Path, root: &Map<String, Value>) -> Own {
    let folder = root.get("functionsDir").and_then(Value::as_str).unwrap_or("functions");
    let base = folder_of(path).join(folder);
    let list = root.get("functions").and_then(Value::as_array);
    let mut own = Own::new();
    for name in list.into_iter().flatten().filter_map(|one| one.as_str().or_else(|| one.get(0)?.as_str())) {
        let endings = ["js", "mjs", "cjs"];
        let mut files = endings.iter().map(|ending| base.join(format!("{name}.{ending}")));
        let file = files.find(|file| file.is_file()).unwrap_or_else(|| base.join(format!("{name}.js")));
        // A path names its file; rules call the function by the file's name.
        let last = name.rsplit('/').next().unwrap_or(name);
        own.push((name.to_owned(), file.clone()));
        own.push((last.to_owned(), file));
    }
    own
}

fn read_formats(source: &mut Source<'_>, at: &str, list: &Value) -> Option<Vec<&'static str>> {
    let Some(list) = list.as_array() else {
        source.wrong(at, "formats is a list of names.", None);
        return None;
    };
    let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    match formats(&names) {
        Ok(found) => Some(found),
        Err(message) => {
            source.wrong(at, message, None);
            None
        }
    }
}

/// A severity by word or number.
fn severity(value: &Value) -> Option<Severity> {
    Some(match (value.as_str(), value.as_f64()) {
        (Some("off"), _) => -1,
        (Some("error"), _) => 0,
        (Some("warn"), _) => 1,
        (Some("info"), _) => 2,
        (Some("hint"), _) => 3,
        (_, Some(number)) if [-1.0, 0.0, 1.0, 2.0, 3.0].contains(&number) => number as Severity,
        _ => return None,
    })
}

const SEVERITIES: &str = "A severity is error, warn, info, hint or off (or 0 to 3).";

fn parser_options(source: &mut Source<'_>, at: &str, options: &Value) -> ParserOptions {
    let mut found = ParserOptions::default();
    for (key, slot) in
        [("duplicateKeys", &mut found.duplicate_keys), ("incompatibleValues", &mut found.incompatible_values)]
    {
        if let Some(value) = options.get(key) {
            match severity(value) {
                Some(severity) => *slot = severity,
                None => source.wrong(&format!("{at}/{key}"), SEVERITIES, None),
            }
        }
    }
    found
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

fn read_aliases(source: &mut Source<'_>, at: &str, value: &Value) -> Aliases {
    let mut aliases = Aliases::new();
    let Some(members) = value.as_object() else {
        source.wrong(at, "aliases is an object: names and lists of paths.", None);
        return aliases;
    };
    for (name, value) in members {
        let at = format!("{at}/{}", escape_pointer_token(name));
        let good = name.starts_with(|char: char| char.is_ascii_alphabetic())
            && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_' || char == '-');
        if !good {
            source.wrong(&at, "An alias's name is letters, digits, _ and -, a letter first.", None);
        }
        let given = |value: &Value| texts(value).filter(|paths| !paths.is_empty());
        let alias = if let Some(paths) = given(value) {
            for path in paths.iter().filter(|path| !path.starts_with(['$', '#'])) {
                source.wrong(&at, format!("A path begins with `$`, or with `#` and an alias: {path}"), None);
            }
            Some(Alias::Simple(paths))
        } else if let Some(targets) = value.get("targets").and_then(Value::as_array) {
            let mut scoped = Vec::new();
            for target in targets {
                let formats = target.get("formats").and_then(|list| read_formats(source, &at, list));
                match (formats, target.get("given").and_then(given)) {
                    (Some(formats), Some(paths)) => scoped.push((formats, paths)),
                    _ => source.wrong(&at, "A target of an alias has formats and given.", None),
                }
            }
            Some(Alias::Scoped(scoped))
        } else {
            source.wrong(&at, "An alias is a list of paths, or an object with targets.", None);
            None
        };
        if let Some(alias) = alias {
            aliases.insert(name.clone(), alias);
        }
    }
    aliases
}

fn read_rule(
    source: &mut Source<'_>,
    at: &str,
    name: &str,
    value: &Value,
    aliases: &Aliases,
    own: &Own,
) -> Option<RuleValue> {
    match value {
        Value::Bool(on) => Some(RuleValue::Enabled(*on)),
        Value::String(word) => match severity(value) {
            Some(severity) => Some(RuleValue::Severity(severity)),
            None => {
                let near = closest(word, ["error", "warn", "info", "hint", "off"]);
                source.wrong(at, SEVERITIES, near.map(|near| format!("Did you mean \"{near}\"?")));
                None
            }
        },
        Value::Object(members) => {
            rule_form(source, at, name, members, aliases, own).map(|form| RuleValue::Full(Box::new(form)))
        }
        Value::Number(_) => {
            source.wrong(
                at,
                "A rule is an object, true, false, or a severity by its word: Spectral reads no number here.",
                None,
            );
            None
        }
        _ => {
            source.wrong(
                at,
                "A rule is an object, a severity (error, warn, info, hint, off), true or false.",
                None,
            );
            None
        }
    }
}

fn rule_form(
    source: &mut Source<'_>,
    at: &str,
    name: &str,
    members: &Map<String, Value>,
    aliases: &Aliases,
    own: &Own,
) -> Option<RuleForm> {
    if !members.contains_key("given") || !members.contains_key("then") {
        source.wrong(
            at,
            format!("The rule \"{name}\" needs `given` and `then`, also where it redefines another."),
            Some("To change its severity alone, write the severity in place of the object.".to_owned()),
        );
        return None;
    }
    for key in members.keys().filter(|key| !RULE.contains(&key.as_str()) && !key.starts_with("x-")) {
        let near = closest(key, RULE).map(|near| format!("Did you mean \"{near}\"?"));
        source.wrong(
            &format!("{at}/{}", escape_pointer_token(key)),
            format!("A rule has no member \"{key}\"."),
            near,
        );
    }
    let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
    let flag_of = |key: &str| members.get(key).and_then(Value::as_bool);
    let mut form = RuleForm {
        description: text("description"),
        message: text("message"),
        url: text("documentationUrl"),
        recommended: flag_of("recommended"),
        resolved: flag_of("resolved"),
        ..RuleForm::default()
    };
    if members.get("tags").is_some_and(|tags| !tags.is_array()) {
        source.wrong(&format!("{at}/tags"), "tags is a list.", None);
    }
    if let Some(given) = members.get("severity") {
        form.severity = severity(given);
        if form.severity.is_none() {
            source.wrong(&format!("{at}/severity"), SEVERITIES, None);
        }
    }
    if let Some(list) = members.get("formats") {
        form.formats = read_formats(source, &format!("{at}/formats"), list);
    }
    let given = members.get("given").unwrap_or(&Value::Null);
    let paths = given.as_str().map(|one| vec![one.to_owned()]).or_else(|| texts(given));
    match paths.filter(|paths| !paths.is_empty()) {
        None => source.wrong(&format!("{at}/given"), "given is a path or a list of paths.", None),
        Some(paths) => {
            for path in &paths {
                if !path.starts_with(['$', '#']) {
                    source.wrong(
                        &format!("{at}/given"),
                        format!("A path begins with `$`, or with `#` and an alias: {path}"),
                        None,
                    );
                } else if let Err(message) = check_path(aliases, path) {
                    source.wrong(&format!("{at}/given"), message, None);
                } else if let Some(Err(error)) =
                    path.starts_with('$').then(|| assize_tree::path::Path::parse_spectral(path))
                {
                    source.wrong(&format!("{at}/given"), format!("The path cannot be read: {error}."), None);
                }
            }
            form.given = paths;
        }
    }
    let then = members.get("then").unwrap_or(&Value::Null);
    let list: Vec<(String, &Value)> = match then {
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, one)| (format!("{at}/then/{index}"), one)).collect()
        }
        one => vec![(format!("{at}/then"), one)],
    };
    for (at, part) in list {
        if let Some(number) = part.pointer("/function/__js").and_then(Value::as_u64) {
            form.then.push(ThenForm {
                field: part.get("field").and_then(Value::as_str).map(str::to_owned),
                name: format!("function {number}"),
                function: script(
                    source.path,
                    Some(number),
                    part.get("functionOptions").unwrap_or(&Value::Null),
                ),
            });
            continue;
        }
        let Some(function_name) = part.get("function").and_then(Value::as_str) else {
            source.wrong(&at, "`then` names a function.", None);
            continue;
        };
        let options = part.get("functionOptions").unwrap_or(&Value::Null);
        match function(function_name, options, own) {
            Ok(function) => form.then.push(ThenForm {
                field: part.get("field").and_then(Value::as_str).map(str::to_owned),
                name: function_name.to_owned(),
                function,
            }),
            // Of Spectral's own rulesets a rule may call what this version does not have.
            Err(Missing::Unknown) if source.path.to_string_lossy().starts_with("spectral:") => {
                form.then.push(ThenForm {
                    field: None,
                    name: function_name.to_owned(),
                    function: Err(format!("The function {function_name} is not part of this version.")),
                });
            }
            Err(Missing::Unknown) => source.wrong(
                &format!("{at}/function"),
                format!("There is no function \"{function_name}\"."),
                Some("Functions of the ruleset's own are named in `functions`.".to_owned()),
            ),
            Err(Missing::Options(message)) => {
                source.wrong(&format!("{at}/functionOptions"), message, None);
            }
        }
    }
    Some(form)
}

/// The file of a package that is installed beside a ruleset or above it.
fn installed(from: &Path, name: &str) -> Option<PathBuf> {
    if name.starts_with(['.', '/']) {
        return None;
    }
    let from = from.canonicalize().unwrap_or_else(|_| from.to_owned());
    from.ancestors().skip(1).map(|folder| folder.join("node_modules").join(name)).find_map(|found| {
        if found.is_file() {
            return Some(found);
        }
        let manifest = fs::read_to_string(found.join("package.json")).ok()?;
        let manifest: Value = serde_json::from_str(&manifest).ok()?;
        let main = found.join(manifest.get("main").and_then(Value::as_str).unwrap_or("index.js"));
        main.is_file().then_some(main)
    })
}
