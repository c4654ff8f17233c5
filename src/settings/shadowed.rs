//! Saved links whose service desk has a link of a file or a variable by now: that one holds, as whatever stands outside holds over what is saved.

use rocket::figment::value::Value;

use super::load::Outside;
use super::problem::Problem;
use super::saved::{ORIGIN, Saved};

impl Outside {
    /// Takes those links out of what is saved, and says which. It closes nothing: the link outside says who may come to that service desk.
    pub(super) fn drop_shadowed(&self, saved: &mut Saved) -> Vec<Problem> {
        let Some(links) = saved.table_mut().get_mut("link") else {
            return Vec::new();
        };
        let Some(links) = links.as_table_mut() else {
            return Vec::new();
        };
        let outside = self.service_desks();
        let mut problems = Vec::new();
        links.retain(|slug, link| {
            let desk = link.get("service_desk").and_then(toml::Value::as_str);
            let holds = outside.iter().find(|(other, theirs)| {
                other != slug && desk.is_some_and(|desk| desk.eq_ignore_ascii_case(theirs))
            });
            problems.extend(holds.map(|(other, _)| shadow(slug, other)));
            holds.is_none()
        });
        problems
    }

    /// What is saved without them.
    pub(super) fn unshadowed(&self, saved: &Saved) -> Saved {
        let mut saved = saved.clone();
        self.drop_shadowed(&mut saved);
        saved
    }

    /// The links that stand outside, each with its service desk.
    fn service_desks(&self) -> Vec<(String, String)> {
        let links = self.layers().ours.find_value("link").ok();
        let links = links.and_then(Value::into_dict).unwrap_or_default();
        let desk = |(slug, link): (String, Value)| {
            let desk = link.find_ref("service_desk")?.as_str()?.to_owned();
            Some((slug, desk))
        };
        links.into_iter().filter_map(desk).collect()
    }
}

fn shadow(slug: &str, other: &str) -> Problem {
    Problem {
        key: format!("link.{slug}"),
        origin: ORIGIN.to_owned(),
        message: format!(
            "is left out: its service desk has the link {other} in a file or a variable; where people still use /p/{slug}, make {slug} an alias there"
        ),
    }
}
