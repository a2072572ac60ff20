//! A statement as Markdown, for a pull request or a wiki. What comes from the judged tree is
//! escaped: it could otherwise draw tables and links of its own.

use super::{by_reason, groups, level, notes, sections, shown};
use crate::report::escape::markdown as text;
use crate::standard::Truth;
use crate::verdict::statement::{ClausePart, Statement};
use crate::verdict::table::Verdict;
use std::fmt::Write as _;

/// Writes a statement.
pub fn write(out: &mut String, statement: &Statement) {
    let (identity, system) = (&statement.identity, &statement.system);
    let _ = writeln!(out, "# Statement of conformance: {}\n", text(&system.name));
    let _ = writeln!(out, "**{}.** {}\n", statement.result.said(), text(&statement.summary));
    let _ = writeln!(
        out,
        "| group | met | not met | waived | need evidence | unknown | n/a |\n|---|---|---|---|---|---|---|"
    );
    let counts = &statement.counts;
    for (name, counts) in [
        ("binding musts", &counts.binding),
        ("other clauses (comply or explain)", &counts.guidance),
        ("drafts and conventions (never count)", &counts.not_counted),
    ] {
        let of = |name: &str| counts.get(name).copied().unwrap_or_default();
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} | {} |",
            of("met"),
            of("not-met"),
            of("waived"),
            of("needs-evidence"),
            of("unknown"),
            of("not-applicable")
        );
    }
    let commit = identity.tree.commit.as_deref().unwrap_or("no git commit known");
    let _ = writeln!(out, "\n## Identity\n");
    let _ = writeln!(
        out,
        "- Tree: {} ({} files), sha256-tree `{}`",
        text(commit),
        identity.tree.files,
        identity.tree.sha256
    );
    let _ = writeln!(out, "- Tool: {} {}", identity.tool.name, identity.tool.version);
    let profile = &identity.profile;
    let _ = writeln!(
        out,
        "- Profile: {}@{}, sha256 `{}`",
        text(&profile.name),
        text(&profile.version),
        profile.sha256
    );
    for pack in &identity.packs {
        let _ = writeln!(
            out,
            "- Pack: {}@{}, {} {}, sha256 `{}`",
            text(&pack.name),
            text(&pack.version),
            text(&pack.standard),
            text(&pack.edition),
            pack.sha256
        );
    }
    let config = identity.configuration.as_ref().map_or("none in tree", |file| file.path.as_str());
    let _ = writeln!(out, "- Configuration: {}; flags: {}", text(config), text(&identity.flags.join(" ")));
    let _ = writeln!(
        out,
        "- Supplier: {}; system: {}",
        text(system.supplier.as_deref().unwrap_or("not declared")),
        system.lifecycle
    );
    let _ = writeln!(
        out,
        "- Standards as of {}; expiries as of {}; judged by: {}",
        identity.as_of,
        identity.clock,
        text(&identity.judged_by)
    );
    looked(out, statement);
    for (heading, clauses) in sections(&statement.clauses) {
        let _ = writeln!(out, "\n## {}\n", heading.to_lowercase());
        match clauses.first().map(|clause| clause.verdict) {
            Some(Verdict::NotMet) if clauses.iter().all(|clause| clause.counts) => {
                clauses.iter().for_each(|clause| not_met(out, clause));
            }
            Some(Verdict::Met | Verdict::NeedsEvidence | Verdict::Waived)
                if clauses.iter().all(|clause| clause.counts) =>
            {
                clauses.iter().for_each(|clause| line(out, clause));
            }
            _ => {
                for (reason, list) in by_reason(&clauses) {
                    let names: Vec<String> = list.iter().map(|clause| text(&clause.source)).collect();
                    let _ = writeln!(out, "- {}: {}", names.join(", "), text(&reason));
                }
            }
        }
    }
    rest(out, statement);
}

