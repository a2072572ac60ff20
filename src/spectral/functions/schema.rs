//! `schema`: a value judged by a JSON Schema, with ajv's words.

use super::super::ajv::{Dialect, Mode, Outcome as Verdict, Validator, detect, fault, messages, unknown};
use super::super::lint::Call;
use super::super::resolve::Inventory;
use super::super::value::{Js, View};
use super::{Failed, Found, Function, Outcome, members, wrong};
use assize_tree::document::{Limits, json};
use assize_tree::text::Text;
use serde_json::Value;
use std::sync::Arc;

/// A schema of a ruleset, compiled.
pub(in crate::spectral) struct Schema {
    inventory: Inventory,
    validator: Result<Validator, String>,
}

/// Options as a document, so that schemas are read in one way only.
pub(in crate::spectral) fn as_document(value: &Value) -> Inventory {
    let text = Text::from(value.to_string().as_str());
    Inventory::alone(Arc::new(json::parse(Arc::new(text), Limits::default())))
}

impl Schema {
    /// Compiles a schema.
    pub(in crate::spectral) fn new(schema: &Value, dialect: Option<Dialect>, mode: Mode) -> Self {
        let inventory = as_document(schema);
        let view = View { inventory: &inventory, resolved: false };
        let root = inventory.root();
        let dialect = dialect.or_else(|| detect(&view, root)).unwrap_or(Dialect::Draft7);
        let validator = match unknown(&view, root, dialect).or_else(|| fault(&view, root, dialect)) {
            Some(message) => Err(message),
            None => Validator::again(&view, root, dialect, mode),
        };
        Self { inventory, validator }
    }

    /// Judges a value; messages stand below `path`.
    pub(in crate::spectral) fn judge(
        &self,
        cx: &Call<'_, '_>,
        value: &Js<'_>,
        out: &mut Vec<Outcome>,
    ) -> Result<(), Failed> {
        let validator = match &self.validator {
            Ok(validator) => validator,
            Err(message) => {
                out.push(Outcome::at(message.clone(), cx.path().to_vec()));
                return Ok(());
            }
        };
        if let Some(unresolved) = &validator.unresolved {
            // Spectral passes over a schema whose references lead nowhere where references of the
            // document are resolved.
            if !cx.rule.resolved {
                out.push(Outcome::at(unresolved.clone(), cx.path().to_vec()));
            }
            return Ok(());
        }
        let schema = View { inventory: &self.inventory, resolved: false };
        report(validator, &schema, cx, value, out)
    }
}

/// Judges a value by a compiled schema and words what is wrong.
pub(in crate::spectral) fn report(
    validator: &Validator,
    schema: &View<'_>,
    cx: &Call<'_, '_>,
    value: &Js<'_>,
    out: &mut Vec<Outcome>,
) -> Result<(), Failed> {
    match validator.run(schema, &cx.view, value) {
        Verdict::Valid => Ok(()),
        Verdict::TooDeep => Err("The schema refers to itself without end.".to_owned()),
        Verdict::Invalid(errors) => {
            let path = cx.path();
            let named = path.last().map(String::as_str);
            for message in messages(&errors, &cx.view, value, named) {
                let path = path.iter().chain(&message.path).cloned().collect();
                out.push(Outcome::at(message.text, path));
            }
            Ok(())
        }
    }
}

struct SchemaFunction(Schema);

impl Function for SchemaFunction {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        if *value == Js::Undefined {
            out.push(Outcome::at("#{{print(\"property\")}}must exist", cx.path().to_vec()));
            return Ok(());
        }
        self.0.judge(cx, value, out)
    }
}

pub(super) fn find(name: &str, options: &Value) -> Found {
    (name == "schema").then(|| {
        let given = members("schema", options, &["schema", "dialect", "allErrors", "prepareResults"])?;
        let schema = given.get("schema").filter(|schema| schema.is_object());
        let schema = schema.ok_or_else(|| wrong("The function schema needs a schema, which is an object."))?;
        let dialect = match given.get("dialect").and_then(Value::as_str) {
            None | Some("auto") => None,
            Some("draft4") => Some(Dialect::Draft4),
            Some("draft6" | "draft7") => Some(Dialect::Draft7),
            Some("draft2019-09") => Some(Dialect::Draft2019),
            Some("draft2020-12") => Some(Dialect::Draft2020),
            Some(other) => {
                return Err(wrong(format!(
                    "dialect is one of: auto, draft4, draft6, draft7, draft2019-09, draft2020-12; not \"{other}\"."
                )));
            }
        };
        let all_errors = match given.get("allErrors") {
            None => false,
            Some(Value::Bool(all)) => *all,
            Some(_) => return Err(wrong("allErrors is true or false.")),
        };
        let mode = Mode { all_errors, ..Mode::default() };
        let function: Arc<dyn Function> = Arc::new(SchemaFunction(Schema::new(schema, dialect, mode)));
        Ok(function)
    })
}
