//! Rulesets as Spectral merges them. A file is read into a [`Definition`]; building it puts what it
//! extends below its own rules and switches rules on and off. What is inherited through `extends` are
//! rules; aliases, formats, parser options and overrides stay with the file they stand in.

use super::formats;
use super::functions::{self, Function, Missing};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Severity as results print it: 0 error, 1 warning, 2 information, 3 hint; -1 is off.
pub type Severity = i8;

/// What a file of a ruleset says.
#[derive(Clone, Default)]
pub struct Definition {
    /// Tells definitions apart.
    pub id: usize,
    /// What it extends.
    pub extends: Vec<Extension>,
    /// Its rules, in order.
    pub rules: Vec<(String, RuleValue)>,
    /// Whether there is a list of rules at all.
    pub has_rules: bool,
    /// Its formats.
    pub formats: Option<Vec<&'static str>>,
    /// Its aliases.
    pub aliases: Arc<Aliases>,
    /// Where it is documented.
    pub url: Option<String>,
    /// Severities of what the parser finds.
    pub parser: ParserOptions,
    /// Other rules for some files.
    pub overrides: Vec<Override>,
    /// The folder that the globs of overrides start from.
    pub folder: PathBuf,
    /// The file it stands in, and those of its own functions.
    pub sources: Vec<PathBuf>,
}

impl Definition {
    /// Every file that it and what it extends were read from.
    #[must_use]
    pub fn files(&self) -> BTreeSet<PathBuf> {
        let mut found: BTreeSet<PathBuf> = self.sources.iter().cloned().collect();
        found.extend(self.extends.iter().flat_map(|extension| extension.definition.files()));
        found.extend(self.overrides.iter().flat_map(|one| one.definition.files()));
        found
    }
}

/// One thing that a ruleset extends.
#[derive(Clone)]
pub struct Extension {
    /// The other ruleset.
    pub definition: Arc<Definition>,
    /// Which of its rules are on.
    pub choice: Choice,
    /// The choice was written down.
    pub explicit: bool,
}

/// Which rules of an extended ruleset are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// None.
    Off,
    /// Those that are recommended.
    Recommended,
    /// All.
    All,
}

/// What a ruleset says of one rule.
#[derive(Clone)]
pub enum RuleValue {
    /// On or off.
    Enabled(bool),
    /// A severity; `off` switches the rule off as well.
    Severity(Severity),
    /// The rule itself.
    Full(Box<RuleForm>),
}

/// A rule as written.
#[derive(Clone, Default)]
pub struct RuleForm {
    /// What it demands.
    pub description: Option<String>,
    /// Template of its messages.
    pub message: Option<String>,
    /// Where it is documented.
    pub url: Option<String>,
    /// Its severity.
    pub severity: Option<Severity>,
    /// Whether it is recommended.
    pub recommended: Option<bool>,
    /// Whether it sees through references.
    pub resolved: Option<bool>,
    /// Its formats.
    pub formats: Option<Vec<&'static str>>,
    /// Paths.
    pub given: Vec<String>,
    /// What must hold.
    pub then: Vec<ThenForm>,
}

/// One thing that must hold.
#[derive(Clone)]
pub struct ThenForm {
    /// What to look at below the place.
    pub field: Option<String>,
    /// The function's name.
    pub name: String,
    /// The function, or why there is none.
    pub function: Result<Arc<dyn Function>, String>,
}

/// Aliases of one file.
pub type Aliases = HashMap<String, Alias>;

