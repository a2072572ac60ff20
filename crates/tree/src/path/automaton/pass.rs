//! One pass of an automaton over documents: a loop over the arena with a stack of the containers that are
//! open, and a new descent wherever a reference or an alias leads elsewhere.

use super::super::eval::{Eval, slice};
use super::super::trail::{Descent, Here, Trail};
use super::super::{Graph, NodeRef};
use super::keys::Keys;
use super::{Automaton, ELEMENT, Exhausted, Follow, Hit, Item, OTHER, PathSet, Pick, Predicate, UNKNOWN, is};
use crate::document::{Document, Kind, NodeId, flag};
use foldhash::fast::FixedState;
use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

/// Of how many of a document's nodes a pass looks at one before it skips those that cannot matter.
const SKIPPING: u64 = 16;

/// Steps that one walk over every route may take; aliases count as routes too.
const MOST_STEPS: u64 = 30_000_000;

/// A descent that is under way: a loop over the arena with a stack of the containers that are open.
struct Frame {
    doc: u32,
    descent: u32,
    at: u32,
    end: u32,
    /// Index of the first stop that is not behind, once stops are used.
    stop: Option<usize>,
    /// Where each open container ends, and the state in it.
    open: Vec<(u32, u32)>,
    /// Descents to be made first: members that an object inherits.
    first: Vec<(NodeRef, u32, NodeRef, NodeRef)>,
}

pub(super) struct Pass<'s, 'g> {
    set: &'s PathSet,
    graph: &'g dyn Graph,
    eval: Eval<'g>,
    automaton: Automaton,
    follow: Follow,
    /// For each document, what its keys mean.
    keys: Vec<Option<Rc<Keys>>>,
    /// Nodes looked at so far.
    walked: u64,
    trail: Trail,
    frames: Vec<Frame>,
    /// What was descended into already: below a node, in a state, entered so.
    seen: HashSet<(NodeRef, u32, u8), FixedState>,
    steps: u64,
    /// Paths that might have led further behind references that lead nowhere.
    unread: BTreeSet<u32>,
    sink: &'s mut dyn FnMut(Hit, &Trail),
}

impl<'s, 'g> Pass<'s, 'g> {
    pub(super) fn new(
        set: &'s PathSet,
        graph: &'g dyn Graph,
        eval: Eval<'g>,
        automaton: Automaton,
        follow: Follow,
        sink: &'s mut dyn FnMut(Hit, &Trail),
    ) -> Self {
        Self {
            set,
            graph,
            eval,
            automaton,
            follow,
            keys: Vec::new(),
            walked: 0,
            trail: Trail::default(),
            frames: Vec::new(),
            seen: HashSet::default(),
            steps: 0,
            unread: BTreeSet::new(),
            sink,
        }
    }

    /// What is left when it is over: the automaton as far as it was built, and the ways that were gone.
    pub(super) fn end(mut self) -> (Automaton, Trail) {
        self.trail.unread = self.unread.into_iter().collect();
        (self.automaton, self.trail)
    }

    pub(super) fn run(&mut self, root: NodeRef) -> Result<(), Exhausted> {
        let target = self.eval.target(root);
        for &path in &self.automaton.states[1].accepts {
            (self.sink)(Hit { path, node: target, at: root, owner: root, descent: 0 }, &self.trail);
        }
        self.enter(Descent { start: target, from: None, entry: 0 }, 1)?;
        while let Some(mut frame) = self.frames.pop() {
            self.descend(&mut frame)?;
        }
        Ok(())
    }

