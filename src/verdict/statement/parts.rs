//! From a report to the parts of its clauses: what each rule looked at, found, and could not tell,
//! of the files that verdicts rest on.

use super::{assemble::Setting, slips};
use crate::engine::{Beside, Description, Report, Rule, SAME_VALUE, Unknown};
use crate::finding::{FileId, Finding, Outcome, RuleId};
use crate::pack::form::{Decides, Empty};
use crate::target;
use crate::verdict::roles::{Known, Role};
use crate::verdict::table::{Part, PartFinding};
use crate::workspace::{Workspace, may_be_empty};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a report holds, by rule: looked up once for all clauses.
pub(super) struct ByRule<'a> {
    findings: HashMap<RuleId, Vec<(usize, &'a Finding)>>,
    unknown: HashMap<RuleId, Vec<&'a Unknown>>,
    looked: HashMap<RuleId, Vec<(Option<FileId>, u64)>>,
    blind: HashMap<RuleId, Vec<FileId>>,
    /// Files in which a slip of syntax may have lost something.
    lossy: HashMap<FileId, String>,
    /// Files of which nothing could be judged, with the reason.
    unread: Vec<(FileId, &'a str)>,
    /// Files that may be of a kind (or of which of its kinds is not told), with the kind and why.
    doubted: Vec<(FileId, &'static str, &'a str)>,
}

impl<'a> ByRule<'a> {
    pub(super) fn of(report: &'a Report, workspace: &Workspace) -> Self {
        let mut by = Self {
            findings: HashMap::new(),
            unknown: HashMap::new(),
            looked: HashMap::new(),
            blind: HashMap::new(),
            lossy: slips::lossy(report),
            unread: Vec::new(),
            doubted: doubted(report),
        };
        for (index, finding) in report.findings.iter().enumerate() {
            by.findings.entry(finding.rule).or_default().push((index, finding));
        }
        for unknown in &report.unknown {
            match (unknown.rule, unknown.file) {
                (Some(rule), _) => by.unknown.entry(rule).or_default().push(unknown),
                (None, Some(file)) => by.unread.push((file, unknown.reason.as_str())),
                (None, None) => {}
            }
        }
        // A file of no bytes is of the kind that its name says.
        for (index, file) in report.files.iter().enumerate().filter(|(_, file)| file.size == 0) {
            let skip = workspace.find(&file.path).and_then(|at| workspace.entries()[at].skip);
            if skip.is_none() && !may_be_empty(&file.path) {
                by.unread.push((FileId::of_index(index), "it is empty."));
            }
        }
        for one in &report.looked {
            by.looked.entry(one.rule).or_default().push((one.file, one.places));
        }
        for one in &report.blind {
            by.blind.entry(one.rule).or_default().extend(&one.files);
        }
        by
    }
}

/// The findings of a rule that verdicts rest on, and how many others there are, by role.
pub(super) struct Sorted<'a> {
    pub counted: Vec<(usize, Cow<'a, Finding>)>,
    pub notes: BTreeMap<String, usize>,
    /// One in a file of which it is doubtful whether it counts, as a sentence.
    pub doubtful: Option<String>,
}

pub(super) fn sort<'a>(setting: &Setting<'_>, by: &ByRule<'a>, rule: &Rule, id: RuleId) -> Sorted<'a> {
    let mut sorted = Sorted { counted: Vec::new(), notes: BTreeMap::new(), doubtful: None };
    for &(index, finding) in by.findings.get(&id).into_iter().flatten() {
        let file = finding.primary.file;
        if !setting.belongs(file) {
            continue;
        }
        // A person's number and a secret are ones wherever they stand.
        if rule.info.counts_tests || setting.roles.counts(file) {
            sorted.counted.push((index, Cow::Borrowed(finding)));
        } else if let Some(moved) = elsewhere(setting, rule, finding) {
            sorted.counted.push((index, Cow::Owned(moved)));
        } else {
            let known = file.and_then(|file| setting.roles.get(file));
            if let (Some(file), Some(known), None) = (file, known, &sorted.doubtful)
                && let Some(question) = known.question.as_deref().or_else(|| shown(rule, known))
            {
                let path = &setting.report.file(file).path;
                sorted.doubtful = Some(format!("{path}: {} {question}", finding.message));
            }
            let role = known.map_or("other", |known| known.role.name());
            *sorted.notes.entry(role.to_owned()).or_default() += 1;
        }
    }
    sorted
}

/// A resource of FHIR that is an example shows what a system sends: by what is wrong in it nothing is
/// refuted, and without it nothing is met.
fn shown(rule: &Rule, known: &Known) -> Option<&'static str> {
    let of_fhir = rule.on.iter().any(|kind| kind.starts_with("fhir"));
    (of_fhir && known.role == Role::Example)
        .then_some("It is an example, and examples are not counted. Does the system send what it shows?")
}

