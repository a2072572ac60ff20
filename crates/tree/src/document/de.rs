//! Reading typed values (packs, configuration, fixtures) out of a document with serde, so that
//! every mistake is reported with its place and a suggestion, whatever the file's format.

use super::{Document, Kind, NodeId};
use crate::text::{Problem, Span};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads a value of type `T` out of a fragment.
///
/// # Errors
/// A problem with code `form` at the member that does not fit.
pub fn from_node<'d, T: de::Deserialize<'d>>(document: &'d Document, node: NodeId) -> Result<T, Problem> {
    T::deserialize(At { document, node }).map_err(|error| {
        let span = error.span.unwrap_or_else(|| document.span(node));
        Problem { hint: error.hint, ..Problem::new("form", span, error.message) }
    })
}

#[derive(Debug)]
struct Error {
    span: Option<Span>,
    message: String,
    hint: Option<String>,
}

impl Error {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { span: None, message: message.to_string(), hint: None }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self {
            span: None,
            message: format!("There is no member \"{field}\" here."),
            hint: Some(did_you_mean(field, expected)),
        }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self {
            span: None,
            message: format!("\"{variant}\" is not one of the values allowed here."),
            hint: Some(did_you_mean(variant, expected)),
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { span: None, message: format!("The member \"{field}\" is missing."), hint: None }
    }
}

fn did_you_mean(given: &str, expected: &[&str]) -> String {
    match closest(given, expected.iter().copied()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None if expected.is_empty() => "Remove it.".to_owned(),
        None => format!("Allowed: {}.", expected.join(", ")),
    }
}

/// The candidate nearest to a misspelt name, if any is near enough to be meant.
pub fn closest<'c>(given: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let lower = given.to_lowercase();
    let length = lower.chars().count();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let most = candidate.chars().count().max(3) / 3;
            // So many insertions or removals there are at least.
            if candidate.chars().count().abs_diff(length) > most {
                return None;
            }
            let distance = distance(&lower, &candidate.to_lowercase());
            (distance <= most).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Damerau and Levenshtein's distance. What both begin and end with changes nothing in it.
fn distance(left: &str, right: &str) -> usize {
    let same = left.chars().zip(right.chars()).take_while(|(a, b)| a == b);
    let start: usize = same.map(|(char, _)| char.len_utf8()).sum();
    let (left, right) = (&left[start..], &right[start..]);
    let same = left.chars().rev().zip(right.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = same.map(|(char, _)| char.len_utf8()).sum();
    strsim::damerau_levenshtein(&left[..left.len() - end], &right[..right.len() - end])
}

#[derive(Clone, Copy)]
struct At<'d> {
    document: &'d Document,
    node: NodeId,
}

impl At<'_> {
    fn span(self) -> Span {
        self.document.span(self.node)
    }
}

impl<'de> IntoDeserializer<'de, Error> for At<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for At<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { document, node } = self;
        let value = match document.kind(node) {
            Kind::Null | Kind::Alias => visitor.visit_unit(),
            Kind::Bool => visitor.visit_bool(document.bool(node).unwrap_or_default()),
            Kind::String => visitor.visit_borrowed_str(document.str(node).unwrap_or_default()),
            Kind::Number => match document.number(node) {
                Some(number) => match (number.text().parse::<u64>(), number.text().parse::<i64>()) {
                    (Ok(positive), _) => visitor.visit_u64(positive),
                    (_, Ok(integer)) => visitor.visit_i64(integer),
                    _ => visitor.visit_f64(number.as_f64()),
                },
                None => visitor.visit_unit(),
            },
            Kind::Array => visitor
                .visit_seq(Items { document, items: document.items(node).collect::<Vec<_>>().into_iter() }),
            Kind::Object => visitor.visit_map(Members::new(document, node)),
        };
        value.map_err(|error: Error| error.at(self.span()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.document.kind(self.node) == Kind::Null {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Self { document, node } = self;
        let span = self.span();
        match document.kind(node) {
            Kind::String => {
                let name: de::value::BorrowedStrDeserializer<'_, Error> =
                    de::value::BorrowedStrDeserializer::new(document.str(node).unwrap_or_default());
                visitor.visit_enum(name)
            }
            Kind::Object => {
                visitor.visit_enum(de::value::MapAccessDeserializer::new(Members::new(document, node)))
            }
            other => Err(de::Error::custom(format!("A name is expected here, not {}.", article(other)))),
        }
        .map_err(|error: Error| error.at(span))
    }

    // Versions and editions are often written without quotes: their digits are the text meant.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.document.kind(self.node) {
            // As it stands in the file: `0x10` is not the text "16".
            Kind::Number => {
                let node = self.document.resolve(self.node);
                visitor.visit_borrowed_str(self.document.text().slice(self.document.node(node).span))
            }
            Kind::String | Kind::Bool => {
                visitor.visit_borrowed_str(self.document.scalar(self.node).unwrap_or_default())
            }
            other => Err(<Error as de::Error>::custom(format!(
                "A string is expected here, not {}.",
                article(other)
            ))),
        }
        .map_err(|error: Error| error.at(self.span()))
    }

    serde::forward_to_deserialize_any! {
        struct bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

fn article(kind: Kind) -> String {
    match kind {
        Kind::Null => "nothing".to_owned(),
        Kind::Array | Kind::Object | Kind::Alias => format!("an {}", kind.name()),
        _ => format!("a {}", kind.name()),
    }
}

struct Items<'d> {
    document: &'d Document,
    items: std::vec::IntoIter<NodeId>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let at = At { document: self.document, node };
        seed.deserialize(at).map(Some).map_err(|error| error.at(at.span()))
    }
}

struct Members<'d> {
    document: &'d Document,
    members: std::vec::IntoIter<(super::Symbol, NodeId)>,
    value: Option<NodeId>,
}

impl<'d> Members<'d> {
    fn new(document: &'d Document, node: NodeId) -> Self {
        Self { document, members: document.members(node).collect::<Vec<_>>().into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, node)) = self.members.next() else { return Ok(None) };
        self.value = Some(node);
        let name: de::value::BorrowedStrDeserializer<'_, Error> =
            de::value::BorrowedStrDeserializer::new(self.document.symbols().get(key));
        seed.deserialize(name).map(Some).map_err(|error| error.at(self.document.node(node).key_span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let node = self
            .value
            .take()
            .ok_or_else(|| <Error as de::Error>::custom("a value was asked for before its key"))?;
        let at = At { document: self.document, node };
        seed.deserialize(at).map_err(|error| error.at(at.span()))
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, distance};

    #[test]
    fn cutting_what_is_the_same_changes_no_distance() {
        // Every pair of words of up to five letters out of two, which hold every way of trading places.
        let words: Vec<String> = (0..6_u32)
            .flat_map(|length| (0..1_u32 << length).map(move |bits| (length, bits)))
            .map(|(length, bits)| (0..length).map(|at| if bits >> at & 1 == 1 { 'é' } else { 'b' }).collect())
            .collect();
        for left in &words {
            for right in &words {
                assert_eq!(distance(left, right), strsim::damerau_levenshtein(left, right), "{left} {right}");
            }
        }
    }

    #[test]
    fn a_near_name_is_one_that_could_be_meant() {
        assert_eq!(closest("Thinq12", ["Thing13", "Thing12", "Other"]), Some("Thing12"));
        assert_eq!(closest("naem", ["name", "title"]), Some("name"));
        assert_eq!(closest("x", ["title"]), None);
        assert_eq!(closest("TITEL", ["title"]), Some("title"));
    }
}
