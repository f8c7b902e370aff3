//! The purse is asked before each send and told exactly once.

use super::*;
use crate::provider::testing::shaped;
use crate::provider::{Estimate, Held, Purse, Spent};

/// Counts, and refuses after a number of reservations.
#[derive(Default)]
struct Till {
    left: Mutex<Option<u64>>,
    held: Mutex<Vec<u64>>,
    spent: Mutex<Vec<Spent>>,
}

impl Purse for Till {
    fn reserve(&self, estimate: Estimate) -> Result<Held, Failure> {
        assert!(estimate.input > 0 && estimate.output > 0);
        let mut left = self.left.lock().unwrap();
        match left.as_mut() {
            Some(0) => return Err(Failure::new(Class::Budget, "the budget is spent")),
            Some(left) => *left -= 1,
            None => {}
        }
        let mut held = self.held.lock().unwrap();
        let next = held.len() as u64;
        held.push(next);
        Ok(Held(next))
    }

    fn settle(&self, _: Held, spent: Spent) {
        self.spent.lock().unwrap().push(spent);
    }
}

fn with_till(server: &Server, limit: Option<u64>) -> (Http, Arc<Till>) {
    let till = Arc::new(Till {
        left: Mutex::new(limit),
        ..Till::default()
    });
    let job = Job {
        purse: Arc::<Till>::clone(&till),
        ..quick()
    };
    (Http::new(server.endpoint(), job), till)
}

#[tokio::test]
async fn every_send_is_reserved_and_settled_by_what_became_of_it() {
    let acts = vec![
        answer(500, ""),
        answer_with(429, "retry-after-ms: 1", ""),
        Act::Close,
        good(),
    ];
    let server = Server::playing(acts).await;
    let (http, till) = with_till(&server, None);
    http.ask(&ask("x"), None).await.unwrap();
    assert_eq!(till.held.lock().unwrap().len(), 4);
    let spent = till.spent.lock().unwrap();
    let Spent::Tokens(usage) = spent[3] else {
        panic!("{spent:?}")
    };
    assert_eq!((usage.input, usage.output), (10, 2));
    assert_eq!(spent[..3], [Spent::Nothing, Spent::Nothing, Spent::Unknown]);
}

#[tokio::test]
async fn nothing_is_sent_that_the_purse_refuses() {
    let server = Server::playing(vec![answer(500, ""), answer(500, ""), good()]).await;
    let (http, till) = with_till(&server, Some(2));
    assert_eq!(fails(&http).await.class, Class::Budget);
    assert_eq!(server.requests().len(), 2);
    assert_eq!(till.spent.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_dropped_question_counts_its_whole_reservation() {
    let server = Server::playing(vec![Act::Hang]).await;
    let (http, till) = with_till(&server, None);
    let dropped = tokio::time::timeout(Duration::from_millis(80), http.ask(&ask("x"), None)).await;
    assert!(dropped.is_err());
    assert_eq!(*till.spent.lock().unwrap(), [Spent::Unknown]);
    assert_eq!(http.traffic().in_flight, 0);
}

#[tokio::test]
async fn no_connection_costs_nothing_and_a_refused_parameter_neither() {
    let body = r#"{"error":{"message":"Unsupported parameter: 'seed'","param":"seed","code":"unsupported_parameter"}}"#;
    let server = Server::playing(vec![answer(400, body), good()]).await;
    let (http, till) = with_till(&server, None);
    http.ask(&shaped("x"), None).await.unwrap();
    assert_eq!(till.spent.lock().unwrap()[0], Spent::Nothing);
}

/// Notes how often a question was about to leave, and may keep it here.
#[derive(Default)]
struct Door {
    left: Mutex<u32>,
    shut: bool,
}

impl Purse for Door {
    fn reserve(&self, _: Estimate) -> Result<Held, Failure> {
        Ok(Held(0))
    }

    fn settle(&self, _: Held, _: Spent) {}

    fn watches(&self) -> bool {
        *self.left.lock().unwrap() == 0
    }

    fn leaving(&self) -> Result<(), Failure> {
        if self.shut {
            return Err(Failure::new(Class::BadRequest, "it stays here"));
        }
        *self.left.lock().unwrap() += 1;
        Ok(())
    }
}

fn behind(endpoint: Endpoint, door: &Arc<Door>) -> Http {
    let job = Job {
        purse: Arc::<Door>::clone(door),
        ..quick()
    };
    Http::new(endpoint, job)
}

#[tokio::test]
async fn a_question_leaves_once_the_connection_stands_and_not_where_nobody_answers() {
    let door = Arc::new(Door::default());
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let down = Endpoint::at(&format!("http://{gone}/v1")).unwrap();
    assert_eq!(fails(&behind(down, &door)).await.class, Class::Transport);
    assert_eq!(*door.left.lock().unwrap(), 0, "nothing has left");
    let server = Server::playing(vec![good()]).await;
    let http = behind(server.endpoint(), &door);
    for text in ["first", "second"] {
        http.ask(&ask(text), None).await.unwrap();
    }
    assert_eq!(*door.left.lock().unwrap(), 1, "told once");
    let seen = server.requests();
    assert!(seen[0].body.contains("first") && seen[1].body.contains("second"));
    let head = &seen[0].head;
    assert!(
        head.contains("content-length: ") && !head.contains("chunked"),
        "{head}"
    );
}

#[tokio::test]
async fn what_is_not_let_out_stays_here_with_the_reason() {
    let door = Arc::new(Door {
        shut: true,
        ..Door::default()
    });
    let server = Server::playing(vec![good()]).await;
    let failure = fails(&behind(server.endpoint(), &door)).await;
    assert_eq!(failure.class, Class::BadRequest);
    assert_eq!(failure.message, "it stays here");
    let seen = server.requests();
    assert!(seen.iter().all(|one| one.body.is_empty()), "{seen:?}");
}

#[tokio::test]
async fn a_first_question_follows_a_redirect_too() {
    let server = Server::by(|_, seen| {
        if seen.head.starts_with("post /v1/chat/completions ") {
            answer_with(307, "location: /elsewhere", "")
        } else {
            good()
        }
    })
    .await;
    let door = Arc::new(Door::default());
    let http = behind(server.endpoint(), &door);
    assert_eq!(http.ask(&ask("kept"), None).await.unwrap().text, "fine");
    let seen = server.requests();
    assert!(seen.last().unwrap().body.contains("kept"));
    assert_eq!(
        (seen.len(), http.traffic().sent),
        (2, 2),
        "each send is counted"
    );
}
