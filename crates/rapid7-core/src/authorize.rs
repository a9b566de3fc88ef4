//! Credentials onto a request.
//!
//! Headers are made per request and marked sensitive. Default headers of the HTTP client would print
//! in its `Debug` and could not be renewed.

use std::sync::OnceLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::build_error::{BuildError, CredentialProblem};
use crate::credentials::{Callback, Credentials, Kind};
use crate::error::Refusal;
use crate::exchange::set_header;
use crate::operation::{Access, AuthScheme, KeyPlacement, SessionScheme};
use crate::parameter::push_pair;
use crate::request::{is_token, push_cookie};

/// Where a connection has what it presents from.
pub(crate) enum Source {
    None,
    /// The same in every request.
    Fixed(Presented),
    /// A session that begins with a log-in.
    Login(Login),
    /// The program, asked when needed.
    Callback(Callback),
}

/// What requests carry.
#[derive(Clone)]
pub(crate) enum Presented {
    Keys {
        keys: Vec<(Placement, Sendable)>,
        /// Another API that the key is probably one of.
        suspect: Option<&'static str>,
    },
    /// The token of a session.
    Token { header: HeaderName, token: Sendable },
}

/// A secret as it goes into requests; what a header takes is made once.
///
/// That copy is not wiped, and neither are those that each request is made of.
#[derive(Clone)]
pub(crate) struct Sendable {
    text: SecretString,
    value: OnceLock<HeaderValue>,
}

impl Sendable {
    pub(crate) fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    #[inline]
    fn header_value(&self) -> Result<HeaderValue, Refusal> {
        if let Some(value) = self.value.get() {
            return Ok(value.clone());
        }
        let value = sensitive(self.expose())?;
        Ok(self.value.get_or_init(|| value).clone())
    }
}

