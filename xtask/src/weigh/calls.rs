//! Three calls of an API that three programs can make in the same way: by hand, and through each crate.
//!
//! What a call sends are literals, so only operations that need nothing but texts, numbers and flags come into question.

use crate::model::{Api, Content, Operation, Outcome, Parameter, ParameterPlace, Style};
use crate::schema::{Shape, component_name, components, list, resolve, shape};
use crate::usage::{reachable, references};
use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

/// How many calls a program makes.
pub const CALLS: usize = 3;

/// Most members of a body that a program sets, or of an answer that the one by hand reads.
const MEMBERS: usize = 3;

/// A call with all that its programs need to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Method of both clients.
    pub name: String,
    /// Upper-case HTTP method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// What stands for the parameters in the path, and goes into the query.
    pub arguments: Vec<Argument>,
    /// Rust type of the body in both crates, and the members that are set.
    pub body: Option<(String, Vec<Argument>)>,
    /// Members of the answer that a program by hand reads.
    pub answer: Vec<Member>,
}

/// A value that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Setter of both builders.
    pub name: String,
    /// Name on the wire.
    pub wire_name: String,
    /// In the path, not in the query.
    pub in_path: bool,
    /// The builder takes no call without it.
    pub required: bool,
    /// Its kind.
    pub scalar: Scalar,
}

/// A member of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name on the wire.
    pub wire_name: String,
    /// Its kind; `None` for lists and objects.
    pub scalar: Option<Scalar>,
}

/// The kinds of values that are the same Rust type in both crates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `String`
    Text,
    /// `i64`
    Integer,
    /// `bool`
    Flag,
}

/// Chooses the calls: of those that come into question two without a body and one with, from the middle of them by the number
/// of types in the answer. Fewer where there are fewer.
#[must_use]
pub fn choose(root: &Value, api: &Api) -> Vec<Call> {
    let mut candidates: Vec<(usize, Call)> = api
        .operations
        .iter()
        .filter_map(|operation| Some((types(root, operation), call(root, operation)?)))
        .collect();
    // Stable: of as many types, in the order of the document.
    candidates.sort_by_key(|(types, _)| *types);
    let (bodies, plain): (Vec<Call>, Vec<Call>) = candidates
        .into_iter()
        .map(|(_, call)| call)
        .partition(|call| call.body.is_some());
    let with_body = bodies.get(bodies.len() / 2);
    let without = CALLS - usize::from(with_body.is_some());
    let mut chosen: Vec<Call> = Vec::new();
    for part in 1..=without {
        let place = plain.len() * part / (without + 1);
        if let Some(call) = plain.get(place)
            && !chosen.contains(call)
        {
            chosen.push(call.clone());
        }
    }
    chosen.extend(with_body.cloned());
    chosen
}

/// The calls of these names, or operation ids.
///
/// # Errors
///
/// The first one that is no operation, or needs more than literals.
pub fn named(root: &Value, api: &Api, names: &[String]) -> Result<Vec<Call>, String> {
    let calls = names.iter().map(|name| {
        let mut operations = api.operations.iter();
        let operation =
            operations.find(|operation| operation.name == *name || operation.id == *name);
        let operation = operation.ok_or_else(|| format!("there is no operation `{name}`"))?;
        call(root, operation)
            .ok_or_else(|| format!("`{name}` cannot be called with texts, numbers and flags alone"))
    });
    calls.collect()
}

/// How many named schemas the answer reaches.
fn types(root: &Value, operation: &Operation) -> usize {
    let schemas = operation.results.iter();
    let start = schemas.flat_map(|response| response.content.schemas());
    reachable(root, start.flat_map(references).collect()).len()
}

fn call(root: &Value, operation: &Operation) -> Option<Call> {
    let answer = answer(root, operation)?;
    let body = match operation
        .body
        .as_ref()
        .map(|body| (&body.content, body.required))
    {
        None => None,
        Some((Content::Json(schema), _)) => Some(body(root, schema)?),
        Some(_) => return None,
    };
    let mut arguments = Vec::new();
    for parameter in &operation.parameters {
        match argument(parameter) {
            Some(argument) if argument.required || is_first_option(&arguments) => {
                arguments.push(argument);
            }
            None if parameter.required => return None,
            _ => {}
        }
    }
    (operation.name.to_snake_case() == operation.name).then(|| Call {
        name: operation.name.clone(),
        method: operation.method.clone(),
        path: operation.path.clone(),
        arguments,
        body,
        answer,
    })
}

fn is_first_option(known: &[Argument]) -> bool {
    known.iter().all(|argument| argument.required)
}

fn argument(parameter: &Parameter) -> Option<Argument> {
    let in_path = match parameter.place {
        ParameterPlace::Path(Style::Comma) => true,
        ParameterPlace::Query(Style::Form) => false,
        _ => return None,
    };
    let scalar = scalar(&parameter.schema)?;
    same_name(&parameter.name, &parameter.wire_name).then(|| Argument {
        name: parameter.name.clone(),
        wire_name: parameter.wire_name.clone(),
        in_path,
        required: parameter.required,
        scalar,
    })
}

/// Whether both generators make this Rust name of a name on the wire.
fn same_name(name: &str, wire_name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name == wire_name.to_snake_case()
        && wire_name.chars().all(is_plain)
        && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// The kind of a value that has the same type in both crates; formats of ours are types of our runtime.
fn scalar(schema: &Value) -> Option<Scalar> {
    if schema.get("enum").is_some() || schema["nullable"] == true {
        return None;
    }
    match (schema["type"].as_str()?, schema["format"].as_str()) {
        ("string", None) => Some(Scalar::Text),
        ("integer", None | Some("int64")) => Some(Scalar::Integer),
        ("boolean", None) => Some(Scalar::Flag),
        _ => None,
    }
}

/// Type and members of a body that is an object whose required members are scalars.
fn body(root: &Value, schema: &Value) -> Option<(String, Vec<Argument>)> {
    let name = component_name(schema)?;
    let object = resolve(root, schema)?;
    if name.to_pascal_case() != name || shape(object) != Shape::Struct {
        return None;
    }
    let required = object.as_object().map(|object| list(object, "required"))?;
    let mut members = Vec::new();
    for (name, wire_name) in crate::names::member_names(object) {
        let is_required = required.iter().any(|known| known == wire_name.as_str());
        let kind = scalar(&object["properties"][&wire_name]);
        match kind.filter(|_| same_name(&name, &wire_name)) {
            Some(scalar) if is_required || members.len() < MEMBERS => members.push(Argument {
                name,
                wire_name,
                in_path: false,
                required: is_required,
                scalar,
            }),
            None if is_required => return None,
            _ => {}
        }
    }
    (!members.is_empty()).then_some((name, members))
}

/// The members of an answer that is always one object of JSON; scalars first.
fn answer(root: &Value, operation: &Operation) -> Option<Vec<Member>> {
    let (Outcome::One(response) | Outcome::OneOrNothing(response)) = operation.outcome() else {
        return None;
    };
    let Content::Json(schema) = &response.content else {
        return None;
    };
    let name = component_name(schema)?;
    let object = components(root)?.get(&name)?;
    let mut members: Vec<Member> = object["properties"]
        .as_object()?
        .iter()
        .map(|(wire_name, schema)| Member {
            wire_name: wire_name.clone(),
            scalar: scalar(schema),
        })
        .collect();
    members.sort_by_key(|member| member.scalar.is_none());
    members.truncate(MEMBERS);
    (!members.is_empty()).then_some(members)
}
