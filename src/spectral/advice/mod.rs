//! What is wrong with a ruleset or a pack before anyone relies on it: `assize pack lint`. A lint looks
//! at the parsed file with its places, so that a ruleset that Spectral would refuse still shows as much
//! as can be told. To add one, write its function in the file of its kind and add its line to [`ALL`].

mod aliases;
mod functions;
mod links;
mod messages;
mod options;
mod paths;
mod patterns;
mod reach;
mod regex;
mod rules;
mod shape;
mod subject;
mod then;

use super::ruleset::Definition;
use crate::finding::Severity;
use crate::pack::PackError;
use crate::standard::Authorities;
use assize_tree::document::{Document, Format, Limits, NodeId, detect};
use assize_tree::text::{Problem, Span, Text};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use subject::{Form, Subject};

/// One thing that a ruleset is looked over for.
pub struct Lint {
    /// Its id, as reports and docs/pack-lint.md write it.
    pub id: &'static str,
    /// How much it matters: an error cannot work as written, a warning is probably not what was
    /// meant, a note is hygiene.
    pub severity: Severity,
    /// What it finds, in a line.
    pub about: &'static str,
    /// It is looked for on demand only.
    pub strict: bool,
    check: fn(&Subject<'_>, &mut Notes<'_>),
}

const fn error(id: &'static str, about: &'static str, check: Check) -> Lint {
    Lint { id, severity: Severity::Error, about, strict: false, check }
}

const fn warning(id: &'static str, about: &'static str, check: Check) -> Lint {
    Lint { id, severity: Severity::Warning, about, strict: false, check }
}

const fn note(id: &'static str, about: &'static str, check: Check) -> Lint {
    Lint { id, severity: Severity::Note, about, strict: false, check }
}

type Check = fn(&Subject<'_>, &mut Notes<'_>);

/// What the reader of rulesets and packs refuses and no lint says more exactly.
pub const REFUSED: &str = "refused";

/// Every lint, in the order of the documentation.
pub const ALL: &[Lint] = &[
    error("path-space", "a blank or line break before or behind a path", paths::space),
    error("path-union-space", "a blank in a list of names without quotes", paths::union_space),
    error("path-negative-index", "a negative index", paths::negative_index),
    error("path-unclosed", "a bracket that is never closed", paths::unclosed),
    warning("path-slice-back", "a slice that goes backwards", paths::slice_back),
    error("path-below-key", "something behind `~`", paths::below_key),
    error("path-filter-refused", "JavaScript in a filter that Spectral stops at", paths::filter),
    error("path-unreadable", "a path that cannot be read", paths::unreadable),
    error("dead-path", "a path over members that the format does not have", reach::dead_path),
    warning("dead-path-likely", "the same, where no format is named but a name is near", reach::likely),
    warning("dead-name", "one of several names that the format does not have", reach::dead_name),
    warning("dead-field", "a field that the format does not have", reach::dead_field),
    error("field-names-nothing", "a field that names nothing, such as `@property`", then::field),
    error("then-inverted", "`invert` in `then`, which is not obeyed", then::inverted),
    warning("then-member", "a member of `then` that is not looked at", then::member),
    error("options", "options that the function does not take", options::refused),
    error("options-never", "options under which nothing, or everything, is found", options::never),
    warning("options-always", "options under which nothing is ever wrong", options::always),
    warning("options-idle", "options that do nothing", options::idle),
    error("function-unknown", "a function that is not there", functions::unknown),
    error("function-file", "a function whose file is not there", functions::file),
    note("function-unused", "a function that no rule calls", functions::unused),
    error("format-unknown", "a format that is not there", rules::format_unknown),
    error("alias-unknown", "an alias that is not there", aliases::unknown),
    error("alias-circular", "an alias that leads to itself", aliases::circular),
    note("alias-unused", "an alias that nothing uses", aliases::unused),
    note("alias-shadowed", "an alias that an extended ruleset means otherwise", aliases::shadowed),
    warning("alias-target-dead", "a target that a later one always replaces", aliases::target_dead),
    error("redefinition-partial", "a rule redefined in part, which Spectral refuses", rules::partial),
    error("severity-number", "a rule that is only a number, which Spectral refuses", rules::number),
    error("rule-twice", "a rule that stands twice in a file", rules::twice),
    warning("key-twice", "a key that stands twice elsewhere", rules::key_twice),
    error("rule-nowhere", "a rule switched that no extended ruleset has", rules::nowhere),
    warning("override-nowhere", "an override for a rule that is nowhere", rules::override_nowhere),
    error("regex-unreadable", "a regular expression that cannot be read", patterns::unreadable),
    error("regex-flags", "flags that regular expressions do not have", patterns::flags),
    warning("regex-slashes", "slashes that are taken for delimiters", patterns::slashes),
    warning("regex-space", "a stray blank near the start or end", patterns::space),
    warning("regex-precedence", "`^` or `$` that holds for one alternative only", patterns::precedence),
    error("regex-nothing", "a regular expression that matches nothing", patterns::nothing),
    error("regex-anything", "a regular expression that matches anything", patterns::anything),
    warning("regex-media-type", "a `+` of a media type that repeats a letter", patterns::media_type),
    note("regex-dot", "an unescaped dot in a name of a host or file", patterns::dot),
    note("regex-open-end", "a start without an end, where all others have both", patterns::open_end),
    note("regex-words", "a list of words without `^` and `$`", patterns::words),
    warning("regex-class-quantifier", "a `+` or `*` within brackets", patterns::class_quantifier),
    warning("regex-backtracking", "repetitions that take exponential time", patterns::backtracking),
    warning("placeholder-unknown", "a placeholder that prints nothing", messages::placeholder),
    warning("placeholder-null", "`{{description}}` without a description", messages::null),
    note("message-hidden", "a description that hides a more exact message", messages::hidden),
    note("key-value", "`{{value}}` where a key is judged", messages::key_value),
    warning("link-form", "an address that leads nowhere by its form", links::form),
    warning("link-dissolved", "an address of a body that is no more", links::dissolved),
    warning("examples-missing", "a rule of a pack without examples", rules::examples),
    Lint {
        id: "examples-none",
        severity: Severity::Note,
        about: "a ruleset, which has no place for examples",
        strict: true,
        check: rules::no_examples,
    },
];

