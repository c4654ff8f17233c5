//! What was measured, as tables for people; `docs/performance.md` keeps the newest.

use std::time::Duration;

use super::measure::Run;

/// Everything at one number of sessions in the store.
pub(crate) struct Row {
    pub(crate) sessions: usize,
    pub(crate) start: Duration,
    pub(crate) checks: Run,
    pub(crate) gate: Run,
    pub(crate) saml: Run,
    /// One RSA signature, measured between the two kinds of logins.
    pub(crate) rsa_ms: f64,
    /// Resident after the checks, in MB.
    pub(crate) memory: f64,
    /// And after the logins.
    pub(crate) memory_after: f64,
}

/// What the machine can do.
pub(crate) fn machine(redirect: Run) {
    println!(
        "A bare Rocket redirect: {:.3} ms CPU, {:.0} a second on one core.\n",
        redirect.cpu_ms, redirect.per_second
    );
}

/// One number of sessions.
pub(crate) fn row(row: &Row) {
    println!("## {} sessions in the store\n", row.sessions);
    println!("| what | a second | CPU each, ms | p50, ms | p99, ms |\n|---|--:|--:|--:|--:|");
    line("session check (`gate`)", &row.checks);
    line("login, `gate`", &row.gate);
    line("login, `saml`", &row.saml);
    let assertion = row.saml.cpu_ms - row.gate.cpu_ms;
    println!(
        "\nAn assertion costs {assertion:.3} ms on top: {:.2} times its two RSA signatures of {:.3} ms each.",
        assertion / (2.0 * row.rsa_ms),
        row.rsa_ms
    );
    println!(
        "Listening after {:.3} s; resident {:.1} MB after the checks, {:.1} MB after the logins.\n",
        row.start.as_secs_f64(),
        row.memory,
        row.memory_after
    );
}

/// How the largest number of sessions compares with the smallest.
pub(crate) fn growth(rows: &[Row]) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return;
    };
    println!(
        "With {} sessions instead of {}: a check costs {:.2} times as much, a login {:.2} (`gate`) and {:.2} times (`saml`).",
        last.sessions,
        first.sessions,
        last.checks.cpu_ms / first.checks.cpu_ms,
        last.gate.cpu_ms / first.gate.cpu_ms,
        last.saml.cpu_ms / first.saml.cpu_ms,
    );
}

fn line(what: &str, run: &Run) {
    println!(
        "| {what} | {:.0} | {:.3} | {:.2} | {:.2} |",
        run.per_second, run.cpu_ms, run.p50_ms, run.p99_ms
    );
}
