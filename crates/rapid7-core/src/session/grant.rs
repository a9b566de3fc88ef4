//! One thing to authorize calls with, and what is known of how servers took it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::authorize::Presented;

/// Where a grant is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The program gave it when it built the connection.
    Fixed,
    /// The program gave it when asked.
    Given,
    /// A log-in began it.
    Session,
}

/// Keys, or the token of one session.
pub(crate) struct Grant {
    presented: Presented,
    kind: Kind,
    /// When it must not be used any more, as far as known.
    over: Mutex<Option<Instant>>,
    /// When the program last said that there is no other.
    confirmed: Mutex<Option<Instant>>,
    /// Whether a call with it has succeeded, or may have.
    served: AtomicBool,
    /// Whether a call with it was rejected before any was known to succeed.
    is_doubted: AtomicBool,
    /// Calls under way that set out before the doubt.
    under_way: AtomicUsize,
    /// Told when `served` or `under_way` changes in doubt.
    news: Notify,
}

impl Grant {
    fn new(presented: Presented, kind: Kind, over: Option<Instant>) -> Self {
        Self {
            presented,
            kind,
            over: Mutex::new(over),
            confirmed: Mutex::default(),
            served: AtomicBool::new(false),
            is_doubted: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            news: Notify::new(),
        }
    }

    /// What the program gave when it built the connection.
    pub(super) fn fixed(presented: Presented) -> Self {
        Self::new(presented, Kind::Fixed, None)
    }

    /// What the program gave when asked.
    pub(super) fn given(presented: Presented) -> Self {
        Self::new(presented, Kind::Given, None)
    }

    /// A session begun by a log-in.
    pub(super) fn session(presented: Presented, over: Option<Instant>) -> Self {
        Self::new(presented, Kind::Session, over)
    }

    pub(crate) fn presented(&self) -> &Presented {
        &self.presented
    }

    pub(super) fn is_renewable(&self) -> bool {
        self.kind == Kind::Session
    }

    pub(super) fn presents_the_same(&self, other: &Self) -> bool {
        self.presented.is_same(&other.presented)
    }

    pub(super) fn is_over(&self) -> bool {
        let over = *self.over.lock().unwrap_or_else(PoisonError::into_inner);
        over.is_some_and(|over| over <= Instant::now())
    }

    /// Ends it then, unless it ends sooner.
    pub(super) fn expire_in(&self, time: Duration) {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let then = Instant::now() + time;
        *over = Some(over.map_or(then, |over| over.min(then)));
    }

    pub(super) fn confirm(&self) {
        let mut confirmed = self
            .confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *confirmed = Some(Instant::now());
    }

    pub(super) fn confirmed_since(&self, time: Option<Instant>) -> bool {
        let confirmed = *self
            .confirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        confirmed.is_some_and(|confirmed| Some(confirmed) >= time)
    }

    /// A call with this grant sets out.
    pub(crate) fn fly(self: &Arc<Self>) -> Flight {
        let is_counted = self.is_renewable() && !self.is_doubted.load(Ordering::SeqCst);
        if is_counted {
            self.under_way.fetch_add(1, Ordering::SeqCst);
        }
        Flight {
            grant: Arc::clone(self),
            began: (self.kind == Kind::Given).then(Instant::now),
            is_counted,
        }
    }

    /// Whether a call with it ever succeeded. The word of a rejection may overtake the success of an earlier call on its way
    /// back: so those that are under way are waited for, and later ones are not.
    pub(super) async fn has_served(&self, deadline: Instant) -> bool {
        self.is_doubted.store(true, Ordering::SeqCst);
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            // In this order: a call tells of its success before it leaves.
            let all_are_back = self.under_way.load(Ordering::SeqCst) == 0;
            if self.served.load(Ordering::SeqCst) {
                return true;
            }
            if all_are_back {
                return false;
            }
            if timeout_at(deadline, news).await.is_err() {
                return false;
            }
        }
    }
}

/// A call under way with a grant. Dropped without a word, it tells nothing of the grant.
pub(crate) struct Flight {
    grant: Arc<Grant>,
    /// Only where the program is asked again.
    began: Option<Instant>,
    is_counted: bool,
}

impl Flight {
    pub(super) fn began(&self) -> Option<Instant> {
        self.began
    }

    /// The server took the grant, or it may have, and the answer was lost.
    pub(crate) fn land_served(self) {
        self.grant.served.store(true, Ordering::SeqCst);
    }

    pub(super) fn land_rejected(self) -> Arc<Grant> {
        Arc::clone(&self.grant)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.is_counted {
            self.grant.under_way.fetch_sub(1, Ordering::SeqCst);
        }
        if self.grant.is_doubted.load(Ordering::SeqCst) {
            self.grant.news.notify_waiters();
        }
    }
}
