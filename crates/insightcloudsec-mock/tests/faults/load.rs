//! Many clients at once, and what is counted.

use std::time::Duration;

use insightcloudsec_mock::{Fault, Mock, Reply};
use tokio::task::JoinSet;

use crate::{client, get, start, status};

/// Calls from that many tasks over one client; returns how many succeeded.
async fn call(mock: &Mock, tasks: usize, calls_each: usize) -> usize {
    let client = client();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let request = get(mock, &client);
        running.spawn(async move {
            let mut good = 0;
            for _ in 0..calls_each {
                let answer = request.try_clone().unwrap().send().await;
                let Ok(answer) = answer.and_then(reqwest::Response::error_for_status) else {
                    continue;
                };
                // A connection is used again once its answer has been read.
                good += usize::from(answer.bytes().await.is_ok());
            }
            good
        });
    }
    running.join_all().await.into_iter().sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_are_served() {
    let mock = Mock::builder()
        .clouds(1)
        .resources(0)
        .start()
        .await
        .unwrap();
    mock.keep_requests(100);
    assert_eq!(call(&mock, 64, 50).await, 64 * 50);
    let counters = mock.counters();
    assert_eq!(counters.requests, 3200);
    assert_eq!(counters.of("list_clouds"), 3200);
    assert!(counters.connections < counters.requests);
    assert_eq!(mock.requests().len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_are_counted() {
    let mock = start().await;
    let slow = Fault::after(|answer| answer.delayed(Duration::from_millis(300)));
    mock.on_any().fault(slow).unwrap();
    call(&mock, 8, 2).await;
    let counters = mock.counters();
    assert_eq!(counters.peak_in_flight, 8);
    assert_eq!((counters.in_flight, counters.requests), (0, 16));
    mock.clear_counters();
    assert_eq!(mock.counters().peak_in_flight, 0);
}

#[tokio::test]
async fn no_requests_are_kept_but_all_are_counted() {
    let mock = start().await;
    status(&mock).await;
    mock.keep_requests(0);
    mock.on("list_clouds")
        .once()
        .respond(Reply::status(503))
        .unwrap();
    assert_eq!(status(&mock).await, 503);
    assert!(mock.requests().is_empty());
    assert_eq!(mock.counters().requests, 2);
    assert_eq!(mock.counters().operations["v2.list_clouds"], 2);
}
