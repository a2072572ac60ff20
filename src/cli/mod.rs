//! The command line: one file per subcommand. Everything a user sees of errors and exit codes is
//! decided here.

mod above;
mod accept;
mod baseline;
mod cache;
mod changed;
mod check;
mod disable;
mod evidence;
mod explain;
mod facts;
mod init;
mod jobs;
mod library;
mod lock;
mod manual;
mod own_ruleset;
mod pack;
mod pack_changes;
mod pack_coverage;
mod pack_docs;
mod pack_lint;
mod packs;
mod progress;
mod standards;
mod statement;
mod subject;
mod trouble;
mod verify;
mod waiver;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use trouble::Trouble;

/// Exit codes, as `--help` documents them.
mod exit {
    pub(super) const CLEAN: u8 = 0;
    pub(super) const FINDINGS: u8 = 1;
    pub(super) const COULD_NOT_RUN: u8 = 2;
    pub(super) const UNDECIDED: u8 = 3;
}

const AFTER: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  at least one such finding
  2  could not run: usage, pack, configuration, or nothing to judge
  3  a statement cannot be decided: something binding is unknown or needs evidence

Assize works offline: it never follows a reference to the network or out of the judged folder.";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Judges a repository, its API descriptions and its data schemas by national technical standards.
#[derive(Parser)]
#[command(name = "assize", version, styles = STYLES, after_help = AFTER, max_term_width = 110, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Colour,
}

#[derive(Subcommand)]
enum Command {
    /// Judge files and folders; print what is wrong, where and under which clause
    Check(Box<check::Arguments>),
    /// Say which clauses a system meets under a profile, on what evidence, and what could not be judged
    Statement(Box<statement::Arguments>),
    /// Judge again what a statement was made from, and say what differs
    Verify(verify::Arguments),
    /// Print the facts of a system and how each is known
    Facts(facts::Arguments),
    /// Explain a rule or a clause: what it demands, why, how to meet it
    Explain(explain::Arguments),
    /// List the embedded standards with their clauses, or show one
    Standards(standards::Arguments),
    /// Ask for waivers, and see what became of them
    Waiver(waiver::Arguments),
    /// Accept today's findings, so that a pipeline fails on new ones alone
    Baseline(baseline::Arguments),
    /// Records that show what no program can see
    Evidence(evidence::Arguments),
    /// Write an assize.lock: the packs with their versions and digests
    Lock(lock::Arguments),
    /// Write and test packs
    Pack(pack::Arguments),
    /// Where results are kept from one run of check to the next
    Cache(cache::Arguments),
    /// Write a first assize.toml
    Init(init::Arguments),
    /// Print a shell's completions
    Completions(manual::CompletionsArguments),
    /// Print a manual page
    Man(manual::ManArguments),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl Colour {
    fn on(self, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // https://no-color.org
            Self::Auto => {
                terminal
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// Whether the terminal draws more than ASCII: it is none of the dumb ones, and the locale is UTF-8 or
/// says nothing.
fn draws_unicode() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let utf8 = |locale: String| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    set("TERM").is_none_or(|term| term != "dumb") && (cfg!(windows) || locale.is_none_or(utf8))
}

/// Runs the command line and returns the exit code.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(help) => {
            let code = if help.use_stderr() { exit::COULD_NOT_RUN } else { exit::CLEAN };
            let _ = help.print();
            return code;
        }
    };
    let result = match cli.command {
        Command::Check(arguments) => check::run(&arguments, cli.color),
        Command::Statement(arguments) => statement::run(&arguments, cli.color),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Facts(arguments) => facts::run(&arguments, cli.color),
        Command::Explain(arguments) => explain::run(&arguments, cli.color),
        Command::Standards(arguments) => standards::run(&arguments, cli.color),
        Command::Waiver(arguments) => waiver::run(&arguments),
        Command::Baseline(arguments) => baseline::run(&arguments),
        Command::Evidence(arguments) => evidence::run(&arguments),
        Command::Lock(arguments) => lock::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments, cli.color),
        Command::Cache(arguments) => cache::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments),
        Command::Man(arguments) => manual::man(&arguments),
    };
    match result {
        Ok(code) => code,
        // The reader has gone away (`assize check | head`): nothing is wrong.
        Err(Trouble::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => exit::CLEAN,
        Err(trouble) => {
            trouble.print(cli.color.on(io::stderr().is_terminal()));
            exit::COULD_NOT_RUN
        }
    }
}
