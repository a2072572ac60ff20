//! A ruleset's or a pack's file as lints see it: rules, paths, checks and regular expressions, each with
//! its place, whatever else is wrong with the file.

use super::super::formats;
use super::super::ruleset::Definition;
use super::Setting;
use crate::standard::Authorities;
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::text::Span;
use std::path::Path;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Spectral,
    Native,
}

/// A rule as it stands in the file.
pub(super) struct Rule<'d> {
    pub name: &'d str,
    /// The member of `rules`.
    pub node: NodeId,
    /// It stands in the override of that number.
    pub over: Option<usize>,
    /// Its paths: texts.
    pub given: Vec<NodeId>,
    /// Its checks: objects.
    pub then: Vec<NodeId>,
}

/// A file with what lints need to know of it.
pub(super) struct Subject<'d> {
    pub path: &'d Path,
    pub document: &'d Document,
    pub form: Form,
    pub root: Option<NodeId>,
    pub rules: Vec<Rule<'d>>,
    /// The ruleset, read and with what it extends, where it could be.
    pub definition: Option<&'d Definition>,
    pub authorities: &'d Authorities,
}

/// Where a regular expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// `match` of `pattern`.
    Match,
    /// `notMatch` of `pattern`.
    NotMatch,
    /// `pattern` of a JSON Schema.
    Schema,
    /// A pattern in a filter of a path.
    Filter,
}

/// A regular expression of a rule.
pub(super) struct Expression<'d> {
    pub node: NodeId,
    pub text: &'d str,
    pub used: Use,
}

/// The names that a ruleset extends.
pub(super) fn extends(document: &Document, root: NodeId) -> Vec<&str> {
    let Some(node) = document.get(root, "extends") else { return Vec::new() };
    if let Some(name) = document.str(node) {
        return vec![name];
    }
    let name = |item: NodeId| {
        document.str(item).or_else(|| document.item(item, 0).and_then(|first| document.str(first)))
    };
    document.items(node).filter_map(name).collect()
}

impl<'d> Subject<'d> {
    pub(super) fn new(
        path: &'d Path,
        document: &'d Document,
        form: Form,
        definition: Option<&'d Definition>,
        setting: &Setting<'d>,
    ) -> Self {
        let root = document.root().filter(|&root| document.kind(root) == Kind::Object);
        let mut subject = Self {
            path,
            document,
            form,
            root,
            rules: Vec::new(),
            definition,
            authorities: setting.authorities,
        };
        let Some(root) = root else { return subject };
        // Files of a pack's rules are maps of rules themselves.
        let whole = form == Form::Native && subject.member(root, "pack").is_none();
        let rules = if whole { Some(root) } else { subject.member(root, "rules") };
        if let Some(rules) = rules {
            subject.add(rules, None);
        }
        if form == Form::Spectral {
            for (index, over) in subject.items(root, "overrides").into_iter().enumerate() {
                if let Some(rules) = document.get(over, "rules") {
                    subject.add(rules, Some(index));
                }
            }
        }
        subject
    }

    fn add(&mut self, rules: NodeId, over: Option<usize>) {
        let document = self.document;
        let rules = document.resolve(rules);
        if document.kind(rules) != Kind::Object {
            return;
        }
        for node in document.children(rules) {
            let Some(name) = document.key(node) else { continue };
            let body = document.resolve(node);
            let one_or_many = |key: &str| -> Vec<NodeId> {
                match document.get(body, key) {
                    Some(value) if document.kind(value) == Kind::Array => document.items(value).collect(),
                    Some(value) => vec![value],
                    None => Vec::new(),
                }
            };
            let (mut given, mut then) = (Vec::new(), Vec::new());
            if document.kind(body) == Kind::Object {
                given = one_or_many("given").into_iter().filter(|&one| document.str(one).is_some()).collect();
                then = one_or_many("then");
                then.retain(|&one| document.kind(one) == Kind::Object);
            }
            self.rules.push(Rule { name, node, over, given, then });
        }
    }

    /// Whether the whole file could be parsed.
    pub(super) fn whole(&self) -> bool {
        self.document.problems().iter().all(|problem| problem.code == "duplicate-key")
    }

    pub(super) fn member(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.document.get(node, key)
    }

