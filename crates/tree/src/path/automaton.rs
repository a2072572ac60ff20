//! Many paths in one pass. The paths are a non-deterministic automaton over the keys on the way
//! from the root; its deterministic form is built lazily, state by state, as keys are met. What a
//! key alone does not decide (filters, indexes, slices) are predicates of a state: bits that pick
//! among its transitions.

use super::eval::{Eval, slice};
use super::expr::{Expr, Path, Segment, Selector};
use super::script::Script;
use super::{Graph, NodeRef};
use crate::document::{Document, Kind, flag};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Whether references are seen through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Documents as they stand.
    None,
    /// A reference stands for its target.
    References,
}

/// A place a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of the path.
    pub path: u32,
    /// The value, aliases and references seen through.
    pub node: NodeRef,
    /// The member or element as it stands, before an alias or reference there is followed.
    pub at: NodeRef,
}

/// A pass that cannot be finished within its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exhausted {
    /// The filters took too many steps.
    #[error("The rule's path takes more steps over this file than the limit allows.")]
    Steps,
    /// The paths have too many states.
    #[error("The rules' paths are too many for one pass over this file.")]
    States,
}

/// States of one automaton.
const MOST_STATES: usize = 100_000;

const UNKNOWN: u32 = u32::MAX;
/// Class of a key that no path names.
const OTHER: u32 = 0;
/// Class of an element of an array.
const ELEMENT: u32 = 1;

/// What picks among the transitions of a state beside the key.
#[derive(Clone)]
enum Predicate {
    Filter(Arc<Expr>),
    Script(Arc<Script>),
    Index(i64),
    Slice(Option<i64>, Option<i64>, i64),
}

/// Paths merged; reusable, shareable between threads.
pub struct PathSet {
    paths: Vec<Arc<[Segment]>>,
    names: HashMap<String, u32>,
    predicates: Vec<Predicate>,
    /// For each path and segment, the predicate of each of its selectors that has one.
    predicate_of: HashMap<(u32, u32, u32), u32>,
    /// Automata left behind by earlier passes, as far as they were built.
    pool: Mutex<Vec<Automaton>>,
}

/// A position in a path: the next segment to be taken.
type Item = (u32, u32);

#[derive(Default)]
struct State {
    items: Vec<Item>,
    predicates: Vec<u32>,
    accepts: Vec<u32>,
    dead: bool,
}

/// The deterministic automaton as far as it is built.
#[derive(Default)]
struct Automaton {
    states: Vec<State>,
    ids: HashMap<Vec<Item>, u32>,
    /// For each state and class, the next state where no predicate holds.
    plain: Vec<u32>,
    /// The same where some hold.
    picked: HashMap<(u32, u32, Box<[u64]>), u32>,
}

impl PathSet {
    /// Merges paths.
    #[must_use]
    pub fn new(paths: &[Path]) -> Self {
        let mut set = Self {
            paths: paths.iter().map(|path| Arc::clone(&path.segments)).collect(),
            names: HashMap::new(),
            predicates: Vec::new(),
            predicate_of: HashMap::new(),
            pool: Mutex::default(),
        };
        for (path, segments) in paths.iter().enumerate() {
            for (at, segment) in segments.segments.iter().enumerate() {
                for (index, selector) in segment.selectors.iter().enumerate() {
                    let predicate = match selector {
                        Selector::Name(name) => {
                            let class = set.names.len() as u32 + 2;
                            set.names.entry(name.clone()).or_insert(class);
                            continue;
                        }
                        Selector::Wildcard => continue,
                        Selector::Index(index) => Predicate::Index(*index),
                        Selector::Slice { start, end, step } => Predicate::Slice(*start, *end, *step),
                        Selector::Filter(expr) => Predicate::Filter(Arc::clone(expr)),
                        Selector::Script(script) => Predicate::Script(Arc::clone(script)),
                    };
                    set.predicate_of
                        .insert((path as u32, at as u32, index as u32), set.predicates.len() as u32);
                    set.predicates.push(predicate);
                }
            }
        }
        set
    }

