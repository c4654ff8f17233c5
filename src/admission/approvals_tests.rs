//! The queue has an end, whoever comes: nobody fills it alone, and nobody beyond it is listed.

use crate::clock::Clock;

use super::*;

struct Queue {
    _folder: tempfile::TempDir,
    vault: Vault,
    clock: Clock,
}

impl Queue {
    async fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
        let vault = Vault::in_folder(folder.path(), &clock).await;
        Self {
            _folder: folder,
            vault,
            clock,
        }
    }

    async fn asks(&self, subject: &str, desk: usize) -> bool {
        ask(&self.vault, &self.approval(subject, desk))
            .await
            .unwrap()
    }

    fn approval(&self, subject: &str, desk: usize) -> Approval {
        let identity = serde_json::json!({
            "provider": "cognito", "subject": subject, "email": format!("{subject}@acme.example"), "display_name": subject,
            "first_name": null, "last_name": null, "username": null, "groups": [], "claims": {}, "auth_time": null,
        });
        Approval {
            identity: serde_json::from_value(identity).unwrap(),
            link: "help".parse().unwrap(),
            service_desk: desk.to_string().parse().unwrap(),
            asked: self.clock.now(),
            reference: "7Q2XK0M9TD".to_owned(),
            decision: None,
        }
    }
}

#[tokio::test]
async fn nobody_waits_at_more_than_a_few_places_and_others_still_may() {
    let queue = Queue::new().await;
    for desk in 0..MOST_OF_ONE {
        assert!(queue.asks("ada", desk).await);
    }
    assert!(!queue.asks("ada", MOST_OF_ONE).await);
    assert!(queue.asks("bob", 0).await);
    assert_eq!(count(&queue.vault).await.unwrap(), MOST_OF_ONE + 1);
}

#[tokio::test]
async fn nobody_enters_a_full_queue_and_a_decision_makes_room() {
    let queue = Queue::new().await;
    let filling = (0..MOST).map(|n| {
        let (vault, approval) = (queue.vault.clone(), queue.approval(&format!("p{n}"), 1));
        async move {
            let name = name(&vault, &approval.identity, &approval.service_desk);
            let index = Key::waiting_for_approval();
            vault.index_put(&index, &name, &approval, Some(LIFE)).await
        }
    });
    for done in rocket::futures::future::join_all(filling).await {
        done.unwrap();
    }
    assert!(!queue.asks("ada", 1).await);
    let decision = Decision {
        is_given: true,
        by: "grace".to_owned(),
        at: queue.clock.now(),
        note: "x".repeat(LONGEST_NOTE + 1),
    };
    let (name, first) = waiting(&queue.vault).await.unwrap().swap_remove(0);
    let shown = as_shown(&queue.vault, &name, &first);
    let decide = || decide(&queue.vault, &shown, decision.clone());
    let Outcome::Decided(decided) = decide().await.unwrap() else {
        panic!("nothing was decided");
    };
    assert_eq!(decided.decision.unwrap().note.len(), LONGEST_NOTE);
    assert_eq!(decide().await.unwrap(), Outcome::AsBefore);
    assert!(queue.asks("ada", 1).await);
}
