//! Marks secret members, parameters and answers with `format: password`.

use super::{Facts, lossless};
use crate::change::Change;
use crate::folder::OperationKey;
use crate::schema::{
    Place, SCHEMAS, children_mut, component_name, components_mut, edit_operations, edit_schemas,
    escape, operation_pointer,
};
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};

const RULE: &str = "secrets";

/// Stands in `secrets` for an answer that is one bare secret.
const WHOLE_ANSWER: &str = "$answer";

/// Member names that are secret in any API, lower case without separators.
const ALWAYS: [&str; 16] = [
    "password",
    "passwd",
    "newpassword",
    "oldpassword",
    "currentpassword",
    "apikey",
    "secretkey",
    "secretaccesskey",
    "clientsecret",
    "accesstoken",
    "refreshtoken",
    "sessionid",
    "sessiontoken",
    "privatekey",
    "otpsecret",
    "passphrase",
];

pub(super) fn apply(root: &mut Value, facts: Facts<'_>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut components: VecDeque<(String, BTreeSet<String>)> = VecDeque::new();
    edit_operations(root, &mut |path, method, operation| {
        let key = OperationKey::new(method, path);
        let names: BTreeSet<String> = facts
            .operations
            .get(&key)
            .map(|entry| entry.secrets.iter().cloned().collect())
            .unwrap_or_default();
        let base = operation_pointer(path, method);
        edit_schemas(operation, &mut |place, pointer, schema| {
            let pointer = format!("{base}{pointer}");
            let secret = match place {
                Place::Parameter(name) => is_secret(name, &names),
                Place::Answer(_) => names.contains(WHOLE_ANSWER),
                Place::Request => false,
            };
            let mut marking = Marking {
                names: &names,
                changes: &mut changes,
                components: &mut components,
            };
            if secret {
                marking.mark(&pointer, schema);
            }
            marking.visit(&pointer, schema);
        });
    });
    mark_components(root, components, &mut changes);
    changes
}

/// Follows references from the operations into the named schemas, with the names that were in force there.
fn mark_components(
    root: &mut Value,
    mut queue: VecDeque<(String, BTreeSet<String>)>,
    changes: &mut Vec<Change>,
) {
    let mut seen = BTreeSet::new();
    while let Some((name, names)) = queue.pop_front() {
        if !seen.insert((name.clone(), names.clone())) {
            continue;
        }
        let schema = components_mut(root).and_then(|all| all.get_mut(&name));
        if let Some(schema) = schema {
            let mut marking = Marking {
                names: &names,
                changes,
                components: &mut queue,
            };
            marking.visit(&format!("{SCHEMAS}/{}", escape(&name)), schema);
        }
    }
}

struct Marking<'a> {
    names: &'a BTreeSet<String>,
    changes: &'a mut Vec<Change>,
    components: &'a mut VecDeque<(String, BTreeSet<String>)>,
}

impl Marking<'_> {
    /// Marks secret members of the schema, at any depth; references are queued.
    fn visit(&mut self, pointer: &str, schema: &mut Value) {
        if let Some(name) = component_name(schema) {
            self.components.push_back((name, self.names.clone()));
            return;
        }
        let members = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, member) in members.into_iter().flatten() {
            if is_secret(name, self.names) {
                self.mark(&format!("{pointer}/properties/{}", escape(name)), member);
            }
        }
        for (segment, child) in children_mut(schema) {
            self.visit(&format!("{pointer}{segment}"), child);
        }
    }

    /// Marks a string, or the strings of a list, a map or a choice; a number or a flag is no text that could be a secret.
    fn mark(&mut self, pointer: &str, schema: &mut Value) {
        if schema["type"] == "string" {
            if schema.get("enum").is_none() && schema["format"] != "password" {
                schema["format"] = "password".into();
                let what = "marked as a secret".to_owned();
                self.changes.push(lossless(RULE, pointer, None, what));
            }
            return;
        }
        for (segment, child) in children_mut(schema) {
            self.mark(&format!("{pointer}{segment}"), child);
        }
    }
}

fn is_secret(name: &str, names: &BTreeSet<String>) -> bool {
    let folded: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    names.contains(name) || ALWAYS.contains(&folded.as_str())
}
