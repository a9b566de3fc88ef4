//! What a caller sees of a generated crate, read from its Rust source.
//!
//! The source is what the compiler sees; the model before it leaves open what the passes of `refine` make of it, such
//! as which traits a type has. All that may differ between two crates is a [`Part`] of an [`Owner`], and each has a
//! [`Form`]: what the compiler checks, what happens at run time, and the words.

use crate::conditions::Conditions;
use crate::folder::erase;
use crate::write::FileSet;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Fields, ImplItem, Item, ItemEnum, ItemImpl, ItemStatic, ItemStruct};

mod operations;
mod tokens;

use tokens::{docs, ident_of, text, type_text};

/// The public surface of one generated crate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surface {
    /// Operations by method name.
    pub operations: BTreeMap<String, Owner>,
    /// Types by name in the module `types`, each with its builder.
    pub types: BTreeMap<String, Owner>,
    /// How the client authenticates: the value of `AUTH`.
    pub auth: String,
    /// The cargo features, apart from `default` and `full`.
    pub features: BTreeSet<String>,
}

/// An operation or a type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Owner {
    /// Method and path with parameter names erased, of an operation.
    pub key: String,
    /// Method and path, of an operation.
    pub address: String,
    /// The features of which one is enough for it to be there; none where it always is.
    pub features: BTreeSet<String>,
    /// The same of its builder, for a type that has one.
    pub builder_features: Option<BTreeSet<String>>,
    /// All that it consists of.
    pub parts: BTreeMap<Part, Form>,
}

/// One thing that a caller can name or notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The item itself: `struct`, `enum`, a method of the client.
    Item,
    /// A public field.
    Member(String),
    /// A variant of an enum.
    Variant(String),
    /// A method of a builder that takes a value.
    Setter(String),
    /// Any other public function.
    Function(String),
    /// A trait that a type has.
    Trait(String),
    /// The features with which it is there.
    Features,
    /// The features with which its builder is there.
    BuilderFeatures,
    /// What `send` gives.
    Answer,
    /// What `send` fails with.
    Failure,
    /// A field of the operation's entry in the table.
    Fact(String),
    /// How a type is read and written.
    Wire,
}

/// How a part is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Form {
    /// What the compiler checks callers against, as people write it.
    pub signature: String,
    /// Whether a call, or a value, is incomplete without it.
    pub required: bool,
    /// What the compiler does not check: names on the wire, styles, values.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub behaviour: String,
    /// The documentation.
    #[serde(skip)]
    pub docs: String,
}

impl Form {
    fn of(signature: String) -> Self {
        Self {
            signature,
            ..Self::default()
        }
    }

    /// On a page: the signature, or what else there is to see of it.
    pub(super) fn shown(&self, part: &Part) -> String {
        match part {
            Part::Setter(_) if self.required => format!("{}, required", self.signature),
            Part::Setter(_) => format!("{}, optional", self.signature),
            _ if self.signature.is_empty() => self.behaviour.clone(),
            _ => self.signature.clone(),
        }
    }
}

/// A generated file that is not Rust.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the generated file {file}: {source}")]
pub struct SurfaceError {
    /// Path below `src/generated`.
    pub file: String,
    /// What the parser said.
    pub source: syn::Error,
}

impl Surface {
    /// Reads the files of `src/generated/`.
    ///
    /// # Errors
    ///
    /// A file that is not Rust, which is a fault of the generator.
    pub fn read(files: &FileSet) -> Result<Self, SurfaceError> {
        let mut parsed = Vec::new();
        let mut conditions = Conditions::default();
        for (path, source) in &files.0 {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let path = path.to_string_lossy().replace('\\', "/");
            let file = syn::parse_file(source).map_err(|source| SurfaceError {
                file: path.clone(),
                source,
            })?;
            conditions.read(&path, &file.items);
            parsed.push((path, file));
        }
        let mut found = Found::default();
        for (path, file) in &parsed {
            let features = conditions.of(path);
            for item in &file.items {
                found.add(path, item, &features);
            }
        }
        found.surface.features = conditions.all();
        Ok(found.finish())
    }

    /// The features with which an item is there, which has a condition or none.
    pub(super) fn features_of<'a>(
        &'a self,
        condition: &'a BTreeSet<String>,
    ) -> &'a BTreeSet<String> {
        if condition.is_empty() {
            &self.features
        } else {
            condition
        }
    }
}

/// What `Operation::USUAL` says of the fields that an entry may leave out.
const USUAL: [(&str, &str); 6] = [
    ("confidence", "None"),
    ("access", "Access::Credentials"),
    ("accept", "application/json"),
    ("success", "&[]"),
    ("session_ended", "&[]"),
    ("paging", "None"),
];

/// Items by what they are, before they are put together.
#[derive(Default)]
struct Found {
    surface: Surface,
    methods: operations::Methods,
    facts: BTreeMap<String, BTreeMap<String, String>>,
}

