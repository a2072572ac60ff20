//! Whether the system offers an API, whether it speaks FHIR, and whether it stands on a national
//! platform: told from its descriptions first, from what its packages depend on second.

use super::{Detected, Kind, Seen};
use crate::engine::Description;
use crate::finding::FileId;
use crate::standard::Truth;
use crate::target;
use crate::verdict::roles::Role;

pub(super) const API: Kind = Kind {
    name: "api",
    about: "the system offers an API to others",
    question: "Does the system offer an API? If so, keep its description in the tree.",
    duty: Some(true),
    buyer_only: false,
    detect: api,
};

pub(super) const FHIR: Kind = Kind {
    name: "fhir",
    about: "the system exchanges FHIR resources",
    question: "Does the system exchange FHIR resources?",
    duty: Some(true),
    buyer_only: false,
    detect: fhir,
};

pub(super) const NATIONAL_PLATFORM: Kind = Kind {
    name: "national-platform",
    about: "the API is offered on the NHS England API platform",
    question: "Is the API offered on the NHS England API platform?",
    duty: Some(true),
    buyer_only: false,
    detect: national_platform,
};

/// Endings of source code that may serve an API.
const CODE: [&str; 31] = [
    ".py", ".js", ".mjs", ".cjs", ".ts", ".jsx", ".tsx", ".cs", ".java", ".kt", ".groovy", ".go", ".rb",
    ".php", ".pl", ".lua", ".rs", ".scala", ".clj", ".fs", ".vb", ".ex", ".exs", ".erl", ".hs", ".swift",
    ".dart", ".r", ".R", ".c", ".cpp",
];
/// Endings of what may declare an API of a gateway, or one of another kind.
const DECLARING: [&str; 11] = [
    ".tf",
    ".bicep",
    ".raml",
    ".graphql",
    ".gql",
    ".graphqls",
    ".proto",
    ".wsdl",
    ".wadl",
    ".thrift",
    ".smithy",
];

fn path<'a>(seen: &Seen<'a>, description: &Description) -> &'a str {
    &seen.report.file(FileId(description.file)).path
}

fn of_role<'a>(seen: &Seen<'a>, wanted: Option<Role>) -> Vec<&'a Description> {
    seen.report
        .descriptions
        .iter()
        .filter(|one| {
            let role = seen.roles.get(FileId(one.file)).map(|known| known.role);
            wanted.is_none_or(|wanted| role == Some(wanted))
        })
        .collect()
}

fn published<'a>(seen: &Seen<'a>) -> Vec<&'a Description> {
    of_role(seen, Some(Role::Published))
}

/// Why nothing may be said to be in no published description: one of them was not judged.
fn half_read(seen: &Seen<'_>) -> Option<Detected> {
    let unread = |file| seen.report.unknown.iter().any(|one| one.rule.is_none() && one.file == Some(file));
    let all = published(seen);
    let one = all.iter().find(|one| unread(FileId(one.file)))?;
    Some(Detected::unknown(format!("{} could not be judged as a whole", path(seen, one))))
}

