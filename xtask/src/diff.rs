//! What a new document means for callers of the crate that is made from it.
//!
//! ```text
//! sides -> surface -> compare -> verdict -> page
//! ```
//!
//! Both documents go through the same pipeline, and what is compared is the Rust source that it gives: nobody calls a
//! document.

pub mod changelog;
pub mod compare;
pub mod mentions;
pub mod page;
pub mod sides;
pub mod surface;
pub mod verdict;
pub mod versions;

use crate::problem::{Problem, ProblemKind};
use compare::compare;
use mentions::Mention;
use serde::Serialize;
use sides::{Side, Sides};
use std::path::Path;
use surface::{Surface, SurfaceError};
use verdict::{Bump, Finding, bump, judge};
use versions::Release;

/// One document, as the page names it.
#[derive(Debug, Clone, Serialize)]
pub struct Document {
    /// Where it is from: a path, or a revision and a path.
    pub name: String,
    /// SHA-256 of the document alone, in hexadecimal digits.
    pub sha256: String,
    /// Operations in it.
    pub operations: usize,
    /// Methods that the client has.
    pub methods: usize,
    /// Types that the client has.
    pub types: usize,
    /// What the pipeline says about it: operations left out, and what no longer fits.
    pub problems: Vec<Problem>,
}

/// All that is known of the step from one document to another.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// The crate, when one of the documents lies in its folder.
    #[serde(rename = "crate")]
    pub crate_name: Option<String>,
    /// The document that there was.
    pub old: Document,
    /// The document that there is.
    pub new: Document,
    /// What the next version has to be; none when nothing differs.
    pub bump: Option<Bump>,
    /// What differs, and what it means.
    pub findings: Vec<Finding>,
    /// Where hand-written code names what differs.
    pub mentions: Vec<Mention>,
    /// Versions of the crates touched.
    pub releases: Vec<Release>,
    /// The entry of `CHANGELOG.md`.
    pub changelog: String,
}

/// The review of two documents, for the workspace at `root`.
///
/// # Errors
///
/// Code that the generator wrote and that is not Rust; manifests of the workspace that cannot be read.
pub fn review(sides: &Sides, root: &Path) -> Result<Review, Vec<Problem>> {
    let surface = |side: &Side| {
        let problem =
            |error: SurfaceError| one(Problem::error(ProblemKind::Generator, error.to_string()));
        Surface::read(&side.output.files).map_err(problem)
    };
    let (old, new) = (surface(&sides.old)?, surface(&sides.new)?);
    let findings = findings(&old, &new);
    let (old, new) = (document(&sides.old, &old), document(&sides.new, &new));
    let bump = bump(&findings);
    let releases = match (&sides.package, bump) {
        (Some(package), Some(bump)) => versions::releases(root, package, bump).map_err(one)?,
        _ => Vec::new(),
    };
    let touched: Vec<&str> = releases
        .iter()
        .filter(|release| release.reason != versions::SHARES)
        .map(|release| release.name.as_str())
        .collect();
    let mentions = if touched.is_empty() {
        Vec::new()
    } else {
        mentions::find(root, &touched, &findings).map_err(one)?
    };
    let crate_name = sides.package.as_ref().map(|package| package.name.clone());
    let changelog = changelog::entry(crate_name.as_deref(), &findings);
    Ok(Review {
        crate_name,
        old,
        new,
        bump,
        findings,
        mentions,
        releases,
        changelog,
    })
}

/// What differs between two generated crates, and what that means.
#[must_use]
pub fn findings(old: &Surface, new: &Surface) -> Vec<Finding> {
    judge(compare(old, new))
}

fn document(side: &Side, surface: &Surface) -> Document {
    Document {
        name: side.name.clone(),
        sha256: side.sha256.clone(),
        operations: side.output.operations_in,
        methods: side.output.methods(),
        types: surface.types.len(),
        problems: side.output.problems.clone(),
    }
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}
