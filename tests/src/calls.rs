//! What the generated calls have in common: the values they send, and what becomes of the answers.

use insightcloudsec_v3::types::ScanIacAnswer;
use rapid7_core::{Body, DecodeError, Error, Refusal, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error as _;
use std::fmt;

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

/// An answer that decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its status.
    pub status: StatusCode,
    /// The decoded value, written as JSON again; a body without a documented shape is its text.
    pub value: Value,
}

/// A call without a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What kind it is of.
    pub kind: FailureKind,
    /// Status of the answer, if there was one.
    pub status: Option<StatusCode>,
    /// What the error says, with its causes.
    pub text: String,
}

/// The kinds of [`Failure`] that tests tell apart.
#[derive(Debug, Clone, PartialEq)]
pub enum FailureKind {
    /// A failure in the documented shape, as JSON.
    Answer(Value),
    /// A failure in another shape.
    UnexpectedStatus,
    /// A result in another shape than the documented one.
    Decode {
        /// Where it does not fit; empty for the whole body.
        path: String,
        /// What does not fit there.
        message: String,
    },
    /// The request was not sent, for this reason.
    Refused(Refusal),
    /// There was no answer, or no such operation.
    Other,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self {
            kind: FailureKind::Other,
            status: None,
            text,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Failure {
    /// The error, with its documented body as JSON.
    pub(crate) fn new<E: fmt::Debug>(error: &Error<E>, answer: Option<Value>) -> Self {
        let kind = match (error, answer) {
            (Error::Answer { .. }, answer) => FailureKind::Answer(answer.unwrap_or_default()),
            (Error::UnexpectedStatus { .. }, _) => FailureKind::UnexpectedStatus,
            (Error::Decode { error, .. }, _) => Self::misfit(error),
            (Error::Refused { reason, .. }, _) => FailureKind::Refused(*reason),
            _ => FailureKind::Other,
        };
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self {
            kind,
            status: error.status(),
            text,
        }
    }

    fn misfit(error: &DecodeError) -> FailureKind {
        FailureKind::Decode {
            path: error.misfit().path().to_owned(),
            message: error.misfit().message().to_owned(),
        }
    }
}

/// A decoded value whose type is known only where the call is.
pub(crate) struct Decoded<'a, T>(pub(crate) &'a T);

/// Of values that are JSON. Preferred to [`Unwritten`], which takes a reference more.
pub(crate) trait Written {
    fn json(&self) -> Value;
}

impl<T: Serialize> Written for Decoded<'_, T> {
    fn json(&self) -> Value {
        serde_json::to_value(self.0).expect("what was JSON is JSON again")
    }
}

/// Of answers that cannot be written as JSON by themselves.
pub(crate) trait Unwritten {
    fn json(&self) -> Value;
}

impl Unwritten for &Decoded<'_, Body> {
    fn json(&self) -> Value {
        Value::String(self.0.text().into_owned())
    }
}

impl Unwritten for &Decoded<'_, ScanIacAnswer> {
    fn json(&self) -> Value {
        match self.0 {
            ScanIacAnswer::Ok(scan)
            | ScanIacAnswer::Accepted(scan)
            | ScanIacAnswer::NotAcceptable(scan) => Decoded(scan).json(),
            other => panic!("a verdict that nobody has documented: {other:?}"),
        }
    }
}

/// What came of a call: an [`Outcome`] or a [`Failure`], with the values as JSON.
macro_rules! outcome {
    ($result:expr) => {{
        #[allow(unused_imports, reason = "which of them applies is up to the type")]
        use crate::calls::{Decoded, Unwritten, Written};
        match $result {
            Ok(answer) => Ok(Outcome {
                status: answer.status(),
                value: (&Decoded(answer.value())).json(),
            }),
            Err(error) => {
                let answer = error.answer().map(|answer| (&Decoded(answer)).json());
                Err(Failure::new(&error, answer))
            }
        }
    }};
}

pub(crate) use outcome;
