//! Invitations: who comes in by one, once, and whom it does not help; made in the desk or by command, with or without Jira's own mail.

mod support;

use std::sync::Arc;
use std::time::Duration;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::Person;
use support::people::{ADA, CHARLES, block, grace};
use support::{Town, arrived, told};

const DAY: Duration = Duration::from_hours(24);

/// Where only who was invited becomes a customer, with more rules of the same table.
async fn town_with(more: &str) -> Town {
    let access = format!("[default.access]\ncreate_customers = \"invited\"\n{more}");
    Town::replacing("[default.access]", &access).await
}

async fn town() -> Town {
    town_with("").await
}

/// Invites by the desk's form, to the help desk unless these fields say otherwise.
async fn invite(town: &Town, grace: &Browser, fields: &[(&str, &str)]) -> Page {
    let form = grace.open(&town.at("/admin/invitations/new")).await;
    let usual = [("addresses", ADA), ("link", "help")];
    let usual = usual
        .iter()
        .filter(|(name, _)| !fields.iter().any(|(given, _)| given == name));
    let all: Vec<_> = usual.chain(fields).copied().collect();
    grace.submit(&form.form_with("addresses"), &all).await
}

/// Comes by a link, in a browser of their own.
async fn comes(town: &Town, username: &str, path: &str) -> Page {
    town.arrive(&Browser::new(), path, username).await
}

async fn refused(town: &Town, username: &str, path: &str) {
    let page = comes(town, username, path).await;
    assert_eq!(
        told(&page),
        (Some("not_invited".to_owned()), 403),
        "{}",
        page.words()
    );
}

/// The events of this name.
async fn events(town: &Town, name: &str) -> Vec<serde_json::Value> {
    let mut trail = town.trail().await;
    trail.retain(|event| event["event"] == name);
    trail
}

