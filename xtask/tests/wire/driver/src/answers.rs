//! Answers: which type they decode into, by status, media type and content.

use crate::wire::{ANY, JSON, Reply, Wire};
use rapid7_core::{Error, Timestamp};
use serde_json::json;
use wire_openapi30::{Client, operations as op, types};

pub async fn check(wire: &Wire, client: &Client) {
    by_status(wire, client).await;
    failures(wire, client).await;
    media_types(wire, client).await;
    deviations(wire, client).await;
}

fn named(status: u16) -> Reply {
    Reply::json(status, json!({ "name": "a" }))
}

async fn by_status(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(
            &op::ANSWER_OR_NOTHING,
            named(200),
            client.answer_or_nothing().send(),
        )
        .await;
    sent.is("GET /api/v1/answers/or-nothing", &[JSON], "");
    assert_eq!(
        answer.unwrap().into_inner().unwrap().name.as_deref(),
        Some("a")
    );
    let (_, answer) = wire
        .call(
            &op::ANSWER_OR_NOTHING,
            Reply::empty(204),
            client.answer_or_nothing().send(),
        )
        .await;
    assert!(answer.unwrap().into_inner().is_none());

    let call = |reply| {
        wire.call(
            &op::ANSWER_BY_STATUS,
            reply,
            client.answer_by_status().send(),
        )
    };
    let (sent, answer) = call(named(200)).await;
    sent.is(
        "GET /api/v1/answers/by-status",
        &["accept: application/json, text/plain"],
        "",
    );
    assert!(matches!(
        answer.unwrap().into_inner(),
        types::AnswerByStatusAnswer::Ok(_)
    ));
    let (_, answer) = call(Reply::json(202, json!({ "access": "b" }))).await;
    let types::AnswerByStatusAnswer::Accepted(key) = answer.unwrap().into_inner() else {
        panic!()
    };
    assert_eq!(key.access.as_deref(), Some("b"));
    let (_, answer) = call(Reply::typed(206, "text/plain", "part")).await;
    assert_eq!(
        answer.unwrap().into_inner(),
        types::AnswerByStatusAnswer::PartialContent("part".to_owned())
    );
    let (_, answer) = call(Reply::empty(207)).await;
    assert_eq!(
        answer.unwrap().into_inner(),
        types::AnswerByStatusAnswer::MultiStatus
    );
    let (_, answer) = call(Reply::json(299, json!([1, 2]))).await;
    assert_eq!(
        answer.unwrap().into_inner(),
        types::AnswerByStatusAnswer::Success(vec![1, 2])
    );

    let (sent, answer) = wire
        .call(
            &op::ANSWER_ONLY_DEFAULT,
            named(200),
            client.answer_only_default().send(),
        )
        .await;
    sent.is("GET /api/v1/answers/only-default", &[JSON], "");
    assert_eq!(answer.unwrap().into_inner().name.as_deref(), Some("a"));
}

