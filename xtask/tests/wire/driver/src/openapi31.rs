//! What only OpenAPI 3.1 has words for.

use crate::wire::{ANY, Credential, JSON, OF_JSON, Reply, Wire};
use rapid7_core::{Connection, Credentials, IntegerOrText};
use serde_json::json;
use wire_openapi31::{AUTH, Client, OPERATIONS, operations as op, types};

pub async fn check() -> (usize, usize) {
    let wire = Wire::new(
        "openapi31",
        OPERATIONS,
        Credential::Header("authorization: Bearer t0ken"),
    );
    let connection = Connection::builder(AUTH, wire.url(), Credentials::bearer("t0ken"));
    let client = Client::new(connection.build().unwrap());
    types(&wire, &client).await;
    tuples_and_constants(&wire, &client).await;
    references(&wire, &client).await;
    rest(&wire, &client).await;
    wire.count()
}

fn nothing() -> Reply {
    Reply::empty(204)
}

async fn types(wire: &Wire, client: &Client) {
    let body = types::SendTypeArraysRequest::builder()
        .mixed(7)
        .point(types::PointInput::builder().x(-1))
        .level("high")
        .any(json!([1]));
    let reply = Reply::json(200, json!({ "mixed": "a", "list": null }));
    let (sent, answer) = wire
        .call(
            &op::SEND_TYPE_ARRAYS,
            reply,
            client.send_type_arrays().body(body).send(),
        )
        .await;
    let body =
        json!({ "name": null, "mixed": 7, "point": { "x": -1 }, "level": "high", "any": [1] });
    sent.is("POST /v31/types", &[JSON, OF_JSON], body);
    let answer = answer.unwrap().into_inner();
    assert_eq!(answer.mixed, Some(IntegerOrText::from("a")));
    assert!(answer.list.is_empty());
    let body = types::SendTypeArraysRequest::builder()
        .name("a".to_owned())
        .mixed("b".to_owned());
    let reply = Reply::json(200, json!({ "mixed": null, "list": [1] }));
    let (sent, answer) = wire
        .call(
            &op::SEND_TYPE_ARRAYS,
            reply,
            client.send_type_arrays().body(body).send(),
        )
        .await;
    sent.is(
        "POST /v31/types",
        &[JSON, OF_JSON],
        json!({ "name": "a", "mixed": "b" }),
    );
    let answer = answer.unwrap().into_inner();
    assert_eq!((answer.mixed, answer.list), (None, vec![1]));
}

async fn tuples_and_constants(wire: &Wire, client: &Client) {
    let pair = vec![IntegerOrText::from("a"), IntegerOrText::from(7)];
    let body = types::SendTupleRequest::builder().pair(pair);
    let reply = Reply::json(200, json!(["x", "y"]));
    let (sent, answer) = wire
        .call(
            &op::SEND_TUPLE,
            reply,
            client.send_tuple().body(body).send(),
        )
        .await;
    sent.is(
        "POST /v31/tuples",
        &[JSON, OF_JSON],
        json!({ "pair": ["a", 7] }),
    );
    assert_eq!(answer.unwrap().into_inner(), ["x", "y"]);

    let body = types::SendConstantRequest::builder()
        .version(2)
        .kind("fixed");
    let (sent, answer) = wire
        .call(
            &op::SEND_CONSTANT,
            nothing(),
            client.send_constant().body(body).send(),
        )
        .await;
    sent.is(
        "POST /v31/constants",
        &[ANY, OF_JSON],
        json!({ "version": 2, "kind": "fixed" }),
    );
    answer.unwrap();

    let square: types::SquareInput = types::SquareInput::builder()
        .shape("square")
        .side(1.5)
        .try_into()
        .unwrap();
    let reply = json!([{ "shape": "square", "radius": 1 }, { "shape": "circle", "side": 2 }, { "shape": "blob" }]);
    let request = client
        .send_const_union()
        .body(types::SendConstUnionRequest::from(square));
    let (sent, answer) = wire
        .call(
            &op::SEND_CONST_UNION,
            Reply::json(200, reply),
            request.send(),
        )
        .await;
    sent.is(
        "POST /v31/shapes",
        &[JSON, OF_JSON],
        json!({ "shape": "square", "side": 1.5 }),
    );
    let shapes = answer.unwrap().into_inner();
    assert!(
        matches!(
            shapes.as_slice(),
            [
                types::SendConstUnionAnswerItem::Square(_),
                types::SendConstUnionAnswerItem::Circle(_),
                types::SendConstUnionAnswerItem::Other(_)
            ]
        ),
        "{shapes:?}"
    );
}

