//! Which credentials the API and its operations take.

use super::schemes::choose;
use super::{Access, Auth, KeyPlacement, Parameter, ParameterPlace};
use crate::folder::{AuthFamily, OperationEntry, OperationsToml};
use crate::problem::Problem;
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

/// How the API authenticates, and what is to be said of schemes that a client does not serve.
pub(super) fn auth(
    root: &Value,
    family: AuthFamily,
    known: &OperationsToml,
) -> (Auth, Vec<Problem>) {
    let key = |name: &str| KeyPlacement::Header(name.to_owned());
    let no_session = |key| Auth {
        key,
        session: None,
        uuid_keys_of: None,
    };
    match family {
        AuthFamily::InsightCloudSec => {
            let login = "/v2/public/user/login".to_owned();
            let auth = Auth {
                key: key("Api-Key"),
                session: Some((login, "X-Auth-Token".to_owned())),
                uuid_keys_of: Some("the Command Platform"),
            };
            (auth, Vec::new())
        }
        AuthFamily::Rapid7Platform => (no_session(key("X-Api-Key")), Vec::new()),
        AuthFamily::Document => {
            let (key, problems) = choose(root, known);
            (no_session(key), problems)
        }
    }
}
