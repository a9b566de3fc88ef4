//! Functions that call any operation by its id: how tests drive all of them through the typed client.
//!
//! What comes of a call is taken apart by `outcome!`, in the place where its types are known.

use super::imports::mentioned;
use super::operations::rust_type;
use super::{Naming, parse};
use crate::generate::Generated;
use crate::model::{Api, Content, Operation, Part, PartKind, RequestBody};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Item;

/// The file, for a crate whose module `calls` has `Sample`, which holds the values, `outcome!`, which reads what came of
/// a call, and the types that it gives.
pub(super) fn write(api: &Api, generated: &Generated, naming: &Naming) -> String {
    let crate_name = format_ident!("{}", naming.crate_name.replace('-', "_"));
    let functions = parse(functions(api, generated));
    let names = mentioned(&functions);
    let import = |name: &str, line: TokenStream| names.contains(name).then_some(line);
    let types = import("types", quote! { use #crate_name::types; });
    let map = import("BTreeMap", quote! { use std::collections::BTreeMap; });
    let imports = parse(quote! {
        use crate::calls::{Failure, Outcome, Sample, outcome};
        use #crate_name::Client;
        #types
        #map
    });
    let functions = functions.into_iter().map(|function| text(vec![function]));
    let functions: Vec<String> = functions.collect();
    format!(
        "{}{}\n{}",
        naming.head(),
        text(imports),
        functions.join("\n")
    )
}

fn text(items: Vec<Item>) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items,
    })
}

fn functions(api: &Api, generated: &Generated) -> TokenStream {
    let mut all = Vec::new();
    let mut minimal = Vec::new();
    for operation in &api.operations {
        let setters = setters(operation, generated);
        all.push(arm(operation, setters.iter()));
        if setters.iter().any(|setter| !setter.required) {
            let required = setters.iter().filter(|setter| setter.required);
            minimal.push(arm(operation, required));
        }
    }
    quote! {
        /// Sends the operation with this id, every parameter and the body as the sample has them.
        ///
        /// # Errors
        ///
        /// No such operation, a value that does not fit its type, or a call that fails.
        pub async fn call(operation: &str, client: &Client, sample: &Sample) -> Result<Outcome, Failure> {
            match operation {
                #(#all)*
                unknown => Err(Failure::from(format!("no operation has the id `{unknown}`"))),
            }
        }

        /// Sends the operation with this id, with nothing but what is required, as the sample has it.
        ///
        /// # Errors
        ///
        /// As [`call`], which also sends the operations that have nothing optional.
        pub async fn call_minimal(operation: &str, client: &Client, sample: &Sample) -> Result<Outcome, Failure> {
            match operation {
                #(#minimal)*
                other => call(other, client, sample).await,
            }
        }
    }
}

fn arm<'a>(operation: &Operation, setters: impl Iterator<Item = &'a SetterCall>) -> TokenStream {
    let id = &operation.id;
    let method = format_ident!("{}", operation.name);
    let setters = setters.map(|setter| &setter.call);
    quote! {
        #id => {
            let result = client.#method() #(#setters)* .send().await;
            outcome!(result)
        }
    }
}

/// The call of a setter, with a value of the sample.
struct SetterCall {
    required: bool,
    call: TokenStream,
}

impl SetterCall {
    /// Of a parameter, or of a part of the body: those are values by name too.
    fn named(name: &str, wire_name: &str, ty: &TokenStream, required: bool) -> Self {
        let name = format_ident!("{name}");
        Self {
            required,
            call: quote! { .#name(sample.parameter::<#ty>(#wire_name)?) },
        }
    }
}

fn setters(operation: &Operation, generated: &Generated) -> Vec<SetterCall> {
    let parameters = operation.parameters.iter().map(|parameter| {
        let ty = rust_type(&parameter.schema, generated);
        SetterCall::named(
            &parameter.name,
            &parameter.wire_name,
            &ty,
            parameter.required,
        )
    });
    let mut setters: Vec<SetterCall> = parameters.collect();
    if let Some(body) = &operation.body {
        setters.extend(body_setters(body, generated));
    }
    setters
}

fn body_setters(body: &RequestBody, generated: &Generated) -> Vec<SetterCall> {
    let ty = match &body.content {
        Content::Json(schema) | Content::Form(schema, _) => rust_type(schema, generated),
        Content::Raw => quote!(String),
        Content::Multipart(form) => {
            let parts = form.parts.iter();
            return parts
                .map(|part| part_setter(part, body.required, generated))
                .collect();
        }
        Content::Empty | Content::Unknown => return Vec::new(),
    };
    vec![SetterCall {
        required: body.required,
        call: quote! { .body(sample.body::<#ty>()?) },
    }]
}

fn part_setter(part: &Part, in_required_body: bool, generated: &Generated) -> SetterCall {
    let ty = match part.kind {
        PartKind::Value(_) => rust_type(&part.schema, generated),
        PartKind::File { many: true } | PartKind::Any { many: true } => quote!(Vec<String>),
        PartKind::File { .. } | PartKind::Any { .. } => quote!(String),
    };
    let required = part.required && in_required_body;
    SetterCall::named(&part.name, &part.wire_name, &ty, required)
}
