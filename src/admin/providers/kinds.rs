//! What kinds of identity providers the desk knows by name: what to type where, in the words of each one's own console.

use crate::admin::form::{Kind, NamedKind, Section, SettingsForm, Spec};
use crate::settings::{ProviderName, Saved, Settings};

/// One kind.
pub(in crate::admin) struct ProviderKind {
    /// In addresses, and suggested as the provider's name.
    pub(in crate::admin) name: &'static str,
    /// What it is called.
    pub(in crate::admin) label: &'static str,
    /// What to do over there, step by step.
    pub(in crate::admin) steps: &'static [&'static str],
    pub(in crate::admin) sections: &'static [Section],
    /// What is filled in before anybody types: key and value.
    pub(in crate::admin) suggested: &'static [(&'static str, &'static str)],
    /// The claim that lists somebody's groups there, as far as it is not the usual one.
    pub(in crate::admin) groups: Option<&'static str>,
}

/// The claim that most providers list groups in, once they are told to.
const GROUPS: Option<&str> = Some("groups");

/// All of them; the first is suggested.
pub(in crate::admin) static KINDS: [ProviderKind; 6] =
    [COGNITO, OKTA, ENTRA, GOOGLE, KEYCLOAK, OTHER];

impl NamedKind for ProviderKind {
    type Name = ProviderName;

    const THING: &'static str = "provider";
    const NAMING: &'static str = "Small letters, digits and hyphens. It is part of the callback address above and cannot be changed later.";
    const TAKEN: &'static [&'static str] = &["new"];

    fn all() -> &'static [Self] {
        &KINDS
    }

    fn word(&self) -> &'static str {
        self.name
    }

    fn suggested_name(&self) -> &'static str {
        self.name
    }

    fn settings(&self, name: &str) -> SettingsForm {
        SettingsForm {
            prefix: format!("provider.{name}"),
            sections: self.sections,
        }
    }

    fn is_there(name: &str, settings: &Settings) -> bool {
        let name = name.parse::<ProviderName>();
        name.is_ok_and(|name| settings.providers.contains_key(&name))
    }
}

/// The kind whose fields fit what is saved or set.
pub(in crate::admin) fn of(name: &str, saved: &Saved, in_a_file: bool) -> &'static ProviderKind {
    let has = |key: &str| saved.value(&["provider", name, key]).is_some();
    let cognito = has("user_pool") || has("domain") || in_a_file;
    let issuer = saved.value(&["provider", name, "issuer"]);
    let issuer = issuer.and_then(|value| value.as_str()).unwrap_or_default();
    let kind = match issuer {
        _ if cognito => 0,
        issuer if issuer.contains("okta") => 1,
        issuer if issuer.contains("microsoftonline") => 2,
        issuer if issuer.contains("accounts.google") => 3,
        issuer if issuer.contains("/realms/") => 4,
        _ => return of_name(name),
    };
    &KINDS[kind]
}

/// The kind that suggests this name, for an issuer that does not tell.
fn of_name(name: &str) -> &'static ProviderKind {
    let suggests = |kind: &&ProviderKind| name.strip_prefix(kind.name).is_some();
    let known = KINDS[1..].iter().find(suggests);
    known.unwrap_or(&KINDS[KINDS.len() - 1])
}

