//! A front door behind a real nginx, with the settings that operators take along, and a pipe between the two that counts and can be held.

use std::net::IpAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use imitation::browser::Browser;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Town, free_port};

/// A town whose public address is nginx's.
pub(crate) struct BehindNginx {
    pub(crate) town: Town,
    pub(crate) pipe: Pipe,
    nginx: Child,
    folder: TempDir,
    inside: u16,
    certificate: String,
}

impl BehindNginx {
    /// With the settings as they are deployed, but for addresses and paths, and what is changed here.
    pub(crate) async fn new(changes: &[(&str, &str)]) -> Self {
        let mut town = Town::over_tls().await;
        town.close().await;
        // nginx has the certificate; the front door is spoken to in the clear.
        let certificate = town.certificate.take().unwrap();
        let link_new = "link_new = \"on\"";
        let trusting = format!("{link_new}\ntrusted_proxies = [\"127.0.0.1/32\"]");
        town.settings = town.settings.replace(link_new, &trusting);
        let (inside, folder) = (free_port(), tempfile::tempdir().unwrap());
        let pipe = Pipe::to(inside).await;
        let nginx = start(&town, &folder, pipe.port, changes);
        let mut behind = Self {
            town,
            pipe,
            nginx,
            folder,
            inside,
            certificate,
        };
        behind.open().await;
        behind
    }

    /// Opens the front door again where it was.
    pub(crate) async fn open(&mut self) {
        self.town.certificate = None;
        self.town.running = Some(self.town.launch(self.inside).await);
        self.town.certificate = Some(self.certificate.clone());
        self.town.wait_until_links_are_read().await;
    }

    /// A browser on a machine of this address.
    pub(crate) fn browser_at(&self, address: [u8; 4]) -> Browser {
        Browser::trusting_from(&self.certificate, IpAddr::from(address))
    }

    /// Everything that nginx has written down.
    pub(crate) fn logs(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap();
        read("front-door.log") + &read("front-door.error.log") + &read("error.log")
    }
}

impl Drop for BehindNginx {
    fn drop(&mut self) {
        let id = self.nginx.id().to_string();
        let _ended = Command::new("kill").args(["-TERM", &id]).status();
        let _ended = self.nginx.wait();
    }
}

/// The file that operators take along, with the addresses and paths of the test.
fn front_door_conf(town: &Town, folder: &Path, upstream: u16, changes: &[(&str, &str)]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/nginx/front-door.conf");
    let mut conf = std::fs::read_to_string(file).unwrap();
    let outside = town.public_url.rsplit(':').next().unwrap();
    let (tls, here) = (town.folder.path().display(), folder.display());
    let addresses = [
        ("127.0.0.1:8000", format!("127.0.0.1:{upstream}")),
        ("listen 443", format!("listen 127.0.0.1:{outside}")),
        ("listen 80", format!("listen 127.0.0.1:{}", free_port())),
        ("    listen [::]:443 ssl http2;\n", String::new()),
        ("    listen [::]:80;\n", String::new()),
        ("sso.acme.example", "localhost".to_owned()),
        (
            "/etc/ssl/front-door/fullchain.pem",
            format!("{tls}/tls.pem"),
        ),
        ("/etc/ssl/front-door/privkey.pem", format!("{tls}/tls.key")),
        ("/var/log/nginx", here.to_string()),
    ];
    let changes = changes.iter().map(|(old, new)| (*old, (*new).to_owned()));
    for (old, new) in addresses.into_iter().chain(changes) {
        assert!(conf.contains(old), "{old}");
        conf = conf.replace(old, &new);
    }
    conf
}

/// Starts nginx with that file inside what Debian puts around it.
fn start(town: &Town, folder: &TempDir, upstream: u16, changes: &[(&str, &str)]) -> Child {
    let here = folder.path();
    let conf = front_door_conf(town, here, upstream, changes);
    std::fs::write(here.join("front-door.conf"), conf).unwrap();
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {}/{name};\n", here.display()))
        .concat();
    let around = format!(
        "daemon off;\nworker_processes 1;\npid {here}/pid;\nevents {{}}\nhttp {{\n{folders}gzip on;\naccess_log off;\ninclude {here}/front-door.conf;\n}}\n",
        here = here.display()
    );
    // As root its workers are another user, who must reach the folder.
    let user = if is_root() { "user root;\n" } else { "" };
    std::fs::write(here.join("nginx.conf"), format!("{user}{around}")).unwrap();
    let mut command = Command::new("nginx");
    command
        .arg("-p")
        .arg(here)
        .arg("-c")
        .arg(here.join("nginx.conf"));
    command.arg("-e").arg(here.join("error.log"));
    command.spawn().unwrap_or_else(|error| {
        panic!("nginx does not start ({error}): tests/run installs what the tests need")
    })
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// What stands between nginx and the front door.
pub(crate) struct Pipe {
    port: u16,
    connections: Arc<AtomicUsize>,
    held: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Pipe {
    async fn to(inside: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, held) = (Arc::default(), watch::Sender::new(false));
        let task = tokio::spawn(pass_on(
            listener,
            inside,
            Arc::clone(&connections),
            held.subscribe(),
        ));
        Self {
            port,
            connections,
            held,
            task,
        }
    }

    /// How many connections nginx has made so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Ends what is open; from now on connections are taken, and nothing comes back on them.
    pub(crate) async fn hold(&self) {
        self.held.send_replace(true);
        // Each open one listens for that, and whoever accepts them.
        while self.held.receiver_count() > 1 {
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(
    listener: TcpListener,
    inside: u16,
    connections: Arc<AtomicUsize>,
    mut held: watch::Receiver<bool>,
) {
    let mut silent = Vec::new();
    while let Ok((mut outer, _)) = listener.accept().await {
        connections.fetch_add(1, Ordering::SeqCst);
        if *held.borrow_and_update() {
            silent.push(outer);
            continue;
        }
        let mut held = held.clone();
        tokio::spawn(async move {
            // While nothing listens there, the connection ends at once.
            if let Ok(mut inner) = TcpStream::connect(("127.0.0.1", inside)).await {
                tokio::select! {
                    _ended = copy_bidirectional(&mut outer, &mut inner) => {}
                    _held = held.changed() => {}
                }
            }
        });
    }
}
