//! The whole thing on loopback, with no account anywhere: an imitation of Cognito, an imitation of an Atlassian site, and the front door between them.
//!
//! The front door is at `localhost`, the others at `127.0.0.1`: to a browser those are different sites, so cookies meet the rules that they meet
//! between real hosts. With `--json` it prints one line for programs instead of the guide for people; with `--providers 2` there is a second imitation of
//! Cognito, so that people choose where to sign in.
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
    let Wanted { json, partner } = Wanted::read(std::env::args().skip(1))?;
    let folder = tempfile::tempdir()?;
    let cognito = Cognito::start(CognitoConfig::default()).await;
    let atlassian = Atlassian::start(AtlassianConfig::default()).await;
    let port = port()?;
    let public_url = format!("http://localhost:{port}");
    cognito.register_callback(format!("{public_url}/login/callback/cognito"));
    cognito.register_sign_out(format!("{public_url}/signed-out"));

    let mut text =
        imitation::front_door_settings(&public_url, "sqlite:demo.sqlite", &cognito, &atlassian);
    let partner = if partner {
        let partner = partner_pool(&public_url).await;
        text.push_str(&partner_settings(&partner));
        Some(partner)
    } else {
        None
    };
    let loaded = Settings::from_toml(&text, folder.path())?;
    let rocket = loaded
        .rocket
        .clone()
        .merge(("port", port))
        .merge(("address", "127.0.0.1"))
        .merge(("log_level", "off"));
    let house = front_door::front_door(&loaded, rocket, Clock::system()).await?;
    let keys = front_door::House::open(&loaded, &Clock::system())
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
        guide(&public_url, &cognito, &atlassian, partner.as_ref())
    };
    let house = house.attach(AdHoc::on_liftoff("the guide", |_| {
        Box::pin(async move { println!("{guide}") })
    }));
    house.launch().await?;
    Ok(())
}

/// What the command line asks for.
struct Wanted {
    json: bool,
    partner: bool,
}

impl Wanted {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let arguments: Vec<String> = arguments.collect();
        let (mut json, mut partner) = (false, false);
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            match (argument, argument == "--providers") {
                ("--json", _) => json = true,
                (_, true) => match rest.next() {
                    Some("1") => partner = false,
                    Some("2") => partner = true,
                    _ => return Err("--providers takes 1 or 2".to_owned()),
                },
                (other, _) => return Err(format!("{other} is neither --json nor --providers")),
            }
        }
        Ok(Self { json, partner })
    }
}

/// A second user pool, of another company's people.
async fn partner_pool(public_url: &str) -> Cognito {
    let pool = Cognito::start(CognitoConfig {
        pool: "eu-west-1_Partner".to_owned(),
        client_id: "partner-client".to_owned(),
        people: vec![
            Person::new("paula", "Paula", "Partner", "paula@partner.example")
                .noted("everything is fine: lands in the portal"),
            Person::new("pia", "Pia", "Pretender", "ada@customer.example")
                .noted("has the address of somebody of the other pool: refused"),
        ],
        ..CognitoConfig::default()
    })
    .await;
    pool.register_callback(format!("{public_url}/login/callback/partner"));
    pool.register_sign_out(format!("{public_url}/signed-out"));
    pool
}

fn partner_settings(pool: &Cognito) -> String {
    format!(
        "\n[default.provider.partner]\nlabel = \"Partner account\"\ndomain = {:?}\nissuer = {:?}\nclient_id = {:?}\nclient_secret = {:?}\nemail_domains = [\"partner.example\", \"customer.example\"]\n",
        pool.base(),
        pool.issuer(),
        pool.client_id(),
        pool.client_secret().unwrap_or_default(),
    )
}

/// 8000 when it is free, so that the demo's links can be bookmarked; any other otherwise.
fn port() -> std::io::Result<u16> {
    let listener =
        TcpListener::bind("127.0.0.1:8000").or_else(|_| TcpListener::bind("127.0.0.1:0"))?;
    Ok(listener.local_addr()?.port())
}

fn guide(
    public_url: &str,
    cognito: &Cognito,
    atlassian: &Atlassian,
    partner: Option<&Cognito>,
) -> String {
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
        "\nThe front door is open. Open one of its links in a private window:\n\n{}\n\nA deep link, with a text filled in:\n\n{}\n\nLog in as one of these:\n\n{}\n{}\n\
         Also to look at:\n\n  {public_url}/           the portals one may open\n  {public_url}/me         what the help desk knows\n  {}  the imitation of Cognito\n  {}  the imitation of Atlassian\n\n\
         Everything is forgotten when you stop it with Ctrl+C.\n",
        links.join("\n"),
        deep.unwrap_or_default(),
        people.join("\n"),
        partner.map_or("", |_| "\nOr choose the partner account, as paula@partner.example or as somebody who only pretends.\n"),
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
