//! `assize cache`: where results are kept between runs, how much they take, and how they go away.

use super::exit;
use super::trouble::Trouble;
use crate::cache::{self, Store};
use crate::engine::{self, Key, Plan};
use crate::workspace::Workspace;
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
    /// Folder where results are kept, instead of the platform's
    #[arg(long, global = true, value_name = "FOLDER")]
    cache_dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Take all results away
    Clean,
    /// Print the folder
    Dir,
    /// Print how many bytes they take
    Size,
}

/// Opens what earlier runs of `check` kept of a tree, with the key of the plan; `None` where nothing is
/// kept, or where looking it up would cost more than it spares.
pub(super) fn open(
    named: Option<&Path>,
    plan: &Plan,
    workspace: &Workspace,
    root: &Path,
) -> Option<(Store, Key)> {
    if named.is_none() && engine::bytes_to_keep(workspace) < LEAST_BYTES {
        return None;
    }
    let folder = cache::folder(named)?;
    // Nothing is written into a judged tree unless somebody said so.
    if named.is_none() && folder.starts_with(root) {
        return None;
    }
    let plan = engine::plan_key(plan, workspace, &cache::program()?)?;
    Some((Store::open(&folder, root, &plan), plan))
}

/// A tree with less to judge is judged as quickly as it is looked up.
const LEAST_BYTES: u64 = 2 << 20;

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let Some(folder) = cache::folder(arguments.cache_dir.as_deref()) else {
        return Err(Trouble::hint(
            "No folder is there to keep results in, so none are kept.",
            "Name one with --cache-dir or ASSIZE_CACHE_DIR, an absolute path.",
        ));
    };
    let trees = |count: usize| format!("{count} file{}", if count == 1 { "" } else { "s" });
    let mut out = io::stdout();
    match arguments.command {
        What::Dir => writeln!(out, "{}", folder.display())?,
        What::Size => {
            let (count, bytes) = cache::size(&folder);
            writeln!(out, "{bytes} bytes in {}", trees(count))?;
        }
        What::Clean => {
            let (count, bytes) = cache::clean(&folder).map_err(|error| {
                Trouble::usage(format!("{} cannot be emptied: {error}.", folder.display()))
            })?;
            writeln!(out, "Took away {}, {bytes} bytes.", trees(count))?;
        }
    }
    Ok(exit::CLEAN)
}
