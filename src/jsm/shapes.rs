//! The shapes of Atlassian's answers, read from bytes alone: for fuzzing what is otherwise only read from a connection.

use serde::de::DeserializeOwned;

use super::organization::Organization;
use super::page::Page;
use super::service_desk::ServiceDesk;
use super::token::SiteInfo;
use super::user::User;

/// The names of the shapes that these bytes have.
#[must_use]
pub fn understood(body: &[u8]) -> Vec<&'static str> {
    fn is<T: DeserializeOwned>(body: &[u8]) -> bool {
        serde_json::from_slice::<T>(body).is_ok()
    }
    let shapes = [
        ("site", is::<SiteInfo>(body)),
        ("service desks", is::<Page<ServiceDesk>>(body)),
        ("organizations", is::<Page<Organization>>(body)),
        ("users", is::<Vec<User>>(body)),
    ];
    shapes
        .into_iter()
        .filter_map(|(name, fits)| fits.then_some(name))
        .collect()
}
