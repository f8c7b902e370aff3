use super::*;
#[test]
#[ignore]
fn live() {
    let desk = Arc::new(fake::FakeDesk::new(crate::domain::eval::Mode::Blind));
    let mut settings = crate::app::settings::Settings::default();
    settings.instructed.insert("support".into());
    settings
        .instructed
        .insert(crate::domain::ids::EvalId([9; 16]).to_string());
    settings.practised.insert("support-reply 3".into());
    settings.reviewed = 20;
    struct N;
    impl Keep for N {
        fn keep(
            &self,
            _: &crate::app::settings::Settings,
        ) -> Result<(), crate::domain::view::Failure> {
            Ok(())
        }
    }
    let mut state = AppState::new(
        crate::app::layout::Size {
            width: 80,
            height: 24,
        },
        settings,
    );
    let first = state.start();
    let mut config = Config::default();
    config.mouse = true;
    let ended = run(desk, Arc::new(N), state, first, &config);
    println!("ended {ended:?}");
}
