//! Spectral rulesets, read as they are: rules in all their short forms, `extends` of files, aliases,
//! formats. What this version does not know of a ruleset (a built-in rule, a function in JavaScript,
//! overrides) becomes a rule that says so: nothing is left out silently.

use super::form::ThenForm;
use super::load::PackError;
use crate::finding::Severity;
use assize_tree::document::{Document, Limits, detect};
use assize_tree::text::{Problem, Span, Text};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A ruleset with everything it extends.
#[derive(Clone, Debug)]
pub struct Ruleset {
    /// Name of its file, without the ending.
    pub name: String,
    /// Its path, as it was named.
    pub path: String,
    /// Where it is documented.
    pub url: Option<String>,
    /// Its rules that are on, by name.
    pub rules: BTreeMap<String, RulesetRule>,
}

/// A rule of a ruleset.
#[derive(Clone, Debug)]
pub struct RulesetRule {
    /// Message template: its `message`, else its description, else the check's own words.
    pub message: String,
    /// What it is about.
    pub description: String,
    /// Severity of its findings.
    pub severity: Severity,
    /// Names of formats; empty for all.
    pub formats: Vec<String>,
    /// Paths of Spectral's dialect, aliases filled in.
    pub given: Vec<String>,
    /// What must hold there.
    pub then: Vec<ThenForm>,
    /// Whether `$ref`s are seen through.
    pub resolved: bool,
    /// Where it is documented.
    pub url: Option<String>,
    /// Why this version cannot run it.
    pub cannot_run: Option<String>,
    on: bool,
}

/// Rulesets that extend each other, at most.
const DEPTH: usize = 32;

/// Whether a file's content is a Spectral ruleset: rules or extends, and no pack's name.
#[must_use]
pub fn is_ruleset(path: &Path) -> bool {
    let Some(value) = fs::read(path).ok().and_then(|bytes| Text::decode(bytes).ok()).and_then(|text| {
        let format = detect::format_of(&path.to_string_lossy(), text.as_str())?;
        let document = detect::parse(format, Arc::new(text), Limits::default());
        let root = document.root()?;
        Some(["rules", "extends", "pack", "clauses"].map(|key| document.get(root, key).is_some()))
    }) else {
        return false;
    };
    let [rules, extends, pack, clauses] = value;
    (rules || extends) && !pack && !clauses
}

/// Where a mistake is reported.
struct Source<'a> {
    path: &'a Path,
    document: &'a Document,
}

impl Source<'_> {
    fn error(&self, pointer: &str, message: impl Into<String>) -> PackError {
        let node = self.document.root().and_then(|root| self.document.pointer(root, pointer));
        let span = node.map_or_else(Span::default, |node| {
            let raw = self.document.node(node);
            if raw.key_span.is_empty() { raw.span } else { raw.key_span }
        });
        PackError {
            path: self.path.display().to_string(),
            text: Some(Arc::clone(self.document.text())),
            problems: vec![Problem::new("pack", span, message)],
        }
    }
}

impl Ruleset {
    /// Reads a ruleset and every file it extends.
    ///
    /// # Errors
    /// Mistakes, each with its place.
    pub fn read(path: &Path) -> Result<Self, Vec<PackError>> {
        let mut rules = BTreeMap::new();
        let url =
            read_into(path, "recommended", &mut rules, &mut Vec::new()).map_err(|error| vec![*error])?;
        rules.retain(|_, rule: &mut RulesetRule| rule.on);
        Ok(Self {
            name: path
                .file_stem()
                .map_or_else(|| "ruleset".into(), |stem| stem.to_string_lossy().into_owned()),
            path: path.display().to_string(),
            url,
            rules,
        })
    }
}

type Rules = BTreeMap<String, RulesetRule>;

