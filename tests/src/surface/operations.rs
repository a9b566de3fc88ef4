//! The operations of a generated crate.

use super::{
    Module, Operation, Parameter, Stream, Type, functions, inherent, last, string, type_of,
};
use std::collections::BTreeMap;
use syn::visit::Visit;

/// Reads every operation: its static, the request that is built for it, and the client's method.
pub(super) fn read(modules: &[Module]) -> BTreeMap<String, Operation> {
    let items = || modules.iter().flat_map(|module| &module.items);
    let statics: BTreeMap<String, Known> = items().filter_map(known).collect();
    let fields: BTreeMap<String, &syn::Fields> = items().filter_map(request_fields).collect();
    let mut operations = BTreeMap::new();
    let mut methods = BTreeMap::new();
    for (name, block) in items().filter_map(inherent) {
        if name == "Client" {
            methods.extend(functions(block).filter_map(client_method));
        } else if let Some(fields) = fields.get(&name) {
            let request = Request::read(block);
            let known = statics
                .get(&request.operation)
                .unwrap_or_else(|| panic!("`{name}` sends no known operation"));
            operations.insert(
                known.name.clone(),
                (name, request.into_operation(known, fields)),
            );
        }
    }
    assert_eq!(
        operations.len(),
        statics.len(),
        "every operation has one request"
    );
    for (name, (request, _)) in &operations {
        assert_eq!(
            methods.get(name),
            Some(request),
            "the client's method `{name}`"
        );
    }
    operations
        .into_iter()
        .map(|(name, (_, operation))| (name, operation))
        .collect()
}

/// What the static of an operation says.
struct Known {
    name: String,
    method: String,
    path: String,
    facts: Vec<String>,
}

fn known(item: &syn::Item) -> Option<(String, Known)> {
    let syn::Item::Static(item) = item else {
        return None;
    };
    let syn::Expr::Struct(value) = &*item.expr else {
        return None;
    };
    if last(&value.path) != "Operation" {
        return None;
    }
    // What an entry leaves out is as in `Operation::USUAL`.
    let stated = |name: &str| {
        let found = value
            .fields
            .iter()
            .find(|field| matches!(&field.member, syn::Member::Named(known) if known == name));
        found.map(|field| &field.expr)
    };
    let field =
        |name: &str| stated(name).unwrap_or_else(|| panic!("`{}` has no `{name}`", item.ident));
    let confidence = stated("confidence").map_or_else(|| "none".to_owned(), word);
    let mut facts = vec![word(field("effect")), word(field("stability")), confidence];
    if let Some(access) = stated("access").map(word) {
        assert_ne!(access, "credentials", "`{}`: that is the usual", item.ident);
        facts.push(format!("credentials:{access}"));
    }
    if let Some(syn::Expr::Reference(list)) = stated("success")
        && let syn::Expr::Array(list) = &*list.expr
        && !list.elems.is_empty()
    {
        let statuses: Vec<String> = list.elems.iter().map(word).collect();
        facts.push(format!("result:{}", statuses.join(",")));
    }
    if let Some(paging) = stated("paging").map(word) {
        facts.push(format!("pages:{paging}"));
    }
    let text = |name: &str| string(field(name)).unwrap();
    let method = word(field("method")).to_uppercase();
    Some((
        item.ident.to_string(),
        Known {
            name: text("name"),
            method,
            path: text("path"),
            facts,
        },
    ))
}