    /// Begins a descent, unless it was made before or leads nowhere.
    fn enter(&mut self, descent: Descent, state: u32) -> Result<bool, Exhausted> {
        if self.automaton.flags[state as usize] & is::DEAD != 0 {
            return Ok(false);
        }
        let start = descent.start;
        let fresh = match self.follow {
            Follow::None | Follow::References => self.seen.insert((start, state, 0)),
            Follow::Entries => {
                let crosses = descent.from.is_none_or(|(before, ..)| {
                    self.trail.descents[before as usize].entry != descent.entry || descent.entry == 2
                });
                // An alias is a place of its own each time; their number is bounded by the steps.
                !crosses || self.seen.insert((start, state, descent.entry))
            }
            Follow::Routes => true,
        };
        if !fresh {
            return Ok(false);
        }
        let node = self.graph.document(start.doc).node(start.node);
        if node.subtree_end == start.node.0 + 1 && !node.has(flag::HAS_MERGE) {
            return Ok(false);
        }
        self.steps += 64;
        if matches!(self.follow, Follow::Entries | Follow::Routes) && self.steps > MOST_STEPS {
            return Err(Exhausted::Steps);
        }
        let id = self.trail.descents.len() as u32;
        self.trail.descents.push(descent);
        let mut frame = Frame {
            doc: start.doc,
            descent: id,
            at: start.node.0 + 1,
            end: node.subtree_end,
            stop: None,
            open: vec![(node.subtree_end, state)],
            first: Vec::new(),
        };
        self.merged(start, state, &mut frame)?;
        self.frames.push(frame);
        Ok(true)
    }

    /// The descent behind an alias or a reference at an edge of another descent.
    fn behind(&self, target: NodeRef, edge: NodeRef, owner: NodeRef, descent: u32) -> Descent {
        let before = self.trail.descents[descent as usize].entry;
        let document = self.graph.document(edge.doc);
        let alias = edge.doc == target.doc && document.resolve(edge.node) == target.node;
        let entry = if alias || self.follow == Follow::Routes { before } else { (before + 1).min(2) };
        Descent { start: target, from: Some((descent, edge, owner)), entry }
    }

    /// What the keys of a document mean here.
    fn keys(&mut self, doc: u32) -> Rc<Keys> {
        let index = doc as usize;
        if self.keys.len() <= index {
            self.keys.resize(index + 1, None);
        }
        let (set, graph) = (self.set, self.graph);
        let keys = self.keys[index].get_or_insert_with(|| Rc::new(Keys::new(set, graph.document(doc))));
        Rc::clone(keys)
    }

    /// Whether predicates of a state must be asked about what is no object.
    fn asks_all(&self, state: u32, keys: &Keys) -> bool {
        self.automaton.flags[state as usize] & is::OF_ALL != 0
            && keys.asks_all(&self.automaton.states[state as usize].wanted)
    }

    /// Whether a state leads to itself wherever no key has a name and no predicate holds.
    fn loops(&mut self, state: u32) -> Result<bool, Exhausted> {
        let flags = self.automaton.flags[state as usize];
        if flags & is::LOOKED_AT == 0 {
            // What comes back to an accepting state is a hit each time.
            let loops = flags & is::ACCEPTING == 0
                && self.plain(state, OTHER)? == state
                && self.plain(state, ELEMENT)? == state;
            self.automaton.flags[state as usize] |= is::LOOKED_AT | if loops { is::LOOPING } else { 0 };
            return Ok(loops);
        }
        Ok(flags & is::LOOPING != 0)
    }

