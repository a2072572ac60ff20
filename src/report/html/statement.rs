//! What only a statement can say: its result, the facts it rests on, and what it was made from.

use super::text::text;
use crate::standard::Truth;
use crate::verdict::statement::{ResultName, Statement};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The result in a banner, with what would decide it.
pub(super) fn result(statement: &Statement, out: &mut dyn Write) -> io::Result<()> {
    let class = match statement.result {
        ResultName::DoesNotConform => "k-bad",
        ResultName::CannotBeDecided => "k-unknown",
        ResultName::ConformsWithWaivers => "k-accepted",
        ResultName::Conforms => "k-good",
    };
    writeln!(
        out,
        "<p class=\"result\"><strong class=\"verdict {class}\">{}</strong> {}</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of counts\"><table class=\"small\"><caption>Verdicts by what clauses count for</caption><thead><tr><th scope=\"col\">Clauses</th>\
         <th scope=\"col\" class=\"number\">met</th><th scope=\"col\" class=\"number\">not met</th><th scope=\"col\" class=\"number\">waived</th>\
         <th scope=\"col\" class=\"number\">need evidence</th><th scope=\"col\" class=\"number\">unknown</th>\
         <th scope=\"col\" class=\"number\">not applicable</th></tr></thead><tbody>",
        statement.result.said(),
        text(&statement.summary)
    )?;
    let counts = &statement.counts;
    for (name, counts) in [
        ("binding musts", &counts.binding),
        ("guidance", &counts.guidance),
        ("drafts and conventions", &counts.not_counted),
    ] {
        count(name, counts, out)?;
    }
    writeln!(out, "</tbody></table></div>")?;
    if !statement.to_decide.is_empty() {
        writeln!(out, "<h3>To decide this statement</h3><ul>")?;
        for step in &statement.to_decide {
            writeln!(out, "<li>{}</li>", text(step))?;
        }
        writeln!(out, "</ul>")?;
    }
    Ok(())
}

fn count(name: &str, counts: &BTreeMap<&'static str, usize>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<tr><th scope=\"row\">{name}</th>")?;
    for verdict in ["met", "not-met", "waived", "needs-evidence", "unknown", "not-applicable"] {
        write!(out, "<td class=\"number\">{}</td>", counts.get(verdict).copied().unwrap_or_default())?;
    }
    writeln!(out, "</tr>")
}

/// The facts and the descriptions.
pub(super) fn facts(statement: &Statement, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of facts\"><table><caption>What is taken to be true of the system</caption>\
         <thead><tr><th scope=\"col\">Fact</th><th scope=\"col\">Value</th><th scope=\"col\">How known</th><th scope=\"col\">To answer</th></tr></thead><tbody>"
    )?;
    for fact in &statement.facts {
        let asked = fact.value == Truth::Unknown || fact.confirm;
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}{}</td><td>{}</td><td>{}</td></tr>",
            text(&fact.name),
            fact.value.name(),
            if fact.confirm { " (please confirm)" } else { "" },
            text(&fact.how),
            text(if asked { &fact.question } else { "" })
        )?;
    }
    writeln!(out, "</tbody></table></div>")?;
    if statement.descriptions.is_empty() {
        return writeln!(out, "<p>There is no API description.</p>");
    }
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of API descriptions\"><table><caption>API descriptions</caption><thead><tr>\
         <th scope=\"col\">File</th><th scope=\"col\">Kind</th><th scope=\"col\">Version</th><th scope=\"col\" class=\"number\">Operations</th>\
         <th scope=\"col\">Role</th><th scope=\"col\">How known</th></tr></thead><tbody>"
    )?;
    for one in &statement.descriptions {
        writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td class=\"number\">{}</td><td>{}</td><td>{}</td></tr>",
            text(&one.path),
            text(&one.kind),
            text(one.version.as_deref().unwrap_or_default()),
            one.operations,
            text(&one.role),
            text(&one.evidence)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// What it was made from.
pub(super) fn identity(statement: &Statement, out: &mut dyn Write) -> io::Result<()> {
    let identity = &statement.identity;
    let commit = identity.tree.commit.as_deref().unwrap_or("no git commit known");
    let config = identity.configuration.as_ref().map_or("none in the tree", |file| file.path.as_str());
    let day = |day: Option<crate::standard::Date>| {
        day.map_or_else(|| "not given".to_owned(), |day| day.to_string())
    };
    let rows = [
        ("Tree", format!("{commit}; {} files, SHA-256 {}", identity.tree.files, identity.tree.sha256)),
        (
            "Profile",
            format!(
                "{} {}, SHA-256 {}",
                identity.profile.name, identity.profile.version, identity.profile.sha256
            ),
        ),
        ("Supplier", statement.system.supplier.clone().unwrap_or_else(|| "not declared".to_owned())),
        ("System", format!("{} ({})", statement.system.name, statement.system.lifecycle)),
        ("Configuration", config.to_owned()),
        ("Arguments", identity.flags.join(" ")),
        ("Standards as of", identity.as_of.to_string()),
        ("Expiries as of", identity.clock.to_string()),
        ("Contract", day(identity.contract_date)),
        ("Judged by", identity.judged_by.clone()),
    ];
    writeln!(out, "<dl>")?;
    for (name, value) in rows {
        writeln!(out, "<dt>{name}</dt><dd>{}</dd>", text(&value))?;
    }
    writeln!(out, "</dl>")
}
