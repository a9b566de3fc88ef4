//! From a document to the files of a client crate, stage by stage.
//!
//! ```text
//! load -> diagnose -> overlay -> lower -> normalize -> read the model -> generate -> refine
//! ```
//!
//! Every stage is a function of its inputs; nothing here touches the disk.

use crate::change::Change;
use crate::diagnose::{diagnose, duplicate_keys};
use crate::folder::{AuthFamily, OperationsToml, SpecFolder, TypesToml};
use crate::generate::{generate, reached};
use crate::lower::{Origins, lower_traced};
use crate::model::{self, Api};
use crate::normalize::{Facts, check_switches, normalize, type_names};
use crate::overlay;
use crate::problem::{Problem, ProblemKind};
use crate::refine::{Naming, calls, refine};
use crate::schema::{components, components_mut};
use crate::source::Document;
use crate::write::FileSet;
use std::collections::BTreeMap;

/// Stack of a thread that calls [`run`]: 512 MiB, of which only what is used takes memory. Documents are walked
/// recursively, and the generator is not frugal with its stack.
pub const STACK_BYTES: usize = 512 * 1024 * 1024;

/// Most types of one crate: several times as many as the largest of a hundred published documents has.
pub const MAX_TYPES: usize = 30_000;

/// Most operations of one crate.
pub const MAX_OPERATIONS: usize = 20_000;

/// What one client crate is made from.
#[derive(Debug, Clone)]
pub struct Input {
    /// The document as it was loaded.
    pub document: Document,
    /// Patches of this one document.
    pub overlay: Option<Document>,
    /// What is known of its operations.
    pub operations: OperationsToml,
    /// The lock of type names.
    pub types: TypesToml,
    /// How its clients authenticate.
    pub auth: AuthFamily,
    /// Rules switched off, by name.
    pub rules: BTreeMap<String, bool>,
    /// Names that the code mentions.
    pub naming: Naming,
}

/// What came out, and how.
#[derive(Debug, Clone)]
pub struct Output {
    /// The files of `src/generated/`, relative to it.
    pub files: FileSet,
    /// A file for tests: a function that calls any operation by its id.
    pub calls: String,
    /// The API that they were made from.
    pub api: Api,
    /// What overlay and rules did to the document.
    pub changes: Vec<Change>,
    /// Operations left out, each with its reason, and warnings.
    pub problems: Vec<Problem>,
    /// Operations in the document.
    pub operations_in: usize,
    /// `operations.toml` with new operations appended.
    pub operations: OperationsToml,
    /// `types.toml` as it is now.
    pub types: TypesToml,
    /// The document with its overlay applied, before any rule.
    pub patched: serde_json::Value,
}

impl Output {
    /// Methods in the client.
    #[must_use]
    pub fn methods(&self) -> usize {
        self.api.operations.len()
    }

    /// Operations without a method.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.operations_in - self.methods()
    }
}

impl Input {
    /// The input that a specification folder holds.
    #[must_use]
    pub fn from_folder(folder: SpecFolder) -> Self {
        Self {
            naming: Naming {
                command: format!("cargo xtask generate --api {}", folder.api.crate_name),
                crate_name: folder.api.crate_name,
            },
            document: folder.document,
            overlay: folder.overlay,
            operations: folder.operations,
            types: folder.types,
            auth: folder.api.auth,
            rules: folder.api.rules,
        }
    }
}

/// Runs all stages.
///
/// # Errors
///
/// The problems that leave no client to make: the document cannot be read as one, an overlay action or an entry of
/// `operations.toml` matches nothing, there is more than [`MAX_TYPES`] or [`MAX_OPERATIONS`] allow, or the generator
/// fails without an operation to blame.
pub fn run(input: Input) -> Result<Output, Vec<Problem>> {
    let Input {
        mut document,
        overlay,
        mut operations,
        types,
        auth,
        rules,
        naming,
    } = input;
    stop_on_errors(&check_switches(&rules))?;
    let mut problems = duplicate_keys(&document.source);
    problems.extend(diagnose(&document));
    stop_on_errors(&problems)?;
    let mut changes = match &overlay {
        Some(overlay) => overlay::apply(overlay, &mut document)?,
        None => Vec::new(),
    };
    let patched = document.root.clone();
    let (lowered, origins) = lower_traced(&mut document).map_err(|problem| vec![problem])?;
    changes.extend(lowered);
    stop_on_errors(&model::check_facts(&document.root, &operations))?;
    let operations_in = crate::schema::operations(&document.root).len();
    let facts = Facts {
        operations: &operations,
        types: &types,
    };
    changes.extend(normalize(&mut document.root, facts, &rules));
    stop_on_errors(&diagnose(&document))?;
    check_size(&document.root, operations_in)?;
    let (mut api, findings) = model::read(&document.root, auth, &operations);
    let (generated, failures) = generate(&document.root, &mut api)?;
    let found = findings.problems.into_iter().chain(failures);
    problems.extend(found.map(|problem| placed(problem, &document, &origins)));
    let types = TypesToml {
        by_location: type_names::places(&document.root),
    };
    prune(&mut document.root, &api);
    let files = refine(&document.root, &api, &generated, &naming);
    let calls = calls(&api, &generated, &naming);
    for (key, entry) in findings.new_entries {
        operations.append(key, entry);
    }
    Ok(Output {
        files,
        calls,
        api,
        changes,
        problems,
        operations_in,
        operations,
        types,
        patched,
    })
}

/// The generator takes about 130 KB and a millisecond for each type, and more for each operation.
fn check_size(root: &serde_json::Value, operations: usize) -> Result<(), Vec<Problem>> {
    let types = components(root).map_or(0, serde_json::Map::len);
    if types <= MAX_TYPES && operations <= MAX_OPERATIONS {
        return Ok(());
    }
    let message = format!(
        "{operations} operations with {types} types: more than {MAX_OPERATIONS} or {MAX_TYPES} make no crate that compiles"
    );
    Err(vec![Problem::error(ProblemKind::TooLarge, message).help(
        "remove operations with an overlay, or make several crates of the document",
    )])
}

/// Takes out the named schemas that only an operation left out would use: they have no Rust types.
fn prune(root: &mut serde_json::Value, api: &Api) {
    let reached = reached(root, api);
    if let Some(all) = components_mut(root) {
        all.retain(|name, _| reached.contains(name));
    }
}

/// A problem that names a pointer gets the document that the pointer is into, as it was read.
fn placed(mut problem: Problem, document: &Document, origins: &Origins) -> Problem {
    if problem.source.is_none()
        && let Some(pointer) = &mut problem.pointer
    {
        *pointer = origins.original(pointer);
        problem.source = Some(document.source.clone());
    }
    problem
}

fn stop_on_errors(problems: &[Problem]) -> Result<(), Vec<Problem>> {
    let errors: Vec<Problem> = problems
        .iter()
        .filter(|problem| problem.is_error())
        .cloned()
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
