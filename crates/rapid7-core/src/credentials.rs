//! What a program proves its identity with.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::build_error::{BuildError, CredentialProblem};
use crate::mask::Mask;

/// What a program proves its identity with: a key, a user with password, or a session.
///
/// Opaque, and never printed: `Debug` and `Display` name the kind only. White space around keys and
/// tokens and line ends after passwords are dropped, as they come from files and environment variables;
/// anything else that cannot be sent is refused by
/// [`ConnectionBuilder::build`](crate::ConnectionBuilder::build).
///
/// ```
/// use rapid7_core::Credentials;
///
/// let credentials = Credentials::login("ada", "pa55word");
/// assert_eq!(format!("{credentials:?}"), "Credentials(login)");
/// ```
#[derive(Clone)]
pub struct Credentials(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    None,
    ApiKey(SecretString),
    /// Keys by the name of the place where each goes.
    Keys(Vec<(String, SecretString)>),
    Bearer(SecretString),
    Basic {
        user: String,
        password: SecretString,
    },
    Login {
        username: String,
        password: SecretString,
    },
    Session(SecretString),
    Callback(Callback),
}

/// Why a program has no credentials to give.
pub(crate) type CallbackError = Box<dyn std::error::Error + Send + Sync>;

type Given = Pin<Box<dyn Future<Output = Result<Credentials, CallbackError>> + Send>>;

/// A program's own way to credentials.
#[derive(Clone)]
pub(crate) struct Callback(Arc<dyn Fn() -> Given + Send + Sync>);

impl Callback {
    pub(crate) async fn ask(&self) -> Result<Credentials, CallbackError> {
        (self.0)().await
    }
}

impl Credentials {
    /// An API key. It goes where the API family expects it.
    #[must_use]
    pub fn api_key(key: impl Into<String>) -> Self {
        Self(Kind::ApiKey(trimmed(key.into())))
    }

    /// Several keys for an API that takes them together, each with the name of the header, query parameter or cookie
    /// that it goes into.
    ///
    /// What goes into `Authorization` has that name: a bearer token, or `user:password`. Names of headers are told
    /// apart without regard to case. [`ConnectionBuilder::build`](crate::ConnectionBuilder::build) refuses a missing
    /// key, one too many, and a name that the API does not have.
    ///
    /// ```
    /// use rapid7_core::Credentials;
    ///
    /// let credentials = Credentials::keys([("X-Api-Key", "k3y"), ("X-Application-Key", "0ther")]);
    /// assert_eq!(format!("{credentials:?}"), "Credentials(API keys)");
    /// ```
    #[must_use]
    pub fn keys<N, K>(keys: impl IntoIterator<Item = (N, K)>) -> Self
    where
        N: Into<String>,
        K: Into<String>,
    {
        let keys = keys.into_iter();
        Self(Kind::Keys(
            keys.map(|(name, key)| (name.into().trim().to_owned(), trimmed(key.into())))
                .collect(),
        ))
    }

    /// A user name and password. The connection logs in before the first request that needs it.
    #[must_use]
    pub fn login(username: impl Into<String>, password: impl Into<String>) -> Self {
        let username = username.into().trim().to_owned();
        Self(Kind::Login {
            username,
            password: without_line_end(password.into()),
        })
    }

    /// The token of a session that is open already. When it ends, calls fail with 401: it is not renewed.
    #[must_use]
    pub fn session(token: impl Into<String>) -> Self {
        Self(Kind::Session(trimmed(token.into())))
    }