async fn references(wire: &Wire, client: &Client) {
    let part: types::Part = types::Part::builder().id("a").try_into().unwrap();
    let body = types::SendLocalDefinitionRequest::builder().parts(vec![part]);
    let request = client.send_local_definition().body(body);
    let (sent, answer) = wire
        .call(&op::SEND_LOCAL_DEFINITION, nothing(), request.send())
        .await;
    sent.is(
        "POST /v31/local",
        &[ANY, OF_JSON],
        json!({ "parts": [{ "id": "a" }] }),
    );
    answer.unwrap();
    // A required list is sent when it is empty too.
    let body = types::SendLocalDefinitionRequest::builder().parts(Vec::<types::Part>::new());
    let request = client.send_local_definition().body(body);
    let (sent, answer) = wire
        .call(&op::SEND_LOCAL_DEFINITION, nothing(), request.send())
        .await;
    sent.is("POST /v31/local", &[ANY, OF_JSON], json!({ "parts": [] }));
    answer.unwrap();

    let reply = Reply::json(200, json!({ "x": 0 }));
    let (sent, answer) = wire
        .call(
            &op::ANSWER_BESIDE_REFERENCE,
            reply,
            client.answer_beside_reference().send(),
        )
        .await;
    sent.is("GET /v31/beside", &[JSON], "");
    assert_eq!(answer.unwrap().into_inner().x, Some(0));

    let (sent, answer) = wire
        .call(
            &op::SHARED_PATH_ITEM,
            nothing(),
            client.shared_path_item().send(),
        )
        .await;
    sent.is("GET /v31/referred", &[ANY], "");
    answer.unwrap();
}

async fn rest(wire: &Wire, client: &Client) {
    let request = client
        .nullable_parameters()
        .name("")
        .ids(vec![1, 2])
        .either(7)
        .fixed("yes-please");
    let (sent, answer) = wire
        .call(&op::NULLABLE_PARAMETERS, nothing(), request.send())
        .await;
    sent.is(
        "GET /v31/parameters?name=&ids=1,2&either=7&fixed=yes-please",
        &[ANY],
        "",
    );
    answer.unwrap();

    let reply = Reply::typed(200, "image/png", [137, 80]);
    let (sent, answer) = wire
        .call(&op::SEND_RAW, reply, client.send_raw().body("raw").send())
        .await;
    sent.is(
        "PUT /v31/raw",
        &[
            "accept: image/png",
            "content-type: application/octet-stream",
        ],
        "raw",
    );
    assert_eq!(answer.unwrap().into_inner().bytes().as_ref(), [137, 80]);

    let body = types::SendEncodedRequest::builder().file("AAEC");
    let (sent, answer) = wire
        .call(
            &op::SEND_ENCODED,
            nothing(),
            client.send_encoded().body(body).send(),
        )
        .await;
    sent.is(
        "POST /v31/encoded",
        &[ANY, OF_JSON],
        json!({ "file": "AAEC" }),
    );
    answer.unwrap();

    let reply = Reply::typed(200, "text/plain", "gone");
    let (sent, answer) = wire
        .call(&op::WITHOUT_ANSWERS, reply, client.without_answers().send())
        .await;
    sent.is("DELETE /v31/no-answers", &[ANY], "");
    assert_eq!(answer.unwrap().into_inner().text(), "gone");
}
