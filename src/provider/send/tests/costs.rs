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
