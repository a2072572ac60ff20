//! FHIR R4 resources, by `resourceType`: in JSON, or in XML, which is read as the JSON it stands for.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct Fhir;

impl Target for Fhir {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "fhir", wider: &[], example: "Patient-example.json" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let root = file.object()?;
        let document = file.document;
        let kind = document.str(document.get(root, "resourceType")?)?;
        // Every resource type is an upper camel case word (FHIR R4, 2.1.27).
        let plausible = kind.starts_with(|first: char| first.is_ascii_uppercase())
            && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !plausible {
            return Some(Recognised::doubtful("fhir", format!("`{kind}` is no type of resource")));
        }
        let version =
            document.get(root, "fhirVersion").and_then(|version| document.str(version)).map(str::to_owned);
        Some(Recognised::Sure(Kind { name: "fhir", version }))
    }
}
