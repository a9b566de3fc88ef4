//! Answers that come late, in part, in another form, or not at all.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use insightcloudsec_mock::{RateLimit, RateLimitHeaders, Reply};
use serde_json::{Value, json};

use crate::{ask, client, get, read_all, start, status, until};

#[tokio::test]
async fn connections_end_by_reset_or_by_close() {
    let mock = start().await;
    let script = |reply| mock.on("list_clouds").once().respond(reply).unwrap();
    script(Reply::reset());
    assert_eq!(
        read_all(ask(&mock)),
        (String::new(), Some(ErrorKind::ConnectionReset))
    );
    script(Reply::close());
    assert_eq!(read_all(ask(&mock)), (String::new(), None));
    let statuses: Vec<u16> = mock.requests().iter().map(|one| one.status).collect();
    assert_eq!(statuses, [0, 0]);
    assert_eq!(status(&mock).await, 200, "scripts run out");
}

#[tokio::test]
async fn bodies_are_cut() {
    let mock = start().await;
    let text = Reply::status(200).text("0123456789");
    let cuts = [
        (
            text.clone().cut_after(4),
            "0123",
            Some(ErrorKind::ConnectionReset),
        ),
        (
            text.clone().cut_after(99),
            "012345678",
            Some(ErrorKind::ConnectionReset),
        ),
        (
            text.clone().cut_in_half(),
            "01234",
            Some(ErrorKind::ConnectionReset),
        ),
        (text.closed_after(0), "", None),
    ];
    for (reply, body, end) in cuts {
        mock.on("list_clouds").once().respond(reply).unwrap();
        let (answer, ended) = read_all(ask(&mock));
        let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-length: 10"), "{head}");
        assert_eq!((rest, ended), (body, end));
    }
    let nothing = Reply::status(200).cut_after(0);
    mock.on("list_clouds").once().respond(nothing).unwrap();
    assert_eq!(read_all(ask(&mock)).0, "");
}

#[tokio::test]
async fn long_bodies_are_cut_where_they_should_be() {
    let mock = start().await;
    let cut = 3_000_001;
    let long = Reply::status(200).text("x".repeat(10_000_000));
    let endless = Reply::endless();
    for (reply, least) in [(long.cut_after(cut), 1), (endless.closed_after(cut), cut)] {
        mock.on("list_clouds").once().respond(reply).unwrap();
        let mut answer = get(&mock, &client()).send().await.unwrap();
        let mut got = 0;
        let error = loop {
            match answer.chunk().await {
                Ok(piece) => got += piece.unwrap().len() as u64,
                Err(error) => break error,
            }
        };
        assert!(!error.is_timeout());
        // A reset may overtake what a slow reader has not fetched yet.
        assert!((least..=cut).contains(&got), "{got}");
    }
}

#[tokio::test]
async fn a_hanging_answer_ends_with_its_client_or_the_mock() {
    let mock = start().await;
    mock.on_any().respond(Reply::hang()).unwrap();
    let asking = get(&mock, &client())
        .timeout(Duration::from_millis(50))
        .send();
    assert!(asking.await.unwrap_err().is_timeout());
    until(|| mock.counters().open_connections == 0).await;
    assert_eq!(mock.counters().in_flight, 0);

    let stream = ask(&mock);
    until(|| mock.counters().in_flight == 1).await;
    drop(mock);
    assert_eq!(read_all(stream).0, "");
}

#[tokio::test]
async fn answers_are_delayed_and_trickle() {
    let mock = start().await;
    let text = Reply::status(200).text("0123456789");
    let (delay, every) = (Duration::from_millis(60), Duration::from_millis(20));
    let late = text.clone().delayed(delay);
    mock.on("list_clouds").once().respond(late).unwrap();
    let began = Instant::now();
    assert_eq!(status(&mock).await, 200);
    assert!(began.elapsed() >= delay);

    mock.on("list_clouds")
        .once()
        .respond(text.trickled(3, every))
        .unwrap();
    let began = Instant::now();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "0123456789");
    assert!(began.elapsed() >= every * 3);
}

#[tokio::test]
async fn an_endless_body_lasts_as_long_as_its_reader() {
    let mock = start().await;
    mock.on("list_clouds").respond(Reply::endless()).unwrap();
    let mut answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.content_length(), None);
    let mut got = 0;
    while got < 20_000_000 {
        got += answer.chunk().await.unwrap().unwrap().len();
    }
    assert_eq!(mock.counters().in_flight, 1);
    drop(answer);
    until(|| mock.counters().open_connections == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_body_leaves_time_for_others() {
    let mock = start().await;
    mock.on("list_clouds")
        .once()
        .respond(Reply::endless())
        .unwrap();
    let mut answer = get(&mock, &client()).send().await.unwrap();
    let reading = tokio::spawn(async move { while let Ok(Some(_)) = answer.chunk().await {} });
    let other = client();
    for _ in 0..5 {
        let answer = get(&mock, &other).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(mock.counters().in_flight, 1);
    reading.abort();
}

#[tokio::test]
async fn compressed_bodies() {
    let mock = start().await;
    let data = json!({"clouds": [], "total_count": 0});
    let packed = Reply::json(200, data.clone()).gzipped();
    mock.on("list_clouds")
        .once()
        .respond(packed.clone())
        .unwrap();
    let answer: Value = get(&mock, &client())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer, data);

    mock.on("list_clouds")
        .once()
        .respond(packed.garbled())
        .unwrap();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert!(answer.bytes().await.unwrap_err().is_decode());

    let unpacked = 10_000_000_000;
    mock.on("list_clouds")
        .once()
        .respond(Reply::gzip_bomb(unpacked))
        .unwrap();
    let mut answer = get(&mock, &client()).send().await.unwrap();
    let mut got = 0;
    while got < 5_000_000 {
        got += answer.chunk().await.unwrap().unwrap().len();
    }
    drop(answer);
    let plain = reqwest::Client::builder()
        .no_gzip()
        .no_proxy()
        .build()
        .unwrap();
    mock.on("list_clouds")
        .once()
        .respond(Reply::gzip_bomb(unpacked))
        .unwrap();
    let answer = get(&mock, &plain).send().await.unwrap();
    assert!(answer.content_length().unwrap() < unpacked / 600);
}

#[tokio::test]
async fn other_content_than_expected() {
    let mock = start().await;
    mock.on("list_clouds")
        .once()
        .respond(Reply::html_page(502))
        .unwrap();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("<h1>502 Bad Gateway</h1>")
    );

    let mislabelled = Reply::json(200, json!({})).media_type("text/html");
    mock.on("list_clouds").once().respond(mislabelled).unwrap();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert_eq!(answer.text().await.unwrap(), "{}");

    let elsewhere = Reply::redirect(307, "http://localhost:1/");
    mock.on("list_clouds").once().respond(elsewhere).unwrap();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], "http://localhost:1/");
}

#[tokio::test]
async fn claims_of_rate_limits() {
    let mock = start().await;
    let limit = RateLimit::per(Duration::from_secs(30), 5);
    let refusal = Reply::rate_limited(limit.clone().headers(RateLimitHeaders::RetryAfter));
    mock.on("list_clouds").once().respond(refusal).unwrap();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "30");

    let limit = limit.headers(RateLimitHeaders::RateLimit);
    let warning = Reply::json(200, json!({})).with_rate_limit(limit, 1, Duration::from_secs(9));
    mock.on("list_clouds").once().respond(warning).unwrap();
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.headers()["ratelimit-limit"], "5");
    assert_eq!(answer.headers()["ratelimit-remaining"], "1");
    assert_eq!(answer.headers()["ratelimit-reset"], "9");
}
