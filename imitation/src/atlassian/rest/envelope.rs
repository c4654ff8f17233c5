//! The shapes that all answers share: pages, errors, users.

use serde_json::{Map, Value, json};

use super::super::accounts::Account;
use crate::http::{Answer, Asked};

/// What a page holds when nobody says otherwise.
const DEFAULT_LIMIT: usize = 50;

/// An error of the service desk API.
pub(super) fn error(status: u16, key: &str, message: &str) -> Answer {
    let body = json!({
        "errorMessage": message,
        "i18nErrorMessage": {"i18nKey": key, "parameters": []},
    });
    Answer::json(status, &body)
}

/// An error of the platform API.
pub(super) fn error_collection(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"errorMessages": [message], "errors": {}}))
}

/// One page of `values`, never more than `cap`. `_links.next` names the site even where a gateway is asked.
pub(super) fn page(base: &str, asked: &Asked, cap: usize, values: Vec<Value>) -> Answer {
    let parameters = asked.parameters();
    let start = parameters.number("start").unwrap_or(0);
    let limit = parameters.number("limit").unwrap_or(DEFAULT_LIMIT).min(cap);
    let total = values.len();
    let shown: Vec<_> = values.into_iter().skip(start).take(limit).collect();
    let at = |start: usize| format!("{base}{}?start={start}&limit={limit}", asked.path);
    let mut links = Map::new();
    links.insert("self".into(), json!(format!("{base}{}", asked.target())));
    links.insert("base".into(), json!(base));
    links.insert("context".into(), json!(""));
    let is_last = start + shown.len() >= total;
    if !is_last {
        links.insert("next".into(), json!(at(start + shown.len())));
    }
    if start > 0 {
        links.insert("prev".into(), json!(at(start.saturating_sub(limit))));
    }
    let body = json!({
        "_expands": [],
        "size": shown.len(),
        "start": start,
        "limit": limit,
        "isLastPage": is_last,
        "_links": links,
        "values": shown,
    });
    Answer::json(200, &body)
}

/// A user as the service desk API shows them: without `accountType`.
pub(super) fn customer(base: &str, account: &Account) -> Value {
    let id = &account.id;
    let mut user = json!({
        "accountId": id,
        "displayName": account.display_name,
        "active": account.active,
        "timeZone": "Europe/Berlin",
        "_links": {
            "jiraRest": format!("{base}/rest/api/2/user?accountId={id}"),
            "avatarUrls": avatars(base),
            "self": format!("{base}/rest/api/2/user?accountId={id}"),
        },
    });
    if !account.email_hidden {
        user["emailAddress"] = json!(account.email);
    }
    user
}

/// A user as the platform API shows them.
pub(super) fn user(base: &str, account: &Account) -> Value {
    let mut user = json!({
        "self": format!("{base}/rest/api/3/user?accountId={}", account.id),
        "accountId": account.id,
        "accountType": account.kind.name(),
        "avatarUrls": avatars(base),
        "displayName": account.display_name,
        "active": account.active,
        "timeZone": "Europe/Berlin",
        "locale": "en_US",
    });
    if !account.email_hidden {
        user["emailAddress"] = json!(account.email);
    }
    user
}

fn avatars(base: &str) -> Value {
    let at = |size: u8| format!("{base}/avatar?size={size}");
    json!({"16x16": at(16), "24x24": at(24), "32x32": at(32), "48x48": at(48)})
}

/// The account ids in a body such as `{"accountIds": […]}`.
pub(super) fn account_ids(asked: &Asked) -> Option<Vec<String>> {
    let body = asked.json()?;
    let ids = body.get("accountIds")?.as_array()?;
    ids.iter()
        .map(|id| id.as_str().map(str::to_owned))
        .collect()
}
