use super::*;
use crate::domain::view::compare::Comparison;
use crate::domain::view::report::ReportVerdict;
use crate::domain::view::report::{Failing, Gap};
use crate::tui::fake::compared_group;

const HOSTILE: &str =
    "</pre><script>alert(1)</script> ```\n# not a title\n\u{1b}[31m\u{202e}<img src=x onerror=y>";

fn report() -> Report {
    let comparison: Comparison = compared_group();
    Report {
        group: "june".into(),
        tickets_in: comparison.tickets_in,
        made: "2026-11-21 14:50 UTC".into(),
        by: "ana".into(),
        candidate: Some("local/b".into()),
        chosen: "it is better than the baseline".into(),
        verdict: ReportVerdict {
            word: "not decided".into(),
            sentence: "No release rule was declared.".into(),
            ..ReportVerdict::default()
        },
        sure: tell::sure(&comparison, Some(1), false),
        missing: vec![Gap {
            what: "A release rule.".into(),
            command: Some("docket gate june".into()),
        }],
        badges: vec!["written by hand".into()],
        headline: vec![sheets::quality(&comparison), sheets::rows(&comparison)],
        people: vec![sheets::people(&comparison)],
        details: sheets::full(&comparison),
        points: vec![(0.2, 0.9), (0.5, 0.5)],
        failures: vec![Failing {
            item: "t3 \u{1b}[31m".into(),
            tags: "billing".into(),
            request: HOSTILE.into(),
            output: HOSTILE.into(),
            reference: None,
            score: 0.2,
            said: vec![format!("correct 1: {HOSTILE}")],
            human: Some((0.4, false)),
        }],
        failing: 7,
        method: tell::method(&comparison),
        commands: tell::commands(&comparison, Some("local/b"), None, "--min-pass-rate 0.80"),
        comparison,
    }
}

#[test]
fn the_page_loads_nothing_runs_nothing_and_shows_hostile_text_as_text() {
    let page = page(&report());
    for never in [
        "<script",
        "<img",
        "onerror=y>",
        "src=\"",
        "href=",
        "@import",
        "url(",
        "\u{1b}",
        "\u{202e}",
    ] {
        assert!(!page.contains(never), "`{never}` is in the page");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    // The name of the SVG namespace is no address that is loaded.
    assert_eq!(
        page.matches("http").count(),
        page.matches("http-equiv").count() + page.matches("http://www.w3.org/2000/svg").count()
    );
    for words in [
        "default-src 'none'",
        "local/b: not decided",
        "written by hand",
        "docket approve june --candidate local/b",
        "7 outputs do not pass",
        "<svg",
    ] {
        assert!(page.contains(words), "`{words}` is missing");
    }
    for tag in ["table", "section", "div", "ul", "svg", "pre"] {
        assert_eq!(
            page.matches(&format!("<{tag}")).count(),
            page.matches(&format!("</{tag}>")).count(),
            "{tag}"
        );
    }
    assert!(!page.contains("NaN"), "undefined numbers are n/a");
}

#[test]
fn every_cell_says_what_it_is_and_histograms_keep_their_blanks() {
    let page = page(&report());
    // What a reader on a narrow screen goes by, where each row stands as a list.
    assert_eq!(
        page.matches("<td").count(),
        page.matches(" data-of=\"").count()
    );
    assert!(page.contains("data-of=\"mean\""));
    let bars = page.matches("class=\"bars\"").count();
    assert_eq!(bars, report().comparison.candidates.len());
    // The methods of the intervals stand beside them.
    assert!(
        page.contains("95 % intervals: mean by t, pass by Wilson, difference by paired t"),
        "{page}"
    );
    assert!(page.contains("cluster bootstrap (10000 draws)"));
}

#[test]
fn in_markdown_no_text_closes_its_block_or_becomes_a_title() {
    let text = markdown(&report());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    assert!(
        text.contains("````text"),
        "the fence is longer than any in the text"
    );
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("text")),
            None => assert!(!line.starts_with("# not"), "{line}"),
        }
    }
    assert_eq!(fence, None);
    assert!(
        text.contains("docket approve june --candidate local/b"),
        "{text}"
    );
}

#[test]
fn a_folder_that_cannot_be_written_changes_nothing_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("report.html");
    std::fs::create_dir(folder.path().join("report.md")).unwrap();
    std::fs::write(&there, "as it was").unwrap();
    let files = [
        ("report.html", "new".to_owned()),
        ("report.md", "new".to_owned()),
    ];
    let error = write::all(folder.path(), &files).unwrap_err();
    assert!(error.hint().unwrap().contains("--out"), "{error}");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "as it was");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        2,
        "no trace is left"
    );

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(write::all(&file.join("deep/er"), &files).is_err());
    let new = folder.path().join("new/deep");
    write::all(&new, &files).unwrap();
    assert_eq!(
        std::fs::read_to_string(new.join("report.md")).unwrap(),
        "new"
    );
}

#[test]
fn the_best_candidate_is_spoken_for_unless_one_is_named() {
    let comparison = compared_group();
    let (at, why) = choose(&comparison, &ReportOptions::default(), None).unwrap();
    assert_eq!(comparison.candidates[at.unwrap()].name, "local/b");
    assert!(why.contains("better than the baseline"), "{why}");
    let named = |name: &str| {
        choose(
            &comparison,
            &ReportOptions {
                candidate: Some(name.into()),
            },
            Some("local/b"),
        )
    };
    let ruled = choose(&comparison, &ReportOptions::default(), Some("logged")).unwrap();
    assert_eq!(ruled, (Some(0), "the release rule names it".to_owned()));
    assert_eq!(named("logged").unwrap().0, Some(0));
    let error = named("nobody").unwrap_err();
    assert!(error.hint().unwrap().contains("local/b"), "{error}");
}

#[test]
fn what_is_missing_has_its_command() {
    let comparison = compared_group();
    let gaps = tell::missing(
        &comparison,
        Some(1),
        (&ReportVerdict::default(), false),
        ("--min-pass-rate 0.80", "local/judge"),
    );
    let all: Vec<String> = gaps
        .iter()
        .map(|gap| format!("{} {}", gap.what, gap.command.as_deref().unwrap_or("-")))
        .collect();
    for words in [
        "release rule",
        "docket gate june --min-pass-rate 0.80",
        "docket review june",
        "2 of 80 rows of `openai/c` have no output",
    ] {
        assert!(
            all.iter().any(|one| one.contains(words)),
            "`{words}` in {all:?}"
        );
    }
}
