//! Calls every operation of the generated crates against a server that keeps what it was sent.

mod answers;
mod bodies;
mod forms;
mod openapi31;
mod others;
mod paths;
mod queries;
mod swagger20;
mod wire;

use rapid7_core::{Connection, Credentials, RetryPolicy};
use wire::{Credential, Wire};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let wire = Wire::new(
        "openapi30",
        wire_openapi30::OPERATIONS,
        Credential::Header("x-key: k3y"),
    );
    let connection = Connection::builder(
        wire_openapi30::AUTH,
        wire.url(),
        Credentials::api_key("k3y"),
    );
    // A reply is made for one request.
    let connection = connection.retries(RetryPolicy::never());
    let client = wire_openapi30::Client::new(connection.build().unwrap());
    paths::check(&wire, &client).await;
    queries::check(&wire, &client).await;
    bodies::check(&wire, &client).await;
    answers::check(&wire, &client).await;
    others::check(&wire, &client).await;

    let counts = [
        wire.count(),
        openapi31::check().await,
        swagger20::check().await,
        forms::check().await,
    ]
    .into_iter()
    .chain(others::schemes().await);
    let (mut called, mut all) = (0, 0);
    for (of_called, of_all) in counts {
        called += of_called;
        all += of_all;
    }
    println!("wire: {called} of {all} operations");
}
