//! The transport against a server that misbehaves in every way endpoints do.

mod costs;
mod limits;
mod modes;
mod streams;

use std::time::{Duration, Instant};

use super::*;
use crate::provider::testing::{Act, Server, answer, answer_with, ask, chat, good, quick};
use crate::provider::{Finish, Timeouts};

async fn fails(http: &Http) -> Failure {
    http.ask(&ask("x"), None).await.unwrap_err()
}

fn hasty(server: &Server) -> Http {
    let mut endpoint = server.endpoint();
    endpoint.timeouts = Timeouts {
        connect: Duration::from_millis(200),
        total: Duration::from_millis(60),
    };
    Http::new(endpoint, quick())
}

#[tokio::test]
async fn a_good_reply_comes_back_whole() {
    let server = Server::playing(vec![good()]).await;
    let http = server.http();
    let reply = http.ask(&ask("question"), None).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.finish), ("fine", Finish::Stop));
    assert_eq!(reply.raw, chat("fine"));
    assert_eq!((reply.tries, reply.usage.unwrap().input), (1, 10));
    assert_eq!(reply.first_token, None);
    let seen = &server.requests()[0];
    assert!(
        seen.head.starts_with("post /v1/chat/completions http/1.1"),
        "{}",
        seen.head
    );
    assert!(!seen.head.contains("authorization"));
    assert!(seen.body.contains("prefix question"));
    let traffic = http.traffic();
    assert_eq!(
        (traffic.sent, traffic.retries, traffic.in_flight),
        (1, 0, 0)
    );
}

#[tokio::test]
async fn a_server_that_fails_for_a_while_costs_retries_and_not_the_reply() {
    let acts = vec![
        answer(500, r#"{"error":{"message":"boom"}}"#),
        answer(503, "busy"),
        Act::Close,
        Act::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"choices\":[".to_vec()),
        good(),
    ];
    let server = Server::playing(acts).await;
    let http = server.http();
    let reply = http.ask(&ask("x"), None).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.tries), ("fine", 5));
    assert_eq!(http.traffic().retries, 4);
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_given_up_after_five_tries() {
    for (act, words) in [
        (answer(500, "Internal Server Error"), "it may want one"),
        (answer(503, ""), "gives no reason"),
        (Act::Close, "connection closed"),
        (
            Act::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_vec()),
            "broke off after 1 bytes",
        ),
        (
            Act::Raw(b"HTTP/1.1 200 OK\r\n\r\n{\"choices\":[{".to_vec()),
            "breaks off after 13 bytes",
        ),
        (answer(200, "{\"choices\": oops}"), "not JSON"),
        (Act::Raw(b"garbage\r\n\r\n".to_vec()), ""),
    ] {
        let server = Server::playing(vec![act]).await;
        let failure = fails(&server.http()).await;
        assert_eq!(failure.class, Class::Transport, "{failure}");
        assert!(failure.message.contains(words), "{failure}");
        assert!(
            failure.message.contains("gave up after 5 tries"),
            "{failure}"
        );
        assert!(failure.message.contains("127.0.0.1"), "{failure}");
        assert_eq!(server.requests().len(), 5);
    }
}

#[tokio::test]
async fn hangs_and_slow_drips_end_at_the_time_limit() {
    for act in [Act::Hang, Act::Drip(Duration::from_millis(20))] {
        let server = Server::playing(vec![act]).await;
        let failure = fails(&hasty(&server)).await;
        assert_eq!(failure.class, Class::Transport);
        assert!(failure.message.contains("within 0.06 s"), "{failure}");
    }
}

