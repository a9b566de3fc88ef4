//! The client crates behind one type.

use crate::calls::{Failure, Outcome, Sample};
use crate::generated;
use insightcloudsec_v2 as v2;
use insightcloudsec_v3 as v3;
use insightcloudsec_v4 as v4;
use rapid7_core::{AuthScheme, Connection, Credentials, Operation, RetryPolicy, StatusCode};

/// A client of one version.
pub enum Client {
    /// Of v2.
    V2(v2::Client),
    /// Of v3.
    V3(v3::Client),
    /// Of v4.
    V4(v4::Client),
}

impl Client {
    /// The client of the crate with this name.
    ///
    /// # Errors
    ///
    /// There is no such crate, or the address cannot be one.
    #[allow(
        clippy::redundant_closure_for_method_calls,
        reason = "the method's type is of a crate that is no dependency here"
    )]
    pub fn new(crate_name: &str, url: &str, credentials: Credentials) -> Result<Self, String> {
        let connect = |auth: AuthScheme| {
            let builder = Connection::builder(auth, url, credentials).retries(RetryPolicy::never());
            // What the environment names as a proxy is not asked for this machine's own ports.
            let builder = builder.configure_http(|http| http.no_proxy());
            builder.build().map_err(|error| error.to_string())
        };
        Ok(match crate_name {
            "insightcloudsec-v2" => Self::V2(v2::Client::new(connect(v2::AUTH)?)),
            "insightcloudsec-v3" => Self::V3(v3::Client::new(connect(v3::AUTH)?)),
            "insightcloudsec-v4" => Self::V4(v4::Client::new(connect(v4::AUTH)?)),
            unknown => return Err(format!("there is no client crate `{unknown}`")),
        })
    }

    /// Its own table of operations.
    pub fn operations(&self) -> &'static [&'static Operation] {
        match self {
            Self::V2(_) => v2::OPERATIONS,
            Self::V3(_) => v3::OPERATIONS,
            Self::V4(_) => v4::OPERATIONS,
        }
    }

    /// Sends the operation with this id, with all parameters and the body.
    ///
    /// # Errors
    ///
    /// A value of the sample is not there or does not fit, or the call fails.
    pub async fn call(&self, operation: &str, sample: &Sample) -> Result<StatusCode, String> {
        status(match self {
            Self::V2(client) => {
                generated::insightcloudsec_v2::call(operation, client, sample).await
            }
            Self::V3(client) => {
                generated::insightcloudsec_v3::call(operation, client, sample).await
            }
            Self::V4(client) => {
                generated::insightcloudsec_v4::call(operation, client, sample).await
            }
        })
    }

    /// Sends the operation without optional parameters, and without a body that is optional.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn call_minimal(
        &self,
        operation: &str,
        sample: &Sample,
    ) -> Result<StatusCode, String> {
        status(match self {
            Self::V2(client) => {
                generated::insightcloudsec_v2::call_minimal(operation, client, sample).await
            }
            Self::V3(client) => {
                generated::insightcloudsec_v3::call_minimal(operation, client, sample).await
            }
            Self::V4(client) => {
                generated::insightcloudsec_v4::call_minimal(operation, client, sample).await
            }
        })
    }
}

/// The status of an answer that decoded, or what the error says.
fn status(called: Result<Outcome, Failure>) -> Result<StatusCode, String> {
    called
        .map(|outcome| outcome.status)
        .map_err(|failure| failure.text)
}
