//! A statement at a terminal. Everything of the judged tree is shown escaped.

use super::{by_reason, groups, level, notes, sections, shown};
use crate::report::escape::inline;
use crate::standard::Truth;
use crate::verdict::statement::{ClausePart, FactPart, Statement};
use crate::verdict::table::Verdict;
use std::fmt::Write as _;

/// Messages of one clause that are shown; the rest is counted.
const MESSAGES: usize = 3;
/// Files of one message that are shown.
const FILES: usize = 4;

/// How facts are answered, said once for all of them.
const ANSWER: &str = "Answer with --fact NAME=true or --fact NAME=false, or in assize.toml under [facts]; `assize facts --ask` asks.";

struct Paint {
    bold: (&'static str, &'static str),
    bad: (&'static str, &'static str),
}

fn paint(on: bool) -> Paint {
    if on {
        Paint { bold: ("\x1b[1m", "\x1b[0m"), bad: ("\x1b[1;31m", "\x1b[0m") }
    } else {
        Paint { bold: ("", ""), bad: ("", "") }
    }
}

/// Writes a statement.
pub fn write(out: &mut String, statement: &Statement, colour: bool) {
    let paint = paint(colour);
    result(out, statement, &paint);
    identity(out, statement, &paint);
    looked(out, statement, &paint);
    descriptions(out, statement, &paint);
    facts(out, statement, &paint);
    for (heading, clauses) in sections(&statement.clauses) {
        title(out, heading, &paint);
        match clauses.first().map(|clause| clause.verdict) {
            Some(Verdict::NotMet) if clauses.iter().all(|clause| clause.counts) => {
                for clause in clauses {
                    not_met(out, clause, &paint);
                }
            }
            Some(Verdict::Met) if clauses.iter().all(|clause| clause.counts) => met(out, &clauses),
            Some(Verdict::Waived) => clauses.iter().for_each(|clause| waived(out, clause)),
            Some(Verdict::NeedsEvidence) if clauses.iter().all(|clause| clause.counts) => {
                clauses.iter().for_each(|clause| wanting(out, clause));
            }
            _ => grouped(out, &clauses),
        }
    }
    rest(out, statement, &paint);
}

fn title(out: &mut String, text: &str, paint: &Paint) {
    let _ = writeln!(out, "\n{}{text}{}", paint.bold.0, paint.bold.1);
}

