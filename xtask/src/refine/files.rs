//! The files of `src/generated/`: head, imports, items, no file too long.

use super::Naming;
use crate::model::Api;
use crate::write::FileSet;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use syn::Item;
use syn::visit::{self, Visit};

/// Lines after which a file of types is continued in another one.
const MAX_LINES: usize = 2_900;

/// Files under construction.
pub(super) struct Files {
    head: String,
    /// Items by path without extension, each with a key to sort by.
    items: BTreeMap<String, Vec<Vec<Item>>>,
    /// Files that are no Rust.
    plain: BTreeMap<String, String>,
}

/// Names of the runtime that generated code uses unqualified.
const IMPORTS: &[&str] = &[
    "Access",
    "Answer",
    "AuthScheme",
    "Body",
    "CallOptions",
    "Confidence",
    "Connection",
    "Effect",
    "Error",
    "Given",
    "KeyPlacement",
    "Method",
    "Misfit",
    "Operation",
    "Paging",
    "Received",
    "Request",
    "SessionScheme",
    "Specification",
    "SpecificationKind",
    "Stability",
    "Style",
    "decode",
    "given",
    "paging",
];

/// Those that types use.
const IN_TYPES: &[&str] = &[
    "Body",
    "ConversionError",
    "Given",
    "Misfit",
    "Received",
    "decode",
    "given",
];

impl Files {
    pub(super) fn new(naming: &Naming) -> Self {
        Self {
            head: naming.head(),
            items: BTreeMap::new(),
            plain: BTreeMap::new(),
        }
    }

    /// Adds items to the file `path` (without extension).
    pub(super) fn add(&mut self, path: &str, tokens: TokenStream) {
        self.items
            .entry(path.to_owned())
            .or_default()
            .push(super::parse(tokens));
    }

    /// Adds a file that is no Rust.
    pub(super) fn add_plain(&mut self, path: &str, text: String) {
        self.plain.insert(path.to_owned(), text);
    }

    pub(super) fn add_type(&mut self, module: &str, items: Vec<Item>) {
        self.items
            .entry(format!("types/{module}"))
            .or_default()
            .push(items);
    }

    pub(super) fn add_builder(&mut self, module: &str, items: Vec<Item>) {
        self.items
            .entry(format!("types/builder/{module}"))
            .or_default()
            .push(items);
    }

    /// Items of the module `types` itself.
    pub(super) fn add_common(&mut self, items: Vec<Item>) {
        self.items
            .entry("types/mod".to_owned())
            .or_default()
            .push(items);
    }

    fn take(&mut self, path: &str) -> Vec<Item> {
        self.items
            .remove(path)
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }

    fn type_names(&self) -> BTreeSet<String> {
        self.items
            .iter()
            .filter(|(path, _)| path.starts_with("types/") && !path.starts_with("types/builder/"))
            .flat_map(|(_, groups)| groups.iter().flat_map(|items| super::types::names(items)))
            .collect()
    }

    /// Formats everything, adds the `mod` files, and gives the finished files.
    pub(super) fn finish(mut self, api: &Api) -> FileSet {
        let mut files = FileSet::default();
        let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let type_names = self.type_names();
        for (path, groups) in std::mem::take(&mut self.items) {
            if path.ends_with("/mod") {
                self.items.insert(path, groups);
                continue;
            }
            let folder = path
                .rsplit_once('/')
                .map_or("", |(folder, _)| folder)
                .to_owned();
            let split = split(&path, groups);
            // The methods stand in the first part, some of their builders in the next ones.
            let continued = split.len() > 1 && folder.is_empty();
            for (name, text, items) in split {
                let module = name.rsplit('/').next().unwrap_or_default().to_owned();
                parts.entry(folder.clone()).or_default().push(module);
                let builders = (continued && name == path).then_some("use super::builder::*;");
                let imports = imports(&name, &items, &type_names, builders);
                files.insert(
                    format!("{name}.rs"),
                    format!("{}{imports}{text}", self.head),
                );
            }
        }
        let parts = |folder: &str| parts.get(folder).map(Vec::as_slice).unwrap_or_default();
        let mods = [
            (
                "types/mod.rs",
                types_mod(
                    parts("types"),
                    !parts("types/builder").is_empty(),
                    &self.take("types/mod"),
                ),
            ),
            ("types/builder/mod.rs", builder_mod(parts("types/builder"))),
            (
                "operations/mod.rs",
                operations_mod(parts("operations"), &self.take("operations/mod")),
            ),
            ("mod.rs", root_mod(api, parts(""))),
        ];
        for (path, text) in mods {
            if path != "types/builder/mod.rs" || !parts("types/builder").is_empty() {
                files.insert(path, format!("{}{text}", self.head));
            }
        }
        for (path, text) in self.plain {
            files.insert(path, text);
        }
        files
    }
}

