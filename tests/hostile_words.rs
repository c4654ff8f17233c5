//! What others say, on every page of the admin desk: names of service desks, people, groups, providers and operators that hold markup or a template's marks. They
//! are text, wherever they stand; and so is whatever is asked for in an address.

mod support;

use std::collections::BTreeSet;

use imitation::browser::Browser;
use imitation::cognito::Person;
use support::Town;
use support::people::{grace, page_of};

const HOSTILE: &str = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}";

/// The operator's own words, and what a file names.
const OWN: &str = r#"
[default.branding]
name = """Acme "'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"""
[default.texts.en]
link_off = """"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"""
[default.link.help]
service_desk = "HELP"
access = "private"
groups = ["""cognito:"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"""]
[[default.organization]]
name = """Org "'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"""
domains = ["acme.example"]
managed = false
"#;

/// A town in which everybody and everything is called that.
async fn hostile_town() -> Town {
    let mut town = Town::with(OWN).await;
    town.close().await;
    town.take_a_new_store();
    town.atlassian
        .change_desk("BILL", |desk| HOSTILE.clone_into(&mut desk.name));
    let mut eve = Person::new("eve", "E", "V", "eve@acme.example");
    (eve.given_name, eve.family_name) = (Some(HOSTILE.to_owned()), Some(HOSTILE.to_owned()));
    eve.groups = vec![HOSTILE.to_owned()];
    town.cognito.add_person(eve);
    town.cognito.change_person("grace", |grace| {
        grace.given_name = Some(HOSTILE.to_owned());
        grace.groups.push(HOSTILE.to_owned());
    });
    town.open().await;
    town.wait_until_links_are_read().await;
    town
}

/// The address with something hostile wherever it can be asked for something.
fn asked(path: &str) -> String {
    let hostile = "%22%27%3E%3Cimg%20src=x%20onerror=alert(1)%3E%3Cscript%3E";
    let names = [
        "q",
        "person",
        "event",
        "link",
        "from",
        "to",
        "reference",
        "state",
        "kind",
        "saved",
        "back",
        "way",
    ];
    let all: Vec<String> = names.map(|name| format!("{name}={hostile}")).into();
    let sign = if path.contains('?') { '&' } else { '?' };
    format!("{path}{sign}{}", all.join("&"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_say_is_text_on_every_page_of_the_desk() {
    let town = hostile_town().await;
    for path in ["/p/help", "/p/bill"] {
        town.arrive(&Browser::new(), path, "eve").await;
    }
    town.arrive(&Browser::new(), "/p/help", "ada").await;
    let grace = grace(&town).await;
    let person = page_of(&town, &grace, "eve@acme.example").await;
    let mut paths: BTreeSet<String> = town
        .addresses("/admin")
        .into_iter()
        .filter(|one| one.verb == "GET")
        .map(|one| one.path)
        .collect();
    assert!(paths.len() > 40, "{}", paths.len());
    paths.insert(person.url.path().to_owned());
    let mut said = 0;
    for path in paths.iter().flat_map(|path| [path.clone(), asked(path)]) {
        let page = grace.open(&town.at(&path)).await;
        let is_html = page
            .header("content-type")
            .is_some_and(|kind| kind.contains("html"));
        for markup in ["<img src=x", "<script>alert"] {
            assert!(!is_html || !page.text.contains(markup), "{path}: {markup}");
        }
        said += usize::from(is_html && page.says("onerror=alert(1)"));
        assert!(page.status < 500, "{path}: {}", page.status);
    }
    assert!(said > 40, "{said} pages say it");
}