    /// One pass from a root. Hits come in no particular order, and may come again where a place is
    /// reached over several references.
    ///
    /// # Errors
    /// Where the pass exceeds its bounds; the hits until then are not all.
    pub fn run(
        &self,
        graph: &dyn Graph,
        root: NodeRef,
        follow: Follow,
        sink: &mut dyn FnMut(Hit),
    ) -> Result<(), Exhausted> {
        if self.paths.is_empty() {
            return Ok(());
        }
        let mut automaton =
            self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if automaton.states.is_empty() {
            automaton.add(self, Vec::new())?;
            automaton.add(self, (0..self.paths.len() as u32).map(|path| (path, 0)).collect())?;
        }
        let follow = follow == Follow::References;
        let mut pass = Pass {
            set: self,
            graph,
            eval: Eval::new(graph, root, follow),
            automaton,
            classes: Vec::new(),
            waiting: Vec::new(),
            seen: HashSet::new(),
            sink,
        };
        let result = pass.run(root);
        let automaton = pass.automaton;
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(automaton);
        result
    }
}

impl Automaton {
    fn add(&mut self, set: &PathSet, mut items: Vec<Item>) -> Result<u32, Exhausted> {
        items.sort_unstable();
        items.dedup();
        if let Some(&id) = self.ids.get(&items) {
            return Ok(id);
        }
        if self.states.len() >= MOST_STATES {
            return Err(Exhausted::States);
        }
        let mut state = State { dead: true, ..State::default() };
        for &(path, at) in &items {
            let Some(segment) = set.paths[path as usize].get(at as usize) else {
                state.accepts.push(path);
                continue;
            };
            state.dead = false;
            state.predicates.extend(
                (0..segment.selectors.len() as u32)
                    .filter_map(|index| set.predicate_of.get(&(path, at, index))),
            );
        }
        state.items = items.clone();
        let id = self.states.len() as u32;
        self.states.push(state);
        self.ids.insert(items, id);
        self.plain.extend(std::iter::repeat_n(UNKNOWN, set.names.len() + 2));
        Ok(id)
    }

    #[cold]
    fn build(&mut self, set: &PathSet, state: u32, class: u32, mask: &[u64]) -> Result<u32, Exhausted> {
        let mut next = Vec::new();
        let from = &self.states[state as usize];
        for &(path, at) in &from.items {
            let Some(segment) = set.paths[path as usize].get(at as usize) else { continue };
            if segment.descendant {
                next.push((path, at));
            }
            let taken = segment.selectors.iter().enumerate().any(|(index, selector)| match selector {
                Selector::Wildcard => true,
                Selector::Name(name) => set.names.get(name) == Some(&class),
                _ => set
                    .predicate_of
                    .get(&(path, at, index as u32))
                    .and_then(|predicate| from.predicates.iter().position(|other| other == predicate))
                    .is_some_and(|bit| mask.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)),
            });
            if taken {
                next.push((path, at + 1));
            }
        }
        self.add(set, next)
    }
}

struct Pass<'s, 'g> {
    set: &'s PathSet,
    graph: &'g dyn Graph,
    eval: Eval<'g>,
    automaton: Automaton,
    /// For each document, the class of each of its symbols.
    classes: Vec<Option<Arc<[u32]>>>,
    /// Descents still to be made: below a node, in a state.
    waiting: Vec<(NodeRef, u32)>,
    seen: HashSet<(NodeRef, u32)>,
    sink: &'s mut dyn FnMut(Hit),
}

impl Pass<'_, '_> {
    fn run(&mut self, root: NodeRef) -> Result<(), Exhausted> {
        let target = self.eval.target(root);
        for &path in &self.automaton.states[1].accepts {
            (self.sink)(Hit { path, node: target, at: root });
        }
        self.wait(target, 1);
        while let Some((node, state)) = self.waiting.pop() {
            self.descend(node, state)?;
        }
        Ok(())
    }

    fn wait(&mut self, node: NodeRef, state: u32) {
        if !self.automaton.states[state as usize].dead && self.seen.insert((node, state)) {
            self.waiting.push((node, state));
        }
    }

    fn classes(&mut self, doc: u32) -> Arc<[u32]> {
        let index = doc as usize;
        if self.classes.len() <= index {
            self.classes.resize(index + 1, None);
        }
        if let Some(known) = &self.classes[index] {
            return Arc::clone(known);
        }
        let symbols = self.graph.document(doc).symbols();
        let mut classes = vec![OTHER; symbols.len()];
        for (name, &class) in &self.set.names {
            if let Some(symbol) = symbols.lookup(name) {
                classes[symbol.0 as usize] = class;
            }
        }
        let classes: Arc<[u32]> = classes.into();
        self.classes[index] = Some(Arc::clone(&classes));
        classes
    }

