//! A provider at the socket.
