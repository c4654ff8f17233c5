//! What can be asked of a site, and what one must be allowed to.

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `GET /servicedesk`
    ListDesks,
    /// `GET /servicedesk/{id}`
    GetDesk,
    /// `GET /servicedesk/{id}/requesttype`
    ListRequestTypes,
    /// `GET /servicedesk/{id}/requesttypegroup`
    ListRequestTypeGroups,
    /// `POST /customer`
    CreateCustomer,
    /// `GET /servicedesk/{id}/customer`
    ListCustomers,
    /// `POST /servicedesk/{id}/customer`
    AddCustomers,
    /// `DELETE /servicedesk/{id}/customer`
    RemoveCustomers,
    /// `GET /organization`
    ListOrganizations,
    /// `POST /organization`
    CreateOrganization,
    /// `GET /organization/{id}/user`
    ListMembers,
    /// `POST /organization/{id}/user`
    AddMembers,
    /// `DELETE /organization/{id}/user`
    RemoveMembers,
    /// `GET /servicedesk/{id}/organization`
    ListDeskOrganizations,
    /// `POST /servicedesk/{id}/organization`
    AddDeskOrganization,
    /// `DELETE /servicedesk/{id}/organization`
    RemoveDeskOrganization,
    /// `GET /rest/api/3/user/search`
    SearchUsers,
    /// `GET /rest/api/3/user`
    GetUser,
    /// `GET /rest/api/3/myself`
    Myself,
    /// `GET /rest/api/3/mypermissions`
    MyPermissions,
    /// `GET /rest/api/3/serverInfo`
    ServerInfo,
    /// `GET /_edge/tenant_info`
    TenantInfo,
    /// `POST /oauth/token`, which belongs to Atlassian's token service
    AccessToken,
    /// Anything else below `/rest`.
    UnknownRest,
    /// A page for people.
    Page,
    /// A Response posted to an assertion consumer service.
    AssertionConsumer,
}

impl Operation {
    pub(super) fn of(method: &str, segments: &[&str]) -> Self {
        match (method, segments) {
            ("GET", ["_edge", "tenant_info"]) => Self::TenantInfo,
            ("POST", ["oauth", "token"]) => Self::AccessToken,
            (_, ["rest", "servicedeskapi", rest @ ..]) => Self::of_service_desk(method, rest),
            ("GET", ["rest", "api", "3", rest @ ..]) => match rest {
                ["user", "search"] => Self::SearchUsers,
                ["user"] => Self::GetUser,
                ["myself"] => Self::Myself,
                ["mypermissions"] => Self::MyPermissions,
                ["serverInfo"] => Self::ServerInfo,
                _ => Self::UnknownRest,
            },
            (_, ["rest", ..]) => Self::UnknownRest,
            ("POST", ["saml", .., "acs"]) => Self::AssertionConsumer,
            _ => Self::Page,
        }
    }

    fn of_service_desk(method: &str, path: &[&str]) -> Self {
        match (method, path) {
            ("GET", ["servicedesk"]) => Self::ListDesks,
            ("GET", ["servicedesk", _]) => Self::GetDesk,
            ("GET", ["servicedesk", _, "requesttype"]) => Self::ListRequestTypes,
            ("GET", ["servicedesk", _, "requesttypegroup"]) => Self::ListRequestTypeGroups,
            ("POST", ["customer"]) => Self::CreateCustomer,
            ("GET", ["servicedesk", _, "customer"]) => Self::ListCustomers,
            ("POST", ["servicedesk", _, "customer"]) => Self::AddCustomers,
            ("DELETE", ["servicedesk", _, "customer"]) => Self::RemoveCustomers,
            ("GET", ["organization"]) => Self::ListOrganizations,
            ("POST", ["organization"]) => Self::CreateOrganization,
            ("GET", ["organization", _, "user"]) => Self::ListMembers,
            ("POST", ["organization", _, "user"]) => Self::AddMembers,
            ("DELETE", ["organization", _, "user"]) => Self::RemoveMembers,
            ("GET", ["servicedesk", _, "organization"]) => Self::ListDeskOrganizations,
            ("POST", ["servicedesk", _, "organization"]) => Self::AddDeskOrganization,
            ("DELETE", ["servicedesk", _, "organization"]) => Self::RemoveDeskOrganization,
            _ => Self::UnknownRest,
        }
    }

    /// Whether it belongs to the REST API, which only the service account calls.
    #[must_use]
    pub fn is_rest(self) -> bool {
        !matches!(self, Self::Page | Self::AssertionConsumer)
    }

    pub(super) fn is_anonymous(self) -> bool {
        matches!(self, Self::ServerInfo | Self::TenantInfo)
    }

    /// Experimental operations need `X-ExperimentalApi: opt-in`.
    pub(super) fn is_experimental(self) -> bool {
        matches!(self, Self::ListCustomers | Self::RemoveCustomers)
    }

    /// Without it the answer is 403.
    pub(super) fn needs(self) -> Option<Permission> {
        match self {
            Self::CreateCustomer => Some(Permission::Administer),
            Self::ListCustomers | Self::AddCustomers | Self::RemoveCustomers => {
                Some(Permission::AdministerDesks)
            }
            Self::CreateOrganization
            | Self::ListMembers
            | Self::AddMembers
            | Self::RemoveMembers
            | Self::ListDeskOrganizations
            | Self::AddDeskOrganization
            | Self::RemoveDeskOrganization => Some(Permission::Agent),
            Self::GetUser => Some(Permission::BrowseUsers),
            _ => None,
        }
    }
}

/// Whose token signs a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    /// The service account's, of whatever kind.
    Service,
    /// The second account's, which makes customers.
    Customer,
}

/// What an account may be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// `ADMINISTER`: Jira administrator; creates customers.
    Administer,
    /// `USER_PICKER`: browse users and groups; finds people. Without it a search finds nobody, and says 200.
    BrowseUsers,
    /// `ADMINISTER_PROJECTS`: administrator of the service desks; adds customers to them.
    AdministerDesks,
    /// `SERVICEDESK_AGENT`: agent; manages organizations.
    Agent,
}

impl Permission {
    pub(super) const ALL: [(Self, &'static str, &'static str, &'static str); 4] = [
        (Self::Administer, "ADMINISTER", "Administer Jira", "GLOBAL"),
        (
            Self::BrowseUsers,
            "USER_PICKER",
            "Browse users and groups",
            "GLOBAL",
        ),
        (
            Self::AdministerDesks,
            "ADMINISTER_PROJECTS",
            "Administer Projects",
            "PROJECT",
        ),
        (
            Self::Agent,
            "SERVICEDESK_AGENT",
            "Service Project Agent",
            "PROJECT",
        ),
    ];
}
