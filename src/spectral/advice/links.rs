//! Lints of addresses, by their form alone: nothing is fetched.

use super::Notes;
use super::subject::{Form, Subject};
use assize_tree::document::NodeId;

/// Every address of the file: its place, its text, and what it is called.
fn links<'d>(subject: &Subject<'d>) -> Vec<(NodeId, &'d str)> {
    let Some(root) = subject.root else { return Vec::new() };
    let mut places: Vec<Option<NodeId>> = Vec::new();
    match subject.form {
        Form::Spectral => {
            places.push(subject.member(root, "documentationUrl"));
            let of = |rule: &super::subject::Rule<'d>| subject.member(rule.node, "documentationUrl");
            places.extend(subject.rules.iter().map(of));
        }
        Form::Native => {
            places.push(subject.member(root, "standard").and_then(|node| subject.member(node, "url")));
            let clauses = subject.items(root, "clauses");
            places.extend(clauses.into_iter().map(|clause| subject.member(clause, "url")));
        }
    }
    let text = |node: NodeId| Some((node, subject.document.str(node)?));
    places.into_iter().flatten().filter_map(text).collect()
}

/// The host of an address.
fn host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    Some(host.to_ascii_lowercase())
}

pub(super) fn form(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, url) in links(subject) {
        let span = subject.document.span(node);
        let message = match host(url) {
            None => "This is no address of the web: it does not begin with `https://` or `http://`.",
            Some(_) if url.contains(char::is_whitespace) => "There is a blank in the address.",
            Some(host) if host.is_empty() => "The address has no host.",
            Some(host) if host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") => {
                "The address is one of this machine: nobody else can read it."
            }
            Some(host)
                if ["example.com", "example.org", "example.net"]
                    .iter()
                    .any(|one| host == *one || host.ends_with(&format!(".{one}"))) =>
            {
                "The host is one that is kept for examples: nothing is published there."
            }
            Some(host) if !host.contains('.') => "The host is no name of the public web.",
            Some(_) => continue,
        };
        notes.say(span, message, "Write where the rule can be read about, or leave the address out.");
    }
}

pub(super) fn dissolved(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (node, url) in links(subject) {
        let Some(mine) = host(url) else { continue };
        let bodies = subject.authorities.authorities.values();
        let gone = bodies.filter(|body| body.until.is_some()).find(|body| {
            body.url.as_deref().and_then(host).is_some_and(|host| {
                let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
                mine == host || mine.ends_with(&format!(".{host}"))
            })
        });
        // A host that a living body uses as well is alive.
        let living = subject.authorities.authorities.values().filter(|body| body.until.is_none());
        let alive = living.filter_map(|body| body.url.as_deref().and_then(host)).any(|host| host == mine);
        if let (Some(body), false) = (gone, alive) {
            notes.say(
                subject.document.span(node),
                format!("The address is one of {}, which is no more.", body.name),
                "Link to the body that took its work over.",
            );
        }
    }
}
