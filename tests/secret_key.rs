//! The secret key can be changed as often as need be: nobody is forgotten, nothing is lost, and the log says when the one before may go.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod support;

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use front_door::settings::Settings;
use front_door::store::{Key, Vault};
use imitation::atlassian::Operation;
use imitation::browser::Browser;
use imitation::cognito::Person;
use support::{Town, arrived};

/// Values enough for many batches.
const MANY: usize = 2000;

/// Makes sealing these values again take seconds.
const SLOWLY: &str = "CREATE TRIGGER slowly BEFORE UPDATE ON entry WHEN NEW.name LIKE 'customer:filler%' BEGIN
    SELECT COUNT(*) FROM (WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000) SELECT n FROM n);
END";

/// Sealing these values again fails. Names are gone over in their order: that of the customers before this one.
const NO_FURTHER: &str =
    "CREATE TRIGGER no_further BEFORE UPDATE ON entry WHEN NEW.name = 'signing-keys' BEGIN
    SELECT RAISE(ABORT, 'no further');
END";

/// The key of a front door that was never given one.
const FIRST: &str = "previous_secret_key_file = \"front-door.sqlite.key\"";

fn key(letter: &str) -> String {
    format!("secret_key = \"{}AA==\"", letter.repeat(84))
}

fn previous(letter: &str) -> String {
    format!("previous_{}", key(letter))
}

/// A town that is closed, and its settings before anybody gave it a key.
async fn lived_in() -> (Town, String) {
    let mut town = Town::new().await;
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    town.close().await;
    let settings = town.settings.clone();
    (town, settings)
}

fn with(settings: &str, keys: &[String]) -> String {
    settings.replacen("[default]", &format!("[default]\n{}", keys.join("\n")), 1)
}

/// Opens the front door with these keys, and closes nothing before.
async fn open_with(town: &mut Town, settings: &str, keys: &[String]) {
    town.settings = with(settings, keys);
    town.open().await;
    town.wait_until_links_are_read().await;
}

/// The store, if it opens with these keys.
async fn store(town: &Town, settings: &str, keys: &[String]) -> Option<Vault> {
    let loaded = Settings::from_toml(&with(settings, keys), town.folder.path()).unwrap();
    let (address, secrets) = (&loaded.settings.store, &loaded.settings.secrets);
    let vault = Vault::open(address, secrets, town.clock.clone()).await;
    vault.ok()
}

/// Changes the key while the front door is closed, waits until the one before is no longer needed, and closes it again.
async fn change_key(town: &mut Town, settings: &str, new: &str, previous: String) {
    open_with(town, settings, &[key(new), previous]).await;
    wait_until_it_opens_with(town, settings, new).await;
    town.close().await;
}

async fn wait_until_it_opens_with(town: &Town, settings: &str, letter: &str) {
    while store(town, settings, &[key(letter)]).await.is_none() {
        tokio::task::yield_now().await;
    }
}

/// Puts so much into the store that it is not sealed again in one go.
async fn fill(town: &Town, settings: &str) {
    let vault = store(town, settings, &[]).await.unwrap();
    for n in 0..MANY {
        let filler = Key::customer(&format!("filler-{n}"));
        vault.put(&filler, "filler", None).await.unwrap();
    }
}

fn database(town: &Town) -> rusqlite::Connection {
    rusqlite::Connection::open(town.folder.path().join("front-door.sqlite")).unwrap()
}

