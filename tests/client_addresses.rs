//! Where a visitor comes from: what the connection says, and what a trusted proxy says of it; what a stranger says of itself counts for nothing.

mod support;

use support::Town;
use support::raw::ask;

/// A town with these proxies that allows three login attempts a minute.
async fn three_a_minute(proxies: &str) -> Town {
    let mut town = Town::new().await;
    town.close().await;
    let access = "[default.access]";
    town.settings = town
        .settings
        .replace(access, &format!("{access}\nattempts_per_minute = 3"));
    let links = "link_new = \"on\"";
    town.settings = town
        .settings
        .replace(links, &format!("{links}\ntrusted_proxies = [{proxies}]"));
    town.open().await;
    town
}

/// The statuses of four logins that begin, each with one of these lines.
async fn four_logins(town: &Town, lines: [&str; 4]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for line in lines {
        statuses.push(
            ask(town, "GET /login HTTP/1.1", &format!("{line}\r\n"))
                .await
                .status(),
        );
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_says_nothing_of_where_it_is() {
    let town = three_a_minute("\"10.0.0.0/8\"").await;
    let lines = [
        "X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1",
        "X-Forwarded-For: 10.0.0.1, 192.0.2.2\r\nForwarded: for=192.0.2.2",
        "X-Forwarded-For: [2001:db8::1]:80\r\nTrue-Client-IP: 192.0.2.3",
        "X-Forwarded-For: unknown\r\nX-Client-IP: 192.0.2.4\r\nCF-Connecting-IP: 192.0.2.4",
    ];
    assert_eq!(four_logins(&town, lines).await, [303, 303, 303, 429]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_is_believed_about_the_last_stranger_alone() {
    let town = three_a_minute("\"127.0.0.1/32\", \"10.0.0.0/8\"").await;
    let others = [
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-For: 192.0.2.2",
        "X-Forwarded-For: 192.0.2.3, 10.1.1.1",
        "X-Forwarded-For: 192.0.2.4\r\nX-Forwarded-For: 10.1.1.1",
    ];
    assert_eq!(four_logins(&town, others).await, [303; 4]);
    let one = [
        "X-Forwarded-For: 198.51.100.7",
        "X-Forwarded-For: 192.0.2.1, 198.51.100.7",
        "X-Forwarded-For: garbage, 192.0.2.9, 198.51.100.7:4711",
        "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 198.51.100.7, 10.2.2.2",
    ];
    assert_eq!(four_logins(&town, one).await, [303, 303, 303, 429]);
    let household = [
        "X-Forwarded-For: 2001:db8::1",
        "X-Forwarded-For: [2001:db8::2]:80",
        "X-Forwarded-For: 192.0.2.1, 2001:db8::ffff:3",
        "X-Forwarded-For: 2001:DB8:0:0:ffff::",
    ];
    assert_eq!(four_logins(&town, household).await, [303, 303, 303, 429]);
    let nobody = [
        "X-Forwarded-For: garbage",
        "X-Forwarded-For: ",
        "X-Forwarded-For: 192.0.2.77, '; DROP",
        "Forwarded: for=192.0.2.78",
    ];
    assert_eq!(four_logins(&town, nobody).await, [303, 303, 303, 429]);
}
