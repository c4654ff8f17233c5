//! Pages that ask again by themselves, and those that do not.

use std::collections::HashMap;
use std::time::Duration;

use rocket::http::{Accept, Method};
use rocket::local::asynchronous::Client;
use rocket::{get, post, routes};

use super::super::{Reason, Refusal};
use super::{client, header, house, quoted};

#[get("/later?<_query..>")]
fn later(_query: Option<HashMap<String, String>>) -> Refusal {
    Refusal::new(Reason::AtlassianUnavailable).come_back(Duration::from_millis(1_500))
}

#[post("/later")]
fn post_later() -> Refusal {
    Refusal::new(Reason::AtlassianUnavailable).come_back(Duration::from_secs(20))
}

#[get("/turn/<ahead>/<seconds>")]
fn turn(ahead: Option<u32>, seconds: u64) -> Refusal {
    Refusal::new(Reason::AtlassianUnavailable).in_line(Duration::from_secs(seconds), ahead)
}

async fn with_pages() -> Client {
    let house = house("https://sso.example.test");
    let house = house.mount("/", routes![later, post_later, turn]);
    Client::untracked(house).await.unwrap()
}

#[tokio::test]
async fn only_what_a_browser_asked_for_is_asked_for_again_and_never_what_it_posted() {
    let client = with_pages().await;
    for (method, accept, refreshes) in [
        (Method::Get, Accept::HTML, true),
        (Method::Get, Accept::JSON, false),
        (Method::Post, Accept::HTML, false),
    ] {
        let request = client.req(method, "/later").header(accept);
        let response = request.dispatch().await;
        assert_eq!(response.status().code, 503);
        assert!(!header(&response, "Retry-After").is_empty());
        assert_eq!(
            header(&response, "Refresh"),
            if refreshes { "2" } else { "" },
            "{method}"
        );
        let page = response.into_string().await.unwrap();
        assert_eq!(page.contains("by itself in"), refreshes);
    }
}

#[tokio::test]
async fn the_button_leads_to_the_very_page_as_text_whatever_it_is() {
    let client = with_pages().await;
    let address = "/later?a=%22%3E%3Cscript%3E&b=1";
    let request = client.get(address).header(Accept::HTML);
    let page = request.dispatch().await.into_string().await.unwrap();
    let href = quoted(&page, "class=\"button\" href=\"");
    assert_eq!(href.replace("&#38;", "&"), address);
}

#[tokio::test]
async fn a_place_in_the_line_is_told_in_words() {
    let client = with_pages().await;
    for (address, words) in [
        ("/turn/0/2", ["You are the next.", "in about 2 seconds."]),
        (
            "/turn/1/99",
            ["One person is before you.", "in about 99 seconds."],
        ),
        (
            "/turn/700/100",
            ["700 people are before you.", "in about 2 minutes."],
        ),
        (
            "/turn/none/3600",
            ["let in one after another", "in about 60 minutes."],
        ),
    ] {
        let request = client.get(address).header(Accept::HTML);
        let page = request.dispatch().await.into_string().await.unwrap();
        for words in words {
            assert!(page.contains(words), "{address}: {words}");
        }
    }
}

#[tokio::test]
async fn nothing_else_ever_starts_again_by_itself() {
    let client = client().await;
    for place in 0..Reason::ALL.len() {
        let address = format!("/refuse/{place}");
        let request = client.get(address).header(Accept::HTML);
        let response = request.dispatch().await;
        assert_eq!(
            header(&response, "Refresh"),
            "",
            "{}",
            Reason::ALL[place].name()
        );
        let page = response.into_string().await.unwrap();
        assert!(!page.to_lowercase().contains("http-equiv"));
    }
}
