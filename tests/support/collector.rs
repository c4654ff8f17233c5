//! A collector of spans that nobody here wrote the messages of, and what it was sent.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "what a collector cannot tell has failed the test"
)]

#[path = "judges.rs"]
mod judges;

use std::time::{Duration, Instant};

use judges::Judge;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long anything may take to come.
const PATIENCE: Duration = Duration::from_mins(1);

/// The collector, and where it is.
pub(crate) struct Collector {
    judge: Judge,
    pub(crate) address: String,
}

/// One span.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Span {
    pub(crate) trace: String,
    pub(crate) id: String,
    /// Empty: it is the first of its trace.
    pub(crate) parent: String,
    pub(crate) links: Vec<String>,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) failed: bool,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) says: Map<String, Value>,
    pub(crate) resource: Map<String, Value>,
}

impl Span {
    /// What an attribute says.
    pub(crate) fn says(&self, key: &str) -> &str {
        self.says.get(key).and_then(Value::as_str).unwrap_or("")
    }
}

/// Everything that came so far.
#[derive(Debug, Deserialize)]
pub(crate) struct Came {
    pub(crate) spans: Vec<Span>,
    pub(crate) faults: Vec<String>,
    pub(crate) messages: usize,
    pub(crate) headers: Vec<Map<String, Value>>,
}

impl Came {
    /// The first span of this name.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> &Span {
        let found = self.spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("{name} is not among {:?}", self.names()))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.spans.iter().map(|span| span.name.as_str()).collect()
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.spans.iter().any(|span| span.name == name)
    }
}

impl Collector {
    pub(crate) fn start() -> Self {
        let (judge, address) = Judge::collector();
        Self { judge, address }
    }

    /// The settings by which a front door sends everything there.
    pub(crate) fn settings(&self) -> String {
        format!("[default.tracing]\nendpoint = {:?}\n", self.address)
    }

    /// What came so far. Nothing of it may be wrong.
    pub(crate) fn came(&mut self) -> Came {
        let came: Came = self.asked(&json!({ "ask": "spans" }));
        assert_eq!(came.faults, [""; 0]);
        came
    }

    /// Waits until this has come; what has not come after so long never will.
    pub(crate) async fn until(&mut self, mut is_there: impl FnMut(&Came) -> bool) -> Came {
        let end = Instant::now() + PATIENCE;
        loop {
            let came = self.came();
            if is_there(&came) {
                return came;
            }
            assert!(Instant::now() < end, "only {:?} came", came.names());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// From now on it answers so.
    pub(crate) fn answers(&mut self, status: u16, refuse: u64) {
        let _: Came = self.asked(&json!({ "ask": "answer", "status": status, "refuse": refuse }));
    }

    /// The places of the texts that stand in anything that came.
    pub(crate) fn heard(&mut self, texts: &[String]) -> Vec<usize> {
        let answer = self.judge.ask(&json!({ "ask": "heard", "texts": texts }));
        serde_json::from_value(answer["heard"].clone()).unwrap()
    }

    fn asked<T: serde::de::DeserializeOwned>(&mut self, question: &Value) -> T {
        serde_json::from_value(self.judge.ask(question)).unwrap()
    }
}
