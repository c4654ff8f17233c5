//! The portal pages, and the browser that looks at them, over TLS too.

use imitation::atlassian::{Access, Atlassian, AtlassianConfig};
use imitation::browser::Browser;

#[rocket::async_test]
async fn an_open_portal_asks_nobody_to_log_in() {
    let site = Atlassian::start(AtlassianConfig::default()).await;
    site.change_desk("HELP", |desk| desk.access = Access::Open);
    let browser = Browser::new();
    let page = browser.open(&site.portal("portal/4")).await;
    assert_eq!(page.attribute("data-signed-in-as").unwrap(), "");
    assert_eq!(page.attribute("data-project").unwrap(), "HELP");
    let form = browser.click(&page, "Report a problem").await;
    assert_eq!(form.attribute("data-page").unwrap(), "create");
    let sent = browser.submit(&form.form(0), &[("summary", "Help")]).await;
    assert_eq!(sent.url.path(), "/servicedesk/customer/portal/4/HELP-1");
}

#[rocket::async_test]
async fn without_single_sign_on_a_portal_shows_its_own_login() {
    let site = Atlassian::start(AtlassianConfig::default()).await;
    let login = site.portal("user/login?destination=portal%2F4%2Fcreate%2F401");
    for address in [site.portal("portal/4/create/401"), login] {
        let page = Browser::new().open(&address).await;
        assert_eq!(page.attribute("data-page").unwrap(), "portal-login");
        let wanted = "/servicedesk/customer/portal/4/create/401";
        assert_eq!(page.attribute("data-destination").unwrap(), wanted);
    }
}

#[rocket::async_test]
async fn another_projects_key_is_not_found() {
    let site = Atlassian::start(AtlassianConfig::default()).await;
    site.change_desk("HELP", |desk| desk.access = Access::Open);
    let page = Browser::new().open(&site.portal("portal/4/BILL-1")).await;
    assert_eq!(page.status, 404);
}

#[rocket::async_test]
async fn the_browser_trusts_the_one_certificate_that_it_is_given() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (pem, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let (tell, told) = rocket::tokio::sync::oneshot::channel();
    let rocket = rocket::custom(rocket::Config {
        port: 0,
        tls: Some(rocket::config::TlsConfig::from_bytes(
            pem.as_bytes(),
            key.as_bytes(),
        )),
        log_level: rocket::config::LogLevel::Off,
        shutdown: rocket::config::Shutdown {
            grace: 0,
            mercy: 0,
            ..Default::default()
        },
        ..rocket::Config::debug_default()
    })
    .attach(rocket::fairing::AdHoc::on_liftoff("port", |rocket| {
        let port = rocket.config().port;
        Box::pin(async move { tell.send(port).unwrap() })
    }));
    let rocket = rocket.ignite().await.unwrap();
    let end = rocket.shutdown();
    let served = rocket::tokio::spawn(rocket.launch());
    let address = format!("https://localhost:{}/", told.await.unwrap());
    assert_eq!(Browser::trusting(&pem).open(&address).await.status, 404);
    assert!(Browser::new().try_open(&address).await.is_err());
    end.notify();
    served.await.unwrap().unwrap();
}
