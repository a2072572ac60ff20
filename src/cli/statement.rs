//! `assize statement`: which clauses a system meets, on what evidence.

use super::subject::{Subject, SubjectArguments, code, profile};
use super::trouble::Trouble;
use super::{Colour, exit};
use crate::report::html;
use crate::report::statement::{cyclonedx, in_toto, json, markdown, oscal, terminal};
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
    /// CycloneDX 1.6 attestations
    Cyclonedx,
    /// OSCAL assessment results
    Oscal,
    /// The clauses as an OSCAL catalogue
    OscalCatalogue,
    /// in-toto attestations (test-result 0.1), one on each line, to be signed
    InToto,
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let subject = Subject::judge(&arguments.subject, profile(&arguments.subject)?)?;
    let statements = subject.statements()?;
    let paint = colour.on(io::stdout().is_terminal()) && arguments.output.is_none();
    let mut out = Vec::new();
    match (&arguments.explain, arguments.format) {
        (Some(clause), _) => {
            let mut text = String::new();
            explain(&mut text, &statements, clause, paint)?;
            out = text.into_bytes();
        }
        (None, Format::Html) => {
            html::statements(&statements, &subject.report, subject.records(), &mut out)?;
        }
        (None, Format::Json) => json::write(&mut out, &statements)?,
        (None, Format::Cyclonedx) => cyclonedx::write(&mut out, &statements)?,
        (None, Format::Oscal) => oscal::results(&mut out, &statements)?,
        (None, Format::OscalCatalogue) => oscal::catalogue(&mut out, &statements)?,
        (None, Format::InToto) => in_toto::write(&mut out, &statements)?,
        (None, Format::Markdown | Format::Terminal) => {
            let mut text = String::new();
            for (index, statement) in statements.iter().enumerate() {
                if index > 0 {
                    text.push('\n');
                }
                match arguments.format {
                    Format::Markdown => markdown::write(&mut text, statement),
                    _ => terminal::write(&mut text, statement, paint),
                }
            }
            out = text.into_bytes();
        }
    }
    match &arguments.output {
        Some(path) => fs::write(path, &out)
            .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", path.display())))?,
        None if arguments.format == Format::Terminal || arguments.explain.is_some() => {
            super::check::print(&String::from_utf8_lossy(&out))?;
        }
        None => io::stdout().write_all(&out)?,
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
