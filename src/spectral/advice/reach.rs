//! Rules that can never fire: their paths lead over members that the format does not have. A path is
//! followed as far as its names tell; from the first `..` on nothing is certain.

use super::Notes;
use super::shape::{Shape, States, Step};
use super::subject::{Form, Rule, Subject};
use assize_tree::document::NodeId;
use assize_tree::document::de::closest;
use assize_tree::path::{Field, Path, Segment, Selector};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The shapes that a format of Spectral's, or a kind of file of a native pack, is described by; nothing
/// where there is none for all of it.
fn shapes(format: &str) -> Option<&'static [&'static str]> {
    Some(match format {
        "oas2" | "swagger-2.0" | "swagger" | "openapi-2.0" => &["openapi-2.0"],
        "oas3" | "openapi-3" => &["openapi-3.0", "openapi-3.1", "openapi-3.2"],
        "oas3_0" | "openapi-3.0" => &["openapi-3.0"],
        "oas3_1" | "openapi-3.1" => &["openapi-3.1"],
        "oas3_2" | "openapi-3.2" => &["openapi-3.2"],
        "openapi" => ANY,
        other => match crate::spectral::formats::find(other)? {
            "aas2" => &[
                "asyncapi-2.0",
                "asyncapi-2.1",
                "asyncapi-2.2",
                "asyncapi-2.3",
                "asyncapi-2.4",
                "asyncapi-2.5",
                "asyncapi-2.6",
            ],
            "aas2_0" => &["asyncapi-2.0"],
            "aas2_1" => &["asyncapi-2.1"],
            "aas2_2" => &["asyncapi-2.2"],
            "aas2_3" => &["asyncapi-2.3"],
            "aas2_4" => &["asyncapi-2.4"],
            "aas2_5" => &["asyncapi-2.5"],
            "aas2_6" => &["asyncapi-2.6"],
            "aas3" => &["asyncapi-3.0", "asyncapi-3.1"],
            "aas3_0" => &["asyncapi-3.0"],
            "aas3_1" => &["asyncapi-3.1"],
            "arazzo1_0" => &["arazzo-1.0"],
            _ => return None,
        },
    })
}

const ANY: &[&str] = &["openapi-2.0", "openapi-3.0", "openapi-3.1", "openapi-3.2"];

/// How sure it is which formats a rule is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// The rule or the ruleset names them.
    Named,
    /// Everything else in the file is about OpenAPI.
    Likely,
}

/// A path of a rule, its aliases filled in.
struct Expanded {
    text: String,
    shapes: Vec<&'static str>,
    sure: Sure,
}

