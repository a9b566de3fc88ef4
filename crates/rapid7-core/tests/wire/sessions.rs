//! Sessions that end, keys that are replaced, and what calls under way make of it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rapid7_core::{
    Access, Connection, Credentials, Error, LoginErrorKind, Operation, Refusal, Request,
};

use crate::server::{Seen, Server, json, reply};
use crate::{AUTH, GET, LIST, THING, call, connect_as};

const LOGIN: &str = "/v2/public/user/login";

static DOWNLOAD: Operation = Operation {
    name: "download",
    path: "/v2/download",
    access: Access::SessionQuery("token"),
    ..GET
};
static ODD: Operation = Operation {
    name: "odd",
    session_ended: &[403, 302],
    ..GET
};

/// A server with sessions `s1`, `s2` and so on, of which those in `ended` are refused.
struct Sessions {
    server: Server,
    logins: Arc<AtomicUsize>,
    ended: Arc<Mutex<HashSet<String>>>,
}

impl Sessions {
    /// `refuse` says what a session that has ended is answered with.
    async fn start(refuse: Vec<u8>) -> Self {
        let logins = Arc::new(AtomicUsize::new(0));
        let ended = Arc::new(Mutex::new(HashSet::new()));
        let (count, over) = (Arc::clone(&logins), Arc::clone(&ended));
        let server = Server::with(move |seen: &Seen| {
            if seen.target() == LOGIN {
                let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                return json(200, &format!(r#"{{"session_id":"s{number}"}}"#));
            }
            let token = seen.header("x-auth-token").unwrap_or_default();
            if over.lock().unwrap().contains(token) {
                return refuse.clone();
            }
            json(200, "{}")
        })
        .await;
        Self {
            server,
            logins,
            ended,
        }
    }

    fn connect(&self) -> Connection {
        connect_as(&self.server.url, Credentials::login("ada", "pa55"))
    }

    fn end(&self, session: &str) {
        self.ended.lock().unwrap().insert(session.to_owned());
    }

    fn logins(&self) -> usize {
        self.logins.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_session_that_ended_is_begun_anew_for_all_calls_at_once() {
    let sessions = Sessions::start(reply(401, &[], "")).await;
    let connection = sessions.connect();
    call(&connection, Request::new(&LIST)).await.unwrap();
    sessions.end("s1");
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection, Request::new(&LIST)).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(sessions.logins(), 2);
}

#[tokio::test]
async fn other_statuses_tell_of_the_end_where_the_operation_says_so() {
    let sessions = Sessions::start(reply(403, &[], "")).await;
    let connection = sessions.connect();
    call(&connection, Request::new(&ODD)).await.unwrap();
    sessions.end("s1");
    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    assert_eq!(sessions.logins(), 1);
    call(&connection, Request::new(&ODD)).await.unwrap();
    assert_eq!(sessions.logins(), 2);
}

#[tokio::test]
async fn a_session_that_never_worked_is_not_begun_again() {
    let sessions = Sessions::start(reply(401, &[], "")).await;
    sessions.end("s1");
    let connection = sessions.connect();
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection, Request::new(&LIST)).await.map(drop) })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap_err().is_unauthorized());
    }
    assert!(
        call(&connection, Request::new(&LIST))
            .await
            .unwrap_err()
            .is_unauthorized()
    );
    assert_eq!(sessions.logins(), 1);
}

