//! Logins that fail, and sessions that end.

use std::time::Duration;

use insightcloudsec_mock::Mock;
use serde_json::{Value, json};

use crate::{CLOUDS, client, start};

async fn login(mock: &Mock, password: &str) -> (u16, Value) {
    let url = format!("{}/v2/public/user/login", mock.url());
    let body = json!({"username": mock.username(), "password": password});
    let answer = client().post(url).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn open(mock: &Mock) -> String {
    let (_, answer) = login(mock, mock.password()).await;
    answer["session_id"].as_str().unwrap().to_owned()
}

async fn call(mock: &Mock, session: &str) -> u16 {
    let url = format!("{}{CLOUDS}", mock.url());
    let request = client().get(url).header("x-auth-token", session);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn sessions_end_after_so_many_calls() {
    let mock = start().await;
    mock.session_calls(2);
    let (one, other) = (open(&mock).await, open(&mock).await);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(call(&mock, &one).await);
    }
    assert_eq!(statuses, [200, 200, 401, 401]);
    assert_eq!(call(&mock, &other).await, 200, "each has its own count");
    assert_eq!(mock.logins(), 2);
}

#[tokio::test]
async fn sessions_end_with_time_and_on_demand() {
    let mock = start().await;
    mock.session_lifetime(Duration::from_secs(60));
    let short = open(&mock).await;
    assert_eq!(call(&mock, &short).await, 200);
    mock.session_lifetime(Duration::from_millis(1));
    tokio::time::sleep(Duration::from_millis(2)).await;
    assert_eq!(call(&mock, &short).await, 401);

    mock.clear_session_rules();
    let session = open(&mock).await;
    assert!(mock.expire_sessions_of("grace"));
    assert_eq!(call(&mock, &session).await, 200);
    assert!(mock.expire_sessions_of(mock.username()));
    assert_eq!(call(&mock, &session).await, 401);
    assert!(!mock.expire_sessions_of("nobody"));
}

#[tokio::test]
async fn accounts_are_locked() {
    let mock = start().await;
    mock.lock_accounts_after(2);
    let session = open(&mock).await;
    assert_eq!(login(&mock, "wrong").await.0, 401);
    assert_eq!(login(&mock, mock.password()).await.0, 200, "not in a row");
    for _ in 0..2 {
        assert_eq!(login(&mock, "wrong").await.0, 401);
    }
    let (status, answer) = login(&mock, mock.password()).await;
    assert_eq!(status, 401);
    assert_eq!(answer["error_message"], "the account is locked");
    assert_eq!(call(&mock, &session).await, 200, "sessions outlive it");
    assert_eq!((mock.logins(), mock.refused_logins()), (2, 4));
    assert!(mock.unlock_account(mock.username()));
    assert_eq!(login(&mock, mock.password()).await.0, 200);
}

#[tokio::test]
async fn a_second_factor_is_asked_for() {
    let mock = start().await;
    mock.require_second_factor(true);
    assert_eq!(login(&mock, "wrong").await.0, 401);
    let (status, answer) = login(&mock, mock.password()).await;
    assert_eq!(status, 200);
    assert_eq!(answer["two_factor_required"], true);
    assert!(answer.get("session_id").is_none());
    assert_eq!(mock.logins(), 0);
}

#[tokio::test]
async fn logins_tell_how_long_their_session_lasts() {
    let mock = start().await;
    let (_, plain) = login(&mock, mock.password()).await;
    assert_eq!(plain["session_timeout"], 720);
    assert!(plain.get("session_expiration").is_none());
    assert!(plain.get("session_timeout_seconds").is_none());

    mock.session_lifetime(Duration::from_secs(90));
    mock.tell_session_expiration(true);
    mock.tell_session_seconds(true);
    let (_, told) = login(&mock, mock.password()).await;
    assert_eq!(told["session_timeout"], 2);
    assert_eq!(told["session_timeout_seconds"], 90);
    let expiration = told["session_expiration"].as_str().unwrap();
    assert!(
        expiration.ends_with(" UTC") && expiration.len() == 24,
        "{expiration}"
    );
}