/// What was gathered from several files is found at the first of them; where that one does not count and
/// another that says the same does, the finding is that one's.
fn elsewhere(setting: &Setting<'_>, rule: &Rule, finding: &Finding) -> Option<Finding> {
    if rule.gathers.is_empty() {
        return None;
    }
    let counts = |file| setting.belongs(file) && setting.roles.counts(file);
    let mut same = finding.related.iter().filter(|one| one.message == SAME_VALUE);
    let other = same.find(|one| one.location.file.is_some() && counts(one.location.file))?;
    Some(Finding { primary: other.location.clone(), ..finding.clone() })
}

/// One rule as a part of its clause.
pub(super) fn part(setting: &Setting<'_>, by: &ByRule<'_>, rule: &Rule, id: RuleId) -> Part {
    let sorted = sort(setting, by, rule, id);
    let counts = |file: Option<FileId>| {
        setting.belongs(file) && (rule.info.counts_tests || setting.roles.counts(file))
    };
    let (mut places, mut files) = (0, 0);
    for &(file, count) in by.looked.get(&id).into_iter().flatten().filter(|(file, _)| counts(*file)) {
        places += count;
        files += u64::from(file.is_none_or(|file| file.0 != u32::MAX));
    }
    let findings = sorted.counted.iter().map(|(index, finding)| PartFinding {
        index: *index,
        message: finding.message.clone(),
        waived_by: match &finding.outcome {
            Outcome::Waived(why) => Some(why.id.clone().unwrap_or_default()),
            _ => None,
        },
        requested: matches!(finding.outcome, Outcome::Requested(_)),
    });
    Part {
        id: rule.id.clone(),
        decides: if rule.preview { Decides::Indicates } else { rule.decides },
        empty: rule.empty,
        places,
        files,
        findings: findings.collect(),
        unknown: unknown(setting, by, rule, id, files, &counts).or(sorted.doubtful),
        nothing: doubt(setting, by, rule, files, &counts).unwrap_or_else(|| nothing(setting, rule, files)),
    }
}

/// What was missing where a rule had nothing to look at, as a sentence.
fn nothing(setting: &Setting<'_>, rule: &Rule, files: u64) -> String {
    if rule.empty == Empty::Fail
        && let Some(absent) = &rule.absent
    {
        return absent.clone();
    }
    match rule.beside {
        Some(Beside::History) => match setting.workspace.git() {
            None => return "No git history was handed over.".to_owned(),
            Some(git) if git.shallow => return "The git history is cut off (a shallow clone).".to_owned(),
            Some(_) => {}
        },
        Some(Beside::Settings) => return "The forge's settings were not handed over.".to_owned(),
        None => {}
    }
    let kinds = if rule.gathers.is_empty() { &rule.on } else { &rule.gathers };
    if files == 0 && !kinds.contains(&target::REPOSITORY) {
        let named = target::families(kinds).join(" or ");
        return match of_kinds(setting, kinds) {
            0 => format!("The tree has no file of the kind {named}."),
            1 => format!(
                "The one file of the kind {named} does not count, by its place (tests, examples, copies)."
            ),
            count => {
                format!(
                    "None of {count} files of the kind {named} counts, by their places (tests, examples, copies)."
                )
            }
        };
    }
    format!("There was nothing in the tree to look at (rule {}).", rule.id)
}

