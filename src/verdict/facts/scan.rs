//! Words that facts are told from, looked for once in the few kinds of files that say them: package
//! manifests, licences, readme files, descriptions. Code is not read: what it says it may not do.

use crate::engine::Report;
use crate::workspace::{Entry, Role, Workspace, role};
use rayon::prelude::*;
use std::sync::OnceLock;

/// Files of this size or more are not manifests.
const MOST_BYTES: u64 = 8 << 20;

/// What was found: a word, and the first line of each file that has it.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    hits: Vec<Hit>,
}

/// A scan that is made when a fact first asks.
pub struct LazyScan<'a> {
    workspace: &'a Workspace,
    report: &'a Report,
    scan: OnceLock<Scan>,
}

impl<'a> LazyScan<'a> {
    /// Not made yet.
    #[must_use]
    pub fn new(workspace: &'a Workspace, report: &'a Report) -> Self {
        Self { workspace, report, scan: OnceLock::new() }
    }

    /// As [`Scan::first`].
    #[must_use]
    pub fn first(&self, words: &[&str]) -> Option<(String, usize)> {
        self.scan.get_or_init(|| Scan::of(self.workspace, self.report)).first(words)
    }
}

#[derive(Clone, Debug)]
struct Hit {
    word: &'static str,
    path: String,
    line: u32,
}

/// Which files a word is looked for in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Manifest,
    Licence,
    Readme,
    Description,
}

/// The words, in small letters.
const WORDS: &[(In, &str)] = &[
    (In::Manifest, "hl7.fhir"),
    (In::Manifest, "fhir.resources"),
    (In::Manifest, "hapi-fhir"),
    (In::Manifest, "fhirclient"),
    (In::Manifest, "\"fhir"),
    (In::Manifest, "extensions.openapi"),
    (In::Manifest, "swashbuckle"),
    (In::Manifest, "nswag"),
    (In::Manifest, "springdoc"),
    (In::Manifest, "springfox"),
    (In::Manifest, "\"express\""),
    (In::Manifest, "\"fastify\""),
    (In::Manifest, "fastapi"),
    (In::Manifest, "flask"),
    (In::Manifest, "djangorestframework"),
    (In::Manifest, "axum"),
    (In::Manifest, "actix-web"),
    (In::Licence, "crown copyright"),
    (In::Licence, "nhs"),
    (In::Licence, "government digital service"),
    (In::Readme, "clinical"),
    (In::Readme, "medical"),
    (In::Readme, "patient"),
    (In::Readme, "prescription"),
    (In::Readme, "vaccination"),
    (In::Readme, "no longer maintained"),
    (In::Readme, "has been archived"),
    (In::Readme, "this repository is archived"),
    (In::Readme, "decommissioned"),
    (In::Readme, "has moved to"),
    (In::Description, "fhir.nhs.uk/id/nhs-number"),
    (In::Description, "nhsnumber"),
    (In::Description, "nhs_number"),
    (In::Description, "dateofbirth"),
    (In::Description, "date_of_birth"),
    (In::Description, "birthdate"),
    (In::Description, "birth_date"),
    (In::Description, "firstname"),
    (In::Description, "first_name"),
    (In::Description, "lastname"),
    (In::Description, "last_name"),
    (In::Description, "surname"),
    (In::Description, "familyname"),
    (In::Description, "family_name"),
    (In::Description, "givenname"),
    (In::Description, "given_name"),
    (In::Description, "emailaddress"),
    (In::Description, "email_address"),
    (In::Description, "phonenumber"),
    (In::Description, "phone_number"),
];

fn kind(entry: &Entry, described: bool) -> Option<In> {
    if entry.skip.is_some() || entry.size == 0 || entry.size > MOST_BYTES {
        return None;
    }
    if described {
        return Some(In::Description);
    }
    let name = entry.path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let manifest = matches!(
        name.as_str(),
        "package.json"
            | "pyproject.toml"
            | "requirements.txt"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "cargo.toml"
            | "go.mod"
            | "gemfile"
            | "composer.json"
            | "pipfile"
    ) || name.ends_with(".csproj")
        || name.ends_with(".fsproj");
    if manifest {
        return (role(&entry.path, entry.skip) != Some(Role::Test)).then_some(In::Manifest);
    }
    let at_root = !entry.path.contains('/');
    if at_root && (name.starts_with("licen") || name.starts_with("copying")) {
        return Some(In::Licence);
    }
    (at_root && name.starts_with("readme")).then_some(In::Readme)
}

impl Scan {
    /// Looks for every word.
    #[must_use]
    pub fn of(workspace: &Workspace, report: &Report) -> Self {
        let mut described = vec![false; workspace.entries().len()];
        for description in &report.descriptions {
            for file in &description.files {
                if let Some(flag) = described.get_mut(file.0 as usize) {
                    *flag = true;
                }
            }
        }
        for (index, file) in report.files.iter().enumerate().take(described.len()) {
            described[index] |= file.target.as_deref().is_some_and(|target| target.starts_with("fhir"));
        }
        let wanted: Vec<(&Entry, In)> = workspace
            .entries()
            .iter()
            .zip(&described)
            .filter_map(|(entry, &described)| Some((entry, kind(entry, described)?)))
            .collect();
        let hits =
            wanted.par_iter().flat_map_iter(|(entry, kind)| in_file(workspace, entry, *kind)).collect();
        Self { hits }
    }

    /// The first file that has one of the words, and how many files have it.
    #[must_use]
    pub fn first(&self, words: &[&str]) -> Option<(String, usize)> {
        let fitting = || self.hits.iter().filter(|hit| words.contains(&hit.word));
        let first = fitting().next()?;
        let mut files: Vec<&str> = fitting().map(|hit| hit.path.as_str()).collect();
        files.dedup();
        Some((format!("\"{}\" in {}:{}", first.word, first.path, first.line), files.len()))
    }
}

fn in_file(workspace: &Workspace, entry: &Entry, kind: In) -> Vec<Hit> {
    let Ok(text) = workspace.text(&entry.path) else { return Vec::new() };
    let lower = text.as_str().to_ascii_lowercase();
    WORDS
        .iter()
        .filter(|(place, _)| *place == kind)
        .filter_map(|(_, word)| {
            let at = memchr::memmem::find(lower.as_bytes(), word.as_bytes())?;
            let line = memchr::memchr_iter(b'\n', &lower.as_bytes()[..at]).count() as u32 + 1;
            Some(Hit { word, path: entry.path.clone(), line })
        })
        .collect()
}
