//! The REST API: who asks, whether they may, and who answers.

mod customers;
mod envelope;
mod organizations;
mod platform;
mod service_desks;

use serde_json::{Value, json};

use super::customer_service;
use super::operation::{Operation, Permission, Token};
use super::site::Entrance;
use super::state::State;
use crate::http::{Answer, Asked};
use crate::random;
use envelope::{error, error_collection};

/// One call by the service account, or by nobody.
pub(super) fn answer(
    state: &mut State,
    base: &str,
    entrance: Entrance,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Answer {
    let token = match admit(state, entrance, operation, asked, path) {
        Ok(token) => token,
        Err(refused) => return refused,
    };
    match operation {
        Operation::ListDesks
        | Operation::GetDesk
        | Operation::ListRequestTypes
        | Operation::ListRequestTypeGroups => {
            service_desks::answer(state, base, operation, asked, path)
        }
        Operation::CreateCustomer
        | Operation::ListCustomers
        | Operation::AddCustomers
        | Operation::RemoveCustomers
        | Operation::InviteCustomer
        | Operation::RevokePortalAccess => customers::answer(state, base, operation, asked, path),
        Operation::ListOrganizations
        | Operation::CreateOrganization
        | Operation::GetOrganization
        | Operation::ListMembers
        | Operation::AddMembers
        | Operation::RemoveMembers
        | Operation::ListDeskOrganizations
        | Operation::AddDeskOrganization
        | Operation::RemoveDeskOrganization => {
            organizations::answer(state, base, token, operation, asked, path)
        }
        Operation::SearchUsers
        | Operation::GetUser
        | Operation::Myself
        | Operation::MyPermissions
        | Operation::ServerInfo
        | Operation::TenantInfo => platform::answer(state, base, token, operation, asked),
        Operation::SetCustomerDetail | Operation::SetCustomerName => {
            customer_service::answer(state, operation, asked, path)
        }
        Operation::UnknownRest
        | Operation::Page
        | Operation::AssertionConsumer
        | Operation::AccessToken => {
            Answer::json(404, &json!({"message": "null for uri", "status-code": 404}))
        }
    }
}

/// Up, signed in, opted in and allowed, in this order. Whose token it is; what needs none is nobody's in particular.
fn admit(
    state: &State,
    entrance: Entrance,
    operation: Operation,
    asked: &Asked,
    path: &[&str],
) -> Result<Token, Answer> {
    if state.switches.unavailable {
        return Err(Answer::text(
            503,
            "text/html",
            "<h1>Service unavailable</h1>",
        ));
    }
    if operation.is_anonymous() {
        return Ok(Token::Service);
    }
    if entrance == Entrance::CustomerService && state.customer_service.missing {
        return Err(customer_service::error(404, "There is none at this site."));
    }
    let token = authenticate(state, entrance, asked, path)?;
    let opted_in = asked.header("X-ExperimentalApi") == Some("opt-in");
    if operation.is_experimental() && !opted_in {
        return Err(error(
            412,
            "sd.experimental.api.opt.in",
            "This API is experimental. Opt in with the header X-ExperimentalApi: opt-in.",
        ));
    }
    let mut needed = operation.needs().iter();
    match needed.find(|permission| !state.may(token, **permission)) {
        Some(_) if entrance == Entrance::CustomerService => {
            Err(customer_service::error(403, "You are not permitted."))
        }
        Some(permission) => Err(forbidden(*permission)),
        None => Ok(token),
    }
}

/// Whose token it is, if it is good. Each kind is good at one entrance: classic ones at the site, scoped ones and those of OAuth clients at the gateway; all at
/// Customer Service Management.
fn authenticate(
    state: &State,
    entrance: Entrance,
    asked: &Asked,
    path: &[&str],
) -> Result<Token, Answer> {
    let header = asked.header("Authorization").unwrap_or_default();
    let token = state.token_of(asked);
    let of_gateway = header.starts_with("Bearer ")
        || state
            .switches
            .scoped
            .contains(&token.unwrap_or(Token::Service));
    let fits =
        entrance == Entrance::CustomerService || of_gateway == (entrance == Entrance::Gateway);
    if !fits && header.starts_with("Basic ") {
        let body = json!({"code": 401, "message": "Unauthorized; scope does not match"});
        return Err(Answer::json(401, &body));
    }
    let good = token.filter(|token| fits && !state.switches.expired.contains(token));
    good.ok_or_else(|| not_authenticated(path))
}

fn not_authenticated(path: &[&str]) -> Answer {
    let message = "Client must be authenticated to access this resource.";
    let refused = match path {
        ["jsm", ..] => customer_service::error(401, message),
        [_, "servicedeskapi", ..] => error(401, "sd.rest.not.authenticated", message),
        _ => error_collection(401, message),
    };
    refused
        .with("WWW-Authenticate", "OAuth realm=\"imitation\"")
        .with("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")
}

fn forbidden(permission: Permission) -> Answer {
    match permission {
        Permission::BrowseUsers => error_collection(
            403,
            "You are not authorized to perform this operation. Browse users is needed.",
        ),
        _ => error(
            403,
            "sd.rest.forbidden",
            "The user does not have permission to complete this request.",
        ),
    }
}

/// The token service: client credentials for a token that lives an hour (RFC 6749, section 4.4).
pub(super) fn access_token(state: &mut State, asked: &Asked) -> Answer {
    let body: Value = asked.json().unwrap_or_default();
    let known = body["grant_type"] == "client_credentials"
        && body["client_id"] == state.client_id.as_str()
        && body["client_secret"] == state.client_secret.as_str();
    if !known || state.switches.unavailable {
        let body = json!({"error": "access_denied", "error_description": "Unauthorized"});
        return Answer::json(if known { 503 } else { 401 }, &body);
    }
    let token = random::token();
    state.access_tokens.insert(token.clone());
    Answer::json(
        200,
        &json!({"access_token": token, "expires_in": 3600, "token_type": "Bearer"}),
    )
}
