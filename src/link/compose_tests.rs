//! Which links there are, in tables.

use jiff::Timestamp;

use super::*;
use crate::jsm::ServiceDesk;
use crate::link::catalogue::NoLink;
use crate::link::portal_address::Native;
use crate::link::seen::Sighting;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn desks(list: &[(&str, &str)]) -> Vec<Sighting> {
    let sighting = |(id, key): &(&str, &str)| Sighting {
        desk: ServiceDesk {
            id: id.parse().unwrap(),
            key: key.parse().unwrap(),
            name: format!("{key} desk"),
        },
        portal: format!("{id}0").parse().ok(),
    };
    list.iter().map(sighting).collect()
}

/// All links on, unless the settings say otherwise.
fn seen(list: &[(&str, &str)]) -> Seen {
    let mut seen = Seen::default();
    seen.take_in(desks(list), true, at(0));
    seen
}

fn set(name: &str, desk: &str) -> LinkSettings {
    LinkSettings {
        slug: slug(name),
        service_desk: desk.to_owned(),
        access: LinkAccess::Public,
        hand_over: HandOver::Gate,
        via_login: true,
        enforce: false,
        approval: true,
        enabled: true,
        aliases: Vec::new(),
    }
}

fn settings(links: Vec<LinkSettings>) -> BTreeMap<Slug, LinkSettings> {
    links
        .into_iter()
        .map(|link| (link.slug.clone(), link))
        .collect()
}

fn none() -> BTreeMap<Slug, LinkSettings> {
    BTreeMap::new()
}

fn names(catalogue: &Catalogue) -> Vec<(&str, LinkState)> {
    catalogue
        .links()
        .iter()
        .map(|link| (link.slug.as_str(), link.state))
        .collect()
}

/// Where a name leads: the project key and the slug there.
fn leads(catalogue: &Catalogue, name: &str) -> (String, String) {
    let link = catalogue.find(&slug(name)).unwrap();
    (link.project_key.clone(), link.slug.to_string())
}

fn to(key: &str, slug: &str) -> (String, String) {
    (key.to_owned(), slug.to_owned())
}

#[test]
fn every_service_desk_has_a_link_named_like_its_key() {
    let catalogue = Catalogue::new(&seen(&[("1", "HELP"), ("2", "IT_OPS")]), &none());
    assert_eq!(
        names(&catalogue),
        [("help", LinkState::On), ("it_ops", LinkState::On)]
    );
    let desk = catalogue.find(&slug("help")).unwrap().open().unwrap();
    assert_eq!(
        (desk.portal_id.as_str(), desk.name.as_str()),
        ("10", "HELP desk")
    );
    assert_eq!(catalogue.find(&slug("hr")), Err(NoLink::Unknown));
}

#[test]
fn without_a_portal_id_the_service_desks_own_stands_in() {
    let mut sightings = desks(&[("4", "HELP")]);
    sightings[0].portal = None;
    let mut seen = Seen::default();
    seen.take_in(sightings, true, at(0));
    let catalogue = Catalogue::new(&seen, &none());
    assert_eq!(catalogue.links()[0].open().unwrap().portal_id.as_str(), "4");
}

#[test]
fn before_the_first_reading_nobody_can_tell() {
    let catalogue = Catalogue::new(&Seen::default(), &settings(vec![set("help", "HELP")]));
    assert_eq!(catalogue.find(&slug("help")), Err(NoLink::NotRead));
}

#[test]
fn new_links_are_as_they_were_at_first_sight() {
    let mut seen = Seen::default();
    seen.take_in(desks(&[("1", "HELP")]), false, at(0));
    seen.take_in(desks(&[("1", "HELP"), ("2", "HR")]), true, at(1));
    assert_eq!(
        names(&Catalogue::new(&seen, &none())),
        [("help", LinkState::Off), ("hr", LinkState::On)]
    );
}

#[test]
fn what_the_settings_say_of_a_link_holds() {
    let mut off = set("hr", "HR");
    off.enabled = false;
    let settings = settings(vec![set("support", "HELP"), off]);
    let catalogue = Catalogue::new(&seen(&[("1", "HELP"), ("2", "HR")]), &settings);
    assert_eq!(
        names(&catalogue),
        [("hr", LinkState::Off), ("support", LinkState::On)]
    );
    let link = catalogue.find(&slug("support")).unwrap();
    assert_eq!(
        (&link.access, link.hand_over, link.via_login, link.enforce),
        (&LinkAccess::Public, HandOver::Gate, true, false)
    );
    assert_eq!(
        leads(&catalogue, "help"),
        to("HELP", "support"),
        "the key leads there too"
    );
}

#[test]
fn a_vanished_service_desk_keeps_its_link() {
    let mut seen = seen(&[("1", "HELP"), ("2", "HR")]);
    seen.take_in(desks(&[("2", "HR")]), true, at(1));
    let catalogue = Catalogue::new(&seen, &none());
    let link = catalogue.find(&slug("help")).unwrap();
    assert_eq!(link.state, LinkState::Gone);
    assert!(link.open().is_none());
}

