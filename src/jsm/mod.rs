//! Atlassian's REST API: one file a resource, and one `send` that is the only way out.
//!
//! ```text
//! client.rs        Jsm: what the rest of the house holds
//! account.rs       the service account: the base address and the Authorization header of a token kind
//! gateway.rs       the API gateway, below the site's id in the cloud
//! creator.rs       the second account, which makes customers and does nothing else
//! bearer.rs        the token of an OAuth client
//! deadline.rs      until when an answer is of use
//! call.rs          one call as a value
//! requests.rs      one request sent, counted and timed
//! send.rs          one call carried out: time-outs, tries, the answer bounded and judged
//! breaker.rs       a site that is away is asked now and then alone
//! limits.rs        what Atlassian asks to be let alone with (429)
//! retry.rs         whether to try again, and after how long
//! page.rs          lists that come in pages
//! ids.rs           ids and keys that are safe in addresses
//! customer_service.rs  the API for names and details of customers
//! examine.rs       whether a token is what it should be; examine_creator.rs: the second one
//! service_desk.rs  request_type.rs  customer.rs  user.rs  organization.rs  token.rs  permission.rs
//! ```

mod account;
mod answer;
mod bearer;
mod breaker;
mod call;
mod client;
mod creator;
mod customer;
mod customer_service;
mod deadline;
mod error;
mod examine;
mod examine_creator;
mod gateway;
pub mod ids;
mod limits;
mod organization;
mod page;
mod permission;
mod request_type;
mod requests;
#[cfg(test)]
mod resource_tests;
mod retry;
#[cfg(test)]
pub(crate) mod scripted_site;
mod send;
mod service_desk;
mod shapes;
mod token;
mod user;

pub use client::Jsm;
pub use customer::{Creation, Mailed};
pub use deadline::Deadline;
pub use error::{JsmError, Operation};
pub use examine::{Examination, MOST_PROJECTS, TokenProblem};
pub use examine_creator::Excess;
pub use ids::{
    AccountId, GroupId, OrganizationId, PortalId, ProjectKey, RequestTypeId, ServiceDeskId,
};
pub use organization::Organization;
pub use permission::{Held, Needed, PermissionFinding, Token};
pub use service_desk::ServiceDesk;
pub use shapes::understood;
pub use token::{Permissions, ServiceAccount, SiteInfo, days_left};
pub use user::{AccountType, Lookup, Obscured};
