//! Reads an expression, by precedence.

use super::test::Test;
use super::{Node, Operator, Script};
use crate::path::PathError;
use crate::path::lex::Lexer;
use crate::pattern::Pattern;

/// Levels of nesting that an expression may have.
const DEPTH: u32 = 64;

/// Binary operators, longest text first, each with its precedence.
const BINARY: [(&str, Operator, u8); 16] = [
    ("===", Operator::StrictEqual, 3),
    ("!==", Operator::StrictUnequal, 3),
    ("||", Operator::Or, 1),
    ("&&", Operator::And, 2),
    ("==", Operator::Equal, 3),
    ("!=", Operator::Unequal, 3),
    ("<=", Operator::LessOrEqual, 4),
    (">=", Operator::GreaterOrEqual, 4),
    ("<", Operator::Less, 4),
    (">", Operator::Greater, 4),
    ("in ", Operator::In, 4),
    ("+", Operator::Add, 5),
    ("-", Operator::Subtract, 5),
    ("*", Operator::Multiply, 6),
    ("/", Operator::Divide, 6),
    ("%", Operator::Remainder, 6),
];

const KINDS: [&str; 9] =
    ["string", "number", "boolean", "null", "array", "object", "integer", "scalar", "undefined"];

impl Script {
    /// Reads an expression up to where it ends; the lexer stands behind it then.
    pub(in crate::path) fn parse(lexer: &mut Lexer<'_>) -> Result<Self, PathError> {
        let from = lexer.at;
        let mut parser = Parser { lexer: &mut *lexer, depth: 0 };
        let node = parser.choice()?;
        let source = lexer.source[from..lexer.at].to_owned();
        Ok(Self {
            containers_only: node.never_scalar(),
            needs: node.needs(),
            test: Test::of(&node),
            node,
            source,
        })
    }
}

struct Parser<'l, 's> {
    lexer: &'l mut Lexer<'s>,
    depth: u32,
}

impl Parser<'_, '_> {
    fn error<T>(&self, message: impl Into<String>) -> Result<T, PathError> {
        Err(PathError::new(self.lexer.at, message))
    }

