//! What is Cognito's alone: its logout, its chooser, and pools without a login domain.

use url::Url;

use super::discovery::Discovered;
use crate::settings::ProviderSettings;

/// Whether these settings are of a user pool.
pub(super) fn is_user_pool(settings: &ProviderSettings) -> bool {
    settings.domain.is_some()
}

/// Whether `userInfo` never says this: groups and the user name are in Cognito's tokens only.
pub(super) fn is_only_in_tokens(claim: &str) -> bool {
    claim.starts_with("cognito:")
}

/// `GET /logout`, which is not the one of OIDC: it wants our client id, and sends people to a registered address, compared exactly.
pub(super) fn log_out_address(settings: &ProviderSettings) -> Option<Url> {
    let mut address = log_out_endpoint(settings)?;
    address
        .query_pairs_mut()
        .append_pair("client_id", &settings.client_id)
        .append_pair("logout_uri", &settings.sign_out_url);
    Some(address)
}

fn log_out_endpoint(settings: &ProviderSettings) -> Option<Url> {
    let from_domain = || {
        settings
            .domain
            .as_ref()
            .and_then(|domain| domain.join("/logout").ok())
    };
    settings.logout_url.clone().or_else(from_domain)
}

/// The AWS regions that the settings speak of; each may be told by none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Regions<'a> {
    /// What the pool's id begins with.
    pub(super) pool: Option<&'a str>,
    /// Of the issuer's host.
    pub(super) issuer: Option<&'a str>,
    /// Of the login domain, when it is one of Cognito's own.
    pub(super) domain: Option<&'a str>,
}

/// Reads them.
pub(super) fn regions(settings: &ProviderSettings) -> Regions<'_> {
    let (host, pool) = settings
        .issuer
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
        .unwrap_or_default();
    let of_issuer = host.strip_suffix(".amazonaws.com").and_then(|host| {
        host.strip_prefix("cognito-idp.")
            .or_else(|| host.strip_prefix("issuer-cognito-idp."))
    });
    let domain = settings.domain.as_ref().and_then(Url::host_str);
    let of_domain = domain
        .and_then(|host| host.strip_suffix(".amazoncognito.com"))
        .and_then(|host| host.split_once(".auth."));
    Regions {
        pool: pool.split_once('_').map(|(region, _)| region),
        issuer: of_issuer,
        domain: of_domain.map(|(_, region)| region),
    }
}

/// What is wrong between the login domain of the settings and the endpoints that the pool advertises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DomainFault {
    /// The pool has no domain: it advertises endpoints beside its issuer, and nothing answers there.
    None,
    /// The pool advertises another one; both may work.
    Another(String),
}

/// Compares them; `None` when they agree, or when this is no user pool.
pub(super) fn domain_fault(
    settings: &ProviderSettings,
    endpoints: &Discovered,
) -> Option<DomainFault> {
    let domain = settings.domain.as_ref()?.origin();
    let issuer = Url::parse(&settings.issuer).ok()?.origin();
    let advertised = endpoints.authorization_endpoint.origin();
    if advertised == domain {
        None
    } else if advertised == issuer || is_issuers_host(&endpoints.authorization_endpoint) {
        Some(DomainFault::None)
    } else {
        Some(DomainFault::Another(advertised.ascii_serialization()))
    }
}

/// Whether an endpoint lies beside an issuer: pools have two spellings of theirs, and may advertise one under the other.
fn is_issuers_host(endpoint: &Url) -> bool {
    endpoint.host_str().is_some_and(|host| {
        host.starts_with("cognito-idp.") || host.starts_with("issuer-cognito-idp.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// What is found of a pool that advertises this host.
    fn fault(issuer: &str, advertised: &str) -> Option<DomainFault> {
        let text = format!(
            "[default.provider.cognito]\nissuer = {issuer:?}\ndomain = \"login.acme.example\"\nclient_id = \"a\""
        );
        let loaded = Settings::from_toml(&text, std::path::Path::new(".")).unwrap();
        let settings = loaded.settings.providers.values().next().unwrap();
        let endpoint: Url = format!("https://{advertised}/oauth2/authorize")
            .parse()
            .unwrap();
        let endpoints = Discovered {
            authorization_endpoint: endpoint.clone(),
            token_endpoint: endpoint.clone(),
            jwks_uri: endpoint,
            userinfo_endpoint: None,
            end_session_endpoint: None,
            revocation_endpoint: None,
            names_issuer: false,
            date: None,
        };
        domain_fault(settings, &endpoints)
    }

    #[test]
    fn a_pool_without_a_domain_is_found_out_under_both_spellings_of_its_issuer() {
        let hosts = [
            "cognito-idp.eu-west-1.amazonaws.com",
            "issuer-cognito-idp.eu-west-1.amazonaws.com",
        ];
        for of_issuer in hosts {
            let issuer = format!("https://{of_issuer}/eu-west-1_A");
            for advertised in hosts {
                assert_eq!(fault(&issuer, advertised), Some(DomainFault::None));
            }
            assert_eq!(fault(&issuer, "login.acme.example"), None);
            assert_eq!(
                fault(&issuer, "acme.auth.eu-west-1.amazoncognito.com"),
                Some(DomainFault::Another(
                    "https://acme.auth.eu-west-1.amazoncognito.com".to_owned()
                ))
            );
        }
    }
}
