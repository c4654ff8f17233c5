//! Every refusal as a page: written down for the browser of `tests/run`, which looks at those that a walk through the demo does not meet.

use std::path::Path;

use front_door::settings::Settings;
use front_door::web::{Live, Reason, Refusal, furnish, rooms};
use rocket::http::Header;
use rocket::http::uri::Host;
use rocket::local::asynchronous::Client;
use rocket::{get, routes, uri};

#[get("/refuse/<place>")]
fn refuse(place: usize) -> Refusal {
    Refusal::new(Reason::ALL[place])
}

#[rocket::async_test]
async fn every_refusal_is_a_page_with_its_reason_a_reference_and_a_way_on() {
    let settings = "[default]\npublic_url = \"http://localhost:8000\"\n[default.branding]\nname = \"Acme\"\nsupport = \"help@acme.example\"\n";
    let loaded = Settings::from_toml(settings, Path::new(".")).unwrap();
    let quiet = loaded.rocket.merge(("log_level", "off"));
    let live = Live::new(rooms(&loaded.settings));
    let house = furnish(rocket::custom(quiet), &loaded.settings, live).mount("/", routes![refuse]);
    let client = Client::untracked(house).await.unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/.work/refusals");
    std::fs::create_dir_all(&folder).unwrap();
    let languages = [("en", ""), ("de", ".de")];
    for ((place, reason), (language, suffix)) in Reason::ALL
        .iter()
        .enumerate()
        .flat_map(|one| languages.map(|language| (one, language)))
    {
        let mut request = client.get(format!("/refuse/{place}"));
        request
            .inner_mut()
            .set_host(Host::from(uri!("localhost:8000")));
        request.add_header(rocket::http::Accept::HTML);
        request.add_header(Header::new("Accept-Language", language));
        let answer = request.dispatch().await;
        assert_eq!(answer.status().code, reason.status().code, "{reason:?}");
        let page = answer.into_string().await.unwrap();
        let main = format!("data-reason=\"{}\" data-reference=\"", reason.name());
        assert!(page.contains(&main), "{reason:?}");
        assert!(page.contains(&format!("<html lang=\"{language}\">")));
        assert!(page.contains("help@acme.example"), "{reason:?}");
        std::fs::write(folder.join(format!("{}{suffix}.html", reason.name())), page).unwrap();
    }
}
