//! Adding an entry to the file of waivers without touching what people wrote there.

use super::canonical::canonical;
use super::form::{WaiverForm, read};
use assize_tree::text::Text;
use std::fmt::Write as _;
use std::sync::Arc;

/// What a new file begins with.
const HEAD: &str = "\
# Waivers of this system: what is asked for, and what an approver has granted by signature.
# `assize waiver check` says what became of each; docs/waivers.md explains the form.
waivers:
";

/// The text with one more entry at its end.
///
/// # Errors
/// Where the file does not end with its list, so that the entry must be added by hand: why, and the
/// entry.
pub fn append(text: &str, form: &WaiverForm) -> Result<String, (String, String)> {
    let before = read(Arc::new(Text::from(text.to_owned())));
    let base = if text.trim().is_empty() { HEAD.to_owned() } else { text.to_owned() };
    let by_hand = |why: &str| (why.to_owned(), entry(form, 2));
    if before.find(&form.id).is_some() {
        return Err(by_hand(&format!("there is a waiver \"{}\" already", form.id)));
    }
    let indent = base.lines().rev().find_map(|line| {
        let rest = line.trim_start();
        (rest == "-" || rest.starts_with("- ")).then(|| line.len() - rest.len())
    });
    let mut base = base;
    if !base.ends_with('\n') {
        base.push('\n');
    }
    // The last line that looks like an entry may be part of something else: what comes out is read.
    for indent in indent.into_iter().chain([2, 0]) {
        let text = format!("{base}{}", entry(form, indent));
        let after = read(Arc::new(Text::from(text.clone())));
        let kept = before.waivers.iter().zip(&after.waivers).all(|(old, new)| old.form == new.form);
        if kept
            && after.waivers.len() == before.waivers.len() + 1
            && after.problems.len() == before.problems.len()
            && after.waivers.last().is_some_and(|last| last.form == *form)
        {
            return Ok(text);
        }
    }
    Err(by_hand("the file does not end with its list of waivers"))
}

/// The text with a grant put into an entry.
///
/// # Errors
/// Where that must be done by hand, in words.
pub fn attach(text: &str, id: &str, signature: &str) -> Result<String, String> {
    let source = Arc::new(Text::from(text.to_owned()));
    let before = read(Arc::clone(&source));
    let Some(waiver) = before.find(id) else {
        return Err(format!("there is no waiver \"{id}\", or it has a mistake"));
    };
    if waiver.form.granted.is_some() {
        return Err(format!("the waiver \"{id}\" carries a grant already; remove it first"));
    }
    // Behind the entry's last line, at the indentation of its members.
    let start = text[..waiver.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let first = &text[start..waiver.span.start as usize];
    let indent = first.len() - first.trim_start_matches([' ', '-']).len();
    let pad = " ".repeat(indent);
    let mut grant = format!("{pad}granted:\n{pad}  signature: |\n");
    for line in signature.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let _ = writeln!(grant, "{pad}    {line}");
    }
    let mut at = text.len();
    let mut from = text[start..].find('\n').map_or(text.len(), |length| start + length + 1);
    for line in text[from..].split_inclusive('\n') {
        let bare = line.trim_start_matches(' ');
        if !bare.trim().is_empty() && line.len() - bare.len() < indent {
            at = from;
            break;
        }
        from += line.len();
    }
    let (head, tail) = text.split_at(at);
    let kept = head.trim_end().len();
    let after = format!("{}\n{grant}{}", &head[..kept], head[kept..].strip_prefix('\n').unwrap_or_default());
    let after = format!("{after}{tail}");
    // What came out is read: only this entry may differ, and only by its grant.
    let found = read(Arc::new(Text::from(after.clone())));
    let same = before.waivers.len() == found.waivers.len()
        && before.problems.len() == found.problems.len()
        && before.waivers.iter().zip(&found.waivers).all(|(old, new)| {
            let granted = new.form.granted.is_some() == (old.form.granted.is_some() || old.form.id == id);
            granted && canonical(&old.form) == canonical(&new.form)
        });
    if same { Ok(after) } else { Err("the entry is not written in lines of its own".to_owned()) }
}

