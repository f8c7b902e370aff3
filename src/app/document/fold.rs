//! Folding and opening the objects and arrays of a JSON text.

use super::TextPane;

impl TextPane {
    /// Folds or opens the node that begins on a row of the text; whether one does. Of several the outermost goes.
    pub fn toggle_row(&mut self, row: usize) -> bool {
        let Some(at) = self.fold_on(row) else {
            return false;
        };
        if !self.toggled.remove(&at) {
            self.toggled.insert(at);
        }
        let top = self.top();
        self.rebuild();
        self.show_from(top);
        true
    }

    /// Folds or opens the node on the selected row, else the first that begins in sight; whether there is one.
    pub fn toggle_node(&mut self) -> bool {
        let rows = match self.selected() {
            Some((first, last)) => first..last + 1,
            None => self.top()..self.top() + self.height().max(1),
        };
        rows.into_iter().any(|row| self.toggle_row(row))
    }

    /// The node that begins on a row, by its place in the source.
    fn fold_on(&self, row: usize) -> Option<usize> {
        let row = self.rows().rows().get(row)?;
        let first = self
            .folds
            .partition_point(|fold| fold.text.start < row.start);
        let fold = self.folds.get(first)?;
        (fold.text.start < row.end).then_some(fold.source.start)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{Source, TextOptions};
    use super::*;

    const JSON: &str = r#"{"parties":[{"name":"A"},{"name":"B"}],"term":{"months":12},"law":"DE"}"#;

    fn pane() -> TextPane {
        let mut pane = TextPane::new(Source::Text(Arc::from(JSON)), TextOptions::default());
        pane.resize(60, 20);
        pane
    }

    fn shown(pane: &TextPane) -> String {
        pane.text().text().to_owned()
    }

    #[test]
    fn a_node_folds_to_a_marker_and_opens_again_in_place() {
        let mut pane = pane();
        let before = shown(&pane);
        assert!(pane.toggle_row(1));
        assert!(shown(&pane).contains("\"parties\": [… 2 items],"));
        assert!(shown(&pane).contains("\"months\": 12"));
        assert!(pane.toggle_row(1));
        assert_eq!(shown(&pane), before);
    }

    #[test]
    fn nodes_fold_one_by_one_and_the_whole_text_too() {
        let mut pane = pane();
        let row = |pane: &TextPane, word: &str| {
            let rows = pane.rows().rows();
            let text = pane.text().text();
            rows.iter()
                .position(|row| text[row.start..row.end].contains(word))
                .unwrap()
        };
        let term = row(&pane, "\"term\"");
        assert!(pane.toggle_row(term));
        assert!(shown(&pane).contains("\"term\": {… 1 key}"));
        assert!(shown(&pane).contains("\"name\": \"A\""));
        let law = row(&pane, "\"law\"");
        assert!(!pane.toggle_row(law), "a line without a bracket folded");
        assert!(pane.toggle_node());
        assert_eq!(shown(&pane), "{… 3 keys}");
    }

    #[test]
    fn the_selected_row_decides_which_node_the_key_folds() {
        let mut pane = pane();
        pane.select_at(1, false);
        assert!(pane.toggle_node());
        assert!(shown(&pane).contains("[… 2 items]") && shown(&pane).contains("\"law\""));
    }

    #[test]
    fn another_text_starts_with_nothing_folded_by_hand_and_prose_folds_nothing() {
        let mut pane = pane();
        assert!(pane.toggle_row(0));
        pane.set_source(Source::Text(Arc::from(r#"{"a":[1,2]}"#)));
        assert!(shown(&pane).contains('1'), "{}", shown(&pane));
        pane.set_source(Source::Text(Arc::from("Only words (in [brackets]).")));
        assert!(!pane.toggle_node());
    }
}
