//! `/login`: the page where people prove who they are.

use std::fmt::Write as _;

use super::authorize::{Refused, Request};
use super::grants::{LOGIN_PAGE_LIFE, SESSION_LIFE, SignedIn, is_over};
use super::pool::{Pool, State, error_page};
use crate::html::{self, escape};
use crate::http::{Answer, Asked, Parameters};
use crate::random;

/// The form, for a request that is in order.
pub(super) fn show(pool: &Pool, asked: &Asked) -> Answer {
    let now = pool.clock.now();
    pool.change(|state| match Request::read(state, &asked.parameters()) {
        Ok(request) => form(state, asked, &request.login_hint, "", now),
        Err(refused) => refused.into_answer(),
    })
}

/// The filled-in form: back to the one who asked, or the form again.
pub(super) fn submit(pool: &Pool, asked: &Asked) -> Answer {
    let now = pool.clock.now();
    let fields = asked.form();
    pool.change(|state| {
        if !is_open(state, asked, fields.text("_csrf"), now) {
            return error_page("The login page was open for too long, or a newer one was opened.");
        }
        let request = match Request::read(state, &asked.parameters()) {
            Ok(request) => request,
            Err(refused) => return refused.into_answer(),
        };
        let Some(username) = proven(state, &fields) else {
            let sorry = "Incorrect username or password.";
            return form(state, asked, fields.text("username"), sorry, now);
        };
        if state.enabled(&username).is_none() {
            return form(state, asked, &username, "User is disabled.", now);
        }
        state.login_pages.remove(fields.text("_csrf"));
        let who = SignedIn { username, at: now };
        let cookie = random::token();
        state.sessions.insert(cookie.clone(), who.clone());
        let life = format!(
            "Path=/; HttpOnly; SameSite=Lax; Max-Age={}",
            SESSION_LIFE.as_secs()
        );
        request
            .grant(state, who, now)
            .map_or_else(Refused::into_answer, |url| Answer::redirect(&url))
            .with_cookie("cognito", &cookie, &life)
    })
}

/// A login page ends after a while, and when a newer one is opened in the same browser.
fn is_open(state: &State, asked: &Asked, csrf: &str, now: jiff::Timestamp) -> bool {
    let newest = asked.cookie("XSRF-TOKEN") == Some(csrf) || state.config.parallel_tabs;
    let opened = state.login_pages.get(csrf);
    newest && opened.is_some_and(|&at| !is_over(at, LOGIN_PAGE_LIFE, now))
}

/// The name of the one who proved who they are: by password, or by the button that the demo offers.
fn proven(state: &State, fields: &Parameters) -> Option<String> {
    if let Some(clicked) = fields.get("person").filter(|_| state.config.show_people) {
        return state.person(clicked).map(|person| person.username.clone());
    }
    let person = state.person(fields.text("username"))?;
    (person.password == fields.text("password")).then(|| person.username.clone())
}

fn form(
    state: &mut State,
    asked: &Asked,
    username: &str,
    sorry: &str,
    now: jiff::Timestamp,
) -> Answer {
    let csrf = random::token();
    state.login_pages.insert(csrf.clone(), now);
    let action = escape(&format!("/login?{}", asked.query));
    let mut main = String::new();
    if !sorry.is_empty() {
        let _ = write!(main, "<p role=\"alert\">{}</p>", escape(sorry));
    }
    let _ = write!(
        main,
        "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"_csrf\" value=\"{csrf}\">\
         <label for=\"username\">Username</label><input id=\"username\" name=\"username\" value=\"{}\" autocomplete=\"username\" required>\
         <label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\" required>\
         <button type=\"submit\">Sign in</button></form>",
        escape(username)
    );
    if state.config.show_people {
        main.push_str(&people(state, &action, &csrf));
    }
    let page = html::page(
        "Imitation of Amazon Cognito",
        "Sign in",
        "data-page=\"cognito-login\"",
        &main,
    );
    Answer::page(200, page).with_cookie("XSRF-TOKEN", &csrf, "Path=/; HttpOnly; SameSite=Lax")
}

/// A button for each user, so that nobody has to type a password in a demo.
fn people(state: &State, action: &str, csrf: &str) -> String {
    let mut list = format!(
        "<h2>Or sign in as one of these</h2><form method=\"post\" action=\"{action}\">\
         <input type=\"hidden\" name=\"_csrf\" value=\"{csrf}\"><ul class=\"people\">"
    );
    for person in &state.config.people {
        let _ = write!(
            list,
            "<li><button type=\"submit\" name=\"person\" value=\"{}\">{}</button> {}</li>",
            escape(&person.username),
            escape(person.shown_name()),
            escape(&person.note)
        );
    }
    list.push_str("</ul></form>");
    list
}
