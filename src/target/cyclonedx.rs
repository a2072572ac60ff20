//! Bills of materials in CycloneDX: JSON by `bomFormat`, XML by the namespace of its root.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct CycloneDx;

impl Target for CycloneDx {
    fn names(&self) -> &'static [Name] {
        &[
            Name { name: "cyclonedx-json", wider: &["cyclonedx", "sbom"], example: "bom.json" },
            Name { name: "cyclonedx-xml", wider: &["cyclonedx", "sbom"], example: "bom.xml" },
        ]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let document = file.document;
        if document.format() == Format::Xml {
            let (name, _, namespace) = file.element()?;
            let version = namespace.strip_prefix("http://cyclonedx.org/schema/bom/")?;
            return (name == "bom").then(|| {
                Recognised::Sure(Kind { name: "cyclonedx-xml", version: Some(version.to_owned()) })
            });
        }
        let root = file.object()?;
        let text = |member| document.get(root, member).and_then(|node| document.str(node));
        if text("bomFormat")? != "CycloneDX" {
            return None;
        }
        Some(Recognised::Sure(Kind {
            name: "cyclonedx-json",
            version: text("specVersion").map(str::to_owned),
        }))
    }
}
