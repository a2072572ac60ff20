//! What each file is there for in its system. A repository holds several editions of one
//! description, templates of a gateway, examples, tests; a verdict rests on what is published, and
//! everything else gives notes. Each role says how it is known, because a supplier may contradict it.

use super::claims;
use crate::engine::{Description, Report};
use crate::finding::FileId;
use crate::target;
use crate::workspace::{Role as PathRole, Workspace, role as path_role};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A file's role in its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What the system shows to others: verdicts rest on it.
    Published,
    /// An earlier edition of a description that is published in another.
    Superseded,
    /// A template for the tool that deploys it.
    Deployment,
    /// Made by a program.
    Generated,
    /// Somebody else's.
    Vendored,
    /// Data or code of tests.
    Test,
    /// An example that no published description refers to.
    Example,
    /// Parts for descriptions to use; by itself it describes nothing.
    Components,
    /// A part that nothing refers to.
    Orphan,
}

impl Role {
    /// As reports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Superseded => "superseded",
            Self::Deployment => "deployment",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
            Self::Test => "test",
            Self::Example => "example",
            Self::Components => "components",
            Self::Orphan => "orphan",
        }
    }

    /// A role by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Published,
            Self::Superseded,
            Self::Deployment,
            Self::Generated,
            Self::Vendored,
            Self::Test,
            Self::Example,
            Self::Components,
            Self::Orphan,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }
}

/// A role with how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The role.
    pub role: Role,
    /// How it is known.
    pub evidence: String,
    /// What to answer, where it is doubtful.
    pub question: Option<String>,
}

/// The roles of a tree's files.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    of: BTreeMap<FileId, Known>,
}

/// What a system's settings declare: the path of a description, and its role.
pub type Declared = BTreeMap<String, Role>;

impl Roles {
    /// Tells the roles of every file.
    #[must_use]
    pub fn tell(report: &Report, workspace: &Workspace, declared: &Declared) -> Self {
        let mut roles = Self::default();
        let claims = claims::of(workspace, !report.descriptions.is_empty());
        let named = publishing(workspace);
        let described: BTreeSet<u32> = report.descriptions.iter().map(|one| one.file).collect();
        // What a publishing script names is published, whatever its folder is called.
        let is_named = |path: &str| named.iter().any(|(published, _)| published == path);
        for (index, file) in report.files.iter().enumerate() {
            let id = FileId::of_index(index);
            let skip = workspace.find(&file.path).and_then(|at| workspace.entries()[at].skip);
            let known = declared
                .get(&file.path)
                .map(|&role| known(role, "declared in assize.toml"))
                .or_else(|| {
                    let role = path_role(&file.path, skip)?;
                    (role != PathRole::Example || !is_named(&file.path)).then(|| of_path(role))
                })
                .or_else(|| {
                    let publisher = file.publisher?;
                    Some(known(
                        Role::Vendored,
                        &format!("its address is that of a publication of {publisher}"),
                    ))
                })
                .or_else(|| {
                    let is_described = described.contains(&id.0);
                    let says = claims.iter().find(|claim| claim.covers(&file.path, is_described));
                    says.filter(|_| !is_read_in_place(&file.path)).map(claims::Claim::known)
                });
            if let Some(known) = known {
                roles.of.insert(id, known);
            }
        }
        roles.of_descriptions(report, &named, declared);
        roles.ask_of_published(report, &named, declared);
        roles
    }

    /// The role of a file, where it has one.
    #[must_use]
    pub fn get(&self, file: FileId) -> Option<&Known> {
        self.of.get(&file)
    }

    /// Whether verdicts rest on a file: it is published, or has no role of its own.
    #[must_use]
    pub fn counts(&self, file: Option<FileId>) -> bool {
        file.and_then(|file| self.of.get(&file)).is_none_or(|known| known.role == Role::Published)
    }

