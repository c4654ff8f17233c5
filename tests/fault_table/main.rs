//! Every fault at every call of a visit, as a table: which page is shown, and what is at Jira once all is well again.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod faults;
mod people;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use imitation::atlassian::Operation;
use imitation::browser::{Browser, Page};
use support::people::{grace, page_of};
use support::{Town, at_portal, told};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use faults::{Fault, Lasts, faults};
use people::{Kind, Visitor};

/// Every call that a visit may make of Atlassian. The organizations of one customer are asked of the same address as all of them.
const CALLS: [Operation; 12] = [
    Operation::CreateCustomer,
    Operation::SearchUsers,
    Operation::ListCustomers,
    Operation::GetUser,
    Operation::AddCustomers,
    Operation::CreateOrganization,
    Operation::ListOrganizations,
    Operation::AddMembers,
    Operation::GetOrganization,
    Operation::RemoveMembers,
    Operation::SetCustomerName,
    Operation::SetCustomerDetail,
];

/// How many towns there are at a time.
const TOWNS: usize = 10;

/// What a visitor sees while the call meets the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    ThePortal,
    ThatItIsAway,
    SomethingElse,
}

const RULES: &str = r#"
[[default.organization]]
name = "Acme"
domains = ["acme.example"]
[[default.organization]]
claim = "custom:company"
[[default.organization]]
name = "Partners"
groups = ["partners"]
create = false
[[default.organization]]
name = "Staff"
groups = ["staff"]
[[default.organization]]
name = "Guests"
default_for = "new"
[default.mapping.details]
Region = "custom:region"
"#;

/// A town with little patience: what hangs is given up soon.
async fn impatient() -> Town {
    let mut town = Town::new().await;
    town.close().await;
    town.settings = town.settings.replace(
        "[default.atlassian]",
        "[default.atlassian]\nbudget = \"700ms\"",
    );
    town.settings.push_str(RULES);
    town.open().await;
    town.wait_until_links_are_read().await;
    town.atlassian.add_organization("Partners", false);
    town.atlassian.add_detail_field("Region", &[]);
    town
}

fn seen(page: &Page, email: &str) -> Sees {
    let away = told(page) == (Some("atlassian_unavailable".to_owned()), 503);
    if at_portal(page).0.as_deref() == Some(email) {
        Sees::ThePortal
    } else if away && page.header("retry-after").is_some() {
        Sees::ThatItIsAway
    } else {
        Sees::SomethingElse
    }
}

/// One call of one kind of visitor, and everything that it can meet, one after the other.
async fn rows(call: Operation, kind: Kind, places: Arc<Semaphore>) -> Vec<Row> {
    let _place = places.acquire().await.unwrap();
    let mut town = impatient().await;
    let mut rows = Vec::new();
    let mut faults = faults(call);
    if !kind.needs(call) {
        faults.truncate(2);
    }
    for (n, fault) in faults.into_iter().enumerate() {
        rows.push(row(&mut town, call, kind, &fault, n).await);
    }
    rows
}

/// One line of the table.
struct Row {
    text: String,
    is_right: bool,
}

async fn row(town: &mut Town, call: Operation, kind: Kind, fault: &Fault, n: usize) -> Row {
    let visitor = Visitor::new(kind, n);
    visitor.arrange(town, call).await;
    // What was found at Jira before is looked up again.
    town.advance(Duration::from_mins(61));
    town.atlassian.forget_calls();
    fault.begin(town, call, &visitor.email);
    let page = visit(town, &visitor).await;
    let (sees, met) = (seen(&page, &visitor.email), town.atlassian.count(call) > 0);
    let words = page.words();
    town.atlassian.behave();
    if fault.lasts == Lasts::AsLongAsAsked {
        town.close().await;
        town.open().await;
        town.wait_until_links_are_read().await;
    }
    town.advance(Duration::from_hours(25));
    let afterwards = comes_in(town, &visitor).await;
    let is_at_jira = visitor.at_jira(town);
    let wanted = visitor.wanted(call);
    let expected = expected(call, kind, fault, met);
    let is_right =
        sees == expected && afterwards && wanted == is_at_jira && met == kind.needs(call);
    let mut text = format!(
        "{} {call:?}{} × {} × {kind:?}: {sees:?}, then {}; {is_at_jira}",
        if is_right { "  " } else { "✗ " },
        if met { "" } else { " (not made)" },
        fault.name,
        if afterwards { "in" } else { "NOT in" },
    );
    if !is_right {
        text = format!("{text}\n      expected {expected:?}; {wanted}\n      {words}");
    }
    Row { text, is_right }
}