/// Where a path ends among the members of a format.
enum End<'s> {
    /// There, as far as can be told: the states for each shape.
    Alive(Vec<(usize, States<'s>)>),
    /// Nowhere: the names of the step that fails, and names that are there.
    Dead { names: Vec<String>, step: usize, near: Option<String> },
    /// Some of the names of a step fail.
    Part(Vec<String>),
    /// It cannot be told.
    Unknown,
}

/// Whether a ruleset that names no formats is about OpenAPI: it extends Spectral's ruleset for it, or
/// none, and most of its paths begin with a member that OpenAPI has.
fn about_openapi(subject: &Subject<'_>) -> bool {
    let extended = subject.root.map(|root| super::subject::extends(subject.document, root));
    let extended = extended.unwrap_or_default();
    if extended.iter().any(|name| name.contains("asyncapi") || name.contains("arazzo")) {
        return false;
    }
    let roots = ["paths", "components", "info", "servers", "openapi", "security", "tags"];
    let paths = subject.paths();
    let fits = |text: &str| {
        roots.iter().any(|root| {
            text.strip_prefix("$.").and_then(|rest| rest.strip_prefix(root)).is_some_and(|rest| {
                !rest.starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_')
            })
        })
    };
    let ours = paths.iter().filter(|(_, text)| fits(text)).count();
    let fixed = paths.iter().filter(|(_, text)| text.starts_with("$.") && !text.starts_with("$..")).count();
    let named = paths.iter().any(|(_, text)| text.starts_with("$.paths"));
    let other =
        paths.iter().any(|(_, text)| text.starts_with("$.channels") || text.starts_with("$.workflows"));
    named && !other && ours * 10 >= fixed * 7
}

fn expand(subject: &Subject<'_>, rule: &Rule<'_>, path: &str) -> Vec<Expanded> {
    let formats: Vec<&str> = match subject.form {
        Form::Spectral => subject.formats(rule),
        Form::Native => {
            let on = subject.items(rule.node, "on");
            on.into_iter().filter_map(|one| subject.document.str(one)).collect()
        }
    };
    let mut found = Vec::new();
    let mut stack = vec![(path.to_owned(), formats, 0)];
    while let Some((text, formats, depth)) = stack.pop() {
        if depth > 12 || found.len() > 200 {
            break;
        }
        let Some((name, rest)) = super::aliases::split(&text) else {
            let (list, sure) = if formats.is_empty() {
                if !about_openapi(subject) {
                    continue;
                }
                (Some(ANY.to_vec()), Sure::Likely)
            } else {
                let all: Option<Vec<&[&str]>> = formats.iter().map(|one| shapes(one)).collect();
                (all.map(|all| all.concat()), Sure::Named)
            };
            if let Some(mut shapes) = list {
                shapes.sort_unstable();
                shapes.dedup();
                found.push(Expanded { text, shapes, sure });
            }
            continue;
        };
        for (alias, node, target) in subject.alias_paths() {
            if alias != name {
                continue;
            }
            let path = subject.document.str(node).unwrap_or_default();
            let formats = match target {
                // The formats of the target and those of the rule: the narrower of the two.
                Some(target) if formats.is_empty() => target,
                Some(target) => {
                    let narrow = |wide: &str, one: &str| {
                        wide == one || one.strip_prefix(wide).is_some_and(|rest| rest.starts_with('_'))
                    };
                    let mut both: Vec<&str> = Vec::new();
                    for one in &target {
                        both.extend(formats.iter().filter(|own| narrow(one, own)).copied());
                        if formats.iter().any(|own| narrow(own, one)) {
                            both.push(one);
                        }
                    }
                    if both.is_empty() {
                        continue;
                    }
                    both
                }
                None => formats.clone(),
            };
            stack.push((format!("{path}{rest}"), formats, depth + 1));
        }
    }
    found
}

/// Follows a path through shapes.
fn follow<'s>(shapes: &'s [Shape], segments: &[Segment]) -> End<'s> {
    let mut now: Vec<(usize, States<'s>)> =
        shapes.iter().enumerate().map(|(at, shape)| (at, shape.start())).collect();
    let mut part: Vec<String> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        if segment.descendant || now.iter().all(|(_, states)| states.any) {
            return if part.is_empty() { End::Unknown } else { End::Part(part) };
        }
        let mut next: Vec<(usize, States<'s>)> = Vec::new();
        let (mut dead, mut good) = (Vec::new(), 0);
        for selector in &segment.selectors {
            let step = match selector {
                Selector::Name(name) => Step::Name(name),
                Selector::Index(_) | Selector::Slice { .. } => Step::Index,
                _ => Step::Every,
            };
            let reached: Vec<(usize, States<'s>)> = now
                .iter()
                .map(|(at, states)| (*at, shapes[*at].step(states, step)))
                .filter(|(_, states)| !states.dead())
                .collect();
            match (reached.is_empty(), selector) {
                (true, Selector::Name(name)) => dead.push(name.clone()),
                // A name of digits is an index as well.
                (true, Selector::Index(_)) => {}
                (true, _) => dead.push("*".to_owned()),
                (false, Selector::Index(index)) => {
                    dead.retain(|name| *name != index.to_string());
                    good += 1;
                }
                (false, _) => good += 1,
            }
            next.extend(reached);
        }
        if good == 0 {
            let names: BTreeSet<String> =
                now.iter().flat_map(|(at, states)| shapes[*at].names(states)).collect();
            let near = match &dead[..] {
                [name] => closest(name, names.iter().map(String::as_str)).map(str::to_owned),
                _ => None,
            };
            return End::Dead { names: dead, step: index, near };
        }
        part.extend(dead.into_iter().filter(|name| name.trim() == name && name != "*"));
        now = next;
    }
    if part.is_empty() { End::Alive(now) } else { End::Part(part) }
}

/// The segments of a path up to the first `^`, without aliases.
fn segments(subject: &Subject<'_>, text: &str) -> Option<Arc<[Segment]>> {
    let path = match subject.form {
        Form::Spectral => Path::parse_spectral(text).ok()?.into_iter().next()?,
        Form::Native => Path::parse(text).ok()?,
    };
    Some(path.segments)
}

fn compiled(subject: &Subject<'_>, rule: &Rule<'_>, names: &[&str]) -> Vec<Shape> {
    let raw = subject
        .member(rule.node, "resolved")
        .is_some_and(|node| subject.document.bool(subject.document.resolve(node)) == Some(false));
    // AsyncAPI 3 has a shape of its own for what is resolved.
    let shape = |name: &&str| match name.strip_prefix("asyncapi-3") {
        Some(_) if !raw => Shape::new(&format!("{name}-resolved"), true),
        _ => Shape::new(name, !raw),
    };
    names.iter().filter_map(shape).collect()
}

/// A rule that says that something must not be there is right to look for what is not allowed.
fn forbids(subject: &Subject<'_>, rule: &Rule<'_>) -> bool {
    rule.then.iter().filter_map(|&then| subject.function(then)).any(|(name, _)| {
        // A function of the ruleset's own may do the same.
        matches!(name, "falsy" | "undefined" | "schema" | "json-schema")
            || super::functions::own(subject).iter().any(|(own, ..)| own == name)
    })
}

fn versions(shapes: &[&str]) -> String {
    let kinds = [("openapi-", "OpenAPI"), ("asyncapi-", "AsyncAPI"), ("arazzo-", "Arazzo")];
    let mut told: Vec<String> = Vec::new();
    for (prefix, name) in kinds {
        let versions: Vec<&str> = shapes.iter().filter_map(|shape| shape.strip_prefix(prefix)).collect();
        match &versions[..] {
            [one] => told.push(format!("{name} {one}")),
            [first, .., last] => told.push(format!("{name} {first} to {last}")),
            [] => {}
        }
    }
    if told.is_empty() { "the format".to_owned() } else { told.join(" and ") }
}

/// What is called for a path: its rule, its place, its expansion, the shapes and the segments.
type Visit<'v> = dyn FnMut(&Rule<'_>, NodeId, &Expanded, &[Shape], &[Segment]) + 'v;

