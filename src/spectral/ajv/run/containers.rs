//! What a schema says of elements and members: which there are, what each has to be, and what none of the
//! schemas around them has looked at.

use super::super::compile::{Id, Keyword, Rules, Schema, Type};
use super::{DEPTH, Run};
use crate::spectral::value::Js;
use assize_tree::js::number_to_string;
use assize_tree::path::NodeRef;

impl<'a> Run<'a> {
    pub(super) fn elements(&mut self, keyword: &Keyword, at: NodeRef) -> bool {
        let items: Vec<NodeRef> = self.view.items(at).collect();
        let mut valid = true;
        match keyword {
            Keyword::Tuple(list) => {
                for (index, (&id, &item)) in list.iter().zip(&items).enumerate() {
                    valid &= self.below(&index.to_string(), id, item);
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
                    valid &= self.below(&index.to_string(), *schema, item);
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
                    if self.below(&index.to_string(), *schema, item) {
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
        // Texts and numbers first by hash: long lists would take the square of their length.
        let mut seen = std::collections::HashMap::new();
        let mut doubt = false;
        for (index, &item) in items.iter().enumerate() {
            let key = view.json(&view.read(item));
            doubt |= seen.insert(key, index).is_some() || matches!(view.read(item), Js::Node(_));
        }
        if !doubt {
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

    pub(super) fn members(&mut self, keyword: &Keyword, at: NodeRef) -> bool {
        let view = self.view;
        let mut valid = true;
        match keyword {
            Keyword::Required(names) => {
                for name in names {
                    if view.edge(at, name).is_none() {
                        if self.quiet {
                            return false;
                        }
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
                for (name, _) in view.members(at) {
                    if !self.check(*schema, &Js::Text(name.into())) {
                        valid = self.fail("propertyNames", "property name must be valid".to_owned());
                        if !self.all {
                            return false;
                        }
                    }
                }
            }
            Keyword::Additional { schema, known, patterns } => {
                if self.always(*schema) {
                    return true;
                }
                let never = matches!(self.validator.schemas[*schema as usize], Schema::Never);
                for (name, edge) in view.members(at) {
                    let named = known.iter().any(|one| one == name)
                        || patterns.iter().any(|pattern| pattern.is_match(name).unwrap_or(true));
                    if named {
                        continue;
                    }
                    if never {
                        valid = self
                            .fail("additionalProperties", "must NOT have additional properties".to_owned());
                        if let Some(last) = self.last() {
                            last.property = Some(name.to_owned());
                        }
                    } else {
                        valid &= self.below(name, *schema, edge);
                    }
                    if !valid && !self.all {
                        return false;
                    }
                }
            }
            // A value with few members of many that it might have: found by its own, in the schema's order.
            Keyword::Properties(list) if list.len() > 2 * view.len(at) => {
                let mut found: Vec<(usize, &str, NodeRef)> = view
                    .members(at)
                    .filter_map(|(name, edge)| {
                        Some((list.iter().position(|(one, _)| one == name)?, name, edge))
                    })
                    .collect();
                found.sort_unstable_by_key(|&(index, ..)| index);
                for (index, name, edge) in found {
                    valid &= self.below(name, list[index].1, edge);
                    if !valid && !self.all {
                        return false;
                    }
                }
            }
            Keyword::Properties(list) => {
                for (name, id) in list {
                    if let Some(edge) = view.edge(at, name) {
                        valid &= self.below(name, *id, edge);
                        if !valid && !self.all {
                            return false;
                        }
                    }
                }
            }
            Keyword::PatternProperties(list) => {
                for (pattern, id) in list {
                    for (name, edge) in view.members(at) {
                        if pattern.is_match(name).unwrap_or(false) {
                            valid &= self.below(name, *id, edge);
                            if !valid && !self.all {
                                return false;
                            }
                        }
                    }
                }
            }
            Keyword::Dependencies { lists, schemas } => {
                for (name, wanted) in lists {
                    if view.edge(at, name).is_none() {
                        continue;
                    }
                    for missing in wanted.iter().filter(|one| view.edge(at, one).is_none()) {
                        let noun = if wanted.len() == 1 { "property" } else { "properties" };
                        valid = self.fail(
                            "dependencies",
                            format!("must have {noun} {} when property {name} is present", wanted.join(", ")),
                        );
                        if let Some(last) = self.last() {
                            last.missing = Some(missing.clone());
                        }
                        if !self.all {
                            return false;
                        }
                    }
                }
                for (name, id) in schemas {
                    if view.edge(at, name).is_some() {
                        valid &= self.check(*id, &Js::Node(at));
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
                    .filter(|(name, _)| view.edge(*at, name).is_some())
                    .map(|(_, id)| *id)
                    .collect(),
                Keyword::Properties(list) => {
                    known.extend(list.iter().map(|(name, _)| name.clone()));
                    continue;
                }
                Keyword::PatternProperties(list) => {
                    let hit = |step: &&String| {
                        list.iter().any(|(pattern, _)| pattern.is_match(step).unwrap_or(false))
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
