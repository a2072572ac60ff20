//! `assize-waivers.yaml` as people write it. A mistake in one entry is a finding at its place and
//! takes that entry out; the others still hold.

use super::members;
use crate::standard::Date;
use crate::verdict::{at, head, parse, read as read_value};
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::text::{Problem, Span, Text};
use globset::{GlobBuilder, GlobMatcher};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// The code of mistakes in the file's form.
pub(super) const FORM: &str = "waiver-form";
/// More waivers than this in one file are no list that anybody has read.
const MOST: usize = 2_000;

/// The file as a whole, for its JSON Schema; it is read entry by entry.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(title = "Assize waivers")]
#[serde(deny_unknown_fields)]
pub struct WaiversForm {
    /// What is asked for, and what an approver has granted.
    #[serde(default)]
    pub waivers: Option<Vec<WaiverForm>>,
}

/// One waiver, asked for or granted; or a declaration of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["rule"] }, { "required": ["clause"] }, { "required": ["fact", "value"] }]))]
pub struct WaiverForm {
    /// Its name, once in the file. Text, even where it looks like a number.
    #[schemars(extend("type" = ["string", "number", "boolean"]))]
    pub id: String,
    /// Full id of the rule whose findings are accepted. Either this, `clause` or `fact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Full id of the clause, or its id at its source. Either this, `rule` or `fact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("type" = ["string", "number", "null"]))]
    pub clause: Option<String>,
    /// Name of the fact that is declared: `clinical`. Instead of `rule` and `clause`; needs `value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Whether the declared fact is true of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<bool>,
    /// Where it holds; everywhere if left out.
    #[serde(default, skip_serializing_if = "ScopeForm::is_everywhere")]
    pub scope: ScopeForm,
    /// The system it is for. An approver who names it keeps the waiver from being copied to another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Why the clause cannot be met for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is done instead to keep the harm away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensating_control: Option<String>,
    /// The first day it holds.
    pub issued: Date,
    /// The last day it holds.
    pub expires: Date,
    /// A ticket, a letter, a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// The approver's grant. Without one the waiver is a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<GrantForm>,
}

/// Where a waiver holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeForm {
    /// Files, as a glob from the judged folder: `specification/**`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A place in each of them and all below it, as a JSON pointer: `/paths/~1bookings`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl ScopeForm {
    fn is_everywhere(&self) -> bool {
        self.path.is_none() && self.pointer.is_none()
    }
}

/// An approver's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GrantForm {
    /// Who granted it, for readers; the key decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The text of the `.minisig` file, over what `assize waiver text ID` prints.
    pub signature: String,
}

/// A waiver that was read, with its places.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// What it says.
    pub form: WaiverForm,
    /// Where its id stands.
    pub span: Span,
    /// Where its members stand.
    spans: HashMap<&'static str, Span>,
    path: Option<GlobMatcher>,
}

impl Waiver {
    /// Where a member stands, else the id.
    #[must_use]
    pub fn place(&self, member: &str) -> Span {
        self.spans.get(member).copied().unwrap_or(self.span)
    }

    /// The fact that it declares, where it is a declaration and no waiver.
    #[must_use]
    pub fn declares(&self) -> Option<(&str, bool)> {
        Some((self.form.fact.as_deref()?, self.form.value?))
    }

    /// The id it is about, and whether that is a clause's.
    #[must_use]
    pub fn subject(&self) -> (&str, bool) {
        match (&self.form.rule, &self.form.clause) {
            (Some(rule), _) => (rule, false),
            (None, Some(clause)) => (clause, true),
            (None, None) => (self.form.fact.as_deref().unwrap_or_default(), false),
        }
    }

    /// Whether it holds everywhere in the system.
    #[must_use]
    pub fn is_everywhere(&self) -> bool {
        self.form.scope.is_everywhere()
    }

