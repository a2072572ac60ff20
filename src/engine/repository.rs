//! The repository as a target like any other: a synthetic document of its files, and of what is
//! known of it beside them.

use super::survey::Surveyed;
use crate::standard::Date;
use crate::workspace::{Git, Role, Skip, Workspace, role};
use assize_tree::document::{Builder, Document, Format, Kind, Limits, flag};
use assize_tree::text::{Span, Text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longer texts are not part of the document; the checks over files read them.
const MOST_TEXT: u64 = 256 << 10;

/// What goes into the document beside the list of files.
pub(super) struct Beside<'a> {
    /// Whether the list of files does: most rules ask the checks over files instead.
    pub files: bool,
    /// Whether the files' texts do; only where a rule looks at them, since it means reading them all.
    pub texts: bool,
    pub settings: Option<&'a Value>,
    pub facts: Option<&'a BTreeMap<String, bool>>,
    /// The day that ages are counted to.
    pub today: Option<Date>,
}

impl Beside<'_> {
    /// Nothing, for rules that look at no member of the document.
    pub(super) const fn nothing() -> Self {
        Self { files: false, texts: false, settings: None, facts: None, today: None }
    }
}

/// Builds `{ files: [{ path, size, role, target, empty, binary, text }], git, settings, facts }`
/// with one element for each file that is part of the tree, and says which file of the workspace
/// each element is. `git` is `{ branch, commit, shallow, date, age, tags, remotes }`, `age` being days.
/// `git`, `settings`, `facts`, `text`, and what `git` could not tell, stand there only where there are any.
pub(super) fn document(
    workspace: &Workspace,
    surveyed: &[Surveyed],
    beside: &Beside<'_>,
) -> (Document, Vec<usize>) {
    let limits = Limits { nodes: u32::MAX, ..Limits::default() };
    let mut tree = Builder::new(Arc::new(Text::from("")), Format::Synthetic, limits);
    let mut members = Vec::new();
    tree.open(Kind::Object, 0);
    tree.key("files", Span::default(), 0);
    tree.open(Kind::Array, 0);
    for (index, (entry, found)) in workspace.entries().iter().zip(surveyed).enumerate() {
        if !beside.files || entry.skip == Some(Skip::NotSelected) {
            continue;
        }
        members.push(index);
        tree.open(Kind::Object, 0);
        string(&mut tree, "path", Some(&entry.path));
        tree.key("size", Span::default(), 0);
        number(&mut tree, &entry.size.to_string());
        string(&mut tree, "role", role(&entry.path, entry.skip).map(Role::name));
        string(&mut tree, "target", found.target.as_deref());
        boolean(&mut tree, "empty", entry.size == 0 && entry.skip != Some(Skip::Link));
        boolean(&mut tree, "binary", found.binary);
        if beside.texts && entry.skip.is_none() && entry.size <= MOST_TEXT {
            let text = workspace.text(&entry.path).ok();
            if let Some(text) = text {
                string(&mut tree, "text", Some(text.as_str()));
            }
        }
        tree.close(0);
    }
    tree.close(0);
    if let Some(git) = workspace.git() {
        tree.key("git", Span::default(), 0);
        version_control(&mut tree, &git, beside.today);
    }
    if let Some(settings) = beside.settings {
        tree.key("settings", Span::default(), 0);
        value(&mut tree, settings);
    }
    if let Some(facts) = beside.facts.filter(|facts| !facts.is_empty()) {
        tree.key("facts", Span::default(), 0);
        tree.open(Kind::Object, 0);
        for (name, fact) in facts {
            boolean(&mut tree, name, *fact);
        }
        tree.close(0);
    }
    tree.close(0);
    (tree.finish(), members)
}

