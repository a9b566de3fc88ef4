//! What Swagger 2.0 says otherwise.

use crate::wire::{ANY, Credential, JSON, OF_JSON, Reply, Wire};
use rapid7_core::{Connection, Credentials};
use serde_json::json;
use wire_swagger20::{AUTH, Client, OPERATIONS, operations as op, types};

pub async fn check() -> (usize, usize) {
    let wire = Wire::new("swagger20", OPERATIONS, Credential::Query("key=k3y"));
    let connection = Connection::builder(AUTH, wire.url(), Credentials::api_key("k3y"));
    let client = Client::new(connection.build().unwrap());
    collections(&wire, &client).await;
    bodies(&wire, &client).await;
    media_types(&wire, &client).await;
    let (sent, answer) = wire
        .call(&op::ANONYMOUS, nothing(), client.anonymous().send())
        .await;
    sent.is_open("GET /v20/open", &[ANY]);
    answer.unwrap();
    wire.count()
}

fn nothing() -> Reply {
    Reply::empty(204)
}

fn texts() -> Vec<String> {
    vec!["a,b".to_owned(), "c d".to_owned()]
}

async fn collections(wire: &Wire, client: &Client) {
    let form = types::SendFormRequest::builder()
        .user_name("ada")
        .age(7)
        .plain(texts())
        .multi(texts())
        .pipes(texts());
    let (sent, answer) = wire
        .call(
            &op::SEND_FORM,
            nothing(),
            client.send_form().body(form).send(),
        )
        .await;
    sent.is(
        "POST /v20/form",
        &[ANY, "content-type: application/x-www-form-urlencoded"],
        "age=7&multi=a%2Cb&multi=c%20d&pipes=a%2Cb%7Cc%20d&plain=a%2Cb,c%20d&user%20name=ada",
    );
    answer.unwrap();

    let request = client
        .collections()
        .ids(vec![1, 2])
        .plain(texts())
        .csv(texts())
        .multi(texts())
        .pipes(texts())
        .ssv(texts())
        .tsv(texts())
        .x_ids(vec![1, 2])
        .sort("down");
    let (sent, answer) = wire.call(&op::COLLECTIONS, nothing(), request.send()).await;
    sent.is(
        "GET /v20/collections/1,2?plain=a%2Cb,c%20d&csv=a%2Cb,c%20d&multi=a%2Cb&multi=c%20d&pipes=a%2Cb%7Cc%20d\
         &ssv=a%2Cb%20c%20d&tsv=a%2Cb%09c%20d&sort=down",
        &[ANY, "x-ids: 1,2"],
        "",
    );
    answer.unwrap();
}

async fn bodies(wire: &Wire, client: &Client) {
    let named = types::NamedInput::builder().name("a").note("b");
    let request = client.send_body().limit(3).body(named.clone());
    let reply = Reply::json(200, json!({ "name": "c", "note": null }));
    let (sent, answer) = wire.call(&op::SEND_BODY, reply, request.send()).await;
    sent.is(
        "POST /v20/body?limit=3",
        &[JSON, OF_JSON],
        json!({ "name": "a", "note": "b" }),
    );
    assert_eq!(answer.unwrap().into_inner().name.as_deref(), Some("c"));
    let reply = Reply::json(400, json!({ "code": 5 }));
    let (_, answer) = wire
        .call(&op::SEND_BODY, reply, client.send_body().body(named).send())
        .await;
    assert_eq!(answer.unwrap_err().answer().unwrap().code, Some(5));

    let reply = Reply::typed(200, "text/plain", "b");
    let (sent, answer) = wire
        .call(&op::SEND_TEXT, reply, client.send_text().body("a").send())
        .await;
    sent.is(
        "POST /v20/text",
        &["accept: text/plain", "content-type: text/plain"],
        "a",
    );
    assert_eq!(answer.unwrap().into_inner(), "b");

    let (sent, answer) = wire
        .call(
            &op::SEND_XML,
            nothing(),
            client.send_xml().body("<a/>").send(),
        )
        .await;
    sent.is(
        "PUT /v20/xml",
        &[ANY, "content-type: application/xml"],
        "<a/>",
    );
    answer.unwrap();

    let bird = types::BirdInput::builder().kind("Bird").wings(2);
    let body = json!({ "kind": "Bird", "wings": 2 });
    let reply = Reply::json(200, body.clone());
    let (sent, answer) = wire
        .call(
            &op::SEND_INHERITED,
            reply,
            client.send_inherited().body(bird).send(),
        )
        .await;
    sent.is("POST /v20/animals", &[JSON, OF_JSON], body);
    assert_eq!(answer.unwrap().into_inner().wings, Some(2));
}

async fn media_types(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(
            &op::SEND_LIST,
            nothing(),
            client.send_list().body(vec![1, 2]).send(),
        )
        .await;
    sent.is("POST /v20/list", &[ANY, OF_JSON], json!([1, 2]));
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::SEND_LIST,
            nothing(),
            client.send_list().body_as("text/csv", "1,2").send(),
        )
        .await;
    sent.is("POST /v20/list", &[ANY, "content-type: text/csv"], "1,2");
    answer.unwrap();

    let reply = Reply::typed(200, "application/pdf", b"%PDF");
    let (sent, answer) = wire
        .call(&op::ANSWER_FILE, reply, client.answer_file().send())
        .await;
    sent.is("GET /v20/file", &["accept: application/pdf"], "");
    assert_eq!(answer.unwrap().into_inner().bytes().as_ref(), b"%PDF");

    let reply = Reply::json(200, json!([{ "name": "a" }]));
    let (sent, answer) = wire
        .call(&op::ANSWER_SEVERAL, reply, client.answer_several().send())
        .await;
    sent.is("GET /v20/several", &[JSON], "");
    assert_eq!(answer.unwrap().into_inner()[0].name.as_deref(), Some("a"));
    let reply = Reply::typed(200, "text/csv", "name\na\n");
    let (sent, answer) = wire
        .call(
            &op::ANSWER_SEVERAL,
            reply,
            client.answer_several().send_as("text/csv"),
        )
        .await;
    sent.is("GET /v20/several", &["accept: text/csv"], "");
    assert_eq!(answer.unwrap().into_inner().text(), "name\na\n");
    let reply = Reply::json(500, json!({ "code": 5 }));
    let (_, answer) = wire
        .call(&op::ANSWER_SEVERAL, reply, client.answer_several().send())
        .await;
    assert_eq!(answer.unwrap_err().answer().unwrap().code, Some(5));
}
