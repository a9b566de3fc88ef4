//! A workspace with the crates to be weighed, and cargo in it.

use super::wrapper::{self, Cost, RECORDS};
use crate::write::{self, FileSet, WriteError};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

/// The member that depends on everything that the others do: built first, it leaves only them to be compiled.
const DEPENDENCIES: &str = "dependencies";

/// Lines of cargo's messages that an error shows.
const MESSAGE_LINES: usize = 40;

/// Why something could not be weighed.
#[derive(Debug, thiserror::Error)]
pub enum WeighError {
    /// A file of the workspace.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file or a program.
    #[error("cannot use {}: {source}", path.display())]
    Unusable {
        /// Its path.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A manifest is not one.
    #[error("the manifest of `{0}` is not valid: {1}")]
    Manifest(String, toml_edit::TomlError),
    /// Progenitor made no crate.
    #[error("progenitor alone makes no crate of the document: {0}")]
    Progenitor(String),
    /// Cargo or the compiler refused.
    #[error("`cargo {arguments}` failed:\n{messages}")]
    Cargo {
        /// What cargo was asked.
        arguments: String,
        /// The last of what it said.
        messages: String,
    },
    /// A feature that was asked for.
    #[error("there is no feature `{name}`; there are: {}", known.join(", "))]
    UnknownFeature {
        /// Its name.
        name: String,
        /// Those of the crate.
        known: Vec<String>,
    },
    /// A call that was asked for.
    #[error("{0}")]
    Call(String),
    /// The smallest crate, which tells what the runtime weighs.
    #[error("the smallest crate cannot be generated:\n{0}")]
    Smallest(String),
    /// The compiler left no record, or one that cannot be read.
    #[error("no measure of `{0}`: {1}")]
    Unmeasured(String, String),
}

impl WeighError {
    pub(super) fn unusable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Unusable {
            path: path.to_owned(),
            source,
        }
    }
}

/// How crates are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Types only: `cargo check`.
    Check,
    /// With optimizations: `cargo build --release`.
    Release,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Check => "check",
            Self::Release => "release build",
        })
    }
}

impl Mode {
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Release => &["build", "--release"],
        }
    }
}

/// Which features of a crate are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection<'a> {
    /// Those that are on by default.
    Default,
    /// This one alone.
    Only(&'a str),
}

/// The workspace.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
    target: PathBuf,
}