fn looked(out: &mut String, statement: &Statement) {
    let looked = &statement.looked_at;
    let _ = writeln!(out, "\n## What was and was not looked at\n");
    let _ = writeln!(out, "- {} files were there to be read; {}", looked.readable, text(&looked.history));
    if looked.empty > 0 {
        let kinds: Vec<String> =
            looked.empty_kinds.iter().map(|(name, count)| format!("{count} {}", text(name))).collect();
        let _ = writeln!(
            out,
            "- {} files are empty (0 bytes: {}): nothing in them was judged",
            looked.empty,
            kinds.join(", ")
        );
    }
    for (reason, files) in &looked.not_judged {
        let first = files.first().map_or("", String::as_str);
        let _ = writeln!(out, "- {} files not judged ({}, ...): {}", files.len(), text(first), text(reason));
    }
    let _ = writeln!(out, "\n## API descriptions\n");
    if statement.descriptions.is_empty() {
        let _ = writeln!(out, "None.");
    }
    for one in &statement.descriptions {
        let question = one
            .question
            .as_ref()
            .map_or_else(String::new, |question| format!(" **Question:** {}", text(question)));
        let version = one.version.as_deref().unwrap_or("-");
        let _ = writeln!(
            out,
            "- {}: {} {}, {} operations, **{}** ({}).{question}",
            text(&one.path),
            one.kind,
            text(version),
            one.operations,
            one.role,
            text(&one.evidence)
        );
    }
    let _ = writeln!(out, "\n## Facts\n\n| fact | value | how known |\n|---|---|---|");
    for fact in &statement.facts {
        let mark = if fact.confirm { " (please confirm)" } else { "" };
        let value = if fact.value == Truth::Unknown { "**unknown**" } else { fact.value.name() };
        let _ = writeln!(out, "| {} | {value}{mark} | {} |", text(&fact.name), text(&fact.how));
    }
}

fn not_met(out: &mut String, clause: &ClausePart) {
    let _ = writeln!(
        out,
        "- **{}** ({}, {}{}): {}",
        text(&clause.source),
        clause.standing.name(),
        level(clause.level),
        if clause.binding { ", binding" } else { "" },
        text(&clause.title)
    );
    let groups = groups(&clause.places);
    if groups.is_empty() {
        let _ = writeln!(out, "  - {}", text(&clause.reason));
    }
    for group in groups.iter().take(5) {
        let _ = writeln!(
            out,
            "  - {} ({} places) {}",
            text(group.message),
            group.places.len(),
            text(&shown(&group.places, 4))
        );
    }
    if groups.len() > 5 {
        let _ = writeln!(out, "  - and {} more findings", groups.len() - 5);
    }
    if let Some(help) = &clause.help {
        let by = clause.mend_by.map_or_else(String::new, |day| format!(" by {day}"));
        let _ = writeln!(out, "  - Mend{by}: {} Ask: {}", text(help), text(&clause.ask));
    }
}

fn line(out: &mut String, clause: &ClausePart) {
    let aside = notes(clause);
    let aside = if aside.is_empty() { String::new() } else { format!(" (not counted: {aside})") };
    let wanted =
        clause.wanted.as_ref().map_or_else(String::new, |wanted| format!(" Wanted: {}.", text(wanted)));
    let waiver = clause.waiver.as_ref().map_or_else(String::new, |waiver| {
        format!(
            " Waiver {} until {} ({} days left).",
            text(&waiver.id),
            text(&waiver.until),
            waiver.days_left
        )
    });
    let _ = writeln!(
        out,
        "- **{}** ({}, {}): {}{aside}{wanted}{waiver}",
        text(&clause.source),
        clause.standing.name(),
        level(clause.level),
        text(&clause.reason)
    );
}

fn rest(out: &mut String, statement: &Statement) {
    if !statement.outside.is_empty() {
        let _ = writeln!(out, "\n## Likely mistakes outside any clause\n");
        for one in &statement.outside {
            let _ = writeln!(
                out,
                "- {} ({} times): {} {}",
                one.rule,
                one.count,
                text(&one.message),
                text(&one.first)
            );
        }
    }
    if !statement.authorities.is_empty() || !statement.coming.is_empty() {
        let _ = writeln!(out, "\n## Authority\n");
        for one in &statement.authorities {
            let on = one.on.map_or_else(String::new, |day| format!(" ({day})"));
            let _ = writeln!(
                out,
                "- \"{}\" as {}: {}. Now {}{on}",
                text(&one.name),
                one.as_what,
                text(&one.place),
                text(&one.successor)
            );
        }
        for one in &statement.coming {
            let on = one.on.map_or_else(String::new, |day| format!(" on {day}"));
            let note = one.note.as_deref().map_or_else(String::new, |note| format!(". {}", text(note)));
            let _ = writeln!(out, "- Coming: {} to {}{on}{note}", text(&one.name), text(&one.successor));
        }
    }
    if !statement.to_decide.is_empty() {
        let _ = writeln!(out, "\n## To decide this statement\n");
        for step in &statement.to_decide {
            let _ = writeln!(out, "- {}", text(step));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_strangers_text_means_nothing_in_markdown() {
        assert_eq!(text("a|b\n<img> @team"), "a\\|b\\\\n&lt;img&gt; &#64;team");
        assert!(!text("[x](https://example.org)").contains("://"));
    }
}
