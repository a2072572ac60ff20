//! The first round: read every file once, say what it is, keep what will be judged.

use crate::finding::File;
use crate::target::{self, Candidate, Grammar, Recognised};
use crate::workspace::{Entry, ReadError, Skip, Workspace};
use assize_tree::document::{Document, Format, Kind, NodeId, detect};
use assize_tree::text::{Problem, Span};
use std::sync::Arc;

/// A root of a file that was recognised.
#[derive(Clone, Copy, Debug)]
pub(super) struct Root {
    pub node: NodeId,
    pub kind: &'static str,
    pub grammar: Grammar,
}

/// What the first round found out about a file.
#[derive(Default)]
pub(super) struct Surveyed {
    pub target: Option<String>,
    pub version: Option<String>,
    pub note: Option<String>,
    /// Kept where the file was recognised; others are parsed again where a reference leads to them.
    pub document: Option<Arc<Document>>,
    pub roots: Vec<Root>,
    /// The name that `on` may use for what it seems to be, where that is not told for certain.
    pub like: Option<&'static str>,
    /// Whose publication it is a copy of, where it says so itself.
    pub publisher: Option<&'static str>,
    /// Problems of the file itself that are findings.
    pub problems: Vec<Problem>,
    /// Why nothing in it could be judged, where that matters to verdicts.
    pub unknown: Option<String>,
    pub read: u64,
    pub binary: bool,
}

/// How sure the user is that the file should be judged: named files get findings where others are
/// only listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    ByName,
    InFolder,
}

/// Why nothing of a data file is judged that does not follow its format; one text for all of them,
/// so that reports can list the files under it.
const UNREADABLE: &str = "The file does not follow the syntax of its format, so what it is cannot be told: nothing in it was judged.";

/// The same, of a file in which a merge was left half done.
const UNSETTLED: &str = "A merge was left unsettled in the file (lines that begin with <<<<<<< and >>>>>>>): nothing in it was judged.";

/// The same, of a file that stands for another.
const POINTER: &str = "The file is a pointer of Git LFS or git-annex; what it stands for was not handed over: nothing in it was judged.";

/// The same, of a file that is a text, number or truth value alone.
const NO_OBJECT: &str =
    "The file holds no object, which a description or a resource is: nothing in it could be judged.";

/// The same, of a file without anything to be judged.
const NO_VALUE: &str = "The file holds no value: nothing in it could be judged.";

/// Why no rule was held against a file that could be recognised; one text for all of them, too.
pub(super) const BREAKS_OFF: &str =
    "The syntax of the file breaks off, so that what it holds is not known whole: it was not judged.";

/// Whether a reason for judging nothing of a file is its syntax alone: as a text it can be read.
pub(crate) fn is_of_syntax(reason: &str) -> bool {
    [UNREADABLE, UNSETTLED, BREAKS_OFF, NO_OBJECT, NO_VALUE].contains(&reason)
}

/// What is known of a file that is left out of judging since it did not change: nothing.
pub(super) fn left_out(entry: &Entry) -> Surveyed {
    let note = entry.skip.map_or("not changed", Skip::reason);
    Surveyed { note: Some(note.to_owned()), ..Surveyed::default() }
}

/// Reads and recognises one file.
pub(super) fn survey(workspace: &Workspace, entry: &Entry, asked: Asked) -> Surveyed {
    let mut found = Surveyed::default();
    if let Some(skip) = entry.skip {
        found.note = Some(skip.reason().to_owned());
        if matches!(skip, Skip::NoFile | Skip::Gone) {
            cannot_be_read(&mut found, skip.reason(), asked);
        }
        return found;
    }
    // By name alone first: most files of a repository are source code that nobody judges.
    let Some(format) = detect::format_of_name(&entry.path) else {
        if asked == Asked::ByName {
            return by_content(workspace, entry);
        }
        seems(workspace, entry, &mut found);
        return found;
    };
    if entry.size == 0 {
        found.note = Some("empty".to_owned());
        if asked == Asked::ByName || is_data(format) {
            found.problems.push(Problem::new(
                "empty",
                Span::default(),
                "The file is empty: nothing in it could be judged.",
            ));
        }
        found.unknown = Some("The file is empty: nothing in it could be judged.".to_owned());
        return found;
    }
    read(workspace, entry, format, asked, None, found)
}

/// Endings under which descriptions and resources are kept now and then, and which are not read.
const UNUSUAL: [&str; 7] = [".oas", ".oas3", ".openapi", ".json5", ".jsonc", ".hjson", ".fhir"];

