//! The room `jsm`.