fn identity(out: &mut String, statement: &Statement, paint: &Paint) {
    let (identity, system) = (&statement.identity, &statement.system);
    title(out, "WHAT WAS JUDGED, AND BY WHAT", paint);
    let files =
        if system.files.is_empty() { String::new() } else { format!(" ({})", system.files.join(", ")) };
    let _ = writeln!(
        out,
        "System      {}{}   {}   Supplier  {}",
        inline(&system.name),
        inline(&files),
        system.lifecycle,
        inline(system.supplier.as_deref().unwrap_or("not declared"))
    );
    let _ = writeln!(
        out,
        "Tree        {}   sha256-tree {}… ({} files)",
        identity
            .tree
            .commit
            .as_ref()
            .map_or_else(|| "no git commit known".to_owned(), |commit| format!("git {}", inline(commit))),
        short(&identity.tree.sha256),
        identity.tree.files
    );
    let tool = identity
        .tool
        .sha256
        .as_deref()
        .map_or_else(String::new, |digest| format!(" (sha256 {}…)", short(digest)));
    let _ = writeln!(
        out,
        "Tool        {} {}{tool}\nProfile     {}@{} (sha256 {}…)",
        identity.tool.name,
        identity.tool.version,
        identity.profile.name,
        identity.profile.version,
        short(&identity.profile.sha256)
    );
    let packs: Vec<String> = identity
        .packs
        .iter()
        .map(|pack| format!("{}@{} {}…", pack.name, pack.version, short(&pack.sha256)))
        .collect();
    let _ = writeln!(out, "Packs {:5} {}", packs.len(), packs.join(", "));
    let config = identity.configuration.as_ref().map_or("none in tree", |file| file.path.as_str());
    let flags = if identity.flags.is_empty() { "none".to_owned() } else { identity.flags.join(" ") };
    let _ = writeln!(out, "Config      {}   Flags  {}", inline(config), inline(&flags));
    for file in &identity.beside {
        let _ = writeln!(
            out,
            "            {} {} (sha256 {}…)",
            file.what,
            inline(&file.path),
            short(&file.sha256)
        );
    }
    let contract = identity.contract_date.map_or_else(String::new, |day| format!(" and, as then, {day}"));
    let _ = writeln!(
        out,
        "Days        standards as of {}{contract}, expiries as of {}\nJudged by   {}",
        identity.as_of, identity.clock, identity.judged_by
    );
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// What is decided, before anything else.
fn result(out: &mut String, statement: &Statement, paint: &Paint) {
    let profile = &statement.identity.profile;
    let _ = writeln!(
        out,
        "{}STATEMENT OF CONFORMANCE{}   {} under {}@{}   (form {})",
        paint.bold.0,
        paint.bold.1,
        inline(&statement.system.name),
        inline(&profile.name),
        inline(&profile.version),
        statement.statement
    );
    let _ = writeln!(
        out,
        "\n{}RESULT  {}.{}  {}\n",
        paint.bad.0,
        statement.result.said(),
        paint.bad.1,
        inline(&statement.summary)
    );
    const COLUMNS: [(&str, &str, usize); 6] = [
        ("met", "met", 6),
        ("not-met", "not met", 9),
        ("waived", "waived", 8),
        ("needs-evidence", "evidence", 10),
        ("unknown", "unknown", 9),
        ("not-applicable", "n/a", 5),
    ];
    // `evidence` is short for those that need some: eighty columns hold no more.
    let heads: String = COLUMNS.iter().map(|(_, head, width)| format!("{head:>width$}")).collect();
    let _ = writeln!(out, "  {:26}{heads}", "");
    let counts = &statement.counts;
    for (name, counts) in [
        ("binding musts", &counts.binding),
        ("others (comply or explain)", &counts.guidance),
        ("drafts (they never count)", &counts.not_counted),
    ] {
        let of = |name: &str| counts.get(name).copied().unwrap_or_default();
        let row: String = COLUMNS.iter().map(|(name, _, width)| format!("{:>width$}", of(name))).collect();
        let _ = writeln!(out, "  {name:26}{row}");
    }
    if !statement.to_decide.is_empty() {
        let _ = writeln!(out, "\nTo decide this statement: {}.", statement.to_decide.join("; "));
    }
}

fn looked(out: &mut String, statement: &Statement, paint: &Paint) {
    title(out, "WHAT WAS AND WAS NOT LOOKED AT", paint);
    let looked = &statement.looked_at;
    let _ = writeln!(out, "  {} files were there to be read; {}.", looked.readable, looked.history);
    if looked.empty > 0 {
        let mut kinds: Vec<(&String, &usize)> = looked.empty_kinds.iter().collect();
        kinds.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
        let more = kinds.len().saturating_sub(8);
        let list: Vec<String> =
            kinds.iter().take(8).map(|(name, count)| format!("{count} {}", inline(name))).collect();
        let more = if more > 0 { format!(", {more} other kinds") } else { String::new() };
        let unknown = statement
            .clauses
            .iter()
            .filter(|clause| clause.verdict == Verdict::Unknown && clause.reason.contains("empty"))
            .count();
        let _ = writeln!(
            out,
            "  {} files are EMPTY (0 bytes: {}{more}): nothing in them was judged, and {unknown} clauses are unknown for that reason.",
            looked.empty,
            list.join(", ")
        );
    }
    for (reason, files) in &looked.not_judged {
        let first = files.first().map_or("", String::as_str);
        let more = if files.len() > 1 { format!(" and {} more", files.len() - 1) } else { String::new() };
        let _ = writeln!(out, "  not judged: {}{more}: {}", inline(first), inline(reason));
    }
}

fn descriptions(out: &mut String, statement: &Statement, paint: &Paint) {
    let list = &statement.descriptions;
    let counting = list.iter().filter(|one| one.role == "published").count();
    title(out, &format!("API DESCRIPTIONS ({} found, {counting} counted)", list.len()), paint);
    if list.is_empty() {
        let _ = writeln!(out, "  none. If one is made at run time, export it into the tree.");
    }
    for one in list {
        let _ = writeln!(
            out,
            "  {}  {} {}  {} operations  {} ({})",
            inline(&one.path),
            one.kind,
            inline(one.version.as_deref().unwrap_or("-")),
            one.operations,
            if one.role == "published" {
                "PUBLISHED".to_owned()
            } else {
                format!("{}: notes only", one.role)
            },
            inline(&one.evidence)
        );
        if let Some(question) = &one.question {
            let _ = writeln!(out, "      -> QUESTION: {}", inline(question));
        }
    }
}

fn facts(out: &mut String, statement: &Statement, paint: &Paint) {
    title(out, "FACTS               value      how known", paint);
    for fact in &statement.facts {
        let value = if fact.value == Truth::Unknown { "UNKNOWN" } else { fact.value.name() };
        let mark = if fact.confirm { "?" } else { "" };
        let tail = match (fact.confirm, fact.value, fact.clauses) {
            (true, ..) => "   please confirm".to_owned(),
            (_, Truth::Unknown, 1) => "   -> decides 1 clause".to_owned(),
            (_, Truth::Unknown, clauses) if clauses > 0 => format!("   -> decides {clauses} clauses"),
            _ => String::new(),
        };
        let _ =
            writeln!(out, "  {:18}{:9}  {}{tail}", fact.name, format!("{value}{mark}"), inline(&fact.how));
    }
    let open = |fact: &FactPart| fact.confirm || fact.value == Truth::Unknown && fact.clauses > 0;
    if statement.facts.iter().any(open) {
        let _ = writeln!(out, "  {ANSWER}");
    }
}

fn head(clause: &ClausePart) -> String {
    let binding = if clause.binding { "*" } else { "" };
    format!("{:9} {} {}{binding}", clause.standing.name(), clause.source, level(clause.level))
}

fn then(clause: &ClausePart) -> String {
    clause.then.map_or_else(String::new, |then| format!("   [then: {}]", then.name()))
}

fn not_met(out: &mut String, clause: &ClausePart, paint: &Paint) {
    let _ = writeln!(
        out,
        " {}{}{}  {}{}",
        paint.bold.0,
        head(clause),
        paint.bold.1,
        inline(&clause.title),
        then(clause)
    );
    let groups = groups(&clause.places);
    if groups.is_empty() {
        let _ = writeln!(out, "      {}", inline(&clause.reason));
    }
    for group in groups.iter().take(MESSAGES) {
        let count =
            if group.places.len() > 1 { format!("{} places: ", group.places.len()) } else { String::new() };
        let _ = writeln!(out, "      {count}{}", inline(group.message));
        let places = shown(&group.places, FILES);
        if !places.is_empty() {
            let _ = writeln!(out, "        {places}");
        }
    }
    if groups.len() > MESSAGES {
        let rest = &groups[MESSAGES..];
        let places: Vec<_> = rest.iter().flat_map(|group| group.places.iter().copied()).collect();
        let _ = writeln!(out, "      and {} more findings: {}", rest.len(), shown(&places, FILES));
    }
    tail(out, clause);
}

fn tail(out: &mut String, clause: &ClausePart) {
    if let Some(waiver) = &clause.waiver {
        let _ = writeln!(
            out,
            "      Waiver {} {} until {} ({} days left)",
            inline(&waiver.id),
            waiver.state,
            inline(&waiver.until),
            waiver.days_left
        );
    }
    let aside = notes(clause);
    if !aside.is_empty() {
        let _ = writeln!(out, "      Also, not counted: {aside}");
    }
    let mend = clause.mend_by.map_or_else(String::new, |day| format!(" by {day}"));
    if let Some(help) = &clause.help {
        let _ = writeln!(out, "      Mend{mend}: {}   Ask: {}", inline(help), inline(&clause.ask));
    }
}

fn met(out: &mut String, clauses: &[&ClausePart]) {
    for clause in clauses {
        let aside = notes(clause);
        let aside = if aside.is_empty() { String::new() } else { format!(" (also, not counted: {aside})") };
        let _ = writeln!(
            out,
            "  {}  {}. {}{aside}{}",
            head(clause),
            inline(&clause.title),
            inline(&clause.reason),
            then(clause)
        );
        // What rules found that have no say in the verdict.
        for group in groups(&clause.places).iter().take(MESSAGES) {
            let _ = writeln!(out, "      Note: {}  {}", inline(group.message), shown(&group.places, FILES));
        }
    }
}

fn waived(out: &mut String, clause: &ClausePart) {
    let _ = writeln!(out, "  {}  {}", head(clause), inline(&clause.title));
    if let Some(waiver) = &clause.waiver {
        let by = waiver.by.as_deref().unwrap_or("nobody");
        let _ = writeln!(
            out,
            "      {} granted by {}, until {} ({} days left): {}",
            inline(&waiver.id),
            inline(by),
            inline(&waiver.until),
            waiver.days_left,
            inline(&waiver.reason)
        );
    }
}

fn wanting(out: &mut String, clause: &ClausePart) {
    let _ = writeln!(out, "  {}  {}", head(clause), inline(&clause.title));
    // Where no rule looks at anything, what is wanted says it all.
    if clause.looked_at > 0 || !clause.places.is_empty() || clause.wanted.is_none() {
        let _ = writeln!(out, "      {}", inline(&clause.reason));
    }
    if let Some(wanted) = &clause.wanted
        && !clause.reason.contains(wanted.as_str())
    {
        // What the rules cannot see stands in the reason already.
        let said = |(_, what): (_, &str)| clause.reason.contains(what);
        let short = wanted.split_once(": ").filter(|parts| said(*parts)).map(|(lead, _)| lead);
        let _ = writeln!(out, "      Wanted: {}", inline(short.unwrap_or(wanted)));
    }
    let aside = notes(clause);
    if !aside.is_empty() {
        let _ = writeln!(out, "      Also, not counted: {aside}");
    }
}

fn grouped(out: &mut String, clauses: &[&ClausePart]) {
    for (reason, list) in by_reason(clauses) {
        let name = |clause: &&ClausePart| {
            let must = if clause.counts {
                String::new()
            } else {
                format!(" {}: {}", clause.standing.name(), clause.verdict.name())
            };
            format!("{}{}{must}", clause.source, if clause.binding { "*" } else { "" })
        };
        let names: Vec<String> = list.iter().map(name).collect();
        let _ = writeln!(out, "  {} ({}): {}", names.join(", "), list.len(), inline(&reason));
        let places: Vec<_> = list.iter().flat_map(|clause| &clause.places).collect();
        let places = shown(&places, FILES);
        if !places.is_empty() {
            let _ = writeln!(out, "        {places}");
        }
        if let Some(question) = list.first().and_then(|clause| clause.question.as_deref()) {
            let _ = writeln!(out, "      -> {}", inline(question));
        }
    }
}

fn rest(out: &mut String, statement: &Statement, paint: &Paint) {
    if !statement.outside.is_empty() {
        title(out, "LIKELY MISTAKES OUTSIDE ANY CLAUSE", paint);
        for one in &statement.outside {
            let more = if one.count > 1 { format!(" ({} times)", one.count) } else { String::new() };
            let _ = writeln!(out, "  {}: {}{more}  {}", one.rule, inline(&one.message), inline(&one.first));
        }
    }
    if !statement.authorities.is_empty() || !statement.coming.is_empty() {
        title(out, "AUTHORITY", paint);
        for one in &statement.authorities {
            let on = one.on.map_or_else(String::new, |day| format!(" ({day})"));
            let _ = writeln!(
                out,
                "  \"{}\" as {}: {} -> {}{on}",
                inline(&one.name),
                one.as_what,
                inline(&one.place),
                one.successor
            );
        }
        for one in &statement.coming {
            let on = one.on.map_or_else(String::new, |day| format!(" on {day}"));
            let note = one.note.as_deref().map_or_else(String::new, |note| format!(". {note}"));
            let _ = writeln!(out, "  Coming: {} to {}{on}{note}", one.name, one.successor);
        }
    }
    title(out, "WHO TO ASK", paint);
    let _ = writeln!(
        out,
        "  facts: whoever answers for the system at the supplier · records: the role that signs them off"
    );
    let _ = writeln!(
        out,
        "  what a clause means: `assize explain CLAUSE` names who publishes it · a waiver: the profile's approvers"
    );
    let _ = writeln!(
        out,
        "\nVerify it: keep it as JSON (--format json --output FILE) and run `assize verify FILE`.   * binding"
    );
}

/// How one verdict came about.
pub fn derivation(out: &mut String, clause: &ClausePart, colour: bool) {
    let paint = paint(colour);
    let _ = writeln!(out, "{}{}{}  ({})", paint.bold.0, clause.source, paint.bold.1, clause.clause);
    let _ = writeln!(out, "{}\n", inline(&clause.title));
    let _ = writeln!(
        out,
        "{}, {}{}: {}",
        clause.level.name(),
        clause.standing.name(),
        if clause.binding { ", binding" } else { "" },
        clause.verdict.name()
    );
    let _ = writeln!(out, "{}\n", inline(&clause.reason));
    for (index, step) in clause.steps.iter().enumerate() {
        let _ = writeln!(out, "{:3}. {}", index + 1, inline(step));
    }
    for group in groups(&clause.places) {
        let _ = writeln!(
            out,
            "     {} ({} places) {}",
            inline(group.message),
            group.places.len(),
            shown(&group.places, usize::MAX)
        );
    }
    if let Some(question) = &clause.question {
        let _ = writeln!(out, "\nWhat would decide it: {}", inline(question));
    }
    let _ = writeln!(out, "Read it: {}   Ask: {}", clause.url, inline(&clause.ask));
}
