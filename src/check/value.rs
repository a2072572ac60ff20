//! Checks of single values, each over what `crate::value` knows: NHS numbers, SNOMED CT and dm+d
//! identifiers, prescription identifiers, ODS codes, UUIDs, dates and URIs. What is no text is
//! nothing to look at.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options};
use crate::value::{date_time, eps_prescription, nhs_number, ods, snomed, uri_is, uuid};
use assize_tree::document::Kind;
use serde_json::Value;

/// A test of a text: `None` where it is as it should be.
type Test = Box<dyn Fn(&str) -> Option<Violation> + Send + Sync>;

struct ValueCheck {
    test: Test,
    /// Whether a number counts as its digits.
    numbers: bool,
    /// Which texts it is about at all, where not about every one.
    about: Option<About>,
}

/// Whether a check is about a text.
type About = Box<dyn Fn(&str) -> bool + Send + Sync>;

impl Check for ValueCheck {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let text = match subject {
            Subject::Node(at) if self.numbers && cx.kind(subject) == Some(Kind::Number) => {
                cx.document(at).scalar(at.node)
            }
            _ => cx.text(subject),
        };
        let Some(text) = text.filter(|text| !is_placeholder(text)) else { return Ok(Looked::Nothing) };
        if self.about.as_ref().is_some_and(|about| !about(text)) {
            return Ok(Looked::Nothing);
        }
        found.extend((self.test)(text));
        Ok(Looked::At(1))
    }
}

/// Something that a program fills in before the value is one: `{{id}}`, `${id}`, `#(id)`, `<id>`.
fn is_placeholder(text: &str) -> bool {
    ["{{", "${", "#("].iter().any(|start| text.contains(start))
        || (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with('{') && text.ends_with('}'))
}

fn check(
    numbers: bool,
    test: impl Fn(&str) -> Option<Violation> + Send + Sync + 'static,
) -> Result<Box<dyn Check>, OptionError> {
    Ok(Box::new(ValueCheck { test: Box::new(test), numbers, about: None }))
}

pub(super) fn nhs_number(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("nhs-number", given, &["form", "allow", "except"])?;
    let digits_only = options::word(&members, "form", &["any", "digits"])? == Some("digits");
    let allow = options::word(&members, "allow", &["valid", "test", "harmless"])?.unwrap_or("valid");
    let except: Vec<String> = options::get(&members, "except", "a list of values")?.unwrap_or_default();
    check(true, move |text| {
        use nhs_number::NhsNumber as N;
        let bare: String = text.chars().filter(char::is_ascii_digit).collect();
        if except.contains(&bare) {
            return None;
        }
        let wrong = match nhs_number::read(text) {
            N::Valid { separated: true, .. } if digits_only => {
                "it is written with spaces or hyphens; ten digits are wanted".to_owned()
            }
            N::Valid { test: false, .. } if allow != "valid" => {
                "it may be a person's: it does not begin with 9".to_owned()
            }
            N::Valid { .. } => return None,
            // Nobody has a number that is not valid.
            _ if allow == "harmless" => return None,
            N::BadCheckDigit { .. } => "its check digit is wrong (modulus 11)".to_owned(),
            N::NoCheckDigit => "its first nine digits have no check digit (modulus 11 leaves 10)".to_owned(),
            N::NotTenDigits { digits } => format!("it has {digits} digits, not ten"),
            N::NotDigits => "it does not consist of digits".to_owned(),
        };
        Some(Violation::new(wrong).value(nhs_number::mask(text)))
    })
}

fn snomed_wrong(id: &str, wanted: Option<snomed::Component>) -> Option<Violation> {
    use snomed::SnomedId as S;
    let wrong = match snomed::read(id.trim()) {
        S::Valid(component) if wanted.is_none_or(|wanted| wanted == component) => return None,
        S::Valid(component) => format!("it identifies a {}", format!("{component:?}").to_lowercase()),
        S::Malformed => "it is not 6 to 18 digits without a leading zero".to_owned(),
        S::BadCheckDigit { expected } => format!("its check digit is wrong (Verhoeff demands {expected})"),
        S::UnknownPartition => "its partition stands for nothing".to_owned(),
    };
    Some(Violation::new(wrong))
}

