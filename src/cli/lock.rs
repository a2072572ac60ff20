//! `assize lock`: write down by which packs a system is judged.

use super::trouble::Trouble;
use super::{exit, packs};
use crate::config::{self, Config};
use crate::pack::lock::{self, Lock};
use clap::Args;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    /// The judged folder: its assize.toml says by which packs
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// Pack to lock, instead of those of assize.toml (repeatable; default: all embedded)
    #[arg(long = "pack", short = 'r', value_name = "NAME|FILE|FOLDER")]
    packs: Vec<String>,
    /// The file to write [default: assize.lock in the judged folder]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let folder = arguments.folder.canonicalize().map_err(|error| {
        Trouble::usage(format!("{} cannot be read: {error}.", arguments.folder.display()))
    })?;
    let config = match config::discover(&folder) {
        Some(path) => config::read(&path).map_err(|error| Trouble::Files(vec![error]))?,
        None => Config::default(),
    };
    let names = if arguments.packs.is_empty() { &config.check.packs } else { &arguments.packs };
    let plan = packs::plan(names)?;
    let lock = Lock::of(packs::used(&plan), Vec::new());
    let path = arguments.file.clone().unwrap_or_else(|| arguments.folder.join(lock::NAME));
    fs::write(&path, lock.text())
        .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", path.display())))?;
    let count = lock.pack.len();
    let packs = if count == 1 { "pack" } else { "packs" };
    writeln!(
        io::stdout(),
        "Wrote {}: {count} {packs}. `assize check --locked` judges by these alone.",
        path.display()
    )?;
    Ok(exit::CLEAN)
}
