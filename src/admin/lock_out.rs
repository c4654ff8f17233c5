//! Whether an administrator who saves these settings would shut themselves out of the desk.

use crate::identity::{Identity, VerifiedClaims, map};
use crate::settings::Settings;

use super::Administrators;

/// Whether the same login, judged by these settings, would make no administrator: their provider is gone, their claims make no identity or other groups, or
/// none of their groups is an administrators' one. What they are is found by the very functions of a real login.
#[must_use]
pub fn would_lock_out(identity: &Identity, settings: &Settings) -> bool {
    let provider = settings.providers.get(&identity.provider);
    let Some(provider) = provider.filter(|one| one.enabled) else {
        return true;
    };
    let login = VerifiedClaims {
        subject: identity.subject.clone(),
        claims: identity.claims.clone(),
        auth_time: identity.auth_time,
    };
    let then = map(&settings.mapping, provider, login);
    !then.is_ok_and(|then| Administrators::among(&settings.admin_groups, &then))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    const PROVIDER: &str = "[default.provider.cognito]\ndomain = \"acme.auth.eu-west-1.amazoncognito.com\"\nuser_pool = \"eu-west-1_AbCdEf123\"\nclient_id = \"client\"\n";

    fn settings(more: &str) -> Settings {
        let text = format!("{PROVIDER}{more}");
        let loaded = Settings::from_toml(&text, Path::new(""));
        loaded
            .unwrap_or_else(|problems| panic!("{problems}"))
            .settings
    }

    fn grace() -> Identity {
        serde_json::from_value(json!({
            "provider": "cognito", "subject": "1", "email": "grace@helpdesk.example", "display_name": "Grace",
            "first_name": null, "last_name": null, "username": null, "auth_time": null,
            "groups": [{ "provider": "cognito", "name": "helpdesk-admins" }],
            "claims": {
                "email": "grace@helpdesk.example", "email_verified": true,
                "cognito:groups": ["helpdesk-admins", "staff"], "custom:roles": ["desk"],
            },
        }))
        .unwrap()
    }

    #[test]
    fn only_settings_by_which_one_stays_an_administrator_lock_nobody_out() {
        for (more, locks_out) in [
            ("", false),
            ("[default.admin]\ngroups = [\"staff\", \"others\"]", false),
            (
                "[default.admin]\ngroups = [\"cognito:helpdesk-admins\"]",
                false,
            ),
            ("[default.admin]\ngroups = [\"others\"]", true),
            ("[default.admin]\ngroups = []", true),
            ("[default.mapping]\ngroups = \"custom:roles\"", true),
            (
                "[default.mapping]\ngroups = \"custom:roles\"\n[default.admin]\ngroups = [\"desk\"]",
                false,
            ),
            ("[default.mapping]\nemail = \"custom:address\"", true),
        ] {
            assert_eq!(
                would_lock_out(&grace(), &settings(more)),
                locks_out,
                "{more}"
            );
        }
    }

    #[test]
    fn whose_provider_is_gone_or_no_longer_believed_is_locked_out() {
        let renamed = PROVIDER.replace("cognito]", "pool]");
        let narrowed = format!("{PROVIDER}email_domains = [\"acme.example\"]\n");
        let off = format!("{PROVIDER}enabled = false\n");
        for text in [renamed, narrowed, off, String::new()] {
            let settings = Settings::from_toml(&text, Path::new("")).unwrap().settings;
            assert!(would_lock_out(&grace(), &settings), "{text}");
        }
    }
}
