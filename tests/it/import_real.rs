//! A public test set as it is: pairs of answers, three annotators, a judge, and all the dirt.

use crate::support::{docket, dump, fresh, number, shared};

#[test]
#[allow(clippy::too_many_lines)]
fn the_pandalm_test_set_comes_in_whole_with_its_dirt_reported() {
    let Some(data) = shared("data/pandalm") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("docket.db");
    fresh(&workspace);
    let import = || {
        let mut command = docket(folder.path());
        command
            .arg("import")
            .arg(data.join("testset-v1.json"))
            .arg(data.join("gpt-3.5-turbo-testset-v1.json"));
        command.args([
            "--join",
            "idx",
            "--profile",
            "pandalm",
            "--eval",
            "pandalm",
            "--json",
        ]);
        let output = command.output().unwrap();
        let talk = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{talk}");
        (
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap(),
            talk,
        )
    };
    let (report, talk) = import();
    let new = &report["new"];
    for (what, n) in [
        ("rows", 999),
        ("items", 999),
        ("outputs", 1_998),
        ("tickets", 999),
        ("reviews", 2_997),
        ("verdicts", 999),
    ] {
        assert_eq!(new[what], n, "{what}: {report}");
    }
    assert_eq!(report["join"]["joined"], 999);
    assert_eq!(report["rubric"], "pairwise-preference");
    let remarks = &report["files"][0]["remarks"];
    assert_eq!(remarks["`response1` is empty"], 29, "{remarks}");
    assert_eq!(remarks["`response2` is empty"], 25, "{remarks}");
    assert_eq!(
        remarks["`response1` is `true`, read as text"], 4,
        "{remarks}"
    );
    assert_eq!(
        remarks["`response2` is `true`, read as text"], 2,
        "{remarks}"
    );
    assert_eq!(
        report["unmapped"]["preference: a text that is no answer"], 25,
        "{report}"
    );
    assert!(
        talk.contains("request          <- instruction, input"),
        "{talk}"
    );
    assert!(talk.contains("read as text"), "{talk}");
    for (sql, n) in [
        ("SELECT count(DISTINCT cluster) FROM item", 170),
        (
            // The judge's own answer is the reference; 35 of them are empty, and an empty one is none.
            "SELECT count(*) FROM item WHERE reference_at IS NOT NULL OR reference IS NOT NULL",
            964,
        ),
        ("SELECT count(*) FROM ticket WHERE outputs = 2", 999),
        (
            "SELECT count(*) FROM ticket_person WHERE reviewer = 'annotator2'",
            999,
        ),
        (
            "SELECT count(*) FROM verdict WHERE body LIKE '%\"unscored\":\"unparsable\"%'",
            25,
        ),
        (
            "SELECT count(*) FROM verdict WHERE body LIKE '%\"scored\":%'",
            974,
        ),
        (
            "SELECT count(*) FROM verdict WHERE body LIKE '%\"reasoning\":\"\"%'",
            38,
        ),
        ("SELECT count(DISTINCT model) FROM output", 5),
        // Three people were asked once; their differences are no work that is waiting.
        ("SELECT count(*) FROM ticket WHERE state = 5", 999),
        ("SELECT sum(tickets) FROM plan", 999),
    ] {
        assert_eq!(number(&workspace, sql), n, "{sql}");
    }
    let before = dump(&workspace);
    let (again, _) = import();
    assert_eq!(
        again["new"]["tickets"].as_u64().unwrap() + again["new"]["reviews"].as_u64().unwrap(),
        0
    );
    assert_eq!(dump(&workspace), before);
}
