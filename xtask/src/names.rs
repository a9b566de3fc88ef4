//! Legal, readable Rust names from the names of a document.

use crate::crate_names::is_device;
use crate::schema::flag;
use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Extension of an object schema: members that it does not list are kept, and written back.
pub const KEEP_UNKNOWN: &str = "x-keep-unknown";

/// The field that they are in.
pub const EXTRA: &str = "extra";

/// Keywords that cannot stand alone as a snake-case name, of all editions, and the names that methods of generated
/// types use themselves.
const RESERVED: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Names that a builder or a client has already.
const TAKEN: [&str; 9] = [
    "new",
    "send",
    "send_as",
    "client",
    "body_as",
    "other_body",
    "connection",
    "with_options",
    "clone",
];

/// Type names that would hide those of the prelude or the runtime in generated code.
const PRELUDE: [&str; 33] = [
    "Self",
    "String",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "Box",
    "Default",
    "From",
    "TryFrom",
    "Into",
    "TryInto",
    "ToString",
    "Client",
    "Error",
    "Answer",
    "Request",
    "Body",
    "Secret",
    "Style",
    "ConversionError",
    "Given",
    "Misfit",
    "Received",
    "Operation",
    "Connection",
    "CallOptions",
    "BTreeMap",
    "Serialize",
    "Deserialize",
];

/// Feature names that mean something else: to cargo, to every generated crate, or as the name of what it depends on.
const FEATURES: [&str; 4] = ["default", "full", "serde", "rapid7-core"];

/// Longest name of a feature, in bytes, before a number makes it unique: registries take 64.
const LONGEST_FEATURE: usize = 56;

/// Longest name, in bytes, before a number makes it unique.
const LONGEST: usize = 200;

/// Longest name of a module, in bytes, before a number makes it unique: its path is to stay well below the 260 characters
/// that Windows takes.
const LONGEST_MODULE: usize = 64;

/// A type name in `PascalCase`.
#[must_use]
pub fn type_name(text: &str) -> String {
    let mut name = variant_name(text);
    if PRELUDE.contains(&name.as_str()) {
        name.push_str("Value");
    }
    name
}

/// The name of an enum's variant: a type name that nothing else can hide.
#[must_use]
pub fn variant_name(text: &str) -> String {
    let mut name = ascii(text).to_pascal_case();
    name.truncate(LONGEST);
    if name.is_empty() {
        "Unnamed".clone_into(&mut name);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'N');
    }
    if name == "Self" {
        name.push_str("Value");
    }
    name
}

/// The Rust name of each member of an object schema, by its name on the wire, in order.
#[must_use]
pub fn member_names(schema: &Value) -> Vec<(String, String)> {
    let mut taken = Taken::default();
    if flag(schema, KEEP_UNKNOWN)
        || schema
            .get("additionalProperties")
            .is_some_and(|extra| *extra != Value::Bool(false))
    {
        // What the object holds besides goes into a field of this name.
        taken.insert(EXTRA);
    }
    let members = schema.get("properties").and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .map(|(wire, _)| (unique(legal_value_name(wire), &mut taken), wire.clone()))
        .collect()
}

/// A method, module or parameter name in `snake_case`.
#[must_use]
pub fn value_name(text: &str) -> String {
    let mut name = legal_value_name(text);
    if TAKEN.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

fn legal_value_name(text: &str) -> String {
    let mut name = ascii(text).to_snake_case();
    name.truncate(LONGEST);
    let end = name.trim_end_matches('_').len();
    name.truncate(end);
    if name.is_empty() {
        "unnamed".clone_into(&mut name);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'n');
    }
    if name == "gen" {
        // typify knows no keyword of edition 2024, and takes an underscore at the end away.
        "gen_value".clone_into(&mut name);
    }
    if RESERVED.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// Whether a name is a word of the language, in any edition.
#[must_use]
pub fn is_keyword(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The name of a module, which is also that of its file: unlike all that are `taken`, on every file system.
pub fn module_name(text: &str, taken: &mut Taken) -> String {
    let mut name = value_name(text);
    name.truncate(LONGEST_MODULE);
    if is_device(&name) {
        name.push('_');
    }
    let mut unique_name = unique(name.as_str(), taken);
    // A number may make a device of a name.
    while is_device(&unique_name) {
        unique_name = unique(name.as_str(), taken);
    }
    unique_name
}

/// The name of a cargo feature in `kebab-case`; one that is reserved ends in `-tag`.
#[must_use]
pub fn feature_name(tag: &str) -> String {
    let name = legal_value_name(tag);
    let mut name = name.trim_end_matches('_').replace('_', "-");
    name.truncate(LONGEST_FEATURE);
    let end = name.trim_end_matches('-').len();
    name.truncate(end);
    if FEATURES.contains(&name.as_str()) {
        name.push_str("-tag");
    }
    name
}

/// Names that are taken.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    names: BTreeSet<String>,
    /// The number from which on the next one for a name is looked for: all lower ones are taken.
    next: BTreeMap<String, usize>,
}

impl Taken {
    /// Whether a name is taken.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Takes a name, if it is free.
    pub fn insert(&mut self, name: impl Into<String>) -> bool {
        self.names.insert(name.into())
    }
}

impl<T: Into<String>> Extend<T> for Taken {
    fn extend<I: IntoIterator<Item = T>>(&mut self, names: I) {
        self.names.extend(names.into_iter().map(Into::into));
    }
}

impl<T: Into<String>> FromIterator<T> for Taken {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        let mut taken = Self::default();
        taken.extend(names);
        taken
    }
}

