//! What progenitor alone makes of the API that a crate of ours was generated from.
//!
//! The document is written anew from the [`Api`], so that both sides have the same operations under the same names. What
//! progenitor has no form for is left out of it, smallest part first, and counted in [`LeftOut`].

use crate::generate::{KEYWORDS, quietly, rename_members};
use crate::model::{Api, Content, Operation, Parameter, ParameterPlace, Response};
use crate::schema::{components, components_mut, schemas_of, walk_mut};
use crate::usage::{reachable, references};
use crate::write::FileSet;
use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use syn::{Ident, Item};

/// Version of progenitor that is compared with: the one that the pipeline itself uses.
pub const PROGENITOR: &str = "0.15.1";

/// What the document for progenitor lacks, or has in a plainer form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Operations on which it fails, with its words.
    pub operations: BTreeMap<String, String>,
    /// Parameters in cookies, or whose setter would be called like another's.
    pub parameters: usize,
    /// Answers whose body differs from the first one's.
    pub answers: usize,
    /// Bodies in parts, which became bytes.
    pub parts: usize,
    /// Parameters whose style became the usual one.
    pub styles: usize,
    /// Schemas whose members got Rust names, or that became any value at all, since types cannot be made of them.
    pub schemas: usize,
}

impl LeftOut {
    /// What is counted, with words for it; what there is none of is not among them.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        [
            (
                "parameters (in cookies, or called like others)",
                self.parameters,
            ),
            (
                "answers (with a body other than the first one's)",
                self.answers,
            ),
            ("forms in parts (they are bytes there)", self.parts),
            ("styles of parameters", self.styles),
            (
                "schemas as they stand (members renamed, or any value)",
                self.schemas,
            ),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
    }
}

/// A crate as progenitor's users get it.
#[derive(Debug, Clone)]
pub struct Unrefined {
    /// Manifest and `src/lib.rs`.
    pub files: FileSet,
    /// Names of its operations, which are those of ours.
    pub operations: BTreeSet<String>,
    /// What is not in it.
    pub left_out: LeftOut,
}

/// Generates the crate `name`.
///
/// # Errors
///
/// When progenitor makes nothing even without the schemas and operations at fault, or writes what is not Rust.
pub fn unrefined(root: &Value, api: &Api, name: &str) -> Result<Unrefined, String> {
    let mut left_out = LeftOut::default();
    let mut draft = Draft::new(root, api, &mut left_out);
    let mut code = draft.generate(&draft.all());
    if code.is_err() {
        left_out.schemas = draft.repair_schemas();
        left_out.operations = draft.drop_operations();
        code = draft.generate(&draft.all());
    }
    let code = code?;
    let mut files = FileSet::default();
    files.insert("Cargo.toml", manifest(name, &api.title, &code));
    files.insert("src/lib.rs", code.text);
    Ok(Unrefined {
        files,
        operations: draft.all().into_iter().map(str::to_owned).collect(),
        left_out,
    })
}

/// What one run made.
struct Code {
    text: String,
    /// Crates that its types are from.
    crates: Vec<&'static str>,
}

fn manifest(name: &str, title: &str, code: &Code) -> String {
    let more = code.crates.join("\n");
    format!(
        r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"
description = {description}

[lib]
doctest = false

[dependencies]
progenitor-client = "={PROGENITOR}"
reqwest = {{ version = "0.13.5", default-features = false, features = ["json", "query", "stream"] }}
serde = {{ version = "1.0.226", features = ["derive"] }}
serde_json = "1.0.150"
{more}"#,
        description = toml_edit::Value::from(format!("Client of the {title}")),
    )
}

/// The document for progenitor, in parts.
struct Draft {
    title: String,
    /// A document with the named schemas and nothing else.
    root: Value,
    operations: BTreeMap<String, Call>,
}

/// An operation as it stands in the document for progenitor.
struct Call {
    path: String,
    /// In lower case.
    method: String,
    object: Value,
}

