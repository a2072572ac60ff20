//! Results of earlier runs, for files that are judged alone. What such a file comes to hangs on its path,
//! its bytes, the packs, the limits and this program, and on nothing else; all of these are in the key it
//! is kept under, so that an entry is right or is not found. What could hang on more is never kept: a
//! file that others refer to or that refers to others, one with problems of its own, and every file where
//! a pack's rule over one kind of file looks at others.

mod record;

use super::judge::Options;
use super::plan::Plan;
use super::rounds::First;
use super::run::Setting;
use super::survey::is_read;
use crate::target::REPOSITORY;
use crate::workspace::{Entry, Workspace};
use sha2::{Digest, Sha256};

/// The name of an entry.
pub type Key = [u8; 32];

/// Where entries are kept.
pub trait Cache: Sync {
    /// What was put under a key.
    fn get(&self, key: &Key) -> Option<&[u8]>;
    /// Keeps something under a key.
    fn put(&self, key: Key, value: Vec<u8>);
}

/// Changes with what is kept and how.
const FORM: &str = "assize cache, form 1";

/// Smaller files are judged as quickly as they are looked up.
const LEAST_BYTES: u64 = 512;

/// Takes parts of a key so that no two lists of parts give the same bytes.
fn part(digest: &mut Sha256, bytes: impl AsRef<[u8]>) {
    let bytes = bytes.as_ref();
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
}

/// What everything is kept under that a plan comes to with some limits and this program; `None` where
/// nothing can be kept: some rule over files of one kind looks at others.
#[must_use]
pub fn plan_key(plan: &Plan, workspace: &Workspace, program: &str) -> Option<Key> {
    let mut digest = Sha256::new();
    part(&mut digest, FORM);
    part(&mut digest, program);
    for pack in &plan.packs {
        part(&mut digest, &pack.form.pack);
        part(&mut digest, &pack.digest);
    }
    part(&mut digest, "rules");
    for rule in &plan.rules {
        part(&mut digest, &rule.info.id);
        part(&mut digest, [u8::from(rule.runs)]);
        part(&mut digest, rule.info.severity.name());
        let form = rule.info.pack.and_then(|pack| plan.packs.get(pack)?.form.rules.get(&rule.id))?;
        let elsewhere = rule.on.iter().any(|kind| *kind != REPOSITORY);
        if elsewhere && super::changed::looks_at_files(form) {
            return None;
        }
    }
    let limits = workspace.limits();
    for limit in [limits.bytes, u64::from(limits.depth), u64::from(limits.nodes), limits.expansion] {
        part(&mut digest, limit.to_le_bytes());
    }
    Some(digest.finalize().into())
}

/// The key of a file with its bytes.
fn key(plan: &Key, entry: &Entry, bytes: &[u8]) -> Key {
    let mut digest = Sha256::new();
    digest.update(plan);
    part(&mut digest, &entry.path);
    // As it was listed; it may have grown since.
    part(&mut digest, entry.size.to_le_bytes());
    part(&mut digest, bytes);
    digest.finalize().into()
}

/// The cache of a run.
#[derive(Clone, Copy)]
pub struct Cached<'a> {
    /// Where entries are.
    pub cache: &'a dyn Cache,
    /// What a plan's entries are kept under.
    pub plan: Key,
}

impl Cached<'_> {
    /// What a file came to before, and its key where nothing is known.
    pub(super) fn find(&self, setting: &Setting<'_>, index: usize, bytes: &[u8]) -> Result<First, Key> {
        let key = key(&self.plan, &setting.workspace.entries()[index], bytes);
        self.cache.get(&key).and_then(|value| record::read(setting, index, bytes, value)).ok_or(key)
    }

    /// Keeps what a file came to, where it may be kept.
    pub(super) fn keep(&self, key: Key, setting: &Setting<'_>, index: usize, first: &First) {
        if let Some(value) = record::write(setting, index, first) {
            self.cache.put(key, value);
        }
    }
}

/// Whether a file is read, and takes longer to judge than to look up.
pub(super) fn is_worth_it(entry: &Entry) -> bool {
    entry.size >= LEAST_BYTES && is_read(entry)
}

/// Bytes of the files that may be looked up.
#[must_use]
pub fn bytes_to_keep(workspace: &Workspace) -> u64 {
    workspace.entries().iter().filter(|entry| is_worth_it(entry)).map(|entry| entry.size).sum()
}

/// Whether a run may use what earlier ones kept: it judges a whole tree, and measures nothing.
pub(super) fn may_use(workspace: &Workspace, options: &Options<'_>) -> bool {
    workspace.is_whole() && !options.by_name && !options.timings && options.part.is_none()
}
