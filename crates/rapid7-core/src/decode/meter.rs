//! The memory and the time that decoding one body may take.
//!
//! A few bytes of JSON can ask for a thousand times their size in memory: `{}` in a list of large structs, or `[]` in a list
//! of lists. The length of the body therefore does not bound what it is decoded into. The scanner charges an estimate of what
//! each element, entry and struct takes, and stops when the budget is spent.
//!
//! The budget belongs to the thread, since a value within a value can be decoded on its own
//! ([`from_value`](super::from_value)) and has to share it. A scanner takes it in slices, so that a charge costs one
//! subtraction; each new slice looks at the clock.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

/// Default of the memory that a decoded body may take, in bytes.
///
/// On top of it come the bytes of the body and its texts. With the default of the longest body all of it stays below 1 GiB.
pub(crate) const MAX_DECODED_BYTES: u64 = 512 * 1024 * 1024;

/// What a scanner takes of the budget at a time.
const SLICE: usize = 64 * 1024;

/// What a separate piece of memory costs besides its contents.
///
/// Texts that are members of structs are not charged: what they take is bounded by the length of the body, since each comes with
/// the name of its member.
pub(super) const ALLOCATION: usize = 32;

/// What decoding a body may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Memory in bytes.
    pub(crate) memory: u64,
    /// Time from the start of decoding; none for no limit.
    pub(crate) time: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: MAX_DECODED_BYTES,
            time: None,
        }
    }
}

/// A limit that decoding has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exceeded {
    /// The value takes more bytes of memory than this.
    Memory(u64),
    /// The time is up.
    Time,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(limit) => write!(f, "decoded it takes more than {limit} bytes of memory"),
            Self::Time => f.write_str("the time was up before it was decoded"),
        }
    }
}

/// What is left for the body that a thread decodes.
#[derive(Clone, Copy)]
struct Budget {
    limits: Limits,
    left: u64,
    deadline: Option<Instant>,
    /// Once set, nothing more is granted: an alternative of a union that failed for it must not lead to the next.
    exceeded: Option<Exceeded>,
}

thread_local! {
    static BUDGET: Cell<Option<Budget>> = const { Cell::new(None) };
}

/// The share of a scanner in the budget of its thread.
pub(super) struct Meter {
    /// What is left of the slice.
    slice: usize,
    /// The budget began with this scanner, and ends with it.
    is_outermost: bool,
}

impl Meter {
    /// Shares the budget of the decoding that is under way, or else begins one.
    pub(super) fn begin(limits: Limits) -> Self {
        let is_outermost = BUDGET.get().is_none();
        if is_outermost {
            BUDGET.set(Some(Budget {
                limits,
                left: limits.memory,
                deadline: limits
                    .time
                    .and_then(|time| Instant::now().checked_add(time)),
                exceeded: None,
            }));
        }
        Self {
            slice: 0,
            is_outermost,
        }
    }

    /// Takes so many bytes from the slice, if it holds them.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        // Stored in any case, so that it is one instruction; `take_more` knows what was there.
        let (left, is_spent) = self.slice.overflowing_sub(bytes);
        self.slice = left;
        !is_spent
    }

    /// Takes from a new slice what was more than [`take`](Self::take) had.
    #[cold]
    pub(super) fn take_more(&mut self, bytes: usize) -> Result<(), Exceeded> {
        let old = self.slice.wrapping_add(bytes);
        self.slice = 0;
        let Some(mut budget) = BUDGET.get() else {
            return Ok(());
        };
        let slice = budget.grant(old, bytes);
        BUDGET.set(Some(budget));
        self.slice = slice?;
        Ok(())
    }

    /// The limit that was reached while this scanner, or one within it, was at work.
    pub(super) fn exceeded() -> Option<Exceeded> {
        BUDGET.get()?.exceeded
    }
}

impl Budget {
    /// What is left of a slice after a charge that the old one was too small for.
    fn grant(&mut self, old: usize, bytes: usize) -> Result<usize, Exceeded> {
        if let Some(exceeded) = self.exceeded {
            return Err(exceeded);
        }
        let left = self.left.saturating_add(old as u64);
        let Some(left) = left.checked_sub(bytes as u64) else {
            return Err(self.exceed(Exceeded::Memory(self.limits.memory)));
        };
        if self.deadline.is_some_and(|end| Instant::now() >= end) {
            return Err(self.exceed(Exceeded::Time));
        }
        let slice = left.min(SLICE as u64);
        self.left = left - slice;
        Ok(usize::try_from(slice).unwrap_or(SLICE))
    }

    fn exceed(&mut self, exceeded: Exceeded) -> Exceeded {
        self.left = 0;
        self.exceeded = Some(exceeded);
        exceeded
    }
}

