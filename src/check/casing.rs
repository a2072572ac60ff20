//! `casing` (Spectral functions 1.11): a text follows a style of writing words together.

use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Subject, Violation, options};
use assize_tree::pattern::Pattern;
use serde_json::Value;

struct Casing {
    style: &'static str,
    pattern: Pattern,
    /// A lone separator passes where it may stand first.
    lone: Option<String>,
}

impl Check for Casing {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Some(text) = cx.text(subject).filter(|text| !text.is_empty()) else { return Ok(Looked::Nothing) };
        let lone = self.lone.as_deref() == Some(text);
        if !lone && !self.pattern.is_match(text).map_err(|error| CannotTell(error.to_string()))? {
            found.push(Violation::new(format!("must be {} case", self.style)));
        }
        Ok(Looked::At(1))
    }
}

const STYLES: [&str; 7] = ["flat", "camel", "pascal", "kebab", "cobol", "snake", "macro"];

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("casing", given, &["type", "disallowDigits", "separator"])?;
    let style = options::word(members, "type", &STYLES)?
        .ok_or_else(|| OptionError::new("", "The check \"casing\" needs the option \"type\"."))?;
    let digits =
        if options::get(members, "disallowDigits", "true or false")?.unwrap_or(false) { "" } else { "0-9" };
    let base = match style {
        "flat" => format!("[a-z][a-z{digits}]*"),
        "camel" => format!("[a-z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
        "pascal" => format!("[A-Z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
        "kebab" => format!("[a-z][a-z{digits}]*(?:-[a-z{digits}]+)*"),
        "cobol" => format!("[A-Z][A-Z{digits}]*(?:-[A-Z{digits}]+)*"),
        "snake" => format!("[a-z][a-z{digits}]*(?:_[a-z{digits}]+)*"),
        _ => format!("[A-Z][A-Z{digits}]*(?:_[A-Z{digits}]+)*"),
    };
    let mut lone = None;
    let whole = match members.get("separator") {
        None => format!("^{base}$"),
        Some(separator) => {
            let separator = options::object("separator", separator, &["char", "allowLeading"])
                .map_err(|error| OptionError { pointer: format!("/separator{}", error.pointer), ..error })?;
            let char: String = options::need("separator", separator, "char", "one character")?;
            if char.chars().count() > 1 {
                return Err(OptionError::new(
                    "/separator/char",
                    "The option \"char\" must be one character.",
                ));
            }
            let leading = options::get(separator, "allowLeading", "true or false")?.unwrap_or(false);
            let escaped: String = char
                .chars()
                .map(|char| {
                    if char.is_alphanumeric() || char == '_' || char == ' ' || char == '-' {
                        char.to_string()
                    } else {
                        format!("\\{char}")
                    }
                })
                .collect();
            // Spectral takes an empty separator as well; nothing is then let between the words.
            let class = match escaped.as_str() {
                "" => "[^\\s\\S]".to_owned(),
                "-" => "[\\-]".to_owned(),
                escaped => format!("[{escaped}]"),
            };
            let optional = if leading { format!("{class}?") } else { String::new() };
            lone = leading.then_some(char);
            format!("^{optional}{base}(?:{class}{base})*$")
        }
    };
    let pattern = Pattern::new(&whole).map_err(|error| OptionError::new("", error.to_string()))?;
    Ok(Box::new(Casing { style, pattern, lone }))
}
