//! Which unchanged files are judged anew: those that refer, over any chain, to a file that changed or is
//! gone, and those that a changed file referred to before and no longer does, since they now stand alone.
//! Most files are told by their bytes: without the name of such a file they cannot refer to it. The
//! others are parsed, and every text in them counts as a reference: one file too many costs time alone.

use crate::workspace::{Changes, ReadError, Skip, Workspace};
use aho_corasick::AhoCorasick;
use assize_tree::document::{Document, Format, Kind, NodeId, detect};
use assize_tree::reference;
use assize_tree::text::Text;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// If more files differ than these, judging everything is as quick.
const MOST_CHANGED: usize = 5_000;

/// What is judged of a tree.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Paths of the files that are judged.
    pub files: HashSet<String>,
    /// Paths of files that may give themselves an address which others refer to.
    pub addressed: BTreeSet<String>,
}

/// Selects what is judged; `None` where everything should be.
#[must_use]
pub fn select(workspace: &Workspace, changes: &Changes) -> Option<Selection> {
    if changes.changed.len() + changes.gone.len() > MOST_CHANGED {
        return None;
    }
    let mut wanted = Wanted::default();
    let mut waiting: Vec<String> = changes.paths().map(str::to_owned).collect();
    let mut dropped: Vec<String> = Vec::new();
    for path in changes.paths() {
        let before = if is_data(path) { changes.before(path) } else { None };
        let before = before.and_then(|bytes| Refers::of_bytes(path, bytes, workspace));
        let now = Refers::of(workspace, path);
        if let Some(before) = &before {
            wanted.ids.extend(before.id.clone());
            let still = |file: &String| now.as_ref().is_some_and(|now| now.files.contains(file));
            dropped.extend(before.files.iter().filter(|file| !still(file)).cloned());
        }
    }
    // What is no longer referred to takes with it what it refers to itself.
    while let Some(path) = dropped.pop() {
        if is_data(&path) && workspace.find(&path).is_some() && !wanted.paths.contains(&path) {
            dropped.extend(Refers::of(workspace, &path).map(|refers| refers.files).unwrap_or_default());
            wanted.paths.insert(path.clone());
            waiting.push(path);
        }
    }
    wanted.paths.extend(waiting.iter().cloned());
    let scanned = scan(workspace, &wanted.paths);
    while !waiting.is_empty() {
        for path in &waiting {
            let refers = scanned
                .get(path)
                .map_or_else(|| Refers::of(workspace, path).map(Arc::new), |one| one.refers(workspace, path));
            wanted.ids.extend(refers.and_then(|refers| refers.id.clone()));
        }
        let names = wanted.names(&waiting)?;
        waiting = scanned
            .par_iter()
            .filter(|(path, one)| !wanted.paths.contains(*path) && one.refer && names.is_match(&one.bytes))
            .filter(|(path, one)| one.refers(workspace, path).is_some_and(|refers| wanted.are_in(&refers)))
            .map(|(path, _)| path.clone())
            .collect();
        wanted.paths.extend(waiting.iter().cloned());
    }
    let addressed = scanned.iter().filter(|(_, one)| one.addressed).map(|(path, _)| path.clone()).collect();
    wanted.paths.retain(|path| workspace.find(path).is_some());
    Some(Selection { files: wanted.paths, addressed })
}

/// Whether a file may refer to others, by its name: descriptions and schemas are written in these formats.
fn is_data(path: &str) -> bool {
    matches!(detect::format_of_name(path), Some(Format::Json | Format::Yaml | Format::Toml))
}

/// What is looked for.
#[derive(Default)]
struct Wanted {
    paths: HashSet<String>,
    /// Addresses that these files give themselves, or gave.
    ids: HashSet<String>,
}

impl Wanted {
    /// Finds bytes that stand in everything that refers to one of some files.
    fn names(&self, paths: &[String]) -> Option<AhoCorasick> {
        let of_paths = paths.iter().map(|path| path.rsplit('/').next().unwrap_or(path));
        let of_ids = self.ids.iter().map(|id| last_part(id));
        // Between two lines of YAML there may be any number of blanks.
        let names: BTreeSet<&str> = of_paths
            .chain(of_ids)
            .map(|name| name.split_whitespace().max_by_key(|piece| piece.len()).unwrap_or(name))
            .collect();
        AhoCorasick::new(names).ok()
    }

    fn are_in(&self, refers: &Refers) -> bool {
        refers.files.iter().any(|file| self.paths.contains(file))
            || !self.ids.is_empty()
                && refers.addresses.iter().any(|address| {
                    self.ids.iter().any(|id| last_part(id).is_empty() || last_part(id) == last_part(address))
                })
    }
}