/// Reads a file's rules over those found already; returns its documentation's address.
fn read_into(
    path: &Path,
    choice: &str,
    rules: &mut Rules,
    way: &mut Vec<PathBuf>,
) -> Result<Option<String>, Box<PackError>> {
    let unreadable = |reason: String| Box::new(PackError::unreadable(path, reason));
    if way.len() > DEPTH || way.iter().any(|before| before == path) {
        return Err(unreadable("The ruleset extends itself.".to_owned()));
    }
    let bytes =
        fs::read(path).map_err(|error| unreadable(format!("The ruleset cannot be read: {error}.")))?;
    let text = Text::decode(bytes).map_err(|problem| unreadable(problem.message))?;
    let Some(format) = detect::format_of(&path.to_string_lossy(), text.as_str()) else {
        return Err(unreadable(
            "A ruleset in YAML or JSON is expected; rulesets in JavaScript are not read by this version."
                .to_owned(),
        ));
    };
    let document = detect::parse(format, Arc::new(text), Limits::default());
    let source = Source { path, document: &document };
    if let Some(problem) = document.problems().first() {
        return Err(Box::new(PackError {
            path: path.display().to_string(),
            text: Some(Arc::clone(document.text())),
            problems: vec![problem.clone()],
        }));
    }
    let value = document.root().map_or(Value::Null, |root| document.to_value(root));
    let Some(root) = value.as_object() else {
        return Err(Box::new(source.error("", "A ruleset is an object with `rules` or `extends`.")));
    };
    way.push(path.to_owned());
    for (at, extended) in list(root.get("extends")).into_iter().enumerate() {
        let (name, choice) = match &extended {
            Value::String(name) => (name.as_str(), "recommended"),
            Value::Array(pair) => (
                pair.first().and_then(Value::as_str).unwrap_or_default(),
                pair.get(1).and_then(Value::as_str).unwrap_or("recommended"),
            ),
            _ => ("", ""),
        };
        let wrong = |message: String| Box::new(source.error(&format!("/extends/{at}"), message));
        if !["off", "recommended", "all"].contains(&choice) {
            return Err(wrong(format!("\"{choice}\" is none of off, recommended, all.")));
        }
        if name.starts_with("spectral:") {
            if choice != "off" {
                let reason = format!(
                    "The built-in ruleset {name} is not part of this version: its rules are not run."
                );
                rules.insert(name.to_owned(), unable(reason));
            }
        } else if name.contains("://") {
            return Err(wrong(format!(
                "{name} is not fetched: save it beside this ruleset and extend the file."
            )));
        } else if let Some(file) = installed(path, name) {
            read_into(&file, choice, rules, way)?;
        } else if !name.starts_with('@')
            && (name.starts_with(['.', '/'])
                || [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending)))
        {
            let file = path.parent().map_or_else(PathBuf::new, Path::to_owned).join(name);
            read_into(&file, choice, rules, way)?;
        } else {
            return Err(wrong(format!(
                "The package {name} is not installed here: there is no node_modules/{name} beside the ruleset or above it."
            )));
        }
    }
    way.pop();
    let no_aliases = Map::new();
    let aliases = root.get("aliases").and_then(Value::as_object).unwrap_or(&no_aliases);
    let inherited: Vec<String> = texts(root.get("formats"));
    let url = root.get("documentationUrl").and_then(Value::as_str);
    for (name, given) in root.get("rules").and_then(Value::as_object).into_iter().flatten() {
        let wrong = |message: String| {
            Box::new(
                source
                    .error(&format!("/rules/{}", assize_tree::document::escape_pointer_token(name)), message),
            )
        };
        match given {
            Value::Bool(on) => match rules.get_mut(name) {
                Some(rule) => rule.on = *on,
                None if *on => {
                    rules.insert(name.clone(), unknown_rule(name, Severity::Warning));
                }
                None => {}
            },
            Value::String(_) | Value::Number(_) => {
                let Some(severity) = severity(given) else {
                    return Err(wrong(format!("{given} is no severity: error, warn, info, hint or off.")));
                };
                match (rules.get_mut(name), severity) {
                    (Some(rule), Some(severity)) => (rule.severity, rule.on) = (severity, true),
                    (Some(rule), None) => rule.on = false,
                    (None, Some(severity)) => {
                        rules.insert(name.clone(), unknown_rule(name, severity));
                    }
                    (None, None) => {}
                }
            }
            Value::Object(members) => {
                let rule = object(name, members, rules.get(name), aliases, &inherited, url).map_err(wrong)?;
                let recommended = members.get("recommended").and_then(Value::as_bool).unwrap_or(true);
                let on = rule.on && (choice == "all" || choice == "recommended" && recommended);
                rules.insert(name.clone(), RulesetRule { on, ..rule });
            }
            _ => return Err(wrong("A rule is an object, a severity, true or false.".to_owned())),
        }
    }
    if root.contains_key("overrides") {
        rules.insert(
            "overrides".to_owned(),
            unable("The overrides of the ruleset are not obeyed by this version.".to_owned()),
        );
    }
    Ok(url.map(str::to_owned))
}

fn unable(reason: String) -> RulesetRule {
    RulesetRule {
        message: String::new(),
        description: reason.clone(),
        severity: Severity::Warning,
        formats: Vec::new(),
        given: vec!["$".to_owned()],
        then: Vec::new(),
        resolved: true,
        url: None,
        cannot_run: Some(reason),
        on: true,
    }
}

fn unknown_rule(name: &str, severity: Severity) -> RulesetRule {
    let reason = format!("The rule {name} is built into Spectral and not part of this version.");
    RulesetRule { severity, ..unable(reason) }
}

