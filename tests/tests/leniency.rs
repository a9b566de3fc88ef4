//! No generated type refuses a value that the server may send: what the code must not hold is looked for in its source,
//! and unions are asked to read what each of their alternatives writes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;
use syn::visit::{self, Visit};
use tests::sample::sample_of;
use tests::specs::{CRATES, workspace};
use tests::surface::{Shape, Surface, Variant};

/// Types that hold less than JSON does, or refuse text of another form.
const NARROW: [&str; 26] = [
    "i8",
    "i16",
    "i32",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "isize",
    "f32",
    "char",
    "Uuid",
    "uuid",
    "chrono",
    "time",
    "DateTime",
    "NaiveDate",
    "NaiveDateTime",
    "Date",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "Url",
    "SocketAddr",
    "Duration",
];

/// What is wrong with the types of a file, each by its name.
#[derive(Default)]
struct Findings {
    found: Vec<String>,
    seen: usize,
}

impl Findings {
    fn attributes(&mut self, name: &syn::Ident, attributes: &[syn::Attribute], is_enum: bool) {
        for attribute in attributes {
            let text = match &attribute.meta {
                syn::Meta::List(list) => list.tokens.to_string(),
                _ => continue,
            };
            let says = |word: &str| {
                text.split(|c: char| c != '_' && !c.is_alphanumeric())
                    .any(|part| part == word)
            };
            if is_enum && attribute.path().is_ident("derive") && says("Deserialize") {
                self.found.push(format!("{name} is a closed enum"));
            }
            for word in ["untagged", "deny_unknown_fields"] {
                if attribute.path().is_ident("serde") && says(word) {
                    self.found.push(format!("{name} is {word}"));
                }
            }
        }
    }

    fn types(&mut self, name: &syn::Ident, fields: &syn::Fields) {
        for field in fields {
            let mut idents = Idents::default();
            idents.visit_type(&field.ty);
            for ident in idents.0 {
                if NARROW.contains(&ident.as_str()) || ident.starts_with("NonZero") {
                    self.found.push(format!("{name} holds {ident}"));
                }
            }
        }
    }
}

/// The names in a type.
#[derive(Default)]
struct Idents(Vec<String>);

impl<'ast> Visit<'ast> for Idents {
    fn visit_ident(&mut self, ident: &'ast syn::Ident) {
        self.0.push(ident.to_string());
    }
}

impl<'ast> Visit<'ast> for Findings {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.seen += 1;
        self.attributes(&item.ident, &item.attrs, false);
        self.types(&item.ident, &item.fields);
        // A wrapper is made where a document restricts a scalar, and its constructor checks.
        if matches!(item.fields, syn::Fields::Unnamed(_)) {
            self.found.push(format!("{} wraps a value", item.ident));
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.seen += 1;
        self.attributes(&item.ident, &item.attrs, true);
        for variant in &item.variants {
            self.attributes(&item.ident, &variant.attrs, false);
            self.types(&item.ident, &variant.fields);
        }
        visit::visit_item_enum(self, item);
    }
}

fn walk(folder: &Path, findings: &mut Findings) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // Builders hold what their types hold.
        if path.is_dir() && !path.ends_with("builder") {
            walk(&path, findings);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            findings.visit_file(&syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap());
        }
    }
}

#[test]
fn no_type_refuses_what_json_can_hold() {
    for crate_name in CRATES {
        let mut findings = Findings::default();
        let types = workspace()
            .join("crates")
            .join(crate_name)
            .join("src/generated/types");
        walk(&types, &mut findings);
        println!("{crate_name}: {} types", findings.seen);
        let known = Surface::of(crate_name).types.len();
        assert_eq!(
            findings.seen, known,
            "{crate_name}: not all types were seen"
        );
        assert_eq!(findings.found, [""; 0], "{crate_name}");
    }
}

#[test]
fn the_walk_finds_what_it_looks_for() {
    let code = r"
        #[derive(Clone, Deserialize)] pub enum Closed { A }
        #[serde(untagged)] pub enum Untagged { A(String) }
        #[serde(deny_unknown_fields)] pub struct Strict { pub a: String }
        pub struct Narrow { pub a: Option<std::num::NonZeroU32>, pub b: Vec<i32>, pub c: uuid::Uuid }
        pub struct Checked(String);
        pub struct Fine { pub a: Option<i64>, pub b: rapid7_core::Timestamp }
    ";
    let mut findings = Findings::default();
    findings.visit_file(&syn::parse_str(code).unwrap());
    assert_eq!(
        findings.found,
        [
            "Closed is a closed enum",
            "Untagged is untagged",
            "Strict is deny_unknown_fields",
            "Narrow holds NonZeroU32",
            "Narrow holds i32",
            "Narrow holds uuid",
            "Narrow holds Uuid",
            "Checked wraps a value",
        ]
    );
}

/// Unions end in a variant for any value.
fn unions(surface: &Surface) -> BTreeSet<String> {
    let any = |variant: &Variant| variant.content.len() == 1 && variant.content[0].name == "Value";
    surface
        .types
        .iter()
        .filter(|(_, definition)| match &definition.shape {
            Shape::Enum { variants, .. } => variants.last().is_some_and(any),
            _ => false,
        })
        .map(|(name, _)| name.clone())
        .collect()
}

/// Reads a sample of each alternative; each must be told for what it is, and written as it was read.
fn told_apart<T: DeserializeOwned + Serialize + Debug>(surface: &Surface, name: &str) {
    let Shape::Enum { variants, .. } = &surface.types[name].shape else {
        panic!("{name} is no enum");
    };
    let (_, alternatives) = variants.split_last().unwrap();
    for variant in alternatives {
        let value = sample_of(surface, &variant.content[0], "s3cret");
        let read: T = serde_json::from_value(value.clone()).unwrap();
        let shown = format!("{read:?}");
        let (taken, _) = shown.split_once('(').unwrap();
        assert_eq!(taken, variant.name, "{name}: {value}");
        assert_eq!(serde_json::to_value(&read).unwrap(), value, "{name}");
    }
}

macro_rules! told_apart {
    ($crate_name:literal, $module:ident: $($name:ident),*) => {{
        let surface = Surface::of($crate_name);
        let named = BTreeSet::from([$(stringify!($name).to_owned()),*]);
        assert_eq!(unions(&surface), named, "the unions of {}", $crate_name);
        $(told_apart::<$module::types::$name>(&surface, stringify!($name));)*
    }};
}

#[test]
fn no_alternative_takes_the_value_of_another() {
    told_apart!(
        "insightcloudsec-v2",
        insightcloudsec_v2: BadgeFilter, BotScheduleOrText, CloudCreationParams, CountOrCounts, JobNameOrDuration, TextOrTexts
    );
    told_apart!("insightcloudsec-v3", insightcloudsec_v3: IacResourceType, TextOrTexts);
    let v4 = Surface::of("insightcloudsec-v4");
    assert_eq!(unions(&v4), BTreeSet::new(), "the unions of v4");
}
