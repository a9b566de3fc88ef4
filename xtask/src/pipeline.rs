//! From a document to the files of a client crate, stage by stage.
//!
//! ```text
//! load -> bundle -> diagnose -> overlay -> lower -> normalize -> read the model -> generate -> refine
//! ```
//!
//! Every stage is a function of its inputs; nothing here touches the disk.

use crate::bundle::bundle;
use crate::change::Change;
use crate::diagnose::{diagnose, duplicate_keys};
use crate::folder::{
    AuthFamily, OperationsToml, Provenance, ProvenanceKind, SpecFolder, TypesToml,
};
use crate::generate::{generate, reached};
use crate::lower::{Origins, lower_traced};
use crate::model::{self, Api};
use crate::normalize::{Facts, check_switches, normalize, type_names};
use crate::overlay;
use crate::problem::{Problem, ProblemKind};
use crate::refine::{Naming, Origin, calls, refine, streams};
use crate::schema::{components, components_mut};
use crate::source::Document;
use crate::write::FileSet;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

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
    /// Where the document is from.
    pub provenance: Provenance,
    /// Whether the document was obtained after the rest was written about another one: what is known of operations
    /// that it lacks is then no error.
    pub obtained: bool,
    /// Whether overlay actions that no longer match are passed over, with a warning.
    pub accept_stale: bool,
}

/// What came out, and how.
#[derive(Debug, Clone)]
pub struct Output {
    /// The files of `src/generated/`, relative to it.
    pub files: FileSet,
    /// A file for tests: functions that call any operation by its id.
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
    /// The document that the code was made from, after all rules.
    pub normalized: serde_json::Value,
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

/// One stage of the pipeline, in the order in which they run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The text is read.
    #[default]
    Load,
    /// The structure is checked.
    Diagnose,
    /// The patches of this one document are applied.
    Overlay,
    /// The version is brought to 3.0.
    Lower,
    /// The rules repair the document, which is diagnosed again.
    Normalize,
    /// Operations are read, and their types made.
    Generate,
    /// The files are written out.
    Refine,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: &'static [Self] = &[
        Self::Load,
        Self::Diagnose,
        Self::Overlay,
        Self::Lower,
        Self::Normalize,
        Self::Generate,
        Self::Refine,
    ];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Load => "load",
            Self::Diagnose => "diagnose",
            Self::Overlay => "overlay",
            Self::Lower => "lower",
            Self::Normalize => "normalize",
            Self::Generate => "generate",
            Self::Refine => "refine",
        })
    }
}

/// What was found and done, as far as a run came.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// The last stage that began.
    pub stage: Stage,
    /// Everything found, whatever its severity.
    pub problems: Vec<Problem>,
    /// What overlay and rules did to the document.
    pub changes: Vec<Change>,
}

impl Input {
    /// A document on its own, about which nothing else is known.
    #[must_use]
    pub fn from_document(document: Document, crate_name: &str) -> Self {
        Self {
            document,
            overlay: None,
            operations: OperationsToml::empty(Path::new("operations.toml")),
            types: TypesToml::default(),
            auth: AuthFamily::Document,
            rules: BTreeMap::new(),
            naming: Naming {
                crate_name: crate_name.to_owned(),
                command: format!("cargo xtask generate --spec FILE --out DIR --crate {crate_name}"),
            },
            provenance: Provenance::of(ProvenanceKind::File),
            obtained: false,
            accept_stale: false,
        }
    }

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
            obtained: folder.api.provenance.kind != ProvenanceKind::Compiled,
            provenance: folder.api.provenance,
            accept_stale: false,
        }
    }
}

/// Runs all stages.
///
/// # Errors
///
/// The problems that leave no client to make: the document cannot be read as one, an overlay action, an entry of
/// `operations.toml` or a name in it matches nothing, there is more than [`MAX_TYPES`] or [`MAX_OPERATIONS`] allow, or the generator
/// fails without an operation to blame.
pub fn run(input: Input) -> Result<Output, Vec<Problem>> {
    run_traced(input, &mut Trace::default())
}

/// As [`run`], and fills a trace that a failed run leaves behind too.
///
/// # Errors
///
/// As [`run`]; the trace has these problems among the others.
pub fn run_traced(input: Input, trace: &mut Trace) -> Result<Output, Vec<Problem>> {
    let switches = stop_on_errors(&check_switches(&input.rules));
    let result = switches.and_then(|()| stages(input, trace));
    if let Err(errors) = &result
        // The first diagnosis has put its errors there, among its warnings.
        && trace.stage != Stage::Diagnose
    {
        trace.problems.extend(errors.iter().cloned());
    }
    result
}

