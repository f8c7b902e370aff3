//! Hard items as a table, for whoever decides about taking them.

use super::super::{CliError, output};
use crate::engine::datasets::HardItem;
use crate::text::table::{Column, Table};

/// Writes them, hardest first.
pub fn table(items: &[HardItem]) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("item"),
        Column::left("id").max(24),
        Column::right("weight"),
        Column::left("why"),
    ]);
    for item in items {
        table.row([
            &item.item[..item.item.len().min(8)],
            item.external_id.as_deref().unwrap_or("–"),
            &format!("{:.2}", item.weight),
            &item.why.join(", "),
        ]);
    }
    output::table(&table)
}