/// Calls for every path of a rule that could be expanded.
fn each(subject: &Subject<'_>, call: &mut Visit<'_>) {
    for rule in &subject.rules {
        for &given in &rule.given {
            let Some(text) = subject.document.str(given) else { continue };
            if text.trim() != text {
                continue;
            }
            for expanded in expand(subject, rule, text) {
                let Some(segments) = segments(subject, &expanded.text) else { continue };
                let shapes = compiled(subject, rule, &expanded.shapes);
                if shapes.len() == expanded.shapes.len() && !shapes.is_empty() {
                    call(rule, given, &expanded, &shapes, &segments);
                }
            }
        }
    }
}

pub(super) fn dead_path(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    dead(subject, Sure::Named, notes);
}

pub(super) fn likely(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    dead(subject, Sure::Likely, notes);
}

/// The names that fail, the versions in which they do, and a name that is near.
type Death = (String, String, Option<String>);

fn dead(subject: &Subject<'_>, sure: Sure, notes: &mut Notes<'_>) {
    let mut found: Vec<(NodeId, bool, Option<Death>)> = Vec::new();
    each(subject, &mut |rule, given, expanded, shapes, segments| {
        let mut say = None;
        if let End::Dead { names, step, near } = follow(shapes, segments) {
            let last = step + 1 == segments.len();
            let certain = expanded.sure == sure && (sure == Sure::Named || near.is_some());
            // With a blank in it, another lint says more.
            let clean = names.iter().all(|name| name.trim() == name);
            if certain && clean && !(last && forbids(subject, rule)) {
                say = Some((names.join("`, `"), versions(&expanded.shapes), near));
            }
        }
        // A path with aliases stands for several; it is dead where all of them are.
        let alive = say.is_none();
        match found.iter_mut().find(|(node, ..)| *node == given) {
            Some((_, all, known)) => {
                *all &= !alive;
                if known.is_none() {
                    *known = say;
                }
            }
            None => found.push((given, !alive, say)),
        }
    });
    for (given, all, say) in found {
        let (true, Some((names, versions, near))) = (all, say) else { continue };
        let part = names.split('`').next().unwrap_or_default().to_owned();
        let message = if names == "*" {
            format!(
                "The path leads to members of a value that has none in {versions}: over a valid description the rule never fires."
            )
        } else {
            format!(
                "{versions} has no `{names}` at this place: over a valid description the rule never fires."
            )
        };
        let hint = near.map_or_else(String::new, |near| format!("Did you mean `{near}`?"));
        notes.say(subject.within(given, &part), message, hint);
    }
}

