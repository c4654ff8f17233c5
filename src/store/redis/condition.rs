//! What a Redis is like, for whoever checks whether it can be relied on.

use std::collections::HashMap;

use redis::Value;

use super::super::{Key, PROBE_LIFE, StoreError};
use super::{Redis, unavailable, understood};

/// What the servers say of themselves; of several, each counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The programs and their versions, each once.
    pub versions: Vec<String>,
    /// Whether one is older than version 7.
    pub is_old: bool,
    /// What happens at one that is full, where that is anything but refusing to write.
    pub evicts: Option<String>,
    /// Whether all append what they confirm to a file; `None` where they do not tell.
    pub persists: Option<bool>,
    /// How many seconds the clocks are apart.
    pub clock_apart: i64,
}

/// The first version that can all that is needed; Valkey began behind it.
const OLDEST: u32 = 7;

impl Redis {
    /// Whether a front door has begun to keep its things there.
    pub async fn is_begun(&self) -> Result<bool, StoreError> {
        Ok(self.get(&Key::naming()).await?.is_some())
    }

    /// Tries a write, of something that is gone in a minute.
    pub async fn takes_writes(&self) -> Result<(), StoreError> {
        let taken = b"taken".to_vec();
        self.put(&Key::probe(), taken, Some(PROBE_LIFE)).await
    }

    /// Asks the servers.
    pub async fn condition(&self) -> Result<Condition, StoreError> {
        let infos = self.infos().await?;
        let mut versions: Vec<String> = infos.iter().map(version).collect();
        versions.sort_unstable();
        versions.dedup();
        Ok(Condition {
            versions,
            is_old: infos.iter().any(is_old),
            evicts: infos.iter().find_map(evicts),
            persists: persists(&infos),
            clock_apart: self.clock_apart().await?,
        })
    }

    async fn infos(&self) -> Result<Vec<Info>, StoreError> {
        let value = self.link.read(&redis::cmd("INFO")).await;
        let texts = match value.map_err(|e| unavailable(&e))? {
            // A cluster answers once for each server.
            Value::Map(servers) => servers.into_iter().map(|(_, text)| text).collect(),
            one => vec![one],
        };
        let text = |value| understood::<String>(value).map(|text| read(&text));
        texts.into_iter().map(text).collect()
    }

    async fn clock_apart(&self) -> Result<i64, StoreError> {
        let (seconds, _): (i64, i64) = self.read(&redis::cmd("TIME")).await?;
        Ok((seconds - self.now() / 1000).abs())
    }
}

/// The lines of `INFO`.
type Info = HashMap<String, String>;

fn read(text: &str) -> Info {
    let line = |line: &str| {
        let (name, value) = line.trim_end().split_once(':')?;
        Some((name.to_owned(), value.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

fn version(info: &Info) -> String {
    match (info.get("valkey_version"), info.get("redis_version")) {
        (Some(version), _) => format!("Valkey {version}"),
        (None, Some(version)) => format!("Redis {version}"),
        (None, None) => "a version that it does not tell".to_owned(),
    }
}

fn is_old(info: &Info) -> bool {
    let version = info.get("redis_version");
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    !info.contains_key("valkey_version") && major.is_none_or(|major| major < OLDEST)
}

/// Snapshots alone are not enough: what was written since the last one is lost.
fn persists(infos: &[Info]) -> Option<bool> {
    let appends = infos.iter().map(|info| info.get("aof_enabled"));
    let all: Option<Vec<&String>> = appends.collect();
    all.map(|all| all.into_iter().all(|on| on == "1"))
}

fn evicts(info: &Info) -> Option<String> {
    let policy = info.get("maxmemory_policy")?;
    (policy != "noeviction").then(|| policy.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redis_of_version_seven_and_valkey_are_young_enough() {
        for (text, shown, old) in [
            ("redis_version:7.0.15\r\n", "Redis 7.0.15", false),
            ("redis_version:6.2.6\r\n", "Redis 6.2.6", true),
            (
                "# Server\r\nredis_version:7.2.4\r\nvalkey_version:8.0.1\r\n",
                "Valkey 8.0.1",
                false,
            ),
            ("", "a version that it does not tell", true),
        ] {
            let info = read(text);
            assert_eq!((version(&info).as_str(), is_old(&info)), (shown, old));
        }
    }
}