#[test]
fn a_link_of_the_settings_without_a_service_desk_is_gone_and_warned_of() {
    let catalogue = Catalogue::new(&seen(&[("1", "HELP")]), &settings(vec![set("hr", "HR")]));
    assert_eq!(catalogue.find(&slug("hr")).unwrap().state, LinkState::Gone);
    let warning = LinkWarning::DeskNotFound {
        slug: slug("hr"),
        key: "HR".to_owned(),
    };
    assert_eq!(catalogue.warnings(), [warning]);
}

#[test]
fn a_renamed_link_is_found_by_its_old_name() {
    let mut seen = seen(&[("1", "HELP")]);
    Catalogue::new(&seen, &settings(vec![set("old", "HELP")])).remember_slugs(&mut seen);
    let catalogue = Catalogue::new(&seen, &settings(vec![set("new", "HELP")]));
    assert_eq!(leads(&catalogue, "old"), to("HELP", "new"));
}

#[test]
fn a_renamed_project_is_found_by_its_old_key() {
    let mut seen = seen(&[("1", "HELP")]);
    Catalogue::new(&seen, &none()).remember_slugs(&mut seen);
    seen.take_in(desks(&[("1", "CARE")]), true, at(1));
    let catalogue = Catalogue::new(&seen, &none());
    assert_eq!(leads(&catalogue, "help"), to("CARE", "care"));
}

#[test]
fn a_name_that_is_needed_now_is_not_kept_for_its_former_owner() {
    let mut seen = seen(&[("1", "HELP")]);
    Catalogue::new(&seen, &none()).remember_slugs(&mut seen);
    seen.take_in(desks(&[("1", "CARE"), ("2", "HELP")]), true, at(1));
    let catalogue = Catalogue::new(&seen, &none());
    assert_eq!(leads(&catalogue, "help"), to("HELP", "help"));
}

#[test]
fn a_name_given_by_the_settings_is_stronger_than_a_project_key() {
    let mut it = set("it", "HELP");
    it.aliases = vec![slug("hr"), slug("it")];
    let catalogue = Catalogue::new(
        &seen(&[("1", "HELP"), ("2", "IT"), ("3", "HR")]),
        &settings(vec![it]),
    );
    assert_eq!(leads(&catalogue, "it"), to("HELP", "it"));
    assert_eq!(leads(&catalogue, "hr"), to("HELP", "it"));
    assert_eq!(leads(&catalogue, "it-2"), to("IT", "it-2"));
    assert_eq!(leads(&catalogue, "hr-3"), to("HR", "hr-3"));
    assert_eq!(catalogue.warnings().len(), 2);
}

#[test]
fn a_landing_that_no_link_is_named_like_is_warned_of() {
    let catalogue = || Catalogue::new(&seen(&[("1", "HELP")]), &settings(Vec::new()));
    let warned = |land: Option<&str>| {
        let land = land.map(slug);
        catalogue().landing(land.as_ref()).warnings().to_vec()
    };
    assert_eq!(warned(Some("help")), []);
    assert_eq!(warned(None), []);
    let slug = slug("hepl");
    assert_eq!(warned(Some("hepl")), [LinkWarning::LandsNowhere { slug }]);
}

#[test]
fn an_alias_cannot_take_another_links_name() {
    let mut greedy = set("a", "HELP");
    greedy.aliases = vec![slug("b")];
    let catalogue = Catalogue::new(
        &seen(&[("1", "HELP"), ("2", "HR")]),
        &settings(vec![greedy, set("b", "HR")]),
    );
    assert_eq!(leads(&catalogue, "b"), to("HR", "b"));
    let warning = LinkWarning::AliasTaken {
        slug: slug("a"),
        alias: slug("b"),
    };
    assert_eq!(catalogue.warnings(), [warning]);
}

#[test]
fn two_links_may_lead_to_one_service_desk() {
    let catalogue = Catalogue::new(
        &seen(&[("1", "HELP")]),
        &settings(vec![set("a", "HELP"), set("b", "HELP")]),
    );
    assert_eq!(
        names(&catalogue),
        [("a", LinkState::On), ("b", LinkState::On)]
    );
}

#[test]
fn a_pasted_address_leads_to_our_own_path() {
    let catalogue = Catalogue::new(&seen(&[("1", "HELP"), ("2", "HR")]), &none());
    let portal = url::Url::parse("https://help.acme.example").unwrap();
    let path_to = |page: &str| {
        let pasted = format!("https://help.acme.example/servicedesk/customer/{page}");
        catalogue.path_to(&Native::recognise(&pasted, &portal, &portal)?)
    };
    assert_eq!(
        path_to("portal/10/HELP-7").as_deref(),
        Some("/p/help/HELP-7")
    );
    assert_eq!(
        path_to("portal/20/create/3?summary=a+b").as_deref(),
        Some("/p/hr/create/3?summary=a%20b")
    );
    assert_eq!(path_to("portal/10").as_deref(), Some("/p/help"));
    assert_eq!(path_to("portals").as_deref(), Some("/"));
    assert_eq!(
        path_to("user/requests").as_deref(),
        Some("/"),
        "there are two portals"
    );
    assert_eq!(path_to("portal/99"), None);
    assert_eq!(path_to("portal/10/HR-7"), None);
}
