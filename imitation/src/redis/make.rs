//! What kind of servers are started: by which program, and whether they are spoken to through TLS.

use std::path::{Path, PathBuf};

/// A kind of servers.
#[derive(Debug, Clone)]
pub struct Make {
    pub(super) program: PathBuf,
    pub(super) tls: Option<Tls>,
}

/// What a server proves itself by: files with a certificate, which is also whose word is believed, and with its key.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Default for Make {
    fn default() -> Self {
        Self::redis()
    }
}

impl Make {
    /// Debian's `redis-server`.
    #[must_use]
    pub fn redis() -> Self {
        Self {
            program: "redis-server".into(),
            tls: None,
        }
    }

    /// Valkey, which `tests/run` installs.
    #[must_use]
    pub fn valkey() -> Self {
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/.work/valkey-server");
        Self {
            program: installed,
            tls: None,
        }
    }

    /// The same, spoken to through TLS with a certificate and its key in these files, among one another too.
    #[must_use]
    pub fn over_tls(self, certificate: &str, key: &str) -> Self {
        let tls = Tls {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        Self {
            tls: Some(tls),
            ..self
        }
    }

    /// What an address has behind `redis` for TLS, and what behind it for the certificate.
    pub(super) fn s(&self) -> &'static str {
        if self.tls.is_some() { "s" } else { "" }
    }

    pub(super) fn ca(&self) -> String {
        let ca = |tls: &Tls| format!("?ca={}", tls.certificate);
        self.tls.as_ref().map(ca).unwrap_or_default()
    }

    /// Without TLS a server has one port. With it there is another for tests alone, so that they can look into it.
    pub(super) fn options(&self, port: u16, plain: u16) -> Vec<String> {
        let Some(tls) = &self.tls else {
            return vec!["--port".to_owned(), port.to_string()];
        };
        let options = [
            ("--port", plain.to_string()),
            ("--tls-port", port.to_string()),
            ("--tls-cert-file", tls.certificate.clone()),
            ("--tls-key-file", tls.key.clone()),
            ("--tls-ca-cert-file", tls.certificate.clone()),
            ("--tls-auth-clients", "no".to_owned()),
            ("--tls-replication", "yes".to_owned()),
            ("--tls-cluster", "yes".to_owned()),
        ];
        let words = options.into_iter();
        words
            .flat_map(|(name, value)| [name.to_owned(), value])
            .collect()
    }
}
