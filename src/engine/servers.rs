//! The addresses that a server's `url` stands for: every value that its variables can have by their
//! `enum` and `default`. A rule whose `then` says `expand: server` is asked about each of them.

use crate::bundle::Bundle;
use crate::check::Violation;
use crate::pack::form::Expand;
use assize_tree::document::Kind;
use assize_tree::path::NodeRef;

/// More addresses than this are not looked at one by one.
const MOST: usize = 64;

/// A part of a server's `url`.
enum Part<'a> {
    Text(&'a str),
    /// A variable, by its place among the variables.
    Variable(usize),
}

/// A variable of a server, with its values and where each stands.
struct Variable<'a> {
    name: &'a str,
    values: Vec<(&'a str, NodeRef)>,
}

/// A server's `url`, and what its variables stand for.
pub(super) struct Server<'a> {
    url: &'a str,
    parts: Vec<Part<'a>>,
    variables: Vec<Variable<'a>>,
}

/// What a check says of a text, and whether it was of a kind that it judges.
type Asked = Result<(Vec<Violation>, bool), String>;

/// An address that a check found wrong, or could not judge.
pub(super) struct Outcome {
    /// What is wrong, each with its place where that is a variable's value.
    pub violations: Vec<(Violation, Option<NodeRef>)>,
    /// Why the check could not tell of all of them.
    pub doubt: Option<String>,
    pub looked: bool,
}

impl<'a> Server<'a> {
    /// Reads the `url` that stands at a node; `None` where it is no text.
    ///
    /// # Errors
    /// Where what it stands for is not known.
    pub(super) fn read(bundle: &'a Bundle, at: NodeRef) -> Result<Option<Self>, String> {
        let document = bundle.document(at.doc);
        let Some(url) = document.str(at.node) else { return Ok(None) };
        let mut server = Server { url, parts: Vec::new(), variables: Vec::new() };
        let mut rest = url;
        while let Some((before, after)) = rest.split_once('{')
            && let Some((name, after)) = after.split_once('}')
        {
            server.parts.push(Part::Text(before));
            let known = server.variables.iter().position(|variable| variable.name == name);
            let which = match known {
                Some(which) => which,
                None => {
                    let values = values(bundle, at, name);
                    if values.is_empty() {
                        return Err(format!(
                            "What {{{name}}} stands for in the address \"{url}\" is said nowhere: it has no default."
                        ));
                    }
                    server.variables.push(Variable { name, values });
                    server.variables.len() - 1
                }
            };
            server.parts.push(Part::Variable(which));
            rest = after;
        }
        server.parts.push(Part::Text(rest));
        let count = server.variables.iter().try_fold(1_usize, |all, one| all.checked_mul(one.values.len()));
        if count.is_none_or(|count| count > MOST) {
            return Err(format!("The address \"{url}\" stands for more than {MOST} addresses."));
        }
        Ok(Some(server))
    }

    /// Asks a check about each address. `ask` says what is wrong with a text.
    ///
    /// # Errors
    /// Where the check cannot answer.
    pub(super) fn judge(
        &self,
        expand: Expand,
        ask: &mut dyn FnMut(&str) -> Asked,
    ) -> Result<Outcome, String> {
        let mut outcome = Outcome { violations: Vec::new(), doubt: None, looked: false };
        // Which value each variable has: counted through like the digits of a number.
        let mut chosen = vec![0_usize; self.variables.len()];
        let mut total = 0;
        let mut wrong: Vec<(Vec<usize>, Vec<Violation>)> = Vec::new();
        loop {
            let address = self.address(&chosen);
            if expand == Expand::Server && !is_absolute(&address) {
                outcome.doubt.get_or_insert_with(|| {
                    format!(
                        "The address \"{address}\" is relative: where the description is served from is not known."
                    )
                });
            } else {
                let (found, looked) = ask(&address)?;
                outcome.looked |= looked;
                total += 1;
                if !found.is_empty() {
                    let says_address = |mut one: Violation| {
                        one.value.get_or_insert_with(|| address.clone());
                        one
                    };
                    wrong.push((chosen.clone(), found.into_iter().map(says_address).collect()));
                }
            }
            let mut digit = 0;
            while let Some(variable) = self.variables.get(digit) {
                chosen[digit] += 1;
                if chosen[digit] < variable.values.len() {
                    break;
                }
                chosen[digit] = 0;
                digit += 1;
            }
            if digit == self.variables.len() {
                break;
            }
        }
        self.blame(wrong, total, &mut outcome);
        Ok(outcome)
    }

