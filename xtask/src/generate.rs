//! Runs progenitor over the types of an API.
//!
//! Progenitor sees a reduced document: the named schemas, and one operation per schema that an operation of the API
//! holds. It makes all types and says which Rust type each schema became. What it cannot express (several answers,
//! styles, placement of credentials) it never sees; that is written by the refine stage from the [`Api`] itself.

use crate::model::{Api, Content};
use crate::names::{KEEP_UNKNOWN, member_names};
use crate::normalize::formats::TIMESTAMP;
use crate::normalize::scalars::{FLAG, INTEGER_OR_TEXT, PERCENTAGE};
use crate::problem::{Problem, ProblemKind};
use crate::schema::{Shape, component_name, components, shape, walk_mut};
use crate::unions::alternatives;
use crate::usage::{reachable, references};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use progenitor_impl::{CrateVers, GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::{Map, Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Once;
use syn::{GenericArgument, Item, PathArguments, ReturnType, Signature, Type};

/// Extension of an object schema whose one varying member is named by another: the member that names it.
pub const KEYED_BY: &str = "x-keyed-by";

/// What progenitor made.
pub struct Generated {
    /// The items of its `types` module.
    pub types: Vec<Item>,
    /// The Rust type of each schema asked for, by the schema's JSON text.
    by_schema: BTreeMap<String, Type>,
}

impl Generated {
    /// The Rust type that a schema of the API became.
    #[must_use]
    pub fn type_of(&self, schema: &Value) -> Option<&Type> {
        self.by_schema.get(&schema.to_string())
    }
}

/// Why progenitor made nothing.
struct Failure(String);

/// Generates the types; operations at fault are taken out of `api` and reported.
///
/// # Errors
///
/// When the generator fails and no single operation is at fault.
pub fn generate(root: &Value, api: &mut Api) -> Result<(Generated, Vec<Problem>), Vec<Problem>> {
    let schemas = wanted_schemas(root, api);
    let failure = match run(root, &schemas) {
        Ok(generated) => return Ok((generated, Vec::new())),
        Err(failure) => failure,
    };
    let problems = isolate(root, api);
    if problems.is_empty() {
        let message = format!("the generator failed on the whole document: {}", failure.0);
        return Err(vec![Problem::error(ProblemKind::Generator, message).help(
            "no single operation is at fault; look for two schemas that become one Rust name",
        )]);
    }
    run(root, &wanted_schemas(root, api))
        .map(|generated| (generated, problems))
        .map_err(|failure| {
            let message = format!(
                "the generator still fails without the operations at fault: {}",
                failure.0
            );
            vec![Problem::error(ProblemKind::Generator, message)]
        })
}

/// Finds the schemas that fail alone, keeps the operations without any, and reports the others.
fn isolate(root: &Value, api: &mut Api) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    let schemas: Vec<&Value> = api
        .operations
        .iter()
        .flat_map(operation_schemas)
        .filter(|schema| seen.insert(schema.to_string()))
        .collect();
    let mut failures = BTreeMap::new();
    bisect(root, &schemas, &mut failures);
    api.operations.retain(|operation| {
        let failure = operation_schemas(operation)
            .into_iter()
            .find_map(|schema| failures.get(&schema.to_string()));
        if let Some(failure) = failure {
            problems.push(
                Problem::error(
                    ProblemKind::Generator,
                    format!("the generator failed: {failure}"),
                )
                .operation(operation.key.to_string())
                .help("the operation is left out; repair its schemas with an overlay action"),
            );
        }
        failure.is_none()
    });
    problems
}

/// Runs halves of halves: few of many are at fault.
fn bisect(root: &Value, schemas: &[&Value], failures: &mut BTreeMap<String, String>) {
    let Err(failure) = run(root, schemas) else {
        return;
    };
    match schemas {
        // It fails on nothing at all: no schema is at fault.
        [] => {}
        [schema] => drop(failures.insert(schema.to_string(), failure.0)),
        several => {
            let (first, second) = several.split_at(several.len() / 2);
            bisect(root, first, failures);
            bisect(root, second, failures);
        }
    }
}

/// Every schema that an operation holds directly.
fn operation_schemas(operation: &crate::model::Operation) -> Vec<&Value> {
    let contents = operation
        .body
        .iter()
        .map(|body| &body.content)
        .chain(operation.results.iter().map(|response| &response.content))
        .chain(operation.errors.iter().map(|response| &response.content));
    let bodies = contents.flat_map(Content::schemas);
    operation
        .parameters
        .iter()
        .map(|parameter| &parameter.schema)
        .chain(bodies)
        .collect()
}

/// Those of all operations, and the alternatives of the unions that they reach.
fn wanted_schemas<'a>(root: &'a Value, api: &'a Api) -> Vec<&'a Value> {
    let mut seen = BTreeSet::new();
    let reached = reached(root, api);
    let unions = components(root)
        .into_iter()
        .flatten()
        .filter(|(name, schema)| shape(schema) == Shape::Union && reached.contains(*name))
        .flat_map(|(_, schema)| alternatives(schema));
    api.operations
        .iter()
        .flat_map(operation_schemas)
        .chain(unions)
        .filter(|schema| seen.insert(schema.to_string()))
        .collect()
}

/// The components that the operations of the API reach.
#[must_use]
pub fn reached(root: &Value, api: &Api) -> BTreeSet<String> {
    let schemas = api.operations.iter().flat_map(operation_schemas);
    reachable(root, schemas.flat_map(references).collect())
}

/// One run of progenitor; a panic inside it is a failure like any other.
fn run(root: &Value, schemas: &[&Value]) -> Result<Generated, Failure> {
    let document = reduced(root, schemas);
    let written_here = written_here(root);
    let document: openapiv3::OpenAPI = serde_json::from_value(document)
        .map_err(|error| Failure(format!("the schemas are not valid OpenAPI 3.0: {error}")))?;
    let tokens = quietly(|| Generator::new(&settings(&written_here)).generate_tokens(&document))
        .map_err(|panic| Failure(format!("it panicked: {panic}")))?
        .map_err(|error| Failure(error.to_string()))?;
    read(tokens, schemas)
}

thread_local! {
    /// Whether a panic of this thread is caught and reported, and need not be printed.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` with the panic message caught instead of printed.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // The hook is one for all threads, so it is set once and asks which thread panics.
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = std::panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "without a message".to_owned())
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}

