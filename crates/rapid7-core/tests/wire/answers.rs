//! Classification by status and decoding of what servers really send.

use std::collections::BTreeMap;

use rapid7_core::{
    Body, Decode, Error, Flag, IntegerOrText, Misfit, Object, Operation, Percentage, Received,
    Request, Secret, Timestamp, decode,
};
use serde::Deserialize;

use crate::server::{Server, json, reply};
use crate::{ApiError, GET, LIST, call, call_for, connect};

#[derive(Debug, PartialEq, Deserialize)]
struct Things {
    things: Vec<Thing>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Thing {
    id: u64,
}

async fn get<T: Send + 'static>(answer: Vec<u8>, decode: Decode<T>) -> Result<T, Error<ApiError>> {
    let server = Server::always(answer).await;
    call_for(&connect(&server.url), Request::new(&LIST), decode).await
}

#[tokio::test]
async fn a_result_is_decoded_and_keeps_status_and_headers() {
    let headers = [("X-Request-Id", "r-17"), ("content-type", "text/plain")];
    let server = Server::always(reply(201, &headers, r#"{"things":[{"id":7}]}"#)).await;
    let answer = connect(&server.url)
        .call(
            Request::new(&LIST),
            decode::json::<Things>,
            decode::json::<ApiError>,
        )
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.request_id(), Some("r-17"));
    assert_eq!(answer.things, [Thing { id: 7 }]);
    assert_eq!(answer.headers()["content-type"], "text/plain");
    assert_eq!(answer.map(|things| things.things.len()).into_inner(), 1);

    let seen = server.last();
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("accept-encoding"), Some("gzip"));
    assert!(
        seen.header("user-agent")
            .unwrap()
            .starts_with("rapid7-core/")
    );
}

#[tokio::test]
async fn a_documented_failure_is_typed() {
    let error = get(
        json(404, r#"{"error_message":"no such cloud"}"#),
        decode::body,
    )
    .await
    .unwrap_err();
    assert!(matches!(error, Error::Answer { .. }), "{error:?}");
    assert!(error.is_not_found());
    assert_eq!(error.answer().unwrap().error_message, "no such cloud");
    assert_eq!(error.server_message().as_deref(), Some("no such cloud"));
    assert_eq!(
        error.to_string(),
        "list_things (GET /v2/things): status 404: not found; check the identifiers, the base \
         URL, and that the server's release has this operation"
    );
    let mapped = error.map_answer(|answer| answer.error_message.len());
    assert_eq!(mapped.answer(), Some(&13));
}

#[tokio::test]
async fn failures_of_other_shapes_keep_everything() {
    let text = reply(
        429,
        &[("content-type", "text/plain"), ("retry-after", "60")],
        "slow down",
    );
    let error = get(text, decode::body).await.unwrap_err();
    assert!(matches!(error, Error::UnexpectedStatus { .. }));
    assert!(error.is_rate_limited());
    assert_eq!(error.raw_body().unwrap(), "slow down");
    assert_eq!(error.headers().unwrap()["retry-after"], "60");
    assert_eq!(error.server_message(), None);
    assert!(
        error.to_string().contains("status 429: too many requests"),
        "{error}"
    );

    let page = reply(
        401,
        &[("content-type", "text/html")],
        "<html>hunter2</html>",
    );
    let error = get(page, decode::body).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.is_forbidden());
    assert!(
        error.to_string().contains("the credentials were refused"),
        "{error}"
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"));

    let error = get(reply(503, &[], ""), decode::body).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("try again later (the answer is empty)"),
        "{error}"
    );
    assert_eq!(error.raw_body().unwrap().len(), 0);
}

#[tokio::test]
async fn a_failure_of_unknown_shape_is_an_answer_where_the_api_documents_none() {
    let server = Server::always(reply(500, &[], "oops")).await;
    let error = connect(&server.url)
        .call(Request::new(&LIST), decode::empty, decode::body)
        .await
        .unwrap_err();
    assert_eq!(error.answer(), Some(&Body::from("oops")));
}

