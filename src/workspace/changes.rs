//! What differs between a folder as it lies there and a commit: staged or not, new files too. As a pull
//! request is compared, so is a name: against the commit at which it and `HEAD` parted. The commit's
//! tree is read from the store's own files, or else through `git`, by the commands of `git_tree` alone:
//! `git status` and `git diff` would run the filters that a stranger's settings name. The files are
//! compared here, by what the index proves of them or by their hash, so that the worst a filter can do
//! is to have a file judged that is the same.

use super::disk::{Disk, Found};
use super::git_index::{Index, Object};
use super::git_object::{self, Listed};
use super::git_tree::{self, GitTree, NOTHING, commit_of};
use super::{Entry, Files, Skip};
use assize_tree::document::de::closest;
use rayon::prelude::*;
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// What differs.
pub struct Changes {
    /// The name that was compared with.
    pub reference: String,
    /// The commit that it came to; none where nothing was committed yet.
    pub commit: Option<String>,
    /// Files that are new or of another content, by path from the folder.
    pub changed: BTreeSet<String>,
    /// Files that are no longer there.
    pub gone: BTreeSet<String>,
    before: Option<GitTree>,
}

/// Why nothing can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoChanges {
    /// In words, without a full stop.
    pub why: String,
    /// What to do, as a sentence.
    pub hint: String,
}

/// Submodules within submodules.
const MOST_LEVELS: usize = 8;

impl Changes {
    /// What differs between a folder and a commit. The folder's files are walked for it: it is given back
    /// knowing them.
    ///
    /// # Errors
    /// Why there is nothing to compare with.
    pub fn since(disk: Disk, reference: &str) -> Result<(Self, Disk), NoChanges> {
        let root = disk.folder().to_owned();
        let commit = base(&root, reference)?;
        let mut changes = Self {
            reference: reference.to_owned(),
            commit,
            changed: BTreeSet::new(),
            gone: BTreeSet::new(),
            before: None,
        };
        let commit = changes.commit.clone();
        let (found, tree) =
            rayon::join(|| disk.walk(), || commit.as_deref().map(|commit| Tree::read(&root, commit)));
        if let (Some(commit), Some(tree)) = (commit, tree) {
            let tree = tree.map_err(|why| NoChanges { why, hint: FETCH.to_owned() })?;
            changes.before = Some(GitTree::of(&root, &commit, tree.names()).largest(disk.most_bytes()));
            let compared = compare(&root, &tree, &found, disk.most_bytes(), 0);
            changes.changed = compared.changed;
            changes.gone = compared.gone;
        } else {
            changes.changed = found.iter().map(|found| found.entry.path.clone()).collect();
        }
        let entries: Vec<Entry> = found.into_iter().map(|found| found.entry).collect();
        Ok((changes, disk.listed(entries)))
    }

    /// Whether a name stands for a commit.
    #[must_use]
    pub fn is_commit(root: &Path, name: &str) -> bool {
        commit_of(root, name).is_ok()
    }

    /// What a file held at the commit.
    #[must_use]
    pub fn before(&self, path: &str) -> Option<Vec<u8>> {
        self.before.as_ref()?.read(path).ok()
    }

    /// Whether a file or folder that lies in the same repository, but not in the folder, differs as well.
    #[must_use]
    pub fn differs_outside(&self, root: &Path, path: &Path) -> bool {
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        let (Some(top), Some(commit)) = (top, &self.commit) else { return false };
        let Ok(relative) = path.strip_prefix(top) else { return false };
        if path.is_dir() {
            return Self::since(Disk::new(path), commit)
                .map_or(true, |(other, _)| other.paths().next().is_some());
        }
        let mut command = git_tree::git(top);
        command.args(["--literal-pathspecs", "ls-tree", "-z", commit, "--"]).arg(relative);
        let Ok(tree) = Tree::of(command, commit.len() == 64) else { return true };
        let relative = relative.to_string_lossy().replace('\\', "/");
        match tree.items.get(&relative) {
            Some(Item::File(object)) => content(top, &relative, tree.long) != Some(*object),
            Some(_) => true,
            None => path.symlink_metadata().is_ok(),
        }
    }

    /// Every path that differs.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.changed.iter().chain(&self.gone).map(String::as_str)
    }

    /// Whether a file differs.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        self.changed.contains(path) || self.gone.contains(path)
    }
}

const FETCH: &str = "In a pipeline, check the repository out with its history (fetch-depth: 0).";

