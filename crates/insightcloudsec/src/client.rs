//! The clients of all versions over one connection.

use std::fmt;

use rapid7_core::{
    Access, AuthScheme, Body, CallOptions, Confidence, Connection, Credentials, Effect, Error,
    KeyPlacement, LoginError, Method, Operation, SessionScheme, Stability,
};

use crate::builder::Builder;
use crate::env::EnvError;

/// How the product authenticates: header `Api-Key` for keys, `X-Auth-Token` for sessions.
pub const AUTH: AuthScheme = AuthScheme {
    api_key: KeyPlacement::Header("Api-Key"),
    session: Some(SessionScheme {
        login_path: "/v2/public/user/login",
        header: "X-Auth-Token",
    }),
    uuid_keys_of: Some("the Command Platform"),
};

/// Ends the session. Described here so that it needs no feature; v2's `logout` is the same operation.
static LOGOUT: Operation = Operation {
    name: "logout",
    id: "logout",
    method: Method::POST,
    path: "/v2/public/user/logout",
    tag: "Authentication",
    summary: "End the current session",
    effect: Effect::Idempotent,
    stability: Stability::Public,
    confidence: Some(Confidence::High),
    access: Access::Credentials,
    accept: "application/json, */*;q=0.5",
    success: &[],
    session_ended: &[],
    paging: None,
};

/// One instance of InsightCloudSec, with a client for each version of its API.
///
/// Make one for each instance and user, and clone it freely: clones share connection, session and
/// limits. `Debug` shows the address and the kind of credentials.
///
/// ```
/// use insightcloudsec::{Credentials, InsightCloudSec};
///
/// let ics = InsightCloudSec::builder("https://acme.example", Credentials::api_key("k3y")).build()?;
/// assert!(!format!("{ics:?}").contains("k3y"));
/// # Ok::<(), insightcloudsec::BuildError>(())
/// ```
#[derive(Clone)]
pub struct InsightCloudSec {
    connection: Connection,
    #[cfg(feature = "insightcloudsec-v2")]
    v2: crate::v2::Client,
    #[cfg(feature = "insightcloudsec-v3")]
    v3: crate::v3::Client,
    #[cfg(feature = "insightcloudsec-v4")]
    v4: crate::v4::Client,
}

impl InsightCloudSec {
    /// Starts with the address of the instance, such as `https://acme.example`, and credentials.
    ///
    /// The address is the one of the console, without the `/v2` of the paths. Nothing is checked or
    /// sent before [`Builder::build`].
    pub fn builder(base_url: impl AsRef<str>, credentials: Credentials) -> Builder {
        Builder::new(base_url.as_ref(), credentials)
    }

    /// Reads address and credentials from the environment; see [`builder_from_env`] for the variables.
    ///
    /// # Errors
    ///
    /// [`EnvError`] names the variable that is missing or does not work.
    ///
    /// [`builder_from_env`]: Self::builder_from_env
    pub fn from_env() -> Result<Self, EnvError> {
        Ok(Self::builder_from_env()?.build()?)
    }

    /// Starts with address and credentials from the environment, for further settings.
    ///
    /// | variable | |
    /// |---|---|
    /// | `INSIGHTCLOUDSEC_URL` | address of the instance, required |
    /// | `INSIGHTCLOUDSEC_API_KEY` | an API key; wins over user name and password |
    /// | `INSIGHTCLOUDSEC_USERNAME`, `INSIGHTCLOUDSEC_PASSWORD` | a local user, where there is no key |
    ///
    /// A variable that holds nothing but white space counts as missing. Proxies come from the usual
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    ///
    /// # Errors
    ///
    /// [`EnvError`] names the variable that is missing or is not Unicode.
    pub fn builder_from_env() -> Result<Builder, EnvError> {
        crate::env::builder(|name| std::env::var_os(name))
    }

    /// The clients over a connection that was built with [`AUTH`].
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self {
            #[cfg(feature = "insightcloudsec-v2")]
            v2: crate::v2::Client::new(connection.clone()),
            #[cfg(feature = "insightcloudsec-v3")]
            v3: crate::v3::Client::new(connection.clone()),
            #[cfg(feature = "insightcloudsec-v4")]
            v4: crate::v4::Client::new(connection.clone()),
            connection,
        }
    }

    /// The operations of the v2 document: most of the product.
    #[cfg(feature = "insightcloudsec-v2")]
    #[must_use]
    pub fn v2(&self) -> &crate::v2::Client {
        &self.v2
    }

    /// The operations of the v3 document: resource search, scans of templates, vulnerabilities.
    #[cfg(feature = "insightcloudsec-v3")]
    #[must_use]
    pub fn v3(&self) -> &crate::v3::Client {
        &self.v3
    }

    /// The operations of the v4 document: findings of a cloud account, AWS configuration, scan reports.
    ///
    /// Most of them are unverified; see each one's confidence.
    #[cfg(feature = "insightcloudsec-v4")]
    #[must_use]
    pub fn v4(&self) -> &crate::v4::Client {
        &self.v4
    }

    /// The same instance, with other settings for the calls made through what is returned.
    ///
    /// Session, sockets and pauses stay shared. Settings that the options leave open are as here. For the calls of one
    /// version only, its own `Client::with_options` does the same.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self::new(self.connection.with_options(options))
    }

    /// The connection that carries all calls.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Logs in now, to learn at start-up whether user name and password work.
    ///
    /// Not needed otherwise: the first call that needs a session logs in. Does nothing while a session
    /// is open, and for keys and sessions that the program gave. A password that was refused before is tried anew.
    ///
    /// # Errors
    ///
    /// [`LoginError`] where the server refuses, cannot be reached or answers with something else.
    pub async fn login(&self) -> Result<(), LoginError> {
        self.connection.login().await
    }

    /// Ends the session on the server, for all clones of this value.
    ///
    /// Without it a session lasts until its timeout. Does nothing while no session is open, and for
    /// API keys. A later call logs in anew; with [`Credentials::session`], whose token is spent, it
    /// fails with 401.
    ///
    /// # Errors
    ///
    /// [`Error`] where the server cannot be reached or fails. This side forgets the session all the
    /// same.
    pub async fn logout(&self) -> Result<(), Error<Body>> {
        self.connection.logout(&LOGOUT).await
    }
}

impl fmt::Debug for InsightCloudSec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InsightCloudSec")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn scheme_and_logout_are_those_of_the_documents() {
        #[cfg(feature = "insightcloudsec-v2")]
        assert_eq!(super::AUTH, crate::v2::AUTH);
        #[cfg(any(feature = "v2", feature = "v2-authentication"))]
        assert_eq!(super::LOGOUT, crate::v2::operations::LOGOUT);
        #[cfg(feature = "insightcloudsec-v3")]
        assert_eq!(super::AUTH, crate::v3::AUTH);
        #[cfg(feature = "insightcloudsec-v4")]
        assert_eq!(super::AUTH, crate::v4::AUTH);
    }
}