/// An entry in block style.
fn entry(form: &WaiverForm, indent: usize) -> String {
    let space = " ".repeat(indent);
    let mut text = String::new();
    let mut first = true;
    let mut line = |depth: usize, name: &str, value: &str| {
        let mark = if std::mem::take(&mut first) { "- " } else { "  " };
        let gap = if value.is_empty() { "" } else { " " };
        let _ = writeln!(text, "{space}{mark}{}{name}:{gap}{value}", "  ".repeat(depth));
    };
    line(0, "id", &scalar(&form.id));
    for (name, value) in
        [("system", &form.system), ("rule", &form.rule), ("clause", &form.clause), ("fact", &form.fact)]
    {
        if let Some(value) = value {
            line(0, name, &scalar(value));
        }
    }
    if let Some(value) = form.value {
        line(0, "value", if value { "true" } else { "false" });
    }
    if form.scope.path.is_some() || form.scope.pointer.is_some() {
        line(0, "scope", "");
        for (name, value) in [("path", &form.scope.path), ("pointer", &form.scope.pointer)] {
            if let Some(value) = value {
                line(1, name, &scalar(value));
            }
        }
    }
    for (name, value) in [("reason", &form.reason), ("compensating-control", &form.compensating_control)] {
        if let Some(value) = value {
            line(0, name, &scalar(value));
        }
    }
    line(0, "issued", &form.issued.to_string());
    line(0, "expires", &form.expires.to_string());
    for (name, value) in [("reference", &form.reference), ("requested-by", &form.requested_by)] {
        if let Some(value) = value {
            line(0, name, &scalar(value));
        }
    }
    text
}

/// A text as YAML: plain where nothing in it could be taken for anything else.
pub(crate) fn scalar(text: &str) -> String {
    let plain = text.starts_with(|char: char| char.is_ascii_alphabetic())
        && text.chars().all(|char| char.is_alphanumeric() || " /._-".contains(char))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { text.to_owned() } else { serde_json::Value::String(text.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::waiver::ScopeForm;

    fn form(id: &str) -> WaiverForm {
        WaiverForm {
            id: id.to_owned(),
            rule: Some("uk/a/b".to_owned()),
            clause: None,
            fact: None,
            value: None,
            scope: ScopeForm { path: Some("api/**".to_owned()), pointer: Some("/a: b".to_owned()) },
            system: None,
            reason: Some("Old \"clients\": they need it\nuntil # spring.".to_owned()),
            compensating_control: Some("true".to_owned()),
            issued: "2026-01-01".parse().unwrap(),
            expires: "2026-03-01".parse().unwrap(),
            reference: Some("9.10".to_owned()),
            requested_by: None,
            granted: None,
        }
    }

    #[test]
    fn entries_are_added_and_nothing_else_changes() {
        let one = append("", &form("9.10")).unwrap();
        let two = append(&one, &form("W-2")).unwrap();
        assert!(two.starts_with(&one));
        assert_eq!(read(Arc::new(Text::from(two.clone()))).waivers.len(), 2);
        for start in [
            "waivers:\n",
            "waivers:\n- id: x\n  rule: a/b\n  issued: 2026-01-01\n  expires: 2026-01-01",
            "# c\nwaivers:\n    - id: x\n      rule: a/b\n      issued: 2026-01-01\n      expires: 2026-01-01 # d\n",
        ] {
            let text = append(start, &form("W-1")).unwrap();
            assert!(text.starts_with(start), "{text}");
        }
    }

    #[test]
    fn a_grant_goes_into_its_entry_alone() {
        let entry = |id: &str| {
            format!(
                "  - id: {id}\n    rule: a/b\n    # so\n    reason: |\n      Long\n\n      reason\n    issued: 2026-01-01\n    expires: 2026-01-01 # d\n"
            )
        };
        let text = format!("waivers:\n{}\n  # about b\n{}other: 1\n", entry("a"), entry("b"));
        for id in ["a", "b"] {
            let after = attach(&text, id, "one\ntwo\n\nthree\nfour\n").unwrap();
            let found = read(Arc::new(Text::from(after.clone())));
            let grant = found.find(id).unwrap().form.granted.clone().unwrap();
            assert_eq!(grant.signature.trim(), "one\ntwo\nthree\nfour", "{after}");
            assert!(after.contains("# about b") && after.ends_with("other: 1\n"));
            assert!(attach(&after, id, "x").unwrap_err().contains("already"));
        }
        let last = text.strip_suffix("other: 1\n").unwrap().trim_end();
        assert!(attach(last, "b", "one").unwrap().starts_with(last));
        assert!(
            attach("waivers: [{id: a, rule: a/b, issued: 2026-01-01, expires: 2026-01-01}]\n", "a", "x")
                .is_err()
        );
        assert!(attach(&text, "c", "x").is_err());
    }

    #[test]
    fn what_cannot_be_added_to_is_left_alone() {
        for text in [
            "waivers: [{id: x, rule: a/b, issued: 2026-01-01, expires: 2026-01-01}]\n",
            "[]\n",
            "waivers: 3\n",
        ] {
            let (_, entry) = append(text, &form("W-1")).unwrap_err();
            assert!(entry.starts_with("  - id: W-1\n"), "{entry}");
        }
        assert!(append(&append("", &form("a")).unwrap(), &form("a")).unwrap_err().0.contains("already"));
    }
}
