//! What of the embedded library a run reads: most of its packs have nothing to say of most files.

use super::check::Job;
use super::trouble::Trouble;
use crate::engine::{Plan, kinds};
use crate::pack::embedded;
use crate::target;
use crate::verdict::facts;
use crate::workspace::{Disk, Workspace};
use assize_tree::document::Limits;
use std::collections::BTreeMap;

/// The embedded packs that may be chosen unasked. Those are not even read whose choice rests on a fact
/// that was declared otherwise, or that no file shows and nobody declared, and, where it is known of
/// which kinds the judged files are, those whose rules look at none of them.
pub(super) fn library(
    declared: &BTreeMap<String, bool>,
    kinds: Option<&[&'static str]>,
) -> Result<Plan, Trouble> {
    let has_one = |names: &[String]| {
        let there = |name: &String| {
            target::specific(name).iter().any(|kind| kinds.is_none_or(|all| all.contains(kind)))
        };
        names.iter().any(there)
    };
    let (mut packs, mut left_out) = (Vec::new(), Vec::new());
    for entry in embedded::entries() {
        let why = entry.chosen.iter().find_map(|wanted| {
            let name = wanted.strip_prefix('!').unwrap_or(wanted);
            match declared.get(name) {
                Some(value) if *value == wanted.starts_with('!') => {
                    Some(format!("{name} is {value} (declared)"))
                }
                None if !facts::can_be_seen(name) => Some(format!("{name}{}", facts::UNSAID)),
                _ => None,
            }
        });
        match why {
            Some(why) => left_out.push((entry, Some(why))),
            None if kinds.is_some() && !has_one(&entry.kinds) => left_out.push((entry, None)),
            None => packs.extend(embedded::load(&entry.name)),
        }
    }
    let packs = packs.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut plan = Plan::new(packs, embedded::authorities())?;
    for (entry, why) in left_out {
        plan.leave_out(entry, embedded::authorities(), why);
    }
    Ok(plan)
}

/// The kinds of files that were named one by one, so that of the library only what looks at them has
/// to be read; `None` where whole folders, standard input or large files are judged: those are not
/// read twice.
pub(super) fn kinds_named(jobs: &[Job], stdin: bool) -> Option<Vec<&'static str>> {
    const MOST_BYTES: u64 = 64 << 10;
    let mut found = Vec::new();
    let mut left = if stdin { None } else { Some(MOST_BYTES) };
    for job in jobs {
        let disk = Disk::new(&job.root).select(job.files.as_ref()?.iter().cloned());
        let workspace = Workspace::new(Box::new(disk), Limits::default(), false);
        let sizes = workspace.entries().iter().filter(|entry| entry.skip.is_none()).map(|entry| entry.size);
        left = left?.checked_sub(sizes.sum());
        left?;
        found.extend(kinds(&workspace));
    }
    left.map(|_| found)
}
