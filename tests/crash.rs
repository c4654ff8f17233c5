//! Killed at any moment, and a disk that is full: after a restart nobody is a customer twice, no confirmed session is lost, and the store opens.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use imitation::atlassian::{Account, Failure, Operation};
use imitation::browser::{Browser, Page};
use imitation::cognito::{Endpoint, Fault, Person};
use support::{Town, at_portal, reason};

/// Random points at which the program is killed in the middle of a first visit.
const RANDOM_KILLS: u64 = 100;

/// The town's front door as a program of its own, which can be killed.
struct Program {
    town: Town,
    child: Child,
}

impl Program {
    async fn new() -> Self {
        Self::with("").await
    }

    /// The same with more settings.
    async fn with(more: &str) -> Self {
        let mut town = Town::with(more).await;
        town.close().await;
        std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
        let child = start(&town, "exec \"$0\"");
        let program = Self { town, child };
        program.town.wait_until_links_are_read().await;
        program
    }

    /// Ends it as the system would: at once, whatever it is doing.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn start_again(&mut self) {
        self.child = start(&self.town, "exec \"$0\"");
        self.town.wait_until_links_are_read().await;
    }

    /// Readiness is refused while the disk is full, and given back when there is room again, without a restart.
    async fn is_not_ready_until_there_is_room(&self) {
        let (browser, ready) = (Browser::new(), self.town.at("/health/ready"));
        let mut page = browser.open(&ready).await;
        // What is left may be too little for a login and enough for the write that is tried: so less each time.
        while page.status == 200 {
            self.town.arrive(&Browser::new(), "/p/help", "ada").await;
            page = browser.open(&ready).await;
        }
        assert_eq!(page.status, 503);
        assert!(page.says("\"store\":\"takes no writes\""), "{}", page.text);
        let pid = self.child.id().to_string();
        let room = ["--fsize=unlimited", "--pid", &pid];
        assert!(
            Command::new("prlimit")
                .args(room)
                .status()
                .unwrap()
                .success()
        );
        let page = browser.open(&ready).await;
        assert_eq!(page.status, 200, "{}", page.text);
    }

    /// Somebody new at Cognito.
    fn somebody(&self, name: &str) -> String {
        let email = format!("{name}@customer.example");
        let person = Person::new(name, "Some", "Body", &email);
        self.town.cognito.add_person(person);
        email
    }

    /// What Cognito says of somebody from now on.
    fn is_said(&self, name: &str, groups: &[&str], company: Option<&str>) {
        self.town.cognito.change_person(name, |person| {
            person.groups = groups.iter().map(ToString::to_string).collect();
            person.custom.remove("company");
            let company = company.map(|company| ("company".to_owned(), company.to_owned()));
            person.custom.extend(company);
        });
    }

    /// Somebody comes, and it is killed when Atlassian has heard of this call, done or not, and started again.
    async fn is_killed_at(&mut self, call: Operation, done: bool, name: &str) {
        let hangs = Failure::hangs();
        let failure = if done { hangs.after_doing_it() } else { hangs };
        self.town.atlassian.forget_calls();
        self.town.atlassian.fail_next(call, failure);
        let browser = Browser::new();
        tokio::join!(log_in(&self.town, &browser, name), async {
            self.town.atlassian.wait_for(call, 1).await;
            self.child.kill().unwrap();
        });
        self.kill();
        self.town.atlassian.behave();
        self.start_again().await;
    }

    /// Comes again after whatever happened: one customer, one membership, in the portal.
    async fn is_whole(&self, name: &str, email: &str, what: &str) {
        let page = self.town.arrive(&Browser::new(), "/p/help", name).await;
        assert_eq!(
            at_portal(&page).0.as_deref(),
            Some(email),
            "{what}: {}",
            page.words()
        );
        let customers = self.town.atlassian.customers();
        let same = customers.iter().filter(|account| account.email == email);
        assert_eq!(same.count(), 1, "{what}");
        let members = self.town.atlassian.member_emails("HELP");
        assert!(members.contains(email), "{what}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the program by a line of shell.
fn start(town: &Town, line: &str) -> Child {
    Command::new("bash")
        .args(["-c", line, env!("CARGO_BIN_EXE_front-door")])
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", town.public_url.rsplit(':').next().unwrap())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Logs in; the answer may never come.
async fn log_in(town: &Town, browser: &Browser, name: &str) {
    log_in_at(town, "/p/help", browser, name).await;
}

/// The same at another address.
async fn log_in_at(town: &Town, path: &str, browser: &Browser, name: &str) {
    let Ok(login) = browser.try_open(&town.at(path)).await else {
        return;
    };
    let form = login.form_with("password");
    let fields = [
        ("username", name),
        ("password", imitation::cognito::PASSWORD),
    ];
    let _cut_off = browser.try_submit(&form, &fields).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_of_a_first_visit_it_makes_nobody_twice() {
    let mut program = Program::new().await;
    let calls = [Operation::CreateCustomer, Operation::AddCustomers];
    for (n, call) in calls.into_iter().enumerate() {
        for done in [false, true] {
            let name = format!("step-{n}-{done}");
            let email = program.somebody(&name);
            program.is_killed_at(call, done, &name).await;
            program
                .is_whole(&name, &email, &format!("{call:?}, done: {done}"))
                .await;
            let trail = program.town.trail().await;
            let made = trail
                .iter()
                .filter(|one| one["event"] == "customer_created" && one["email"] == *email);
            let in_doubt: Vec<bool> = made.map(|one| one["changes"]["in_doubt"] == true).collect();
            let is_lost = done && call == Operation::CreateCustomer;
            assert_eq!(in_doubt, [is_lost], "{call:?}, done: {done}");
        }
    }
}

/// Organizations of every kind: made and found, by a rule, by a claim and for who is new, and one that is left again.
const ORGANIZATIONS: &str = r#"
[[default.organization]]
claim = "custom:company"
[[default.organization]]
name = "Partners"
groups = ["partners"]
create = false
[[default.organization]]
name = "Guests"
default_for = "new"
"#;

/// What somebody is in, and how often there is an account of theirs.
fn belongs(program: &Program, email: &str) -> (usize, Vec<String>) {
    let accounts = program.town.atlassian.customers();
    let accounts = accounts.iter().filter(|account| account.email == email);
    let organizations = program.town.atlassian.organizations_of(email);
    (accounts.count(), organizations.into_iter().collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_call_it_ends_in_the_organizations_that_the_rules_give_and_in_no_other() {
    let mut program = Program::with(ORGANIZATIONS).await;
    program.town.atlassian.add_organization("Partners", false);
    let calls = [
        Operation::CreateCustomer,
        Operation::AddCustomers,
        Operation::CreateOrganization,
        Operation::ListOrganizations,
        Operation::AddMembers,
        Operation::GetOrganization,
        Operation::RemoveMembers,
    ];
    for (n, call) in calls.into_iter().enumerate() {
        for done in [false, true] {
            let name = format!("belongs-{n}-{done}");
            let email = program.somebody(&name);
            let company = format!("Company {n} {done}");
            // Whoever Jira had before is asked about, once.
            if call == Operation::ListOrganizations {
                let before = Account::customer(&email, "Some Body");
                program.town.atlassian.add_account(before);
            }
            let leaves = matches!(call, Operation::GetOrganization | Operation::RemoveMembers);
            let is_new = matches!(call, Operation::CreateCustomer | Operation::AddCustomers);
            if leaves {
                program.is_said(&name, &[], Some("Before"));
                program.is_whole(&name, &email, "before").await;
            }
            if !is_new {
                program.is_said(&name, &["partners"], Some(&company));
            }
            // A process that has looked up no organization yet.
            program.kill();
            program.start_again().await;
            program.is_killed_at(call, done, &name).await;
            program
                .is_whole(&name, &email, &format!("{call:?}, done: {done}"))
                .await;
            let wanted = if is_new {
                vec!["Guests".to_owned()]
            } else {
                vec![company, "Partners".to_owned()]
            };
            assert_eq!(
                belongs(&program, &email),
                (1, wanted),
                "{call:?}, done: {done}"
            );
            // All of it was of our giving, so all of it ends.
            program.is_said(&name, &[], None);
            program.is_whole(&name, &email, "afterwards").await;
            let left = if is_new {
                vec!["Guests".to_owned()]
            } else {
                Vec::new()
            };
            assert_eq!(
                belongs(&program, &email),
                (1, left),
                "{call:?}, done: {done}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_behind_a_call_that_was_put_off_it_does_that_later() {
    let by_group = "[[default.organization]]\nname = \"Acme\"\ngroups = [\"acme\"]\n";
    let mut program = Program::with(by_group).await;
    let email = program.somebody("zed");
    program.is_whole("zed", &email, "before").await;
    program.is_said("zed", &["acme"], None);
    let town = &program.town;
    town.atlassian.forget_calls();
    town.atlassian
        .fail_times(Operation::AddCustomers, 50, &Failure::status(500));
    town.atlassian
        .fail_times(Operation::CreateOrganization, 50, &Failure::hangs());
    let browser = Browser::new();
    tokio::select! {
        () = log_in_at(town, "/p/bill", &browser, "zed") => {}
        () = town.atlassian.wait_for(Operation::CreateOrganization, 1) => {}
    }
    program.kill();
    program.town.atlassian.behave();
    program.start_again().await;
    let members = || program.town.atlassian.member_emails("BILL");
    program.town.until(|| members().contains(&email)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_code_is_redeemed_it_starts_the_login_again() {
    let mut program = Program::new().await;
    let email = program.somebody("redeemed");
    program.town.cognito.misbehave(Fault::TokenEndpointHangs);
    program.town.cognito.forget_calls();
    let browser = Browser::new();
    tokio::join!(log_in(&program.town, &browser, "redeemed"), async {
        program.town.cognito.wait_for(Endpoint::Token, 1).await;
        program.child.kill().unwrap();
    });
    program.kill();
    program.town.cognito.behave();
    program.start_again().await;
    program
        .is_whole("redeemed", &email, "in the callback")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_it_makes_nobody_twice_and_loses_no_confirmed_session() {
    let mut program = Program::new().await;
    for n in 0..RANDOM_KILLS {
        let name = format!("random-{n}");
        let email = program.somebody(&name);
        let browser = Browser::new();
        // Spread over the time that a first visit takes here, a little longer at most.
        let moment = Duration::from_micros(n * 7_919 % 100 * 600);
        let visit = log_in(&program.town, &browser, &name);
        let kill = async {
            tokio::time::sleep(moment).await;
            program.child.kill().unwrap();
        };
        tokio::join!(visit, kill);
        program.kill();
        let confirmed = browser.cookie("front-door").is_some();
        program.start_again().await;
        if confirmed {
            let me = browser.fetch(&program.town.at("/me")).await;
            assert_eq!(me.status, 200, "{n}: a confirmed session was lost");
        }
        program
            .is_whole(&name, &email, &format!("after {moment:?}"))
            .await;
    }
    let everybody = program.town.atlassian.customers().len();
    assert_eq!(u64::try_from(everybody).unwrap(), RANDOM_KILLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_nothing_is_half_written() {
    let mut program = Program::new().await;
    program.kill();
    // Files may grow to 300 KiB and no further: to the program it is a disk without room.
    program.child = start(&program.town, "trap '' XFSZ; ulimit -S -f 300; exec \"$0\"");
    program.town.wait_until_links_are_read().await;
    let mut arrived = Vec::new();
    let full: Page = loop {
        let name = format!("full-{}", arrived.len());
        program.somebody(&name);
        let page = program.town.arrive(&Browser::new(), "/p/help", &name).await;
        if at_portal(&page).0.is_none() {
            break page;
        }
        arrived.push(name);
    };
    assert_eq!(
        (reason(&full).as_deref(), full.status),
        (Some("store_unavailable"), 503),
        "{}",
        full.words()
    );
    assert!(full.header("retry-after").is_some());
    program.is_not_ready_until_there_is_room().await;
    program.kill();
    program.start_again().await;
    let name = format!("full-{}", arrived.len());
    program
        .is_whole(
            &name,
            &format!("{name}@customer.example"),
            "after the full disk",
        )
        .await;
    program.town.atlassian.forget_calls();
    let page = program
        .town
        .arrive(&Browser::new(), "/p/help", &arrived[0])
        .await;
    assert!(at_portal(&page).0.is_some(), "{}", page.words());
    assert!(
        program.town.atlassian.rest_calls().is_empty(),
        "still known"
    );
}
