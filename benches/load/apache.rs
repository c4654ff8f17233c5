//! Apache with `mod_auth_openidc`, as Debian has both: a small page behind a login at the same provider.
//!
//! Its settings are Debian's and the module's own but for these: no limit to the requests of a connection, since ours has none, and PKCE, since ours uses it.
//! It is told of the provider by its metadata, as ours is. Both write one log line a request to nowhere.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Instant;

use imitation::cognito::Cognito;
use tempfile::TempDir;

use super::entrance::Entrance;
use super::process::Process;
use super::town::free_port;
use super::usage::Watched;

/// Where Debian puts modules.
const MODULES: &str = "/usr/lib/apache2/modules";

/// Those that it takes.
const NEEDED: [&str; 6] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "mime",
    "auth_openidc",
];

/// A running Apache.
pub(crate) struct Apache {
    process: Process,
    port: u16,
    provider: String,
    _folder: TempDir,
}

impl Apache {
    /// One that logs people in at this provider, and keeps sessions in the Redis at that port or in its shared memory.
    pub(crate) fn start(cognito: &Cognito, redis: Option<u16>) -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        cognito.register_callback(format!("http://localhost:{port}/back"));
        let file = folder.path().join("apache2.conf");
        let text = configuration(folder.path(), port, cognito, redis);
        std::fs::write(&file, text).unwrap();
        page(folder.path());
        let arguments = ["-DFOREGROUND", "-f", file.to_str().unwrap()];
        let began = Instant::now();
        let mut process = Process::start("/usr/sbin/apache2", &arguments, &[]);
        process.listening(port, began);
        Self {
            process,
            port,
            provider: cognito.base(),
            _folder: folder,
        }
    }

    /// Its processes.
    pub(crate) fn watched(&self) -> Watched {
        self.process.watched()
    }

    /// The way to its page.
    pub(crate) fn entrance(&self) -> Entrance {
        let public = format!("http://localhost:{}", self.port);
        Entrance::page(&public, "/page.txt", &self.provider)
    }
}

/// What is behind the login; readable by whomever Apache becomes.
fn page(folder: &Path) {
    std::fs::write(folder.join("page.txt"), "inside\n").unwrap();
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder, everybody).unwrap();
}

fn configuration(folder: &Path, port: u16, cognito: &Cognito, redis: Option<u16>) -> String {
    let modules = NEEDED.map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"));
    let cache = redis.map_or_else(
        || "OIDCCacheType shm".to_owned(),
        |port| format!("OIDCCacheType redis\nOIDCRedisCacheServer 127.0.0.1:{port}"),
    );
    format!(
        r#"{modules}
ServerName localhost
Listen 127.0.0.1:{port}
ServerRoot {folder}
PidFile {folder}/apache2.pid
DefaultRuntimeDir {folder}
User nobody
Group nogroup
TypesConfig /etc/mime.types
DocumentRoot {folder}
ErrorLog {folder}/error.log
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{{Referer}}i\" \"%{{User-Agent}}i\"" combined
CustomLog /dev/null combined
KeepAlive On
MaxKeepAliveRequests 0
StartServers 2
MinSpareThreads 25
MaxSpareThreads 75
ThreadsPerChild 25
MaxRequestWorkers 150
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCClientID {client}
OIDCClientSecret {secret}
OIDCScope "openid email profile"
OIDCPKCEMethod S256
OIDCRedirectURI http://localhost:{port}/back
OIDCCryptoPassphrase a-passphrase-of-the-bench
OIDCSessionType server-cache
{cache}
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
"#,
        modules = modules.concat(),
        folder = folder.display(),
        issuer = cognito.issuer(),
        client = cognito.client_id(),
        secret = cognito.client_secret().unwrap_or_default(),
    )
}
