//! Replies in pieces: what they tell, and what they must not be taken for.

use super::*;
use crate::provider::testing::{End, events, streamed};
use crate::provider::{Dialect, Estimate, Held, Purse, Spent};

fn job() -> Job {
    Job {
        stream: true,
        ..quick()
    }
}

fn streaming(server: &Server) -> Http {
    Http::new(server.endpoint(), job())
}

fn piece(text: &str) -> String {
    let text = crate::domain::json::quote(text);
    format!(r#"{{"model":"m-1","choices":[{{"index":0,"delta":{{"content":{text}}}}}]}}"#)
}

const ROLE: &str = r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#;
const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2}}"#;

fn reply_of(text: &str) -> Act {
    events(&[ROLE, &piece(text), STOP, USAGE, "[DONE]"])
}

#[tokio::test]
async fn a_slow_stream_tells_when_its_first_token_came_and_when_its_last() {
    let gap = Duration::from_millis(60);
    let (one, two) = (piece("Two "), piece("days."));
    let act = streamed(&[ROLE, &one, &two, STOP, USAGE, "[DONE]"], gap, End::Whole);
    let server = Server::playing(vec![act]).await;
    let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
    assert_eq!(reply.text, "Two days.");
    assert_eq!(reply.usage.map(|usage| usage.output), Some(2));
    let first = reply.first_token.unwrap();
    assert!(first >= 2 * gap, "{first:?}");
    assert!(reply.took >= first + 3 * gap, "{first:?} {:?}", reply.took);
    assert!(reply.raw.contains("[DONE]"));
    let sent = &server.requests()[0].body;
    assert!(
        sent.ends_with(r#""stream":true,"stream_options":{"include_usage":true}}"#),
        "{sent}"
    );
}

#[tokio::test]
async fn pieces_cut_anywhere_even_within_a_character_are_joined() {
    let body = format!(
        "data: {}\r\n\r\ndata: {STOP}\r\n\r\ndata: [DONE]\r\n\r\n",
        piece("häß 🙂 終")
    );
    for size in [1, 2, 3, 7, 64] {
        let pieces = body.as_bytes().chunks(size);
        let act = Act::Stream {
            kind: "text/event-stream; charset=utf-8",
            pieces: pieces
                .map(|piece| (Duration::ZERO, piece.to_vec()))
                .collect(),
            end: End::Whole,
        };
        let server = Server::playing(vec![act]).await;
        let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
        assert_eq!(reply.text, "häß 🙂 終", "{size}");
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_is_asked_again_and_never_a_short_answer() {
    let half = piece("It takes");
    let clean_end = Act::Raw(
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {half}\n\n")
            .into(),
    );
    let torn = Act::Raw(
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {half}\n\ndata: {{\"choi").into(),
    );
    let cut = streamed(&[ROLE, &half], Duration::ZERO, End::Cut);
    for (act, words) in [
        (clean_end, "does not say that it is done"),
        (torn, "does not say that it is done"),
        (cut, "broke off after"),
    ] {
        let server = Server::playing(vec![act.clone()]).await;
        let failure = fails(&streaming(&server)).await;
        assert_eq!(failure.class, Class::Transport);
        assert!(failure.message.contains(words), "{failure}");
        assert!(
            failure.message.contains("gave up after 5 tries"),
            "{failure}"
        );
        let server = Server::playing(vec![act, reply_of("It takes two days.")]).await;
        let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
        assert_eq!(
            (reply.text.as_str(), reply.tries),
            ("It takes two days.", 2)
        );
    }
}

#[tokio::test]
async fn what_is_lost_behind_a_complete_answer_costs_nothing() {
    let text = piece("Two days.");
    let cut = streamed(&[ROLE, &text, STOP], Duration::ZERO, End::Cut);
    let server = Server::playing(vec![cut]).await;
    let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.tries, reply.usage),
        ("Two days.", 1, None)
    );
    // A server that leaves the connection open after its last word is not waited for.
    let open = streamed(&[&text, STOP, USAGE, "[DONE]"], Duration::ZERO, End::Open);
    let server = Server::playing(vec![open]).await;
    let start = Instant::now();
    let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
    assert_eq!(reply.usage.map(|usage| usage.output), Some(2));
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_stream_that_hangs_ends_at_the_time_limit() {
    let hang = streamed(&[ROLE, &piece("Two")], Duration::ZERO, End::Open);
    let server = Server::playing(vec![hang]).await;
    let mut endpoint = server.endpoint();
    endpoint.timeouts.total = Duration::from_millis(80);
    let failure = fails(&Http::new(endpoint, job())).await;
    assert_eq!(failure.class, Class::Transport);
    assert!(
        failure.message.contains("no whole reply within"),
        "{failure}"
    );
}

#[tokio::test]
async fn an_endpoint_that_answers_in_one_piece_works_and_has_no_first_token() {
    for act in [good(), Act::Late(Duration::ZERO, chat("fine"))] {
        let server = Server::playing(vec![act]).await;
        let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.first_token), ("fine", None));
        assert_eq!(reply.usage.map(|usage| usage.input), Some(10));
    }
    // A stream under another name is one all the same.
    let act = Act::Stream {
        kind: "text/plain",
        pieces: vec![(
            Duration::ZERO,
            format!("data: {}\n\ndata: {STOP}\n\n", piece("a")).into(),
        )],
        end: End::Whole,
    };
    let server = Server::playing(vec![act]).await;
    let reply = streaming(&server).ask(&ask("x"), None).await.unwrap();
    assert_eq!(reply.text, "a");
    assert!(reply.first_token.is_some());
}

#[tokio::test]
async fn a_refused_stream_or_count_is_found_out_once_and_remembered() {
    let refuse = |text: &str| {
        let text = crate::domain::json::quote(text);
        answer(400, &format!(r#"{{"error":{{"message":{text}}}}}"#))
    };
    for words in [
        "Unsupported value: 'stream' does not support true with this model.",
        "Streaming is not supported by this deployment.",
        "unknown field `stream`",
    ] {
        let told = refuse(words);
        let server = Server::by(move |_, seen| {
            if seen.body.contains("\"stream\":true") {
                told.clone()
            } else {
                good()
            }
        })
        .await;
        let http = streaming(&server);
        let reply = http.ask(&ask("x"), None).await.unwrap();
        assert_eq!((reply.text.as_str(), reply.tries), ("fine", 2), "{words}");
        // How a reply travels is no parameter of the question.
        assert_eq!(reply.without, Vec::<String>::new());
        let known = Job {
            capabilities: http.capabilities(),
            ..job()
        };
        let next = Http::new(server.endpoint(), known);
        assert_eq!(next.ask(&ask("y"), None).await.unwrap().tries, 1);
    }
    let server = Server::by(move |_, seen| {
        if seen.body.contains("stream_options") {
            refuse("Extra inputs are not permitted: body.stream_options")
        } else {
            events(&[&piece("fine"), STOP, "[DONE]"])
        }
    })
    .await;
    let http = streaming(&server);
    let reply = http.ask(&ask("x"), None).await.unwrap();
    assert_eq!((reply.tries, reply.usage), (2, None));
    assert!(reply.first_token.is_some());
    assert!(http.capabilities().takes("stream"));
}

#[tokio::test]
async fn an_error_within_a_stream_is_retried_or_told_like_a_plain_one() {
    let wait = r#"{"error":{"message":"slow down","type":"rate_limit_error"}}"#;
    let acts = vec![events(&[ROLE, &piece("It"), wait]), reply_of("fine")];
    let server = Server::playing(acts).await;
    let http = streaming(&server);
    let reply = http.ask(&ask("x"), None).await.unwrap();
    assert_eq!((reply.text.as_str(), reply.tries), ("fine", 2));
    assert_eq!(http.traffic().rate_limited, 1);
    let filter = r#"{"error":{"message":"blocked","code":"content_filter"}}"#;
    let server = Server::playing(vec![events(&[ROLE, filter])]).await;
    assert_eq!(fails(&streaming(&server)).await.class, Class::Refusal);
    assert_eq!(server.requests().len(), 1);
    // Before the first piece it is a plain answer.
    let server = Server::playing(vec![answer(401, r#"{"error":{"message":"no"}}"#)]).await;
    assert_eq!(fails(&streaming(&server)).await.class, Class::Auth);
}

#[tokio::test]
async fn the_other_dialect_streams_too() {
    let act = events(&[
        r#"{"type":"message_start","message":{"model":"c-1","usage":{"input_tokens":9,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"fine"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#,
        r#"{"type":"message_stop"}"#,
    ]);
    let server = Server::playing(vec![act]).await;
    let mut endpoint = server.endpoint();
    endpoint.dialect = Dialect::Anthropic;
    let reply = Http::new(endpoint, job())
        .ask(&ask("x"), None)
        .await
        .unwrap();
    assert_eq!(reply.text, "fine");
    assert!(reply.first_token.is_some());
    assert_eq!(reply.usage.map(|usage| usage.output), Some(5));
    let sent = &server.requests()[0].body;
    assert!(
        sent.contains(r#""stream":true"#) && !sent.contains("stream_options"),
        "{sent}"
    );
}

#[tokio::test]
async fn a_key_that_is_echoed_in_two_pieces_is_masked() {
    let (one, two) = (piece("your key is sk-echo"), piece("-1234567, keep it"));
    let server = Server::playing(vec![events(&[&one, &two, STOP, "[DONE]"])]).await;
    let mut endpoint = server.endpoint();
    endpoint.key = KeySource::Command("echo sk-echo-1234567".into());
    let reply = Http::new(endpoint, job())
        .ask(&ask("x"), None)
        .await
        .unwrap();
    assert_eq!(reply.text, "your key is [key], keep it");
    assert!(!format!("{reply:?}").contains("sk-echo"), "{reply:?}");
}

/// Remembers what each send came to.
#[derive(Default)]
struct Till(Mutex<Vec<Spent>>);

impl Purse for Till {
    fn reserve(&self, _: Estimate) -> Result<Held, Failure> {
        Ok(Held(0))
    }

    fn settle(&self, _: Held, spent: Spent) {
        self.0.lock().unwrap().push(spent);
    }
}

#[tokio::test]
async fn a_cut_stream_counts_its_whole_reservation_and_a_good_one_its_tokens() {
    let acts = vec![
        streamed(&[ROLE, &piece("It")], Duration::ZERO, End::Cut),
        reply_of("It takes two days."),
    ];
    let server = Server::playing(acts).await;
    let till = Arc::new(Till::default());
    let job = Job {
        purse: Arc::<Till>::clone(&till),
        ..job()
    };
    let http = Http::new(server.endpoint(), job);
    http.ask(&ask("x"), None).await.unwrap();
    let spent = till.0.lock().unwrap();
    assert_eq!(spent[0], Spent::Unknown);
    assert!(matches!(spent[1], Spent::Tokens(usage) if usage.output == 2));
}
