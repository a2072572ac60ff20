//! `oasSchema` and `oasExample`: JSON Schema as OpenAPI understands it, version by version, for values
//! that a rule names and for the examples and defaults of schemas and media types.

use super::super::ajv::{Dialect, Mode, OpenApi, Validator, fault, unknown};
use super::super::lint::Call;
use super::super::value::{Js, View};
use super::schema::{Schema, report};
use super::{Failed, Found, Function, Outcome, members, wrong};
use assize_tree::path::NodeRef;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) fn find(name: &str, options: &Value) -> Found {
    match name {
        "oasSchema" => Some(members(name, options, &["schema"]).and_then(|given| {
            let schema = given.get("schema").filter(|schema| schema.is_object());
            let schema = schema.ok_or_else(|| wrong("The function oasSchema needs a schema."))?;
            let function: Arc<dyn Function> =
                Arc::new(OasSchema { schema: schema.clone(), compiled: Mutex::default() });
            Ok(function)
        })),
        "oasExample" => Some(members(name, options, &["oasVersion", "schemaField", "type"]).map(|given| {
            let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let function: Arc<dyn Function> = Arc::new(Example {
                second: given.get("oasVersion").and_then(Value::as_u64) == Some(2),
                field: text("schemaField"),
                media: text("type") == "media",
            });
            function
        })),
        _ => None,
    }
}

/// How schemas are read in a document of these formats.
fn dialect(cx: &Call<'_, '_>) -> Reading {
    let has = |format: &str| cx.formats.contains(&format);
    if cx.formats.is_empty() {
        (Dialect::Draft7, None)
    } else if has("oas3_2") || has("oas3_1") {
        let raw = cx.raw();
        let named = raw.member(&raw.read(raw.root()), "jsonSchemaDialect");
        let named = named.text().unwrap_or_default();
        let dialect = match named {
            _ if named.contains("draft-04") => Dialect::Draft4,
            _ if named.contains("draft-06") || named.contains("draft-07") => Dialect::Draft7,
            _ if named.contains("2019-09") => Dialect::Draft2019,
            _ => Dialect::Draft2020,
        };
        (dialect, None)
    } else if has("oas3_0") {
        (Dialect::Draft4, Some(OpenApi::V3))
    } else if has("oas2") {
        (Dialect::Draft4, Some(OpenApi::V2))
    } else {
        (Dialect::Draft4, None)
    }
}

struct OasSchema {
    schema: Value,
    /// The same for each way in which documents so far read it.
    compiled: Mutex<Vec<(Reading, Arc<Schema>)>>,
}

/// How a schema is read: see [`dialect`].
type Reading = (Dialect, Option<OpenApi>);

impl OasSchema {
    fn compiled(&self, reading: Reading) -> Arc<Schema> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = compiled.iter().find(|(one, _)| *one == reading) {
            return Arc::clone(known);
        }
        let (dialect, openapi) = reading;
        let mode = Mode { openapi, ..Mode::default() };
        let schema = Arc::new(Schema::new(&self.schema, Some(dialect), mode));
        compiled.push((reading, Arc::clone(&schema)));
        schema
    }
}

impl Function for OasSchema {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        if *value == Js::Undefined {
            out.push(Outcome::at("#{{print(\"property\")}}must exist", cx.path().to_vec()));
            return Ok(());
        }
        self.compiled(dialect(cx)).judge(cx, value, out)
    }
}

struct Example {
    second: bool,
    /// Member that holds the schema; `$` for the value itself.
    field: String,
    media: bool,
}

/// Whether a path is below one of some places; `*` is any step.
fn below(path: &[String], places: &[&[&str]]) -> bool {
    places.iter().any(|place| {
        place.iter().enumerate().all(|(at, step)| *step == "*" || path.get(at).is_some_and(|one| one == step))
    })
}

impl Example {
    /// The examples of a value: each with the steps to it.
    fn items<'a>(&self, view: &View<'a>, at: NodeRef) -> Vec<(Js<'a>, Vec<String>)> {
        let plain =
            |field: &&str| view.edge(at, field).map(|edge| (view.read(edge), vec![(*field).to_owned()]));
        if !self.media {
            let fields: &[&str] =
                if self.second { &["example", "x-example", "default"] } else { &["example", "default"] };
            return fields.iter().filter_map(plain).collect();
        }
        if !self.second
            && let Some(one) = plain(&"example")
        {
            return vec![one];
        }
        let Js::Node(list) = view.get(at, "examples") else { return Vec::new() };
        let mut found = Vec::new();
        for (step, edge) in view.entries(list) {
            let step = match step {
                assize_tree::document::Step::Key(key) => key.to_owned(),
                assize_tree::document::Step::Index(index) => index.to_string(),
            };
            let value = view.read(edge);
            let mut way = vec!["examples".to_owned(), step];
            if self.second {
                found.push((value, way));
            } else if let Js::Node(example) = value
                && view.edge(example, "externalValue").is_none()
            {
                way.push("value".to_owned());
                found.push((view.get(example, "value"), way));
            }
        }
        found
    }
}

impl Function for Example {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let view = &cx.view;
        let Some(at) = view.object(value) else { return Ok(()) };
        let items = self.items(view, at);
        if items.is_empty() {
            return Ok(());
        }
        let schema = if self.field == "$" {
            at
        } else {
            match view.get(at, &self.field) {
                Js::Node(schema) => schema,
                _ => return Ok(()),
            }
        };
        let (dialect, openapi) = dialect(cx);
        // What is only read need not be sent, and the other way round.
        let optional = if !self.media || self.second {
            let answers: &[&[&str]] = &[&["responses"], &["paths", "*", "*", "responses"]];
            (self.media && below(cx.path(), answers)).then_some("writeOnly")
        } else if below(cx.path(), &[&["components", "requestBodies"], &["paths", "*", "*", "requestBody"]]) {
            Some("readOnly")
        } else {
            let answers: &[&[&str]] = &[&["components", "responses"], &["paths", "*", "*", "responses"]];
            below(cx.path(), answers).then_some("writeOnly")
        };
        let mode = Mode { openapi, optional, ..Mode::default() };
        let compiled = Validator::again(view, schema, dialect, mode);
        // A copy is made of schemas of OpenAPI 2.0 for each value, of others once; what is wrong with a
        // copy is said once.
        let mut wrong = match view.get(schema, "required") {
            Js::Bool(_) if openapi == Some(OpenApi::V2) => None,
            _ => unknown(view, schema, dialect).or_else(|| fault(view, schema, dialect)),
        };
        for (value, more) in items {
            let way = || cx.path().iter().chain(&more).cloned().collect();
            let inner = cx.below(&way);
            if value == Js::Undefined {
                out.push(Outcome::at("#{{print(\"property\")}}must exist", inner.path().to_vec()));
                continue;
            }
            let told = if openapi == Some(OpenApi::V2) { wrong.clone() } else { wrong.take() };
            if let Some(message) = told {
                out.push(Outcome::at(message, inner.path().to_vec()));
                continue;
            }
            match &compiled {
                Err(message) => out.push(Outcome::at(message.clone(), inner.path().to_vec())),
                // A schema with references that are left standing is passed over.
                Ok(validator) if validator.unresolved.is_some() => {}
                Ok(validator) => report(validator, view, &inner, &value, out)?,
            }
        }
        Ok(())
    }
}
