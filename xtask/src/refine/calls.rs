//! A function that calls any operation by its id: how tests drive all of them through the typed client.
//!
//! What comes of a call is taken apart by `outcome!`, in the place where its types are known.

use super::files::mentioned;
use super::operations::rust_type;
use super::{Naming, parse};
use crate::generate::Generated;
use crate::model::{Api, Content, Operation, PartKind};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Item;

/// The file, for a crate whose module `calls` has `Sample`, which holds the values, `outcome!`, which reads what came of
/// a call, and the types that it gives.
pub(super) fn write(api: &Api, generated: &Generated, naming: &Naming) -> String {
    let crate_name = format_ident!("{}", naming.crate_name.replace('-', "_"));
    let arms = api
        .operations
        .iter()
        .map(|operation| arm(operation, generated));
    let function = quote! {
        /// Sends the operation with this id, every parameter and the body as the sample has them.
        ///
        /// # Errors
        ///
        /// No such operation, a value that does not fit its type, or a call that fails.
        pub async fn call(operation: &str, client: &Client, sample: &Sample) -> Result<Outcome, Failure> {
            match operation {
                #(#arms)*
                unknown => Err(Failure::from(format!("no operation has the id `{unknown}`"))),
            }
        }
    };
    let function = parse(function);
    let names = mentioned(&function);
    let import = |name: &str, line: TokenStream| names.contains(name).then_some(line);
    let types = import("types", quote! { use #crate_name::types; });
    let map = import("BTreeMap", quote! { use std::collections::BTreeMap; });
    let imports = parse(quote! {
        use crate::calls::{Failure, Outcome, Sample, outcome};
        use #crate_name::Client;
        #types
        #map
    });
    format!("{}{}\n{}", naming.head(), text(imports), text(function))
}

fn text(items: Vec<Item>) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items,
    })
}

fn arm(operation: &Operation, generated: &Generated) -> TokenStream {
    let id = &operation.id;
    let method = format_ident!("{}", operation.name);
    let parameters = operation.parameters.iter().map(|parameter| {
        let name = format_ident!("{}", parameter.name);
        let wire = &parameter.wire_name;
        let ty = rust_type(&parameter.schema, generated);
        quote! { .#name(sample.parameter::<#ty>(#wire)?) }
    });
    let body = operation
        .body
        .as_ref()
        .and_then(|body| body_call(&body.content, generated));
    quote! {
        #id => {
            let result = client.#method() #(#parameters)* #body .send().await;
            outcome!(result)
        }
    }
}

/// The setters of the body; parts are values by name, as parameters are.
fn body_call(content: &Content, generated: &Generated) -> Option<TokenStream> {
    let ty = match content {
        Content::Json(schema) | Content::Form(schema, _) => rust_type(schema, generated),
        Content::Raw => quote!(String),
        Content::Multipart(form) => {
            let parts = form.parts.iter().map(|part| {
                let name = format_ident!("{}", part.name);
                let wire = &part.wire_name;
                let ty = match part.kind {
                    PartKind::Value(_) => rust_type(&part.schema, generated),
                    PartKind::File { many: true } | PartKind::Any { many: true } => {
                        quote!(Vec<String>)
                    }
                    PartKind::File { .. } | PartKind::Any { .. } => quote!(String),
                };
                quote! { .#name(sample.parameter::<#ty>(#wire)?) }
            });
            return Some(quote! { #(#parts)* });
        }
        Content::Empty | Content::Unknown => return None,
    };
    Some(quote! { .body(sample.body::<#ty>()?) })
}
