//! `types.toml`: the lock of type names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::toml_problem::toml_problem;
use crate::names::type_name;
use crate::problem::{Problem, ProblemKind};
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
    types: BTreeMap<String, Spanned<String>>,
}

impl TypesToml {
    /// Parses the file.
    ///
    /// # Errors
    ///
    /// A syntax error, a table other than `[types]`, or one problem for each name that no generated type can have.
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Problem>> {
        let raw: Raw =
            toml::from_str(&source.text).map_err(|error| vec![toml_problem(source, &error)])?;
        let problems: Vec<Problem> = raw
            .types
            .values()
            .filter(|name| type_name(name.as_ref()) != *name.as_ref())
            .map(|name| {
                let message = format!("`{}` is not the name of a type", name.as_ref());
                Problem::error(ProblemKind::InvalidName, message)
                    .in_file(source)
                    .span(name.span())
                    .help(format!("write `{}`", type_name(name.as_ref())))
            })
            .collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let types = raw.types.into_iter();
        Ok(Self {
            by_location: types
                .map(|(place, name)| (place, name.into_inner()))
                .collect(),
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
