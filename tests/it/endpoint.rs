//! An endpoint on this machine that answers as a test tells it to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One answer.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: String,
    pub delay: Duration,
    /// A body in pieces instead, each after a while.
    pub pieces: Vec<(Duration, String)>,
}

impl Answer {
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: String::new(),
            body: body.into(),
            delay: Duration::ZERO,
            pieces: Vec::new(),
        }
    }

    /// A stream of these events, each after so many milliseconds.
    pub fn stream(events: &[(u64, &str)]) -> Self {
        let piece =
            |(ms, event): &(u64, &str)| (Duration::from_millis(*ms), format!("data: {event}\n\n"));
        Self {
            pieces: events.iter().map(piece).collect(),
            ..Self::new(200, "")
        }
    }

    pub fn after(self, ms: u64) -> Self {
        Self {
            delay: Duration::from_millis(ms),
            ..self
        }
    }

    pub fn header(mut self, line: &str) -> Self {
        self.headers.push_str(line);
        self.headers.push_str("\r\n");
        self
    }

    /// A verdict of this level on the question that was asked.
    pub fn level(asked: &Asked, level: i32) -> Self {
        let verdict = serde_json::json!({
            "verdict_id": asked.nonce, "criterion": asked.criterion, "evidence": [], "reasoning": "because of the test",
            "level": level, "reference_conflict": false, "cannot_judge": false, "cannot_judge_reason": "",
        });
        Self::content(&verdict.to_string())
    }

    /// A reply with this text.
    pub fn content(text: &str) -> Self {
        let body = serde_json::json!({
            "id": "r", "object": "chat.completion", "model": "m-1",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        });
        Self::new(200, body.to_string())
    }
}

/// One question as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which request this is, from 0.
    pub number: usize,
    pub at: Instant,
    pub nonce: String,
    pub criterion: String,
    pub prompt: String,
    pub body: String,
    pub headers: String,
}

/// A running endpoint.
pub struct Endpoint {
    pub port: u16,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    pub most_at_once: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Endpoint {
    pub fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::listing(&[], answer)
    }

    /// The same with a list of its models.
    pub fn listing(
        models: &[&str],
        answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let models: Vec<_> = models
            .iter()
            .map(|id| serde_json::json!({ "id": id }))
            .collect();
        let models: Arc<str> = serde_json::json!({ "data": models }).to_string().into();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (stop, now, most) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicUsize::new(0)),
        );
        let answer = Arc::new(answer);
        let endpoint = Self {
            port,
            asked: Arc::clone(&asked),
            most_at_once: Arc::clone(&most),
            stop: Arc::clone(&stop),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                let (now, most, models) = (Arc::clone(&now), Arc::clone(&most), models.clone());
                std::thread::spawn(move || {
                    let _ = serve(stream, &models, &asked, &*answer, (&now, &most));
                });
            }
        });
        endpoint
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub fn requests(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often each question was asked, by its nonce.
    pub fn times(&self) -> HashMap<String, usize> {
        let mut times = HashMap::new();
        for asked in self.requests() {
            *times.entry(asked.nonce).or_default() += 1;
        }
        times
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    stream: TcpStream,
    models: &str,
    asked: &Mutex<Vec<Asked>>,
    answer: &(dyn Fn(&Asked) -> Answer + Send + Sync),
    (now, most): (&AtomicUsize, &AtomicUsize),
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        if !head.starts_with("POST") {
            write!(
                writer,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{models}",
                models.len()
            )?;
            continue;
        }
        let at_once = now.fetch_add(1, Ordering::Relaxed) + 1;
        most.fetch_max(at_once, Ordering::Relaxed);
        let question = {
            let mut all = asked.lock().unwrap();
            let question = read(all.len(), &head, &String::from_utf8_lossy(&body));
            all.push(question.clone());
            question
        };
        let reply = answer(&question);
        std::thread::sleep(reply.delay);
        if !reply.pieces.is_empty() {
            pour(&mut writer, &reply.pieces)?;
            now.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        now.fetch_sub(1, Ordering::Relaxed);
        write!(
            writer,
            "HTTP/1.1 {} X\r\ncontent-type: application/json\r\n{}content-length: {}\r\n\r\n{}",
            reply.status,
            reply.headers,
            reply.body.len(),
            reply.body
        )?;
    }
}

/// Writes a body in chunks.
fn pour(writer: &mut TcpStream, pieces: &[(Duration, String)]) -> std::io::Result<()> {
    write!(
        writer,
        "HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )?;
    for (wait, piece) in pieces {
        std::thread::sleep(*wait);
        write!(writer, "{:x}\r\n{piece}\r\n", piece.len())?;
    }
    write!(writer, "0\r\n\r\n")
}

fn read(number: usize, headers: &str, body: &str) -> Asked {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let mut prompt = String::new();
    for message in json["messages"].as_array().into_iter().flatten() {
        match &message["content"] {
            serde_json::Value::String(text) => prompt.push_str(text),
            serde_json::Value::Array(parts) => {
                for part in parts {
                    prompt.push_str(part["text"].as_str().unwrap_or_default());
                }
            }
            _ => {}
        }
        prompt.push('\n');
    }
    let nonce = prompt
        .rsplit("verdict_id")
        .next()
        .and_then(|rest| {
            let digits: String = rest
                .chars()
                .skip_while(|c| !c.is_ascii_hexdigit())
                .take_while(char::is_ascii_hexdigit)
                .collect();
            (digits.len() == 12).then_some(digits)
        })
        .unwrap_or_default();
    let schema =
        json["response_format"]["json_schema"]["schema"]["properties"]["criterion"].clone();
    let criterion = schema["enum"][0]
        .as_str()
        .or(schema["const"].as_str())
        .unwrap_or_default()
        .to_owned();
    Asked {
        number,
        at: Instant::now(),
        nonce,
        criterion,
        prompt,
        body: body.to_owned(),
        headers: headers.to_owned(),
    }
}
