//! Claims that make no identity which may sign in.

use super::{Case, Diagnosis, Step};
use crate::identity::MappingError;
use crate::settings::MappingSettings;

impl Case<'_> {
    /// Of claims that may not sign in.
    #[must_use]
    pub fn of_mapping(&self, error: &MappingError, mapping: &MappingSettings) -> Diagnosis {
        let remedy = match error {
            MappingError::EmailMissing => self.email_missing(mapping),
            MappingError::EmailUnverified { .. } => self.email_unverified(),
            MappingError::DomainNotAllowed { .. } => "Use an account of one of the “Domains of its addresses” on the identity provider's page, or add the domain there if this provider shall be believed about it.".to_owned(),
        };
        Diagnosis::new(Step::Mapping, sentence(&error.to_string()), remedy)
    }

    fn email_missing(&self, mapping: &MappingSettings) -> String {
        let claims: Vec<String> = mapping.email.claims().map(str::to_owned).collect();
        let claims = claims.join(", ");
        if self.is_pool() {
            format!(
                "The address is taken from {claims}. Give the user an e-mail address in the Cognito console; ask for the scope email; and under App clients, this client, allow the scope email and let the client read the attribute email. Or choose another claim in the attribute mapping."
            )
        } else {
            format!(
                "The address is taken from {claims}. Ask for the scope that brings it, let the provider send it, or choose another claim in the attribute mapping."
            )
        }
    }

    fn email_unverified(&self) -> String {
        let believe = "or decide to believe this provider's unverified addresses (“Addresses that it does not call verified” on the identity provider's page): do so only where people cannot choose their address themselves.";
        if self.is_pool() {
            format!(
                "In the Cognito console open the user and mark the e-mail address as verified; for people from another identity provider map its email_verified in the attribute mapping; {believe}"
            )
        } else {
            format!("Let the provider verify the address and send email_verified; {believe}")
        }
    }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{first}{}.", chars.as_str())
}
