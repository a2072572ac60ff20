//! Files held in memory: examples of rules, standard input, tests.

use super::{Entry, Files, Git, Skip};
use std::collections::BTreeMap;
use std::io;

/// Files by path.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    git: Option<Git>,
    links: BTreeMap<String, String>,
}

impl Memory {
    /// The same with a symbolic link.
    #[must_use]
    pub fn with_link(mut self, path: impl Into<String>, target: impl Into<String>) -> Self {
        self.links.insert(path.into(), target.into());
        self
    }

    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }

    /// The same under version control.
    #[must_use]
    pub fn with_git(mut self, git: Git) -> Self {
        self.git = Some(git);
        self
    }
}

impl Files for Memory {
    fn list(&self) -> Vec<Entry> {
        let files = self.files.iter();
        let files =
            files.map(|(path, bytes)| Entry { path: path.clone(), size: bytes.len() as u64, skip: None });
        let links =
            self.links.keys().map(|path| Entry { path: path.clone(), size: 0, skip: Some(Skip::Link) });
        files.chain(links).collect()
    }

    fn link(&self, path: &str) -> Option<String> {
        self.links.get(path).cloned()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn git(&self) -> Option<Git> {
        self.git.clone()
    }
}
