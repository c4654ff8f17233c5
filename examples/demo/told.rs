//! What the program that started the demo may have happen, a line on standard input each: time that passes, and service desks that are deleted.

use std::sync::Arc;
use std::time::Duration;

use front_door::clock::Clock;
use imitation::atlassian::Atlassian;
use imitation::cognito::Cognito;

/// Whom it happens to.
pub(crate) struct Everybody {
    pub(crate) clock: Clock,
    pub(crate) cognito: Arc<Cognito>,
    pub(crate) atlassian: Arc<Atlassian>,
}

impl Everybody {
    /// Does as it is told until nobody tells it any more, and prints a line after each deed.
    pub(crate) fn listen(self) {
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                println!("{}", if self.does(&line) { "done" } else { "what?" });
            }
        });
    }

    fn does(&self, line: &str) -> bool {
        match line.split_once(' ') {
            Some(("minutes", minutes)) => {
                let minutes = minutes.parse().map(Duration::from_mins);
                minutes.is_ok_and(|minutes| self.wait(minutes))
            }
            Some(("delete", key)) => {
                self.atlassian.remove_desk(key);
                true
            }
            _ => false,
        }
    }

    fn wait(&self, time: Duration) -> bool {
        self.clock.advance(time);
        self.cognito.advance(time);
        self.atlassian.advance(time);
        true
    }
}
