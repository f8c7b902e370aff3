//! One HTTP client per endpoint, made at its first use, and one exchange over it.
//!
//! TLS is rustls with ring and roots read by this program: a machine without a certificate store still speaks plain
//! http. Loopback hosts never go through a proxy and never through name resolution.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, Request, Response};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::domain::failure::Class;

use super::fault::{Answer, excerpt};
use super::stream::{Piece, Stream};
use super::{Dialect, Endpoint, Failure, Key, anthropic, retry_after};

/// What is read of a reply, in bytes.
const LONGEST: usize = 16 << 20;
/// The same of a stream, whose frames are many times longer than what they carry.
const LONGEST_STREAM: usize = 64 << 20;
/// How long the count of tokens is waited for behind a complete answer.
const TAIL: Duration = Duration::from_secs(5);
/// How long the end of a connection is waited for after the end of its stream, so that it can be used again.
const LINGER: Duration = Duration::from_millis(100);

/// The client for this endpoint, with its key and headers in place.
pub(super) fn build(endpoint: &Endpoint, key: Option<&Key>) -> Result<Client, Failure> {
    let refuse =
        |why: String| Failure::new(Class::BadRequest, format!("{}: {why}", endpoint.place()));
    let local = endpoint.is_local();
    let mut builder = Client::builder()
        .tls_backend_preconfigured(tls(endpoint).map_err(refuse)?)
        .default_headers(headers(endpoint, key).map_err(refuse)?)
        .user_agent(concat!("docket/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(endpoint.timeouts.connect)
        .pool_max_idle_per_host(usize::MAX)
        .pool_idle_timeout(Duration::from_secs(55))
        .tcp_nodelay(true)
        // Each send is counted and paid for by whoever sends, so none goes out by itself.
        .redirect(reqwest::redirect::Policy::none());
    if local {
        // `localhost` by decree: no resolver may send it elsewhere.
        let here = [
            SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
        ];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &here);
    }
    builder
        .build()
        .map_err(|why| refuse(format!("cannot set up connections: {}", told(&why))))
}

fn headers(endpoint: &Endpoint, key: Option<&Key>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if endpoint.dialect == Dialect::Anthropic {
        headers.insert(
            "anthropic-version",
            HeaderValue::from_static(anthropic::VERSION),
        );
    }
    if let Some(key) = key {
        let (name, value) = match endpoint.dialect {
            Dialect::Anthropic => ("x-api-key", key.expose().to_owned()),
            Dialect::OpenAi if endpoint.is_azure() => ("api-key", key.expose().to_owned()),
            Dialect::OpenAi => ("authorization", format!("Bearer {}", key.expose())),
        };
        let mut value = HeaderValue::from_str(&value)
            .map_err(|_| "the key holds signs that cannot be sent; copy it again".to_owned())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    for (name, value) in &endpoint.headers {
        let header = HeaderName::from_bytes(name.trim().as_bytes())
            .map_err(|_| format!("`{name}` is no name of a header"))?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| format!("the value of header `{name}` holds signs that cannot be sent"))?;
        value.set_sensitive(true);
        headers.insert(header, value);
    }
    Ok(headers)
}

fn tls(endpoint: &Endpoint) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    // Reading the machine's store takes a while, and plain http has no use for it.
    if endpoint.is_encrypted() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
    }
    if let Some(file) = &endpoint.ca_file {
        add_file(&mut roots, file)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| format!("cannot set up TLS: {why}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn add_file(roots: &mut RootCertStore, file: &Path) -> Result<(), String> {
    let shown = file.display();
    let text =
        std::fs::read(file).map_err(|why| format!("cannot read `ca_file` `{shown}`: {why}"))?;
    let mut added = 0;
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate =
            certificate.map_err(|why| format!("`ca_file` `{shown}` is no PEM file: {why}"))?;
        roots.add(certificate).map_err(|why| {
            format!("`ca_file` `{shown}` holds a certificate that is no authority: {why}")
        })?;
        added += 1;
    }
    if added == 0 {
        return Err(format!(
            "`ca_file` `{shown}` holds no certificate; it must be in PEM form"
        ));
    }
    Ok(())
}

/// A request that got no whole answer.
#[derive(Debug)]
pub(super) struct Lost {
    /// In words, without address or key.
    pub(super) why: String,
    /// Whether the question may have reached the endpoint.
    pub(super) sent: bool,
    /// Whether it would be lost again: who answers there cannot be trusted.
    pub(super) lasting: bool,
}

/// Sends a request and reads its answer whole, within `total`. A stream is told what comes as it comes.
pub(super) async fn exchange(
    client: &Client,
    request: Request,
    total: Duration,
    stream: Option<&mut Stream>,
) -> Result<Answer, Lost> {
    match tokio::time::timeout(total, exchange_open(client, request, stream)).await {
        Ok(done) => done,
        Err(_) => Err(Lost {
            why: format!("no whole reply within {} s", total.as_secs_f64()),
            sent: true,
            lasting: false,
        }),
    }
}

