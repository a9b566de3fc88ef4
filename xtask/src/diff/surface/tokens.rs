//! Questions about pieces of generated Rust.

use quote::ToTokens;
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Ident, ItemImpl, Path, PathArguments, Signature,
    TypeParamBound,
};

/// Tokens as people write them, on one line. `types::` is left out: all that is meant stands there.
pub(super) fn text(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut tight = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    for (loose, close) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("< ", "<"),
        (" ,", ","),
        (" ;", ";"),
        ("& ", "&"),
        (" . ", "."),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" : ", ": "),
        (", }", " }"),
        (",)", ")"),
        (",>", ">"),
        (" ?", "?"),
    ] {
        tight = tight.replace(loose, close);
    }
    tight
}

/// An identifier without the `r#` of keywords.
pub(super) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// A type as a page shows it, without the module that all have in common.
pub(super) fn type_text(tokens: &impl ToTokens) -> String {
    text(tokens).replace("types::", "")
}

/// The last name of a type's path.
pub(super) fn ident_of(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|segment| plain(&segment.ident))
            .unwrap_or_default(),
        other => text(other),
    }
}

/// A trait with its arguments, without its module.
pub(super) fn trait_name(path: &Path) -> String {
    path.segments.last().map(type_text).unwrap_or_default()
}

pub(super) fn has_attribute(attributes: &[Attribute], name: &str) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident(name))
}

/// The documentation, joined.
pub(super) fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(value) => Some(&value.value),
            _ => None,
        });
    let lines = lines.filter_map(|value| match value {
        Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(line),
            ..
        }) => Some(line.value()),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What `#[wire(..)]` says of names and forms.
pub(super) fn wire_arguments(attributes: &[Attribute]) -> String {
    let all = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("wire"))
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::List(list) => Some(text(&list.tokens)),
            _ => None,
        });
    all.collect::<Vec<_>>().join(", ")
}

/// The traits that an item derives.
pub(super) fn derived(attributes: &[Attribute]) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("derive") {
            // What does not parse derives nothing that could be named; the compiler will say so.
            let _ = attribute.parse_nested_meta(|meta| {
                match trait_name(&meta.path).as_str() {
                    "Object" | "OpenEnum" => {
                        names.extend(["Deserialize<'de>", "Serialize"].map(str::to_owned));
                    }
                    name => names.push(name.to_owned()),
                }
                Ok(())
            });
        }
    }
    names
}

/// `T` of `Wrapper<T>`, if that is what the type is.
pub(super) fn argument<'a>(ty: &'a syn::Type, wrapper: &str) -> Option<&'a syn::Type> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if last.ident == wrapper => Some(inner),
        _ => None,
    }
}

/// Whether an item derives this.
pub(super) fn derives(attributes: &[Attribute], name: &str) -> bool {
    let mut derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    derives.any(|attribute| {
        let mut found = false;
        let read = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident(name);
            Ok(())
        });
        read.is_ok() && found
    })
}

/// Whether a function takes a value and gives the builder back.
pub(super) fn is_setter(signature: &Signature) -> bool {
    let gives_itself = match &signature.output {
        syn::ReturnType::Type(_, ty) => text(ty) == "Self",
        syn::ReturnType::Default => false,
    };
    gives_itself && matches!(signature.inputs.first(), Some(FnArg::Receiver(_)))
}

/// What a setter takes: the type that a value is converted into, `[..]` around it where several are taken.
pub(super) fn taken(signature: &Signature) -> String {
    struct Targets {
        targets: Vec<String>,
        several: bool,
    }
    impl<'a> Visit<'a> for Targets {
        fn visit_type_param_bound(&mut self, bound: &'a TypeParamBound) {
            if let TypeParamBound::Trait(bound) = bound
                && let Some(last) = bound.path.segments.last()
            {
                self.several |= last.ident == "IntoIterator";
                if let PathArguments::AngleBracketed(arguments) = &last.arguments
                    && (last.ident == "TryInto" || last.ident == "Into")
                    && let Some(GenericArgument::Type(ty)) = arguments.args.first()
                {
                    self.targets.push(type_text(ty));
                }
            }
            visit::visit_type_param_bound(self, bound);
        }
    }
    let mut found = Targets {
        targets: Vec::new(),
        several: false,
    };
    found.visit_signature(signature);
    let targets = if found.targets.is_empty() {
        // Without a conversion: the types as they stand.
        let inputs = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(input) => Some(type_text(&input.ty)),
            FnArg::Receiver(_) => None,
        });
        inputs.collect::<Vec<_>>().join(", ")
    } else {
        found.targets.join(", ")
    };
    if found.several {
        format!("[{targets}]")
    } else {
        targets
    }
}

/// The value that each field has in the first struct expression of an `impl`.
pub(super) fn initial_values(item: &ItemImpl) -> BTreeMap<String, String> {
    struct Initial(Option<BTreeMap<String, String>>);
    impl<'a> Visit<'a> for Initial {
        fn visit_expr_struct(&mut self, expression: &'a syn::ExprStruct) {
            self.0.get_or_insert_with(|| {
                let fields = expression.fields.iter();
                fields
                    .filter_map(|field| match &field.member {
                        syn::Member::Named(name) => Some((plain(name), text(&field.expr))),
                        syn::Member::Unnamed(_) => None,
                    })
                    .collect()
            });
        }
    }
    let mut initial = Initial(None);
    initial.visit_item_impl(item);
    initial.0.unwrap_or_default()
}

/// The calls on a request that send each field of a builder, by the field.
pub(super) fn sent(item: &ItemImpl) -> BTreeMap<String, String> {
    struct Sent(BTreeMap<String, String>);
    impl<'a> Visit<'a> for Sent {
        fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
            for argument in &call.args {
                if let Some(field) = field_of_self(argument) {
                    let arguments: Vec<String> = call.args.iter().map(text).collect();
                    let sent = format!("{}({})", call.method, arguments.join(", "));
                    let all = self.0.entry(field).or_default();
                    if !all.contains(&sent) {
                        *all += &sent;
                    }
                }
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut sent = Sent(BTreeMap::new());
    sent.visit_item_impl(item);
    sent.0
}

/// The name in `&self.name`.
fn field_of_self(expression: &Expr) -> Option<String> {
    let Expr::Reference(reference) = expression else {
        return None;
    };
    match &*reference.expr {
        Expr::Field(field) if text(&field.base) == "self" => match &field.member {
            syn::Member::Named(name) if name != "client" => Some(plain(name)),
            _ => None,
        },
        _ => None,
    }
}
