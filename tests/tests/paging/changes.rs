//! Lists that change while they are read: what each style promises.
//!
//! The server's list changes after an answer, at random places. A row that is there from the first answer to the last has
//! stayed; one that is not read has been lost.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use insightcloudsec::InsightCloudSec;
use insightcloudsec::paging::{PagingEnd, StopReason};
use insightcloudsec_mock::{Faults, Mock, PagedList, Reply};

use crate::lists::{ANSWER, CURSOR, CURSOR_QUERY, List, OFFSET, Options, PAGE, Stop, drain, saved};
use crate::random::Random;
use crate::{in_time, scaled, seeds, start};

/// Ids of the rows at first are multiples of this, those of added ones are not.
const SPACE: u64 = 1000;

fn count() -> u64 {
    scaled(400, 5_000)
}

/// What happens to the list after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Adds,
    Removes,
    /// Either, each time.
    Both,
}

/// A list on the server, and what happens to it.
struct Changing {
    list: PagedList,
    count: u64,
}

impl Changing {
    fn serve(mock: &Mock, list: List, change: Change, seed: u64) -> Self {
        let count = count();
        let paged = list.of((0..count).map(|number| number * SPACE));
        let changed = paged.clone();
        let random = Mutex::new(Random::new(seed, "changes"));
        list.serve(mock, &paged, move |_, page| {
            let mut random = random.lock().unwrap();
            let adds = match change {
                Change::Adds => true,
                Change::Removes => false,
                Change::Both => random.one_in(2),
            };
            for _ in 0..random.between(0, 4) {
                if adds {
                    let near = random.between(0, count) * SPACE;
                    changed.insert(near + random.between(1, SPACE));
                } else {
                    let ids = changed.ids();
                    let at = random.between(0, ids.len() as u64);
                    changed.remove(ids[usize::try_from(at).unwrap()]);
                }
            }
            page
        });
        Self { list: paged, count }
    }

    /// Rows that were there all the time, and were not read.
    fn lost(&self, read: &[u64]) -> usize {
        let read: BTreeSet<u64> = read.iter().copied().collect();
        let stayed = self.list.ids().into_iter().filter(|id| id % SPACE == 0);
        stayed.filter(|id| !read.contains(id)).count()
    }

    fn is_of_list(&self, id: u64) -> bool {
        id < self.count * SPACE
    }
}

fn twice(read: &[u64]) -> usize {
    read.len() - read.iter().collect::<BTreeSet<_>>().len()
}

/// What came of many lists.
#[derive(Debug, Default)]
struct Tally {
    lists: usize,
    complete: usize,
    told: usize,
    losing: usize,
    with_repeats: usize,
}

impl Tally {
    fn add(&mut self, lost: usize, twice: usize, end: &Result<PagingEnd, Stop>) {
        self.lists += 1;
        self.complete += usize::from(end.is_ok());
        self.told += usize::from(end.is_err());
        self.losing += usize::from(lost > 0);
        self.with_repeats += usize::from(twice > 0);
    }
}

/// As many lists as this for each seed.
const LISTS: u64 = 5;

async fn read_changing(
    list: List,
    change: Change,
    concurrency: usize,
    seed: u64,
) -> (Changing, Vec<u64>, Result<PagingEnd, Stop>) {
    let (mock, ics) = start().await;
    // Pages that are fetched at once do not come in order.
    mock.faults(Faults::seeded(seed).mix([Reply::reset().into()]));
    let mut random = Random::new(seed, "sizes");
    let size = random.between(10, 60);
    let changing = Changing::serve(&mock, list, change, seed);
    let options = Options::pages_of(size).concurrency(concurrency);
    let name = format!("{}, {change:?}, seed {seed}", list.name);
    let read = in_time(&name, list.read_on(&ics, &options)).await;
    assert!(read.ids.iter().all(|id| changing.is_of_list(*id)), "{name}");
    (changing, read.ids, read.end)
}

/// Each row that stays comes once, whatever else comes and goes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_gives_each_row_that_stays_once() {
    for list in [CURSOR, CURSOR_QUERY] {
        let mut tally = Tally::default();
        for seed in seeds(LISTS, LISTS * 12) {
            let (changing, read, end) = read_changing(list, Change::Both, 3, seed).await;
            let (lost, twice) = (changing.lost(&read), twice(&read));
            assert_eq!((lost, twice), (0, 0), "{}, seed {seed}", list.name);
            assert!(read.is_sorted(), "{}, seed {seed}", list.name);
            assert!(matches!(end, Ok(PagingEnd::Complete)), "{end:?}");
            tally.add(lost, twice, &end);
        }
        println!("{}, rows added and removed: {tally:?}", list.name);
    }
}

