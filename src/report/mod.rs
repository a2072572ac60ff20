//! Reports: one file per format. To add one, write its file and add its line to [`ALL`].

mod concise;
pub mod escape;
mod excerpt;
pub mod html;
mod json;
pub mod listing;
mod place;
mod pretty;
mod sarif;
mod spectral_json;
pub mod statement;

pub use excerpt::Excerpt;

use crate::engine::Report;
use std::io;

/// What a reporter may need beside the report itself.
#[derive(Clone, Debug)]
pub struct Style {
    /// Escape sequences for colour may be written.
    pub colour: bool,
    /// Width of the terminal in columns, where it is one.
    pub width: usize,
    /// A title for what was judged: the path as the user gave it.
    pub subject: String,
    /// Findings of at least this severity make the run fail; `None`: none does.
    pub fail_on: Option<crate::finding::Severity>,
    /// Only the findings, no summary.
    pub quiet: bool,
}

/// One report format.
pub trait Reporter: Send + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// What it is for, in a line.
    fn about(&self) -> &'static str;

    /// Writes the report.
    ///
    /// # Errors
    /// Those of the output.
    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Every format, in the order `--help` lists them.
pub const ALL: &[&dyn Reporter] = &[
    &pretty::Pretty,
    &concise::Concise,
    &json::Json,
    &sarif::Sarif,
    &spectral_json::SpectralJson,
    &html::Html,
];

/// The format of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Reporter> {
    ALL.iter().copied().find(|format| format.name() == name)
}
