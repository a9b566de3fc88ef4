//! The cargo features of generated crates and of the facade, in manifests that people edit too.

use crate::model::Api;
use toml_edit::{Array, DocumentMut, Item, Key, Table, TomlError, Value, value};

/// A feature and what it turns on.
pub type Feature = (String, Vec<String>);

/// The features of a crate by itself: each tag, `full` for all of them, which is the default.
#[must_use]
pub fn of_client(api: &Api) -> Vec<Feature> {
    let tags = api.features();
    let mut features = vec![
        ("default".to_owned(), vec!["full".to_owned()]),
        ("full".to_owned(), tags.clone()),
    ];
    features.extend(tags.into_iter().map(|tag| (tag, Vec::new())));
    features
}

/// The features by which a facade hands on those of a crate: `v2-clouds` for `clouds` of `facade-v2`.
#[must_use]
pub fn of_facade(facade: &str, crate_name: &str, api: &Api) -> Vec<Feature> {
    let rest = crate_name.strip_prefix(facade);
    let version = rest.and_then(|rest| rest.strip_prefix('-'));
    let version = version.unwrap_or(crate_name);
    let tags = api.features().into_iter();
    tags.map(|tag| {
        (
            format!("{version}-{tag}"),
            vec![format!("{crate_name}/{tag}")],
        )
    })
    .collect()
}

/// The manifest with these features of a crate in place of those that were written before.
///
/// They stand below a comment that says so; the section ends with the table, or with the next key that has a comment.
/// What else is in the manifest stays as it is.
///
/// # Errors
///
/// A manifest that is not TOML.
pub fn set(manifest: &str, crate_name: &str, features: &[Feature]) -> Result<String, TomlError> {
    let mut document: DocumentMut = manifest.parse()?;
    let item = document
        .entry("features")
        .or_insert_with(|| Item::Table(Table::new()));
    if let Some(inline) = item.as_inline_table() {
        *item = Item::Table(inline.clone().into_table());
    }
    if let Some(table) = item.as_table_mut() {
        replace(table, crate_name, features);
    }
    Ok(document.to_string())
}

/// The comment that the section begins with.
fn mark(crate_name: &str) -> String {
    format!("# The tags of {crate_name}, written by `cargo xtask generate`. Do not edit.")
}

fn replace(table: &mut Table, crate_name: &str, features: &[Feature]) {
    let mark = &mark(crate_name);
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut found, mut in_section) = (false, false);
    for name in names {
        let Some((key, item)) = table.remove_entry(&name) else {
            continue;
        };
        let comment = comment(&key);
        if comment.contains(mark.as_str()) {
            (found, in_section) = (true, true);
        } else if comment.contains('#') {
            in_section = false;
        }
        // What is written below is not said twice. What somebody added below stays.
        let is_ours = in_section && could_be_written(&name, &item, crate_name);
        let is_replaced = is_ours || features.iter().any(|(other, _)| *other == name);
        match (is_replaced, found) {
            (true, _) => {}
            (false, false) => before.push((key, item)),
            (false, true) => after.push((key, item)),
        }
    }
    let gap = if before.is_empty() { "" } else { "\n" };
    for (key, item) in before {
        table.insert_formatted(&key, item);
    }
    for (index, (name, turns_on)) in features.iter().enumerate() {
        let mut key = Key::new(name.as_str());
        if index == 0 {
            key.leaf_decor_mut().set_prefix(format!("{gap}{mark}\n"));
        }
        table.insert_formatted(&key, value(list(turns_on)));
    }
    for (key, item) in after {
        table.insert_formatted(&key, item);
    }
}

/// Whether a feature looks like one of a tag, or of all tags.
fn could_be_written(name: &str, item: &Item, crate_name: &str) -> bool {
    let is_of_crate = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        let rest = text.strip_prefix(crate_name);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    matches!(name, "default" | "full")
        || item
            .as_array()
            .is_some_and(|values| values.iter().all(is_of_crate))
}

fn comment(key: &Key) -> &str {
    let prefix = key.leaf_decor().prefix();
    prefix
        .and_then(|prefix| prefix.as_str())
        .unwrap_or_default()
}

/// A list, of several values with a line for each.
fn list(values: &[String]) -> Array {
    let mut list: Array = values.iter().map(String::as_str).collect();
    if values.len() > 1 {
        list.iter_mut().for_each(break_line);
        list.set_trailing("\n");
        list.set_trailing_comma(true);
    }
    list
}

fn break_line(value: &mut Value) {
    value.decor_mut().set_prefix("\n    ");
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"[package] # ours
name = "facade"

[features]
default = ["v2", "v3"] # as agreed
v2 = ["facade-v2/full"]

# The tags of facade-v2, written by `cargo xtask generate`. Do not edit.
v2-old = ["facade-v2/old"]
v2-older = ["facade-v2/older"]
mine = ["dep:mine"]

# The tags of facade-v3, written by `cargo xtask generate`. Do not edit.
v3-clouds = ["facade-v3/clouds"]
# Conversions.
jiff = []

[dependencies]
serde = "1"
"#;

    fn feature(name: &str, turns_on: &[&str]) -> Feature {
        (
            name.to_owned(),
            turns_on.iter().map(|&name| name.to_owned()).collect(),
        )
    }

    #[test]
    fn one_section_is_written_and_the_rest_stays() {
        let features = [
            feature("v2-bots", &["facade-v2/bots"]),
            feature("v2-all", &["a", "b"]),
        ];
        // What was added by hand stays, too.
        let expected = MANIFEST.replace(
            "v2-old = [\"facade-v2/old\"]\nv2-older = [\"facade-v2/older\"]\n",
            "v2-bots = [\"facade-v2/bots\"]\nv2-all = [\n    \"a\",\n    \"b\",\n]\n",
        );
        let written = set(MANIFEST, "facade-v2", &features).unwrap();
        assert_eq!(written, expected);
        assert_eq!(set(&written, "facade-v2", &features).unwrap(), written);
    }

    #[test]
    fn a_section_and_a_table_that_are_not_there_are_made() {
        let features = [feature("default", &["full"]), feature("full", &[])];
        let written = set("[package]\nname = \"x\"\n", "x", &features).unwrap();
        assert_eq!(
            written,
            "[package]\nname = \"x\"\n\n[features]\n\
             # The tags of x, written by `cargo xtask generate`. Do not edit.\ndefault = [\"full\"]\nfull = []\n"
        );
        let by_hand = "[features]\ndefault = []\nextra = []\n";
        assert_eq!(
            set(by_hand, "x", &features).unwrap(),
            "[features]\nextra = []\n\n\
             # The tags of x, written by `cargo xtask generate`. Do not edit.\ndefault = [\"full\"]\nfull = []\n"
        );
        let inline = "features = { extra = [] }\n[package]\nname = \"x\"\n";
        let written = set(inline, "x", &features).unwrap();
        let written: DocumentMut = written.parse().unwrap();
        let names: Vec<_> = written["features"]
            .as_table()
            .unwrap()
            .iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["extra", "default", "full"]);
        assert_eq!(written["package"]["name"].as_str(), Some("x"));
        assert!(set("[features", "x", &features).is_err());
    }
}
