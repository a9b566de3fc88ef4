//! Faults by chance, before and after a request is processed, and limits that are kept.

use std::time::Duration;

use insightcloudsec_mock::{Fault, Faults, Mock, RateLimit, RateLimitHeaders, Reply};
use serde_json::json;

use crate::{client, get, start, status};

async fn statuses(mock: &Mock, requests: usize) -> Vec<u16> {
    let client = client();
    let mut all = Vec::new();
    for _ in 0..requests {
        let answer = get(mock, &client).send().await;
        all.push(answer.map_or(0, |answer| answer.status().as_u16()));
    }
    all
}

/// Creates a user, and says whether the client got to know it.
async fn create(mock: &Mock, name: &str) -> bool {
    let url = format!("{}/v2/public/user/create_api_only_user", mock.url());
    let body = json!({"username": name, "name": name, "email": "made@example.com"});
    let request = client().post(url).header("api-key", mock.api_key());
    let answer = request.json(&body).send().await;
    let Ok(answer) = answer.and_then(reqwest::Response::error_for_status) else {
        return false;
    };
    answer.json::<serde_json::Value>().await.is_ok()
}

#[tokio::test]
async fn a_seed_makes_the_same_faults() {
    let mock = start().await;
    let mix = || {
        Faults::seeded(7)
            .rate(0.3)
            .only(|request| request.method == "GET")
    };
    mock.faults(mix());
    let first = statuses(&mock, 60).await;
    mock.faults(mix());
    assert_eq!(statuses(&mock, 60).await, first);
    let failed = first.iter().filter(|status| **status != 200).count();
    assert!((6..36).contains(&failed), "{first:?}");
    assert!(mock.counters().faults >= 2 * failed as u64);
    mock.clear_faults();
    assert_eq!(statuses(&mock, 3).await, [200, 200, 200]);
}

#[tokio::test]
async fn objects_are_made_or_not_whatever_the_client_learns() {
    let mock = start().await;
    let users = || mock.state(|state| state.users().len());
    let before = users();
    let faults = [
        (Fault::before(Reply::reset()), 0),
        (Reply::status(503).into(), 0),
        (Fault::lost_answer(), 1),
        (Fault::cut_answer(), 1),
        (Fault::garbled_answer(), 1),
        (Fault::after(|_| Reply::html_page(504)), 1),
    ];
    let mut made = 0;
    for (at, (fault, adds)) in faults.into_iter().enumerate() {
        mock.on("create_api_only_user").once().fault(fault).unwrap();
        assert!(!create(&mock, &format!("robot-{at}")).await);
        made += adds;
        assert_eq!(users(), before + made, "fault {at}");
    }
    let processed = mock
        .requests()
        .iter()
        .filter(|one| one.processed == Some(200))
        .count();
    assert_eq!(processed, made);
    assert!(create(&mock, "robot").await);
}

#[tokio::test]
async fn any_request_that_fits() {
    let mock = start().await;
    mock.on_any().once().respond(Reply::status(418)).unwrap();
    mock.on_any()
        .times(1)
        .only(|request| request.header("x-unlucky").is_some())
        .respond(Reply::status(500))
        .unwrap();
    assert_eq!(statuses(&mock, 2).await, [418, 200]);
    let unlucky = || get(&mock, &client()).header("x-unlucky", "1").send();
    assert_eq!(unlucky().await.unwrap().status(), 500);
    assert_eq!(unlucky().await.unwrap().status(), 200);
    mock.on_any().respond(Reply::status(204)).unwrap();
    let unknown = reqwest::get(format!("{}/nowhere", mock.url()))
        .await
        .unwrap();
    assert_eq!(unknown.status(), 204);
}

#[tokio::test]
async fn a_limit_is_kept_and_told() {
    let mock = start().await;
    let limit = RateLimit::per(Duration::from_secs(60), 2);
    mock.rate_limit(
        limit
            .headers(RateLimitHeaders::XRateLimit)
            .headers(RateLimitHeaders::RetryAfter),
    );
    let answer = get(&mock, &client()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-ratelimit-remaining"], "1");
    assert!(!answer.headers().contains_key("retry-after"));
    let rest = statuses(&mock, 3).await;
    assert_eq!(rest, [200, 429, 429]);
    let refused = get(&mock, &client()).send().await.unwrap();
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    let wait = refused.headers()["retry-after"].to_str().unwrap();
    assert!((50..=60).contains(&wait.parse().unwrap()), "{wait}");
    assert_eq!(mock.counters().rate_limited, 3);

    let window = Duration::from_millis(20);
    mock.rate_limit(RateLimit::per(window, 1));
    for _ in 0..2 {
        assert_eq!(status(&mock).await, 200);
        tokio::time::sleep(window).await;
    }
    mock.clear_rate_limit();
    assert_eq!(statuses(&mock, 3).await, [200, 200, 200]);
}
