//! Bills of materials in SPDX: JSON by `spdxVersion` (2) or the context of SPDX 3, tags and values by
//! `SPDXVersion`.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Spdx;

impl Target for Spdx {
    fn names(&self) -> &'static [Name] {
        &[
            Name { name: "spdx-json", wider: &["spdx", "sbom"], example: "bom.spdx.json" },
            Name { name: "spdx-tags", wider: &["spdx", "sbom"], example: "bom.spdx" },
            Name { name: "spdx-3", wider: &["spdx", "sbom"], example: "bom.spdx3.json" },
        ]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let document = file.document;
        let root = file.object()?;
        let text = |member| document.get(root, member).and_then(|node| document.str(node));
        if let Some(version) = text("spdxVersion") {
            let version = version.strip_prefix("SPDX-")?;
            let name = if document.format() == Format::SpdxTags { "spdx-tags" } else { "spdx-json" };
            return Some(Recognised::Sure(Kind { name, version: Some(version.to_owned()) }));
        }
        let context = text("@context")?;
        let version = context.strip_prefix("https://spdx.org/rdf/")?.split('/').next()?;
        document.get(root, "@graph")?;
        Some(Recognised::Sure(Kind { name: "spdx-3", version: Some(version.to_owned()) }))
    }
}
