//! What may follow a link's slug: the few pages of a portal that a link can lead to, and nothing else.

use std::fmt;

use crate::jsm::{GroupId, ProjectKey, RequestTypeId};

use super::prefill::Prefill;

/// A page of one portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeepLink {
    /// The portal itself.
    Portal,
    /// The form of a request type, within a group or not, with some fields filled in.
    Create {
        /// The group it is shown in.
        group: Option<GroupId>,
        /// The request type.
        request_type: RequestTypeId,
        /// What is filled in.
        prefill: Prefill,
    },
    /// A group of request types.
    Group(GroupId),
    /// One request.
    Issue(IssueKey),
    /// The list of the customer's requests, over all portals.
    Requests,
}

/// No page that a link can lead to: the answer is 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no page of a portal")]
pub struct NoSuchPage;

/// A request's key, such as `HELP-12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueKey {
    project: ProjectKey,
    number: String,
}

/// The most digits of a request's number.
const MOST_DIGITS: usize = 18;

impl IssueKey {
    /// The project it belongs to, as far as the key tells.
    #[must_use]
    pub fn project(&self) -> &ProjectKey {
        &self.project
    }
}

impl std::str::FromStr for IssueKey {
    type Err = NoSuchPage;

    fn from_str(text: &str) -> Result<Self, NoSuchPage> {
        let (project, number) = text.split_once('-').ok_or(NoSuchPage)?;
        let is_number =
            (1..=MOST_DIGITS).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if !is_number {
            return Err(NoSuchPage);
        }
        Ok(Self {
            project: project.parse().map_err(|_| NoSuchPage)?,
            number: number.to_owned(),
        })
    }
}

impl fmt::Display for IssueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.project, self.number)
    }
}

impl DeepLink {
    /// What follows `/p/<slug>/`, as it stands in the address, and the query behind it, if any. `project` is the
    /// link's: a request of another project is no page of this portal.
    ///
    /// Ids and keys need no percent-encoding, so a path that has any is none of ours. A query is read where a form is
    /// filled in, and otherwise dropped.
    pub fn parse(
        path: &str,
        query: Option<&str>,
        project: &ProjectKey,
    ) -> Result<Self, NoSuchPage> {
        match Self::of_any_project(path, query)? {
            Self::Issue(key) if key.project() != project => Err(NoSuchPage),
            page => Ok(page),
        }
    }

    /// The same, with a request of whatever project.
    pub(super) fn of_any_project(path: &str, query: Option<&str>) -> Result<Self, NoSuchPage> {
        let segments: Vec<&str> = path.split('/').take(MOST_SEGMENTS + 1).collect();
        match segments.as_slice() {
            [""] => Ok(Self::Portal),
            ["requests"] => Ok(Self::Requests),
            ["create", request_type] => create(None, request_type, query),
            ["group", group] => Ok(Self::Group(id(group)?)),
            ["group", group, "create", request_type] => {
                create(Some(id(group)?), request_type, query)
            }
            [key] => Ok(Self::Issue(key.parse()?)),
            _ => Err(NoSuchPage),
        }
    }

    /// What follows `/p/<slug>`: empty, or begins with `/`. Read again, it gives the same page.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        match self {
            Self::Portal => String::new(),
            Self::Requests => "/requests".to_owned(),
            page => page.below_portal(),
        }
    }

    /// What follows a portal's own address, here and at Atlassian; nothing for pages that are not below it.
    pub(super) fn below_portal(&self) -> String {
        match self {
            Self::Portal | Self::Requests => String::new(),
            Self::Issue(key) => format!("/{key}"),
            Self::Group(group) => format!("/group/{group}"),
            Self::Create {
                group,
                request_type,
                prefill,
            } => {
                let group = group
                    .as_ref()
                    .map(|group| format!("/group/{group}"))
                    .unwrap_or_default();
                format!("{group}/create/{request_type}{}", prefill.query())
            }
        }
    }
}

/// The longest shape, `group/<id>/create/<id>`.
const MOST_SEGMENTS: usize = 4;

fn create(
    group: Option<GroupId>,
    request_type: &str,
    query: Option<&str>,
) -> Result<DeepLink, NoSuchPage> {
    Ok(DeepLink::Create {
        group,
        request_type: id(request_type)?,
        prefill: Prefill::parse(query.unwrap_or_default()).ok_or(NoSuchPage)?,
    })
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, NoSuchPage> {
    text.parse().map_err(|_| NoSuchPage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, query: Option<&str>) -> Result<DeepLink, NoSuchPage> {
        DeepLink::parse(path, query, &"HELP".parse().unwrap())
    }

    #[test]
    fn every_documented_shape_is_a_page_and_reads_back_the_same() {
        for path in [
            "",
            "/create/10",
            "/create/10?summary=A%20b%26c&customfield_100=x",
            "/group/3",
            "/group/3/create/10",
            "/HELP-12",
            "/requests",
        ] {
            let (before, query) = path.split_once('?').unwrap_or((path, ""));
            let page = parse(before.trim_start_matches('/'), Some(query)).unwrap();
            assert_eq!(page.path_and_query(), path);
        }
    }

    #[test]
    fn any_other_shape_is_no_page() {
        for path in [
            "/",
            "create",
            "create/",
            "create/10/",
            "create/x",
            "create/-1",
            "create/1%30",
            "create//10",
            "/create/10",
            "group/3/create",
            "group/3/create/10/x",
            "group/3/HELP-1",
            "requests/",
            "Requests",
            "user/requests",
            "help-12",
            "HELP-",
            "HELP-x",
            "HELP-1-2",
            "HELP-12/..",
            "..",
            "../..",
            ".",
            "%2e%2e",
            "//evil.test",
            "HELP-1\\",
            "HELP-1;x",
            "HELP-1234567890123456789",
            "create/10\0",
            "portal/1",
            "article/9",
        ] {
            assert_eq!(parse(path, None), Err(NoSuchPage), "{path}");
        }
    }

    #[test]
    fn a_request_of_another_project_is_no_page_here() {
        for key in ["HR-1", "HELPDESK-1", "HEL-1", "AHELP-1"] {
            assert_eq!(parse(key, None), Err(NoSuchPage), "{key}");
        }
    }

    #[test]
    fn a_query_where_nothing_is_filled_in_is_dropped() {
        assert_eq!(
            parse("HELP-12", Some("x=%ff&to=//evil.test"))
                .unwrap()
                .path_and_query(),
            "/HELP-12"
        );
    }

    #[test]
    fn a_form_with_a_bad_prefill_is_no_page() {
        assert_eq!(
            parse("create/10", Some("summary=a&summary=b")),
            Err(NoSuchPage)
        );
    }
}
