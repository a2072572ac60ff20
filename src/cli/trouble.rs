//! Why a command could not run, for people: what, where, what to do.

use crate::pack::PackError;
use crate::report::{Excerpt, escape};
use assize_tree::text::{Problem, Text};
use miette::{GraphicalReportHandler, LabeledSpan, MietteDiagnostic, Report, Severity};
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

/// Why a command could not run.
pub(super) enum Trouble {
    /// Something the user can mend, and how.
    Usage { message: String, hint: Option<String> },
    /// Mistakes in packs or configuration, with their places.
    Files(Vec<PackError>),
    /// Writing the result failed.
    Output(io::Error),
}

impl Trouble {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    pub(super) fn hint(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    pub(super) fn print(&self, colour: bool) {
        let mut out = String::new();
        match self {
            Self::Usage { message, hint } => {
                render(&mut out, diagnostic(message, hint.as_deref()).into(), colour)
            }
            Self::Output(error) => render(
                &mut out,
                diagnostic(&format!("The result cannot be written: {error}."), None).into(),
                colour,
            ),
            Self::Files(errors) => {
                for error in errors {
                    for problem in &error.problems {
                        render(&mut out, placed(&error.path, error.text.as_ref(), problem), colour);
                    }
                }
            }
        }
        // Standard error is the last resort; if it is gone there is nobody to tell.
        let _ = io::stderr().write_all(out.as_bytes());
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<Vec<PackError>> for Trouble {
    fn from(errors: Vec<PackError>) -> Self {
        Self::Files(errors)
    }
}

fn diagnostic(message: &str, hint: Option<&str>) -> MietteDiagnostic {
    let diagnostic = MietteDiagnostic::new(escape::inline(message)).with_severity(Severity::Error);
    match hint {
        Some(hint) => diagnostic.with_help(escape::inline(hint)),
        None => diagnostic,
    }
}

fn placed(path: &str, text: Option<&Arc<Text>>, problem: &Problem) -> Report {
    shown(path, text, problem, Severity::Error, None)
}

/// A problem with its place, its severity and the id it goes by.
pub(super) fn shown(
    path: &str,
    text: Option<&Arc<Text>>,
    problem: &Problem,
    severity: Severity,
    code: Option<&str>,
) -> Report {
    let hint = problem.hint.as_deref();
    let told = |message: &str| {
        let told = diagnostic(message, hint).with_severity(severity);
        match code {
            Some(code) => told.with_code(code),
            None => told,
        }
    };
    let Some(text) = text else { return told(&format!("{path}: {}", problem.message)).into() };
    let excerpt = Excerpt::new(path, text, problem.span);
    let label = LabeledSpan::new_with_span(None, excerpt.mark);
    Report::new(told(&problem.message).with_label(label)).with_source_code(excerpt)
}

pub(super) fn render(out: &mut String, report: Report, colour: bool) {
    let terminal = std::io::stderr().is_terminal();
    let theme = crate::report::theme(!terminal || super::draws_unicode(), colour);
    // Where nobody looks at a screen, a sentence stays on its line.
    let width = if terminal { super::check::width(true) } else { 400 };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(width);
    if handler.render_report(out, report.as_ref()).is_err() {
        out.push_str(&report.to_string());
    }
    out.push('\n');
}
