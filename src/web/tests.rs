//! How the room behaves as a whole, asked over HTTP.