pub(super) fn snomed_id(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("snomed-id", given, &["kind", "after"])?;
    let after: Option<String> = options::get(&members, "after", "a text")?;
    let wanted = match options::word(&members, "kind", &["any", "concept", "description", "relationship"])? {
        Some("concept") => Some(snomed::Component::Concept),
        Some("description") => Some(snomed::Component::Description),
        Some("relationship") => Some(snomed::Component::Relationship),
        _ => None,
    };
    match after {
        None => check(true, move |text| snomed_wrong(text, wanted)),
        // A search's `system|code`: the code alone is one, and may be left out.
        Some(after) => check(true, move |text| {
            let text =
                if after == "|" { text.replace("%7C", "|").replace("%7c", "|") } else { text.to_owned() };
            let id = text.rsplit_once(&after).map_or(text.as_str(), |(_, id)| id);
            if id.is_empty() { None } else { snomed_wrong(id, wanted) }
        }),
    }
}

pub(super) fn dmd_id(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    options::none("dmd-id", given)?;
    // Every dm+d identifier is that of a SNOMED CT concept.
    check(true, |text| snomed_wrong(text, Some(snomed::Component::Concept)))
}

pub(super) fn eps_prescription_id(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("eps-prescription-id", given, &["form"])?;
    let form = options::word(&members, "form", &["any", "short", "long"])?.unwrap_or("any");
    check(false, move |text| {
        use eps_prescription::PrescriptionId as P;
        let wrong = match eps_prescription::read(text) {
            P::Short if form != "long" => return None,
            P::Long if form != "short" => return None,
            P::Short => "it is a short identifier; a UUID is wanted".to_owned(),
            P::Long => "it is a UUID; a short identifier is wanted".to_owned(),
            P::BadCheckCharacter { expected } => format!("its check character is wrong (MOD 37-2 demands {expected})"),
            P::Malformed => "it has not the form of six hexadecimal digits, six characters of an organisation's code, five hexadecimal digits and a check character".to_owned(),
        };
        Some(Violation::new(wrong))
    })
}

pub(super) fn ods_code(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    options::none("ods-code", given)?;
    check(false, |text| {
        let wrong = match ods::read(text) {
            ods::OdsCode::Plausible { .. } => return None,
            ods::OdsCode::LowerCase => "it is written in small letters".to_owned(),
            ods::OdsCode::BadCharacter(bad) => format!("{bad:?} stands in it; only letters and digits do"),
            ods::OdsCode::BadLength(length) => format!("it has {length} characters, not 3 to 12"),
        };
        Some(Violation::new(wrong))
    })
}

pub(super) fn uuid(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("uuid", given, &["case"])?;
    let wanted = options::word(&members, "case", &["any", "lower", "upper"])?.unwrap_or("any");
    check(false, move |text| match (uuid::read(text), wanted) {
        (None, _) => Some(Violation::new("it is no UUID")),
        (Some(uuid::Case::Upper | uuid::Case::Mixed), "lower") => {
            Some(Violation::new("it has capital letters"))
        }
        (Some(uuid::Case::Lower | uuid::Case::Mixed), "upper")
            if text.bytes().any(|byte| byte.is_ascii_lowercase()) =>
        {
            Some(Violation::new("it has small letters"))
        }
        _ => None,
    })
}

pub(super) fn date_time(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("date-time", given, &["form"])?;
    let form = options::word(&members, "form", &["date-time", "date", "any"])?.unwrap_or("date-time");
    check(false, move |text| {
        let wrong = match form {
            "date" => date_time::date(text),
            "date-time" => date_time::date_time(text),
            _ => date_time::date_time(text).or_else(|wrong| date_time::date(text).map_err(|_| wrong)),
        };
        wrong.err().map(|wrong| Violation::new(wrong.to_string()))
    })
}

pub(super) fn uri_is(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("uri-is", given, &["any", "similar"])?;
    let any: Vec<String> = options::need("uri-is", members, "any", "a list of URIs")?;
    let similar_only = options::get(members, "similar", "true or false")?.unwrap_or(false);
    // Only what resembles the right one is meant to be it: other systems say nothing of this one.
    let likeness = any.clone();
    let about: Option<About> = similar_only.then(|| -> About {
        Box::new(move |text| uri_is::compare(text, &likeness) != uri_is::Likeness::Other)
    });
    let test: Test = Box::new(move |text| match uri_is::compare(text, &any) {
        uri_is::Likeness::Exact => None,
        uri_is::Likeness::Slip(right) => {
            Some(Violation::new(format!("it should be {right}")).hint(format!("Write {right}")))
        }
        uri_is::Likeness::Other => Some(Violation::new(format!("it is none of {}", any.join(", ")))),
    });
    Ok(Box::new(ValueCheck { test, numbers: false, about }))
}
