//! What was found, for people and for programs.

use std::process::ExitCode;

use serde::Serialize;
use serde_json::json;

use super::super::CommandError;
use super::super::output::{say, say_json};

/// One thing that was tested.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) outcome: Outcome,
    pub(super) detail: String,
    pub(super) remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Ok,
    Warning,
    Failed,
}

impl Check {
    pub(super) fn new(
        name: impl Into<String>,
        outcome: Outcome,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            outcome,
            detail: detail.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(name, Outcome::Ok, detail, "")
    }
}

pub(super) fn report(checks: &[Check], as_json: bool) -> Result<ExitCode, CommandError> {
    let failed = checks.iter().any(|check| check.outcome == Outcome::Failed);
    if as_json {
        say_json(&json!({ "ok": !failed, "checks": checks }))?;
    } else {
        for check in checks {
            let mark = match check.outcome {
                Outcome::Ok => "ok     ",
                Outcome::Warning => "warning",
                Outcome::Failed => "FAILED ",
            };
            say(format!("{mark}  {}: {}", check.name, check.detail))?;
            if !check.remedy.is_empty() {
                say(format!("         {}", check.remedy))?;
            }
        }
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
