//! The secret key of several front doors: changed while people come, and never two that cannot read each other.

use front_door::settings::Settings;
use front_door::store::Vault;
use imitation::browser::Browser;

use crate::houses::Houses;
use crate::support::callbacks::callback;
use crate::support::people::ADA;
use crate::support::{Town, arrived, in_time};

/// The key that these towns begin with.
const FIRST: char = 'k';

fn key(letter: char) -> String {
    format!("\"{}AA==\"", letter.to_string().repeat(84))
}

/// The settings with these keys.
fn with(settings: &str, current: char, previous: Option<char>) -> String {
    let first = format!("secret_key = {}", key(FIRST));
    assert!(settings.contains(&first));
    let current = format!("secret_key = {}", key(current));
    let previous = previous.map(|letter| format!("previous_secret_key = {}", key(letter)));
    let keys: Vec<String> = std::iter::once(current).chain(previous).collect();
    settings.replacen(&first, &keys.join("\n"), 1)
}

/// Whether the store opens with these settings.
async fn opens(town: &Town, settings: &str) -> bool {
    let loaded = Settings::from_toml(settings, town.folder.path()).unwrap();
    let set = &loaded.settings;
    Vault::open(&set.store, &set.secrets, town.clock.clone())
        .await
        .is_ok()
}

/// Restarts one with these settings, while somebody is logging in and somebody else is signed in.
async fn restarted(houses: &mut Houses, which: usize, settings: String, signed_in: &Browser) {
    let mut begun = Vec::new();
    for name in ["charles", "grace"] {
        let browser = Browser::wandering();
        let honest = callback(&houses.town, &browser, name).await;
        begun.push((browser, honest));
    }
    houses.close(which).await;
    houses.town.settings = settings;
    houses.open(which).await;
    for (browser, honest) in begun {
        let page = browser.open(honest.as_str()).await;
        let page = browser.post_on(page).await;
        assert!(
            page.attribute("data-signed-in-as").is_some(),
            "{}",
            page.words()
        );
    }
    for _ in 0..3 {
        let page = signed_in.open_once(&houses.town.at("/me")).await;
        assert_eq!(page.status, 200, "{}", page.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_three_is_changed_one_by_one_and_locks_nobody_out() {
    let mut houses = Houses::of(3, str::to_owned).await;
    let settings = houses.town.settings.clone();
    let signed_in = Browser::wandering();
    arrived(&houses.town.arrive(&signed_in, "/p/help", "ada").await, ADA);
    for keys in [(FIRST, Some('n')), ('n', Some(FIRST))] {
        let settings = with(&settings, keys.0, keys.1);
        for which in 0..3 {
            restarted(&mut houses, which, settings.clone(), &signed_in).await;
        }
    }
    let new = with(&settings, 'n', None);
    let waiting = async {
        while !opens(&houses.town, &new).await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    in_time("everything to be sealed with the new key", waiting).await;
    houses.town.advance(std::time::Duration::from_mins(5));
    let page = signed_in.open_once(&houses.town.at("/me")).await;
    assert_eq!(page.status, 200, "sealed again with the new key");
    for which in 0..3 {
        restarted(&mut houses, which, new.clone(), &signed_in).await;
    }
    assert_eq!(houses.balancer.failures(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_with_other_keys_does_not_start_and_says_why() {
    let mut houses = Houses::of(2, str::to_owned).await;
    let settings = houses.town.settings.clone();
    for (current, previous, words) in [
        (
            'x',
            None,
            "opens with neither secret_key nor previous_secret_key",
        ),
        (
            'x',
            Some(FIRST),
            "first give it to every one of them as previous_secret_key",
        ),
    ] {
        houses.town.settings = with(&settings, current, previous);
        let (status, _, said) = houses.town.command(&["serve"]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(!said.contains(&key(current)), "no key is shown");
    }
    arrived(
        &houses.town.arrive(&Browser::new(), "/p/help", "ada").await,
        ADA,
    );
}
