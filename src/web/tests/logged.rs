//! What stands in the log of a request.

use super::*;

/// Log lines, as they would be written.
#[derive(Clone, Default)]
struct Written(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_has_the_reference_and_nothing_that_was_sent() {
    let written = Written::default();
    let sink = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_writer(move || sink.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let client = client().await;
    let request = client
        .get("/refuse/0?code=top-secret")
        .header(Header::new("Cookie", "__Host-front-door=top-secret"));
    let response = request.header(Accept::HTML).dispatch().await;
    let page = response.into_string().await.unwrap();
    let reference = quoted(&page, "data-reference=\"");
    let log = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains("top-secret"));
    let lines: Vec<serde_json::Value> = log
        .lines()
        .filter(|line| line.contains(reference))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [refused, request] = lines.as_slice() else {
        panic!("two lines, not {lines:?}")
    };
    assert_eq!(refused["reason"], "login_expired");
    assert_eq!(refused["detail"], "detail true");
    assert_eq!(request["route"], "/refuse/<place>");
    assert_eq!(request["status"], 400);
}
