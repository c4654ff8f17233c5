//! What the machine can do: one redirect by a bare Rocket, and one RSA-2048 signature.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use rocket::response::Redirect;
use rocket::{get, routes};

use super::CHECKS_AT_ONCE;
use super::customers::client;
use super::measure::{Run, run};
use super::process::{Process, cores, on_the_core};
use super::town::free_port;

/// The argument that makes this program the bare Rocket itself.
pub(crate) const ARGUMENT: &str = "--bare-rocket";

/// The argument that makes this program measure a signature and print it.
pub(crate) const RSA: &str = "--bare-rsa";

/// Signatures made to find out how long one takes.
const SIGNATURES: u32 = 500;

#[get("/")]
fn away() -> Redirect {
    Redirect::to("https://help.acme.example/")
}

/// Serves one redirect, until it is killed.
pub(crate) async fn serve() {
    let quiet = rocket::Config::figment().merge(("log_level", "off"));
    let launched = rocket::custom(quiet).mount("/", routes![away]).launch();
    launched.await.unwrap();
}

/// What a bare redirect costs.
pub(crate) async fn redirect(length: Duration, at_once: usize) -> Run {
    let program = std::env::current_exe().unwrap();
    let port = free_port();
    let variables = [("ROCKET_PORT", port.to_string())];
    let mut server = Process::start(program.to_str().unwrap(), &[ARGUMENT], &variables);
    server.listening(port, Instant::now());
    let (client, url) = (client(), format!("http://127.0.0.1:{port}/"));
    let watched = server.watched();
    run(&watched, None, length, at_once, async |_| {
        client.get(&url).send().await.unwrap();
    })
    .await
}

/// What the machine can do, in words.
pub(crate) async fn machine(length: Duration) -> String {
    let (redirect, rsa_ms) = (redirect(length, CHECKS_AT_ONCE).await, rsa_signature_ms());
    let all = cores();
    format!(
        "{all} cores; a bare Rocket redirect costs {:.3} ms of one, one RSA-2048 signature {rsa_ms:.3} ms.",
        redirect.cpu_ms
    )
}

/// What one signature with a key of 2048 bits costs on the front door's core, in milliseconds, while all others are busy: that is how it is signed in a
/// run, and cores that share a processor slow each other down.
pub(crate) fn rsa_signature_ms() -> f64 {
    let program = std::env::current_exe().unwrap();
    let done = AtomicBool::new(false);
    let printed = std::thread::scope(|others| {
        let all = cores();
        for _ in 1..all {
            others.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    std::hint::black_box(digest::digest(&digest::SHA256, &[0; 4096]));
                }
            });
        }
        let printed = on_the_core(program.to_str().unwrap(), &[RSA]).output();
        done.store(true, Ordering::Relaxed);
        printed.unwrap()
    });
    String::from_utf8(printed.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// The same, on whatever core this is.
pub(crate) fn measure_rsa() -> f64 {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let (random, mut signature) = (SystemRandom::new(), vec![0; key.public_modulus_len()]);
    let began = Instant::now();
    for _ in 0..SIGNATURES {
        key.sign(&RSA_PKCS1_SHA256, &random, b"a signed info", &mut signature)
            .unwrap();
    }
    began.elapsed().as_secs_f64() * 1000.0 / f64::from(SIGNATURES)
}