impl Draft {
    fn new(root: &Value, api: &Api, left_out: &mut LeftOut) -> Self {
        let schemas = components(root).cloned().unwrap_or_default();
        let schemas: Map<String, Value> = schemas
            .into_iter()
            .map(|(name, schema)| (name, plain(schema)))
            .collect();
        let operations = api.operations.iter().map(|operation| {
            let call = Call {
                path: operation.path.clone(),
                method: operation.method.to_lowercase(),
                object: operation_object(operation, api, left_out),
            };
            (operation.name.clone(), call)
        });
        Self {
            title: api.title.clone(),
            operations: operations.collect(),
            root: json!({ "components": { "schemas": schemas } }),
        }
    }

    fn all(&self) -> Vec<&str> {
        self.operations.keys().map(String::as_str).collect()
    }

    /// Runs progenitor over these operations, and the schemas that they reach.
    fn generate(&self, operations: &[&str]) -> Result<Code, String> {
        let mut paths = Map::new();
        let mut start = Vec::new();
        let calls = operations
            .iter()
            .filter_map(|name| self.operations.get(*name));
        for call in calls {
            for (.., schema) in schemas_of(&call.object) {
                start.extend(references(schema));
            }
            let item = paths.entry(call.path.as_str()).or_insert_with(|| json!({}));
            item[call.method.as_str()] = call.object.clone();
        }
        self.run(&paths, start)
    }

    /// Runs progenitor over these paths, and the schemas that `start` reaches.
    fn run(&self, paths: &Map<String, Value>, start: Vec<String>) -> Result<Code, String> {
        let reached = reachable(&self.root, start);
        let schemas: Map<String, Value> = components(&self.root)
            .into_iter()
            .flatten()
            .filter(|(name, _)| reached.contains(*name))
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect();
        generate(json!({
            "openapi": "3.0.3",
            "info": { "title": self.title, "version": "0" },
            "paths": paths,
            "components": { "schemas": schemas },
        }))
    }

    fn schema(&self, name: &str) -> Value {
        let schema = components(&self.root).and_then(|schemas| schemas.get(name));
        schema.cloned().unwrap_or_default()
    }

    fn replace_schema(&mut self, name: &str, schema: Value) {
        if let Some(schemas) = components_mut(&mut self.root) {
            schemas.insert(name.to_owned(), schema);
        }
    }

    /// Makes the schemas plainer of which progenitor makes no types; says how many.
    fn repair_schemas(&mut self) -> usize {
        let names: Vec<String> = components(&self.root)
            .map(|schemas| schemas.keys().cloned().collect())
            .unwrap_or_default();
        let mut repaired = BTreeSet::new();
        while let Some(name) = self.deepest_fault(&names) {
            if !repaired.insert(name.clone()) {
                // It fails as any value at all: the fault is another's, and its operations go.
                break;
            }
            let mut schema = self.schema(&name);
            rename_members(&mut schema);
            self.replace_schema(&name, schema);
            if self.fails(&[&name]) {
                self.replace_schema(&name, json!({}));
            }
        }
        repaired.len()
    }

    fn fails(&self, schemas: &[&String]) -> bool {
        let start = schemas.iter().map(|name| (*name).clone()).collect();
        self.run(&Map::new(), start).is_err()
    }

    /// A schema that fails while nothing else that it refers to does: a fault is one of all that reach it as well.
    fn deepest_fault(&self, names: &[String]) -> Option<String> {
        let names: Vec<&String> = names.iter().collect();
        let mut fault = first_failing(&names, &|names| self.fails(names))?.clone();
        let mut seen = BTreeSet::new();
        while seen.insert(fault.clone()) {
            let next = references(&self.schema(&fault));
            let deeper: Vec<&String> = next.iter().filter(|name| !seen.contains(*name)).collect();
            match first_failing(&deeper, &|names| self.fails(names)) {
                Some(found) => fault.clone_from(found),
                None => break,
            }
        }
        Some(fault)
    }

    /// Takes out the operations that fail alone.
    fn drop_operations(&mut self) -> BTreeMap<String, String> {
        let mut failures = BTreeMap::new();
        self.bisect(&self.all(), &mut failures);
        self.operations
            .retain(|name, _| !failures.contains_key(name));
        failures
    }

