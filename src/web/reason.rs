//! Every reason for which somebody may be refused, with the status that goes with it.

use rocket::http::Status;

macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $name:literal, $status:ident;)+) => {
        /// Why an answer is not what was asked for. The names are a promise to people and machines outside.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason {
            $($(#[$doc])* $reason,)+
        }

        impl Reason {
            /// All of them, in the order of their statuses.
            pub const ALL: &'static [Self] = &[$(Self::$reason,)+];

            /// The name that stands in `data-reason`, in JSON, in the audit trail and in metrics.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$reason => $name,)+
                }
            }

            /// The status of the answer.
            #[must_use]
            pub fn status(self) -> Status {
                match self {
                    $(Self::$reason => Status::$status,)+
                }
            }
        }
    };
}

reasons! {
    /// No live session or attempt, or a code that is used or old.
    LoginExpired = "login_expired", BadRequest;
    /// What came back from the provider failed a check.
    LoginInvalid = "login_invalid", BadRequest;
    /// Too many logins or assertions in one browser within a minute.
    LoginLoop = "login_loop", BadRequest;
    /// An `AuthnRequest` whose issuer is not registered.
    ServiceProviderUnknown = "service_provider_unknown", BadRequest;
    /// An `AuthnRequest` that cannot be read, breaks a rule, or was answered before.
    SamlRequestInvalid = "saml_request_invalid", BadRequest;
    /// A request that makes no sense to us.
    BadRequest = "bad_request", BadRequest;
    /// Nobody is signed in, and the request was no browser navigation.
    LoginRequired = "login_required", Unauthorized;
    /// The provider said no.
    LoginRefused = "login_refused", Forbidden;
    /// The provider gave no usable mail address.
    EmailMissing = "email_missing", Forbidden;
    /// The provider did not vouch for the mail address.
    EmailUnverified = "email_unverified", Forbidden;
    /// The mail address is of a domain that may not come in.
    DomainNotAllowed = "domain_not_allowed", Forbidden;
    /// None of the groups that the destination asks for.
    GroupRequired = "group_required", Forbidden;
    /// None of the organizations that the destination asks for.
    OrganizationRequired = "organization_required", Forbidden;
    /// A claim that the rules ask for is absent or different.
    ClaimRequired = "claim_required", Forbidden;
    /// The client address is outside the allowed networks.
    NetworkNotAllowed = "network_not_allowed", Forbidden;
    /// Outside the opening hours.
    OutsideHours = "outside_hours", Forbidden;
    /// An administrator has blocked this person.
    Blocked = "blocked", Forbidden;
    /// Not a customer yet, and no new ones are made without an invitation.
    NotInvited = "not_invited", Forbidden;
    /// An administrator has yet to approve this person.
    AwaitingApproval = "awaiting_approval", Forbidden;
    /// Forbidden for another reason.
    NotAllowed = "not_allowed", Forbidden;
    /// No link of that name.
    LinkUnknown = "link_unknown", NotFound;
    /// Nothing at that address.
    NotFound = "not_found", NotFound;
    /// The mail address belongs to a full Atlassian account.
    AtlassianAccount = "atlassian_account", Conflict;
    /// A second sign-in account with the address of a known customer, or a changed address.
    IdentityConflict = "identity_conflict", Conflict;
    /// Somebody else has changed the same thing meanwhile.
    Conflict = "conflict", Conflict;
    /// The link, or all links, are switched off, or the service desk is gone.
    LinkOff = "link_off", Gone;
    /// More was sent than is accepted.
    TooLarge = "too_large", PayloadTooLarge;
    /// A rate limit was reached.
    TooManyRequests = "too_many_requests", TooManyRequests;
    /// A mistake of ours.
    Internal = "internal", InternalServerError;
    /// The identity provider does not answer, or does not accept us.
    ProviderUnavailable = "provider_unavailable", ServiceUnavailable;
    /// Atlassian does not answer, or does not accept us.
    AtlassianUnavailable = "atlassian_unavailable", ServiceUnavailable;
    /// Our own store does not answer.
    StoreUnavailable = "store_unavailable", ServiceUnavailable;
}

impl Reason {
    /// The reason of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|one| one.name() == name).copied()
    }

    /// Whether somebody who meets this may get on by signing in with another account of theirs.
    #[must_use]
    pub fn is_about_the_account(self) -> bool {
        matches!(
            self,
            Self::LoginRefused
                | Self::EmailMissing
                | Self::EmailUnverified
                | Self::DomainNotAllowed
                | Self::GroupRequired
                | Self::OrganizationRequired
                | Self::ClaimRequired
                | Self::Blocked
                | Self::NotInvited
                | Self::NotAllowed
                | Self::AtlassianAccount
                | Self::IdentityConflict
        )
    }

    /// Whether it may be met by everybody at once, because the way by the provider is broken.
    #[must_use]
    pub fn is_about_single_sign_on(self) -> bool {
        matches!(
            self,
            Self::LoginRefused
                | Self::LoginInvalid
                | Self::LoginLoop
                | Self::EmailMissing
                | Self::ProviderUnavailable
        )
    }

    /// The reason to give for a bare status: what Rocket, or a guard without words of its own, refused.
    #[must_use]
    pub fn of_status(status: Status) -> Self {
        match status.code {
            401 => Self::LoginRequired,
            403 => Self::NotAllowed,
            404 => Self::NotFound,
            409 => Self::Conflict,
            410 => Self::LinkOff,
            413 => Self::TooLarge,
            429 => Self::TooManyRequests,
            503 => Self::StoreUnavailable,
            400..500 => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn every_status_has_its_reasons() {
        let of = |code| {
            Reason::ALL
                .iter()
                .filter(|reason| reason.status().code == code)
                .map(|reason| reason.name())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(400).len(), 6);
        assert_eq!(of(401), ["login_required"]);
        assert_eq!(of(403).len(), 13);
        assert_eq!(of(404), ["link_unknown", "not_found"]);
        assert_eq!(
            of(409),
            ["atlassian_account", "identity_conflict", "conflict"]
        );
        assert_eq!(of(410), ["link_off"]);
        assert_eq!(of(413), ["too_large"]);
        assert_eq!(of(429), ["too_many_requests"]);
        assert_eq!(of(500), ["internal"]);
        assert_eq!(of(503).len(), 3);
    }
}