    /// Whether a place lies in its scope. A file of `None` is the repository as a whole.
    #[must_use]
    pub fn reaches(&self, file: Option<&str>, pointer: &str) -> bool {
        let in_files = match (&self.path, file) {
            (None, _) => true,
            (Some(glob), Some(file)) => glob.is_match(file),
            (Some(_), None) => false,
        };
        let below = self.form.scope.pointer.as_deref().is_none_or(|wide| {
            pointer.strip_prefix(wide).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        in_files && below
    }

    /// Whether some place of a file lies in its scope.
    #[must_use]
    pub fn reaches_into(&self, file: &str) -> bool {
        self.path.as_ref().is_none_or(|glob| glob.is_match(file))
    }
}

/// The file, read.
#[derive(Clone, Debug)]
pub struct WaiverFile {
    /// Its text.
    pub text: Arc<Text>,
    /// Its entries that follow the form.
    pub waivers: Vec<Waiver>,
    /// What is wrong with the rest.
    pub problems: Vec<Problem>,
}

impl WaiverFile {
    /// The waiver of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Waiver> {
        self.waivers.iter().find(|waiver| waiver.form.id == id)
    }
}

/// Reads the file's text.
#[must_use]
pub fn read(text: Arc<Text>) -> WaiverFile {
    let (document, broken) = parse(&text, FORM);
    let mut problems = Vec::new();
    let mut waivers: Vec<Waiver> = Vec::new();
    for node in entries(&document, &mut problems) {
        match entry(&document, node) {
            Ok(waiver) if waivers.iter().any(|other| other.form.id == waiver.form.id) => {
                let message = format!("There is a waiver \"{}\" already above.", waiver.form.id);
                problems.push(
                    Problem::new(FORM, waiver.span, message)
                        .hint("Give each its own id; this one does not hold."),
                );
            }
            Ok(waiver) => waivers.push(waiver),
            Err(wrong) => problems.extend(wrong),
        }
    }
    // Where the syntax is broken, what else seems wrong mostly follows from that.
    let problems = if broken.is_empty() { problems } else { broken };
    WaiverFile { text, waivers, problems }
}

fn entries(document: &Document, problems: &mut Vec<Problem>) -> Vec<NodeId> {
    let Some(root) = document.root() else { return Vec::new() };
    let mut wrong = |span, message: &str| {
        problems.push(
            Problem::new(FORM, span, message)
                .hint("`assize waiver request RULE --reason \"...\"` writes an entry."),
        );
    };
    if document.kind(root) != Kind::Object {
        wrong(document.span(root), "The file's one member is \"waivers\", a list.");
        return Vec::new();
    }
    for child in document.children(root).filter(|&child| document.key(child) != Some("waivers")) {
        let name = document.key(child).unwrap_or_default();
        wrong(document.node(child).key_span, &format!("There is no member \"{name}\" here."));
    }
    let Some(list) = document.get(root, "waivers") else { return Vec::new() };
    match document.kind(list) {
        Kind::Null => Vec::new(),
        Kind::Array => {
            let found: Vec<NodeId> = document.items(list).collect();
            if found.len() > MOST {
                wrong(
                    head(document, list),
                    &format!("There are more than {MOST} waivers; the rest do not hold."),
                );
            }
            found.into_iter().take(MOST).collect()
        }
        _ => {
            wrong(document.span(list), "\"waivers\" is a list.");
            Vec::new()
        }
    }
}

fn entry(document: &Document, node: NodeId) -> Result<Waiver, Vec<Problem>> {
    let form: WaiverForm = read_value(document, node, FORM).map_err(|first| {
        let all = members::wrong(document, node, members::ENTRY);
        if all.is_empty() { vec![first] } else { all }
    })?;
    let mut problems = Vec::new();
    let mut wrong = |member: &str, message: String| {
        problems.push(Problem::new(FORM, at(document, node, member), message));
    };
    if form.id.trim().is_empty() {
        wrong("id", "The id is empty.".to_owned());
    }
    let subjects = [&form.rule, &form.clause, &form.fact].into_iter().flatten().count();
    if subjects != 1 {
        wrong(
            "id",
            format!("The waiver \"{}\" names either a rule or a clause, or it declares a fact.", form.id),
        );
    }
    if form.fact.is_some() != form.value.is_some() {
        wrong(
            "value",
            format!("\"{}\" declares a fact: it needs `fact` and `value`, true or false.", form.id),
        );
    }
    if form.fact.is_some() && !form.scope.is_everywhere() {
        wrong("scope", "A fact is declared of a system as a whole; it has no scope.".to_owned());
    }
    if form.expires < form.issued {
        wrong("expires", format!("The waiver ends before it begins ({}).", form.issued));
    }
    if let Some(pointer) =
        form.scope.pointer.as_ref().filter(|text| !text.is_empty() && !text.starts_with('/'))
    {
        wrong("scope/pointer", format!("\"{pointer}\" is not a JSON pointer: one begins with \"/\"."));
    }
    let mut path = None;
    if let Some(given) = &form.scope.path {
        let full = if given.ends_with('/') { format!("{given}**") } else { given.clone() };
        match GlobBuilder::new(&full).literal_separator(true).build() {
            Ok(glob) => path = Some(glob.compile_matcher()),
            Err(error) => wrong("scope/path", format!("The glob \"{given}\" cannot be read: {error}.")),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let names =
        ["rule", "clause", "fact", "value", "scope", "system", "reason", "issued", "expires", "granted"];
    let spans = names
        .into_iter()
        .filter_map(|name| {
            let found = document.get(node, name)?;
            let raw = document.node(found);
            let inner = matches!(document.kind(found), Kind::Object | Kind::Array);
            Some((name, if inner { raw.key_span } else { raw.span }))
        })
        .collect();
    Ok(Waiver { span: at(document, node, "id"), spans, path, form })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> WaiverFile {
        read(Arc::new(Text::from(text.to_owned())))
    }

    #[test]
    fn ids_are_texts_even_where_they_look_like_numbers() {
        let file = file(
            "waivers:\n  - {id: 9.10, clause: 1.10, reason: 7, issued: 2026-01-01, expires: 2026-02-01}\n  - {id: 9.1, rule: a/b/c, issued: 2026-01-01, expires: 2026-02-01}\n  - {id: 0x10, rule: a/b/c, issued: 2026-01-01, expires: 2026-02-01}\n  - {id: 1e3, rule: a/b/c, issued: 2026-01-01, expires: 2026-02-01}\n  - {id: true, rule: a/b/c, issued: 2026-01-01, expires: 2026-02-01}\n",
        );
        assert_eq!(file.problems, []);
        let ids: Vec<&str> = file.waivers.iter().map(|waiver| waiver.form.id.as_str()).collect();
        assert_eq!(ids, ["9.10", "9.1", "0x10", "1e3", "true"]);
        assert_eq!(file.waivers[0].subject(), ("1.10", true));
    }

    #[test]
    fn a_mistake_takes_out_its_entry_alone() {
        let file = file(
            "waivers:\n- id: a\n  rule: x/y/z\n  resaon: typo\n  issued: 2026-01-01\n  expires: 2026-02-01\n- id: b\n  rule: x/y/z\n  issued: 2026-01-01\n  expires: 2026-02-30\n- id: c\n  rule: x/y/z\n  issued: 2026-01-01\n  expires: 2026-02-01\n- id: c\n  rule: x/y/z\n  issued: 2026-01-01\n  expires: 2026-02-01\n- id: d\n  rule: x/y/z\n  clause: q\n  issued: 2026-01-01\n  expires: 2026-02-01\n- id: e\n  rule: x/y/z\n  issued: 2026-01-02\n  expires: 2026-01-01\n- id: f\n  rule: x/y/z\n  scope: {path: \"a[\"}\n  issued: 2026-01-01\n  expires: 2026-02-01\n- just text\n",
        );
        assert_eq!(file.waivers.len(), 1);
        assert_eq!(file.problems.len(), 7);
        assert_eq!(file.problems[0].hint.as_deref(), Some("Did you mean \"reason\"?"));
        assert_eq!(file.text.slice(file.problems[0].span), "resaon");
        assert_eq!(file.text.slice(file.problems[1].span), "2026-02-30");
        assert!(file.problems.iter().all(|problem| problem.code == FORM));
    }

    #[test]
    fn every_mistake_of_an_entry_is_told() {
        let file = file(
            "waivers:\n- id: a\n  rul: x/y/z\n  value: perhaps\n  scope: {paths: a, pointer: [1]}\n  issued: 2026-13-01\n  granted: {by: me}\n- id: b\n  rule: x\n  clause: y\n  scope: {path: \"a[\", pointer: p}\n  issued: 2026-02-01\n  expires: 2026-01-01\n",
        );
        assert_eq!(file.waivers.len(), 0);
        let told: Vec<&str> = file.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(told.len(), 7 + 4, "{told:#?}");
        for part in [
            "\"rul\"",
            "\"paths\"",
            "\"expires\" is missing",
            "\"signature\" is missing",
            "ends before",
            "JSON pointer",
            "glob",
        ] {
            assert_eq!(told.iter().filter(|message| message.contains(part)).count(), 1, "{part}: {told:#?}");
        }
        assert_eq!(file.problems[0].hint.as_deref(), Some("Did you mean \"rule\"?"));
    }

    #[test]
    fn what_is_no_list_of_waivers_is_said_to_be_none() {
        for (text, problems) in
            [("", 0), ("waivers:\n", 0), ("[1]", 1), ("waivers: 3", 1), ("waver: []", 1), ("waivers: [", 1)]
        {
            let file = file(text);
            assert!(file.waivers.is_empty());
            assert_eq!(file.problems.len(), problems, "{text:?}: {:?}", file.problems);
        }
    }

    #[test]
    fn scopes_are_globs_and_pointers() {
        let scope = |path: &str, pointer: &str| {
            let text = format!(
                "waivers: [{{id: a, rule: r, issued: 2026-01-01, expires: 2026-01-01, scope: {{path: \"{path}\", pointer: \"{pointer}\"}}}}]"
            );
            file(&text).waivers.remove(0)
        };
        assert!(scope("api/*.yaml", "").reaches(Some("api/a.yaml"), "/x"));
        assert!(!scope("api/*.yaml", "").reaches(Some("api/v1/a.yaml"), "/x"));
        assert!(!scope("api/*.yaml", "").reaches(None, ""));
        assert!(scope("api/", "").reaches(Some("api/v1/a.yaml"), "/x"));
        assert!(scope("**", "/paths/~1a").reaches(Some("a.yaml"), "/paths/~1a/get"));
        assert!(!scope("**", "/paths/~1a").reaches(Some("a.yaml"), "/paths/~1ab"));
    }
}
