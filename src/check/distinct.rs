//! `distinct`: no two of the values looked at are the same, all over a description. What is found
//! stands at the second place and at each after it; the first is shown beside.

use super::{
    AllPlaces, CannotTell, Check, Compile, Context, Looked, OptionError, Place, Together, Violation, options,
};
use assize_tree::path::NodeRef;
use serde_json::Value;
use std::collections::HashMap;

struct Distinct;

impl Together for Distinct {
    fn run(
        &self,
        cx: &Context<'_>,
        places: &[NodeRef],
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let mut first: HashMap<&str, NodeRef> = HashMap::new();
        let mut looked = 0;
        for &at in places {
            // Objects, lists and null are no values that could be compared.
            let Some(value) = cx.document(at).scalar(at.node) else { continue };
            looked += 1;
            let Some(&before) = first.get(value) else {
                first.insert(value, at);
                continue;
            };
            let mut violation = Violation::new(format!("{value:?} stands twice")).value(value.to_owned());
            violation.place = Place::Node(at);
            violation.related = vec![(before, "here first".to_owned())];
            found.push(violation);
        }
        Ok(if looked == 0 { Looked::Nothing } else { Looked::At(looked) })
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    options::optional("distinct", given, &[])?;
    Ok(Box::new(AllPlaces(Distinct)))
}
