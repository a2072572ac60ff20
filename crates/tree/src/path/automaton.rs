//! Many paths in one pass. The paths are a non-deterministic automaton over the keys on the way
//! from the root; its deterministic form is built lazily, state by state, as keys are met. What a
//! key alone does not decide (filters, indexes, slices) are predicates of a state: bits that pick
//! among its transitions.

mod keys;
mod pass;

use super::eval::Eval;
use super::expr::{Filter, Path, Segment, Selector};
use super::script::Script;
use super::trail::Trail;
use super::words::{self, Below};
use super::{Graph, NodeRef};
use crate::document::Document;
use foldhash::fast::FixedState;
use pass::Pass;
use std::cell::OnceCell;
use std::collections::HashMap;
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

const UNKNOWN: u32 = u32::MAX;
/// Class of a key that no path names.
const OTHER: u32 = 0;
/// Class of an element of an array.
const ELEMENT: u32 = 1;
/// Class of an extension (`x-`) that no path names, where some path looks for words of a grammar.
const EXTENSION: u32 = 2;
/// Classes that are not of one name.
const UNNAMED: usize = 3;

/// What picks among the transitions of a state beside the key.
#[derive(Clone)]
enum Predicate {
    Filter(Arc<Filter>),
    Script(Arc<Script>),
    Index(i64),
    Slice(Option<i64>, Option<i64>, i64),
}

impl Predicate {
    /// Names of which an object must have one for it to hold; `None` where it may hold of anything.
    fn needs(&self) -> Option<&[String]> {
        match self {
            Self::Script(script) => script.needs(),
            Self::Filter(filter) => filter.needs.members(),
            Self::Index(_) | Self::Slice(..) => None,
        }
    }

    /// Whether it may hold of something in a document, whose text in small letters is kept once made.
    fn may_hold_in(&self, document: &Document, small: &OnceCell<String>) -> bool {
        match self {
            Self::Filter(filter) => filter.needs.may_hold_in(document, small),
            _ => true,
        }
    }
}

/// What a selector takes of a state's keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pick {
    /// All.
    Any,
    /// Those of one class: of one name.
    Class(u32),
    /// What its predicate picks.
    Predicate(u32),
}

/// Paths merged; reusable, shareable between threads.
pub struct PathSet {
    paths: Vec<Arc<[Segment]>>,
    names: HashMap<String, u32, FixedState>,
    /// For each class, what is below a key of it; empty where no path looks for words of a grammar.
    below: Vec<Below>,
    predicates: Vec<Predicate>,
    /// For each path, segment and selector, what takes a key.
    picks: Vec<Box<[Box<[Pick]>]>>,
    /// Automata left behind by earlier passes, as far as they were built.
    pool: Mutex<Vec<Automaton>>,
}

/// A position in a path: the next segment to be taken. Of a descent that looks for words of a grammar,
/// the two highest bits tell what the keys to come are.
type Item = (u32, u32);

/// The keys to come are names of properties or schemas, so no words.
const NAMES: u32 = 1 << 31;
/// They are names of other things: no data by their name, and words all the same.
const OTHERS: u32 = 1 << 30;

/// The segment of a position.
const fn segment_of(at: u32) -> usize {
    (at & !(NAMES | OTHERS)) as usize
}

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
    /// Nothing leads out of it but keys with a name and predicates that hold.
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
    ids: HashMap<Vec<Item>, u32, FixedState>,
    /// For each state and class, the next state where no predicate holds.
    plain: Vec<u32>,
    /// The same where some hold: of 64 predicates at most, and of more. The bits are the set's.
    few: HashMap<(u32, u32, u64), u32, FixedState>,
    picked: HashMap<(u32, u32, Box<[u64]>), u32, FixedState>,
}

impl PathSet {
    /// Merges paths.
    #[must_use]
    pub fn new(paths: &[Path]) -> Self {
        let mut set = Self {
            paths: paths.iter().map(|path| Arc::clone(&path.segments)).collect(),
            names: HashMap::default(),
            below: Vec::new(),
            predicates: Vec::new(),
            picks: Vec::with_capacity(paths.len()),
            pool: Mutex::default(),
        };
        let mut known = HashMap::default();
        for path in paths {
            let picks = path.segments.iter().map(|segment| {
                segment.selectors.iter().map(|selector| set.pick(selector, &mut known)).collect()
            });
            let picks = picks.collect();
            set.picks.push(picks);
        }
        if set.paths.iter().flat_map(|path| path.iter()).any(|segment| segment.words) {
            set.tell_words();
        }
        set
    }

