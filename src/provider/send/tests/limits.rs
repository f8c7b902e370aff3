//! Being asked to wait.

use super::*;
use crate::provider::Backoff;

#[tokio::test]
async fn no_form_of_a_wait_is_cut_short() {
    // A date has whole seconds: the endpoint's own clock is given, so that the span is exact.
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:38 GMT";
    for (headers, at_least) in [
        ("retry-after: 0.15", 150),
        ("retry-after-ms: 120", 120),
        ("x-ratelimit-reset-requests: 110ms", 110),
        (date, 1_000),
    ] {
        let limited = answer_with(429, headers, r#"{"error":{"message":"slow down"}}"#);
        let server = Server::playing(vec![limited, good()]).await;
        let http = server.http();
        let reply = http.ask(&ask("x"), None).await.unwrap();
        assert_eq!(reply.tries, 2);
        let seen = server.requests();
        let gap = seen[1].at - seen[0].at;
        assert!(gap >= Duration::from_millis(at_least), "{headers}: {gap:?}");
        assert!(
            gap < Duration::from_millis(at_least + 700),
            "{headers}: {gap:?}"
        );
        assert_eq!(http.traffic().rate_limited, 1);
    }
}

#[tokio::test]
async fn a_wait_without_a_time_backs_off() {
    let overloaded =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let server = Server::playing(vec![answer(429, ""), answer(529, overloaded), good()]).await;
    let http = server.http();
    assert_eq!(http.ask(&ask("x"), None).await.unwrap().tries, 3);
    assert_eq!(http.traffic().rate_limited, 2);
}

#[tokio::test]
async fn a_question_that_waits_gives_its_place_to_others() {
    let server = Server::by(|_, seen| {
        if seen.body.contains("limited") {
            answer_with(429, "retry-after: 30", "")
        } else {
            good()
        }
    })
    .await;
    let job = Job {
        concurrency: 1,
        ..quick()
    };
    let http = Arc::new(Http::new(server.endpoint(), job));
    let waiting = Arc::clone(&http);
    let task = tokio::spawn(async move { waiting.ask(&ask("limited"), None).await });
    while http.traffic().delayed == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let others = async {
        for _ in 0..5 {
            http.ask(&ask("open"), None).await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(10), others)
        .await
        .unwrap();
    task.abort();
}

#[tokio::test]
async fn a_wait_longer_than_our_patience_fails_with_the_time_it_names() {
    let server = Server::playing(vec![answer_with(429, "retry-after: 4000", "")]).await;
    let failure = fails(&server.http()).await;
    assert_eq!(failure.class, Class::RateLimit);
    assert_eq!(failure.retry_after, Some(Duration::from_secs(4000)));
    assert!(failure.lasting);
    assert!(failure.message.contains("4000 s, until 2"), "{failure}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn who_was_told_to_wait_long_asks_nothing_until_then_and_tells_the_next_job() {
    let server = Server::playing(vec![answer_with(429, "retry-after: 4000", ""), good()]).await;
    let http = server.http();
    fails(&http).await;
    let refused = fails(&http).await;
    assert_eq!((refused.class, refused.sent), (Class::RateLimit, 0));
    assert!(
        refused.lasting && refused.message.contains(" UTC"),
        "{refused}"
    );
    let found = http.capabilities();
    let next = |found: Capabilities| {
        let job = Job {
            capabilities: found,
            ..quick()
        };
        Http::new(server.endpoint(), job)
    };
    assert_eq!(fails(&next(found.clone())).await.sent, 0);
    assert_eq!(server.requests().len(), 1, "nothing more was sent");
    let sooner = next(Capabilities {
        wait_until_ms: None,
        ..found.clone()
    });
    sooner.ask(&ask("x"), None).await.unwrap();
    let over = next(Capabilities {
        wait_until_ms: Some(1_000),
        ..found
    });
    over.ask(&ask("x"), None).await.unwrap();
    assert_eq!(over.capabilities().wait_until_ms, None, "it is over");
}

#[tokio::test]
async fn spent_quota_is_not_waited_for() {
    let body = r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#;
    let server = Server::playing(vec![answer(429, body)]).await;
    assert_eq!(fails(&server.http()).await.class, Class::Quota);
}

#[tokio::test]
async fn a_failing_server_that_names_a_time_is_not_asked_earlier() {
    let server = Server::playing(vec![answer_with(503, "retry-after: 0.1", ""), good()]).await;
    server.http().ask(&ask("x"), None).await.unwrap();
    let seen = server.requests();
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(100));
}

#[tokio::test]
async fn more_than_a_hundred_requests_are_under_way_at_once_from_the_first_moment() {
    let server = Server::playing(vec![Act::Late(Duration::from_millis(400), chat("late"))]).await;
    let job = Job {
        concurrency: 150,
        ..quick()
    };
    let http = Arc::new(Http::new(server.endpoint(), job));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..160 {
        let http = Arc::clone(&http);
        tasks.spawn(async move { http.ask(&ask("x"), None).await.unwrap() });
    }
    let mut most = 0;
    while !tasks.is_empty() {
        tokio::select! {
            Some(done) = tasks.join_next() => drop(done.unwrap()),
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
        most = most.max(http.traffic().in_flight);
    }
    assert_eq!(most, 150);
}

#[tokio::test]
async fn a_tenth_of_refusals_ends_no_question_and_keeps_the_ceiling() {
    let server = Server::by(|at, _| {
        if at % 10 == 3 {
            answer_with(429, "retry-after-ms: 30", "")
        } else if at % 20 == 7 {
            answer(500, "oops")
        } else {
            good()
        }
    })
    .await;
    let job = Job {
        concurrency: 16,
        backoff: Backoff {
            tries: 9,
            ..quick().backoff
        },
        ..quick()
    };
    let http = Arc::new(Http::new(server.endpoint(), job));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let slot = http.slot().await.unwrap();
        let http = Arc::clone(&http);
        tasks.spawn(async move { http.ask(&ask("x"), Some(slot)).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let traffic = http.traffic();
    assert_eq!(traffic.sent, 300 + traffic.retries);
    assert_eq!(
        (traffic.ceiling, traffic.in_flight, traffic.delayed),
        (16, 0, 0)
    );
}
