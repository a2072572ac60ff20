//! The tree as the validator sees it: its `Json` traits over node ids, without copies. `.inf` and
//! `.nan` are strings here, as in [`Document::to_value`]: JSON has no number for them.

use super::meter::charge;
use crate::document::{self, Children, Document, Kind, NodeId, Symbol, flag, hash_key};
use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use jsonschema_value::LazyInstance;
use serde_json::Value;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::rc::Rc;

/// Steps that one error costs: about as much as its memory weighs against a look into the tree.
const ERROR: u64 = 1000;

/// One validation of one document.
pub(super) struct Session<'d> {
    pub(super) document: &'d Document,
    root: NodeId,
    /// The validator looks up places in the copy of the root when a pattern could not be finished;
    /// no other copy of a container is ever looked at.
    copy_root: bool,
    root_copy: OnceCell<Value>,
    merged: RefCell<HashMap<NodeId, Rc<Merged>>>,
}

/// The members of an object with merge keys, gathered once: asking the document gathers each time.
struct Merged {
    list: Vec<(Symbol, NodeId)>,
    index: HashMap<Symbol, NodeId>,
}

impl<'d> Session<'d> {
    pub(super) fn new(document: &'d Document, root: NodeId, copy_root: bool) -> Self {
        let root = document.resolve(root);
        Self { document, root, copy_root, root_copy: OnceCell::new(), merged: RefCell::default() }
    }

    pub(super) fn root(&self) -> Instance<'_> {
        Instance::Node(self, self.root)
    }

    fn merged(&self, id: NodeId) -> Option<Rc<Merged>> {
        if !self.document.node(id).has(flag::HAS_MERGE) {
            return None;
        }
        if let Some(known) = self.merged.borrow().get(&id) {
            return Some(Rc::clone(known));
        }
        let list: Vec<_> = self.document.members(id).collect();
        charge(list.len() as u64);
        let index = list.iter().copied().collect();
        let merged = Rc::new(Merged { list, index });
        self.merged.borrow_mut().insert(id, Rc::clone(&merged));
        Some(merged)
    }

    fn member(&self, id: NodeId, key: Symbol) -> Option<NodeId> {
        match self.merged(id) {
            Some(merged) => merged.index.get(&key).copied(),
            None => self.document.member(id, key),
        }
    }

    /// The member of that name, an alias as such.
    pub(super) fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.member(self.document.resolve(id), self.document.symbols().lookup(key)?)
    }

    pub(super) fn members(&self, id: NodeId) -> Members<'_> {
        let id = self.document.resolve(id);
        let of = match self.merged(id) {
            Some(merged) => MembersOf::Merged(merged, 0),
            None => MembersOf::Plain(self.document.children(id)),
        };
        Members { session: self, of }
    }

    /// The positions of the first two equal elements of an array.
    pub(super) fn duplicate(&self, array: NodeId) -> Option<(usize, usize)> {
        // Seeded anew in every process, so that no file can be made to collide.
        let state = RandomState::new();
        let mut seen: HashMap<u64, Vec<(usize, NodeId)>> = HashMap::new();
        for (index, item) in self.document.items(array).enumerate() {
            let mut hasher = state.build_hasher();
            self.hash(&state, item, &mut hasher);
            let same = seen.entry(hasher.finish()).or_default();
            if let Some(&(first, _)) =
                same.iter().find(|&&(_, other)| self.document.equal(item, self.document, other))
            {
                return Some((first, index));
            }
            same.push((index, item));
        }
        None
    }

    fn hash(&self, state: &RandomState, id: NodeId, hasher: &mut impl Hasher) {
        charge(1);
        let kind = self.document.kind(id);
        (kind as u8).hash(hasher);
        match kind {
            Kind::Null | Kind::Alias => {}
            Kind::Bool => self.document.bool(id).hash(hasher),
            Kind::String => self.document.str(id).hash(hasher),
            Kind::Number => {
                // Equal numbers have one nearest double; 0 and -0 are equal.
                let float = self.document.number(id).map_or(0.0, document::Number::as_f64);
                (if float == 0.0 { 0 } else { float.to_bits() }).hash(hasher);
            }
            Kind::Array => self.document.items(id).for_each(|item| self.hash(state, item, hasher)),
            Kind::Object => {
                let mut sum = 0_u64;
                for (name, value) in self.members(id) {
                    let Instance::Node(_, value) = value else { continue };
                    let mut member = state.build_hasher();
                    name.hash(&mut member);
                    self.hash(state, value, &mut member);
                    sum = sum.wrapping_add(member.finish());
                }
                sum.hash(hasher);
            }
        }
    }
}

