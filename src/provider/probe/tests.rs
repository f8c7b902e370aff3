use std::time::Instant;

use super::*;
use crate::provider::testing::{Act, Server, answer, answer_with, chat, good};

fn at(server: &Server, name: &str) -> Endpoint {
    let mut endpoint = server.endpoint();
    endpoint.name = name.to_owned();
    endpoint
}

#[tokio::test]
async fn servers_are_asked_all_at_once_and_the_silent_ones_left_out() {
    let list = r#"{"object":"list","data":[{"id":"m-1","object":"model"},{"id":"m-2"}]}"#;
    let up = Server::playing(vec![answer(200, list)]).await;
    let locked = Server::playing(vec![answer(401, r#"{"error":"Unauthorized"}"#)]).await;
    let page = Server::playing(vec![answer_with(200, "content-type: text/html", "<html>")]).await;
    let hangs = Server::playing(vec![Act::Hang]).await;
    let drips = Server::playing(vec![Act::Drip(Duration::from_millis(50))]).await;
    let servers = [
        (&up, "up"),
        (&locked, "locked"),
        (&page, "page"),
        (&hangs, "hangs"),
        (&drips, "drips"),
    ];
    let start = Instant::now();
    let found = knock(
        servers
            .iter()
            .map(|(server, name)| at(server, name))
            .collect(),
    )
    .await;
    assert!(
        start.elapsed() < Duration::from_millis(1_500),
        "{:?}",
        start.elapsed()
    );
    let told: Vec<_> = found
        .iter()
        .map(|usable| (usable.endpoint.name.as_str(), usable.found.clone()))
        .collect();
    let models = vec!["m-1".to_owned(), "m-2".to_owned()];
    assert_eq!(
        told,
        [
            ("up", Found::Server(models)),
            ("locked", Found::Server(Vec::new()))
        ]
    );
    assert_eq!(found[0].endpoint.timeouts, Timeouts::default());
}

#[tokio::test]
async fn keys_that_are_set_make_their_endpoints_usable() {
    let var = |name: &str| match name {
        "OPENAI_API_KEY" => Some("sk-x".to_owned()),
        "ANTHROPIC_API_KEY" => Some(" ".to_owned()),
        "AZURE_OPENAI_API_KEY" => Some("no address with it".to_owned()),
        _ => None,
    };
    let found = usable(var).await;
    let keys: Vec<_> = found
        .iter()
        .filter_map(|usable| match &usable.found {
            Found::Key(name) => Some((usable.endpoint.name.as_str(), name.as_str())),
            Found::Server(_) => None,
        })
        .collect();
    assert_eq!(keys, [("openai", "OPENAI_API_KEY")]);
}

#[tokio::test]
async fn one_endpoint_is_tried_in_every_form() {
    let server = Server::by(|_, seen| {
        if seen.head.starts_with("get /v1/models") {
            answer(200, r#"{"data":[{"id":"m"}]}"#)
        } else if seen.body.contains("json_schema") {
            answer(
                400,
                r#"{"error":{"message":"response_format json_schema is not supported"}}"#,
            )
        } else if seen.body.contains("tool_choice") {
            good()
        } else {
            answer(200, &chat("{\"ok\": true}"))
        }
    })
    .await;
    let check = check(&server.http(), "m").await;
    assert_eq!(check.answers, Ok(()));
    let works: Vec<_> = check
        .modes
        .iter()
        .map(|(mode, result)| (*mode, result.is_ok()))
        .collect();
    assert_eq!(
        works,
        [
            (Mode::Schema, false),
            (Mode::Tool, false),
            (Mode::Json, true)
        ]
    );
    let lines = check.lines();
    assert!(
        lines
            .iter()
            .any(|(ok, line)| *ok && line == "lists 1 models: m"),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|(ok, line)| !ok && line.contains("answers without JSON")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn where_no_form_of_json_is_offered_words_are_tried_as_a_judge_would() {
    for (words, works) in [
        ("Sure:\n```json\n{\"ok\": true}\n```", true),
        ("I will not.", false),
    ] {
        let said = chat(words);
        let server = Server::by(move |_, seen| {
            if seen.head.starts_with("get /v1/models") {
                answer(404, "")
            } else if seen.body.contains("response_format") {
                answer(
                    400,
                    r#"{"error":{"message":"unknown parameter: response_format"}}"#,
                )
            } else if seen.body.contains("tool_choice") {
                answer(
                    400,
                    r#"{"error":{"message":"this model does not support tools"}}"#,
                )
            } else {
                answer(200, &said)
            }
        })
        .await;
        let check = check(&server.http(), "m").await;
        let last = check.modes.last().unwrap();
        assert_eq!((last.0, last.1.is_ok()), (Mode::Text, works), "{words}");
        let lines = check.lines();
        let tool = lines
            .iter()
            .find(|(_, line)| line.contains("forced tool"))
            .unwrap();
        assert!(
            tool.1.contains("it refuses a forced tool: this model"),
            "{tool:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_key_is_one_line_and_nothing_more_is_tried() {
    let server = Server::playing(vec![answer(401, r#"{"error":{"message":"bad key"}}"#)]).await;
    let check = check(&server.http(), "m").await;
    assert_eq!(check.lines().len(), 1);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_model_named_local_is_asked_of_the_first_server_that_answers() {
    let list = r#"{"object":"list","data":[{"id":"qwen3"}]}"#;
    let hangs = Server::playing(vec![Act::Hang]).await;
    let up = Server::playing(vec![answer(200, list)]).await;
    let also = Server::playing(vec![answer(200, list)]).await;
    let servers = vec![at(&hangs, "ollama"), at(&up, "vllm"), at(&also, "lmstudio")];
    let (mut local, model) = Endpoint::parse("local/qwen3", None, |_| None).unwrap();
    local.key = KeySource::Command("print-key".into());
    local.ca_file = Some("ca.pem".into());
    local.timeouts.total = Duration::from_secs(7);
    let settled = settle_among(local.clone(), servers).await.unwrap();
    assert_eq!(model, "qwen3");
    // Verdicts are named after the server that gave them, not after wherever `local` pointed that day.
    assert_eq!(
        (settled.name.as_str(), settled.host()),
        ("vllm", at(&up, "").host())
    );
    assert!(settled.is_local());
    assert_eq!(settled.key, local.key);
    assert_eq!(settled.ca_file, local.ca_file);
    assert_eq!(settled.timeouts, local.timeouts);
}

#[tokio::test]
async fn without_a_local_server_the_name_local_says_what_to_start() {
    let (local, _) = Endpoint::parse("local/qwen3", None, |_| None).unwrap();
    let hangs = Server::playing(vec![Act::Hang]).await;
    let failure = settle_among(local, vec![at(&hangs, "ollama")])
        .await
        .unwrap_err();
    assert_eq!(failure.class, Class::Transport);
    assert!(failure.message.contains("start one"), "{failure}");
    assert!(failure.message.contains("--base-url"), "{failure}");
    // An address makes it any endpoint: nobody is knocked at.
    let named = Endpoint::parse("local/m", Some("http://127.0.0.1:9/v1"), |_| None);
    assert_eq!(
        settle_local(named.unwrap().0.clone())
            .await
            .map(|one| one.host())
            .unwrap(),
        "127.0.0.1:9"
    );
}
