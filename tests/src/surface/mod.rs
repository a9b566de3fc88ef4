//! The public surface of a generated crate, read from its source.
//!
//! The source and not rustdoc's JSON, which only nightly writes and whose form changes from release to release. What a
//! module is called does not matter here: public paths are flat.

mod operations;
mod text;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// All that a user of a generated crate can name, apart from setters.
#[derive(Debug, Clone)]
pub struct Surface {
    /// Methods of the client, by name.
    pub operations: BTreeMap<String, Operation>,
    /// What stands in `types`, by name.
    pub types: BTreeMap<String, Definition>,
}

/// A method of the client, its request and what is known of it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `GET`.
    pub method: String,
    /// Template of the path.
    pub path: String,
    /// Effect, stability, confidence, and whatever is not the default.
    pub facts: Vec<String>,
    /// In the order of the request's fields.
    pub parameters: Vec<Parameter>,
    /// What `send` gives.
    pub answer: Type,
    /// What the API documents for failures.
    pub error: Type,
    /// What `pages` and `items` give, where the list comes in pages.
    pub stream: Option<Stream>,
}

/// A list that is read page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// An answer.
    pub page: Type,
    /// A row of it.
    pub item: Type,
    /// What the API documents for failures.
    pub error: Type,
}

/// A setter of a request.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its Rust name.
    pub name: String,
    /// Its name on the wire; a body has none.
    pub wire: Option<String>,
    /// `path`, `query`, `header`, `cookie`, or how the body is sent: `json`, `form`, `raw`.
    pub place: String,
    /// Without the `Option` of what may be left out.
    pub type_: Type,
    /// Whether `send` refuses to go without.
    pub required: bool,
}

/// A public type.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Whether `types::builder` has a builder for it.
    pub builder: bool,
    /// What it looks like.
    pub shape: Shape,
}

/// What a type looks like.
#[derive(Debug, Clone)]
pub enum Shape {
    /// Named members.
    Struct(Vec<Member>),
    /// A type that wraps others, or another name for one.
    Tuple(Vec<Type>),
    /// Alternatives.
    Enum {
        /// Whether the shape of the value decides.
        untagged: bool,
        /// In order.
        variants: Vec<Variant>,
    },
}

/// A public field.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its Rust name.
    pub name: String,
    /// Its name on the wire.
    pub wire: String,
    /// Its type.
    pub type_: Type,
    /// Whether its absence reads as an empty value, where the type does not show it.
    pub may_be_missing: bool,
}

/// An alternative.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its Rust name.
    pub name: String,
    /// What it holds.
    pub content: Vec<Type>,
    /// The value, member or status that stands for it on the wire, as a Rust literal.
    pub wire: Option<String>,
}

/// A type as it is written, paths cut to their last segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// `Option`; empty for a tuple.
    pub name: String,
    /// What stands in angle brackets or parentheses.
    pub arguments: Vec<Type>,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<String> = self.arguments.iter().map(ToString::to_string).collect();
        match (self.name.as_str(), arguments.join(", ")) {
            ("", arguments) => write!(f, "({arguments})"),
            (name, arguments) if arguments.is_empty() => f.write_str(name),
            (name, arguments) => write!(f, "{name}<{arguments}>"),
        }
    }
}

impl Type {
    /// Every name in it.
    pub fn names(&self) -> Vec<&str> {
        let inner = self.arguments.iter().flat_map(Type::names);
        std::iter::once(self.name.as_str()).chain(inner).collect()
    }
}

impl Definition {
    /// The types that it is made of.
    pub fn parts(&self) -> Vec<&Type> {
        match &self.shape {
            Shape::Struct(members) => members.iter().map(|member| &member.type_).collect(),
            Shape::Tuple(types) => types.iter().collect(),
            Shape::Enum { variants, .. } => variants
                .iter()
                .flat_map(|variant| &variant.content)
                .collect(),
        }
    }
}

impl Surface {
    /// Reads the generated code of a crate of this workspace.
    pub fn of(crate_name: &str) -> Self {
        let folder = crate::specs::workspace()
            .join("crates")
            .join(crate_name)
            .join("src/generated");
        let mut modules = Vec::new();
        read_folder(&folder, &mut Vec::new(), &mut modules);
        assert!(!modules.is_empty(), "{} holds no code", folder.display());
        Self {
            operations: operations::read(&modules),
            types: types::read(&modules),
        }
    }

