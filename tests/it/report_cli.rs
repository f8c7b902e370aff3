//! `docket report`: what it writes, and what it leaves alone.

use std::os::unix::fs::PermissionsExt as _;

use super::cli_reports::{done, run};
use super::flows_runs::grouped;

#[test]
fn the_report_says_which_candidate_how_sure_what_is_missing_and_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    let told = done(folder.path(), "report june --yes");
    assert_eq!(told.out, "june-report/report.html\njune-report/report.md\n");
    let read =
        |name: &str| std::fs::read_to_string(folder.path().join("june-report").join(name)).unwrap();
    let (page, text) = (read("report.html"), read("report.md"));
    for words in [
        "b: not decided",
        "is better than",
        "95 % interval",
        "no blind review of the plan",
        "docket approve june --candidate b",
        "exploration",
        "What b does not pass",
    ] {
        assert!(page.contains(words), "`{words}` is not in the page");
        assert!(text.contains(words), "`{words}` is not in the text");
    }
    assert!(
        page.contains("Level 3 it is."),
        "the judge's reasons stand with the failures"
    );
    assert_eq!(page.matches("<section class=\"fail\">").count(), 8);
    assert!(!page.contains("<script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'));
    // A candidate that is named is the one spoken for, and the file is replaced whole.
    done(folder.path(), "report june --candidate c --yes");
    let page = read("report.html");
    assert!(page.contains("c: not decided"));
    assert_eq!(page.matches("<section class=\"fail\">").count(), 10);
    let left: Vec<_> = std::fs::read_dir(folder.path().join("june-report"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 2);
}

#[test]
fn a_folder_that_cannot_be_written_is_one_error_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    std::fs::write(folder.path().join("taken"), "mine").unwrap();
    let refused = run(folder.path(), "report june --out taken/deep --yes");
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("cannot write the report") && refused.err.contains("--out DIR"),
        "{}",
        refused.err
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("taken")).unwrap(),
        "mine"
    );
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).unwrap();
    // Root writes everywhere; then there is nothing to refuse.
    if std::fs::write(locked.join("probe"), "").is_err() {
        let refused = run(folder.path(), "report june --out locked/here --yes");
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert_eq!(std::fs::read_dir(&locked).unwrap().count(), 0);
    }
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o700)).unwrap();
    let unknown = run(folder.path(), "report june --candidate nobody --yes");
    assert!(unknown.err.contains("logged, b, c"), "{}", unknown.err);
}

#[test]
fn a_mistyped_group_marks_nobodys_reviews() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    assert_eq!(run(folder.path(), "report juni --yes").code, 2);
    let file = folder.path().join("docket.db");
    let opened = "SELECT count(*) FROM event WHERE kind = 'revealed'";
    assert_eq!(super::support::number(&file, opened), 0);
    done(folder.path(), "report june --yes");
    assert_eq!(super::support::number(&file, opened), 1);
}
