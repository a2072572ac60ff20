//! What of the embedded library a run reads: most of its packs have nothing to say of most files.

use super::jobs::Job;
use super::trouble::Trouble;
use crate::engine::{Plan, Report, kinds};
use crate::finding::RuleId;
use crate::pack::embedded;
use crate::standard::Truth;
use crate::target;
use crate::verdict::facts;
use crate::workspace::{Disk, Workspace};
use assize_tree::document::Limits;
use assize_tree::document::de::closest;
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

/// Facts that were declared on the command line and that nothing asks about, each with the name that may
/// have been meant: a slip there would be silent otherwise.
pub(super) fn unasked(plan: &Plan, names: impl Iterator<Item = String>) -> Vec<(String, Option<String>)> {
    let bare = |name: &String| name.trim_start_matches('!').to_owned();
    let mut known: Vec<String> = facts::ALL.iter().map(|kind| kind.name.to_owned()).collect();
    known.extend(embedded::entries().iter().flat_map(|entry| &entry.chosen).map(bare));
    for pack in &plan.packs {
        known.extend(pack.form.chosen_when.iter().map(bare));
        known.extend(pack.form.clauses.iter().flat_map(|clause| &clause.applies_when).map(bare));
        let given = pack.form.rules.values().flat_map(|rule| &rule.given).flat_map(|given| given.as_slice());
        known.extend(given.filter_map(|path| path.strip_prefix("$.facts.")).map(str::to_owned));
    }
    let near = |name: &str| closest(name, known.iter().map(String::as_str)).map(str::to_owned);
    names.filter(|name| !known.contains(name)).map(|name| (name.clone(), near(&name))).collect()
}

/// Of all embedded packs, leaves out those that the system gives no cause for.
pub(super) struct Choice<'a> {
    pub(super) plan: &'a Plan,
    pub(super) settings: Option<&'a serde_json::Value>,
    pub(super) declared: &'a BTreeMap<String, bool>,
}

impl Choice<'_> {
    /// By what a whole tree shows.
    pub(super) fn make(&self, report: &mut Report, workspace: &Workspace) {
        for index in 0..self.plan.packs.len() {
            let why = self.why_not(index, report, workspace);
            if let Some((_, why)) = why {
                report.leave_out(index, why);
            }
        }
    }

    /// The same where only a part was judged: what that does not show the rest may, so that it is asked
    /// where it makes a difference.
    pub(super) fn make_for_part(
        &self,
        report: &mut Report,
        workspace: &Workspace,
        everything: impl Fn() -> (Workspace, Report),
    ) {
        let mut all: Option<(Workspace, Report)> = None;
        for index in 0..self.plan.packs.len() {
            let Some((declared, mut why)) = self.why_not(index, report, workspace) else { continue };
            if !declared {
                let own = |rule: RuleId| report.rule(rule).pack == Some(index);
                let says = report.findings.iter().any(|finding| own(finding.rule))
                    || report.unknown.iter().any(|unknown| unknown.rule.is_some_and(own));
                if !says {
                    continue;
                }
                let (workspace, whole) = all.get_or_insert_with(&everything);
                match self.why_not(index, whole, workspace) {
                    Some((_, said)) => why = said,
                    None => continue,
                }
            }
            report.leave_out(index, why);
        }
    }

    /// Why a pack is not taken up, and whether that was declared.
    fn why_not(&self, pack: usize, report: &Report, workspace: &Workspace) -> Option<(bool, String)> {
        self.plan.packs[pack].form.chosen_when.iter().find_map(|wanted| {
            let (name, turned) =
                wanted.strip_prefix('!').map_or((wanted.as_str(), false), |name| (name, true));
            let declared = self.declared.get(name);
            let (value, how) = match declared {
                Some(value) => (Truth::from(*value), "declared".to_owned()),
                None => {
                    let found = facts::detect(name, workspace, report, self.settings);
                    (found.value, found.how)
                }
            };
            let differs = value != Truth::from(!turned);
            differs.then(|| (declared.is_some(), format!("{name} is {} ({how})", value.name())))
        })
    }
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
