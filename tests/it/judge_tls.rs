//! `docket judge` over secure connections: what is wrong is said once, in words, and nobody is trusted unasked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::endpoint::{Answer, Endpoint};
use crate::support::docket;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/tls")
        .join(name)
}

/// Speaks TLS with this certificate in front of a plain endpoint; returns the port.
fn secure(certificate: &str, plain: u16) -> u16 {
    let chain = vec![CertificateDer::from_pem_file(file(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                let connection = ServerConnection::new(config).unwrap();
                let mut outside = StreamOwned::new(connection, stream);
                let mut inside = TcpStream::connect(("127.0.0.1", plain)).unwrap();
                // One request, then its reply, as long as the client keeps the connection.
                while let Some(request) = message(&mut outside) {
                    inside.write_all(&request).unwrap();
                    let Some(reply) = message(&mut inside) else {
                        return;
                    };
                    if outside.write_all(&reply).is_err() || outside.flush().is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

/// One HTTP message with its body; `None` at the end or at a broken handshake.
fn message(from: &mut impl Read) -> Option<Vec<u8>> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        from.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    from.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(bytes)
}

fn prepared(folder: &Path) {
    let row = |i| {
        serde_json::json!({
            "request": format!("Question {i}?"), "response": format!("It takes {i} days, as agreed."),
        })
        .to_string()
    };
    let rows = (0..5).map(row).collect::<Vec<_>>().join("\n");
    std::fs::write(folder.join("log.jsonl"), rows).unwrap();
    let import = [
        "import",
        "log.jsonl",
        "--eval",
        "e",
        "--rubric",
        "It is right.",
    ];
    assert!(
        docket(folder)
            .args(import)
            .output()
            .unwrap()
            .status
            .success()
    );
}

/// Judges on a machine without any certificate store.
fn judge(folder: &Path, url: &str, more: &[&str]) -> Output {
    docket(folder)
        .env("SSL_CERT_FILE", folder.join("no-store.pem"))
        .env("SSL_CERT_DIR", folder.join("no-store"))
        .args(["judge", "e", "--judge", "m", "--json", "--base-url", url])
        .args(more)
        .output()
        .unwrap()
}

fn scored(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {said}"));
    report["scored"].clone()
}

#[test]
fn a_machine_without_a_certificate_store_still_speaks_plain_and_with_a_ca_file() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let plain = judge(folder.path(), &endpoint.url(), &["--limit", "2"]);
    assert_eq!(scored(&plain), 2);
    let url = format!(
        "https://localhost:{}/v1",
        secure("server.pem", endpoint.port)
    );
    let ca = file("ca.pem");
    let output = judge(folder.path(), &url, &["--ca-file", ca.to_str().unwrap()]);
    assert_eq!(scored(&output), 5);
    assert_eq!(endpoint.requests().len(), 7);
}

#[test]
fn a_server_that_cannot_be_trusted_is_one_message_and_gets_no_text() {
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let ca = file("ca.pem");
    let ca = ["--ca-file", ca.to_str().unwrap()];
    let cases: [(&str, &[&str], &str); 3] = [
        ("server.pem", &[], "UnknownIssuer"),
        ("elsewhere.pem", &ca, "not valid for name"),
        ("expired.pem", &ca, "Expired"),
    ];
    let port = endpoint.port;
    std::thread::scope(|scope| {
        for (certificate, more, why) in cases {
            scope.spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                prepared(folder.path());
                let url = format!("https://127.0.0.1:{}/v1", secure(certificate, port));
                let output = judge(folder.path(), &url, more);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(2), "{certificate}: {said}");
                let told = said.matches("no secure connection").count();
                assert!(told == 1 && said.contains(why), "{certificate}: {said}");
                assert!(said.contains("ca_file"), "{certificate}: {said}");
                assert!(!said.contains("wait"), "nobody asked to wait: {said}");
                let report: Value = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(report["retries"], 0, "the same certificate comes again");
            });
        }
    });
    assert!(endpoint.requests().is_empty());
}
