//! Judges a value by a compiled schema, keyword by keyword in ajv's order.

mod containers;
mod messages;

use super::super::value::{Js, View};
use super::compile::{Id, Keyword, Name, PatternId, Rules, Schema, Type, Validator};
use super::formats;
use assize_tree::document::{NodeId, Symbol};
use assize_tree::js::number_to_string;
use assize_tree::path::NodeRef;
use foldhash::fast::FixedState;
use std::collections::{HashMap, HashSet};

/// One error as ajv gives it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Where in the value: a JSON pointer.
    pub at: String,
    /// Which keyword.
    pub keyword: &'static str,
    /// What ajv says.
    pub message: String,
    /// `additionalProperty`, where there is one.
    pub property: Option<String>,
    /// `allowedValues` of an `enum`, as they are printed, with the text of texts.
    pub allowed: Vec<(String, Option<String>)>,
    /// `passingSchemas` of a `oneOf`: how many passed.
    pub passing: usize,
    /// What was demanded and missing.
    pub missing: Option<String>,
}

/// What judging comes to.
pub enum Outcome {
    /// The value is right.
    Valid,
    /// It is not.
    Invalid(Vec<Failure>),
    /// The schema goes in circles, too deep, or through too much.
    TooDeep,
}

/// Schemas within schemas, at most.
const DEPTH: u32 = 1200;
/// Schemas that one value may be held against: what is referred to from many places is looked at for each.
const MOST_STEPS: u64 = 20_000_000;

impl Validator {
    /// Judges a value. `schema` is how the schema's own document is looked at.
    #[must_use]
    pub fn run(&self, schema: &View<'_>, view: &View<'_>, value: &Js<'_>) -> Outcome {
        let mut run = Run {
            validator: self,
            schema: *schema,
            view: *view,
            all: self.mode.all_errors,
            errors: Vec::new(),
            depth: 0,
            steps: 0,
            cyclic: view.inventory.has_cycles(),
            under_way: HashSet::new(),
            known: HashMap::default(),
            symbols: Vec::new(),
            matched: HashMap::default(),
            named: HashMap::default(),
            positions: HashMap::default(),
            members: Vec::new(),
            too_deep: false,
            path: String::new(),
            composite: false,
            quiet: false,
        };
        let value = run.own(value);
        let valid = run.check(self.root, &value);
        if run.too_deep {
            Outcome::TooDeep
        } else if valid {
            Outcome::Valid
        } else {
            Outcome::Invalid(run.errors)
        }
    }
}

struct Run<'a> {
    validator: &'a Validator,
    schema: View<'a>,
    view: View<'a>,
    all: bool,
    errors: Vec<Failure>,
    depth: u32,
    steps: u64,
    /// Whether values may hold themselves.
    cyclic: bool,
    /// What is being held against what, where they may.
    under_way: HashSet<(Id, NodeRef)>,
    /// What came of holding a place that references lead to against a schema: many lead to the same.
    known: HashMap<(Id, NodeRef), bool, FixedState>,
    /// For each document, the symbol of each of the validator's names.
    symbols: Vec<u32>,
    /// Whether a pattern fits a key of a document.
    matched: HashMap<(PatternId, u32, u32), Option<bool>, FixedState>,
    /// Whether the keywords beside an `additionalProperties` speak of a key of a document.
    named: HashMap<(u32, u32, u32), bool, FixedState>,
    /// Where a key of a document stands in a list of `properties`.
    positions: HashMap<(u32, u32, u32), Option<u32>, FixedState>,
    /// Members of the objects that are being looked at, those of the innermost last.
    members: Vec<(Symbol, NodeId)>,
    too_deep: bool,
    path: String,
    /// Within `anyOf`, `oneOf` and the like, where errors are gathered.
    composite: bool,
    /// Nothing is noted: only whether a value fits is asked.
    quiet: bool,
}

impl<'a> Run<'a> {
    fn fail(&mut self, keyword: &'static str, message: String) -> bool {
        if self.quiet {
            return false;
        }
        self.errors.push(Failure {
            at: self.path.clone(),
            keyword,
            message,
            property: None,
            allowed: Vec::new(),
            passing: 0,
            missing: None,
        });
        false
    }

    /// What was noted last, to say more of it.
    fn last(&mut self) -> Option<&mut Failure> {
        if self.quiet { None } else { self.errors.last_mut() }
    }

    fn always(&self, id: Id) -> bool {
        matches!(self.validator.schemas[id as usize], Schema::Always)
    }

