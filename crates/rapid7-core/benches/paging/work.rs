//! What the caller does with the items.

use std::hint::black_box;
use std::thread;
use std::time::Duration;

use crate::Resource;

/// What the caller does once a page, at its first item.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    Nothing,
    /// Awaits something else, such as a row written to a database.
    Awaits(Duration),
    /// Keeps the thread, as computing and writing a file do.
    Blocks(Duration),
}

/// Takes items, counts them and tells whether they came in order.
pub(crate) struct Reader {
    work: Work,
    page_size: usize,
    pub(crate) items: usize,
}

impl Reader {
    pub(crate) fn new(work: Work, page_size: usize) -> Self {
        Self {
            work,
            page_size,
            items: 0,
        }
    }

    pub(crate) async fn take(&mut self, item: Resource) {
        assert_eq!(
            item.severity,
            Some(i64::try_from(self.items % 5 + 1).unwrap())
        );
        if self.items.is_multiple_of(self.page_size) {
            match self.work {
                Work::Nothing => {}
                Work::Awaits(time) => tokio::time::sleep(time).await,
                Work::Blocks(time) => thread::sleep(time),
            }
        }
        self.items += 1;
        drop(black_box(item));
    }
}