/// What stands behind the last `/` of an address.
fn last_part(address: &str) -> &str {
    let address = address.split(['#', '?']).next().unwrap_or_default();
    address.rsplit('/').next().unwrap_or(address)
}

/// What a file refers to, or may.
#[derive(Default)]
struct Refers {
    /// Paths of files.
    files: BTreeSet<String>,
    /// The texts, without their fragments.
    addresses: HashSet<String>,
    /// The address that the file gives itself.
    id: Option<String>,
}

impl Refers {
    fn of(workspace: &Workspace, path: &str) -> Option<Self> {
        let text = match workspace.text(path) {
            Ok(text) | Err(ReadError::Encoding(_, Some(text))) => text,
            Err(_) => return None,
        };
        Some(Self::of_text(path, text, workspace))
    }

    fn of_bytes(path: &str, bytes: Vec<u8>, workspace: &Workspace) -> Option<Self> {
        if bytes.len() as u64 > workspace.limits().bytes {
            return None;
        }
        let text = match Text::decode_lossy(&bytes) {
            Some((text, _)) => text,
            None => Text::decode(bytes).ok()?,
        };
        Some(Self::of_text(path, Arc::new(text), workspace))
    }

    fn of_text(path: &str, text: Arc<Text>, workspace: &Workspace) -> Self {
        // What its name does not tell is told by its content, as where a reference leads to it.
        let Some(format) = detect::format_of(path, text.as_str()) else { return Self::default() };
        if !matches!(format, Format::Json | Format::Yaml | Format::Toml) {
            return Self::default();
        }
        let document = detect::parse(format, text, workspace.limits());
        let mut refers = Self { id: id_of(&document), ..Self::default() };
        for node in (0..document.nodes().len() as u32).map(NodeId) {
            let Some(text) = document.str(node).filter(|text| text.len() < 4096) else { continue };
            let address = text.split('#').next().unwrap_or_default();
            if document.kind(node) != Kind::String || address.is_empty() || address.contains('\n') {
                continue;
            }
            if refers.addresses.insert(address.to_owned()) {
                refers.files.extend(reference::file_of(path, address));
            }
        }
        refers
    }
}

fn id_of(document: &Document) -> Option<String> {
    let id = document.str(document.get(document.root()?, "$id")?)?;
    id.contains("://").then(|| id.to_owned())
}

/// A file that may refer to others, or that others may refer to by an address.
struct Scanned {
    /// Its bytes, and behind them the same with what is written as escapes read.
    bytes: Vec<u8>,
    refer: bool,
    addressed: bool,
    refers: OnceLock<Option<Arc<Refers>>>,
}

impl Scanned {
    fn refers(&self, workspace: &Workspace, path: &str) -> Option<Arc<Refers>> {
        self.refers.get_or_init(|| Refers::of(workspace, path).map(Arc::new)).clone()
    }
}

/// Reads what may refer: files of data, and those that one of them refers to whatever they are called.
fn scan(workspace: &Workspace, selected: &HashSet<String>) -> HashMap<String, Scanned> {
    let mut waiting: Vec<String> = workspace
        .entries()
        .iter()
        .filter(|entry| entry.skip.is_none() && entry.size > 0 && is_data(&entry.path))
        .map(|entry| entry.path.clone())
        .collect();
    let mut seen: HashSet<String> = waiting.iter().cloned().collect();
    let mut scanned = HashMap::new();
    while !waiting.is_empty() {
        let read: Vec<(String, Scanned, Vec<String>)> = std::mem::take(&mut waiting)
            .into_par_iter()
            .with_min_len(8)
            .filter_map(|path| {
                let bytes = workspace.bytes(&path).ok()?;
                let bytes = unescaped(bytes);
                let has = |what: &str| memchr::memmem::find(&bytes, what.as_bytes()).is_some();
                let (refer, addressed) = (has("$ref") || has("$dynamicRef") || has("mapping"), has("$id"));
                let further = if refer { odd_files(&path, &bytes) } else { Vec::new() };
                let keep = refer || addressed || selected.contains(&path);
                keep.then(|| (path, Scanned { bytes, refer, addressed, refers: OnceLock::new() }, further))
            })
            .collect();
        for (path, one, further) in read {
            scanned.insert(path, one);
            for file in further {
                let there =
                    workspace.find(&file).is_some_and(|at| workspace.entries()[at].skip != Some(Skip::Link));
                if there && seen.insert(file.clone()) {
                    waiting.push(file);
                }
            }
        }
    }
    scanned
}

