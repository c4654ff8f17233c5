//! Programs by others that judge the front door: how the tests start and ask them.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    clippy::unwrap_used,
    reason = "a judge that cannot be asked has failed the test"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A program that answers a line with a line.
pub(crate) struct Judge {
    child: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    /// The SAML toolkits, as strict service providers.
    pub(crate) fn of_saml() -> Self {
        Self::start(Command::new(python()).arg(file("saml_judges/judge.py")))
    }

    /// The OpenID provider; its first line tells where it is.
    pub(crate) fn openid_provider(configuration: &Value) -> (Self, Value) {
        let mut provider = Self::start(
            Command::new("node")
                .arg(file("openid/provider.mjs"))
                .arg(configuration.to_string()),
        );
        let ready = provider.answer();
        (provider, ready)
    }

    /// Prism in front of an imitation of Atlassian; its first line tells where it is.
    pub(crate) fn prism(imitation: &str) -> (Self, String) {
        let mut prism = Self::start(
            Command::new("node")
                .arg(file("atlassian/prism.mjs"))
                .arg(file("atlassian/openapi.json"))
                .arg(imitation),
        );
        let ready = prism.answer();
        let address = ready["address"].as_str().unwrap().to_owned();
        (prism, address)
    }

    /// A collector of spans; its first line tells where it is.
    pub(crate) fn collector() -> (Self, String) {
        let mut collector = Self::start(Command::new(python()).arg(file("otlp/collector.py")));
        let ready = collector.answer();
        let address = ready["address"].as_str().unwrap().to_owned();
        (collector, address)
    }

    /// Schemas and linters of what is deployed.
    pub(crate) fn of_deployment() -> Self {
        Self::start(Command::new(python()).arg(file("deploy/judge.py")))
    }

    fn start(command: &mut Command) -> Self {
        let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = started.unwrap_or_else(|error| {
            panic!("{command:?} does not start ({error}): tests/run installs what the tests need")
        });
        let (asked, answers) = (
            child.stdin.take(),
            BufReader::new(child.stdout.take().unwrap()),
        );
        Self {
            child,
            asked,
            answers,
        }
    }

    /// Asks a question and waits for the answer.
    pub(crate) fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.asked.as_mut().unwrap(), "{question}").unwrap();
        self.answer()
    }

    /// Waits for what it says next.
    pub(crate) fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert!(
            !line.is_empty(),
            "the judge ended without an answer: tests/run installs what it needs"
        );
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        drop(self.asked.take());
        let _ended = self.child.wait();
    }
}

/// The Python that tests/run prepares.
pub(crate) fn python() -> PathBuf {
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/.work/venv/bin/python");
    assert!(
        python.exists(),
        "Python with the SAML toolkits is missing: tests/run installs it"
    );
    python
}

/// A file of the counterparties.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/counterparties")
        .join(name)
}
