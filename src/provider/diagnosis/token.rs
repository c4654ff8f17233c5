//! What is wrong with the tokens: the client that asks for them, the code, the ID token, `userInfo`.

use super::super::{ClientRefusal, IdTokenFault, UserInfoFault};
use super::{Case, Diagnosis, Step};

impl Case<'_> {
    /// The token endpoint refuses us, whatever the code.
    pub(super) fn client_refused(&self, refusal: ClientRefusal, said: &str) -> Diagnosis {
        match refusal {
            ClientRefusal::Credentials => self.credentials_refused(Step::Token),
            ClientRefusal::Grant => self.grant_refused(Step::Token),
            ClientRefusal::Redirect => self.callback_unknown(Step::Token),
            ClientRefusal::Scope => self.scope_refused(Step::Token),
            ClientRefusal::Other => Diagnosis::new(
                Step::Token,
                format!("The token endpoint refuses us: {said}."),
                "Compare client id, client secret and callback address with those at the provider.",
            ),
        }
    }

    fn credentials_refused(&self, step: Step) -> Diagnosis {
        let has_secret = self.settings.client_secret.is_some();
        let (cause, remedy) = match (self.is_pool(), has_secret) {
            (true, true) => (
                "Cognito refuses the client secret: it is not this app client's, or the app client has no secret.",
                "In the Cognito console under App clients open the app client and show its client secret: enter it again. If it shows none, take the secret away here, or make an app client that has one.",
            ),
            (true, false) => (
                "This app client needs its secret, and none is set here.",
                "In the Cognito console under App clients open the app client, show its client secret, and enter it here.",
            ),
            (false, true) => (
                "The provider refuses client id or client secret.",
                "Copy both again from the provider. A secret may have expired there: then make a new one.",
            ),
            (false, false) => (
                "The provider wants a client secret, and none is set here, or it does not know the client id.",
                "Copy client id and client secret from the provider.",
            ),
        };
        Diagnosis::new(step, cause, remedy)
    }

    pub(super) fn grant_refused(&self, step: Step) -> Diagnosis {
        if self.is_pool() {
            return Diagnosis::new(
                step,
                "The authorization code grant is not enabled for this app client.",
                format!(
                    "In the Cognito console under App clients, this client, Login pages, Edit: tick \"Authorization code grant\" among the OAuth 2.0 grant types. Cognito says the same when the callback address differs: {} must be among the allowed callback URLs, to the letter.",
                    self.callback
                ),
            );
        }
        Diagnosis::new(
            step,
            "The provider does not let this client log people in with an authorization code.",
            "Allow the authorization code flow for this client at the provider.",
        )
    }

    pub(super) fn callback_unknown(&self, step: Step) -> Diagnosis {
        let callback = self.callback;
        let remedy = if self.is_pool() {
            format!(
                "In the Cognito console under App clients, this client, Login pages, Edit: add {callback} to the allowed callback URLs, to the letter."
            )
        } else {
            format!(
                "Register {callback} at the provider as an address to come back to, to the letter."
            )
        };
        Diagnosis::new(step, "This callback address is not registered.", remedy)
    }

    pub(super) fn scope_refused(&self, step: Step) -> Diagnosis {
        let scopes = self.settings.scopes.join(", ");
        let remedy = if self.is_pool() {
            "In the Cognito console under App clients, this client, Login pages, Edit: tick them among the OpenID Connect scopes; or ask for fewer scopes here."
        } else {
            "Allow them for this client at the provider, or ask for fewer scopes here."
        };
        let cause =
            format!("A scope is not allowed for this client. These are asked for: {scopes}.");
        Diagnosis::new(step, cause, remedy)
    }

    /// `invalid_grant`.
    pub(super) fn code_refused(&self) -> Diagnosis {
        let cause = "The provider no longer accepts the code that it gave: more than a few minutes passed, or it was used before.";
        let remedy = if self.is_pool() {
            "Try once more. If it happens again at once: in the Cognito console under App clients, this client, Attribute permissions, let the client read the attributes of its scopes, email and email_verified among them. Cognito refuses the code when it may not."
        } else {
            "Try once more, without reloading pages in between."
        };
        Diagnosis::new(Step::Token, cause, remedy)
    }

    pub(super) fn id_token(&self, fault: IdTokenFault) -> Diagnosis {
        let cause = format!("The ID token {fault}.");
        let remedy = match fault {
            IdTokenFault::Expired | IdTokenFault::Future | IdTokenFault::NoTime(_) => {
                "Set this machine's clock by NTP; a minute of difference is forgiven. If the clock is right, the provider's is wrong."
            }
            IdTokenFault::Audience | IdTokenFault::AuthorizedParty => {
                "The tokens are for another client: compare the client id with the one at the provider."
            }
            IdTokenFault::Issuer => {
                "Compare the issuer, or the user pool's id, with what the provider says of itself: to the letter."
            }
            IdTokenFault::UnknownKey | IdTokenFault::Signature => {
                "The provider's keys may have changed just now: try again in a minute. If it goes on, another provider answers in its place: check the addresses."
            }
            IdTokenFault::Algorithm => {
                "Let the provider sign ID tokens for this client with RS256; nothing else is accepted."
            }
            IdTokenFault::TokenUse if self.is_pool() => {
                "A user pool's ID token says token_use = id. Check that the addresses are Cognito's own."
            }
            IdTokenFault::Nonce => {
                "Start the test again from this page, and finish it in the window that opens."
            }
            _ => {
                "The provider does not keep to OpenID Connect here; this is for whoever runs it to mend."
            }
        };
        Diagnosis::new(Step::IdToken, cause, remedy)
    }

    pub(super) fn user_info(fault: UserInfoFault) -> Diagnosis {
        let remedy = match fault {
            UserInfoFault::Status(401 | 403) => {
                "The scope openid must be among the scopes, and the client must be allowed to use it."
            }
            _ => {
                "It is asked only for what the ID token lacks: let the provider put the claims of the mapping into the ID token, or see what it says in its own log."
            }
        };
        Diagnosis::new(
            Step::UserInfo,
            format!("The provider's userInfo {fault}."),
            remedy,
        )
    }
}
