//! Evaluation of queries and filters, node by node. Steps are counted: a query within a filter can
//! cost more than the document is large, and a stranger's document must not hang the program.

use super::automaton::Exhausted;
use super::expr::{Comparison, Expr, Literal, Operand, Path, Pattern, Query, Segment, Selector};
use super::{Alone, Graph, NodeRef};
use crate::document::{Document, Kind, NodeId, Number};
use crate::pattern::IRegexp;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Steps that the filters of one run may take together.
const BUDGET: u64 = 200_000_000;

impl Path {
    /// The nodes the path selects from a root, in the order and with the duplicates that RFC 9535
    /// section 2.1.2 wants. Aliases and merge keys are followed; references are not.
    ///
    /// # Errors
    /// Where a filter takes more steps than it may.
    pub fn nodelist(&self, document: &Document, root: NodeId) -> Result<Vec<NodeId>, Exhausted> {
        let graph = Alone(document);
        let root = NodeRef { doc: 0, node: root };
        let eval = Eval::new(&graph, root, false);
        Ok(eval.select(&self.segments, root)?.into_iter().map(|at| at.node).collect())
    }
}

/// One evaluation over one graph.
pub(super) struct Eval<'g> {
    graph: &'g dyn Graph,
    root: NodeRef,
    follow: bool,
    steps: Cell<u64>,
    /// Whether some reference leads to nothing that could be read.
    blind: bool,
    /// Whether what stands behind such a reference was asked for.
    unread: Cell<bool>,
    /// Results of queries from the root: the same for every node a filter is asked about.
    absolute: RefCell<HashMap<*const Query, Rc<[NodeRef]>>>,
    patterns: RefCell<HashMap<String, Option<Rc<IRegexp>>>>,
}

