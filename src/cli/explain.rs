//! `assize explain`: a rule or a clause in full.

use super::trouble::Trouble;
use super::{Colour, exit, packs};
use crate::engine::{Plan, builtin};
use crate::pack::form::{ClauseForm, Covers, ExampleForm, ExamplesForm, OneOrMany, RuleForm};
use crate::pack::{Pack, embedded};
use assize_tree::document::de::closest;
use clap::Args;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};

#[derive(Args)]
pub(super) struct Arguments {
    /// Id of a rule (`uk/nhs-number/examples-are-valid`, `assize/syntax`) or a clause, with its pack's name or without where one pack alone has it; or a clause's id at its source (`NHSNO-01`)
    #[arg(value_name = "RULE|CLAUSE")]
    id: String,
    /// Pack to look in (repeatable; default: all embedded)
    #[arg(long = "pack", value_name = "NAME|FILE|FOLDER")]
    packs: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let bold = if colour.on(io::stdout().is_terminal()) { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    let plan = packs::plan(&arguments.packs)?;
    let mut out = String::new();
    explain(&mut out, &plan, &arguments.id, bold);
    if out.is_empty() {
        // Without the pack's name, where no other pack has one of that name.
        match candidates(&plan, &arguments.id).as_slice() {
            [] => {}
            [only] => explain(&mut out, &plan, only, bold),
            several => {
                let id = &arguments.id;
                return Err(Trouble::hint(
                    format!("{} packs have a rule or a clause \"{id}\".", several.len()),
                    format!("Name one in full: {}.", several.join(", ")),
                ));
            }
        }
    }
    if out.is_empty() {
        return Err(unknown(&plan, &arguments.id));
    }
    super::check::print(&out)?;
    Ok(exit::CLEAN)
}

/// Everything of a full id, or of a clause's id at its source.
fn explain(out: &mut String, plan: &Plan, id: &str, bold: (&str, &str)) {
    if let Some(rule) = builtin::ALL.iter().find(|rule| id.strip_prefix("assize/") == Some(rule.name)) {
        let _ = writeln!(out, "{}assize/{}{}\n{}.\n", bold.0, rule.name, bold.1, rule.title);
        let _ = writeln!(
            out,
            "Severity   {}\n\n{}\n\nTo mend it: {}",
            rule.severity.name(),
            rule.detail,
            rule.help
        );
    }
    for pack in &plan.packs {
        for clause in &pack.form.clauses {
            let full = format!("{}/{}", pack.form.pack, clause.id);
            if full == id || clause.source.eq_ignore_ascii_case(id) {
                explain_clause(out, pack, &clause.id, bold);
            }
        }
        for (rule_id, rule) in &pack.form.rules {
            if format!("{}/{rule_id}", pack.form.pack) == id {
                explain_rule(out, plan, pack, rule_id, rule, bold);
            }
        }
    }
}

/// Full ids that end in an id without its pack.
fn candidates(plan: &Plan, id: &str) -> Vec<String> {
    let own = builtin::ALL.iter().filter(|rule| rule.name == id).map(|rule| format!("assize/{}", rule.name));
    let of_packs = plan.packs.iter().filter(|pack| {
        pack.form.rules.contains_key(id) || pack.form.clauses.iter().any(|clause| clause.id == id)
    });
    own.chain(of_packs.map(|pack| format!("{}/{id}", pack.form.pack))).collect()
}

fn unknown(plan: &Plan, id: &str) -> Trouble {
    let clauses = plan.packs.iter().flat_map(|pack| {
        pack.form
            .clauses
            .iter()
            .flat_map(|clause| [format!("{}/{}", pack.form.pack, clause.id), clause.source.clone()])
    });
    let rules = plan
        .rules
        .iter()
        .map(|rule| rule.info.id.clone())
        .chain(builtin::ALL.iter().map(|rule| format!("assize/{}", rule.name)));
    let names: Vec<String> = rules.chain(clauses).collect();
    let near = closest(id, names.iter().map(String::as_str));
    // Without the pack's name as well: a slip in what stands behind it is the same slip.
    let bare = || names.iter().filter_map(|name| name.rsplit_once('/')).map(|(_, bare)| bare);
    let fitting = closest(id, bare()).map(|near| candidates(plan, near)).unwrap_or_default();
    let hint = match (near, fitting.as_slice()) {
        (Some(near), _) => format!("Did you mean \"{near}\"?"),
        (None, [_, ..]) => format!("Did you mean {}?", fitting.join(" or ")),
        (None, []) => "`assize standards PACK` lists a pack's clauses and rules.".to_owned(),
    };
    Trouble::hint(format!("There is no rule or clause \"{id}\"."), hint)
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push_str("\n---\n\n");
    }
}

