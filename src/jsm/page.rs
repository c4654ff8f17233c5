//! Lists that come in pages: read to their end, or not at all.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::call::Call;
use super::client::Jsm;
use super::deadline::Deadline;
use super::error::JsmError;

/// How many entries are asked for at once: what Atlassian gives when nothing is asked. It may give fewer.
pub(super) const PAGE: usize = 50;
/// The most pages that are read of one list.
const MOST_PAGES: usize = 400;

/// One page. Its links are not read: behind the gateway they lead to another host.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) size: usize,
    #[serde(rename = "isLastPage")]
    pub(super) last: bool,
    pub(super) values: Vec<T>,
}

impl Jsm {
    /// The whole list of `call`. A list that is not read to its end is an error, never a shorter list: what is
    /// missing in it would look as if it were gone. `id` tells entries apart, for pages shift while they are read.
    pub(super) async fn all<T, K>(
        &self,
        call: &Call,
        deadline: Deadline,
        id: impl Fn(&T) -> K,
    ) -> Result<Vec<T>, JsmError>
    where
        T: DeserializeOwned,
        K: Ord,
    {
        let (mut seen, mut all, mut start) = (BTreeSet::new(), Vec::new(), 0);
        for _ in 0..MOST_PAGES {
            let call = call
                .clone()
                .query("start", start.to_string())
                .query("limit", PAGE.to_string());
            let page: Page<T> = self.ask(&call, deadline).await?;
            let before = all.len();
            all.extend(
                page.values
                    .into_iter()
                    .filter(|value| seen.insert(id(value))),
            );
            if page.last {
                return Ok(all);
            }
            if page.size == 0 || all.len() == before {
                return Err(endless(call.operation, "its pages bring nothing new"));
            }
            start += page.size;
        }
        Err(endless(call.operation, "it has too many pages"))
    }
}

fn endless(operation: super::Operation, why: &str) -> JsmError {
    JsmError::Unreadable {
        operation,
        why: why.to_owned(),
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
