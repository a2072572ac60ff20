//! FHIR R4 resources, by `resourceType`: in JSON, or in XML, which is read as the JSON it stands for.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::{Document, NodeId};

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

    fn publisher(&self, file: &Candidate<'_>) -> Option<&'static str> {
        let (document, root) = (file.document, file.object()?);
        if document.get(root, "resourceType").and_then(|kind| document.str(kind)) != Some("Bundle") {
            return is_of_standard(document, root).then_some(HL7);
        }
        let entries = document.children(document.get(root, "entry")?);
        let resources = entries.filter_map(|entry| document.get(entry, "resource"));
        let (mut all, mut theirs) = (0_usize, 0);
        for resource in resources {
            all += 1;
            theirs += usize::from(is_of_standard(document, resource));
        }
        // HL7's own sets hold some definitions of those whose codes they use.
        (theirs > 0 && theirs * 10 >= all * 9).then_some(HL7)
    }
}

/// Who publishes FHIR.
pub(super) const HL7: &str = "HL7 International";

/// Resources that define something, and have an address of their own. Not the statement of what a server
/// can do, which HL7's tools give the address of the profile it was made from.
const DEFINING: [&str; 10] = [
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "DataElement",
    "ImplementationGuide",
    "NamingSystem",
    "OperationDefinition",
    "SearchParameter",
    "StructureDefinition",
    "ValueSet",
];

/// Whether a resource defines something of FHIR itself: its canonical address is below that of the
/// standard (FHIR R4, 2.1.0.7) or of the code systems that HL7 keeps beside it.
fn is_of_standard(document: &Document, resource: NodeId) -> bool {
    let text = |member: &str| document.get(resource, member).and_then(|node| document.str(node));
    text("resourceType").is_some_and(|kind| DEFINING.contains(&kind))
        && text("url").is_some_and(|url| {
            ["http://hl7.org/fhir/", "http://terminology.hl7.org/"].iter().any(|base| url.starts_with(base))
        })
}