fn explain_clause(out: &mut String, pack: &Pack, id: &str, bold: (&str, &str)) {
    separate(out);
    let Some(clause) = pack.form.clauses.iter().find(|clause| clause.id == id) else { return };
    let standard = &pack.form.standard;
    let _ = writeln!(
        out,
        "{}{}/{id}{}  clause {}\n{}\n",
        bold.0, pack.form.pack, bold.1, clause.source, clause.title
    );
    let _ = writeln!(
        out,
        "Standard   {}, edition {}\nLevel      {}\nStanding   {}\nCertainty  {}",
        standard.title,
        standard.edition,
        clause.level.name(),
        clause.standing.name(),
        clause.certainty.name()
    );
    let _ = writeln!(out, "Addresses  {}", clause.addressee.name());
    if !clause.applies_when.is_empty() {
        let _ = writeln!(out, "Applies    when {}", clause.applies_when.join(" and "));
    }
    let _ = writeln!(out, "Read it    {}", clause.url);
    let residue = if clause.covers == Some(Covers::Whole) {
        "Why passing proves it: "
    } else {
        "What the rules cannot see: "
    };
    for (label, text) in [("", &clause.detail), (residue, &clause.residue), ("Caution: ", &clause.caution)] {
        if let Some(text) = text {
            let _ = writeln!(out, "\n{label}{}", text.trim());
        }
    }
    if let Some(evidence) = &clause.evidence {
        let every = evidence
            .renew_every
            .as_ref()
            .map_or_else(String::new, |every| format!(", renewed every {every}"));
        let _ = writeln!(
            out,
            "\nEvidence: a {}{every}{}",
            evidence.kind,
            evidence.shows.as_ref().map_or_else(String::new, |shows| format!(" that shows {shows}"))
        );
    }
    checked(out, pack, clause);
    let authority = embedded::authorities().authorities.get(&standard.authority);
    let authority = authority.map_or(standard.authority.as_str(), |authority| authority.name.as_str());
    let _ = writeln!(out, "\nWhom to ask: {}", clause.ask.as_deref().unwrap_or(authority));
    let _ = writeln!(
        out,
        "To ask for a waiver: `assize waiver request {}/{id}`; it holds once an approver of the buyer's profile grants it.",
        pack.form.pack
    );
}

