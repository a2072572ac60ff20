//! Reads a schema into the groups of keywords that ajv makes of it.

use super::super::value::{Js, View};
use assize_tree::path::NodeRef;
use assize_tree::pattern::Pattern;
use std::collections::HashMap;
use std::sync::Arc;

/// Which JSON Schema a schema is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Draft 4.
    Draft4,
    /// Drafts 6 and 7.
    Draft7,
    /// 2019-09.
    Draft2019,
    /// 2020-12.
    Draft2020,
}

/// What is done to a schema before it is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mode {
    /// Every error is collected, not the first only.
    pub all_errors: bool,
    /// A schema of OpenAPI 2.0 or 3.0: `nullable` and `exclusiveMinimum: true` are translated.
    pub openapi: Option<OpenApi>,
    /// Members with this flag set are not demanded (`readOnly`, `writeOnly`).
    pub optional: Option<&'static str>,
    /// Values of wrong types are turned into strings before they are judged.
    pub lenient: bool,
}

/// How an OpenAPI schema differs from JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenApi {
    /// 2.0: `x-nullable`.
    V2,
    /// 3.0: `nullable`.
    V3,
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "string" => Self::String,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }
}

/// Index of a compiled schema.
pub(super) type Id = u32;

/// One keyword with what it demands.
pub(super) enum Keyword {
    Ref(Id),
    Const(NodeRef),
    Enum(NodeRef),
    Not(Id),
    AnyOf(Vec<Id>),
    OneOf(Vec<Id>),
    AllOf(Vec<Id>),
    If {
        condition: Id,
        yes: Option<Id>,
        no: Option<Id>,
    },
    Limit {
        name: &'static str,
        sign: &'static str,
        bound: f64,
    },
    MultipleOf(f64),
    Length {
        most: bool,
        bound: f64,
    },
    Pattern(Arc<Pattern>, String),
    Format(String),
    Items {
        most: bool,
        bound: f64,
    },
    Tuple(Vec<Id>),
    /// Schema of the elements from an index on; `false` limits their number.
    Rest {
        from: usize,
        schema: Id,
        named: &'static str,
    },
    Contains {
        schema: Id,
        min: f64,
        max: Option<f64>,
    },
    /// The types of the elements, where all are of simple ones: ajv looks for equal ones in another way.
    Unique(Vec<Type>),
    Count {
        most: bool,
        bound: f64,
    },
    Required(Vec<String>),
    PropertyNames(Id),
    Additional {
        schema: Id,
        known: Vec<String>,
        patterns: Vec<Arc<Pattern>>,
    },
    Dependencies {
        lists: Vec<(String, Vec<String>)>,
        schemas: Vec<(String, Id)>,
    },
    Properties(Vec<(String, Id)>),
    PatternProperties(Vec<(Arc<Pattern>, Id)>),
    Unevaluated {
        items: bool,
        schema: Id,
    },
}

/// The keywords of a schema in ajv's groups.
#[derive(Default)]
pub(super) struct Rules {
    pub types: Vec<Type>,
    /// The types as messages name them: as they are written, `nullable` apart.
    pub named: String,
    /// Types are looked at before everything else, not when the group of that type is reached.
    pub types_first: bool,
    pub any: Vec<Keyword>,
    pub number: Vec<Keyword>,
    pub string: Vec<Keyword>,
    pub array: Vec<Keyword>,
    pub object: Vec<Keyword>,
    /// `errorMessage` of ajv-errors, where every error is collected.
    pub message: Option<NodeRef>,
}

pub(super) enum Schema {
    Always,
    Never,
    Rules(Box<Rules>),
}

/// A compiled schema.
pub struct Validator {
    pub(super) schemas: Vec<Schema>,
    pub(super) root: Id,
    pub(super) mode: Mode,
    /// A `$ref` in it leads nowhere: ajv does not compile it.
    pub unresolved: Option<String>,
}

