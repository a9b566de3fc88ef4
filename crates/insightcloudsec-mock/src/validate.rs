//! Whether a request has what its operation needs.

use serde_json::{Map, Value};

use crate::catalog::{Catalog, Operation, Version, object};
use crate::reply::Failure;

/// Checks required query parameters and members, and the JSON types of what is given.
pub(crate) fn check(
    catalog: &Catalog,
    operation: &Operation,
    query: &[(String, String)],
    body: &Value,
) -> Result<(), Failure> {
    for parameter in &operation.query {
        let given = query.iter().find(|(name, _)| *name == parameter.name);
        match given {
            None if parameter.required => {
                return Err(Failure::member("query", &parameter.name, MISSING));
            }
            Some((name, value)) => {
                check_query_value(
                    catalog.resolve(operation.version, &parameter.schema),
                    name,
                    value,
                )?;
            }
            None => {}
        }
    }
    let Some(expected) = &operation.body else {
        return Ok(());
    };
    if body.is_null() {
        return if expected.required {
            Err(Failure::invalid("the request needs a JSON body"))
        } else {
            Ok(())
        };
    }
    refuse_unknown_members(catalog, operation.version, &expected.schema, body)?;
    Checker {
        catalog,
        version: operation.version,
    }
    .check(&expected.schema, body, "body")
}

const MISSING: &str = "Missing data for required field.";

fn check_query_value(schema: &Value, name: &str, value: &str) -> Result<(), Failure> {
    let fits = match schema["type"].as_str() {
        Some("integer") => value.parse::<i64>().is_ok(),
        Some("boolean") => ["true", "false", "1", "0"].contains(&value.to_lowercase().as_str()),
        _ => schema["enum"]
            .as_array()
            .is_none_or(|known| known.iter().any(|one| one == value)),
    };
    if fits {
        Ok(())
    } else {
        Err(Failure::member("query", name, "Not a valid value."))
    }
}

/// v3 refuses members that it does not know.
fn refuse_unknown_members(
    catalog: &Catalog,
    version: Version,
    schema: &Value,
    body: &Value,
) -> Result<(), Failure> {
    let schema = catalog.resolve(version, schema);
    if version != Version::V3 || schema["additionalProperties"] == true {
        return Ok(());
    }
    let known = object(&schema["properties"]);
    let is_known = |name: &String| known.is_some_and(|known| known.contains_key(name));
    match object(body)
        .into_iter()
        .flat_map(Map::keys)
        .find(|name| !is_known(name))
    {
        Some(name) => Err(Failure::member("json", name, "Unknown field.")),
        None => Ok(()),
    }
}

struct Checker<'a> {
    catalog: &'a Catalog,
    version: Version,
}

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, name: &str) -> Result<(), Failure> {
        let schema = self.catalog.resolve(self.version, schema);
        if value.is_null() && schema["nullable"] == true {
            return Ok(());
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            return self.check_choices(choices, value, name);
        }
        let fits = match schema["type"].as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            _ => true,
        };
        if !fits {
            let wanted = schema["type"].as_str().unwrap_or_default();
            return Err(Failure::member(
                "json",
                name,
                format!("Not a valid {wanted}."),
            ));
        }
        self.check_parts(schema, value, name)
    }

    fn check_choices(&self, choices: &[Value], value: &Value, name: &str) -> Result<(), Failure> {
        let outcomes = choices.iter().map(|choice| self.check(choice, value, name));
        // The last complaint stands for all; which alternative was meant is anyone's guess.
        outcomes.reduce(Result::or).unwrap_or(Ok(()))
    }

    fn check_parts(&self, schema: &Value, value: &Value, name: &str) -> Result<(), Failure> {
        for item in value.as_array().into_iter().flatten() {
            self.check(&schema["items"], item, name)?;
        }
        let Some(members) = object(value) else {
            return Ok(());
        };
        for required in schema["required"].as_array().into_iter().flatten() {
            let required = required.as_str().unwrap_or_default();
            if !members.contains_key(required) {
                return Err(Failure::member("json", required, MISSING));
            }
        }
        for (name, member) in members {
            self.check(&schema["properties"][name], member, name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(key: &str, query: &[(&str, &str)], body: &Value) -> Result<(), Failure> {
        let catalog = Catalog::embedded().unwrap();
        let operation = catalog
            .operations
            .iter()
            .find(|one| one.key() == key)
            .unwrap();
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        check(catalog, operation, &query, body)
    }

    #[test]
    fn required_parts() {
        assert!(checked("v2.login", &[], &Value::Null).is_err());
        assert!(checked("v2.login", &[], &json!({"username": "ada"})).is_err());
        assert!(
            checked(
                "v2.login",
                &[],
                &json!({"username": "ada", "password": "p"})
            )
            .is_ok()
        );
        assert!(
            checked(
                "v3.list_principal_actions",
                &[("start", "2024-01-01")],
                &Value::Null
            )
            .is_err()
        );
        assert!(
            checked("v2.list_domain_admins", &[], &Value::Null).is_ok(),
            "an optional body"
        );
    }

    #[test]
    fn types_of_what_is_given() {
        let with_limit = |limit: Value| json!({"filters": [], "offset": 0, "limit": limit});
        assert!(checked("v2.list_bots", &[], &with_limit(json!(5))).is_ok());
        assert!(checked("v2.list_bots", &[], &with_limit(json!("5"))).is_err());
        assert!(checked("v3.list_iac_scans", &[("page", "two")], &Value::Null).is_err());
        assert!(checked("v2.archive_bots", &[], &json!({"resource_ids": [7]})).is_err());
    }

    #[test]
    fn one_of_several_shapes() {
        assert!(
            checked(
                "v2.add_cloud",
                &[],
                &json!({"creation_params": {"name": "x"}})
            )
            .is_err()
        );
        let google = json!({"creation_params": "text"});
        assert!(checked("v2.add_cloud", &[], &google).is_err());
    }

    #[test]
    fn unknown_members_are_refused_by_v3_only() {
        let body = json!({"selected_resource_type": "instance", "nonsense": 1});
        assert!(checked("v2.query_resources", &[], &body).is_ok());
        assert!(checked("v3.query_resources", &[], &body).is_err());
    }
}
