//! Mistakes of settings, each with the field that it is about.

use crate::settings::{Outside, Problem, Saved};

use super::Lookup;

/// A mistake for people.
pub(in crate::admin) struct Complaint {
    /// Page and field, where the desk has them.
    pub(in crate::admin) place: Option<String>,
    /// Where that page is.
    pub(in crate::admin) address: Option<String>,
    /// The key, or the file when it is about all of it.
    pub(in crate::admin) key: String,
    pub(in crate::admin) message: String,
}

/// What is wrong with these settings.
pub(in crate::admin) fn complaints(
    problems: Vec<Problem>,
    about: Saved,
    outside: &Outside,
) -> Vec<Complaint> {
    let lookup = Lookup::of(about, outside);
    let complaint = |problem: Problem| {
        let spot = lookup.spot_of(&problem.key);
        Complaint {
            place: spot
                .as_ref()
                .map(|spot| format!("{} → {}", spot.page, spot.label)),
            address: spot.map(|spot| spot.address),
            key: if problem.key.is_empty() {
                problem.origin
            } else {
                problem.key
            },
            message: problem.message,
        }
    };
    problems.into_iter().map(complaint).collect()
}
