//! URIs that name things must be exact: a trailing slash, `http` for `https` or an `s` for a `z`
//! names something else. Here the nearest right one is found.

/// How a URI stands to those allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness<'a> {
    /// It is one of them.
    Exact,
    /// It resembles one so much that this must be meant.
    Slip(&'a str),
    /// It is something else.
    Other,
}

/// Compares a URI with those allowed.
#[must_use]
pub fn compare<'a>(uri: &str, allowed: &'a [String]) -> Likeness<'a> {
    if allowed.iter().any(|right| right == uri) {
        return Likeness::Exact;
    }
    // Long texts are no URIs, and comparing them would cost more than it could tell.
    if uri.len() > 300 {
        return Likeness::Other;
    }
    let bare = skeleton(uri);
    let nearest = allowed
        .iter()
        .map(|right| {
            let other = skeleton(right);
            let distance = if other == bare { 0 } else { strsim::damerau_levenshtein(&bare, &other) };
            (distance, other.chars().count(), right.as_str())
        })
        .min();
    match nearest {
        // One slip in each fifteen characters, three at most.
        Some((distance, length, right)) if distance <= (length / 15).clamp(0, 3) => Likeness::Slip(right),
        _ => Likeness::Other,
    }
}

/// A URI without what slips are usually in: scheme, case, separators, slash at the end.
fn skeleton(uri: &str) -> String {
    let lower = uri.trim().to_lowercase();
    let rest = ["https://", "http://", "https//", "http//", "https:/", "http:/"]
        .into_iter()
        .find_map(|scheme| lower.strip_prefix(scheme))
        .unwrap_or(&lower);
    rest.trim_start_matches("www.").trim_end_matches('/').replace(['_', ' '], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_lead_to_what_was_meant() {
        let allowed = [
            "https://fhir.nhs.uk/Id/nhs-number".to_owned(),
            "https://fhir.nhs.uk/Id/ods-organization-code".to_owned(),
        ];
        for (uri, meant) in [
            ("http://fhir.nhs.uk/Id/nhs-number", 0),
            ("https//fhir.nhs.uk/Id/nhs-number", 0),
            ("https://fhir.nhs.uk/Id/nhs-number/", 0),
            ("https://fhir.nhs.uk/id/NHS_Number", 0),
            ("https://fhir.nhs.uk/Id/ods-organisation-code", 1),
        ] {
            assert_eq!(compare(uri, &allowed), Likeness::Slip(&allowed[meant]), "{uri}");
        }
        assert_eq!(compare(&allowed[1], &allowed), Likeness::Exact);
        for other in ["https://fhir.nhs.uk/Id/ods-site-code", "https://tools.ietf.org/html/rfc4122", "", "x"]
        {
            assert_eq!(compare(other, &allowed), Likeness::Other, "{other}");
        }
    }
}
