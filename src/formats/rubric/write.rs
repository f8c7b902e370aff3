//! From a rubric to a TOML file a person goes on editing.
//!
//! Texts that came from files stand in the file itself afterwards, so what is written is complete.

use std::fmt::Write as _;

use super::quote::{key, text};
use crate::domain::rubric::{
    Answer, Check, CheckTest, Choice, Criterion, Example, JudgeSettings, Kind, Language, Mode,
    OnFail, Rubric, Scale, SendPolicy,
};

/// The file for a rubric; [`super::load`] gives the same rubric back.
///
/// Spaces around prose are the exception: the loader removes them.
pub fn to_toml(rubric: &Rubric) -> String {
    let mut out = Out::default();
    head(rubric, &mut out);
    for criterion in &rubric.criteria {
        write_criterion(criterion, rubric.kind, &mut out);
    }
    for requirement in &rubric.requirements {
        out.section("[[requirement]]");
        out.text("id", &requirement.id);
        out.text("text", &requirement.text);
    }
    if !rubric.checks.is_empty() {
        out.note("Checks are free and run before any judge.");
    }
    for check in &rubric.checks {
        write_check(check, &mut out);
    }
    if !rubric.examples.is_empty() {
        out.note("Examples are shown to the judge, and are the practice tickets of reviewers.");
    }
    for example in &rubric.examples {
        write_example(example, rubric.kind, &mut out);
    }
    write_judge(&rubric.judge, &mut out);
    out.0
}

fn head(rubric: &Rubric, out: &mut Out) {
    out.raw("schema", rubric.schema);
    out.text("id", &rubric.id);
    out.text_unless_empty("version", &rubric.version);
    out.commented(
        "kind",
        &text(rubric.kind.name()),
        "direct | adherence | pairwise",
    );
    if rubric.scoring != rubric.fitting_scoring() {
        out.commented(
            "scoring",
            &text(rubric.scoring.name()),
            "per_criterion | joint",
        );
    }
    if let Some(threshold) = rubric.pass_threshold {
        out.commented(
            "pass_threshold",
            &float(threshold),
            "score (0-1) from which a ticket passes",
        );
    }
    if rubric.send == SendPolicy::Local {
        out.commented("send", "\"local\"", "texts stay on this machine");
    }
    out.noted_text(
        "What the judge is told about the task.",
        "instructions",
        &rubric.instructions,
    );
    out.noted_text(
        "What people are told. Never sent to the judge.",
        "reviewer_notes",
        &rubric.reviewer_notes,
    );
}

fn write_criterion(criterion: &Criterion, kind: Kind, out: &mut Out) {
    out.section("[[criterion]]");
    out.text("id", &criterion.id);
    out.text("question", &criterion.question);
    if kind != Kind::Pairwise {
        let scale = match criterion.scale {
            Scale::Range { min, max } => format!("{{ min = {min}, max = {max} }}"),
            named @ (Scale::Binary | Scale::Level5) => text(&named.to_string()),
        };
        out.raw("scale", scale);
    }
    // A weight of exactly 1 is the default; anything else, however near, is written.
    if criterion.weight.to_bits() != 1.0_f64.to_bits() {
        out.raw("weight", float(criterion.weight));
    }
    if let Some(floor) = criterion.must_reach {
        out.commented(
            "must_reach",
            &floor.to_string(),
            "below this level the ticket fails",
        );
    }
    if !criterion.anchors.is_empty() {
        out.line("[criterion.anchors]");
        for (level, anchor) in &criterion.anchors {
            out.raw(&level.to_string(), text(anchor));
        }
    }
}

