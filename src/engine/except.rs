//! What a rule lets be (`except`): the places that its paths lead to in a bundle.

use super::plan::{Pass, Plan};
use crate::bundle::Bundle;
use crate::check::{Place, Subject};
use assize_tree::path::{Follow, NodeRef};
use std::collections::{HashMap, HashSet};

/// For each rule (by index in the plan) that lets something be, where.
#[derive(Default)]
pub(super) struct Excepted {
    places: HashMap<usize, HashSet<NodeRef>>,
    /// Rules whose paths could not be followed to their end, with the reason.
    pub unknown: Vec<(usize, String)>,
}

impl Excepted {
    /// What the rules of a pass let be. A reference that leads nowhere leads to no place of the bundle.
    pub(super) fn of(plan: &Plan, pass: &Pass, follow: Follow, bundle: &Bundle) -> Self {
        let mut all = Self::default();
        let mut owners = pass.owners.clone();
        owners.dedup();
        for rule in owners {
            let Some(except) = &plan.body(rule).except else { continue };
            let mut places = HashSet::new();
            let ran = except.run(bundle, bundle.root(), follow, &mut |hit, _| {
                places.insert(hit.node);
            });
            match ran {
                Ok(_) => {
                    all.places.insert(rule, places);
                }
                Err(exhausted) => all.unknown.push((rule, exhausted.to_string())),
            }
        }
        all
    }

    /// Whether a rule lets a place be, or cannot know whether it does.
    pub(super) fn holds(&self, rule: usize, at: NodeRef) -> bool {
        self.places.get(&rule).is_some_and(|places| places.contains(&at))
            || self.unknown.iter().any(|(open, _)| *open == rule)
    }

    /// Whether a rule lets be what a check found.
    pub(super) fn holds_found(&self, rule: usize, subject: Subject, place: &Place) -> bool {
        match place {
            Place::Subject => self.holds(rule, subject.node()),
            Place::Node(at) | Place::Key(at) => self.holds(rule, *at),
            Place::Repository | Place::File { .. } => false,
        }
    }
}