impl From<SecretString> for Sendable {
    fn from(text: SecretString) -> Self {
        Self {
            text,
            value: OnceLock::new(),
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Placement {
    Header(HeaderName),
    Query(&'static str),
    Cookie(&'static str),
}

/// What a log-in takes.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) path: &'static str,
    pub(crate) header: HeaderName,
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.username == other.username
            && self.password.expose_secret() == other.password.expose_secret()
    }
}

impl Source {
    /// Brings credentials and scheme together, or says that they do not fit.
    pub(crate) fn new(scheme: AuthScheme, credentials: &Credentials) -> Result<Self, BuildError> {
        credentials.check()?;
        let unsupported = || BuildError::CredentialsKind {
            given: credentials.name(),
        };
        let session = || {
            let SessionScheme { login_path, header } = scheme.session.ok_or_else(unsupported)?;
            Ok::<_, BuildError>((login_path, header_name(header)?))
        };
        let keys = match (&credentials.0, scheme.api_key) {
            (Kind::None, _) => return Ok(Self::None),
            (Kind::Callback(callback), _) => return Ok(Self::Callback(callback.clone())),
            (Kind::Session(token), _) => {
                return Ok(Self::Fixed(Presented::Token {
                    header: session()?.1,
                    token: token.clone().into(),
                }));
            }
            (Kind::Login { username, password }, _) => {
                let (path, header) = session()?;
                return Ok(Self::Login(Login {
                    path,
                    header,
                    username: username.clone(),
                    password: password.clone(),
                }));
            }
            (Kind::ApiKey(_), KeyPlacement::All(places)) => return Err(takes_keys(places)),
            (Kind::ApiKey(key), placement) => {
                vec![place_key(placement, key)?.ok_or_else(unsupported)?]
            }
            (Kind::Keys(_), KeyPlacement::None) => return Err(unsupported()),
            (Kind::Keys(keys), KeyPlacement::All(places)) => place_keys(places, keys)?,
            (Kind::Keys(keys), placement) => place_keys(&[placement], keys)?,
            (Kind::Bearer(token), KeyPlacement::Bearer) => vec![authorization("Bearer", token)],
            (Kind::Basic { user, password }, KeyPlacement::Basic) => {
                let pair = SecretString::from(format!("{user}:{}", password.expose_secret()));
                vec![authorization("Basic", &base64(&pair))]
            }
            (Kind::Bearer(_) | Kind::Basic { .. }, _) => return Err(unsupported()),
        };
        let is_foreign =
            matches!(&credentials.0, Kind::ApiKey(key) if is_uuid(key.expose_secret()));
        let suspect = scheme.uuid_keys_of.filter(|_| is_foreign);
        Ok(Self::Fixed(Presented::Keys { keys, suspect }))
    }

    /// Whether requests of this access carry credentials.
    #[inline]
    pub(crate) fn applies_to(&self, access: Access) -> bool {
        !matches!((self, access), (Self::None, _) | (_, Access::Anonymous))
    }
}

impl Presented {
    /// Puts it where an operation of this access looks for it.
    pub(crate) fn apply(&self, http: &mut reqwest::Request, access: Access) -> Result<(), Refusal> {
        match self {
            Self::Keys { .. } if is_for_sessions(access) => Err(Refusal::SessionRequired),
            Self::Keys { keys, .. } => keys
                .iter()
                .try_for_each(|(placement, text)| placement.apply(http, text)),
            Self::Token { header, token } => {
                if let Access::SessionQuery(name) = access {
                    push_query_pair(http.url_mut(), name, token.expose());
                }
                set_header(http, header.clone(), token.header_value()?);
                Ok(())
            }
        }
    }

    pub(crate) fn is_session(&self) -> bool {
        matches!(self, Self::Token { .. })
    }

    /// The other API that the key is probably one of, going by its form.
    pub(crate) fn suspect(&self) -> Option<&'static str> {
        match self {
            Self::Keys { suspect, .. } => *suspect,
            Self::Token { .. } => None,
        }
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Keys { keys: one, .. }, Self::Keys { keys: other, .. }) => {
                one.len() == other.len()
                    && one
                        .iter()
                        .zip(other)
                        .all(|(one, other)| one.0 == other.0 && one.1.expose() == other.1.expose())
            }
            (Self::Token { token: one, .. }, Self::Token { token: other, .. }) => {
                one.expose() == other.expose()
            }
            _ => false,
        }
    }
}

/// Whether only a session will do.
pub(crate) fn is_for_sessions(access: Access) -> bool {
    matches!(access, Access::Session | Access::SessionQuery(_))
}

/// Five groups of hexadecimal digits: 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let mut is_group = |length| {
        groups.next().is_some_and(|group| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    [8, 4, 4, 4, 12].into_iter().all(&mut is_group) && groups.next().is_none()
}

impl Placement {
    pub(crate) fn apply(
        &self,
        http: &mut reqwest::Request,
        secret: &Sendable,
    ) -> Result<(), Refusal> {
        match self {
            Self::Header(name) => {
                set_header(http, name.clone(), secret.header_value()?);
            }
            Self::Query(name) => push_query_pair(http.url_mut(), name, secret.expose()),
            Self::Cookie(name) => {
                let mut cookies = match http.headers().get(COOKIE).map(HeaderValue::to_str) {
                    Some(Ok(given)) => given.to_owned(),
                    _ => String::new(),
                };
                push_cookie(&mut cookies, name, secret.expose());
                set_header(http, COOKIE, sensitive(&cookies)?);
            }
        }
        Ok(())
    }
}

/// A header's value that HTTP libraries neither print nor put into compression tables.
fn sensitive(text: &str) -> Result<HeaderValue, Refusal> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Refusal::UnsendableCredentials)?;
    value.set_sensitive(true);
    Ok(value)
}

fn push_query_pair(url: &mut Url, name: &str, value: &str) {
    let mut query = url.query().unwrap_or_default().to_owned();
    push_pair(&mut query, name, value);
    url.set_query(Some(&query));
}

