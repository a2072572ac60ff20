//! Judges a value by a compiled schema, keyword by keyword in ajv's order.

mod containers;

use super::super::value::{Js, View};
use super::compile::{Id, Keyword, Rules, Schema, Type, Validator};
use super::formats;
use assize_tree::js::number_to_string;
use assize_tree::path::NodeRef;
use std::collections::HashSet;

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

    /// `errorMessage` of ajv-errors as a text: it stands for every error of the schema.
    fn replace(&mut self, message: NodeRef, before: usize) {
        if self.quiet {
            return;
        }
        let own = self.path.clone();
        match self.schema.read(message) {
            Js::Text(text) => {
                let text = text.to_string();
                let mine = |failure: &Failure| failure.at == own;
                let any = self.errors[before..].iter().any(mine);
                let mut kept: Vec<Failure> = self.errors.drain(before..).filter(|one| !mine(one)).collect();
                self.errors.append(&mut kept);
                if any {
                    self.fail("errorMessage", text);
                }
            }
            Js::Node(at) => {
                // By member: the texts stand for the errors of the members they name.
                if let Js::Node(members) = self.schema.get(at, "properties") {
                    let named: Vec<(String, String)> = self
                        .schema
                        .members(members)
                        .filter_map(|(key, edge)| {
                            Some((format!("{own}/{key}"), self.schema.read(edge).text()?.to_owned()))
                        })
                        .collect();
                    for (place, text) in named {
                        let hit = |one: &Failure| one.at == place;
                        if self.errors[before..].iter().any(hit) {
                            let mut kept: Vec<Failure> =
                                self.errors.drain(before..).filter(|one| !hit(one)).collect();
                            self.errors.append(&mut kept);
                            self.fail("errorMessage", text);
                            if let Some(last) = self.last() {
                                last.at = place;
                            }
                        }
                    }
                }
                // By keyword: the texts stand for the errors of the keywords they name.
                let named: Vec<(String, String)> = self
                    .schema
                    .members(at)
                    .filter_map(|(key, edge)| {
                        Some((key.to_owned(), self.schema.read(edge).text()?.to_owned()))
                    })
                    .collect();
                for (keyword, text) in named {
                    let hit = |one: &Failure| one.at == own && one.keyword == keyword;
                    if self.errors[before..].iter().any(hit) {
                        let mut kept: Vec<Failure> =
                            self.errors.drain(before..).filter(|one| !hit(one)).collect();
                        self.errors.append(&mut kept);
                        self.fail("errorMessage", text);
                    }
                }
            }
            _ => {}
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
                for keyword in keywords {
                    if !self.keyword(rules, keyword, value) {
                        valid = false;
                        if !self.all {
                            return false;
                        }
                    }
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
        let count = self.path.len();
        self.path.push('/');
        if step.contains(['~', '/']) {
            self.path.push_str(&step.replace('~', "~0").replace('/', "~1"));
        } else {
            self.path.push_str(step);
        }
        let value = self.view.read(edge);
        let valid = self.check(id, &value);
        self.path.truncate(count);
        valid
    }

    fn keyword(&mut self, rules: &Rules, keyword: &Keyword, value: &Js<'a>) -> bool {
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
                self.members(keyword, at)
            }
        }
    }

    fn bounded(&mut self, what: &str, most: bool, bound: f64, count: usize, unit: &str) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
        let count = count as f64;
        if if most { count <= bound } else { count >= bound } {
            return true;
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
        if schema.items(at).any(|item| schema.equal(&schema.read(item), &self.view, value)) {
            return true;
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
        if list.iter().any(|&id| self.always(id)) {
            return true;
        }
        let count = self.errors.len();
        let outer = std::mem::replace(&mut self.composite, true);
        for &id in list {
            if self.check(id, value) {
                self.errors.truncate(count);
                self.composite = outer;
                return true;
            }
        }
        self.composite = outer;
        self.fail("anyOf", "must match a schema in anyOf".to_owned())
    }

    fn one_of(&mut self, list: &[Id], value: &Js<'a>) -> bool {
        let count = self.errors.len();
        let mut passing = 0;
        let outer = std::mem::replace(&mut self.composite, true);
        for &id in list {
            if self.check(id, value) {
                passing += 1;
                if passing == 2 {
                    break;
                }
            }
        }
        self.composite = outer;
        if passing == 1 {
            self.errors.truncate(count);
            return true;
        }
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
