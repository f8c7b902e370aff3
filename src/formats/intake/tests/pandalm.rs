//! Real input: the PandaLM test set, where it is there.

use std::collections::HashSet;
use std::path::PathBuf;

use super::*;
use crate::domain::record::{LabelKind, LabelValue};

const PROFILE: &str = include_str!("../../../../data/profiles/pandalm.toml");

fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("DOCKET_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let folder = shared.join("data/pandalm");
    folder.is_dir().then_some(folder)
}

#[test]
fn the_profile_is_shown_and_survives_being_written() {
    let profile = Profile::parse(PROFILE).unwrap();
    assert_eq!(
        Profile::parse(&profile.to_toml().unwrap()).unwrap(),
        profile
    );
    let shown = profile.columns.to_string();
    assert!(
        shown.contains("request          <- instruction, input"),
        "{shown}"
    );
}

#[test]
fn a_wrong_profile_is_refused_with_its_place() {
    for (wrong, place) in [
        (
            "name = \"x\"\ncolour = 1\n[columns]\n",
            "line 2, column 1: ",
        ),
        (
            "name = \"x\"\n[columns]\npairwise = true\n",
            "line 2, column 1: `pairwise` needs at least two",
        ),
        (
            "name = \"x\"\n[columns]\n[[columns.label]]\ncolumn=\"c\"\ncriterion=\"c\"\nkind=\"robot\"\n",
            "line 6, column 6: unknown kind `robot`",
        ),
    ] {
        let error = Profile::parse(wrong).unwrap_err().to_string();
        assert!(error.starts_with(place), "{error}");
    }
}

#[test]
#[allow(clippy::too_many_lines)]
fn the_pandalm_test_set_is_read_whole() {
    let Some(folder) = folder() else {
        assert!(
            std::env::var_os("CI").is_none(),
            "the PandaLM test set is missing"
        );
        eprintln!("skipped: the PandaLM test set is not there");
        return;
    };
    let open =
        |name: &str| Box::new(std::fs::File::open(folder.join(name)).unwrap()) as Box<dyn Read>;
    let readers = vec![
        open("testset-v1.json"),
        open("gpt-3.5-turbo-testset-v1.json"),
    ];
    let options = Options {
        profile: Some(Profile::parse(PROFILE).unwrap()),
        ..Options::default()
    };
    let (mut requests, mut models) = (HashSet::new(), HashSet::new());
    let (mut booleans, mut empty, mut garbage, mut reasons, mut people) = (0, 0, 0, 0, 0);
    let summary = read_joined(readers, Some("idx"), &options, |row| {
        let record = row.outcome.unwrap();
        assert!(record.pairwise && record.external_id.is_some() && record.feature.is_some());
        assert_eq!(record.labels.len(), 4);
        requests.insert(record.request.unwrap().into_owned());
        models.extend(
            record
                .outputs
                .iter()
                .map(|o| o.model.as_deref().unwrap().to_owned()),
        );
        booleans += record
            .remarks
            .iter()
            .filter(|r| r.ends_with("is `true`, read as text"))
            .count();
        empty += record
            .remarks
            .iter()
            .filter(|r| r.ends_with("is empty"))
            .count();
        for label in &record.labels {
            match label.kind {
                LabelKind::Human => people += 1,
                _ => reasons += usize::from(label.reason.is_some()),
            }
            garbage += usize::from(label.value == LabelValue::Text("garbage".into()));
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(
        (summary.records, summary.outputs, summary.bad),
        (999, 1998, 0)
    );
    assert_eq!((requests.len(), models.len()), (170, 5));
    assert_eq!((booleans, empty, summary.remarks), (6, 54, 60));
    assert_eq!((garbage, reasons, people), (25, 999 - 38, 2997));
    let join = summary.join.unwrap();
    assert_eq!(
        (join.joined, join.alone, join.left_over, join.repeated),
        (999, 0, 0, 0)
    );
}
