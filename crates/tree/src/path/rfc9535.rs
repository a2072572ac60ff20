//! The grammar of RFC 9535, with its rules for well-typed functions (2.4.3).

use super::expr::{
    Comparison, Expr, Filter, Fixed, Literal, Operand, Path, Pattern, Query, Segment, Selector,
};
use super::lex::{Lexer, PathError};
use super::needs::Needs;
use std::sync::Arc;

/// Nesting of parentheses and filters in a path.
const DEEPEST: usize = 64;

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// Where the text is no path of RFC 9535.
    pub fn parse(source: &str) -> Result<Self, PathError> {
        let mut parser = Parser { lexer: Lexer::new(source), depth: 0 };
        if !parser.lexer.eat("$") {
            return Err(parser.lexer.error("a path begins with `$`"));
        }
        let segments = parser.segments()?;
        if !parser.lexer.rest().is_empty() {
            let error = parser.lexer.error("this is no part of a path");
            return Err(match parser.lexer.peek() {
                Some('^' | '~') => {
                    error.with_hint("`~` and `^` are Spectral's; in a native rule use `then.field`.")
                }
                Some(char) if char.is_whitespace() => error.with_hint("Remove the white space at the end."),
                _ => error,
            });
        }
        Ok(Self { segments: segments.into(), keys: false, up: 0, then: None, routes: false })
    }
}

struct Parser<'s> {
    lexer: Lexer<'s>,
    depth: usize,
}