/// What an alias stands for.
#[derive(Clone)]
pub enum Alias {
    /// Paths.
    Simple(Vec<String>),
    /// Paths by format.
    Scoped(Vec<(Vec<&'static str>, Vec<String>)>),
}

/// Severities of what the parser finds.
#[derive(Clone, Copy, Default)]
pub struct ParserOptions {
    /// Keys that stand twice.
    pub duplicate_keys: Severity,
    /// Values that JSON does not know.
    pub incompatible_values: Severity,
}

/// Other rules for some files.
#[derive(Clone)]
pub struct Override {
    /// Globs, each with a pointer where only that part of a file is meant.
    pub files: Vec<(String, Option<String>)>,
    /// What is said for them.
    pub definition: Definition,
    /// The aliases were written down.
    pub has_aliases: bool,
}

/// A rule after merging.
#[derive(Clone)]
pub struct Rule {
    /// Its name: the code of its results.
    pub name: String,
    /// As [`RuleForm::description`].
    pub description: Option<String>,
    /// As [`RuleForm::message`].
    pub message: Option<String>,
    /// As [`RuleForm::url`].
    pub url: Option<String>,
    /// Its severity.
    pub severity: Severity,
    /// Whether it is recommended.
    pub recommended: bool,
    /// Whether it runs.
    pub enabled: bool,
    /// Whether it sees through references.
    pub resolved: bool,
    /// Formats it is for; all where there are none.
    pub formats: Option<Vec<&'static str>>,
    /// Paths, aliases and all.
    pub given: Vec<String>,
    /// What must hold.
    pub then: Vec<ThenForm>,
    /// Severities by glob and pointer.
    pub pointers: Vec<(String, Vec<(String, Severity)>)>,
    owner: usize,
    owner_formats: Option<Vec<&'static str>>,
    aliases: Arc<Aliases>,
}

/// A ruleset, merged.
#[derive(Clone, Default)]
pub struct Built {
    /// Rules by name, in the order in which they were met.
    pub rules: Vec<Rule>,
    /// Every format that some rule or file names, in the order in which they were met.
    pub formats: Vec<&'static str>,
    /// Severities of what the parser finds.
    pub parser: ParserOptions,
}

impl Rule {
    fn new(name: &str, form: &RuleForm, owner: &Definition) -> Self {
        Self {
            name: name.to_owned(),
            description: form.description.clone(),
            message: form.message.clone(),
            url: form.url.clone(),
            severity: form.severity.unwrap_or(1),
            recommended: form.recommended.unwrap_or(true),
            enabled: form.recommended.unwrap_or(true),
            resolved: form.resolved.unwrap_or(true),
            formats: form.formats.clone(),
            given: form.given.clone(),
            then: form.then.clone(),
            pointers: Vec::new(),
            owner: owner.id,
            owner_formats: owner.formats.clone(),
            aliases: Arc::clone(&owner.aliases),
        }
    }

    /// A rule that stands for none.
    pub(super) fn blank() -> Self {
        Self::new("", &RuleForm::default(), &Definition::default())
    }

    /// The functions that it calls.
    pub(super) fn functions(&self) -> impl Iterator<Item = &Arc<dyn Function>> {
        self.then.iter().filter_map(|then| then.function.as_ref().ok())
    }

    fn choose(&mut self, choice: Choice) {
        self.enabled = choice == Choice::All || choice == Choice::Recommended && self.recommended;
    }

    /// Whether it runs on a document of these formats.
    #[must_use]
    pub fn fits(&self, formats: Option<&[&'static str]>) -> bool {
        match (&self.formats, formats) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(found)) => mine.iter().any(|format| found.contains(format)),
        }
    }

    /// Its paths for a document of these formats, aliases filled in.
    ///
    /// # Errors
    /// An alias that there is not, or that goes in a circle.
    pub fn paths(&self, formats: Option<&[&'static str]>) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        for path in &self.given {
            expand(&self.aliases, path, formats, &mut Vec::new(), &mut found)?;
        }
        Ok(found)
    }

    /// Its severity for a place: the longest pointer of the overrides that fit decides.
    #[must_use]
    pub fn severity_at(&self, file: &str, pointer: &str) -> Severity {
        let (mut severity, mut longest) = (self.severity, 0);
        for (glob, pointers) in self.pointers.iter().filter(|(glob, _)| matches(glob, file)) {
            let _ = glob;
            for (prefix, other) in pointers {
                let below = pointer.strip_prefix(prefix.as_str());
                if prefix.len() >= longest
                    && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                {
                    longest = prefix.len();
                    severity = *other;
                }
            }
        }
        severity
    }
}

/// Fills in the alias at the start of a path.
fn expand(
    aliases: &Aliases,
    path: &str,
    formats: Option<&[&'static str]>,
    stack: &mut Vec<String>,
    found: &mut Vec<String>,
) -> Result<(), String> {
    let Some(rest) = path.strip_prefix('#') else {
        found.push(path.to_owned());
        return Ok(());
    };
    let end = rest
        .find(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')
        .unwrap_or(rest.len());
    let (name, behind) = rest.split_at(end);
    if stack.iter().any(|one| one == name) {
        return Err(format!(
            "The alias \"{}\" goes in a circle: {} -> {name}.",
            stack[0],
            stack.join(" -> ")
        ));
    }
    let alias = aliases.get(name).ok_or_else(|| format!("The ruleset has no alias \"{name}\"."))?;
    let paths = match alias {
        Alias::Simple(paths) => Some(paths),
        Alias::Scoped(targets) => targets
            .iter()
            .rev()
            .find(|(wanted, _)| {
                formats.is_some_and(|formats| wanted.iter().any(|format| formats.contains(format)))
            })
            .map(|(_, paths)| paths),
    };
    stack.push(name.to_owned());
    for path in paths.into_iter().flatten() {
        expand(aliases, &format!("{path}{behind}"), formats, stack, found)?;
    }
    stack.pop();
    Ok(())
}

/// Checks the aliases of a path without regard to formats.
pub(super) fn check_path(aliases: &Aliases, path: &str) -> Result<(), String> {
    fn walk(aliases: &Aliases, path: &str, stack: &mut Vec<String>) -> Result<(), String> {
        let Some(rest) = path.strip_prefix('#') else { return Ok(()) };
        let end = rest
            .find(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')
            .unwrap_or(rest.len());
        let name = &rest[..end];
        if stack.iter().any(|one| one == name) {
            return Err(format!("The alias \"{}\" goes in a circle.", stack[0]));
        }
        let alias = aliases.get(name).ok_or_else(|| format!("The ruleset has no alias \"{name}\"."))?;
        stack.push(name.to_owned());
        let all: Vec<&String> = match alias {
            Alias::Simple(paths) => paths.iter().collect(),
            Alias::Scoped(targets) => targets.iter().flat_map(|(_, paths)| paths).collect(),
        };
        for path in all {
            walk(aliases, path, stack)?;
        }
        stack.pop();
        Ok(())
    }
    walk(aliases, path, &mut Vec::new())
}

/// Adds what is not there yet.
fn add<T: PartialEq + Copy>(list: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

impl Definition {
    /// Merges the ruleset with everything it extends.
    ///
    /// # Errors
    /// A rule that is redefined and was never defined: its name.
    pub fn build(&self) -> Result<Built, String> {
        self.build_as(Choice::Recommended, false, &mut Vec::new())
    }

    fn build_as(&self, choice: Choice, explicit: bool, stack: &mut Vec<usize>) -> Result<Built, String> {
        let mut built = Built { parser: self.parser, ..Built::default() };
        add(&mut built.formats, self.formats.iter().flatten().copied());
        stack.push(self.id);
        for extension in &self.extends {
            // A ruleset that extends itself adds nothing to itself.
            if stack.contains(&extension.definition.id) {
                continue;
            }
            let below = extension.definition.build_as(extension.choice, extension.explicit, stack)?;
            add(&mut built.formats, below.formats);
            for mut rule in below.rules {
                if explicit {
                    rule.choose(choice);
                }
                match built.rules.iter_mut().find(|one| one.name == rule.name) {
                    Some(before) => *before = rule,
                    None => built.rules.push(rule),
                }
            }
        }
        stack.pop();
        for (name, value) in &self.rules {
            let at = built.rules.iter().position(|rule| rule.name == *name);
            let rule = match (value, at) {
                (RuleValue::Full(form), None) => {
                    built.rules.push(Rule::new(name, form, self));
                    built.rules.last_mut()
                }
                (value, Some(at)) => {
                    let rule = &mut built.rules[at];
                    rule.redefine(value, self);
                    Some(rule)
                }
                (_, None) => return Err(name.clone()),
            };
            let Some(rule) = rule else { continue };
            if rule.owner == self.id || explicit {
                rule.choose(choice);
            }
            match &rule.formats {
                Some(_) => {}
                None if rule.owner != self.id => rule.formats.clone_from(&rule.owner_formats),
                None => rule.formats.clone_from(&self.formats),
            }
            if let Some(formats) = &rule.formats {
                add(&mut built.formats, formats.iter().copied());
            }
            if let (None, Some(url)) = (&rule.url, &self.url) {
                rule.url = Some(format!("{url}#{name}"));
            }
        }
        Ok(built)
    }

    /// The ruleset for one file, its overrides obeyed. The file's path starts at the ruleset's folder.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn build_for(&self, file: &str) -> Result<Built, String> {
        let mut merged: Option<Override> = None;
        let mut pointers: Vec<(String, String, String, Severity)> = Vec::new();
        for one in &self.overrides {
            let mut whole = false;
            for (glob, pointer) in one.files.iter().filter(|(glob, _)| matches(glob, file)) {
                match pointer {
                    None => whole = true,
                    Some(pointer) => {
                        for (rule, value) in &one.definition.rules {
                            if let RuleValue::Severity(severity) = value {
                                pointers.push((rule.clone(), glob.clone(), pointer.clone(), *severity));
                            }
                        }
                    }
                }
            }
            if !whole {
                continue;
            }
            merged = Some(match merged {
                None => one.clone(),
                Some(before) => before.under(one),
            });
        }
        let mut built = match merged {
            None => self.build()?,
            Some(over) => self.overridden(over).build()?,
        };
        for (rule, glob, pointer, severity) in pointers {
            let Some(rule) = built.rules.iter_mut().find(|one| one.name == rule) else { continue };
            // A rule that some place has a severity for runs, whatever switched it off.
            rule.enabled = true;
            match rule.pointers.iter_mut().find(|(one, _)| *one == glob) {
                Some((_, list)) => list.push((pointer, severity)),
                None => rule.pointers.push((glob, vec![(pointer, severity)])),
            }
        }
        Ok(built)
    }

    /// The ruleset of which an override is the last word.
    fn overridden(&self, over: Override) -> Self {
        let right = over.definition;
        let mut merged = self.clone();
        merged.overrides = Vec::new();
        if over.has_aliases {
            let mut aliases = Aliases::clone(&self.aliases);
            aliases.extend(right.aliases.iter().map(|(name, alias)| (name.clone(), alias.clone())));
            merged.aliases = Arc::new(aliases);
        }
        if !right.extends.is_empty() {
            merged.extends.clone_from(&right.extends);
        }
        if right.formats.is_some() {
            merged.formats.clone_from(&right.formats);
        }
        if right.has_rules && self.has_rules {
            let below = Self { overrides: Vec::new(), ..self.clone() };
            merged.extends.push(Extension {
                definition: Arc::new(below),
                choice: Choice::Recommended,
                explicit: false,
            });
            merged.rules = right.rules;
            merged.id = usize::MAX;
        } else if right.has_rules {
            merged.rules = right.rules;
            merged.has_rules = true;
        }
        merged
    }
}

impl Override {
    /// Two overrides that both fit: the later one wins.
    fn under(mut self, over: &Self) -> Self {
        for (name, value) in &over.definition.rules {
            match self.definition.rules.iter_mut().find(|(one, _)| one == name) {
                Some((_, before)) => *before = value.clone(),
                None => self.definition.rules.push((name.clone(), value.clone())),
            }
        }
        self.definition.has_rules |= over.definition.has_rules;
        if over.has_aliases {
            let mut aliases = Aliases::clone(&self.definition.aliases);
            aliases.extend(over.definition.aliases.iter().map(|(name, alias)| (name.clone(), alias.clone())));
            self.definition.aliases = Arc::new(aliases);
            self.has_aliases = true;
        }
        if !over.definition.extends.is_empty() {
            self.definition.extends.clone_from(&over.definition.extends);
        }
        if over.definition.formats.is_some() {
            self.definition.formats.clone_from(&over.definition.formats);
        }
        self
    }
}

impl Rule {
    /// What a later file says of a rule it inherits.
    fn redefine(&mut self, value: &RuleValue, by: &Definition) {
        match value {
            RuleValue::Enabled(enabled) => self.enabled = *enabled,
            RuleValue::Severity(severity) => {
                self.severity = *severity;
                self.enabled = *severity != -1;
            }
            RuleValue::Full(form) => {
                self.aliases = Arc::clone(&by.aliases);
                self.given.clone_from(&form.given);
                self.then.clone_from(&form.then);
                self.enabled = true;
                let form = form.as_ref().clone();
                self.severity = form.severity.unwrap_or(self.severity);
                self.recommended = form.recommended.unwrap_or(self.recommended);
                self.resolved = form.resolved.unwrap_or(self.resolved);
                self.description = form.description.or(self.description.take());
                self.message = form.message.or(self.message.take());
                self.url = form.url.or(self.url.take());
                self.formats = form.formats.or(self.formats.take());
            }
        }
    }
}

/// Whether a path fits a glob; a glob without a slash is about the file's name alone.
#[must_use]
pub(super) fn matches(glob: &str, path: &str) -> bool {
    let pattern = if glob.contains('/') { glob.to_owned() } else { format!("**/{glob}") };
    let pattern = pattern.strip_prefix("./").unwrap_or(&pattern);
    globset::GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

/// The ruleset's own functions: the name that rules call, and the file.
pub(super) type Own = Vec<(String, PathBuf)>;

/// The function of a `then`, or why there is none.
pub(super) fn function(
    name: &str,
    options: &Value,
    own: &Own,
) -> Result<Result<Arc<dyn Function>, String>, Missing> {
    let Some((_, file)) = own.iter().find(|(one, _)| one == name) else {
        return functions::find(name, options).map(Ok);
    };
    Ok(script(file, None, options))
}

/// A function in JavaScript: a file's, or one that stands in a ruleset itself.
#[cfg(feature = "javascript")]
pub(super) fn script(file: &Path, number: Option<u64>, options: &Value) -> Result<Arc<dyn Function>, String> {
    let file =
        file.canonicalize().map_err(|_| format!("There is no file {} with the function.", file.display()))?;
    let mut key = file.to_string_lossy().into_owned();
    if let Some(number) = number {
        key.push_str(&format!("#{number}"));
    }
    let options = if options.is_null() { String::new() } else { options.to_string() };
    Ok(Arc::new(super::javascript::Script::new(key, options)))
}

/// A function in JavaScript, which this build does not run.
#[cfg(not(feature = "javascript"))]
pub(super) fn script(file: &Path, _: Option<u64>, _: &Value) -> Result<Arc<dyn Function>, String> {
    Err(format!(
        "The function in {} is written in JavaScript, which this build does not run.",
        file.display()
    ))
}

/// The formats that a list names.
pub(super) fn formats(names: &[&str]) -> Result<Vec<&'static str>, String> {
    let mut found = Vec::new();
    for name in names {
        let format = formats::find(name).ok_or_else(|| format!("There is no format \"{name}\"."))?;
        add(&mut found, [format]);
    }
    Ok(found)
}