/// One rule given as an object, over the one it redefines: shallowly, member by member.
fn object(
    name: &str,
    members: &Map<String, Value>,
    before: Option<&RulesetRule>,
    aliases: &Map<String, Value>,
    inherited: &[String],
    url: Option<&str>,
) -> Result<RulesetRule, String> {
    let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
    let description =
        text("description").or_else(|| before.map(|rule| rule.description.clone())).unwrap_or_default();
    let (mut severity_of, mut on) = (before.map_or(Severity::Warning, |rule| rule.severity), true);
    if let Some(given) = members.get("severity") {
        match severity(given)
            .ok_or_else(|| format!("{given} is no severity: error, warn, info, hint or off."))?
        {
            Some(severity) => severity_of = severity,
            None => on = false,
        }
    }
    let mut cannot_run = None;
    let given = match members.get("given") {
        Some(given) => {
            let mut found = Vec::new();
            for path in texts(Some(given)) {
                match expand(&path, aliases, 0) {
                    Ok(paths) => found.extend(paths),
                    Err(reason) => cannot_run = Some(reason),
                }
            }
            found
        }
        None => before.map(|rule| rule.given.clone()).ok_or("A new rule needs `given` and `then`.")?,
    };
    let then = match members.get("then") {
        Some(then) => list(Some(then)).iter().map(|part| then_of(name, part)).collect::<Result<_, _>>()?,
        None => before.map(|rule| rule.then.clone()).ok_or("A new rule needs `given` and `then`.")?,
    };
    let own = text("message").map(|message| message.replace("{{description}}", &description));
    let message = own
        .or_else(|| before.map(|rule| rule.message.clone()).filter(|message| !message.is_empty()))
        .unwrap_or_else(|| if description.is_empty() { "{{error}}".to_owned() } else { description.clone() });
    let formats = match members.get("formats") {
        Some(formats) => texts(Some(formats)),
        None => before.map_or_else(|| inherited.to_vec(), |rule| rule.formats.clone()),
    };
    Ok(RulesetRule {
        message,
        severity: severity_of,
        formats,
        given,
        then,
        resolved: members
            .get("resolved")
            .and_then(Value::as_bool)
            .or_else(|| before.map(|rule| rule.resolved))
            .unwrap_or(true),
        url: text("documentationUrl").or_else(|| url.map(|url| format!("{url}#{name}"))),
        cannot_run: cannot_run.or_else(|| {
            before.filter(|_| !members.contains_key("then")).and_then(|rule| rule.cannot_run.clone())
        }),
        description,
        on,
    })
}

/// One part of a rule's `then`. Members that Spectral does not know (a `message`, say) are not
/// regarded, as there.
fn then_of(name: &str, part: &Value) -> Result<ThenForm, String> {
    let text = |key: &str| part.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(ThenForm {
        field: text("field"),
        function: text("function").ok_or_else(|| format!("`then` of {name} names no function."))?,
        function_options: part.get("functionOptions").cloned(),
    })
}

/// The file of a package that is installed beside a ruleset or above it.
fn installed(from: &Path, name: &str) -> Option<PathBuf> {
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

/// A path with the alias at its start filled in.
fn expand(path: &str, aliases: &Map<String, Value>, depth: u32) -> Result<Vec<String>, String> {
    let Some(rest) = path.strip_prefix('#') else { return Ok(vec![path.to_owned()]) };
    if depth > 16 {
        return Err("The aliases of the ruleset go in a circle.".to_owned());
    }
    let end = rest
        .find(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')
        .unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    let alias = aliases.get(name).ok_or_else(|| format!("The ruleset has no alias #{name}."))?;
    if alias.is_object() {
        return Err(format!("The alias #{name} differs by format, which this version does not know."));
    }
    let mut found = Vec::new();
    for path in texts(Some(alias)) {
        found.extend(expand(&path, aliases, depth + 1)?.into_iter().map(|path| format!("{path}{behind}")));
    }
    Ok(found)
}

fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    list(value).iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// A severity by word or number; `Some(None)` for off.
#[expect(clippy::option_option, reason = "off is an answer of its own")]
fn severity(value: &Value) -> Option<Option<Severity>> {
    Some(Some(match (value.as_str(), value.as_i64()) {
        (Some("off"), _) | (_, Some(-1)) => return Some(None),
        (Some("error"), _) | (_, Some(0)) => Severity::Error,
        (Some("warn"), _) | (_, Some(1)) => Severity::Warning,
        (Some("info"), _) | (_, Some(2)) => Severity::Note,
        (Some("hint"), _) | (_, Some(3)) => Severity::Hint,
        _ => return None,
    }))
}
