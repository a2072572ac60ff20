//! Where reading stands: the text in UTF-16 units as JavaScript counts, the line, the indentation,
//! the nodes made so far and the faults found.

use std::collections::{HashMap, HashSet};

/// Index of a node.
pub(super) type Id = u32;

/// What a node is.
pub(super) enum Value {
    Scalar {
        text: String,
        /// Neither quoted nor a block.
        plain: bool,
    },
    Map(Vec<Pair>),
    Seq(Vec<Option<Id>>),
    Alias {
        name: String,
        target: Option<Id>,
    },
    /// A value with the tag `!include`, which nobody includes.
    Include,
}

/// A key and its value.
pub(super) struct Pair {
    pub(super) key: Id,
    pub(super) value: Option<Id>,
}

/// A node; places are units from the start, -1 where there is none.
pub(super) struct Node {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) value: Value,
    pub(super) anchor: Option<String>,
}

/// A fault or a warning.
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) line: i64,
    pub(super) column: i64,
    pub(super) to_line_end: bool,
    pub(super) warning: bool,
}

/// Spectral's parser does not come to an end, or stops with a fault of its own.
pub(super) struct Stopped;

/// Behind the end of the text.
pub(super) const NOTHING: u32 = u32::MAX;

/// Steps for each unit of the text; more is going round in circles.
const STEPS: usize = 200;
/// Faults of one text; a text with more is not worth repeating them.
const FAULTS: usize = 5_000;

pub(super) struct State {
    units: Vec<u16>,
    /// Number of units without the zero that ends them.
    pub(super) length: i64,
    /// Units of the text as it was given.
    pub(super) given: i64,
    pub(super) position: i64,
    pub(super) line: i64,
    pub(super) line_start: i64,
    pub(super) line_indent: i64,
    /// Start and number of each line, as they were met.
    lines: Vec<(i64, i64)>,
    pub(super) nodes: Vec<Node>,
    pub(super) faults: Vec<Fault>,
    seen: HashSet<(String, i64, i64, i64)>,
    fuel: usize,
    pub(super) depth: usize,
    // What was read last.
    pub(super) tag: Option<String>,
    pub(super) anchor: Option<String>,
    pub(super) kind: Option<&'static str>,
    pub(super) result: Option<Id>,
    pub(super) anchors: HashMap<String, Option<Id>>,
    pub(super) handles: HashMap<String, String>,
}

pub(super) fn is_eol(unit: u32) -> bool {
    matches!(unit, 0x0A | 0x0D)
}

pub(super) fn is_white(unit: u32) -> bool {
    matches!(unit, 0x09 | 0x20)
}

pub(super) fn is_space(unit: u32) -> bool {
    is_white(unit) || is_eol(unit)
}

pub(super) fn is_flow(unit: u32) -> bool {
    matches!(unit, 0x2C | 0x5B | 0x5D | 0x7B | 0x7D)
}

impl State {
    pub(super) fn new(text: &str) -> Self {
        let mut units: Vec<u16> = text.encode_utf16().collect();
        let given = units.len() as i64;
        if units.last().is_some_and(|&unit| !is_eol(u32::from(unit))) {
            units.push(0x0A);
        }
        let length = units.len();
        units.push(0);
        Self {
            length: length as i64,
            given,
            fuel: length * STEPS + 10_000,
            units,
            position: 0,
            line: 0,
            line_start: 0,
            line_indent: 0,
            lines: Vec::new(),
            nodes: Vec::new(),
            faults: Vec::new(),
            seen: HashSet::new(),
            depth: 0,
            tag: None,
            anchor: None,
            kind: None,
            result: None,
            anchors: HashMap::new(),
            handles: HashMap::new(),
        }
    }

    /// The unit at a place. Once the steps are used up all is at its end, so that every loop is.
    pub(super) fn at(&mut self, position: i64) -> u32 {
        match self.fuel.checked_sub(1) {
            Some(rest) => self.fuel = rest,
            None => return 0,
        }
        usize::try_from(position)
            .ok()
            .and_then(|at| self.units.get(at))
            .map_or(NOTHING, |&unit| u32::from(unit))
    }

    pub(super) fn here(&mut self) -> u32 {
        self.at(self.position)
    }