#[tokio::test(flavor = "multi_thread")]
async fn the_invited_come_in_once_into_their_organizations_and_nobody_else_does() {
    let town = town().await;
    refused(&town, "ada", "/p/help").await;
    let grace = grace(&town).await;
    let page = invite(&town, &grace, &[("organizations", "Acme GmbH\nFriends")]).await;
    assert!(
        page.says("Invited.") && page.says(&town.at("/p/help")),
        "{}",
        page.words()
    );
    for (username, path) in [("charles", "/p/help"), ("ada", "/p/bill")] {
        refused(&town, username, path).await;
    }
    assert!(town.atlassian.customers().is_empty(), "so far nobody");
    for _ in 0..2 {
        arrived(&comes(&town, "ada", "/p/help").await, ADA);
    }
    for name in ["Acme GmbH", "Friends"] {
        assert!(
            town.atlassian.organization_emails(name).contains(ADA),
            "{name}"
        );
    }
    let used = events(&town, "invitation_used").await;
    assert_eq!(used.len(), 1, "{used:?}");
    assert_eq!(
        (&used[0]["email"], &used[0]["link"]),
        (&ADA.into(), &"help".into())
    );
    let made = events(&town, "invitation_made").await;
    assert_eq!(made[0]["actor"], "grace@helpdesk.example");
    assert_eq!(made[0]["changes"]["organizations"][0], "Acme GmbH");
    let page = grace.open(&town.at("/admin/invitations")).await;
    assert!(page.says("used on"), "{}", page.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_with_its_time_or_when_it_is_withdrawn() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[("hours", "24")]).await;
    let page = invite(&town, &grace, &[("addresses", CHARLES)]).await;
    let (form, _) = page.button("Withdraw the invitation");
    let page = grace.submit(&form, &[]).await;
    assert!(page.says("nobody comes in by it"), "{}", page.words());
    let made = events(&town, "invitation_made").await;
    assert_eq!(
        made[2]["changes"]["invitation"]["new"], "withdrawn",
        "{made:?}"
    );
    refused(&town, "charles", "/p/help").await;
    town.advance(DAY + Duration::from_secs(1));
    refused(&town, "ada", "/p/help").await;
    let page = self::grace(&town)
        .await
        .open(&town.at("/admin/invitations"))
        .await;
    assert!(
        page.says("expired on") && page.says("withdrawn on"),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_in_time_is_finished_by_the_same_identity_later_and_by_no_other() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(
        &town,
        &grace,
        &[("hours", "1"), ("organizations", "Friends")],
    )
    .await;
    town.atlassian
        .fail_times(Operation::CreateCustomer, 9, &Failure::status(503));
    let page = comes(&town, "ada", "/p/help").await;
    assert_eq!(told(&page), (Some("atlassian_unavailable".to_owned()), 503));
    assert!(
        events(&town, "invitation_used").await.is_empty(),
        "not let in yet"
    );
    town.atlassian.behave();
    town.cognito
        .add_person(Person::new("mallory", "Mallory", "M", ADA));
    town.advance(Duration::from_hours(2));
    refused(&town, "mallory", "/p/help").await;
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    assert!(town.atlassian.organization_emails("Friends").contains(ADA));
    assert_eq!(events(&town, "invitation_used").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_not_let_in_yet_may_come_by_another_way_of_signing_in_and_it_is_used_once() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[("organizations", "Friends")]).await;
    town.atlassian.set_unavailable(true);
    let page = comes(&town, "ada", "/p/help").await;
    assert_eq!(told(&page), (Some("atlassian_unavailable".to_owned()), 503));
    town.atlassian.set_unavailable(false);
    town.advance(Duration::from_mins(2));
    town.cognito
        .add_person(Person::new("ada-google", "Ada", "Google", ADA));
    arrived(&comes(&town, "ada-google", "/p/help").await, ADA);
    assert!(town.atlassian.organization_emails("Friends").contains(ADA));
    let page = comes(&town, "ada", "/p/help").await;
    assert_eq!(told(&page), (Some("identity_conflict".to_owned()), 409));
    assert_eq!(events(&town, "invitation_used").await.len(), 1);
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_identity_with_the_same_address_does_not_come_in_by_a_used_invitation() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[]).await;
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    town.cognito
        .add_person(Person::new("mallory", "Mallory", "M", ADA));
    let page = comes(&town, "mallory", "/p/help").await;
    assert_eq!(told(&page), (Some("identity_conflict".to_owned()), 409));
    assert_eq!(town.atlassian.customers().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_visits_at_once_use_it_once() {
    let town = Arc::new(town().await);
    let grace = grace(&town).await;
    invite(&town, &grace, &[]).await;
    let visits: Vec<_> = (0..6)
        .map(|_| {
            let town = town.clone();
            tokio::spawn(async move { comes(&town, "ada", "/p/help").await })
        })
        .collect();
    for visit in visits {
        arrived(&visit.await.unwrap(), ADA);
    }
    assert_eq!(town.atlassian.customers().len(), 1);
    assert_eq!(events(&town, "invitation_used").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_of_jira_come_in_without_one() {
    let town = town().await;
    town.atlassian.add_account(Account::customer(ADA, "Ada"));
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    assert!(events(&town, "invitation_used").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rule_gives_way_to_an_invitation_and_whoever_makes_one_is_told() {
    let town = town_with("domains = [\"customer.example\"]").await;
    let grace = grace(&town).await;
    let page = invite(&town, &grace, &[("addresses", CHARLES)]).await;
    assert!(
        page.says("They would be refused: the address is of none of the allowed domains"),
        "{}",
        page.words()
    );
    let page = comes(&town, "charles", "/p/help").await;
    assert_eq!(told(&page), (Some("domain_not_allowed".to_owned()), 403));
    let made = invite(&town, &grace, &[]).await;
    assert!(!made.says("would be refused"), "{}", made.words());
    comes(&town, "ada", "/p/bill").await;
    block(&town, &grace, ADA).await;
    let page = comes(&town, "ada", "/p/help").await;
    assert_eq!(told(&page), (Some("blocked".to_owned()), 403));
    let page = grace.open(made.url.as_str()).await;
    assert!(
        page.says("This address is blocked by hand"),
        "{}",
        page.words()
    );
    assert!(town.atlassian.customers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_makes_one_is_told_what_else_is_asked_of_who_comes_by_it() {
    let rules = "groups = [\"staff\"]\nclaims = { tier = \"gold\" }\nnetworks = [\"127.0.0.0/8\", \"::1\"]\nhours = \"Mon-Sun 00:00-24:00 UTC\"\n";
    let link = "\n[default.link.bill]\nservice_desk = \"BILL\"\naccess = \"private\"\ngroups = [\"billing\"]\norganizations = [\"Friends\", \"Acme GmbH\"]\n[[default.organization]]\nname = \"Friends\"\ndomains = [\"friends.example\"]\nmanaged = false\n";
    let mut town = town_with(rules).await;
    town.reopen_with(link).await;
    let grace = grace(&town).await;
    let to_bill = [("link", "bill"), ("organizations", "Friends")];
    let page = invite(&town, &grace, &to_bill).await;
    let everywhere = [
        "They come in only with one of the groups that every link asks for: cognito:staff (access.groups).",
        "They come in only with the claim tier = gold (access.claims).",
        "They come in only from 127.0.0.0/8, ::1/128 (access.networks).",
        "They come in only within Mon-Sun 00:00-24:00 UTC (access.hours).",
    ];
    let private = "The link is private: they come in only with one of its groups, cognito:billing, or when a rule gives them one of its organizations, Friends, Acme GmbH. That the invitation gives them Friends opens no private link.";
    for words in everywhere.iter().chain([&private]) {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    let by_rule = [("addresses", "x@friends.example"), ("link", "bill")];
    let page = invite(&town, &grace, &by_rule).await;
    assert!(!page.says("The link is private"), "{}", page.words());
    let (_, _, said) =
        town.command(&["invite", ADA, "--link", "bill", "--organization", "Friends"]);
    assert!(
        said.contains(private) && said.contains(everywhere[0]),
        "{said}"
    );
    let page = comes(&town, "ada", "/p/bill").await;
    assert_eq!(told(&page), (Some("group_required".to_owned()), 403));
}

#[tokio::test(flavor = "multi_thread")]
async fn never_is_never_and_always_gives_the_organizations_all_the_same() {
    for (rule, reason) in [("never", Some("not_allowed")), ("always", None)] {
        let access = format!("[default.access]\ncreate_customers = \"{rule}\"");
        let town = Town::replacing("[default.access]", &access).await;
        let grace = grace(&town).await;
        let page = invite(&town, &grace, &[("organizations", "Friends")]).await;
        assert_eq!(
            page.says("Nobody is made a customer at present"),
            rule == "never"
        );
        let page = comes(&town, "ada", "/p/help").await;
        assert_eq!(
            support::reason(&page).as_deref(),
            reason,
            "{rule}: {}",
            page.words()
        );
        let friends = town.atlassian.organization_emails("Friends");
        assert_eq!(friends.contains(ADA), rule == "always");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_stands_in_place_of_an_approval_and_an_approval_of_an_invitation() {
    let mut town = town().await;
    town.reopen_with("\n[default.link.help]\nservice_desk = \"HELP\"\napproval = true\n")
        .await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[]).await;
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    let page = comes(&town, "charles", "/p/help").await;
    assert_eq!(told(&page), (Some("awaiting_approval".to_owned()), 403));
    let queue = grace.open(&town.at("/admin/approvals")).await;
    grace.press(&queue, "Approve").await;
    arrived(&comes(&town, "charles", "/p/help").await, CHARLES);
    assert_eq!(events(&town, "invitation_used").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_follows_its_link_to_another_name() {
    let mut town = town().await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[]).await;
    town.reopen_with("\n[default.link.support]\nservice_desk = \"HELP\"\naliases = [\"help\"]\n")
        .await;
    let grace = self::grace(&town).await;
    let list = grace.open(&town.at("/admin/invitations")).await;
    let page = grace.click(&list, ADA).await;
    assert!(
        page.text.contains(&town.at("/p/support")),
        "{}",
        page.words()
    );
    arrived(&comes(&town, "ada", "/p/support").await, ADA);
    assert_eq!(events(&town, "invitation_used").await[0]["link"], "support");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_is_not_invited_any_more() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[]).await;
    invite(&town, &grace, &[("addresses", CHARLES)]).await;
    let (status, said, _) = town.command(&["forget", ADA]);
    assert_eq!(status, Some(0));
    assert!(said.contains("1 invitation"), "{said}");
    refused(&town, "ada", "/p/help").await;
    let list = grace.open(&town.at("/admin/invitations")).await;
    assert!(!list.says(ADA) && list.says(CHARLES), "{}", list.words());
    assert!(events(&town, "invitation_made").await[0]["email"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_invited_at_once_and_every_mistake_is_named() {
    let town = town().await;
    let grace = grace(&town).await;
    let many: Vec<String> = (0..101).map(|n| format!("p{n}@many.example")).collect();
    for (fields, words) in [
        (vec![("addresses", "")], "Whom do you invite?"),
        (
            vec![("addresses", "ada@customer.example\nnobody")],
            "No e-mail address: nobody.",
        ),
        (
            vec![("addresses", many.join("\n").as_str())],
            "101 addresses: 100 at once at most.",
        ),
        (vec![("link", "none")], "Choose the link."),
        (vec![("hours", "0")], "1 hour at least and 90 days at most"),
        (
            vec![("hours", "2161")],
            "1 hour at least and 90 days at most",
        ),
        (
            vec![("organizations", "x".repeat(201).as_str())],
            "at most 200 characters",
        ),
        (
            vec![("organizations", many.join("\n").as_str())],
            "20 organizations at most",
        ),
    ] {
        let page = invite(&town, &grace, &fields).await;
        assert_eq!(page.status, 422, "{words}");
        assert!(
            page.says("Nobody was invited") && page.says(words),
            "{}",
            page.words()
        );
        let typed = page.form_with("addresses");
        assert_eq!(
            typed.field("addresses").is_some_and(str::is_empty),
            words.starts_with("Whom")
        );
    }
    let page = invite(&town, &grace, &[("addresses", &many[..100].join("\r\n"))]).await;
    assert!(
        page.says("Invited together") && page.says("p99@many.example"),
        "{}",
        page.words()
    );
    let page = grace.open(&town.at("/admin/invitations?q=P77@")).await;
    assert!(page.says("p77@many.example") && !page.says("p78@many.example"));
    let overview = grace.open(&town.at("/admin")).await;
    assert!(
        overview.says("Invited and not here yet: 100"),
        "{}",
        overview.words()
    );
    let person = support::people::page_of(&town, &grace, "p7@many.example").await;
    assert!(
        person.says("Invitations") && person.says("open until"),
        "{}",
        person.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_invitation_takes_the_place_of_the_one_before() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(
        &town,
        &grace,
        &[("organizations", "Friends"), ("hours", "2160")],
    )
    .await;
    invite(&town, &grace, &[("hours", "1")]).await;
    town.advance(Duration::from_hours(2));
    refused(&town, "ada", "/p/help").await;
    let grace = self::grace(&town).await;
    invite(&town, &grace, &[]).await;
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    assert!(town.atlassian.organizations().is_empty(), "the first one's");
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_sends_its_own_mail_where_that_is_wanted_and_the_invitation_holds_when_it_fails() {
    let town = town().await;
    let grace = grace(&town).await;
    let wanted = ("jira_mail", "yes");
    invite(&town, &grace, &[]).await;
    assert_eq!(
        town.atlassian.count(Operation::InviteCustomer),
        0,
        "unasked"
    );
    town.atlassian
        .fail_next(Operation::InviteCustomer, Failure::status(500));
    let page = invite(&town, &grace, &[wanted]).await;
    assert!(
        page.says("Jira’s mail failed on") && page.says("The invitation itself holds"),
        "{}",
        page.words()
    );
    assert_eq!(
        town.atlassian.count(Operation::InviteCustomer),
        1,
        "never twice by itself"
    );
    let (form, _) = page.button("let it write to them");
    let page = grace.submit(&form, &[]).await;
    assert!(page.says("Jira sent its own mail on"), "{}", page.words());
    assert_eq!(
        town.atlassian.invitations(),
        [(ADA.to_owned(), "HELP".to_owned())]
    );
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    assert_eq!(town.atlassian.customers().len(), 1);
    let page = invite(
        &town,
        &grace,
        &[
            ("addresses", "ada@customer.example\nnew@customer.example"),
            wanted,
        ],
    )
    .await;
    assert!(
        page.says("Jira sent no mail, since it has an account")
            && page.says("a customer of this service desk already"),
        "{}",
        page.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_that_jira_failed_at_are_asked_for_together_once_more() {
    let town = town().await;
    let grace = grace(&town).await;
    town.atlassian
        .fail_next(Operation::InviteCustomer, Failure::status(403));
    let both = format!("{ADA}\n{CHARLES}");
    let page = invite(&town, &grace, &[("addresses", &both), ("jira_mail", "yes")]).await;
    assert!(
        page.says("Jira was to send its own mail to 1 of them"),
        "{}",
        page.words()
    );
    let (form, _) = page.button("Ask Jira for these mails");
    let page = grace.submit(&form, &[]).await;
    assert!(!page.says("Jira was to send"), "{}", page.words());
    assert_eq!(town.atlassian.invitations().len(), 2);
    assert_eq!(town.atlassian.count(Operation::InviteCustomer), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_invites_at_a_running_server_and_prints_the_link() {
    let town = town().await;
    let (status, link, said) = town.command(&[
        "invite",
        ADA,
        "--link",
        "help",
        "--organization",
        "Friends",
        "--days",
        "3",
    ]);
    assert_eq!(
        (status, link.trim_end()),
        (Some(0), town.at("/p/help").as_str()),
        "{said}"
    );
    assert!(said.contains("Invited until"), "{said}");
    arrived(&comes(&town, "ada", "/p/help").await, ADA);
    assert!(town.atlassian.organization_emails("Friends").contains(ADA));
    assert_eq!(
        events(&town, "invitation_made").await[0]["actor"],
        "command line"
    );
    let (status, json, _) =
        town.command(&["invite", "x@blocked.example", "--link", "bill", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (status, &json["link"], &json["url"]),
        (Some(0), &"bill".into(), &town.at("/p/bill").into())
    );
    assert!(
        json["warnings"][0]
            .as_str()
            .is_some_and(|words| words.contains("blocked domain")),
        "{json}"
    );
    for (arguments, words) in [
        (&["nobody", "--link", "help"][..], "no mail address"),
        (&[ADA, "--link", "none"], "no link is called \"none\""),
        (
            &[ADA, "--link", "help", "--days", "0"],
            "1 hour at least and 90 days at most",
        ),
        (
            &[ADA, "--link", "help", "--days", "91"],
            "1 hour at least and 90 days at most",
        ),
        (
            &[ADA, "--link", "help", "--organization", " "],
            "organization’s name",
        ),
    ] {
        let (status, _, said) = town.command(&[&["invite"], arguments].concat());
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_says_by_whose_invitation_somebody_comes_in_or_that_there_is_none() {
    let town = town().await;
    let grace = grace(&town).await;
    invite(&town, &grace, &[("organizations", "Friends")]).await;
    let form = grace.open(&town.at("/admin/preview")).await;
    let claims = format!("{{\"sub\": \"x\", \"email\": \"{ADA}\", \"email_verified\": true}}");
    let page = grace
        .submit(&form.form_with("claims"), &[("claims", &claims)])
        .await;
    for words in [
        "by the invitation that grace@helpdesk.example made",
        "find the customer of this address at Jira, or create it",
        "add the customer to the organization Friends, as the invitation says",
        "but refused (not_invited) unless Jira knows a customer of this address already",
        "none is created (access.create_customers)",
    ] {
        assert!(page.says(words), "{words}: {}", page.words());
    }
    assert!(
        page.links()
            .iter()
            .any(|link| link.url.path() == "/admin/invitations")
    );
}
