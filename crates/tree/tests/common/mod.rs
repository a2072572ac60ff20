//! Where the public suites are: packed in the folder that `ASSIZE_SHARED` names, unpacked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::panic,
    dead_code,
    unreachable_pub
)]

use std::path::{Path, PathBuf};
use std::process::Command;

static UNPACKING: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// The folder of an unpacked archive of `corpora/`; `None`, with a printed reason, where there is none.
pub fn corpus(archive: &str) -> Option<PathBuf> {
    let Some(shared) = std::env::var_os("ASSIZE_SHARED") else {
        println!("skipped: ASSIZE_SHARED is not set, so the public suites are not at hand");
        return None;
    };
    let packed = Path::new(&shared).join("corpora").join(format!("{archive}.tar.zst"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(archive);
    let _one_at_a_time = UNPACKING.lock().unwrap();
    let done = folder.join(".complete");
    if !done.exists() {
        // Another process may unpack at once: each does so in a folder of its own, the first wins.
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

/// Every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}
