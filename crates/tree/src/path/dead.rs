//! Patterns in filters that are no I-Regexp (RFC 9485): `match` and `search` are then false of everything
//! (RFC 9535, 2.4.6), and a rule with such a filter looks at nothing without a word.

use super::expr::{Expr, Operand, Path, Pattern, Query, Segment, Selector};

impl Path {
    /// The literal patterns of its filters that match nothing since they are no I-Regexp.
    #[must_use]
    pub fn dead_patterns(&self) -> Vec<&str> {
        let mut found = Vec::new();
        segments(&self.segments, &mut found);
        found
    }
}

fn segments<'p>(all: &'p [Segment], found: &mut Vec<&'p str>) {
    for selector in all.iter().flat_map(|segment| &segment.selectors) {
        if let Selector::Filter(filter) = selector {
            expression(&filter.expr, found);
        }
    }
}

fn expression<'p>(expr: &'p Expr, found: &mut Vec<&'p str>) {
    match expr {
        Expr::Or(parts) | Expr::And(parts) => parts.iter().for_each(|part| expression(part, found)),
        Expr::Not(inner) => expression(inner, found),
        Expr::Exists(query) => within(query, found),
        Expr::Compare(left, _, right) => {
            operand(left, found);
            operand(right, found);
        }
        Expr::Match { text, pattern, .. } => {
            operand(text, found);
            match pattern {
                Pattern::Fixed(fixed) if fixed.get().is_none() => found.push(fixed.source()),
                Pattern::Fixed(_) => {}
                Pattern::Found(other) => operand(other, found),
            }
        }
    }
}

fn operand<'p>(one: &'p Operand, found: &mut Vec<&'p str>) {
    match one {
        Operand::Literal(_) => {}
        Operand::Query(query) | Operand::Count(query) | Operand::Value(query) | Operand::Key(query) => {
            within(query, found);
        }
        Operand::Length(inner) => operand(inner, found),
    }
}

fn within<'p>(query: &'p Query, found: &mut Vec<&'p str>) {
    segments(&query.segments, found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_matches_nothing_is_named() {
        let dead = |text: &str| Path::parse(text).unwrap().dead_patterns().join(" ");
        assert_eq!(dead("$..a[?search(@.b, '^(?!x)y') && !match(@.c, 'a|b')]"), "^(?!x)y");
        assert_eq!(dead("$[?@.a[?match(@, '\\\\bx')] || count(@.b[?search(@, '(')].c) == 1]"), "\\bx (");
        assert_eq!(dead("$[?search(@.a, '^[a-z]+$')]"), "");
    }
}