    fn of_descriptions(&mut self, report: &Report, named: &[(String, String)], declared: &Declared) {
        let mut groups: BTreeMap<String, Vec<&Description>> = BTreeMap::new();
        // A gateway's template that is the only description there is, and names where it is served, is
        // what the system shows to others.
        let beside_template = report
            .descriptions
            .iter()
            .any(|one| one.deployment.is_none() && !self.of.contains_key(&FileId(one.file)));
        let is_template =
            |one: &Description| beside_template || !one.servers.iter().any(|server| is_served(server));
        for description in &report.descriptions {
            let id = FileId(description.file);
            let path = &report.file(id).path;
            if self.of.contains_key(&id) {
                continue;
            }
            let is_named = named.iter().any(|(published, _)| published == path);
            if let Some(member) =
                description.deployment.as_ref().filter(|_| !is_named && is_template(description))
            {
                self.of.insert(id, known(Role::Deployment, &format!("it holds {member}")));
                continue;
            }
            if let Some(version) =
                description.version.as_deref().filter(|version| !is_named && is_development(version))
            {
                self.of.insert(id, known(Role::Generated, &format!("info.version is \"{version}\"")));
                continue;
            }
            if description.parts_only && !is_named {
                let why = "it describes no operation, names no server and holds components";
                self.of.insert(id, known(Role::Components, why));
                continue;
            }
            let kind = description.kind.split('-').next().unwrap_or_default();
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let title = description.title.as_deref().unwrap_or(path).trim().to_lowercase();
            groups.entry(format!("{kind} {folder} {title}")).or_default().push(description);
        }
        for group in groups.into_values() {
            self.of_group(report, named, group);
        }
        self.ask_where_none(report);
        self.ask_of_lone(report, declared);
        self.of_fragments(report, declared);
        self.of_editions(report);
    }

    /// What is declared away while a publishing script names it: what is found there is a question.
    fn ask_of_published(&mut self, report: &Report, named: &[(String, String)], declared: &Declared) {
        for (path, by) in named {
            let away = declared.get(path).is_some_and(|&role| role != Role::Published);
            let file = report.files.iter().position(|file| file.path == *path).map(FileId::of_index);
            if let (true, Some(known)) = (away, file.and_then(|file| self.of.get_mut(&file))) {
                known.question =
                    Some(format!("Is it published? assize.toml says no, and {by} publishes it."));
            }
        }
    }

    /// Descriptions, and none of them published: somebody should say which one is.
    fn ask_where_none(&mut self, report: &Report) {
        let roots: Vec<FileId> = report.descriptions.iter().map(|one| FileId(one.file)).collect();
        let role = |roles: &Self, file: &FileId| roles.of.get(file).map(|known| known.role);
        if roots.iter().any(|root| role(self, root) == Some(Role::Published)) {
            return;
        }
        let likely = roots.iter().find(|root| {
            matches!(role(self, root), Some(Role::Deployment | Role::Generated | Role::Example))
        });
        // A test may hold what a program says of itself against the description that is offered.
        let likely = likely.or_else(|| {
            let is_named = |file: FileId| target::presumed(&report.file(file).path).is_some();
            roots.iter().find(|root| role(self, root) == Some(Role::Test) && is_named(**root))
        });
        if let Some(known) = likely.and_then(|root| self.of.get_mut(root)) {
            known.question = Some(
                "No description is published as far as the files tell. Is this one? Declare it: [[api]] with its path and role = \"published\".".to_owned(),
            );
        }
    }

    /// A description that its path or content takes out, though it names an address that is served and no
    /// edition of it is judged: what is found in it is a question.
    fn ask_of_lone(&mut self, report: &Report, declared: &Declared) {
        let title = |one: &Description| one.title.as_deref().unwrap_or_default().trim().to_lowercase();
        let role = |one: &Description| self.of.get(&FileId(one.file)).map(|known| known.role);
        let published: Vec<String> = report
            .descriptions
            .iter()
            .filter(|one| matches!(role(one), Some(Role::Published | Role::Superseded)))
            .map(title)
            .collect();
        let lone: Vec<FileId> = report
            .descriptions
            .iter()
            .filter(|one| matches!(role(one), Some(Role::Deployment | Role::Generated | Role::Example)))
            .filter(|one| one.servers.iter().any(|server| is_served(server)))
            .filter(|one| !published.contains(&title(one)))
            .map(|one| FileId(one.file))
            .filter(|&file| !declared.contains_key(&report.file(file).path))
            .collect();
        for file in lone {
            if let Some(known) = self.of.get_mut(&file).filter(|known| known.question.is_none()) {
                known.question = Some(format!(
                    "It names an address that is served, and no published description has its title. Is it published? \
                     Declare it: [[api]] path = \"{}\", with its role.",
                    report.file(file).path
                ));
            }
        }
    }