/// `Some(Confidence::High)` is `high`, `Paging::PageQuery { .. }` is `page_query`.
fn word(expression: &syn::Expr) -> String {
    match expression {
        syn::Expr::Path(path) => snake_case(&last(&path.path)),
        syn::Expr::Call(call) => match word(&call.func).as_str() {
            "some" => call.args.first().map(word).unwrap_or_default(),
            name => name.to_owned(),
        },
        syn::Expr::Struct(value) => snake_case(&last(&value.path)),
        syn::Expr::Lit(value) => match &value.lit {
            syn::Lit::Int(number) => number.base10_digits().to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

fn snake_case(name: &str) -> String {
    if name.chars().all(char::is_uppercase) {
        return name.to_lowercase();
    }
    let mut text = String::new();
    for (at, c) in name.char_indices() {
        if c.is_uppercase() && at > 0 {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

/// Name and fields of a request, which is what borrows a client.
fn request_fields(item: &syn::Item) -> Option<(String, &syn::Fields)> {
    let syn::Item::Struct(item) = item else {
        return None;
    };
    let borrows = |field: &syn::Field| {
        matches!(field.ty, syn::Type::Reference(_)) && type_of(&field.ty).name == "Client"
    };
    item.fields
        .iter()
        .any(borrows)
        .then(|| (item.ident.to_string(), &item.fields))
}

/// Names of a method of the client and of the request that it makes.
fn client_method(function: &syn::ImplItemFn) -> Option<(String, String)> {
    match &function.sig.output {
        syn::ReturnType::Type(_, made) => Some((
            function
                .sig
                .ident
                .to_string()
                .trim_start_matches("r#")
                .to_owned(),
            type_of(made).name,
        )),
        syn::ReturnType::Default => None,
    }
}

/// What the functions of a request say.
#[derive(Default)]
struct Request {
    /// Name of the operation's static.
    operation: String,
    /// Fields that are an error until they are set.
    required: Vec<String>,
    /// Field, place, and name on the wire.
    places: Vec<(String, String, Option<String>)>,
    answer: Option<Type>,
    error: Option<Type>,
    items: Option<Stream>,
    pages: Option<Stream>,
}

impl Request {
    fn read(block: &syn::ItemImpl) -> Self {
        let mut request = Self::default();
        for function in functions(block) {
            if function.sig.ident == "send"
                && let syn::ReturnType::Type(_, result) = &function.sig.output
            {
                let result = type_of(result);
                let [answer, error] = [0, 1].map(|at| result.arguments[at].arguments[0].clone());
                (request.answer, request.error) = (Some(answer), Some(error));
            }
            match function.sig.ident.to_string().as_str() {
                "items" => request.items = stream(function, "Items"),
                "pages" => request.pages = stream(function, "Pages"),
                _ => {}
            }
            request.visit_impl_item_fn(function);
        }
        request
    }

    fn into_operation(self, known: &Known, fields: &syn::Fields) -> Operation {
        let parameters = fields
            .iter()
            .filter_map(|field| self.parameter(field))
            .collect();
        assert_eq!(self.items, self.pages, "the streams of `{}`", known.name);
        Operation {
            stream: self.items,
            method: known.method.clone(),
            path: known.path.clone(),
            facts: known.facts.clone(),
            parameters,
            answer: self.answer.unwrap(),
            error: self.error.unwrap(),
        }
    }

    fn parameter(&self, field: &syn::Field) -> Option<Parameter> {
        let name = field.ident.as_ref()?.to_string();
        let held = type_of(&field.ty);
        if held.name != "Given" {
            return None;
        }
        let held = held.arguments.into_iter().next()?;
        let (_, place, wire) = self
            .places
            .iter()
            .find(|(field, ..)| *field == name)?
            .clone();
        let type_ = if held.name == "Option" {
            held.arguments.into_iter().next()?
        } else {
            held
        };
        Some(Parameter {
            required: self.required.contains(&name),
            name,
            wire,
            place,
            type_,
        })
    }
}

/// What a method gives that starts a stream; others of its name are setters.
fn stream(function: &syn::ImplItemFn, name: &str) -> Option<Stream> {
    let syn::ReturnType::Type(_, written) = &function.sig.output else {
        return None;
    };
    let stream = type_of(written);
    let [page, item, error] = stream.arguments.try_into().ok()?;
    (stream.name == name).then_some(Stream { page, item, error })
}

impl<'ast> Visit<'ast> for Request {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func
            && last(&path.path) == "new"
            && let Some(syn::Expr::Reference(operation)) = call.args.first()
            && let syn::Expr::Path(operation) = &*operation.expr
        {
            self.operation = last(&operation.path);
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if let (syn::Member::Named(name), syn::Expr::Call(call)) = (&field.member, &field.expr)
            && matches!(&*call.func, syn::Expr::Path(path) if last(&path.path) == "required")
        {
            self.required.push(name.to_string());
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let place = call.method.to_string();
        if let Some(field) = call.args.iter().find_map(own_field)
            && place != "call"
        {
            let wire = call.args.first().and_then(string);
            self.places.push((field, place, wire));
        }
        syn::visit::visit_expr_method_call(self, call);
    }
}

/// `&self.field`.
fn own_field(argument: &syn::Expr) -> Option<String> {
    let syn::Expr::Reference(reference) = argument else {
        return None;
    };
    let syn::Expr::Field(access) = &*reference.expr else {
        return None;
    };
    match (&*access.base, &access.member) {
        (syn::Expr::Path(base), syn::Member::Named(name)) if base.path.is_ident("self") => {
            Some(name.to_string())
        }
        _ => None,
    }
}