/// A file of a name that is not read, and that seems to be what is judged: nobody looked at it.
fn seems(workspace: &Workspace, entry: &Entry, found: &mut Surveyed) {
    let name = entry.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let plain = !name.contains('.') && ["openapi", "swagger", "api", "patient", "bundle"].contains(&&*name);
    let named = plain || UNUSUAL.iter().any(|ending| name.ends_with(ending));
    if !named || entry.size == 0 || entry.size > workspace.limits().bytes {
        return;
    }
    let Ok(text) = workspace.text(&entry.path) else { return };
    if let Some(like) = target::resembled_at_root(text.as_str()) {
        found.like = Some(like);
        found.read = entry.size;
        found.note = Some("its name is of no format that is read".to_owned());
        found.unknown = Some(UNNAMED.to_owned());
    }
}

/// Why such a file is not judged.
const UNNAMED: &str = "The file seems to be one that is judged, but its name is of no format that is read (JSON, YAML, XML): nothing in it was judged.";

/// The same for a file that [`is_read`] says is read, from bytes that have been read already.
pub(super) fn survey_bytes(workspace: &Workspace, entry: &Entry, bytes: Vec<u8>) -> Surveyed {
    let format = detect::format_of_name(&entry.path).unwrap_or(Format::Plain);
    read(workspace, entry, format, Asked::InFolder, Some(bytes), Surveyed::default())
}

/// Whether a file of a folder is read.
pub(super) fn is_read(entry: &Entry) -> bool {
    entry.skip.is_none() && entry.size > 0 && detect::format_of_name(&entry.path).is_some()
}

/// Formats whose files are data and nothing else: one that cannot be read is worth a finding.
fn is_data(format: Format) -> bool {
    matches!(format, Format::Json | Format::Yaml | Format::Toml)
}

/// Formats with a grammar that a file can break. XML is one, but no data alone: pages, drawings and
/// projects of many tools are XML, in many encodings, and nobody wants to hear of each.
fn is_structured(format: Format) -> bool {
    is_data(format) || format == Format::Xml
}

fn by_content(workspace: &Workspace, entry: &Entry) -> Surveyed {
    let text = match workspace.text(&entry.path) {
        Ok(text) | Err(ReadError::Encoding(_, Some(text))) => Some(text),
        Err(ReadError::Encoding(_, None)) => None,
        Err(error) => {
            let mut found = Surveyed::default();
            unreadable(&mut found, error, Format::Plain, Asked::ByName, workspace.limits().bytes);
            return found;
        }
    };
    let format = text.and_then(|text| detect::format_of(&entry.path, text.as_str()));
    match format {
        Some(format) => read(workspace, entry, format, Asked::ByName, None, Surveyed::default()),
        None => Surveyed {
            note: Some("no format that is judged".to_owned()),
            problems: vec![Problem::new(
                "not-recognised",
                Span::default(),
                "The file is in no format that can be judged (JSON, YAML, TOML, XML, CSV, Markdown).",
            )],
            ..Surveyed::default()
        },
    }
}