pub(super) fn dead_name(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    each(subject, &mut |_, given, expanded, shapes, segments| {
        let text = subject.document.str(given).unwrap_or_default();
        let End::Part(names) = follow(shapes, segments) else { return };
        for name in names.iter().filter(|name| expanded.sure == Sure::Named && text.contains(name.as_str())) {
            notes.say(
                subject.within(given, name),
                format!(
                    "{} has no `{name}` at this place; the other names are looked at.",
                    versions(&expanded.shapes)
                ),
                "Leave it out, or write the name that was meant.",
            );
        }
    });
}

pub(super) fn dead_field(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    each(subject, &mut |rule, _, expanded, shapes, segments| {
        let End::Alive(ends) = follow(shapes, segments) else { return };
        for &then in &rule.then {
            let Some((function, _)) = subject.function(then) else { continue };
            if !matches!(
                function,
                "truthy" | "defined" | "pattern" | "casing" | "length" | "enumeration" | "alphabetical"
            ) {
                continue;
            }
            let Some(node) = subject.member(then, "field") else { continue };
            let Some(field) = subject.document.str(node) else { continue };
            if field.starts_with(['$', '@']) || field.contains(['*', '?']) || field.trim() != field {
                continue;
            }
            // A wildcard in the path leads to places of several kinds: the field may be for one.
            let mut names: BTreeSet<String> = BTreeSet::new();
            let mut states = ends.clone();
            let mut gone = None;
            for name in Field::way(field) {
                names = states.iter().flat_map(|(at, one)| shapes[*at].names(one)).collect();
                states = states
                    .iter()
                    .map(|(at, one)| (*at, shapes[*at].step(one, Step::Name(&name))))
                    .filter(|(_, one)| !one.dead())
                    .collect();
                if states.is_empty() {
                    gone = Some(name);
                    break;
                }
            }
            let Some(name) = gone else { continue };
            let near = closest(&name, names.iter().map(String::as_str));
            if expanded.sure == Sure::Likely && near.is_none() {
                continue;
            }
            let what = if matches!(function, "truthy" | "defined") {
                "the rule finds fault with every place it looks at"
            } else {
                "the rule never fires"
            };
            notes.say(
                subject.within(node, &name),
                format!("{} has no `{name}` at this place: {what}.", versions(&expanded.shapes)),
                near.map_or_else(String::new, |near| format!("Did you mean `{near}`?")),
            );
        }
    });
}