    /// Examples and parts kept in a folder that bears the number of a superseded edition.
    fn of_editions(&mut self, report: &Report) {
        let mut old: Vec<(String, String)> = Vec::new();
        let mut current: Vec<String> = Vec::new();
        for description in &report.descriptions {
            let path = &report.file(FileId(description.file)).path;
            let number = number_of(description.version.as_deref().unwrap_or_default());
            match self.of.get(&FileId(description.file)).map(|known| known.role) {
                Some(Role::Superseded) => old.push((number.to_owned(), path.clone())),
                Some(Role::Published) => current.push(number.to_owned()),
                _ => {}
            }
        }
        old.retain(|(number, _)| number.matches('.').count() > 1 && !current.contains(number));
        if old.is_empty() {
            return;
        }
        for (index, file) in report.files.iter().enumerate() {
            let id = FileId::of_index(index);
            let Some((folders, _)) = file.path.rsplit_once('/') else { continue };
            let own = self.of.get(&id).map(|known| known.role);
            let edition = old
                .iter()
                .find(|(number, _)| folders.split('/').any(|folder| folder.ends_with(number.as_str())));
            if let (Some((number, of)), None | Some(Role::Example)) = (edition, own) {
                self.of
                    .insert(id, known(Role::Superseded, &format!("its folder is that of {number}, as {of}")));
            }
        }
    }

    /// One description in several editions: the highest is current, unless what publishes names another.
    fn of_group(&mut self, report: &Report, named: &[(String, String)], mut group: Vec<&Description>) {
        group.sort_by(|a, b| compare(a, b).then_with(|| b.file.cmp(&a.file)));
        let entry = |one: &Description| {
            let path = &report.file(FileId(one.file)).path;
            named.iter().find(|(published, _)| published == path).map(|(_, by)| by.clone())
        };
        let Some(&current) = group.last() else { return };
        let entries: Vec<Option<String>> = group.iter().map(|one| entry(one)).collect();
        let chosen = group.iter().zip(&entries).filter(|(_, entry)| entry.is_some()).count();
        for (one, entry) in group.iter().zip(&entries) {
            // At equal versions nothing says which one is older: both count.
            let is_current = compare(one, current) == Ordering::Equal;
            let version = one.version.as_deref().unwrap_or("none");
            let of = report.file(FileId(current.file)).path.clone();
            let mut told = match entry {
                Some(by) => known(Role::Published, by),
                None if is_current => known(Role::Published, &evidence_of(one, group.len())),
                None => known(
                    Role::Superseded,
                    &format!(
                        "info.version {version}; {of} has {}",
                        current.version.as_deref().unwrap_or("none")
                    ),
                ),
            };
            // What publishes names one, the versions speak for another: both are judged until somebody says.
            if chosen > 0 && entry.is_some() != is_current && told.role == Role::Published {
                told.question = Some(format!(
                    "Which edition of \"{}\" is published? Declare it: [[api]] path = \"{}\", role = \"published\", and the others \"superseded\".",
                    one.title.as_deref().unwrap_or("the API"),
                    report.file(FileId(one.file)).path
                ));
            }
            self.of.insert(FileId(one.file), told);
        }
    }

    /// A file that descriptions refer to has the best role among them.
    fn of_fragments(&mut self, report: &Report, declared: &Declared) {
        let mut best: BTreeMap<FileId, (Role, FileId)> = BTreeMap::new();
        for description in &report.descriptions {
            let root = FileId(description.file);
            let Some(role) = self.of.get(&root).map(|known| known.role) else { continue };
            for &file in description.files.iter().skip(1) {
                let entry = best.entry(file).or_insert((role, root));
                if role < entry.0 {
                    *entry = (role, root);
                }
            }
        }
        for (file, (role, root)) in best {
            let own = self.of.get(&file).map(|known| known.role);
            let is_root = report.descriptions.iter().any(|one| one.file == file.0);
            if is_root || declared.contains_key(&report.file(file).path) {
                continue;
            }
            // A test's data stays a test's, whoever refers to it; an example of a published
            // description is part of what is published.
            if own.is_none() || own == Some(Role::Example) {
                self.of.insert(file, known(role, &format!("part of {}", report.file(root).path)));
            }
        }
    }
}

pub(super) fn known(role: Role, evidence: &str) -> Known {
    Known { role, evidence: evidence.to_owned(), question: None }
}

fn of_path(role: PathRole) -> Known {
    let (role, what) = match role {
        PathRole::Test => (Role::Test, "tests"),
        PathRole::Example => (Role::Example, "examples"),
        PathRole::Generated => (Role::Generated, "what programs make"),
        PathRole::Vendored => (Role::Vendored, "what others wrote"),
    };
    known(role, &format!("its path is that of {what}"))
}

