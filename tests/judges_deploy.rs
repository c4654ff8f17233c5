//! What judges the files in `deploy/`: the schemas of Kubernetes and of compose files, hadolint, systemd-analyze, and terraform's grammar.
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be set up has failed the test"
)]

#[path = "support/judges.rs"]
mod judges;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use judges::Judge;
use serde_json::json;

/// How exposed the service may be at most, of 100, as systemd-analyze counts: it calls everything below 20 very well locked up.
const MOST_EXPOSED: &str = "15";

fn deployed(name: &str) -> PathBuf {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    top.join("deploy").join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(deployed(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The files of a folder with this end.
fn files(folder: &str, end: &str) -> Vec<String> {
    let found = std::fs::read_dir(deployed(folder)).unwrap();
    let names = found.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(end)).collect();
    names.sort();
    names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

/// That a judge found nothing, or something, written down for the table of `tests/run`.
#[track_caller]
fn judged(judge: &str, what: &str, faults: &[String], is_good: bool) {
    if let Some(path) = std::env::var_os("JUDGED") {
        let result = match (faults.is_empty(), is_good) {
            (true, true) => "accepted",
            (false, false) => "refused",
            (true, false) => "accepted, WRONGLY",
            (false, true) => "refused, WRONGLY",
        };
        let mut options = OpenOptions::new();
        let mut rows = options.append(true).create(true).open(path).unwrap();
        writeln!(rows, "{judge}\t{what}\t1\t{result}").unwrap();
    }
    assert_eq!(faults.is_empty(), is_good, "{judge}, {what}: {faults:?}");
}

/// What the judges of one kind of file find.
fn faults(judge: &mut Judge, kind: &str, text: &str) -> Vec<String> {
    let answer = judge.ask(&json!({ "kind": kind, "text": text }));
    serde_json::from_value(answer["faults"].clone()).unwrap()
}

/// A good file is accepted, and with each of these changes refused.
fn judge_file(named: &str, kind: &str, file: &str, changes: &[(&str, &str)]) {
    let mut judge = Judge::of_deployment();
    let good = text(file);
    judged(named, file, &faults(&mut judge, kind, &good), true);
    for (right, wrong) in changes {
        assert!(good.contains(right), "{file}: {right}");
        let found = faults(&mut judge, kind, &good.replace(right, wrong));
        judged(named, "planted: bad file", &found, false);
    }
}

#[test]
fn kubernetes_takes_every_manifest() {
    let files = files("kubernetes", ".yaml");
    assert_eq!(files.len(), 10, "{files:?}");
    for file in files {
        // kustomize's own file is no object of the cluster's.
        if !file.ends_with("kustomization.yaml") {
            judge_file("kubernetes-validate", "kubernetes", &file, &[]);
        }
    }
    let changes = [
        ("replicas: 2", "replicas: two"),
        ("readinessProbe", "readyProbe"),
        ("runAsNonRoot: true", "runAsNonRoot: false"),
        ("drop: [ALL]", "drop: []"),
        (
            "readOnlyRootFilesystem: true",
            "readOnlyRootFilesystem: false",
        ),
    ];
    let file = "kubernetes/deployment.yaml";
    judge_file("kubernetes-validate", "kubernetes", file, &changes);
}

#[test]
fn every_manifest_is_listed_and_speaks_of_the_same_things() {
    let list = text("kubernetes/kustomization.yaml");
    for file in files("kubernetes", ".yaml") {
        let name = file.rsplit('/').next().unwrap();
        let is_listed = list.contains(&format!("- {name}\n"));
        let is_other = name == "kustomization.yaml" || name.ends_with(".example.yaml");
        assert_ne!(is_listed, is_other, "{name}");
    }
    let deployment = text("kubernetes/deployment.yaml");
    let settings = text("kubernetes/configmap.yaml");
    for secret in ["store", "secret_key"] {
        let path = format!("{secret}_file = \"/run/secrets/front-door/{secret}\"");
        assert!(settings.contains(&path), "{path}");
        assert!(text("kubernetes/secret.example.yaml").contains(&format!("  {secret}: ")));
    }
    for words in [
        "mountPath: /run/secrets/front-door,",
        "mountPath: /etc/front-door,",
        "value: /etc/front-door/Rocket.toml",
        "path: /health/live, port: http",
        "path: /health/ready, port: http",
        "maxUnavailable: 0",
    ] {
        assert!(deployment.contains(words), "{words}");
    }
    let number = |text: &str, before: &str| -> u32 {
        let rest = text.split_once(before).unwrap().1;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        digits.unwrap().parse().unwrap()
    };
    let grace = number(&settings, "grace = ");
    let patience = number(&deployment, "terminationGracePeriodSeconds: ");
    assert!(patience > 2 * grace + 1, "{patience} {grace}");
}

/// What comes behind this in the first line that begins with it.
fn behind<'a>(text: &'a str, begins: &str) -> &'a str {
    let mut lines = text.lines().map(str::trim);
    let found = lines.find_map(|line| line.strip_prefix(begins));
    found.unwrap_or_else(|| panic!("{begins}: {text}")).trim()
}

#[test]
fn the_ingress_is_told_what_nginx_is_told() {
    let nginx = text("nginx/front-door.conf");
    let read = json!({ "kind": "read", "text": text("kubernetes/ingress-nginx.example.yaml") });
    let map = Judge::of_deployment().ask(&read)["read"][0].take();
    let told = |key: &str| map["data"][key].as_str().unwrap().to_owned();
    let heads = behind(&nginx, "large_client_header_buffers ");
    assert_eq!(format!("{};", told("large-client-header-buffers")), heads);
    let log = behind(&nginx, "log_format front_door ");
    assert_eq!(format!("'{}';", told("log-format-upstream")), log);
    assert!(behind(&nginx, "error_log ").contains(&format!(" {};", told("error-log-level"))));
    for leaks in [
        "$request ",
        "$request\"",
        "request_uri",
        "args",
        "query",
        "referer",
    ] {
        assert!(!log.contains(leaks), "{leaks}: {log}");
    }

    let ingress = text("kubernetes/ingress.yaml");
    let annotation =
        |name: &str| behind(&ingress, &format!("nginx.ingress.kubernetes.io/{name}: "));
    let next = behind(&nginx, "proxy_next_upstream ");
    assert!(next.starts_with("error;"), "{next}");
    assert!(annotation("proxy-next-upstream").starts_with("\"error\" "));
    assert_eq!(
        format!("{};", annotation("proxy-buffer-size")),
        behind(&nginx, "proxy_buffer_size ")
    );
}

#[test]
fn compose_takes_its_file_and_hadolint_the_dockerfile() {
    let changes = [
        ("read_only: true", "readonly: true"),
        ("cap_drop: [ALL]", "cap_drop: ALL"),
        ("internal: true", "internal: [yes]"),
    ];
    judge_file("compose-spec", "compose", "compose.yaml", &changes);
    let changes = [
        ("FROM rust:1.91-bookworm", "FROM rust"),
        (
            "ENTRYPOINT [\"/usr/local/bin/front-door\"]",
            "ENTRYPOINT front-door",
        ),
        ("WORKDIR /source", "WORKDIR source"),
    ];
    judge_file("hadolint", "Dockerfile", "Dockerfile", &changes);
}

#[test]
fn terraform_can_be_read_and_asks_for_the_code_flow_alone() {
    let (variables, outputs) = ("terraform/variables.tf", "terraform/outputs.tf");
    judge_file("python-hcl2", "terraform", variables, &[]);
    judge_file("python-hcl2", "terraform", outputs, &[]);
    let main = "terraform/main.tf";
    let changes = [
        ("[\"code\"]", "[\"code\", \"implicit\"]"),
        ("logout_urls ", "signout_urls "),
        ("generate_secret = true", "generate_secret = {"),
    ];
    judge_file("python-hcl2", "terraform", main, &changes);
    let (all, variables) = (text(main) + &text(outputs), text(variables));
    for (attributes, more) in [
        ("read", "more_read_attributes"),
        ("write", "more_write_attributes"),
    ] {
        let given = behind(&all, &format!("{attributes}_attributes "));
        let ends = format!("\"family_name\"], var.{more})");
        assert!(
            given.starts_with("= concat([") && given.ends_with(&ends),
            "{given}"
        );
        assert!(!given.contains("custom:"), "{given}");
        let (_, variable) = variables.split_once(&format!("\"{more}\"")).unwrap();
        assert_eq!(behind(variable, "default "), "= []", "{more}");
    }
    for used in all.split("var.").skip(1) {
        let name = used.split(|c: char| !c.is_ascii_lowercase() && c != '_');
        let named = format!("variable \"{}\"", name.into_iter().next().unwrap());
        assert!(variables.contains(&named), "{named}");
    }
}

/// Asks systemd-analyze about the unit with the program that there is here.
fn systemd_analyze(arguments: &[&str], unit: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("front-door.service");
    let program = env!("CARGO_BIN_EXE_front-door");
    let unit = unit.replace("/usr/local/bin/front-door", program);
    std::fs::write(&file, unit).unwrap();
    let mut asked = Command::new("systemd-analyze");
    asked.args(arguments).arg("--no-pager").arg(file);
    asked.output().unwrap_or_else(|error| {
        panic!("systemd-analyze does not start ({error}): tests/run installs what the tests need")
    })
}

/// What `verify` says about a unit, which tells of unknown words and ends well all the same.
fn unit_faults(unit: &str) -> Vec<String> {
    let said = systemd_analyze(&["verify", "--man=no"], unit);
    let lines = String::from_utf8(said.stderr).unwrap();
    let ours = lines
        .lines()
        .filter(|line| line.contains("front-door.service"));
    ours.map(ToOwned::to_owned).collect()
}

/// What `security` says of a unit that is too exposed.
fn exposure_faults(unit: &str) -> Vec<String> {
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let said = systemd_analyze(&["security", "--offline=true", &threshold], unit);
    let table = String::from_utf8(said.stdout).unwrap();
    assert!(table.contains("Overall exposure level"), "{table}");
    let overall = table.lines().last().unwrap_or_default();
    let faults = (!said.status.success()).then(|| overall.to_owned());
    faults.into_iter().collect()
}

#[test]
fn systemd_takes_the_unit_and_finds_it_locked_up() {
    let unit = text("systemd/front-door.service");
    let judge = "systemd-analyze";
    judged(
        judge,
        "verify: front-door.service",
        &unit_faults(&unit),
        true,
    );
    judged(
        judge,
        "security: front-door.service",
        &exposure_faults(&unit),
        true,
    );
    for (right, wrong) in [
        ("ProtectHome=yes", "ProtectHouse=yes"),
        ("ProtectSystem=strict", "ProtectSystem=very"),
    ] {
        let found = unit_faults(&unit.replace(right, wrong));
        judged(judge, "planted: bad words", &found, false);
    }
    for (right, wrong) in [
        ("RestrictNamespaces=yes\n", ""),
        ("SystemCallFilter", "# SystemCallFilter"),
        ("CapabilityBoundingSet=\n", ""),
    ] {
        let found = exposure_faults(&unit.replace(right, wrong));
        judged(judge, "planted: bad exposure", &found, false);
    }
}