/// Runs when the type's own code panics, too: the next body on this thread starts afresh.
impl Drop for Meter {
    fn drop(&mut self) {
        let rest = BUDGET.get().filter(|_| !self.is_outermost);
        BUDGET.set(rest.map(|budget| Budget {
            left: budget.left.saturating_add(self.slice as u64),
            ..budget
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::{BUDGET, Exceeded, Limits};
    use crate::Object;
    use crate::decode::{from_value, within};

    const NO_LIMIT: Limits = Limits {
        memory: u64::MAX,
        time: None,
    };

    fn bytes(memory: u64) -> Limits {
        Limits { memory, ..NO_LIMIT }
    }

    fn exceeded<T: serde::de::DeserializeOwned>(limits: Limits, text: &str) -> Option<Exceeded> {
        let result = within::<T>(limits, text.as_bytes(), None, None);
        assert!(BUDGET.get().is_none(), "the budget outlives its body");
        result.err().and_then(|misfit| misfit.exceeded())
    }

    /// A list of so many elements.
    fn list(element: &str, count: usize) -> String {
        format!("[{}]", vec![element; count].join(","))
    }

    #[derive(Debug, Deserialize, serde::Serialize)]
    struct Large {
        #[serde(default)]
        numbers: [u64; 32],
        next: Option<Box<Large>>,
    }

    #[test]
    fn what_values_take_is_charged_and_not_what_their_text_takes() {
        let text = list("{}", 1000);
        let size = 1000 * size_of::<Large>() as u64;
        assert_eq!(exceeded::<Vec<Large>>(bytes(10 * size), &text), None);
        let limit = bytes(size);
        let memory = Some(Exceeded::Memory(size));
        assert_eq!(exceeded::<Vec<Large>>(limit, &text), memory);
        let spaces = format!("[{}]", " ".repeat(text.len()));
        assert_eq!(exceeded::<Vec<Large>>(bytes(1000), &spaces), None);
    }

    #[test]
    fn what_is_boxed_is_charged() {
        let depth = 100;
        let text = format!("{}{}", r#"{"next":"#.repeat(depth), "{}") + &"}".repeat(depth);
        let size = (depth * size_of::<Large>()) as u64;
        let memory = Some(Exceeded::Memory(size));
        assert_eq!(exceeded::<Large>(bytes(size), &text), memory);
        assert_eq!(exceeded::<Large>(bytes(2 * size), &text), None);
    }

    /// A value that is read first and decoded afterwards, as alternatives of unions are.
    struct Within;

    impl<'de> Deserialize<'de> for Within {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let value = Value::deserialize(deserializer)?;
            // Like a union: what fits no alternative is kept as it is.
            drop(from_value::<Vec<Large>>(value));
            Ok(Self)
        }
    }

    #[test]
    fn a_value_within_a_value_shares_its_budget() {
        let text = list(&list("{}", 1000), 100);
        let one = 20 * 1000 * size_of::<Large>() as u64;
        let memory = Some(Exceeded::Memory(one));
        assert_eq!(exceeded::<Vec<Within>>(bytes(one), &text), memory);
        assert_eq!(exceeded::<Vec<Within>>(bytes(100 * one), &text), None);
    }

    #[test]
    fn a_limit_that_was_reached_within_the_last_value_is_an_error() {
        let text = list(&list("{}", 10_000), 1);
        let limit = 10_000 * size_of::<Large>() as u64;
        let memory = Some(Exceeded::Memory(limit));
        assert_eq!(exceeded::<Vec<Within>>(bytes(limit), &text), memory);
    }

    #[derive(Debug, Object)]
    struct Open {
        #[wire(further)]
        lists: std::collections::BTreeMap<String, Vec<Large>>,
    }

    #[test]
    fn a_limit_that_was_reached_in_a_further_member_is_told_as_such() {
        let text = format!(r#"{{"a":{}}}"#, list("{}", 1000));
        let limit = 1000 * size_of::<Large>() as u64;
        let memory = Some(Exceeded::Memory(limit));
        assert_eq!(exceeded::<Open>(bytes(limit), &text), memory);
        let open = from_value::<Open>(json!({ "a": [{}, {}] })).unwrap();
        assert_eq!(open.lists["a"].len(), 2);
    }

    #[test]
    fn what_a_value_within_leaves_is_given_back() {
        // Each would leave most of a slice behind.
        let text = list("[]", 10_000);
        assert_eq!(exceeded::<Vec<Within>>(bytes(10_000_000), &text), None);
    }

    #[test]
    fn decoding_ends_when_time_is_up() {
        let over = Limits {
            time: Some(Duration::ZERO),
            ..NO_LIMIT
        };
        let time = Some(Exceeded::Time);
        assert_eq!(exceeded::<Value>(over, &list("1", 10)), time);
        let left = Limits {
            time: Some(Duration::MAX),
            ..NO_LIMIT
        };
        assert_eq!(exceeded::<Value>(left, &list("1", 10_000)), None);
    }

    struct Panics;

    impl<'de> Deserialize<'de> for Panics {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            panic!("a type of the program's own")
        }
    }

    #[test]
    fn a_type_that_panics_leaves_no_budget_behind() {
        let panicked =
            std::panic::catch_unwind(|| within::<Panics>(bytes(10), b"1", None, None).is_ok());
        assert!(panicked.is_err());
        assert!(BUDGET.get().is_none());
        assert!(from_value::<Vec<i64>>(json!([1, 2, 3])).is_ok());
    }
}
