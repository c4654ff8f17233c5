//! Reads the service desks, and the portals of those whose portal is not known yet.

use std::time::Duration;

use tokio::task::JoinSet;

use super::seen::{Seen, Sighting};
use crate::jsm::{Deadline, Jsm, JsmError, PortalId, ServiceDesk};

/// The longest that a whole reading may take: a site may have hundreds of service desks.
const MOST_TIME: Duration = Duration::from_mins(1);
/// How many portals are asked for at once: a fraction of the burst that Atlassian allows.
const AT_ONCE: usize = 8;

/// Everything that is seen now, complete; or why not.
pub(super) async fn read(jsm: &Jsm, seen: &Seen) -> Result<Vec<Sighting>, JsmError> {
    let deadline = Deadline::after(MOST_TIME);
    let desks = jsm.service_desks(deadline).await?;
    let mut sightings: Vec<Sighting> = desks.into_iter().map(|desk| known(desk, seen)).collect();
    let unknown: Vec<&mut Sighting> = sightings
        .iter_mut()
        .filter(|one| one.portal.is_none())
        .collect();
    read_portals(jsm, unknown, deadline).await?;
    Ok(sightings)
}

fn known(desk: ServiceDesk, seen: &Seen) -> Sighting {
    let portal = seen.portal_of(&desk.id).cloned();
    Sighting { desk, portal }
}

async fn read_portals(
    jsm: &Jsm,
    mut unknown: Vec<&mut Sighting>,
    deadline: Deadline,
) -> Result<(), JsmError> {
    for some in unknown.chunks_mut(AT_ONCE) {
        let mut asked = JoinSet::new();
        for (index, sighting) in some.iter().enumerate() {
            let (jsm, id) = (jsm.clone(), sighting.desk.id.clone());
            asked.spawn(async move { (index, jsm.portal_id(&id, deadline).await) });
        }
        // A task that panicked leaves its portal unknown, as one without request types does.
        while let Some(answer) = asked.join_next().await {
            if let Ok((index, portal)) = answer
                && let Some(sighting) = some.get_mut(index)
            {
                sighting.portal = portal_or_none(portal, &sighting.desk)?;
            }
        }
    }
    Ok(())
}

/// A guessed portal may be another desk's: what passes ends the reading, to be read whole later. What does not pass, such as a
/// service desk that lists no request types to us, is left to the guess.
fn portal_or_none(
    answer: Result<Option<PortalId>, JsmError>,
    desk: &ServiceDesk,
) -> Result<Option<PortalId>, JsmError> {
    match answer {
        Ok(portal) => Ok(portal),
        Err(error) if error.passes() => Err(error),
        Err(error) => {
            tracing::warn!(service_desk = %desk.key, %error, "no portal id; the service desk's id stands in");
            Ok(None)
        }
    }
}
