//! Which credentials the API and its operations take.

use super::{Access, Auth, KeyPlacement, Parameter, ParameterPlace};
use crate::folder::{AuthFamily, OperationEntry};
use crate::schema::{operations, text};
use serde_json::Value;

/// What an operation takes; a parameter that stands for the session's token is taken out of `parameters`.
pub(super) fn access(
    root: &Value,
    operation: &Value,
    facts: &OperationEntry,
    auth: &Auth,
    parameters: &mut Vec<Parameter>,
) -> Access {
    if facts.session_only {
        return session_access(auth, parameters);
    }
    let security = operation.get("security").or_else(|| root.get("security"));
    let Some(alternatives) = security.and_then(Value::as_array) else {
        return if facts.anonymous {
            Access::Anonymous
        } else {
            Access::Credentials
        };
    };
    let none = |value: &Value| value.as_object().is_some_and(serde_json::Map::is_empty);
    if facts.anonymous || alternatives.is_empty() {
        Access::Anonymous
    } else if alternatives.iter().any(none) {
        Access::Optional
    } else {
        Access::Credentials
    }
}

fn session_access(auth: &Auth, parameters: &mut Vec<Parameter>) -> Access {
    let header = auth
        .session
        .as_ref()
        .map(|(_, header)| header.as_str())
        .unwrap_or_default();
    let token = parameters.iter().position(|parameter| {
        matches!(parameter.place, ParameterPlace::Query(_))
            && parameter.wire_name.eq_ignore_ascii_case(header)
    });
    match token {
        Some(index) => Access::SessionQuery(parameters.remove(index).wire_name),
        None => Access::Session,
    }
}

/// How the API authenticates.
pub(super) fn auth(root: &Value, family: AuthFamily) -> Auth {
    match family {
        AuthFamily::InsightCloudSec => Auth {
            key: KeyPlacement::Header("Api-Key".to_owned()),
            session: Some((
                "/v2/public/user/login".to_owned(),
                "X-Auth-Token".to_owned(),
            )),
            uuid_keys_of: Some("the Command Platform"),
        },
        AuthFamily::Rapid7Platform => Auth {
            key: KeyPlacement::Header("X-Api-Key".to_owned()),
            session: None,
            uuid_keys_of: None,
        },
        AuthFamily::Document => Auth {
            key: document_key(root),
            session: None,
            uuid_keys_of: None,
        },
    }
}

/// The first security scheme that a client can use: of those that the document asks for, then those of its operations,
/// then all it has.
fn document_key(root: &Value) -> KeyPlacement {
    let schemes = root
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object);
    let asked = |holder: &Value| -> Vec<String> {
        let security = holder.get("security").and_then(Value::as_array);
        let alternatives = security.into_iter().flatten().filter_map(Value::as_object);
        alternatives
            .flat_map(|names| names.keys().cloned())
            .collect()
    };
    let of_operations = operations(root)
        .into_iter()
        .flat_map(|operation| asked(operation.value));
    let named = asked(root).into_iter().chain(of_operations);
    let declared = schemes.into_iter().flatten().map(|(name, _)| name.clone());
    named
        .chain(declared)
        .filter_map(|name| schemes?.get(&name))
        .find_map(|scheme| {
            let name = text(scheme, "name");
            match (
                text(scheme, "type")?.as_str(),
                text(scheme, "in").as_deref(),
            ) {
                ("apiKey", Some("header")) => Some(KeyPlacement::Header(name?)),
                ("apiKey", Some("query")) => Some(KeyPlacement::Query(name?)),
                ("apiKey", Some("cookie")) => Some(KeyPlacement::Cookie(name?)),
                ("http", _) => match text(scheme, "scheme")?.to_ascii_lowercase().as_str() {
                    "bearer" => Some(KeyPlacement::Bearer),
                    "basic" => Some(KeyPlacement::Basic),
                    _ => None,
                },
                ("oauth2" | "openIdConnect", _) => Some(KeyPlacement::Bearer),
                _ => None,
            }
        })
        .unwrap_or(KeyPlacement::None)
}
