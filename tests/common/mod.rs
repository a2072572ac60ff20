//! Running the real binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic,
    dead_code,
    unreachable_pub
)]

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

static UNPACKING: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// What a run came to.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs assize with arguments, in the repository's root.
pub fn assize(arguments: &[&str]) -> Run {
    assize_with(arguments, "")
}

/// The same with standard input.
pub fn assize_with(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_assize"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("COLUMNS")
        // No absolute path: nothing is kept of a test, nor taken from another one.
        .env("ASSIZE_CACHE_DIR", "none")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The JSON report of a run.
pub fn report(arguments: &[&str]) -> Value {
    let mut all = vec!["check", "--no-config", "--format", "json"];
    all.extend(arguments);
    let run = assize(&all);
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {} {}", run.out, run.err))
}

/// A new folder with files in it.
pub fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The folder of an unpacked archive of the public corpora; `None`, with a printed reason, where
/// they are not at hand.
pub fn corpus(archive: &str) -> Option<PathBuf> {
    let Some(shared) = std::env::var_os("ASSIZE_SHARED") else {
        println!("skipped: ASSIZE_SHARED is not set, so the public corpora are not at hand");
        return None;
    };
    let packed = Path::new(&shared).join("corpora").join(format!("{archive}.tar.zst"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("corpus-{archive}"));
    let _one_at_a_time = UNPACKING.lock().unwrap();
    if !folder.join(".complete").exists() {
        let own = folder.with_extension(format!("{}", std::process::id()));
        std::fs::create_dir_all(&own).unwrap();
        let script = format!("zstd -dc --long=27 '{}' | tar x -C '{}'", packed.display(), own.display());
        assert!(
            Command::new("sh").args(["-c", &script]).status().unwrap().success(),
            "{} cannot be unpacked",
            packed.display()
        );
        std::fs::write(own.join(".complete"), "").unwrap();
        if std::fs::rename(&own, &folder).is_err() {
            std::fs::remove_dir_all(&own).unwrap();
        }
    }
    Some(folder.join(archive))
}