impl Workshop {
    /// Writes the workspace to `folder`: a member for each of `members`, which are named by their folders.
    ///
    /// Dependencies are compiled into `target`, where other workspaces find them. Versions are those of `lock` where
    /// it has them.
    ///
    /// # Errors
    ///
    /// What cannot be written, or a manifest that is none.
    pub fn build(
        folder: &Path,
        target: &Path,
        lock: &Path,
        members: Vec<(&str, FileSet)>,
    ) -> Result<Self, WeighError> {
        let mut files = FileSet::default();
        let mut names = Array::new();
        let mut dependencies = Table::new();
        for (name, crate_files) in members {
            for (path, text) in crate_files.under(name).0 {
                let text = if path == Path::new(name).join("Cargo.toml") {
                    as_member(name, &text, &mut dependencies)?
                } else {
                    text
                };
                files.insert(path, text);
            }
            names.push(name);
        }
        names.push(DEPENDENCIES);
        let mut manifest: DocumentMut = DocumentMut::new();
        manifest["package"]["name"] = value(DEPENDENCIES);
        manifest["package"]["edition"] = value("2024");
        manifest["dependencies"] = Item::Table(dependencies);
        files.insert(format!("{DEPENDENCIES}/Cargo.toml"), manifest.to_string());
        files.insert(format!("{DEPENDENCIES}/src/lib.rs"), "");
        // Whatever an earlier document left in them.
        for member in names.iter().filter_map(Value::as_str) {
            let member = folder.join(member);
            match fs::remove_dir_all(&member) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(WeighError::unusable(&member)(error));
                }
                _ => {}
            }
        }
        files.insert("Cargo.toml", root_manifest(names));
        write::write(folder, &[], &files)?;
        fs::copy(lock, folder.join("Cargo.lock")).map_err(WeighError::unusable(lock))?;
        Ok(Self {
            folder: folder.to_owned(),
            target: target.to_owned(),
        })
    }

    /// Compiles the dependencies of all members.
    ///
    /// # Errors
    ///
    /// [`WeighError::Cargo`], as where a dependency can be had neither here nor from the registry.
    pub fn prepare(&self, mode: Mode) -> Result<(), WeighError> {
        let mut arguments = mode.arguments().to_vec();
        arguments.extend(["--package", DEPENDENCIES]);
        let offline: Vec<&str> = arguments.iter().copied().chain(["--offline"]).collect();
        match self.cargo(&offline) {
            Ok(()) => Ok(()),
            // One of them may never have been downloaded.
            Err(_) => self.cargo(&arguments),
        }
    }

    /// Compiles one member, whose dependencies have been, and tells what the compiler took.
    ///
    /// # Errors
    ///
    /// [`WeighError::Cargo`] when it does not compile.
    pub fn measure(
        &self,
        name: &str,
        mode: Mode,
        selection: Selection<'_>,
    ) -> Result<Cost, WeighError> {
        self.renew(name, "lib.rs")?;
        let records = self.records();
        match fs::remove_file(&records) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(WeighError::unusable(&records)(error));
            }
            _ => {}
        }
        let mut arguments = mode.arguments().to_vec();
        // Beside it stands what keeps the features of its dependencies the same.
        arguments.extend(["--offline", "--package", DEPENDENCIES, "--package", name]);
        let feature;
        if let Selection::Only(only) = selection {
            feature = format!("{name}/{only}");
            arguments.extend(["--no-default-features", "--features", &feature]);
        }
        self.cargo(&arguments)?;
        self.recorded(name)
    }

    /// Writes the root of a member anew, so that it is newer than what was made of it; cargo takes members of the same name
    /// for the same one, whatever workspace they are of.
    fn renew(&self, name: &str, root: &str) -> Result<(), WeighError> {
        let root = self.folder.join(name).join("src").join(root);
        fs::read(&root)
            .and_then(|text| fs::write(&root, text))
            .map_err(WeighError::unusable(&root))
    }

    /// Builds programs with optimizations, all with the same dependencies, and the crate that one of them needs.
    ///
    /// # Errors
    ///
    /// [`WeighError::Cargo`] when one does not compile.
    pub fn programs(&self, names: &[&str], needed: &str) -> Result<(), WeighError> {
        self.renew(needed, "lib.rs")?;
        for name in names {
            self.renew(name, "main.rs")?;
        }
        let mut arguments = Mode::Release.arguments().to_vec();
        arguments.extend(["--offline", "--package", DEPENDENCIES]);
        for name in names {
            arguments.extend(["--package", name]);
        }
        self.cargo(&arguments)
    }

    /// Bytes of a program that was built.
    ///
    /// # Errors
    ///
    /// When it is not there.
    pub fn size(&self, name: &str) -> Result<u64, WeighError> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let path = self.target.join("release").join(file);
        let metadata = fs::metadata(&path).map_err(WeighError::unusable(&path))?;
        Ok(metadata.len())
    }

    fn records(&self) -> PathBuf {
        self.folder.join("records.jsonl")
    }

    fn recorded(&self, name: &str) -> Result<Cost, WeighError> {
        let unmeasured = |why: String| WeighError::Unmeasured(name.to_owned(), why);
        let path = self.records();
        let text = fs::read_to_string(&path).map_err(WeighError::unusable(&path))?;
        let crate_name = name.replace('-', "_");
        wrapper::parse(&text)
            .map_err(unmeasured)?
            .into_iter()
            .find(|record| record.crate_name == crate_name)
            .map(|record| record.cost)
            .ok_or_else(|| unmeasured("it was not compiled".to_owned()))
    }

    /// Runs cargo in the workspace, with this program around the compiler of its members.
    fn cargo(&self, arguments: &[&str]) -> Result<(), WeighError> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let this = std::env::current_exe().map_err(WeighError::unusable(Path::new("xtask")))?;
        let mut command = Command::new(&cargo);
        for (name, _) in std::env::vars_os() {
            if is_foreign(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        let output = command
            .args(arguments)
            .arg("--quiet")
            .arg("--target-dir")
            .arg(&self.target)
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            // Empty, it also overrules a cache of compilations that the user's configuration names.
            .env("RUSTC_WRAPPER", "")
            .env("RUSTC_WORKSPACE_WRAPPER", this)
            .env(RECORDS, self.records())
            .output()
            .map_err(WeighError::unusable(Path::new(&cargo)))?;
        if output.status.success() {
            return Ok(());
        }
        let messages = String::from_utf8_lossy(&output.stderr);
        let errors = messages.find("error").unwrap_or_default();
        let messages: Vec<&str> = messages[errors..].lines().take(MESSAGE_LINES).collect();
        Err(WeighError::Cargo {
            arguments: arguments.join(" "),
            messages: messages.join("\n"),
        })
    }
}

