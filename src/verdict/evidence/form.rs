//! A record as people write it: one in each file.

use crate::standard::{Date, Term};
use crate::verdict::waiver::edit::scalar;
use crate::verdict::{at, parse, read as read_value};
use assize_tree::document::Kind;
use assize_tree::text::{Problem, Span, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The code of mistakes in a record's form.
const FORM: &str = "evidence-form";

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(
    title = "Assize record of evidence",
    extend(
        "anyOf" = [{ "required": ["link"] }, { "required": ["file"] }],
        "dependentRequired" = { "file": ["sha256"] },
        "allOf" = [
            { "if": { "properties": { "grade": { "const": "third-party" } } }, "then": { "required": ["issued-by"] } },
            { "if": { "properties": { "grade": { "const": "hashed" } } }, "then": { "required": ["sha256"] } }
        ]
    )
)]
pub struct RecordForm {
    /// Full id of the clause, or its id at its source.
    #[schemars(extend("type" = ["string", "number"]))]
    pub clause: String,
    /// What the record shows, in a sentence or two.
    pub statement: String,
    /// Whether it shows that the clause is met.
    pub outcome: Outcome,
    /// The release it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("type" = ["string", "number", "null"]))]
    pub release: Option<String>,
    /// Where the document can be read. This or `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The document itself, a path from the judged folder. This or `link`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of the document in hexadecimal; needed with `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The day it was issued.
    pub issued: Date,
    /// The last day it is good for.
    pub expires: Date,
    /// The role that signed it off: `clinical-safety-officer`.
    pub signed_off_by: String,
    /// The body outside the supplier that issued it; needed where `grade` is `third-party`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_by: Option<String>,
    /// What its word rests on.
    pub grade: Grade,
}

/// Whether a record shows that its clause is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is.
    Met,
    /// It is not.
    NotMet,
}

/// What a record's word rests on, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// The supplier's word.
    SelfDeclared,
    /// A document that is known by its digest.
    Hashed,
    /// Somebody else's document.
    ThirdParty,
}

impl Grade {
    /// As the form writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SelfDeclared => "self-declared",
            Self::Hashed => "hashed",
            Self::ThirdParty => "third-party",
        }
    }
}

/// A record that was read, with its places.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it says.
    pub form: RecordForm,
    spans: HashMap<&'static str, Span>,
}

impl Record {
    /// Where a member stands, else the clause.
    #[must_use]
    pub fn place(&self, member: &str) -> Span {
        let span = self.spans.get(member).or_else(|| self.spans.get("clause"));
        span.copied().unwrap_or_default()
    }
}

/// Whether a text is a record, by the members at its root; one with broken syntax may be.
#[must_use]
pub fn looks_like_one(text: &Arc<Text>) -> bool {
    let (document, _) = parse(text, FORM);
    document.root().is_some_and(|root| {
        document.kind(root) == Kind::Object
            && document.get(root, "clause").is_some()
            && ["statement", "outcome", "grade"].iter().any(|name| document.get(root, name).is_some())
    })
}

/// Reads a record's text.
///
/// # Errors
/// Every mistake, with its place.
pub fn read(text: &Arc<Text>) -> Result<Record, Vec<Problem>> {
    let (document, problems) = parse(text, FORM);
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some(root) = document.root() else {
        return Err(vec![Problem::new(FORM, Span::default(), "The file holds no record.")]);
    };
    if document.roots().len() > 1 {
        let second = document.roots()[1];
        return Err(vec![Problem::new(FORM, document.span(second), "A file holds one record.")]);
    }
    let form: RecordForm = read_value(&document, root, FORM).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mut wrong = |member: &str, message: String| {
        problems.push(Problem::new(FORM, at(&document, root, member), message));
    };
    for (member, value) in [("statement", &form.statement), ("signed-off-by", &form.signed_off_by)] {
        if value.trim().is_empty() {
            wrong(member, format!("\"{member}\" is empty."));
        }
    }
    if form.link.is_none() && form.file.is_none() {
        wrong("clause", "The record names neither a link nor a file.".to_owned());
    }
    if let Some(link) = form.link.as_ref().filter(|link| !is_link(link)) {
        wrong("link", format!("\"{link}\" is no address; one begins with https://."));
    }
    if let Some(file) = form.file.as_ref().filter(|file| !is_inside(file)) {
        wrong("file", format!("\"{file}\" is no path within the judged folder."));
    }
    match &form.sha256 {
        Some(hash) if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            wrong("sha256", "A SHA-256 is 64 hexadecimal digits.".to_owned());
        }
        None if form.file.is_some() => {
            wrong("file", "A file needs its digest in \"sha256\".".to_owned());
        }
        _ => {}
    }
    if form.expires < form.issued {
        wrong("expires", format!("The record ends before it begins ({}).", form.issued));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let names =
        ["clause", "outcome", "release", "file", "sha256", "issued", "expires", "signed-off-by", "grade"];
    let spans =
        names.into_iter().filter_map(|name| Some((name, document.span(document.get(root, name)?)))).collect();
    Ok(Record { form, spans })
}

