//! `assize pack lint`: what is wrong with rulesets and packs before anyone relies on them.

use super::trouble::{Trouble, render, shown};
use super::{Colour, exit, packs};
use crate::config::FailOn;
use crate::finding::Severity;
use crate::pack::{embedded, is_pack_file};
use crate::report::escape::inline;
use crate::spectral::advice::{self, Looked, Setting};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// Spectral rulesets, packs, and folders of packs
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Format of what is printed
    #[arg(long, short, value_name = "FORMAT", default_value = "pretty")]
    format: Format,
    /// Lowest severity that makes the exit code 1
    #[arg(long, short = 'F', value_name = "LEVEL", default_value = "error")]
    fail_on: FailOn,
    /// Look for what is a matter of taste, too
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Pretty,
    /// One line each: file:line:col: level lint message
    Concise,
    /// Everything, for programs (docs/pack-lint.md)
    Json,
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let setting = Setting { authorities: embedded::authorities(), strict: arguments.strict };
    let mut looked: Vec<Looked> = Vec::new();
    for path in &arguments.paths {
        for one in look(path, &setting)? {
            // A ruleset that several others extend is looked at once.
            if !looked.iter().any(|known| known.path == one.path) {
                looked.push(one);
            }
        }
    }
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Pretty => pretty(&looked, colour.on(io::stdout().is_terminal()), &mut out)?,
        Format::Concise => concise(&looked, &mut out)?,
        Format::Json => as_json(&looked, &mut out)?,
    }
    let level = match arguments.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Note | FailOn::Hint => Severity::Note,
        FailOn::Never => return Ok(exit::CLEAN),
    };
    let failed = looked.iter().flat_map(|one| &one.findings).any(|finding| finding.severity >= level);
    Ok(if failed { exit::FINDINGS } else { exit::CLEAN })
}

fn look(path: &Path, setting: &Setting<'_>) -> Result<Vec<Looked>, Trouble> {
    if !path.exists() {
        return Err(Trouble::usage(format!("There is no {}.", path.display())));
    }
    if path.is_file() {
        std::fs::File::open(path)
            .map_err(|error| Trouble::usage(format!("{} cannot be read: {error}.", path.display())))?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if matches!(ending, "js" | "mjs" | "cjs" | "ts") {
            return Err(Trouble::hint(
                format!("{} is a ruleset in JavaScript, which has no places to point at.", path.display()),
                "Rulesets in YAML and JSON are looked over; `assize check --ruleset` runs this one.",
            ));
        }
        return Ok(if is_pack_file(path) {
            advice::pack(path, setting)
        } else {
            advice::ruleset(path, setting)
        });
    }
    let folders = packs::on_disk(path);
    if !folders.is_empty() {
        return Ok(folders.iter().flat_map(|folder| advice::pack(folder, setting)).collect());
    }
    let ruleset = [".spectral.yaml", ".spectral.yml", ".spectral.json"].iter().map(|name| path.join(name));
    match ruleset.into_iter().find(|file| file.is_file()) {
        Some(file) => Ok(advice::ruleset(&file, setting)),
        None => Err(Trouble::hint(
            format!("There is no pack and no .spectral.yaml in {}.", path.display()),
            "Name the ruleset's file, or a folder with a pack.yaml in or below it.",
        )),
    }
}

fn pretty(looked: &[Looked], colour: bool, out: &mut dyn Write) -> io::Result<()> {
    for one in looked {
        for finding in &one.findings {
            let severity = match finding.severity {
                Severity::Error => miette::Severity::Error,
                Severity::Warning => miette::Severity::Warning,
                Severity::Note | Severity::Hint => miette::Severity::Advice,
            };
            let mut printed = String::new();
            let code = Some(finding.problem.code);
            render(
                &mut printed,
                shown(&one.path, one.text.as_ref(), &finding.problem, severity, code),
                colour,
            );
            out.write_all(printed.as_bytes())?;
        }
    }
    let files = plural(looked.len(), "file");
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| plural(count(looked, severity), severity.name()))
        .join(", ");
    writeln!(out, "{files} looked over: {counts}. docs/pack-lint.md explains each.")
}

fn count(looked: &[Looked], severity: Severity) -> usize {
    looked.iter().flat_map(|one| &one.findings).filter(|finding| finding.severity == severity).count()
}

fn plural(count: usize, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

fn concise(looked: &[Looked], out: &mut dyn Write) -> io::Result<()> {
    for one in looked {
        for finding in &one.findings {
            let problem = &finding.problem;
            let (line, column) = one.text.as_ref().map_or((1, 1), |text| {
                let position = text.position(problem.span.start);
                (position.line, position.column)
            });
            writeln!(
                out,
                "{}:{line}:{column}: {} {} {}",
                inline(&one.path),
                finding.severity.name(),
                problem.code,
                inline(&problem.message)
            )?;
        }
    }
    Ok(())
}

/// Version of the form: members may be added within a version, never changed or removed.
const VERSION: &str = "1.0";

fn as_json(looked: &[Looked], out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<_> = looked
        .iter()
        .flat_map(|one| one.findings.iter().map(move |finding| (one, finding)))
        .map(|(one, finding)| {
            let problem = &finding.problem;
            let place = |at: u32| {
                one.text.as_ref().map_or(json!({ "line": 1, "column": 1 }), |text| {
                    let position = text.position(at);
                    json!({ "line": position.line, "column": position.column })
                })
            };
            json!({
                "lint": problem.code,
                "level": finding.severity.name(),
                "message": problem.message,
                "hint": problem.hint,
                "file": one.path,
                "start": place(problem.span.start),
                "end": place(problem.span.end),
            })
        })
        .collect();
    let document = json!({
        "version": VERSION,
        "tool": { "name": "assize", "version": env!("CARGO_PKG_VERSION") },
        "summary": {
            "files": looked.len(),
            "error": count(looked, Severity::Error),
            "warning": count(looked, Severity::Warning),
            "note": count(looked, Severity::Note),
        },
        "files": looked.iter().map(|one| &one.path).collect::<Vec<_>>(),
        "findings": findings,
    });
    serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
    writeln!(out)
}
