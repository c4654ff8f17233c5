//! The calls of Jira's platform API.

use serde_json::{Map, Value, json};

use super::super::accounts::{Account, AccountType};
use super::super::operation::{Operation, Permission, Token};
use super::super::state::State;
use super::customers::matches;
use super::envelope::{error_collection, user};
use crate::http::{Answer, Asked};

const DEFAULT_RESULTS: usize = 50;

pub(super) fn answer(
    state: &State,
    base: &str,
    token: Token,
    operation: Operation,
    asked: &Asked,
) -> Answer {
    match operation {
        Operation::SearchUsers => search(state, base, token, asked),
        Operation::GetUser => get_user(state, base, asked),
        Operation::Myself => Answer::json(200, &user(base, &account_of(state, token))),
        Operation::MyPermissions => permissions(state, token, asked),
        Operation::ServerInfo => Answer::json(200, &server_info(base)),
        _ => Answer::json(200, &json!({"cloudId": state.cloud_id})),
    }
}

/// Whoever begins so, not only who is meant; nobody at all, and 200, when the permission is missing.
fn search(state: &State, base: &str, token: Token, asked: &Asked) -> Answer {
    let parameters = asked.parameters();
    let Some(query) = parameters.get("query") else {
        return error_collection(400, "The query parameter is missing.");
    };
    let query = query.to_lowercase();
    let allowed = state.may(token, Permission::BrowseUsers);
    let found: Vec<_> = state
        .accounts
        .iter()
        .filter(|account| allowed && account.active && matches(account, &query))
        .skip(parameters.number("startAt").unwrap_or(0))
        .take(parameters.number("maxResults").unwrap_or(DEFAULT_RESULTS))
        .map(|account| user(base, account))
        .collect();
    Answer::json(200, &Value::Array(found))
}

fn get_user(state: &State, base: &str, asked: &Asked) -> Answer {
    match state.by_id(asked.parameters().text("accountId")) {
        Some(account) => Answer::json(200, &user(base, account)),
        None => error_collection(404, "Specified user does not exist."),
    }
}

fn account_of(state: &State, token: Token) -> Account {
    let (id, email, display_name) = match token {
        Token::Customer if state.customer_email != state.email => {
            ("b0b1", &state.customer_email, "Customer maker")
        }
        _ => ("b0b0", &state.email, "Service account"),
    };
    Account {
        id: format!("712020:00000000-0000-4000-a000-00000000{id}"),
        kind: AccountType::Atlassian,
        email: email.clone(),
        email_hidden: false,
        display_name: display_name.to_owned(),
        active: true,
    }
}

fn permissions(state: &State, token: Token, asked: &Asked) -> Answer {
    let parameters = asked.parameters();
    let wanted = parameters.text("permissions");
    if wanted.is_empty() {
        return error_collection(400, "The 'permissions' query parameter is required.");
    }
    let mut permissions = Map::new();
    for key in wanted.split(',') {
        let known = Permission::ALL
            .iter()
            .zip(0..)
            .find(|(row, _)| row.1 == key);
        let Some((&(permission, key, name, kind), id)) = known else {
            return error_collection(400, &format!("Unrecognized permission: {key}"));
        };
        let entry = json!({
            "id": id.to_string(),
            "key": key,
            "name": name,
            "type": kind,
            "description": name,
            "havePermission": state.may(token, permission),
        });
        permissions.insert(key.to_owned(), entry);
    }
    Answer::json(200, &json!({"permissions": permissions}))
}

fn server_info(base: &str) -> Value {
    json!({
        "baseUrl": base,
        "displayUrl": base,
        "displayUrlServicedeskHelpCenter": base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_290,
        "buildDate": "2026-11-02T10:00:00.000+0000",
        "serverTime": "2026-11-02T12:00:00.000+0000",
        "scmInfo": "0000000000000000000000000000000000000000",
        "serverTitle": "Imitation",
    })
}
