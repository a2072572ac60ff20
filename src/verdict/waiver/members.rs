//! Every mistake in the form of one waiver, member by member: whoever keeps the file by hand mends it
//! in one go.

use super::form::{FORM, GrantForm, ScopeForm};
use crate::standard::Date;
use crate::verdict::{head, read};
use assize_tree::document::de::closest;
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::text::Problem;
use serde::de::DeserializeOwned;

/// A member: its name, whether it must be there, and what is wrong with its value.
pub(super) type Member = (&'static str, bool, fn(&Document, NodeId) -> Vec<Problem>);

/// Members of a waiver.
pub(super) const ENTRY: &[Member] = &[
    ("id", true, value::<String>),
    ("rule", false, value::<Option<String>>),
    ("clause", false, value::<Option<String>>),
    ("fact", false, value::<Option<String>>),
    ("value", false, value::<Option<bool>>),
    ("scope", false, scope),
    ("system", false, value::<Option<String>>),
    ("reason", false, value::<Option<String>>),
    ("compensating-control", false, value::<Option<String>>),
    ("issued", true, value::<Date>),
    ("expires", true, value::<Date>),
    ("reference", false, value::<Option<String>>),
    ("requested-by", false, value::<Option<String>>),
    ("granted", false, grant),
];

const SCOPE: &[Member] =
    &[("path", false, value::<Option<String>>), ("pointer", false, value::<Option<String>>)];

const GRANT: &[Member] = &[("by", false, value::<Option<String>>), ("signature", true, value::<String>)];

/// What is wrong with an object of such members; nothing is told of what is no object.
pub(super) fn wrong(document: &Document, node: NodeId, members: &[Member]) -> Vec<Problem> {
    let mut found = Vec::new();
    if document.kind(node) != Kind::Object {
        return found;
    }
    for child in document.children(node) {
        let name = document.key(child).unwrap_or_default();
        if let Some((.., check)) = members.iter().find(|member| member.0 == name) {
            found.extend(check(document, child));
            continue;
        }
        let names: Vec<&str> = members.iter().map(|member| member.0).collect();
        let hint = closest(name, names.iter().copied()).map_or_else(
            || format!("Allowed: {}.", names.join(", ")),
            |near| format!("Did you mean \"{near}\"?"),
        );
        let span = document.node(child).key_span;
        found.push(Problem::new(FORM, span, format!("There is no member \"{name}\" here.")).hint(hint));
    }
    let missing = members.iter().filter(|(name, needed, _)| *needed && document.get(node, name).is_none());
    found.extend(missing.map(|(name, ..)| {
        Problem::new(FORM, head(document, node), format!("The member \"{name}\" is missing."))
    }));
    found
}

fn value<T: DeserializeOwned>(document: &Document, node: NodeId) -> Vec<Problem> {
    read::<T>(document, node, FORM).err().into_iter().collect()
}

fn scope(document: &Document, node: NodeId) -> Vec<Problem> {
    match document.kind(node) {
        Kind::Object => wrong(document, node, SCOPE),
        _ => value::<ScopeForm>(document, node),
    }
}

fn grant(document: &Document, node: NodeId) -> Vec<Problem> {
    match document.kind(node) {
        Kind::Object => wrong(document, node, GRANT),
        _ => value::<Option<GrantForm>>(document, node),
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::WaiverForm;
    use super::{ENTRY, GRANT, Member, SCOPE};

    #[test]
    fn the_members_are_those_of_the_form() {
        let schema = schemars::schema_for!(WaiverForm).to_value();
        for (at, members) in [("", ENTRY), ("/$defs/ScopeForm", SCOPE), ("/$defs/GrantForm", GRANT)] {
            let form = schema.pointer(at).unwrap();
            let mut named: Vec<&str> =
                form["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let sorted = |wanted: &dyn Fn(&&Member) -> bool| {
                let mut all: Vec<&str> = members.iter().filter(wanted).map(|member| member.0).collect();
                all.sort_unstable();
                all
            };
            named.sort_unstable();
            assert_eq!(sorted(&|_| true), named, "{at}");
            let required = form.get("required").and_then(|list| list.as_array());
            let mut required: Vec<&str> =
                required.into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
            required.sort_unstable();
            assert_eq!(sorted(&|member| member.1), required, "{at}");
        }
    }
}