fn write_check(check: &Check, out: &mut Out) {
    out.section("[[check]]");
    out.text("id", &check.id);
    out.text("type", check.test.name());
    match &check.test {
        CheckTest::Regex { pattern } | CheckTest::NotRegex { pattern } => {
            out.text("pattern", pattern);
        }
        CheckTest::Contains {
            text,
            mode,
            ignore_case,
        } => {
            out.list("text", text);
            if *mode == Mode::Any {
                out.commented("mode", "\"any\"", "all | any");
            }
            out.flag("ignore_case", *ignore_case);
        }
        CheckTest::MaxChars { chars }
        | CheckTest::MinChars { chars }
        | CheckTest::NoEcho { chars: Some(chars) } => {
            out.raw("chars", chars);
        }
        CheckTest::JsonSchema { schema } => out.text("schema", schema),
        CheckTest::Language {
            language: Language::Input,
        } => out.text("language", "input"),
        CheckTest::Language {
            language: Language::OneOf(codes),
        } => out.list("language", codes),
        CheckTest::Equals { text, ignore_case } => {
            if let Some(text) = text {
                out.text("text", text);
            }
            out.flag("ignore_case", *ignore_case);
        }
        CheckTest::Json | CheckTest::NoEcho { chars: None } => {}
    }
    if let Some(criterion) = &check.criterion {
        out.commented("criterion", &text(criterion), "this check sets its level");
    }
    let on_fail = match check.on_fail {
        OnFail::Zero => "zero".to_owned(),
        OnFail::Note => "note".to_owned(),
        OnFail::Cap(level) => format!("cap:{level}"),
    };
    out.text("on_fail", &on_fail);
}

fn write_example(example: &Example, kind: Kind, out: &mut Out) {
    out.section("[[example]]");
    out.text("input", &example.input);
    match example.outputs.as_slice() {
        [output] if kind != Kind::Pairwise => out.text("output", output),
        outputs => out.list("outputs", outputs),
    }
    if let Some(reference) = &example.reference {
        out.text("reference", reference);
    }
    out.text_unless_empty("why", &example.why);
    if let Some(correction) = &example.correction {
        out.text("correction", correction);
    }
    let levels = example
        .answers
        .iter()
        .filter_map(|(id, answer)| Some((id, answer.level()?.to_string())));
    out.inline("levels", levels);
    let choices = example
        .answers
        .iter()
        .filter_map(|(id, answer)| match answer {
            Answer::Choice(Choice::Candidate(place)) => Some((id, place.to_string())),
            Answer::Choice(Choice::Tie) => Some((id, "\"tie\"".to_owned())),
            Answer::Level(_) | Answer::CannotJudge { .. } => None,
        });
    out.inline("choices", choices);
}

fn write_judge(judge: &JudgeSettings, out: &mut Out) {
    let default = JudgeSettings::default();
    if *judge == default {
        return;
    }
    out.section("[judge]");
    if judge.samples != default.samples {
        out.commented(
            "samples",
            &judge.samples.to_string(),
            "readings per question",
        );
    }
    if judge.max_output_tokens != default.max_output_tokens {
        out.raw("max_output_tokens", judge.max_output_tokens);
    }
    out.flag("datamark", judge.datamark);
    out.flag("against_logged", judge.against_logged);
    out.flag("needs_reference", judge.needs_reference);
    for (name, value) in [
        ("model", &judge.model),
        ("family", &judge.family),
        ("template", &judge.template),
    ] {
        if let Some(value) = value {
            out.text(name, value);
        }
    }
}

/// A number TOML reads back as the same float.
fn float(number: f64) -> String {
    if number.is_finite() {
        number.to_string()
    } else {
        format!("{number:?}").to_lowercase()
    }
}

#[derive(Default)]
struct Out(String);

impl Out {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn section(&mut self, header: &str) {
        self.0.push('\n');
        self.line(header);
    }

    fn note(&mut self, note: &str) {
        self.0.push('\n');
        self.line(&format!("# {note}"));
    }

    fn raw(&mut self, name: &str, value: impl std::fmt::Display) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.0, "{name} = {value}");
    }

    fn commented(&mut self, name: &str, value: &str, comment: &str) {
        self.raw(name, format_args!("{value}  # {comment}"));
    }

    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, text(value));
    }

    fn text_unless_empty(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    fn noted_text(&mut self, note: &str, name: &str, value: &str) {
        if !value.is_empty() {
            self.note(note);
            self.text(name, value);
        }
    }

    fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.raw(name, true);
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        match values {
            [value] if name != "outputs" => self.text(name, value),
            values => {
                let values: Vec<String> = values.iter().map(|value| text(value)).collect();
                self.raw(name, format_args!("[{}]", values.join(", ")));
            }
        }
    }

    fn inline<'a>(&mut self, name: &str, entries: impl Iterator<Item = (&'a String, String)>) {
        let entries: Vec<String> = entries
            .map(|(id, value)| format!("{} = {value}", key(id)))
            .collect();
        if !entries.is_empty() {
            self.raw(name, format_args!("{{ {} }}", entries.join(", ")));
        }
    }
}
