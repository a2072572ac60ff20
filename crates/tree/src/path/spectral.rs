//! Spectral's dialect of JSONPath, as its rulesets write it: names without quotes, unions of them, `~`
//! for keys, `^` for parents, filters of JavaScript. Spectral reads a path by the grammar of nimma 0.2
//! and, where that fails, by jsonpath-plus, which cuts it into tokens; so does this. It compiles to the
//! same form as RFC 9535.

use super::expr::{Path, Segment, Selector};
use super::lex::{Lexer, PathError};
use super::script::Script;
use std::sync::Arc;

/// What a token of a path says.
enum Token {
    /// Children, or descendants.
    Segment(Segment),
    Keys,
    Up,
    /// `..` at the end: what is reached, and every object and array below it.
    Containers,
}

impl Path {
    /// Reads a path of Spectral's dialect. One path may stand for several.
    ///
    /// # Errors
    /// Where it cannot be read; the message says what is not known.
    pub fn parse_spectral(source: &str) -> Result<Vec<Self>, PathError> {
        if !source.starts_with('$') {
            return Err(PathError::new(0, "a path begins with `$`"));
        }
        // Not the root, but a name that begins so.
        if !source[1..].is_empty() && !source[1..].starts_with(['.', '[', '~', '^']) {
            let selectors = vec![Selector::Name(source.to_owned())];
            return Ok(vec![path(
                vec![Segment { descendant: false, selectors, words: false }],
                false,
                0,
                None,
            )]);
        }
        let tokens = match strict(source)? {
            Some(tokens) => tokens,
            None => loose(source)?,
        };
        assemble(tokens)
    }
}

/// Segments up to the first modifier, the modifiers, and what follows them.
fn assemble(tokens: Vec<Token>) -> Result<Vec<Path>, PathError> {
    let mut segments = Vec::new();
    let (mut keys, mut up, mut containers) = (false, 0, false);
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Segment(segment) => segments.push(segment),
            // Keys of keys are keys.
            Token::Keys => keys = true,
            Token::Up => up += u32::from(!keys),
            Token::Containers => containers = true,
        }
        let behind = matches!(tokens.peek(), Some(Token::Segment(_) | Token::Containers));
        if behind && keys {
            // Below a key there is nothing.
            return Ok(Vec::new());
        }
        if behind && up > 0 {
            let rest = assemble(tokens.collect())?;
            return Ok(rest
                .into_iter()
                .map(|then| path(segments.clone(), false, up, Some(Arc::new(then))))
                .collect());
        }
    }
    if !containers {
        return Ok(vec![path(segments, keys, up, None)]);
    }
    let mut below = segments.clone();
    let script = Script::parse(&mut Lexer::new("@object()"))?;
    below.push(Segment {
        descendant: true,
        selectors: vec![Selector::Script(Arc::new(script))],
        words: false,
    });
    Ok(vec![path(segments, keys, up, None), path(below, keys, up, None)])
}

fn path(segments: Vec<Segment>, keys: bool, up: u32, then: Option<Arc<Path>>) -> Path {
    let asks = |selector: &Selector| matches!(selector, Selector::Script(script) if script.asks_routes());
    let routes = segments.iter().flat_map(|segment| &segment.selectors).any(asks)
        || then.as_ref().is_some_and(|then| then.routes);
    Path { segments: segments.into(), keys, up, then, routes: routes || up > 1 }
}

/// Reads by nimma's grammar; `None` where that does not fit.
fn strict(source: &str) -> Result<Option<Vec<Token>>, PathError> {
    let mut lexer = Lexer::new(&source[1..]);
    let mut tokens = Vec::new();
    if let Some(modifiers) = lexer.rest().strip_prefix("..")
        && modifiers.chars().all(|char| matches!(char, '~' | '^'))
    {
        tokens.push(Token::Containers);
        tokens.extend(modifiers.chars().map(|char| if char == '~' { Token::Keys } else { Token::Up }));
        return Ok(Some(tokens));
    }
    while let Some(next) = lexer.peek() {
        match next {
            '~' => tokens.push(Token::Keys),
            '^' => tokens.push(Token::Up),
            _ if matches!(tokens.last(), Some(Token::Keys | Token::Up)) => return Ok(None),
            _ => {
                let Some(segment) = segment(&mut lexer)? else { return Ok(None) };
                tokens.push(Token::Segment(segment));
                continue;
            }
        }
        lexer.bump();
    }
    Ok(Some(tokens))
}