    fn bisect(&self, operations: &[&str], failures: &mut BTreeMap<String, String>) {
        let Err(failure) = self.generate(operations) else {
            return;
        };
        match operations {
            [] => {}
            [name] => drop(failures.insert((*name).to_owned(), failure)),
            several => {
                let (first, second) = several.split_at(several.len() / 2);
                self.bisect(first, failures);
                self.bisect(second, failures);
            }
        }
    }
}

/// The first of some names that fails alone, by halves.
fn first_failing<'a>(
    names: &[&'a String],
    fails: &dyn Fn(&[&String]) -> bool,
) -> Option<&'a String> {
    if names.is_empty() || !fails(names) {
        return None;
    }
    if let [name] = names {
        return Some(name);
    }
    let (first, second) = names.split_at(names.len() / 2);
    first_failing(first, fails).or_else(|| first_failing(second, fails))
}

/// One run of progenitor, as `Generator` is used in a build script.
fn generate(document: Value) -> Result<Code, String> {
    let document: OpenAPI = serde_json::from_value(document).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged);
    let mut generator = Generator::new(&settings);
    let tokens = quietly(|| generator.generate_tokens(&document))?;
    let tokens = tokens.map_err(|error| error.to_string())?;
    let file: syn::File = syn::parse2(tokens).map_err(|error| error.to_string())?;
    if let Some(name) = twin(&file) {
        return Err(format!("it wrote two members called `{name}`"));
    }
    let types = generator.get_type_space();
    let crates = [
        (
            types.uses_chrono(),
            "chrono = { version = \"0.4.45\", default-features = false, features = [\"serde\", \"std\"] }",
        ),
        (
            types.uses_uuid(),
            "uuid = { version = \"1\", features = [\"serde\"] }",
        ),
        (types.uses_regress(), "regress = \"0.11\""),
    ];
    Ok(Code {
        text: prettyplease::unparse(&file),
        crates: crates
            .into_iter()
            .filter_map(|(used, line)| used.then_some(line))
            .collect(),
    })
}

/// A name that a struct or an enum has twice: the generator does not notice, the compiler would.
fn twin(file: &syn::File) -> Option<String> {
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) => module.content.as_ref(),
        _ => None,
    });
    modules.flat_map(|(_, items)| items).find_map(|item| {
        let members: Vec<&Ident> = match item {
            Item::Struct(item) => item
                .fields
                .iter()
                .filter_map(|field| field.ident.as_ref())
                .collect(),
            Item::Enum(item) => item.variants.iter().map(|variant| &variant.ident).collect(),
            _ => return None,
        };
        let mut seen = BTreeSet::new();
        let twin = members.into_iter().find(|member| !seen.insert(*member))?;
        Some(twin.to_string())
    })
}

/// A schema with nothing but what types are made from, and nothing of ours.
fn plain(mut schema: Value) -> Value {
    walk_mut(&mut schema, "", &mut |_, schema| {
        if let Some(object) = schema.as_object_mut() {
            object.retain(|key, _| KEYWORDS.contains(&key.as_str()));
        }
    });
    schema
}

fn operation_object(operation: &Operation, api: &Api, left_out: &mut LeftOut) -> Value {
    let mut object = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": parameters(operation, left_out),
        "responses": answers(operation, left_out),
    });
    if let Some(tag) = api.tags.get(operation.tag) {
        object["tags"] = json!([tag.name]);
    }
    if let Some(description) = &operation.description {
        object["description"] = description.as_str().into();
    }
    if let Some(body) = &operation.body
        && let Some((media_type, schema)) = body_schema(&body.content, left_out)
    {
        let mut content = Map::new();
        content.insert(media_type.to_owned(), json!({ "schema": schema }));
        object["requestBody"] = json!({ "content": content, "required": body.required });
    }
    object
}

/// The media type under which progenitor sends a body, and the schema of it.
fn body_schema(content: &Content, left_out: &mut LeftOut) -> Option<(&'static str, Value)> {
    let bytes = json!({ "type": "string", "format": "binary" });
    match content {
        Content::Json(schema) => Some(("application/json", plain(schema.clone()))),
        Content::Form(schema, _) => {
            Some(("application/x-www-form-urlencoded", plain(schema.clone())))
        }
        Content::Multipart(_) => {
            left_out.parts += 1;
            Some(("application/octet-stream", bytes))
        }
        Content::Raw => Some(("application/octet-stream", bytes)),
        Content::Empty | Content::Unknown => None,
    }
}

