//! The room `saml`.
