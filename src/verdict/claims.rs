//! What a tree says itself of who made its files: lines of `.gitattributes`, and a README that says of a
//! folder that what is in it was copied from others, or of the project that it is a client of an API. It
//! is the supplier's word, so each comes with a question.

use super::roles::{Known, Role, known};
use crate::workspace::Workspace;
use globset::GlobMatcher;
use regex::Regex;
use std::sync::LazyLock;

/// Files of which something is said.
pub(super) struct Claim {
    glob: GlobMatcher,
    role: Role,
    /// Where it is said, and how.
    shown: String,
    question: &'static str,
    /// It is said of API descriptions alone.
    of_descriptions: bool,
}

impl Claim {
    pub(super) fn covers(&self, path: &str, is_description: bool) -> bool {
        (is_description || !self.of_descriptions) && self.glob.is_match(path)
    }

    /// What is found in such a file is a question, and not passed over.
    pub(super) fn known(&self) -> Known {
        Known { question: Some(self.question.to_owned()), ..known(self.role, &self.shown) }
    }
}

/// What a tree says of its files; of its API descriptions where it has any.
pub(super) fn of(workspace: &Workspace, has_descriptions: bool) -> Vec<Claim> {
    let mut found = attributes(workspace);
    found.extend(vendored(workspace));
    if has_descriptions {
        found.extend(client(workspace));
    }
    found
}

fn glob(pattern: &str) -> Option<GlobMatcher> {
    let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build().ok()?;
    Some(glob.compile_matcher())
}

fn attributes(workspace: &Workspace) -> Vec<Claim> {
    let Ok(text) = workspace.text(".gitattributes") else { return Vec::new() };
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let named = words.next().filter(|named| !named.starts_with('#'))?;
        let role = words.find_map(|word| match word.trim_end_matches("=true") {
            "linguist-generated" => Some(Role::Generated),
            "linguist-vendored" => Some(Role::Vendored),
            _ => None,
        })?;
        let anchored = named.trim_start_matches('/');
        let pattern = if anchored.contains('/') { anchored.to_owned() } else { format!("**/{anchored}") };
        Some(Claim {
            glob: glob(&pattern)?,
            role,
            shown: format!(".gitattributes: {}", line.trim()),
            question: "Is this file part of what is supplied? .gitattributes says it is not written here.",
            of_descriptions: false,
        })
    };
    text.as_str().lines().filter_map(line).collect()
}

/// "vendored under `specs/`", "vendored in [specs](specs/)": the folder stands close behind the word.
static VENDORED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\bvendored\s+(?:copies\s+|verbatim\s+|here\s+)?(?:in|into|under|at|below|within)\s+(?:the\s+)?(?:folder\s+|directory\s+)?(?:\[?`|\[[^\]\n]{1,80}\]\()(?:\./)?([\w.-]+(?:/[\w.-]+)*)/?[`)]",
    )
    .ok()
});

/// "Python client library for the Example API", "an SDK for Example's API".
static CLIENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:client|sdk|wrapper|bindings)\b[^.]{0,60}?\s(?:for|to|around|of)\s[^.]{0,100}?\bAPIs?\b|\bAPI\s+(?:client|sdk|wrapper|bindings)\b",
    )
    .ok()
});

/// The name of a package, as its manifest gives it.
static NAMED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^\s*(?:"name"\s*:\s*|name\s*=\s*)"([^"\n]{1,100})""#).ok());

/// How much of a README says what the project is.
const START: usize = 2_000;

/// A package that is called a client, of a project whose README says that it is one: the API that a
/// description in it describes is the one that it calls.
fn client(workspace: &Workspace) -> Option<Claim> {
    let is_called = |text: &str| {
        let name = NAMED.as_ref()?.captures(text)?.get(1)?.as_str().to_ascii_lowercase();
        let mut words = name.split(['-', '_', '/', '.', ' ']);
        words.any(|word| matches!(word, "client" | "sdk" | "wrapper" | "bindings")).then_some(name)
    };
    let manifests = ["package.json", "pyproject.toml", "Cargo.toml", "setup.cfg"];
    let text = |path: &&str| workspace.find(path).and_then(|_| workspace.text(path).ok());
    let (manifest, name) =
        manifests.iter().find_map(|path| Some((*path, is_called(text(path)?.as_str())?)))?;
    let readme = ["README.md", "README.rst", "README"].iter().find_map(|path| Some((*path, text(path)?)));
    let (readme, words) = readme?;
    let start: String = words.as_str().chars().take(START).collect();
    CLIENT.as_ref()?.is_match(&start).then_some(())?;
    Some(Claim {
        glob: glob("**")?,
        role: Role::Vendored,
        shown: format!(
            "{manifest} calls the package {name}, and {readme} says that it is a client of an API"
        ),
        question: "Is the API that it describes supplied here? The package is called a client of it.",
        of_descriptions: true,
    })
}

/// Folders that the README at the root says were copied from others.
fn vendored(workspace: &Workspace) -> Vec<Claim> {
    let readme =
        ["README.md", "README.rst", "README"].into_iter().find(|path| workspace.find(path).is_some());
    let text = readme.and_then(|path| Some((path, workspace.text(path).ok()?)));
    // Compiling the pattern costs more than looking for the word.
    let Some((path, text)) = text.filter(|(_, text)| text.as_str().contains("endored")) else {
        return Vec::new();
    };
    let Some(pattern) = VENDORED.as_ref() else { return Vec::new() };
    let folders = pattern.captures_iter(text.as_str()).filter_map(|found| found.get(1));
    let claim = |folder: regex::Match<'_>| {
        let folder = folder.as_str();
        let within = format!("{folder}/");
        workspace.entries().iter().any(|entry| entry.path.starts_with(&within)).then_some(())?;
        Some(Claim {
            glob: glob(&format!("{}/**", globset::escape(folder)))?,
            role: Role::Vendored,
            shown: format!("{path} says that {within} was copied from others"),
            question: "Is this file part of what is supplied? The README says that it was copied from others.",
            of_descriptions: false,
        })
    };
    folders.filter_map(claim).take(20).collect()
}
