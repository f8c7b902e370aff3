//! What stays of an export in the workspace: the dataset of what left, and the decision with the manifest's hash.
//!
//! The folder and the workspace cannot change in one step. So before the folder takes its place a note is kept
//! of what is about to appear; the dataset, the event and the end of the note are then one transaction. A kill
//! between the two leaves the note, and the next export, or `doctor`, finishes it: if the folder holds the
//! manifest the note tells of, the export is recorded; if not, it never happened and the note goes.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::datasets::name_dataset;
use super::super::{Engine, EngineError, Pen, Result};
use crate::domain::eval::{DatasetRole, dataset_id};
use crate::domain::event::{Body, ExportMade};
use crate::domain::ids::{EvalId, hex};
use crate::store::datasets::{self, Ranges};
use crate::store::{Db, catalog, export as store, ledger};

/// An export about to appear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UnderWay {
    pub eval: EvalId,
    pub dataset: String,
    pub format: String,
    pub folder: PathBuf,
    /// As the manifest has it; tells this export from another one in the same folder.
    pub created: String,
    pub rows: u64,
    pub override_reason: Option<String>,
    /// Local rows of the items, as ranges.
    pub items: Vec<(i64, i64)>,
}

/// What is read of a manifest to know which export it tells of.
#[derive(Deserialize)]
struct Stamp {
    created: String,
}

impl Engine {
    /// Finishes what killed exports left behind: records those whose folder is in place, forgets the others.
    /// Returns the folders it recorded. Cheap when there is nothing to do.
    pub fn settle_exports(&self) -> Result<Vec<PathBuf>> {
        let mut recorded = Vec::new();
        for note in self.store().read(store::under_way)? {
            let Ok(under_way) = serde_json::from_str::<UnderWay>(&note) else {
                continue;
            };
            let manifest = std::fs::read(under_way.folder.join("manifest.json"));
            let landed = manifest.ok().filter(|text| {
                serde_json::from_slice::<Stamp>(text)
                    .is_ok_and(|stamp| stamp.created == under_way.created)
            });
            match landed {
                Some(text) => {
                    recorded.push(under_way.folder.clone());
                    self.record_export(under_way, sha256(&text))?;
                }
                None => self.forget_export(&under_way.folder)?,
            }
        }
        Ok(recorded)
    }

    /// Keeps the note of an export that is about to appear.
    pub(super) fn announce_export(&self, under_way: &UnderWay) -> Result<()> {
        let key = key(&under_way.folder);
        let note = serde_json::to_string(under_way).map_err(|error| EngineError::Refused {
            what: format!("cannot note the export to `{key}`: {error}"),
            hint: None,
        })?;
        Ok(self
            .store()
            .write(move |db| store::put_under_way(db, &key, &note))?)
    }

    /// Takes the note back.
    pub(super) fn forget_export(&self, folder: &Path) -> Result<()> {
        let key = key(folder);
        Ok(self
            .store()
            .write(move |db| store::drop_under_way(db, &key))?)
    }

    /// Records an export whose folder is in place. Recording it twice is recording it once.
    pub(super) fn record_export(&self, made: UnderWay, manifest_sha256: String) -> Result<()> {
        let engine = self.clone();
        Ok(self.store().write(move |db| {
            store::drop_under_way(db, &key(&made.folder))?;
            if is_recorded(db, &manifest_sha256)? {
                return Ok(());
            }
            let pen = Pen::new(&engine);
            let dataset = dataset_id(&engine.identity().id, &made.dataset);
            // What has left cannot be called back, so the dataset only grows.
            let all = datasets::current(db, &dataset)?.with(&Ranges::of(made.items));
            name_dataset(db, &pen, &made.dataset, dataset, DatasetRole::Train, &all)?;
            let body = ExportMade {
                eval: made.eval,
                dataset,
                format: made.format,
                folder: key(&made.folder),
                rows: made.rows,
                manifest_sha256,
                override_reason: made.override_reason,
            };
            pen.write(db, None, None, Body::ExportMade(body))?;
            catalog::refold(db).map(|_| ())
        })?)
    }
}

fn is_recorded(db: &Db, manifest_sha256: &str) -> crate::store::Result<bool> {
    let known = |body: &Body| matches!(body, Body::ExportMade(made) if made.manifest_sha256 == manifest_sha256);
    Ok(ledger::global(db)?.iter().any(|event| known(&event.body)))
}

fn key(folder: &Path) -> String {
    folder.display().to_string()
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
