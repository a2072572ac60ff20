//! The engine's own rules: what parsing, references and limits find. They have ids, explanations
//! and fingerprints like any other, so that they can be explained, counted and waived.

use super::report::RuleInfo;
use crate::finding::Severity::{self, Error, Note, Warning};

/// One of the engine's own rules. Its full id is `assize/` and its name.
pub struct Builtin {
    /// Name; the code of the problem it reports.
    pub name: &'static str,
    /// Severity of its findings.
    pub severity: Severity,
    /// What it finds.
    pub title: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Why it matters.
    pub detail: &'static str,
}

const fn rule(
    name: &'static str,
    severity: Severity,
    title: &'static str,
    help: &'static str,
    detail: &'static str,
) -> Builtin {
    Builtin { name, severity, title, help, detail }
}

/// Every rule of the engine.
pub const ALL: &[Builtin] = &[
    rule(
        "syntax",
        Error,
        "The file follows the syntax of its format",
        "Mend the syntax; other tools will refuse the file.",
        "Assize reads on after common slips, so that the other rules still run; other readers will not.",
    ),
    rule(
        "encoding",
        Error,
        "The file is UTF-8 text",
        "Save the file as UTF-8.",
        "RFC 8259 section 8.1 and YAML 1.2 section 5.2. UTF-16 with a byte order mark is read as well.",
    ),
    rule(
        "unreadable",
        Error,
        "A named file can be read",
        "Mend its permissions or its name, or name another file; what comes through a pipe is judged with `-`.",
        "A file that was named on the command line was to be judged. Nothing is known of one that cannot be read, which is not the same as nothing being wrong with it.",
    ),
    rule(
        "duplicate-key",
        Error,
        "No object has the same key twice",
        "Remove one of the two, or rename it.",
        "Readers differ in which of the two they take: RFC 8259 section 4, YAML 1.2 section 3.2.1.3. Assize takes the last.",
    ),
    rule(
        "empty",
        Note,
        "A data file holds data",
        "Fill the file or remove it.",
        "Nothing in an empty file can be judged; it is never taken as proof of anything.",
    ),
    rule(
        "not-recognised",
        Warning,
        "The named file is of a kind that can be judged",
        "Check the path, or add the member that says what the file is (`openapi`, `asyncapi`, `$schema`, ...).",
        "A file that was named on the command line should be judged. This one is of no kind that any rule is written for.",
    ),
    rule(
        "ambiguous-kind",
        Error,
        "A file says once what it is",
        "Keep one of the two members.",
        "A description that carries both `swagger` and `openapi`, say, is read differently by different tools.",
    ),
    rule(
        "version-not-string",
        Error,
        "The version of a description is a string",
        "Put the version in quotes.",
        "Unquoted in YAML, `3.1` is a number; and 3.10 and 3.1 are the same one.",
    ),
    rule(
        "version-missing",
        Error,
        "A description says the version that it follows",
        "Add the member `openapi` with the version, such as openapi: 3.0.3.",
        "OpenAPI requires the member `openapi` at the root. Without it no tool knows by which version to read the rest; rules for one version do not judge it.",
    ),
    rule(
        "wrong-type",
        Error,
        "The outline of a description has the types its specification says",
        "Give the member a value of the right type.",
        "Rules look below these members; where one is of another type, what should lie below it is not there.",
    ),
    rule(
        "operation-id-unique",
        Error,
        "Each operationId is used once in a description",
        "Give each operation its own operationId.",
        "OpenAPI: \"The id MUST be unique among all operations described in the API\". Generated clients break otherwise.",
    ),
    rule(
        "yaml-indentation",
        Note,
        "YAML is indented as its specification says",
        "Indent the line further than the one it belongs to.",
        "YAML 1.2.2, section 6.1. Most readers are laxer and read the file as it was meant, and so does Assize; stricter ones refuse it.",
    ),
    rule(
        "yaml-complex-key",
        Error,
        "Keys are scalars",
        "Write the key as a string.",
        "JSON has no other keys, and the descriptions judged here are defined on JSON's data model.",
    ),
    rule(
        "alias-cycle",
        Error,
        "No YAML alias stands inside what it refers to",
        "Refer with `$ref` instead, where the format allows it.",
        "The value would have no end; it was read as null.",
    ),
    rule(
        "csv-ragged-row",
        Error,
        "Every row has as many fields as the header",
        "Add or remove fields so that each row matches the header.",
        "RFC 4180 section 2.",
    ),
    rule(
        "csv-quote",
        Error,
        "Every quote in a CSV file is closed",
        "Close the quote; write a quote inside a field twice.",
        "RFC 4180 section 2.",
    ),
    rule(
        "limit-bytes",
        Warning,
        "The file is small enough to be read",
        "Raise the limit with --max-file-size.",
        "A file over the limit is not read at all. What it holds is unknown, not met.",
    ),
    rule(
        "limit-depth",
        Warning,
        "The file is nested no deeper than the limit",
        "Raise the limit with --max-depth.",
        "What lies deeper was not judged.",
    ),
    rule(
        "limit-nodes",
        Warning,
        "The file holds no more values than the limit",
        "Raise the limit with --max-nodes.",
        "What comes later in the file was not judged.",
    ),
    rule(
        "limit-expansion",
        Warning,
        "YAML aliases stand for no more values than the limit",
        "Raise the limit with --max-expansion.",
        "Aliases of aliases multiply; past the limit they are not followed, and what they stand for was not judged.",
    ),
    rule(
        "ref-dangling",
        Error,
        "Every $ref leads somewhere",
        "Correct the reference, or add what it names.",
        "RFC 6901; OpenAPI, AsyncAPI and JSON Schema all demand that references resolve.",
    ),
    rule(
        "ref-missing-file",
        Error,
        "Every file a $ref names is there",
        "Correct the path, or add the file.",
        "Paths are relative to the file that holds the reference.",
    ),
    rule(
        "ref-unreadable",
        Error,
        "Every file a $ref names can be read",
        "Mend the file it names.",
        "What it should hold is unknown.",
    ),
    rule(
        "ref-remote",
        Note,
        "References stay within the repository",
        "Copy the document into the repository and refer to the copy.",
        "Assize never fetches anything: what lies behind the reference was not judged, and other tools may read another version of it tomorrow.",
    ),
    rule(
        "ref-outside-root",
        Error,
        "No $ref leads out of the repository",
        "Move the file into the repository.",
        "A reference out of the judged tree is never followed: on another machine something else would stand there.",
    ),
    rule(
        "ref-directory",
        Error,
        "No $ref names a folder",
        "Name the file in the folder.",
        "A folder is no document.",
    ),
    rule(
        "ref-not-data",
        Warning,
        "Every $ref leads to JSON or YAML",
        "Put the text into the description itself, or include it when the description is built.",
        "Text such as Markdown cannot be referred to: OpenAPI allows a reference only in place of an object of the description. Other tools try to read the text as YAML.",
    ),
    rule("ref-self", Error, "No $ref leads to itself", "Refer to what was meant.", "It stands for nothing."),
    rule(
        "ref-cycle",
        Error,
        "No chain of $refs leads back to its start",
        "Refer to what was meant.",
        "A schema may contain itself; references that lead only to one another stand for nothing.",
    ),
    rule(
        "ref-not-a-string",
        Error,
        "The value of $ref is a string",
        "Write the reference as a string.",
        "A reference is a URI reference (RFC 3986).",
    ),
    rule(
        "ref-siblings",
        Warning,
        "Nothing stands beside a $ref that would be ignored",
        "Move the members to what the reference names, or wrap both in allOf.",
        "OpenAPI 2.0 and 3.0: members beside $ref \"SHALL be ignored\".",
    ),
    rule(
        "ref-non-portable",
        Warning,
        "$ref stands only where the specification allows it",
        "Bundle the description before publishing it, or move the reference to a place that allows one.",
        "Assize judges the description as if it were bundled; readers that keep to the specification see an object without the members it needs.",
    ),
    rule(
        "dissolved-body",
        Note,
        "Documents name bodies that there are",
        "Name the body that took over, or whoever answers for it now.",
        "READMEs, security policies, API descriptions and package metadata that name a dissolved body as today's publisher, contact or owner send readers to nobody. Copyright lines, changelogs, dated citations, identifiers and addresses still in service are history and are left alone. `standards/authorities.yaml` holds who took over, and when; `--clock` decides the day.",
    ),
    rule(
        "waiver-form",
        Error,
        "The file of waivers follows its form",
        "Mend the entry; until then it does not hold.",
        "A mistake takes out the entry it stands in; the others still hold. docs/waivers.md shows the form.",
    ),
    rule(
        "waiver-reason",
        Warning,
        "Every waiver gives its reason",
        "Say in `reason` why the clause cannot be met for now.",
        "Nobody can grant or renew what nobody explains. Without a reason the waiver does not hold.",
    ),
    rule(
        "waiver-expired",
        Warning,
        "No waiver is past its last day",
        "Mend what it covers, or ask for a new one.",
        "A waiver holds through the day it names, in UTC. After that what it covered counts again.",
    ),
    rule(
        "waiver-early",
        Note,
        "Waivers hold from the day they are issued",
        "Nothing needs to be done if that day is right.",
        "What it covers counts until then.",
    ),
    rule(
        "waiver-ending",
        Note,
        "Waivers are renewed in time",
        "Mend what it covers by then, or ask for a new one in time.",
        "It ends within 30 days; the pipeline turns red the day after.",
    ),
    rule(
        "waiver-term",
        Warning,
        "No waiver lasts longer than the buyer allows",
        "Ask for a shorter one; it can be asked for again.",
        "The profile names the longest term, counted from the day of issue. A longer waiver does not hold at all.",
    ),
    rule(
        "waiver-stale",
        Warning,
        "Every waiver covers something",
        "Remove it, or correct its scope.",
        "What it was for is mended, or stands elsewhere now. A waiver left behind would hide the next mistake.",
    ),
    rule(
        "waiver-unknown",
        Error,
        "Every waiver is for a rule or clause that there is",
        "Correct the id; `assize standards PACK` lists a pack's clauses and rules.",
        "A misspelt waiver covers nothing, and whoever wrote it thinks that it does.",
    ),
    rule(
        "waiver-system",
        Warning,
        "Waivers are for the system they stand in",
        "Ask for one for this system.",
        "The approver named another system. A waiver copied from there does not hold here.",
    ),
    rule(
        "waiver-signature",
        Error,
        "Every grant is signed by an approver, for the text that stands there",
        "Undo the change, or have the waiver granted anew.",
        "The signature is over what `assize waiver text ID` prints. Any change of what the waiver says makes it void; the key must be one on the buyer's list.",
    ),
    rule(
        "ignore-form",
        Warning,
        "Comments that explain a finding follow their form",
        "Write: assize-ignore: RULE reason=\"...\" until=YYYY-MM-DD",
        "A comment that cannot be read explains nothing.",
    ),
    rule(
        "ignore-reason",
        Warning,
        "Every comment that explains a finding gives its reason",
        "Add reason=\"...\".",
        "Comply or explain: without a reason there is no explanation, and the finding stands.",
    ),
    rule(
        "ignore-expired",
        Warning,
        "No comment that explains a finding is past its day",
        "Mend what it explains, or think again and set a new day.",
        "It holds through the day it names, in UTC.",
    ),
    rule(
        "ignore-stale",
        Warning,
        "Every comment that explains a finding stands beside one",
        "Remove it.",
        "A comment speaks of its own line, or of the next where it stands alone. Nothing of that rule is found there any more.",
    ),
    rule(
        "ignore-unknown",
        Warning,
        "Every comment that explains a finding names a rule that there is",
        "Correct the id.",
        "The report prints the full id of every rule.",
    ),
    rule(
        "ignore-must",
        Error,
        "No comment explains away a must",
        "Mend it, or ask for a waiver: `assize waiver request RULE`; once it is granted, cite it with waiver=ID.",
        "A should may be departed from with a reason. A must binds until an approver grants a waiver.",
    ),
    rule(
        "baseline-stale",
        Note,
        "The baseline holds what is still there",
        "Run `assize baseline prune`.",
        "What is mended should leave the baseline, so that it cannot come back unseen.",
    ),
    rule(
        "evidence-form",
        Error,
        "Every record of evidence follows its form",
        "Mend the record; until then it shows nothing.",
        "docs/evidence.md shows the form.",
    ),
    rule(
        "evidence-unknown",
        Error,
        "Every record of evidence is for a clause that there is",
        "Correct the id; `assize evidence wanted` lists the clauses that need a record.",
        "A record for no clause shows nothing.",
    ),
    rule(
        "evidence-hash",
        Error,
        "The document of a record is the one it speaks of",
        "Supply that document, or have the record signed off anew for this one.",
        "The record carries the SHA-256 of the document that was signed off. Any other document shows nothing.",
    ),
    rule(
        "evidence-age",
        Warning,
        "No record of evidence is past its last day",
        "Supply a new one.",
        "A record holds from the day it was issued through the last day it names, in UTC, and no longer than the clause allows.",
    ),
    rule(
        "evidence-role",
        Error,
        "Records of evidence are signed off by a role that may",
        "Have it signed off by one of the roles that the profile names.",
        "Who answers for a record matters as much as what it says.",
    ),
    rule(
        "evidence-release",
        Warning,
        "Records of evidence speak of the release that is judged",
        "Have a record for this release.",
        "A test of an older release says nothing of this one.",
    ),
    rule(
        "evidence-grade",
        Error,
        "No record of evidence claims to be more than it is",
        "Name what the grade rests on, or claim less.",
        "`hashed` rests on a digest, `third-party` on a body outside the supplier that is named.",
    ),
];

/// The rule of a problem's code.
#[must_use]
pub fn find(name: &str) -> Option<usize> {
    ALL.iter().position(|rule| rule.name == name)
}

/// What the ids of Assize's own rules begin with.
pub const PREFIX: &str = "assize/";

/// As reports know it.
#[must_use]
pub fn info(rule: &Builtin) -> RuleInfo {
    RuleInfo {
        id: format!("{PREFIX}{}", rule.name),
        pack: None,
        clause: None,
        title: rule.title.to_owned(),
        help: rule.help.to_owned(),
        detail: rule.detail.to_owned(),
        severity: rule.severity,
        url: None,
        counts_tests: false,
        same_as: None,
    }
}