/// One file, or several when it would be too long: name, text, and items.
fn split(path: &str, groups: Vec<Vec<Item>>) -> Vec<(String, String, Vec<Item>)> {
    let mut files: Vec<(String, Vec<Item>)> = vec![(String::new(), Vec::new())];
    for group in groups {
        let text = format(&group);
        let lines = |text: &str| text.lines().count();
        let last = files.last().map_or(0, |(file, _)| lines(file));
        if last > 0 && last + lines(&text) > MAX_LINES {
            files.push((String::new(), Vec::new()));
        }
        if let Some((file, items)) = files.last_mut() {
            if !file.is_empty() {
                file.push('\n');
            }
            file.push_str(&text);
            items.extend(group);
        }
    }
    let name = |index: usize| {
        if index == 0 {
            path.to_owned()
        } else {
            format!("{path}_{}", index + 1)
        }
    };
    files
        .into_iter()
        .enumerate()
        .map(|(index, (text, items))| (name(index), text, items))
        .collect()
}

/// The items as a person would lay them out: an empty line between items and between methods.
fn format(items: &[Item]) -> String {
    let texts: Vec<String> = items
        .iter()
        .map(|item| {
            let file = syn::File {
                shebang: None,
                frontmatter: None,
                attrs: Vec::new(),
                items: vec![item.clone()],
            };
            space_methods(&prettyplease::unparse(&file))
        })
        .collect();
    texts.join("\n")
}

/// An empty line after each method of an `impl` block but the last.
fn space_methods(text: &str) -> String {
    let in_block = text.lines().any(|line| line.starts_with("impl"));
    let mut out = String::with_capacity(text.len() + 64);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let ends = in_block && line == "    }";
        if ends && lines.peek().is_some_and(|next| next.starts_with("    ")) {
            out.push('\n');
        }
    }
    out
}

/// The `use` lines of a file: what its items mention and do not define.
fn imports(
    path: &str,
    items: &[Item],
    type_names: &BTreeSet<String>,
    more: Option<&str>,
) -> String {
    let used = mentioned(items);
    let defined = super::types::names(items);
    let in_types = path.starts_with("types/") && !path.starts_with("types/builder/");
    let mut lines: Vec<String> = more.into_iter().map(str::to_owned).collect();
    if !path.contains('/') && path != "client" && used.contains("Client") {
        lines.push("use super::client::Client;".to_owned());
    }
    if !path.contains('/') && used.contains("operations") {
        lines.push("use super::operations;".to_owned());
    }
    let others = in_types
        && type_names
            .iter()
            .any(|name| used.contains(name) && !defined.contains(name));
    match (used.contains("types"), others) {
        (true, true) => lines.push("use crate::types::{self, *};".to_owned()),
        (true, false) => lines.push("use crate::types;".to_owned()),
        (false, true) => lines.push("use crate::types::*;".to_owned()),
        (false, false) => {}
    }
    // Inside `types`, `Error` is an associated type; only answer enums use the runtime there.
    let candidates = if path.starts_with("types/") {
        IN_TYPES
    } else {
        IMPORTS
    };
    let mut core: Vec<&str> = candidates
        .iter()
        .copied()
        .filter(|name| used.contains(*name) && !defined.contains(*name))
        .collect();
    core.extend(
        ["Builder", "Object", "OpenEnum"]
            .into_iter()
            .filter(|name| derives(items, name)),
    );
    core.sort_unstable();
    match core.as_slice() {
        [] => {}
        [only] => lines.push(format!("use rapid7_core::{only};")),
        several => lines.push(format!("use rapid7_core::{{{}}};", several.join(", "))),
    }
    if used.contains("BTreeMap") {
        lines.push("use std::collections::BTreeMap;".to_owned());
    }
    let derived: Vec<&str> = ["Deserialize", "Serialize"]
        .into_iter()
        .filter(|name| derives(items, name))
        .collect();
    if !derived.is_empty() {
        lines.push(format!("use serde::{{{}}};", derived.join(", ")));
    }
    lines.sort();
    if lines.is_empty() {
        String::new()
    } else {
        format!("{}\n\n", lines.join("\n"))
    }
}

