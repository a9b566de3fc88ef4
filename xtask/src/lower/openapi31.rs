//! `OpenAPI` 3.1, whose schemas are JSON Schema 2020-12, in the words of 3.0.

mod arrays;
mod combinations;
mod keywords;
mod types;
mod values;

use super::Version;
use super::nodes::{Kind, edit, pointers};
use super::report::Report;
use serde_json::{Map, Value, json};

const RULE: &str = "openapi31";

/// What a rewriting did: words for the report, and what is lost.
#[derive(Debug, Default)]
struct Notes {
    done: Vec<String>,
    lost: Vec<&'static str>,
}

impl Notes {
    fn done(&mut self, what: impl Into<String>) {
        self.done.push(what.into());
    }

    fn lost(&mut self, what: impl Into<String>, loss: &'static str) {
        self.done.push(what.into());
        self.lost.push(loss);
    }

    fn report(self, pointer: &str, report: &mut Report) {
        if self.done.is_empty() {
            return;
        }
        let what = self.done.join("; ");
        if self.lost.is_empty() {
            report.note(RULE, pointer, what);
        } else {
            report.loss(RULE, pointer, what, self.lost.join(", "));
        }
    }
}

type Rewriting = fn(&mut Map<String, Value>, Version, &mut Notes);

/// What is done to every schema, in this order: booleans inside it become schemas before anything looks at them, and
/// types are taken apart last, when each keyword is one of 3.0.
const REWRITINGS: &[Rewriting] = &[
    |schema, _, notes| values::boolean_schemas(schema, notes),
    |schema, _, notes| keywords::definitions(schema, notes),
    keywords::beside_reference,
    |schema, _, notes| values::constant(schema, notes),
    |schema, _, notes| values::null_in_enum(schema, notes),
    |schema, _, notes| keywords::exclusive_bounds(schema, notes),
    |schema, _, notes| keywords::encoding(schema, notes),
    |schema, _, notes| arrays::tuples(schema, notes),
    |schema, _, notes| keywords::conditions(schema, notes),
    |schema, _, notes| keywords::pattern_members(schema, notes),
    |schema, _, notes| keywords::dropped(schema, notes),
    |schema, _, notes| combinations::empty_parts(schema, notes),
    |schema, _, notes| combinations::null_alternatives(schema, notes),
    |schema, _, notes| types::type_lists(schema, notes),
];

/// Rewrites the schemas where they stand.
pub(super) fn schemas(root: &mut Value, version: Version, report: &mut Report) {
    boolean_bodies(root, report);
    examples(root, report);
    let start = report.len();
    edit(root, Kind::Schema, &mut |pointer, schema| {
        if combinations::is_null_alternative(pointer, schema) {
            return;
        }
        let mut notes = Notes::default();
        if let Value::Bool(allowed) = *schema {
            *schema = json!({});
            // `additionalProperties: true` and the like never come here: they are no nodes.
            values::note_boolean(allowed, "", &mut notes);
        }
        if let Some(members) = schema.as_object_mut() {
            rewrite(members, version, &mut notes);
        }
        notes.report(pointer, report);
    });
    report.reverse_since(start);
}

fn rewrite(schema: &mut Map<String, Value>, version: Version, notes: &mut Notes) {
    for rewriting in REWRITINGS {
        rewriting(schema, version, notes);
    }
}

/// Lists of examples. Reported once: no client depends on them.
fn examples(root: &mut Value, report: &mut Report) {
    let mut first = None;
    let (mut schemas, mut others) = (0, 0);
    edit(root, Kind::Schema, &mut |pointer, schema| {
        if let Some(left_out) = schema.as_object_mut().and_then(values::examples) {
            schemas += 1;
            others += left_out;
            first = Some(pointer.to_owned());
        }
    });
    let Some(pointer) = first else {
        return;
    };
    let what = format!("`examples` of {schemas} schemas are one `example` each");
    if others == 0 {
        report.note(RULE, &pointer, what);
    } else {
        report.loss(RULE, &pointer, what, format!("{others} further examples"));
    }
}

/// `schema: true` of a body, a parameter or a header.
fn boolean_bodies(root: &mut Value, report: &mut Report) {
    for kind in [Kind::MediaType, Kind::Parameter, Kind::Header] {
        edit(root, kind, &mut |pointer, holder| {
            if let Some(schema @ Value::Bool(_)) = holder.get_mut("schema") {
                let mut notes = Notes::default();
                values::note_boolean(schema == &Value::Bool(true), "schema", &mut notes);
                *schema = json!({});
                notes.report(&format!("{pointer}/schema"), report);
            }
        });
    }
}

/// The parts of a document beside its schemas. Runs last: until then references may lead into them.
pub(super) fn document(root: &mut Value, version: Version, report: &mut Report) {
    if version == Version::V31 {
        mutual_tls(root, report);
    }
    let Some(members) = root.as_object_mut() else {
        return;
    };
    if members.shift_remove("jsonSchemaDialect").is_some() {
        report.note(RULE, "/jsonSchemaDialect", "taken out");
    }
    if let Some(webhooks) = members.shift_remove("webhooks") {
        let count = webhooks.as_object().map_or(0, Map::len);
        members.insert("x-webhooks".to_owned(), webhooks);
        if count > 0 {
            let what = format!("webhooks set aside: {count}");
            report.loss(RULE, "/webhooks", what, "calls that the server makes");
        }
    }
    if let Some(components) = members.get_mut("components").and_then(Value::as_object_mut)
        && components.shift_remove("pathItems").is_some()
    {
        report.note(
            RULE,
            "/components/pathItems",
            "written out where they are used",
        );
    }
    if let Some(info) = members.get_mut("info").and_then(Value::as_object_mut) {
        information(info, report);
    }
}

fn information(info: &mut Map<String, Value>, report: &mut Report) {
    if let Some(summary) = info.shift_remove("summary") {
        if info.contains_key("description") {
            report.loss(
                RULE,
                "/info/summary",
                "taken out beside a description",
                "the summary",
            );
        } else {
            info.insert("description".to_owned(), summary);
            report.note(RULE, "/info/summary", "now the description");
        }
    }
    if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut)
        && let Some(identifier) = license.shift_remove("identifier")
    {
        let pointer = "/info/license/identifier";
        if license.contains_key("name") {
            report.loss(RULE, pointer, "taken out beside a name", "the identifier");
        } else {
            license.insert("name".to_owned(), identifier);
            report.note(RULE, pointer, "now the name");
        }
    }
}

/// Client certificates are a matter of the connection, which no document can set up.
fn mutual_tls(root: &Value, report: &mut Report) {
    for pointer in pointers(root, Kind::SecurityScheme) {
        let kind = root.pointer(&pointer).and_then(|scheme| scheme.get("type"));
        if kind.and_then(Value::as_str) == Some("mutualTLS") {
            report.loss(
                RULE,
                &pointer,
                "`mutualTLS` left to the connection",
                "client certificates",
            );
        }
    }
}