/// The dialect that `$schema` names.
#[must_use]
pub fn detect(view: &View<'_>, schema: NodeRef) -> Option<Dialect> {
    let named = view.get(schema, "$schema");
    let named = named.text()?;
    Some(match named {
        _ if named.contains("draft-04") => Dialect::Draft4,
        _ if named.contains("draft-06") || named.contains("draft-07") => Dialect::Draft7,
        _ if named.contains("2019-09") => Dialect::Draft2019,
        _ if named.contains("2020-12") => Dialect::Draft2020,
        _ => return None,
    })
}

/// What ajv says of a `$schema` that it does not know: each dialect has a reader of its own, which knows
/// its own meta-schema; that of drafts 6 and 7 knows draft 4 as well.
#[must_use]
pub fn unknown(view: &View<'_>, schema: NodeRef, dialect: Dialect) -> Option<String> {
    let named = view.get(schema, "$schema");
    let named = named.text()?;
    let own: &[&str] = match dialect {
        Dialect::Draft4 => &["http://json-schema.org/draft-04/schema"],
        Dialect::Draft7 => &[
            "http://json-schema.org/draft-07/schema",
            "http://json-schema.org/draft-06/schema",
            "http://json-schema.org/draft-04/schema",
        ],
        Dialect::Draft2019 => &["https://json-schema.org/draft/2019-09/schema"],
        Dialect::Draft2020 => &["https://json-schema.org/draft/2020-12/schema"],
    };
    let id = named.strip_suffix('#').unwrap_or(named);
    let known = own.contains(&id) || id == "http://json-schema.org/schema";
    (!known).then(|| format!("no schema with key or ref \"{named}\""))
}

impl Validator {
    /// Compiles a schema.
    ///
    /// # Errors
    /// What ajv says of a schema that it does not compile.
    pub fn new(view: &View<'_>, schema: NodeRef, dialect: Dialect, mode: Mode) -> Result<Self, String> {
        match unknown(view, schema, dialect) {
            Some(message) => Err(message),
            None => Self::again(view, schema, dialect, mode),
        }
    }

    /// Compiles a schema that was looked at before: ajv does not judge it by its meta-schema then.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn again(view: &View<'_>, schema: NodeRef, dialect: Dialect, mode: Mode) -> Result<Self, String> {
        let mut compiler = Compiler {
            view: *view,
            root: schema,
            dialect,
            mode,
            schemas: Vec::new(),
            known: HashMap::new(),
            waiting: Vec::new(),
            unresolved: None,
        };
        let root = compiler.reserve(schema);
        while let Some((id, at)) = compiler.waiting.pop() {
            let compiled = compiler.compile(at)?;
            compiler.schemas[id as usize] = compiled;
        }
        Ok(Self { schemas: compiler.schemas, root, mode, unresolved: compiler.unresolved })
    }
}

struct Compiler<'a> {
    view: View<'a>,
    root: NodeRef,
    dialect: Dialect,
    mode: Mode,
    schemas: Vec<Schema>,
    known: HashMap<NodeRef, Id>,
    waiting: Vec<(Id, NodeRef)>,
    unresolved: Option<String>,
}

