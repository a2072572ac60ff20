//! Packages of npm as they lie on disk: which file one means by its name. Nothing is fetched.

use std::path::{Path, PathBuf};

const ENDINGS: [&str; 5] = ["", ".js", ".mjs", ".cjs", ".json"];

/// What a folder without a manifest means.
const MAIN: [&str; 8] = [
    "spectral.yaml",
    "spectral.yml",
    "spectral.json",
    ".spectral.yaml",
    ".spectral.yml",
    ".spectral.json",
    "index.js",
    "index.mjs",
];

fn manifest(package: &Path) -> Option<serde_json::Value> {
    serde_json::from_str(&std::fs::read_to_string(package.join("package.json")).ok()?).ok()
}

pub(super) fn with_endings(base: &Path) -> Option<PathBuf> {
    ENDINGS
        .iter()
        .map(|ending| PathBuf::from(format!("{}{ending}", base.display())))
        .find(|path| path.is_file())
        .or_else(|| {
            ENDINGS[1..].iter().map(|ending| base.join(format!("index{ending}"))).find(|path| path.is_file())
        })
}

/// What `exports` of a package says of a part of it, `.` for the package itself.
fn exported(exports: &serde_json::Value, part: &str) -> Option<String> {
    fn choose(value: &serde_json::Value) -> Option<String> {
        match value {
            serde_json::Value::String(path) => Some(path.clone()),
            serde_json::Value::Object(conditions) => ["require", "node", "default", "import"]
                .iter()
                .find_map(|condition| choose(conditions.get(*condition)?)),
            serde_json::Value::Array(list) => list.iter().find_map(choose),
            _ => None,
        }
    }
    match exports.get(part) {
        Some(found) => choose(found),
        None if part == "." => choose(exports),
        None => exports.as_object()?.iter().find_map(|(pattern, value)| {
            let (before, behind) = pattern.split_once('*')?;
            let middle = part.strip_prefix(before)?.strip_suffix(behind)?;
            Some(choose(value)?.replace('*', middle))
        }),
    }
}

/// The file of a package that is installed in a folder's node_modules, or of a part of one (`name/part`).
pub(super) fn package_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut parts = name.splitn(if name.starts_with('@') { 3 } else { 2 }, '/');
    let mut package = folder.join("node_modules").join(parts.next()?);
    if name.starts_with('@') {
        package.push(parts.next()?);
    }
    inside(&package, parts.next())
}

/// The file of the package in a folder, or of a part of it.
pub(super) fn inside(package: &Path, rest: Option<&str>) -> Option<PathBuf> {
    let manifest = manifest(package);
    let exports = manifest.as_ref().and_then(|manifest| manifest.get("exports"));
    let part = rest.map_or_else(|| ".".to_owned(), |rest| format!("./{rest}"));
    if let Some(file) = exports.and_then(|exports| exported(exports, &part))
        && let Some(found) = with_endings(&package.join(file))
    {
        return Some(found);
    }
    match rest {
        Some(rest) => with_endings(&package.join(rest)),
        None => match manifest.as_ref().and_then(|manifest| manifest.get("main")?.as_str()) {
            Some(main) => with_endings(&package.join(main)),
            None => MAIN.iter().map(|name| package.join(name)).find(|path| path.is_file()),
        },
    }
}
