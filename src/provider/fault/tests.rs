//! What endpoints say, and the class it means.

use super::*;

fn names() -> Vec<String> {
    [
        "model",
        "messages",
        "response_format",
        "max_tokens",
        "temperature",
        "seed",
        "top_p",
    ]
    .map(String::from)
    .to_vec()
}

fn told(status: u16, body: &str) -> Failure {
    let names = names();
    let asked = Asked {
        place: "`e` (host)",
        model: "m-1",
        key: Some("`SOME_KEY`"),
        answers: false,
        mode: Mode::Schema,
        tool: "verdict",
        names: &names,
    };
    let answer = Answer {
        status,
        raw: body.to_owned(),
        ..Answer::default()
    };
    refused(&asked, &answer)
}

use Class::{Auth, BadRequest, ModelMissing, Quota, RateLimit, Refusal, TooLong, Transport};

/// Status, body and class.
// Forms as the servers named on the right send them, with words of our own where the words do not matter.
const TOLD: &[(u16, &str, Class)] = &[
    (
        401,
        r#"{"error":{"message":"Incorrect API key provided: sk-ab***.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
        Auth,
    ), // OpenAI
    (
        401,
        r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}"#,
        Auth,
    ), // Azure
    (
        401,
        r#"{"statusCode":401,"message":"Unauthorized. Access token is missing."}"#,
        Auth,
    ), // Azure gateway
    (
        401,
        r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
        Auth,
    ), // Anthropic
    (
        403,
        r#"{"type":"error","error":{"type":"permission_error","message":"Not yours."}}"#,
        Auth,
    ), // Anthropic
    (401, r#"{"error":"Unauthorized"}"#, Auth), // vLLM with --api-key
    (
        401,
        r#"{"error":{"message":"No auth credentials found","code":401}}"#,
        Auth,
    ), // OpenRouter
    (
        500,
        "The api_key client option must be set either by passing api_key",
        Auth,
    ), // gateway without a key
    (
        400,
        r#"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}"#,
        Auth,
    ), // Gemini
    (
        404,
        r#"{"error":{"message":"The model `m-1` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
        ModelMissing,
    ), // OpenAI
    (
        404,
        r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
        ModelMissing,
    ), // Azure
    (
        404,
        r#"{"object":"error","message":"The model `m-1` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
        ModelMissing,
    ), // vLLM
    (
        404,
        r#"{"error":{"message":"model \"m-1\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
        ModelMissing,
    ), // Ollama
    (404, r#"{"error":"model 'm-1' not found"}"#, ModelMissing), // Ollama, older
    (
        400,
        r#"{"error":{"message":"m-1 is not a valid model ID","code":400}}"#,
        ModelMissing,
    ), // OpenRouter
    (
        400,
        r#"{"error":{"message":"/chat/completions: Invalid model name passed in model=m-1","type":"None","param":"None","code":"400"}}"#,
        ModelMissing,
    ), // LiteLLM
    (
        404,
        r#"{"type":"error","error":{"type":"not_found_error","message":"model: m-1"}}"#,
        ModelMissing,
    ), // Anthropic
    (
        404,
        r#"{"error":{"code":"404","message":"Resource not found"}}"#,
        BadRequest,
    ), // Azure, wrong path
    (404, "404 page not found", BadRequest),    // Ollama, wrong path
    (
        400,
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
        TooLong,
    ), // OpenAI
    (
        400,
        r#"{"object":"error","message":"This model's maximum context length is 2048 tokens. However, you requested 4000 tokens","type":"BadRequestError","code":400}"#,
        TooLong,
    ), // vLLM
    (
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_ctx":512}}"#,
        TooLong,
    ), // llama.cpp
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
        TooLong,
    ), // Anthropic
    (
        413,
        r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
        TooLong,
    ), // Anthropic
    (
        400,
        r#"{"error":{"message":"litellm.ContextWindowExceededError: prompt over the context window","type":null,"param":null,"code":"400"}}"#,
        TooLong,
    ), // LiteLLM
    (
        400,
        r#"{"error":{"message":"The response was filtered due to the prompt triggering a content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        Refusal,
    ), // Azure
    (
        403,
        r#"{"error":{"message":"Your chosen model requires moderation and your input was flagged","code":403,"metadata":{"reasons":["violence"]}}}"#,
        Refusal,
    ), // OpenRouter
    (
        429,
        r#"{"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
        RateLimit,
    ), // OpenAI
    (
        429,
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}"#,
        Quota,
    ), // OpenAI
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#,
        Quota,
    ), // Anthropic
    (
        402,
        r#"{"error":{"message":"Insufficient credits","code":402}}"#,
        Quota,
    ), // OpenRouter
    (
        529,
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        RateLimit,
    ), // Anthropic
    (
        500,
        r#"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#,
        Transport,
    ), // Anthropic
    (
        503,
        r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
        Transport,
    ), // llama.cpp
    (
        502,
        "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>",
        Transport,
    ), // any proxy
    (408, "", Transport),
    (
        422,
        r#"{"detail":[{"loc":["body","messages"],"msg":"field required"}]}"#,
        BadRequest,
    ), // FastAPI
    (400, "", BadRequest),
];

