//! What the system processes: data of persons, and data that decides on their care.

use super::{Detected, Kind, Seen};
use crate::standard::Truth;

pub(super) const PERSONAL_DATA: Kind = Kind {
    name: "personal-data",
    about: "the system processes data of persons",
    question: "Does the system process data of persons?",
    duty: Some(true),
    buyer_only: false,
    detect: personal_data,
};

pub(super) const CLINICAL: Kind = Kind {
    name: "clinical",
    about: "the system is health IT: what it does may affect a patient's care",
    question: "May what the system does affect a patient's care?",
    duty: Some(true),
    buyer_only: false,
    detect: clinical,
};

/// Words of a readme that speak of care. Descriptions of other things have them too.
const CARE: [&str; 5] = ["clinical", "medical", "prescription", "vaccination", "patient"];

/// Names of members that hold data of persons.
const PERSON: [&str; 17] = [
    "dateofbirth",
    "date_of_birth",
    "birthdate",
    "birth_date",
    "firstname",
    "first_name",
    "lastname",
    "last_name",
    "surname",
    "familyname",
    "family_name",
    "givenname",
    "given_name",
    "emailaddress",
    "email_address",
    "phonenumber",
    "phone_number",
];

fn personal_data(seen: &Seen<'_>) -> Detected {
    let keyed = ["fhir.nhs.uk/id/nhs-number", "nhsnumber", "nhs_number"];
    if let Some((place, files)) = seen.scan.first(&keyed) {
        return Detected::yes(format!("{place} ({files} files)"));
    }
    if let Some((place, _)) = seen.scan.first(&PERSON) {
        return Detected::likely(place);
    }
    if seen.before.get("fhir").is_some_and(|fhir| fhir.value == Truth::True) {
        return Detected::likely("FHIR resources are mostly about patients");
    }
    Detected::unknown("no description or resource in the tree names data of persons by the usual names")
}

fn clinical(seen: &Seen<'_>) -> Detected {
    let fhir = seen.before.get("fhir").is_some_and(|fhir| fhir.value == Truth::True);
    if let Some((place, _)) = seen.scan.first(&CARE) {
        let beside = if fhir { "FHIR, and " } else { "" };
        return Detected::likely(format!("{beside}{place}"));
    }
    if fhir {
        return Detected::likely("it exchanges FHIR resources");
    }
    Detected::unknown("no README speaks of care, and the tree has no FHIR")
}
