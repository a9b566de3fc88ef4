//! Tiny documents through the whole pipeline, and questions about the code that comes out.

use quote::ToTokens;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use syn::{ImplItem, ImplItemFn, Item};
use xtask::folder::OperationsToml;
use xtask::load::load_text;
use xtask::pipeline::{Input, Output, run};
use xtask::problem::Problem;
use xtask::source::{Format, Source};

/// The input of a document without overlay, known operations or locked types.
pub(crate) fn input(document: &Value) -> Input {
    let text = format!("{document:#}");
    let document = load_text(Path::new("openapi.json"), text).unwrap();
    Input::from_document(document, "tiny")
}

/// What is known of operations, from the text of an `operations.toml`.
pub(crate) fn operations(text: &str) -> OperationsToml {
    let source = Source::new("operations.toml", text, Format::Text);
    OperationsToml::parse(&Arc::new(source)).unwrap()
}

/// A document with these path items and named schemas.
pub(crate) fn document(paths: &Value, schemas: &Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Tiny API", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

/// A reference to a named schema.
pub(crate) fn to(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An answer, or a request body, with a JSON body of this schema.
pub(crate) fn body(schema: &Value) -> Value {
    json!({ "description": "", "content": { "application/json": { "schema": schema } } })
}

/// An answer without a body.
pub(crate) fn empty() -> Value {
    json!({ "description": "" })
}

/// `GET path` called `id`, with these answers.
pub(crate) fn get(id: &str, responses: &Value) -> Value {
    json!({ "get": { "operationId": id, "responses": responses } })
}

/// `POST path` called `id`, with this request body and an answer without one.
pub(crate) fn post(id: &str, request: &Value) -> Value {
    let responses = json!({ "204": empty() });
    json!({ "post": { "operationId": id, "requestBody": request, "responses": responses } })
}

/// The messages of problems, with the operation that each names.
pub(crate) fn messages(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// Generated code, to be asked about.
pub(crate) struct Code {
    pub(crate) output: Output,
    items: Vec<Item>,
}

impl Code {
    /// The code of a document that must come through whole.
    pub(crate) fn of(document: &Value) -> Self {
        Self::from(input(document))
    }

    /// The code of an input from which nothing may be left out.
    pub(crate) fn from(input: Input) -> Self {
        let output = run(input).unwrap_or_else(|problems| panic!("{:#?}", messages(&problems)));
        let problems = messages(&output.problems);
        assert_eq!(output.skipped(), 0, "{problems:#?}");
        let items = output
            .files
            .0
            .iter()
            .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "rs"))
            // Builders of types are called like their types.
            .filter(|(path, _)| !path.starts_with("types/builder"))
            .flat_map(|(path, text)| {
                syn::parse_file(text)
                    .unwrap_or_else(|error| panic!("{}: {error}\n{text}", path.display()))
                    .items
            })
            .collect();
        Self { output, items }
    }

    /// The text of a file.
    pub(crate) fn file(&self, path: &str) -> &str {
        let text = self.output.files.0.get(Path::new(path));
        text.unwrap_or_else(|| panic!("no {path} in {:?}", self.output.files.0.keys()))
    }

    /// Names of the methods of the client.
    pub(crate) fn methods(&self) -> Vec<String> {
        let mut names = Vec::new();
        for function in self.functions("Client") {
            names.push(function.sig.ident.to_string());
        }
        names.retain(|name| !["new", "connection", "with_options"].contains(&name.as_str()));
        names
    }

    /// The type that `send` of a builder gives.
    pub(crate) fn sends(&self, builder: &str) -> String {
        let output = &self.function(builder, "send").sig.output;
        let text = compact(output);
        let text = text.strip_prefix("->Result<").unwrap();
        text.strip_suffix('>')
            .unwrap()
            .replace("types::", "")
            .replace(',', ", ")
    }

    /// What `send` of a builder puts on the request, call by call.
    pub(crate) fn request(&self, builder: &str) -> Vec<String> {
        let send = compact(&self.function(builder, "send").block);
        let start = send.find("Request::new(").unwrap();
        let end = send[start..].find(';').unwrap();
        let mut calls: Vec<String> = Vec::new();
        let mut depth = 0;
        for c in send[start..start + end].chars() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if c == '.' && depth == 0 {
                calls.push(String::new());
            } else if let Some(call) = calls.last_mut() {
                call.push(c);
            }
        }
        calls
    }

    /// The call that puts the body on the request.
    pub(crate) fn last_call(&self, builder: &str) -> String {
        self.request(builder).pop().unwrap_or_default()
    }

    /// Setters of a builder.
    pub(crate) fn setters(&self, builder: &str) -> Vec<String> {
        self.functions(builder)
            .into_iter()
            .filter(|function| function.sig.asyncness.is_none())
            .map(|function| function.sig.ident.to_string())
            .filter(|name| name != "new")
            .collect()
    }

    /// What `items` gives, and what `pages` does.
    pub(crate) fn streams(&self, builder: &str) -> String {
        let items = compact(&self.function(builder, "items").sig.output);
        let pages = self.function(builder, "pages");
        let body = &pages.block.stmts;
        format!(
            "  items{items}\n  pages{}\n  {}",
            compact(&pages.sig.output),
            compact(&quote::quote!(#(#body)*))
        )
    }

    /// Whether a type has a method.
    pub(crate) fn has(&self, owner: &str, name: &str) -> bool {
        let functions = self.functions(owner);
        functions.iter().any(|function| function.sig.ident == name)
    }

    /// The body of `new` of a builder.
    pub(crate) fn new_of(&self, builder: &str) -> String {
        compact(&self.function(builder, "new").block)
    }

    /// Members of a builder with their types, without the client.
    pub(crate) fn fields(&self, builder: &str) -> Vec<String> {
        let mut fields = self.fields_where(builder, true).unwrap();
        fields.remove(0);
        fields
    }

    /// Types that have a builder.
    pub(crate) fn builders(&self) -> Vec<String> {
        self.types_in(|path| path.starts_with("types/builder"))
    }

    /// Members of a struct, one with a lifetime or one without.
    fn fields_where(&self, name: &str, borrows: bool) -> Option<Vec<String>> {
        self.items.iter().find_map(|item| match item {
            Item::Struct(item)
                if item.ident == name && item.generics.params.is_empty() != borrows =>
            {
                let field = |field: &syn::Field| {
                    format!("{}: {}", compact(&field.ident), compact(&field.ty))
                };
                Some(item.fields.iter().map(field).collect())
            }
            _ => None,
        })
    }

    /// Members of a type with their types, or variants of an enum.
    pub(crate) fn members(&self, name: &str) -> Vec<String> {
        let variants = || {
            self.items.iter().find_map(|item| match item {
                Item::Enum(item) if item.ident == name => {
                    let variant = |variant: &syn::Variant| {
                        compact(&variant.ident) + &compact(&variant.fields)
                    };
                    Some(item.variants.iter().map(variant).collect())
                }
                _ => None,
            })
        };
        let members: Vec<String> = self
            .fields_where(name, false)
            .or_else(variants)
            .unwrap_or_else(|| panic!("no type {name} in {:?}", self.types()));
        members
            .iter()
            .map(|member| member.replace("types::", ""))
            .collect()
    }

    /// Names of all types under `types`.
    pub(crate) fn types(&self) -> Vec<String> {
        self.types_in(|path| path.starts_with("types") && !path.starts_with("types/builder"))
    }

    fn types_in(&self, wanted: fn(&Path) -> bool) -> Vec<String> {
        let files = self.output.files.0.iter().filter(|(path, _)| wanted(path));
        let items = files.flat_map(|(_, text)| syn::parse_file(text).unwrap().items);
        let mut names: Vec<String> = items
            .filter_map(|item| match item {
                Item::Struct(item) => Some(item.ident.to_string()),
                Item::Enum(item) => Some(item.ident.to_string()),
                _ => None,
            })
            .collect();
        names.sort();
        names
    }

    fn function(&self, owner: &str, name: &str) -> &ImplItemFn {
        let functions = self.functions(owner);
        let found = functions
            .into_iter()
            .find(|function| function.sig.ident == name);
        found.unwrap_or_else(|| panic!("no {owner}::{name}"))
    }

    /// The inherent methods of a type.
    fn functions(&self, owner: &str) -> Vec<&ImplItemFn> {
        self.items
            .iter()
            .filter_map(|item| match item {
                Item::Impl(block) if block.trait_.is_none() => Some(block),
                _ => None,
            })
            .filter(|block| compact(&block.self_ty).split('<').next() == Some(owner))
            .flat_map(|block| &block.items)
            .filter_map(|item| match item {
                ImplItem::Fn(function) => Some(function),
                _ => None,
            })
            .collect()
    }
}

/// Code without the spaces that tokens print with, but for those between words.
pub(crate) fn compact(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut out = String::with_capacity(text.len());
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        out.push_str(word);
        let word_ends = word.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let word_follows = words
            .peek()
            .is_some_and(|next| next.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if word_ends && word_follows {
            out.push(' ');
        }
    }
    out
}
