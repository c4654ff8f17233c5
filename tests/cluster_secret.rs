//! The script that makes the secret of a cluster hands it over, and leaves nothing behind but the key.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

#[path = "support/scripts.rs"]
mod scripts;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use scripts::deployed;

/// Makes the secret of the cluster with a kubectl that writes down what it was called with. Returns that and what it was handed.
fn make_secret(folder: &Path, address: &str) -> Option<(String, String)> {
    let kubectl = "#!/bin/sh\nprintf '%s ' \"$@\" >words\ncat /dev/stdin >handed\n";
    std::fs::write(folder.join("kubectl"), kubectl).unwrap();
    let mut permissions = std::fs::metadata(folder.join("kubectl"))
        .unwrap()
        .permissions();
    permissions.set_mode(0o755);
    std::fs::set_permissions(folder.join("kubectl"), permissions).unwrap();
    let script = deployed("kubernetes/secret.sh");
    let mut command = Command::new("sh");
    command.args(["-c", "PATH=$PWD:$PATH exec sh \"$0\" key"]);
    command.arg(script).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut asked = child.stdin.take().unwrap();
    asked.write_all(address.as_bytes()).unwrap();
    drop(asked);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let is_made = child.wait().unwrap().success();
    is_made.then(|| (read("words"), read("handed")))
}

#[test]
fn the_secret_of_a_cluster_is_handed_over_and_only_the_key_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(make_secret(folder.path(), "no address\n"), None);
    assert!(!folder.path().join("key").exists());
    let address = "rediss://front-door:password@redis.acme.example:6379/0\n";
    let (words, handed) = make_secret(folder.path(), address).unwrap();
    assert_eq!(handed, address);
    assert!(!words.contains("password"), "{words}");
    for word in [
        "--from-file=secret_key=key ",
        "--from-file=store=/dev/stdin ",
    ] {
        assert!(words.contains(word), "{words}");
    }
    let key = folder.path().join("key");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let first = std::fs::read(&key).unwrap();
    make_secret(folder.path(), address).unwrap();
    assert_eq!(std::fs::read(&key).unwrap(), first, "a key is made once");
    let mut left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["handed", "key", "kubectl", "words"]);
}