    /// Whether a value fits, without saying why not.
    fn fits(&mut self, id: Id, value: &Js<'a>) -> bool {
        let (quiet, all) = (self.quiet, self.all);
        (self.quiet, self.all) = (true, false);
        let valid = self.check(id, value);
        (self.quiet, self.all) = (quiet, all);
        valid
    }

    fn check(&mut self, id: Id, value: &Js<'a>) -> bool {
        let validator = self.validator;
        match &validator.schemas[id as usize] {
            Schema::Always => true,
            Schema::Never => self.fail("false schema", "boolean schema is false".to_owned()),
            Schema::Rules(rules) => {
                self.depth += 1;
                self.steps += 1;
                if self.depth > DEPTH || self.steps > MOST_STEPS || self.too_deep {
                    self.too_deep = true;
                    self.depth -= 1;
                    return true;
                }
                let before = self.errors.len();
                // A value that holds itself (only `--corrected` makes such) is right within itself.
                let circular = match value {
                    Js::Node(at) if self.cyclic => Some((id, *at)),
                    _ => None,
                };
                if circular.is_some_and(|place| !self.under_way.insert(place)) {
                    self.depth -= 1;
                    return true;
                }
                let valid = self.rules(rules, value);
                if let Some(place) = circular {
                    self.under_way.remove(&place);
                }
                if !valid && let Some(message) = rules.message {
                    self.replace(message, before);
                }
                self.depth -= 1;
                valid
            }
        }
    }

