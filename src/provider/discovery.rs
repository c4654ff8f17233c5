//! The provider's discovery document (OIDC Discovery 1.0), read leniently and judged strictly.
//!
//! The library's own type wants members that we never use and that some providers leave out; this one asks for the four that count.

use serde::Deserialize;
use url::Url;

use super::http::Http;
use super::{Away, Endpoint, Misfit, ProviderError};
use crate::metrics::ProviderCall;
use crate::settings::public_url::{is_loopback, leads_here};

/// Where a provider's document is, below its issuer (section 4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
/// What we say in an authorization request; an endpoint whose own query says one of these would speak for us.
const OURS: &[&str] = &[
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "identity_provider",
    "request",
    "request_uri",
];

/// A provider's endpoints, each checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Discovered {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    pub(super) end_session_endpoint: Option<Url>,
    /// Where tokens are handed back (RFC 7009).
    pub(super) revocation_endpoint: Option<Url>,
    /// Whether every callback must name the issuer (RFC 9207, section 3).
    pub(super) names_issuer: bool,
    /// What the provider's clock said, in seconds since 1970, when its answer had a `Date`.
    pub(super) date: Option<i64>,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// Fetches and checks the document of `issuer`.
pub(super) async fn discover(http: &Http, issuer: &str) -> Result<Discovered, ProviderError> {
    let address = format!("{}{WELL_KNOWN}", issuer.trim_end_matches('/'));
    let address = Url::parse(&address).map_err(|_| Misfit::NoAddress(issuer.to_owned()))?;
    let unavailable = |why: String| Away::new(Endpoint::Discovery, format!("{address}: {why}"));
    let answer = http
        .calling(ProviderCall::Discovery)
        .get(&address, None)
        .await
        .map_err(|fault| unavailable(fault.to_string()))?;
    if answer.status() != 200 {
        let status = answer.status().as_u16();
        return Err(Away {
            status: Some(status),
            ..unavailable(format!("it answered {status}"))
        }
        .into());
    }
    let document: Document = serde_json::from_slice(answer.body())
        .map_err(|_| unavailable("it is not a discovery document".into()))?;
    let date = answer
        .headers()
        .get("date")
        .and_then(|date| date.to_str().ok())
        .and_then(seconds);
    Ok(Discovered {
        date,
        ..judge(document, issuer)?
    })
}

fn judge(document: Document, issuer: &str) -> Result<Discovered, ProviderError> {
    // Section 4.3: exactly equal, or whoever serves the document speaks for somebody else.
    if document.issuer != issuer {
        let (set, says) = (issuer.to_owned(), document.issuer);
        return Err(Misfit::Issuer { set, says }.into());
    }
    let beside = Beside::of(issuer);
    let endpoint = |name: &str, text: &str| endpoint(name, text, beside);
    let optional =
        |name: &str, text: Option<String>| text.map(|text| endpoint(name, &text)).transpose();
    let authorization_endpoint =
        endpoint("authorization_endpoint", &document.authorization_endpoint)?;
    if authorization_endpoint
        .query_pairs()
        .any(|(name, _)| OURS.contains(&name.as_ref()))
    {
        let why = "authorization_endpoint has parameters that are ours to set";
        return Err(Misfit::Document(why.to_owned()).into());
    }
    Ok(Discovered {
        authorization_endpoint,
        token_endpoint: endpoint("token_endpoint", &document.token_endpoint)?,
        jwks_uri: endpoint("jwks_uri", &document.jwks_uri)?,
        userinfo_endpoint: optional("userinfo_endpoint", document.userinfo_endpoint)?,
        end_session_endpoint: optional("end_session_endpoint", document.end_session_endpoint)?,
        revocation_endpoint: optional("revocation_endpoint", document.revocation_endpoint)?,
        names_issuer: document
            .authorization_response_iss_parameter_supported
            .unwrap_or_default(),
        date: None,
    })
}

/// The issuer that endpoints are named beside.
#[derive(Clone, Copy)]
struct Beside {
    /// It is on this machine, which the settings allow only while `public_url` is too.
    here: bool,
    /// It is on loopback, by `http://`.
    open: bool,
}

