//! Guards that are always asked for together, as one guard: `bundle!(Around { editor, clock })` below the struct of this name and these fields, each of
//! which is a guard itself. What one of them refuses, the bundle refuses.

macro_rules! bundle {
    ($bundle:ident { $($field:ident),+ $(,)? }) => {
        #[rocket::async_trait]
        impl<'r> rocket::request::FromRequest<'r> for $bundle<'r> {
            /// The field whose guard refused.
            type Error = &'static str;

            async fn from_request(
                request: &'r rocket::Request<'_>,
            ) -> rocket::request::Outcome<Self, Self::Error> {
                use rocket::outcome::Outcome;
                Outcome::Success(Self {
                    $($field: match request.guard().await {
                        Outcome::Success(guard) => guard,
                        Outcome::Error((status, _)) => {
                            return Outcome::Error((status, stringify!($field)));
                        }
                        Outcome::Forward(status) => return Outcome::Forward(status),
                    },)+
                })
            }
        }
    };
}

pub(crate) use bundle;
