//! The rubrics that come with the program, for evals made without naming one.

use include_dir::{Dir, include_dir};

use crate::domain::rubric::Rubric;
use crate::formats::rubric;

static RUBRICS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/rubrics");

/// Asked of rows with one output, or several that are not compared.
pub const ONE: &str = "send-as-is";

/// Asked of rows whose outputs are compared.
pub const COMPARED: &str = "pairwise-preference";

/// A rubric that comes with the program, by its id.
pub fn built_in(id: &str) -> Option<Rubric> {
    let file = format!("{id}.toml");
    let text = RUBRICS.get_file(&file)?.contents_utf8()?;
    let resolve = |name: &str| {
        let found = RUBRICS.get_file(name).and_then(|file| file.contents_utf8());
        found
            .map(str::to_owned)
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    rubric::load(&file, text, &resolve).rubric
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rubrics_an_import_may_need_are_there() {
        for id in [ONE, COMPARED] {
            assert_eq!(built_in(id).unwrap().id, id);
        }
        assert!(built_in("../Cargo").is_none());
    }
}