/// The commit to compare with; none where nothing was committed yet and nothing else was named.
fn base(root: &Path, name: &str) -> Result<Option<String>, NoChanges> {
    let no = |why: String, hint: &str| NoChanges { why, hint: hint.to_owned() };
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
        let bare = root.join("HEAD").is_file() && root.join("objects").is_dir();
        let why = if bare {
            "it is a bare repository, which has no files to compare"
        } else {
            "it lies in no git repository, so that there is nothing to compare with"
        };
        return Err(no(why.to_owned(), "Without --changed everything is judged."));
    };
    // What the repository's own files tell plainly needs no program.
    let told = super::git::read_head(top);
    let head = told.map_or_else(|| commit_of(root, "HEAD"), Ok);
    if matches!(name, "HEAD" | "@") {
        return match head {
            Ok(commit) => Ok(Some(commit)),
            Err(_)
                if super::git::read(top).is_some_and(|git| git.branch.is_some() && git.commit.is_none()) =>
            {
                Ok(None)
            }
            Err(why) => Err(no(why, "Is the repository whole? `git fsck` tells.")),
        };
    }
    let commit = commit_of(root, name).map_err(|why| {
        let names = names(root);
        let near = closest(name, names.iter().map(String::as_str));
        no(why, &near.map_or_else(|| FETCH.to_owned(), |near| format!("Did you mean \"{near}\"?")))
    })?;
    let head = head.map_err(|why| no(why, "Commit something first."))?;
    if commit == head {
        return Ok(Some(commit));
    }
    let mut command = git_tree::git(root);
    command.args(["merge-base", &head, &commit]);
    let found = git_tree::output(command).map_err(|why| {
        let parted = format!("no commit is known at which \"{name}\" and HEAD parted");
        no(if why == NOTHING { parted } else { why }, FETCH)
    })?;
    let found = String::from_utf8_lossy(&found);
    match found.split_whitespace().next() {
        Some(commit) => Ok(Some(commit.to_owned())),
        None => Err(no("git names no commit".to_owned(), FETCH)),
    }
}

/// Names of branches and tags.
fn names(root: &Path) -> Vec<String> {
    let mut command = git_tree::git(root);
    command.args([
        "for-each-ref",
        "--count=10000",
        "--format=%(refname:short)",
        "refs/heads",
        "refs/tags",
        "refs/remotes",
    ]);
    let said = git_tree::output(command).unwrap_or_default();
    String::from_utf8_lossy(&said).lines().map(str::to_owned).collect()
}

/// What stands at a path of a commit.
enum Item {
    File(Object),
    Link,
    /// A submodule, with its commit.
    Module(String),
}

/// The tree of a commit below a folder.
struct Tree {
    items: HashMap<String, Item>,
    /// The objects' names are SHA-256.
    long: bool,
}

impl Tree {
    fn read(root: &Path, commit: &str) -> Result<Self, String> {
        // A store that lies there plainly needs no program, which takes its time to start.
        if let Some(listed) = plainly(root, commit) {
            return Ok(Self::listed(listed, commit.len() == 64));
        }
        let mut command = git_tree::git(root);
        command.args(["ls-tree", "-r", "-z", commit]);
        Self::of(command, commit.len() == 64)
    }

    fn listed(files: Vec<Listed>, long: bool) -> Self {
        let item = |one: &Listed| match one.mode.as_str() {
            "160000" => Item::Module(one.object.iter().map(|byte| format!("{byte:02x}")).collect()),
            "120000" => Item::Link,
            _ => {
                let mut object = [0; 32];
                object[..one.object.len()].copy_from_slice(&one.object);
                Item::File(object)
            }
        };
        let items = files.into_iter().map(|one| (item(&one), one)).map(|(item, one)| (one.path, item));
        Self { items: items.collect(), long }
    }

    fn of(command: std::process::Command, long: bool) -> Result<Self, String> {
        let mut tree = Self { items: HashMap::new(), long };
        for line in git_tree::output(command)?.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let line = String::from_utf8_lossy(line);
            let Some((head, path)) = line.split_once('\t') else { continue };
            let mut parts = head.split_ascii_whitespace();
            let (Some(mode), Some(kind), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let item = match (kind, mode) {
                ("commit", _) => Item::Module(name.to_owned()),
                ("blob", "120000") => Item::Link,
                ("blob", _) => match object_of(name) {
                    Some(object) => Item::File(object),
                    None => continue,
                },
                _ => continue,
            };
            tree.items.insert(path.to_owned(), item);
        }
        Ok(tree)
    }

    /// The files with their objects' names.
    fn names(&self) -> HashMap<String, String> {
        let length = if self.long { 32 } else { 20 };
        let hex = |object: &Object| object[..length].iter().map(|byte| format!("{byte:02x}")).collect();
        let file = |(path, item): (&String, &Item)| match item {
            Item::File(object) => Some((path.clone(), hex(object))),
            _ => None,
        };
        self.items.iter().filter_map(file).collect()
    }
}

