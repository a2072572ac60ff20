//! What the repository's own `.git` folder tells of it, read from its files: the branch, the commit,
//! the tags, the remotes. No git program runs, since hooks and settings of a stranger's repository
//! could make it run theirs. A `.git` that is a file points elsewhere and is not followed.

use super::git_object;
use crate::standard::Date;
use serde::Deserialize;
use std::fs;
use std::io::Read;
use std::path::Path;

/// Facts of the version control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Git {
    /// Name of the branch that is checked out; `None` where a commit is.
    pub branch: Option<String>,
    /// Hash of the commit that is checked out, in lower-case hexadecimal digits.
    pub commit: Option<String>,
    /// The history is cut off (`--depth`).
    pub shallow: bool,
    /// The day of the commit, in UTC.
    pub date: Option<Date>,
    /// Names of the tags, sorted. Where the history is cut off, so may they be.
    pub tags: Vec<String>,
    /// Names and addresses of the remotes, without user names and passwords.
    pub remotes: Vec<(String, String)>,
}

/// No file that is read here is larger in an honest repository.
const MOST_BYTES: u64 = 16 << 20;
/// More tags say nothing new.
const MOST_TAGS: usize = 10_000;

fn text(path: &Path) -> Option<String> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return None;
    }
    let mut bytes = Vec::new();
    fs::File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    String::from_utf8(bytes).ok()
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A reference's name that stays below the folder of references.
fn is_name(name: &str) -> bool {
    name.starts_with("refs/") && !name.split('/').any(|part| part.is_empty() || part == "." || part == "..")
}

/// The commit that is checked out, where the files of the `.git` folder in a root tell it.
pub(super) fn read_head(root: &Path) -> Option<String> {
    let folder = root.join(".git");
    let head = text(&folder.join("HEAD"))?;
    let hash = match head.trim().strip_prefix("ref: ").map(str::trim) {
        Some(name) if is_name(name) => text(&folder.join(name))?,
        Some(_) => return None,
        None => head,
    };
    let hash = hash.trim();
    is_hash(hash).then(|| hash.to_ascii_lowercase())
}

/// Reads the `.git` folder in a root; `None` where there is none.
pub(super) fn read(root: &Path) -> Option<Git> {
    let folder = root.join(".git");
    if !fs::symlink_metadata(&folder).ok()?.is_dir() {
        return None;
    }
    let mut git = Git { shallow: folder.join("shallow").exists(), ..Git::default() };
    let packed = text(&folder.join("packed-refs")).unwrap_or_default();
    let packed = || {
        packed.lines().filter(|line| !line.starts_with(['#', '^'])).filter_map(|line| line.split_once(' '))
    };
    let head = text(&folder.join("HEAD")).unwrap_or_default();
    let head = head.trim();
    if let Some(name) = head.strip_prefix("ref: ").map(str::trim).filter(|name| is_name(name)) {
        git.branch = name.strip_prefix("refs/heads/").map(str::to_owned);
        git.commit = text(&folder.join(name))
            .map(|hash| hash.trim().to_owned())
            .or_else(|| packed().find(|(_, other)| *other == name).map(|(hash, _)| hash.to_owned()));
    } else {
        git.commit = Some(head.to_owned());
    }
    git.commit = git.commit.filter(|hash| is_hash(hash)).map(|hash| hash.to_ascii_lowercase());
    git.date = git
        .commit
        .as_deref()
        .and_then(|hash| git_object::commit_time(&folder.join("objects"), hash))
        .and_then(Date::from_unix);
    git.tags = packed()
        .filter_map(|(_, name)| name.strip_prefix("refs/tags/"))
        .map(str::to_owned)
        .chain(loose_names(&folder.join("refs/tags"), ""))
        .take(MOST_TAGS)
        .collect();
    git.tags.sort();
    git.tags.dedup();
    let mut remote = None;
    for line in text(&folder.join("config")).unwrap_or_default().lines() {
        let line = line.trim();
        if line.starts_with('[') {
            remote =
                line.strip_prefix("[remote \"").and_then(|rest| rest.strip_suffix("\"]")).map(str::to_owned);
        } else if let (Some(name), Some((key, value))) = (&remote, line.split_once('='))
            && key.trim() == "url"
        {
            git.remotes.push((name.clone(), without_user(value.trim())));
        }
    }
    Some(git)
}

/// Names of the references below a folder, those in folders of their own with them (`release/1.0`).
fn loose_names(folder: &Path, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    // As deep as anybody names tags; a link is a file, which is where its name ends.
    if prefix.matches('/').count() > 8 {
        return names;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().take(MOST_TAGS) {
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        let name = format!("{prefix}{name}");
        if kind.is_dir() {
            names.extend(loose_names(&entry.path(), &format!("{name}/")));
        } else if kind.is_file() && !name.ends_with(".lock") {
            names.push(name);
        }
        if names.len() >= MOST_TAGS {
            break;
        }
    }
    names
}

/// An address without what stands before `@` in its authority: it may be a password.
fn without_user(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
            format!("{scheme}://{host}{path}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_name, read, without_user};
    use std::fs;

    #[test]
    fn a_folder_is_read_without_running_git() {
        let root = std::env::temp_dir().join(format!("assize-git-{}", std::process::id()));
        let git = root.join(".git");
        fs::create_dir_all(git.join("refs/tags")).unwrap();
        let hash = "0123456789abcdef0123456789abcdef01234567";
        fs::write(git.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::write(
            git.join("packed-refs"),
            format!("# pack-refs\n{hash} refs/heads/main\n{hash} refs/tags/v1\n"),
        )
        .unwrap();
        fs::write(git.join("refs/tags/v2"), hash).unwrap();
        fs::create_dir_all(git.join("refs/tags/release")).unwrap();
        fs::write(git.join("refs/tags/release/1.0"), hash).unwrap();
        fs::write(
            git.join("config"),
            "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://user:secret@example.org/a.git\n",
        )
        .unwrap();
        let found = read(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found.branch.as_deref(), Some("main"));
        assert_eq!(found.commit.as_deref(), Some(hash));
        assert_eq!(found.tags, ["release/1.0", "v1", "v2"]);
        assert_eq!(found.remotes, [("origin".to_owned(), "https://example.org/a.git".to_owned())]);
    }

    #[test]
    fn names_do_not_lead_out_and_addresses_hold_no_passwords() {
        assert!(!is_name("refs/../../etc/passwd"));
        assert!(!is_name("/etc/passwd"));
        assert_eq!(without_user("git@github.com:example/a.git"), "git@github.com:example/a.git");
        assert_eq!(without_user("https://example.org/a@b"), "https://example.org/a@b");
    }
}
