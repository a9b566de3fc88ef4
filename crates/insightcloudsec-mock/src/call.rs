//! A request that was routed, allowed and found valid.

use serde_json::Value;

use crate::auth::Identity;
use crate::catalog::Operation;
use crate::reply::Failure;

/// What a handler sees of a request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'a Operation,
    /// Decoded path parameters, by name.
    pub(crate) parameters: Vec<(String, String)>,
    /// Decoded query parameters.
    pub(crate) query: Vec<(String, String)>,
    /// The JSON body; null if there is none.
    pub(crate) body: Value,
    /// Who asks; none for operations open to all.
    pub(crate) identity: Option<Identity>,
    /// The `Accept` header, or nothing.
    pub(crate) accept: String,
}

impl Call<'_> {
    /// A path parameter; every template has the names that its handler asks for.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        find(&self.parameters, name).unwrap_or_default()
    }

    /// The value of the first path parameter.
    pub(crate) fn first_parameter(&self) -> &str {
        self.parameters
            .first()
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// Text in the body; nothing where the member is absent or of another type.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }

    /// The texts of an array in the body.
    pub(crate) fn texts(&self, member: &str) -> Vec<String> {
        let texts = self.body[member].as_array().into_iter().flatten();
        texts
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    }

    /// The numbers of an array in the body.
    pub(crate) fn integers(&self, member: &str) -> Vec<i64> {
        self.body[member]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_i64)
            .collect()
    }

    /// `page`, from 1, and `page_size` of the query string.
    pub(crate) fn page(
        &self,
        default_size: usize,
        max_size: usize,
    ) -> Result<(usize, usize), Failure> {
        let read = |name, default: usize, max: usize| {
            let Some(text) = self.query_value(name) else {
                return Ok(default);
            };
            let number = text
                .parse()
                .ok()
                .filter(|number| (1..=max).contains(number));
            number.ok_or_else(|| {
                Failure::member("query", name, format!("Must be a number from 1 to {max}."))
            })
        };
        Ok((
            read("page", 1, usize::MAX)?,
            read("page_size", default_size, max_size)?,
        ))
    }

    /// The user who asks; 0, which no user has, where credentials are not needed.
    pub(crate) fn user_id(&self) -> i64 {
        self.identity
            .as_ref()
            .map(|identity| identity.user_id)
            .unwrap_or_default()
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}
