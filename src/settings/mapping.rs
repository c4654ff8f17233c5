//! `mapping`: which claim becomes what of the customer.

use super::template::Source;

/// From claims to customer.
#[derive(Debug, Clone)]
pub struct MappingSettings {
    /// `email`.
    pub email: Source,
    /// `first_name`.
    pub first_name: Source,
    /// `last_name`.
    pub last_name: Source,
    /// `display_name`.
    pub display_name: Source,
    /// `username`.
    pub username: Source,
    /// `groups`: the name of the claim that lists them.
    pub groups: String,
    /// `update = "always"`: existing customers are changed too.
    pub update_existing: bool,
    /// `details`: customer detail field → source.
    pub details: Vec<(String, Source)>,
}
