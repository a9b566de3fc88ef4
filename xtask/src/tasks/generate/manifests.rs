//! The manifests that people edit and of which the generator writes the features.

use crate::package::features::{self, Feature};
use crate::problem::{Problem, ProblemKind};
use crate::write::FileSet;
use std::path::Path;
use toml_edit::TomlError;

/// Features that a facade has because a crate has them.
pub(super) struct HandedOn {
    pub(super) facade: String,
    pub(super) crate_name: String,
    pub(super) features: Vec<Feature>,
}

/// Adds the manifests of facades, which several crates may share.
pub(super) fn hand_on(
    root: &Path,
    crates: &[HandedOn],
    files: &mut FileSet,
) -> Result<(), Problem> {
    for HandedOn {
        facade,
        crate_name,
        features,
    } in crates
    {
        let path = Path::new("crates").join(facade).join("Cargo.toml");
        let manifest = match files.0.get(&path) {
            Some(manifest) => set(&path, manifest, crate_name, features)?,
            None => with_features(root, &path, crate_name, features)?,
        };
        files.insert(path, manifest);
    }
    Ok(())
}

/// The manifest at a path below `root`, with these features of a crate.
pub(super) fn with_features(
    root: &Path,
    path: &Path,
    crate_name: &str,
    features: &[Feature],
) -> Result<String, Problem> {
    let manifest = read(root, path)
        .map_err(|problem| problem.help(format!("it gets the features of {crate_name}")))?;
    set(path, &manifest, crate_name, features)
}

/// The text of the manifest at a path below `root`.
pub(super) fn read(root: &Path, path: &Path) -> Result<String, Problem> {
    let place = root.join(path);
    std::fs::read_to_string(&place).map_err(|error| {
        let message = format!("cannot read {}: {error}", place.display());
        Problem::error(ProblemKind::Unreadable, message)
    })
}

fn set(
    path: &Path,
    manifest: &str,
    crate_name: &str,
    features: &[Feature],
) -> Result<String, Problem> {
    features::set(manifest, crate_name, features).map_err(|error| not_toml(path, &error))
}

pub(super) fn not_toml(path: &Path, error: &TomlError) -> Problem {
    let message = format!("{} is not TOML: {}", path.display(), error.message());
    Problem::error(ProblemKind::Unreadable, message)
}
