//! AsyncAPI 2 and 3, by the member `asyncapi` at the root.

use super::version::{Stated, outline, problems, stated};
use super::{Candidate, Grammar, Kind, Name, Recognised, Target};
use assize_tree::document::Kind as Node;
use assize_tree::text::Problem;

/// The target.
pub(super) struct AsyncApi;

const NAMES: &[Name] = &[
    Name { name: "asyncapi-2", wider: &["asyncapi", "api-description"], example: "asyncapi.yaml" },
    Name { name: "asyncapi-3", wider: &["asyncapi", "api-description"], example: "asyncapi.yaml" },
];

impl Target for AsyncApi {
    fn names(&self) -> &'static [Name] {
        NAMES
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let version = match stated(file.document, file.object()?, "asyncapi") {
            Stated::Absent => return None,
            Stated::Nothing => {
                return Some(Recognised::doubtful("asyncapi", "`asyncapi` holds no version".to_owned()));
            }
            Stated::Version(version) => version,
        };
        let name = match version.split('.').next() {
            Some("2") => "asyncapi-2",
            Some("3") => "asyncapi-3",
            _ => {
                return Some(Recognised::doubtful(
                    "asyncapi",
                    format!("version {version} is not one of 2 and 3"),
                ));
            }
        };
        Some(Recognised::Sure(Kind { name, version: Some(version) }))
    }

    fn problems(&self, file: &Candidate<'_>) -> Vec<Problem> {
        let Some(root) = file.object() else { return Vec::new() };
        let mut found = problems(file.document, root, &["asyncapi"]);
        found.extend(outline(
            file.document,
            root,
            &[
                ("info", Node::Object),
                ("channels", Node::Object),
                ("components", Node::Object),
                ("servers", Node::Object),
            ],
        ));
        found
    }

    fn grammar(&self, name: &str) -> Grammar {
        if name == "asyncapi-2" { Grammar::AsyncApi2 } else { Grammar::AsyncApi3 }
    }
}