impl<'a> Compiler<'a> {
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
        let mut rules = Rules::default();
        self.types(object, &mut rules)?;
        self.any(object, &mut rules)?;
        self.limits(object)?;
        self.number(object, &mut rules);
        self.string(object, &mut rules)?;
        self.array(object, &mut rules);
        self.object(object, &mut rules)?;
        if self.mode.all_errors {
            rules.message = view.edge(object, "errorMessage");
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

    fn types(&self, object: NodeRef, rules: &mut Rules) -> Result<(), String> {
        let view = &self.view;
        let given = view.get(object, "type");
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
        let null = view.get(object, nullable);
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
    fn limits(&self, object: NodeRef) -> Result<(), String> {
        for name in ["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"] {
            let switch = self.dialect == Dialect::Draft4 && name.starts_with('e');
            let wanted = if switch { "boolean" } else { "number" };
            match self.view.get(object, name) {
                Js::Undefined => {}
                Js::Bool(_) if switch => {}
                Js::Number(_) if !switch => {}
                _ => return Err(format!("{name} value must be [\"{wanted}\"]")),
            }
        }
        Ok(())
    }

    fn any(&mut self, object: NodeRef, rules: &mut Rules) -> Result<(), String> {
        let view = self.view;
        for key in ["$recursiveRef", "$dynamicRef", "$ref"] {
            let named = view.get(object, key);
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
        if let Some(at) = view.edge(object, "const")
            && self.dialect != Dialect::Draft4
        {
            rules.any.push(Keyword::Const(at));
        }
        if let Some(at) = view.edge(object, "enum").filter(|&at| view.is_array(&view.read(at))) {
            rules.any.push(Keyword::Enum(view.target(at)));
        }
        if let Some(at) = view.edge(object, "not") {
            rules.any.push(Keyword::Not(self.reserve(at)));
        }
        for (key, make) in [
            ("anyOf", Keyword::AnyOf as fn(Vec<Id>) -> Keyword),
            ("oneOf", Keyword::OneOf),
            ("allOf", Keyword::AllOf),
        ] {
            let Some(at) = view.edge(object, key) else { continue };
            if view.is_array(&view.read(at)) {
                let list = self.list(at);
                rules.any.push(make(list));
            } else if object == self.root {
                return Err(format!("schema is invalid: data/{key} must be array"));
            }
        }
        if let Some(at) = view.edge(object, "if").filter(|_| self.dialect != Dialect::Draft4) {
            let condition = self.reserve(at);
            let yes = view.edge(object, "then").map(|at| self.reserve(at));
            let no = view.edge(object, "else").map(|at| self.reserve(at));
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

    fn bound(&self, object: NodeRef, key: &str) -> Option<f64> {
        match self.view.get(object, key) {
            Js::Number(number) => Some(number),
            _ => None,
        }
    }

    fn number(&mut self, object: NodeRef, rules: &mut Rules) {
        let view = self.view;
        let flagged = self.dialect == Dialect::Draft4 || self.mode.openapi.is_some();
        for (name, strict, sign, strict_sign) in
            [("maximum", "exclusiveMaximum", "<=", "<"), ("minimum", "exclusiveMinimum", ">=", ">")]
        {
            if let Some(bound) = self.bound(object, name) {
                let exclusive = flagged && view.get(object, strict) == Js::Bool(true);
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
            let bound = match view.get(object, name) {
                Js::Number(bound) if self.dialect != Dialect::Draft4 || self.mode.openapi.is_some() => {
                    Some(bound)
                }
                Js::Bool(true) if self.mode.openapi.is_some() => self.bound(object, plain),
                _ => None,
            };
            if let Some(bound) = bound {
                rules.number.push(Keyword::Limit { name, sign, bound });
            }
        }
        if let Some(bound) = self.bound(object, "multipleOf") {
            rules.number.push(Keyword::MultipleOf(bound));
        }
        if let Js::Text(name) = view.get(object, "format")
            && super::formats::is_numeric(&name)
        {
            rules.number.push(Keyword::Format(name.to_string()));
        }
    }

    fn string(&mut self, object: NodeRef, rules: &mut Rules) -> Result<(), String> {
        for (key, most) in [("maxLength", true), ("minLength", false)] {
            if let Some(bound) = self.bound(object, key) {
                rules.string.push(Keyword::Length { most, bound });
            }
        }
        if let Js::Text(source) = self.view.get(object, "pattern") {
            rules.string.push(Keyword::Pattern(self.pattern(&source)?, source.to_string()));
        }
        if let Js::Text(name) = self.view.get(object, "format")
            && super::formats::is_known(&name)
        {
            rules.string.push(Keyword::Format(name.to_string()));
        }
        Ok(())
    }

    fn array(&mut self, object: NodeRef, rules: &mut Rules) {
        let view = self.view;
        for (key, most) in [("maxItems", true), ("minItems", false)] {
            if let Some(bound) = self.bound(object, key) {
                rules.array.push(Keyword::Items { most, bound });
            }
        }
        let modern = self.dialect == Dialect::Draft2020;
        let items = view.edge(object, "items");
        let tuple = if modern { view.edge(object, "prefixItems") } else { items };
        let tuple = tuple.filter(|&at| view.is_array(&view.read(at)));
        if let Some(at) = tuple {
            let list = self.list(at);
            let from = list.len();
            let extra = if modern { items } else { view.edge(object, "additionalItems") };
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
        if let Some(at) = view.edge(object, "contains").filter(|_| self.dialect != Dialect::Draft4) {
            let counted = matches!(self.dialect, Dialect::Draft2019 | Dialect::Draft2020);
            let schema = self.reserve(at);
            rules.array.push(Keyword::Contains {
                schema,
                min: self.bound(object, "minContains").filter(|_| counted).unwrap_or(1.0),
                max: self.bound(object, "maxContains").filter(|_| counted),
            });
        }
        if view.get(object, "uniqueItems") == Js::Bool(true) {
            let kinds = self.simple_types(items);
            rules.array.push(Keyword::Unique(kinds));
        }
        if let Some(at) = view.edge(object, "unevaluatedItems").filter(|_| self.tracks()) {
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
    fn required(&self, object: NodeRef) -> Option<Vec<String>> {
        let view = &self.view;
        let at = view.edge(object, "required").filter(|&at| view.is_array(&view.read(at)))?;
        let names = self.texts(at);
        let Some(flag) = self.mode.optional else { return Some(names) };
        let properties = view.get(object, "properties");
        let optional = |name: &String| view.member(&view.member(&properties, name), flag) == Js::Bool(true);
        Some(names.into_iter().filter(|name| !optional(name)).collect())
    }

    fn object(&mut self, object: NodeRef, rules: &mut Rules) -> Result<(), String> {
        let view = self.view;
        for (key, most) in [("maxProperties", true), ("minProperties", false)] {
            if let Some(bound) = self.bound(object, key) {
                rules.object.push(Keyword::Count { most, bound });
            }
        }
        if let Some(names) = self.required(object) {
            rules.object.push(Keyword::Required(names));
        }
        if let Some(at) = view.edge(object, "propertyNames").filter(|_| self.dialect != Dialect::Draft4) {
            rules.object.push(Keyword::PropertyNames(self.reserve(at)));
        }
        let members = |key: &str| -> Vec<(&'a str, NodeRef)> {
            let value = view.get(object, key);
            view.object(&value).map(|at| view.members(at).collect()).unwrap_or_default()
        };
        let (properties, patterns) = (members("properties"), members("patternProperties"));
        let mut compiled = Vec::new();
        for (source, at) in &patterns {
            compiled.push((self.pattern(source)?, *at));
        }
        if let Some(at) = view.edge(object, "additionalProperties") {
            rules.object.push(Keyword::Additional {
                schema: self.reserve(at),
                known: properties.iter().map(|(name, _)| (*name).to_owned()).collect(),
                patterns: compiled.iter().map(|(pattern, _)| Arc::clone(pattern)).collect(),
            });
        }
        let dependencies = members("dependencies");
        self.dependencies(dependencies, rules);
        if !properties.is_empty() {
            let list = properties.into_iter().map(|(name, at)| (name.to_owned(), self.reserve(at))).collect();
            rules.object.push(Keyword::Properties(list));
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
            if let Some(at) = view.edge(object, "unevaluatedProperties") {
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
                lists.push((name.to_owned(), self.texts(at)));
            } else {
                schemas.push((name.to_owned(), self.reserve(at)));
            }
        }
        if !lists.is_empty() || !schemas.is_empty() {
            rules.object.push(Keyword::Dependencies { lists, schemas });
        }
    }
}
