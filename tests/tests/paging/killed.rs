//! Runs that end at a random item or while a page is under way, and are taken up from the saved place.

use std::time::Duration;

use insightcloudsec::InsightCloudSec;
use insightcloudsec::paging::{Checkpoint, PagingEnd};
use insightcloudsec_mock::Fault;

use crate::lists::{List, Options, Reading, WHOLE, saved};
use crate::random::Random;
use crate::{in_time, scaled, seeds, start};

/// Kills of each list.
const KILLS: u64 = 50;

/// How long a page takes on the server.
const DELAY: Duration = Duration::from_millis(3);

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Complete,
    /// Between two items.
    Resting,
    /// While the reader waited for a page.
    Waiting,
}

/// Kills by where they struck.
#[derive(Debug, Default)]
struct Kills {
    resting: u64,
    waiting: u64,
    /// Within a page, and before the first one.
    within: u64,
    unbegun: u64,
}

struct Run<'a> {
    list: List,
    ics: &'a InsightCloudSec,
    options: Options,
    random: Random,
    ids: Vec<u64>,
    from: Option<Checkpoint>,
    kills: Kills,
}

impl Run<'_> {
    /// Reads on until the list ends or the run is killed.
    async fn go_on(&mut self, longest: u64, may_wait: bool) -> Ending {
        let options = self.options.clone().start_at(self.from.clone());
        let mut reading = self.list.open(self.ics, &options);
        let mut left = self.random.between(0, longest);
        let is_impatient = may_wait && self.random.one_in(2);
        let ending = loop {
            if left == 0 && !is_impatient {
                break Ending::Resting;
            }
            left = left.saturating_sub(1);
            let patience = if is_impatient && left == 0 {
                // What is at hand comes at once; a page does not.
                Duration::from_micros(self.random.between(100, 2_000))
            } else {
                Duration::from_secs(30)
            };
            match tokio::time::timeout(patience, reading.next()).await {
                Ok(Some(id)) => self.ids.push(id.unwrap()),
                Ok(None) => {
                    assert_eq!(reading.end(), Some(PagingEnd::Complete));
                    return Ending::Complete;
                }
                Err(_) => break Ending::Waiting,
            }
        };
        self.kill(&*reading, ending);
        ending
    }

    /// Saves the place, as a program does before it dies.
    fn kill(&mut self, reading: &dyn Reading, ending: Ending) {
        match ending {
            Ending::Waiting => self.kills.waiting += 1,
            _ => self.kills.resting += 1,
        }
        match reading.checkpoint() {
            None => self.kills.unbegun += 1,
            Some(checkpoint) => {
                assert_eq!(checkpoint.items(), self.ids.len() as u64);
                let place = serde_json::to_value(checkpoint).unwrap();
                self.kills.within += u64::from(place["skip"] != 0);
                self.from = Some(saved(checkpoint));
            }
        }
    }
}

async fn check(list: List, seed: u64) {
    let (mock, ics) = start().await;
    let count = scaled(1_500, 20_000);
    let paged = list.of(0..count);
    list.serve(&mock, &paged, |_, page| page);
    let late = Fault::after(|answer| answer.delayed(DELAY));
    mock.on(list.operation).fault(late).unwrap();
    let mut random = Random::new(seed, list.name);
    let most = (count / 20).min(list.max_size());
    let size = random.between(most / 5, most + 1);
    let concurrency = usize::try_from(random.between(2, 6)).unwrap();
    let mut run = Run {
        list,
        ics: &ics,
        options: Options::pages_of(size).concurrency(concurrency),
        random,
        ids: Vec::new(),
        from: None,
        kills: Kills::default(),
    };
    let mut kills = 0;
    // So that the kills are spread over the whole list.
    let longest = count * 2 / KILLS;
    while kills < KILLS {
        let ending = run.go_on(longest, true).await;
        if ending == Ending::Complete {
            // Once more from the beginning.
            assert!(
                run.ids.iter().copied().eq(0..count),
                "{}, seed {seed}",
                list.name
            );
            run.ids.clear();
            run.from = None;
        } else {
            kills += 1;
        }
    }
    while run.go_on(u64::MAX, false).await != Ending::Complete {}
    let name = format!(
        "{}, seed {seed}, pages of {size}, {concurrency} at once",
        list.name
    );
    println!(
        "{name}: {} items after {kills} kills: {:?}",
        run.ids.len(),
        run.kills
    );
    assert!(run.ids.into_iter().eq(0..count), "{name}");
    assert!(run.kills.waiting > 5 && run.kills.within > 5, "{name}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_style_goes_on_where_it_was_killed() {
    for seed in seeds(1, 5) {
        for list in WHOLE {
            in_time(list.name, check(list, seed)).await;
        }
    }
}