/// What may have been done although its answer got lost is taken away again, once nothing gives it any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_membership_in_doubt_is_taken_away_with_its_rule_and_nothing_waits_for_ever() {
    let town = impatient().await;
    for (n, fault) in faults(Operation::AddMembers).into_iter().enumerate() {
        if fault.lasts == Lasts::AsLongAsAsked {
            continue;
        }
        let visitor = Visitor::new(Kind::Found, n);
        visitor.arrange(&town, Operation::AddMembers).await;
        fault.begin(&town, Operation::AddMembers, &visitor.email);
        assert_eq!(
            seen(&visit(&town, &visitor).await, &visitor.email),
            Sees::ThePortal
        );
        town.atlassian.behave();
        visitor.loses_everything(&town);
        town.advance(Duration::from_hours(25));
        assert!(comes_in(&town, &visitor).await, "{}", fault.name);
        let left = town.atlassian.organizations_of(&visitor.email);
        assert_eq!(left, ["Acme".to_owned()].into(), "{}", fault.name);
        let waiting = page_of(&town, &grace(&town).await, &visitor.email).await;
        assert!(!waiting.says("Waits for Atlassian"), "{}", fault.name);
    }
}

async fn visit(town: &Town, visitor: &Visitor) -> Page {
    town.arrive(&Browser::new(), "/p/help", &visitor.username)
        .await
}

/// Whether somebody comes in now that all is well: at once, or as soon as Atlassian is asked again.
async fn comes_in(town: &Town, visitor: &Visitor) -> bool {
    for _ in 0..40 {
        if seen(&visit(town, visitor).await, &visitor.email) == Sees::ThePortal {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

/// Known customers come in whatever happens; who is new comes in unless the call makes them a customer or opens the service desk to them.
fn expected(call: Operation, kind: Kind, fault: &Fault, met: bool) -> Sees {
    let (known, makes) = (kind == Kind::Known, call == Operation::CreateCustomer);
    let opens = matches!(
        call,
        Operation::SearchUsers
            | Operation::ListCustomers
            | Operation::GetUser
            | Operation::AddCustomers
    );
    // A creation that may have worked is looked up.
    let found = makes
        && fault.leaves_doubt
        && (fault.is_done || kind.was_at_jira())
        && fault.lasts != Lasts::ForTheVisit;
    // A look that says nothing keeps nobody out whom Jira does not have: they are made.
    let made = call == Operation::SearchUsers && !kind.was_at_jira() && !fault.is_away;
    if known || !met || !(makes || opens) || found || made {
        Sees::ThePortal
    } else {
        Sees::ThatItIsAway
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_call_meets_known_customers_come_in_new_ones_wait_or_come_in_and_afterwards_all_is_as_the_rules_say()
 {
    let (mut columns, places) = (JoinSet::new(), Arc::new(Semaphore::new(TOWNS)));
    for call in CALLS {
        for kind in Kind::ALL {
            columns.spawn(rows(call, kind, Arc::clone(&places)));
        }
    }
    let rows: Vec<Row> = columns.join_all().await.into_iter().flatten().collect();
    let mut table: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    table.sort_unstable();
    assert!(
        rows.iter().all(|row| row.is_right),
        "{} of {} rows are wrong:\n{}",
        rows.iter().filter(|row| !row.is_right).count(),
        rows.len(),
        table.join("\n")
    );
}
