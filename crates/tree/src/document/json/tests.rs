use super::parse;
use crate::document::{Document, Limits};
use crate::text::{Span, Text};
use serde_json::{Value, json};
use std::sync::Arc;

fn read(text: &str) -> Document {
    parse(Arc::new(Text::from(text)), Limits::default())
}

fn value(document: &Document) -> Value {
    document.root().map_or(Value::Null, |root| document.to_value(root))
}
