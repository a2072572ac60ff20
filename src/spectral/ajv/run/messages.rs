//! `errorMessage` of ajv-errors: texts of the schema that stand in the place of ajv's own.

use super::{Failure, Run};
use crate::spectral::value::Js;
use assize_tree::path::NodeRef;

impl Run<'_> {
    /// `errorMessage` of ajv-errors as a text: it stands for every error of the schema.
    pub(super) fn replace(&mut self, message: NodeRef, before: usize) {
        if self.quiet {
            return;
        }
        let own = self.path.clone();
        match self.schema.read(message) {
            Js::Text(text) => {
                let text = text.to_string();
                let mine = |failure: &Failure| failure.at == own;
                let any = self.errors[before..].iter().any(mine);
                let mut kept: Vec<Failure> = self.errors.drain(before..).filter(|one| !mine(one)).collect();
                self.errors.append(&mut kept);
                if any {
                    self.fail("errorMessage", text);
                }
            }
            Js::Node(at) => {
                // By member: the texts stand for the errors of the members they name.
                if let Js::Node(members) = self.schema.get(at, "properties") {
                    let named: Vec<(String, String)> = self
                        .schema
                        .members(members)
                        .filter_map(|(key, edge)| {
                            Some((format!("{own}/{key}"), self.schema.read(edge).text()?.to_owned()))
                        })
                        .collect();
                    for (place, text) in named {
                        let hit = |one: &Failure| one.at == place;
                        if self.errors[before..].iter().any(hit) {
                            let mut kept: Vec<Failure> =
                                self.errors.drain(before..).filter(|one| !hit(one)).collect();
                            self.errors.append(&mut kept);
                            self.fail("errorMessage", text);
                            if let Some(last) = self.last() {
                                last.at = place;
                            }
                        }
                    }
                }
                // By keyword: the texts stand for the errors of the keywords they name.
                let named: Vec<(String, String)> = self
                    .schema
                    .members(at)
                    .filter_map(|(key, edge)| {
                        Some((key.to_owned(), self.schema.read(edge).text()?.to_owned()))
                    })
                    .collect();
                for (keyword, text) in named {
                    let hit = |one: &Failure| one.at == own && one.keyword == keyword;
                    if self.errors[before..].iter().any(hit) {
                        let mut kept: Vec<Failure> =
                            self.errors.drain(before..).filter(|one| !hit(one)).collect();
                        self.errors.append(&mut kept);
                        self.fail("errorMessage", text);
                    }
                }
            }
            _ => {}
        }
    }
}
