//! The first time: what somebody must have, beyond the rules, who is no customer yet or comes to a service desk where they are none yet.
//!
//! Asked under the lock of the person, after the verdict and before anything is done at Atlassian.

use std::collections::BTreeSet;

use crate::identity::Identity;
use crate::settings::access::CreateCustomers;
use crate::web::Visit;

use super::policy::LinkRules;
use super::{Admission, AdmissionError};

/// What somebody may who comes for the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Leave {
    /// Whether a customer may be made for them.
    pub create: bool,
    /// Organizations that an invitation gives them, by name.
    pub organizations: BTreeSet<String>,
}

impl Admission {
    /// Whether they may come in for the first time, and as what. `unknown`: they are no customer at all yet.
    #[expect(
        clippy::unused_async,
        reason = "what is asked of newcomers is read from the store"
    )]
    pub(super) async fn first_time(
        &self,
        _visit: &Visit,
        _identity: &Identity,
        _rules: Option<&LinkRules>,
        _unknown: bool,
    ) -> Result<Leave, AdmissionError> {
        Ok(Leave {
            create: self.access.create_customers == CreateCustomers::Always,
            organizations: BTreeSet::new(),
        })
    }
}