fn settings(written_here: &[String]) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        // The one that writes least: the refine stage writes the builders.
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap")
        .with_crate("rapid7-core", CrateVers::Any, None);
    for name in written_here {
        settings.with_replacement(name, format!("crate::types::{name}"), std::iter::empty());
    }
    settings
}

/// Components that the refine stage writes itself: typify's enums are closed, its unions take the first that fits.
fn written_here(root: &Value) -> Vec<String> {
    components(root)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| {
            matches!(shape(schema), Shape::Enum | Shape::Union) || schema.get(KEYED_BY).is_some()
        })
        .map(|(name, _)| name.clone())
        .collect()
}

/// The document that progenitor sees: operation `probe0` answers with the first schema, and so on.
fn reduced(root: &Value, schemas: &[&Value]) -> Value {
    let mut paths = Map::new();
    for (index, schema) in schemas.iter().enumerate() {
        let mut schema = (*schema).clone();
        adapt(&mut schema);
        let answer =
            json!({ "description": "", "content": { "application/json": { "schema": schema } } });
        let operation =
            json!({ "operationId": format!("probe{index}"), "responses": { "200": answer } });
        paths.insert(format!("/probe{index}"), json!({ "post": operation }));
    }
    let start = schemas
        .iter()
        .flat_map(|schema| references(schema))
        .collect();
    let wanted = reachable(root, start);
    let mut named = Map::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if wanted.contains(name) {
            let mut schema = schema.clone();
            adapt(&mut schema);
            rename_members(&mut schema);
            named.insert(name.clone(), schema);
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "types", "version": "0" },
        "paths": paths,
        "components": { "schemas": named },
    })
}

/// Keywords that types are made from.
pub(crate) const KEYWORDS: [&str; 14] = [
    "$ref",
    "type",
    "format",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "nullable",
    "title",
    "description",
];

/// The type of the runtime that holds the values of a scalar.
fn runtime_type(schema: &Value) -> Option<&'static str> {
    if schema["type"] != "string" {
        return None;
    }
    match schema["format"].as_str()? {
        "password" => Some("rapid7_core::Secret"),
        TIMESTAMP => Some("rapid7_core::Timestamp"),
        INTEGER_OR_TEXT => Some("rapid7_core::IntegerOrText"),
        FLAG => Some("rapid7_core::Flag"),
        PERCENTAGE => Some("rapid7_core::Percentage"),
        _ => None,
    }
}

/// Says in typify's terms what the document says in its own.
fn adapt(schema: &mut Value) {
    walk_mut(schema, "", &mut |_, schema| {
        if let Some(object) = schema.as_object_mut() {
            // It puts a path of the document's choice into the code.
            object.shift_remove("x-rust-type");
        }
        if component_name(schema).is_some() {
            keep_siblings(schema);
        } else if let Some(path) = runtime_type(schema) {
            schema["x-rust-type"] = json!({
                "crate": "rapid7-core",
                "version": "*",
                "path": path,
            });
        }
        if let Some(object) = schema.as_object_mut() {
            if object.get(KEEP_UNKNOWN) == Some(&Value::Bool(true)) {
                // It takes `true` for saying nothing.
                object.insert("additionalProperties".to_owned(), json!({}));
            }
            // Types don't depend on the rest, and a value of the wrong kind there would fail the whole schema.
            object.retain(|key, _| KEYWORDS.contains(&key.as_str()) || key.starts_with("x-"));
        }
    });
}