/// That this person arrives, and that Atlassian is asked nothing for it.
async fn is_known(town: &Town, name: &str) {
    town.atlassian.forget_calls();
    let page = town.arrive(&Browser::new(), "/p/help", name).await;
    arrived(&page, &format!("{name}@customer.example"));
    let mut calls = town.atlassian.rest_calls();
    // The service desks are read at every start, whoever comes.
    calls.retain(|call| call.operation != Operation::ListDesks);
    assert!(calls.is_empty(), "{name}: {calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_several_changes_of_the_key_nothing_is_lost() {
    let (mut town, settings) = lived_in().await;
    open_with(&mut town, &settings, &[]).await;
    let metadata = Browser::new().open(&town.at("/saml/metadata")).await.text;
    town.close().await;
    let trail = town.trail().await;
    assert_eq!(trail[0]["email"], "ada@customer.example");
    change_key(&mut town, &settings, "B", FIRST.to_owned()).await;
    std::fs::remove_file(town.folder.path().join("front-door.sqlite.key")).unwrap();
    change_key(&mut town, &settings, "C", previous("B")).await;
    change_key(&mut town, &settings, "D", previous("C")).await;
    open_with(&mut town, &settings, &[key("D")]).await;
    assert_eq!(town.trail().await[..trail.len()], trail);
    let same = Browser::new().open(&town.at("/saml/metadata")).await.text;
    assert_eq!(same, metadata, "the very certificate");
    is_known(&town, "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_while_the_previous_key_is_there_stays_signed_in() {
    let (mut town, settings) = lived_in().await;
    open_with(&mut town, &settings, &[]).await;
    let (comes_back, stays_away) = (Browser::new(), Browser::new());
    for browser in [&comes_back, &stays_away] {
        town.arrive(browser, "/p/help", "ada").await;
    }
    town.close().await;
    open_with(&mut town, &settings, &[key("B"), FIRST.to_owned()]).await;
    town.advance(std::time::Duration::from_mins(5));
    assert_eq!(comes_back.fetch(&town.at("/me")).await.status, 200);
    wait_until_it_opens_with(&town, &settings, "B").await;
    town.close().await;
    open_with(&mut town, &settings, &[key("B")]).await;
    assert_eq!(comes_back.fetch(&town.at("/me")).await.status, 200);
    assert_eq!(stays_away.fetch(&town.at("/me")).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_logs_in_meanwhile_is_remembered() {
    let (mut town, settings) = lived_in().await;
    fill(&town, &settings).await;
    database(&town).execute_batch(SLOWLY).unwrap();
    let names: Vec<String> = (0..12).map(|n| format!("new-{n}")).collect();
    for name in &names {
        let email = format!("{name}@customer.example");
        let person = Person::new(name, "New", "Person", &email);
        town.cognito.add_person(person);
    }
    open_with(&mut town, &settings, &[key("B"), FIRST.to_owned()]).await;
    let visits = names.iter().map(|name| {
        let town = &town;
        async move {
            let page = town.arrive(&Browser::new(), "/p/help", name).await;
            arrived(&page, &format!("{name}@customer.example"));
        }
    });
    rocket::futures::future::join_all(visits).await;
    wait_until_it_opens_with(&town, &settings, "B").await;
    town.close().await;
    open_with(&mut town, &settings, &[key("B")]).await;
    for name in &names {
        is_known(&town, name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_opens_the_store_and_leaves_every_byte_of_it() {
    let (town, settings) = lived_in().await;
    let everything = || -> Vec<(String, Vec<u8>)> {
        let database = database(&town);
        let all = "SELECT name, CAST(value AS BLOB) FROM entry
                   UNION ALL SELECT name || member, value FROM member ORDER BY 1";
        let mut rows = database.prepare(all).unwrap();
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().map(Result::unwrap).collect()
    };
    let before = everything();
    let keys = [key("B"), FIRST.to_owned()];
    std::fs::write(
        town.folder.path().join("Rocket.toml"),
        with(&settings, &keys),
    )
    .unwrap();
    let check = Command::new(env!("CARGO_BIN_EXE_front-door"))
        .arg("check")
        .current_dir(town.folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&check.stdout);
    assert!(check.status.success(), "{said}");
    assert!(everything() == before, "check wrote into the store");
}

/// The front door as a program of its own, which can be killed and says things in its log.
struct Program {
    child: Child,
    log: Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(town: &Town, settings: &str, keys: &[String]) -> Self {
        let file = town.folder.path().join("Rocket.toml");
        std::fs::write(file, with(settings, keys)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_front-door"))
            .current_dir(town.folder.path())
            .env("ROCKET_PORT", town.public_url.rsplit(':').next().unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, log }
    }

    /// Reads the log up to the line that says this. Returns all lines.
    fn says(&mut self, words: &str) -> Vec<serde_json::Value> {
        let mut lines = Vec::new();
        loop {
            let line = self.log.next().unwrap().unwrap();
            lines.push(serde_json::from_str(&line).unwrap());
            if line.contains(words) {
                return lines;
            }
        }
    }
}

impl Drop for Program {
    /// Ends it as the system would: at once, whatever it is doing.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many values the log says that no key opens.
fn unreadable(log: &[serde_json::Value]) -> Option<u64> {
    let says_so = |line: &&serde_json::Value| line.to_string().contains("with neither");
    log.iter().find(says_so)?["values"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_goes_on_at_the_next_start_and_says_when_it_is_done() {
    let (mut town, settings) = lived_in().await;
    fill(&town, &settings).await;
    let keys = [key("B"), FIRST.to_owned()];
    database(&town).execute_batch(NO_FURTHER).unwrap();
    let mut program = Program::start(&town, &settings, &keys);
    program.says("previous_secret_key is still needed");
    drop(program);
    assert!(store(&town, &settings, &[key("B")]).await.is_none());
    let on = "DROP TRIGGER no_further";
    database(&town).execute_batch(on).unwrap();
    let mut program = Program::start(&town, &settings, &keys);
    let said = program.says("previous_secret_key may now be removed");
    let done = said.last().unwrap()["resealed"].as_u64().unwrap();
    assert!(done > 0 && done < 1000, "{done} were left to do");
    assert!(unreadable(&said).is_none(), "{said:?}");
    drop(program);
    open_with(&mut town, &settings, &[key("B")]).await;
    is_known(&town, "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_key_opens_is_warned_of_and_keeps_nothing_else_back() {
    let (mut town, settings) = lived_in().await;
    let damage = "UPDATE entry SET value = zeroblob(200) WHERE name LIKE 'person-key:%'";
    assert_eq!(database(&town).execute(damage, []).unwrap(), 1);
    let keys = [key("B"), FIRST.to_owned()];
    let mut program = Program::start(&town, &settings, &keys);
    let said = program.says("previous_secret_key may now be removed");
    assert_eq!(unreadable(&said), Some(1), "{said:?}");
    drop(program);
    open_with(&mut town, &settings, &[key("B")]).await;
    let page = Browser::new().open(&town.at("/saml/metadata")).await;
    assert_eq!(page.status, 200, "{}", page.words());
}