/// Whether a variable would make the build another one than its manifest says.
fn is_foreign(variable: &str) -> bool {
    ["CARGO_PROFILE_", "CARGO_BUILD_", "CARGO_UNSTABLE_"]
        .iter()
        .any(|prefix| variable.starts_with(prefix))
        || ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR"].contains(&variable)
}

fn root_manifest(members: Array) -> String {
    let mut manifest = DocumentMut::new();
    manifest["workspace"]["resolver"] = value("3");
    manifest["workspace"]["members"] = value(members);
    manifest["profile"]["dev"]["debug"] = value(false);
    manifest["profile"]["release"]["strip"] = value(true);
    manifest.to_string()
}

/// The manifest of a crate as a member of the workspace; what it depends on is added to `all`.
fn as_member(name: &str, text: &str, all: &mut Table) -> Result<String, WeighError> {
    let mut manifest: DocumentMut = text
        .parse()
        .map_err(|error| WeighError::Manifest(name.to_owned(), error))?;
    manifest.remove("workspace");
    let dependencies = manifest.get("dependencies").and_then(Item::as_table_like);
    for (dependency, item) in dependencies.into_iter().flat_map(|table| table.iter()) {
        let is_member = item
            .get("path")
            .and_then(Item::as_str)
            .is_some_and(|path| path.starts_with("../"));
        match all.get_mut(dependency) {
            _ if is_member => {}
            None => drop(all.insert(dependency, item.clone())),
            Some(known) => add_features(known, item),
        }
    }
    Ok(manifest.to_string())
}

/// Adds to a dependency the features that another mention of it has.
fn add_features(known: &mut Item, other: &Item) {
    let Some(more) = other.get("features").and_then(Item::as_array) else {
        return;
    };
    if let Some(version) = known.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        *known = value(table);
    }
    let mut features = known
        .get("features")
        .and_then(Item::as_array)
        .cloned()
        .unwrap_or_default();
    for feature in more.iter().filter_map(Value::as_str) {
        if !features.iter().any(|known| known.as_str() == Some(feature)) {
            features.push(feature);
        }
    }
    if let Some(table) = known.as_table_like_mut() {
        table.insert("features", value(features));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_all_members_come_together() {
        let mut all = Table::new();
        for text in [
            "dependencies = { a = '1', b = { version = '1', features = ['x'] } }\n[workspace]\n",
            "[dependencies]\na = { version = '1', features = ['y'] }\nm = { path = '../m' }\n[dependencies.b]\nversion = '1'\nfeatures = ['x', 'z']\n",
        ] {
            let member = as_member("m", text, &mut all).unwrap();
            assert!(!member.contains("workspace"), "{member}");
        }
        let features = |name: &str| all[name]["features"].to_string().trim().to_owned();
        assert_eq!(features("a"), r#"["y"]"#);
        assert_eq!(all["a"]["version"].as_str(), Some("1"));
        let b = all["b"]["features"].as_array().unwrap();
        assert_eq!(b.len(), 2);
        assert!(!all.contains_key("m"), "members are no dependencies");
        assert!(as_member("m", "[", &mut all).is_err());
    }

    #[test]
    fn profiles_of_the_environment_are_foreign() {
        for foreign in ["CARGO_PROFILE_DEV_DEBUG", "RUSTFLAGS", "CARGO_TARGET_DIR"] {
            assert!(is_foreign(foreign), "{foreign}");
        }
        for kept in ["CARGO_HOME", "RUSTUP_TOOLCHAIN", "PATH", "CARGO"] {
            assert!(!is_foreign(kept), "{kept}");
        }
    }
}
