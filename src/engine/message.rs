//! A rule's message with its places filled in.

/// What a message may mention.
pub(super) struct Facts<'a> {
    /// `{{property}}`: the key the finding is about.
    pub property: &'a str,
    /// `{{value}}`: the value there, if it is a scalar.
    pub value: &'a str,
    /// `{{path}}`: its JSON pointer, with `#` before it.
    pub path: &'a str,
    /// `{{error}}`: the check's own words.
    pub error: &'a str,
}

/// Values longer than this many characters are cut in messages.
const LONGEST: usize = 100;

/// Fills the places in; an unknown one becomes empty, as in Spectral. Without a template the
/// check's own words are the message.
pub(super) fn fill(template: &str, facts: &Facts<'_>) -> String {
    let mut message = String::with_capacity(template.len() + facts.error.len());
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        message.push_str(&rest[..start]);
        match rest[start + 2..start + length].trim() {
            "property" => push_cut(&mut message, facts.property),
            "value" => push_cut(&mut message, facts.value),
            "path" => message.push_str(facts.path),
            "error" => message.push_str(facts.error),
            _ => {}
        }
        rest = &rest[start + length + 2..];
    }
    message.push_str(rest);
    message.trim().to_owned()
}

fn push_cut(message: &mut String, text: &str) {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => {
            message.push_str(&text[..end]);
            message.push('…');
        }
        None => message.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, fill};

    #[test]
    fn places_are_filled_once() {
        let facts = Facts { property: "{{value}}", value: "v", path: "#/a", error: "is wrong" };
        assert_eq!(
            fill("\"{{property}}\" {{error}} at {{ path }}{{nope}}.", &facts),
            "\"{{value}}\" is wrong at #/a."
        );
        assert_eq!(fill("open {{ end", &facts), "open {{ end");
        let long = "é".repeat(300);
        assert_eq!(fill("{{value}}", &Facts { value: &long, ..facts }).chars().count(), 101);
    }
}
