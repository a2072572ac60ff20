//! What a schema says of elements and members: which there are, what each has to be, and what none of the
//! schemas around them has looked at.

use super::super::compile::{Id, Keyword, Name, PatternId, Rules, Schema, Type};
use super::{DEPTH, Run};
use crate::spectral::value::{Js, View};
use assize_tree::document::Symbol;
use assize_tree::js::number_to_string;
use assize_tree::path::NodeRef;
use foldhash::fast::FixedState;
use std::collections::HashSet;
use std::hash::BuildHasher;

/// Levels of a value that its hash takes in.
const HASHED: u32 = 4;

/// A hash of a value: the same for values that are equal, in whatever order their members stand.
fn hash(view: &View<'_>, value: &Js<'_>, depth: u32) -> u64 {
    let hasher = FixedState::with_seed(11);
    match value {
        Js::Undefined | Js::Null => 1,
        Js::Bool(bool) => 2 + u64::from(*bool),
        // Both zeros are equal.
        Js::Number(number) => hasher.hash_one((number + 0.0).to_bits()),
        Js::Text(text) => hasher.hash_one(text.as_bytes()),
        Js::Node(_) if depth == 0 => 4,
        Js::Node(at) if view.is_array(value) => view.items(*at).fold(5, |sum: u64, item| {
            sum.wrapping_mul(31).wrapping_add(hash(view, &view.read(item), depth - 1))
        }),
        Js::Node(at) => view.members(*at).fold(6, |sum: u64, (key, member)| {
            let member = hash(view, &view.read(member), depth - 1);
            sum.wrapping_add(hasher.hash_one((key, member)))
        }),
    }
}

/// Members that are looked through one by one.
const FEW: usize = 24;

impl<'a> Run<'a> {
    pub(super) fn elements(&mut self, keyword: &Keyword, at: NodeRef) -> bool {
        let items: Vec<NodeRef> = self.view.items(at).collect();
        let mut valid = true;
        match keyword {
            Keyword::Tuple(list) => {
                for (index, (&id, &item)) in list.iter().zip(&items).enumerate() {
                    valid &= self.element(index, id, item);
                    if !valid && !self.all {
                        return false;
                    }
                }
            }
            Keyword::Rest { from, schema, named } => {
                let never = matches!(self.validator.schemas[*schema as usize], Schema::Never);
                if never && (*from > 0 || *named != "items") {
                    return items.len() <= *from
                        || self.fail(named, format!("must NOT have more than {from} items"));
                }
                for (index, &item) in items.iter().enumerate().skip(*from) {
                    valid &= self.element(index, *schema, item);
                    if !valid && !self.all {
                        return false;
                    }
                }
            }
            Keyword::Contains { schema, min, max } => {
                if *min == 0.0 && max.is_none() {
                    return true;
                }
                let count = self.errors.len();
                let mut found = 0.0;
                for (index, &item) in items.iter().enumerate() {
                    if self.element(index, *schema, item) {
                        found += 1.0;
                    }
                    if found >= *min && max.is_none() {
                        break;
                    }
                }
                if found >= *min && max.is_none_or(|max| found <= max) {
                    self.errors.truncate(count);
                    return true;
                }
                if !self.composite && !self.all {
                    self.errors.truncate(count);
                }
                let at_least = format!("must contain at least {}", number_to_string(*min));
                let most = max
                    .map_or_else(String::new, |max| format!(" and no more than {}", number_to_string(max)));
                return self.fail("contains", format!("{at_least}{most} valid item(s)"));
            }
            Keyword::Unique(kinds) if !kinds.is_empty() => return self.unique_simple(&items, kinds),
            _ => return self.unique(&items),
        }
        valid
    }

    /// Elements of simple types are looked at from the last on; others are passed over.
    fn unique_simple(&mut self, items: &[NodeRef], kinds: &[Type]) -> bool {
        let mut hashes: HashSet<u64, FixedState> = HashSet::default();
        let view = self.view;
        let texts_only = |&item: &NodeRef| match view.read(item) {
            value @ Js::Text(_) => hashes.insert(hash(&view, &value, HASHED)),
            _ => false,
        };
        if items.iter().all(texts_only) {
            return true;
        }
        let mut seen = std::collections::HashMap::new();
        for (index, &item) in items.iter().enumerate().rev() {
            let value = self.view.read(item);
            if !kinds.iter().any(|&kind| self.is(kind, &value)) {
                continue;
            }
            let mut key = self.view.string(&value);
            if kinds.len() > 1 && value.text().is_some() {
                key.push('_');
            }
            if let Some(other) = seen.insert(key, index) {
                return self.fail(
                    "uniqueItems",
                    format!("must NOT have duplicate items (items ## {other} and {index} are identical)"),
                );
            }
        }
        true
    }

