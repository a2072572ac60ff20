//! What the keys of a document mean to a set of paths: the class of each, which predicates they call for,
//! and the nodes that alone can matter to a state that is looking for a key.

use super::super::eval::Eval;
use super::{EXTENSION, OTHER, PathSet};
use crate::document::{Document, Kind, NodeId, Symbol, flag};
use crate::path::NodeRef;
use std::cell::OnceCell;

/// A document's keys. Predicates are bits in so many words.
pub(super) struct Keys {
    /// The class of each symbol.
    pub classes: Box<[u32]>,
    /// Predicates that have to be asked about everything, since they may hold without a member; those
    /// that can hold of nothing in the document are not among them.
    always: Box<[u64]>,
    /// For each symbol, those that have to be asked of an object that has the key; empty where none are.
    by_key: Vec<u64>,
    stops: OnceCell<Box<[u32]>>,
}

/// A path names the key.
const NAMED: u8 = 1;
/// A predicate asks for the key.
const ASKED: u8 = 2;

impl Keys {
    pub(super) fn new(set: &PathSet, document: &Document) -> Self {
        let symbols = document.symbols();
        let mut classes = vec![OTHER; symbols.len()];
        if !set.below.is_empty() {
            let texts = (0..symbols.len()).map(|at| symbols.get(Symbol(at as u32)));
            for (class, _) in classes.iter_mut().zip(texts).filter(|(_, text)| text.starts_with("x-")) {
                *class = EXTENSION;
            }
        }
        for (name, &class) in &set.names {
            if let Some(symbol) = symbols.lookup(name) {
                classes[symbol.0 as usize] = class;
            }
        }
        let words = set.words();
        let mut always: Box<[u64]> = vec![0; words].into();
        let mut by_key = Vec::new();
        let small = OnceCell::new();
        for (predicate, one) in set.predicates.iter().enumerate() {
            let (word, bit) = (predicate / 64, 1 << (predicate % 64));
            let Some(names) = one.needs() else {
                if one.may_hold_in(document, &small) {
                    always[word] |= bit;
                }
                continue;
            };
            by_key.resize(symbols.len() * words, 0);
            for symbol in names.iter().filter_map(|name| symbols.lookup(name)) {
                by_key[symbol.0 as usize * words + word] |= bit;
            }
        }
        Self { classes: classes.into(), always, by_key, stops: OnceCell::new() }
    }

    /// Whether some of a state's predicates must be asked even about what is no object.
    pub(super) fn asks_all(&self, wanted: &[u64]) -> bool {
        wanted.iter().zip(&*self.always).any(|(wanted, always)| wanted & always != 0)
    }

    /// Which of a state's predicates must be asked about a place, of one word of them: the keys there say
    /// of the others that they do not hold.
    pub(super) fn to_ask(&self, document: &Document, target: NodeId, wanted: u64, word: usize) -> u64 {
        let by_key = wanted & !self.always[word];
        let node = document.node(target);
        if by_key == 0 || node.kind != Kind::Object {
            return wanted & !by_key;
        }
        if node.has(flag::HAS_MERGE) {
            return wanted;
        }
        let words = self.always.len();
        let called = document
            .children(target)
            .fold(0, |bits, child| bits | self.by_key[document.node(child).key as usize * words + word]);
        wanted & (self.always[word] | called)
    }

    /// The nodes at which a looping state may be left, in order: those whose key has a name, objects with a
    /// key that predicates ask for, and whatever leads elsewhere, nowhere or is passed over.
    pub(super) fn stops(&self, eval: &Eval<'_>, doc: u32) -> &[u32] {
        self.stops.get_or_init(|| {
            let mut marks: Vec<u8> =
                self.classes.iter().map(|class| if *class == OTHER { 0 } else { NAMED }).collect();
            if !self.by_key.is_empty() {
                for (mark, bits) in marks.iter_mut().zip(self.by_key.chunks(self.always.len())) {
                    *mark |= if bits.iter().any(|word| *word != 0) { ASKED } else { 0 };
                }
            }
            let mut stops: Vec<u32> = Vec::new();
            for (at, node) in eval.document(doc).nodes().iter().enumerate() {
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
                    || node.kind == Kind::Object && (eval.behind(edge) != edge || eval.leads_nowhere(edge))
                {
                    stops.push(at);
                }
            }
            // Nothing was asked for: a pass only looks at where it leads.
            let _ = eval.met_unread();
            stops.sort_unstable();
            stops.dedup();
            stops.into()
        })
    }
}
