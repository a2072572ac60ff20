//! What is known of values: identifiers with check digits, dates, addresses. Pure functions over
//! text; nothing here knows of files, rules or findings.

pub mod date_time;
pub mod eps_prescription;
pub mod licence;
pub mod nhs_number;
pub mod ods;
pub mod snomed;
pub mod uri_is;
pub mod uuid;
