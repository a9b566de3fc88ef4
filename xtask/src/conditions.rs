//! Which features compile which files of a generated crate, read from the conditions on `mod` lines.

use std::collections::{BTreeMap, BTreeSet};
use syn::{Attribute, Item, LitStr};

/// The features of which one is enough, by module; without any, the module is always there.
#[derive(Default)]
pub(crate) struct Conditions(BTreeMap<String, BTreeSet<String>>);

impl Conditions {
    /// Reads the `mod` lines of a file of this path, as `types/mod.rs`.
    pub(crate) fn read(&mut self, path: &str, items: &[Item]) {
        let Some(folder) = path.strip_suffix("mod.rs") else {
            return;
        };
        for item in items {
            if let Item::Mod(module) = item {
                let features = features(&module.attrs);
                self.0.insert(format!("{folder}{}", module.ident), features);
            }
        }
    }

    /// The features of a file of this path.
    pub(crate) fn of(&self, path: &str) -> BTreeSet<String> {
        let module = path.strip_suffix(".rs").unwrap_or(path);
        let module = module.strip_suffix("/mod").unwrap_or(module);
        self.0.get(module).cloned().unwrap_or_default()
    }

    /// All features that are named.
    pub(crate) fn all(self) -> BTreeSet<String> {
        self.0.into_values().flatten().collect()
    }
}

/// The features in `cfg(feature = "a")` and `cfg(any(feature = "a", ..))`.
fn features(attributes: &[Attribute]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in attributes.iter().filter(|each| each.path().is_ident("cfg")) {
        // What cannot be parsed is no condition that the generator writes.
        let _ = attribute.parse_nested_meta(|meta| nested(&meta, &mut found));
    }
    found
}

fn nested(meta: &syn::meta::ParseNestedMeta<'_>, found: &mut BTreeSet<String>) -> syn::Result<()> {
    if meta.path.is_ident("any") {
        return meta.parse_nested_meta(|meta| nested(&meta, found));
    }
    if meta.path.is_ident("feature") {
        found.insert(meta.value()?.parse::<LitStr>()?.value());
    }
    Ok(())
}