impl Parser<'_> {
    fn segments(&mut self) -> Result<Vec<Segment>, PathError> {
        let mut segments = Vec::new();
        loop {
            let before = self.lexer.at;
            self.lexer.space();
            if self.lexer.eat("..") {
                let selectors = match self.lexer.peek() {
                    Some('[') => self.bracketed()?,
                    _ => vec![self.dotted()?],
                };
                segments.push(Segment { descendant: true, selectors, words: false });
            } else if self.lexer.eat(".") {
                segments.push(Segment { descendant: false, selectors: vec![self.dotted()?], words: false });
            } else if self.lexer.peek() == Some('[') {
                segments.push(Segment { descendant: false, selectors: self.bracketed()?, words: false });
            } else {
                self.lexer.at = before;
                return Ok(segments);
            }
        }
    }

    fn dotted(&mut self) -> Result<Selector, PathError> {
        if self.lexer.eat("*") {
            return Ok(Selector::Wildcard);
        }
        match self.lexer.shorthand() {
            Some(name) => Ok(Selector::Name(name.to_owned())),
            None => Err(self
                .lexer
                .error("a member's name or `*` is expected after the dot")
                .with_hint("Names with other characters stand in brackets and quotes: ['x-name'].")),
        }
    }

    fn bracketed(&mut self) -> Result<Vec<Selector>, PathError> {
        self.lexer.expect("[")?;
        let mut selectors = Vec::new();
        loop {
            self.lexer.space();
            selectors.push(self.selector()?);
            self.lexer.space();
            if self.lexer.eat("]") {
                return Ok(selectors);
            }
            self.lexer.expect(",")?;
        }
    }

    fn selector(&mut self) -> Result<Selector, PathError> {
        match self.lexer.peek() {
            Some('\'' | '"') => Ok(Selector::Name(self.lexer.string()?)),
            Some('*') => {
                self.lexer.bump();
                Ok(Selector::Wildcard)
            }
            Some('?') => {
                self.lexer.bump();
                self.lexer.space();
                let (text, start) = (self.lexer.rest(), self.lexer.at);
                let expr = self.or()?;
                let source = text[..self.lexer.at - start].to_owned();
                let needs = Needs::of(&expr);
                Ok(Selector::Filter(Arc::new(Filter { source, expr, needs })))
            }
            Some(':' | '-' | '0'..='9') => self.index_or_slice(),
            _ => Err(self
                .lexer
                .error("a selector is expected here")
                .with_hint("Names in brackets stand in quotes: ['name'].")),
        }
    }

    fn index_or_slice(&mut self) -> Result<Selector, PathError> {
        let start = self.lexer.integer()?;
        let before = self.lexer.at;
        self.lexer.space();
        if !self.lexer.eat(":") {
            self.lexer.at = before;
            return start.map(Selector::Index).ok_or_else(|| self.lexer.error("an index is expected here"));
        }
        self.lexer.space();
        let end = self.lexer.integer()?;
        let before = self.lexer.at;
        self.lexer.space();
        let mut step = 1;
        if self.lexer.eat(":") {
            let after = self.lexer.at;
            self.lexer.space();
            match self.lexer.integer()? {
                Some(given) => step = given,
                None => self.lexer.at = after,
            }
        } else {
            self.lexer.at = before;
        }
        Ok(Selector::Slice { start, end, step })
    }

    fn deeper(&mut self) -> Result<(), PathError> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(self.lexer.error("the path is nested too deeply")) } else { Ok(()) }
    }

    fn or(&mut self) -> Result<Expr, PathError> {
        self.deeper()?;
        let mut parts = vec![self.and()?];
        loop {
            let before = self.lexer.at;
            self.lexer.space();
            if !self.lexer.eat("||") {
                self.lexer.at = before;
                break;
            }
            self.lexer.space();
            parts.push(self.and()?);
        }
        self.depth -= 1;
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Or(parts) })
    }

    fn and(&mut self) -> Result<Expr, PathError> {
        let mut parts = vec![self.basic()?];
        loop {
            let before = self.lexer.at;
            self.lexer.space();
            if !self.lexer.eat("&&") {
                self.lexer.at = before;
                break;
            }
            self.lexer.space();
            parts.push(self.basic()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::And(parts) })
    }

    fn basic(&mut self) -> Result<Expr, PathError> {
        if self.lexer.rest().starts_with('!') && !self.lexer.rest().starts_with("!=") {
            self.lexer.bump();
            self.lexer.space();
            if self.lexer.peek() == Some('(') {
                return Ok(Expr::Not(Box::new(self.parenthesised()?)));
            }
            let start = self.lexer.at;
            let term = self.term()?;
            return Ok(Expr::Not(Box::new(Self::test(term, start)?)));
        }
        if self.lexer.peek() == Some('(') {
            return self.parenthesised();
        }
        let start = self.lexer.at;
        let left = self.term()?;
        let before = self.lexer.at;
        self.lexer.space();
        let comparison = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ]
        .into_iter()
        .find(|(sign, _)| self.lexer.eat(sign));
        let Some((_, comparison)) = comparison else {
            self.lexer.at = before;
            return Self::test(left, start);
        };
        let left = Self::comparable(left, start)?;
        self.lexer.space();
        let start = self.lexer.at;
        let right = self.term()?;
        let right = Self::comparable(right, start)?;
        Ok(Expr::Compare(left, comparison, right))
    }

    fn parenthesised(&mut self) -> Result<Expr, PathError> {
        self.lexer.expect("(")?;
        self.lexer.space();
        let inner = self.or()?;
        self.lexer.space();
        self.lexer.expect(")")?;
        Ok(inner)
    }

    /// A test of its own: a query that finds something, or a function that says yes or no.
    fn test(term: Term, at: usize) -> Result<Expr, PathError> {
        match term {
            Term::Logical(expr) => Ok(expr),
            Term::Query(query) => Ok(Expr::Exists(query)),
            Term::Operand(_) => {
                Err(PathError::new(at, "a value alone is no test; compare it with something"))
            }
        }
    }

    fn comparable(term: Term, at: usize) -> Result<Operand, PathError> {
        match term {
            Term::Operand(operand) => Ok(operand),
            Term::Query(query) if query.is_singular() => Ok(Operand::Query(query)),
            Term::Query(_) => {
                Err(PathError::new(at, "only a query that finds one node at most can be compared")
                    .with_hint("count(...) or value(...) may be what you want."))
            }
            Term::Logical(_) => {
                Err(PathError::new(at, "this function says yes or no; it cannot be compared"))
            }
        }
    }

    fn term(&mut self) -> Result<Term, PathError> {
        match self.lexer.peek() {
            Some('\'' | '"') => Ok(Term::Operand(Operand::Literal(Literal::String(self.lexer.string()?)))),
            Some(sign @ ('@' | '$')) => {
                self.lexer.bump();
                self.deeper()?;
                let segments = self.segments()?;
                self.depth -= 1;
                Ok(Term::Query(Query { absolute: sign == '$', segments }))
            }
            Some('-' | '0'..='9') => Ok(Term::Operand(Operand::Literal(Literal::Number(self.number()?)))),
            Some('a'..='z') => self.word(),
            _ => Err(self.lexer.error("a value, a query or a function is expected here")),
        }
    }

    fn number(&mut self) -> Result<String, PathError> {
        let text = self.lexer.rest();
        let length = crate::document::json::number_length(text.as_bytes())
            .or_else(|| text.starts_with("-0").then_some(2))
            .ok_or_else(|| self.lexer.error("this is no number"))?;
        self.lexer.at += length;
        Ok(text[..length].to_owned())
    }

    fn word(&mut self) -> Result<Term, PathError> {
        let start = self.lexer.at;
        let text = self.lexer.rest();
        let end = text
            .find(|char: char| !(char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_'))
            .unwrap_or(text.len());
        let word = &text[..end];
        self.lexer.at += end;
        let literal = match word {
            "true" => Some(Literal::Bool(true)),
            "false" => Some(Literal::Bool(false)),
            "null" => Some(Literal::Null),
            _ => None,
        };
        if let Some(literal) = literal {
            return Ok(Term::Operand(Operand::Literal(literal)));
        }
        if !self.lexer.eat("(") {
            return Err(PathError::new(start, format!("`{word}` is no value; strings stand in quotes")));
        }
        self.deeper()?;
        let arguments = self.arguments()?;
        self.depth -= 1;
        function(word, arguments, start)
    }

    fn arguments(&mut self) -> Result<Vec<(Term, usize)>, PathError> {
        let mut arguments = Vec::new();
        self.lexer.space();
        if self.lexer.eat(")") {
            return Ok(arguments);
        }
        loop {
            self.lexer.space();
            let start = self.lexer.at;
            // An argument may be a whole expression; none of the functions takes one.
            let term = self.term()?;
            arguments.push((term, start));
            self.lexer.space();
            if self.lexer.eat(")") {
                return Ok(arguments);
            }
            self.lexer.expect(",")?;
        }
    }
}

/// What a part of an expression is.
enum Term {
    Operand(Operand),
    Query(Query),
    Logical(Expr),
}

fn function(name: &str, arguments: Vec<(Term, usize)>, start: usize) -> Result<Term, PathError> {
    let count = arguments.len();
    let mut arguments = arguments.into_iter();
    let mut next =
        || arguments.next().ok_or_else(|| PathError::new(start, format!("{name} needs another argument")));
    let wanted = match name {
        "length" | "count" | "value" | "key" => 1,
        "match" | "search" => 2,
        _ => {
            return Err(PathError::new(start, format!("there is no function `{name}`"))
                .with_hint("Functions: length, count, key, match, search, value."));
        }
    };
    if count != wanted {
        return Err(PathError::new(
            start,
            format!("{name} takes {wanted} argument{}", if wanted == 1 { "" } else { "s" }),
        ));
    }
    let value = |(term, at): (Term, usize)| Parser::comparable(term, at);
    let nodes = |(term, at): (Term, usize)| match term {
        Term::Query(query) => Ok(query),
        _ => Err(PathError::new(at, format!("{name} takes a query"))),
    };
    Ok(match name {
        "length" => Term::Operand(Operand::Length(Box::new(value(next()?)?))),
        "count" => Term::Operand(Operand::Count(nodes(next()?)?)),
        "value" => Term::Operand(Operand::Value(nodes(next()?)?)),
        // Beside those of RFC 9535, which has no way to ask for a name.
        "key" => {
            let (term, at) = next()?;
            let query = nodes((term, at))?;
            if !query.is_singular() {
                return Err(PathError::new(at, "key takes a query that finds one node at most"));
            }
            Term::Operand(Operand::Key(query))
        }
        _ => {
            let text = value(next()?)?;
            let pattern = match value(next()?)? {
                Operand::Literal(Literal::String(source)) => Pattern::Fixed(Arc::new(Fixed::new(source))),
                other => Pattern::Found(other),
            };
            Term::Logical(Expr::Match { text, pattern, whole: name == "match" })
        }
    })
}
