//! `assize statement`: which clauses a system meets, on what evidence.

use super::subject::{Subject, SubjectArguments, code, profile};
use super::trouble::Trouble;
use super::{Colour, exit};
use crate::report::html;
use crate::report::statement::{json, markdown, terminal};
use crate::verdict::statement::Statement;
use assize_tree::document::de::closest;
use clap::{Args, ValueEnum};
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    subject: SubjectArguments,
    /// Format of the statement
    #[arg(long, short, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
    /// Write the statement to a file instead of printing it
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Show how the verdict on a clause came about, and nothing else
    #[arg(long, value_name = "CLAUSE")]
    explain: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people at a terminal
    Terminal,
    /// For a pull request or a wiki
    Markdown,
    /// A page to read, in one file that needs no network
    Html,
    /// For programs; docs/statement.schema.json describes it
    Json,
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let subject = Subject::judge(&arguments.subject, profile(&arguments.subject)?)?;
    let statements = subject.statements()?;
    let paint = colour.on(io::stdout().is_terminal()) && arguments.output.is_none();
    let mut out = String::new();
    match &arguments.explain {
        Some(clause) => explain(&mut out, &statements, clause, paint)?,
        None if arguments.format == Format::Json => out = json::write(&statements),
        None if arguments.format == Format::Html => {
            let mut page = Vec::new();
            html::statements(&statements, &subject.report, subject.records(), &mut page)?;
            out = String::from_utf8_lossy(&page).into_owned();
        }
        None => {
            for (index, statement) in statements.iter().enumerate() {
                if index > 0 {
                    out.push('\n');
                }
                match arguments.format {
                    Format::Markdown => markdown::write(&mut out, statement),
                    _ => terminal::write(&mut out, statement, paint),
                }
            }
        }
    }
    match &arguments.output {
        Some(path) => fs::write(path, out.as_bytes())
            .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", path.display())))?,
        None => io::stdout().write_all(out.as_bytes())?,
    }
    // Of several systems the worst decides.
    let codes = statements.iter().map(|statement| code(statement.result));
    let worst =
        [exit::FINDINGS, exit::UNDECIDED].into_iter().find(|worst| codes.clone().any(|code| code == *worst));
    Ok(worst.unwrap_or(exit::CLEAN))
}

fn explain(out: &mut String, statements: &[Statement], id: &str, paint: bool) -> Result<(), Trouble> {
    let all = || statements.iter().flat_map(|statement| &statement.clauses);
    let named = |clause: &&crate::verdict::statement::ClausePart| {
        clause.clause == id || clause.source.eq_ignore_ascii_case(id)
    };
    for clause in all().filter(named) {
        terminal::derivation(out, clause, paint);
    }
    if out.is_empty() {
        let names: Vec<&str> =
            all().flat_map(|clause| [clause.clause.as_str(), clause.source.as_str()]).collect();
        let near = closest(id, names.iter().copied());
        return Err(Trouble::hint(
            format!("No clause of the profile's packs is \"{id}\"."),
            near.map_or_else(
                || "`assize statement --format json` lists them.".to_owned(),
                |near| format!("Did you mean \"{near}\"?"),
            ),
        ));
    }
    Ok(())
}