    /// Walks everything below a node: a loop over the arena with a stack of the containers that
    /// are open. What lies behind an alias or a reference waits for a descent of its own.
    fn descend(&mut self, from: NodeRef, state: u32) -> Result<(), Exhausted> {
        let graph = self.graph;
        let document = graph.document(from.doc);
        let classes = self.classes(from.doc);
        let start = document.node(from.node);
        let mut open = vec![(start.subtree_end, state, from.node)];
        self.merged(document, from, state, &classes)?;
        let mut at = from.node.0 + 1;
        while at < start.subtree_end {
            while open.len() > 1 && open.last().is_some_and(|&(end, ..)| end <= at) {
                open.pop();
            }
            let Some(&(_, state, parent)) = open.last() else { break };
            let id = crate::document::NodeId(at);
            let node = document.node(id);
            if node.flags & (flag::SHADOWED | flag::MERGE) != 0 {
                at = node.subtree_end;
                continue;
            }
            let edge = NodeRef { doc: from.doc, node: id };
            let class = if node.has(flag::MEMBER) { classes[node.key as usize] } else { ELEMENT };
            let (next, target) = self.take(document, edge, parent, state, class)?;
            if self.automaton.states[next as usize].dead || node.subtree_end == at + 1 && target == edge {
                at = node.subtree_end;
            } else if target != edge {
                self.wait(target, next);
                at = node.subtree_end;
            } else {
                open.push((node.subtree_end, next, id));
                at += 1;
                self.merged(document, edge, next, &classes)?;
            }
        }
        Ok(())
    }

    /// Members that an object inherits through merge keys.
    fn merged(
        &mut self,
        document: &Document,
        object: NodeRef,
        state: u32,
        classes: &[u32],
    ) -> Result<(), Exhausted> {
        let node = document.node(object.node);
        if node.kind != Kind::Object || !node.has(flag::HAS_MERGE) {
            return Ok(());
        }
        let inherited: Vec<_> = document
            .members(object.node)
            .filter(|&(_, member)| document.parent(member) != Some(object.node))
            .collect();
        for (key, member) in inherited {
            let edge = NodeRef { doc: object.doc, node: member };
            let (next, target) = self.take(document, edge, object.node, state, classes[key.0 as usize])?;
            self.wait(target, next);
        }
        Ok(())
    }

    /// Takes one edge: the next state, and what stands at its end. Hits are told.
    fn take(
        &mut self,
        document: &Document,
        edge: NodeRef,
        parent: crate::document::NodeId,
        state: u32,
        class: u32,
    ) -> Result<(u32, NodeRef), Exhausted> {
        let target = self.eval.target(edge);
        let slot = state as usize * (self.set.names.len() + 2) + class as usize;
        let mut mask: Vec<u64> = Vec::new();
        let count = self.automaton.states[state as usize].predicates.len();
        for bit in 0..count {
            let predicate = self.automaton.states[state as usize].predicates[bit];
            if self.picks(document, predicate, edge, parent, class)? {
                mask.resize(count.div_ceil(64), 0);
                mask[bit / 64] |= 1 << (bit % 64);
            }
        }
        let next = if mask.is_empty() {
            match self.automaton.plain[slot] {
                UNKNOWN => {
                    let next = self.automaton.build(self.set, state, class, &[])?;
                    self.automaton.plain[slot] = next;
                    next
                }
                known => known,
            }
        } else {
            let key = (state, class, mask.into_boxed_slice());
            match self.automaton.picked.get(&key) {
                Some(&known) => known,
                None => {
                    let next = self.automaton.build(self.set, state, class, &key.2)?;
                    self.automaton.picked.insert(key, next);
                    next
                }
            }
        };
        for &path in &self.automaton.states[next as usize].accepts {
            (self.sink)(Hit { path, node: target, at: edge });
        }
        Ok((next, target))
    }

    fn picks(
        &self,
        document: &Document,
        predicate: u32,
        edge: NodeRef,
        parent: crate::document::NodeId,
        class: u32,
    ) -> Result<bool, Exhausted> {
        let index = || i64::from(document.node(edge.node).key);
        Ok(match &self.set.predicates[predicate as usize] {
            Predicate::Filter(expr) => self.eval.holds(expr, edge)?,
            Predicate::Script(script) => script.holds(&self.eval, edge)?,
            Predicate::Index(wanted) => {
                class == ELEMENT
                    && (*wanted == index() || *wanted < 0 && document.len(parent) as i64 + wanted == index())
            }
            Predicate::Slice(start, end, step) => {
                class == ELEMENT && slice_holds(*start, *end, *step, document.len(parent) as i64, index())
            }
        })
    }
}

fn slice_holds(start: Option<i64>, end: Option<i64>, step: i64, length: i64, index: i64) -> bool {
    // Few slices stand in rules; the plain definition is the safest.
    slice(start, end, step, length).contains(&index)
}
