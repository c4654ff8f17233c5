//! Everything that a call can meet.

use imitation::atlassian::{Account, Body, Failure, Operation};
use serde_json::json;

use super::support::Town;

/// One thing that a call can meet.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    failure: Answer,
    /// Whether the call may have worked, as far as its answer tells.
    pub(crate) leaves_doubt: bool,
    /// Whether it was done although the answer got lost.
    pub(crate) is_done: bool,
    /// Whether it says that Atlassian is away for a while.
    pub(crate) is_away: bool,
    pub(crate) lasts: Lasts,
}

/// How far it reaches beyond the one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// No further.
    ForTheCall,
    /// Nothing else can be asked in the same visit.
    ForTheVisit,
    /// The front door leaves the call alone for a while, as it was told, or all calls.
    AsLongAsAsked,
}

enum Answer {
    Failure(Failure),
    /// An answer of success that speaks of another account or another organization.
    Another,
}

impl Fault {
    fn refused(name: &'static str, failure: Failure) -> Self {
        Self {
            name,
            failure: Answer::Failure(failure),
            leaves_doubt: false,
            is_done: false,
            is_away: false,
            lasts: Lasts::ForTheCall,
        }
    }

    fn unclear(name: &'static str, failure: Failure) -> Self {
        Self {
            leaves_doubt: true,
            ..Self::refused(name, failure)
        }
    }

    fn lost(name: &'static str, failure: Failure) -> Self {
        Self {
            is_done: true,
            ..Self::unclear(name, failure.after_doing_it())
        }
    }

    fn away(self) -> Self {
        Self {
            is_away: true,
            ..self
        }
    }

    /// From now on the call meets it.
    pub(crate) fn begin(&self, town: &Town, call: Operation, email: &str) {
        let failure = match &self.failure {
            Answer::Failure(failure) => failure.clone(),
            Answer::Another => another(town, call, email),
        };
        town.atlassian.fail_times(call, 50, &failure);
    }
}

/// The answer that somebody else, or something else, would have got.
fn another(town: &Town, call: Operation, email: &str) -> Failure {
    let eve = "eve@evil.test";
    if town.atlassian.account(eve).is_none() {
        town.atlassian.add_account(Account::customer(eve, "Eve"));
        town.atlassian.add_organization("Evil", false);
    }
    let id = town.atlassian.account(eve).map(|eve| eve.id);
    let mut evil = town.atlassian.organizations().into_iter();
    let evil = evil.find(|one| one.name == "Evil");
    let account = json!({ "accountId": id, "accountType": "customer", "emailAddress": eve, "displayName": email, "active": true });
    let organization =
        json!({ "id": evil.map(|one| one.id.to_string()), "name": "Evil", "scimManaged": false });
    let page =
        |one| json!({ "start": 0, "size": 1, "limit": 50, "isLastPage": true, "values": [one] });
    let answer = match call {
        Operation::CreateCustomer | Operation::GetUser => account,
        Operation::SearchUsers => json!([account]),
        Operation::ListCustomers => page(account),
        Operation::ListOrganizations => page(organization),
        _ => organization,
    };
    Failure::text(&answer.to_string())
}

/// Whether the answer says whom or what it is about.
fn names_somebody(call: Operation) -> bool {
    matches!(
        call,
        Operation::CreateCustomer
            | Operation::SearchUsers
            | Operation::ListCustomers
            | Operation::GetUser
            | Operation::CreateOrganization
            | Operation::ListOrganizations
            | Operation::GetOrganization
    )
}

/// All of them.
pub(crate) fn faults(call: Operation) -> Vec<Fault> {
    let ok = |body| Failure::status(200).with_body(body);
    let mut all = vec![
        Fault::refused("401", Failure::status(401)),
        Fault::refused("403", Failure::status(403)),
        Fault::unclear("500", Failure::status(500)).away(),
        Fault::unclear("503", Failure::status(503)).away(),
        Fault::unclear("cut", ok(Body::Cut)).away(),
        Fault::unclear("half", ok(Body::Half)),
        Fault::unclear("HTML", ok(Body::Html)),
        Fault::unclear("huge", ok(Body::Huge)),
        Fault::unclear("[]", Failure::text("[]")),
        Fault::unclear("null", Failure::text("null")),
        Fault::lost("503, done", Failure::status(503)).away(),
        Fault::lost("cut, done", ok(Body::Cut)).away(),
        Fault::lost("HTML, done", ok(Body::Html)),
    ];
    let hangs = [
        Fault::unclear("hangs", Failure::hangs()).away(),
        Fault::lost("hangs, done", Failure::hangs()).away(),
    ];
    all.extend(hangs.map(|fault| Fault {
        lasts: Lasts::ForTheVisit,
        ..fault
    }));
    if names_somebody(call) {
        all.push(Fault {
            failure: Answer::Another,
            ..Fault::unclear("another's", Failure::status(200))
        });
    }
    // To Atlassian's word that there is no such organization nothing can be added.
    if call != Operation::GetOrganization {
        all.push(Fault::refused("404", Failure::status(404)));
    }
    for (name, seconds, reason) in [
        ("429 for a second", 1, "jira-burst-based"),
        ("429 for half a minute", 30, "jira-burst-based"),
        ("429 for long", 3_600, "jira-quota-tenant-based"),
    ] {
        let failure = Failure::rate_limited(seconds, reason);
        all.push(Fault {
            lasts: Lasts::AsLongAsAsked,
            ..Fault::refused(name, failure).away()
        });
    }
    all
}