/// The marker type that names this representation.
pub(super) struct Tree;

/// A key with its hash, so that a look-up in any document hashes nothing.
pub(super) struct Key {
    text: Box<str>,
    hash: u64,
}

impl Json for Tree {
    type Node<'a> = Instance<'a>;
    type PreparedKey = Key;
    type StringBuffer = String;
    const KEYS_PER_LOOKUP: usize = 8;

    fn prepare_key(key: &str) -> Key {
        Key { text: key.into(), hash: hash_key(key) }
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, run: impl FnOnce(Instance<'_>) -> T) -> T {
        string.clone_into(buffer);
        run(Instance::Text(buffer))
    }
}

/// A value under validation: a node with aliases followed, or the name of a member.
#[derive(Clone, Copy)]
pub(super) enum Instance<'a> {
    Node(&'a Session<'a>, NodeId),
    Text(&'a str),
}

impl<'a> Instance<'a> {
    #[inline]
    fn kind(self) -> Kind {
        charge(1);
        match self {
            Self::Node(session, id) => {
                let kind = session.document.node(id).kind;
                if kind == Kind::Number && self.number_text().is_none() { Kind::String } else { kind }
            }
            Self::Text(_) => Kind::String,
        }
    }

    #[inline]
    fn number_text(self) -> Option<&'a str> {
        let Self::Node(session, id) = self else { return None };
        let text = session.document.number(id)?.text();
        let digits = text.strip_prefix('-').unwrap_or(text);
        digits.starts_with(|first: char| first.is_ascii_digit()).then_some(text)
    }

    #[inline]
    fn text(self) -> Option<&'a str> {
        match self {
            Self::Node(session, id) => match session.document.node(id).kind {
                Kind::String => session.document.str(id),
                Kind::Number if self.number_text().is_none() => session.document.scalar(id),
                _ => None,
            },
            Self::Text(text) => Some(text),
        }
    }

    fn container(self, kind: Kind) -> Option<Container<'a>> {
        match self {
            Self::Node(session, id) if self.kind() == kind => Some(Container { session, id }),
            _ => None,
        }
    }
}

impl<'a> Node<'a, Tree> for Instance<'a> {
    type Object = Container<'a>;
    type Array = Container<'a>;
    type Number = Digits<'a>;

    fn as_object(&self) -> Option<Container<'a>> {
        self.container(Kind::Object)
    }

    fn as_array(&self) -> Option<Container<'a>> {
        self.container(Kind::Array)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        charge(1);
        self.text().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<Digits<'a>> {
        charge(1);
        self.number_text().map(Digits)
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Node(session, id) => session.document.bool(*id),
            Self::Text(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null | Kind::Alias => JsonType::Null,
            Kind::Bool => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        charge(1);
        match expected {
            Value::Null => self.is_null(),
            Value::Bool(expected) => self.as_boolean() == Some(*expected),
            Value::Number(expected) => {
                self.as_number().is_some_and(|number| jsonschema::json::cmp::equal_numbers(&number, expected))
            }
            Value::String(expected) => self.text() == Some(expected),
            Value::Array(expected) => self.as_array().is_some_and(|array| {
                Array::len(&array) == expected.len()
                    && array.elements().zip(expected).all(|(item, expected)| item.equals_value(expected))
            }),
            Value::Object(expected) => self.as_object().is_some_and(|object| {
                Object::len(&object) == expected.len()
                    && object.members().all(|(name, value)| {
                        expected.get(name).is_some_and(|expected| value.equals_value(expected))
                    })
            }),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            Self::Node(session, id) => {
                charge(u64::from(session.document.node(*id).subtree_end - id.0));
                session.document.to_value(*id)
            }
            Self::Text(text) => Value::String((*text).to_owned()),
        })
    }

    /// What an error keeps of its instance: scalars, and of containers nothing, as errors are read
    /// by their paths here. Every error asks once, which is how errors are counted.
    fn lazy_value(&self) -> LazyInstance<'a> {
        charge(ERROR);
        LazyInstance::Ready(match self {
            Self::Node(session, id) if session.copy_root && *id == session.root => {
                Cow::Borrowed(session.root_copy.get_or_init(|| self.to_value().into_owned()))
            }
            _ if matches!(self.kind(), Kind::Array | Kind::Object) => Cow::Owned(Value::Null),
            _ => {
                charge(self.text().map_or(0, |text| text.len() as u64 / 16));
                self.to_value()
            }
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        charge(1);
        Some(match self {
            Self::Node(session, id) => {
                NodeIdentity::tagged(std::ptr::from_ref(session.document).addr(), id.0)
            }
            Self::Text(text) => NodeIdentity::new(text.as_ptr().addr()),
        })
    }
}

