//! The room `login`.
