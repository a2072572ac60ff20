//! The one thing that is wrong with a value by a plain schema, told without the validator. Where more
//! than one is wrong, or what is wrong is a choice among branches, a name, or a member too many, nothing
//! is told and the validator is asked; what is told here it would tell in the same words. Where nobody
//! wants the words, since a rule has its own, all is told: the places are the validator's.

use super::adapter::Instance;
use super::quick::{Keyword, Members, Quick, Wanted};
use super::violation::ViolationKind as Kind;
use crate::document::escape_pointer_token;
use crate::pattern::Exhausted;
use jsonschema::JsonType;
use jsonschema::json::{Array, Node, Object};

/// What is wrong, and where.
pub(super) struct Plain {
    pub(super) kind: Kind,
    pub(super) keyword: &'static str,
    /// JSON pointer from the value that was asked about.
    pub(super) instance_pointer: String,
    /// JSON pointer into the schema.
    pub(super) schema_pointer: String,
}

/// Not to be told here.
struct Leave;

impl From<Exhausted> for Leave {
    fn from(_: Exhausted) -> Self {
        Self
    }
}

/// What is wrong with a value, if it is one thing and plain; or, where nobody wants it in words, all that is
/// wrong, in no order.
pub(super) fn tell(schema: &Quick, value: Instance<'_>, unworded: bool) -> Option<Vec<Plain>> {
    let mut way = Way { instance: String::new(), schema: String::new(), found: Vec::new(), unworded };
    way.schema_of(schema, value).ok()?;
    Some(way.found).filter(|found| !found.is_empty())
}

struct Way {
    instance: String,
    schema: String,
    found: Vec<Plain>,
    unworded: bool,
}

impl Way {
    fn schema_of(&mut self, schema: &Quick, value: Instance<'_>) -> Result<(), Leave> {
        match schema {
            Quick::All(keywords) => {
                for keyword in keywords {
                    if !keyword.accepts(value)? {
                        self.keyword(keyword, value)?;
                    }
                }
                Ok(())
            }
            Quick::Ref(target) if self.unworded => match target.get() {
                Some(target) => self.schema_of(target, value),
                None => Err(Leave),
            },
            Quick::Always(false) => self.otherwise(Kind::Never),
            Quick::Ref(_) | Quick::Always(true) => Err(Leave),
        }
    }

    fn found(&mut self, kind: Kind, keyword: &'static str) -> Result<(), Leave> {
        if !self.unworded && !self.found.is_empty() {
            return Err(Leave);
        }
        self.found.push(Plain {
            kind,
            keyword,
            instance_pointer: self.instance.clone(),
            schema_pointer: format!("{}/{keyword}", self.schema),
        });
        Ok(())
    }

    /// What the validator words, unless nobody wants its words.
    fn otherwise(&mut self, kind: Kind) -> Result<(), Leave> {
        if self.unworded { self.found(kind, "") } else { Err(Leave) }
    }

    /// The same at a member.
    fn at_member(&mut self, kind: Kind, member: &str) -> Result<(), Leave> {
        let instance = self.instance.len();
        self.instance.push('/');
        self.instance.push_str(&escape_pointer_token(member));
        self.otherwise(kind)?;
        self.instance.truncate(instance);
        Ok(())
    }

    /// Goes into a part of the schema and of the value, and comes back.
    fn into(
        &mut self,
        schema: &Quick,
        value: Instance<'_>,
        below: &[&str],
        member: Option<&str>,
    ) -> Result<(), Leave> {
        if schema.accepts(value)? {
            return Ok(());
        }
        let (instance, at) = (self.instance.len(), self.schema.len());
        for token in below {
            self.schema.push('/');
            self.schema.push_str(&escape_pointer_token(token));
        }
        if let Some(member) = member {
            self.instance.push('/');
            self.instance.push_str(&escape_pointer_token(member));
        }
        self.schema_of(schema, value)?;
        self.instance.truncate(instance);
        self.schema.truncate(at);
        Ok(())
    }