/// An array or object.
#[derive(Clone, Copy)]
pub(super) struct Container<'a> {
    session: &'a Session<'a>,
    id: NodeId,
}

impl<'a> Container<'a> {
    /// The member of that name.
    pub(super) fn named(&self, name: &str) -> Option<Instance<'a>> {
        charge(1);
        let child = self.session.get(self.id, name)?;
        Some(Instance::Node(self.session, self.session.document.resolve(child)))
    }
}

impl<'a> Object<'a, Tree> for Container<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        let len = match self.session.merged(self.id) {
            Some(merged) => merged.list.len(),
            None => self.session.document.children(self.id).count(),
        };
        charge(len as u64);
        len
    }

    fn is_empty(&self) -> bool {
        self.members().next().is_none()
    }

    fn get(&self, key: &Key) -> Option<Instance<'a>> {
        charge(1);
        let document = self.session.document;
        let symbol = document.symbols().lookup_hashed(key.hash, &key.text)?;
        let child = self.session.member(self.id, symbol)?;
        Some(Instance::Node(self.session, document.resolve(child)))
    }

    fn members(&self) -> Members<'a> {
        self.session.members(self.id)
    }
}

impl<'a> Array<'a, Tree> for Container<'a> {
    type Node = Instance<'a>;
    type ElementsIter = Elements<'a>;

    fn len(&self) -> usize {
        let len = self.session.document.children(self.id).count();
        charge(len as u64);
        len
    }

    fn elements(&self) -> Elements<'a> {
        Elements { session: self.session, children: self.session.document.children(self.id) }
    }

    fn is_unique(&self) -> bool {
        self.session.duplicate(self.id).is_none()
    }
}

enum MembersOf<'a> {
    Plain(Children<'a>),
    Merged(Rc<Merged>, usize),
}

/// Members with merge keys fallen through and aliases followed.
pub(super) struct Members<'a> {
    session: &'a Session<'a>,
    of: MembersOf<'a>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        charge(1);
        let document = self.session.document;
        let (symbol, child) = match &mut self.of {
            MembersOf::Plain(children) => {
                let child = children.next()?;
                (document.key_symbol(child)?, child)
            }
            MembersOf::Merged(merged, at) => {
                *at += 1;
                *merged.list.get(*at - 1)?
            }
        };
        Some((document.symbols().get(symbol), Instance::Node(self.session, document.resolve(child))))
    }
}

/// Elements with aliases followed.
pub(super) struct Elements<'a> {
    session: &'a Session<'a>,
    children: Children<'a>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Instance<'a>;

    fn next(&mut self) -> Option<Instance<'a>> {
        charge(1);
        let child = self.children.next()?;
        Some(Instance::Node(self.session, self.session.document.resolve(child)))
    }
}

/// A number by its digits.
pub(super) struct Digits<'a>(&'a str);

impl JsonNumber for Digits<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok().filter(|float: &f64| float.is_finite())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    /// Only messages and output ask for it; what no double holds is the nearest one there.
    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        let beyond = if self.0.starts_with('-') { f64::MIN } else { f64::MAX };
        Cow::Owned(
            (self.as_i64().map(Into::into))
                .or_else(|| self.as_u64().map(Into::into))
                .or_else(|| serde_json::Number::from_f64(self.as_f64().unwrap_or(beyond)))
                .unwrap_or_else(|| 0.into()),
        )
    }

    fn is_integer(&self) -> bool {
        // Beyond the doubles everything is whole.
        self.as_i64().is_some() || self.as_f64().is_none_or(|float| float.fract() == 0.0)
    }

    fn is_written_as_integer(&self) -> bool {
        !self.0.contains(['.', 'e', 'E'])
    }
}
