//! Text for cells: sanitise, width, wrap, diff, Markdown and JSON.
