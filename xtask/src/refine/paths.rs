//! Writes paths the way a person would: `Option<String>`, not `::std::option::Option<::std::string::String>`.

use syn::visit_mut::{self, VisitMut};
use syn::{Item, Macro, Path};

/// Modules of `std` and what the prelude has of each; no generated type is called like one of them.
const PRELUDE: [(&str, &str); 10] = [
    ("option", "Option"),
    ("string", "String"),
    ("vec", "Vec"),
    ("boxed", "Box"),
    ("default", "Default"),
    ("result", "Result"),
    ("convert", "From"),
    ("convert", "Into"),
    ("convert", "TryFrom"),
    ("convert", "TryInto"),
];

/// Shortens all paths of the items.
pub(super) fn shorten(items: &mut [Item]) {
    for item in items {
        Shorten.visit_item_mut(item);
    }
}

/// Shortens the paths of one type.
pub(super) fn shorten_type(ty: &mut syn::Type) {
    Shorten.visit_type_mut(ty);
}

struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let keep_last = match names.as_slice() {
            ["std", module, last] if PRELUDE.contains(&(*module, *last)) => 1,
            ["std", "collections", "BTreeMap"] => 1,
            ["std", "option", "Option", _]
            | ["std", "vec", "Vec", _]
            | ["std", "default", "Default", _]
            | ["std", "collections", "BTreeMap", _]
            | ["crate", "types", _] => 2,
            ["serde" | "serde_json" | "rapid7_core" | "std", ..] => names.len(),
            _ => return,
        };
        path.leading_colon = None;
        let skip = path.segments.len() - keep_last;
        path.segments = std::mem::take(&mut path.segments)
            .into_iter()
            .skip(skip)
            .collect();
    }

    fn visit_macro_mut(&mut self, _: &mut Macro) {}

    // Derives and serde attributes are written by the passes that own them.
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}
