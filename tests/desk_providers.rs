//! Identity providers and the service account in the desk: added, changed, switched off, deleted; secrets never come back.

mod support;

use imitation::browser::Browser;
use support::{Town, reason};

const OKTA: [(&str, &str); 5] = [
    ("name", "acme-okta"),
    ("issuer", "http://127.0.0.1:9/okta"),
    ("client_id", "okta-client"),
    ("client_secret", "okta-secret-canary"),
    ("email_domains", "okta.example"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_added_changed_switched_off_and_deleted() {
    let town = Town::new().await;
    let (browser, list) = town.administrator("/admin/providers").await;
    let form = browser.click(&list, "Okta").await;
    assert!(form.text.contains("/login/callback/okta"), "to be copied");
    let review = browser.submit(&form.form_with("name"), &OKTA).await;
    assert!(
        review.says("Identity provider acme-okta is added")
            && review.says("Client secret provider.acme-okta.client_secret – set"),
        "{}",
        review.words()
    );
    let list = browser.press(&review, "Save").await;
    assert!(list.says("acme-okta"), "{}", list.words());
    let chooser = Browser::new().open(&town.at("/p/help")).await;
    assert!(chooser.says("acme-okta"), "{}", chooser.words());

    let path = town.at("/admin/providers/acme-okta");
    let form = browser.open(&path).await;
    assert!(
        form.says("saved; leave empty to keep it") || form.text.contains("leave empty to keep it")
    );
    assert!(!form.text.contains("canary"));
    let off = [("label", "Acme"), ("enabled", "false")];
    let review = browser.submit(&form.form_with("issuer"), &off).await;
    assert!(!review.says("client_secret"), "{}", review.words());
    browser.press(&review, "Save").await;
    let straight = Browser::new().open(&town.at("/p/help")).await;
    assert!(!straight.says("Acme"), "switched off: {}", straight.words());

    let ask = browser.open(&format!("{path}/delete")).await;
    let review = browser.press(&ask, "Delete acme-okta").await;
    assert!(!review.text.contains("canary"));
    let list = browser.press(&review, "Save").await;
    assert!(!list.says("acme-okta"), "{}", list.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_believed_whatever_it_says_is_pointed_out_on_its_page() {
    for (more, warned) in [
        ("verified_email = \"assumed\"", true),
        (
            "verified_email = \"assumed\"\nemail_domains = [\"acme.example\"]",
            false,
        ),
        ("verified_email = \"required\"", false),
    ] {
        let town = Town::replacing("label =", &format!("{more}\nlabel =")).await;
        let (_, page) = town.administrator("/admin/providers/cognito").await;
        let said = page.says("Anybody there can pass for anybody");
        assert_eq!(said, warned, "{more}: {}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_provider_stands_at_its_field_and_nothing_typed_is_lost() {
    let town = Town::new().await;
    let (browser, form) = town.administrator("/admin/providers/new?kind=okta").await;
    for (field, value, expected) in [
        ("name", "new", "Name is taken by the desk itself"),
        (
            "name",
            "cognito",
            "Name is the name of another provider already",
        ),
        ("name", "A B", "Name "),
        ("issuer", "ftp://x", "Issuer must"),
        ("client_id", "", "Client ID is required"),
        (
            "email_domains",
            "",
            "Identity provider cognito → Domains of its addresses is empty, as it is at provider",
        ),
        ("timeout", "soon", "Time-out of one call"),
    ] {
        let mut typed = OKTA.to_vec();
        typed.retain(|(name, _)| *name != field);
        typed.push((field, value));
        let again = browser.submit(&form.form_with("name"), &typed).await;
        assert!(again.says(expected), "{field}: {}", again.words());
        let kept = again.form_with("name").field(field).map(str::to_owned);
        assert_eq!(kept.as_deref(), Some(value));
        assert!(
            !again.text.contains("canary"),
            "a typed secret is not sent back"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_shows_what_was_typed_and_nothing_of_whose_it_is() {
    let town = Town::new().await;
    let (browser, form) = town.administrator("/admin/providers/new?kind=okta").await;
    let mut typed = OKTA.to_vec();
    typed[0] = ("name", "cognito");
    let again = browser.submit(&form.form_with("name"), &typed).await;
    assert!(
        !again.says("of settings: change it there"),
        "{}",
        again.words()
    );
    let kept = again.form_with("name");
    for (field, value) in typed {
        let expected = if field == "client_secret" { "" } else { value };
        assert_eq!(kept.field(field), Some(expected), "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_from_the_review_of_a_new_provider_keeps_what_was_typed() {
    let town = Town::new().await;
    let (browser, form) = town.administrator("/admin/providers/new?kind=okta").await;
    let review = browser.submit(&form.form_with("name"), &OKTA).await;
    let back = browser.click(&review, "Go back without saving").await;
    assert!(back.says("Add a provider: Okta"), "{}", back.words());
    assert!(
        !back.text.contains("saved; leave empty"),
        "the secret is to be typed again"
    );
    let kept = back.form_with("name");
    for (field, value) in OKTA {
        let expected = if field == "client_secret" { "" } else { value };
        assert_eq!(kept.field(field), Some(expected), "{field}");
    }
    let review = browser.submit(&kept, &[OKTA[3]]).await;
    let list = browser.press(&review, "Save").await;
    assert!(list.says("Saved, and in effect"), "{}", list.words());
    assert!(list.says("acme-okta"), "{}", list.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_of_one_providers_people_end_after_it_was_asked() {
    let town = Town::new().await;
    let ada = Browser::new();
    let login = ada.open(&town.at("/me")).await;
    town.cognito.log_in(&ada, &login, "ada").await;
    let (browser, form) = town.administrator("/admin/providers/new?kind=okta").await;
    let review = browser.submit(&form.form_with("name"), &OKTA).await;
    browser.press(&review, "Save").await;
    let end = async |name: &str| {
        let address = town.at(&format!("/admin/providers/{name}"));
        let page = browser.open(&address).await;
        let link = "End all sessions of this provider's people";
        let ask = browser.click(&page, link).await;
        browser.press(&ask, "End all sessions").await
    };
    let is_in = async || ada.open(&town.at("/me")).await.says("ada@customer.example");
    assert!(is_in().await);
    let done = end("acme-okta").await;
    assert!(done.says("have ended"), "{}", done.words());
    assert!(is_in().await, "of another provider");
    end("cognito").await;
    assert!(!is_in().await);
    let trail = town.trail().await;
    let ended: Vec<_> = trail
        .iter()
        .filter(|one| one["event"] == "session_ended")
        .collect();
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert_eq!(ended[0]["actor"], "grace@helpdesk.example");
    assert_eq!(ended[0]["changes"]["sessions"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_of_a_file_is_locked_and_cannot_be_deleted_here() {
    let town = Town::new().await;
    let (browser, page) = town.administrator("/admin/providers/cognito").await;
    assert!(
        page.says("of settings: change it there"),
        "{}",
        page.words()
    );
    let ask = browser
        .open(&town.at("/admin/providers/cognito/delete"))
        .await;
    assert!(ask.says("It cannot be deleted here"), "{}", ask.words());
    for nothing in ["none", "new?kind=azure", "new?kind="] {
        let path = format!("/admin/providers/{nothing}");
        let unknown = browser.open(&town.at(&path)).await;
        assert_eq!(reason(&unknown).as_deref(), Some("not_found"), "{nothing}");
        let list = browser.click(&unknown, "See all providers").await;
        assert_eq!(list.url.path(), "/admin/providers");
    }
    let suggested = browser.open(&town.at("/admin/providers/new")).await;
    assert!(suggested.says("Cognito"), "{}", suggested.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_account_is_set_and_its_token_replaced_alone() {
    let mut town = Town::new().await;
    let token = "atlassian-token-canary";
    let site = town.atlassian.site();
    town.close().await;
    let begin = town
        .settings
        .find("[default.atlassian]")
        .unwrap_or_default();
    let end = town.settings[begin + 1..]
        .find("\n[")
        .map_or(town.settings.len(), |end| begin + 1 + end);
    town.settings.replace_range(begin..end, "");
    town.open().await;
    let (browser, page) = town.administrator("/admin/account").await;
    let typed = [
        ("site", site.as_str()),
        ("email", "bot@acme.example"),
        ("api_token", token),
    ];
    let review = browser.submit(&page.form_with("site"), &typed).await;
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    assert!(!saved.text.contains("canary"));
    let other = browser
        .submit(&saved.form_with("site"), &[("api_token", "another-canary")])
        .await;
    assert!(
        other.says("Service account → API token atlassian.api_token set replaced"),
        "{}",
        other.words()
    );
    let oauth = browser
        .submit(&saved.form_with("site"), &[("token_kind", "oauth")])
        .await;
    assert!(
        oauth.says("E-mail address does not belong to token_kind")
            && oauth.says("Client ID is required"),
        "{}",
        oauth.words()
    );
}