fn version_control(tree: &mut Builder, git: &Git, today: Option<Date>) {
    tree.open(Kind::Object, 0);
    string(tree, "branch", git.branch.as_deref());
    string(tree, "commit", git.commit.as_deref());
    boolean(tree, "shallow", git.shallow);
    if let Some(date) = git.date {
        string(tree, "date", Some(&date.to_string()));
        if let Some(today) = today {
            tree.key("age", Span::default(), 0);
            number(tree, &date.days_until(today).max(0).to_string());
        }
    }
    // Of a history that is cut off only some tags are there: which, nobody can tell.
    if !git.shallow {
        tree.key("tags", Span::default(), 0);
        tree.open(Kind::Array, 0);
        for tag in &git.tags {
            text(tree, tag);
        }
        tree.close(0);
    }
    tree.key("remotes", Span::default(), 0);
    tree.open(Kind::Array, 0);
    for (name, url) in &git.remotes {
        tree.open(Kind::Object, 0);
        string(tree, "name", Some(name));
        string(tree, "url", Some(url));
        tree.close(0);
    }
    tree.close(0);
    tree.close(0);
}

/// Any JSON value; its depth is bounded by serde_json's own limit.
fn value(tree: &mut Builder, given: &Value) {
    match given {
        Value::Null => {
            tree.scalar(Kind::Null, Span::default(), None, 0);
        }
        Value::Bool(truth) => {
            tree.scalar(Kind::Bool, Span::default(), None, if *truth { flag::TRUE } else { 0 });
        }
        Value::Number(digits) => number(tree, &digits.to_string()),
        Value::String(given) => text(tree, given),
        Value::Array(elements) => {
            tree.open(Kind::Array, 0);
            for element in elements {
                value(tree, element);
            }
            tree.close(0);
        }
        Value::Object(members) => {
            tree.open(Kind::Object, 0);
            for (key, member) in members {
                tree.key(key, Span::default(), 0);
                value(tree, member);
            }
            tree.close(0);
        }
    }
}

fn text(tree: &mut Builder, given: &str) {
    let decoded = tree.decoded(given);
    tree.scalar(Kind::String, Span::default(), Some(decoded), 0);
}

fn number(tree: &mut Builder, digits: &str) {
    let decoded = tree.decoded(digits);
    tree.scalar(Kind::Number, Span::default(), Some(decoded), 0);
}

fn string(tree: &mut Builder, key: &str, given: Option<&str>) {
    tree.key(key, Span::default(), 0);
    match given {
        Some(given) => text(tree, given),
        None => {
            tree.scalar(Kind::Null, Span::default(), None, 0);
        }
    }
}

fn boolean(tree: &mut Builder, key: &str, given: bool) {
    tree.key(key, Span::default(), 0);
    tree.scalar(Kind::Bool, Span::default(), None, if given { flag::TRUE } else { 0 });
}

#[cfg(test)]
mod tests {
    use super::{Beside, document};
    use crate::engine::survey::{Surveyed, survey};
    use crate::workspace::{Memory, Workspace};
    use assize_tree::document::Limits;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn the_document_has_its_documented_form() {
        let files = Memory::default().with("README.md", "# A\n").with("tests/a.bin", vec![0xff, 0xfe, 0x00]);
        let workspace = Workspace::new(Box::new(files), Limits::default(), true);
        let surveyed: Vec<Surveyed> = workspace
            .entries()
            .iter()
            .map(|entry| survey(&workspace, entry, crate::engine::survey::Asked::InFolder))
            .collect();
        let settings = json!({ "private": false, "branches": [{ "name": "main", "reviews": 1 }] });
        let facts = BTreeMap::from([("public".to_owned(), true)]);
        let beside =
            Beside { files: true, texts: true, settings: Some(&settings), facts: Some(&facts), today: None };
        let (tree, members) = document(&workspace, &surveyed, &beside);
        assert_eq!(members, [0, 1]);
        assert_eq!(
            tree.to_value(tree.root().unwrap()),
            json!({
                "files": [
                    { "path": "README.md", "size": 4, "role": null, "target": "readme", "empty": false, "binary": false, "text": "# A\n" },
                    { "path": "tests/a.bin", "size": 3, "role": "test", "target": null, "empty": false, "binary": false },
                ],
                "settings": settings,
                "facts": { "public": true },
            })
        );
    }
}