const COGNITO: ProviderKind = ProviderKind {
    name: "cognito",
    label: "AWS Cognito",
    steps: &[
        "In the Cognito console open your user pool, then App clients, and create an app client of the type “Traditional web application”.",
        "Under “Login pages” of that app client enter the two addresses above as allowed callback URL and allowed sign-out URL, tick “Authorization code grant”, and the scopes openid, profile and email.",
        "Under “Branding”, “Domain”, see which domain the pool has. Without one nobody can log in.",
        "Copy the values below from the pages “Overview” and “App client”.",
    ],
    sections: &[
        Section {
            title: "Where it is",
            intro: "",
            fields: &[
                LABEL,
                Spec {
                    key: "domain",
                    label: "Domain",
                    hint: "The domain of the pool's login pages, in any spelling.",
                    kind: Kind::Text("acme.auth.eu-west-1.amazoncognito.com"),
                },
                Spec {
                    key: "user_pool",
                    label: "User pool ID",
                    hint: "",
                    kind: Kind::Text("eu-west-1_AbCdEf123"),
                },
                Spec {
                    key: "issuer",
                    label: "Issuer, instead of the user pool ID",
                    hint: "Only for a pool whose tokens name another issuer, as newer ones may: issuer-cognito-idp.",
                    kind: Kind::Text(
                        "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
                    ),
                },
            ],
        },
        CLIENT,
        SIGN_UP,
        WHOM,
        Section {
            title: "Signing out",
            intro: "Both are right for nearly everybody as they are.",
            fields: &[
                Spec {
                    key: "logout_url",
                    label: "Logout endpoint",
                    hint: "Empty: the one of the domain.",
                    kind: Kind::Text("https://acme.auth.eu-west-1.amazoncognito.com/logout"),
                },
                SIGN_OUT_URL,
            ],
        },
        Section {
            title: "Seldom needed",
            intro: "",
            fields: &[
                SCOPES,
                Spec {
                    key: "identity_provider",
                    label: "Identity provider at Cognito",
                    hint: "The name of a federated provider: people go straight there, past Cognito's own choice.",
                    kind: Kind::Text("AcmeSAML"),
                },
                TIMEOUT,
            ],
        },
    ],
    suggested: &[],
    groups: None,
};

const OKTA: ProviderKind = ProviderKind {
    name: "okta",
    label: "Okta",
    steps: &[
        "In the Okta admin console create an app integration: OIDC, web application, grant “Authorization Code”.",
        "Enter the two addresses above as sign-in redirect URI and sign-out redirect URI, and assign the people or groups that may log in.",
        "The issuer is your Okta address; with a custom authorization server it ends in /oauth2/<its id>.",
        "For groups, which administrators are told by: in the app integration under “Sign On”, “OpenID Connect ID Token”, choose “Filter” with the claim name groups, “Matches regex”, .*; and let the scopes below (“Seldom needed”) hold groups too. With a custom authorization server add a claim groups to the ID token there instead, and take the scope groups away unless it is defined there.",
    ],
    sections: OPENID,
    suggested: &[("scopes", "openid profile email groups")],
    groups: GROUPS,
};

const ENTRA: ProviderKind = ProviderKind {
    name: "entra",
    label: "Microsoft Entra ID",
    steps: &[
        "In the Entra admin center register an application (single tenant) with the callback address above as redirect URI of the platform “Web”.",
        "Under “Certificates & secrets” make a client secret, and copy its value, not its id.",
        "Under “Token configuration” add the optional claim email to the ID token.",
        "For groups, which administrators are told by: under “Token configuration” add a groups claim for the ID token. It lists object IDs, so name a group by its object ID. Who is in very many groups comes without the claim: app roles are safer then, which Entra lists in the claim roles; enter that as “Groups” under Attribute mapping.",
        "Entra does not say whether an address was verified: for people of your own tenant choose “Believe them” below, and name your domains.",
    ],
    sections: &[
        at(&[
            LABEL,
            issuer("https://login.microsoftonline.com/<tenant id>/v2.0"),
        ]),
        CLIENT,
        SIGN_UP,
        WHOM,
        SELDOM,
    ],
    suggested: &[],
    groups: GROUPS,
};

const GOOGLE: ProviderKind = ProviderKind {
    name: "google",
    label: "Google",
    steps: &[
        "In the Google Cloud console, “APIs & Services”, “Credentials”, create an OAuth client ID of the type “Web application” with the callback address above as authorized redirect URI.",
        "Google names no groups. So each account counts as a group of its own, which is called like its address: where a group is asked for, enter addresses.",
        "Anybody with a Google account can log in there: name your domains below, unless that is what you want.",
    ],
    sections: OPENID,
    suggested: &[("issuer", "https://accounts.google.com")],
    groups: Some("email"),
};

const KEYCLOAK: ProviderKind = ProviderKind {
    name: "keycloak",
    label: "Keycloak",
    steps: &[
        "In the realm create a client of the type OpenID Connect with client authentication on and the standard flow alone.",
        "Enter the two addresses above as valid redirect URI and valid post logout redirect URI.",
        "For groups, which administrators are told by: under “Client scopes” open the client's dedicated scope and add a mapper by configuration, “Group Membership”: token claim name groups, “Full group path” off, “Add to ID token” on.",
    ],
    sections: &[
        at(&[LABEL, issuer("https://keycloak.example/realms/<realm>")]),
        CLIENT,
        SIGN_UP,
        WHOM,
        SELDOM,
    ],
    suggested: &[],
    groups: GROUPS,
};