/// Status, body and the parameter that is meant.
const PARAMETERS: [(u16, &str, &str); 13] = [
    (
        400,
        r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}"#,
        "max_tokens",
    ),
    (
        400,
        r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","param":"temperature","code":"unsupported_value"}}"#,
        "temperature",
    ),
    (
        400,
        r#"{"error":{"message":"Unrecognized request argument supplied: seed","param":null}}"#,
        "seed",
    ),
    (
        400,
        r#"{"error":{"message":"litellm.UnsupportedParamsError: x does not support parameters: ['seed'], for model=m-1","code":"400"}}"#,
        "seed",
    ),
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"seed: Extra inputs are not permitted"}}"#,
        "seed",
    ),
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` is deprecated for this model."}}"#,
        "temperature",
    ),
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"`temperature` and `top_p` cannot both be specified for this model."}}"#,
        "temperature",
    ),
    (
        422,
        r#"{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}"#,
        "seed",
    ),
    (
        400,
        r#"{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","param":"response_format"}}"#,
        "response_format",
    ),
    (
        400,
        r#"{"error":{"message":"Invalid schema for response_format 'verdict'","param":"response_format"}}"#,
        "response_format",
    ),
    (
        400,
        r#"{"error":{"message":"'response_format.type' must be 'json_object'"}}"#,
        "response_format",
    ),
    (
        500,
        r#"{"error":{"code":500,"message":"failed to parse grammar","type":"server_error"}}"#,
        "response_format",
    ),
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"output_config.format: this model does not support structured outputs"}}"#,
        "response_format",
    ),
];

#[test]
fn errors_of_many_endpoints_are_told_apart() {
    for (status, body, class) in TOLD {
        let failure = told(*status, body);
        assert_eq!(failure.class, *class, "{status} {body}\n{failure}");
        assert_eq!(failure.status, Some(*status));
        assert!(failure.message.starts_with("`e` (host) ("), "{failure}");
        assert!(!failure.message.ends_with('.'), "{failure}");
    }
}

#[test]
fn a_refused_parameter_is_found_by_name() {
    for (status, body, name) in PARAMETERS {
        let failure = told(status, body);
        assert_eq!(failure.class, Class::UnsupportedParam, "{body}\n{failure}");
        assert_eq!(failure.parameter.as_deref(), Some(name), "{body}");
    }
}

#[test]
fn a_parameter_that_was_not_sent_is_not_dropped() {
    let body =
        r#"{"error":{"message":"Unsupported parameter: 'logit_bias'","param":"logit_bias"}}"#;
    assert_eq!(told(400, body).class, Class::BadRequest);
    let about_messages = r#"{"error":{"message":"Invalid type for messages","param":"messages"}}"#;
    assert_eq!(told(400, about_messages).class, Class::BadRequest);
}

#[test]
fn a_forced_tool_that_is_refused_is_a_refused_form() {
    let names = ["tools", "tool_choice", "max_tokens"].map(String::from);
    let asked = Asked {
        place: "`e`",
        model: "m",
        key: None,
        answers: false,
        mode: Mode::Tool,
        tool: "verdict",
        names: &names,
    };
    for body in [
        r#"{"error":{"message":"This model does not support tools"}}"#,
        r#"{"error":"registry.example/m does not support tools"}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"tool_choice: forced tool use is not supported on this model"}}"#,
        r#"{"error":{"code":500,"message":"tools param requires --jinja flag: unsupported"}}"#,
    ] {
        let answer = Answer {
            status: 400,
            raw: body.to_owned(),
            ..Answer::default()
        };
        let failure = refused(&asked, &answer);
        assert_eq!(
            failure.parameter.as_deref(),
            Some("response_format"),
            "{failure}"
        );
    }
}

#[test]
fn an_endpoints_words_are_shortened_to_one_harmless_line() {
    assert_eq!(excerpt(" a\n\tb\u{1b}[31mred\u{202e} "), "a b [31mred");
    assert_eq!(excerpt("\n"), "it gives no reason");
    assert_eq!(excerpt(&"x".repeat(5_000)).chars().count(), QUOTED + 1);
}

#[test]
fn the_source_of_a_refused_key_is_named() {
    let failure = told(401, r#"{"error":{"message":"no"}}"#);
    assert!(
        failure.message.contains("the key from `SOME_KEY`"),
        "{failure}"
    );
}