    fn keyword(&mut self, keyword: &Keyword, value: Instance<'_>) -> Result<(), Leave> {
        match keyword {
            Keyword::Type(wanted) => match wanted.as_slice() {
                [one] => self.found(Kind::Type { expected: vec![name_of(one).to_owned()] }, "type"),
                // Of several the validator has an order of its own.
                _ => self.otherwise(Kind::Type { expected: Vec::new() }),
            },
            Keyword::Constant(expected) => self.found(Kind::Const { expected: expected.clone() }, "const"),
            Keyword::OneOfValues(options) => self.found(Kind::Enum { options: options.clone() }, "enum"),
            Keyword::Required(names) => {
                let Some(object) = value.as_object() else { return Err(Leave) };
                for name in names {
                    if object.named(name).is_none() {
                        self.found(Kind::Required { property: name.clone() }, "required")?;
                    }
                }
                Ok(())
            }
            Keyword::Members(members) => self.members(members, value),
            Keyword::MemberCount(least, _) => {
                let count = value.as_object().map_or(0, |object| Object::len(&object) as u64);
                self.bound(keyword, count < *least)
            }
            Keyword::ItemCount(least, _) => {
                let count = value.as_array().map_or(0, |array| Array::len(&array) as u64);
                self.bound(keyword, count < *least)
            }
            Keyword::Length(least, _) => {
                let count = value.as_string().map_or(0, |text| text.chars().count() as u64);
                self.bound(keyword, count < *least)
            }
            Keyword::Pattern(pattern) => {
                self.found(Kind::Pattern { pattern: pattern.source().to_owned() }, "pattern")
            }
            Keyword::Not(_) => self.found(Kind::Not, "not"),
            Keyword::Contains(_) => self.found(Kind::Contains, "contains"),
            Keyword::Items(items) => {
                let Some(array) = value.as_array() else { return Err(Leave) };
                for (index, item) in array.elements().enumerate() {
                    self.into(items, item, &["items"], Some(&index.to_string()))?;
                }
                Ok(())
            }
            Keyword::AllOf(schemas) => {
                for (index, schema) in schemas.iter().enumerate() {
                    self.into(schema, value, &["allOf", &index.to_string()], None)?;
                }
                Ok(())
            }
            Keyword::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                if condition.accepts(value)? {
                    self.into(then, value, &["then"], None)
                } else {
                    self.into(otherwise, value, &["else"], None)
                }
            }
            Keyword::Names(names) => {
                let Some(object) = value.as_object() else { return Err(Leave) };
                for (name, _) in object.members() {
                    if !names.accepts(Instance::Text(name))? {
                        let because = Box::new(Kind::Other);
                        self.at_member(Kind::PropertyName { name: name.to_owned(), because }, name)?;
                    }
                }
                Ok(())
            }
            Keyword::Range(..) => self.otherwise(Kind::Other),
            Keyword::AnyOf(branches) | Keyword::OneOf(branches) => {
                let branches = branches.len();
                self.otherwise(Kind::NoBranch { branches, closest: None, decisive: false })
            }
        }
    }

    fn bound(&mut self, keyword: &Keyword, below: bool) -> Result<(), Leave> {
        let (kind, name) = match (keyword, below) {
            (&Keyword::MemberCount(limit, _), true) => (Kind::MinProperties { limit }, "minProperties"),
            (&Keyword::MemberCount(_, limit), false) => (Kind::MaxProperties { limit }, "maxProperties"),
            (&Keyword::ItemCount(limit, _), true) => (Kind::MinItems { limit }, "minItems"),
            (&Keyword::ItemCount(_, limit), false) => (Kind::MaxItems { limit }, "maxItems"),
            (&Keyword::Length(limit, _), true) => (Kind::MinLength { limit }, "minLength"),
            (&Keyword::Length(_, limit), false) => (Kind::MaxLength { limit }, "maxLength"),
            _ => return Err(Leave),
        };
        self.found(kind, name)
    }

    fn members(&mut self, members: &Members, value: Instance<'_>) -> Result<(), Leave> {
        let Some(object) = value.as_object() else { return Err(Leave) };
        for (name, schema) in &members.named {
            if let Some(member) = object.named(name) {
                self.into(schema, member, &["properties", name], Some(name))?;
            }
        }
        if members.others_accept(value)? {
            return Ok(());
        }
        // Of members that are not named a pattern or the rest is what is broken.
        if !self.unworded {
            return Err(Leave);
        }
        for (name, member) in object.members() {
            let mut known = members.named.iter().any(|(other, _)| other == name);
            for (pattern, schema) in &members.patterned {
                if pattern.is_match(name)? {
                    known = true;
                    self.into(schema, member, &[], Some(name))?;
                }
            }
            match &members.rest {
                Some(Quick::Always(false)) if !known => {
                    self.at_member(Kind::AdditionalProperty { name: name.to_owned() }, name)?;
                }
                Some(rest) if !known => self.into(rest, member, &[], Some(name))?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn name_of(wanted: &Wanted) -> &'static str {
    match wanted {
        Wanted::Integer => "integer",
        Wanted::Type(JsonType::Array) => "array",
        Wanted::Type(JsonType::Boolean) => "boolean",
        Wanted::Type(JsonType::Integer) => "integer",
        Wanted::Type(JsonType::Null) => "null",
        Wanted::Type(JsonType::Number) => "number",
        Wanted::Type(JsonType::Object) => "object",
        Wanted::Type(JsonType::String) => "string",
    }
}
