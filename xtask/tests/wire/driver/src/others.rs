//! Methods, access, servers and names; and the documents that are there for one security scheme each.

use crate::wire::{ANY, Credential, Reply, Wire};
use rapid7_core::{Connection, Credentials};
use wire_openapi30::{Client, operations as op};

pub async fn check(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(&op::ASK_HEAD, Reply::empty(200), client.ask_head().send())
        .await;
    sent.is("HEAD /api/v1/methods", &[ANY], "");
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::ASK_OPTIONS,
            Reply::empty(204),
            client.ask_options().send(),
        )
        .await;
    sent.is("OPTIONS /api/v1/methods", &[ANY], "");
    answer.unwrap();
    let reply = Reply::typed(200, "text/plain", "TRACE");
    let (sent, answer) = wire
        .call(&op::ASK_TRACE, reply, client.ask_trace().send())
        .await;
    sent.is("TRACE /api/v1/methods", &["accept: text/plain"], "");
    assert_eq!(answer.unwrap().into_inner(), "TRACE");
    let (sent, answer) = wire
        .call(
            &op::PUT_NOTHING,
            Reply::empty(204),
            client.put_nothing().send(),
        )
        .await;
    sent.is("PUT /api/v1/methods", &[ANY, "content-length: 0"], "");
    answer.unwrap();

    let (sent, answer) = wire
        .call(&op::ANONYMOUS, Reply::empty(204), client.anonymous().send())
        .await;
    sent.is_open("GET /api/v1/open", &[ANY]);
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::OPTIONAL_KEY,
            Reply::empty(204),
            client.optional_key().send(),
        )
        .await;
    sent.is("GET /api/v1/half-open", &[ANY], "");
    answer.unwrap();

    let (sent, answer) = wire
        .call(&op::MATCH, Reply::empty(204), client.match_().send())
        .await;
    sent.is("GET /api/v1/keywords/match", &[ANY], "");
    answer.unwrap();
    let (sent, answer) = wire
        .call(&op::NEW, Reply::empty(204), client.new_().send())
        .await;
    sent.is("GET /api/v1/keywords/new", &[ANY], "");
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::CONNECTION,
            Reply::empty(204),
            client.connection_().send(),
        )
        .await;
    sent.is("GET /api/v1/keywords/connection", &[ANY], "");
    answer.unwrap();

    let (sent, answer) = wire
        .call(
            &op::SERVER_OF_THE_PATH,
            Reply::empty(204),
            client.server_of_the_path().send(),
        )
        .await;
    sent.is("GET /other/elsewhere", &[ANY], "");
    answer.unwrap();
    let request = client.server_of_the_operation();
    let (sent, answer) = wire
        .call(
            &op::SERVER_OF_THE_OPERATION,
            Reply::empty(204),
            request.send(),
        )
        .await;
    sent.is("POST /elsewhere", &[ANY, "content-length: 0"], "");
    answer.unwrap();
}

/// Basic authentication, and a key in a cookie.
pub async fn schemes() -> [(usize, usize); 2] {
    let basic = Credential::Header("authorization: Basic YWRhOnBhNTV3b3Jk");
    let basic = Wire::new("basic", wire_basic::OPERATIONS, basic);
    let credentials = Credentials::basic("ada", "pa55word");
    let connection = Connection::builder(wire_basic::AUTH, basic.url(), credentials);
    let client = wire_basic::Client::new(connection.build().unwrap());
    let operation = &wire_basic::operations::WHO_AM_I;
    let (sent, answer) = basic
        .call(operation, Reply::empty(204), client.who_am_i().send())
        .await;
    sent.is("GET /me", &[ANY], "");
    answer.unwrap();

    let cookie = Credential::Header("cookie: theme=dark; sid=k3y");
    let cookie = Wire::new("cookie", wire_cookie::OPERATIONS, cookie);
    let credentials = Credentials::api_key("k3y");
    let connection = Connection::builder(wire_cookie::AUTH, cookie.url(), credentials);
    let client = wire_cookie::Client::new(connection.build().unwrap());
    let operation = &wire_cookie::operations::WHO_AM_I;
    let (sent, answer) = cookie
        .call(
            operation,
            Reply::empty(204),
            client.who_am_i().theme("dark").send(),
        )
        .await;
    sent.is("GET /me", &[ANY], "");
    answer.unwrap();
    [basic.count(), cookie.count()]
}
