//! Twins: one comes undisturbed, Atlassian breaks for the other at some call. Both end the same, and whatever is lost later is lost by both.

use std::collections::BTreeSet;
use std::time::Duration;

use imitation::atlassian::{Account, Operation};
use imitation::browser::Browser;
use imitation::cognito::Person;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use tokio::task::JoinSet;

use super::random::{NAMES, Said, rules, said};
use super::support::{Town, at_portal};

/// How many random rules there are, each with random people; so many at a time.
const WORLDS: usize = 24;

/// Rules, and what the provider says of a pair of twins: before, at the visit that is disturbed, and afterwards.
#[derive(Debug, Clone)]
struct World {
    rules: String,
    before: Before,
    at_first: Said,
    at_last: Said,
}

/// What went before.
#[derive(Debug, Clone)]
enum Before {
    Nothing,
    /// Jira had an account, which was in these organizations.
    Account(Vec<&'static str>),
    /// They came in when this was said.
    Visit(Said),
}

fn world() -> impl Strategy<Value = World> {
    let organizations = prop::sample::subsequence(&NAMES[..], 0..=2);
    let before = prop_oneof![
        Just(Before::Nothing),
        organizations.prop_map(Before::Account),
        said().prop_map(Before::Visit),
    ];
    let all = (rules(), before, said(), said());
    all.prop_map(|(rules, before, at_first, at_last)| World {
        rules,
        before,
        at_first,
        at_last,
    })
}

/// What is at Jira.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AtJira {
    accounts: usize,
    customer_of_the_desk: bool,
    organizations: BTreeSet<String>,
}

struct Twin<'a> {
    town: &'a Town,
    username: String,
    email: String,
}

impl<'a> Twin<'a> {
    async fn born(town: &'a Town, name: &str, world: &World) -> Self {
        let email = format!("{name}@{}", world.at_first.domain);
        let person = Person::new(name, "Some", "Body", &email);
        town.cognito.add_person(person);
        let twin = Self {
            town,
            username: name.to_owned(),
            email,
        };
        match &world.before {
            Before::Nothing => {}
            Before::Account(organizations) => {
                let account = Account::customer(&twin.email, "Some Body");
                town.atlassian.add_account(account);
                for name in organizations {
                    town.atlassian.add_member(name, &twin.email);
                }
            }
            Before::Visit(said) => {
                twin.is_said(said);
                twin.comes().await;
            }
        }
        twin.is_said(&world.at_first);
        // What was found at Jira before is looked up again.
        town.advance(Duration::from_mins(61));
        town.atlassian.forget_calls();
        twin
    }

    fn is_said(&self, said: &Said) {
        self.town.cognito.change_person(&self.username, |person| {
            person.groups = said.groups.iter().map(ToString::to_string).collect();
            person.custom = said
                .custom
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
        });
    }

    /// Whether they come in.
    async fn comes(&self) -> bool {
        let browser = Browser::new();
        let page = self.town.arrive(&browser, "/p/help", &self.username).await;
        at_portal(&page).0.as_deref() == Some(self.email.as_str())
    }

    fn at_jira(&self) -> AtJira {
        let atlassian = &self.town.atlassian;
        let accounts = atlassian.accounts().into_iter();
        AtJira {
            accounts: accounts.filter(|one| one.email == self.email).count(),
            customer_of_the_desk: atlassian.member_emails("HELP").contains(&self.email),
            organizations: atlassian.organizations_of(&self.email),
        }
    }

    /// Comes twice more: everything is done by then, and the second time costs Atlassian nothing. Then comes with other claims.
    async fn ends(&self, world: &World) -> [AtJira; 2] {
        self.town.advance(Duration::from_hours(25));
        assert!(self.comes().await, "{}: {world:#?}", self.username);
        let first = self.at_jira();
        self.town.atlassian.forget_calls();
        assert!(self.comes().await);
        assert_eq!(calls(self.town), 0, "{}: {world:#?}", self.username);
        assert_eq!(self.at_jira(), first);
        self.is_said(&world.at_last);
        assert!(self.comes().await);
        [first, self.at_jira()]
    }
}

/// Calls for somebody since they were forgotten.
fn calls(town: &Town) -> usize {
    let for_nobody = [
        Operation::ListDesks,
        Operation::GetDesk,
        Operation::ListRequestTypes,
        Operation::ListRequestTypeGroups,
    ];
    let calls = town.atlassian.rest_calls().into_iter();
    calls
        .filter(|call| !for_nobody.contains(&call.operation))
        .count()
}

/// Disturbs a twin at every call that the undisturbed one made, before it is done and behind it.
async fn every_interruption(world: World) {
    let mut town = Town::with(&world.rules).await;
    for name in NAMES {
        town.atlassian.add_organization(name, false);
    }
    // They are not in the list that was read when the house began to stand.
    town.advance(Duration::from_mins(61));
    let undisturbed = Twin::born(&town, "undisturbed", &world).await;
    assert!(undisturbed.comes().await, "{world:#?}");
    let made = calls(&town);
    let wanted = undisturbed.ends(&world).await;
    for (n, done) in (0..made).flat_map(|n| [(n, false), (n, true)]) {
        let name = format!("disturbed-{n}-{done}");
        let email = {
            let disturbed = Twin::born(&town, &name, &world).await;
            town.atlassian.break_after(n, done);
            disturbed.comes().await;
            town.atlassian.behave();
            disturbed.email
        };
        // By another process, which knows nothing of how Atlassian did.
        town.close().await;
        town.open().await;
        town.wait_until_links_are_read().await;
        let disturbed = Twin {
            town: &town,
            username: name,
            email,
        };
        let ended = disturbed.ends(&world).await;
        assert_eq!(
            ended, wanted,
            "broken after {n} of {made} calls, done: {done}: {world:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_interrupted_at_any_call_ends_as_one_that_is_not() {
    let mut runner = TestRunner::default();
    let mut worlds = JoinSet::new();
    for _ in 0..WORLDS {
        let world = world().new_tree(&mut runner).unwrap().current();
        worlds.spawn(every_interruption(world));
    }
    worlds.join_all().await;
}
