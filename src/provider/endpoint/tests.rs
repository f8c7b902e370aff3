use super::*;

fn none(_: &str) -> Option<String> {
    None
}

fn url(given: &str, base: Option<&str>) -> String {
    let (endpoint, model) = Endpoint::parse(given, base, none).unwrap();
    endpoint.call_url(&model).to_string()
}

#[test]
fn an_endpoint_and_a_model_are_read_from_one_word() {
    for (given, base, host, model) in [
        ("openai/gpt-4.1", None, "api.openai.com", "gpt-4.1"),
        ("OpenAI/gpt-4.1", None, "api.openai.com", "gpt-4.1"),
        (
            "openrouter/meta-llama/llama-3:free",
            None,
            "openrouter.ai",
            "meta-llama/llama-3:free",
        ),
        ("ollama/qwen3:8b", None, "localhost:11434", "qwen3:8b"),
        (
            "org/model-7b",
            Some("http://localhost:9999"),
            "localhost:9999",
            "org/model-7b",
        ),
        (
            "model-7b",
            Some("http://[::1]:9999/v1"),
            "[::1]:9999",
            "model-7b",
        ),
        (
            "local/org/b",
            Some("https://gpu.example.com/v1"),
            "gpu.example.com",
            "org/b",
        ),
        ("org/b@http://h:8000/v1", None, "h:8000", "org/b"),
        ("me@home@https://h/v1", None, "h", "me@home"),
        (
            "anthropic/claude-x",
            Some("https://gate.example.com"),
            "gate.example.com",
            "claude-x",
        ),
    ] {
        let (endpoint, read) = Endpoint::parse(given, base, none).unwrap();
        assert_eq!(
            (endpoint.host().as_str(), read.as_str()),
            (host, model),
            "{given}"
        );
    }
}

#[test]
fn what_is_no_endpoint_or_no_model_is_said_with_a_way_out() {
    for (given, base, words) in [
        ("gpt-4.1", None, "names no endpoint"),
        ("opnai/gpt-4.1", None, "`openai`"),
        ("openai", None, "names no model"),
        ("openai/ ", None, "`openai/MODEL`"),
        ("", None, "names no endpoint"),
        ("", Some("http://localhost:1"), "names no model"),
        ("azure/gpt", None, "`AZURE_OPENAI_ENDPOINT`"),
        ("x", Some("https://me:pw@h/"), "`--key-env"),
        ("x", Some("ftp://h/"), "https://host/v1"),
        ("x@https://me:pw@h/", None, "`--key-env"),
    ] {
        let error = Endpoint::parse(given, base, none).unwrap_err().to_string();
        assert!(error.contains(words), "{given}: {error}");
    }
}

#[test]
fn questions_go_to_the_address_of_their_dialect() {
    assert_eq!(
        url("anthropic/claude-x", None),
        "https://api.anthropic.com/v1/messages"
    );
    assert_eq!(
        url("gemini/g", None),
        "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"
    );
    assert_eq!(
        url("m", Some("https://h.example.com/x/v2/chat/completions")),
        "https://h.example.com/x/v2/chat/completions"
    );
    let models = Endpoint::known("anthropic", none).unwrap().models_url();
    assert_eq!(models.as_str(), "https://api.anthropic.com/v1/models");
}

#[test]
fn azure_takes_both_of_its_interfaces() {
    let dated =
        "https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=";
    for base in [
        "https://r.openai.azure.com",
        "https://r.openai.azure.com/openai/",
    ] {
        assert_eq!(
            url("azure/my gpt", Some(base)),
            format!("{dated}2024-10-21")
        );
    }
    let pasted = "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview";
    assert_eq!(
        url("azure/my gpt", Some(pasted)),
        format!("{dated}2025-01-01-preview")
    );
    assert_eq!(
        url("azure/d", Some("https://r.openai.azure.com/openai/v1/")),
        "https://r.openai.azure.com/openai/v1/chat/completions"
    );
}

#[test]
fn a_variable_names_another_address() {
    let var = |name: &str| (name == "OPENAI_BASE_URL").then(|| "http://127.0.0.1:9/v1".to_owned());
    let endpoint = Endpoint::known("openai", var).unwrap();
    assert_eq!(endpoint.place(), "`openai` (127.0.0.1:9)");
    assert!(endpoint.is_local());
    assert!(!Endpoint::known("openai", none).unwrap().is_local());
}

#[test]
fn neither_headers_nor_paths_are_printed() {
    let mut endpoint = Endpoint::at("https://h.example.com/tenant-secret/v1").unwrap();
    endpoint.headers = vec![("x-key".into(), "header-secret".into())];
    let printed = format!("{endpoint:?} {}", endpoint.place());
    assert!(!printed.contains("secret"), "{printed}");
    assert!(printed.contains("h.example.com"), "{printed}");
}

#[test]
fn every_known_endpoint_but_azure_has_an_address() {
    for known in super::known::KNOWN {
        let made = Endpoint::known(known.name, none);
        assert_eq!(made.is_ok(), known.name != "azure", "{}", known.name);
        if let Ok(endpoint) = made {
            assert_eq!(endpoint.is_local(), known.local, "{}", known.name);
        }
    }
}