    /// Names of the types that hold a `Secret`, however deep.
    pub fn types_with_secrets(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        loop {
            let before = found.len();
            for (name, definition) in &self.types {
                if definition
                    .parts()
                    .into_iter()
                    .any(|part| Self::is_secret(part, &found))
                {
                    found.insert(name.as_str());
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// Names of the operations with a secret in the request, however deep.
    pub fn requests_with_secrets(&self) -> BTreeSet<&str> {
        let types = self.types_with_secrets();
        let with_secret = |operation: &Operation| {
            operation
                .parameters
                .iter()
                .any(|p| Self::is_secret(&p.type_, &types))
        };
        self.operations
            .iter()
            .filter(|(_, operation)| with_secret(operation))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn is_secret(part: &Type, types: &BTreeSet<&str>) -> bool {
        part.names()
            .into_iter()
            .any(|name| name == "Secret" || types.contains(name))
    }
}

/// A module: where it stands, and what is in it.
struct Module {
    path: Vec<String>,
    items: Vec<syn::Item>,
}

impl Module {
    fn is_in(&self, name: &str) -> bool {
        self.path.iter().any(|part| part == name)
    }
}

fn read_folder(folder: &Path, path: &mut Vec<String>, modules: &mut Vec<Module>) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let file = entry.unwrap().path();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        path.push(stem);
        if file.is_dir() {
            read_folder(&file, path, modules);
        } else if file.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&file).unwrap();
            let parsed = syn::parse_file(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            add_items(parsed.items, path, modules);
        }
        path.pop();
    }
}

fn add_items(mut items: Vec<syn::Item>, path: &mut Vec<String>, modules: &mut Vec<Module>) {
    for item in &mut items {
        if let syn::Item::Mod(module) = item
            && let Some((_, inner)) = module.content.take()
        {
            path.push(module.ident.to_string());
            add_items(inner, path, modules);
            path.pop();
        }
    }
    modules.push(Module {
        path: path.clone(),
        items,
    });
}

/// The last segment of a path.
fn last(path: &syn::Path) -> String {
    path.segments
        .last()
        .unwrap()
        .ident
        .to_string()
        .trim_start_matches("r#")
        .to_owned()
}

/// The type as it is written.
fn type_of(written: &syn::Type) -> Type {
    let all = |types: Vec<&syn::Type>| types.into_iter().map(type_of).collect();
    match written {
        syn::Type::Path(path) => {
            let arguments = match &path.path.segments.last().unwrap().arguments {
                syn::PathArguments::AngleBracketed(brackets) => {
                    brackets.args.iter().filter_map(type_argument).collect()
                }
                _ => Vec::new(),
            };
            Type {
                name: last(&path.path),
                arguments: all(arguments),
            }
        }
        syn::Type::Tuple(tuple) => Type {
            name: String::new(),
            arguments: all(tuple.elems.iter().collect()),
        },
        syn::Type::Array(array) => Type {
            name: "array".to_owned(),
            arguments: all(vec![&*array.elem]),
        },
        syn::Type::Reference(reference) => type_of(&reference.elem),
        _ => panic!("a public type of a kind that the surface does not know yet"),
    }
}

fn type_argument(argument: &syn::GenericArgument) -> Option<&syn::Type> {
    match argument {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

/// The type that an inherent `impl` block is for.
fn inherent(item: &syn::Item) -> Option<(String, &syn::ItemImpl)> {
    match item {
        syn::Item::Impl(block) if block.trait_.is_none() => {
            Some((type_of(&block.self_ty).name, block))
        }
        _ => None,
    }
}

/// The functions of an `impl` block.
fn functions(block: &syn::ItemImpl) -> impl Iterator<Item = &syn::ImplItemFn> {
    block.items.iter().filter_map(|item| match item {
        syn::ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

fn literal(expression: &syn::Expr) -> Option<&syn::Lit> {
    match expression {
        syn::Expr::Lit(literal) => Some(&literal.lit),
        _ => None,
    }
}

fn string(expression: &syn::Expr) -> Option<String> {
    match literal(expression)? {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}
