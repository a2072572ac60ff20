//! What a `then` looks at below a place: the value itself, its keys, or what its field names.

use super::value::{Js, View};
use assize_tree::document::Step;
use assize_tree::path::{Field, Follow, Hit, NodeRef, Path, PathSet, Trail, step_of};

pub(super) fn step_text(view: &View<'_>, edge: NodeRef) -> String {
    match step_of(view, edge) {
        Step::Key(key) => key.to_owned(),
        Step::Index(index) => index.to_string(),
    }
}

pub(super) type Target<'a> = (Vec<String>, Js<'a>);

/// What a `then` looks at: the value, or what its field names.
pub(super) fn targets<'a>(
    view: &View<'a>,
    value: &Js<'a>,
    field: Option<&str>,
) -> Result<Vec<Target<'a>>, String> {
    let (Js::Node(at), Some(field)) = (value, field) else { return Ok(vec![(Vec::new(), value.clone())]) };
    let mut found: Vec<Target<'a>> = Vec::new();
    if field == "@key" {
        for (step, _) in view.entries(*at) {
            let key = match step {
                Step::Key(key) => key.to_owned(),
                Step::Index(index) => index.to_string(),
            };
            found.push((vec![key.clone()], Js::Text(key.into())));
        }
    } else if field.starts_with('$') {
        let paths = Path::parse_spectral(field)
            .map_err(|error| format!("The field {field} cannot be read: {error}."))?;
        let set = PathSet::new(&paths);
        let mut failed = None;
        let mut sink = |hit: Hit, trail: &Trail| {
            let steps = if hit.at == hit.owner && hit.at == *at {
                Vec::new()
            } else {
                trail.steps(view, hit.descent, hit.at, hit.owner)
            };
            let path = &paths[hit.path as usize];
            if path.up as usize > steps.len() {
                return;
            }
            let kept = &steps[..steps.len() - path.up as usize];
            let way: Vec<String> = kept.iter().map(|taken| step_text(view, taken.edge)).collect();
            let value = if path.keys {
                way.last().map_or(Js::Undefined, |step| Js::Text(step.clone().into()))
            } else if path.up > 0 {
                view.read(steps[steps.len() - path.up as usize].owner)
            } else {
                view.read(hit.at)
            };
            found.push((way, value));
        };
        if let Err(exhausted) = set.run(view, *at, Follow::Entries, &mut sink) {
            failed = Some(exhausted.to_string());
        }
        if let Some(reason) = failed {
            return Err(reason);
        }
        if found.is_empty() {
            found.extend(length_of(view, *at, field));
        }
    } else {
        // `get` looks for a member of that whole name first.
        if let Some(edge) = view.edge(*at, field).filter(|_| !field.is_empty()) {
            return Ok(vec![(Field::way(field), view.read(edge))]);
        }
        let way = Field::way(field);
        let mut here = value.clone();
        for step in &way {
            here = match &here {
                Js::Text(text) if step == "length" =>
                {
                    #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                    Js::Number(assize_tree::js::length(text) as f64)
                }
                Js::Node(at) if step == "length" && view.is_array(&here) =>
                {
                    #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                    Js::Number(view.len(*at) as f64)
                }
                other => view.member(other, step),
            };
        }
        let way = if field.is_empty() { Vec::new() } else { way };
        found.push((way, here));
    }
    if found.is_empty() {
        found.push((Vec::new(), Js::Undefined));
    }
    Ok(found)
}

/// Spectral's reader of such paths takes the length of an array or a text for a member of it.
fn length_of<'a>(view: &View<'a>, at: NodeRef, field: &str) -> Option<Target<'a>> {
    let (before, _) = field.split_at_checked(field.len().checked_sub(".length".len())?)?;
    if !field.ends_with(".length") {
        return None;
    }
    let steps: Vec<&str> = before.strip_prefix('$')?.split('.').collect();
    let plain = |step: &&str| step.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'));
    let (first, steps) = steps.split_first()?;
    if !first.is_empty() || !steps.iter().all(plain) {
        return None;
    }
    let value = steps.iter().fold(Js::Node(at), |value, step| view.member(&value, step));
    let length = match &value {
        Js::Text(text) => assize_tree::js::length(text),
        Js::Node(list) if view.is_array(&value) => view.len(*list),
        _ => return None,
    };
    let mut way: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
    way.push("length".to_owned());
    #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
    Some((way, Js::Number(length as f64)))
}
