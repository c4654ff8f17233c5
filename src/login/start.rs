//! How a login starts, whoever asks for it: the attempt into its cookie, the browser off to the provider.

use rocket::response::Redirect;

use crate::web::{LoginRate, Reason, Refusal, Visit};

use super::ReturnTo;
use super::again::start_again;
use super::cookies::Cookies;
use super::recheck::Current;
use super::service::{Begin, Login};

/// Starts an attempt for one provider and puts its cookies into the answer. What every way into a login ends in.
pub async fn go(
    begin: Begin<'_>,
    login: &Login,
    visit: &Visit,
    rate: &LoginRate,
    cookies: &Cookies<'_>,
) -> Result<Redirect, Refusal> {
    let mut attempts = cookies.attempts();
    let to_desk = begin.return_to.is_desk();
    let started = login.begin(begin, visit, rate, &mut attempts).await;
    let address = started.map_err(|refusal| {
        if to_desk {
            refusal.side_door()
        } else {
            refusal
        }
    })?;
    cookies.set_attempts(attempts);
    Ok(Redirect::to(address))
}

/// Starts a login for somebody who came without a session that counts: at the provider where they are to prove anew who they are, at the only one, or by the
/// chooser.
pub async fn go_anywhere(
    current: &Current<'_>,
    to: ReturnTo,
    login: &Login,
    visit: &Visit,
    rate: &LoginRate,
    cookies: &Cookies<'_>,
) -> Result<Redirect, Refusal> {
    if !visit.navigation.is_browser() {
        return Err(Refusal::new(Reason::LoginRequired));
    }
    let known = current.at().and_then(|name| login.providers.get(name));
    let Some(only) = known.or(login.providers.only()) else {
        return if login.providers.is_empty() {
            Err(no_provider())
        } else {
            Ok(Redirect::to(start_again(&to)))
        };
    };
    let begin = Begin::at(only.name(), to);
    go(begin, login, visit, rate, cookies).await
}

/// Nobody can sign in yet.
pub fn no_provider() -> Refusal {
    Refusal::new(Reason::ProviderUnavailable)
        .because("no identity provider is set up")
        .not_set_up()
}
