//! Methods of the client, and the builder that each gives.

use super::tokens::{self, docs, ident_of, plain, text, type_text};
use super::{Form, Owner, Part, public_functions};
use std::collections::{BTreeMap, BTreeSet};
use syn::{GenericArgument, ItemImpl, ItemStruct, PathArguments, ReturnType, Signature, Type};

/// Methods and builders as they are found, in any order.
#[derive(Default)]
pub(super) struct Methods {
    /// By name.
    methods: BTreeMap<String, Method>,
    builders: BTreeMap<String, Owner>,
}

/// A method of the client.
struct Method {
    /// The name of the builder that it gives.
    builder: String,
    form: Form,
    features: BTreeSet<String>,
}

impl Methods {
    /// An `impl` in the file of a tag: of the client, or of a builder.
    pub(super) fn add(&mut self, item: &ItemImpl, features: &BTreeSet<String>) {
        let name = ident_of(&item.self_ty);
        if name == "Client" {
            for function in public_functions(item) {
                self.method(function, features);
            }
            return;
        }
        let owner = self.builders.entry(name).or_default();
        if let Some((implemented, _)) = &item.trait_ {
            let part = Part::Trait(tokens::trait_name(implemented));
            owner.parts.insert(part, Form::default());
            return;
        }
        owner.setters(item);
        owner.required(&tokens::initial_values(item));
        for (name, sent) in tokens::sent(item) {
            if let Some(form) = owner.parts.get_mut(&Part::Setter(name)) {
                form.behaviour = sent;
            }
        }
        for function in public_functions(item) {
            if function.sig.ident == "send" {
                owner.send(&function.sig);
            } else if !tokens::is_setter(&function.sig) {
                let form = Form {
                    signature: given(&function.sig),
                    docs: docs(&function.attrs),
                    ..Form::default()
                };
                let part = Part::Function(plain(&function.sig.ident));
                owner.parts.insert(part, form);
            }
        }
    }

    /// The declaration of a builder, for what it derives.
    pub(super) fn add_builder(&mut self, item: &ItemStruct) {
        let owner = self.builders.entry(plain(&item.ident)).or_default();
        for name in tokens::derived(&item.attrs) {
            owner.parts.insert(Part::Trait(name), Form::default());
        }
    }

    fn method(&mut self, function: &syn::ImplItemFn, features: &BTreeSet<String>) {
        let builder = match &function.sig.output {
            ReturnType::Type(_, ty) => ident_of(ty),
            ReturnType::Default => String::new(),
        };
        let deprecated = tokens::has_attribute(&function.attrs, "deprecated");
        let form = Form {
            signature: format!("builder::{builder}"),
            behaviour: if deprecated { "deprecated" } else { "" }.to_owned(),
            docs: docs(&function.attrs),
            required: false,
        };
        let method = Method {
            builder,
            form,
            features: features.clone(),
        };
        self.methods.insert(plain(&function.sig.ident), method);
    }

    /// One owner for each method, by its name.
    pub(super) fn finish(mut self) -> BTreeMap<String, Owner> {
        let mut owners = BTreeMap::new();
        for (name, method) in self.methods {
            let mut owner = self.builders.remove(&method.builder).unwrap_or_default();
            owner.features = method.features;
            owner.parts.insert(Part::Item, method.form);
            owners.insert(name, owner);
        }
        owners
    }
}

impl Owner {
    /// `send`: `Result<Answer<T>, Error<E>>`.
    fn send(&mut self, signature: &Signature) {
        let mut types = Vec::new();
        if let ReturnType::Type(_, ty) = &signature.output {
            for argument in arguments(ty) {
                types.extend(arguments(argument).first().map(type_text));
            }
        }
        let mut types = types.into_iter();
        for part in [Part::Answer, Part::Failure] {
            let form = Form::of(types.next().unwrap_or_default());
            self.parts.insert(part, form);
        }
    }
}

/// What a function of a builder takes and gives.
fn given(signature: &Signature) -> String {
    let inputs = signature.inputs.iter().skip(1).map(text);
    let inputs: Vec<String> = inputs.collect();
    let output = match &signature.output {
        ReturnType::Type(_, ty) => type_text(ty),
        ReturnType::Default => "()".to_owned(),
    };
    format!("({}) -> {output}", inputs.join(", "))
}

/// The types between the angle brackets of a type.
fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else {
        return Vec::new();
    };
    match path.path.segments.last().map(|last| &last.arguments) {
        Some(PathArguments::AngleBracketed(all)) => all
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
