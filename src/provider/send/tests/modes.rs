//! Finding out what an endpoint understands.

use super::*;
use crate::provider::RoomName;
use crate::provider::testing::shaped;

fn refuses(text: &str) -> Act {
    let text = crate::domain::json::quote(text);
    answer(400, &format!(r#"{{"error":{{"message":{text}}}}}"#))
}

#[tokio::test]
async fn refused_parameters_are_left_out_once_and_recorded() {
    let server = Server::by(|_, seen| {
        if seen.body.contains("temperature") {
            refuses("Unsupported value: 'temperature' does not support 0 with this model.")
        } else if seen.body.contains("\"max_tokens\"") {
            refuses("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
        } else if seen.body.contains("seed") {
            refuses("Unrecognized request argument supplied: seed")
        } else {
            good()
        }
    })
    .await;
    let http = server.http();
    let reply = http.ask(&ask("x"), None).await.unwrap();
    assert_eq!(
        (reply.tries, reply.without),
        (4, vec!["seed".into(), "temperature".into()])
    );
    let again = http.ask(&ask("y"), None).await.unwrap();
    assert_eq!(again.tries, 1);
    let last = server.requests().pop().unwrap().body;
    assert!(last.contains("\"max_completion_tokens\":64"), "{last}");
    let found = http.capabilities();
    assert_eq!(found.room, Some(RoomName::MaxCompletionTokens));
    let job = Job {
        capabilities: found,
        ..quick()
    };
    let next = Http::new(server.endpoint(), job);
    assert_eq!(next.ask(&ask("z"), None).await.unwrap().tries, 1);
}

#[tokio::test]
async fn json_falls_back_from_schema_to_tool_to_json_to_text() {
    let server = Server::by(|_, seen| {
        if seen.body.contains("json_schema") {
            refuses("'response_format.type' must be 'json_object' or 'text'")
        } else if seen.body.contains("tool_choice") {
            refuses("\"auto\" tool choice requires --enable-auto-tool-choice: tool_choice is not supported")
        } else if seen.body.contains("json_object") {
            refuses("response_format is not supported by this model")
        } else {
            good()
        }
    })
    .await;
    let http = server.http();
    let reply = http.ask(&shaped("x"), None).await.unwrap();
    assert_eq!((reply.mode, reply.tries), (Mode::Text, 4));
    assert_eq!(http.capabilities().proven, Some(Mode::Text));
    assert_eq!(http.ask(&shaped("y"), None).await.unwrap().tries, 1);
}

#[tokio::test]
async fn many_questions_at_once_survive_the_same_refusal() {
    let server = Server::by(|_, seen| {
        if seen.body.contains("temperature") {
            refuses("`temperature` is deprecated for this model.")
        } else {
            good()
        }
    })
    .await;
    let http = Arc::new(server.http());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let http = Arc::clone(&http);
        tasks.spawn(async move { http.ask(&ask("x"), None).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_parameter_refused_for_ever_ends_in_a_failure() {
    let always = refuses("Unsupported parameter: 'seed'");
    let server = Server::playing(vec![always]).await;
    let failure = fails(&server.http()).await;
    assert_eq!(failure.class, Class::BadRequest, "{failure}");
    assert_eq!(server.requests().len(), 2);
}