fn read(
    workspace: &Workspace,
    entry: &Entry,
    format: Format,
    asked: Asked,
    bytes: Option<Vec<u8>>,
    mut found: Surveyed,
) -> Surveyed {
    let text = match (bytes, workspace.find(&entry.path)) {
        (Some(bytes), Some(at)) => workspace.text_of(at, bytes),
        _ => workspace.text(&entry.path),
    };
    let text = match text {
        Ok(text) => text,
        // A few bad bytes are a finding; the rest of the file is judged all the same.
        Err(ReadError::Encoding(problem, Some(text))) if is_data(format) || asked == Asked::ByName => {
            found.problems.push(problem);
            text
        }
        Err(error) => {
            unreadable(&mut found, error, format, asked, workspace.limits().bytes);
            found.like = target::presumed(&entry.path).filter(|_| is_structured(format));
            return found;
        }
    };
    found.read = entry.size;
    let document = detect::parse(format, text, workspace.limits());
    recognise(&mut found, entry, &document);
    let structured = is_structured(document.format());
    if !found.roots.is_empty() || asked == Asked::ByName {
        found.problems.extend(document.problems().iter().cloned());
    } else if let Some(problem) = document.problems().first().filter(|_| structured) {
        let line = document.text().position(problem.span.start).line;
        // What it only resembles so far, the rest may make it.
        let doubtful = found.note.take().is_some() && document.breaks_off();
        found.note = Some(format!("not read to its end (line {line}): {}", problem.message));
        // With no object at its root there was nothing to recognise it by: that is no clean bill.
        if doubtful || document.root().is_some_and(|root| document.kind(root) != Kind::Object) {
            found.unknown = Some(UNREADABLE.to_owned());
        }
    }
    if found.roots.iter().any(|root| !document.is_whole(root.node)) {
        found.unknown = Some(BREAKS_OFF.to_owned());
    }
    // What a limit cut off was not judged, whatever was found in the rest.
    if let Some(problem) = found.problems.iter().find(|problem| problem.code.starts_with("limit-")) {
        found.unknown = Some(problem.message.clone());
    }
    if document.is_empty() && structured {
        let empty = document.problems().is_empty();
        found.note.get_or_insert_with(|| "holds no value".to_owned());
        if empty && (is_data(format) || asked == Asked::ByName) {
            found.problems.push(Problem::new("empty", Span::default(), NO_VALUE));
        }
        // Comments alone were meant to be there: all that is to be judged has been looked at. Of XML,
        // which is much else than data, only what seems to be of a kind is worth a word.
        if document.comments().is_empty() && (empty || is_data(format)) {
            found.unknown = Some(if empty { NO_VALUE } else { UNREADABLE }.to_owned());
        }
    } else if asked == Asked::ByName && found.roots.is_empty() && document.breaks_off() {
        // What it is may be said in the rest of it.
        found.unknown = Some(UNREADABLE.to_owned());
    } else if asked == Asked::ByName && found.roots.is_empty() {
        found.problems.push(not_recognised(&document, found.note.as_deref()));
    }
    if structured && found.roots.is_empty() && has_no_object(&document) {
        let text = document.text().as_str();
        found.like = target::resembled(text);
        let unsettled = target::is_unsettled(text);
        if found.like.is_some() || found.unknown.is_some() && unsettled {
            found.unknown = Some(if unsettled { UNSETTLED } else { UNREADABLE }.to_owned());
        }
    }
    if structured && found.roots.is_empty() && found.like.is_none() {
        presume(&mut found, entry, &document);
    }
    if !found.roots.is_empty() || asked == Asked::ByName || !found.problems.is_empty() {
        found.document = Some(Arc::new(document));
    }
    found
}

/// A file of no object whose name or folder says what it should be: a pointer to what is kept elsewhere, a
/// page instead of a file, a text that holds its place. What it should hold has not been looked at.
fn presume(found: &mut Surveyed, entry: &Entry, document: &Document) {
    let kind = document.root().map(|root| document.kind(root));
    if matches!(kind, Some(Kind::Object | Kind::Array)) && !document.breaks_off() {
        return;
    }
    let Some(like) = target::presumed(&entry.path) else { return };
    let why = match kind {
        _ if target::is_pointer(document.text().as_str()) => POINTER,
        Some(_) if document.problems().is_empty() => NO_OBJECT,
        _ => UNREADABLE,
    };
    found.like = Some(like);
    found.unknown.get_or_insert_with(|| why.to_owned());
}

/// Whether a file's syntax leaves nothing by which it could have been recognised.
fn has_no_object(document: &Document) -> bool {
    let object = document.root().is_some_and(|root| document.kind(root) == Kind::Object);
    !document.problems().is_empty() && (!object || document.breaks_off())
}

fn recognise(found: &mut Surveyed, entry: &Entry, document: &Document) {
    let name = entry.path.rsplit('/').next().unwrap_or_default();
    let roots: Vec<Option<NodeId>> = if document.roots().is_empty() {
        vec![None]
    } else {
        let shown = |root: NodeId| std::iter::once(root).chain(shown(document, root)).map(Some);
        document.roots().iter().copied().flat_map(shown).collect()
    };
    for root in roots {
        let candidate = Candidate { path: &entry.path, name, document, root };
        for target in target::ALL {
            match target.recognise(&candidate) {
                Some(Recognised::Sure(kind)) => {
                    found.target.get_or_insert_with(|| kind.name.to_owned());
                    if found.version.is_none() {
                        found.version = kind.version;
                    }
                    if root.is_none_or(|root| document.is_whole(root)) {
                        found.problems.extend(target.problems(&candidate));
                    }
                    found.publisher = found.publisher.or_else(|| target.publisher(&candidate));
                    if let Some((like, why)) = target.doubt(kind.name) {
                        found.like = Some(like);
                        found.note.get_or_insert_with(|| why.to_owned());
                    }
                    if let Some(node) = root {
                        found.roots.push(Root { node, kind: kind.name, grammar: target.grammar(kind.name) });
                    }
                    break;
                }
                Some(Recognised::Doubtful { like, why }) => {
                    found.note.get_or_insert_with(|| format!("resembles {like}: {why}"));
                    found.like.get_or_insert(like);
                    break;
                }
                None => {}
            }
        }
    }
}

