//! Settings of a connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder};
use tokio::sync::Semaphore;

use crate::authorize::Source;
use crate::base_url::BaseUrl;
use crate::build_error::BuildError;
use crate::connection::{Connection, Inner, Rules};
use crate::credentials::Credentials;
use crate::exchange::Transport;
use crate::mask::Mask;
use crate::network::{Network, Proxies};
use crate::observe::{CallReport, OnCall};
use crate::operation::AuthScheme;
use crate::options::CallOptions;
use crate::pacing::Pacing;
use crate::retry::RetryPolicy;
use crate::session::Session;

/// Keeps a program that starts all its calls at once from opening a socket for each; servers of this kind serve fewer.
const MAX_CONCURRENCY: usize = 64;

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Settings of a [`Connection`]; made by [`Connection::builder`].
///
/// Proxies are taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) and the
/// system's settings, except for a server on this machine; trusted certificates from the system.
/// Redirects are not followed unless asked for, and never to another host, where HTTP clients would carry keys along.
/// `Debug` shows the kind of credentials and no address.
#[must_use]
pub struct ConnectionBuilder {
    auth: AuthScheme,
    base_url: String,
    credentials: Credentials,
    user_agent: Option<String>,
    options: CallOptions,
    max_concurrency: usize,
    rules: Rules,
    on_call: Option<OnCall>,
    allow_insecure_http: bool,
    network: Network,
    http_client: Option<Client>,
}

impl ConnectionBuilder {
    pub(crate) fn new(auth: AuthScheme, base_url: &str, credentials: Credentials) -> Self {
        Self {
            auth,
            base_url: base_url.to_owned(),
            credentials,
            user_agent: None,
            options: CallOptions::new(),
            max_concurrency: MAX_CONCURRENCY,
            rules: Rules::default(),
            on_call: None,
            allow_insecure_http: false,
            network: Network::default(),
            http_client: None,
        }
    }

