//! From what progenitor made to the files of a client crate.
//!
//! Every pass works on syn's tree or writes code with `quote`; none touches Rust source as text.

use crate::generate::Generated;
use crate::model::Api;
use crate::write::FileSet;
use serde_json::Value;

mod answers;
mod builders;
mod client;
mod docs;
mod enums;
mod files;
mod keyed;
mod layout;
mod operations;
mod paths;
mod prose;
mod table;
mod tolerant;
mod types;
mod unions;

/// What the generated files need to know besides the API.
#[derive(Debug, Clone)]
pub struct Naming {
    /// Name of the crate that the code stands in, as in `Cargo.toml`.
    pub crate_name: String,
    /// The command that makes the files anew.
    pub command: String,
}

/// The files of `src/generated/`, relative to it.
#[must_use]
pub fn refine(root: &Value, api: &Api, generated: &Generated, naming: &Naming) -> FileSet {
    let answers = answers::decide(root, api, generated);
    let layout = layout::place_types(root, api, &answers);
    let mut types = types::collect(root, generated.types.clone());
    tolerant::apply(root, &mut types);
    enums::apply(root, &mut types);
    unions::apply(root, generated, &mut types);
    keyed::apply(root, &mut types);
    answers::add_types(&answers, &mut types);
    let mut files = files::Files::new(naming);
    client::write(api, &mut files);
    operations::write(api, generated, &answers, &mut files);
    table::write(api, &mut files);
    types::write(types, &layout, &mut files);
    docs::write(api, naming, &mut files);
    files.finish(api)
}
