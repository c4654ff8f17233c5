//! The parts of a login, each by itself: where the time of a login goes, and whether a change made one of them slower.
#![expect(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench that cannot be set up has failed; criterion's macros document nothing"
)]

use std::hint::black_box;
use std::net::Ipv4Addr;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{Criterion, criterion_group, criterion_main};
use front_door::House;
use front_door::admission::disposable::Disposable;
use front_door::admission::membership::When;
use front_door::admission::plan::{Destination, plan};
use front_door::admission::policy::{Circumstances, LinkRules, judge};
use front_door::clock::Clock;
use front_door::identity::{Claims, Identity, VerifiedClaims, map};
use front_door::login::LoginAttempt;
use front_door::saml::assertion::{Envelope, Statement, success};
use front_door::saml::attributes::{FORMAT_EMAIL, NameIdentifier};
use front_door::saml::keys::SigningKey;
use front_door::saml::signature::Signer;
use front_door::session::Sessions;
use front_door::settings::saml::Sign;
use front_door::settings::{Loaded, Settings};
use serde_json::{Value, json};

/// Rules of organizations, as a large help desk may have them.
const RULES: usize = 200;

fn loaded(folder: &tempfile::TempDir) -> Loaded {
    let rules: Vec<String> = (0..RULES)
        .map(|n| format!("[[default.organization]]\nname = \"Organization {n}\"\ndomains = [\"company-{n}.example\"]\nmanaged = false\n"))
        .collect();
    let text = format!(
        "[default]\npublic_url = \"http://localhost:8000\"\nstore = \"sqlite:bench.sqlite\"\n[default.provider.cognito]\nissuer = \"https://idp.example/pool\"\nclient_id = \"ours\"\n[default.link.help]\nservice_desk = \"HELP\"\n{}",
        rules.concat()
    );
    Settings::from_toml(&text, folder.path()).unwrap()
}

fn claims() -> Value {
    let now = Clock::system().now().as_second();
    json!({
        "iss": "https://idp.example/pool", "aud": "ours", "sub": "248289761001", "token_use": "id", "nonce": "n-1",
        "exp": now + 3600, "iat": now, "auth_time": now, "email": "ada@company-150.example", "email_verified": true,
        "given_name": "Ada", "family_name": "Lovelace", "cognito:username": "ada", "cognito:groups": ["one", "two", "three"],
    })
}

fn verified() -> VerifiedClaims {
    VerifiedClaims {
        subject: "248289761001".to_owned(),
        claims: Claims::new(claims().as_object().unwrap().clone()),
        auth_time: None,
    }
}

/// A signed ID token, and the key that it was signed with as a JWK.
fn id_token() -> (String, Value) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims().to_string()));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    let public = key.public_key();
    let modulus = public.modulus().big_endian_without_leading_zero();
    let exponent = public.exponent().big_endian_without_leading_zero();
    let jwk = json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k",
        "n": URL_SAFE_NO_PAD.encode(modulus), "e": URL_SAFE_NO_PAD.encode(exponent),
    });
    (
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)),
        jwk,
    )
}

fn signing_in(bench: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let loaded = loaded(&folder);
    let settings = &loaded.settings;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _inside = runtime.enter();
    let house = runtime
        .block_on(House::open(&loaded, &Clock::system()))
        .unwrap();
    let now = Clock::system().now();
    bench.bench_function("attempt sealed and opened", |bench| {
        let provider = settings.providers.values().next().unwrap();
        bench.iter(|| {
            let to = "/p/help".parse().unwrap();
            let attempt = LoginAttempt::begin(provider.name.clone(), to, now);
            let plain = serde_json::to_vec(&attempt).unwrap();
            let sealed = house.vault.ring().seal("attempt", &plain).unwrap();
            let opened = house.vault.ring().open("attempt", &sealed).unwrap();
            serde_json::from_slice::<LoginAttempt>(&opened.plain).unwrap()
        });
    });
    let (token, jwk) = id_token();
    bench.bench_function("ID token verified", |bench| {
        bench.iter(|| {
            let judged = front_door::provider::judge(
                black_box(&token),
                &jwk,
                "https://idp.example/pool",
                "ours",
                "n-1",
                now,
            );
            judged.unwrap()
        });
    });
    bench.bench_function("claims mapped", |bench| {
        let provider = settings.providers.values().next().unwrap();
        bench.iter(|| map(&settings.mapping, provider, black_box(verified())).unwrap());
    });
    let sessions = Sessions::new(
        house.vault.clone(),
        settings.session.clone(),
        Clock::system(),
    );
    let id = runtime
        .block_on(sessions.open(identity(settings), "bench", None, Vec::new(), None))
        .unwrap();
    let cookie = id.cookie_value();
    bench.bench_function("session read", |bench| {
        bench.iter(|| {
            runtime
                .block_on(sessions.find(black_box(&cookie)))
                .unwrap()
                .unwrap()
        });
    });
}

fn identity(settings: &Settings) -> Identity {
    let provider = settings.providers.values().next().unwrap();
    map(&settings.mapping, provider, verified()).unwrap()
}

fn admitting(bench: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let settings = loaded(&folder).settings;
    let identity = identity(&settings);
    let link = settings.links.values().next().unwrap();
    let rules = LinkRules {
        slug: link.slug.clone(),
        service_desk: None,
        access: link.access.clone(),
        enforce: true,
        approval: false,
    };
    let (disposable, now) = (Disposable::known(), Clock::system().now());
    let destination = Destination::ServiceDesk {
        id: "7".parse().unwrap(),
    };
    bench.bench_function("verdict and plan, 200 rules", |bench| {
        bench.iter(|| {
            let verdict = judge(
                black_box(&identity),
                &rules,
                &settings.access,
                &settings.organizations,
                &disposable,
                Circumstances {
                    client: Ipv4Addr::LOCALHOST.into(),
                    now,
                },
            );
            let plan = plan(
                &identity,
                &destination,
                &settings.organizations,
                settings.access.create_customers,
                None,
                When::visit(now),
            );
            (verdict, plan)
        });
    });
}

fn asserting(bench: &mut Criterion) {
    let now = Clock::system().now();
    let signer = Signer::new(&SigningKey::generate("localhost", now).unwrap()).unwrap();
    let name_id = NameIdentifier {
        format: FORMAT_EMAIL,
        value: "ada@acme.example".to_owned(),
    };
    let attributes = vec![("email".to_owned(), vec!["ada@acme.example".to_owned()])];
    let response = || {
        let envelope = Envelope {
            id: "_response",
            issuer: "https://sso.example.test/saml/metadata",
            acs_url: "https://sp.example/acs",
            in_response_to: Some("_request"),
            now,
        };
        let statement = Statement {
            id: "_assertion",
            audience: "https://sp.example/saml",
            name_id: &name_id,
            attributes: &attributes,
            session_index: "_session",
            auth_time: now,
            session_end: now,
        };
        success(&envelope, &statement)
    };
    bench.bench_function("assertion written", |bench| bench.iter(response));
    for (name, what) in [
        ("one signature", Sign::Assertion),
        ("two signatures", Sign::Both),
    ] {
        bench.bench_function(&format!("Response signed, {name}"), |bench| {
            bench.iter(|| signer.sign(response(), what).unwrap());
        });
    }
}

criterion_group!(parts, signing_in, admitting, asserting);
criterion_main!(parts);
