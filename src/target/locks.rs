//! Lock files: what a package manager resolved, by the file's name and a member that only its form
//! has. Those of .NET and Go stand beside their manifests.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::{Document, NodeId};

/// The target.
pub(super) struct Locks;

/// A kind of lock file.
struct Lock {
    target: Name,
    /// Names that files of the kind have.
    files: &'static [&'static str],
    /// A member of the root, one of which shows that it is one.
    members: &'static [&'static str],
    /// The member that holds the version of its form.
    version: &'static str,
}

const fn lock(
    name: &'static str,
    files: &'static [&'static str],
    members: &'static [&'static str],
    version: &'static str,
) -> Lock {
    Lock { target: Name { name, wider: &["lock-file"], example: files[0] }, files, members, version }
}

const ALL: [Lock; 8] = [
    lock("npm-lock", &["package-lock.json", "npm-shrinkwrap.json"], &["lockfileVersion"], "lockfileVersion"),
    lock("yarn-lock", &["yarn.lock"], &["packages"], "version"),
    lock("pnpm-lock", &["pnpm-lock.yaml"], &["lockfileVersion"], "lockfileVersion"),
    lock("poetry-lock", &["poetry.lock"], &["metadata", "package"], "metadata"),
    lock("uv-lock", &["uv.lock"], &["version", "package"], "version"),
    lock("pipenv-lock", &["Pipfile.lock"], &["_meta"], "_meta"),
    lock("cargo-lock", &["Cargo.lock"], &["version", "package"], "version"),
    lock("gradle-lock", &["gradle.lockfile", "buildscript-gradle.lockfile"], &["packages"], "version"),
];

impl Target for Locks {
    fn names(&self) -> &'static [Name] {
        const NAMES: [Name; 8] = {
            let mut names = [const { Name { name: "", wider: &[], example: "" } }; 8];
            let mut at = 0;
            while at < names.len() {
                let from = &ALL[at].target;
                names[at] = Name { name: from.name, wider: from.wider, example: from.example };
                at += 1;
            }
            names
        };
        &NAMES
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let lock = ALL.iter().find(|lock| lock.files.contains(&file.name))?;
        let root = file.object()?;
        if !lock.members.iter().any(|member| file.document.get(root, member).is_some()) {
            return Some(Recognised::doubtful(
                lock.target.name,
                "it has none of the members of one".to_owned(),
            ));
        }
        let version = version(file.document, root, lock.version);
        Some(Recognised::Sure(Kind { name: lock.target.name, version }))
    }
}

/// The version of the form: a member, or one within it (Poetry's `metadata.lock-version`, Pipenv's
/// `_meta.pipfile-spec`).
fn version(document: &Document, root: NodeId, member: &str) -> Option<String> {
    let node = document.get(root, member)?;
    let within = ["lock-version", "pipfile-spec"].into_iter().find_map(|name| document.get(node, name));
    document.scalar(within.unwrap_or(node)).map(str::to_owned)
}
