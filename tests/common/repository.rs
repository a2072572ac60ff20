//! Repositories to compare with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, unreachable_pub)]

use std::path::Path;
use std::process::Command;

/// Runs git in a folder.
pub fn git(root: &Path, arguments: &[&str]) -> String {
    let own = ["user.name=a", "user.email=a@example.org", "commit.gpgsign=false", "init.defaultBranch=main"];
    let own = own.iter().chain(&["protocol.file.allow=always", "gc.auto=0"]).flat_map(|one| ["-c", one]);
    let done = Command::new("git")
        .args(own)
        .args(arguments)
        .current_dir(root)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// Makes a folder a repository and commits all that is in it.
pub fn commit_all(root: &Path, message: &str) {
    if !root.join(".git").exists() {
        git(root, &["init", "-q"]);
    }
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "--allow-empty", "-m", message]);
}