/// Gives each member its Rust name: typify would make two fields of one name, or none of an odd one.
///
/// The refine stage puts the wire names back.
pub(crate) fn rename_members(schema: &mut Value) {
    let names = member_names(schema);
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(required)) = object.get_mut("required") {
        let by_wire: BTreeMap<&str, &str> = names
            .iter()
            .map(|(name, wire)| (wire.as_str(), name.as_str()))
            .collect();
        for wire in required {
            if let Some(name) = wire.as_str().and_then(|wire| by_wire.get(wire)) {
                *wire = (*name).into();
            }
        }
    }
    if let Some(Value::Object(members)) = object.get_mut("properties") {
        let schemas = std::mem::take(members)
            .into_iter()
            .map(|(_, schema)| schema);
        members.extend(names.into_iter().map(|(name, _)| name).zip(schemas));
    }
}

/// A reference loses its description and `nullable` in the 3.0 model; inside `allOf` it keeps them.
fn keep_siblings(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if object.len() > 1 {
        let reference = object.shift_remove("$ref").unwrap_or_default();
        object.retain(|key, _| key == "description" || key == "nullable");
        if object.is_empty() {
            object.insert("$ref".to_owned(), reference);
        } else {
            object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
    }
}

/// Takes the types, and the answer type of each probe, out of progenitor's file; nothing else of it is parsed.
fn read(file: TokenStream, schemas: &[&Value]) -> Result<Generated, Failure> {
    let not_rust = |error| Failure(format!("it wrote what is not Rust: {error}"));
    let mut types = None;
    let mut probes: BTreeMap<String, Type> = BTreeMap::new();
    // The words since the last block.
    let mut head = String::new();
    for token in file {
        match token {
            TokenTree::Ident(word) => head.extend([" ", &word.to_string()]),
            TokenTree::Group(block) if block.delimiter() == Delimiter::Brace => {
                let head = std::mem::take(&mut head);
                if head.ends_with(" mod types") {
                    let module: syn::File = syn::parse2(block.stream()).map_err(not_rust)?;
                    types = Some(module.items);
                } else if head.ends_with(" impl Client") {
                    let methods = signatures(block.stream()).map_err(not_rust)?;
                    probes.extend(methods.iter().filter_map(answer_type));
                }
            }
            _ => {}
        }
    }
    let types = types.ok_or_else(|| Failure("it wrote no types".to_owned()))?;
    let mut by_schema = BTreeMap::new();
    for (index, schema) in schemas.iter().enumerate() {
        let answer = probes
            .remove(&format!("probe{index}"))
            .ok_or_else(|| Failure(format!("it wrote no type for {schema}")))?;
        by_schema.insert(schema.to_string(), answer);
    }
    Ok(Generated { types, by_schema })
}

/// The signatures of the functions in a block of methods.
fn signatures(methods: TokenStream) -> syn::Result<Vec<Signature>> {
    let mut found = Vec::new();
    let mut signature: Option<TokenStream> = None;
    for token in methods {
        match (&token, &mut signature) {
            (TokenTree::Group(block), Some(_)) if block.delimiter() == Delimiter::Brace => {
                found.push(syn::parse2(signature.take().unwrap_or_default())?);
            }
            (_, Some(signature)) => signature.extend([token]),
            (TokenTree::Ident(word), None) if word == "fn" => signature = Some(token.into()),
            _ => {}
        }
    }
    Ok(found)
}

/// Name and `T` of `fn probe(..) -> Result<ResponseValue<T>, _>`.
fn answer_type(method: &Signature) -> Option<(String, Type)> {
    let ReturnType::Type(_, result) = &method.output else {
        return None;
    };
    let wrapped = first_argument(result)?;
    Some((method.ident.to_string(), first_argument(wrapped)?.clone()))
}

/// `T` of `Wrapper<T, ...>`.
fn first_argument(wrapper: &Type) -> Option<&Type> {
    let Type::Path(path) = wrapper else {
        return None;
    };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(found) => Some(found),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_its_first_line() {
        assert_eq!(quietly(|| 1), Ok(1));
        assert_eq!(
            quietly(|| panic!("one\ntwo")),
            Err::<(), _>("one".to_owned())
        );
        assert_eq!(quietly(|| panic!("{}", 1)), Err::<(), _>("1".to_owned()));
        let odd = || std::panic::panic_any(1);
        assert_eq!(quietly(odd), Err::<(), _>("without a message".to_owned()));
    }
}
