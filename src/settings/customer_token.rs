//! `atlassian.customer_token`: a second token, for making customers and for nothing else. That alone needs a Jira administrator, so that the first token
//! need not be one's.

use jiff::civil::Date;
use secrecy::SecretString;

use super::atlassian::{TokenKind, date, kind};
use super::field::Field;
use super::reader::Table;

/// The second token. It is of the same kind as the first and goes to the same place.
#[derive(Debug, Clone)]
pub struct CustomerToken {
    /// `customer_email`: the address of its account; that of the first token's when not set.
    pub email: String,
    /// The token.
    pub token: SecretString,
    /// `customer_token_expires`.
    pub expires: Option<Date>,
}

const TOKEN: &str = "customer_token";
const IN_FILE: &str = "customer_token_file";
const EMAIL: &str = "customer_email";
const EXPIRES: &str = "customer_token_expires";

/// Reads it; `None` when there is none, or when something of it is wrong.
pub(super) fn read(table: &Table<'_>) -> Option<CustomerToken> {
    if kind(table) == TokenKind::OAuth {
        complain(table, &[TOKEN, IN_FILE, EMAIL, EXPIRES], OAUTH);
        return None;
    }
    let token = table.secret(TOKEN);
    let email = table.read(EMAIL, Field::line);
    let expires = table.read(EXPIRES, date);
    if table.field(TOKEN).is_none() && table.field(IN_FILE).is_none() {
        complain(table, &[EMAIL, EXPIRES], ALONE);
    }
    Some(CustomerToken {
        email: email.or_else(|| table.read("email", Field::line))?,
        token: token?,
        expires,
    })
}

const OAUTH: &str = "does not belong to token_kind = \"oauth\": there is one client for everything";

const ALONE: &str = "says nothing without customer_token";

fn complain(table: &Table<'_>, keys: &[&str], message: &str) {
    for key in keys {
        if table.has(key) {
            table.complain(key, message);
        }
    }
}