#[tokio::test]
async fn a_listed_status_is_a_result() {
    static SCAN: Operation = Operation {
        success: &[406],
        ..GET
    };
    let server = Server::always(json(406, r#"{"things":[]}"#)).await;
    let answer = connect(&server.url)
        .call(
            Request::new(&SCAN),
            decode::json::<Things>,
            decode::json::<ApiError>,
        )
        .await
        .unwrap();
    assert_eq!(answer.status(), 406);
    assert!(answer.things.is_empty());
}

#[tokio::test]
async fn nothing_where_a_value_is_due() {
    for body in ["", " \n"] {
        let error = get(reply(200, &[], body), decode::json::<Things>)
            .await
            .unwrap_err();
        assert!(error.is_decode());
        assert_eq!(error.status().unwrap(), 200);
        assert!(
            error
                .to_string()
                .ends_with("of another shape: the body is empty"),
            "{error}"
        );
        assert_eq!(
            get(reply(200, &[], body), decode::optional::<Things>)
                .await
                .unwrap(),
            None
        );
    }
    assert_eq!(
        get(reply(204, &[], ""), decode::optional::<Things>)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        get(json(200, "null"), decode::optional::<Things>)
            .await
            .unwrap(),
        None
    );
    let some = get(json(200, r#"{"things":[]}"#), decode::optional::<Things>)
        .await
        .unwrap();
    assert_eq!(some, Some(Things { things: vec![] }));
}

#[tokio::test]
async fn bodies_without_a_shape() {
    assert_eq!(
        get(json(200, "\"a bare string\""), decode::json::<String>)
            .await
            .unwrap(),
        "a bare string"
    );
    assert_eq!(
        get(reply(200, &[], "a,b\n"), decode::text).await.unwrap(),
        "a,b\n"
    );
    assert!(
        get(reply(200, &[], b"\xff"), decode::text)
            .await
            .unwrap_err()
            .is_decode()
    );
    get(reply(200, &[], "whatever"), decode::empty)
        .await
        .unwrap();
    let body = get(json(200, "[1]"), decode::body).await.unwrap();
    assert_eq!(body.json::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(body.content_type(), Some("application/json"));
    assert!(
        get(reply(200, &[], ""), decode::body)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_result_of_another_shape_names_the_place_and_no_value() {
    let body = r#"{"things": [{"id": "1"}, null, {"id": "hunter2"}]}"#;
    let error = get(json(200, body), decode::json::<Things>)
        .await
        .unwrap_err();
    let Error::Decode { error: decode, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(decode.misfit().path(), "things[2].id");
    assert_eq!(
        decode.misfit().message(),
        "found a string that is no integer, expected u64"
    );
    assert_eq!(decode.misfit().found(), Some("a string that is no integer"));
    assert_eq!(decode.misfit().expected(), Some("u64"));
    assert_eq!(decode.misfit().line(), Some(1));
    assert_eq!(error.raw_body().unwrap(), body);
    assert!(!format!("{error} {error:?} {error:#?}").contains("hunter2"));

    for (content_type, expected) in [
        (
            "text/html; charset=utf-8",
            "not JSON but a page (text/html), as of a log-in or a proxy",
        ),
        ("text/plain", "not JSON but text/plain: expected a value"),
        (
            "application/json",
            "not JSON but what looks like HTML or XML: expected a value",
        ),
    ] {
        let page = reply(200, &[("content-type", content_type)], "<html>hunter2");
        let error = get(page, decode::json::<Things>).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.raw_body().unwrap(), "<html>hunter2");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn json_is_read_under_any_label_and_behind_a_byte_order_mark() {
    let text = r#"{"things":[{"id":"7"},null]}"#;
    let expected = Things {
        things: vec![Thing { id: 7 }],
    };
    for content_type in ["text/html", "text/plain; charset=utf-8", "application/json"] {
        for body in [text.to_owned(), format!("\u{feff}{text}\r\n")] {
            let answer = reply(200, &[("content-type", content_type)], &body);
            assert_eq!(get(answer, decode::json::<Things>).await.unwrap(), expected);
            let answer = reply(200, &[("content-type", content_type)], &body);
            let kept = get(answer, decode::body).await.unwrap();
            assert_eq!(kept.bytes(), body.as_bytes());
            assert_eq!(kept.text(), body);
            assert_eq!(kept.json::<Things>().unwrap(), expected);
        }
    }
    let blank = reply(200, &[], "\u{feff} \n");
    let answer = get(blank, decode::optional::<Things>).await.unwrap();
    assert_eq!(answer, None);
    let key = get(json(200, "\"k3y\""), decode::json::<Secret>).await;
    assert_eq!(key.unwrap().expose(), "k3y");
}

#[tokio::test]
async fn failures_that_drift_are_typed_too() {
    let error = get(json(400, r#"{"error_message":404}"#), decode::body).await;
    let error = error.unwrap_err();
    assert_eq!(error.answer().unwrap().error_message, "404");
}

#[derive(Debug, Object)]
struct Cloud {
    id: IntegerOrText,
    name: Option<String>,
    #[wire(default)]
    regions: Vec<String>,
    #[wire(default)]
    counts: BTreeMap<String, i64>,
    is_public: Option<bool>,
    refreshed: Option<Timestamp>,
    secure: Option<Flag>,
    score: Option<Percentage>,
}

#[tokio::test]
async fn values_of_several_forms_survive() {
    let body = r#"[
        {"id": 123456789012, "name": 7, "regions": null, "counts": null, "is_public": 1,
         "refreshed": "None", "secure": 0, "score": "95%", "new": [{}]},
        {"id": "ocid1:x:", "name": null, "regions": ["us-east-1", null], "counts": {"a": "1", "b": null},
         "is_public": "false", "refreshed": 1649129706, "secure": "true", "score": 95.5},
        {"id": 18446744073709551616}
    ]"#;
    let clouds: Vec<Cloud> = get(json(200, body), decode::json).await.unwrap();
    let [first, second, third] = clouds.as_slice() else {
        panic!("{clouds:?}")
    };
    assert_eq!(first.id.as_i64(), Some(123_456_789_012));
    assert_eq!(first.name.as_deref(), Some("7"));
    assert!(first.regions.is_empty() && first.counts.is_empty());
    assert_eq!(first.is_public, Some(true));
    assert!(first.refreshed.as_ref().unwrap().is_absent());
    assert_eq!(first.secure.as_ref().unwrap().is_set(), Some(false));
    assert_eq!(first.score.as_ref().unwrap().value(), Some(95.0));

    assert_eq!(second.id.as_text(), "ocid1:x:");
    assert_eq!(second.regions, ["us-east-1"]);
    assert_eq!(second.counts, BTreeMap::from([("a".to_owned(), 1)]));
    assert_eq!(second.is_public, Some(false));
    assert_eq!(second.refreshed.as_ref().unwrap().as_str(), "1649129706");
    assert_eq!(second.secure.as_ref().unwrap().is_set(), Some(true));
    assert_eq!(third.id.as_text(), "18446744073709551616");
}

#[tokio::test]
async fn decoders_of_generated_code_choose_by_status() {
    fn by_status(received: &Received) -> Result<Option<Things>, Misfit> {
        match received.status().as_u16() {
            200 => decode::json(received).map(Some),
            204 => decode::empty(received).map(|()| None),
            _ => Err(Misfit::new("the status is not documented")),
        }
    }
    assert_eq!(get(reply(204, &[], ""), by_status).await.unwrap(), None);
    let error = get(reply(202, &[], "{}"), by_status).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("status 202 with an answer of another shape: the status")
    );
}

#[tokio::test]
async fn errors_work_with_anyhow_and_stay_small() {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error<ApiError>>();
    assert!(
        size_of::<Error<ApiError>>() <= 32,
        "{}",
        size_of::<Error<ApiError>>()
    );

    let text = format!("{:#}", fallible().await.unwrap_err());
    assert!(
        text.contains("lack the permission") && text.ends_with("(request id id-1)"),
        "{text}"
    );
}

async fn fallible() -> anyhow::Result<()> {
    let server = Server::always(reply(403, &[("R7-Request-Id", "id-1")], "")).await;
    call(&connect(&server.url), Request::new(&LIST)).await?;
    Ok(())
}

#[test]
fn futures_of_callers_stay_small() {
    let connection = connect("http://127.0.0.1:1");
    let call = connection.call(
        Request::new(&LIST),
        decode::json::<Things>,
        decode::json::<ApiError>,
    );
    let size = size_of_val(&call);
    assert!(size <= 1024, "{size} bytes");
}
