//! The whole thing on loopback, with no account anywhere: an imitation of Cognito, an imitation of an Atlassian site, and the front door between them.
//!
//! The front door is at `localhost`, the others at `127.0.0.1`: to a browser those are different sites, so cookies meet the rules that they meet
//! between real hosts. With `--json` it prints one line for programs instead of the guide for people, and does what they tell it; with `--providers 2` there is a second imitation of
//! Cognito, so that people choose where to sign in; with `--first-hour` the front door knows nothing yet, and everything is there to set it up
//! in the browser.
#![expect(
    clippy::print_stdout,
    reason = "the guide to the demo is what it prints"
)]

mod guide;
mod told;

use std::collections::BTreeSet;
use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;

use front_door::admin::setup_code::SetupCodes;
use front_door::clock::Clock;
use front_door::operations::OperationsAddress;
use front_door::settings::Settings;
use imitation::atlassian::{Atlassian, AtlassianConfig};
use imitation::cognito::{Cognito, CognitoConfig, Person};
use rocket::fairing::AdHoc;
use rocket::http::Method;
use rocket::{Build, Rocket};

use guide::Town;
use told::Everybody;

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Wanted {
        json,
        partner,
        first_hour,
    } = Wanted::read(std::env::args().skip(1))?;
    let folder = tempfile::tempdir()?;
    let cognito = Arc::new(Cognito::start(CognitoConfig::default()).await);
    let atlassian = Arc::new(Atlassian::start(AtlassianConfig::default()).await);
    let port = port(json)?;
    let public_url = format!("http://localhost:{port}");
    cognito.register_callback(format!("{public_url}/login/callback/cognito"));
    cognito.register_sign_out(format!("{public_url}/signed-out"));

    let mut text = if first_hour {
        format!(
            "[default]\npublic_url = {public_url:?}\nstore = \"sqlite:demo.sqlite\"\noperations = \"127.0.0.1:0\"\n"
        )
    } else {
        imitation::front_door_settings(&public_url, "sqlite:demo.sqlite", &cognito, &atlassian)
    };
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
    let clock = Clock::system();
    let house = front_door::front_door(&loaded, rocket, clock.clone()).await?;
    let behind = front_door::House::open(&loaded, &Clock::system()).await?;
    let certificate = behind.keys.keys().await?.current.certificate().pem();
    atlassian.trust(
        &loaded.settings.saml.entity_id,
        &format!("{public_url}/saml/sso"),
        &certificate,
    );
    let code = if first_hour || json {
        let codes = SetupCodes::new(behind.vault.clone(), clock.clone());
        Some(codes.make().await?.shown())
    } else {
        None
    };
    let town = Town {
        public_url: &public_url,
        cognito: &cognito,
        atlassian: &atlassian,
        partner: partner.is_some(),
        code,
        metrics: house.state::<OperationsAddress>().map(|at| at.0),
        pages: pages(&house),
    };
    let guide = if json {
        let everybody = Everybody {
            clock,
            cognito: cognito.clone(),
            atlassian: atlassian.clone(),
        };
        everybody.listen();
        town.line_for_programs()
    } else {
        town.guide()
    };
    let house = house.attach(AdHoc::on_liftoff("the guide", |_| {
        Box::pin(async move { println!("{guide}") })
    }));
    house.launch().await?;
    Ok(())
}

/// Whatever a browser may open: the templates of its addresses.
fn pages(house: &Rocket<Build>) -> BTreeSet<String> {
    let opened = house.routes().filter(|route| route.method == Method::Get);
    opened.map(|route| route.uri.path().to_owned()).collect()
}

/// What the command line asks for.
struct Wanted {
    json: bool,
    partner: bool,
    first_hour: bool,
}

impl Wanted {
    fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let arguments: Vec<String> = arguments.collect();
        let (mut json, mut partner, mut first_hour) = (false, false, false);
        let mut rest = arguments.iter().map(String::as_str);
        while let Some(argument) = rest.next() {
            match (argument, argument == "--providers") {
                ("--json", _) => json = true,
                (_, true) => match rest.next() {
                    Some("1") => partner = false,
                    Some("2") => partner = true,
                    _ => return Err("--providers takes 1 or 2".to_owned()),
                },
                ("--first-hour", _) => first_hour = true,
                (other, _) => {
                    return Err(format!(
                        "{other} is none of --json, --providers and --first-hour"
                    ));
                }
            }
        }
        Ok(Self {
            json,
            partner,
            first_hour,
        })
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
        "\n[default.provider.partner]\nlabel = \"Partner account\"\ndomain = {:?}\nissuer = {:?}\nclient_id = {:?}\nclient_secret = {:?}\nemail_domains = [\"partner.example\"]\n",
        pool.base(),
        pool.issuer(),
        pool.client_id(),
        pool.client_secret().unwrap_or_default(),
    )
}

/// 8000 when it is free, so that the demo's links can be bookmarked; any other otherwise, and for programs, which may start several at once.
fn port(for_programs: bool) -> std::io::Result<u16> {
    let any = || TcpListener::bind("127.0.0.1:0");
    let listener = if for_programs {
        any()
    } else {
        TcpListener::bind("127.0.0.1:8000").or_else(|_| any())
    }?;
    Ok(listener.local_addr()?.port())
}
