//! Which file a type goes to: that of the one tag that uses it, else the shared one.

use super::answers::Answers;
use crate::model::{Api, Content};
use crate::usage::{reachable, references};
use serde_json::Value;
use std::collections::BTreeMap;

/// Module of types that several tags use.
pub(super) const SHARED: &str = "shared";

/// The module of each type.
pub(super) struct Layout {
    modules: BTreeMap<String, String>,
}

impl Layout {
    /// The module of a type.
    pub(super) fn module(&self, name: &str) -> &str {
        self.modules.get(name).map_or(SHARED, String::as_str)
    }
}

/// Decides the module of each named schema and each answer enum.
pub(super) fn place_types(root: &Value, api: &Api, answers: &Answers) -> Layout {
    // One walk for all operations of a tag: they may be many, and reach the same types.
    let mut starts: BTreeMap<&String, Vec<String>> = BTreeMap::new();
    let mut used: Vec<(&String, String)> = Vec::new();
    for (operation, decided) in api.operations.iter().zip(answers.operations()) {
        let module = &api.tags[operation.tag].module;
        used.extend(decided.enum_names().into_iter().map(|name| (module, name)));
        let contents = operation
            .results
            .iter()
            .chain(&operation.errors)
            .map(|response| &response.content);
        let schemas = operation
            .parameters
            .iter()
            .map(|parameter| &parameter.schema)
            .chain(
                operation
                    .body
                    .iter()
                    .map(|body| &body.content)
                    .chain(contents)
                    .flat_map(Content::schemas),
            );
        let start = starts.entry(module).or_default();
        start.extend(schemas.flat_map(references));
    }
    for (module, start) in starts {
        let reached = reachable(root, start).into_iter();
        used.extend(reached.map(|name| (module, name)));
    }
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (module, name) in used {
        modules
            .entry(name)
            .and_modify(|known| {
                if known != module {
                    SHARED.clone_into(known);
                }
            })
            .or_insert_with(|| module.clone());
    }
    Layout { modules }
}