    /// Goes on with a descent until it is done, or until one behind a reference comes first.
    fn descend(&mut self, frame: &mut Frame) -> Result<(), Exhausted> {
        let graph = self.graph;
        let document = graph.document(frame.doc);
        let keys = self.keys(frame.doc);
        let width = self.set.classes();
        let mut stops: Option<&[u32]> = None;
        loop {
            if let Some((target, state, edge, owner)) = frame.first.pop() {
                let descent = self.behind(target, edge, owner, frame.descent);
                if self.pause(frame, descent, state)? {
                    return Ok(());
                }
                continue;
            }
            if frame.at >= frame.end {
                return Ok(());
            }
            let mut at = frame.at;
            while frame.open.len() > 1 && frame.open.last().is_some_and(|&(end, _)| end <= at) {
                frame.open.pop();
            }
            let Some(&(end, state)) = frame.open.last() else { return Ok(()) };
            // A pass over a small part must not look at the whole document.
            self.walked += 1;
            if stops.is_none() && self.walked > document.nodes().len() as u64 / SKIPPING {
                stops = Some(keys.stops(&self.eval, frame.doc));
            }
            if let Some(stops) = stops
                && self.loops(state)?
                && !self.asks_all(state, &keys)
            {
                let mut next = frame.stop.unwrap_or_else(|| stops.partition_point(|&stop| stop < at));
                while stops.get(next).is_some_and(|&stop| stop < at) {
                    next += 1;
                }
                frame.stop = Some(next);
                match stops.get(next) {
                    Some(&stop) if stop < end => {
                        frame.at = stop;
                        at = stop;
                    }
                    _ => {
                        frame.at = end;
                        continue;
                    }
                }
            }
            let id = NodeId(at);
            let node = document.node(id);
            if node.flags & (flag::SHADOWED | flag::MERGE) != 0 {
                frame.at = node.subtree_end;
                continue;
            }
            let class = if node.has(flag::MEMBER) { keys.classes[node.key as usize] } else { ELEMENT };
            // Most places are texts and numbers that no path ends at.
            if !matches!(node.kind, Kind::Object | Kind::Array | Kind::Alias) && !self.asks_all(state, &keys)
            {
                let known = self.automaton.plain[state as usize * width + class as usize];
                if known != UNKNOWN && self.automaton.flags[known as usize] & is::ACCEPTING == 0 {
                    frame.at = node.subtree_end;
                    continue;
                }
            }
            let edge = NodeRef { doc: frame.doc, node: id };
            let owner = NodeRef { doc: frame.doc, node: NodeId(node.parent) };
            // The reference itself is no member of what it leads to, be that unknown.
            if self.follow == Follow::References
                && self.eval.leads_nowhere(owner)
                && document.key(id) == Some("$ref")
            {
                frame.at = node.subtree_end;
                continue;
            }
            let (next, target) = self.take(document, edge, owner, state, class, frame.descent)?;
            if self.automaton.flags[next as usize] & is::DEAD != 0
                || node.subtree_end == at + 1 && target == edge
            {
                frame.at = node.subtree_end;
            } else if target != edge {
                frame.at = node.subtree_end;
                let descent = self.behind(target, edge, owner, frame.descent);
                if self.pause(frame, descent, next)? {
                    return Ok(());
                }
            } else {
                frame.open.push((node.subtree_end, next));
                frame.at += 1;
                if self.follow == Follow::Routes {
                    self.steps += 1;
                }
                if node.has(flag::HAS_MERGE) {
                    self.merged(edge, next, frame)?;
                }
            }
        }
    }

    /// Puts a descent before the one that is under way; false where there is none to be made.
    fn pause(&mut self, frame: &mut Frame, descent: Descent, state: u32) -> Result<bool, Exhausted> {
        let place = self.frames.len();
        if !self.enter(descent, state)? {
            return Ok(false);
        }
        let paused = Frame {
            open: std::mem::take(&mut frame.open),
            first: std::mem::take(&mut frame.first),
            ..*frame
        };
        self.frames.insert(place, paused);
        Ok(true)
    }

    /// Members that an object inherits through merge keys.
    fn merged(&mut self, object: NodeRef, state: u32, frame: &mut Frame) -> Result<(), Exhausted> {
        let document = self.graph.document(object.doc);
        let node = document.node(object.node);
        if node.kind != Kind::Object || !node.has(flag::HAS_MERGE) {
            return Ok(());
        }
        let keys = self.keys(object.doc);
        let inherited: Vec<_> = document
            .members(object.node)
            .filter(|&(_, member)| document.parent(member) != Some(object.node))
            .collect();
        for (key, member) in inherited {
            let edge = NodeRef { doc: object.doc, node: member };
            let (next, target) =
                self.take(document, edge, object, state, keys.classes[key.0 as usize], frame.descent)?;
            frame.first.push((target, next, edge, object));
        }
        Ok(())
    }

