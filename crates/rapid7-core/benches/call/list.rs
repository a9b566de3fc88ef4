//! One call whose answer is a list of 5 MB: processor time, and the most memory that it takes at once.

use allocation_counter::measure;
use cpu_time::ThreadTime;
use rapid7_core::{Method, Operation, Request, decode};
use tokio::runtime::{Builder, Runtime};

use crate::by_hand::ByHand;
use crate::server::{LIST_PATH, Server};
use crate::{Case, Failure, GET, Ours, Resource, quartiles};

/// Turns of each side.
const ROUNDS: usize = 61;

static LIST: Operation = Operation {
    name: "list_resources",
    id: "listResources",
    method: Method::GET,
    path: LIST_PATH,
    ..GET
};

impl Ours {
    async fn list(&self) -> Vec<Resource> {
        let request = Request::new(&LIST);
        let answer = self.connection.call(
            request,
            decode::json::<Vec<Resource>>,
            decode::json::<Failure>,
        );
        answer.await.unwrap().into_inner()
    }
}

/// Seconds of this thread and bytes of its heap.
fn cost<T>(runtime: &Runtime, list: impl Future<Output = Vec<T>>) -> [f64; 2] {
    let mut length = 0;
    let mut seconds = 0.0;
    let memory = measure(|| {
        let start = ThreadTime::now();
        let list = runtime.block_on(list);
        seconds = start.elapsed().as_secs_f64();
        length = list.len();
    });
    assert!(length > 10_000, "{length} rows");
    let bytes = u32::try_from(memory.bytes_max / 1024).unwrap();
    [seconds, f64::from(bytes)]
}

pub(crate) fn print_ratios(server: &Server) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let ours = Ours::new(server, Case::GetWithKey);
    let by_hand = [(); 2].map(|()| ByHand::new(server, Case::GetWithKey));
    let rounds: Vec<[[f64; 2]; 3]> = (0..=ROUNDS)
        .map(|round| {
            let mut costs = [[0.0; 2]; 3];
            for turn in 0..3 {
                let side = (turn + round) % 3;
                costs[side] = match side {
                    0 => cost(&runtime, ours.list()),
                    side => cost(&runtime, by_hand[side - 1].list()),
                };
            }
            costs
        })
        // The first turns open the sockets.
        .skip(1)
        .collect();
    println!("list of 5 MB:");
    for (at, what) in [(0, "CPU time"), (1, "peak of the heap")] {
        for (name, ratio) in [
            ("ours / by hand", ratio as fn(&[f64; 3]) -> f64),
            ("by hand / by hand", |[_, hand, like]| hand / like),
        ] {
            let of = |costs: &[[f64; 2]; 3]| ratio(&costs.map(|cost| cost[at]));
            let [low, median, high] = quartiles(rounds.iter().map(of).collect());
            println!("  {name}: {median:.3} of the {what} (quartiles {low:.3} to {high:.3})");
        }
    }
}

fn ratio([ours, hand, like]: &[f64; 3]) -> f64 {
    2.0 * ours / (hand + like)
}
