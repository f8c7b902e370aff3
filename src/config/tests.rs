use super::*;

fn vars<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<OsString> + 'a {
    move |name| {
        pairs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| OsString::from(value))
    }
}

fn parsed(text: &str) -> Result<FileForm, ConfigError> {
    parse(Path::new("config.toml"), text)
}

#[test]
fn later_layers_win() {
    let text = "reviewer = \"ana\"\ntheme = \"light\"\n[keys]\npreset = \"plain\"\n";
    let flags = Flags {
        reviewer: Some("cy".into()),
        background: None,
    };
    let none = Flags::default();
    let env = [("DOCKET_REVIEWER", "ben"), ("DOCKET_THEME", "dark")];

    let config = layered(parsed(text).unwrap(), vars(&[]), &none).unwrap();
    assert_eq!(config.reviewer.as_deref(), Some("ana"));
    assert_eq!(config.background, Background::Light);
    assert_eq!(config.preset, Some(KeyPreset::Plain));
    assert!(config.mouse);

    let config = layered(parsed(text).unwrap(), vars(&env), &none).unwrap();
    assert_eq!(config.reviewer.as_deref(), Some("ben"));
    assert_eq!(config.background, Background::Dark);

    let config = layered(parsed(text).unwrap(), vars(&env), &flags).unwrap();
    assert_eq!(config.reviewer.as_deref(), Some("cy"));
}

#[test]
fn a_blank_name_is_no_name() {
    let form = parsed("reviewer = \"ana\"").unwrap();
    let env = [("DOCKET_REVIEWER", "  ")];
    let config = layered(form, vars(&env), &Flags::default()).unwrap();
    assert_eq!(config.reviewer.as_deref(), Some("ana"));
}

#[test]
fn keys_are_one_or_several() {
    let form =
        parsed("[keys.bind]\ncommit = \"ctrl-s\"\nskip = [\"s\", \"f8\"]\nflag = []\n").unwrap();
    let config = layered(form, vars(&[]), &Flags::default()).unwrap();
    assert_eq!(config.bind["commit"], ["ctrl-s"]);
    assert_eq!(config.bind["skip"], ["s", "f8"]);
    assert!(config.bind["flag"].is_empty());
}

#[test]
fn mistakes_are_told_with_line_and_column() {
    for (text, at, why) in [
        ("reviewer = \"ana\"\ncolour = 3\n", (2, 1), "unknown field"),
        ("theme = \"pink\"\n", (1, 9), "unknown variant"),
        ("[keys]\npreset = 3\n", (2, 10), "wanted string"),
        ("reviewer = \n", (1, 12), ""),
    ] {
        let error = parsed(text).unwrap_err();
        let ConfigError::Parse {
            line,
            column,
            why: told,
            ..
        } = &error
        else {
            panic!("{error}")
        };
        assert_eq!((*line, *column), at, "{error}");
        assert!(told.contains(why), "{error}");
    }
}

#[test]
fn a_variable_with_a_wrong_word_is_refused_by_name() {
    let env = [("DOCKET_THEME", "pink")];
    let error = layered(FileForm::default(), vars(&env), &Flags::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment variable `DOCKET_THEME` is `pink`; it takes `auto`, `dark` or `light`"
    );
}

#[test]
fn a_shared_account_is_nobody() {
    assert_eq!(login_name(vars(&[("USER", "ana")])), Some("ana".into()));
    assert_eq!(
        login_name(vars(&[("USER", ""), ("LOGNAME", "ben")])),
        Some("ben".into())
    );
    assert_eq!(login_name(vars(&[("USER", "root")])), None);
    assert_eq!(login_name(vars(&[("USER", "Ubuntu")])), None);
    assert_eq!(login_name(vars(&[])), None);
}

#[test]
fn who_reviews_is_what_was_said_then_the_persons_own_account_then_the_last_answer() {
    let some = |name: &str| Some(name.to_owned());
    for (said, login, last, name, guessed) in [
        (Some("ana"), some("ben"), some("eva"), "ana", false),
        (None, some("ben"), some("eva"), "ben", false),
        (None, None, some("eva"), "eva", true),
        (None, None, None, "reviewer", true),
        (Some("root"), None, None, "reviewer", true),
    ] {
        let who = Who::of(said, login, last);
        assert_eq!(
            (who.name.as_str(), who.guessed),
            (name, guessed),
            "{said:?}"
        );
    }
}

#[test]
fn what_is_remembered_comes_back_and_damage_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep").join("state.toml");
    let mut state = State {
        reviewer: Some("ana".into()),
        rail: true,
        ..State::default()
    };
    state.opened(Path::new("/a/docket.db"));
    state.opened(Path::new("/b/docket.db"));
    state.opened(Path::new("/a/docket.db"));
    let ana = state.people.entry("ana".into()).or_default();
    ana.practised.insert("support 1".into());
    ana.reviewed = 7;
    state.save(&file).unwrap();
    assert_eq!(State::load(&file), state);
    assert_eq!(state.recent[0], Path::new("/a/docket.db"));
    assert_eq!(state.recent.len(), 2);

    std::fs::write(&file, "rail = \"many\"\x00").unwrap();
    assert_eq!(State::load(&file), State::default());
    std::fs::write(&file, "future = 1\nrail = true\n").unwrap();
    assert!(State::load(&file).rail);
}

#[test]
fn a_missing_file_is_fine_and_an_unreadable_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read(&folder.path().join("none.toml")).unwrap().is_none());
    let error = read(folder.path()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read settings `"));
}
