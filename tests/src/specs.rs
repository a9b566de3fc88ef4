//! The specification folders, as far as tests need them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use toml::Table;

/// The crates that are generated, each from the folder of the same name under `specs/`.
pub const CRATES: [&str; 3] = [
    "insightcloudsec-v2",
    "insightcloudsec-v3",
    "insightcloudsec-v4",
];

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// What `operations.toml` says of an operation.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Method and path, parameter names erased: `GET /v2/x/{}/list`.
    pub key: String,
    /// Name of the method.
    pub name: String,
    /// Wire names of members and parameters that hold secrets; `$answer` is the answer itself.
    pub secrets: Vec<String>,
}

/// The entries of a crate's `operations.toml`.
pub fn entries(crate_name: &str) -> Vec<Entry> {
    let path = workspace()
        .join("specs")
        .join(crate_name)
        .join("operations.toml");
    let table: Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let entry = |(key, value): (String, toml::Value)| Entry {
        key,
        name: text(&value["name"]),
        secrets: value.get("secrets").map_or_else(Vec::new, |list| {
            list.as_array().unwrap().iter().map(text).collect()
        }),
    };
    table.into_iter().map(entry).collect()
}

/// Every name in a `secrets` list of any crate, `$answer` aside.
pub fn secret_names() -> BTreeSet<String> {
    CRATES
        .iter()
        .flat_map(|name| entries(name))
        .flat_map(|entry| entry.secrets)
        .filter(|name| name != "$answer")
        .collect()
}

/// Method and path with parameter names erased, as the keys of `operations.toml` are.
pub fn key(method: &str, path: &str) -> String {
    let mut key = format!("{method} ");
    let mut inside = false;
    for c in path.chars() {
        inside = inside && c != '}';
        if !inside {
            key.push(c);
        }
        inside = inside || c == '{';
    }
    key
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_have_no_parameter_names() {
        assert_eq!(key("GET", "/v2/a/{id}/b{x}c"), "GET /v2/a/{}/b{}c");
    }
}
