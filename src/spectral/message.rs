//! Messages with placeholders: `{{value}}`, and `#{{print("value")}}` with a small language of
//! expressions in it.

/// What a message may name.
pub struct Vars<'a> {
    /// The last step of the path, or the way to what is missing.
    pub property: &'a str,
    /// What the function said.
    pub error: &'a str,
    /// The path as a pointer.
    pub path: &'a str,
    /// The rule's description.
    pub description: Option<&'a str>,
    /// The value as `String(value)` gives it.
    pub value: &'a str,
    /// The value as `print("value")` gives it.
    pub printed: &'a str,
}

impl Vars<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        Some(match name {
            "property" => self.property,
            "error" => self.error,
            "path" => self.path,
            "description" => self.description.unwrap_or("null"),
            "value" => self.value,
            _ => return None,
        })
    }

    fn print(&self, what: &str) -> String {
        match what {
            "property" if self.property.is_empty() => "The document ".to_owned(),
            "property" => format!("\"{}\" property ", self.property),
            "value" => self.printed.to_owned(),
            "description" if self.description.is_none() => String::new(),
            other => self.get(other).unwrap_or_default().to_owned(),
        }
    }
}

/// Fills a message in.
#[must_use]
pub fn fill(template: &str, vars: &Vars<'_>) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find("{{") {
        let Some(length) = rest[at + 2..].find(['}', '\n']) else { break };
        let inside = &rest[at + 2..at + 2 + length];
        if inside.is_empty() || !rest[at + 2 + length..].starts_with("}}") {
            out.push_str(&rest[..at + 1]);
            rest = &rest[at + 1..];
            continue;
        }
        // `{{{x}}` begins one brace further on.
        let inside_start = inside.trim_start_matches('{');
        let skipped = inside.len() - inside_start.len();
        let evaluated = skipped == 0 && rest[..at].ends_with('#');
        out.push_str(&rest[..if evaluated { at - 1 } else { at }]);
        if skipped > 0 {
            // The leftmost match takes the braces as part of the name, which nothing has.
            rest = &rest[at + 2 + length + 2..];
            continue;
        }
        if evaluated {
            out.push_str(&evaluate(inside.trim(), vars).unwrap_or_default());
        } else {
            out.push_str(vars.get(inside).unwrap_or_default());
        }
        rest = &rest[at + 2 + length + 2..];
    }
    out.push_str(rest);
    out
}

/// An expression: texts, names, `print("...")`, `.toUpperCase()`, `+`.
fn evaluate(source: &str, vars: &Vars<'_>) -> Option<String> {
    let forbidden = ["constructor", "process", "require", "global", "mainModule", "fs", "child_process"];
    if forbidden.iter().any(|word| source.contains(word)) {
        return None;
    }
    let mut out = String::new();
    for part in split_outside_quotes(source, '+') {
        let part = part.trim();
        let (part, upper) = part.strip_suffix(".toUpperCase()").map_or((part, false), |part| (part, true));
        let value = atom(part, vars)?;
        out.push_str(&if upper { value.to_uppercase() } else { value });
    }
    Some(out)
}

fn atom(part: &str, vars: &Vars<'_>) -> Option<String> {
    for quote in ['"', '\''] {
        if let Some(text) = part.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return Some(text.to_owned());
        }
    }
    if let Some(argument) = part.strip_prefix("print(").and_then(|rest| rest.strip_suffix(')')) {
        let argument = argument.trim();
        let text = ['"', '\'']
            .iter()
            .find_map(|&quote| argument.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)));
        // `print` of anything but a text is nothing; an unquoted name is its value.
        return Some(match text {
            Some(text) => vars.print(text),
            None => vars.print(vars.get(argument)?),
        });
    }
    if let Some(argument) = part.strip_prefix("toUpperCase(").and_then(|rest| rest.strip_suffix(')')) {
        return atom(argument.trim(), vars).map(|text| text.to_uppercase());
    }
    if let Some(arguments) = part.strip_prefix("concat(").and_then(|rest| rest.strip_suffix(')')) {
        return split_outside_quotes(arguments, ',').iter().map(|one| atom(one.trim(), vars)).collect();
    }
    if let Ok(number) = part.parse::<f64>() {
        return Some(assize_tree::js::number_to_string(number));
    }
    vars.get(part).map(str::to_owned)
}

fn split_outside_quotes(source: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut quote, mut depth) = (Vec::new(), 0, None, 0);
    for (at, char) in source.char_indices() {
        match (quote, char) {
            (None, '"' | '\'') => quote = Some(char),
            (Some(open), _) if open == char => quote = None,
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) if char == separator && depth == 0 => {
                parts.push(&source[start..at]);
                start = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&source[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        let vars = Vars {
            property: "id",
            error: "wrong",
            path: "#/a/id",
            description: None,
            value: "5",
            printed: "5",
        };
        for (template, wanted) in [
            ("{{property}} is {{error}}", "id is wrong"),
            ("#{{print(\"property\")}}must", "\"id\" property must"),
            ("#{{print('value')}} {{nope}}|{{ value }}|", "5 ||"),
            ("{{description}}", "null"),
            ("a {{b", "a {{b"),
            ("#{{property.toUpperCase()}}", "ID"),
            ("#{{property + \"-\" + value}}", "id-5"),
        ] {
            assert_eq!(fill(template, &vars), wanted, "{template}");
        }
    }
}
