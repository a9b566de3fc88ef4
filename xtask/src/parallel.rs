//! The same work on several things at one time.

use crate::pipeline::STACK_BYTES;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What `work` makes of each item, in the order of the items; as many at one time as there are processors.
///
/// The threads have stacks of [`STACK_BYTES`], so that `work` may run the pipeline. The calling thread works too: where
/// no other can be started, it does everything. A panic of `work` is handed on to the caller.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, work(item)));
        }
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let mut done = thread::scope(|scope| {
        let start = |_| {
            let thread = thread::Builder::new().stack_size(STACK_BYTES);
            thread.spawn_scoped(scope, take).ok()
        };
        let others: Vec<_> = (1..processors.min(items.len())).map_while(start).collect();
        let mut done = take();
        for other in others {
            let more = other.join();
            done.extend(more.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn results_have_the_order_of_the_items() {
        let items: Vec<u64> = (0..50).collect();
        let slow_first = |item: &u64| {
            std::thread::sleep(std::time::Duration::from_millis((50 - item) / 10));
            item * 2
        };
        let doubled: Vec<u64> = items.iter().map(|item| item * 2).collect();
        assert_eq!(map(&items, slow_first), doubled);
        assert_eq!(map(&[], slow_first), Vec::<u64>::new());
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let work = |item: &i32| {
            if *item == 3 {
                std::panic::panic_any("three");
            }
        };
        let all = [1, 2, 3, 4];
        let panic = catch_unwind(AssertUnwindSafe(|| map(&all, work))).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"three"));
    }
}