/// The files of a commit below a folder, from the store of the repository that the folder lies in.
fn plainly(root: &Path, commit: &str) -> Option<Vec<Listed>> {
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let folder = root.strip_prefix(top).ok()?.to_str()?.replace('\\', "/");
    let store = top.join(".git");
    // A link to a store elsewhere is not followed, nor is one that borrows from others.
    let plain = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_dir());
    let objects = store.join("objects");
    (plain(&store) && plain(&objects) && !objects.join("info/alternates").exists())
        .then(|| git_object::files(&objects, commit, &folder))
        .flatten()
}

fn object_of(name: &str) -> Option<Object> {
    if !matches!(name.len(), 40 | 64) || !name.is_ascii() {
        return None;
    }
    let mut object = [0; 32];
    for (at, byte) in object.iter_mut().enumerate().take(name.len() / 2) {
        *byte = u8::from_str_radix(&name[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(object)
}

#[derive(Default)]
struct Compared {
    changed: BTreeSet<String>,
    gone: BTreeSet<String>,
}

/// Holds the files that a walk found against a tree.
fn compare(root: &Path, tree: &Tree, found: &[Found], largest: u64, level: usize) -> Compared {
    let index = Index::read(root);
    let mut modules: Vec<(String, Tree)> = Vec::new();
    for (path, item) in &tree.items {
        if let Item::Module(commit) = item
            && level < MOST_LEVELS
            // Where its commit was not fetched, all its files count as new.
            && is_there(root, &format!("{path}/.git"))
            && let Ok(below) = Tree::read(&root.join(path), commit)
        {
            modules.push((format!("{path}/"), below));
        }
    }
    let in_module = |path: &str| modules.iter().any(|(folder, _)| path.starts_with(folder.as_str()));
    let mut compared = Compared {
        changed: found
            .par_iter()
            .with_min_len(64)
            .filter(|found| !in_module(&found.entry.path))
            .filter(|found| !is_same(root, tree, &index, found, largest))
            .map(|found| found.entry.path.clone())
            .collect(),
        gone: BTreeSet::new(),
    };
    let here: std::collections::HashSet<&str> = found.iter().map(|found| found.entry.path.as_str()).collect();
    for (path, item) in tree.items.iter().filter(|(path, _)| !here.contains(path.as_str())) {
        let left_out = matches!(item, Item::File(object) if index.leaves_out(path, object));
        // What is there and was not found is ignored, and was so before; if the lists of what is ignored
        // changed, everything is judged.
        let ignored = is_there(root, path) && !root.join(path).is_dir();
        if !matches!(item, Item::Module(_)) && !left_out && !ignored {
            compared.gone.insert(path.clone());
        }
    }
    for (folder, below) in modules {
        let inner: Vec<Found> = found
            .iter()
            .filter_map(|found| {
                let path = found.entry.path.strip_prefix(&folder)?.to_owned();
                Some(Found { entry: Entry { path, ..found.entry.clone() }, stat: found.stat })
            })
            .collect();
        let inner = compare(&root.join(&folder), &below, &inner, largest, level + 1);
        compared.changed.extend(inner.changed.into_iter().map(|path| format!("{folder}{path}")));
        compared.gone.extend(inner.gone.into_iter().map(|path| format!("{folder}{path}")));
    }
    compared
}

fn is_same(root: &Path, tree: &Tree, index: &Index, found: &Found, largest: u64) -> bool {
    let entry = &found.entry;
    match tree.items.get(&entry.path) {
        // Where a link leads is nobody's matter: it is not followed.
        Some(Item::Link) => entry.skip == Some(Skip::Link),
        Some(Item::File(object)) if entry.skip != Some(Skip::Link) => {
            if index.object(&entry.path, found.stat) == Some(object) {
                return true;
            }
            // What is too large to be judged is said to be so whenever it may have changed.
            entry.size <= largest && content(root, &entry.path, tree.long) == Some(*object)
        }
        _ => false,
    }
}

/// The name of the object that a file's bytes are.
fn content(root: &Path, path: &str, long: bool) -> Option<Object> {
    let bytes = Disk::new(root).read(path).ok()?;
    let head = format!("blob {}\0", bytes.len());
    let mut object = [0; 32];
    if long {
        object.copy_from_slice(&Sha256::new().chain_update(head).chain_update(&bytes).finalize());
    } else {
        object[..20].copy_from_slice(&Sha1::new().chain_update(head).chain_update(&bytes).finalize());
    }
    Some(object)
}

/// Whether something stands at a path, through folders that are folders and no links.
fn is_there(root: &Path, path: &str) -> bool {
    let mut at = root.to_owned();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let Ok(metadata) = at.symlink_metadata() else { return false };
        if parts.peek().is_some() && !metadata.is_dir() {
            return false;
        }
    }
    true
}
