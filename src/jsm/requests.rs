//! One request sent and its answer read, counted and timed whatever comes of it.

use std::time::Duration;

use reqwest::RequestBuilder;
use tokio::time::Instant;

use super::answer::{Answer, Failure, broken, judge};
use super::error::{JsmError, Operation};
use crate::metrics::{Answered, Metrics};

/// How requests leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requests<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) metrics: &'a Metrics,
}

impl Requests<'_> {
    /// Sends a request and judges what comes back within this time.
    pub(super) async fn exchange(
        self,
        operation: Operation,
        request: RequestBuilder,
        time: Duration,
    ) -> Result<Answer, Failure> {
        let mut status = None;
        let begun = Instant::now();
        let answer = self.try_to(operation, request, time, &mut status).await;
        let answered = match (&answer, status) {
            (Err(failure), _) if matches!(failure.error, JsmError::TooSlow { .. }) => {
                Answered::TooSlow
            }
            (_, Some(status)) => Answered::Status(status),
            (_, None) => Answered::NotAtAll,
        };
        self.metrics.atlassian(operation, answered, begun.elapsed());
        answer
    }

    async fn try_to(
        self,
        operation: Operation,
        request: RequestBuilder,
        time: Duration,
        status: &mut Option<u16>,
    ) -> Result<Answer, Failure> {
        let broken = |error: reqwest::Error| broken(operation, &error);
        let request = request.timeout(time).build().map_err(broken)?;
        let asked = request.url().clone();
        let response = self.client.execute(request).await.map_err(broken)?;
        *status = Some(response.status().as_u16());
        judge(operation, &asked, response).await
    }
}
