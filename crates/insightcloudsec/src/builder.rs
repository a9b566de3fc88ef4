//! Settings of the connection.

use std::fmt;
use std::time::Duration;

use rapid7_core::{BuildError, Connection, ConnectionBuilder, Credentials};

use crate::client::{AUTH, InsightCloudSec};

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Settings of an [`InsightCloudSec`]; made by [`InsightCloudSec::builder`].
///
/// The defaults suit an unattended job. Proxies are taken from the environment (`HTTPS_PROXY`,
/// `ALL_PROXY`, `NO_PROXY`) and the system's settings, trusted certificates from the system. Redirects
/// are not followed, since HTTP clients carry API keys along to other hosts.
///
/// ```
/// use insightcloudsec::{Credentials, InsightCloudSec};
/// use std::time::Duration;
///
/// let ics = InsightCloudSec::builder("https://acme.example", Credentials::api_key("k3y"))
///     .user_agent("inventory/1.2")
///     .read_timeout(Duration::from_secs(120))
///     .build()?;
/// # Ok::<(), insightcloudsec::BuildError>(())
/// ```
#[must_use]
pub struct Builder {
    connection: ConnectionBuilder,
}

impl Builder {
    pub(crate) fn new(base_url: &str, credentials: Credentials) -> Self {
        let connection = Connection::builder(AUTH, base_url, credentials).user_agent(USER_AGENT);
        Self { connection }
    }

    /// Names the program, such as `inventory/1.2`, in front of this crate's own `User-Agent`.
    pub fn user_agent(self, product: impl AsRef<str>) -> Self {
        let user_agent = format!("{} {USER_AGENT}", product.as_ref().trim());
        self.map(|connection| connection.user_agent(user_agent.trim_start()))
    }

    /// Longest time to set up a connection, TLS included. Default 10 seconds.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.map(|connection| connection.connect_timeout(timeout))
    }

    /// Longest silence while waiting for an answer or the rest of one. Default 60 seconds.
    pub fn read_timeout(self, timeout: Duration) -> Self {
        self.map(|connection| connection.read_timeout(timeout))
    }

    /// Longest time for one request, from connecting to the last byte. Default 300 seconds.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|connection| connection.timeout(timeout))
    }

    /// Longest answer accepted, in bytes after decompression. Default 256 MiB.
    pub fn max_answer_bytes(self, max: u64) -> Self {
        self.map(|connection| connection.max_answer_bytes(max))
    }

    /// Allows `http://` to hosts other than this machine: credentials travel in the clear. Default no.
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        self.map(|connection| connection.allow_insecure_http(allow))
    }

    /// Trusts one or more PEM certificates besides those of the system, for servers behind a private CA.
    pub fn add_root_certificate(self, pem: impl AsRef<[u8]>) -> Self {
        self.map(|connection| connection.add_root_certificate(pem))
    }

    /// Adjusts the HTTP client that is built: a proxy, a client certificate, pool sizes.
    ///
    /// Runs after the settings above are applied. Redirects stay off whatever it sets.
    pub fn configure_http(
        self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.map(|connection| connection.configure_http(configure))
    }

    /// Uses an HTTP client that exists already, to share its pool.
    ///
    /// It **must not follow redirects** (`reqwest::redirect::Policy::none()`), or it carries keys to
    /// other hosts; answers reached by a redirect are refused, but only after the fact. Prefer
    /// [`configure_http`](Self::configure_http). The client keeps its own timeouts unless
    /// [`timeout`](Self::timeout) is set; the settings that only a new client can take are refused.
    pub fn http_client(self, client: reqwest::Client) -> Self {
        self.map(|connection| connection.http_client(client))
    }

    /// The clients of all versions. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for an address, credentials or a setting that cannot work.
    pub fn build(self) -> Result<InsightCloudSec, BuildError> {
        self.connection.build().map(InsightCloudSec::new)
    }

    fn map(self, set: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder) -> Self {
        Self {
            connection: set(self.connection),
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Builder").field(&self.connection).finish()
    }
}