fn place_key(
    placement: KeyPlacement,
    key: &SecretString,
) -> Result<Option<(Placement, Sendable)>, BuildError> {
    Ok(match placement {
        KeyPlacement::Header(name) => {
            Some((Placement::Header(header_name(name)?), key.clone().into()))
        }
        KeyPlacement::Query(name) => Some((Placement::Query(name), key.clone().into())),
        KeyPlacement::Cookie(name) if !is_token(name) => {
            return Err(BuildError::CookieName(name));
        }
        KeyPlacement::Cookie(name) => Some((Placement::Cookie(name), key.clone().into())),
        KeyPlacement::Bearer => Some(authorization("Bearer", key)),
        KeyPlacement::Basic if key.expose_secret().contains(':') => {
            Some(authorization("Basic", &base64(key)))
        }
        KeyPlacement::Basic => {
            let problem = CredentialProblem::NotUserAndPassword;
            return Err(BuildError::Credentials {
                what: "API key",
                problem,
            });
        }
        KeyPlacement::All(_) | KeyPlacement::None => None,
    })
}

/// Each key to the place of its name; every place gets one.
fn place_keys(
    places: &[KeyPlacement],
    keys: &[(String, SecretString)],
) -> Result<Vec<(Placement, Sendable)>, BuildError> {
    let mut sent = Vec::new();
    for place in places {
        let mut named = keys.iter().filter(|(name, _)| is_called(*place, name));
        match (named.next(), named.next()) {
            (Some((_, key)), None) => sent.extend(place_key(*place, key)?),
            _ => return Err(takes_keys(places)),
        }
    }
    if sent.len() == keys.len() {
        Ok(sent)
    } else {
        Err(takes_keys(places))
    }
}

/// Names the places and not what was given: a key may stand where its name belongs.
fn takes_keys(places: &[KeyPlacement]) -> BuildError {
    let names: Vec<&str> = places.iter().filter_map(|place| name_of(*place)).collect();
    BuildError::Keys {
        names: names.join(", "),
    }
}

fn is_called(place: KeyPlacement, name: &str) -> bool {
    match (place, name_of(place)) {
        (KeyPlacement::Query(own) | KeyPlacement::Cookie(own), _) => own == name,
        (_, Some(own)) => own.eq_ignore_ascii_case(name),
        (_, None) => false,
    }
}

/// Under which name [`Credentials::keys`] gives the key of a place.
fn name_of(place: KeyPlacement) -> Option<&'static str> {
    match place {
        KeyPlacement::Header(name) | KeyPlacement::Query(name) | KeyPlacement::Cookie(name) => {
            Some(name)
        }
        KeyPlacement::Bearer | KeyPlacement::Basic => Some("Authorization"),
        KeyPlacement::All(_) | KeyPlacement::None => None,
    }
}

fn authorization(scheme: &str, text: &SecretString) -> (Placement, Sendable) {
    let text = SecretString::from(format!("{scheme} {}", text.expose_secret()));
    (Placement::Header(AUTHORIZATION), text.into())
}

fn base64(pair: &SecretString) -> SecretString {
    BASE64_STANDARD.encode(pair.expose_secret()).into()
}

fn header_name(name: &'static str) -> Result<HeaderName, BuildError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| BuildError::HeaderName(name))
}

#[cfg(test)]
mod tests {
    use super::is_uuid;

    #[test]
    fn uuids_and_what_looks_like_them() {
        assert!(is_uuid("0f8fad5b-d9cb-469f-a165-70867728950E"));
        for other in [
            "",
            "----",
            "k3y",
            "0f8fad5bd9cb469fa16570867728950e",
            "0f8fad5b-d9cb-469f-a165-70867728950",
            "0f8fad5b-d9cb-469f-a165-70867728950g",
            "0f8fad5b-d9cb-469f-a165-70867728950e-",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }
}
