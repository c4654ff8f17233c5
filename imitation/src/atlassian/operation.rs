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
    /// `POST /servicedesk/{id}/customer/invite`
    InviteCustomer,
    /// `PUT /customer/user/{accountId}/revoke-portal-only-access`
    RevokePortalAccess,
    /// `GET /organization`
    ListOrganizations,
    /// `POST /organization`
    CreateOrganization,
    /// `GET /organization/{id}`
    GetOrganization,
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
    /// `PUT …/jsm/csm/cloudid/{cloudId}/api/v1/customer/{accountId}/details`
    SetCustomerDetail,
    /// `PUT …/jsm/csm/cloudid/{cloudId}/api/v1/customer/account/{accountId}`
    SetCustomerName,
    /// Anything else below `/rest` or `/jsm`.
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
            (
                "PUT",
                [
                    "jsm",
                    "csm",
                    "cloudid",
                    _,
                    "api",
                    "v1",
                    "customer",
                    rest @ ..,
                ],
            ) => match rest {
                ["account", _] => Self::SetCustomerName,
                [_, "details"] => Self::SetCustomerDetail,
                _ => Self::UnknownRest,
            },
            (_, ["rest" | "jsm", ..]) => Self::UnknownRest,
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
            ("POST", ["servicedesk", _, "customer", "invite"]) => Self::InviteCustomer,
            ("PUT", ["customer", "user", _, "revoke-portal-only-access"]) => {
                Self::RevokePortalAccess
            }
            ("GET", ["organization", _]) => Self::GetOrganization,
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
        matches!(
            self,
            Self::ListCustomers | Self::RemoveCustomers | Self::InviteCustomer
        )
    }

    /// The calls that a burst limit counts.
    pub(super) fn is_limited(self) -> bool {
        self.is_rest() && !matches!(self, Self::TenantInfo | Self::AccessToken)
    }

    /// Without all of them the answer is 403.
    pub(super) fn needs(self) -> &'static [Permission] {
        match self {
            Self::CreateCustomer | Self::SetCustomerName => &[Permission::Administer],
            Self::InviteCustomer => &[Permission::Administer, Permission::AdministerDesks],
            Self::RevokePortalAccess => &[Permission::AdministerSite],
            Self::ListCustomers | Self::AddCustomers | Self::RemoveCustomers => {
                &[Permission::AdministerDesks]
            }
            Self::CreateOrganization
            | Self::ListMembers
            | Self::AddMembers
            | Self::RemoveMembers
            | Self::ListDeskOrganizations
            | Self::AddDeskOrganization
            | Self::RemoveDeskOrganization
            | Self::SetCustomerDetail => &[Permission::Agent],
            Self::GetUser => &[Permission::BrowseUsers],
            _ => &[],
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
    /// Site administrator, which no permission of Jira's tells; takes customers' access to portals away.
    AdministerSite,
}

impl Permission {
    /// Those that Jira tells of.
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
