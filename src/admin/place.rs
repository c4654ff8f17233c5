//! The places of the desk: every page that its navigation leads to.

/// A page of the desk that its navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Is everything well?
    Overview,
    /// The substitute links.
    Links,
    /// Who came.
    Customers,
    /// Who may become a customer, as was said beforehand.
    Invitations,
    /// Whose first visit waits.
    Approvals,
    /// What becomes of somebody?
    Preview,
    /// What happened in one visit?
    Trace,
    /// What happened.
    Audit,
    /// Where people prove who they are.
    Providers,
    /// The Atlassian site, and who acts there.
    Account,
    /// Who may come in?
    Access,
    /// Which claim becomes what?
    Mapping,
    /// Who belongs where?
    Organizations,
    /// Who may ask for assertions.
    ServiceProviders,
    /// What assertions are signed with.
    Keys,
    /// What holds for the whole front door.
    Settings,
    /// What administrators changed.
    Changes,
}

impl Place {
    /// In the order of the navigation.
    pub const ALL: [Self; 17] = [
        Self::Overview,
        Self::Links,
        Self::Customers,
        Self::Invitations,
        Self::Approvals,
        Self::Preview,
        Self::Trace,
        Self::Audit,
        Self::Providers,
        Self::Account,
        Self::Access,
        Self::Mapping,
        Self::Organizations,
        Self::ServiceProviders,
        Self::Keys,
        Self::Settings,
        Self::Changes,
    ];

    /// Its address.
    #[must_use]
    pub fn address(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Links => "/admin/links",
            Self::Customers => "/admin/customers",
            Self::Invitations => "/admin/invitations",
            Self::Approvals => "/admin/approvals",
            Self::Preview => "/admin/preview",
            Self::Trace => "/admin/trace",
            Self::Audit => "/admin/audit",
            Self::Providers => "/admin/providers",
            Self::Account => "/admin/account",
            Self::Access => "/admin/access",
            Self::Mapping => "/admin/mapping",
            Self::Organizations => "/admin/organizations",
            Self::ServiceProviders => "/admin/service-providers",
            Self::Keys => "/admin/keys",
            Self::Settings => "/admin/settings",
            Self::Changes => "/admin/changes",
        }
    }

    /// The place that an address belongs to.
    #[must_use]
    pub fn of(address: &str) -> Self {
        // Pages that others lead to.
        let below_settings = ["/admin/texts", "/admin/logo", "/admin/transfer"];
        if below_settings.iter().any(|page| address.starts_with(page)) {
            return Self::Settings;
        }
        let around = |place: &Self| address.starts_with(place.address());
        let all = Self::ALL.into_iter().filter(around);
        all.max_by_key(|place| place.address().len())
            .unwrap_or(Self::Overview)
    }

    /// What the navigation calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Links => "Links",
            Self::Customers => "Customers",
            Self::Invitations => "Invitations",
            Self::Approvals => "Approvals",
            Self::Preview => "Preview",
            Self::Trace => "Trace",
            Self::Audit => "Audit",
            Self::Providers => "Identity providers",
            Self::Account => "Service account",
            Self::Access => "Access",
            Self::Mapping => "Mapping",
            Self::Organizations => "Organizations",
            Self::ServiceProviders => "Service providers",
            Self::Keys => "Keys",
            Self::Settings => "Settings",
            Self::Changes => "Changes",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_desk_belongs_to_a_place() {
        for (address, place) in [
            ("/admin", Place::Overview),
            ("/admin/links/help/rename", Place::Links),
            (
                "/admin/service-providers/new?kind=guard",
                Place::ServiceProviders,
            ),
            ("/admin/texts-de", Place::Settings),
            ("/admin/logo/remove", Place::Settings),
            ("/admin/transfer", Place::Settings),
        ] {
            assert_eq!(Place::of(address), place, "{address}");
        }
    }
}