async fn exchange_open(
    client: &Client,
    request: Request,
    stream: Option<&mut Stream>,
) -> Result<Answer, Lost> {
    let start = Instant::now();
    let mut response = client.execute(request).await.map_err(|why| Lost {
        sent: !why.is_connect(),
        lasting: why.is_connect() && tls_error(&why).is_some_and(is_untrusted),
        why: told(&why),
    })?;
    let mut answer = Answer {
        status: response.status().as_u16(),
        ..Answer::default()
    };
    read_headers(&mut answer, &response);
    let body = match stream.filter(|_| response.status().is_success()) {
        Some(stream) => read_stream(&mut response, start, stream, &mut answer).await?,
        None => read_body(&mut response).await?,
    };
    answer.raw = String::from_utf8(body)
        .unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned());
    answer.took = start.elapsed();
    Ok(answer)
}

fn cut(why: &str, read: usize) -> Lost {
    Lost {
        why: format!("the reply broke off after {read} bytes: {why}"),
        sent: true,
        lasting: false,
    }
}

/// Adds a piece to a body, unless it grows too long.
fn add(body: &mut Vec<u8>, chunk: &[u8], longest: usize) -> Result<(), Lost> {
    if body.len() + chunk.len() > longest {
        let why = format!("it is longer than {} MiB", longest >> 20);
        return Err(cut(&why, body.len()));
    }
    body.extend_from_slice(chunk);
    Ok(())
}

async fn read_body(response: &mut Response) -> Result<Vec<u8>, Lost> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) => add(&mut body, &chunk, LONGEST)?,
            Err(why) => return Err(cut(&told(&why), body.len())),
        }
    }
}

async fn read_stream(
    response: &mut Response,
    start: Instant,
    stream: &mut Stream,
    answer: &mut Answer,
) -> Result<Vec<u8>, Lost> {
    let mut body = Vec::new();
    while !stream.is_over() {
        let wait = if stream.is_whole() {
            TAIL
        } else {
            Duration::MAX
        };
        let Ok(next) = tokio::time::timeout(wait, response.chunk()).await else {
            return Ok(body);
        };
        match next {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) => {
                let heard = stream.hear(&chunk);
                if heard == Piece::Token && answer.first_token.is_none() {
                    answer.first_token = Some(start.elapsed());
                }
                add(&mut body, &chunk, LONGEST_STREAM)?;
            }
            // What is lost is no part of an answer that is complete.
            Err(_) if stream.is_whole() => return Ok(body),
            Err(why) => return Err(cut(&told(&why), body.len())),
        }
    }
    let rest = tokio::time::timeout(LINGER, response.chunk()).await;
    if let Ok(Ok(Some(chunk))) = rest {
        add(&mut body, &chunk, LONGEST_STREAM)?;
    }
    Ok(body)
}

fn read_headers(answer: &mut Answer, response: &Response) {
    let headers = response.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    answer.content_type = text("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if answer.status >= 400 {
        answer.retry_after = retry_after::wait(text, Timestamp::now());
    }
    if (300..400).contains(&answer.status) {
        let to = headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let url = to.and_then(|to| response.url().join(to).ok());
        answer.leads_to = url
            .as_ref()
            .and_then(|url| url.host_str().map(str::to_owned));
        // The question and its key stay with the same server: same scheme, host and port.
        let keeps_question = matches!(answer.status, 307 | 308);
        answer.same_server =
            url.filter(|url| keeps_question && url.origin() == response.url().origin());
    }
}

/// The cause in words: what lies deepest says most. Never the address.
fn told(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    let cause = excerpt(&deepest.to_string());
    if error.is_dns() {
        format!("the name of the host is not known ({cause}); check it and the network")
    } else if error.is_timeout() && error.is_connect() {
        "no connection in time; check the address, the network and any proxy".to_owned()
    } else if error.is_connect() && tls_error(error).is_some_and(is_untrusted) {
        format!(
            "no secure connection ({cause}): the certificate does not verify; check the address, or is `--ca-file` (`ca_file` in the settings) missing?"
        )
    } else if error.is_connect() && tls_error(error).is_some() {
        format!(
            "no secure connection ({cause}); is it `http://` rather than `https://`, or is `--ca-file` (`ca_file` in the settings) missing?"
        )
    } else if error.is_connect() {
        format!("no connection ({cause}); is the server running?")
    } else if deepest.is::<reqwest::Error>() {
        // Its own words name the whole address.
        "the request could not be sent".to_owned()
    } else {
        cause
    }
}

/// What TLS says, if it is at the bottom of it. An I/O error keeps what it wraps to itself: its source is the source of that.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    error
        .downcast_ref::<rustls::Error>()
        .or_else(|| wrapped.and_then(|inner| tls_error(inner)))
        .or_else(|| error.source().and_then(tls_error))
}

/// Whether the server showed a certificate that does not verify: trying again shows the same one.
fn is_untrusted(error: &rustls::Error) -> bool {
    matches!(error, rustls::Error::InvalidCertificate(_))
}
