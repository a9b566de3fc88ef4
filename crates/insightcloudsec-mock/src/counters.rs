//! What a mock counts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::catalog::Operation;

/// What a mock has counted since its start or since [`Mock::clear_counters`](crate::Mock::clear_counters).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests that arrived whole, also those that got no answer.
    pub requests: u64,
    /// Requests by version and id of their operation, such as `v2.list_clouds`. Paths that no operation has
    /// are not among them.
    pub operations: BTreeMap<String, u64>,
    /// Random faults that happened; see [`Mock::faults`](crate::Mock::faults).
    pub faults: u64,
    /// Requests that were refused by [`Mock::rate_limit`](crate::Mock::rate_limit).
    pub rate_limited: u64,
    /// Connections that were accepted.
    pub connections: u64,
    /// Connections that are open now.
    pub open_connections: u64,
    /// Requests whose answer has not been sent whole yet.
    pub in_flight: u64,
    /// Most requests that were in flight at the same time.
    pub peak_in_flight: u64,
}

impl Counters {
    /// Requests of one operation, given by its id (`list_clouds`, of all versions that have it) or by version
    /// and id (`v2.list_clouds`).
    #[must_use]
    pub fn of(&self, operation: &str) -> u64 {
        let is_it = |key: &str| {
            key == operation || key.split_once('.').is_some_and(|(_, id)| id == operation)
        };
        let operations = self.operations.iter();
        operations
            .filter(|(key, _)| is_it(key))
            .map(|(_, requests)| requests)
            .sum()
    }

    /// Begins anew; what is open or in flight stays so.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            open_connections: self.open_connections,
            in_flight: self.in_flight,
            peak_in_flight: self.in_flight,
            ..Self::default()
        };
    }
}

/// The counters of a running mock.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally(Arc<Mutex<Counters>>);

impl Tally {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Counters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count_request(&self, operation: Option<&Operation>) {
        let mut counters = self.lock();
        counters.requests += 1;
        if let Some(operation) = operation {
            *counters.operations.entry(operation.key()).or_default() += 1;
        }
    }

    pub(crate) fn open_connection(&self) -> OpenConnection {
        let mut counters = self.lock();
        counters.connections += 1;
        counters.open_connections += 1;
        OpenConnection(self.clone())
    }

    pub(crate) fn begin_request(&self) -> InFlight {
        let mut counters = self.lock();
        counters.in_flight += 1;
        counters.peak_in_flight = counters.peak_in_flight.max(counters.in_flight);
        InFlight(self.clone())
    }
}

/// Counts a connection as open until it is dropped.
pub(crate) struct OpenConnection(Tally);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.lock().open_connections -= 1;
    }
}

/// Counts a request as in flight until it is dropped.
pub(crate) struct InFlight(Tally);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.lock().in_flight -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_with_and_without_version() {
        let requests = [
            ("v2.list_clouds", 2),
            ("v3.list_clouds", 3),
            ("v2.login", 5),
        ];
        let counters = Counters {
            operations: requests.map(|(key, n)| (key.to_owned(), n)).into(),
            ..Counters::default()
        };
        assert_eq!(counters.of("list_clouds"), 5);
        assert_eq!(counters.of("v3.list_clouds"), 3);
        assert_eq!(counters.of("clouds"), 0);
    }

    #[test]
    fn what_is_open_outlives_clearing() {
        let tally = Tally::default();
        let one = tally.begin_request();
        drop(tally.begin_request());
        assert_eq!(tally.lock().peak_in_flight, 2);
        tally.lock().clear();
        let counters = tally.lock().clone();
        assert_eq!((counters.in_flight, counters.peak_in_flight), (1, 1));
        drop(one);
        assert_eq!(tally.lock().in_flight, 0);
    }
}