/// Resources that stand in a file one level down: the values of OpenAPI's Example Objects, one or several
/// by name (OpenAPI 3.1.1, 4.8.19), the `resource` of a bundle's entry (FHIR R4, 2.36.4), or a list of
/// them. What they show is of its kind as it would be in a file of its own.
fn shown(document: &Document, root: NodeId) -> Vec<NodeId> {
    const BESIDE: [(&str, &[&str]); 2] = [
        ("value", &["summary", "description", "value"]),
        ("resource", &["fullUrl", "link", "request", "resource", "response", "search"]),
    ];
    let is_resource = |node: NodeId| {
        let is_object = document.kind(node) == Kind::Object;
        is_object && document.get(node, "resourceType").is_some()
    };
    let within = |node: NodeId| {
        BESIDE.iter().find_map(|(member, known)| {
            let inner = document.get(node, member).filter(|inner| is_resource(*inner))?;
            let is_known = |child| document.key(child).is_some_and(|key| known.contains(&key));
            document.children(node).all(is_known).then_some(inner)
        })
    };
    let all = |inner: &dyn Fn(NodeId) -> Option<NodeId>| {
        document.children(root).map(inner).collect::<Option<Vec<NodeId>>>().unwrap_or_default()
    };
    match document.kind(root) {
        Kind::Object if is_resource(root) => Vec::new(),
        Kind::Object => within(root).map_or_else(|| all(&within), |inner| vec![inner]),
        Kind::Array => all(&|node| if is_resource(node) { Some(node) } else { within(node) }),
        _ => Vec::new(),
    }
}

fn not_recognised(document: &Document, note: Option<&str>) -> Problem {
    let root = document.root();
    let span = root.map_or_else(Span::default, |root| {
        let span = document.span(root);
        Span::new(span.start, span.start + span.len().min(1))
    });
    let message = match (note, root.map(|root| document.kind(root))) {
        (Some(note), _) => format!("The file is not judged: it {note}"),
        (None, Some(Kind::Object)) => "The file says nowhere what it is: no member such as `openapi`, `asyncapi` or `$schema` stands at its root.".to_owned(),
        (None, Some(kind)) => {
            let article = if kind == Kind::Array { "an" } else { "a" };
            format!("The root of an API description or schema must be an object; this file holds {article} {}.", kind.name())
        }
        (None, None) => "The file holds no value.".to_owned(),
    };
    Problem::new("not-recognised", span, message)
}

fn unreadable(found: &mut Surveyed, error: ReadError, format: Format, asked: Asked, limit: u64) {
    let data = is_data(format);
    let (note, problem) = match error {
        ReadError::TooLarge(size) => {
            let what = format!("The file has {size} bytes, more than the limit of {limit}; it was not read.");
            (what.clone(), Some(Problem::new("limit-bytes", Span::default(), what)))
        }
        ReadError::Encoding(problem, _) => {
            found.binary = true;
            (problem.message.clone(), (data || asked == Asked::ByName).then_some(problem))
        }
        ReadError::Io(reason) => return cannot_be_read(found, &reason, asked),
        ReadError::NotFound | ReadError::Folder => return cannot_be_read(found, "it is gone", asked),
    };
    found.unknown = Some(note.clone());
    found.note = Some(note);
    found.problems.extend(problem);
}

/// Of a file in a folder it is noted; one that somebody named was to be judged, and was not.
fn cannot_be_read(found: &mut Surveyed, reason: &str, asked: Asked) {
    let what = format!("The file cannot be read: {reason}.");
    if asked == Asked::ByName {
        found.problems.push(Problem::new("unreadable", Span::default(), what.clone()));
    }
    found.unknown = Some(what.clone());
    found.note = Some(what);
}

/// The kinds of the files of a workspace, without judging any.
#[must_use]
pub fn kinds(workspace: &Workspace) -> Vec<&'static str> {
    let entries = workspace.entries().iter().enumerate();
    let asked = entries.filter(|(at, entry)| entry.skip.is_none() && !workspace.is_left_out(*at));
    let surveyed = asked.map(|(_, entry)| survey(workspace, entry, Asked::ByName));
    surveyed.flat_map(|found| found.roots.into_iter().map(|root| root.kind)).collect()
}

/// The report's list of files.
pub(super) fn files(workspace: &Workspace, surveyed: &[Surveyed]) -> Vec<File> {
    workspace
        .entries()
        .iter()
        .zip(surveyed)
        .map(|(entry, found)| File {
            path: entry.path.clone(),
            size: entry.size,
            target: found.target.clone(),
            version: found.version.clone(),
            note: found.note.clone(),
            like: found.like,
            publisher: found.publisher,
            text: None,
            folder: false,
        })
        .collect()
}