fn parameters(operation: &Operation, left_out: &mut LeftOut) -> Vec<Value> {
    use heck::ToSnakeCase;

    let mut taken = BTreeSet::new();
    if operation.body.is_some() {
        taken.insert("body".to_owned());
    }
    let mut objects = Vec::new();
    // A path parameter cannot be left out, so it comes first.
    let (in_path, others): (Vec<&Parameter>, Vec<&Parameter>) = operation
        .parameters
        .iter()
        .partition(|parameter| matches!(parameter.place, ParameterPlace::Path(_)));
    for parameter in in_path.into_iter().chain(others) {
        let place = match parameter.place {
            ParameterPlace::Path(_) => "path",
            ParameterPlace::Query(_) => "query",
            ParameterPlace::Header(_) => "header",
            ParameterPlace::Cookie(_) => {
                left_out.parameters += 1;
                continue;
            }
        };
        if !taken.insert(parameter.wire_name.to_snake_case()) {
            left_out.parameters += 1;
            continue;
        }
        left_out.styles += usize::from(has_odd_style(parameter.place));
        let mut object = json!({
            "name": parameter.wire_name,
            "in": place,
            "required": parameter.required || place == "path",
            "schema": plain(parameter.schema.clone()),
        });
        if let Some(description) = &parameter.description {
            object["description"] = description.as_str().into();
        }
        objects.push(object);
    }
    objects
}

/// Whether a list or an object is written in another form than the one that progenitor knows for the place.
fn has_odd_style(place: ParameterPlace) -> bool {
    use crate::model::Style;

    match place {
        ParameterPlace::Query(style) | ParameterPlace::Cookie(style) => style != Style::Form,
        ParameterPlace::Path(style) | ParameterPlace::Header(style) => style != Style::Comma,
    }
}

/// The answers that progenitor can tell apart: those with the first body of the results, and of the failures.
///
/// It reads `default` as a result and a failure in one, so that becomes a range.
fn answers(operation: &Operation, left_out: &mut LeftOut) -> Map<String, Value> {
    let mut answers = Map::new();
    let all = operation.results.iter().chain(&operation.errors);
    // A result outside of 2xx is a failure to progenitor.
    let (successes, failures): (Vec<&Response>, Vec<&Response>) = all.partition(|response| {
        let is_default = response.status == "default" && operation.results.contains(response);
        response.status.starts_with('2') || is_default
    });
    let sides: [(Vec<&Response>, &[&str]); 2] =
        [(successes, &["2XX"]), (failures, &["4XX", "5XX"])];
    for (responses, ranges) in sides {
        let first = responses
            .iter()
            .find_map(|response| answer_content(response));
        for response in &responses {
            let content = answer_content(response);
            let Some(status) = status(response, &responses, ranges).filter(|_| content == first)
            else {
                left_out.answers += 1;
                continue;
            };
            let description = response.description.as_deref().unwrap_or_default();
            let mut object = json!({ "description": description });
            if let Some((media_type, media)) = content {
                object["content"] = json!({ media_type: media });
            }
            answers.insert(status.to_owned(), object);
        }
    }
    answers
}

/// The status of an answer; for `default` the first range that no other one has.
fn status<'a>(response: &'a Response, all: &[&Response], ranges: &[&'a str]) -> Option<&'a str> {
    if response.status != "default" {
        return Some(&response.status);
    }
    let is_free = |range: &&&str| !all.iter().any(|other| other.status == ***range);
    ranges.iter().find(is_free).copied()
}

/// Media type and media type object of an answer with a body.
fn answer_content(response: &Response) -> Option<(&'static str, Value)> {
    match &response.content {
        Content::Json(schema) => Some((
            "application/json",
            json!({ "schema": plain(schema.clone()) }),
        )),
        Content::Form(..) | Content::Multipart(_) | Content::Raw => {
            Some(("application/octet-stream", json!({})))
        }
        Content::Empty | Content::Unknown => None,
    }
}
