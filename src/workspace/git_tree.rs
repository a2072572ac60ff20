//! The tree of a commit, for comparing with: read through the `git` program, since its packed objects
//! have a format of their own. The repository may be a stranger's: only commands that read objects
//! run (`rev-parse`, `ls-tree`, `cat-file`), none of which starts hooks, filters, editors or pagers;
//! what its own settings could start anyway is switched off, nothing is fetched, and no setting of
//! the user or of the surroundings reaches git.

use super::disk::is_vendored;
use super::{Entry, Files, Git, Skip};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The tree of one commit, below a folder.
pub struct GitTree {
    root: PathBuf,
    /// The commit's hash.
    commit: String,
    /// Path, size and object of each file.
    files: Vec<(Entry, String)>,
    objects: HashMap<String, String>,
    largest: u64,
    reader: Mutex<Option<Reader>>,
}

struct Reader {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program with nothing of the surroundings, on a folder.
pub(super) fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        // A hook's surroundings name another repository; others name programs to start.
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    // The repository is the nearest folder above with a `.git`: if that one is broken, none further
    // up is meant.
    let repository = root.ancestors().find(|folder| folder.join(".git").exists());
    if let Some(above) = repository.unwrap_or(root).parent() {
        command.env("GIT_CEILING_DIRECTORIES", above);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ALLOW_PROTOCOL", "")
        .arg("-C")
        .arg(root)
        .args([
            "--no-pager",
            "-c",
            "core.fsmonitor=",
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.pager=cat",
        ])
        .args(["-c", "protocol.allow=never", "-c", "credential.helper=", "-c", "core.sshCommand=false"])
        // Another user's checkout is read like any, for nothing of it is run; a folder that only looks
        // like a repository is none.
        .args(["-c", "safe.directory=*", "-c", "safe.bareRepository=explicit"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// What a command says; where it fails, why, in words.
pub(super) fn output(mut command: Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "the program git is not installed".to_owned(),
        _ => format!("git cannot be started: {error}"),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("git says: {}", said.lines().next().unwrap_or("nothing").trim()))
}

/// The hash of the commit that a name (a branch, a tag, a hash, `HEAD~1`) stands for.
pub(super) fn commit_of(root: &Path, name: &str) -> Result<String, String> {
    if name.is_empty() || name.starts_with('-') || name.contains(['\0', '\n', ':']) {
        return Err(format!("\"{name}\" is no name of a commit"));
    }
    let mut command = git(root);
    command.args(["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")]);
    let commit = output(command)
        .map_err(|error| if error == NOTHING { format!("there is no commit \"{name}\"") } else { error })?;
    Ok(String::from_utf8_lossy(&commit).trim().to_owned())
}

/// What [`output`] says of a command that fails without a word.
pub(super) const NOTHING: &str = "git says: nothing";

impl GitTree {
    /// The tree that a name (a branch, a tag, a hash, `HEAD~1`) stands for in the repository that a
    /// folder lies in, as far as it lies below that folder.
    ///
    /// # Errors
    /// Why it cannot be had, in words.
    pub fn open(root: &Path, name: &str) -> Result<Self, String> {
        let commit = commit_of(root, name)?;
        let mut command = git(root);
        command.args(["ls-tree", "-r", "-z", "-l", &commit]);
        let mut files: Vec<(Entry, String)> = Vec::new();
        for line in output(command)?.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let line = String::from_utf8_lossy(line);
            let Some((head, path)) = line.split_once('\t') else { continue };
            let mut parts = head.split_ascii_whitespace();
            let (Some(mode), Some("blob"), Some(object), Some(size)) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                // A submodule: another repository's.
                continue;
            };
            let link = mode == "120000";
            let skip = if link { Some(Skip::Link) } else { is_vendored(path).then_some(Skip::Vendored) };
            let size = if link { 0 } else { size.parse().unwrap_or_default() };
            files.push((Entry { path: path.to_owned(), size, skip }, object.to_owned()));
        }
        let objects = files.iter().map(|(entry, object)| (entry.path.clone(), object.clone())).collect();
        let root = root.to_owned();
        Ok(Self { root, commit, files, objects, largest: u64::MAX, reader: Mutex::new(None) })
    }

    /// The tree of a commit whose files are known already, each with its object: nothing lists them.
    pub(super) fn of(root: &Path, commit: &str, objects: HashMap<String, String>) -> Self {
        Self {
            root: root.to_owned(),
            commit: commit.to_owned(),
            files: Vec::new(),
            objects,
            largest: u64::MAX,
            reader: Mutex::new(None),
        }
    }

    /// Files beyond this size in bytes are never read whole.
    #[must_use]
    pub fn largest(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// Judge only these files; the others are there to be referred to.
    #[must_use]
    pub fn select(mut self, files: &[String]) -> Self {
        for (entry, _) in &mut self.files {
            if entry.skip.is_none() && !files.contains(&entry.path) {
                entry.skip = Some(Skip::NotSelected);
            }
        }
        self
    }

    /// The commit's hash.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }

    fn start(&self) -> io::Result<Reader> {
        let mut command = git(&self.root);
        command
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git cannot be spoken to"));
        };
        Ok(Reader { child, input, output: BufReader::new(output) })
    }

    fn object(&self, reader: &mut Reader, object: &str) -> io::Result<Vec<u8>> {
        writeln!(reader.input, "{object}")?;
        reader.input.flush()?;
        let mut head = String::new();
        reader.output.read_line(&mut head)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok());
        let Some(size) = size.filter(|_| head.contains(" blob ")) else {
            return Err(io::Error::other("the object is not in the repository"));
        };
        let wanted = size.min(self.largest.saturating_add(1));
        let mut bytes = Vec::new();
        (&mut reader.output).take(wanted).read_to_end(&mut bytes)?;
        // The rest of it, and the line break behind it.
        io::copy(&mut (&mut reader.output).take(size - wanted + 1), &mut io::sink())?;
        Ok(bytes)
    }
}

impl Files for GitTree {
    fn link(&self, path: &str) -> Option<String> {
        // Git keeps a link as a file that holds where it leads.
        self.read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn list(&self) -> Vec<Entry> {
        self.files.iter().map(|(entry, _)| entry.clone()).collect()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let object = self.objects.get(path).ok_or(io::ErrorKind::NotFound)?;
        let mut slot = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            *slot = Some(self.start()?);
        }
        let Some(reader) = slot.as_mut() else { return Err(io::ErrorKind::Other.into()) };
        let result = self.object(reader, object);
        if result.is_err() {
            // It may stand anywhere in an answer: the next question goes to a new one.
            *slot = None;
        }
        result
    }

    fn git(&self) -> Option<Git> {
        super::git::read(&self.root)
    }
}
