//! The service account as REST calls see it: the address they begin with, and the header that signs them.
//!
//! | `token_kind` | address | header |
//! |---|---|---|
//! | `classic` | the site | Basic, address and token |
//! | `scoped` | the API gateway, below the site's id in the cloud | Basic, address and token |
//! | `oauth` | the same gateway | Bearer, a token that is fetched and lives an hour |
//!
//! What needs no signature is always asked at the site: it says the id that the gateway wants.

use reqwest::RequestBuilder;
use reqwest::header::ACCEPT;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::Url;

use super::answer::Failure;
use super::bearer::Bearer;
use super::call::Call;
use super::deadline::Deadline;
use super::error::JsmError;
use super::gateway::{Api, Gateway};
use super::requests::Requests;
use crate::settings::AtlassianSettings;
use crate::settings::atlassian::Credentials;
use crate::settings::customer_token::CustomerToken;

/// Where the REST API is, and as whom it is called.
#[derive(Debug, Clone)]
pub(super) struct Account {
    site: Url,
    place: Place,
    signature: Signature,
    /// Whether its token is the second one, which makes customers.
    is_of_customers: bool,
}

/// Where signed calls go.
#[derive(Debug, Clone)]
enum Place {
    Fixed(Url),
    Gateway(Arc<Gateway>),
}

/// What becomes the `Authorization` header.
#[derive(Debug, Clone)]
enum Signature {
    Basic {
        email: String,
        api_token: SecretString,
    },
    Bearer(Arc<Bearer>),
}

impl Account {
    /// As the settings say.
    pub(super) fn of(settings: &AtlassianSettings) -> Self {
        let gateway = || {
            let gateway = Gateway::new(&settings.site, &settings.gateway, Api::Jira);
            Place::Gateway(Arc::new(gateway))
        };
        let basic = |email: &String, api_token: &SecretString| Signature::Basic {
            email: email.clone(),
            api_token: api_token.clone(),
        };
        let (place, signature) = match &settings.credentials {
            Credentials::Classic { email, api_token } => {
                (Place::Fixed(settings.site.clone()), basic(email, api_token))
            }
            Credentials::Scoped { email, api_token } => (gateway(), basic(email, api_token)),
            Credentials::OAuth {
                auth,
                client_id,
                client_secret,
            } => {
                let bearer = Bearer::new(auth, client_id.clone(), client_secret.clone());
                (gateway(), Signature::Bearer(Arc::new(bearer)))
            }
        };
        Self {
            site: settings.site.clone(),
            place,
            signature,
            is_of_customers: false,
        }
    }

    /// The account of the second token, at the same place.
    pub(super) fn of_customers(&self, second: &CustomerToken) -> Self {
        Self {
            signature: Signature::Basic {
                email: second.email.clone(),
                api_token: second.token.clone(),
            },
            is_of_customers: true,
            ..self.clone()
        }
    }

    /// The same credentials at another base address.
    pub(super) fn at(&self, base: Url) -> Self {
        Self {
            place: Place::Fixed(base),
            ..self.clone()
        }
    }

    /// The same credentials behind a gateway.
    pub(super) fn behind(&self, gateway: Arc<Gateway>) -> Self {
        Self {
            place: Place::Gateway(gateway),
            ..self.clone()
        }
    }

    /// The call as a request, signed where it has to be. May itself have to ask: for the site's id, for a token.
    pub(super) async fn request(
        &self,
        http: Requests<'_>,
        call: &Call,
        deadline: Deadline,
    ) -> Result<RequestBuilder, Failure> {
        if !call.signed {
            return Ok(unsigned(http, call, &self.site));
        }
        let request = match &self.place {
            Place::Fixed(base) => unsigned(http, call, base),
            Place::Gateway(gateway) => unsigned(http, call, &gateway.base(http, deadline).await?),
        };
        Ok(match &self.signature {
            Signature::Basic { email, api_token } => {
                request.basic_auth(email, Some(api_token.expose_secret()))
            }
            Signature::Bearer(bearer) => {
                request.bearer_auth(bearer.token(http, deadline).await?.expose_secret())
            }
        })
    }

    /// A signed call was answered with 401: a token that was fetched is fetched anew the next time. Whether that may help at once.
    pub(super) async fn refused(&self) -> bool {
        match &self.signature {
            Signature::Basic { .. } => false,
            Signature::Bearer(bearer) => bearer.forget().await,
        }
    }

    /// The error, which says whose token was refused where there are two.
    pub(super) fn named(&self, error: JsmError) -> JsmError {
        if self.is_of_customers {
            return error.of_customer_token();
        }
        error
    }
}

fn unsigned(http: Requests<'_>, call: &Call, base: &Url) -> RequestBuilder {
    let mut request = http
        .client
        .request(call.method.clone(), below(base, &call.path))
        .header(ACCEPT, "application/json");
    if !call.query.is_empty() {
        request = request.query(&call.query);
    }
    if let Some(body) = &call.body {
        request = request.json(body);
    }
    if call.experimental {
        request = request.header("X-ExperimentalApi", "opt-in");
    }
    request
}

/// The whole address of `path`, which does not begin with a slash and is built from checked ids alone. A path of the base is kept: the API gateway has
/// one.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut address = base.clone();
    let prefix = address.path().trim_end_matches('/').to_owned();
    address.set_path(&format!("{prefix}/{path}"));
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_base_is_kept() {
        for base in [
            "https://api.example/ex/jira/1",
            "https://api.example/ex/jira/1/",
        ] {
            let address = below(&Url::parse(base).unwrap(), "rest/api/3/myself");
            assert_eq!(
                address.as_str(),
                "https://api.example/ex/jira/1/rest/api/3/myself"
            );
        }
    }

    #[test]
    fn the_token_is_not_in_the_debug_output() {
        let site = Url::parse("https://acme.atlassian.net").unwrap();
        let settings = super::super::scripted_site::settings(&site);
        assert!(!format!("{:?}", Account::of(&settings)).contains("very-secret"));
    }
}