/// Where a lint puts down what it finds.
pub(super) struct Notes<'a> {
    lint: &'static Lint,
    found: &'a mut Vec<Finding>,
}

impl Notes<'_> {
    fn say(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        let hint: String = hint.into();
        let mut problem = Problem::new(self.lint.id, span, message);
        problem.hint = (!hint.is_empty()).then_some(hint);
        self.found.push(Finding { severity: self.lint.severity, problem });
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The lint's id, where, what is wrong and what to do.
    pub problem: Problem,
}

/// What was found in one file.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The file, as messages name it.
    pub path: String,
    /// Its text, where it could be read.
    pub text: Option<Arc<Text>>,
    /// In the order of the text.
    pub findings: Vec<Finding>,
}

/// What to look with.
pub struct Setting<'a> {
    /// Bodies that issue standards, for links.
    pub authorities: &'a Authorities,
    /// Look for what is looked for on demand, too.
    pub strict: bool,
}

/// Looks a ruleset over, and those of its own that it extends.
#[must_use]
pub fn ruleset(path: &Path, setting: &Setting<'_>) -> Vec<Looked> {
    let read = super::read(path, &super::Reading::default());
    let (definition, errors) = match read {
        Ok(definition) => (Some(definition), Vec::new()),
        Err(errors) => (None, errors),
    };
    let mut files: Vec<PathBuf> = Vec::new();
    gather(path, &mut files);
    let mut looked: Vec<Looked> = files
        .iter()
        .map(|file| {
            let own = file == path;
            let known = if own { definition.as_ref() } else { None };
            one(file, Form::Spectral, known, &errors, setting)
        })
        .collect();
    rest(&errors, &mut looked);
    looked
}

/// Looks a native pack over, with the files of its rules.
#[must_use]
pub fn pack(folder: &Path, setting: &Setting<'_>) -> Vec<Looked> {
    let errors = match crate::pack::Pack::read(folder) {
        Ok(_) => Vec::new(),
        Err(errors) => errors,
    };
    let mut files: Vec<PathBuf> = Vec::new();
    let listed = |folder: &Path| -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = fs::read_dir(folder)
            .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
            .unwrap_or_default();
        found.sort();
        found
    };
    if folder.is_file() {
        files.push(folder.to_owned());
    } else {
        files.extend(listed(folder).into_iter().filter(|file| crate::pack::is_pack_file(file)).take(1));
    }
    let beside = files.first().and_then(|main| main.parent()).map(|folder| folder.join("rules"));
    let data = |file: &PathBuf| {
        file.extension().is_some_and(|kind| kind == "yaml" || kind == "yml" || kind == "json")
    };
    files.extend(beside.iter().flat_map(|folder| listed(folder)).filter(data));
    let mut looked: Vec<Looked> =
        files.iter().map(|file| one(file, Form::Native, None, &errors, setting)).collect();
    rest(&errors, &mut looked);
    looked
}

