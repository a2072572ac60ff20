//! Reads the keywords of a schema, group by group.

use super::compile::{Dialect, Id, Keyword, Mode, Name, OpenApi, PatternId, Rules, Schema, Type};
use crate::spectral::value::{Js, View};
use assize_tree::path::NodeRef;
use assize_tree::pattern::Pattern;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::Arc;

/// A schema that is being compiled.
pub(super) struct Compiler<'a> {
    view: View<'a>,
    root: NodeRef,
    dialect: Dialect,
    mode: Mode,
    pub(super) schemas: Vec<Schema>,
    known: HashMap<NodeRef, Id, FixedState>,
    pub(super) names: Vec<String>,
    name_ids: HashMap<String, Name, FixedState>,
    pub(super) patterns: Vec<Arc<Pattern>>,
    pattern_ids: HashMap<String, PatternId, FixedState>,
    waiting: Vec<(Id, NodeRef)>,
    numbered: u32,
    pub(super) unresolved: Option<String>,
}

/// A schema's members, looked up by many names: nearly all have few.
struct Given<'a> {
    view: View<'a>,
    at: NodeRef,
    members: Vec<(&'a str, NodeRef)>,
}

impl<'a> Given<'a> {
    fn edge(&self, key: &str) -> Option<NodeRef> {
        self.members.iter().find(|(name, _)| *name == key).map(|&(_, edge)| edge)
    }

