//! One filled-in copy of every page, for tests that look at all of them.

use jiff::Timestamp;
use rocket::Responder;

use super::pages::*;
use super::{Key, Layout};

pub(super) const NAMES: [&str; 8] = [
    "welcome",
    "chooser",
    "home",
    "me",
    "logout",
    "not_signed_in",
    "signed_out",
    "hand_over",
];

#[derive(Responder)]
pub(super) enum AnyPage {
    Welcome(WelcomePage),
    Chooser(ChooserPage),
    Home(HomePage),
    Me(MePage),
    Logout(LogoutPage),
    NotSignedIn(NotSignedInPage),
    SignedOut(SignedOutPage),
    HandOver(HandOverPage),
}

/// The page of this name, with `text` wherever a text of others stands.
pub(super) fn sample(name: &str, layout: Layout, text: &str) -> Option<AnyPage> {
    let text = || text.to_owned();
    let person = Person {
        name: text(),
        email: text(),
    };
    let provider = "cognito".parse().unwrap();
    let providers = vec![ProviderButton::new(
        &text(),
        ProviderButton::address(Some(&provider), Some(&text()), None),
    )];
    let portals = vec![PortalLine {
        name: text(),
        address: "/p/help".into(),
        note: text(),
    }];
    let csrf = "token".to_owned();
    let started = Timestamp::UNIX_EPOCH;
    Some(match name {
        "welcome" => AnyPage::Welcome(WelcomePage { layout, providers }),
        "chooser" => AnyPage::Chooser(ChooserPage {
            layout,
            providers,
            ask_email: true,
            email: text(),
            problem: Some(Key("chooser-unknown-domain")),
            to: text(),
            request: text(),
        }),
        "home" => AnyPage::Home(HomePage {
            layout: layout.signed_in(),
            person,
            portals,
            notice: Some(text()),
            address: text(),
            problem: Some(Key("home-address-unknown")),
        }),
        "me" => AnyPage::Me(MePage {
            layout: layout.signed_in(),
            csrf,
            person,
            provider: text(),
            attributes: vec![(Key("me-username"), text())],
            groups: vec![text()],
            organizations: vec![text()],
            portals,
            sessions: vec![SessionLine {
                started,
                last_seen: Some(started),
                this_one: true,
            }],
        }),
        "logout" => AnyPage::Logout(LogoutPage {
            layout: layout.signed_in(),
            csrf,
            person,
        }),
        "not_signed_in" => AnyPage::NotSignedIn(NotSignedInPage { layout, providers }),
        "signed_out" => AnyPage::SignedOut(SignedOutPage {
            layout,
            others: vec![OtherSession {
                name: Key("signed-out-portal"),
                address: Some("https://portal.example".into()),
            }],
        }),
        "hand_over" => AnyPage::HandOver(HandOverPage {
            news: News::ToThePortal,
            layout,
            acs_url: text(),
            saml_response: text(),
            relay_state: Some(text()),
        }),
        _ => return None,
    })
}
