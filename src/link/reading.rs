//! Reads the service desks, and the portals of those whose portal is not known yet.

use std::time::Duration;

use tokio::task::JoinSet;

use super::seen::{Seen, Sighting};
use crate::jsm::{Deadline, Jsm, JsmError, PortalId, ServiceDesk};

/// The longest that a whole reading may take: a site may have hundreds of service desks.
const MOST_TIME: Duration = Duration::from_mins(1);
/// How many portals are asked for at once: a fraction of the burst that Atlassian allows.
const AT_ONCE: usize = 8;

/// What a reading saw.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) sightings: Vec<Sighting>,
    /// Why some service desks were left out, to be read another time; the last one's trouble.
    pub(super) left_out: Option<JsmError>,
}

/// The service desks that are seen now; or why not.
pub(super) async fn read(jsm: &Jsm, seen: &Seen) -> Result<Reading, JsmError> {
    let deadline = Deadline::after(MOST_TIME);
    let desks = jsm.service_desks(deadline).await?;
    let (known, unknown): (Vec<_>, Vec<_>) = desks
        .into_iter()
        .map(|desk| sighting(desk, seen))
        .partition(|one| one.portal.is_some());
    let mut reading = Reading {
        sightings: known,
        left_out: None,
    };
    read_portals(jsm, unknown, seen, deadline, &mut reading).await;
    match reading.left_out {
        Some(error) if reading.sightings.is_empty() => Err(error),
        _ => Ok(reading),
    }
}

fn sighting(desk: ServiceDesk, seen: &Seen) -> Sighting {
    let portal = seen.portal_of(&desk.id).cloned();
    Sighting { desk, portal }
}

async fn read_portals(
    jsm: &Jsm,
    mut unknown: Vec<Sighting>,
    seen: &Seen,
    deadline: Deadline,
    reading: &mut Reading,
) {
    while !unknown.is_empty() {
        let mut asked = JoinSet::new();
        for sighting in unknown.drain(..unknown.len().min(AT_ONCE)) {
            let jsm = jsm.clone();
            asked.spawn(async move {
                let portal = jsm.portal_id(&sighting.desk.id, deadline).await;
                (sighting.desk, portal)
            });
        }
        for (desk, portal) in asked.join_all().await {
            reading.take(desk, portal, seen);
        }
    }
}

impl Reading {
    /// A guessed portal may be another desk's, so what passes leaves a new service desk out until it can be read; one that has been shown before stays
    /// as it was. What does not pass, such as a service desk that lists no request types to us, is left to the guess.
    fn take(&mut self, desk: ServiceDesk, answer: Result<Option<PortalId>, JsmError>, seen: &Seen) {
        let portal = match answer {
            Ok(portal) => portal,
            Err(error) => {
                tracing::warn!(service_desk = %desk.key, %error, "its portal could not be read");
                let waits = error.passes() && !seen.has(&desk.id);
                if error.passes() {
                    self.left_out = Some(error);
                }
                if waits {
                    return;
                }
                None
            }
        };
        self.sightings.push(Sighting { desk, portal });
    }
}