    /// The value with the lifetime of the documents: texts that are not of a document are copied.
    fn own(&self, value: &Js<'_>) -> Js<'a> {
        match value {
            Js::Undefined => Js::Undefined,
            Js::Null => Js::Null,
            Js::Bool(bool) => Js::Bool(*bool),
            Js::Number(number) => Js::Number(*number),
            Js::Text(text) => Js::Text(text.to_string().into()),
            Js::Node(at) => Js::Node(*at),
        }
    }

    fn rules(&mut self, rules: &Rules, value: &Js<'a>) -> bool {
        let mut valid = true;
        if rules.types_first && !rules.types.iter().any(|&kind| self.is(kind, value)) {
            valid = self.wrong_type(rules);
            if !self.all {
                return false;
            }
        }
        let groups: [(Option<Type>, &[Keyword]); 5] = [
            (None, &rules.any),
            (Some(Type::Number), &rules.number),
            (Some(Type::String), &rules.string),
            (Some(Type::Array), &rules.array),
            (Some(Type::Object), &rules.object),
        ];
        for (kind, keywords) in groups {
            if keywords.is_empty() {
                continue;
            }
            if kind.is_none_or(|kind| self.is(kind, value)) {
                let from = self.members.len();
                if let (Some(Type::Object), Js::Node(at)) = (kind, value) {
                    let document = self.view.doc(at.doc);
                    self.members.extend(document.members(at.node));
                }
                for keyword in keywords {
                    if !self.keyword(rules, keyword, value, from) {
                        valid = false;
                        if !self.all {
                            break;
                        }
                    }
                }
                self.members.truncate(from);
                if !valid && !self.all {
                    return false;
                }
            } else if !rules.types_first && rules.types.len() == 1 && Some(rules.types[0]) == kind {
                valid = self.wrong_type(rules);
                if !self.all {
                    return false;
                }
            }
        }
        valid
    }

    fn wrong_type(&mut self, rules: &Rules) -> bool {
        if self.quiet {
            return false;
        }
        self.fail("type", format!("must be {}", rules.named))
    }

    fn is(&self, kind: Type, value: &Js<'_>) -> bool {
        match kind {
            Type::Null => matches!(value, Js::Null),
            Type::Boolean => matches!(value, Js::Bool(_)),
            // ajv is not strict here: what is no finite number is a number all the same.
            Type::Number => matches!(value, Js::Number(_)),
            Type::Integer => {
                matches!(value, Js::Number(number) if number.is_infinite() || number.fract() == 0.0)
            }
            Type::String => matches!(value, Js::Text(_)),
            Type::Array => self.view.is_array(value),
            Type::Object => self.view.object(value).is_some(),
        }
    }

    /// Judges what stands below, its step noted.
    fn below(&mut self, step: &str, id: Id, edge: NodeRef) -> bool {
        if self.always(id) {
            return true;
        }
        let value = self.view.read(edge);
        let shared = match value {
            Js::Node(at) if at != edge && !self.cyclic => Some((id, at)),
            _ => None,
        };
        match shared.and_then(|shared| self.known.get(&shared)) {
            Some(true) => return true,
            Some(false) if self.quiet => return false,
            _ => {}
        }
        if self.quiet {
            let valid = self.check(id, &value);
            self.remember(shared, valid);
            return valid;
        }
        let count = self.path.len();
        self.path.push('/');
        if step.contains(['~', '/']) {
            self.path.push_str(&step.replace('~', "~0").replace('/', "~1"));
        } else {
            self.path.push_str(step);
        }
        let valid = self.check(id, &value);
        self.path.truncate(count);
        self.remember(shared, valid);
        valid
    }

    /// The same of an element.
    fn element(&mut self, index: usize, id: Id, edge: NodeRef) -> bool {
        if self.quiet || self.always(id) {
            self.below("", id, edge)
        } else {
            self.below(&index.to_string(), id, edge)
        }
    }

    fn remember(&mut self, shared: Option<(Id, NodeRef)>, valid: bool) {
        if let Some(shared) = shared.filter(|_| !self.too_deep) {
            self.known.insert(shared, valid);
        }
    }

    /// The symbol that a document has for a name.
    #[inline]
    fn symbol(&mut self, doc: u32, name: Name) -> Option<Symbol> {
        /// Not looked up yet; not there.
        const UNASKED: u32 = u32::MAX;
        const ABSENT: u32 = u32::MAX - 1;
        let count = self.validator.names.len();
        let slot = doc as usize * count + name as usize;
        if self.symbols.len() <= slot {
            self.symbols.resize((doc as usize + 1) * count, UNASKED);
        }
        match self.symbols[slot] {
            UNASKED => {
                let found = self.view.doc(doc).symbols().lookup(&self.validator.names[name as usize]);
                self.symbols[slot] = found.map_or(ABSENT, |symbol| symbol.0);
                found
            }
            ABSENT => None,
            known => Some(Symbol(known)),
        }
    }

    /// Whether a regular expression fits a key of a document.
    fn fits_key(&mut self, pattern: PatternId, doc: u32, key: Symbol, otherwise: bool) -> bool {
        let (validator, view) = (self.validator, self.view);
        let fits = self.matched.entry((pattern, doc, key.0)).or_insert_with(|| {
            validator.patterns[pattern as usize].is_match(view.doc(doc).symbols().get(key)).ok()
        });
        fits.unwrap_or(otherwise)
    }

    /// Judges by a keyword; of an object, `from` is where its members begin.
    fn keyword(&mut self, rules: &Rules, keyword: &Keyword, value: &Js<'a>, from: usize) -> bool {
        match keyword {
            Keyword::Ref(id) => self.check(*id, value),
            Keyword::Const(at) => {
                let wanted = self.schema.read(*at);
                self.schema.equal(&wanted, &self.view, value)
                    || self.fail("const", "must be equal to constant".to_owned())
            }
            Keyword::Enum(at) => self.one_of_values(*at, value),
            Keyword::Not(id) => {
                if self.always(*id) || self.fits(*id, value) {
                    return self.fail("not", "must NOT be valid".to_owned());
                }
                true
            }
            Keyword::AnyOf(list) => self.any_of(list, value),
            Keyword::OneOf(list) => self.one_of(list, value),
            Keyword::AllOf(list) => {
                let mut valid = true;
                for &id in list {
                    valid &= self.check(id, value);
                    if !valid && !self.all {
                        return false;
                    }
                }
                valid
            }
            Keyword::If { condition, yes, no } => self.condition(*condition, *yes, *no, value),
            Keyword::Limit { name, sign, bound } => {
                let number = value.number();
                let right = match *sign {
                    "<=" => number <= *bound,
                    "<" => number < *bound,
                    ">=" => number >= *bound,
                    _ => number > *bound,
                };
                right || self.fail(name, format!("must be {sign} {}", number_to_string(*bound)))
            }
            Keyword::MultipleOf(bound) => {
                let quotient = value.number() / bound;
                quotient.fract() == 0.0 && quotient.is_finite()
                    || self.fail("multipleOf", format!("must be multiple of {}", number_to_string(*bound)))
            }
            Keyword::Length { most, bound } => {
                // ajv counts characters here, not units.
                let count = value.text().map_or(0, |text| text.chars().count());
                self.bounded("Length", *most, *bound, count, "characters")
            }
            Keyword::Items { most, bound } => {
                let count = self.view.array(value).map_or(0, |at| self.view.len(at));
                self.bounded("Items", *most, *bound, count, "items")
            }
            Keyword::Count { most, bound } => {
                let count = self.view.object(value).map_or(0, |at| self.view.len(at));
                self.bounded("Properties", *most, *bound, count, "properties")
            }
            Keyword::Pattern(pattern, source) => {
                let text = value.text().unwrap_or_default();
                pattern.is_match(text).unwrap_or(true)
                    || self.fail("pattern", format!("must match pattern \"{source}\""))
            }
            Keyword::Format(name) => {
                let right = match value {
                    Js::Text(text) => formats::text(name, text),
                    Js::Number(number) => formats::number(name, *number),
                    _ => true,
                };
                right || self.fail("format", format!("must match format \"{name}\""))
            }
            Keyword::Tuple(..) | Keyword::Rest { .. } | Keyword::Contains { .. } | Keyword::Unique(_) => {
                let Some(at) = self.view.array(value) else { return true };
                self.elements(keyword, at)
            }
            Keyword::Unevaluated { items, schema } => self.unevaluated(rules, *items, *schema, value),
            _ => {
                let Some(at) = self.view.object(value) else { return true };
                self.members(keyword, at, from)
            }
        }
    }

    fn bounded(&mut self, what: &str, most: bool, bound: f64, count: usize, unit: &str) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
        let count = count as f64;
        if if most { count <= bound } else { count >= bound } {
            return true;
        }
        if self.quiet {
            return false;
        }
        let keyword = match (what, most) {
            ("Length", true) => "maxLength",
            ("Length", false) => "minLength",
            ("Items", true) => "maxItems",
            ("Items", false) => "minItems",
            (_, true) => "maxProperties",
            (_, false) => "minProperties",
        };
        let side = if most { "more" } else { "fewer" };
        self.fail(keyword, format!("must NOT have {side} than {} {unit}", number_to_string(bound)))
    }