fn derives(items: &[Item], name: &str) -> bool {
    let attributes = items.iter().flat_map(|item| match item {
        Item::Struct(item) => item.attrs.as_slice(),
        Item::Enum(item) => item.attrs.as_slice(),
        _ => &[],
    });
    attributes
        .filter(|attribute| attribute.path().is_ident("derive"))
        .any(|attribute| attribute.to_token_stream().to_string().contains(name))
}

/// The first names of all paths in the items.
pub(super) fn mentioned(items: &[Item]) -> BTreeSet<String> {
    #[derive(Default)]
    struct Mentioned(BTreeSet<String>);
    impl<'a> Visit<'a> for Mentioned {
        fn visit_path(&mut self, path: &'a syn::Path) {
            if let Some(first) = path
                .segments
                .first()
                .filter(|_| path.leading_colon.is_none())
            {
                self.0.insert(first.ident.to_string());
            }
            visit::visit_path(self, path);
        }
    }
    let mut visitor = Mentioned::default();
    for item in items {
        visitor.visit_item(item);
    }
    visitor.0
}

fn types_mod(modules: &[String], builders: bool, common: &[Item]) -> String {
    let names = modules.iter().map(|module| format_ident!("{module}"));
    let exported = modules.iter().map(|module| format_ident!("{module}"));
    let builder = builders.then(|| {
        quote! {
            /// Builders of the types that requests use.
            pub mod builder;
        }
    });
    let tokens = quote! {
        #builder
        #(mod #names;)*
        #(pub use #exported::*;)*
        #(#common)*
    };
    tokens_text("//! Types that requests and answers hold.\n\n", tokens)
}

fn builder_mod(modules: &[String]) -> String {
    let names = modules.iter().map(|module| format_ident!("{module}"));
    let exported = modules.iter().map(|module| format_ident!("{module}"));
    tokens_text(
        "//! Builders of the types that requests use.\n\n",
        quote! { #(mod #names;)* #(pub use #exported::*;)* },
    )
}

fn operations_mod(modules: &[String], table: &[Item]) -> String {
    let names = modules.iter().map(|module| format_ident!("{module}"));
    let exported = modules.iter().map(|module| format_ident!("{module}"));
    let head = "//! What is known of each operation, as data.\n\n";
    tokens_text(
        head,
        quote! { #(mod #names;)* use rapid7_core::Operation; #(pub use #exported::*;)* #(#table)* },
    )
}

fn root_mod(api: &Api, modules: &[String]) -> String {
    let names = modules.iter().map(|module| format_ident!("{module}"));
    let tags = api
        .tags
        .iter()
        .flat_map(|tag| modules.iter().filter(|module| is_part(module, &tag.module)))
        .collect::<BTreeSet<_>>();
    let tags = tags.into_iter().map(|module| format_ident!("{module}"));
    let tokens = quote! {
        #(mod #names;)*
        pub mod operations;
        pub mod types;
        pub use client::{AUTH, Client};
        pub use specification::SPECIFICATION;
        pub use operations::OPERATIONS;
        /// Requests under construction, one type for each operation.
        pub mod builder {
            #(pub use super::#tags::*;)*
        }
    };
    tokens_text("", tokens)
}

/// Whether the file holds the tag, or continues it.
fn is_part(module: &str, tag: &str) -> bool {
    let rest = module.strip_prefix(tag);
    rest.is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix('_')
                .is_some_and(|number| number.parse::<u32>().is_ok())
    })
}

fn tokens_text(head: &str, tokens: TokenStream) -> String {
    let items = super::parse(tokens);
    let mut out = head.to_owned();
    let mut before: Option<std::mem::Discriminant<Item>> = None;
    for item in &items {
        let kind = std::mem::discriminant(item);
        if before.is_some_and(|before| before != kind) {
            out.push('\n');
        }
        before = Some(kind);
        out.push_str(&format(std::slice::from_ref(item)));
    }
    out
}
