//! All front doors restarted one after the other, and one killed, while people come: nobody notices.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use front_door::settings::Settings;
use front_door::store::{Register, Vault};
use imitation::atlassian::{Failure, Operation};
use imitation::browser::Browser;
use imitation::cognito::Person;
use rocket::futures::future::join_all;

use crate::fleet::Fleet;
use crate::support::callbacks::callback;
use crate::support::people::ADA;
use crate::support::{Town, arrived};

/// How many log in, over and over, and how many have a session that is looked at.
const COMING: usize = 3;

/// People who come until it is over.
#[derive(Default)]
struct Load {
    is_over: AtomicBool,
    logins: AtomicUsize,
    checks: AtomicUsize,
}

fn people(town: &Town) -> Vec<String> {
    let names = (0..COMING).map(|n| format!("somebody-{n}"));
    let made = names.inspect(|name| {
        let email = format!("{name}@customer.example");
        town.cognito
            .add_person(Person::new(name, "Some", "Body", &email));
    });
    made.collect()
}

impl Load {
    /// Somebody who signs in in a new window each time.
    async fn comes(&self, town: &Town, name: &str) {
        while !self.is_over.load(Ordering::Relaxed) {
            let page = town.arrive(&Browser::wandering(), "/p/help", name).await;
            arrived(&page, &format!("{name}@customer.example"));
            self.logins.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Somebody who is signed in and stays so.
    async fn stays(&self, town: &Town, browser: &Browser) {
        while !self.is_over.load(Ordering::Relaxed) {
            let page = browser.open_once(&town.at("/me")).await;
            assert_eq!(page.status, 200, "{}", page.words());
            self.checks.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What is done to the front doors while people come. Returns how many logins and looks at a session there were.
async fn meanwhile(fleet: &Fleet, doing: impl Future<Output = ()>) -> (usize, usize) {
    let (town, names, load) = (&fleet.town, people(&fleet.town), Load::default());
    let staying = Browser::wandering();
    arrived(&town.arrive(&staying, "/p/help", "ada").await, ADA);
    let coming = join_all(names.iter().map(|name| load.comes(town, name)));
    let doing = async {
        doing.await;
        load.is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(coming, load.stays(town, &staying), doing);
    (load.logins.into_inner(), load.checks.into_inner())
}

/// That nobody was made twice, and that the chain of the trail holds.
fn is_whole(town: &Town) {
    let mut emails = town.atlassian.customers().into_iter().map(|one| one.email);
    let mut known = std::collections::BTreeSet::new();
    assert!(emails.all(|email| known.insert(email)), "{known:?}");
    let (status, said, complaint) = town.command(&["audit", "--verify"]);
    assert_eq!(status, Some(0), "{said}{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_restarted_one_by_one_and_nobody_notices() {
    let fleet = Fleet::of(3).await;
    let (logins, checks) = meanwhile(&fleet, async {
        for which in 0..3 {
            fleet.restart(which).await;
        }
    })
    .await;
    assert!(logins > 3 && checks > 3, "{logins} logins, {checks} checks");
    assert_eq!(fleet.balancer.failures(), Vec::<String>::new());
    is_whole(&fleet.town);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_killed_in_the_middle_of_logins_and_the_others_finish_them() {
    let fleet = Fleet::of(3).await;
    let (town, names) = (&fleet.town, people(&fleet.town));
    let staying = Browser::wandering();
    town.arrive(&staying, "/p/help", "ada").await;
    let mut begun = Vec::new();
    for name in &names {
        let browser = Browser::wandering();
        let honest = callback(town, &browser, name).await;
        begun.push((browser, honest, format!("{name}@customer.example")));
    }
    let on_duty = fleet.who_said("does the shared work").unwrap();
    town.atlassian.forget_calls();
    let load = Load::default();
    let finishing = async {
        fleet.programs[on_duty].kill();
        let killed = Instant::now();
        for (browser, honest, email) in begun {
            let page = browser.open(honest.as_str()).await;
            arrived(&browser.post_on(page).await, &email);
        }
        // Whoever is on duty now reads the service desks first of all.
        town.atlassian.wait_for(Operation::ListDesks, 1).await;
        assert!(killed.elapsed() < Duration::from_secs(10));
        load.is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(load.stays(town, &staying), finishing);
    assert_eq!(fleet.balancer.failures(), Vec::<String>::new());
    is_whole(town);
}

/// How many front doors are in the register.
async fn entered(town: &Town) -> usize {
    let loaded = Settings::from_toml(&town.settings, town.folder.path()).unwrap();
    let (store, secrets) = (&loaded.settings.store, &loaded.settings.secrets);
    let vault = Vault::open(store, secrets, town.clock.clone()).await;
    let register = Register::new(vault.unwrap(), town.clock.clone()).unwrap();
    register.agree().await.unwrap();
    register.others().count
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_stops_is_in_the_register_until_its_last_request_is_over() {
    let fleet = Fleet::of(1).await;
    let (town, stopping) = (&fleet.town, &fleet.programs[0]);
    town.atlassian
        .fail_next(Operation::CreateCustomer, Failure::hangs());
    let browser = Browser::wandering();
    let login = callback(town, &browser, "ada").await;
    let visit = browser.try_open(login.as_str());
    let watching = async {
        town.atlassian.wait_for(Operation::CreateCustomer, 1).await;
        stopping.terminate();
        stopping.until_closed().await;
        assert_eq!(entered(town).await, 1, "a request is under way");
        stopping.ended().await;
        assert_eq!(entered(town).await, 0);
    };
    let (_cut_off, ()) = tokio::join!(visit, watching);
}