fn api(seen: &Seen<'_>) -> Detected {
    if let Some(first) = published(seen).first() {
        return Detected::yes(format!("{} {}", first.kind, path(seen, first)));
    }
    let described = of_role(seen, None)
        .into_iter()
        .filter(|one| seen.roles.get(FileId(one.file)).is_none_or(|known| known.role != Role::Components));
    if let Some(first) = described.min_by_key(|one| one.file) {
        let role = seen.roles.get(FileId(first.file)).map_or("no", |known| known.role.name());
        return Detected::likely(format!("{} {} ({role})", first.kind, path(seen, first)));
    }
    let hosts = seen.workspace.entries().iter().filter(|entry| entry.path.ends_with("host.json")).count();
    let generating = ["extensions.openapi", "swashbuckle", "nswag", "springdoc", "springfox"];
    if let Some((place, files)) = seen.scan.first(&generating) {
        let hosts = if hosts > 0 { format!("; {hosts} host.json") } else { String::new() };
        return Detected::likely(format!(
            "{place} ({files} files): a description is made at run time{hosts}"
        ));
    }
    if hosts > 0 {
        return Detected::likely(format!("{hosts} host.json of Azure Functions"));
    }
    let serving =
        ["\"express\"", "\"fastify\"", "fastapi", "flask", "djangorestframework", "axum", "actix-web"];
    if let Some((place, _)) = seen.scan.first(&serving) {
        return Detected::likely(place);
    }
    let files = seen.report.files.iter();
    let family = target::specific("api-description");
    let mut seeming = files.filter(|file| {
        file.like.is_some_and(|like| target::specific(like).iter().any(|kind| family.contains(kind)))
    });
    if let Some(file) = seeming.next() {
        let why = file.note.as_deref().unwrap_or("it was not judged");
        return Detected::unknown(format!("{} may be an API description: {why}", file.path));
    }
    let code = seen
        .workspace
        .entries()
        .iter()
        .filter(|entry| entry.skip.is_none())
        .filter(|entry| CODE.iter().chain(&DECLARING).any(|ending| entry.path.ends_with(ending)))
        // What serves comes before the settings of tools.
        .min_by_key(|entry| entry.path.contains(".config.") || entry.path.starts_with('.'));
    let parts = of_role(seen, Some(Role::Components)).into_iter().next();
    match (code, parts) {
        (Some(entry), _) => Detected::unknown(format!(
            "no API description in the tree; whether the code ({}, ...) serves an API is not told",
            entry.path
        )),
        (None, Some(parts)) => Detected::no(format!(
            "{} holds components for others to use, and nothing else in the tree describes or serves an API",
            path(seen, parts)
        )),
        (None, None) => Detected::no("neither an API description nor source code in the tree"),
    }
}

fn fhir(seen: &Seen<'_>) -> Detected {
    let mut all = published(seen);
    all.extend(of_role(seen, None));
    for one in all {
        if let Some(media) = one.media.iter().find(|media| media.contains("fhir+")) {
            return Detected::yes(format!("media type {media} in {}", path(seen, one)));
        }
        if let Some(server) = one.servers.iter().find(|server| server.to_ascii_lowercase().contains("/fhir"))
        {
            return Detected::yes(format!("server {server} in {}", path(seen, one)));
        }
    }
    if let Some((place, files)) =
        seen.scan.first(&["hl7.fhir", "fhir.resources", "hapi-fhir", "fhirclient", "\"fhir"])
    {
        return Detected::yes(format!("{place} ({files} manifests)"));
    }
    let resources = seen
        .report
        .files
        .iter()
        .filter(|file| file.target.as_deref().is_some_and(|target| target.starts_with("fhir")))
        .count();
    if resources > 0 {
        return Detected::yes(format!("{resources} FHIR resources in the tree"));
    }
    if let Some(unknown) = half_read(seen) {
        return unknown;
    }
    let count = published(seen).len();
    if count > 0 {
        return Detected::no(format!(
            "none of {count} published descriptions names a FHIR media type or path"
        ));
    }
    if seen.before.get("api").is_some_and(|api| api.value == Truth::False) {
        return Detected::no("there is no API, and no FHIR resource in the tree");
    }
    Detected::unknown("no API description and no FHIR resource in the tree")
}

fn national_platform(seen: &Seen<'_>) -> Detected {
    let published = published(seen);
    let host = |server: &String| {
        let rest = server.split_once("://").map_or(server.as_str(), |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        host == "api.service.nhs.uk" || host.ends_with(".api.service.nhs.uk")
    };
    for one in &published {
        if let Some(server) = one.servers.iter().find(|server| host(server)) {
            return Detected::yes(format!("server {server}"));
        }
    }
    if let Some(unknown) = half_read(seen) {
        return unknown;
    }
    let servers: usize = published.iter().map(|one| one.servers.len()).sum();
    if servers > 0 {
        let none = if servers == 1 {
            "its one server is not".to_owned()
        } else {
            format!("none of {servers} servers is")
        };
        return Detected::no(format!("{none} on api.service.nhs.uk"));
    }
    Detected::unknown("no published description names a server")
}
