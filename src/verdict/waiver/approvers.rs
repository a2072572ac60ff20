//! Who may grant waivers and for how long: the members `approvers`, `longest-waiver` and `grace` of a
//! profile, or of a file of their own. Never read from the judged tree: a supplier would grant its
//! own waivers.

use crate::signature::Key;
use crate::standard::{Approver, Term};
use crate::verdict::{parse, read as read_value};
use assize_tree::document::Kind;
use assize_tree::text::{Problem, Span, Text};
use std::sync::Arc;

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvers {
    /// Who may grant.
    pub list: Vec<Approver>,
    /// How long a waiver may last.
    pub longest: Option<Term>,
    /// How long what a new version of a pack added or tightened only warns.
    pub grace: Option<Term>,
}

/// Reads the list from a text; members that it does not know are a profile's.
///
/// # Errors
/// Every mistake, with its place.
pub fn read(text: &Arc<Text>) -> Result<Approvers, Vec<Problem>> {
    let (document, mut problems) = parse(text, "form");
    let mut found = Approvers::default();
    let root = document.root().filter(|&root| document.kind(root) == Kind::Object);
    let list = root.and_then(|root| document.get(root, "approvers"));
    if let Some(list) = list {
        for item in document.items(list) {
            match read_value::<Approver>(&document, item, "form") {
                Ok(approver) => match Key::parse(&approver.key) {
                    Ok(_) => found.list.push(approver),
                    Err(message) => {
                        problems.push(Problem::new("form", super::super::at(&document, item, "key"), message))
                    }
                },
                Err(problem) => problems.push(problem),
            }
        }
    }
    for (name, term) in [("longest-waiver", &mut found.longest), ("grace", &mut found.grace)] {
        let Some(node) = root.and_then(|root| document.get(root, name)) else { continue };
        match read_value(&document, node, "form") {
            Ok(read) => *term = Some(read),
            Err(problem) => problems.push(Problem { span: document.span(node), ..problem }),
        }
    }
    // A profile may leave granting to nobody; a file that is nothing else is a mistake without a name.
    let is_profile = root.is_some_and(|root| document.get(root, "profile").is_some());
    if found.list.is_empty() && problems.is_empty() && !is_profile {
        problems.push(
            Problem::new("form", Span::default(), "The file names no approver.")
                .hint("List each in `approvers` with `name` and `key`."),
        );
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}