fn stages(input: Input, trace: &mut Trace) -> Result<Output, Vec<Problem>> {
    let Input {
        mut document,
        overlay,
        mut operations,
        types,
        auth,
        rules,
        naming,
        provenance,
        obtained,
        accept_stale,
    } = input;
    correct(&mut document, overlay.as_ref(), accept_stale, trace)?;
    let patched = document.root.clone();
    let origins = lower(&mut document, &operations, obtained, trace)?;
    let operations_in = crate::schema::operations(&document.root).len();
    let facts = Facts {
        operations: &operations,
        types: &types,
    };
    let Trace {
        stage,
        problems,
        changes,
    } = trace;
    *stage = Stage::Normalize;
    changes.extend(normalize(&mut document.root, facts, &rules));
    stop_on_errors(&diagnose(&document))?;
    check_size(&document.root, operations_in)?;
    *stage = Stage::Generate;
    let (mut api, findings) = model::read(&document.root, auth, &operations);
    problems.extend(fit_paging(&document.root, &mut api, &operations, obtained)?);
    let (generated, failures) = generate(&document.root, &mut api)?;
    let found = findings.problems.into_iter().chain(failures);
    problems.extend(found.map(|problem| placed(problem, &document, &origins)));
    *stage = Stage::Refine;
    let (streams, unstreamed) = streams(&document.root, &api, &generated, &operations);
    problems.extend(unstreamed);
    let by_location = type_names::places(&document.root);
    prune(&mut document.root, &api);
    let origin = Origin {
        provenance,
        sha256: document.sha256.clone(),
        overlay_sha256: overlay.map(|overlay| overlay.sha256),
    };
    let calls = calls(&api, &generated, &naming);
    let files = refine(&document.root, &api, generated, &streams, &naming, &origin);
    for (key, entry) in findings.new_entries {
        operations.append(key, entry);
    }
    Ok(Output {
        files,
        calls,
        api,
        changes: changes.clone(),
        problems: problems.clone(),
        operations_in,
        operations,
        types: TypesToml { by_location },
        patched,
        normalized: document.root,
    })
}

/// Diagnoses the document, and applies its overlay.
fn correct(
    document: &mut Document,
    overlay: Option<&Document>,
    accept_stale: bool,
    trace: &mut Trace,
) -> Result<(), Vec<Problem>> {
    trace.stage = Stage::Diagnose;
    trace.problems.extend(duplicate_keys(document));
    trace.problems.extend(bundle(document));
    trace.problems.extend(diagnose(document));
    stop_on_errors(&trace.problems)?;
    trace.stage = Stage::Overlay;
    if let Some(overlay) = overlay {
        let (made, stale) = patch(overlay, document, accept_stale)?;
        trace.changes.extend(made);
        trace.problems.extend(stale);
    }
    Ok(())
}

/// Brings the document to the one version, and checks what is known of its operations; says where its parts are from.
fn lower(
    document: &mut Document,
    operations: &OperationsToml,
    obtained: bool,
    trace: &mut Trace,
) -> Result<Origins, Vec<Problem>> {
    trace.stage = Stage::Lower;
    let (lowered, origins) = lower_traced(document).map_err(|problem| vec![problem])?;
    trace.changes.extend(lowered);
    let unfit = model::check_facts(&document.root, operations, obtained);
    stop_on_errors(&unfit)?;
    trace.problems.extend(unfit);
    Ok(origins)
}

/// Applies the overlay; what no longer matches is an error, or where that is accepted, a warning each.
fn patch(
    overlay: &Document,
    document: &mut Document,
    accept_stale: bool,
) -> Result<(Vec<Change>, Vec<Problem>), Vec<Problem>> {
    if !accept_stale {
        return Ok((overlay::apply(overlay, document)?, Vec::new()));
    }
    let (made, stale) = overlay::apply_what_matches(overlay, document)?;
    Ok((made, stale.into_iter().map(Problem::warning).collect()))
}

/// Checks what is known of paging. Of an obtained document, what does not fit is switched off, with a warning.
fn fit_paging(
    root: &serde_json::Value,
    api: &mut Api,
    operations: &OperationsToml,
    obtained: bool,
) -> Result<Vec<Problem>, Vec<Problem>> {
    if obtained {
        return Ok(model::without_unfit_paging(root, api, operations));
    }
    stop_on_errors(&model::check_paging(root, api, operations))?;
    Ok(Vec::new())
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
    match problem.pointer.take() {
        Some(pointer) if problem.source.is_none() => {
            problem.at(document, origins.original(&pointer))
        }
        pointer => Problem { pointer, ..problem },
    }
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
