//! Is everything well? Each dependency with what is amiss, what to do, and where.

use crate::admin::Place;
use crate::health::{Readiness, TokenEnd};
use crate::jsm::Token;
use crate::saml::KeyKeeper;

use jiff::Timestamp;

/// So many days before the end something should be done.
const SOON: i64 = 30;

/// How one thing does.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) is_well: bool,
    pub(super) words: String,
    pub(super) remedy: Option<&'static str>,
    /// Address and name of the page where it is done.
    pub(super) page: Option<(&'static str, &'static str)>,
}

/// What to do when it is not well, and at which address.
type Remedy = (&'static str, &'static str);

const STORE: Remedy = (
    "Nobody can sign in like this. See that the disk is not full and that the database can be written; the log names the error.",
    "",
);
const KEYS: Remedy = (
    "No single sign-on works like this. The store was sealed with another secret key: set that one as secret_key or previous_secret_key, and restart.",
    "",
);
const NO_PROVIDER: Remedy = (
    "Nobody can sign in before an identity provider is set up.",
    "/admin/providers",
);
const PROVIDER: Remedy = (
    "Whoever is not signed in yet cannot sign in there. Test the provider: its page says what is wrong with its address, or that this server cannot reach it.",
    "/admin/providers",
);
const NO_ATLASSIAN: Remedy = (
    "No link leads anywhere before the Atlassian site and a service account are set up.",
    "/admin/account",
);
const ATLASSIAN: Remedy = (
    "Customers who were here before still come in; new ones have to wait. Test the service account.",
    "/admin/account",
);
const SETTINGS: Remedy = (
    "Something that was saved is wrong and does not count. Links may be closed because of it until it is put right.",
    "/admin/settings",
);
const INSTANCES: Remedy = (
    "Somebody who meets the one and then the other may be signed out, or refused. Give all of them the same keys, and restart.",
    "",
);
const CERTIFICATE: Remedy = (
    "Prepare the next key, enter its certificate at Atlassian, then switch. After the end Atlassian may refuse every sign-in.",
    "/admin/keys",
);
const TOKEN: Remedy = (
    "Make a new API token in the service account’s Atlassian profile, and enter it with its new end.",
    "/admin/account",
);
const CUSTOMER_TOKEN: Remedy = (
    "Make a new API token in the Atlassian profile of the account that makes customers, and enter it with its new end.",
    "/admin/account",
);
const TOKEN_UNKNOWN: Remedy = (
    "Enter the day on which the API token ends, and you will be warned in time.",
    "/admin/account",
);

/// Everything, what is not well first.
pub(super) async fn states(
    readiness: &Readiness,
    keys: &KeyKeeper,
    token: &TokenEnd,
    now: Timestamp,
) -> Vec<State> {
    let lines = readiness.health().await.lines();
    let mut states: Vec<State> = lines.iter().map(|(name, line)| of(name, line)).collect();
    if let Ok(keys) = keys.keys().await {
        let days = keys.current.certificate().days_left(now);
        states.push(ends("Signing certificate", days, CERTIFICATE));
    }
    states.extend(token.days_left().into_iter().map(|(token, days)| {
        let (name, remedy) = match token {
            Token::Service => ("Atlassian token", TOKEN),
            Token::Customer => ("Atlassian token for making customers", CUSTOMER_TOKEN),
        };
        days.map_or_else(|| unknown_end(name), |days| ends(name, days.into(), remedy))
    }));
    states.sort_by_key(|state| state.is_well);
    states
}

/// What readiness says of one dependency.
fn of(name: &str, line: &str) -> State {
    let (label, remedy) = match name.split_once('.') {
        Some(("provider", provider)) => (format!("Identity provider {provider}"), PROVIDER),
        _ => match (name, line) {
            ("store", _) => ("Store".to_owned(), STORE),
            ("keys", _) => ("Signing key".to_owned(), KEYS),
            ("provider", _) => ("Identity provider".to_owned(), NO_PROVIDER),
            ("atlassian", "not set up") => ("Atlassian".to_owned(), NO_ATLASSIAN),
            ("atlassian", _) => ("Atlassian".to_owned(), ATLASSIAN),
            ("settings", _) => ("Settings".to_owned(), SETTINGS),
            ("instances", _) => ("Other front doors".to_owned(), INSTANCES),
            _ => (name.to_owned(), ("", "")),
        },
    };
    let is_well = line == "ok";
    let words = if is_well { "well" } else { line };
    state(label, is_well, words.to_owned(), remedy)
}

fn ends(name: &str, days: i64, remedy: Remedy) -> State {
    let words = match days {
        1 => "1 day left".to_owned(),
        0.. => format!("{days} days left"),
        -1 => "ended 1 day ago".to_owned(),
        _ => format!("ended {} days ago", days.unsigned_abs()),
    };
    state(name.to_owned(), days > SOON, words, remedy)
}

/// Nothing is wrong; nobody can tell.
fn unknown_end(name: &str) -> State {
    let words = "its end is not known".to_owned();
    let mut state = state(name.to_owned(), false, words, TOKEN_UNKNOWN);
    state.is_well = true;
    state
}

fn state(name: String, is_well: bool, words: String, (remedy, address): Remedy) -> State {
    let page = Place::ALL
        .into_iter()
        .find(|place| place.address() == address);
    State {
        name,
        is_well,
        words,
        remedy: (!is_well && !remedy.is_empty()).then_some(remedy),
        page: page
            .filter(|_| !is_well)
            .map(|page| (page.address(), page.label())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_needs_no_remedy_and_everything_else_has_one() {
        for name in [
            "store",
            "keys",
            "provider",
            "provider.cognito",
            "atlassian",
            "settings",
        ] {
            let well = of(name, "ok");
            assert!(
                well.is_well && well.remedy.is_none() && well.page.is_none(),
                "{name}"
            );
            let amiss = of(name, "does not answer");
            assert!(!amiss.is_well && amiss.remedy.is_some(), "{name}");
            assert_eq!(amiss.words, "does not answer");
        }
        assert_ne!(
            of("atlassian", "not set up").remedy,
            of("atlassian", "slow").remedy
        );
    }

    #[test]
    fn an_end_is_warned_of_thirty_days_before() {
        for (days, is_well, words) in [
            (400, true, "400 days left"),
            (31, true, "31 days left"),
            (30, false, "30 days left"),
            (1, false, "1 day left"),
            (0, false, "0 days left"),
            (-1, false, "ended 1 day ago"),
            (-8, false, "ended 8 days ago"),
        ] {
            let state = ends("Token", days, TOKEN);
            assert_eq!((state.is_well, state.words.as_str()), (is_well, words));
            assert_eq!(state.remedy.is_none(), is_well, "{days}");
        }
    }

    #[test]
    fn a_token_whose_end_nobody_knows_is_not_amiss_but_asks_for_it() {
        let state = unknown_end("Token");
        assert!(state.is_well && state.remedy.is_some());
    }
}
