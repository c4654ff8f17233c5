//! SATOSA, the proxy between `OpenID` Connect and SAML from `PyPI`: a service provider's request, a login at the same provider, a Response signed twice.
//!
//! It runs in gunicorn with one worker, since it has one core. It asks userInfo at each login, and cannot be told not to. There Cognito writes
//! `email_verified` as a text, which its library refuses: so it asks for no address, and the user's name stands where an address would.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use imitation::browser::Browser;
use imitation::cognito::Cognito;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::entrance::Entrance;
use super::options;
use super::process::Process;
use super::service_provider::{ServiceProvider, metadata};
use super::town::free_port;
use super::usage::Watched;

/// The argument that says where its Python environment is.
const ENVIRONMENT: &str = "--satosa-environment";

/// A running SATOSA.
pub(crate) struct Satosa {
    process: Process,
    public: String,
    provider: String,
    _folder: TempDir,
}

impl Satosa {
    /// One that logs people in at this provider.
    pub(crate) fn start(cognito: &Cognito) -> Self {
        let environment = options::text(ENVIRONMENT)
            .unwrap_or_else(|| panic!("no {ENVIRONMENT}: use benches/compare"));
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let public = format!("http://localhost:{port}");
        cognito.register_callback(format!("{public}/oidc"));
        key(folder.path());
        let settings = settings(folder.path(), &public, cognito).to_string();
        let file = folder.path().join("settings.json");
        std::fs::write(folder.path().join("provider.xml"), metadata()).unwrap();
        std::fs::write(&file, settings).unwrap();
        let bind = format!("127.0.0.1:{port}");
        let worker = ["--worker-class", "gthread", "--threads", "4"];
        let listen = [
            "--log-level",
            "error",
            "--keep-alive",
            "60",
            "--bind",
            &bind,
            "satosa.wsgi:app",
        ];
        let arguments = [&worker[..], &listen[..]].concat();
        let variables = [("SATOSA_CONFIG", file.to_str().unwrap().to_owned())];
        let program = format!("{environment}/bin/gunicorn");
        let mut process = Process::start(&program, &arguments, &variables);
        process.listening(port, Instant::now());
        Self {
            process,
            public,
            provider: cognito.base(),
            _folder: folder,
        }
    }

    /// Its processes; each signature is made by one of its own.
    pub(crate) fn watched(&self) -> Watched {
        self.process.watched()
    }

    /// The way in by a service provider's request.
    pub(crate) async fn entrance(&self) -> Entrance {
        let metadata = Browser::new().open(&entity_id(&self.public)).await.text;
        let provider = ServiceProvider::trusting(&metadata);
        Entrance::assertion(provider, &self.public, &self.provider)
    }
}

fn entity_id(public: &str) -> String {
    format!("{public}/saml/metadata")
}

/// A key of 2048 bits with its certificate.
fn key(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"])
        .args(["-subj", "/CN=localhost", "-days", "30"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .output();
    let made = made.unwrap_or_else(|error| panic!("openssl (Debian's openssl): {error}"));
    assert!(made.status.success(), "openssl: {made:?}");
}

/// All in one file: it takes JSON for YAML.
fn settings(folder: &Path, public: &str, cognito: &Cognito) -> Value {
    json!({
        "BASE": public,
        "COOKIE_STATE_NAME": "SATOSA_STATE",
        "COOKIE_SECURE": false,
        "COOKIE_SAMESITE": "Lax",
        "CONTEXT_STATE_DELETE": true,
        "STATE_ENCRYPTION_KEY": "a-key-of-the-bench-of-some-length",
        "INTERNAL_ATTRIBUTES": {
            "attributes": {
                "mail": { "openid": ["cognito:username"], "saml": ["email", "emailAddress", "mail"] },
                "givenname": { "openid": ["given_name"], "saml": ["givenName"] },
                "surname": { "openid": ["family_name"], "saml": ["sn"] },
            },
            "user_id_from_attrs": ["mail"],
        },
        "BACKEND_MODULES": [{
            "module": "satosa.backends.openid_connect.OpenIDConnectBackend",
            "name": "oidc",
            "config": backend(public, cognito),
        }],
        "FRONTEND_MODULES": [{
            "module": "satosa.frontends.saml2.SAMLFrontend",
            "name": "saml",
            "config": frontend(folder, public),
        }],
        "LOGGING": {
            "version": 1,
            "disable_existing_loggers": false,
            "handlers": { "screen": { "class": "logging.StreamHandler" } },
            "root": { "level": "ERROR", "handlers": ["screen"] },
        },
    })
}

fn backend(public: &str, cognito: &Cognito) -> Value {
    let (base, issuer) = (cognito.base(), cognito.issuer());
    json!({
        "provider_metadata": {
            "issuer": issuer,
            "authorization_endpoint": format!("{base}/oauth2/authorize"),
            "token_endpoint": format!("{base}/oauth2/token"),
            "userinfo_endpoint": format!("{base}/oauth2/userInfo"),
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "subject_types_supported": ["public"],
        },
        "client": {
            "auth_req_params": { "response_type": "code", "scope": "openid profile" },
            "client_metadata": {
                "client_id": cognito.client_id(),
                "client_secret": cognito.client_secret(),
                "redirect_uris": [format!("{public}/oidc")],
                "token_endpoint_auth_method": "client_secret_basic",
            },
        },
    })
}

fn frontend(folder: &Path, public: &str) -> Value {
    json!({
        "entityid_endpoint": true,
        "endpoints": { "single_sign_on_service": {
            "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect": "sso/redirect",
        } },
        "idp_config": {
            "entityid": entity_id(public),
            "key_file": folder.join("key.pem"),
            "cert_file": folder.join("certificate.pem"),
            "metadata": { "local": [folder.join("provider.xml")] },
            "service": { "idp": {
                "endpoints": { "single_sign_on_service": [] },
                "name_id_format": ["urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"],
                "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
                "policy": { "default": {
                    "sign_response": true,
                    "sign_assertion": true,
                    "sign_alg": null,
                    "digest_alg": null,
                    "lifetime": { "minutes": 5 },
                    "attribute_restrictions": null,
                    "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified",
                } },
            } },
        },
    })
}
