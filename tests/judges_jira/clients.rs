//! jira.js and atlassian-python-api are clients of the imitation: they find there what they find at Atlassian, and notice when they do not.

use std::process::{Command, Output};

use imitation::atlassian::{Atlassian, AtlassianConfig, Failure, Operation};
use tokio::task::JoinSet;

use crate::judges::{file, python};

/// A client by others.
#[derive(Clone, Copy, Debug)]
enum Client {
    JiraJs,
    PythonApi,
}

impl Client {
    const ALL: [Self; 2] = [Self::JiraJs, Self::PythonApi];

    fn ask(self, atlassian: &Atlassian, planted: bool) -> Output {
        let (program, script) = match self {
            Self::JiraJs => ("node".into(), "atlassian/jira_js.mjs"),
            Self::PythonApi => (python(), "atlassian/python_api.py"),
        };
        let mut command = Command::new(program);
        command.arg(file(script)).arg(atlassian.site());
        command.arg(atlassian.email()).arg(atlassian.api_token());
        command.args(planted.then_some("--planted"));
        command.output().unwrap_or_else(|error| {
            panic!("{command:?} does not start ({error}): tests/run installs what the tests need")
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_by_others_find_what_they_find_at_atlassian() {
    for client in Client::ALL {
        let atlassian = Atlassian::start(AtlassianConfig::default()).await;
        let output = client.ask(&atlassian, false);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{client:?}: {said}");
        assert!(atlassian.account("ada@customer.example").is_some());
        assert_eq!(atlassian.organizations().len(), 3, "{client:?}");
        assert!(atlassian.organization_emails("Acme").is_empty());
        assert_eq!(atlassian.organizations()[0].desks.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_by_others_notice_what_is_not_as_at_atlassian() {
    let faults = [
        (Operation::Myself, Failure::status(401)),
        (
            Operation::CreateCustomer,
            Failure::text(r#"{"accountId":7}"#),
        ),
        (
            Operation::GetOrganization,
            Failure::text(r#"{"id":"1","scimManaged":"no"}"#),
        ),
    ];
    let mut asking = JoinSet::new();
    for (operation, failure) in faults {
        for client in Client::ALL {
            let atlassian = Atlassian::start(AtlassianConfig::default()).await;
            atlassian.fail_next(operation, failure.clone());
            let asked = move || client.ask(&atlassian, true);
            asking.spawn_blocking(move || (client, operation, asked()));
        }
    }
    while let Some(asked) = asking.join_next().await {
        let (client, operation, output) = asked.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{client:?}, {operation:?}: {said}");
    }
}
