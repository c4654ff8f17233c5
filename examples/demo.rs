//! The whole thing on loopback, with no account anywhere: an imitation of Cognito, an imitation of an Atlassian site, and the front door between them.
//!
//! The front door is at `localhost`, the others at `127.0.0.1`: to a browser those are different sites, so cookies meet the rules that they meet
//! between real hosts. With `--json` it prints one line for programs instead of the guide for people.
#![expect(
    clippy::print_stdout,
    reason = "the guide to the demo is what it prints"
)]

use std::error::Error;
use std::net::TcpListener;

use front_door::clock::Clock;
use front_door::settings::Settings;
use imitation::atlassian::{Atlassian, AtlassianConfig};
use imitation::cognito::{Cognito, CognitoConfig, Person, ready_people};
use rocket::fairing::AdHoc;

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let json = std::env::args().any(|argument| argument == "--json");
    let folder = tempfile::tempdir()?;
    let cognito = Cognito::start(CognitoConfig::default()).await;
    let atlassian = Atlassian::start(AtlassianConfig::default()).await;
    let port = port()?;
    let public_url = format!("http://localhost:{port}");
    cognito.register_callback(format!("{public_url}/login/callback/cognito"));
    cognito.register_sign_out(format!("{public_url}/signed-out"));

    let text =
        imitation::front_door_settings(&public_url, "sqlite:demo.sqlite", &cognito, &atlassian);
    let loaded = Settings::from_toml(&text, folder.path())?;
    let rocket = loaded
        .rocket
        .merge(("port", port))
        .merge(("address", "127.0.0.1"))
        .merge(("log_level", "off"));
    let house = front_door::front_door(&loaded.settings, rocket, Clock::system()).await?;
    let keys = front_door::House::open(&loaded.settings, &Clock::system())
        .await?
        .keys;
    let certificate = keys.keys().await?.current.certificate().pem();
    atlassian.trust(
        &loaded.settings.saml.entity_id,
        &format!("{public_url}/saml/sso"),
        &certificate,
    );

    let guide = if json {
        line_for_programs(&public_url, &cognito, &atlassian)
    } else {
        guide(&public_url, &cognito, &atlassian)
    };
    let house = house.attach(AdHoc::on_liftoff("the guide", |_| {
        Box::pin(async move { println!("{guide}") })
    }));
    house.launch().await?;
    Ok(())
}

/// 8000 when it is free, so that the demo's links can be bookmarked; any other otherwise.
fn port() -> std::io::Result<u16> {
    let listener =
        TcpListener::bind("127.0.0.1:8000").or_else(|_| TcpListener::bind("127.0.0.1:0"))?;
    Ok(listener.local_addr()?.port())
}

fn guide(public_url: &str, cognito: &Cognito, atlassian: &Atlassian) -> String {
    let desks = atlassian.desks();
    let links: Vec<String> = desks
        .iter()
        .map(|desk| {
            format!(
                "  {public_url}/p/{:<8} {}",
                desk.key.to_lowercase(),
                desk.name
            )
        })
        .collect();
    let people: Vec<String> = ready_people()
        .iter()
        .map(|person| {
            format!(
                "  {:<16} {:<26} {}",
                person.shown_name(),
                person.email.as_deref().unwrap_or_default(),
                person.note
            )
        })
        .collect();
    let deep = desks.first().and_then(|desk| {
        let request_type = desk.request_types.first()?;
        Some(format!(
            "  {public_url}/p/{}/create/{}?summary=It%20does%20not%20start",
            desk.key.to_lowercase(),
            request_type.id
        ))
    });
    format!(
        "\nThe front door is open. Open one of its links in a private window:\n\n{}\n\nA deep link, with a text filled in:\n\n{}\n\nLog in as one of these:\n\n{}\n\n\
         Also to look at:\n\n  {public_url}/           the portals one may open\n  {public_url}/me         what the help desk knows\n  {}  the imitation of Cognito\n  {}  the imitation of Atlassian\n\n\
         Everything is forgotten when you stop it with Ctrl+C.\n",
        links.join("\n"),
        deep.unwrap_or_default(),
        people.join("\n"),
        cognito.base(),
        atlassian.portal("portals"),
    )
}

fn line_for_programs(public_url: &str, cognito: &Cognito, atlassian: &Atlassian) -> String {
    let link = |key: &str| format!("{public_url}/p/{}", key.to_lowercase());
    let desks: Vec<_> = atlassian
        .desks()
        .iter()
        .map(|desk| {
            let types: Vec<u64> = desk.request_types.iter().map(|one| one.id).collect();
            serde_json::json!({ "key": desk.key, "name": desk.name, "portal_id": desk.portal_id, "request_types": types, "link": link(&desk.key) })
        })
        .collect();
    let links: serde_json::Map<_, _> = atlassian
        .desks()
        .iter()
        .map(|desk| (desk.key.to_lowercase(), link(&desk.key).into()))
        .collect();
    let people: Vec<_> = ready_people().iter().map(person).collect();
    serde_json::json!({
        "front_door": public_url,
        "cognito": cognito.base(),
        "atlassian": atlassian.site(),
        "links": links,
        "service_desks": desks,
        "people": people,
    })
    .to_string()
}

fn person(person: &Person) -> serde_json::Value {
    serde_json::json!({ "username": person.username, "name": person.shown_name(), "email": person.email, "note": person.note })
}
