//! Work in the background is done once, by whichever front door has the duty, and goes on when that one ends.

use std::time::{Duration, Instant};

use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;

use crate::houses::Houses;
use crate::support::people::ADA;
use crate::support::{Town, arrived, in_time};

/// How often the service desks are read here: as often as can be set.
const EVERY: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn the_service_desks_are_read_once_for_all_and_go_on_being_read_when_one_ends() {
    let often =
        |settings: &str| settings.replacen("[default]", "[default]\nlinks_refresh = \"5s\"", 1);
    let begun = Instant::now();
    let mut houses = Houses::of(3, often).await;
    let atlassian = &houses.town.atlassian;
    let at_the_start = atlassian.count(Operation::ListDesks);
    atlassian.forget_calls();
    houses.town.command(&["links"]);
    let once = atlassian.count(Operation::ListDesks);
    assert_eq!(at_the_start, once, "a reading may take several calls");
    atlassian.wait_for(Operation::ListDesks, once + 1).await;
    assert!(begun.elapsed() >= EVERY, "{:?}", begun.elapsed());
    houses.close(0).await;
    houses.close(1).await;
    let atlassian = &houses.town.atlassian;
    let before = atlassian.count(Operation::ListDesks);
    atlassian.wait_for(Operation::ListDesks, before + 1).await;
}

const ORGANIZATION: &str =
    "\n[[default.organization]]\nname = \"Billing\"\ndefault_for = \"all\"\n";

async fn comes(town: &Town) {
    let page = town.arrive(&Browser::wandering(), "/p/help", "ada").await;
    arrived(&page, ADA);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_atlassian_failed_at_is_done_later_once_over_all() {
    let mut houses = Houses::of(3, str::to_owned).await;
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
    // Whoever was on duty counts as dead after each of these, and another does what is due by then.
    let is_done = async || {
        while !town.atlassian.organization_emails("Billing").contains(ADA) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let step = Duration::from_secs(3);
    let waiting = async {
        while tokio::time::timeout(step, is_done()).await.is_err() {
            town.advance(Duration::from_mins(2));
        }
    };
    in_time("the organization to be joined later", waiting).await;
    let calls = [Operation::CreateOrganization, Operation::AddMembers];
    let calls = calls.map(|call| town.atlassian.count(call));
    assert_eq!(calls, [1, 1]);
    let joined = town.events().await;
    let joined = joined.iter().filter(|one| *one == "organization_joined");
    assert_eq!(joined.count(), 1);
}
