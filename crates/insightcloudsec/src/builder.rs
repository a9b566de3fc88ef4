//! Settings of the connection.

use std::fmt;
use std::time::Duration;

use rapid7_core::{
    BuildError, CallReport, Connection, ConnectionBuilder, Credentials, RetryPolicy,
};

use crate::client::{AUTH, InsightCloudSec};

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Settings of an [`InsightCloudSec`]; made by [`InsightCloudSec::builder`].
///
/// The defaults suit an unattended job. Proxies are taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`,
/// `ALL_PROXY`, `NO_PROXY`) and the system's settings, except for a server on this machine; trusted
/// certificates from the system. Redirects are not followed unless asked for, and never to another host.
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

    /// Longest time for a call: log-in, all attempts, the waits between them, and reading the answer. Default 300 seconds.
    ///
    /// The time before a call has its place among [`max_concurrency`](Self::max_concurrency) others is not counted.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|connection| connection.timeout(timeout))
    }

    /// How often and how soon a failed call is repeated. Default: [`RetryPolicy::default`].
    pub fn retries(self, policy: RetryPolicy) -> Self {
        self.map(|connection| connection.retries(policy))
    }

    /// Most calls under way at once; others wait for their turn, in order. Default 64, at least 1.
    pub fn max_concurrency(self, calls: usize) -> Self {
        self.map(|connection| connection.max_concurrency(calls))
    }

    /// Longest answer accepted, in bytes after decompression. Default 64 MiB.
    pub fn max_answer_bytes(self, max: u64) -> Self {
        self.map(|connection| connection.max_answer_bytes(max))
    }

    /// Most memory that one answer may take when it is decoded, in bytes. Default 512 MiB. A short answer can be decoded into a
    /// thousand times its length.
    pub fn max_decoded_bytes(self, max: u64) -> Self {
        self.map(|connection| connection.max_decoded_bytes(max))
    }

    /// Follows redirects, up to 5 for a request, as long as they stay on the scheme, host and port of the address.
    /// Default no.
    ///
    /// A request other than GET and HEAD follows 307 and 308 only: for the others, a GET would take its place.
    pub fn same_origin_redirects(self, follow: bool) -> Self {
        self.map(|connection| connection.same_origin_redirects(follow))
    }

    /// Refuses every operation that is not a [read](crate::Effect::Read), before anything is sent. Default no.
    ///
    /// Logging in and [`InsightCloudSec::logout`] stay possible. What counts as a read is known from the operation's
    /// description and not from its HTTP method: many queries are POST requests.
    pub fn read_only(self, read_only: bool) -> Self {
        self.map(|connection| connection.read_only(read_only))
    }

    /// Refuses operations that the vendor may change without notice, before anything is sent. Default no.
    ///
    /// Many everyday operations are of that kind; see [`Stability::Prototype`](crate::Stability::Prototype).
    pub fn deny_prototype(self, deny: bool) -> Self {
        self.map(|connection| connection.deny_prototype(deny))
    }

    /// Calls a function with a report of each call that has ended, for metrics. It runs on the task of the call.
    pub fn on_call(self, observe: impl Fn(&CallReport) + Send + Sync + 'static) -> Self {
        self.map(|connection| connection.on_call(observe))
    }

    /// Allows `http://` to hosts other than this machine: credentials travel in the clear. Default no.
    pub fn allow_insecure_http(self, allow: bool) -> Self {
        self.map(|connection| connection.allow_insecure_http(allow))
    }

    /// Trusts one or more PEM certificates besides those of the system, for servers behind a private CA.
    pub fn add_root_certificate(self, pem: impl AsRef<[u8]>) -> Self {
        self.map(|connection| connection.add_root_certificate(pem))
    }

    /// Shows the server a client certificate: PEM with the certificate, those of its issuers if any, and
    /// the private key, unencrypted.
    pub fn identity(self, pem: impl AsRef<[u8]>) -> Self {
        self.map(|connection| connection.identity(pem))
    }

    /// Accepts whatever certificate a server shows: expired, for another host, of anyone. Default no.
    ///
    /// **Whoever is in between can then take the credentials and forge answers.** Meant for a trial
    /// against a test instance; [`add_root_certificate`](Self::add_root_certificate) is for all else.
    /// Each [`build`](Self::build) logs a warning.
    pub fn danger_accept_invalid_certs(self, accept: bool) -> Self {
        self.map(|connection| connection.danger_accept_invalid_certs(accept))
    }

    /// Sends all requests through a proxy: `http://proxy.example:3128`.
    ///
    /// The schemes are `http` (if there is none), `https`, and `socks4`, `socks5`, or `socks4a`, `socks5h`
    /// for names that the proxy looks up. User name and password go before the host,
    /// `http://user:password@proxy.example`, with their special characters percent-encoded; they are
    /// never shown.
    ///
    /// The proxy comes in place of those of environment and system, but not for the hosts that the
    /// environment excludes in `NO_PROXY`. A proxy sees the host of `https://` requests and nothing of
    /// their content; of `http://` requests it sees all, credentials included. The last of this and
    /// [`no_proxy`](Self::no_proxy) counts.
    pub fn proxy(self, url: impl AsRef<str>) -> Self {
        self.map(|connection| connection.proxy(url))
    }

    /// Uses no proxy, whatever environment and system say.
    pub fn no_proxy(self) -> Self {
        self.map(ConnectionBuilder::no_proxy)
    }

    /// Adjusts the HTTP client that is built in other ways: pool sizes, addresses, versions of TLS.
    ///
    /// Runs after the settings above are applied. Redirects stay off whatever it sets; time limits that it sets hold
    /// beside those of the connection.
    pub fn configure_http(
        self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        self.map(|connection| connection.configure_http(configure))
    }

    /// Uses an HTTP client that exists already, to share its pool. Prefer
    /// [`configure_http`](Self::configure_http).
    ///
    /// It **must not follow redirects** (`reqwest::redirect::Policy::none()`), or it carries keys to
    /// other hosts; answers reached by a redirect are refused, but only after the fact.
    ///
    /// What this builder does not decide any more, and the client does as it was built:
    ///
    /// * trust, client certificate and versions of TLS;
    /// * proxies, even for a server on this machine;
    /// * time to connect and silence while reading, for which `reqwest` itself has no limit;
    /// * redirects, encodings such as gzip, cookies, headers of its own, pool, versions of HTTP.
    ///
    /// The settings for these are refused. What stays: credentials and where they may go, the
    /// `User-Agent`, the check of `http://`, attempts and waits, and the limits on the time of a call and the
    /// length of its answer.
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
