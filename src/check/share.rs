//! `share`: most of many things have something. Where a demand on each place would drown its reader
//! in findings (every parameter described, every schema with an example), one finding gives the
//! share and the first places that lack it.

use super::{
    AllPlaces, CannotTell, Check, Compile, Context, Looked, OptionError, Together, UNRESOLVED, Violation,
    options,
};
use assize_tree::document::Kind;
use assize_tree::path::{Field, FieldTarget, NodeRef};
use serde_json::Value;

/// Members that a message names, of several that are as good.
const NAMED: usize = 4;
/// Places without it that a finding shows.
const SHOWN: usize = 3;

struct Share {
    /// One of them is enough.
    having: Vec<(String, Field)>,
    min: f64,
}

impl Share {
    /// Whether a place has it; nothing where that stands behind a reference that leads nowhere.
    fn has(&self, cx: &Context<'_>, at: NodeRef) -> Result<Option<bool>, CannotTell> {
        let mut unread = cx.bundle.is_unresolved(at);
        let filled = |target: &FieldTarget| match target {
            FieldTarget::Node(node) => {
                let document = cx.document(*node);
                match document.kind(node.node) {
                    Kind::Null => false,
                    Kind::String => document.str(node.node).is_some_and(|text| !text.trim().is_empty()),
                    _ => true,
                }
            }
            _ => false,
        };
        for (_, field) in &self.having {
            let targets = field.targets(cx.bundle, at).map_err(|error| CannotTell(error.to_string()))?;
            if targets.iter().any(filled) {
                return Ok(Some(true));
            }
            unread |= targets.contains(&FieldTarget::Unread);
        }
        Ok(if unread { None } else { Some(false) })
    }
}

impl Together for Share {
    fn run(
        &self,
        cx: &Context<'_>,
        places: &[NodeRef],
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let (mut lacking, mut unread) = (Vec::new(), 0);
        for &place in places {
            match self.has(cx, place)? {
                Some(true) => {}
                Some(false) => lacking.push(place),
                None => unread += 1,
            }
        }
        if places.is_empty() {
            return Ok(Looked::Nothing);
        }
        let known = places.len() - unread;
        let has = known - lacking.len();
        #[expect(clippy::cast_precision_loss, reason = "counts of places stay far below 2^52")]
        let share = (has + unread) as f64 / places.len() as f64;
        if share < self.min {
            let names: Vec<&str> = self.having.iter().map(|(name, _)| name.as_str()).collect();
            // A long list of forms says less than the message that it stands in.
            let names = (names.len() <= NAMED).then(|| names.join(" or "));
            let what = names.as_deref().unwrap_or("one");
            // "0 of 5" and "all" speak for themselves.
            let wanted = match self.min {
                0.02..1.0 => format!(", and {:.0} in 100 are wanted", self.min * 100.0),
                _ => String::new(),
            };
            let mut violation = Violation::new(format!("{has} of {known} have {what}{wanted}"));
            let here = names.map_or_else(|| "none here".to_owned(), |names| format!("no {names} here"));
            violation.related = lacking.into_iter().take(SHOWN).map(|at| (at, here.clone())).collect();
            found.push(violation);
        } else if unread > 0 {
            return Err(CannotTell(UNRESOLVED.to_owned()));
        }
        Ok(Looked::At(u32::try_from(places.len()).unwrap_or(u32::MAX)))
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("share", given, &["having", "min"])?;
    let names: Vec<String> = options::need("share", members, "having", "a list of members")?;
    let mut having = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let field = Field::parse(&name).map_err(|error| {
            OptionError::new(format!("/having/{at}"), format!("The field \"{name}\" cannot be read: {error}"))
        })?;
        // People know a member by its name; `$.examples[*]` says of it that it has members.
        let shown = name.trim_start_matches("$.").trim_end_matches("[*]").to_owned();
        having.push((shown, field));
    }
    let min: f64 = options::get(members, "min", "a number from 0 to 1")?.unwrap_or(1.0);
    if having.is_empty() || !(0.0..=1.0).contains(&min) {
        return Err(OptionError::new(
            "",
            "The check \"share\" needs at least one member in \"having\" and a \"min\" from 0 to 1.",
        ));
    }
    Ok(Box::new(AllPlaces(Share { having, min })))
}
