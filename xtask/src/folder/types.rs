//! `types.toml`: the lock of type names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use super::toml_problem::toml_problem;
use crate::problem::Problem;
use crate::source::Source;

const HEAD: &str = "\
# Names of the generated types, by where each is used. Written by `cargo xtask generate`.
#
# It locks the names: a type keeps its name when the document is replaced, and one whose place is gone frees it.
# To rename a type, change its name here and generate again.
";

/// `types.toml`: names of types by where each is used, as `GET /v2/public/clouds/list 200 .clouds[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypesToml {
    /// Place of use to name of type.
    pub by_location: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    types: BTreeMap<String, String>,
}

impl TypesToml {
    /// Parses the file.
    ///
    /// # Errors
    ///
    /// A syntax error, or a table other than `[types]`.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Problem>> {
        let raw: Raw =
            toml::from_str(&source.text).map_err(|error| vec![toml_problem(source, &error)])?;
        Ok(Self {
            by_location: raw.types,
        })
    }
}

impl fmt::Display for TypesToml {
    /// The whole file: head comment, then one line a place, sorted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        f.write_str("[types]\n")?;
        for (location, name) in &self.by_location {
            let key = toml_edit::Value::from(location.as_str());
            let value = toml_edit::Value::from(name.as_str());
            writeln!(f, "{key} = {value}")?;
        }
        Ok(())
    }
}