    /// The text of a member.
    pub(super) fn text(&self, node: NodeId, key: &str) -> Option<&'d str> {
        self.document.str(self.member(node, key)?)
    }

    /// The elements of a member that is a list.
    pub(super) fn items(&self, node: NodeId, key: &str) -> Vec<NodeId> {
        match self.member(node, key) {
            Some(list) if self.document.kind(list) == Kind::Array => self.document.items(list).collect(),
            _ => Vec::new(),
        }
    }

    /// Where a member's key stands.
    pub(super) fn key(&self, node: NodeId) -> Span {
        super::key_of(self.document, node)
    }

    /// Where a part of a text stands; the whole text where it is written with escapes.
    pub(super) fn within(&self, node: NodeId, part: &str) -> Span {
        let node = self.document.resolve(node);
        let span = self.document.span(node);
        match self.document.raw(node).find(part).filter(|_| !part.is_empty()) {
            Some(at) => {
                let start = span.start + u32::try_from(at).unwrap_or_default();
                Span::new(start, start + u32::try_from(part.len()).unwrap_or_default())
            }
            None => span,
        }
    }

    /// The members of an object as they stand, twice where a key stands twice.
    pub(super) fn children(&self, node: NodeId) -> Vec<(&'d str, NodeId)> {
        let node = self.document.resolve(node);
        if self.document.kind(node) != Kind::Object {
            return Vec::new();
        }
        let document = self.document;
        document.children(node).filter_map(|child| Some((document.key(child)?, child))).collect()
    }

    /// The formats that a rule is for, by their names; none where nothing names any.
    pub(super) fn formats(&self, rule: &Rule<'d>) -> Vec<&'static str> {
        let document = self.document;
        let at = |node: NodeId| -> Vec<&'static str> {
            self.items(node, "formats")
                .into_iter()
                .filter_map(|name| document.str(name).and_then(formats::find))
                .collect()
        };
        let own = at(document.resolve(rule.node));
        if !own.is_empty() {
            return own;
        }
        self.root.map(at).unwrap_or_default()
    }

    /// Paths of aliases: the alias's name, the path, and the formats of its target where it has some.
    pub(super) fn alias_paths(&self) -> Vec<(&'d str, NodeId, Option<Vec<&'static str>>)> {
        let mut found = Vec::new();
        for (name, alias) in self.aliases() {
            let value = self.document.resolve(alias);
            if self.document.kind(value) == Kind::Array {
                found.extend(self.document.items(value).map(|path| (name, path, None)));
            }
            for target in self.items(value, "targets") {
                let formats = self.items(target, "formats");
                let formats: Vec<_> = formats
                    .into_iter()
                    .filter_map(|one| self.document.str(one).and_then(formats::find))
                    .collect();
                let given = self.items(target, "given");
                found.extend(given.into_iter().map(|path| (name, path, Some(formats.clone()))));
            }
        }
        found.retain(|(_, path, _)| self.document.str(*path).is_some());
        found
    }

    /// The aliases of the file, those of overrides among them.
    pub(super) fn aliases(&self) -> Vec<(&'d str, NodeId)> {
        let Some(root) = self.root.filter(|_| self.form == Form::Spectral) else { return Vec::new() };
        let mut homes = vec![root];
        homes.extend(self.items(root, "overrides"));
        homes
            .into_iter()
            .filter_map(|home| self.member(home, "aliases"))
            .flat_map(|aliases| self.children(aliases))
            .collect()
    }

    /// Every path of the file, those of aliases too.
    pub(super) fn paths(&self) -> Vec<(NodeId, &'d str)> {
        let rules = self.rules.iter().flat_map(|rule| rule.given.iter().copied());
        let aliases = self.alias_paths().into_iter().map(|(_, path, _)| path);
        rules.chain(aliases).filter_map(|node| Some((node, self.document.str(node)?))).collect()
    }

    /// Every check: its rule and its object.
    pub(super) fn checks(&self) -> impl Iterator<Item = (&Rule<'d>, NodeId)> + '_ {
        self.rules.iter().flat_map(|rule| rule.then.iter().map(move |&then| (rule, then)))
    }

    /// The name of a check's function.
    pub(super) fn function(&self, then: NodeId) -> Option<(&'d str, NodeId)> {
        let node = self.member(then, "function")?;
        Some((self.document.str(node)?, node))
    }

    /// Every regular expression.
    pub(super) fn expressions(&self) -> Vec<Expression<'d>> {
        let mut found = Vec::new();
        for (_, then) in self.checks() {
            let Some((name, _)) = self.function(then) else { continue };
            let Some(options) = self.member(then, "functionOptions") else { continue };
            match name {
                "pattern" => {
                    for (key, used) in [("match", Use::Match), ("notMatch", Use::NotMatch)] {
                        if let Some(node) = self.member(options, key)
                            && let Some(text) = self.document.str(node)
                        {
                            found.push(Expression { node, text, used });
                        }
                    }
                }
                "schema" | "json-schema" => {
                    if let Some(schema) = self.member(options, "schema") {
                        self.schema_patterns(schema, 0, &mut found);
                    }
                }
                _ => {}
            }
        }
        if self.form == Form::Spectral {
            for (node, path) in self.paths() {
                let patterns = super::paths::patterns(path).into_iter();
                found.extend(patterns.map(|text| Expression { node, text, used: Use::Filter }));
            }
        }
        found
    }

    fn schema_patterns(&self, node: NodeId, depth: usize, found: &mut Vec<Expression<'d>>) {
        let node = self.document.resolve(node);
        if depth > 64 {
            return;
        }
        match self.document.kind(node) {
            Kind::Array => {
                self.document.items(node).for_each(|item| self.schema_patterns(item, depth + 1, found));
            }
            Kind::Object => {
                for (key, value) in self.children(node) {
                    match (key, self.document.str(value)) {
                        ("pattern", Some(text)) => {
                            found.push(Expression { node: value, text, used: Use::Schema });
                        }
                        ("enum" | "const" | "default" | "examples" | "example", _) => {}
                        _ => self.schema_patterns(value, depth + 1, found),
                    }
                }
            }
            _ => {}
        }
    }
}
