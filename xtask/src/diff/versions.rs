//! The versions that a change asks of the crates of the workspace.

use super::sides::Package;
use super::verdict::Bump;
use crate::problem::{Problem, ProblemKind};
use serde::Serialize;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use toml::{Table, Value};

/// A version without pre-release or build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// The version after a change. Below 1.0 what breaks takes the second number, and the rest the third.
    #[must_use]
    pub const fn after(self, bump: Bump) -> Self {
        let Self {
            major,
            minor,
            patch,
        } = self;
        let (major, minor, patch) = match (major, bump) {
            (0, Bump::Major) => (0, minor + 1, 0),
            (0, _) | (_, Bump::Patch) => (major, minor, patch + 1),
            (_, Bump::Major) => (major + 1, 0, 0),
            (_, Bump::Minor) => (major, minor + 1, 0),
        };
        Self {
            major,
            minor,
            patch,
        }
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let numbers: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
        match numbers.map_err(|_| ())?.as_slice() {
            &[major, minor, patch] => Ok(Self {
                major,
                minor,
                patch,
            }),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The reason of crates that nothing but their version joins to the one that changes.
pub const SHARES: &str = "shares the version";

/// A crate that has to be published anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// The crate.
    #[serde(rename = "crate")]
    pub name: String,
    /// The version that its manifest has.
    pub from: Version,
    /// The version that it needs; the same where that one is not released yet and is enough.
    pub to: Version,
    /// Why.
    pub reason: &'static str,
    /// Whether the version is that of the workspace.
    pub inherits: bool,
}

/// The crates that a change of one touches: itself, what depends on it, what embeds its document, and what shares its
/// version.
///
/// # Errors
///
/// Manifests that cannot be read.
pub fn releases(root: &Path, package: &Package, bump: Bump) -> Result<Vec<Release>, Problem> {
    let shared = lookup(
        &read(&root.join("Cargo.toml"))?,
        &["workspace", "package", "version"],
    )
    .and_then(|version| version.as_str()?.parse().ok());
    let last = last_release(root);
    let members = members(root)?;
    let touched: Vec<(&Member, Option<(Bump, &'static str)>)> = members
        .iter()
        .map(|member| (member, member.touched(package, bump)))
        .collect();
    // Crates that share a version go together, by what the most changed of them needs.
    let together = touched
        .iter()
        .filter(|(member, _)| member.version.is_none())
        .filter_map(|(_, touched)| touched.map(|(bump, _)| bump))
        .max();
    let releases = touched.into_iter().filter_map(|(member, touched)| {
        let inherits = member.version.is_none();
        let bump = if inherits {
            together?
        } else {
            touched.map(|(bump, _)| bump)?
        };
        let from = member.version.or(shared)?;
        Some(Release {
            name: member.name.clone(),
            from,
            // Where nothing is published, the version to come takes it in.
            to: last.map_or(from, |last| from.max(last.after(bump))),
            reason: touched.map_or(SHARES, |(_, reason)| reason),
            inherits,
        })
    });
    Ok(releases.collect())
}

/// What counts of a manifest.
struct Member {
    name: String,
    /// None where it is the workspace's.
    version: Option<Version>,
    dependencies: Vec<String>,
}

impl Member {
    fn touched(&self, package: &Package, bump: Bump) -> Option<(Bump, &'static str)> {
        if self.name == package.name {
            Some((bump, "made from the document"))
        } else if self.dependencies.contains(&package.name) {
            Some((bump, "re-exports it"))
        } else if Some(&self.name) == package.mock.as_ref() {
            Some((Bump::Patch, "embeds the document"))
        } else {
            None
        }
    }
}

/// The crates below `crates/` that are published, by name.
fn members(root: &Path) -> Result<Vec<Member>, Problem> {
    let folder = root.join("crates");
    let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
    let mut members = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(&folder, &error))?;
        let path = entry.path().join("Cargo.toml");
        if !path.is_file() {
            continue;
        }
        let manifest = read(&path)?;
        let package = |field| lookup(&manifest, &["package", field]);
        if package("publish") == Some(&Value::Boolean(false)) {
            continue;
        }
        let dependencies = manifest.get("dependencies").and_then(Value::as_table);
        members.push(Member {
            name: package("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            version: package("version").and_then(|version| version.as_str()?.parse().ok()),
            dependencies: dependencies
                .map(|table| table.keys().cloned().collect())
                .unwrap_or_default(),
        });
    }
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

/// The newest version under a heading of the changelog, as `## [0.1.0] - 2026-01-31`.
fn last_release(root: &Path) -> Option<Version> {
    let text = std::fs::read_to_string(root.join("CHANGELOG.md")).ok()?;
    text.lines()
        .filter_map(|line| {
            let heading = line.strip_prefix("## [")?;
            heading.split_once(']')?.0.parse().ok()
        })
        .max()
}

fn read(path: &Path) -> Result<Table, Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    text.parse()
        .map_err(|error: toml::de::Error| unreadable(path, &error))
}

fn lookup<'a>(table: &'a Table, names: &[&str]) -> Option<&'a Value> {
    let (last, tables) = names.split_last()?;
    let table = tables
        .iter()
        .try_fold(table, |table, name| table.get(*name)?.as_table())?;
    table.get(*last)
}

fn unreadable(path: &Path, error: &dyn fmt::Display) -> Problem {
    let message = format!("cannot read {}: {error}", path.display());
    Problem::error(ProblemKind::Unreadable, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_one_what_breaks_takes_the_second_number() {
        for (from, bump, to) in [
            ("0.1.3", Bump::Major, "0.2.0"),
            ("0.1.3", Bump::Minor, "0.1.4"),
            ("0.1.3", Bump::Patch, "0.1.4"),
            ("1.2.3", Bump::Major, "2.0.0"),
            ("1.2.3", Bump::Minor, "1.3.0"),
            ("1.2.3", Bump::Patch, "1.2.4"),
        ] {
            let version: Version = from.parse().unwrap();
            assert_eq!(version.after(bump).to_string(), to, "{from} {bump}");
        }
    }
}
