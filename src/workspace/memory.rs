//! Files held in memory: examples of rules, standard input, tests.

use super::{Entry, Files, Git};
use std::collections::BTreeMap;
use std::io;

/// Files by path.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    git: Option<Git>,
}

impl Memory {
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
        self.files
            .iter()
            .map(|(path, bytes)| Entry { path: path.clone(), size: bytes.len() as u64, skip: None })
            .collect()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn git(&self) -> Option<Git> {
        self.git.clone()
    }
}