#[tokio::test]
async fn no_server_no_name_and_no_tls_are_told_apart() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let at = |url: &str| Http::new(Endpoint::at(url).unwrap(), quick());
    let closed = fails(&at(&format!("http://127.0.0.1:{port}"))).await;
    assert!(
        closed.message.contains("is the server running?"),
        "{closed}"
    );
    let unknown = fails(&at("http://no-such-host.invalid/v1")).await;
    assert!(
        unknown.message.contains("name of the host is not known"),
        "{unknown}"
    );
    let server = Server::playing(vec![good()]).await;
    let plain = fails(&at(&format!("https://127.0.0.1:{}", server.port))).await;
    assert!(plain.message.contains("no secure connection"), "{plain}");
    for failure in [closed, unknown, plain] {
        assert_eq!(failure.class, Class::Transport, "{failure}");
    }
}

#[tokio::test]
async fn what_fails_alike_for_every_question_is_sent_once() {
    let page = "<!DOCTYPE html><html><body>Please log in</body></html>";
    for (act, class, words) in [
        (
            answer(401, r#"{"error":{"message":"Incorrect API key provided"}}"#),
            Class::Auth,
            "no key was sent",
        ),
        (
            answer(500, "Error: API key is required"),
            Class::Auth,
            "API key is required",
        ),
        (
            answer(
                404,
                r#"{"error":{"message":"The model `m` does not exist"}}"#,
            ),
            Class::ModelMissing,
            "docket doctor",
        ),
        (
            answer(404, r#"{"detail":"Not Found"}"#),
            Class::BadRequest,
            "check the base URL",
        ),
        (
            answer(400, r#"{"error":{"message":"messages: bad"}}"#),
            Class::BadRequest,
            "messages: bad",
        ),
        (
            answer_with(200, "content-type: text/html", page),
            Class::BadRequest,
            "web page",
        ),
        (
            answer_with(302, "location: http://login.example.com/?next=secret", ""),
            Class::BadRequest,
            "`login.example.com`",
        ),
        (
            answer(
                402,
                r#"{"error":{"code":402,"message":"Insufficient credits"}}"#,
            ),
            Class::Quota,
            "no credit",
        ),
    ] {
        let server = Server::playing(vec![act]).await;
        let failure = fails(&server.http()).await;
        assert_eq!(failure.class, class, "{failure}");
        assert!(failure.message.contains(words), "{failure}");
        assert!(!failure.message.contains("secret"), "{failure}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_error_object_under_a_good_status_is_an_error() {
    let acts = vec![
        answer(
            200,
            r#"{"error":{"code":502,"message":"upstream went away"}}"#,
        ),
        answer(200, r#"{"error":"internal"}"#),
        answer(
            200,
            r#"{"choices":[{"error":{"code":503,"message":"cut"},"finish_reason":"error"}]}"#,
        ),
        good(),
    ];
    let server = Server::playing(acts).await;
    assert_eq!(server.http().ask(&ask("x"), None).await.unwrap().tries, 4);
    let server = Server::playing(vec![answer(
        200,
        r#"{"error":{"code":401,"message":"no"}}"#,
    )])
    .await;
    assert_eq!(fails(&server.http()).await.class, Class::Auth);
}

#[tokio::test]
async fn a_key_is_sent_and_never_comes_back() {
    let echo = r#"{"error":{"message":"bad key sk-echo-1234567"}}"#;
    let reply = chat("you sent sk-echo-1234567");
    let server = Server::playing(vec![answer(400, echo), answer(200, &reply)]).await;
    let mut endpoint = server.endpoint();
    endpoint.key = KeySource::Command("echo sk-echo-1234567".into());
    endpoint.headers = vec![("x-team".into(), "blue".into())];
    let http = Http::new(endpoint, quick());
    let failure = fails(&http).await;
    let told = format!("{failure:?} {:?}", http.job);
    assert!(!told.contains("sk-echo"), "{told}");
    assert!(told.contains("bad key [key]"), "{told}");
    let reply = http.ask(&ask("x"), None).await.unwrap();
    assert!(!format!("{reply:?}").contains("sk-echo"));
    let head = &server.requests()[0].head;
    assert!(
        head.contains("authorization: bearer sk-echo-1234567"),
        "{head}"
    );
    assert!(head.contains("x-team: blue"), "{head}");
}

#[tokio::test]
async fn a_missing_key_is_told_before_anything_is_sent() {
    let server = Server::playing(vec![good()]).await;
    let mut endpoint = server.endpoint();
    endpoint.key = KeySource::Env {
        name: "DOCKET_TEST_NO_SUCH_KEY".into(),
        needed: true,
    };
    let failure = Http::new(endpoint, quick()).ready("m").await.unwrap_err();
    assert_eq!(failure.class, Class::Auth);
    assert!(
        failure.message.contains("`DOCKET_TEST_NO_SUCH_KEY`"),
        "{failure}"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_on_the_same_server_is_followed_with_the_question() {
    let server = Server::by(|_, seen| {
        if seen.head.starts_with("post /v1/chat/completions ") {
            answer_with(308, "location: /elsewhere", "")
        } else {
            good()
        }
    })
    .await;
    let http = server.http();
    let reply = http.ask(&ask("kept"), None).await.unwrap();
    assert_eq!(reply.text, "fine");
    assert!(server.requests()[1].body.contains("kept"));
    assert_eq!(http.traffic().sent, 2, "it left twice");
}

#[tokio::test]
async fn a_redirect_to_another_server_is_not_followed_and_ends_after_three_on_the_same() {
    let elsewhere = Server::playing(vec![good()]).await;
    let away = format!("location: http://{}/x", elsewhere.endpoint().host());
    for (location, sent) in [(away.as_str(), 1), ("location: /again", 4)] {
        let server = Server::playing(vec![answer_with(307, location, "")]).await;
        let http = server.http();
        assert_eq!(fails(&http).await.class, Class::BadRequest, "{location}");
        assert_eq!(http.traffic().sent, sent, "{location}");
        assert_eq!(server.requests().len() as u64, sent, "{location}");
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_cancelled_job_stops_waiting_at_once() {
    let server = Server::playing(vec![answer_with(429, "retry-after: 60", ""), Act::Hang]).await;
    let http = Arc::new(server.http());
    let cancel = http.job.cancel.clone();
    let asking: Vec<_> = (0..2)
        .map(|_| {
            let http = Arc::clone(&http);
            tokio::spawn(async move { fails(&http).await })
        })
        .collect();
    while server.requests().len() < 2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let start = Instant::now();
    cancel.cancel();
    for task in asking {
        assert_eq!(task.await.unwrap().class, Class::Cancelled);
    }
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(fails(&http).await.class, Class::Cancelled);
}

#[tokio::test]
async fn a_ca_file_that_holds_none_is_named() {
    let server = Server::playing(vec![good()]).await;
    let mut endpoint = server.endpoint();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, "no certificate").unwrap();
    endpoint.ca_file = Some(file);
    let failure = fails(&Http::new(endpoint.clone(), quick())).await;
    assert_eq!(failure.class, Class::BadRequest);
    assert!(failure.message.contains("ca.pem"), "{failure}");
    endpoint.ca_file = Some(folder.path().join("missing.pem"));
    let failure = fails(&Http::new(endpoint, quick())).await;
    assert!(failure.message.contains("missing.pem"), "{failure}");
}

#[tokio::test]
async fn a_packed_reply_is_unpacked_and_a_huge_one_refused() {
    use std::io::Write as _;
    let packed = |body: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(body).unwrap();
        let body = gzip.finish().unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Act::Raw([head.into_bytes(), body].concat())
    };
    let huge = vec![b' '; 17 << 20];
    let server = Server::playing(vec![packed(chat("small").as_bytes()), packed(&huge)]).await;
    let http = server.http();
    assert_eq!(http.ask(&ask("x"), None).await.unwrap().text, "small");
    let failure = fails(&http).await;
    assert!(failure.message.contains("longer than 16 MiB"), "{failure}");
}