    fn unique(&mut self, items: &[NodeRef]) -> bool {
        let view = self.view;
        // By hash first: long lists would take the square of their length.
        let mut seen: HashSet<u64, FixedState> = HashSet::default();
        if items.iter().all(|&item| seen.insert(hash(&view, &view.read(item), HASHED))) {
            return true;
        }
        for i in (1..items.len()).rev() {
            for j in (0..i).rev() {
                if view.equal(&view.read(items[i]), &view, &view.read(items[j])) {
                    return self.fail(
                        "uniqueItems",
                        format!("must NOT have duplicate items (items ## {j} and {i} are identical)"),
                    );
                }
            }
        }
        true
    }

    /// Judges an object by a keyword; its members stand in `self.members` from `from` on.
    pub(super) fn members(&mut self, keyword: &Keyword, at: NodeRef, from: usize) -> bool {
        let to = self.members.len();
        let mut valid = true;
        match keyword {
            Keyword::Required(names) => {
                for &name in names {
                    if self.find(at, name, from, to).is_none() {
                        if self.quiet {
                            return false;
                        }
                        let name = &self.validator.names[name as usize];
                        valid = self.fail("required", format!("must have required property '{name}'"));
                        if let Some(last) = self.last() {
                            last.missing = Some(name.clone());
                        }
                        if !self.all {
                            return false;
                        }
                    }
                }
            }
            Keyword::PropertyNames(schema) => {
                for index in from..to {
                    let name = self.view.doc(at.doc).symbols().get(self.members[index].0);
                    if !self.check(*schema, &Js::Text(name.into())) {
                        valid = self.fail("propertyNames", "property name must be valid".to_owned());
                        if !self.all {
                            return false;
                        }
                    }
                }
            }
            Keyword::Additional { number, schema, known, patterns } => {
                return self.additional((*number, *schema, known, patterns), at, from, to);
            }
            // A value with few members of many that it might have: found by its own, in the schema's order.
            Keyword::Properties { number, list } if list.len() > to - from && to - from <= FEW => {
                let mut order = [(0, 0); FEW];
                let mut count = 0;
                for index in from..to {
                    if let Some(position) = self.position(*number, list, at.doc, self.members[index].0) {
                        order[count] = (position, index as u32);
                        count += 1;
                    }
                }
                order[..count].sort_unstable();
                for &(position, index) in &order[..count] {
                    let (name, id) = list[position as usize];
                    let node = self.members[index as usize].1;
                    valid &= self.below(&self.validator.names[name as usize], id, NodeRef { node, ..at });
                    if !valid && !self.all {
                        return false;
                    }
                }
            }
            Keyword::Properties { list, .. } => {
                for &(name, id) in list {
                    if let Some(edge) = self.find(at, name, from, to) {
                        valid &= self.below(&self.validator.names[name as usize], id, edge);
                        if !valid && !self.all {
                            return false;
                        }
                    }
                }
            }
            Keyword::PatternProperties(list) => {
                for &(pattern, id) in list {
                    for index in from..to {
                        let (key, node) = self.members[index];
                        if self.fits_key(pattern, at.doc, key, false) {
                            let name = self.view.doc(at.doc).symbols().get(key);
                            valid &= self.below(name, id, NodeRef { node, ..at });
                            if !valid && !self.all {
                                return false;
                            }
                        }
                    }
                }
            }
            Keyword::Dependencies { lists, schemas } => {
                for (name, wanted) in lists {
                    if self.find(at, *name, from, to).is_none() {
                        continue;
                    }
                    for &missing in wanted {
                        if self.find(at, missing, from, to).is_some() {
                            continue;
                        }
                        if self.quiet {
                            return false;
                        }
                        let names = &self.validator.names;
                        let all: Vec<&str> = wanted.iter().map(|&one| names[one as usize].as_str()).collect();
                        let noun = if wanted.len() == 1 { "property" } else { "properties" };
                        let present = &names[*name as usize];
                        valid = self.fail(
                            "dependencies",
                            format!("must have {noun} {} when property {present} is present", all.join(", ")),
                        );
                        if let Some(last) = self.last() {
                            last.missing = Some(names[missing as usize].clone());
                        }
                        if !self.all {
                            return false;
                        }
                    }
                }
                for &(name, id) in schemas {
                    if self.find(at, name, from, to).is_some() {
                        valid &= self.check(id, &Js::Node(at));
                        if !valid && !self.all {
                            return false;
                        }
                    }
                }
            }
            _ => {}
        }
        valid
    }

    /// Where a list of properties names a key of a document.
    fn position(&mut self, number: u32, list: &[(Name, Id)], doc: u32, key: Symbol) -> Option<u32> {
        if let Some(&known) = self.positions.get(&(number, doc, key.0)) {
            return known;
        }
        let found = list.iter().position(|&(name, _)| self.symbol(doc, name) == Some(key));
        let found = found.map(|at| at as u32);
        self.positions.insert((number, doc, key.0), found);
        found
    }

    /// The member of that name, of an object whose members stand in `self.members`.
    fn find(&mut self, at: NodeRef, name: Name, from: usize, to: usize) -> Option<NodeRef> {
        let symbol = self.symbol(at.doc, name)?;
        let node = if to - from > FEW {
            self.view.doc(at.doc).member(at.node, symbol)?
        } else {
            self.members[from..to].iter().find(|(key, _)| *key == symbol)?.1
        };
        Some(NodeRef { node, ..at })
    }

