//! The user's own prompt: a `MiniJinja` template over three variables.
//!
//! | variable | what it is |
//! | --- | --- |
//! | `conversation_context` | the request's messages, tools and further context |
//! | `conversation_response` | the reference or original response; empty where there is none |
//! | `eval_model_response` | the output to judge; required |
//!
//! Each stands for its text already fenced off, so a template cannot lose the protection of the built-in
//! prompt by accident. An unknown variable is an error with its line. Work is bounded by fuel, so a
//! template from elsewhere cannot hang a run.

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, context};

/// Instructions a template may execute for one ticket.
const FUEL: u64 = 100_000;

/// The variables, as templates name them.
pub const VARIABLES: [&str; 3] = [
    "conversation_context",
    "conversation_response",
    "eval_model_response",
];

/// What a template is filled with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variables<'a> {
    pub(super) context: &'a str,
    pub(super) response: &'a str,
    pub(super) output: &'a str,
}

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template{}: {message}", line.map_or_else(String::new, |line| format!(", line {line}")))]
pub struct TemplateError {
    /// The line of the template, from 1.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the fuel ran out: the texts are too long for this template.
    pub out_of_fuel: bool,
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment
}

/// Refuses a template that does not compile, names an unknown variable, or never shows the output.
pub(super) fn check(template: &str) -> Result<(), TemplateError> {
    let environment = environment();
    let compiled = environment
        .template_from_str(template)
        .map_err(|error| explain(&error))?;
    let globals = environment.globals().map(|(name, _)| name.to_owned());
    let known: Vec<String> = globals
        .chain(VARIABLES.map(str::to_owned))
        .chain(["loop".to_owned()])
        .collect();
    let named = compiled.undeclared_variables(false);
    let mut unknown: Vec<&String> = named.iter().filter(|name| !known.contains(name)).collect();
    unknown.sort();
    if let Some(name) = unknown.first() {
        let line = template
            .lines()
            .position(|line| line.contains(name.as_str()));
        return Err(TemplateError {
            line: line.map(|place| place + 1),
            message: format!(
                "there is no variable `{name}`; there are `{}`",
                VARIABLES.join("`, `")
            ),
            out_of_fuel: false,
        });
    }
    let mark = "\u{1}output\u{1}";
    let sample = Variables {
        context: "context",
        response: "response",
        output: mark,
    };
    if !fill(template, sample)?.contains(mark) {
        return Err(TemplateError {
            line: None,
            message: "the output never appears; put `{{ eval_model_response }}` where the judge shall read it, outside of conditions".to_owned(),
            out_of_fuel: false,
        });
    }
    Ok(())
}

/// The filled template.
pub(super) fn fill(template: &str, with: Variables<'_>) -> Result<String, TemplateError> {
    let values = context! {
        conversation_context => with.context,
        conversation_response => with.response,
        eval_model_response => with.output,
    };
    environment()
        .render_str(template, values)
        .map_err(|error| explain(&error))
}

fn explain(error: &minijinja::Error) -> TemplateError {
    let out_of_fuel = error.kind() == ErrorKind::OutOfFuel;
    let message = if out_of_fuel {
        format!("it takes more than {FUEL} steps; loop over less")
    } else {
        match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        }
    };
    TemplateError {
        line: error.line(),
        message,
        out_of_fuel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_without_escaping() {
        let with = Variables {
            context: "<b>",
            response: "",
            output: "a & b",
        };
        let text = fill(
            "{{ conversation_context }}{% if conversation_response %}!{% endif %} {{ eval_model_response }}",
            with,
        );
        assert_eq!(text.as_deref(), Ok("<b> a & b"));
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_line() {
        for (template, line, says) in [
            (
                "x\n{{ eval_model_respnse }} {{ eval_model_response }}",
                Some(2),
                "eval_model_respnse",
            ),
            ("{% if x %}", Some(1), "end of input"),
            ("a\nb {{ eval_model_response | nope }}", Some(2), "nope"),
            ("only {{ conversation_context }}", None, "never appears"),
            (
                "{% for i in range(90000) %}{% for j in range(9) %}{{ j }}{% endfor %}{% endfor %}{{ eval_model_response }}",
                Some(1),
                "steps",
            ),
            (
                "{% include 'other' %}{{ eval_model_response }}",
                Some(1),
                "not found",
            ),
        ] {
            let error = check(template).unwrap_err();
            assert_eq!(error.line, line, "{template}: {error}");
            assert!(error.to_string().contains(says), "{template}: {error}");
        }
    }
}
