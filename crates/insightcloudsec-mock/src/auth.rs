//! Keys, passwords and sessions.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use hyper::HeaderMap;

use crate::random::Random;
use crate::reply::Failure;

/// Length of the product's keys, as far as seen.
pub(crate) const KEY_LENGTH: usize = 51;

const KEY_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// Who sent a request, and the session if it was not a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user_id: i64,
    pub(crate) session: Option<Session>,
}

/// A token, which `Debug` does not show.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Session(pub(crate) String);

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session")
    }
}

/// A session that was opened by a login.
#[derive(Debug, Clone, Copy)]
struct OpenSession {
    user_id: i64,
    began: Instant,
    calls: u64,
}

/// How sessions end and how logins go, besides the plain way.
#[derive(Debug, Clone, Default)]
pub(crate) struct LoginRules {
    /// Time from the login on.
    pub(crate) lifetime: Option<Duration>,
    /// Calls that a session serves.
    pub(crate) calls: Option<u64>,
    /// Wrong passwords in a row that lock an account.
    pub(crate) lock_after: Option<u64>,
    pub(crate) second_factor: bool,
    pub(crate) tells_expiration: bool,
    pub(crate) tells_seconds: bool,
}

/// The credentials that are good at the moment. A user has one key at most.
#[derive(Default)]
pub(crate) struct Access {
    keys: BTreeMap<i64, String>,
    passwords: BTreeMap<i64, String>,
    sessions: BTreeMap<Session, OpenSession>,
    pub(crate) rules: LoginRules,
    /// Sessions that were opened so far.
    pub(crate) logins: u64,
    /// Logins that were refused so far.
    pub(crate) refused_logins: u64,
}

impl Access {
    pub(crate) fn set_key(&mut self, user_id: i64, key: String) {
        self.keys.insert(user_id, key);
    }

    pub(crate) fn remove_key(&mut self, user_id: i64) {
        self.keys.remove(&user_id);
    }

    pub(crate) fn has_key(&self, user_id: i64) -> bool {
        self.keys.contains_key(&user_id)
    }

    pub(crate) fn set_password(&mut self, user_id: i64, password: String) {
        self.passwords.insert(user_id, password);
    }

    pub(crate) fn password_is(&self, user_id: i64, password: &str) -> bool {
        self.passwords
            .get(&user_id)
            .is_some_and(|known| known == password)
    }

    /// Ends the sessions of the user and makes new ones impossible.
    pub(crate) fn remove_password(&mut self, user_id: i64) {
        self.passwords.remove(&user_id);
        self.end_sessions_of(user_id);
    }

    pub(crate) fn remove_user(&mut self, user_id: i64) {
        self.remove_key(user_id);
        self.remove_password(user_id);
    }

    pub(crate) fn open_session(&mut self, user_id: i64, token: String) {
        self.logins += 1;
        let session = OpenSession {
            user_id,
            began: Instant::now(),
            calls: 0,
        };
        self.sessions.insert(Session(token), session);
    }

    pub(crate) fn end_session(&mut self, session: &Session) {
        self.sessions.remove(session);
    }

    pub(crate) fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    pub(crate) fn end_sessions_of(&mut self, user_id: i64) {
        self.sessions
            .retain(|_, session| session.user_id != user_id);
    }

    /// Counts a call of a session; a session that has run out ends.
    fn use_session(&mut self, session: &Session) -> Option<i64> {
        let open = self.sessions.get_mut(session)?;
        let is_old = self
            .rules
            .lifetime
            .is_some_and(|lifetime| open.began.elapsed() >= lifetime);
        let is_spent = self.rules.calls.is_some_and(|calls| open.calls >= calls);
        if is_old || is_spent {
            self.sessions.remove(session);
            return None;
        }
        open.calls += 1;
        Some(open.user_id)
    }

    /// Who sent these headers. `token` is one that stood in the query string.
    ///
    /// # Errors
    ///
    /// 401, with a hint for keys of the Command Platform, which this product refuses.
    pub(crate) fn identify(
        &mut self,
        headers: &HeaderMap,
        token: Option<&str>,
    ) -> Result<Identity, Failure> {
        // Some clients send both headers and leave one empty.
        let given = |name| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.map(str::trim).filter(|value| !value.is_empty())
        };
        if let Some(key) = given("api-key") {
            let owner = self.keys.iter().find(|(_, known)| *known == key);
            return match owner {
                Some((user_id, _)) => Ok(Identity {
                    user_id: *user_id,
                    session: None,
                }),
                None => Err(Failure::unauthorized("the API key is not valid")),
            };
        }
        if let Some(token) = given("x-auth-token").or(token) {
            let session = Session(token.to_owned());
            return match self.use_session(&session) {
                Some(user_id) => Ok(Identity {
                    user_id,
                    session: Some(session),
                }),
                None => Err(Failure::unauthorized(
                    "the session is not valid or has expired",
                )),
            };
        }
        if headers.contains_key("x-api-key") {
            let hint = "keys of the Command Platform (X-Api-Key) are not accepted; send Api-Key";
            return Err(Failure::unauthorized(hint));
        }
        Err(Failure::unauthorized(
            "credentials are missing; send Api-Key or X-Auth-Token",
        ))
    }
}

/// A made-up key.
pub(crate) fn make_key(random: &mut Random, length: usize) -> String {
    random.text(length, KEY_ALPHABET)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn access() -> Access {
        let mut access = Access::default();
        access.set_key(2, "k3y".to_owned());
        access.open_session(2, "t0ken".to_owned());
        access
    }

    #[test]
    fn good_credentials() {
        let identify = |pairs| access().identify(&headers(pairs), None).unwrap();
        assert_eq!(identify(&[("api-key", "k3y")]).session, None);
        assert_eq!(
            identify(&[("x-auth-token", "t0ken"), ("api-key", "")]).user_id,
            2
        );
        let in_query = access().identify(&HeaderMap::new(), Some("t0ken"));
        assert_eq!(in_query.unwrap().user_id, 2);
    }

    #[test]
    fn bad_credentials() {
        let refused = |pairs| access().identify(&headers(pairs), None).is_err();
        assert!(refused(&[]));
        assert!(refused(&[("api-key", "other")]));
        assert!(refused(&[("x-api-key", "k3y")]));
        assert!(refused(&[("x-auth-token", "k3y")]));
    }

    #[test]
    fn a_new_key_replaces_the_old_one() {
        let mut access = access();
        access.set_key(2, "other".to_owned());
        assert!(
            access
                .identify(&headers(&[("api-key", "k3y")]), None)
                .is_err()
        );
    }
}