    /// Takes one edge: the next state, and what stands at its end. Hits are told.
    fn take(
        &mut self,
        document: &Document,
        edge: NodeRef,
        owner: NodeRef,
        state: u32,
        class: u32,
        descent: u32,
    ) -> Result<(u32, NodeRef), Exhausted> {
        let target = match document.node(edge.node).kind {
            Kind::Object => self.eval.behind(edge),
            Kind::Alias => self.eval.target(edge),
            _ => edge,
        };
        let unread = self.eval.met_unread();
        let next = match self.automaton.states[state as usize].wanted.len() {
            0 => self.plain(state, class)?,
            1 => {
                let mask = self.held(document, edge, target, owner, class, descent, state, 0)?;
                let key = (state, class, mask);
                if mask == 0 {
                    self.plain(state, class)?
                } else if let Some(&known) = self.automaton.few.get(&key) {
                    known
                } else {
                    let next = self.automaton.build(self.set, state, class, &[mask])?;
                    self.automaton.few.insert(key, next);
                    next
                }
            }
            words => {
                let mut mask = vec![0; words];
                for (word, bits) in mask.iter_mut().enumerate() {
                    *bits = self.held(document, edge, target, owner, class, descent, state, word)?;
                }
                let key = (state, class, mask.into_boxed_slice());
                if key.2.iter().all(|word| *word == 0) {
                    self.plain(state, class)?
                } else if let Some(&known) = self.automaton.picked.get(&key) {
                    known
                } else {
                    let next = self.automaton.build(self.set, state, class, &key.2)?;
                    self.automaton.picked.insert(key, next);
                    next
                }
            }
        };
        if unread {
            let beyond = |&(path, at): &Item| self.set.paths[path as usize].len() > super::segment_of(at);
            let items = self.automaton.states[next as usize].items.iter();
            self.unread.extend(items.filter(|item| beyond(item)).map(|&(path, _)| path));
        }
        if self.automaton.flags[next as usize] & is::ACCEPTING != 0 {
            for &path in &self.automaton.states[next as usize].accepts {
                (self.sink)(Hit { path, node: target, at: edge, owner, descent }, &self.trail);
            }
        }
        Ok((next, target))
    }

    /// The next state where no predicate holds.
    fn plain(&mut self, state: u32, class: u32) -> Result<u32, Exhausted> {
        let slot = state as usize * (self.set.classes()) + class as usize;
        let known = self.automaton.plain[slot];
        if known != UNKNOWN {
            return Ok(known);
        }
        let next = self.automaton.build(self.set, state, class, &[])?;
        self.automaton.plain[slot] = next;
        Ok(next)
    }

    /// Which of the wanted predicates of a word hold at a place.
    #[expect(clippy::too_many_arguments, reason = "the loop's own variables, kept out of structures")]
    fn held(
        &mut self,
        document: &Document,
        edge: NodeRef,
        target: NodeRef,
        owner: NodeRef,
        class: u32,
        descent: u32,
        state: u32,
        word: usize,
    ) -> Result<u64, Exhausted> {
        let wanted = self.automaton.states[state as usize].wanted[word];
        if wanted == 0 {
            return Ok(0);
        }
        let keys = self.keys(target.doc);
        let looked = if target.doc == edge.doc { document } else { self.graph.document(target.doc) };
        // Of what could not be read nobody knows what it has.
        let mut ask = if self.eval.leads_nowhere(target) {
            wanted
        } else {
            keys.to_ask(looked, target.node, wanted, word)
        };
        let mut held = 0;
        while ask != 0 {
            let bit = ask.trailing_zeros();
            ask &= ask - 1;
            let predicate = word as u32 * 64 + bit;
            let picked = self.picks(document, predicate, edge, owner, class, descent)?;
            if self.eval.met_unread() {
                self.undecided(state, predicate);
            } else if picked {
                held |= 1 << bit;
            }
        }
        Ok(held)
    }

    /// A predicate of a state that asks for what could not be read holds for nobody knows whom.
    #[cold]
    fn undecided(&mut self, state: u32, predicate: u32) {
        for &(path, at) in &self.automaton.states[state as usize].items {
            let picks = self.set.picks[path as usize].get(super::segment_of(at));
            if picks.is_some_and(|picks| picks.contains(&Pick::Predicate(predicate))) {
                self.unread.insert(path);
            }
        }
    }

    fn picks(
        &self,
        document: &Document,
        predicate: u32,
        edge: NodeRef,
        owner: NodeRef,
        class: u32,
        descent: u32,
    ) -> Result<bool, Exhausted> {
        let parent = owner.node;
        let index = || i64::from(document.node(edge.node).key);
        Ok(match &self.set.predicates[predicate as usize] {
            Predicate::Filter(filter) => self.eval.holds(&filter.expr, edge)?,
            Predicate::Script(script) => {
                script.holds(&self.eval, edge, Some(&Here { trail: &self.trail, descent, owner }))?
            }
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