/// Files that a file's references name and that are not told by their names to be data, or that nobody
/// would look into unasked.
fn odd_files(path: &str, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b"$ref") {
        let rest = &bytes[at + 4..bytes.len().min(at + 600)];
        let Some(start) = rest.iter().position(|byte| !b"\"' :\t".contains(byte)) else { continue };
        let end = rest[start..].iter().position(|byte| b"\"'\n,}#".contains(byte));
        let text = String::from_utf8_lossy(&rest[start..start + end.unwrap_or(rest.len() - start)]);
        found.extend(reference::file_of(path, text.trim()));
    }
    found.sort();
    found.dedup();
    found
}

/// A file's bytes, and where something in them is written in escapes (JSON, YAML, percent signs, UTF-16),
/// behind them the same once more with those read.
fn unescaped(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.iter().take(64).any(|byte| *byte == 0)
        || bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
    {
        if let Ok(text) = Text::decode(bytes.clone()) {
            bytes.extend_from_slice(text.as_str().as_bytes());
        }
        return bytes;
    }
    let escapes = |at: &usize| match (bytes[*at], bytes.get(at + 1)) {
        (b'\\', Some(next)) => b"uUx\r\n".contains(next),
        (b'%', Some(next)) => next.is_ascii_hexdigit(),
        _ => false,
    };
    if !memchr::memchr2_iter(b'\\', b'%', &bytes).any(|at| escapes(&at)) {
        return bytes;
    }
    let end = bytes.len();
    bytes.push(b'\n');
    let mut at = 0;
    while at < end {
        let Some(next) = memchr::memchr2(b'\\', b'%', &bytes[at..end]) else {
            bytes.extend_from_within(at..end);
            break;
        };
        bytes.extend_from_within(at..at + next);
        at += next;
        let digits = match (bytes[at], bytes.get(at + 1)) {
            (b'%', _) => (1, 2),
            (_, Some(b'x')) => (2, 2),
            (_, Some(b'u')) => (2, 4),
            (_, Some(b'U')) => (2, 8),
            _ => (0, 0),
        };
        let (from, to) = (at + digits.0, at + digits.0 + digits.1);
        let code = if to <= end && digits.1 > 0 { number(&bytes[from..to]) } else { None };
        match code {
            Some(byte) if bytes[at] == b'%' => {
                bytes.push(byte as u8);
                at = to;
            }
            Some(code) => {
                let mut buffer = [0; 4];
                let text = char::from_u32(code).map(|char| char.encode_utf8(&mut buffer).len());
                bytes.extend_from_slice(&buffer[..text.unwrap_or_default()]);
                at = to;
            }
            // A line of YAML that goes on in the next one.
            None if bytes[at] == b'\\' && matches!(bytes.get(at + 1), Some(b'\r' | b'\n')) => {
                at += 1;
                while at < end && bytes[at].is_ascii_whitespace() {
                    at += 1;
                }
            }
            None => {
                bytes.push(bytes[at]);
                at += 1;
            }
        }
    }
    bytes
}

fn number(digits: &[u8]) -> Option<u32> {
    let text =
        std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::{last_part, odd_files, unescaped};

    #[test]
    fn escapes_are_read() {
        for (written, meant) in [
            (r#""$ref": "\u0063ommon.yaml""#, "common.yaml"),
            (r#""\x24ref": "common%2Eyaml""#, "\"$ref\": \"common.yaml\""),
            (r#"\U00000063ommon"#, "common"),
            ("\"com\\\n    mon.yaml\"", "common.yaml"),
            ("\"com\\\r\n\tmon.yaml\"", "common.yaml"),
            ("a%zz%41", "a%zzA"),
            ("%", "%"),
            (r"\u12", r"\u12"),
            (r"\ud800x.yaml \u0041", "x.yaml A"),
            ("caf\\u00e9.yaml", "café.yaml"),
        ] {
            let found = String::from_utf8_lossy(&unescaped(written.as_bytes().to_vec())).into_owned();
            assert!(found.starts_with(written) && found.contains(meant), "{written}: {found}");
        }
        let wide: Vec<u8> = "\u{feff}common.yaml".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(String::from_utf8_lossy(&unescaped(wide)).contains("common.yaml"));
    }

    #[test]
    fn references_name_files_of_any_name() {
        let text = b"a: { $ref: '../b.avsc#/x' }\n\"$ref\": \"c.txt\"\n$ref: d e.inc\n$ref: '#/x'\n$ref: https://x.org/y";
        assert_eq!(odd_files("api/a.yaml", text), ["api/c.txt", "api/d e.inc", "b.avsc"]);
        assert_eq!(odd_files("a.yaml", b"$ref"), Vec::<String>::new());
        assert_eq!(last_part("https://x.org/a/b.json#/d?e"), "b.json");
    }
}
