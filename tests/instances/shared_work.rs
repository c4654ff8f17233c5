//! Work in the background is done once, by whichever front door has the duty, and goes on when that one ends.

use std::time::{Duration, Instant};

use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;

use crate::houses::Houses;
use crate::support::people::ADA;
use crate::support::{Town, arrived};

/// How often the service desks are read here: as often as can be set.
const EVERY: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn the_service_desks_are_read_once_for_all_and_go_on_being_read_when_one_ends() {
    let mut houses = Houses::of(3, "").await;
    let settings = houses.town.settings.clone();
    let often = settings.replacen("[default]", "[default]\nlinks_refresh = \"5s\"", 1);
    for which in 0..3 {
        houses.close(which).await;
    }
    houses.town.atlassian.forget_calls();
    houses.town.settings = often;
    let begun = Instant::now();
    for which in 0..3 {
        houses.open(which).await;
    }
    let atlassian = &houses.town.atlassian;
    atlassian.wait_for(Operation::ListDesks, 2).await;
    assert!(begun.elapsed() >= EVERY, "{:?}", begun.elapsed());
    houses.close(0).await;
    houses.close(1).await;
    houses
        .town
        .atlassian
        .wait_for(Operation::ListDesks, 3)
        .await;
}

const ORGANIZATION: &str =
    "\n[[default.organization]]\nname = \"Billing\"\ndefault_for = \"all\"\n";

async fn comes(town: &Town) {
    let page = town.arrive(&Browser::wandering(), "/p/help", "ada").await;
    arrived(&page, ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_atlassian_failed_at_is_done_later_once_over_all() {
    let mut houses = Houses::of(3, "").await;
    comes(&houses.town).await;
    houses.town.settings.push_str(ORGANIZATION);
    for which in 0..3 {
        houses.close(which).await;
        houses.open(which).await;
    }
    let town = &houses.town;
    town.atlassian
        .fail_times(Operation::CreateOrganization, 50, &Failure::status(503));
    comes(town).await;
    assert!(town.atlassian.count(Operation::CreateOrganization) > 0);
    town.atlassian.behave();
    town.atlassian.forget_calls();
    while !town.atlassian.organization_emails("Billing").contains(ADA) {
        town.advance(Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let calls = [Operation::CreateOrganization, Operation::AddMembers];
    let calls = calls.map(|call| town.atlassian.count(call));
    assert_eq!(calls, [1, 1]);
    let joined = town.events().await;
    let joined = joined.iter().filter(|one| *one == "organization_joined");
    assert_eq!(joined.count(), 1);
}
