//! Spectral's dialect of JSONPath, as its rulesets write it (nimma 0.2): names without quotes,
//! unions of them, `~` for keys, `^` for parents, filters of JavaScript. It compiles to the same form
//! as RFC 9535.

use super::expr::{Path, Segment, Selector};
use super::lex::{Lexer, PathError};
use super::script::Script;
use std::sync::Arc;

impl Path {
    /// Reads a path of Spectral's dialect.
    ///
    /// # Errors
    /// Where it cannot be read; the message says what is not known.
    pub fn parse_spectral(source: &str) -> Result<Self, PathError> {
        let source = source.trim();
        let mut lexer = Lexer::new(source);
        if !lexer.eat("$") {
            return Err(PathError::new(0, "a path begins with `$`"));
        }
        let mut segments = Vec::new();
        let (mut keys, mut up) = (false, 0);
        while let Some(next) = lexer.peek() {
            if keys {
                return Err(PathError::new(lexer.at, "nothing can follow `~`"));
            }
            match next {
                '~' => {
                    lexer.bump();
                    keys = true;
                    continue;
                }
                '^' => {
                    lexer.bump();
                    up += 1;
                    continue;
                }
                _ if up > 0 => {
                    return Err(PathError::new(lexer.at, "this version reads `^` at the end of a path only"));
                }
                _ => {}
            }
            let descendant = lexer.eat("..");
            let dot = !descendant && lexer.eat(".");
            // `$.paths.` means `$.paths`.
            if dot && lexer.rest().is_empty() {
                break;
            }
            let selectors = match lexer.peek() {
                Some('[') => bracketed(&mut lexer)?,
                Some('*') => {
                    lexer.bump();
                    vec![Selector::Wildcard]
                }
                Some('~' | '^') if dot => continue,
                _ if dot || descendant => vec![named(&mut lexer)?],
                _ => return Err(PathError::new(lexer.at, "a dot or a bracket is expected here")),
            };
            segments.push(Segment { descendant, selectors });
        }
        Ok(Self { segments: segments.into(), keys, up })
    }
}

fn named(lexer: &mut Lexer<'_>) -> Result<Selector, PathError> {
    let rest = lexer.rest();
    let end = rest.find(['.', '[', '~', '^', ' ', '\n']).unwrap_or(rest.len());
    if end == 0 || rest.starts_with('@') {
        return Err(PathError::new(lexer.at, "a name is expected here"));
    }
    lexer.at += end;
    Ok(Selector::Name(rest[..end].to_owned()))
}

fn space(lexer: &mut Lexer<'_>) {
    while lexer.peek().is_some_and(char::is_whitespace) {
        lexer.bump();
    }
}

fn bracketed(lexer: &mut Lexer<'_>) -> Result<Vec<Selector>, PathError> {
    lexer.bump();
    let mut found = Vec::new();
    loop {
        space(lexer);
        found.push(match lexer.peek() {
            Some('?') => {
                lexer.bump();
                Selector::Script(Arc::new(Script::parse(lexer)?))
            }
            Some('*') => {
                lexer.bump();
                Selector::Wildcard
            }
            Some(quote @ ('\'' | '"')) => {
                lexer.bump();
                let mut name = String::new();
                loop {
                    match lexer.bump() {
                        Some(char) if char == quote => break,
                        Some('\\') => name.extend(lexer.bump()),
                        Some(char) => name.push(char),
                        None => return Err(PathError::new(lexer.at, "the name is not closed")),
                    }
                }
                Selector::Name(name)
            }
            _ => {
                let rest = lexer.rest();
                let end = rest.find([',', ']']).unwrap_or(rest.len());
                let text = rest[..end].trim();
                if text.is_empty() {
                    return Err(PathError::new(lexer.at, "a name is expected here"));
                }
                lexer.at += end;
                bare(text)
            }
        });
        space(lexer);
        if lexer.eat("]") {
            return Ok(found);
        }
        if !lexer.eat(",") {
            return Err(PathError::new(lexer.at, "`]` is expected here"));
        }
    }
}

