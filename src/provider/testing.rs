//! A misbehaving server on a loopback port, for tests: raw bytes out, requests kept.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Ask, Backoff, Endpoint, Http, Job, Prompt, Shape};
use crate::domain::json::Json;

/// What is done with one request.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A whole answer: status, further header lines, body.
    Answer(u16, String, String),
    /// Raw bytes, then the connection is closed.
    Raw(Vec<u8>),
    /// The connection is closed without a byte.
    Close,
    /// Nothing, for ever.
    Hang,
    /// Headers at once, then a byte of the body every so often.
    Drip(Duration),
    /// A whole answer after a while.
    Late(Duration, String),
    /// A body in pieces, each after a while.
    Stream {
        /// Its `content-type`.
        kind: &'static str,
        pieces: Vec<(Duration, Vec<u8>)>,
        end: End,
    },
}

/// How a body in pieces ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// As it should.
    Whole,
    /// The connection is closed in the middle.
    Cut,
    /// Not at all.
    Open,
}

/// A stream of these events, one after another.
pub(super) fn events(events: &[&str]) -> Act {
    streamed(events, Duration::ZERO, End::Whole)
}

/// The same with a wait before each event.
pub(super) fn streamed(events: &[&str], gap: Duration, end: End) -> Act {
    let piece = |event: &&str| (gap, format!("data: {event}\n\n").into_bytes());
    Act::Stream {
        kind: "text/event-stream",
        pieces: events.iter().map(piece).collect(),
        end,
    }
}

pub(super) fn answer(status: u16, body: &str) -> Act {
    Act::Answer(
        status,
        "content-type: application/json\r\n".into(),
        body.into(),
    )
}

pub(super) fn answer_with(status: u16, headers: &str, body: &str) -> Act {
    Act::Answer(status, format!("{headers}\r\n"), body.into())
}

/// A chat completion with this content.
pub(super) fn chat(content: &str) -> String {
    format!(
        r#"{{"id":"c1","object":"chat.completion","model":"m-1","choices":[{{"index":0,"message":{{"role":"assistant","content":{}}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":10,"completion_tokens":2}}}}"#,
        Json::string(content).as_str()
    )
}

pub(super) fn good() -> Act {
    answer(200, &chat("fine"))
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) at: Instant,
    pub(super) head: String,
    pub(super) body: String,
}

#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Plays `acts` in order, then the last one again and again.
    pub(super) async fn playing(acts: Vec<Act>) -> Self {
        Self::by(move |at, _| acts[at.min(acts.len() - 1)].clone()).await
    }

    /// Does what `choose` says for the number and body of each request.
    pub(super) async fn by(choose: impl Fn(usize, &Seen) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            seen: Arc::default(),
        };
        let (seen, choose) = (Arc::clone(&server.seen), Arc::new(choose));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&choose)));
            }
        });
        server
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint::at(&self.url()).unwrap()
    }

    pub(super) fn http(&self) -> Http {
        Http::new(self.endpoint(), quick())
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// A job that does not wait long between tries.
pub(super) fn quick() -> Job {
    Job {
        backoff: Backoff {
            base: Duration::from_millis(2),
            cap: Duration::from_millis(10),
            tries: 5,
        },
        ..Job::default()
    }
}

pub(super) fn ask(rest: &str) -> Ask {
    Ask {
        model: "m".into(),
        prompt: Prompt::Written {
            system: "standing".into(),
            prefix: "prefix ".into(),
            rest: rest.to_owned(),
        },
        shape: None,
        max_output_tokens: Some(64),
        temperature: Some(0.0),
        seed: Some(7),
        parameters: None,
    }
}

pub(super) fn shaped(rest: &str) -> Ask {
    Ask {
        shape: Some(Arc::new(Shape {
            name: "verdict".into(),
            schema: Json::parse(r#"{"type":"object"}"#).unwrap(),
        })),
        ..ask(rest)
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<Seen>>>,
    choose: Arc<impl Fn(usize, &Seen) -> Act>,
) {
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut stream, &mut buffer).await {
        let act = {
            let mut seen = seen.lock().unwrap();
            let act = choose(seen.len(), &request);
            seen.push(request);
            act
        };
        let (delay, bytes, keep) = match act {
            Act::Answer(status, headers, body) => {
                (Duration::ZERO, whole(status, &headers, &body), true)
            }
            Act::Late(delay, body) => (delay, whole(200, "", &body), true),
            Act::Raw(bytes) => (Duration::ZERO, bytes, false),
            Act::Close => return,
            Act::Hang => (Duration::from_secs(600), Vec::new(), false),
            Act::Drip(gap) => return drip(&mut stream, gap).await,
            Act::Stream { kind, pieces, end } => {
                if pour(&mut stream, kind, pieces, end).await.is_err() || end != End::Whole {
                    return;
                }
                continue;
            }
        };
        tokio::time::sleep(delay).await;
        if stream.write_all(&bytes).await.is_err() || !keep {
            return;
        }
    }
}

fn whole(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} Status\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A body in chunks.
async fn pour(
    stream: &mut TcpStream,
    kind: &str,
    pieces: Vec<(Duration, Vec<u8>)>,
    end: End,
) -> std::io::Result<()> {
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    for (gap, bytes) in pieces {
        tokio::time::sleep(gap).await;
        let size = format!("{:x}\r\n", bytes.len());
        let chunk = [size.as_bytes(), &bytes, b"\r\n"].concat();
        stream.write_all(&chunk).await?;
    }
    match end {
        End::Whole => stream.write_all(b"0\r\n\r\n").await,
        End::Cut => Ok(()),
        End::Open => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            Ok(())
        }
    }
}

async fn drip(stream: &mut TcpStream, gap: Duration) {
    let body = chat("slow");
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).await;
    for byte in body.bytes() {
        tokio::time::sleep(gap).await;
        if stream.write_all(&[byte]).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Seen> {
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.trim().parse().unwrap());
            let whole = end + 4 + length;
            if buffer.len() >= whole {
                let body = String::from_utf8_lossy(&buffer[end + 4..whole]).into_owned();
                buffer.drain(..whole);
                return Some(Seen {
                    at: Instant::now(),
                    head,
                    body,
                });
            }
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
        if buffer[0] == 0x16 {
            // A handshake: whoever speaks plain http answers like this.
            let _ = stream.write_all(&whole(400, "", "")).await;
            return None;
        }
    }
}
