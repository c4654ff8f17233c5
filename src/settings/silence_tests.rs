//! Nothing that somebody wrote is passed over in silence: a rule that is dropped lets everybody in.

use std::path::Path;

use super::Settings;

const PROVIDER: &str =
    "[default.provider.one]\nissuer = \"https://one.example\"\nclient_id = \"1\"\n";

/// What is said of a text beside one provider; nothing when it is accepted.
fn mistakes(text: &str) -> String {
    let read = Settings::from_toml(&format!("{PROVIDER}{text}"), Path::new(""));
    read.err()
        .map(|problems| problems.to_string())
        .unwrap_or_default()
}

/// Each of these texts is a mistake, and this key is named.
fn refused(key: &str, texts: &[&str]) {
    for text in texts {
        let said = mistakes(text);
        assert!(
            said.lines().any(|line| line.starts_with(key)),
            "{text:?} was answered {said:?}"
        );
    }
}

#[test]
fn a_section_outside_of_a_profile_is_a_mistake() {
    refused("access", &["[access]\ndomains = [\"acme.example\"]"]);
    refused("provider", &["[provider.cognito]\nclient_id = \"x\""]);
    refused("link", &["[link.help]\nservice_desk = \"HELP\""]);
    refused("organization", &["[[organization]]\nname = \"Acme\""]);
    refused(
        "defualt",
        &["[defualt.access]\ndomains = [\"acme.example\"]"],
    );
    refused("tls", &["[tls]\ncerts = \"a\"\nkey = \"b\""]);
}

#[test]
fn a_profile_in_two_spellings_is_a_mistake() {
    refused(
        "default",
        &["[Default.access]\ndomains = [\"acme.example\"]"],
    );
}

#[test]
fn an_empty_rule_is_not_the_same_as_no_rule() {
    refused(
        "access.claims.tenant",
        &["[default.access.claims]\ntenant = \"\""],
    );
    refused(
        "access.domains",
        &[
            "[default.access]\ndomains = \"\"",
            "[default.access]\ndomains = {}",
        ],
    );
    refused(
        "access.groups",
        &[
            "[default.access]\ngroups = \"\"",
            "[default.access]\ngroups = [\"\"]",
        ],
    );
    refused(
        "access.claims",
        &[
            "[default.access]\nclaims = \"\"",
            "[default.access]\nclaims = []",
        ],
    );
    refused("access ", &["[default]\naccess = \"\""]);
    refused(
        "access.create_customers",
        &["[default.access]\ncreate_customers = \"\""],
    );
    refused(
        "link.help.access",
        &["[default.link.help]\nservice_desk = \"HELP\"\naccess = \"\""],
    );
    refused(
        "link.help.organizations",
        &[
            "[default.link.help]\nservice_desk = \"HELP\"\naccess = \"private\"\norganizations = [\"\"]",
        ],
    );
    refused(
        "saml.service_provider.a.attributes.mail",
        &["[default.saml.service_provider.a]\nattributes = { mail = \"\" }"],
    );
}

#[test]
fn an_empty_address_is_not_the_usual_one() {
    refused("session.idle", &["[default.session]\nidle = \"\""]);
    for key in ["public_url", "store", "operations"] {
        let text = format!("[default]\n{key} = \"\"");
        let said = Settings::from_toml(&text, Path::new(""))
            .unwrap_err()
            .to_string();
        assert!(said.starts_with(key), "{said}");
    }
}

#[test]
fn what_may_be_left_empty_may_be_written_empty() {
    assert_eq!(
        mistakes(
            "identity_provider = \"\"\nlogout_url = \"\"\nemail_domains = []\n\
             [default.access]\ndomains = []\nclaims = {}\nnetworks = []\nhours = \"\"\n\
             [default.link.help]\nservice_desk = \"HELP\"\ngroups = []\napproval = false\naliases = []\n\
             [[default.organization]]\nname = \"Acme\"\ndomains = [\"acme.example\"]\nclaim = \"\"\nmanaged = false\ndefault_for = \"\"\n\
             [default.branding]\nname = \"\"\nlogo = \"\"\naccent = \"\"\nsupport = \"\"\n"
        ),
        ""
    );
}

#[test]
fn a_promise_of_the_wrong_type_is_refused_as_well() {
    let link = "[default.link.help]\nservice_desk = \"HELP\"\napproval = ";
    for value in ["\"true\"", "1", "\"yes\"", "[]"] {
        refused("link.help.approval", &[&format!("{link}{value}")]);
    }
    refused(
        "saml.unsolicited",
        &["[default.saml]\nunsolicited = \"true\""],
    );
    refused(
        "access.hours",
        &[
            "[default.access]\nhours = []",
            "[default.access]\nhours = 8",
        ],
    );
    refused("access.networks", &["[default.access]\nnetworks = \"\""]);
}

#[test]
fn a_rule_that_could_hold_for_no_domain_is_a_mistake() {
    for domain in [
        "a.example,b.example",
        "acme",
        "*.",
        "a..example",
        "-a.example",
        "acme%2eexample",
        "a_b.example",
        "@acme.example",
        "*.*.example",
    ] {
        refused(
            "access.blocked_domains",
            &[&format!(
                "[default.access]\nblocked_domains = [\"{domain}\"]"
            )],
        );
    }
    assert_eq!(
        mistakes("[default.access]\nblocked_domains = [\"*.Müller.example\"]"),
        ""
    );
}

#[test]
fn cognito_needs_its_domain_whatever_the_form_of_its_issuer() {
    for issuer in [
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
        "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
    ] {
        let text = format!(
            "[default.provider.two]\nissuer = \"{issuer}\"\nclient_id = \"2\"\nemail_domains = [\"a.example\"]"
        );
        refused("provider.two.domain", &[&text]);
    }
}

#[test]
fn a_proxy_that_could_be_anybody_is_warned_of() {
    for (network, warnings) in [("0.0.0.0/0", 1), ("::/0", 1), ("10.0.0.0/8", 0)] {
        let text = format!("[default]\ntrusted_proxies = [\"{network}\"]");
        let loaded = Settings::from_toml(&text, Path::new("")).unwrap();
        assert_eq!(loaded.warnings.len(), warnings, "{network}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_secret_without_end_is_not_read() {
    let text = "client_secret_file = \"/dev/zero\"";
    let said = mistakes(text);
    assert!(said.ends_with("it is larger than 64 KiB"), "{said}");
}

#[test]
fn one_site_has_one_service_provider_for_its_customers() {
    let one = |name: &str| {
        format!(
            "[default.saml.service_provider.{name}]\nkind = \"portal-only\"\nentity_id = \"{name}\"\nacs_url = \"https://{name}.example/acs\"\n"
        )
    };
    refused("saml.service_provider.b.kind", &[&(one("a") + &one("b"))]);
}