    fn one_of_values(&mut self, at: NodeRef, value: &Js<'_>) -> bool {
        let schema = self.schema;
        let found = match value {
            Js::Text(text) => {
                let document = schema.doc(at.doc);
                schema.items(at).any(|item| document.str(item.node) == Some(text))
            }
            _ => schema.items(at).any(|item| schema.equal(&schema.read(item), &self.view, value)),
        };
        if found {
            return true;
        }
        if self.quiet {
            return false;
        }
        let allowed = schema
            .items(at)
            .map(|item| {
                let item = schema.read(item);
                match &item {
                    Js::Text(text) => (format!("\"{text}\""), Some(text.to_string())),
                    other => (schema.json(other), None),
                }
            })
            .collect();
        self.fail("enum", "must be equal to one of the allowed values".to_owned());
        if let Some(last) = self.last() {
            last.allowed = allowed;
        }
        false
    }

    fn any_of(&mut self, list: &[Id], value: &Js<'a>) -> bool {
        // Nearly every value fits one of them: only where none does, errors are worded.
        if list.iter().any(|&id| self.always(id)) || list.iter().any(|&id| self.fits(id, value)) {
            return true;
        }
        if self.quiet {
            return false;
        }
        let outer = std::mem::replace(&mut self.composite, true);
        for &id in list {
            self.check(id, value);
        }
        self.composite = outer;
        self.fail("anyOf", "must match a schema in anyOf".to_owned())
    }

    fn one_of(&mut self, list: &[Id], value: &Js<'a>) -> bool {
        let mut passing = 0;
        for &id in list {
            passing += usize::from(self.fits(id, value));
            if passing == 2 {
                break;
            }
        }
        if passing == 1 {
            return true;
        }
        if self.quiet {
            return false;
        }
        // Why those that did not fit do not, up to the second that does.
        let outer = std::mem::replace(&mut self.composite, true);
        let mut fitting = 0;
        for &id in list {
            fitting += usize::from(self.check(id, value));
            if fitting == 2 {
                break;
            }
        }
        self.composite = outer;
        self.fail("oneOf", "must match exactly one schema in oneOf".to_owned());
        if let Some(last) = self.last() {
            last.passing = passing;
        }
        false
    }

    fn condition(&mut self, condition: Id, yes: Option<Id>, no: Option<Id>, value: &Js<'a>) -> bool {
        let real = |this: &Self, id: Option<Id>| id.filter(|&id| !this.always(id));
        let (yes, no) = (real(self, yes), real(self, no));
        if yes.is_none() && no.is_none() {
            return true;
        }
        let (clause, name) = if self.fits(condition, value) { (yes, "then") } else { (no, "else") };
        let Some(clause) = clause else { return true };
        if self.check(clause, value) {
            return true;
        }
        // Where errors are not gathered, the clause's own error has ended the run.
        if self.composite || self.all {
            self.fail("if", format!("must match \"{name}\" schema"));
        }
        false
    }
}