    /// Names the program, such as `inventory/1.2`, in front of this crate's own `User-Agent`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Longest time to set up a connection, TLS included. Default 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.network.connect_timeout = Some(timeout);
        self
    }

    /// Longest silence while waiting for an answer or the rest of one. Default 60 seconds.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.network.read_timeout = Some(timeout);
        self
    }

    /// Longest time for a call: log-in, all attempts, the waits between them, and reading the answer. Default 300 seconds.
    ///
    /// Full lists are many megabytes, and a server that trickles must still not hold a nightly job for ever. The time
    /// before a call has its place among [`max_concurrency`](Self::max_concurrency) others is not counted.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.timeout(timeout);
        self
    }

    /// How often and how soon a failed call is repeated. Default: [`RetryPolicy::default`].
    pub fn retries(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.retries(policy);
        self
    }

    /// Most calls under way at once; others wait for their turn, in order. Default 64, at least 1.
    ///
    /// A call that waits for a limit or for its next attempt is under way.
    pub fn max_concurrency(mut self, calls: usize) -> Self {
        self.max_concurrency = calls;
        self
    }

    /// Longest answer accepted, in bytes after decompression. Default 64 MiB.
    ///
    /// Above the largest lists, below what would exhaust a small machine. The bodies of failures are cut at 1 MiB.
    pub fn max_answer_bytes(mut self, max: u64) -> Self {
        self.options = self.options.max_answer_bytes(max);
        self
    }

    /// Most memory that one answer may take when it is decoded, in bytes. Default 512 MiB.
    ///
    /// A short answer can be decoded into a thousand times its length, such as a list of empty objects, so that
    /// [`max_answer_bytes`](Self::max_answer_bytes) does not bound memory. What an answer takes is estimated while it is
    /// decoded; a list counts with the room that it needs while it grows. The bytes of the answer and its texts come on top.
    /// With both defaults, one answer takes less than 1 GiB in all.
    ///
    /// An answer that takes more is [`TransportErrorKind::TooMuchMemory`](crate::TransportErrorKind::TooMuchMemory). The limit
    /// also applies to [`Body::json`](crate::Body::json). It holds for each of up to
    /// [`max_concurrency`](Self::max_concurrency) calls.
    pub fn max_decoded_bytes(mut self, max: u64) -> Self {
        self.options = self.options.max_decoded_bytes(max);
        self
    }

    /// Follows redirects, up to 5 for a request, as long as they stay on the scheme, host and port of the base URL.
    /// Default no.
    ///
    /// A request other than GET and HEAD follows 307 and 308 only: for the others, a GET would take its place.
    /// Redirects to other origins are never followed.
    pub fn same_origin_redirects(mut self, follow: bool) -> Self {
        self.rules.redirects = follow;
        self
    }

    /// Refuses every operation that is not a [read](crate::Effect::Read), before anything is sent. Default no.
    ///
    /// Logging in and [`Connection::logout`] stay possible. What counts as a read is known from the operation's
    /// description and not from its HTTP method: many queries are POST requests.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.rules.read_only = read_only;
        self
    }

    /// Refuses operations that the vendor may change without notice
    /// ([`Stability::Prototype`](crate::Stability::Prototype)), before anything is sent. Default no.
    pub fn deny_prototype(mut self, deny: bool) -> Self {
        self.rules.deny_prototype = deny;
        self
    }

    /// Calls a function with a report of each call that has ended, for metrics.
    ///
    /// It runs on the task of the call and should be quick. Reports hold nothing that was sent or received.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// # use rapid7_core::{AuthScheme, Connection, Credentials, KeyPlacement};
    /// # const AUTH: AuthScheme = AuthScheme {
    /// #     api_key: KeyPlacement::Header("Api-Key"), session: None, uuid_keys_of: None,
    /// # };
    ///
    /// let attempts = Arc::new(AtomicU64::new(0));
    /// let counter = Arc::clone(&attempts);
    /// let connection = Connection::builder(AUTH, "https://acme.example", Credentials::api_key("k3y"))
    ///     .on_call(move |report| {
    ///         counter.fetch_add(report.effort().attempts().into(), Ordering::Relaxed);
    ///     })
    ///     .build()?;
    /// # Ok::<(), rapid7_core::BuildError>(())
    /// ```
    pub fn on_call(mut self, observe: impl Fn(&CallReport) + Send + Sync + 'static) -> Self {
        self.on_call = Some(Arc::new(observe));
        self
    }

    /// Allows `http://` to hosts other than this machine: credentials travel in the clear. Default no.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Trusts one or more PEM certificates besides those of the system, for servers behind a private CA.
    pub fn add_root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        let pem = pem.as_ref().to_vec();
        self.network.root_certificates.push(pem);
        self
    }

    /// Shows the server a client certificate: PEM with the certificate, those of its issuers if any, and
    /// the private key, unencrypted.
    pub fn identity(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.network.identity = Some(pem.as_ref().to_vec().into());
        self
    }

    /// Accepts whatever certificate a server shows: expired, for another host, of anyone. Default no.
    ///
    /// **Whoever is in between can then take the credentials and forge answers.** Meant for a trial
    /// against a test instance; [`add_root_certificate`](Self::add_root_certificate) is for all else.
    /// Each [`build`](Self::build) logs a warning, if the feature `tracing` is on.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.network.accept_invalid_certs = accept;
        self
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
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        self.network.proxies = Proxies::Given(url.as_ref().into());
        self
    }

    /// Uses no proxy, whatever environment and system say.
    pub fn no_proxy(mut self) -> Self {
        self.network.proxies = Proxies::Off;
        self
    }

    /// Adjusts the HTTP client that is built in other ways: pool sizes, addresses, versions of TLS.
    ///
    /// Runs after the settings above are applied. Redirects stay off whatever it sets; time limits that it sets hold
    /// beside those of the connection.
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static,
    ) -> Self {
        self.network.configure_http = Some(Box::new(configure));
        self
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
    pub fn http_client(mut self, client: Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// The connection. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for a base URL, credentials or a setting that cannot work.
    pub fn build(self) -> Result<Connection, BuildError> {
        let base = BaseUrl::parse(&self.base_url)?;
        if !base.is_private() && !self.allow_insecure_http {
            return Err(BuildError::InsecureHttp);
        }
        let user_agent = self.user_agent_header()?;
        let mask = Arc::new(Mask::default());
        self.network.teach(&mask);
        let is_given = self.http_client.is_some();
        let silence = (!is_given).then(|| self.network.silence());
        let client = match self.http_client {
            Some(client) => match self.network.first_set() {
                Some(setting) => return Err(BuildError::HttpClientGiven { setting }),
                None => client,
            },
            None => self.network.new_client(base.is_loopback())?,
        };
        let source = Source::new(self.auth, &self.credentials)?;
        self.credentials.teach(&mask);
        let places = self.max_concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let inner = Inner {
            base,
            scheme: self.auth,
            credentials: self.credentials.name(),
            session: Session::new(&source),
            source,
            transport: Transport {
                client,
                user_agent,
                is_given,
                silence,
                mask,
            },
            pacing: Pacing::new(),
            places: Semaphore::new(places),
            rules: self.rules,
            on_call: self.on_call,
        };
        Ok(Connection::new(inner, self.options))
    }

    fn user_agent_header(&self) -> Result<HeaderValue, BuildError> {
        let text = match &self.user_agent {
            Some(product) => format!("{} {USER_AGENT}", product.trim()),
            None => USER_AGENT.to_owned(),
        };
        HeaderValue::from_str(text.trim()).map_err(|_| BuildError::UserAgent)
    }
}

impl fmt::Debug for ConnectionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionBuilder")
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
