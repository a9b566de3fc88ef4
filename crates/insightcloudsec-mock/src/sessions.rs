//! The switches of a running mock that make logins and sessions end badly.

use std::time::Duration;

use crate::auth::LoginRules;
use crate::mock::Mock;

/// Logins and sessions. How the product answers where they fail is not known; a refused login, a locked account
/// and a session that has ended get a 401 here.
///
/// ```
/// use std::time::Duration;
/// use insightcloudsec_mock::Mock;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::builder().start_blocking()?;
/// mock.session_lifetime(Duration::from_secs(60));
/// mock.session_calls(100);
/// mock.lock_accounts_after(3);
/// // ... run the program, then see that it does not log in over and over.
/// assert_eq!((mock.logins(), mock.refused_logins()), (0, 0));
/// # Ok(())
/// # }
/// ```
impl Mock {
    /// Ends all sessions, as if their time had run out. Keys stay good.
    pub fn expire_sessions(&self) {
        self.state(|state| state.access.end_sessions());
    }

    /// Ends the sessions of one user. False: there is no such user.
    #[allow(
        clippy::must_use_candidate,
        reason = "tests know whether they have the user"
    )]
    pub fn expire_sessions_of(&self, username: &str) -> bool {
        self.state(|state| state.end_sessions_of(username))
    }

    /// Ends each session so long after its login, used or not; those that are open, too. By default sessions
    /// last, and logins tell of 720 minutes.
    pub fn session_lifetime(&self, lifetime: Duration) {
        self.set_rule(|rules| rules.lifetime = Some(lifetime));
    }

    /// Ends each session after so many calls; those that are open, too. The one after them gets a 401.
    pub fn session_calls(&self, calls: u64) {
        self.set_rule(|rules| rules.calls = Some(calls));
    }

    /// Locks an account after so many wrong passwords in a row: the right one is refused as well, until
    /// [`unlock_account`](Self::unlock_account). Its keys and sessions stay good. By default none is locked.
    pub fn lock_accounts_after(&self, wrong_passwords: u64) {
        self.set_rule(|rules| rules.lock_after = Some(wrong_passwords));
    }

    /// Unlocks an account. False: there is no such user.
    #[allow(
        clippy::must_use_candidate,
        reason = "tests know whether they have the user"
    )]
    pub fn unlock_account(&self, username: &str) -> bool {
        self.state(|state| state.unlock(username))
    }

    /// Whether logins ask for a second factor, which cannot be given here. Default: no.
    ///
    /// How the product asks for it is not known. The mock assumes a 200 with `user_id`, `user_name` and
    /// `two_factor_required: true`, without `session_id`. For another form, script an answer of `login`.
    pub fn require_second_factor(&self, is_required: bool) {
        self.set_rule(|rules| rules.second_factor = is_required);
    }

    /// Whether logins have a member `session_expiration`, such as `2023/01/01, 01:01:01 UTC`. Default: no.
    pub fn tell_session_expiration(&self, is_told: bool) {
        self.set_rule(|rules| rules.tells_expiration = is_told);
    }

    /// Whether logins have a member `session_timeout_seconds`. Default: no; `session_timeout`, in minutes
    /// rounded up, is always there.
    pub fn tell_session_seconds(&self, is_told: bool) {
        self.set_rule(|rules| rules.tells_seconds = is_told);
    }

    /// Takes all settings of logins and sessions back. Locked accounts stay locked.
    pub fn clear_session_rules(&self) {
        self.set_rule(|rules| *rules = LoginRules::default());
    }

    /// Sessions that were opened by a login so far.
    #[must_use]
    pub fn logins(&self) -> u64 {
        self.state(|state| state.access.logins)
    }

    /// Logins that were refused so far, for a wrong name or password, or because the user may not log in.
    #[must_use]
    pub fn refused_logins(&self) -> u64 {
        self.state(|state| state.access.refused_logins)
    }

    fn set_rule(&self, set: impl FnOnce(&mut LoginRules)) {
        self.state(|state| set(&mut state.access.rules));
    }
}
