//! The service account as REST calls see it: the address they begin with, and the header that signs them.

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::settings::AtlassianSettings;
use crate::settings::atlassian::Credentials;

/// Where the REST API is, and as whom it is called. Another kind of token is another pair of these two.
#[derive(Debug, Clone)]
pub(super) struct Account {
    base: Url,
    signature: Signature,
}

/// What becomes the `Authorization` header.
#[derive(Debug, Clone)]
enum Signature {
    Basic {
        email: String,
        api_token: SecretString,
    },
}

impl Account {
    /// As the settings say: a classic token is used on the site itself.
    pub(super) fn of(settings: &AtlassianSettings) -> Self {
        let Credentials::Classic { email, api_token } = &settings.credentials;
        Self {
            base: settings.site.clone(),
            signature: Signature::Basic {
                email: email.clone(),
                api_token: api_token.clone(),
            },
        }
    }

    /// The same credentials at another base address.
    pub(super) fn at(&self, base: Url) -> Self {
        Self {
            base,
            signature: self.signature.clone(),
        }
    }

    /// The whole address of `path`, which does not begin with a slash and is built from checked ids alone. A path
    /// of the base is kept: the API gateway has one.
    pub(super) fn address(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        let base = address.path().trim_end_matches('/').to_owned();
        address.set_path(&format!("{base}/{path}"));
        address
    }

    /// Adds the `Authorization` header, marked as sensitive.
    pub(super) fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.signature {
            Signature::Basic { email, api_token } => {
                request.basic_auth(email, Some(api_token.expose_secret()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(base: &str) -> Account {
        Account {
            base: Url::parse(base).unwrap(),
            signature: Signature::Basic {
                email: "bot@acme.example".to_owned(),
                api_token: "very-secret".into(),
            },
        }
    }

    #[test]
    fn a_path_of_the_base_is_kept() {
        for base in [
            "https://api.example/ex/jira/1",
            "https://api.example/ex/jira/1/",
        ] {
            let address = account(base).address("rest/api/3/myself");
            assert_eq!(
                address.as_str(),
                "https://api.example/ex/jira/1/rest/api/3/myself"
            );
        }
    }

    #[test]
    fn the_token_is_not_in_the_debug_output() {
        assert!(!format!("{:?}", account("https://acme.example")).contains("very-secret"));
    }
}
