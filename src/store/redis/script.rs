//! Scripts: several steps in one round trip, which nobody comes between.
//!
//! A script is called by its hash, which every server remembers; one that has forgotten it, or is new, is sent the text once.

use std::sync::LazyLock;

use redis::{Cmd, ToRedisArgs};

use super::LINGER;

/// What all scripts begin with.
const PREAMBLE: &str = include_str!("scripts/preamble.lua");

/// A script and its hash.
pub(super) struct Script {
    text: String,
    hash: String,
}

impl Script {
    fn new(text: &str) -> Self {
        let linger = LINGER.as_millis();
        let text = format!("local linger = {linger}\n{PREAMBLE}{text}");
        let hash = redis::Script::new(&text).get_hash().to_owned();
        Self { text, hash }
    }
}

macro_rules! scripts {
    ($($name:ident = $file:literal;)+) => {
        $(pub(super) static $name: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!(concat!("scripts/", $file, ".lua"))));)+
    };
}

scripts! {
    PUT = "put";
    PUT_IF_ABSENT = "put_if_absent";
    PUT_WHILE = "put_while";
    REPLACE = "replace";
    REMOVE = "remove";
    COUNT = "count";
    EXCHANGE = "exchange";
    EXCHANGE_MEMBER = "exchange_member";
    INDEX_PUT = "index_put";
    INDEX_REMOVE = "index_remove";
    INDEX_CUT = "index_cut";
    INDEX_KEEP = "index_keep";
    INDEX_LATEST = "index_latest";
    LOG_APPEND = "log_append";
    LOG_READ = "log_read";
    LOG_READ_BACK = "log_read_back";
    LOG_RESTORE = "log_restore";
    LOG_TRIM = "log_trim";
    RUN = "run";
    SCAN = "scan";
    SLOTS = "slots";
}

/// A script with what it is called with.
pub(super) struct Call<'a> {
    script: &'a Script,
    keys: &'a [String],
    arguments: Cmd,
}

impl<'a> Call<'a> {
    pub(super) fn of(script: &'a Script, keys: &'a [String]) -> Self {
        Self {
            script,
            keys,
            arguments: Cmd::new(),
        }
    }

    pub(super) fn with(mut self, argument: impl ToRedisArgs) -> Self {
        self.arguments.arg(argument);
        self
    }

    /// The call by its hash.
    pub(super) fn by_hash(&self) -> Cmd {
        self.command("EVALSHA", &self.script.hash)
    }

    /// The call with the whole text.
    pub(super) fn in_full(&self) -> Cmd {
        self.command("EVAL", &self.script.text)
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len()).arg(self.keys);
        for argument in self.arguments.args_iter() {
            if let redis::Arg::Simple(bytes) = argument {
                command.arg(bytes);
            }
        }
        command
    }
}
