//! Maven's `pom.xml`, by its root `project`.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct MavenManifest;

impl Target for MavenManifest {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "maven-manifest", wider: &["package-manifest"], example: "pom.xml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let (name, root, namespace) = file.element()?;
        let known = namespace.starts_with("http://maven.apache.org/POM/");
        // Maven reads a `pom.xml` without the namespace too.
        if name != "project" || !(known || namespace.is_empty() && file.name == "pom.xml") {
            return None;
        }
        let document = file.document;
        let version = document
            .get(root, "modelVersion")
            .and_then(|node| document.item(node, 0))
            .and_then(|node| document.get(node, "#text"))
            .and_then(|node| document.str(node));
        Some(Recognised::Sure(Kind { name: "maven-manifest", version: version.map(str::to_owned) }))
    }
}
