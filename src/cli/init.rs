//! `assize init`: a first `assize.toml`.

use super::exit;
use super::trouble::Trouble;
use crate::config;
use clap::Args;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    /// Folder to write it in
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

const FIRST: &str = r#"# Settings of assize for this repository. Options on the command line win over them.

[check]
# Packs to judge by: names from `assize standards`, files or folders. All embedded ones where empty.
packs = []
# The lowest severity that fails the run: "error", "warning", "note", "hint" or "never".
fail-on = "error"
# Files not to be looked at, as in .gitignore.
exclude = []
# Rules not to run: "uk/api-linting/kebab-case-paths", or "uk/api-linting" for all of a pack.
disable = []
"#;

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let path = arguments.folder.join(config::NAME);
    let mut file =
        OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Trouble::usage(format!("{} is there already.", path.display())),
            _ => Trouble::usage(format!("{} cannot be written: {error}.", path.display())),
        })?;
    file.write_all(FIRST.as_bytes())?;
    writeln!(io::stdout(), "Wrote {}. Run `assize check` next.", path.display())?;
    Ok(exit::CLEAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_init_writes_can_be_read() {
        let folder = std::env::temp_dir().join(format!("assize-init-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(config::NAME), FIRST).unwrap();
        let config = config::read(&folder.join(config::NAME)).unwrap();
        assert_eq!(config.check.fail_on, Some(config::FailOn::Error));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