    /// Members that no other keyword speaks of.
    fn additional(
        &mut self,
        (number, schema, known, patterns): (u32, Id, &[Name], &[PatternId]),
        at: NodeRef,
        from: usize,
        to: usize,
    ) -> bool {
        if self.always(schema) {
            return true;
        }
        let never = matches!(self.validator.schemas[schema as usize], Schema::Never);
        let mut valid = true;
        for index in from..to {
            let (key, node) = self.members[index];
            let told = self.named.get(&(number, at.doc, key.0)).copied();
            let named = told.unwrap_or_else(|| {
                let named = known.iter().any(|&name| self.symbol(at.doc, name) == Some(key))
                    || patterns.iter().any(|&pattern| self.fits_key(pattern, at.doc, key, true));
                self.named.insert((number, at.doc, key.0), named);
                named
            });
            if named {
                continue;
            }
            if never && self.quiet {
                return false;
            }
            let name = self.view.doc(at.doc).symbols().get(key);
            if never {
                valid = self.fail("additionalProperties", "must NOT have additional properties".to_owned());
                if let Some(last) = self.last() {
                    last.property = Some(name.to_owned());
                }
            } else {
                valid &= self.below(name, schema, NodeRef { node, ..at });
            }
            if !valid && !self.all {
                return false;
            }
        }
        valid
    }

    pub(super) fn unevaluated(&mut self, rules: &Rules, items: bool, schema: Id, value: &Js<'a>) -> bool {
        let Js::Node(at) = value else { return true };
        if items != self.view.is_array(value) {
            return true;
        }
        let mut known = std::collections::HashSet::new();
        self.evaluated(rules, value, &mut known, true);
        let mut valid = true;
        for (step, edge) in self.view.entries(*at) {
            let step = match step {
                assize_tree::document::Step::Key(key) => key.to_owned(),
                assize_tree::document::Step::Index(index) => index.to_string(),
            };
            if known.contains(&step) {
                continue;
            }
            let never = matches!(self.validator.schemas[schema as usize], Schema::Never);
            valid = if never && items {
                self.fail("unevaluatedItems", format!("must NOT have more than {step} items"))
            } else if never {
                self.fail("unevaluatedProperties", "must NOT have unevaluated properties".to_owned())
            } else {
                self.below(&step, schema, edge) && valid
            };
            if !valid && (!self.all || items) {
                return false;
            }
        }
        valid
    }

    /// The members or elements that the keywords of a schema, and of those it applies, have judged.
    fn evaluated(
        &mut self,
        rules: &Rules,
        value: &Js<'a>,
        known: &mut std::collections::HashSet<String>,
        own: bool,
    ) {
        let Js::Node(at) = value else { return };
        let view = self.view;
        let steps: Vec<String> = view
            .entries(*at)
            .into_iter()
            .map(|(step, _)| match step {
                assize_tree::document::Step::Key(key) => key.to_owned(),
                assize_tree::document::Step::Index(index) => index.to_string(),
            })
            .collect();
        self.depth += 1;
        if self.depth > DEPTH {
            self.too_deep = true;
            return;
        }
        let validator = self.validator;
        for keyword in rules.any.iter().chain(&rules.array).chain(&rules.object) {
            let applied: Vec<Id> = match keyword {
                Keyword::Ref(id) => vec![*id],
                Keyword::AllOf(list) | Keyword::AnyOf(list) | Keyword::OneOf(list) => list.clone(),
                Keyword::If { condition, yes, no } => {
                    let held = self.fits(*condition, value);
                    let clause = if held { yes } else { no };
                    held.then_some(*condition).into_iter().chain(*clause).collect()
                }
                Keyword::Dependencies { schemas, .. } => schemas
                    .iter()
                    .filter(|(name, _)| view.edge(*at, &validator.names[*name as usize]).is_some())
                    .map(|(_, id)| *id)
                    .collect(),
                Keyword::Properties { list, .. } => {
                    known.extend(list.iter().map(|(name, _)| validator.names[*name as usize].clone()));
                    continue;
                }
                Keyword::PatternProperties(list) => {
                    let hit = |step: &&String| {
                        list.iter().any(|(pattern, _)| {
                            validator.patterns[*pattern as usize].is_match(step).unwrap_or(false)
                        })
                    };
                    known.extend(steps.iter().filter(hit).cloned());
                    continue;
                }
                Keyword::Tuple(list) => {
                    known.extend((0..list.len()).map(|index| index.to_string()));
                    continue;
                }
                Keyword::Additional { .. } | Keyword::Rest { .. } => {
                    known.extend(steps.iter().cloned());
                    continue;
                }
                Keyword::Unevaluated { .. } if !own => {
                    known.extend(steps.iter().cloned());
                    continue;
                }
                _ => continue,
            };
            for id in applied {
                if let Schema::Rules(inner) = &validator.schemas[id as usize]
                    && self.fits(id, value)
                {
                    self.evaluated(inner, value, known, false);
                }
            }
        }
        self.depth -= 1;
    }
}
