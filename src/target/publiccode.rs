//! `publiccode.yml`: a description of public software, at the root of its repository.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct PublicCode;

impl Target for PublicCode {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "publiccode", wider: &[], example: "publiccode.yml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let named = matches!(file.name, "publiccode.yml" | "publiccode.yaml");
        let root = file.object().filter(|_| named)?;
        let version =
            file.document.get(root, "publiccodeYmlVersion").and_then(|node| file.document.scalar(node));
        Some(Recognised::Sure(Kind { name: "publiccode", version: version.map(str::to_owned) }))
    }
}