    pub(super) fn next(&mut self) -> u32 {
        self.position += 1;
        self.at(self.position)
    }

    /// The steps, or the faults that are kept, are used up.
    pub(super) fn exhausted(&self) -> bool {
        self.fuel == 0 || self.faults.len() > FAULTS
    }

    pub(super) fn slice(&self, from: i64, to: i64) -> String {
        let most = self.units.len();
        let (from, to) = (from.max(0) as usize, (to.max(0) as usize).min(most));
        self.units.get(from.min(to)..to).map(String::from_utf16_lossy).unwrap_or_default()
    }

    pub(super) fn units(&self) -> &[u16] {
        &self.units
    }

    pub(super) fn add(&mut self, start: i64, end: i64, value: Value) -> Id {
        self.nodes.push(Node { start, end, value, anchor: None });
        self.nodes.len() as Id - 1
    }

    pub(super) fn node(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    /// Names a node by an anchor.
    pub(super) fn name(&mut self, anchor: &str, id: Option<Id>) {
        self.anchors.insert(anchor.to_owned(), id);
        if let Some(id) = id {
            self.node(id).anchor = Some(anchor.to_owned());
        }
    }

    /// Notes a fault where reading stands and passes over the rest of the line.
    pub(super) fn fault(&mut self, message: &str) {
        let column = self.position - self.line_start;
        if !self.seen.insert((message.to_owned(), self.line, column, self.position)) {
            return;
        }
        self.faults.push(Fault {
            message: message.to_owned(),
            line: self.line,
            column,
            to_line_end: false,
            warning: false,
        });
        let first = self.position;
        while self.position < self.length {
            let unit = usize::try_from(self.position).ok().and_then(|at| self.units.get(at)).copied();
            if unit.is_some_and(|unit| is_eol(u32::from(unit))) {
                self.position -= 1;
                if self.position == first {
                    self.position += 1;
                }
                return;
            }
            self.position += 1;
        }
    }

    /// Notes a fault at a place, up to the end of its line.
    pub(super) fn fault_at(&mut self, position: i64, message: String) {
        let before = self.lines.iter().take_while(|(start, _)| *start <= position).last();
        let (start, line) = before.copied().unwrap_or((0, 0));
        let column = position - start;
        self.faults.push(Fault { message, line, column, to_line_end: true, warning: false });
    }

    fn tab(&mut self) {
        self.faults.push(Fault {
            message: "Using tabs can lead to unpredictable results".to_owned(),
            line: self.line,
            column: self.position - self.line_start,
            to_line_end: false,
            warning: true,
        });
    }

    pub(super) fn line_break(&mut self) {
        match self.here() {
            0x0A => self.position += 1,
            0x0D => {
                self.position += 1;
                if self.here() == 0x0A {
                    self.position += 1;
                }
            }
            _ => self.fault("a line break is expected"),
        }
        self.line += 1;
        self.line_start = self.position;
        self.lines.push((self.line_start, self.line));
    }

    pub(super) fn comment(&mut self) {
        loop {
            let unit = self.next();
            if unit == 0 || is_eol(unit) || unit == NOTHING {
                return;
            }
        }
    }

    /// Passes over white space; returns the number of line breaks in it.
    pub(super) fn space(&mut self, comments: bool) -> usize {
        let mut breaks = 0;
        let mut unit = self.here();
        while unit != 0 {
            while is_white(unit) {
                if unit == 0x09 {
                    self.tab();
                }
                unit = self.next();
            }
            if comments && unit == 0x23 {
                self.comment();
                unit = self.here();
            }
            if !is_eol(unit) {
                break;
            }
            self.line_break();
            unit = self.here();
            breaks += 1;
            self.line_indent = 0;
            while unit == 0x20 {
                self.line_indent += 1;
                unit = self.next();
            }
        }
        breaks
    }

    /// `---` or `...` stands here.
    pub(super) fn separator(&mut self) -> bool {
        let unit = self.here();
        if !matches!(unit, 0x2D | 0x2E)
            || self.at(self.position + 1) != unit
            || self.at(self.position + 2) != unit
        {
            return false;
        }
        let behind = self.at(self.position + 3);
        behind == 0 || is_space(behind)
    }
}