    /// Says where the fault is: in the value of a variable with which every address is wrong, or in
    /// the `url`.
    fn blame(&self, wrong: Vec<(Vec<usize>, Vec<Violation>)>, total: usize, outcome: &mut Outcome) {
        let mut at_fault: Vec<(NodeRef, usize)> = Vec::new();
        for (which, variable) in self.variables.iter().enumerate() {
            let each = total / variable.values.len();
            let bad = |value: usize| wrong.iter().filter(move |(chosen, _)| chosen[which] == value);
            let all_bad: Vec<usize> =
                (0..variable.values.len()).filter(|&value| each > 0 && bad(value).count() == each).collect();
            // Where every value is bad, it is not by the value, unless there is no other variable
            // and nothing before it that could be.
            if all_bad.len() < variable.values.len() {
                at_fault.extend(all_bad.into_iter().map(|value| (variable.values[value].1, which)));
            }
        }
        let only_variable = matches!(
            (self.variables.as_slice(), self.parts.as_slice()),
            ([_], [Part::Text(""), Part::Variable(_), ..])
        );
        for (chosen, found) in wrong {
            let node = at_fault
                .iter()
                .find(|(node, which)| self.variables[*which].values[chosen[*which]].1 == *node)
                .map(|(node, _)| *node)
                .or_else(|| only_variable.then(|| self.variables[0].values[chosen[0]].1));
            // One fault is told once, by the first address that has it.
            if outcome.violations.iter().all(|(_, told)| *told != node) {
                outcome.violations.extend(found.into_iter().map(|one| (one, node)));
            }
        }
    }

    fn address(&self, chosen: &[usize]) -> String {
        let mut address = String::with_capacity(self.url.len());
        for part in &self.parts {
            address.push_str(match part {
                Part::Text(text) => text,
                Part::Variable(which) => self.variables[*which].values[chosen[*which]].0,
            });
        }
        address
    }
}

/// The values of a variable of the server whose `url` stands at a node: its `enum`, and its default
/// where that is not one of them.
fn values<'a>(bundle: &'a Bundle, url: NodeRef, name: &str) -> Vec<(&'a str, NodeRef)> {
    let member = |at: NodeRef, key: &str| {
        let node = bundle.document(at.doc).get(at.node, key)?;
        let at = NodeRef { node, ..at };
        Some(bundle.follow(at).unwrap_or(at))
    };
    let variable = bundle
        .document(url.doc)
        .parent(url.node)
        .and_then(|node| member(NodeRef { node, ..url }, "variables"))
        .and_then(|at| member(at, name));
    let Some(variable) = variable else { return Vec::new() };
    let mut found: Vec<(&str, NodeRef)> = Vec::new();
    if let Some(list) = member(variable, "enum")
        && bundle.document(list.doc).kind(list.node) == Kind::Array
    {
        let document = bundle.document(list.doc);
        for item in document.items(list.node) {
            let at = NodeRef { node: item, ..list };
            if let Some(text) = document.scalar(item)
                && found.iter().all(|(known, _)| *known != text)
            {
                found.push((text, at));
            }
            if found.len() > MOST {
                return found;
            }
        }
    }
    if let Some(at) = member(variable, "default")
        && let Some(text) = bundle.document(at.doc).scalar(at.node)
        && found.iter().all(|(known, _)| *known != text)
    {
        found.push((text, at));
    }
    found
}

/// Whether an address names its scheme.
fn is_absolute(address: &str) -> bool {
    address.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}
