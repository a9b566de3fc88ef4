//! Bodies in parts.

use crate::wire::{ANY, Credential, Reply, Wire};
use rapid7_core::{Connection, Credentials, Part};
use wire_forms::{Client, operations as op, types};

pub async fn check() -> (usize, usize) {
    let wire = Wire::new(
        "forms",
        wire_forms::OPERATIONS,
        Credential::Header("x-key: k3y"),
    );
    let connection = Connection::builder(wire_forms::AUTH, wire.url(), Credentials::api_key("k3y"));
    let client = Client::new(connection.build().unwrap());
    one_file(&wire, &client).await;
    lists(&wire, &client).await;
    described(&wire, &client).await;
    free(&wire, &client).await;
    wire.count()
}

async fn one_file(wire: &Wire, client: &Client) {
    let request = client
        .send_file()
        .file(Part::bytes(vec![0, 159, 146, 150]).file_name("a \"b\".bin"))
        .kind("photo")
        .size(3)
        .public(true);
    let (sent, answer) = wire
        .call(&op::SEND_FILE, Reply::empty(204), request.send())
        .await;
    sent.is_form(
        "POST /file",
        &[ANY],
        &[
            (
                "content-disposition: form-data; name=\"file\"; filename=\"a %22b%22.bin\"\r\n\
                 content-type: application/octet-stream",
                &[0, 159, 146, 150],
            ),
            ("content-disposition: form-data; name=\"kind\"", b"photo"),
            ("content-disposition: form-data; name=\"size\"", b"3"),
            ("content-disposition: form-data; name=\"public\"", b"true"),
        ],
    );
    answer.unwrap();
    wire.refused(&op::SEND_FILE, client.send_file().kind("plan").send())
        .await;
}

async fn lists(wire: &Wire, client: &Client) {
    let files = [
        Part::bytes(&b"1"[..])
            .file_name("1.txt")
            .content_type("text/plain"),
        Part::bytes(&b"2"[..]),
    ];
    let request = client
        .send_files()
        .files(files)
        .tags(vec!["a".to_owned(), "b, c".to_owned()]);
    let (sent, answer) = wire
        .call(&op::SEND_FILES, Reply::empty(204), request.send())
        .await;
    sent.is_form(
        "POST /files",
        &[ANY],
        &[
            (
                "content-disposition: form-data; name=\"files\"; filename=\"1.txt\"\r\n\
                 content-type: text/plain",
                b"1",
            ),
            (
                "content-disposition: form-data; name=\"files\"; filename=\"files\"\r\n\
                 content-type: application/octet-stream",
                b"2",
            ),
            ("content-disposition: form-data; name=\"tags\"", b"a"),
            ("content-disposition: form-data; name=\"tags\"", b"b, c"),
        ],
    );
    answer.unwrap();
}

async fn described(wire: &Wire, client: &Client) {
    let about = types::SendDescribedRequestAbout::builder()
        .title("ä")
        .year(1999);
    let request = client
        .send_described()
        .about(about)
        .image(Part::bytes(&b"png"[..]).file_name("x.png"));
    let (sent, answer) = wire
        .call(&op::SEND_DESCRIBED, Reply::empty(204), request.send())
        .await;
    sent.is_form(
        "POST /described",
        &[ANY],
        &[
            (
                "content-disposition: form-data; name=\"about\"\r\ncontent-type: application/json",
                "{\"title\":\"ä\",\"year\":1999}".as_bytes(),
            ),
            (
                "content-disposition: form-data; name=\"image\"; filename=\"x.png\"\r\n\
                 content-type: image/png",
                b"png",
            ),
        ],
    );
    answer.unwrap();
}

async fn free(wire: &Wire, client: &Client) {
    let request = client
        .send_free()
        .part("any", Part::text("thing"))
        .part("any", Part::bytes(&b"file"[..]));
    let (sent, answer) = wire
        .call(&op::SEND_FREE, Reply::empty(204), request.send())
        .await;
    sent.is_form(
        "POST /free",
        &[ANY],
        &[
            ("content-disposition: form-data; name=\"any\"", b"thing"),
            (
                "content-disposition: form-data; name=\"any\"; filename=\"any\"\r\n\
                 content-type: application/octet-stream",
                b"file",
            ),
        ],
    );
    answer.unwrap();
}
