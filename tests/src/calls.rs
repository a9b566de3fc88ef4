//! What the generated calls have in common: the values they send, and what becomes of the answers.

use rapid7_core::{Answer, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error;
use std::fmt::Write as _;

/// The values of one request: `parameters` by their names on the wire, and `body`.
pub struct Sample(pub Value);

impl Sample {
    /// A parameter as its type.
    ///
    /// # Errors
    ///
    /// The value is not there or does not fit.
    pub fn parameter<T: DeserializeOwned>(&self, name: &str) -> Result<T, String> {
        let value = self.0["parameters"].get(name);
        let value = value.ok_or_else(|| format!("the sample has no parameter `{name}`"))?;
        serde_json::from_value(value.clone())
            .map_err(|error| format!("parameter `{name}` is {value}: {error}"))
    }

    /// The body as its type.
    ///
    /// # Errors
    ///
    /// The value does not fit.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, String> {
        let body = &self.0["body"];
        serde_json::from_value(body.clone()).map_err(|error| format!("body {body}: {error}"))
    }
}

/// The status of an answer that decoded, or the error with its causes.
pub(crate) fn status<T, E: Error>(result: Result<Answer<T>, E>) -> Result<StatusCode, String> {
    let error = match result {
        Ok(answer) => return Ok(answer.status()),
        Err(error) => error,
    };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a `String` does not fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    Err(text)
}