    /// A user name and password sent with every request as HTTP Basic authentication.
    #[must_use]
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        let user = user.into().trim().to_owned();
        Self(Kind::Basic {
            user,
            password: without_line_end(password.into()),
        })
    }

    /// A bearer token.
    #[must_use]
    pub fn bearer(token: impl Into<String>) -> Self {
        Self(Kind::Bearer(trimmed(token.into())))
    }

    /// Credentials that the program hands out when asked: from a vault, or a file whose key is replaced at times.
    ///
    /// Asked before the first request that needs them, and again when the server refuses what was given last (401),
    /// once for all calls that are under way. Where it then gives others, the call is repeated with those; where it
    /// gives the same, the refusal is returned. Given a [`login`](Self::login), the connection keeps the session until
    /// that ends, and asks again before it logs in anew. The time it takes counts as the call's.
    ///
    /// ```
    /// use rapid7_core::Credentials;
    ///
    /// let credentials = Credentials::callback(|| async {
    ///     let key = std::fs::read_to_string("/run/secrets/api-key")?;
    ///     Ok::<_, std::io::Error>(Credentials::api_key(key))
    /// });
    /// assert_eq!(format!("{credentials:?}"), "Credentials(callback)");
    /// ```
    #[must_use]
    pub fn callback<A, F, E>(ask: A) -> Self
    where
        A: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<Self, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Self(Kind::Callback(Callback(Arc::new(move || {
            let given = ask();
            Box::pin(async move { given.await.map_err(Into::into) })
        }))))
    }

    /// No credentials: for operations open to all, or behind a gateway that adds them.
    #[must_use]
    pub fn none() -> Self {
        Self(Kind::None)
    }

    /// The kind, in words.
    pub(crate) fn name(&self) -> &'static str {
        match self.0 {
            Kind::None => "none",
            Kind::ApiKey(_) => "API key",
            Kind::Keys(_) => "API keys",
            Kind::Bearer(_) => "bearer token",
            Kind::Basic { .. } => "user and password",
            Kind::Login { .. } => "login",
            Kind::Session(_) => "session token",
            Kind::Callback(_) => "callback",
        }
    }

    /// Has these secrets hidden in what a server sends.
    pub(crate) fn teach(&self, mask: &Mask) {
        match &self.0 {
            Kind::None | Kind::Callback(_) => {}
            Kind::Keys(keys) => keys.iter().for_each(|(_, key)| mask.learn(key)),
            Kind::ApiKey(secret) | Kind::Bearer(secret) | Kind::Session(secret) => {
                mask.learn(secret);
                // A user and password, for APIs that take Basic authentication.
                if let Some((_, password)) = secret.expose_secret().split_once(':') {
                    mask.learn(&password.into());
                }
            }
            Kind::Basic { password, .. } | Kind::Login { password, .. } => mask.learn(password),
        }
    }

    /// Refuses what no header can carry, so that the first request is not the one to find out.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let check = |what, text: &str, ascii_only: bool| {
            let problem = if text.is_empty() {
                CredentialProblem::Empty
            } else if text.chars().any(char::is_control) {
                CredentialProblem::ControlCharacter
            } else if ascii_only && !text.is_ascii() {
                CredentialProblem::NotAscii
            } else {
                return Ok(());
            };
            Err(BuildError::Credentials { what, problem })
        };
        match &self.0 {
            Kind::None | Kind::Callback(_) => Ok(()),
            Kind::ApiKey(secret) | Kind::Bearer(secret) | Kind::Session(secret) => {
                check(self.name(), secret.expose_secret(), true)
            }
            Kind::Keys(keys) => keys
                .iter()
                .try_for_each(|(_, key)| check("API key", key.expose_secret(), true)),
            Kind::Login { username, password } => {
                check("user name", username, false)?;
                check("password", password.expose_secret(), false)
            }
            Kind::Basic { user, password } => {
                check("user name", user, false)?;
                check("password", password.expose_secret(), false)?;
                if user.contains(':') {
                    let problem = CredentialProblem::ColonInUser;
                    return Err(BuildError::Credentials {
                        what: "user name",
                        problem,
                    });
                }
                Ok(())
            }
        }
    }
}

/// Copies into a buffer of its own and wipes the one given.
fn trimmed(text: String) -> SecretString {
    let given = SecretString::from(text);
    given.expose_secret().trim().into()
}

/// White space is legal in passwords; a line end comes from the file that holds one.
fn without_line_end(text: String) -> SecretString {
    let given = SecretString::from(text);
    given.expose_secret().trim_end_matches(['\r', '\n']).into()
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.name())
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
