//! Which local references are crossed: the graph of what refers to what, and its cycles.

use super::{CHAIN, Complaint, Files, Inventory, Jump, Map, Met, Set, fragment};
use crate::spectral::pointer;
use assize_tree::path::NodeRef;
use std::sync::Arc;

impl Inventory {
    /// Decides which of the local references are crossed: not one that stands within what it refers
    /// to, nor within something that its target refers to in turn.
    pub(super) fn cross(&mut self, doc: u32, met: &[Met], files: &dyn Files) {
        let base = files.absolute(&self.docs[doc as usize].path);
        let document = Arc::clone(&self.docs[doc as usize].document);
        let inside = |inner: NodeRef, outer: NodeRef| {
            inner.node >= outer.node && inner.node.0 < document.node(outer.node).subtree_end
        };
        let targets: Set = met.iter().filter_map(|one| one.target).collect();
        // From a target to the targets of the references within it.
        let mut edges: Map<Vec<NodeRef>> = Map::default();
        let above = |site: NodeRef| {
            let mut found = Vec::new();
            let mut at = Some(site.node);
            while let Some(node) = at {
                let here = NodeRef { doc, node };
                if targets.contains(&here) {
                    found.push(here);
                }
                at = document.parent(node);
            }
            found
        };
        let outward = |one: &Met| -> bool {
            one.to.as_ref().is_none_or(|to| {
                to.is_empty()
                    || match (&one.path, one.target) {
                        (None, Some(target)) => !inside(one.site, target),
                        (path, _) => !path.as_ref().is_some_and(|path| path.starts_with(to)),
                    }
            })
        };
        for one in met.iter().filter(|one| outward(one)) {
            let Some(target) = one.target else { continue };
            for outer in above(one.site) {
                if outer != one.site && outer != target && !inside(target, outer) {
                    edges.entry(outer).or_default().push(target);
                }
            }
        }
        let components = components(&targets, &edges);
        let mut told = Set::default();
        let mut reach: Map<Set> = Map::default();
        for one in met.iter().filter(|one| outward(one)) {
            let Some(to) = &one.to else {
                self.complaints.push(Complaint {
                    path: Vec::new(),
                    message: format!("'{}' JSON pointer is invalid", one.text),
                    doc: 0,
                });
                continue;
            };
            // Most places are named many times.
            if one.target.is_none_or(|target| told.insert(target)) {
                self.named.insert(pointer::decode(&format!("{base}{}", pointer::write(to))));
            }
            let Some(target) = one.target else {
                self.jumps.insert(one.site, Jump { doc: Some(doc), path: to.clone() });
                self.complaints.push(Complaint {
                    path: one.path.clone().unwrap_or_default(),
                    message: format!("'{}' does not exist", fragment(&one.text)),
                    doc: 0,
                });
                continue;
            };
            let circular = above(one.site).into_iter().filter(|&outer| outer != target).any(|outer| {
                if outer != one.site && !inside(target, outer) {
                    return components.get(&outer) == components.get(&target);
                }
                reach.entry(target).or_insert_with(|| reachable(target, &edges)).contains(&outer)
            });
            if circular && !self.has_cycles() {
                continue;
            }
            self.jumps.insert(one.site, Jump { doc: Some(doc), path: to.clone() });
            if (self.has_cycles() || !to.is_empty()) && target != one.site {
                self.crossed.insert(one.site, target);
            }
        }
        let cycles = self.has_cycles();
        for one in met.iter().filter(|one| cycles && !outward(one)) {
            if let (Some(to), Some(target)) = (&one.to, one.target)
                && target != one.site
            {
                self.jumps.insert(one.site, Jump { doc: Some(doc), path: to.clone() });
                self.crossed.insert(one.site, target);
            }
        }
    }

    /// Shortens chains of references; those that go in a circle stay uncrossed.
    pub(super) fn settle(&mut self) {
        let sites: Vec<NodeRef> = self.crossed.keys().copied().collect();
        let mut ends = Vec::with_capacity(sites.len());
        for site in sites {
            let mut at = site;
            let mut steps = 0;
            while let Some(&next) = self.crossed.get(&at) {
                at = next;
                steps += 1;
                if steps > CHAIN {
                    break;
                }
            }
            ends.push((site, (steps <= CHAIN).then_some(at)));
        }
        for (site, end) in ends {
            match end {
                Some(end) => self.crossed.insert(site, end),
                None => {
                    self.jumps.remove(&site);
                    self.crossed.remove(&site)
                }
            };
        }
    }
}

fn reachable(from: NodeRef, edges: &Map<Vec<NodeRef>>) -> Set {
    let mut found = Set::default();
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        for &next in edges.get(&at).into_iter().flatten() {
            if found.insert(next) {
                waiting.push(next);
            }
        }
    }
    found
}

/// Strongly connected components (Tarjan), without recursion: a document may chain thousands.
fn components(nodes: &Set, edges: &Map<Vec<NodeRef>>) -> Map<u32> {
    let mut index: Map<(u32, u32)> = Map::default();
    let mut on_stack: Set = Set::default();
    let (mut stack, mut found) = (Vec::new(), Map::default());
    let (mut next, mut component) = (0, 0);
    let mut sorted: Vec<NodeRef> = nodes.iter().copied().collect();
    sorted.sort_unstable();
    let none = Vec::new();
    for start in sorted {
        if index.contains_key(&start) {
            continue;
        }
        let mut work = vec![(start, 0)];
        while let Some((at, child)) = work.pop() {
            if child == 0 {
                index.insert(at, (next, next));
                next += 1;
                stack.push(at);
                on_stack.insert(at);
            }
            let children = edges.get(&at).unwrap_or(&none);
            let low = |index: &Map<(u32, u32)>, at: NodeRef| index.get(&at).map_or(0, |one| one.1);
            if child > 0 {
                let below = low(&index, children[child - 1]);
                if on_stack.contains(&children[child - 1])
                    && let Some(one) = index.get_mut(&at)
                {
                    one.1 = one.1.min(below);
                }
            }
            if let Some(&to) = children.get(child) {
                work.push((at, child + 1));
                if !index.contains_key(&to) {
                    work.push((to, 0));
                }
                continue;
            }
            if index.get(&at).is_some_and(|one| one.0 == one.1) {
                while let Some(member) = stack.pop() {
                    on_stack.remove(&member);
                    found.insert(member, component);
                    if member == at {
                        break;
                    }
                }
                component += 1;
            }
        }
    }
    found
}
