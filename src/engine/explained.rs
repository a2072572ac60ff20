//! Departures that a description explains itself, in the extension that its standard has for it
//! (`explained-in`): as a comment beside what is found would.

use super::plan::Plan;
use crate::bundle::Bundle;
use crate::finding::{Accepted, Location, Outcome};
use crate::standard::Level;
use assize_tree::document::Document;
use std::sync::Arc;

/// What becomes of what a rule (by index in the plan) found at a place.
pub(super) fn outcome(plan: &Plan, rule: usize, bundle: &Bundle, location: &Location) -> Outcome {
    let reason = || {
        let info = &plan.rules[rule].info;
        let extension = plan.packs.get(info.pack?)?.form.standard.explained_in.as_deref()?;
        let clause = plan.clauses.get(info.clause?)?;
        let is_must = matches!(clause.level, Level::Must | Level::MustNot) && clause.standing.counts();
        if is_must || !bundle.has_references() {
            return None;
        }
        let doc = bundle.files().iter().position(|&file| Some(file) == location.file)?;
        let document: &Document = bundle.document(doc as u32);
        let mut at = location.node;
        while let Some(node) = at {
            let said = document.get(node, extension).and_then(|all| document.get(all, &clause.source));
            let said = said.and_then(|said| document.str(said)).map(str::trim);
            if let Some(said) = said.filter(|said| !said.is_empty()) {
                return Some(format!("{extension}: {said}"));
            }
            at = document.parent(node);
        }
        None
    };
    reason().map_or(Outcome::Open, |reason| {
        Outcome::Suppressed(Arc::new(Accepted {
            id: None,
            reason,
            by: None,
            until: None,
            days_left: None,
            reference: None,
        }))
    })
}