    /// Gives a class to every key that tells what is below it.
    fn tell_words(&mut self) {
        for key in words::telling() {
            self.class(key);
        }
        self.below = vec![Below::Grammar; self.classes()];
        self.below[EXTENSION as usize] = Below::Data;
        for (name, &class) in &self.names {
            self.below[class as usize] = Below::of(name);
        }
    }

    /// The class of a name, new to the set or there already.
    fn class(&mut self, name: &str) -> u32 {
        let next = self.classes() as u32;
        *self.names.entry(name.to_owned()).or_insert(next)
    }

    /// How many classes there are.
    fn classes(&self) -> usize {
        self.names.len() + UNNAMED
    }

    /// What a selector takes; its name or predicate is new to the set or there already.
    fn pick<'p>(
        &mut self,
        selector: &'p Selector,
        known: &mut HashMap<(bool, &'p str), u32, FixedState>,
    ) -> Pick {
        let predicate = match selector {
            Selector::Name(name) => {
                return Pick::Class(self.class(name));
            }
            Selector::Wildcard => return Pick::Any,
            Selector::Index(index) => Predicate::Index(*index),
            Selector::Slice { start, end, step } => Predicate::Slice(*start, *end, *step),
            Selector::Filter(expr) => Predicate::Filter(Arc::clone(expr)),
            Selector::Script(script) => Predicate::Script(Arc::clone(script)),
        };
        // The same filter in several paths is asked once.
        let id = self.predicates.len() as u32;
        let source = match selector {
            Selector::Script(script) => Some((true, script.source())),
            Selector::Filter(filter) => Some((false, filter.source.as_str())),
            _ => None,
        };
        if let Some(source) = source {
            let first = *known.entry(source).or_insert(id);
            if first != id {
                return Pick::Predicate(first);
            }
        }
        self.predicates.push(predicate);
        Pick::Predicate(id)
    }

    /// Whether what is below a key is data.
    fn is_data(&self, class: u32) -> bool {
        self.below.get(class as usize) == Some(&Below::Data)
    }

    /// A descent that looks for words, past a key: none into data.
    fn descend(&self, at: u32, class: u32) -> Option<u32> {
        let segment = segment_of(at) as u32;
        if segment != at {
            return Some(segment);
        }
        Some(match self.below.get(class as usize).copied().unwrap_or_default() {
            Below::Data => return None,
            Below::Grammar => segment,
            Below::Schemas => segment | NAMES,
            Below::Others => segment | OTHERS,
        })
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
        let eval = Eval::new(graph, root, follow != Follow::None);
        let mut pass = Pass::new(self, graph, eval, automaton, follow, sink);
        let result = pass.run(root);
        let (automaton, trail) = pass.end();
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
            let Some(picks) = set.picks[path as usize].get(segment_of(at)) else {
                state.accepts.push(path);
                flags |= is::ACCEPTING;
                continue;
            };
            flags &= !is::DEAD;
            for pick in picks {
                if let &Pick::Predicate(predicate) = pick {
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
        self.plain.extend(std::iter::repeat_n(UNKNOWN, set.classes()));
        Ok(id)
    }

    #[cold]
    fn build(&mut self, set: &PathSet, state: u32, class: u32, mask: &[u64]) -> Result<u32, Exhausted> {
        let mut next = Vec::new();
        let from = &self.states[state as usize];
        for &(path, at) in &from.items {
            let Some(segment) = set.paths[path as usize].get(segment_of(at)) else { continue };
            if segment.words && !segment.descendant && set.is_data(class) {
                continue;
            }
            if segment.words && segment.descendant {
                next.extend(set.descend(at, class).map(|at| (path, at)));
            } else if segment.descendant {
                next.push((path, at));
            }
            if at & NAMES != 0 && class != ELEMENT {
                continue;
            }
            let at = segment_of(at);
            let taken = set.picks[path as usize][at].iter().any(|&pick| match pick {
                Pick::Any => true,
                Pick::Class(wanted) => wanted == class,
                Pick::Predicate(predicate) => {
                    mask.get(predicate as usize / 64).is_some_and(|word| word >> (predicate % 64) & 1 == 1)
                }
            });
            if taken {
                // A descent that begins below a key begins with what that key says.
                let after = at as u32 + 1;
                let words = set.paths[path as usize]
                    .get(at + 1)
                    .is_some_and(|segment| segment.words && segment.descendant);
                let told = words.then(|| set.descend(after, class)).flatten();
                next.push((path, told.unwrap_or(after)));
            }
        }
        self.add(set, next)
    }
}
