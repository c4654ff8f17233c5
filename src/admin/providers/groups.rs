//! The claim that lists somebody's groups: one for all providers, and each kind of provider has its own.

use toml::Value;

use crate::settings::{Outside, Saved, Settings};

use super::kinds::{KINDS, ProviderKind};

impl ProviderKind {
    /// Where groups are looked for by these settings, and where this kind lists them, if that is elsewhere.
    pub(in crate::admin) fn groups_elsewhere(
        &self,
        settings: &Settings,
    ) -> Option<(String, &'static str)> {
        let (now, here) = (
            &settings.mapping.groups,
            self.groups.unwrap_or("cognito:groups"),
        );
        (now != here).then(|| (now.clone(), here))
    }

    /// With the claim that lists groups at this kind, unless somebody chose one.
    pub(in crate::admin) fn with_groups(&self, saved: Saved, outside: &Outside) -> Saved {
        const CLAIM: [&str; 2] = ["mapping", "groups"];
        let now = saved.value(&CLAIM).and_then(Value::as_str);
        let by_a_kind = KINDS.iter().any(|kind| kind.groups == now);
        if !by_a_kind || outside.locked(&CLAIM.join(".")).is_some() {
            return saved;
        }
        saved.with_value(&CLAIM, self.groups.map(Value::from))
    }
}
