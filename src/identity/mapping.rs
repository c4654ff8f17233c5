//! From claims to identity: a pure function of what the provider said and what the settings make of it.

use std::collections::BTreeSet;

use crate::settings::names::Group;
use crate::settings::template::Source;
use crate::settings::{MappingSettings, ProviderName, ProviderSettings};

use super::text::clean;
use super::{Claims, EmailAddress, Identity, VerifiedClaims};

/// The longest name of a group that is kept, in bytes; Cognito's have at most 128 characters.
const MOST_GROUP_NAME: usize = 512;

/// Why claims do not make an identity that may sign in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No address, or one that is malformed.
    #[error("the provider gave no usable mail address")]
    EmailMissing,
    /// The provider does not say that the address is the person's own.
    #[error("the provider has not verified the mail address {email}")]
    EmailUnverified {
        /// For the log and the audit trail.
        email: EmailAddress,
    },
    /// The address is outside the domains that this provider is believed about: those that it names or, where it names none, those that no other names.
    #[error("the provider is not believed about the domain of {email}")]
    DomainNotAllowed {
        /// For the log and the audit trail.
        email: EmailAddress,
    },
}

impl MappingError {
    /// The address that was refused, when there was one.
    #[must_use]
    pub fn email(&self) -> Option<&EmailAddress> {
        match self {
            Self::EmailMissing => None,
            Self::EmailUnverified { email } | Self::DomainNotAllowed { email } => Some(email),
        }
    }
}

/// Makes the identity, or says why these claims may not sign in.
pub fn map(
    mapping: &MappingSettings,
    provider: &ProviderSettings,
    verified: VerifiedClaims,
) -> Result<Identity, MappingError> {
    let VerifiedClaims {
        subject,
        claims,
        auth_time,
    } = verified;
    let email = believed_email(mapping, provider, &claims)?;
    let named = |source: &Source| {
        source
            .value(|claim| claims.text(claim))
            .and_then(|name| clean(&name))
    };
    Ok(Identity {
        provider: provider.name.clone(),
        first_name: named(&mapping.first_name),
        last_name: named(&mapping.last_name),
        display_name: display_name(named(&mapping.display_name), &claims, &email),
        username: named(&mapping.username),
        groups: groups(&provider.name, &claims, &mapping.groups),
        claims: claims.of_the_person(),
        subject,
        email,
        auth_time,
    })
}

fn believed_email(
    mapping: &MappingSettings,
    provider: &ProviderSettings,
    claims: &Claims,
) -> Result<EmailAddress, MappingError> {
    let email = email(&mapping.email, claims).ok_or(MappingError::EmailMissing)?;
    if !provider.assume_verified && !is_verified(&email, claims) {
        return Err(MappingError::EmailUnverified { email });
    }
    if !provider.speaks_for(email.domain()) {
        return Err(MappingError::DomainNotAllowed { email });
    }
    Ok(email)
}

/// A claim is read as it is: a template would mend its spaces, and an address is never mended.
fn email(source: &Source, claims: &Claims) -> Option<EmailAddress> {
    match source {
        Source::Claim(name) => claims.text(name)?.parse().ok(),
        Source::Template(_) => source.value(|claim| claims.text(claim))?.parse().ok(),
    }
}

/// `email_verified` speaks of the claim `email` and of no other (OIDC Core, section 5.1): an address that the mapping takes from
/// elsewhere is verified only when it is the same one.
fn is_verified(email: &EmailAddress, claims: &Claims) -> bool {
    let spoken_of = claims.text("email").and_then(|text| text.parse().ok());
    claims.boolean("email_verified") == Some(true) && spoken_of.as_ref() == Some(email)
}

fn display_name(mapped: Option<String>, claims: &Claims, email: &EmailAddress) -> String {
    let claimed = |claim: &str| claims.text(claim).and_then(|name| clean(&name));
    mapped
        .or_else(|| claimed("name"))
        .or_else(|| claimed("cognito:username"))
        .unwrap_or_else(|| email.local().to_owned())
}

/// A name with a control in it, or one beyond all measure, can stand in no rule: it is left out.
fn groups(provider: &ProviderName, claims: &Claims, claim: &str) -> Vec<Group> {
    let names = claims.list(claim).into_iter();
    names
        .filter(|name| name.len() <= MOST_GROUP_NAME && !name.contains(char::is_control))
        .map(|name| Group {
            provider: provider.clone(),
            name,
        })
        .collect()
}

/// The names of the claims that the settings read.
///
/// Fall-backs are not among them: nobody is asked for a second choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeededClaims {
    deciding: BTreeSet<String>,
    describing: BTreeSet<String>,
}

impl NeededClaims {
    /// Those of the mapping, and those `others` that rules and attributes read.
    pub fn new<'a>(
        mapping: &'a MappingSettings,
        others: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let groups = std::iter::once(mapping.groups.as_str()).filter(|name| !name.is_empty());
        let names = [
            &mapping.first_name,
            &mapping.last_name,
            &mapping.display_name,
            &mapping.username,
        ];
        let details = mapping.details.iter().map(|(_, source)| source);
        let described = names.into_iter().chain(details).flat_map(Source::claims);
        let deciding = mapping.email.claims().chain(groups);
        Self {
            deciding: deciding.chain(others).map(str::to_owned).collect(),
            describing: described.map(str::to_owned).collect(),
        }
    }

    /// These, all of them deciding.
    #[cfg(test)]
    pub fn only(deciding: &[&str]) -> Self {
        Self {
            deciding: deciding.iter().copied().map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    /// Those by which something is given: the address, the groups, and what rules and attributes read. Names and details only describe somebody.
    pub fn deciding(&self) -> impl Iterator<Item = &str> {
        self.deciding.iter().map(String::as_str)
    }

    /// All: `userInfo` is asked when the ID token lacks one.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.deciding.union(&self.describing).map(String::as_str)
    }
}

#[cfg(test)]
mod tests;