/// Why a rule could not tell, or not of everything.
fn unknown(
    setting: &Setting<'_>,
    by: &ByRule<'_>,
    rule: &Rule,
    id: RuleId,
    files: u64,
    counts: &dyn Fn(Option<FileId>) -> bool,
) -> Option<String> {
    let report = setting.report;
    let mut own = by.unknown.get(&id).into_iter().flatten().filter(|unknown| counts(unknown.file));
    if let Some(first) = own.next() {
        let more = own.count();
        return Some(match first.file {
            Some(file) if more > 0 => format!("{}: {} ({more} more)", report.file(file).path, first.reason),
            Some(file) => format!("{}: {}", report.file(file).path, first.reason),
            None => first.reason.clone(),
        });
    }
    if let Some(blind) = by.blind.get(&id) {
        let empty: Vec<&str> = blind
            .iter()
            .filter(|file| counts(Some(**file)))
            .map(|file| report.file(*file).path.as_str())
            .collect();
        if let Some(first) = empty.first() {
            let are = if empty.len() == 1 { "file is" } else { "files are" };
            return Some(format!("{} {are} empty that it would have to look into ({first}).", empty.len()));
        }
    }
    // A file of its kind of which nothing could be judged: by its name where it holds nothing.
    let of_kind = by.unread.iter().find(|(file, _)| {
        counts(Some(*file)) && {
            let file = report.file(*file);
            let kind = file.target.as_deref().or_else(|| kind_by_path(&file.path));
            let asked = |kind| rule.on.contains(&kind) || rule.gathers.contains(&kind);
            kind.is_some_and(asked)
                || file.like.is_some_and(|like| target::specific(like).into_iter().any(asked))
                || kind.is_none() && is_about_descriptions(rule) && is_named_description(&file.path)
        }
    });
    if let Some((file, reason)) = of_kind {
        return Some(format!("{}: {reason}", report.file(*file).path));
    }
    if let Some(why) = doubt(setting, by, rule, files, counts) {
        return Some(why);
    }
    // A description that broke off before it said what it is.
    let broken = by.lossy.iter().filter(|(file, _)| {
        let known = report.file(**file);
        known.target.is_none()
            && counts(Some(**file))
            && is_about_descriptions(rule)
            && is_named_description(&known.path)
    });
    if let Some((_, why)) = broken.min_by_key(|(file, _)| **file) {
        return Some(why.clone());
    }
    // What a rule looked at, and every file that belongs to it, with a slip in its syntax.
    let looked = by.looked.get(&id).into_iter().flatten();
    for file in looked.filter_map(|(file, _)| *file).filter(|file| counts(Some(*file))) {
        let whole = report.descriptions.iter().find(|one| one.file == file.0);
        let members = whole.map_or(&[][..], |one| one.files.as_slice());
        if let Some(why) = std::iter::once(&file).chain(members).find_map(|file| by.lossy.get(file)) {
            return Some(why.clone());
        }
    }
    if files == 0 && rule.on.iter().any(|kind| is_description(kind)) {
        return none_described(setting, by, rule);
    }
    None
}

/// A file of which nobody can tell whether it is of a rule's kind, with why. Beside others that are,
/// moulds and parts of descriptions are no reason for doubt; what is a description, only of no version
/// that is told, always is.
fn doubt(
    setting: &Setting<'_>,
    by: &ByRule<'_>,
    rule: &Rule,
    files: u64,
    counts: &dyn Fn(Option<FileId>) -> bool,
) -> Option<String> {
    if by.doubted.is_empty() {
        return None;
    }
    let asked = |kind: &str| rule.on.contains(&kind) || rule.gathers.contains(&kind);
    let descriptions = setting.report.descriptions.iter();
    let are_described = descriptions.map(|one| Some(FileId(one.file))).any(counts);
    let (file, _, why) = by.doubted.iter().find(|(file, like, _)| {
        // A library of components is a part of descriptions.
        let known = setting.report.file(*file).target.as_deref().filter(|kind| *kind != target::COMPONENTS);
        let described = are_described && target::specific(like).into_iter().all(is_description);
        (files == 0 && !described || known.is_some())
            && counts(Some(*file))
            && target::specific(like).into_iter().any(asked)
            && !known.is_some_and(asked)
    })?;
    Some(format!("{}: {why}.", setting.report.file(*file).path))
}

/// Files that seem to be of a kind and are not judged as it. What is part of a description is looked
/// at with it.
fn doubted(report: &Report) -> Vec<(FileId, &'static str, &str)> {
    let files = report.files.iter().enumerate();
    let seeming = files.filter_map(|(index, file)| {
        let (like, why) = (file.like?, file.note.as_deref()?);
        Some((FileId::of_index(index), like, why))
    });
    let mut seeming = seeming.peekable();
    if seeming.peek().is_none() {
        return Vec::new();
    }
    let parts = |one: &'_ Description| {
        let root = one.file;
        one.files.iter().copied().filter(move |file| file.0 != root).collect::<Vec<_>>()
    };
    let parts: HashSet<FileId> = report.descriptions.iter().flat_map(parts).collect();
    seeming.filter(|(file, ..)| !parts.contains(file)).collect()
}

/// How many files there are of some kinds, whether they count or not.
fn of_kinds(setting: &Setting<'_>, kinds: &[&str]) -> usize {
    let files = setting.report.files.iter().enumerate();
    let of_kind = files.filter(|(_, file)| file.target.as_deref().is_some_and(|kind| kinds.contains(&kind)));
    of_kind.filter(|(index, _)| setting.belongs(Some(FileId::of_index(*index)))).count()
}

