//! What results of somebody's claims by a mapping that is not saved yet: made by the same function as at a real sign-in.

use crate::admin::in_words::facts;
use crate::identity::map;
use crate::login::Login;
use crate::provider::{Case, Diagnosis};
use crate::settings::Settings;

use super::sample::Sample;

/// It.
pub(in crate::admin) enum Resulting {
    /// There is nobody to try it with.
    Nobody,
    /// The mapping has mistakes, which stand at their fields.
    Wrong,
    /// They could not sign in.
    Refused(Box<Diagnosis>),
    /// They are this.
    Customer(Vec<(&'static str, String)>),
}

impl Resulting {
    /// By these settings; `None` when they have mistakes.
    pub(super) fn of(sample: Option<&Sample>, judged: Option<&Settings>, login: &Login) -> Self {
        let Some(sample) = sample else {
            return Self::Nobody;
        };
        let Some(settings) = judged else {
            return Self::Wrong;
        };
        let Some(provider) = settings.providers.get(&sample.provider) else {
            return Self::Nobody;
        };
        let mapping = &settings.mapping;
        match map(mapping, provider, sample.verified()) {
            Ok(identity) => Self::Customer(facts(&identity)),
            Err(error) => {
                let callback = login.redirect_uri(&provider.name);
                let case = Case {
                    settings: provider,
                    callback: &callback,
                };
                Self::Refused(Box::new(case.of_mapping(&error, mapping)))
            }
        }
    }
}
