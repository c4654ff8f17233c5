//! Service desks, and three ready ones.

/// Who may open a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without logging in.
    Open,
    /// Every customer of the site.
    Customers,
    /// The customers who were added, themselves or by an organization.
    Added,
}

/// One service desk with its portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDesk {
    /// Its id in the API.
    pub id: u64,
    /// Its project's id.
    pub project_id: u64,
    /// Its project's key.
    pub key: String,
    /// Its project's name.
    pub name: String,
    /// The id of its portal, which is another number.
    pub portal_id: u64,
    /// Who may open it.
    pub access: Access,
    /// What may be asked for there.
    pub request_types: Vec<RequestType>,
    /// The groups that request types are shown in: id and name.
    pub groups: Vec<(u64, String)>,
}

/// One kind of request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestType {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The groups that show it.
    pub groups: Vec<u64>,
}

impl ServiceDesk {
    /// A desk with one group of two request types; open to customers who were added.
    #[must_use]
    pub fn new(id: u64, portal_id: u64, key: &str, name: &str) -> Self {
        let request_type = |nth: u64, name: &str| RequestType {
            id: portal_id * 100 + nth,
            name: name.to_owned(),
            description: format!("{name}, in a few words"),
            groups: vec![portal_id * 10],
        };
        Self {
            id,
            project_id: 10_000 + id,
            key: key.to_owned(),
            name: name.to_owned(),
            portal_id,
            access: Access::Added,
            request_types: vec![
                request_type(1, "Ask a question"),
                request_type(2, "Report a problem"),
            ],
            groups: vec![(portal_id * 10, "General".to_owned())],
        }
    }
}

/// Three service desks whose ids, project ids and portal ids all differ.
#[must_use]
pub fn ready_desks() -> Vec<ServiceDesk> {
    vec![
        ServiceDesk::new(1, 4, "HELP", "Help Desk"),
        ServiceDesk::new(2, 7, "BILL", "Billing"),
        ServiceDesk::new(3, 9, "HR", "People and Workplace"),
    ]
}
