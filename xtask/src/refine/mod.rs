//! From what progenitor made to the files of a client crate.
//!
//! Every pass works on syn's tree or writes code with `quote`; none touches Rust source as text.

use crate::generate::Generated;
use crate::model::Api;
use crate::write::{FileSet, head};
use serde_json::Value;

mod answers;
mod builders;
mod calls;
mod client;
mod docs;
mod enums;
mod extra;
mod files;
mod imports;
mod keyed;
mod layout;
mod modules;
mod operations;
mod paging;
mod parts;
mod paths;
mod prose;
mod remarks;
mod specification;
mod table;
mod types;
mod unions;

pub use paging::{Streams, streams};
pub use specification::Origin;

/// What the generated files need to know besides the API.
#[derive(Debug, Clone)]
pub struct Naming {
    /// Name of the crate that the code stands in, as in `Cargo.toml`.
    pub crate_name: String,
    /// The command that makes the files anew.
    pub command: String,
}

impl Naming {
    /// What a generated file of code begins with.
    fn head(&self) -> String {
        format!("// {}\n\n", head(&self.command))
    }
}

/// The files of `src/generated/`, relative to it.
#[must_use]
pub fn refine(
    root: &Value,
    api: &Api,
    mut generated: Generated,
    streams: &Streams,
    naming: &Naming,
    origin: &Origin,
) -> FileSet {
    let answers = answers::decide(root, api, &generated);
    let defaults = types::with_default(&generated.types);
    let mut types = types::collect(root, std::mem::take(&mut generated.types));
    extra::apply(&mut types);
    enums::apply(root, &mut types);
    unions::apply(root, &generated, &mut types);
    keyed::apply(root, &mut types);
    answers::add_types(&answers, &mut types);
    let mut files = files::Files::new(naming);
    files.split_by_feature(api);
    client::write(api, &mut files);
    specification::write(origin, &mut files);
    operations::write(api, &generated, &defaults, &answers, streams, &mut files);
    table::write(api, &mut files);
    let layout = layout::place_types(api, &files, &types);
    types::write(types, &layout, &mut files);
    docs::write(api, streams, naming, origin, &mut files);
    files.finish(api)
}

/// Functions that call any operation by its id, for the tests of the crate.
#[must_use]
pub fn calls(api: &Api, generated: &Generated, naming: &Naming) -> String {
    calls::write(api, generated, naming)
}

/// The items that a pass wrote with `quote`.
///
/// Should a pass write what is not Rust, the crate says so where it is compiled: nothing goes missing in silence.
fn parse(tokens: proc_macro2::TokenStream) -> Vec<syn::Item> {
    match syn::parse2::<syn::File>(tokens) {
        Ok(file) => file.items,
        Err(error) => {
            let message = format!("the generator wrote what is not Rust: {error}");
            vec![syn::parse_quote!(compile_error!(#message);)]
        }
    }
}