/// A value in a comparison.
enum Value<'v> {
    Nothing,
    Node(NodeRef),
    Literal(&'v Literal),
    Count(usize),
    /// The key of a member.
    Key(&'v str),
}

impl<'g> Eval<'g> {
    pub(super) fn new(graph: &'g dyn Graph, root: NodeRef, follow: bool) -> Self {
        Self {
            graph,
            root,
            follow,
            steps: Cell::new(0),
            blind: follow && graph.has_unresolved(),
            unread: Cell::new(false),
            absolute: RefCell::default(),
            patterns: RefCell::default(),
        }
    }

    pub(super) fn root(&self) -> NodeRef {
        self.root
    }

    pub(super) fn document(&self, doc: u32) -> &'g Document {
        self.graph.document(doc)
    }

    pub(super) fn graph(&self) -> &'g dyn Graph {
        self.graph
    }

    pub(super) fn step(&self) -> Result<(), Exhausted> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > BUDGET { Err(Exhausted::Steps) } else { Ok(()) }
    }

    /// What stands at an edge, aliases and (where they are followed) references seen through.
    pub(super) fn target(&self, at: NodeRef) -> NodeRef {
        let at = NodeRef { doc: at.doc, node: self.graph.document(at.doc).resolve(at.node) };
        self.behind(at)
    }

    /// What stands at an object that is no alias.
    pub(super) fn behind(&self, at: NodeRef) -> NodeRef {
        if !self.follow {
            return at;
        }
        let target = self.graph.follow(at).unwrap_or(at);
        if self.blind && self.graph.is_unresolved(target) {
            self.unread.set(true);
        }
        target
    }

    /// Whether an object is a reference that leads to nothing that could be read.
    pub(super) fn leads_nowhere(&self, at: NodeRef) -> bool {
        self.blind && self.graph.is_unresolved(at)
    }

    /// Whether something behind a reference that leads nowhere was asked for since this was asked last.
    pub(super) fn met_unread(&self) -> bool {
        self.blind && self.unread.take()
    }

    pub(super) fn select(&self, segments: &[Segment], start: NodeRef) -> Result<Vec<NodeRef>, Exhausted> {
        let mut nodes = vec![start];
        for segment in segments {
            let mut next = Vec::new();
            for &node in &nodes {
                if segment.descendant {
                    self.descendants(segment, node, &mut next)?;
                } else {
                    self.children(segment, node, &mut next)?;
                }
            }
            nodes = next;
        }
        Ok(nodes)
    }

    fn descendants(
        &self,
        segment: &Segment,
        from: NodeRef,
        found: &mut Vec<NodeRef>,
    ) -> Result<(), Exhausted> {
        let mut seen = HashSet::new();
        let mut stack = vec![from];
        while let Some(at) = stack.pop() {
            self.step()?;
            let target = self.target(at);
            // What a reference leads back to was visited.
            if self.follow && !seen.insert(target) {
                continue;
            }
            self.children(segment, at, found)?;
            let first = stack.len();
            self.each_child(target, |child, _| stack.push(child));
            stack[first..].reverse();
        }
        Ok(())
    }

    /// Calls for each child with its key.
    fn each_child<'d>(&'d self, target: NodeRef, mut visit: impl FnMut(NodeRef, Option<&'d str>)) {
        let document = self.graph.document(target.doc);
        match document.kind(target.node) {
            Kind::Object => document
                .members(target.node)
                .for_each(|(key, node)| visit(NodeRef { node, ..target }, Some(document.symbols().get(key)))),
            Kind::Array => {
                document.items(target.node).for_each(|node| visit(NodeRef { node, ..target }, None))
            }
            _ => {}
        }
    }

    fn children(&self, segment: &Segment, at: NodeRef, found: &mut Vec<NodeRef>) -> Result<(), Exhausted> {
        let target = self.target(at);
        let document = self.graph.document(target.doc);
        let kind = document.kind(target.node);
        if !matches!(kind, Kind::Object | Kind::Array) {
            return Ok(());
        }
        let here = |node| NodeRef { node, ..target };
        for selector in &segment.selectors {
            self.step()?;
            match selector {
                Selector::Name(name) => found.extend(document.get(target.node, name).map(here)),
                Selector::Wildcard => self.each_child(target, |child, _| found.push(child)),
                Selector::Index(index) if kind == Kind::Array => {
                    let length = || document.len(target.node) as i64;
                    let index = if *index < 0 { length() + index } else { *index };
                    found.extend(
                        usize::try_from(index)
                            .ok()
                            .and_then(|index| document.item(target.node, index))
                            .map(here),
                    );
                }
                Selector::Slice { start, end, step } if kind == Kind::Array => {
                    let length = document.len(target.node) as i64;
                    for index in slice(*start, *end, *step, length) {
                        self.step()?;
                        found.extend(document.item(target.node, index as usize).map(here));
                    }
                }
                Selector::Index(_) | Selector::Slice { .. } => {}
                Selector::Filter(filter) => {
                    let mut children = Vec::new();
                    self.each_child(target, |child, _| children.push(child));
                    for child in children {
                        if self.holds(&filter.expr, child)? {
                            found.push(child);
                        }
                    }
                }
                Selector::Script(script) => {
                    let mut children = Vec::new();
                    self.each_child(target, |child, _| children.push(child));
                    for child in children {
                        if script.holds(self, child, None)? {
                            found.push(child);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether an expression holds of a node (`@`).
    pub(super) fn holds(&self, expr: &Expr, at: NodeRef) -> Result<bool, Exhausted> {
        self.step()?;
        Ok(match expr {
            Expr::Or(parts) => {
                for part in parts {
                    if self.holds(part, at)? {
                        return Ok(true);
                    }
                }
                false
            }
            Expr::And(parts) => {
                for part in parts {
                    if !self.holds(part, at)? {
                        return Ok(false);
                    }
                }
                true
            }
            Expr::Not(inner) => !self.holds(inner, at)?,
            Expr::Exists(query) if query.is_singular() => self.single(query, at).is_some(),
            Expr::Exists(query) => !self.query(query, at)?.is_empty(),
            Expr::Compare(left, comparison, right) => {
                let (left, right) = (self.operand(left, at)?, self.operand(right, at)?);
                self.compare(&left, *comparison, &right)
            }
            Expr::Match { text, pattern, whole } => {
                let value = self.operand(text, at)?;
                let Some(text) = self.text(&value) else { return Ok(false) };
                let matches = |regex: &IRegexp| {
                    if *whole { regex.is_full_match(text) } else { regex.is_search_match(text) }
                };
                match pattern {
                    Pattern::Fixed(regex) => regex.get().is_some_and(matches),
                    Pattern::Found(operand) => {
                        let value = self.operand(operand, at)?;
                        let Some(source) = self.text(&value) else { return Ok(false) };
                        let regex = self
                            .patterns
                            .borrow_mut()
                            .entry(source.to_owned())
                            .or_insert_with(|| IRegexp::new(source).ok().map(Rc::new))
                            .clone();
                        regex.is_some_and(|regex| matches(&regex))
                    }
                }
            }
        })
    }

    /// The one node of a singular query, without building a list.
    fn single(&self, query: &Query, at: NodeRef) -> Option<NodeRef> {
        let mut at = if query.absolute { self.root } else { at };
        for segment in &query.segments {
            let target = self.target(at);
            let document = self.graph.document(target.doc);
            let node = match segment.selectors.first()? {
                Selector::Name(name) => document.get(target.node, name)?,
                Selector::Index(index) => {
                    let index = if *index < 0 { document.len(target.node) as i64 + index } else { *index };
                    document.item(target.node, usize::try_from(index).ok()?)?
                }
                _ => return None,
            };
            at = NodeRef { node, ..target };
        }
        Some(at)
    }

    fn query(&self, query: &Query, at: NodeRef) -> Result<Rc<[NodeRef]>, Exhausted> {
        if !query.absolute {
            return self.select(&query.segments, at).map(Into::into);
        }
        let key: *const Query = query;
        if let Some(known) = self.absolute.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let found: Rc<[NodeRef]> = self.select(&query.segments, self.root)?.into();
        self.absolute.borrow_mut().insert(key, Rc::clone(&found));
        Ok(found)
    }

    fn operand<'v>(&'v self, operand: &'v Operand, at: NodeRef) -> Result<Value<'v>, Exhausted> {
        let node =
            |found: Option<NodeRef>| found.map_or(Value::Nothing, |node| Value::Node(self.target(node)));
        Ok(match operand {
            Operand::Literal(literal) => Value::Literal(literal),
            Operand::Query(query) => node(self.single(query, at)),
            Operand::Value(query) => match self.query(query, at)?[..] {
                [only] => node(Some(only)),
                _ => Value::Nothing,
            },
            // The member as it stands: what it refers to has a name of its own.
            Operand::Key(query) => self
                .single(query, at)
                .and_then(|node| self.graph.document(node.doc).key(node.node))
                .map_or(Value::Nothing, Value::Key),
            Operand::Count(query) => Value::Count(self.query(query, at)?.len()),
            Operand::Length(inner) => {
                let value = self.operand(inner, at)?;
                if let Some(text) = self.text(&value) {
                    return Ok(Value::Count(text.chars().count()));
                }
                match value {
                    Value::Node(node) => {
                        let document = self.graph.document(node.doc);
                        match document.kind(node.node) {
                            Kind::Array | Kind::Object => Value::Count(document.len(node.node)),
                            _ => Value::Nothing,
                        }
                    }
                    _ => Value::Nothing,
                }
            }
        })
    }

    fn text<'a>(&'a self, value: &Value<'a>) -> Option<&'a str> {
        match value {
            Value::Literal(Literal::String(text)) => Some(text),
            Value::Key(key) => Some(key),
            Value::Node(node) => self.graph.document(node.doc).str(node.node),
            _ => None,
        }
    }

    fn compare(&self, left: &Value<'_>, comparison: Comparison, right: &Value<'_>) -> bool {
        match comparison {
            Comparison::Equal => self.equal(left, right),
            Comparison::NotEqual => !self.equal(left, right),
            Comparison::Less => self.order(left, right) == Some(Ordering::Less),
            Comparison::Greater => self.order(left, right) == Some(Ordering::Greater),
            Comparison::LessOrEqual => {
                self.order(left, right) == Some(Ordering::Less) || self.equal(left, right)
            }
            Comparison::GreaterOrEqual => {
                self.order(left, right) == Some(Ordering::Greater) || self.equal(left, right)
            }
        }
    }

    fn equal(&self, left: &Value<'_>, right: &Value<'_>) -> bool {
        match (left, right) {
            (Value::Nothing, Value::Nothing) => true,
            (Value::Nothing, _) | (_, Value::Nothing) => false,
            (Value::Node(a), Value::Node(b)) => {
                self.graph.document(a.doc).equal(a.node, self.graph.document(b.doc), b.node)
            }
            _ => {
                if let (Some(a), Some(b)) = (self.text(left), self.text(right)) {
                    return a == b;
                }
                if let (Some(a), Some(b)) = (self.plain(left), self.plain(right)) {
                    return a == b;
                }
                self.order(left, right) == Some(Ordering::Equal)
            }
        }
    }

    /// null, true and false: `None`, `Some(true)`, `Some(false)`.
    #[expect(clippy::option_option, reason = "null is a value of its own")]
    fn plain(&self, value: &Value<'_>) -> Option<Option<bool>> {
        match value {
            Value::Literal(Literal::Null) => Some(None),
            Value::Literal(Literal::Bool(bool)) => Some(Some(*bool)),
            Value::Node(node) => {
                let document = self.graph.document(node.doc);
                match document.kind(node.node) {
                    Kind::Null => Some(None),
                    Kind::Bool => Some(document.bool(node.node)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn order(&self, left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
        if let (Some(a), Some(b)) = (self.text(left), self.text(right)) {
            return Some(a.cmp(b));
        }
        let (mut a, mut b) = (String::new(), String::new());
        self.number(left, &mut a)?.compare(self.number(right, &mut b)?)
    }

    fn number<'a>(&'a self, value: &Value<'a>, digits: &'a mut String) -> Option<Number<'a>> {
        match value {
            Value::Literal(Literal::Number(text)) => Some(Number::new(text)),
            Value::Count(count) => {
                *digits = count.to_string();
                Some(Number::new(digits))
            }
            Value::Node(node) => self.graph.document(node.doc).number(node.node),
            _ => None,
        }
    }
}

/// The indexes of a slice (RFC 9535, 2.3.4.2.2).
pub(super) fn slice(start: Option<i64>, end: Option<i64>, step: i64, length: i64) -> Vec<i64> {
    if step == 0 {
        return Vec::new();
    }
    let normal = |index: i64| if index < 0 { length + index } else { index };
    let mut indexes = Vec::new();
    if step > 0 {
        let (lower, upper) =
            (normal(start.unwrap_or(0)).clamp(0, length), normal(end.unwrap_or(length)).clamp(0, length));
        let mut at = lower;
        while at < upper {
            indexes.push(at);
            at = at.saturating_add(step);
        }
    } else {
        let upper = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
        let lower = end.map_or(-1, normal).clamp(-1, length - 1);
        let mut at = upper;
        while at > lower {
            indexes.push(at);
            at = at.saturating_add(step);
        }
    }
    indexes
}
