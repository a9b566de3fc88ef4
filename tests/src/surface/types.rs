//! The types of a generated crate.

use super::{Definition, Member, Module, Shape, Variant, functions, inherent, last, type_of};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::Visit;

/// Reads every type that stands in `types` itself.
pub(super) fn read(modules: &[Module]) -> BTreeMap<String, Definition> {
    let mut types = BTreeMap::new();
    let builders = builders(modules);
    let in_types = |module: &&Module| {
        module.is_in("types") && !module.is_in("builder") && !module.is_in("error")
    };
    for module in modules.iter().filter(in_types) {
        for (name, shape) in module.items.iter().filter_map(shape) {
            let known = types.insert(
                name.clone(),
                Definition {
                    builder: builders.contains(&name),
                    shape,
                },
            );
            assert!(known.is_none(), "two types are called `{name}`");
        }
    }
    for (name, block) in modules
        .iter()
        .filter(in_types)
        .flat_map(|module| &module.items)
        .filter_map(inherent)
    {
        let Some(definition) = types.get_mut(&name) else {
            continue;
        };
        for function in functions(block) {
            if let Shape::Enum { variants, .. } = &mut definition.shape {
                WireValues { variants }.visit_impl_item_fn(function);
            }
        }
    }
    types
}

/// What `#[derive(Builder)]` stands on; the derive adds `builder()` to the type of the same name.
fn builders(modules: &[Module]) -> BTreeSet<String> {
    let modules = modules.iter();
    let in_builder = modules.filter(|module| module.is_in("types") && module.is_in("builder"));
    let items = in_builder.flat_map(|module| &module.items);
    let derived = items.filter_map(|item| match item {
        syn::Item::Struct(item) if derives_builder(item) => Some(item.ident.to_string()),
        _ => None,
    });
    derived.collect()
}

fn derives_builder(item: &syn::ItemStruct) -> bool {
    item.attrs.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("derive") {
            let read = attribute.parse_nested_meta(|meta| {
                found |= meta.path.is_ident("Builder");
                Ok(())
            });
            read.unwrap();
        }
        found
    })
}

fn shape(item: &syn::Item) -> Option<(String, Shape)> {
    match item {
        syn::Item::Struct(item) => Some((item.ident.to_string(), fields(&item.fields))),
        syn::Item::Enum(item) => {
            let untagged = Wire::of(&item.attrs).untagged;
            let variants = item.variants.iter().map(variant).collect();
            Some((item.ident.to_string(), Shape::Enum { untagged, variants }))
        }
        syn::Item::Type(item) => Some((
            item.ident.to_string(),
            Shape::Tuple(vec![type_of(&item.ty)]),
        )),
        _ => None,
    }
}

fn fields(fields: &syn::Fields) -> Shape {
    let public = |field: &&syn::Field| matches!(field.vis, syn::Visibility::Public(_));
    match fields {
        syn::Fields::Unnamed(fields) => Shape::Tuple(
            fields
                .unnamed
                .iter()
                .filter(public)
                .map(|f| type_of(&f.ty))
                .collect(),
        ),
        fields => Shape::Struct(fields.iter().filter(public).map(member).collect()),
    }
}

fn member(field: &syn::Field) -> Member {
    let said = Wire::of(&field.attrs);
    let name = field.ident.as_ref().unwrap().to_string();
    let type_ = type_of(&field.ty);
    let wire = said
        .rename
        .unwrap_or_else(|| name.trim_start_matches("r#").to_owned());
    Member {
        may_be_missing: said.default && type_.name != "Option",
        name,
        wire,
        type_,
    }
}

fn variant(variant: &syn::Variant) -> Variant {
    Variant {
        name: variant.ident.to_string(),
        content: variant
            .fields
            .iter()
            .map(|field| type_of(&field.ty))
            .collect(),
        wire: value(&variant.attrs),
    }
}

/// The value of a variant: `#[wire("ON")]`, `#[wire(-5)]`.
fn value(attributes: &[syn::Attribute]) -> Option<String> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("wire"))?;
    match attribute.parse_args().unwrap() {
        syn::Expr::Lit(literal) => written(&literal.lit),
        syn::Expr::Unary(negative) => match &*negative.expr {
            syn::Expr::Lit(literal) => written(&literal.lit).map(|number| format!("-{number}")),
            _ => None,
        },
        _ => None,
    }
}

/// What attributes say of the form on the wire.
#[derive(Default)]
struct Wire {
    rename: Option<String>,
    default: bool,
    untagged: bool,
}

impl Wire {
    fn of(attributes: &[syn::Attribute]) -> Self {
        let mut found = Self::default();
        let said = attributes.iter().filter(|attribute| {
            let path = attribute.path();
            path.is_ident("wire") || path.is_ident("serde")
        });
        for attribute in said {
            let read = attribute.parse_nested_meta(|meta| {
                found.default |= meta.path.is_ident("default");
                found.untagged |= meta.path.is_ident("untagged");
                if let Ok(value) = meta.value() {
                    let value: syn::LitStr = value.parse()?;
                    if meta.path.is_ident("rename") {
                        found.rename = Some(value.value());
                    }
                }
                Ok(())
            });
            read.unwrap();
        }
        found
    }
}

/// Finds `Self::Variant => "value"` and `404 => .. Self::Variant ..` in the functions of an enum.
struct WireValues<'a> {
    variants: &'a mut [Variant],
}

impl<'ast> Visit<'ast> for WireValues<'_> {
    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let (name, wire) = match (&arm.pat, &*arm.body) {
            (syn::Pat::Path(path), syn::Expr::Lit(value)) => {
                (last(&path.path), written(&value.lit))
            }
            (syn::Pat::TupleStruct(pattern), syn::Expr::Lit(value)) => {
                (last(&pattern.path), written(&value.lit))
            }
            (syn::Pat::Lit(status), body) => (own_variant(body), written(&status.lit)),
            (syn::Pat::Range(_), body) => (own_variant(body), Some("a range".to_owned())),
            _ => return syn::visit::visit_arm(self, arm),
        };
        if let Some(variant) = self
            .variants
            .iter_mut()
            .find(|variant| variant.name == name)
        {
            variant.wire = wire;
        }
    }
}

fn written(literal: &syn::Lit) -> Option<String> {
    match literal {
        syn::Lit::Str(text) => Some(format!("{:?}", text.value())),
        syn::Lit::Int(number) => Some(number.base10_digits().to_owned()),
        _ => None,
    }
}

/// The variant that an expression makes, `Self::Ok`.
fn own_variant(expression: &syn::Expr) -> String {
    #[derive(Default)]
    struct Own(String);
    impl<'ast> Visit<'ast> for Own {
        fn visit_path(&mut self, path: &'ast syn::Path) {
            if path.segments.len() == 2 && path.segments[0].ident == "Self" {
                self.0 = last(path);
            }
        }
    }
    let mut own = Own::default();
    own.visit_expr(expression);
    own.0
}