/// Nothing is lost where rows are only added, or the totals tell; some come twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_loses_nothing_to_added_rows_unless_it_says_so() {
    for list in [OFFSET, PAGE] {
        for concurrency in [1, 4] {
            let mut tally = Tally::default();
            for seed in seeds(LISTS, LISTS * 12) {
                let all = read_changing(list, Change::Adds, concurrency, seed);
                let (changing, read, end) = all.await;
                let lost = changing.lost(&read);
                let name = format!("{}, {concurrency} at once, seed {seed}", list.name);
                if concurrency == 1 {
                    // Pages that come one after the other show the list at one time after the other.
                    assert!(matches!(end, Ok(PagingEnd::Complete)), "{name}: {end:?}");
                }
                check_loss(lost, &end, &name);
                tally.add(lost, twice(&read), &end);
            }
            assert!(tally.with_repeats > 0, "{tally:?}");
            println!(
                "{}, {concurrency} at once, rows added: {tally:?}",
                list.name
            );
        }
    }
}

/// Whoever removes a row before the place lets another one be passed over, and the total tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_says_where_removed_rows_may_have_cost_others() {
    for list in [OFFSET, PAGE] {
        for concurrency in [1, 4] {
            for change in [Change::Removes, Change::Both] {
                // Of pages at once, adding and removing can balance.
                if concurrency > 1 && change == Change::Both {
                    continue;
                }
                let mut tally = Tally::default();
                for seed in seeds(LISTS, LISTS * 12) {
                    let all = read_changing(list, change, concurrency, seed);
                    let (changing, read, end) = all.await;
                    let lost = changing.lost(&read);
                    let name = format!("{}, {concurrency} at once, seed {seed}", list.name);
                    check_loss(lost, &end, &name);
                    if concurrency == 1 && change == Change::Removes {
                        assert_eq!(twice(&read), 0, "{name}");
                    }
                    tally.add(lost, twice(&read), &end);
                }
                assert!(tally.losing > 0, "{tally:?}");
                println!(
                    "{}, {concurrency} at once, {change:?}: {tally:?}",
                    list.name
                );
            }
        }
    }
}

/// Where something is lost, the end says that it may be.
fn check_loss(lost: usize, end: &Result<PagingEnd, Stop>, name: &str) {
    match end {
        Ok(end) => assert_eq!((*end, lost), (PagingEnd::Complete, 0), "{name}"),
        Err(stop) => {
            let is_told = matches!(
                stop.reason,
                Some(StopReason::Shrunk { .. } | StopReason::Short { .. })
            );
            assert!(is_told, "{name}: {}", stop.text);
        }
    }
}

/// What nobody can tell: as many rows are added behind the place as are removed before it.
#[tokio::test]
async fn a_position_does_not_notice_changes_that_balance() {
    for list in [OFFSET, PAGE] {
        let (mock, ics) = start().await;
        let paged = list.of((0..100).map(|number| number * SPACE));
        let changed = paged.clone();
        list.serve(&mock, &paged, move |_, page| {
            if changed.remove(0) {
                changed.insert(99 * SPACE + 1);
            }
            page
        });
        let (read, end) = drain(&mut *list.open(&ics, &Options::pages_of(10))).await;
        assert_eq!(end.unwrap(), PagingEnd::Complete);
        let changing = Changing {
            list: paged,
            count: 100,
        };
        // It was the first of the second page.
        assert_eq!(
            (changing.lost(&read), read.contains(&(10 * SPACE))),
            (1, false)
        );
    }
}

/// One answer is of one moment.
#[tokio::test]
async fn one_page_is_as_it_was() {
    let (mock, ics) = start().await;
    let paged = ANSWER.of(0..20);
    let changed = paged.clone();
    ANSWER.serve(&mock, &paged, move |_, page| {
        changed.remove(3);
        page
    });
    let (read, end) = drain(&mut *ANSWER.open(&ics, &Options::default())).await;
    assert!(read.into_iter().eq(0..20));
    assert_eq!(end.unwrap(), PagingEnd::Complete);
}

/// A cursor is resumed at the end of a page, and each row that stays comes once over all runs.
async fn resumed(list: List, seed: u64, ics: &InsightCloudSec, changing: &Changing) {
    let mut random = Random::new(seed, "kills");
    let size = random.between(5, 20);
    let (mut read, mut from, mut runs) = (Vec::new(), None, 0);
    loop {
        let options = Options::pages_of(size).start_at(from.take());
        let mut reading = list.open(ics, &options);
        let pages = random.between(1, 4);
        runs += 1;
        let mut is_over = true;
        while let Some(item) = reading.next().await {
            read.push(item.unwrap());
            if reading.progress().items.is_multiple_of(size) && reading.progress().pages >= pages {
                is_over = false;
                break;
            }
        }
        if is_over {
            break;
        }
        from = reading.checkpoint().map(saved);
    }
    let counts = (changing.lost(&read), twice(&read));
    assert_eq!(counts, (0, 0), "{}, seed {seed}", list.name);
    assert!(runs > 5, "{runs}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_is_resumed_in_a_list_that_changes() {
    for list in [CURSOR, CURSOR_QUERY] {
        for seed in seeds(LISTS, LISTS * 12) {
            let (mock, ics) = start().await;
            let served = Arc::new(Changing::serve(&mock, list, Change::Both, seed));
            in_time(list.name, resumed(list, seed, &ics, &served)).await;
        }
    }
}
