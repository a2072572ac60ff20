//! `--disable`: rules that shall not run. What the engine itself finds is left out of the findings;
//! what it could not judge stays in the report, for silence about that would look like a clean result.

use super::trouble::Trouble;
use crate::engine::{Plan, Report, builtin};
use crate::pack::embedded;
use assize_tree::document::de::closest;
use std::collections::BTreeSet;

/// The engine's own rules that were disabled.
pub(super) struct Disabled(BTreeSet<String>);

impl Disabled {
    /// Takes rules and packs of those names out of the plan.
    ///
    /// # Errors
    ///
    /// If a name is that of no rule and no pack.
    pub(super) fn new<'a>(plan: &mut Plan, names: impl Iterator<Item = &'a String>) -> Result<Self, Trouble> {
        let names: Vec<&String> = names.collect();
        let own: Vec<String> = builtin::ALL.iter().map(|rule| format!("assize/{}", rule.name)).collect();
        for name in &names {
            // A rule of an embedded pack that has nothing to do here is disabled already.
            let idle = plan.left_out().any(|pack| {
                let rule = name.strip_prefix(pack).and_then(|rest| rest.strip_prefix('/'));
                covers(name, pack)
                    || rule.is_some_and(|rule| {
                        let read = embedded::load(pack).and_then(Result::ok);
                        read.is_some_and(|pack| pack.form.rules.contains_key(rule))
                    })
            });
            if !idle && !plan.rule_names().chain(own.iter().map(String::as_str)).any(|id| covers(name, id)) {
                let near = closest(name, plan.rule_names().chain(own.iter().map(String::as_str)));
                return Err(Trouble::hint(
                    format!("No rule \"{name}\" is there to be disabled."),
                    near.map_or_else(
                        || "`assize standards PACK` lists a pack's rules.".to_owned(),
                        |near| format!("Did you mean \"{near}\"?"),
                    ),
                ));
            }
        }
        plan.retain(|id| !names.iter().any(|name| covers(name, id)));
        Ok(Self(own.into_iter().filter(|id| names.iter().any(|name| covers(name, id))).collect()))
    }

    /// Takes out what disabled rules of the engine found.
    pub(super) fn apply(&self, report: &mut Report) {
        if self.0.is_empty() {
            return;
        }
        let off: Vec<bool> = report.rules.iter().map(|rule| self.0.contains(rule.id.as_str())).collect();
        report.findings.retain(|finding| !off.get(finding.rule.0 as usize).copied().unwrap_or_default());
    }
}

/// Whether a name is that of the rule, or of a pack or group above it.
fn covers(name: &str, id: &str) -> bool {
    id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
}
