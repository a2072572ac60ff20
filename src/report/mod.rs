//! Reports: one file per format. To add one, write its file and add its line to [`ALL`].

mod agent;
mod azure;
mod checkstyle;
mod concise;
mod csv;
pub mod escape;
mod excerpt;
mod github;
mod gitlab;
pub mod html;
mod json;
mod junit;
mod letter;
pub mod listing;
mod markdown;
mod openmetrics;
mod order;
mod place;
mod pretty;
mod rdjson;
mod sarif;
mod sonarqube;
mod spectral_json;
pub mod statement;
mod teamcity;
pub mod wrap;

pub use excerpt::Excerpt;
use sarif::guid;

use crate::engine::Report;
use crate::workspace::Git;
use std::io;
use std::path::Path;

/// What a reporter may need beside the report itself.
#[derive(Clone, Debug)]
pub struct Style {
    /// Escape sequences for colour may be written.
    pub colour: bool,
    /// Characters beyond ASCII may be drawn with.
    pub unicode: bool,
    /// Links may be written that a terminal opens (OSC 8).
    pub links: bool,
    /// Width of the terminal in columns, where it is one.
    pub width: usize,
    /// A title for what was judged: the path as the user gave it.
    pub subject: String,
    /// Findings of at least this severity make the run fail; `None`: none does.
    pub fail_on: Option<crate::finding::Severity>,
    /// Only the findings, no summary.
    pub quiet: bool,
    /// Where the judged tree comes from, as far as it is known.
    pub origin: Option<Origin>,
}

/// How findings are framed.
#[must_use]
pub fn theme(unicode: bool, colour: bool) -> miette::GraphicalTheme {
    use miette::GraphicalTheme;
    match (unicode, colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    }
}

/// Where a tree comes from, by its version control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Address of the repository, an absolute URI.
    pub uri: String,
    /// Hash of the commit that is checked out.
    pub commit: Option<String>,
    /// Name of the branch.
    pub branch: Option<String>,
}

impl Origin {
    /// What a checkout tells of itself; `None` where it names no remote that is an address.
    #[must_use]
    pub fn of(git: Git) -> Option<Self> {
        let named = |wanted: &str| git.remotes.iter().find(|(name, _)| name == wanted);
        let (_, address) = named("origin").or_else(|| git.remotes.first())?;
        // `host:path` is git's own short form of an SSH address.
        let uri = match address.split_once("://") {
            Some(_) => address.clone(),
            None => {
                let (host, path) = address.split_once(':')?;
                format!("ssh://{host}/{}", path.trim_start_matches('/'))
            }
        };
        let (scheme, rest) = uri.split_once("://")?;
        let plain = |char: char| char.is_ascii_alphanumeric() || "-._~/:@%+".contains(char);
        let honest = matches!(scheme, "https" | "http" | "ssh" | "git") && !rest.is_empty();
        (honest && rest.chars().all(plain) && rest.len() < 1000).then_some(Self {
            uri,
            commit: git.commit,
            branch: git.branch,
        })
    }
}

/// One report format.
pub trait Reporter: Send + Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Names that Spectral has for it.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// What it is for, in a line.
    fn about(&self) -> &'static str;

    /// The format that a file of that name asks for, where the ending tells: `letter.html`.
    fn for_file(&self, path: &Path) -> Option<&'static dyn Reporter> {
        let _ = path;
        None
    }

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
    &agent::Agent,
    &letter::Letter,
    &letter::LetterHtml,
    &markdown::Markdown,
    &markdown::Summary,
    &json::Json,
    &csv::Csv,
    &sarif::Sarif,
    &sarif::SarifGithub,
    &github::Github,
    &gitlab::Gitlab,
    &azure::Azure,
    &teamcity::Teamcity,
    &junit::Junit,
    &checkstyle::Checkstyle,
    &sonarqube::Sonarqube,
    &rdjson::Rdjson,
    &openmetrics::OpenMetrics,
    &spectral_json::SpectralJson,
    &html::Html,
];

/// The format of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Reporter> {
    ALL.iter().copied().find(|format| format.name() == name || format.aliases().contains(&name))
}