/// Mistakes of files that are not among those looked at: still to be told.
fn rest(errors: &[PackError], looked: &mut Vec<Looked>) {
    for error in errors {
        if looked.iter().any(|one| one.path == error.path) {
            continue;
        }
        let findings = error.problems.iter().map(|problem| refused(problem.clone())).collect();
        looked.push(Looked { path: error.path.clone(), text: error.text.clone(), findings });
    }
}

fn refused(problem: Problem) -> Finding {
    Finding { severity: Severity::Error, problem: Problem { code: REFUSED, ..problem } }
}

/// The ruleset's own files: it, and what it extends by a relative path, each once.
fn gather(path: &Path, files: &mut Vec<PathBuf>) {
    let data = |path: &Path| {
        path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml" || kind == "json")
            || files_without_ending(path)
    };
    if files.len() > 1000 || !data(path) || files.iter().any(|one| same(one, path)) {
        return;
    }
    files.push(path.to_owned());
    let Some(document) = parse(path) else { return };
    let Some(root) = document.root() else { return };
    for name in subject::extends(&document, root) {
        if name.starts_with('.') && !name.contains("://") {
            let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
            let file = folder.join(name.strip_prefix("./").unwrap_or(name));
            if file.is_file() {
                gather(&file, files);
            }
        }
    }
}

fn files_without_ending(path: &Path) -> bool {
    path.extension().is_none()
}

fn same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

fn parse(path: &Path) -> Option<Document> {
    let text = fs::read(path).ok().and_then(|bytes| Text::decode(bytes).ok())?;
    let format = detect::format_of(&path.to_string_lossy(), text.as_str()).unwrap_or(Format::Yaml);
    Some(detect::parse(format, Arc::new(text), Limits::default()))
}

fn one(
    path: &Path,
    form: Form,
    definition: Option<&Definition>,
    errors: &[PackError],
    setting: &Setting<'_>,
) -> Looked {
    let name = path.display().to_string();
    let mut looked = Looked { path: name.clone(), text: None, findings: Vec::new() };
    if let Some(document) = parse(path) {
        looked.text = Some(Arc::clone(document.text()));
        let subject = Subject::new(path, &document, form, definition, setting);
        for lint in ALL.iter().filter(|lint| setting.strict || !lint.strict) {
            (lint.check)(&subject, &mut Notes { lint, found: &mut looked.findings });
        }
        let own = errors.iter().filter(|error| error.path == name).flat_map(|error| &error.problems);
        let more: Vec<Finding> = own
            .filter(|problem| !told(&document, problem, &looked.findings))
            .map(|problem| refused(problem.clone()))
            .collect();
        looked.findings.extend(more);
    } else {
        let own = errors.iter().filter(|error| error.path == name).flat_map(|error| &error.problems);
        looked.findings.extend(own.map(|problem| refused(problem.clone())));
    }
    looked.findings.sort_by_key(|finding| (finding.problem.span.start, finding.problem.span.end));
    // An alias of YAML shows the same place again.
    let mut seen = BTreeSet::new();
    looked.findings.retain(|finding| {
        let problem = &finding.problem;
        seen.insert((problem.code, problem.span.start, problem.message.clone()))
    });
    looked
}

/// Whether a lint says what the reader says, at the place or inside it.
fn told(document: &Document, problem: &Problem, findings: &[Finding]) -> bool {
    let whole = document
        .nodes()
        .iter()
        .find(|node| {
            node.span == problem.span || (!node.key_span.is_empty() && node.key_span == problem.span)
        })
        .map_or(problem.span, |node| {
            let start = if node.key_span.is_empty() { node.span.start } else { node.key_span.start };
            Span::new(start, node.span.end)
        });
    findings.iter().filter(|finding| finding.severity == Severity::Error).any(|finding| {
        let span = finding.problem.span;
        span.start >= whole.start && span.end <= whole.end.max(problem.span.end)
    })
}

/// Where a member stands: its key.
fn key_of(document: &Document, node: NodeId) -> Span {
    let raw = document.node(node);
    if raw.key_span.is_empty() { raw.span } else { raw.key_span }
}
