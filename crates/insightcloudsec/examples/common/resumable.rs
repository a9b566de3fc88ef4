//! A file that is written by several runs, each going on where the last one ended, however it ended.
//!
//! Beside it, until it is complete, is a second file that says up to which byte it is good and where in the list the
//! next row is. That file is replaced as a whole, and only after the rows are on disk. So at any moment either the old
//! or the new place is saved, and what was written after it is cut off by the next run: no row is there twice, none is
//! missing.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use insightcloudsec::paging::Checkpoint;
use serde::{Deserialize, Serialize};

/// What is saved beside the file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Saved {
    /// What the rows are.
    what: String,
    /// Length of the file up to the place.
    bytes: u64,
    /// Where the next row is.
    pub(crate) checkpoint: Checkpoint,
}

/// The file and its place.
pub(crate) struct Output {
    file: File,
    what: String,
    saved_at: PathBuf,
}

impl Output {
    /// Opens the file: where another run ended early, cut back to the place that it saved, otherwise empty.
    pub(crate) fn open(path: &Path, what: &str) -> Result<(Self, Option<Saved>)> {
        let saved_at = with_suffix(path, ".checkpoint");
        let saved = read(&saved_at)?;
        if let Some(saved) = &saved {
            let place = saved_at.display();
            ensure!(
                saved.what == what,
                "{place} is of {}; remove it, or write to another file",
                saved.what
            );
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(saved.is_none());
        let named = || path.display().to_string();
        let mut file = options.open(path).with_context(named)?;
        if let Some(saved) = &saved {
            let length = file.metadata()?.len();
            ensure!(
                length >= saved.bytes,
                "{} was changed since; remove {} to begin anew",
                path.display(),
                saved_at.display()
            );
            file.set_len(saved.bytes)?;
            file.seek(SeekFrom::End(0))?;
        }
        let output = Self {
            file,
            what: what.to_owned(),
            saved_at,
        };
        Ok((output, saved))
    }

    /// The file, to write to.
    pub(crate) fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Saves the place after what was written; nothing of it may be in a buffer any more.
    pub(crate) fn save(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        self.file.sync_data()?;
        let saved = Saved {
            what: self.what.clone(),
            bytes: self.file.metadata()?.len(),
            checkpoint: checkpoint.clone(),
        };
        let draft = with_suffix(&self.saved_at, ".new");
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(&saved)?)?;
        file.sync_data()?;
        fs::rename(&draft, &self.saved_at)?;
        Ok(())
    }

    /// Forgets the place: the file is complete.
    pub(crate) fn finish(self) -> Result<()> {
        self.file.sync_data()?;
        match fs::remove_file(&self.saved_at) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

fn read(path: &Path) -> Result<Option<Saved>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.with_context(|| path.display().to_string())?,
    };
    let saved = serde_json::from_slice(&bytes);
    Ok(Some(saved.with_context(|| {
        format!("{} cannot be read", path.display())
    })?))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