async fn failures(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(
            &op::ANSWER_DEFAULT,
            named(200),
            client.answer_default().send(),
        )
        .await;
    sent.is(
        "GET /api/v1/answers/default",
        &["accept: application/json, application/problem+json"],
        "",
    );
    assert_eq!(answer.unwrap().into_inner().name.as_deref(), Some("a"));
    let reply = Reply::typed(418, "application/problem+json", r#"{"code":7}"#);
    let (_, answer) = wire
        .call(&op::ANSWER_DEFAULT, reply, client.answer_default().send())
        .await;
    assert_eq!(answer.unwrap_err().answer().unwrap().code, Some(7));

    let call = |reply| wire.call(&op::ANSWER_FAILURES, reply, client.answer_failures().send());
    let (sent, answer) = call(Reply::empty(204)).await;
    sent.is(
        "GET /api/v1/answers/failures",
        &["accept: application/json, text/html"],
        "",
    );
    answer.unwrap();
    let (_, answer) = call(named(404)).await;
    let error = answer.unwrap_err();
    assert!(
        matches!(
            error.answer(),
            Some(types::AnswerFailuresError::NotFound(_))
        ),
        "{error:?}"
    );
    let (_, answer) = call(Reply::json(409, json!({ "code": 3 }))).await;
    let error = answer.unwrap_err();
    let Some(types::AnswerFailuresError::ClientError(fault)) = error.answer() else {
        panic!("{error:?}")
    };
    assert_eq!(fault.code, Some(3));
    // Statuses without a body, or with another, are failures all the same.
    for reply in [
        Reply::empty(401),
        Reply::typed(503, "text/html", "<p>busy</p>"),
    ] {
        let (_, answer) = call(reply).await;
        assert!(matches!(
            answer.unwrap_err(),
            Error::UnexpectedStatus { .. }
        ));
    }
}

async fn media_types(wire: &Wire, client: &Client) {
    let reply = Reply::typed(200, "text/csv", "a,b\n");
    let (sent, answer) = wire
        .call(&op::ANSWER_CSV, reply, client.answer_csv().send())
        .await;
    sent.is("GET /api/v1/answers/csv", &["accept: text/csv"], "");
    assert_eq!(answer.unwrap().into_inner(), "a,b\n");

    let (sent, answer) = wire
        .call(
            &op::ANSWER_SEVERAL,
            named(200),
            client.answer_several().send(),
        )
        .await;
    sent.is("GET /api/v1/answers/several", &[JSON], "");
    assert_eq!(answer.unwrap().into_inner().name.as_deref(), Some("a"));
    let reply = Reply::typed(200, "application/pdf", b"%PDF");
    let request = client.answer_several().send_as("application/pdf");
    let (sent, answer) = wire.call(&op::ANSWER_SEVERAL, reply, request).await;
    sent.is(
        "GET /api/v1/answers/several",
        &["accept: application/pdf"],
        "",
    );
    let body = answer.unwrap().into_inner();
    assert_eq!(
        (body.bytes().as_ref(), body.content_type()),
        (b"%PDF".as_slice(), Some("application/pdf"))
    );

    let (sent, answer) = wire
        .call(
            &op::ANSWER_WILDCARD,
            named(200),
            client.answer_wildcard().send(),
        )
        .await;
    sent.is("GET /api/v1/answers/wildcard", &["accept: */*"], "");
    assert_eq!(answer.unwrap().into_inner().name.as_deref(), Some("a"));
}

async fn deviations(wire: &Wire, client: &Client) {
    for (reply, text) in [
        (Reply::empty(200), ""),
        (Reply::typed(200, "text/html", "<p>"), "<p>"),
    ] {
        let (sent, answer) = wire
            .call(&op::ANSWER_UNKNOWN, reply, client.answer_unknown().send())
            .await;
        sent.is("GET /api/v1/answers/unknown", &[ANY], "");
        assert_eq!(answer.unwrap().into_inner().text(), text);
    }

    let call = |reply| wire.call(&op::ANSWER_LENIENT, reply, client.answer_lenient().send());
    let nulls = r#"{"id":null,"name":null,"owner":null,"tags":null,"since":"yesterday","more":{}}"#;
    let (sent, answer) = call(Reply::typed(200, "text/html", nulls)).await;
    sent.is("GET /api/v1/answers/lenient", &[JSON], "");
    let item = answer.unwrap().into_inner();
    assert_eq!(
        (
            item.id,
            item.name,
            item.since.as_ref().map(Timestamp::as_str)
        ),
        (None, None, Some("yesterday"))
    );
    assert!(item.tags.is_empty());
    for reply in [
        Reply::empty(200),
        Reply::json(200, json!({ "id": "seven" })),
    ] {
        let (_, answer) = call(reply).await;
        assert!(answer.unwrap_err().is_decode());
    }
}