const OTHER: ProviderKind = ProviderKind {
    name: "other",
    label: "Another OpenID Connect provider",
    steps: &[
        "Register a confidential web client for the authorization code flow with the callback address above, and allow the sign-out address after logout.",
        "Everything else is found by discovery at the issuer.",
        "For groups, which administrators are told by: let the ID token or userInfo list them in a claim. The claim groups is looked at, unless you name another under Attribute mapping.",
    ],
    sections: OPENID,
    suggested: &[],
    groups: GROUPS,
};

const OPENID: &[Section] = &[
    at(&[LABEL, issuer("https://login.example")]),
    CLIENT,
    SIGN_UP,
    WHOM,
    SELDOM,
];

const fn at(fields: &'static [Spec]) -> Section {
    Section {
        title: "Where it is",
        intro: "",
        fields,
    }
}

/// With what it looks like: nothing that could be left standing as it is.
const fn issuer(example: &'static str) -> Spec {
    Spec {
        key: "issuer",
        label: "Issuer",
        hint: "Exactly as the provider spells it. Its address with /.well-known/openid-configuration behind it must open.",
        kind: Kind::Text(example),
    }
}

const SELDOM: Section = Section {
    title: "Seldom needed",
    intro: "",
    fields: &[SIGN_OUT_URL, SCOPES, TIMEOUT],
};

const LABEL: Spec = Spec {
    key: "label",
    label: "Text of its button",
    hint: "Where people choose between several providers.",
    kind: Kind::Text("Acme account"),
};

const CLIENT: Section = Section {
    title: "Who we are there",
    intro: "",
    fields: &[
        Spec {
            key: "client_id",
            label: "Client ID",
            hint: "",
            kind: Kind::Text("4h57example"),
        },
        Spec {
            key: "client_secret",
            label: "Client secret",
            hint: "Empty for a client without a secret.",
            kind: Kind::Secret,
        },
    ],
};

const SIGN_UP: Section = Section {
    title: "May strangers sign up there?",
    intro: "If anybody can make an account there with an address of their own, a login alone keeps nobody out: it only slows spam down. Then ask for a domain, a group or a claim on the page Access.",
    fields: &[Spec {
        key: "sign_up",
        label: "Can anybody make an account there?",
        hint: "In the Cognito console: “Sign-up”, “Self-service sign-up”.",
        kind: Kind::Choice(&[
            ("unknown", "I do not know yet"),
            ("closed", "No, accounts are made by us"),
            ("open", "Yes, anybody can sign up"),
        ]),
    }],
};

const WHOM: Section = Section {
    title: "Whom we believe it",
    intro: "",
    fields: &[
        Spec {
            key: "email_domains",
            label: "Domains of its addresses",
            hint: "One a line. Only addresses of these domains are believed from this provider; empty: any, but for the domains that another provider names. With several providers only one may be empty.",
            kind: Kind::Lines("acme.example"),
        },
        Spec {
            key: "verified_email",
            label: "Addresses that it does not call verified",
            hint: "",
            kind: Kind::Choice(&[
                ("required", "Refuse them"),
                (
                    "assumed",
                    "Believe them: nobody can enter a foreign address there",
                ),
            ]),
        },
        Spec {
            key: "enabled",
            label: "In use",
            hint: "Switched off, nobody can log in with it. Sessions that are open last until they end.",
            kind: Kind::Flag(true, "On", "Off"),
        },
    ],
};

const SIGN_OUT_URL: Spec = Spec {
    key: "sign_out_url",
    label: "Sign-out address",
    hint: "Where people land after they were signed out there. Empty: our own page, the address above.",
    kind: Kind::Text("https://acme.example/bye"),
};

const SCOPES: Spec = Spec {
    key: "scopes",
    label: "Scopes",
    hint: "Parted by spaces.",
    kind: Kind::Text("openid profile email"),
};

const TIMEOUT: Spec = Spec {
    key: "timeout",
    label: "Time-out of one call",
    hint: "",
    kind: Kind::Text("10s"),
};
