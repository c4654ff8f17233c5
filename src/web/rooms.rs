//! The rooms as the settings have them now. Settings may change while the house stands: then all rooms that depend on them are put together anew and
//! exchanged at once, and a request that is under way goes on with those that it began with.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Ignite, Request, Rocket, Sentinel, async_trait};

/// One room, as a handler asks for it: `&Room<Login>`. Like Rocket's `State`, but for what may be exchanged.
#[derive(Debug)]
pub struct Room<T>(Arc<T>);

impl<T> Deref for Room<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Rooms of one time, each of a type of its own.
#[derive(Default, Clone)]
pub struct Rooms(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Rooms {
    /// These and one more; one of the same type is replaced.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, room: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Arc::new(room));
        self
    }

    fn get<T: Send + Sync + 'static>(&self) -> Option<Room<T>> {
        let room = self.0.get(&TypeId::of::<T>())?;
        Arc::clone(room).downcast().ok().map(Room)
    }
}

/// The rooms of now. Clones share them.
#[derive(Clone)]
pub struct Live(Arc<RwLock<Arc<Rooms>>>);

/// The rooms that one request goes on with.
struct Held(Option<Arc<Rooms>>);

impl Live {
    /// Begins with these.
    #[must_use]
    pub fn new(rooms: Rooms) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(rooms))))
    }

    /// From the next request on these.
    pub fn exchange(&self, rooms: Rooms) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rooms);
    }

    /// A room of now, for whoever has no request.
    #[must_use]
    pub fn room<T: Send + Sync + 'static>(&self) -> Option<Room<T>> {
        self.now().get()
    }

    fn now(&self) -> Arc<Rooms> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Send + Sync + 'static> Room<T> {
    /// The room of this request; `None` in a house without it.
    pub fn of<'r>(request: &'r Request<'_>) -> Option<&'r Self> {
        let held = request.local_cache(|| Held(request.rocket().state::<Live>().map(Live::now)));
        let rooms = held.0.as_ref()?;
        request.local_cache(|| rooms.get::<T>()).as_ref()
    }
}

#[async_trait]
impl<'r, T: Send + Sync + 'static> FromRequest<'r> for &'r Room<T> {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        match Room::of(request) {
            Some(room) => Outcome::Success(room),
            None => Outcome::Error((
                Status::InternalServerError,
                "the house was put together without a room",
            )),
        }
    }
}

/// A house without a room that a handler asks for does not open.
impl<T: Send + Sync + 'static> Sentinel for &Room<T> {
    fn abort(rocket: &Rocket<Ignite>) -> bool {
        let rooms = rocket.state::<Live>().map(Live::now);
        !rooms.is_some_and(|rooms| rooms.0.contains_key(&TypeId::of::<T>()))
    }
}

#[cfg(test)]
mod tests {
    use rocket::error::ErrorKind;
    use rocket::local::blocking::Client;
    use rocket::{get, routes};

    use super::*;

    #[get("/")]
    fn told(number: &Room<u32>) -> String {
        number.to_string()
    }

    #[test]
    fn an_exchanged_room_is_there_for_the_next_request() {
        let live = Live::new(Rooms::default().with(1_u32));
        let house = rocket::build().manage(live.clone());
        let client = Client::untracked(house.mount("/", routes![told])).unwrap();
        let ask = || client.get("/").dispatch().into_string();
        assert_eq!(ask().as_deref(), Some("1"));
        live.exchange(Rooms::default().with(2_u32));
        assert_eq!(ask().as_deref(), Some("2"));
    }

    #[test]
    fn a_house_without_a_room_does_not_open() {
        let house = rocket::build().manage(Live::new(Rooms::default()));
        let refused = Client::untracked(house.mount("/", routes![told])).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::SentinelAborts(_)));
    }
}
