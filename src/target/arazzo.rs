//! Arazzo 1, by the member `arazzo` at the root.

use super::version::{Stated, outline, problems, stated};
use super::{Candidate, Grammar, Kind, Name, Recognised, Target};
use assize_tree::document::Kind as Node;
use assize_tree::text::Problem;

/// The target.
pub(super) struct Arazzo;

impl Target for Arazzo {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "arazzo", wider: &["api-description"], example: "arazzo.yaml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        match stated(file.document, file.object()?, "arazzo") {
            Stated::Absent => None,
            Stated::Nothing => Some(Recognised::doubtful("arazzo", "`arazzo` holds no version".to_owned())),
            Stated::Version(version) if version.split('.').next() == Some("1") => {
                Some(Recognised::Sure(Kind { name: "arazzo", version: Some(version) }))
            }
            Stated::Version(version) => {
                Some(Recognised::doubtful("arazzo", format!("version {version} is not 1")))
            }
        }
    }

    fn problems(&self, file: &Candidate<'_>) -> Vec<Problem> {
        let Some(root) = file.object() else { return Vec::new() };
        let mut found = problems(file.document, root, &["arazzo"]);
        found.extend(outline(
            file.document,
            root,
            &[("info", Node::Object), ("sourceDescriptions", Node::Array), ("workflows", Node::Array)],
        ));
        found
    }

    fn grammar(&self, _: &str) -> Grammar {
        Grammar::Arazzo
    }
}
