//! The values that labels may have, as types: whoever counts something names it by one of these, and by no text of their own.

/// How a login ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginOutcome {
    /// A session began.
    SignedIn,
    /// It was refused, for the reason of this name.
    Refused(&'static str),
}

impl LoginOutcome {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Refused(reason) => reason,
        }
    }
}

/// What a provider is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderCall {
    /// The discovery document.
    Discovery,
    /// The signing keys.
    Keys,
    /// Tokens for a code.
    Token,
    /// Tokens for a refresh token.
    Refresh,
    /// More about a person.
    UserInfo,
    /// To forget a refresh token.
    Revoke,
    /// The login page, by an administrator's test.
    LoginPage,
}

impl ProviderCall {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Token => "token",
            Self::Refresh => "refresh",
            Self::UserInfo => "user_info",
            Self::Revoke => "revoke",
            Self::LoginPage => "login_page",
        }
    }
}

/// What Atlassian or a provider answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// With this status.
    Status(u16),
    /// Not in the time there was.
    TooSlow,
    /// Not at all: no connection, or it broke.
    NotAtAll,
}

impl Answered {
    /// The status, if there was an answer.
    pub(super) fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::TooSlow | Self::NotAtAll => None,
        }
    }

    /// Statuses that Atlassian documents stand for themselves; whatever else something in between may answer counts by its class.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::TooSlow => "timeout",
            Self::NotAtAll => "none",
            Self::Status(status) => match status {
                200 => "200",
                201 => "201",
                204 => "204",
                400 => "400",
                401 => "401",
                403 => "403",
                404 => "404",
                409 => "409",
                412 => "412",
                429 => "429",
                500 => "500",
                502 => "502",
                503 => "503",
                504 => "504",
                other => class(other),
            },
        }
    }
}

fn class(status: u16) -> &'static str {
    match status {
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500..600 => "5xx",
        _ => super::OTHER,
    }
}

macro_rules! store_calls {
    ($($(#[$doc:meta])* $call:ident = $name:literal;)+) => {
        /// What the store is asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum StoreCall {
            $($(#[$doc])* $call,)+
        }

        impl StoreCall {
            /// In the order in which they are declared, so that each is found by its number.
            pub(super) const ALL: &'static [Self] = &[$(Self::$call,)+];

            pub(super) fn label(self) -> &'static str {
                match self {
                    $(Self::$call => $name,)+
                }
            }
        }
    };
}

store_calls! {
    /// One value.
    Get = "get";
    /// To write one.
    Put = "put";
    /// To write one where none is.
    PutIfAbsent = "put_if_absent";
    /// To write one where another still is.
    Replace = "replace";
    /// To remove one.
    Remove = "remove";
    /// To count up.
    Count = "count";
    /// How many entries of one kind there are.
    CountEntries = "count_entries";
    /// One member of an index.
    IndexGet = "index_get";
    /// Members of an index, or how many.
    IndexList = "index_list";
    /// To put a member into an index.
    IndexPut = "index_put";
    /// To take members out of an index.
    IndexRemove = "index_remove";
    /// To append to a log.
    LogAppend = "log_append";
    /// Entries of a log.
    LogRead = "log_read";
    /// To drop the beginning of a log.
    LogTrim = "log_trim";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_atlassian_answers_there_are_few_values() {
        let all: std::collections::BTreeSet<_> = (0..=u16::MAX)
            .map(|status| Answered::Status(status).label())
            .collect();
        assert_eq!(all.len(), 19, "{all:?}");
        assert_eq!(Answered::Status(418).label(), "4xx");
        assert_eq!(Answered::Status(999).label(), "(other)");
    }

    #[test]
    fn each_call_of_the_store_is_found_by_its_number() {
        for (number, call) in StoreCall::ALL.iter().enumerate() {
            assert_eq!(*call as usize, number);
        }
    }
}