impl Found {
    fn add(&mut self, path: &str, item: &Item, features: &BTreeSet<String>) {
        match (path.split_once('/'), item) {
            (Some(("operations", _)), Item::Static(item)) => self.table_entry(item),
            (Some(("types", rest)), Item::Struct(item)) if rest.starts_with("builder/") => {
                self.type_builder(item, features);
            }
            (Some(("types", rest)), item) if !rest.starts_with("builder/") => {
                self.type_item(item, features);
            }
            (None, Item::Const(item)) if item.ident == "AUTH" => {
                self.surface.auth = text(&item.expr);
            }
            (None, Item::Impl(item)) if path != "client.rs" => self.methods.add(item, features),
            (None, Item::Struct(item)) if path != "client.rs" => self.methods.add_builder(item),
            _ => {}
        }
    }

    /// `pub static NAME: Operation = Operation { .. }`
    fn table_entry(&mut self, item: &ItemStatic) {
        let syn::Expr::Struct(value) = &*item.expr else {
            return;
        };
        let stated = value.fields.iter().map(|field| {
            let value = match &field.expr {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(value),
                    ..
                }) => value.value(),
                other => text(other),
            };
            (text(&field.member), value)
        });
        let usual = USUAL.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let fields: BTreeMap<String, String> = usual.into_iter().chain(stated).collect();
        if let Some(name) = fields.get("name") {
            self.facts.insert(name.clone(), fields.clone());
        }
    }

    fn type_owner(&mut self, name: &str) -> &mut Owner {
        self.surface.types.entry(name.to_owned()).or_default()
    }

    fn type_item(&mut self, item: &Item, features: &BTreeSet<String>) {
        let declared = match item {
            Item::Struct(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        if let Some(name) = declared {
            let owner = self.type_owner(&name.to_string());
            owner.features.clone_from(features);
        }
        match item {
            Item::Struct(item) => self.type_struct(item),
            Item::Enum(item) => self.type_enum(item),
            Item::Type(item) => {
                let mut form = Form::of(format!("type = {}", text(&item.ty)));
                form.docs = docs(&item.attrs);
                let owner = self.type_owner(&item.ident.to_string());
                owner.parts.insert(Part::Item, form);
            }
            Item::Impl(item) => self.type_impl(item),
            _ => {}
        }
    }

    fn type_struct(&mut self, item: &ItemStruct) {
        let owner = self.type_owner(&item.ident.to_string());
        owner.declare("struct", &item.attrs);
        match &item.fields {
            Fields::Named(fields) => {
                for field in &fields.named {
                    let Some(name) = field.ident.as_ref().filter(|_| is_public(&field.vis)) else {
                        continue;
                    };
                    let form = Form {
                        signature: type_text(&field.ty),
                        behaviour: tokens::wire_arguments(&field.attrs),
                        docs: docs(&field.attrs),
                        required: false,
                    };
                    owner.parts.insert(Part::Member(tokens::plain(name)), form);
                }
            }
            Fields::Unnamed(fields) => {
                for (index, field) in fields.unnamed.iter().enumerate() {
                    if is_public(&field.vis) {
                        let form = Form::of(type_text(&field.ty));
                        owner.parts.insert(Part::Member(index.to_string()), form);
                    }
                }
            }
            Fields::Unit => {}
        }
    }

    fn type_enum(&mut self, item: &ItemEnum) {
        let owner = self.type_owner(&item.ident.to_string());
        owner.declare("enum", &item.attrs);
        for variant in &item.variants {
            let form = Form {
                signature: type_text(&variant.fields),
                behaviour: tokens::wire_arguments(&variant.attrs),
                docs: docs(&variant.attrs),
                required: false,
            };
            let name = tokens::plain(&variant.ident);
            owner.parts.insert(Part::Variant(name), form);
        }
        if tokens::derives(&item.attrs, "OpenEnum") {
            let integers = item.variants.iter().any(|variant| match &variant.fields {
                Fields::Unnamed(fields) => {
                    fields.unnamed.iter().any(|field| text(&field.ty) == "i64")
                }
                _ => false,
            });
            owner.open_enum(integers);
        }
    }

    fn type_impl(&mut self, item: &ItemImpl) {
        let owner = self.type_owner(&ident_of(&item.self_ty));
        let Some((implemented, _)) = &item.trait_ else {
            owner.functions(item, "");
            return;
        };
        let name = tokens::trait_name(implemented);
        if matches!(name.as_str(), "Serialize" | "Deserialize<'de>") {
            let wire = owner.parts.entry(Part::Wire).or_default();
            wire.behaviour += &text(item);
        }
        owner.parts.insert(Part::Trait(name), Form::default());
    }

    /// What stands in `types/builder/`, and what `#[derive(Builder)]` makes of it.
    fn type_builder(&mut self, item: &ItemStruct, features: &BTreeSet<String>) {
        let name = item.ident.to_string();
        let owner = self.type_owner(&name);
        owner.builder_features = Some(features.clone());
        for field in &item.fields {
            let (Some(ident), Some(ty)) = (&field.ident, tokens::argument(&field.ty, "Given"))
            else {
                continue;
            };
            let optional = tokens::argument(ty, "Option");
            let inner = optional.unwrap_or(ty);
            let signature = match tokens::argument(inner, "Vec") {
                Some(item) => format!("[{}]", type_text(item)),
                None => type_text(inner),
            };
            let form = Form {
                signature,
                behaviour: String::new(),
                docs: docs(&field.attrs),
                required: optional.is_none() && !tokens::has_attribute(&field.attrs, "wire"),
            };
            owner.parts.insert(Part::Setter(tokens::plain(ident)), form);
        }
        let functions = [
            ("builder", format!("fn builder() -> types::builder::{name}")),
            (
                "builder().build",
                format!("fn build(self) -> Result<{name}, ConversionError>"),
            ),
        ];
        for (function, signature) in functions {
            let part = Part::Function(function.to_owned());
            owner.parts.insert(part, Form::of(signature));
        }
        let conversion = Part::Trait(format!("TryFrom<{name}>"));
        owner.parts.insert(conversion, Form::default());
    }

    fn finish(self) -> Surface {
        let Self {
            mut surface,
            methods,
            facts,
        } = self;
        for (name, mut owner) in methods.finish() {
            let mut facts = facts.get(&name).cloned().unwrap_or_default();
            let method = facts.remove("method").unwrap_or_default();
            let method = method.rsplit("::").next().unwrap_or_default();
            let path = facts.remove("path").unwrap_or_default();
            owner.address = format!("{method} {path}");
            owner.key = format!("{method} {}", erase(&path));
            facts.remove("name");
            for (fact, value) in facts {
                let form = Form {
                    behaviour: plain_value(&value),
                    ..Form::default()
                };
                owner.parts.insert(Part::Fact(fact), form);
            }
            surface.operations.insert(name, owner);
        }
        surface
    }
}

impl Owner {
    /// The item itself, and what it derives.
    fn declare(&mut self, keyword: &str, attributes: &[syn::Attribute]) {
        let closed = !tokens::has_attribute(attributes, "non_exhaustive");
        let form = Form {
            signature: if closed {
                format!("exhaustive {keyword}")
            } else {
                keyword.to_owned()
            },
            docs: docs(attributes),
            behaviour: tokens::wire_arguments(attributes),
            required: false,
        };
        self.parts.insert(Part::Item, form);
        for name in tokens::derived(attributes) {
            self.parts.insert(Part::Trait(name), Form::default());
        }
    }

    /// What `#[derive(OpenEnum)]` adds besides the traits of every derived type.
    fn open_enum(&mut self, integers: bool) {
        let (function, signature, own): (_, _, &[&str]) = if integers {
            (
                "as_i64",
                "fn as_i64(&self) -> i64",
                &["From<i64>", "From<i32>"],
            )
        } else {
            (
                "as_str",
                "fn as_str(&self) -> &str",
                &["From<&str>", "From<String>"],
            )
        };
        let common = [
            "FromStr",
            "Display",
            "PartialEq",
            "Eq",
            "PartialOrd",
            "Ord",
            "Hash",
        ];
        for name in own.iter().copied().chain(common) {
            self.parts
                .insert(Part::Trait(name.to_owned()), Form::default());
        }
        let form = Form::of(signature.to_owned());
        self.parts.insert(Part::Function(function.to_owned()), form);
    }

    /// Public functions without a value to take.
    fn functions(&mut self, item: &ItemImpl, prefix: &str) {
        for function in public_functions(item) {
            if !tokens::is_setter(&function.sig) {
                let form = Form {
                    signature: type_text(&function.sig),
                    docs: docs(&function.attrs),
                    ..Form::default()
                };
                let name = format!("{prefix}{}", tokens::plain(&function.sig.ident));
                self.parts.insert(Part::Function(name), form);
            }
        }
    }

    /// Functions that take a value and give the builder back.
    fn setters(&mut self, item: &ItemImpl) {
        for function in public_functions(item) {
            if tokens::is_setter(&function.sig) {
                let part = Part::Setter(tokens::plain(&function.sig.ident));
                let form = self.parts.entry(part).or_default();
                form.signature = tokens::taken(&function.sig);
                form.docs = docs(&function.attrs);
            }
        }
    }

    /// Marks setters whose field begins as an error.
    fn required(&mut self, initial: &BTreeMap<String, String>) {
        for (name, value) in initial {
            if value.starts_with("given::required") {
                let part = Part::Setter(name.clone());
                self.parts.entry(part).or_default().required = true;
            }
        }
    }
}

fn public_functions(item: &ItemImpl) -> impl Iterator<Item = &syn::ImplItemFn> {
    item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) if is_public(&function.vis) => Some(function),
        _ => None,
    })
}

/// A value of the table without the names of its enums.
fn plain_value(value: &str) -> String {
    ["Access::", "Confidence::", "Effect::", "Stability::"]
        .iter()
        .fold(value.to_owned(), |value, name| value.replace(name, ""))
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}