fn segment(lexer: &mut Lexer<'_>) -> Result<Option<Segment>, PathError> {
    let mut descendant = lexer.eat("..");
    let dot = descendant || lexer.eat(".");
    // A dot before a bracket is a descent, as two are.
    descendant |= dot && lexer.peek() == Some('[');
    let selectors = match lexer.peek() {
        Some('[') => bracketed(lexer)?,
        Some('*') if dot => {
            lexer.bump();
            Some(vec![Selector::Wildcard])
        }
        _ if dot => name(lexer).map(|name| named(&name)),
        _ => None,
    };
    Ok(selectors.map(|selectors| Segment { descendant, selectors, words: false }))
}

/// A name as nimma reads it without quotes.
fn name(lexer: &mut Lexer<'_>) -> Option<String> {
    let rest = lexer.rest();
    let end = rest
        .find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '_' | '$' | '-'))
        .unwrap_or(rest.len());
    lexer.at += end;
    (end > 0).then(|| rest[..end].to_owned())
}

/// A name, and the index that it may be.
fn named(name: &str) -> Vec<Selector> {
    let mut selectors = vec![Selector::Name(name.to_owned())];
    if name.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(index) = name.parse()
    {
        selectors.push(Selector::Index(index));
    }
    selectors
}

fn bracketed(lexer: &mut Lexer<'_>) -> Result<Option<Vec<Selector>>, PathError> {
    let rest = &lexer.rest()[1..];
    if let Some(inside) = rest.strip_prefix("?(") {
        let mut filter = Lexer::new(inside);
        let script = Script::parse(&mut filter)?;
        while filter.peek().is_some_and(|char| char == ' ') {
            filter.bump();
        }
        if !filter.eat(")]") {
            return Err(PathError::new(
                lexer.source.len() - filter.rest().len(),
                "the filter does not end here: `)]` is expected",
            ));
        }
        lexer.at = lexer.source.len() - filter.rest().len();
        // A filter that asks for a key alone is a name.
        if let Some(key) = script.only_key() {
            return Ok(Some(vec![Selector::Name(key.to_owned())]));
        }
        return Ok(Some(vec![Selector::Script(Arc::new(script))]));
    }
    let Some(end) = closing(rest) else { return Ok(None) };
    let inside = &rest[..end];
    let Some(selectors) = inner(inside) else { return Ok(None) };
    lexer.at += end + 2;
    Ok(Some(selectors))
}

/// Where a bracket ends: quotes are respected.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (None, ']') => return Some(at),
            (None, '\'' | '"') => quote = Some(char),
            (Some(open), char) if open == char => quote = None,
            _ => {}
        }
    }
    None
}

/// What nimma reads in brackets beside filters: `*`, names with and without quotes, indexes, slices,
/// `(@.length-1)`.
fn inner(text: &str) -> Option<Vec<Selector>> {
    if text == "*" {
        return Some(vec![Selector::Wildcard]);
    }
    if let Some(back) = text.strip_prefix("(@.length-").and_then(|rest| rest.strip_suffix(')')) {
        let back: i64 = back.trim().parse().ok()?;
        return Some(vec![Selector::Slice { start: Some(-back), end: None, step: 1 }]);
    }
    if text.contains(':') && text.chars().all(|char| char.is_ascii_digit() || matches!(char, ':' | '-')) {
        let parts: Vec<Option<i64>> = text.split(':').map(|part| part.parse().ok()).collect();
        if parts.len() > 3 {
            return None;
        }
        // A step back is read as a step: nimma walks forwards whatever it is.
        let step = parts.get(2).copied().flatten().map_or(1, i64::abs);
        return Some(vec![Selector::Slice { start: parts[0], end: parts.get(1).copied().flatten(), step }]);
    }
    let mut selectors = Vec::new();
    let mut rest = text;
    loop {
        if let Some(quote @ ('\'' | '"')) = rest.chars().next() {
            let end = rest[1..].find(quote)?;
            let name = &rest[1..=end];
            if name.contains('\\') {
                return None;
            }
            selectors.extend(named(name));
            rest = &rest[end + 2..];
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let name = &rest[..end];
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-'))
            {
                return None;
            }
            selectors.extend(named(name));
            rest = &rest[end..];
        }
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None if rest.is_empty() => return Some(selectors),
            None => return None,
        }
    }
}

