//! The front door: a self-hosted single sign-on front door for the customer portals of Jira Service Management.

pub mod admission;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod identity;
pub mod jsm;
pub mod link;
pub mod login;
pub mod provider;
pub mod random;
pub mod saml;
pub mod session;
pub mod settings;
pub mod store;
pub mod web;
