//! The front door: a self-hosted single sign-on front door for the customer portals of Jira Service Management.
//!
//! # The one line through it
//!
//! A customer opens a substitute link. Each step is one file, and no step goes back up:
//!
//! 1. [`link::follow`] finds the link; without a session it starts a login.
//! 2. [`login::start`] seals a login attempt into its own cookie and sends the browser to the identity provider.
//! 3. [`login::callback`] opens the attempt, claims it, has the code redeemed ([`provider`]), makes an [`identity`] of the claims and opens a
//!    [`session`].
//! 4. [`link::follow`] again, signed in ([`login::recheck`] asks the provider anew when its word is old): [`admission::policy`] says whether they may
//!    come here, [`admission::plan`] what must change in JSM for it, [`admission::carry_out`] does it by way of [`jsm`], and [`admission::later`] what
//!    Atlassian failed at.
//! 5. [`link::hand_over`] sends the browser to the native portal, which asks [`saml::sso`] who they are.
//!
//! # Rooms, by floor
//!
//! A room knows only rooms below it.
//!
//! | floor | rooms |
//! |---|---|
//! | 6 | [`house`] puts it all together, [`health`] says how it does, [`operations`] serves the metrics, [`cli`] is the command line |
//! | 5 | [`link`] the substitute links and pages around them, [`saml`] we as identity provider, [`admin`] the desk |
//! | 4 | [`login`] signing in |
//! | 3 | [`admission`] who may come in and what that takes, [`session`], [`figures`] how many came in |
//! | 2 | [`identity`], [`provider`], [`jsm`], [`audit`], [`trace`] what a visit went through, [`web`] what every page shares |
//! | 1 | [`store`], [`metrics`], [`spans`] for a collector, [`settings`], [`clock`], [`random`] |

pub mod admin;
pub mod admission;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod figures;
pub mod health;
pub mod house;
pub mod identity;
pub mod jsm;
pub mod link;
pub mod login;
pub mod metrics;
pub mod operations;
pub mod provider;
pub mod random;
pub mod saml;
pub mod session;
pub mod settings;
pub mod spans;
pub mod store;
pub mod trace;
pub mod web;

pub use house::{House, StartError, front_door};