    fn space(&mut self) {
        while self.lexer.peek().is_some_and(char::is_whitespace) {
            self.lexer.bump();
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        self.space();
        self.lexer.eat(text)
    }

    fn expect(&mut self, text: &str) -> Result<(), PathError> {
        if self.eat(text) { Ok(()) } else { self.error(format!("`{text}` is expected here")) }
    }

    fn choice(&mut self) -> Result<Node, PathError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.error("the filter is nested too deep");
        }
        let condition = self.binary(1)?;
        let node = if self.eat("?") {
            let yes = self.choice()?;
            self.expect(":")?;
            Node::Choice(Box::new(condition), Box::new(yes), Box::new(self.choice()?))
        } else {
            condition
        };
        self.depth -= 1;
        Ok(node)
    }

    fn binary(&mut self, least: u8) -> Result<Node, PathError> {
        let mut left = self.unary()?;
        loop {
            self.space();
            let rest = self.lexer.rest();
            if rest.starts_with("~=") && least <= 3 {
                self.lexer.at += 2;
                self.space();
                let Some(quote @ ('\'' | '"')) = self.lexer.peek() else {
                    return self.error("a text is expected behind `~=`");
                };
                let source = self.text(quote)?;
                let pattern = Pattern::new(&source)
                    .map_err(|error| PathError::new(self.lexer.at, error.to_string()))?;
                left = Node::Matches(Box::new(left), pattern);
                continue;
            }
            let found = BINARY.iter().find(|(text, _, level)| rest.starts_with(text) && *level >= least);
            let Some(&(text, operator, level)) = found else { return Ok(left) };
            self.lexer.at += text.len();
            left = Node::Binary(operator, Box::new(left), Box::new(self.binary(level + 1)?));
        }
    }

    fn unary(&mut self) -> Result<Node, PathError> {
        self.space();
        if self.lexer.rest().starts_with('!') && !self.lexer.rest().starts_with("!=") {
            self.lexer.at += 1;
            return Ok(Node::Not(Box::new(self.unary()?)));
        }
        if self.lexer.eat("-") {
            return Ok(Node::Negative(Box::new(self.unary()?)));
        }
        if self.lexer.eat("void ") {
            self.unary()?;
            return Ok(Node::Undefined);
        }
        if self.lexer.eat("typeof ") {
            return Ok(Node::TypeOf(Box::new(self.unary()?)));
        }
        let node = self.primary()?;
        self.members(node)
    }

    fn members(&mut self, mut node: Node) -> Result<Node, PathError> {
        loop {
            if self.lexer.eat("?.") || self.lexer.eat(".") {
                let name = self.name();
                if name.is_empty() {
                    return self.error("a name is expected behind the dot");
                }
                node = if self.lexer.eat("(") {
                    Node::Call(Box::new(node), name, self.list(")")?)
                } else {
                    Node::Member(Box::new(node), Box::new(Node::Text(name)))
                };
            } else if self.lexer.eat("[") {
                let key = self.choice()?;
                self.expect("]")?;
                node = Node::Member(Box::new(node), Box::new(key));
            } else {
                return Ok(node);
            }
        }
    }

    fn name(&mut self) -> String {
        let rest = self.lexer.rest();
        let end = rest
            .find(|char: char| !char.is_alphanumeric() && char != '_' && char != '$')
            .unwrap_or(rest.len());
        self.lexer.at += end;
        rest[..end].to_owned()
    }

    fn list(&mut self, close: &str) -> Result<Vec<Node>, PathError> {
        let mut found = Vec::new();
        while !self.eat(close) {
            found.push(self.choice()?);
            if !self.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(found)
    }

    fn primary(&mut self) -> Result<Node, PathError> {
        match self.lexer.peek() {
            Some('(') => {
                self.lexer.bump();
                let node = self.choice()?;
                self.expect(")")?;
                Ok(node)
            }
            Some('[') => {
                self.lexer.bump();
                Ok(Node::List(self.list("]")?))
            }
            Some(quote @ ('\'' | '"')) => self.text(quote).map(Node::Text),
            Some('/') => self.regex(),
            Some('@') => self.at(),
            Some('$') => {
                self.lexer.bump();
                Ok(Node::Root)
            }
            Some(digit) if digit.is_ascii_digit() => {
                let rest = self.lexer.rest();
                let end = rest
                    .find(|char: char| !char.is_ascii_alphanumeric() && char != '.')
                    .unwrap_or(rest.len());
                self.lexer.at += end;
                rest[..end].parse().map(Node::Number).or_else(|_| self.error("this is no number"))
            }
            _ => {
                let at = self.lexer.at;
                match self.name().as_str() {
                    "true" => Ok(Node::Bool(true)),
                    "false" => Ok(Node::Bool(false)),
                    "null" => Ok(Node::Null),
                    "undefined" => Ok(Node::Undefined),
                    "index" => Ok(Node::Property),
                    name => {
                        self.lexer.at = at;
                        self.error(if name.is_empty() {
                            "a value is expected here".to_owned()
                        } else {
                            format!("`{name}` is not known in filters")
                        })
                    }
                }
            }
        }
    }

    fn at(&mut self) -> Result<Node, PathError> {
        self.lexer.bump();
        let name = self.name();
        let kind = KINDS.iter().find(|kind| **kind == name);
        if let Some(kind) = kind
            && self.lexer.eat("()")
        {
            return Ok(Node::IsKind(kind));
        }
        match name.as_str() {
            "" => Ok(Node::Here),
            "property" => Ok(Node::Property),
            "parent" => Ok(Node::Parent),
            "parentProperty" => Ok(Node::ParentProperty),
            "root" => Ok(Node::Root),
            "path" => Ok(Node::Path),
            other => self.error(format!("`@{other}` is not known in filters")),
        }
    }

    fn text(&mut self, quote: char) -> Result<String, PathError> {
        self.lexer.bump();
        let mut found = String::new();
        loop {
            match self.lexer.bump() {
                None => return self.error("the text is not closed"),
                Some(char) if char == quote => return Ok(found),
                Some('\\') => match self.lexer.bump() {
                    Some('n') => found.push('\n'),
                    Some('t') => found.push('\t'),
                    Some(char) => found.push(char),
                    None => return self.error("the text is not closed"),
                },
                Some(char) => found.push(char),
            }
        }
    }

    fn regex(&mut self) -> Result<Node, PathError> {
        let start = self.lexer.at;
        self.lexer.bump();
        let mut in_class = false;
        loop {
            match self.lexer.bump() {
                None => return self.error("the regular expression is not closed"),
                Some('\\') => {
                    self.lexer.bump();
                }
                Some('[') => in_class = true,
                Some(']') => in_class = false,
                Some('/') if !in_class => break,
                Some(_) => {}
            }
        }
        while self.lexer.peek().is_some_and(|char| char.is_ascii_lowercase()) {
            self.lexer.bump();
        }
        let source = &self.lexer.source[start..self.lexer.at];
        Pattern::new(source)
            .map(Node::Regex)
            .map_err(|error| PathError::new(start, format!("the regular expression cannot be read: {error}")))
    }
}
