//! The rules of who belongs to which organization, in the desk.

mod support;

use imitation::browser::{Browser, Page};
use support::{Town, reason};

const LIST: &str = "/admin/organizations";
const NEW: &str = "/admin/organizations/new";

/// Adds a rule, to its end.
async fn add(browser: &Browser, town: &Town, fields: &[(&str, &str)]) -> Page {
    let page = browser.open(&town.at(NEW)).await;
    let review = browser.submit(&page.form_with("claim"), fields).await;
    browser.press(&review, "Save").await;
    browser.open(&town.at(LIST)).await
}

/// Organizations in the order of the list.
fn names(list: &Page) -> Vec<String> {
    let links = list.links().into_iter();
    let rules = links.filter(|link| {
        let place = link.url.path().rsplit('/').next().unwrap_or_default();
        link.url.path().starts_with(LIST) && place.parse::<usize>().is_ok()
    });
    rules.map(|link| link.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_saved_puts_the_next_customer_into_its_organization() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(NEW).await;
    let form = page.form_with("claim");
    let fields = [("name", "Ada & Sons"), ("domains", "customer.example")];
    let review = browser.submit(&form, &fields).await;
    assert!(
        review.says("Organization Ada & Sons: the rule is added"),
        "{}",
        review.words()
    );
    assert!(town.atlassian.organizations().is_empty());
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    assert!(saved.says("Change a rule"), "{}", saved.words());
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let members = town.atlassian.organization_emails("Ada & Sons");
    assert!(members.contains("ada@customer.example"), "{members:?}");
    let list = browser.open(&town.at(LIST)).await;
    for words in ["those with an address at customer.example", "it is created"] {
        assert!(list.says(words), "{words}: {}", list.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_stand_at_their_fields_and_what_was_typed_is_kept() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(NEW).await;
    for (fields, expected) in [
        (
            [("name", ""), ("domains", "a.example"), ("claim", "")],
            "Organization is required",
        ),
        (
            [("name", "Acme"), ("domains", ""), ("claim", "")],
            "says nobody belongs to it",
        ),
        (
            [("name", "Acme"), ("domains", "no domain"), ("claim", "")],
            "Domains item 1",
        ),
        (
            [("name", "Acme"), ("domains", ""), ("claim", "company")],
            "Claim names the organization",
        ),
        (
            [("name", ""), ("domains", "a.example"), ("claim", "company")],
            "Claim names the organization by itself",
        ),
        (
            [("name", "<b>"), ("domains", ""), ("claim", "=")],
            "Claim must be a claim",
        ),
    ] {
        let again = browser.submit(&page.form_with("claim"), &fields).await;
        assert!(again.says(expected), "{expected}: {}", again.words());
        assert!(!again.text.contains("<b>"));
        let form = again.form_with("claim");
        for (field, value) in fields {
            assert_eq!(form.field(field), Some(value));
        }
    }
    let unknown = [("name", "Acme"), ("groups", "nobody:acme")];
    let again = browser.submit(&page.form_with("claim"), &unknown).await;
    assert!(again.says("Groups"), "{}", again.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_changed_moved_and_deleted_one_at_a_time() {
    let town = Town::new().await;
    let (browser, _) = town.administrator(LIST).await;
    for name in ["One", "Two", "Three"] {
        add(&browser, &town, &[("name", name), ("domains", "a.example")]).await;
    }
    let list = browser.open(&town.at(LIST)).await;
    assert_eq!(names(&list), ["One", "Two", "Three"]);
    let up = list
        .forms()
        .into_iter()
        .find(|form| form.action.path().ends_with("/2/up"));
    let review = browser.submit(&up.unwrap(), &[]).await;
    let list = browser.press(&review, "Save").await;
    assert_eq!(names(&list), ["One", "Three", "Two"]);
    let rule = browser.click(&list, "Three").await;
    let fields = [("name", "Four"), ("create", "false")];
    let review = browser.submit(&rule.form_with("claim"), &fields).await;
    let saved = browser.press(&review, "Save").await;
    assert!(saved.says("Saved, and in effect."), "{}", saved.words());
    let asked = browser.click(&saved, "Delete this rule").await;
    assert!(asked.says("Delete the rule for Four?"), "{}", asked.words());
    let list = browser.open(&town.at(LIST)).await;
    assert_eq!(
        names(&list),
        ["One", "Four", "Two"],
        "asking deletes nothing"
    );
    let review = browser.press(&asked, "Delete the rule").await;
    let list = browser.press(&review, "Save").await;
    assert_eq!(names(&list), ["One", "Two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_somebody_else_moved_is_still_the_one_that_is_changed() {
    let town = Town::new().await;
    let (browser, _) = town.administrator(LIST).await;
    for name in ["One", "Two"] {
        add(&browser, &town, &[("name", name), ("domains", "a.example")]).await;
    }
    let form = browser.open(&town.at("/admin/organizations/1")).await;
    let form = form.form_with("claim");
    let first = browser.open(&town.at("/admin/organizations/0")).await;
    let asked = browser.click(&first, "Delete this rule").await;
    let review = browser.press(&asked, "Delete the rule").await;
    browser.press(&review, "Save").await;
    let review = browser.submit(&form, &[("name", "Three")]).await;
    browser.press(&review, "Save").await;
    let list = browser.open(&town.at(LIST)).await;
    assert_eq!(names(&list), ["Three"]);
    let gone = browser.submit(&form, &[("name", "Four")]).await;
    assert_eq!(
        (reason(&gone).as_deref(), gone.status),
        (Some("conflict"), 409)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_add_a_rule_at_once_the_later_one_is_told() {
    let town = Town::new().await;
    let (one, page) = town.administrator(NEW).await;
    let (other, _) = town.administrator(NEW).await;
    let form = page.form_with("claim");
    let fields = |name| [("name", name), ("domains", "a.example")];
    let mine = one.submit(&form, &fields("One")).await;
    let form = other.open(&town.at(NEW)).await.form_with("claim");
    let theirs = other.submit(&form, &fields("Two")).await;
    one.press(&mine, "Save").await;
    let conflict = other.press(&theirs, "Save").await;
    assert_eq!(conflict.status, 409, "{}", conflict.words());
    assert_eq!(names(&one.open(&town.at(LIST)).await), ["One"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_from_the_review_keeps_what_was_typed() {
    let town = Town::new().await;
    let (browser, page) = town.administrator(NEW).await;
    let fields = [("name", "Acme"), ("claim", "custom:company = Acme")];
    let review = browser.submit(&page.form_with("claim"), &fields).await;
    let back = browser.click(&review, "Go back without saving").await;
    let form = back.form_with("claim");
    for (field, value) in fields {
        assert_eq!(form.field(field), Some(value));
    }
    assert!(form.action.path().ends_with("/new"), "{}", form.action);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_a_file_are_shown_and_locked() {
    let rule = "[[default.organization]]\nname = \"Acme GmbH\"\ndomains = [\"acme.example\"]\nmanaged = false\n[default.access]";
    let town = Town::replacing("[default.access]", rule).await;
    let (browser, page) = town.administrator(LIST).await;
    assert!(
        page.says("Acme GmbH") && page.says("These rules are set by line"),
        "{}",
        page.words()
    );
    assert!(!page.says("Add a rule") && !page.says("Move up"));
    for path in [NEW, "/admin/organizations/0"] {
        assert_eq!(browser.open(&town.at(path)).await.status, 409, "{path}");
    }
    let csrf = page.text.split("name=\"csrf\" value=\"").nth(1);
    let csrf = csrf
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let fields = [("csrf", csrf), ("name", "Evil"), ("domains", "a.example")];
    let posted = browser
        .post(&town.at(NEW), &fields, Some(&town.at(NEW)))
        .await;
    assert!(matches!(posted.status, 403 | 409), "{}", posted.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_at_a_place_without_a_rule() {
    let town = Town::new().await;
    let (browser, _) = town.administrator(LIST).await;
    for (path, status) in [("0", 404), ("x", 404), ("-1", 404), ("0/delete?was=x", 409)] {
        let page = browser.open(&town.at(&format!("{LIST}/{path}"))).await;
        assert_eq!(page.status, status, "{path}");
    }
}
