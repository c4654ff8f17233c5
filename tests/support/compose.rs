//! What the compose file starts, as the tests start it. The test file names the judges and the scripts too.
#![expect(
    clippy::unwrap_used,
    reason = "a file that cannot be read has failed the test"
)]

use std::path::Path;

use imitation::redis::RedisServer;
use serde_json::{Value, json};

use crate::judges::Judge;
use crate::scripts::deployed;

/// The compose file, read.
pub(crate) fn compose() -> Value {
    let text = std::fs::read_to_string(deployed("compose.yaml")).unwrap();
    let read = json!({ "kind": "read", "text": text });
    Judge::of_deployment().ask(&read)["read"][0].take()
}

/// Redis as the compose file starts it, with the users that the script has made.
pub(crate) fn redis_of_compose(secrets: &Path) -> RedisServer {
    let command = compose()["services"]["redis"]["command"].take();
    let words: Vec<String> = serde_json::from_value(command).unwrap();
    assert_eq!(words[0], "redis-server");
    let users = secrets.join("redis_users");
    let users = users.to_str().unwrap();
    let words = words.iter().map(|word| match word.as_str() {
        "/run/secrets/redis_users" => users,
        word => word,
    });
    RedisServer::with(&words.skip(1).collect::<Vec<_>>())
}