#[tokio::test]
async fn a_rejection_that_overtakes_a_success_is_understood() {
    // The first call's success is under way while the session ends and the second call is rejected.
    let logins = Arc::new(AtomicUsize::new(0));
    let (count, calls) = (Arc::clone(&logins), AtomicUsize::new(0));
    let server = Server::with_async(move |seen: &Seen| {
        let login = (seen.target() == LOGIN).then(|| count.fetch_add(1, Ordering::SeqCst) + 1);
        let is_first = login.is_none() && calls.fetch_add(1, Ordering::SeqCst) == 0;
        let is_old = seen.header("x-auth-token") == Some("s1");
        Box::pin(async move {
            match login {
                Some(number) => json(200, &format!(r#"{{"session_id":"s{number}"}}"#)),
                None if is_first => {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    json(200, "{}")
                }
                None if is_old => reply(401, &[], ""),
                None => json(200, "{}"),
            }
        })
    })
    .await;
    let connection = connect_as(&server.url, Credentials::login("ada", "pa55"));
    connection.login().await.unwrap();
    let first = tokio::spawn({
        let connection = connection.clone();
        async move { call(&connection, Request::new(&LIST)).await.map(drop) }
    });
    while server.seen().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call(&connection, Request::new(&LIST)).await.unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn sessions_that_keep_ending_are_followed_three_times() {
    // One operation is never accepted; in the time that takes, another is, with the same session.
    let logins = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&logins);
    let server = Server::with_async(move |seen: &Seen| {
        let is_refused = seen.target() == LIST.path;
        let login = (seen.target() == LOGIN).then(|| count.fetch_add(1, Ordering::SeqCst) + 1);
        Box::pin(async move {
            match login {
                Some(number) => json(200, &format!(r#"{{"session_id":"s{number}"}}"#)),
                None if is_refused => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    reply(401, &[], "")
                }
                None => json(200, "{}"),
            }
        })
    })
    .await;
    let connection = connect_as(&server.url, Credentials::login("ada", "pa55"));
    let others = tokio::spawn({
        let connection = connection.clone();
        async move {
            loop {
                let part = Request::new(&THING).path("id", &Ok(1));
                call(&connection, part).await.unwrap();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    });
    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    assert!(!others.is_finished(), "another call failed");
    others.abort();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.effort().attempts(), 4);
    assert_eq!(logins.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn an_answer_that_belongs_to_a_session_is_not_had_from_another() {
    let sessions = Sessions::start(reply(401, &[], "")).await;
    let connection = sessions.connect();
    call(&connection, Request::new(&DOWNLOAD)).await.unwrap();
    assert_eq!(sessions.server.last().target(), "/v2/download?token=s1");
    sessions.end("s1");
    let error = call(&connection, Request::new(&DOWNLOAD))
        .await
        .unwrap_err();
    assert!(error.is_unauthorized());
    assert!(!format!("{error:?} {error}").contains("s1"), "{error:?}");
    assert_eq!(sessions.logins(), 1);
    call(&connection, Request::new(&DOWNLOAD)).await.unwrap();
    assert_eq!(sessions.logins(), 2);

    let by_key = connect_as(&sessions.server.url, Credentials::api_key("k3y"));
    let error = call(&by_key, Request::new(&DOWNLOAD)).await.unwrap_err();
    assert!(matches!(
        error,
        Error::Refused {
            reason: Refusal::SessionRequired,
            ..
        }
    ));
}

#[tokio::test]
async fn a_session_given_by_the_program_is_not_renewed() {
    let sessions = Sessions::start(reply(401, &[], "")).await;
    let connection = connect_as(&sessions.server.url, Credentials::session("mine"));
    call(&connection, Request::new(&LIST)).await.unwrap();
    sessions.end("mine");
    assert!(
        call(&connection, Request::new(&LIST))
            .await
            .unwrap_err()
            .is_unauthorized()
    );
    assert_eq!((sessions.logins(), sessions.server.seen().len()), (0, 2));
}

#[tokio::test]
async fn a_session_whose_end_is_known_is_renewed_before() {
    let logins = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&logins);
    let server = Server::with(move |seen: &Seen| {
        if seen.target() == LOGIN {
            count.fetch_add(1, Ordering::SeqCst);
            return json(200, r#"{"session_id":"s","session_timeout_seconds":1}"#);
        }
        json(200, "{}")
    })
    .await;
    let connection = connect_as(&server.url, Credentials::login("ada", "pa55"));
    call(&connection, Request::new(&LIST)).await.unwrap();
    call(&connection, Request::new(&LIST)).await.unwrap();
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_millis(600)).await;
    call(&connection, Request::new(&LIST)).await.unwrap();
    assert_eq!(logins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn log_ins_that_fail_in_passing_are_tried_again() {
    let at = AtomicUsize::new(0);
    let server = Server::with(move |seen: &Seen| match seen.target() {
        LOGIN => match at.fetch_add(1, Ordering::SeqCst) {
            0 => reply(503, &[("retry-after", "0")], ""),
            1 => Vec::new(),
            _ => json(200, r#"{"session_id":"s"}"#),
        },
        _ => json(200, "{}"),
    })
    .await;
    let builder = Connection::builder(AUTH, &server.url, Credentials::login("ada", "pa55"));
    call(&builder.build().unwrap(), Request::new(&LIST))
        .await
        .unwrap();
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn locks_and_second_factors_are_told_and_left_alone() {
    for (answer, kind) in [
        (
            json(401, r#"{"error_message":"Account locked"}"#),
            LoginErrorKind::Locked,
        ),
        (
            json(403, r#"{"message":"MFA required"}"#),
            LoginErrorKind::SecondFactor,
        ),
        (
            json(200, r#"{"tfa_required":true}"#),
            LoginErrorKind::SecondFactor,
        ),
    ] {
        let server = Server::always(answer).await;
        let builder = Connection::builder(AUTH, &server.url, Credentials::login("ada", "pa55"));
        let connection = builder.build().unwrap();
        for _ in 0..3 {
            let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
            let Error::Login { error: login, .. } = &error else {
                panic!("{error:?}")
            };
            assert_eq!(login.kind(), kind);
            assert!(error.is_unauthorized() && !error.is_retryable());
        }
        assert_eq!(server.seen().len(), 1, "{kind:?}");
    }
}

/// A server that accepts one key, and a connection that asks for the present one.
async fn rotating(
    accepted: &'static str,
) -> (Server, Connection, Arc<Mutex<String>>, Arc<AtomicUsize>) {
    let server = Server::with(move |seen: &Seen| match seen.header("api-key") {
        Some(key) if key == accepted => json(200, "{}"),
        _ => reply(401, &[], ""),
    })
    .await;
    let key = Arc::new(Mutex::new("old".to_owned()));
    let asked = Arc::new(AtomicUsize::new(0));
    let (present, count) = (Arc::clone(&key), Arc::clone(&asked));
    let credentials = Credentials::callback(move || {
        count.fetch_add(1, Ordering::SeqCst);
        let key = present.lock().unwrap().clone();
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok::<_, std::io::Error>(Credentials::api_key(key))
        }
    });
    let connection = connect_as(&server.url, credentials);
    (server, connection, key, asked)
}

async fn call_8_times(connection: &Connection) -> usize {
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { call(&connection, Request::new(&LIST)).await.map(drop) })
        })
        .collect();
    let mut successes = 0;
    for call in calls {
        successes += usize::from(call.await.unwrap().is_ok());
    }
    successes
}

#[tokio::test]
async fn a_key_that_is_replaced_is_asked_for_once() {
    let (_server, connection, key, asked) = rotating("old").await;
    assert_eq!(call_8_times(&connection).await, 8);
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let (_server, connection, new_key, asked) = rotating("new").await;
    drop(key);
    assert_eq!(
        call_8_times(&connection).await,
        0,
        "the program has no other key yet"
    );
    let so_far = asked.load(Ordering::SeqCst);
    assert!(so_far <= 3, "asked {so_far} times for eight calls at once");
    *new_key.lock().unwrap() = "new".to_owned();
    assert_eq!(call_8_times(&connection).await, 8);
    assert_eq!(asked.load(Ordering::SeqCst), so_far + 1);
}

#[tokio::test]
async fn a_callback_may_give_a_log_in_or_fail() {
    let sessions = Sessions::start(reply(401, &[], "")).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let credentials = Credentials::callback(move || {
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok::<_, std::io::Error>(Credentials::login("ada", "pa55")) }
    });
    let connection = connect_as(&sessions.server.url, credentials);
    call(&connection, Request::new(&LIST)).await.unwrap();
    sessions.end("s1");
    call(&connection, Request::new(&LIST)).await.unwrap();
    assert_eq!((sessions.logins(), asked.load(Ordering::SeqCst)), (2, 2));

    let failing = Credentials::callback(|| async { Err(std::io::Error::other("vault sealed")) });
    let connection = connect_as(&sessions.server.url, failing);
    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("there are no credentials: the callback gave no"),
        "{text}"
    );
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "vault sealed");

    for unusable in [
        Credentials::none(),
        Credentials::bearer("b"),
        Credentials::api_key(""),
    ] {
        let credentials = Credentials::callback(move || {
            let given = unusable.clone();
            async { Ok::<_, std::io::Error>(given) }
        });
        let connection = connect_as(&sessions.server.url, credentials);
        let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
        let Error::Login { error, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.kind(), LoginErrorKind::NoCredentials);
    }
}