fn evidence_of(one: &Description, editions: usize) -> String {
    let version = one.version.as_deref().unwrap_or("none");
    match one.servers.first() {
        _ if editions > 1 => format!("highest info.version of {editions} editions ({version})"),
        Some(server) => format!("servers: {server}"),
        None => "nothing says otherwise".to_owned(),
    }
}

/// Whether an address is one that is served to others: absolute, and nobody's example.
fn is_served(server: &str) -> bool {
    let address = server.to_ascii_lowercase();
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let sample =
        ["localhost", "127.", "0.0.0.0", "host.docker", "example", "petstore", "swagger.io", "sandbox"];
    host.contains('.') && !host.contains(['{', '$', '<']) && !sample.iter().any(|word| host.contains(word))
}

/// A version without its pre-release.
fn number_of(version: &str) -> &str {
    version.split('-').next().unwrap_or_default().trim_start_matches(['v', 'V'])
}

/// What a program that describes itself calls its version outside of a release. A version still to be
/// filled in (`{VERSION}`) says the contrary: this is the source of what will be published.
fn is_development(version: &str) -> bool {
    matches!(
        version.trim().to_ascii_uppercase().as_str(),
        "DEVELOPMENT" | "DEV" | "SNAPSHOT" | "LOCAL" | "UNKNOWN"
    )
}

/// Versions in their order: numbers by value, a pre-release before its release, no version first.
fn compare(a: &Description, b: &Description) -> Ordering {
    let split = |one: &Description| {
        let text = one.version.clone().unwrap_or_default();
        let text = text.trim_start_matches(['v', 'V']);
        let (numbers, pre) = text.split_once('-').map_or((text, None), |(left, right)| (left, Some(right)));
        let numbers: Vec<u64> = numbers.split('.').map(|part| part.parse().unwrap_or_default()).collect();
        (numbers, pre.map(str::to_owned))
    };
    let ((left, left_pre), (right, right_pre)) = (split(a), split(b));
    left.cmp(&right).then_with(|| match (left_pre, right_pre) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => left.cmp(&right),
    })
}

/// Descriptions that a package's publishing script names, with where it does.
fn publishing(workspace: &Workspace) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let manifests = workspace.entries().iter().filter(|entry| {
        entry.skip.is_none() && (entry.path == "package.json" || entry.path.ends_with("/package.json"))
    });
    for entry in manifests.take(50) {
        let Ok(text) = workspace.text(&entry.path) else { continue };
        let Ok(value) = serde_json::from_str::<serde_json::Value>(text.as_str()) else { continue };
        let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let scripts = value.get("scripts").and_then(serde_json::Value::as_object);
        for (name, script) in scripts.into_iter().flatten() {
            let is_publishing =
                ["publish", "bundle", "release", "deploy"].iter().any(|word| name.contains(word));
            let words = script.as_str().filter(|_| is_publishing).unwrap_or_default();
            for word in words.split_whitespace() {
                let word = word.trim_matches(['"', '\'']).trim_start_matches("./");
                let path = if folder.is_empty() { word.to_owned() } else { format!("{folder}/{word}") };
                if workspace.find(&path).is_some() {
                    found.push((path, format!("{} scripts.{name}", entry.path)));
                }
            }
        }
    }
    found
}

/// Whether a forge reads a file because of its place: it is in use, whatever the tree says of it.
fn is_read_in_place(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with(".github/")
        || path.starts_with(".gitlab")
        || path.starts_with("azure-pipelines")
        || matches!(
            name,
            "action.yml" | "action.yaml" | "CODEOWNERS" | "package.json" | ".pre-commit-config.yaml"
        )
}

#[cfg(test)]
mod tests {
    use super::{compare, is_development};
    use crate::engine::Description;
    use std::cmp::Ordering;

    fn version(text: &str) -> Description {
        Description { version: Some(text.to_owned()), ..Description::default() }
    }

    #[test]
    fn versions_stand_in_their_order() {
        for (lower, higher) in [
            ("1.9.0", "1.10.0"),
            ("1.4.0-alpha", "1.4.0"),
            ("1.3.0-alpha", "1.4.0-alpha"),
            ("v1", "v2"),
            ("", "0.1"),
        ] {
            assert_eq!(compare(&version(lower), &version(higher)), Ordering::Less, "{lower} {higher}");
        }
    }

    #[test]
    fn a_version_to_be_filled_in_is_that_of_a_source() {
        assert!(is_development("DEVELOPMENT") && is_development("snapshot"));
        for text in ["{{VERSION}}", "${version}", "__VERSION__", "{VERSION}", "1.0.0-dev"] {
            assert!(!is_development(text), "{text}");
        }
    }
}
