//! What the provider's login page says instead of a login: in the browser that comes back, or when it is asked beforehand.
//!
//! Cognito shows an unknown client and an unknown callback address on a page of its own, `/error`, which never comes back to us; everything else comes
//! back as `error` and `error_description`. The descriptions are not fixed: they are looked through for a few words, and never shown.

use super::{Case, Diagnosis, Step};

/// An error of the authorization endpoint.
#[derive(Debug, Clone, Copy)]
pub enum Answered<'a> {
    /// It came back to our callback address (RFC 6749, section 4.1.2.1).
    Back {
        /// `error`.
        error: &'a str,
        /// `error_description`.
        description: &'a str,
    },
    /// It stays with the provider; what its page's address says, if anything.
    Kept {
        /// `error` of that address.
        error: &'a str,
    },
    /// Neither a code nor an error came back.
    Nothing,
    /// It came back to another provider's callback address.
    Elsewhere,
}

impl Case<'_> {
    /// Of what came instead of a login.
    #[must_use]
    pub fn of_answer(&self, answered: &Answered<'_>) -> Diagnosis {
        match *answered {
            Answered::Back { error, description } => self.came_back(error, description),
            Answered::Kept { error } => self.kept(error),
            Answered::Nothing => Diagnosis::new(
                Step::Callback,
                "The browser came back with neither a code nor an error.",
                "Start the test again. If it happens every time, the provider does not use the authorization code flow for this client.",
            ),
            Answered::Elsewhere => Diagnosis::new(
                Step::Callback,
                "The browser came back to the callback address of another provider.",
                format!(
                    "Each provider has a callback address of its own. This one's is {}.",
                    self.callback
                ),
            ),
        }
    }

    fn came_back(&self, error: &str, description: &str) -> Diagnosis {
        let says = |word: &str| error.contains(word) || description.contains(word);
        if says("invalid_scope") || description.contains("scope") {
            return self.scope_refused(Step::Authorize);
        }
        match error {
            "access_denied" => Diagnosis::new(
                Step::Authorize,
                "The login was cancelled, or the provider does not let this person in.",
                "Try again with another account. If it is nobody's fault, look at the provider for what it says of this person: disabled, not assigned to the application, refused by a rule.",
            ),
            "unauthorized_client" | "unsupported_response_type" => {
                self.grant_refused(Step::Authorize)
            }
            "server_error" | "temporarily_unavailable" => Diagnosis::new(
                Step::Authorize,
                "The provider says that something failed at its side.",
                self.own_fault_remedy(),
            ),
            "login_required" | "interaction_required" | "consent_required" => Diagnosis::new(
                Step::Authorize,
                "The provider wanted to ask the person something and did not.",
                "Start the test again, and answer what the provider asks.",
            ),
            _ => Diagnosis::new(
                Step::Authorize,
                format!("The provider refused the login{}.", named(error)),
                self.own_fault_remedy(),
            ),
        }
    }

    fn own_fault_remedy(&self) -> &'static str {
        if self.is_pool() {
            "Try again. If it goes on: look at the user in the Cognito console (is it enabled?), at the pool's Lambda triggers, and, for people from another identity provider, at its attribute mapping: required attributes must be mapped."
        } else {
            "Try again. If it goes on, look at the provider's own log of logins."
        }
    }

    fn kept(&self, error: &str) -> Diagnosis {
        if error.contains("redirect") {
            return self.callback_unknown(Step::Authorize);
        }
        if self.is_pool() && error.to_ascii_lowercase().contains("client") {
            return Diagnosis::new(
                Step::Authorize,
                "This app client does not exist in this user pool.",
                "In the Cognito console under App clients open the app client and copy its client ID. It must be a client of the pool that the domain belongs to.",
            );
        }
        let callback = self.callback;
        Diagnosis::new(
            Step::Authorize,
            "The provider does not begin a login: the client id or the callback address is not known there.",
            format!(
                "Copy the client id from the provider again, and register {callback} there as an address to come back to, to the letter."
            ),
        )
    }
}

/// An error's code, where it is one of a kind that specifications have.
fn named(error: &str) -> String {
    let plain = error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if plain && (1..=40).contains(&error.len()) {
        format!(" ({error})")
    } else {
        String::new()
    }
}