/// The name, or the name with the lowest number that makes it unique; it is taken from then on.
///
/// However many names are equal, each number is tried once for all of them.
pub fn unique(name: impl Into<String>, taken: &mut Taken) -> String {
    let name = name.into();
    if taken.insert(name.as_str()) {
        return name;
    }
    let mut number = taken.next.get(&name).copied().unwrap_or(2);
    let chosen = loop {
        let numbered = format!("{name}{number}");
        number += 1;
        if taken.insert(numbered.as_str()) {
            break numbered;
        }
    };
    taken.next.insert(name, number);
    chosen
}

/// Most characters that are wrong, missing or too many in a misspelt name, however long it is.
const MOST_MISSPELT: usize = 4;

/// The one of some names that is almost the same as another, as a misspelt one is: a third of the characters may differ, and
/// at most four.
#[must_use]
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let length = lower.chars().count();
    names
        .filter_map(|other| {
            let most = (other.len().min(name.len()) / 3).min(MOST_MISSPELT);
            let other_lower = other.to_lowercase();
            // Each character more or less is a step of the distance, which takes much longer to tell.
            if other_lower.chars().count().abs_diff(length) > most {
                return None;
            }
            let distance = strsim::osa_distance(&other_lower, &lower);
            (distance <= most).then_some((distance, other))
        })
        .min()
        .map(|(_, other)| other)
}

/// Acronyms that a change of case would tear apart.
const ACRONYMS: [(&str, &str); 6] = [
    ("IaC", "Iac"),
    ("OAuth", "Oauth"),
    ("GitHub", "Github"),
    ("DevOps", "Devops"),
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
];

/// Letters, digits and separators only; symbols that tell names apart are spelled out.
fn ascii(text: &str) -> String {
    let text = ACRONYMS
        .iter()
        .filter(|(from, _)| text.contains(from))
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c),
            '+' => out.push_str(" plus "),
            '<' => out.push_str(" lt "),
            '>' => out.push_str(" gt "),
            '=' => out.push_str(" eq "),
            '*' => out.push_str(" star "),
            '@' => out.push_str(" at "),
            '#' => out.push_str(" hash "),
            '%' => out.push_str(" percent "),
            '&' => out.push_str(" and "),
            '!' => out.push_str(" not "),
            _ => out.push(' '),
        }
    }
    out
}

/// The singular of an English plural, good enough to name the item of a list.
#[must_use]
pub fn singular(word: &str) -> String {
    let word = word.to_owned();
    for (plural, single) in [
        ("ies", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
    ] {
        if let Some(stem) = word.strip_suffix(plural) {
            return format!("{stem}{single}");
        }
    }
    let plain =
        word.len() > 2 && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    match word.strip_suffix('s') {
        Some(stem) if plain => stem.to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_near_another_that_it_is_a_misspelling_of() {
        let names = ["Cloud", "Badge", "CreateServiceAccountRequestWithOptions"];
        let near = |name: &str| nearest(name, names.into_iter());
        assert_eq!(near("Clod"), Some("Cloud"));
        assert_eq!(near("CLUOD"), Some("Cloud"));
        assert_eq!(near("Clip"), None);
        let long = "CreateServiceAcountRequestWihtOption";
        assert_eq!(near(long), Some("CreateServiceAccountRequestWithOptions"));
        // A third of the characters may differ, but not of a long name.
        assert_eq!(near("CreateServiceAccountRequestOptions"), Some(names[2]));
        assert_eq!(near("CreateServiceAccountRequestOption"), None);
    }

    #[test]
    fn names_are_legal_and_readable() {
        for (text, expected) in [
            ("Cloud", "Cloud"),
            ("AddAWSCloudAccountRequest", "AddAwsCloudAccountRequest"),
            ("CreateBadge(s)", "CreateBadgeS"),
            ("2fa", "N2fa"),
            ("<=", "LtEq"),
            ("«»", "Unnamed"),
            ("String", "StringValue"),
        ] {
            assert_eq!(type_name(text), expected, "{text}");
        }
        for (text, expected) in [
            ("log key", "log_key"),
            ("type", "type_"),
            ("resourceTypes", "resource_types"),
            ("send", "send_"),
        ] {
            assert_eq!(value_name(text), expected, "{text}");
        }
    }

    #[test]
    fn features_are_legal_and_not_reserved() {
        for (tag, expected) in [
            ("API keys", "api-keys"),
            ("IaC", "iac"),
            ("snake_case", "snake-case"),
            ("2FA", "n2fa"),
            ("type", "type"),
            ("dep:serde", "dep-serde"),
            ("Straße / Café", "stra-e-caf"),
            ("«»", "unnamed"),
            ("", "unnamed"),
            ("Default", "default-tag"),
            ("FULL", "full-tag"),
            ("serde", "serde-tag"),
        ] {
            assert_eq!(feature_name(tag), expected, "{tag}");
        }
        let long = feature_name(&"long name ".repeat(20));
        assert!(
            long.len() <= LONGEST_FEATURE && !long.ends_with('-'),
            "{long}"
        );
    }

    #[test]
    fn a_name_is_given_once() {
        let mut taken = Taken::default();
        let names: Vec<_> = ["Tag", "Tag", "Tag"]
            .into_iter()
            .map(|name| unique(name.to_owned(), &mut taken))
            .collect();
        assert_eq!(names, ["Tag", "Tag2", "Tag3"]);
    }

    #[test]
    fn singulars() {
        for (plural, single) in [
            ("policies", "policy"),
            ("clouds", "cloud"),
            ("status", "status"),
            ("access", "access"),
        ] {
            assert_eq!(singular(plural), single);
        }
    }
}
