//! Settings of a connection.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder};

use crate::authorize::Authorizer;
use crate::base_url::BaseUrl;
use crate::connection::{Connection, Inner};
use crate::credentials::Credentials;
use crate::error::innermost;
use crate::network::{Network, Proxies};
use crate::operation::AuthScheme;
use crate::send::Transport;
use crate::session::Session;

/// Full lists are many megabytes; a server that trickles must still not hold a nightly job for ever.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Well above the largest lists, well below what would exhaust a small machine.
const MAX_ANSWER_BYTES: u64 = 256 * 1024 * 1024;

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Settings of a [`Connection`]; made by [`Connection::builder`].
///
/// Proxies are taken from the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) and the
/// system's settings, except for a server on this machine; trusted certificates from the system.
/// Redirects are not followed, since HTTP clients carry API keys along to other hosts.
/// `Debug` shows the kind of credentials and no address.
#[must_use]
pub struct ConnectionBuilder {
    auth: AuthScheme,
    base_url: String,
    credentials: Credentials,
    user_agent: Option<String>,
    timeout: Option<Duration>,
    max_answer_bytes: u64,
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
            timeout: None,
            max_answer_bytes: MAX_ANSWER_BYTES,
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

    /// Longest time for one request, from connecting to the last byte. Default 300 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Longest answer accepted, in bytes after decompression. Default 256 MiB.
    pub fn max_answer_bytes(mut self, max: u64) -> Self {
        self.max_answer_bytes = max;
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
    /// Runs after the settings above are applied. Redirects stay off whatever it sets.
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
    /// * time to connect and silence while reading, for which `reqwest` itself has no limit; the time for
    ///   a request too, unless [`timeout`](Self::timeout) is set;
    /// * redirects, encodings such as gzip, cookies, headers of its own, pool, versions of HTTP.
    ///
    /// The settings for these are refused. What stays: credentials and where they may go, the
    /// `User-Agent`, the check of `http://`, and the limit on the length of answers.
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
        let client = match self.http_client {
            Some(client) => match self.network.first_set() {
                Some(setting) => return Err(BuildError::HttpClientGiven { setting }),
                None => client,
            },
            None => self
                .network
                .new_client(self.timeout.unwrap_or(TIMEOUT), base.is_loopback())?,
        };
        let transport = Transport {
            client,
            user_agent,
            timeout: self.timeout,
            max_answer_bytes: self.max_answer_bytes,
        };
        let credentials = self.credentials.name();
        let authorizer = Authorizer::new(self.auth, &self.credentials)?;
        let session = Session::default();
        Ok(Connection::new(Inner {
            base,
            credentials,
            authorizer,
            session,
            transport,
        }))
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

/// Why a connection cannot be built. Neither the base URL nor credentials are quoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is not a URL.
    #[error("the base URL is not valid: {0}")]
    BaseUrl(String),
    /// The base URL has no scheme.
    #[error("the base URL has no scheme; put https:// in front of it")]
    BaseUrlWithoutScheme,
    /// The base URL has a scheme other than `https` and `http`.
    #[error("the base URL must begin with https:// (or http:// for this machine)")]
    BaseUrlScheme,
    /// The base URL holds a user name or password.
    #[error("the base URL holds a user name or password; pass them as credentials")]
    BaseUrlUserinfo,
    /// The base URL has a query or a fragment.
    #[error("the base URL must end before `?` and `#`")]
    BaseUrlQuery,
    /// The base URL is `http://` to another machine.
    #[error(
        "the base URL would send credentials unencrypted; use https://, or allow_insecure_http(true)"
    )]
    InsecureHttp,
    /// The credentials cannot be sent.
    #[error("the {what} {problem}")]
    Credentials {
        /// Which of them.
        what: &'static str,
        /// What is wrong with it.
        problem: CredentialProblem,
    },
    /// The API does not take credentials of this kind.
    #[error("the API does not take credentials of this kind: {given}")]
    CredentialsKind {
        /// The kind given.
        given: &'static str,
    },
    /// The API takes several keys, and others were given.
    #[error("the API takes one key for each of: {names}; give them with Credentials::keys")]
    Keys {
        /// Names of the headers, query parameters and cookies, with commas between them.
        names: String,
    },
    /// The API's description names a header that cannot exist.
    #[error("`{0}` is not a header name; the API's description is wrong")]
    HeaderName(&'static str),
    /// The user agent contains what a header cannot hold.
    #[error("the user agent must be printable ASCII")]
    UserAgent,
    /// A root certificate is not one, or not PEM.
    #[error("a root certificate is not in PEM form (-----BEGIN CERTIFICATE-----)")]
    RootCertificate,
    /// The client certificate cannot be used. Nothing of it is quoted.
    #[error("the identity {0}")]
    Identity(IdentityProblem),
    /// The proxy is not a URL. It is not quoted, since it may hold a password.
    #[error(
        "the proxy is not a URL such as http://proxy.example:3128; special characters of a password \
         must be percent-encoded"
    )]
    ProxyUrl,
    /// The proxy's URL has a scheme that is not known.
    #[error(
        "the proxy must begin with http://, https://, socks4://, socks4a://, socks5:// or socks5h://"
    )]
    ProxyScheme,
    /// A setting that has no effect on an HTTP client that was handed in.
    #[error("{setting} has no effect on a given HTTP client; set it there or drop http_client")]
    HttpClientGiven {
        /// Name of the setter.
        setting: &'static str,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {}", innermost(.0))]
    HttpClient(#[source] reqwest::Error),
}

/// What is wrong with a client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityProblem {
    /// There is no certificate in it.
    #[error("holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// There is no private key in it.
    #[error(
        "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----); join both files into one"
    )]
    NoKey,
    /// The private key needs a password.
    #[error("holds an encrypted private key; decrypt it first, for example with `openssl pkey`")]
    EncryptedKey,
    /// The text between the PEM markers cannot be read.
    #[error("is not in PEM form throughout")]
    NotPem,
    /// The private key is not of the certificate, or either is of a kind that is not known.
    #[error("cannot be used: the private key is of another certificate, or of an unknown kind")]
    Unusable,
}

/// What is wrong with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialProblem {
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// A line end or other control character within.
    #[error("contains a line end or another control character; is it one line of the right file?")]
    ControlCharacter,
    /// Letters that a header cannot hold.
    #[error("contains characters outside ASCII; was it copied with typographic quotes or dashes?")]
    NotAscii,
    /// A colon, which would begin the password.
    #[error("contains a colon")]
    ColonInUser,
    /// The API takes `user:password`.
    #[error("must have the form user:password")]
    NotUserAndPassword,
}
