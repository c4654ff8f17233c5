//! Where the buckets of each histogram end, in seconds: close together where it is decided whether somebody waits, and with the time-outs among them, so
//! that "how many took longer than we allow" can be read off.

/// A whole callback: mostly one or two calls to the provider. People notice from half a second on; the usual time-out of a provider is 10 s.
pub(super) const LOGIN: [f64; 12] = [
    0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0,
];

/// One call to a provider, across the internet and back. It ends at the provider's `timeout`, 10 s unless it is set.
pub(super) const PROVIDER: [f64; 10] = [0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0];

/// One call to Atlassian, which takes its time. 4 s is the usual `budget` of a whole admission, 10 s the most that one call may take.
pub(super) const ATLASSIAN: [f64; 10] = [0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0, 7.0, 10.0];

/// One call to the store: microseconds to read a row, milliseconds to commit; a writer waits 5 s for another process.
pub(super) const STORE: [f64; 12] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0,
];

/// One request: a static file takes less than a millisecond, a callback or a first visit seconds.
pub(super) const REQUEST: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