impl Beside {
    fn of(issuer: &str) -> Self {
        let issuer = Url::parse(issuer).ok();
        let open = |url: &Url| url.scheme() == "http" && is_loopback(url);
        Self {
            here: issuer.as_ref().is_some_and(leads_here),
            open: issuer.as_ref().is_some_and(open),
        }
    }
}

/// Encrypted, or beside an issuer on loopback `http://` on loopback too. Beside an issuer elsewhere nothing is on this machine.
fn endpoint(name: &str, text: &str, beside: Beside) -> Result<Url, ProviderError> {
    let url = Url::parse(text).ok().filter(|url| {
        let fit = match url.scheme() {
            "https" => true,
            "http" => beside.open && is_loopback(url),
            _ => false,
        };
        fit && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    });
    let why = match url {
        Some(url) if beside.here || !leads_here(&url) => return Ok(url),
        Some(_) => "is on this machine, but the issuer is not",
        None => "is not an https:// address",
    };
    Err(Misfit::Document(format!("{name} {why}: {text:?}")).into())
}

/// The seconds since 1970 of an HTTP date (RFC 9110, section 5.6.7).
fn seconds(date: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(date)
        .ok()
        .map(|date| date.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://idp.test/pool";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://login.test/oauth2/authorize",
            "token_endpoint": "https://login.test/oauth2/token",
            "jwks_uri": "https://idp.test/pool/jwks.json",
            "userinfo_endpoint": "https://login.test/oauth2/userInfo",
        })
    }

    fn judged(document: Value, issuer: &str) -> Result<Discovered, ProviderError> {
        judge(serde_json::from_value(document).unwrap(), issuer)
    }

    fn with(name: &str, value: &str) -> Value {
        let mut document = document();
        document[name] = value.into();
        document
    }

    #[test]
    fn a_document_with_the_bare_essentials_is_enough() {
        let discovered = judged(document(), ISSUER).unwrap();
        assert_eq!(
            discovered.token_endpoint.as_str(),
            "https://login.test/oauth2/token"
        );
        assert!(!discovered.names_issuer);
    }

    #[test]
    fn the_issuer_must_be_equal_to_the_letter() {
        for issuer in [
            "https://idp.test/pool/",
            "https://idp.test",
            "https://IDP.test/pool",
            "http://idp.test/pool",
            "https://evil.test/pool",
        ] {
            assert!(
                matches!(
                    judged(document(), issuer),
                    Err(ProviderError::Misconfigured(_))
                ),
                "{issuer}"
            );
        }
    }

    #[test]
    fn endpoints_must_be_encrypted_and_elsewhere_than_here() {
        for name in [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
        ] {
            for address in [
                "http://idp.test/x",
                "http://127.0.0.1/x",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "/x",
                "",
                "https://a@idp.test/",
                "https://127.0.0.1/x",
                "https://localhost./x",
                "https://[::ffff:127.0.0.1]/x",
                "https://0.0.0.0/x",
                "https://[::]/x",
            ] {
                assert!(
                    matches!(
                        judged(with(name, address), ISSUER),
                        Err(ProviderError::Misconfigured(_))
                    ),
                    "{name} {address}"
                );
            }
        }
    }

    #[test]
    fn only_beside_a_loopback_issuer_may_loopback_endpoints_be_open() {
        let open = |jwks_uri: &str| {
            let mut document = with("jwks_uri", jwks_uri);
            document["issuer"] = "http://127.0.0.1:9000/pool".into();
            judged(document, "http://127.0.0.1:9000/pool")
        };
        assert!(open("http://127.0.0.1:9000/jwks.json").is_ok());
        assert!(open("http://169.254.169.254/jwks.json").is_err());
    }

    #[test]
    fn an_authorization_endpoint_may_not_set_our_parameters() {
        let endpoint = |query: &str| {
            judged(
                with(
                    "authorization_endpoint",
                    &format!("https://login.test/a?{query}"),
                ),
                ISSUER,
            )
        };
        assert!(endpoint("tenant=1").is_ok());
        for query in [
            "client_id=evil",
            "x=1&redirect_uri=https://evil.test",
            "code%5Fchallenge=x",
            "state=",
        ] {
            assert!(endpoint(query).is_err(), "{query}");
        }
    }

    #[test]
    fn the_date_of_an_answer_is_understood() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("yesterday"), None);
    }
}