    fn get(&self, key: &str) -> Js<'a> {
        self.edge(key).map_or(Js::Undefined, |edge| self.view.read(edge))
    }

    fn bound(&self, key: &str) -> Option<f64> {
        match self.get(key) {
            Js::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl<'a> Compiler<'a> {
    /// Compiles a schema and all that it refers to; tells which is its root.
    pub(super) fn run(
        view: &View<'a>,
        schema: NodeRef,
        dialect: Dialect,
        mode: Mode,
    ) -> Result<(Self, Id), String> {
        let mut compiler = Self {
            view: *view,
            root: schema,
            dialect,
            mode,
            schemas: Vec::new(),
            known: HashMap::default(),
            names: Vec::new(),
            name_ids: HashMap::default(),
            patterns: Vec::new(),
            pattern_ids: HashMap::default(),
            waiting: Vec::new(),
            numbered: 0,
            unresolved: None,
        };
        let root = compiler.reserve(schema);
        while let Some((id, at)) = compiler.waiting.pop() {
            let compiled = compiler.compile(at)?;
            compiler.schemas[id as usize] = compiled;
        }
        Ok((compiler, root))
    }

    /// The id of the schema at an edge; it is compiled later.
    fn reserve(&mut self, at: NodeRef) -> Id {
        let at = self.view.target(at);
        if let Some(&known) = self.known.get(&at) {
            return known;
        }
        let id = self.schemas.len() as Id;
        self.schemas.push(Schema::Always);
        self.known.insert(at, id);
        self.waiting.push((id, at));
        id
    }

    fn list(&mut self, at: NodeRef) -> Vec<Id> {
        let at = self.view.target(at);
        self.view.items(at).map(|item| self.reserve(item)).collect()
    }

    fn texts(&self, at: NodeRef) -> Vec<String> {
        let at = self.view.target(at);
        self.view.items(at).filter_map(|item| self.view.read(item).text().map(str::to_owned)).collect()
    }

    fn pattern(&self, source: &str) -> Result<Arc<Pattern>, String> {
        // ajv reads the whole text as the pattern; only our own reader knows `/source/flags`.
        let source = if source.starts_with('/') { format!("(?:){source}") } else { source.to_owned() };
        Pattern::javascript(&source)
            .map(Arc::new)
            .map_err(|_| format!("Invalid regular expression: /{source}/: Invalid pattern"))
    }

    fn name(&mut self, name: &str) -> Name {
        if let Some(&known) = self.name_ids.get(name) {
            return known;
        }
        let id = self.names.len() as Name;
        self.names.push(name.to_owned());
        self.name_ids.insert(name.to_owned(), id);
        id
    }

    fn names(&mut self, names: Vec<String>) -> Vec<Name> {
        names.iter().map(|name| self.name(name)).collect()
    }

    fn name_pattern(&mut self, source: &str) -> Result<PatternId, String> {
        if let Some(&known) = self.pattern_ids.get(source) {
            return Ok(known);
        }
        let pattern = self.pattern(source)?;
        let id = self.patterns.len() as PatternId;
        self.patterns.push(pattern);
        self.pattern_ids.insert(source.to_owned(), id);
        Ok(id)
    }

    fn compile(&mut self, at: NodeRef) -> Result<Schema, String> {
        let view = self.view;
        let value = view.read(at);
        match value {
            Js::Bool(true) => return Ok(Schema::Always),
            Js::Bool(false) => return Ok(Schema::Never),
            _ => {}
        }
        let Some(object) = view.object(&value) else {
            return Err("schema is invalid: data must be object,boolean".to_owned());
        };
        let object = &Given { view, at: object, members: view.members(object).collect() };
        let mut rules = Rules::default();
        self.types(object, &mut rules)?;
        self.any(object, &mut rules)?;
        self.limits(object)?;
        self.number(object, &mut rules);
        self.string(object, &mut rules)?;
        self.array(object, &mut rules);
        self.object(object, &mut rules)?;
        if self.mode.all_errors {
            rules.message = object.edge("errorMessage");
        }
        let deferred = match rules.types[..] {
            [Type::Number] => !rules.number.is_empty(),
            [Type::String] => !rules.string.is_empty(),
            [Type::Array] => !rules.array.is_empty(),
            [Type::Object] => !rules.object.is_empty(),
            _ => false,
        };
        rules.types_first = !rules.types.is_empty() && !deferred;
        let nothing = rules.types.is_empty()
            && [&rules.any, &rules.number, &rules.string, &rules.array, &rules.object]
                .iter()
                .all(|group| group.is_empty());
        Ok(if nothing { Schema::Always } else { Schema::Rules(Box::new(rules)) })
    }

    fn types(&self, object: &Given<'a>, rules: &mut Rules) -> Result<(), String> {
        let view = &self.view;
        let given = object.get("type");
        let mut names: Vec<String> = match &given {
            Js::Text(name) => vec![name.to_string()],
            Js::Node(list) if view.is_array(&given) => {
                view.items(*list).filter_map(|item| view.read(item).text().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        let nullable = match self.mode.openapi {
            Some(OpenApi::V2) => "x-nullable",
            _ => "nullable",
        };
        let null = object.get(nullable);
        rules.named = names.join(",");
        if names.iter().any(|name| name == "null") {
            if null == Js::Bool(false) {
                return Err("type: null contradicts nullable: false".to_owned());
            }
        } else if null != Js::Undefined {
            if names.is_empty() {
                return Err("\"nullable\" cannot be used without \"type\"".to_owned());
            }
            if null == Js::Bool(true) {
                names.push("null".to_owned());
            }
        }
        if null == Js::Bool(true) && self.mode.openapi.is_some() {
            rules.named.push_str(",null");
        }
        for name in &names {
            let Some(known) = Type::read(name) else {
                return Err(format!("type must be JSONType or JSONType[]: {}", names.join(",")));
            };
            rules.types.push(known);
        }
        Ok(())
    }

    /// Limits are numbers; in draft 4 the exclusive ones are switches.
    fn limits(&self, object: &Given<'a>) -> Result<(), String> {
        for name in ["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"] {
            let switch = self.dialect == Dialect::Draft4 && name.starts_with('e');
            let wanted = if switch { "boolean" } else { "number" };
            match object.get(name) {
                Js::Undefined => {}
                Js::Bool(_) if switch => {}
                Js::Number(_) if !switch => {}
                _ => return Err(format!("{name} value must be [\"{wanted}\"]")),
            }
        }
        Ok(())
    }

    fn any(&mut self, object: &Given<'a>, rules: &mut Rules) -> Result<(), String> {
        let view = self.view;
        for key in ["$recursiveRef", "$dynamicRef", "$ref"] {
            let named = object.get(key);
            let Some(text) = named.text() else { continue };
            let dynamic = key != "$ref";
            if dynamic && !matches!(self.dialect, Dialect::Draft2019 | Dialect::Draft2020) {
                continue;
            }
            match self.resolve(text) {
                Some(target) => {
                    let id = self.reserve(target);
                    rules.any.push(Keyword::Ref(id));
                }
                None => {
                    self.unresolved
                        .get_or_insert_with(|| format!("can't resolve reference {text} from id #"));
                }
            }
        }
        if let Some(at) = object.edge("const")
            && self.dialect != Dialect::Draft4
        {
            rules.any.push(Keyword::Const(at));
        }
        if let Some(at) = object.edge("enum").filter(|&at| view.is_array(&view.read(at))) {
            rules.any.push(Keyword::Enum(view.target(at)));
        }
        if let Some(at) = object.edge("not") {
            rules.any.push(Keyword::Not(self.reserve(at)));
        }
        for (key, make) in [
            ("anyOf", Keyword::AnyOf as fn(Vec<Id>) -> Keyword),
            ("oneOf", Keyword::OneOf),
            ("allOf", Keyword::AllOf),
        ] {
            let Some(at) = object.edge(key) else { continue };
            if view.is_array(&view.read(at)) {
                let list = self.list(at);
                rules.any.push(make(list));
            } else if object.at == self.root {
                return Err(format!("schema is invalid: data/{key} must be array"));
            }
        }
        if let Some(at) = object.edge("if").filter(|_| self.dialect != Dialect::Draft4) {
            let condition = self.reserve(at);
            let yes = object.edge("then").map(|at| self.reserve(at));
            let no = object.edge("else").map(|at| self.reserve(at));
            rules.any.push(Keyword::If { condition, yes, no });
        }
        Ok(())
    }

    /// The schema that a reference names: a pointer or an anchor of this schema, or its `$id`s.
    fn resolve(&self, text: &str) -> Option<NodeRef> {
        if text == "#" || text == "#/" || text.is_empty() {
            return Some(self.root);
        }
        let view = &self.view;
        let own = view.get(self.root, if self.dialect == Dialect::Draft4 { "id" } else { "$id" });
        let fragment = match own.text() {
            Some(id) => {
                let id = id.trim_end_matches('#');
                text.strip_prefix(id).filter(|rest| rest.is_empty() || rest.starts_with('#')).unwrap_or(text)
            }
            None => text,
        };
        if fragment.is_empty() {
            return Some(self.root);
        }
        if let Some(path) = fragment.strip_prefix("#/") {
            let mut at = self.root;
            for token in path.split('/') {
                at = view.target(view.edge(at, &super::super::pointer::decode(token))?);
            }
            return Some(at);
        }
        // An anchor or another id somewhere in the schema.
        let anchor = fragment.strip_prefix('#');
        let mut waiting = vec![self.root];
        let mut seen = std::collections::HashSet::new();
        while let Some(at) = waiting.pop() {
            if !seen.insert(at) {
                continue;
            }
            if view.object(&Js::Node(at)).is_some() {
                let is = |key: &str, wanted: &str| view.get(at, key).text() == Some(wanted);
                if anchor.is_some_and(|anchor| is("$anchor", anchor) || is("$dynamicAnchor", anchor))
                    || is("$id", fragment)
                    || is("id", fragment)
                {
                    return Some(at);
                }
            }
            for (_, edge) in view.entries(at) {
                let target = view.target(edge);
                if matches!(view.read(edge), Js::Node(_)) {
                    waiting.push(target);
                }
            }
        }
        self.metaschema(text)
    }

    /// References to the drafts' own schemas are not followed: they hold nothing to be judged here.
    fn metaschema(&self, _: &str) -> Option<NodeRef> {
        None
    }

    fn number(&mut self, object: &Given<'a>, rules: &mut Rules) {
        let flagged = self.dialect == Dialect::Draft4 || self.mode.openapi.is_some();
        for (name, strict, sign, strict_sign) in
            [("maximum", "exclusiveMaximum", "<=", "<"), ("minimum", "exclusiveMinimum", ">=", ">")]
        {
            if let Some(bound) = object.bound(name) {
                let exclusive = flagged && object.get(strict) == Js::Bool(true);
                // With the translation of OpenAPI the bound becomes the exclusive keyword's.
                if exclusive && self.mode.openapi.is_some() {
                    continue;
                }
                let sign = if exclusive { strict_sign } else { sign };
                rules.number.push(Keyword::Limit { name, sign, bound });
            }
        }
        for (name, plain, sign) in
            [("exclusiveMaximum", "maximum", "<"), ("exclusiveMinimum", "minimum", ">")]
        {
            let bound = match object.get(name) {
                Js::Number(bound) if self.dialect != Dialect::Draft4 || self.mode.openapi.is_some() => {
                    Some(bound)
                }
                Js::Bool(true) if self.mode.openapi.is_some() => object.bound(plain),
                _ => None,
            };
            if let Some(bound) = bound {
                rules.number.push(Keyword::Limit { name, sign, bound });
            }
        }
        if let Some(bound) = object.bound("multipleOf") {
            rules.number.push(Keyword::MultipleOf(bound));
        }
        if let Js::Text(name) = object.get("format")
            && super::formats::is_numeric(&name)
        {
            rules.number.push(Keyword::Format(name.to_string()));
        }
    }

    fn string(&mut self, object: &Given<'a>, rules: &mut Rules) -> Result<(), String> {
        for (key, most) in [("maxLength", true), ("minLength", false)] {
            if let Some(bound) = object.bound(key) {
                rules.string.push(Keyword::Length { most, bound });
            }
        }
        if let Js::Text(source) = object.get("pattern") {
            rules.string.push(Keyword::Pattern(self.pattern(&source)?, source.to_string()));
        }
        if let Js::Text(name) = object.get("format")
            && super::formats::is_known(&name)
        {
            rules.string.push(Keyword::Format(name.to_string()));
        }
        Ok(())
    }

    fn array(&mut self, object: &Given<'a>, rules: &mut Rules) {
        let view = self.view;
        for (key, most) in [("maxItems", true), ("minItems", false)] {
            if let Some(bound) = object.bound(key) {
                rules.array.push(Keyword::Items { most, bound });
            }
        }
        let modern = self.dialect == Dialect::Draft2020;
        let items = object.edge("items");
        let tuple = if modern { object.edge("prefixItems") } else { items };
        let tuple = tuple.filter(|&at| view.is_array(&view.read(at)));
        if let Some(at) = tuple {
            let list = self.list(at);
            let from = list.len();
            let extra = if modern { items } else { object.edge("additionalItems") };
            let extra = extra.map(|at| self.reserve(at));
            let named = if modern { "items" } else { "additionalItems" };
            if !modern && let Some(schema) = extra {
                rules.array.push(Keyword::Rest { from, schema, named });
            }
            rules.array.push(Keyword::Tuple(list));
            if modern && let Some(schema) = extra {
                rules.array.push(Keyword::Rest { from, schema, named });
            }
        } else if let Some(at) = items.filter(|&at| !view.is_array(&view.read(at))) {
            let schema = self.reserve(at);
            rules.array.push(Keyword::Rest { from: 0, schema, named: "items" });
        }
        if let Some(at) = object.edge("contains").filter(|_| self.dialect != Dialect::Draft4) {
            let counted = matches!(self.dialect, Dialect::Draft2019 | Dialect::Draft2020);
            let schema = self.reserve(at);
            rules.array.push(Keyword::Contains {
                schema,
                min: object.bound("minContains").filter(|_| counted).unwrap_or(1.0),
                max: object.bound("maxContains").filter(|_| counted),
            });
        }
        if object.get("uniqueItems") == Js::Bool(true) {
            let kinds = self.simple_types(items);
            rules.array.push(Keyword::Unique(kinds));
        }
        if let Some(at) = object.edge("unevaluatedItems").filter(|_| self.tracks()) {
            let schema = self.reserve(at);
            rules.array.push(Keyword::Unevaluated { items: true, schema });
        }
    }

    /// The types that the schema of elements names itself, if none is an object or an array.
    fn simple_types(&self, items: Option<NodeRef>) -> Vec<Type> {
        let view = self.view;
        let given = items.map_or(Js::Undefined, |at| view.member(&view.read(at), "type"));
        let names: Vec<String> = match &given {
            Js::Text(name) => vec![name.to_string()],
            Js::Node(list) => self.texts(*list),
            _ => Vec::new(),
        };
        let kinds: Vec<Type> = names.iter().filter_map(|name| Type::read(name)).collect();
        if kinds.iter().any(|kind| matches!(kind, Type::Object | Type::Array)) { Vec::new() } else { kinds }
    }

    fn tracks(&self) -> bool {
        matches!(self.dialect, Dialect::Draft2019 | Dialect::Draft2020)
    }

    /// Names that are demanded; those with the flag that makes them optional are left out.
    fn required(&self, object: &Given<'a>) -> Option<Vec<String>> {
        let view = &self.view;
        let at = object.edge("required").filter(|&at| view.is_array(&view.read(at)))?;
        let names = self.texts(at);
        let Some(flag) = self.mode.optional else { return Some(names) };
        let properties = object.get("properties");
        let optional = |name: &String| view.member(&view.member(&properties, name), flag) == Js::Bool(true);
        Some(names.into_iter().filter(|name| !optional(name)).collect())
    }

    fn object(&mut self, object: &Given<'a>, rules: &mut Rules) -> Result<(), String> {
        let view = self.view;
        for (key, most) in [("maxProperties", true), ("minProperties", false)] {
            if let Some(bound) = object.bound(key) {
                rules.object.push(Keyword::Count { most, bound });
            }
        }
        if let Some(names) = self.required(object) {
            let names = self.names(names);
            rules.object.push(Keyword::Required(names));
        }
        if let Some(at) = object.edge("propertyNames").filter(|_| self.dialect != Dialect::Draft4) {
            rules.object.push(Keyword::PropertyNames(self.reserve(at)));
        }
        let members = |key: &str| -> Vec<(&'a str, NodeRef)> {
            let value = object.get(key);
            view.object(&value).map(|at| view.members(at).collect()).unwrap_or_default()
        };
        let (properties, patterns) = (members("properties"), members("patternProperties"));
        let mut compiled = Vec::new();
        for (source, at) in &patterns {
            compiled.push((self.name_pattern(source)?, *at));
        }
        if let Some(at) = object.edge("additionalProperties") {
            self.numbered += 1;
            rules.object.push(Keyword::Additional {
                number: self.numbered,
                schema: self.reserve(at),
                known: properties.iter().map(|(name, _)| self.name(name)).collect(),
                patterns: compiled.iter().map(|(pattern, _)| *pattern).collect(),
            });
        }
        let dependencies = members("dependencies");
        self.dependencies(dependencies, rules);
        if !properties.is_empty() {
            let list = properties.into_iter().map(|(name, at)| (self.name(name), self.reserve(at))).collect();
            self.numbered += 1;
            rules.object.push(Keyword::Properties { number: self.numbered, list });
        }
        if !compiled.is_empty() {
            let list = compiled.into_iter().map(|(pattern, at)| (pattern, self.reserve(at))).collect();
            rules.object.push(Keyword::PatternProperties(list));
        }
        if self.tracks() {
            for key in ["dependentRequired", "dependentSchemas"] {
                let list = members(key);
                self.dependencies(list, rules);
            }
            if let Some(at) = object.edge("unevaluatedProperties") {
                let schema = self.reserve(at);
                rules.object.push(Keyword::Unevaluated { items: false, schema });
            }
        }
        Ok(())
    }

    fn dependencies(&mut self, members: Vec<(&str, NodeRef)>, rules: &mut Rules) {
        let (mut lists, mut schemas) = (Vec::new(), Vec::new());
        for (name, at) in members {
            if self.view.is_array(&self.view.read(at)) {
                let texts = self.texts(at);
                lists.push((self.name(name), self.names(texts)));
            } else {
                schemas.push((self.name(name), self.reserve(at)));
            }
        }
        if !lists.is_empty() || !schemas.is_empty() {
            rules.object.push(Keyword::Dependencies { lists, schemas });
        }
    }
}