/// How a clause is checked, what passing proves, and a file of each kind.
fn checked(out: &mut String, pack: &Pack, clause: &ClauseForm) {
    let rules: Vec<(&String, &RuleForm)> =
        pack.form.rules.iter().filter(|(_, rule)| rule.clause == clause.id).collect();
    if rules.is_empty() {
        let told = if clause.evidence.is_some() {
            "No program can tell: only a record decides it."
        } else {
            "No rule tests this clause yet: its verdict is unknown."
        };
        let _ = writeln!(out, "\n{told}");
        return;
    }
    let _ = writeln!(out, "\nRules that test it:");
    for (id, rule) in &rules {
        let (says, empty) = (rule.decides.says(), rule.empty.means());
        let _ = writeln!(out, "  {}/{id}\n    {says}; nothing to look at: {empty}", pack.form.pack);
    }
    if let Some(decide) = &clause.decide {
        let text = serde_json::to_string(decide).unwrap_or_default();
        let _ = writeln!(out, "Together: {text}");
    }
    let proves = match (clause.covers, clause.prohibition) {
        (Some(Covers::Whole), true) => {
            "Passing proves the clause, if every file of the tree could be read: it forbids something anywhere."
        }
        (Some(Covers::Whole), false) => "Passing proves the clause.",
        _ => "Passing does not prove the clause: a record is needed beside it.",
    };
    let _ = writeln!(out, "{proves}");
    if let Some((id, rule)) = rules.first() {
        let _ = writeln!(out, "\nTo mend it: {}", rule.help);
        let examples = if pack.folder.is_some() {
            rule.examples.clone()
        } else {
            embedded::examples(&pack.form.pack).remove(id.as_str()).unwrap_or_default()
        };
        show_examples(out, &examples);
    }
}

fn explain_rule(out: &mut String, plan: &Plan, pack: &Pack, id: &str, rule: &RuleForm, bold: (&str, &str)) {
    separate(out);
    let full = format!("{}/{id}", pack.form.pack);
    let clause = pack.form.clauses.iter().find(|clause| clause.id == rule.clause);
    let _ = writeln!(out, "{}{full}{}", bold.0, bold.1);
    if let Some(clause) = clause {
        let _ = writeln!(
            out,
            "{}\n\nClause     {}/{} ({}), {}, {}\nRead it    {}",
            clause.title,
            pack.form.pack,
            clause.id,
            clause.source,
            clause.level.name(),
            clause.standing.name(),
            clause.url
        );
    }
    if let Some(compiled) = plan.rules.iter().find(|compiled| compiled.info.id == full) {
        let _ = writeln!(out, "Severity   {}", compiled.info.severity.name());
    }
    if rule.gather.is_empty() {
        let _ = writeln!(out, "Runs on    {}", rule.on.join(", "));
    }
    for (name, sources) in &rule.gather {
        for source in sources.as_slice() {
            let given =
                source.given.as_ref().map_or_else(|| "$".to_owned(), |paths| paths.as_slice().join(", "));
            let _ = writeln!(out, "Gathers    {name}: {} in {}", given, source.on.join(", "));
        }
    }
    if let Some(given) = &rule.given {
        let _ = writeln!(out, "Looks at   {}", given.as_slice().join("\n           "));
    }
    for then in rule.then.as_ref().map_or(&[][..], OneOrMany::as_slice) {
        let field = then.field.as_ref().map_or_else(String::new, |field| format!("{field}: "));
        let options =
            then.function_options.as_ref().map_or_else(String::new, |options| format!(" {options}"));
        let _ = writeln!(out, "Demands    {field}{}{options}", then.function);
    }
    if let Some(detail) = &rule.detail {
        let _ = writeln!(out, "\n{}", detail.trim());
    }
    let _ = writeln!(out, "\nTo mend it: {}", rule.help);
    let examples = if pack.folder.is_some() {
        rule.examples.clone()
    } else {
        embedded::examples(&pack.form.pack).remove(id).unwrap_or_default()
    };
    show_examples(out, &examples);
}

fn show_examples(out: &mut String, examples: &ExamplesForm) {
    for (what, list) in [("Not accepted", &examples.violating), ("Accepted", &examples.conforming)] {
        let Some(example) = list.first() else { continue };
        let _ = writeln!(out, "\n{what}:");
        match example {
            ExampleForm::Text(text) => indent(out, text),
            ExampleForm::Files(files) => {
                for (name, text) in files {
                    let _ = writeln!(out, "  {name}{}", if text.is_empty() { " (empty)" } else { ":" });
                    indent(out, text);
                }
            }
        }
    }
}

fn indent(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, "    {line}");
    }
}