fn is_link(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

fn is_inside(path: &str) -> bool {
    !path.starts_with('/')
        && !path.contains(['\\', '\0', ':'])
        && !path.split('/').any(|part| part.is_empty() || part == "." || part == "..")
}

/// What a new record begins with; what is left out must be filled in by hand.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// What it shows.
    pub statement: Option<String>,
    /// Whether the clause is met.
    pub not_met: bool,
    /// The release.
    pub release: Option<String>,
    /// Where the document can be read.
    pub link: Option<String>,
    /// The document and its digest.
    pub file: Option<(String, String)>,
    /// Who signed it off.
    pub role: Option<String>,
    /// The body outside the supplier.
    pub issued_by: Option<String>,
}

/// The text of a new record. `about` are lines for its head: the clause's title and what is wanted.
#[must_use]
pub fn template(clause: &str, about: &[String], start: &Start, issued: Date, term: Term) -> String {
    let mut text = String::new();
    for line in about.iter().flat_map(|text| text.lines()) {
        let _ = writeln!(text, "# {line}");
    }
    let mut line = |name: &str, value: Option<&str>, hint: &str| {
        let _ = match value {
            Some(value) => writeln!(text, "{name}: {}", scalar(value)),
            None => writeln!(text, "{name}: \"\"  # {hint}"),
        };
    };
    line("clause", Some(clause), "");
    line("statement", start.statement.as_deref(), "what the document shows, in a sentence or two");
    line("outcome", Some(if start.not_met { "not-met" } else { "met" }), "");
    if start.release.is_some() {
        line("release", start.release.as_deref(), "");
    }
    if let Some((file, hash)) = &start.file {
        line("file", Some(file), "");
        line("sha256", Some(hash), "");
    }
    if start.link.is_some() || start.file.is_none() {
        line("link", start.link.as_deref(), "where the document can be read; or `file` and `sha256`");
    }
    line("signed-off-by", start.role.as_deref(), "the role: clinical-safety-officer");
    if start.issued_by.is_some() {
        line("issued-by", start.issued_by.as_deref(), "");
    }
    let grade = match (&start.issued_by, &start.file) {
        (Some(_), _) => Grade::ThirdParty,
        (None, Some(_)) => Grade::Hashed,
        (None, None) => Grade::SelfDeclared,
    };
    let _ = writeln!(text, "grade: {}\nissued: {issued}\nexpires: {}", grade.name(), term.after(issued));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Result<Record, Vec<Problem>> {
        read(&Arc::new(Text::from(text.to_owned())))
    }

    const GOOD: &str = "clause: 3.10\nstatement: The report.\noutcome: met\nlink: https://example.org/a\nissued: 2026-01-01\nexpires: 2026-12-31\nsigned-off-by: cso\ngrade: self-declared\n";

    #[test]
    fn mistakes_are_placed() {
        assert_eq!(record(GOOD).unwrap().form.clause, "3.10");
        for (from, to, shown) in [
            ("link: https://example.org/a\n", "", "3.10"),
            ("https://example.org/a", "ftp://example.org", "ftp://example.org"),
            ("link: https://example.org/a", "file: ../a.pdf\nsha256: 'x'", "../a.pdf"),
            ("link: https://example.org/a", "file: a.pdf", "a.pdf"),
            ("grade: self-declared", "grade: self-declred", "self-declred"),
            ("2026-12-31", "2025-12-31", "2025-12-31"),
            ("2026-12-31", "2026-02-29", "2026-02-29"),
            ("The report.", "' '", "' '"),
            ("outcome: met\n", "", "clause"),
            ("outcome", "outcom", "outcom"),
        ] {
            let text = GOOD.replace(from, to);
            let problems = record(&text).unwrap_err();
            assert_eq!(&text[problems[0].span.range()], shown, "{from} to {to}");
        }
        for text in ["", "[]", "a: [", "clause: 1\n---\nclause: 2\n"] {
            assert!(!record(text).unwrap_err().is_empty());
        }
    }

    #[test]
    fn a_template_is_read_once_it_is_filled_in() {
        let day = "2024-02-29".parse().unwrap();
        let term = "1y".parse().unwrap();
        let text = template("9.10", &["Title".to_owned()], &Start::default(), day, term);
        assert_eq!(record(&text).unwrap_err().len(), 3, "{text}");
        let full = Start {
            statement: Some("It: holds.".to_owned()),
            file: Some(("evidence/a b.pdf".to_owned(), "0".repeat(64))),
            role: Some("cso".to_owned()),
            release: Some("1.10".to_owned()),
            issued_by: Some("A body".to_owned()),
            ..Start::default()
        };
        let text = template("9.10", &["Title".to_owned()], &full, day, term);
        let form = record(&text).unwrap().form;
        assert_eq!((form.clause.as_str(), form.release.as_deref()), ("9.10", Some("1.10")));
        assert_eq!((form.grade, form.expires.to_string().as_str()), (Grade::ThirdParty, "2025-02-28"));
    }
}
