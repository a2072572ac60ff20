//! Many paths in one pass. The paths are a non-deterministic automaton over the keys on the way
//! from the root; its deterministic form is built lazily, state by state, as keys are met. What a
//! key alone does not decide (filters, indexes, slices) are predicates of a state: bits that pick
//! among its transitions.

use super::eval::{Eval, slice};
use super::expr::{Expr, Path, Segment, Selector};
use super::script::Script;
use super::trail::Here;
use super::trail::{Descent, Trail};
use super::{Graph, NodeRef};
use crate::document::{Document, Kind, NodeId, flag};
use foldhash::fast::FixedState;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// Whether references are seen through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Documents as they stand.
    None,
    /// A reference stands for its target; what is below a target is visited once.
    References,
    /// The same, but what is below a target is visited once for each of: reached without a
    /// reference, being the first reference's target, and behind further references. Aliases of
    /// YAML are places of their own.
    Entries,
    /// Every route is walked, as far as the bounds allow.
    Routes,
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
    /// The object or array it was found in: its parent in the file, or the object that inherits it
    /// by a merge key.
    pub owner: NodeRef,
    /// The descent it was found in; see [`Trail`].
    pub descent: u32,
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

/// Of how many of a document's nodes a pass looks at one before it skips those that cannot matter.
const SKIPPING: u64 = 16;

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

impl Predicate {
    /// Names of which an object must have one for it to hold; `None` where it may hold of anything.
    fn needs(&self) -> Option<&[String]> {
        match self {
            Self::Script(script) => script.needs(),
            _ => None,
        }
    }
}

