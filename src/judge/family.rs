//! The family a model belongs to, from its name. A judge prefers its own kin, so a judge of a candidate's
//! family is warned about on every number; an unknown family is told as unknown, never as different.

/// Families with the words that name them. The first match of a whole word, or of a word's start, counts.
const FAMILIES: [(&str, &[&str]); 22] = [
    (
        "gpt",
        &["gpt", "chatgpt", "davinci", "o1", "o3", "o4", "codex"],
    ),
    ("claude", &["claude"]),
    ("gemini", &["gemini", "gemma", "palm", "learnlm"]),
    ("deepseek", &["deepseek"]),
    ("qwen", &["qwen", "qwq", "qvq", "tongyi"]),
    (
        "mistral",
        &[
            "mistral",
            "mixtral",
            "ministral",
            "magistral",
            "codestral",
            "devstral",
            "pixtral",
        ],
    ),
    ("llama", &["llama", "codellama", "vicuna", "alpaca"]),
    ("phi", &["phi"]),
    ("grok", &["grok"]),
    ("command", &["command", "c4ai", "aya"]),
    ("nova", &["nova", "titan"]),
    ("glm", &["glm", "chatglm"]),
    ("yi", &["yi"]),
    ("kimi", &["kimi", "moonshot"]),
    ("nemotron", &["nemotron"]),
    ("granite", &["granite"]),
    ("falcon", &["falcon"]),
    ("olmo", &["olmo", "tulu"]),
    ("internlm", &["internlm"]),
    ("minimax", &["minimax", "abab"]),
    ("jamba", &["jamba"]),
    ("smollm", &["smollm"]),
];

/// The family of a model; `None` if the name tells none.
///
/// A name that holds two (`deepseek-r1-distill-llama-70b`) goes by the first word: that is whose data
/// shaped it last.
pub fn of(model: &str) -> Option<&'static str> {
    let lower = model.to_ascii_lowercase();
    // Providers put themselves in front (`openrouter/meta-llama/llama-3`): the last part names the model.
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    find(name).or_else(|| find(&lower))
}

fn find(name: &str) -> Option<&'static str> {
    let mut words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.find_map(|word| {
        let names = |stem: &str| {
            word.strip_prefix(stem).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit())
            })
        };
        FAMILIES
            .iter()
            .find(|(_, stems)| stems.iter().any(|stem| names(stem)))
            .map(|(family, _)| *family)
    })
}

/// How a judge and a candidate are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// Of one family.
    Same(&'static str),
    /// Of two known families.
    Different,
    /// At least one family is unknown.
    Unknown,
}

/// How two models are related, by their names.
pub fn kinship(judge: &str, candidate: &str) -> Kinship {
    match (of(judge), of(candidate)) {
        (Some(one), Some(two)) if one == two => Kinship::Same(one),
        (Some(_), Some(_)) => Kinship::Different,
        // The same unknown model twice is its own kin; which family does not matter then.
        _ if judge.eq_ignore_ascii_case(candidate) => Kinship::Same("one model"),
        _ => Kinship::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_endpoint_tell_their_family() {
        for (model, family) in [
            ("gpt-4.1-mini", Some("gpt")),
            ("openai/gpt-4o-2024-08-06", Some("gpt")),
            ("o3-mini", Some("gpt")),
            ("chatgpt-4o-latest", Some("gpt")),
            ("claude-3-5-sonnet-latest", Some("claude")),
            ("anthropic.claude-3-haiku-20240307-v1:0", Some("claude")),
            ("gemini-2.0-flash", Some("gemini")),
            ("meta-llama/Llama-3.1-8B-Instruct", Some("llama")),
            ("llama3.1:8b", Some("llama")),
            ("codellama:13b", Some("llama")),
            ("mixtral-8x7b", Some("mistral")),
            ("qwen2.5:7b", Some("qwen")),
            ("Qwen/QwQ-32B", Some("qwen")),
            ("deepseek-r1-distill-llama-70b", Some("deepseek")),
            ("phi4", Some("phi")),
            ("my-phishing-classifier", None),
            ("mock-judge", None),
            ("loyalty-model", None),
            ("", None),
        ] {
            assert_eq!(of(model), family, "{model}");
        }
    }

    #[test]
    fn unknown_is_not_different() {
        assert_eq!(kinship("gpt-4.1", "o3"), Kinship::Same("gpt"));
        assert_eq!(kinship("gpt-4.1", "claude-3"), Kinship::Different);
        assert_eq!(kinship("gpt-4.1", "candidate-b"), Kinship::Unknown);
        assert_eq!(kinship("House-1", "house-1"), Kinship::Same("one model"));
    }
}
