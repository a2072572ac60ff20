//! `share`: most of many things have something. Where a demand on each place would drown its reader
//! in findings (every parameter described, every schema with an example), one finding gives the
//! share and the first places that lack it.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options};
use assize_tree::document::Kind;
use assize_tree::path::{Field, FieldTarget, NodeRef};
use serde_json::Value;

/// Places without it that a finding shows.
const SHOWN: usize = 3;

struct Share {
    of: Field,
    /// One of them is enough.
    having: Vec<(String, Field)>,
    min: f64,
}

impl Share {
    fn has(&self, cx: &Context<'_>, at: NodeRef) -> Result<bool, CannotTell> {
        for (_, field) in &self.having {
            let targets = field.targets(cx.bundle, at).map_err(|error| CannotTell(error.to_string()))?;
            let filled = |target: &FieldTarget| match target {
                FieldTarget::Node(node) => {
                    let document = cx.document(*node);
                    match document.kind(node.node) {
                        Kind::Null => false,
                        Kind::String => {
                            document.str(node.node).is_some_and(|text| !text.trim().is_empty())
                        }
                        _ => true,
                    }
                }
                _ => false,
            };
            if targets.iter().any(filled) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Check for Share {
    fn run(&self, cx: &Context<'_>, subject: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let Subject::Node(at) = subject else { return Ok(Looked::Nothing) };
        let targets = self.of.targets(cx.bundle, at).map_err(|error| CannotTell(error.to_string()))?;
        let mut all: Vec<NodeRef> = targets
            .into_iter()
            .filter_map(|target| match target {
                FieldTarget::Node(node) => Some(node),
                _ => None,
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        let mut lacking = Vec::new();
        for &one in &all {
            if !self.has(cx, one)? {
                lacking.push(one);
            }
        }
        if all.is_empty() {
            return Ok(Looked::Nothing);
        }
        let has = all.len() - lacking.len();
        #[expect(clippy::cast_precision_loss, reason = "counts of places stay far below 2^52")]
        let share = has as f64 / all.len() as f64;
        if share < self.min {
            let names: Vec<&str> = self.having.iter().map(|(name, _)| name.as_str()).collect();
            let mut violation = Violation::new(format!(
                "{has} of {} have {}; {:.0} in 100 are wanted",
                all.len(),
                names.join(" or "),
                self.min * 100.0
            ));
            violation.related = lacking
                .into_iter()
                .take(SHOWN)
                .map(|at| (at, format!("no {} here", names.join(" or "))))
                .collect();
            found.push(violation);
        }
        Ok(Looked::At(u32::try_from(all.len()).unwrap_or(u32::MAX)))
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("share", given, &["of", "having", "min"])?;
    let of: String = options::need("share", members, "of", "a JSONPath from the place")?;
    let of = Field::parse(&of)
        .map_err(|error| OptionError::new("/of", format!("The path \"{of}\" cannot be read: {error}")))?;
    let names: Vec<String> = options::need("share", members, "having", "a list of members")?;
    let mut having = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let field = Field::parse(&name).map_err(|error| {
            OptionError::new(format!("/having/{at}"), format!("The field \"{name}\" cannot be read: {error}"))
        })?;
        having.push((name, field));
    }
    let min: f64 = options::get(members, "min", "a number from 0 to 1")?.unwrap_or(1.0);
    if having.is_empty() || !(0.0..=1.0).contains(&min) {
        return Err(OptionError::new(
            "",
            "The check \"share\" needs at least one member in \"having\" and a \"min\" from 0 to 1.",
        ));
    }
    Ok(Box::new(Share { of, having, min }))
}
