//! The doors beside ours, in the words of `check` and of the desk: Atlassian's API does not tell whether a portal lets strangers in.

/// What a link does not guard.
pub const NOT_OURS: &str = "a link guards the link; who may open the native portal is decided by JSM's own permissions, which the API does not tell";

/// What to do about it.
pub const REMEDY: &str = "In each service project under Customer permissions: let only customers who were added send requests; in Jira's settings under Jira Service Management, Configuration: no self sign-up.";

/// What happens where links hand over by SAML and nobody asks for it.
pub const NOBODY_ASKS: &str = "links hand over by saml, but no service provider of the kind portal-only is set: customers will be asked to log in again";