/// What a document's keys alone say of the predicates, as bits in so many words: which have to be asked
/// about everything, and which of an object that has a key.
struct Quick {
    always: Box<[u64]>,
    by_key: Vec<u64>,
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

/// What a state is, beside its transitions.
mod is {
    /// Nothing is taken from it any more.
    pub(super) const DEAD: u8 = 1;
    /// Some path ends in it.
    pub(super) const ACCEPTING: u8 = 2;
    /// It has predicates to be asked.
    pub(super) const ASKING: u8 = 4;
    /// Some of them even about what is no object and no array.
    pub(super) const OF_ALL: u8 = 8;
    /// Whether it is `LOOPING` was looked at.
    pub(super) const LOOKED_AT: u8 = 16;
    /// Nothing leads out of it but keys with a name and predicates that ask for keys.
    pub(super) const LOOPING: u8 = 32;
}

#[derive(Default)]
struct State {
    items: Vec<Item>,
    /// Its predicates as bits; empty where it has none.
    wanted: Box<[u64]>,
    accepts: Vec<u32>,
}

/// The deterministic automaton as far as it is built.
#[derive(Default)]
struct Automaton {
    states: Vec<State>,
    /// For each state, what it is: see [`is`].
    flags: Vec<u8>,
    ids: HashMap<Vec<Item>, u32>,
    /// For each state and class, the next state where no predicate holds.
    plain: Vec<u32>,
    /// The same where some hold: of 64 predicates at most, and of more. The bits are the set's.
    few: HashMap<(u32, u32, u64), u32, FixedState>,
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
        let mut scripts: HashMap<String, u32> = HashMap::new();
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
                    // The same filter in several paths is asked once.
                    let source = match &predicate {
                        Predicate::Script(script) => Some(script.source().to_owned()),
                        _ => None,
                    };
                    let known = source.as_ref().and_then(|source| scripts.get(source)).copied();
                    let id = known.unwrap_or(set.predicates.len() as u32);
                    set.predicate_of.insert((path as u32, at as u32, index as u32), id);
                    if known.is_none() {
                        set.predicates.push(predicate);
                        scripts.extend(source.map(|source| (source, id)));
                    }
                }
            }
        }
        set
    }

    /// Words that hold a bit for each predicate.
    fn words(&self) -> usize {
        self.predicates.len().div_ceil(64)
    }

    /// One pass from a root, in the order of the documents, references followed where they stand.
    /// Hits may come again where a place is reached over several references. The trail tells the
    /// way to the hit at hand.
    ///
    /// # Errors
    /// Where the pass exceeds its bounds; the hits until then are not all.
    pub fn run(
        &self,
        graph: &dyn Graph,
        root: NodeRef,
        follow: Follow,
        sink: &mut dyn FnMut(Hit, &Trail),
    ) -> Result<Trail, Exhausted> {
        if self.paths.is_empty() {
            return Ok(Trail::default());
        }
        let mut automaton =
            self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if automaton.states.is_empty() {
            automaton.add(self, Vec::new())?;
            automaton.add(self, (0..self.paths.len() as u32).map(|path| (path, 0)).collect())?;
        }
        let mut pass = Pass {
            set: self,
            graph,
            eval: Eval::new(graph, root, follow != Follow::None),
            automaton,
            follow,
            classes: Vec::new(),
            quick: Vec::new(),
            stops: Vec::new(),
            walked: 0,
            trail: Trail::default(),
            frames: Vec::new(),
            seen: HashSet::default(),
            steps: 0,
            sink,
        };
        let result = pass.run(root);
        let Pass { automaton, trail, .. } = pass;
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(automaton);
        result.map(|()| trail)
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
        let mut state = State::default();
        let mut flags = is::DEAD;
        for &(path, at) in &items {
            let Some(segment) = set.paths[path as usize].get(at as usize) else {
                state.accepts.push(path);
                flags |= is::ACCEPTING;
                continue;
            };
            flags &= !is::DEAD;
            for index in 0..segment.selectors.len() as u32 {
                if let Some(&predicate) = set.predicate_of.get(&(path, at, index)) {
                    if state.wanted.is_empty() {
                        state.wanted = vec![0; set.words()].into();
                    }
                    flags |= is::ASKING;
                    if set.predicates[predicate as usize].needs().is_none() {
                        flags |= is::OF_ALL;
                    }
                    state.wanted[predicate as usize / 64] |= 1 << (predicate % 64);
                }
            }
        }
        state.items = items.clone();
        let id = self.states.len() as u32;
        self.states.push(state);
        self.flags.push(flags);
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
                _ => set.predicate_of.get(&(path, at, index as u32)).is_some_and(|&predicate| {
                    mask.get(predicate as usize / 64).is_some_and(|word| word >> (predicate % 64) & 1 == 1)
                }),
            });
            if taken {
                next.push((path, at + 1));
            }
        }
        self.add(set, next)
    }
}

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

struct Pass<'s, 'g> {
    set: &'s PathSet,
    graph: &'g dyn Graph,
    eval: Eval<'g>,
    automaton: Automaton,
    follow: Follow,
    /// For each document, the class of each of its symbols.
    classes: Vec<Option<Rc<[u32]>>>,
    /// For each document, what its keys say of each predicate.
    quick: Vec<Option<Rc<Quick>>>,
    /// For each document, the nodes at which a looping state may be left.
    stops: Vec<Option<Rc<[u32]>>>,
    /// Nodes looked at so far.
    walked: u64,
    trail: Trail,
    frames: Vec<Frame>,
    /// What was descended into already: below a node, in a state, entered so.
    seen: HashSet<(NodeRef, u32, u8), FixedState>,
    steps: u64,
    sink: &'s mut dyn FnMut(Hit, &Trail),
}