/// Why a rule about resources has none to look at.
fn no_resources(setting: &Setting<'_>) -> String {
    match of_kinds(setting, &["fhir"]) {
        0 => "There is no FHIR resource to look at.".to_owned(),
        1 => "The one FHIR resource in the tree does not count, by its place (tests, examples, copies)."
            .to_owned(),
        others => {
            format!("None of {others} FHIR resources counts, by their places (tests, examples, copies).")
        }
    }
}

/// Rules about descriptions where none is published.
fn none_described(setting: &Setting<'_>, by: &ByRule<'_>, rule: &Rule) -> Option<String> {
    let report = setting.report;
    let role = |file: u32| setting.roles.get(FileId(file)).map(|known| known.role);
    let mine = report.descriptions.iter().filter(|one| setting.belongs(Some(FileId(one.file))));
    let published = || mine.clone().filter(|one| role(one.file) == Some(Role::Published));
    if let Some(first) = published().next() {
        // What a rule misses in a kind that it does not read, it has not looked for.
        let is_read = published().any(|one| rule.on.iter().any(|kind| *kind == one.kind));
        return (rule.empty == Empty::Fail && !is_read).then(|| {
            let path = &report.file(FileId(first.file)).path;
            format!("{path} is {}, which the rule {} does not read.", first.kind, rule.id)
        });
    }
    let doubtful = by.unread.iter().map(|(file, _)| *file).find(|file| {
        let name = report.file(*file).path.to_ascii_lowercase();
        ["openapi", "swagger", "asyncapi", "specification"].iter().any(|word| name.contains(word))
            && [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
    });
    Some(match (doubtful, mine.count()) {
        (Some(file), _) => {
            format!("{} may be the description; nothing in it could be read.", report.file(file).path)
        }
        (None, _) if !is_about_descriptions(rule) => no_resources(setting),
        (None, 0) if rule.on.contains(&"fhir") => match of_kinds(setting, &["fhir"]) {
            0 => "There is neither an API description nor a FHIR resource to look at.".to_owned(),
            _ => no_resources(setting),
        },
        (None, 0) => "There is no API description to look at.".to_owned(),
        (None, count) => format!("None of {count} API descriptions is a published one."),
    })
}

fn is_about_descriptions(rule: &Rule) -> bool {
    rule.on.iter().chain(&rule.gathers).any(|kind| target::specific("api-description").contains(kind))
}

/// Whether a file has the name that API descriptions have by custom.
fn is_named_description(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    ["openapi", "swagger"].iter().any(|word| name.starts_with(word))
        && [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
        && !["openapitools", "config", "generator"].iter().any(|word| name.contains(word))
}

/// The kind that a file's place tells, where its content tells nothing.
fn kind_by_path(path: &str) -> Option<&'static str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    Some(match name {
        _ if folder == ".github/workflows" && is_yaml => "github-workflow",
        "action.yml" | "action.yaml" => "github-action",
        "dependabot.yml" | "dependabot.yaml" if folder == ".github" => "dependabot",
        "CODEOWNERS" => "codeowners",
        ".gitlab-ci.yml" => "gitlab-ci",
        ".pre-commit-config.yaml" | ".pre-commit-config.yml" => "pre-commit",
        "package.json" => "npm-manifest",
        "pyproject.toml" => "python-manifest",
        "Cargo.toml" => "rust-manifest",
        "publiccode.yml" | "publiccode.yaml" => "publiccode",
        "pom.xml" => "maven-manifest",
        "go.mod" => "go-manifest",
        "go.sum" => "go-lock",
        "package-lock.json" | "npm-shrinkwrap.json" => "npm-lock",
        "yarn.lock" => "yarn-lock",
        "pnpm-lock.yaml" => "pnpm-lock",
        "poetry.lock" => "poetry-lock",
        "uv.lock" => "uv-lock",
        "Pipfile.lock" => "pipenv-lock",
        "Cargo.lock" => "cargo-lock",
        "packages.lock.json" => "dotnet-lock",
        "gradle.lockfile" => "gradle-lock",
        ".editorconfig" => "editor-config",
        "Dockerfile" | "Containerfile" => "dockerfile",
        _ if name.ends_with(".csproj") => "dotnet-manifest",
        _ if name.ends_with(".tf") => "terraform",
        _ if name.ends_with("gitleaks.toml") => "gitleaks-config",
        _ if name.ends_with(".xsd") => "xsd",
        _ if name.ends_with(".spdx") => "spdx-tags",
        _ if name.starts_with("azure-pipelines") && is_yaml => "azure-pipelines",
        _ => return None,
    })
}

/// A kind that is looked for in descriptions, or in resources beside them.
fn is_description(kind: &str) -> bool {
    kind == "fhir" || target::specific("api-description").contains(&kind)
}
