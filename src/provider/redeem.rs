//! From a callback to verified claims: the code is spent once, and everything that comes back is checked.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::discovery::Discovered;
use super::id_token::{Expected, Nonce, Unverified};
use super::token::Tokens;
use super::{
    IdTokenFault, Invalid, Provider, ProviderError, Renewal, Told, UserInfo, cognito, token,
    user_info,
};
use crate::identity::{Claims, NeededClaims, VerifiedClaims};
use crate::trace::Steps;

/// What says whether the address is the person's own (OIDC Core, section 5.1).
pub(super) const EMAIL_VERIFIED: &str = "email_verified";

/// What came back to our callback address, with what the attempt remembers. It is not printable: code and verifier are secrets.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// `code`.
    pub code: &'a str,
    /// What the start of the attempt hashed.
    pub pkce_verifier: &'a str,
    /// What the ID token must repeat.
    pub nonce: &'a str,
    /// The same address as at the start.
    pub redirect_uri: &'a str,
    /// `iss` (RFC 9207).
    pub iss: Option<&'a str>,
    /// Where it is noted what came of each check.
    pub steps: &'a Steps,
}

/// What a code was redeemed for.
#[derive(Debug, PartialEq)]
pub struct Redeemed {
    /// What the provider says about the person.
    pub claims: VerifiedClaims,
    /// How it can be asked again.
    pub renewal: Renewal,
}

impl Provider {
    /// Redeems a code and checks everything that comes back. `userInfo` is asked when the ID token lacks one of `needed`.
    pub async fn redeem(
        &self,
        callback: &Callback<'_>,
        needed: &NeededClaims,
    ) -> Result<Redeemed, ProviderError> {
        let (verified, tokens, endpoints) = self.verified(callback).await?;
        let steps = callback.steps;
        let (claims, by_user_info) = self
            .complete(verified, &tokens, &endpoints, needed, steps)
            .await?;
        let renewal = self.renewal(&tokens, &endpoints, callback.nonce, by_user_info);
        steps.note("To be asked again", renewal.kind());
        Ok(Redeemed { claims, renewal })
    }

    /// The same for a test: everything that came, by where it came from. What a login would go on with is [`Told::verified`].
    pub async fn redeem_apart(
        &self,
        callback: &Callback<'_>,
        needed: &NeededClaims,
    ) -> Result<Told, ProviderError> {
        let (verified, tokens, endpoints) = self.verified(callback).await?;
        let VerifiedClaims {
            subject, claims, ..
        } = &verified;
        let user_info = match &endpoints.userinfo_endpoint {
            None => UserInfo::NotOffered,
            Some(endpoint) => {
                let answer =
                    user_info::ask(&self.http, endpoint, tokens.access_token(), subject).await;
                match (answer, self.lacks(claims, needed)) {
                    (Ok(more), true) => UserInfo::Needed(more),
                    (Ok(more), false) => UserInfo::NotNeeded(more),
                    (Err(error), true) => return Err(error),
                    (Err(error), false) => UserInfo::Failed(error.to_string()),
                }
            }
        };
        Ok(Told::new(verified, user_info))
    }

    /// Spends the code, for an ID token that holds.
    async fn verified(
        &self,
        callback: &Callback<'_>,
    ) -> Result<(VerifiedClaims, Tokens, Arc<Discovered>), ProviderError> {
        let steps = callback.steps;
        let endpoints = steps.timed("Endpoints", self.endpoints()).await?;
        // Before the code is spent: a callback of another provider brings another provider's code (RFC 9207, section 2.4).
        if callback
            .iss
            .map_or(endpoints.names_issuer, |iss| iss != self.settings.issuer)
        {
            return Err(Invalid::Issuer.into());
        }
        let client = token::client(&self.settings, &endpoints)?;
        let redeemed = token::redeem(&self.http, &client, callback);
        let tokens = steps.timed("Token endpoint", redeemed).await?;
        let verified = self.verify(&tokens, &endpoints, Nonce::Is(callback.nonce));
        let verified = steps.timed("ID token", verified).await?;
        steps.note(
            "Checks",
            "signature, issuer, audience, times, nonce and access token hold",
        );
        steps.note("Claims of the ID token", names(&verified.claims));
        Ok((verified, tokens, endpoints))
    }

    pub(super) async fn verify(
        &self,
        tokens: &Tokens,
        endpoints: &Discovered,
        nonce: Nonce<'_>,
    ) -> Result<VerifiedClaims, ProviderError> {
        let token = Unverified::parse(tokens.id_token()?)?;
        let key = self
            .keys
            .find(token.kid.as_deref(), &self.http, &endpoints.jwks_uri)
            .await?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce,
            access_token: tokens.access_token(),
            needs_token_use: cognito::is_user_pool(&self.settings),
            now: self.clock.now(),
        };
        Ok(token.verify(&key.ok_or(IdTokenFault::UnknownKey)?, &expected)?)
    }

    /// Gives the names of what `userInfo` added, too.
    pub(super) async fn complete(
        &self,
        verified: VerifiedClaims,
        tokens: &Tokens,
        endpoints: &Discovered,
        needed: &NeededClaims,
        steps: &Steps,
    ) -> Result<(VerifiedClaims, BTreeSet<String>), ProviderError> {
        let lacking = self.lacks(&verified.claims, needed);
        let Some(endpoint) = endpoints.userinfo_endpoint.as_ref().filter(|_| lacking) else {
            return Ok((verified, BTreeSet::new()));
        };
        let (token, subject) = (tokens.access_token(), &verified.subject);
        let asked = user_info::ask(&self.http, endpoint, token, subject);
        let more = steps.timed("userInfo", asked).await?;
        steps.note("Claims of userInfo", names(&more));
        let added = more.names().filter(|name| !verified.claims.has(name));
        let added = added.map(str::to_owned).collect();
        let claims = verified.claims.completed_by(more);
        Ok((VerifiedClaims { claims, ..verified }, added))
    }

    /// Whether the ID token lacks something that userInfo may say.
    fn lacks(&self, claims: &Claims, needed: &NeededClaims) -> bool {
        let flag = (!self.settings.assume_verified).then_some(EMAIL_VERIFIED);
        let needed = needed.all().chain(flag);
        needed
            .filter(|claim| !cognito::is_only_in_tokens(claim))
            .any(|claim| !claims.has(claim))
    }
}

/// What the claims are called. What they say is nobody's business here.
fn names(claims: &Claims) -> String {
    let names: Vec<&str> = claims.names().collect();
    names.join(", ")
}
