//! Time limits while a long answer is decoded, and what else its thread has to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use insightcloudsec_v2::types::CloudList;
use rapid7_core::{Decode, Request, TransportErrorKind, decode};
use serde_json::Value;
use tests::server::Server;

use crate::shapes::SHAPES;
use crate::{LIST, MIB, answer, builder, kind, long_bodies};

fn text(name: &str) -> String {
    let shape = SHAPES.iter().find(|shape| shape.name == name).unwrap();
    shape.text(long_bodies().unwrap_or(8 * MIB))
}

#[tokio::test(flavor = "multi_thread")]
async fn decoding_ends_with_the_time_of_the_call() {
    let server = Server::always(answer(&text("structs"), true)).await;
    let limit = Duration::from_millis(500);
    let connection = builder(&server.url)
        .max_decoded_bytes(u64::MAX)
        .timeout(limit);
    let connection = connection.build().unwrap();
    let list: Decode<CloudList> = decode::json;
    let start = Instant::now();
    let error = connection
        .call(Request::new(&LIST), list, decode::body)
        .await
        .unwrap_err();
    let took = start.elapsed();
    assert_eq!(kind(&error), TransportErrorKind::Timeout);
    assert!(error.is_timeout());
    assert!(took < 2 * limit, "{took:?}");
}

/// How late a ticker of 10 ms is at worst, while a call is made on its thread.
async fn worst_delay(is_packed: bool) -> Duration {
    const TICK: Duration = Duration::from_millis(10);
    let text = text("values: objects");
    let reply = answer(&text, is_packed);
    // On a thread of its own, so that the server is not what delays.
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let server = Server::always(reply).await;
            sender.send(server.url.clone()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let url = receiver.recv().unwrap();
    let connection = builder(&url).max_decoded_bytes(u64::MAX).build().unwrap();
    let is_done = Arc::new(AtomicBool::new(false));
    let ticker = tokio::spawn({
        let is_done = Arc::clone(&is_done);
        async move {
            let mut worst = Duration::ZERO;
            while !is_done.load(Ordering::Relaxed) {
                let due = Instant::now() + TICK;
                tokio::time::sleep(TICK).await;
                worst = worst.max(due.elapsed());
            }
            worst
        }
    });
    let values: Decode<Value> = decode::json;
    let called = connection
        .call(Request::new(&LIST), values, decode::body)
        .await
        .map_err(|error| error.to_string());
    is_done.store(true, Ordering::Relaxed);
    let worst = ticker.await.unwrap();
    assert!(
        called
            .unwrap()
            .as_array()
            .is_some_and(|list| !list.is_empty())
    );
    worst
}

#[tokio::test]
async fn a_long_answer_delays_nothing_else_on_its_thread() {
    // The other tests keep the processors busy where they run beside this one.
    let most = Duration::from_millis(if long_bodies().is_some() { 50 } else { 300 });
    for is_packed in [false, true] {
        let worst = worst_delay(is_packed).await;
        println!("worst delay, packed {is_packed}: {worst:?}");
        assert!(worst <= most, "{worst:?}");
    }
}