/// jsonpath-plus cuts a path at dots and brackets, whatever stands between them.
fn loose(source: &str) -> Result<Vec<Token>, PathError> {
    let mut tokens = Vec::new();
    let mut lexer = Lexer::new(&source[1..]);
    let mut descendant = false;
    while let Some(next) = lexer.peek() {
        match next {
            '~' => {
                lexer.bump();
                tokens.push(Token::Keys);
            }
            '^' => {
                lexer.bump();
                tokens.push(Token::Up);
            }
            '.' => {
                lexer.bump();
                if lexer.peek() == Some('.') {
                    lexer.bump();
                    if lexer.rest().is_empty() {
                        tokens.push(Token::Containers);
                    }
                    // Three dots are one descent and a name that nothing has.
                    if lexer.peek() == Some('.') {
                        return Ok(vec![Token::Segment(Segment {
                            descendant: false,
                            words: false,
                            selectors: vec![Selector::Name(source.to_owned())],
                        })]);
                    }
                    descendant = true;
                }
            }
            '[' => {
                let selectors = if lexer.rest().starts_with("[?(") || lexer.rest().starts_with("[(") {
                    match bracketed(&mut lexer)? {
                        Some(selectors) => selectors,
                        None => {
                            return Err(PathError::new(
                                lexer.at + 1,
                                "the expression in brackets cannot be read",
                            ));
                        }
                    }
                } else {
                    lexer.bump();
                    let rest = lexer.rest();
                    let end = closing(rest).unwrap_or(rest.len());
                    let inside = &rest[..end];
                    lexer.at += (end + 1).min(rest.len());
                    if inside.is_empty() {
                        continue;
                    }
                    in_brackets(inside)
                };
                tokens.push(Token::Segment(Segment { descendant, selectors, words: false }));
                descendant = false;
            }
            _ => {
                let rest = lexer.rest();
                let end = rest.find(['.', '[', '~', '^']).unwrap_or(rest.len());
                let token = &rest[..end];
                lexer.at += end;
                // Quotes beside a dot are cut off with it; at the end single ones only.
                let token = token.strip_prefix(['\'', '"']).unwrap_or(token);
                let token = if rest[end..].starts_with('.') {
                    token.strip_suffix(['\'', '"']).unwrap_or(token)
                } else {
                    token.strip_suffix('\'').unwrap_or(token)
                };
                let selectors = if token == "*" { vec![Selector::Wildcard] } else { named(token) };
                tokens.push(Token::Segment(Segment { descendant, selectors, words: false }));
                descendant = false;
            }
        }
    }
    Ok(tokens)
}

/// A quoted name, or names with commas between them, blanks and all.
fn in_brackets(inside: &str) -> Vec<Selector> {
    if let Some(selectors) = inner(inside) {
        return selectors;
    }
    let quoted = |quote: char| inside.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(name) = quoted('\'').or_else(|| quoted('"')) {
        return named(name);
    }
    inside.split(',').flat_map(named).collect()
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
        let set = PathSet::new(&Path::parse_spectral(path).unwrap());
        let root = NodeRef { doc: 0, node: document.root().unwrap() };
        let mut found = Vec::new();
        let mut sink = |hit: super::super::Hit, _: &super::super::Trail| {
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
            ("$.paths.[headers]", &["$[paths][/a][get][responses][200][headers]"]),
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
            ("$.paths[?(@property[0] ? true : false)]", &["$[paths][/a]"]),
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
        for path in ["paths", "$.a[?(x)]", "$.a[?(@.b", "$.a[?(@.b.match(/(/))]"] {
            assert!(Path::parse_spectral(path).is_err(), "{path}");
        }
        let path = &Path::parse_spectral("$..default^^").unwrap()[0];
        assert_eq!((path.up, path.keys), (2, false));
        let path = &Path::parse_spectral("$..default^.x").unwrap()[0];
        assert!(path.then.is_some());
        assert!(Path::parse_spectral("$.a~.b").unwrap().is_empty());
    }
}
