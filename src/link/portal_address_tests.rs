//! Addresses out and in: tables, and the property that nothing leads elsewhere.

use proptest::prelude::*;

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn portal() -> Url {
    url("https://help.acme.example")
}

fn site() -> Url {
    url("https://acme.atlassian.net")
}

fn page(path: &str, query: Option<&str>) -> DeepLink {
    DeepLink::parse(path, query, &"HELP".parse().unwrap()).unwrap()
}

fn native(path: &str, query: Option<&str>, via_login: bool) -> String {
    let address = native_address(
        &portal(),
        &"7".parse().unwrap(),
        &page(path, query),
        via_login,
    );
    address
        .strip_prefix("https://help.acme.example/servicedesk/customer/")
        .unwrap()
        .to_owned()
}

fn recognised(pasted: &str) -> Option<Native> {
    Native::recognise(pasted, &portal(), &site())
}

fn of_portal_7(path: &str, query: Option<&str>) -> Native {
    Native::Page {
        portal: WhichPortal::Id("7".parse().unwrap()),
        page: page(path, query),
    }
}

#[test]
fn every_page_has_its_native_address() {
    for (path, query, expected) in [
        ("", None, "portal/7"),
        (
            "create/10",
            Some("summary=a+b%26c&utm=x"),
            "portal/7/create/10?summary=a%20b%26c",
        ),
        ("group/3", None, "portal/7/group/3"),
        ("group/3/create/10", None, "portal/7/group/3/create/10"),
        ("HELP-12", None, "portal/7/HELP-12"),
        ("requests", None, "user/requests"),
    ] {
        assert_eq!(native(path, query, false), expected);
    }
}

#[test]
fn by_way_of_the_login_the_page_is_one_encoded_destination() {
    assert_eq!(
        native("create/10", Some("summary=a%26b"), true),
        "user/login?destination=portal%2F7%2Fcreate%2F10%3Fsummary%3Da%2526b"
    );
}

#[test]
fn addresses_from_mails_are_recognised() {
    let issue = of_portal_7("HELP-12", None);
    for pasted in [
        "https://help.acme.example/servicedesk/customer/portal/7/HELP-12",
        "  https://acme.atlassian.net/servicedesk/customer/portal/7/HELP-12?token=x&sda_source=mail#c ",
        "acme.atlassian.net/servicedesk/customer/portal/7/HELP-12/",
        "HTTPS://ACME.atlassian.net/servicedesk/customer/portal/7/HELP-12",
        "https://acme.atlassian.net/helpcenter/our-help/portal/7/HELP-12",
        "https://acme.atlassian.net/helpcenter/our-help/servicedesk/customer/portal/7/HELP-12",
        "https://acme.atlassian.net/servicedesk/customer/user/login?destination=portal%2F7%2FHELP-12",
        "https://acme.atlassian.net/servicedesk/customer/user/login?destination=%2Fservicedesk%2Fcustomer%2Fportal%2F7%2FHELP-12",
    ] {
        assert_eq!(recognised(pasted).as_ref(), Some(&issue), "{pasted}");
    }
    assert_eq!(
        recognised(
            "https://help.acme.example/servicedesk/customer/portal/7/group/3/create/10?summary=x"
        ),
        Some(of_portal_7("group/3/create/10", Some("summary=x")))
    );
    assert_eq!(
        recognised("https://help.acme.example/servicedesk/customer/portals"),
        Some(Native::Portals)
    );
    assert_eq!(
        recognised("https://help.acme.example/helpcenter/our"),
        Some(Native::Portals)
    );
    assert_eq!(
        recognised("https://help.acme.example/servicedesk/customer/user/requests?page=1"),
        Some(Native::Requests)
    );
    let browse = recognised("https://acme.atlassian.net/browse/HELP-12");
    let project = WhichPortal::Project("HELP".parse().unwrap());
    assert_eq!(
        browse,
        Some(Native::Page {
            portal: project,
            page: page("HELP-12", None)
        })
    );
}

#[test]
fn anything_else_is_not_recognised() {
    for pasted in [
        "",
        "HELP-12",
        "https://evil.test/servicedesk/customer/portal/7",
        "https://acme.atlassian.net.evil.test/servicedesk/customer/portal/7",
        "https://acme.atlassian.net@evil.test/servicedesk/customer/portal/7",
        "https://evil.test\\@acme.atlassian.net/servicedesk/customer/portal/7",
        "https://bot:x@acme.atlassian.net/servicedesk/customer/portal/7",
        "https://acme.atlassian.net:8443/servicedesk/customer/portal/7",
        "http://acme.atlassian.net/servicedesk/customer/portal/7",
        "javascript:alert(1)",
        "https://acme.atlassian.net/servicedesk/customer/portal/x",
        "https://acme.atlassian.net/servicedesk/customer/portal/7/requests",
        "https://acme.atlassian.net/servicedesk/customer/article/12",
        "https://acme.atlassian.net/servicedesk/customer/user/login?destination=https%3A%2F%2Fevil.test",
        "https://acme.atlassian.net/servicedesk/customer/user/login?destination=%2F%2Fevil.test",
        "https://acme.atlassian.net/helpcenter/%2e%2e/portal/7",
        "https://acme.atlassian.net/rest/api/3/myself",
        "https://acme.atlassian.net/browse/HELP-12/x",
    ] {
        assert_eq!(recognised(pasted), None, "{pasted}");
    }
}

/// Whatever a visitor may write behind a slug, shaped closely enough to get somewhere.
fn anything() -> impl Strategy<Value = (String, Option<String>)> {
    let piece = prop_oneof![
        Just("create".to_owned()),
        Just("group".to_owned()),
        Just("requests".to_owned()),
        Just("HELP-1".to_owned()),
        Just("..".to_owned()),
        Just("//evil.test".to_owned()),
        "[0-9]{1,20}",
        "[A-Z]{2,5}-[0-9]{1,3}",
        any::<String>(),
    ];
    let path = proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.join("/"));
    let field = prop_oneof![
        Just("summary"),
        Just("description"),
        Just("customfield_1"),
        Just("to")
    ];
    let pair = (field, prop_oneof![any::<String>(), "[a-z%0-9+&=]{0,9}"])
        .prop_map(|(name, value)| format!("{name}={value}"));
    let query = proptest::collection::vec(pair, 0..3).prop_map(|pairs| pairs.join("&"));
    (path, proptest::option::of(query))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_comes_in_only_the_portal_comes_out((path, query) in anything(), via_login: bool) {
        if let Ok(page) = DeepLink::parse(&path, query.as_deref(), &"HELP".parse().unwrap()) {
            let address = native_address(&portal(), &"7".parse().unwrap(), &page, via_login);
            let parsed = url(&address);
            prop_assert_eq!(parsed.as_str(), &address, "a browser reads it as it stands");
            prop_assert_eq!(parsed.origin(), portal().origin());
            prop_assert!(parsed.path().starts_with(CUSTOMER));
            prop_assert!(address.bytes().all(|b| b.is_ascii_graphic()));
            let again = match recognised(&address) {
                Some(Native::Requests) => DeepLink::Requests,
                Some(Native::Page { page, .. }) => page,
                other => panic!("{address} is {other:?}"),
            };
            prop_assert_eq!(again, page);
        }
    }

    #[test]
    fn whatever_is_pasted_is_read_without_a_panic(pasted in any::<String>()) {
        let _ = recognised(&pasted);
    }
}
