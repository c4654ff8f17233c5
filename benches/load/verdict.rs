//! What the comparison came to: one table with ratios, and whether each aim was met.

use std::fmt::Write as _;
use std::time::Duration;

use super::compare::{Measured, Pair};
use super::measure::Run;
use super::results;

/// Where the newest table is shown.
const DOCUMENTS: [&str; 2] = ["docs/performance.md", "README.md"];

/// One thing that both do.
struct Row {
    what: String,
    ours: Run,
    theirs: Run,
    /// The most of their CPU that ours shall take.
    aim: f64,
    /// The most that was resident in any round, theirs and ours, where it is told.
    memory: String,
}

/// Prints and keeps it.
pub(crate) fn publish(machine: &str, pairs: &[Pair], length: Duration, rounds: usize) {
    let rows: Vec<Row> = pairs.iter().flat_map(rows).collect();
    let mut text = format!(
        "{machine}\n\nEach figure is the middle one of {rounds} rounds of {} s: ours / theirs = ratio.\n\n\
         | against | a second | CPU each, ms | aim | CPU of Redis, ms | p50, ms | p99, ms | resident (PSS), MB |\n|---|--:|--:|---|--:|--:|--:|--:|\n",
        length.as_secs()
    );
    for row in &rows {
        let _ = writeln!(text, "{}", row.line());
    }
    let met = rows.iter().filter(|row| row.is_met()).count();
    let _ = writeln!(text, "\n{met} of {} aims met.", rows.len());
    results::publish("compare", &text, &DOCUMENTS);
}

fn rows(pair: &Pair) -> Vec<Row> {
    let title = |what| format!("{}, {}: {what}", pair.peer, pair.what);
    let (of_checks, of_logins) = match (pair.peer, pair.what) {
        ("SATOSA", _) => (0.0, 0.05),
        (_, "with Redis") => (0.3, 0.5),
        _ => (0.5, 0.5),
    };
    let mut rows = Vec::new();
    if let (Some(ours), Some(theirs)) = (checks(&pair.ours), checks(&pair.theirs)) {
        rows.push(Row {
            what: title("session check"),
            ours,
            theirs,
            aim: of_checks,
            memory: String::new(),
        });
    }
    rows.push(Row {
        what: title("login"),
        ours: logins(&pair.ours),
        theirs: logins(&pair.theirs),
        aim: of_logins,
        memory: memory(pair),
    });
    rows
}

fn checks(all: &[Measured]) -> Option<Run> {
    let runs: Vec<Run> = all.iter().filter_map(|one| one.checks).collect();
    (!runs.is_empty()).then(|| Run::median(&runs))
}

fn logins(all: &[Measured]) -> Run {
    let runs: Vec<Run> = all.iter().map(|one| one.logins).collect();
    Run::median(&runs)
}

/// Both ways to count pages that a front's processes share.
fn memory(pair: &Pair) -> String {
    let most =
        |all: &[Measured], figure: fn(&Measured) -> f64| all.iter().map(figure).fold(0.0, f64::max);
    let both = |figure| (most(&pair.ours, figure), most(&pair.theirs, figure));
    format!(
        "{} ({})",
        ratio(both(|one| one.memory.resident), 0),
        ratio(both(|one| one.memory.proportional), 0)
    )
}

impl Row {
    fn is_met(&self) -> bool {
        self.ours.cpu_ms <= self.theirs.cpu_ms * self.aim
    }

    fn line(&self) -> String {
        let both = |figure: fn(&Run) -> f64| (figure(&self.ours), figure(&self.theirs));
        let met = if self.is_met() { "met" } else { "**missed**" };
        let of_store = self.ours.store_cpu_ms.zip(self.theirs.store_cpu_ms);
        format!(
            "| {} | {} | {} | ≤ {}: {met} | {} | {} | {} | {} |",
            self.what,
            ratio(both(|run| run.per_second), 0),
            ratio(both(|run| run.cpu_ms), 3),
            self.aim,
            of_store.map_or_else(String::new, |both| ratio(both, 3)),
            ratio(both(|run| run.p50_ms), 1),
            ratio(both(|run| run.p99_ms), 1),
            self.memory,
        )
    }
}

fn ratio((ours, theirs): (f64, f64), digits: usize) -> String {
    format!("{ours:.digits$} / {theirs:.digits$} = {:.2}", ours / theirs)
}