impl Pass<'_, '_> {
    fn run(&mut self, root: NodeRef) -> Result<(), Exhausted> {
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

    fn classes(&mut self, doc: u32) -> Rc<[u32]> {
        let index = doc as usize;
        if self.classes.len() <= index {
            self.classes.resize(index + 1, None);
        }
        if let Some(known) = &self.classes[index] {
            return Rc::clone(known);
        }
        let symbols = self.graph.document(doc).symbols();
        let mut classes = vec![OTHER; symbols.len()];
        for (name, &class) in &self.set.names {
            if let Some(symbol) = symbols.lookup(name) {
                classes[symbol.0 as usize] = class;
            }
        }
        let classes: Rc<[u32]> = classes.into();
        self.classes[index] = Some(Rc::clone(&classes));
        classes
    }

    /// What the keys of a document say of the predicates.
    fn quick(&mut self, doc: u32) -> Rc<Quick> {
        let index = doc as usize;
        if self.quick.len() <= index {
            self.quick.resize(index + 1, None);
        }
        if let Some(known) = &self.quick[index] {
            return Rc::clone(known);
        }
        let symbols = self.graph.document(doc).symbols();
        let words = self.set.words();
        let mut quick = Quick { always: vec![0; words].into(), by_key: Vec::new() };
        for (predicate, one) in self.set.predicates.iter().enumerate() {
            let (word, bit) = (predicate / 64, 1 << (predicate % 64));
            let Some(names) = one.needs() else {
                quick.always[word] |= bit;
                continue;
            };
            quick.by_key.resize(symbols.len() * words, 0);
            for symbol in names.iter().filter_map(|name| symbols.lookup(name)) {
                quick.by_key[symbol.0 as usize * words + word] |= bit;
            }
        }
        let quick = Rc::new(quick);
        self.quick[index] = Some(Rc::clone(&quick));
        quick
    }

    /// The nodes of a document at which a looping state may be left, in order: those whose key has a name,
    /// objects with a key that predicates ask for, and whatever leads elsewhere or is passed over.
    fn stops(&mut self, doc: u32) -> Rc<[u32]> {
        let index = doc as usize;
        if self.stops.len() <= index {
            self.stops.resize(index + 1, None);
        }
        if let Some(known) = &self.stops[index] {
            return Rc::clone(known);
        }
        let (classes, quick) = (self.classes(doc), self.quick(doc));
        let words = self.set.words();
        const NAMED: u8 = 1;
        const ASKED: u8 = 2;
        let mut marks: Vec<u8> =
            classes.iter().map(|class| if *class == OTHER { 0 } else { NAMED }).collect();
        if !quick.by_key.is_empty() {
            for (mark, bits) in marks.iter_mut().zip(quick.by_key.chunks(words)) {
                *mark |= if bits.iter().any(|word| *word != 0) { ASKED } else { 0 };
            }
        }
        let mut stops: Vec<u32> = Vec::new();
        for (at, node) in self.graph.document(doc).nodes().iter().enumerate() {
            let at = at as u32;
            if node.has(flag::MEMBER) && marks[node.key as usize] != 0 {
                if marks[node.key as usize] & ASKED != 0 {
                    stops.push(node.parent);
                }
                if marks[node.key as usize] & NAMED != 0 {
                    stops.push(at);
                    continue;
                }
            }
            let passed_over = flag::SHADOWED | flag::MERGE | flag::HAS_MERGE;
            let edge = NodeRef { doc, node: NodeId(at) };
            if node.flags & passed_over != 0
                || node.kind == Kind::Alias
                || node.kind == Kind::Object && self.eval.behind(edge) != edge
            {
                stops.push(at);
            }
        }
        stops.sort_unstable();
        stops.dedup();
        let stops: Rc<[u32]> = stops.into();
        self.stops[index] = Some(Rc::clone(&stops));
        stops
    }

    /// Whether a state leads to itself wherever no key has a name and no object one that predicates ask for.
    fn loops(&mut self, state: u32) -> Result<bool, Exhausted> {
        let flags = self.automaton.flags[state as usize];
        if flags & is::LOOKED_AT == 0 {
            // What comes back to an accepting state is a hit each time.
            let loops = flags & (is::OF_ALL | is::ACCEPTING) == 0
                && self.plain(state, OTHER)? == state
                && self.plain(state, ELEMENT)? == state;
            self.automaton.flags[state as usize] |= is::LOOKED_AT | if loops { is::LOOPING } else { 0 };
            return Ok(loops);
        }
        Ok(flags & is::LOOPING != 0)
    }

    /// Which of a state's predicates must be asked about a place, of one word of them: the keys there say of
    /// the others that they do not hold.
    fn to_ask(quick: &Quick, document: &Document, target: NodeId, wanted: u64, word: usize) -> u64 {
        let by_key = wanted & !quick.always[word];
        let node = document.node(target);
        if by_key == 0 || node.kind != Kind::Object {
            return wanted & !by_key;
        }
        if node.has(flag::HAS_MERGE) {
            return wanted;
        }
        let words = quick.always.len();
        let called = document
            .children(target)
            .fold(0, |bits, child| bits | quick.by_key[document.node(child).key as usize * words + word]);
        wanted & (quick.always[word] | called)
    }

    /// Goes on with a descent until it is done, or until one behind a reference comes first.
    fn descend(&mut self, frame: &mut Frame) -> Result<(), Exhausted> {
        let graph = self.graph;
        let document = graph.document(frame.doc);
        let classes = self.classes(frame.doc);
        let width = self.set.names.len() + 2;
        let mut stops: Option<Rc<[u32]>> = None;
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
                stops = Some(self.stops(frame.doc));
            }
            if let Some(stops) = &stops
                && self.loops(state)?
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
            let class = if node.has(flag::MEMBER) { classes[node.key as usize] } else { ELEMENT };
            // Most places are texts and numbers that no path ends at.
            if !matches!(node.kind, Kind::Object | Kind::Array | Kind::Alias)
                && self.automaton.flags[state as usize] & is::OF_ALL == 0
            {
                let known = self.automaton.plain[state as usize * width + class as usize];
                if known != UNKNOWN && self.automaton.flags[known as usize] & is::ACCEPTING == 0 {
                    frame.at = node.subtree_end;
                    continue;
                }
            }
            let edge = NodeRef { doc: frame.doc, node: id };
            let owner = NodeRef { doc: frame.doc, node: NodeId(node.parent) };
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
        let classes = self.classes(object.doc);
        let inherited: Vec<_> = document
            .members(object.node)
            .filter(|&(_, member)| document.parent(member) != Some(object.node))
            .collect();
        for (key, member) in inherited {
            let edge = NodeRef { doc: object.doc, node: member };
            let (next, target) =
                self.take(document, edge, object, state, classes[key.0 as usize], frame.descent)?;
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
        let next = match self.automaton.states[state as usize].wanted.len() {
            0 => self.plain(state, class)?,
            1 => {
                let wanted = self.automaton.states[state as usize].wanted[0];
                let mask = self.held(document, edge, target, owner, class, descent, wanted, 0)?;
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
                    let wanted = self.automaton.states[state as usize].wanted[word];
                    *bits = self.held(document, edge, target, owner, class, descent, wanted, word)?;
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
        if self.automaton.flags[next as usize] & is::ACCEPTING != 0 {
            for &path in &self.automaton.states[next as usize].accepts {
                (self.sink)(Hit { path, node: target, at: edge, owner, descent }, &self.trail);
            }
        }
        Ok((next, target))
    }

    /// The next state where no predicate holds.
    fn plain(&mut self, state: u32, class: u32) -> Result<u32, Exhausted> {
        let slot = state as usize * (self.set.names.len() + 2) + class as usize;
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
        wanted: u64,
        word: usize,
    ) -> Result<u64, Exhausted> {
        if wanted == 0 {
            return Ok(0);
        }
        let quick = self.quick(target.doc);
        let looked = if target.doc == edge.doc { document } else { self.graph.document(target.doc) };
        let mut ask = Self::to_ask(&quick, looked, target.node, wanted, word);
        let mut held = 0;
        while ask != 0 {
            let bit = ask.trailing_zeros();
            ask &= ask - 1;
            let predicate = word as u32 * 64 + bit;
            if self.picks(document, predicate, edge, owner, class, descent)? {
                held |= 1 << bit;
            }
        }
        Ok(held)
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
            Predicate::Filter(expr) => self.eval.holds(expr, edge)?,
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