/// An index, a slice or a name without quotes.
fn bare(text: &str) -> Selector {
    if let Ok(index) = text.parse() {
        return Selector::Index(index);
    }
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let numbers: Vec<Option<i64>> = parts.iter().map(|part| part.parse().ok()).collect();
    let fits = parts.iter().zip(&numbers).all(|(part, number)| part.is_empty() || number.is_some());
    if fits && matches!(parts.len(), 2 | 3) {
        return Selector::Slice {
            start: numbers[0],
            end: numbers[1],
            step: numbers.get(2).copied().flatten().unwrap_or(1),
        };
    }
    Selector::Name(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Follow, PathSet};
    use super::*;
    use crate::document::{Limits, normalized_path, yaml};
    use crate::path::{Alone, NodeRef};
    use crate::text::Text;

    const TEXT: &str = "openapi: 3.0.3\npaths:\n  /a:\n    get:\n      parameters:\n      - {name: x, in: query, schema: {maxLength: 5}}\n      - {name: y, in: header}\n      responses: {'200': {headers: {A: 1}}, '404': {content: {}}}\n    post: {responses: {default: {}}}\ncomponents: {schemas: {Cat: {type: object}, dog_x: {type: [a, b]}}}\n";

    fn found(path: &str) -> Vec<String> {
        let document = yaml::parse(Arc::new(Text::from(TEXT)), Limits::default());
        let path = Path::parse_spectral(path).unwrap();
        let set = PathSet::new(std::slice::from_ref(&path));
        let root = NodeRef { doc: 0, node: document.root().unwrap() };
        let mut found = Vec::new();
        let mut sink = |hit: super::super::Hit| {
            found.push(normalized_path(&document.route(hit.at.node)).replace('\'', ""));
        };
        set.run(&Alone(&document), root, Follow::None, &mut sink).unwrap();
        found.sort();
        found
    }

    #[test]
    fn paths_as_rulesets_write_them() {
        for (path, wanted) in [
            ("$", &["$"][..]),
            ("$.paths.", &["$[paths]"]),
            ("$.['openapi']", &["$[openapi]"]),
            ("$.paths[*][get,post].responses.default", &["$[paths][/a][post][responses][default]"]),
            (
                "$..[responses][?(@property && @property.match(/(2|3)\\d\\d/))][headers]",
                &["$[paths][/a][get][responses][200][headers]"],
            ),
            ("$.paths.*.*.parameters[?(@.in=='query')]", &["$[paths][/a][get][parameters][0]"]),
            (
                "$..parameters[?(@ && @.in && @.in !== \"query\")].name",
                &["$[paths][/a][get][parameters][1][name]"],
            ),
            ("$..parameters[?(@.schema.maxLength > 4)]", &["$[paths][/a][get][parameters][0]"]),
            ("$.components.schemas[?(@.type.length === 2)]~", &["$[components][schemas][dog_x]"]),
            ("$.components.schemas[?(/^[A-Z]/.test(@property))]", &["$[components][schemas][Cat]"]),
            (
                "$.components.schemas[?(@.type === void 0 || @.type.indexOf('a') >= 0)]",
                &["$[components][schemas][dog_x]"],
            ),
            ("$.paths[?(@property.nothing())]", &[]),
            ("$.paths[?(@property[0] ? false : true)]", &["$[paths][/a]"]),
            ("$..parameters[0:1]", &["$[paths][/a][get][parameters][0]"]),
            (
                "$..[?(@.in == 'query' && @parentProperty === 'parameters')]",
                &["$[paths][/a][get][parameters][0]"],
            ),
        ] {
            assert_eq!(found(path), wanted, "{path}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for path in ["paths", "$.a[?(x)]", "$.a[", "$.a[?(@.b", "$.a~.b", "$.a[?(@.b.match(/(/))]"] {
            assert!(Path::parse_spectral(path).is_err(), "{path}");
        }
        let path = Path::parse_spectral("$..default^^").unwrap();
        assert_eq!((path.up, path.keys), (2, false));
    }
}
