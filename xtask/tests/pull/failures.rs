//! Whatever goes wrong is said, and nothing is changed on the disk.

use super::server::{Reply, Server, page, redirect, yaml};
use super::workspace::{CANARY, Workspace, document};
use xtask::tasks::Exit;
use xtask::tasks::pull::Arguments;

/// The task fails, says so, and leaves everything as it was.
fn fails(change: impl FnOnce(&mut Arguments), key: Option<&str>, expected: &[&str]) {
    let workspace = Workspace::new();
    let before = workspace.files();
    let (exit, text) = workspace.pull(change, key);
    assert_eq!(exit, Exit::Failure, "{text}");
    for part in expected {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("nothing replaced"), "{text}");
    assert_eq!(workspace.files(), before);
}

fn instance(address: &str) -> impl FnOnce(&mut Arguments) {
    let address = address.to_owned();
    move |arguments| arguments.instance = Some(address)
}

/// Two documents that are as they should be, and the third.
fn third(reply: Reply) -> Server {
    let html = "<redoc spec-url=two.yaml></redoc><redoc spec-url=three.yaml></redoc><redoc spec-url=four.yaml></redoc>";
    Server::new(&[
        ("/docs", page(html)),
        ("/two.yaml", yaml(&document("v2", "# new\n"))),
        ("/three.yaml", yaml(&document("v3", "# new\n"))),
        ("/four.yaml", reply),
    ])
}

#[test]
fn a_server_that_wants_the_key() {
    let server = Server::with_key(
        &[("/docs", page("<redoc spec-url=a.yaml></redoc>"))],
        Some(CANARY),
    );
    let message = "/docs answers 401: it wants a key, and none was given";
    fails(
        instance(server.address()),
        None,
        &[message, "set INSIGHTCLOUDSEC_API_KEY"],
    );
    fails(
        instance(server.address()),
        Some("another"),
        &[
            "/docs answers 401: the key is refused",
            "INSIGHTCLOUDSEC_API_KEY holds another key",
        ],
    );
    fails(
        instance(server.address()),
        Some("c4n\nary"),
        &["INSIGHTCLOUDSEC_API_KEY: the key is empty, or has"],
    );
}

#[test]
fn redirects_to_another_origin() {
    let other = Server::new(&[
        ("/docs", page("<redoc spec-url=a.yaml></redoc>")),
        ("/four.yaml", yaml(&document("v4", ""))),
    ]);
    let target = format!("{}/docs?token={CANARY}", other.address());
    let server = Server::new(&[("/docs", redirect(&target))]);
    let message = format!(
        "redirects to another origin, {}/docs: not followed",
        other.address()
    );
    fails(instance(server.address()), Some(CANARY), &[&message]);
    // Of a document that a page names, and of a page that names a document elsewhere, too.
    let server = third(redirect(&format!("{}/four.yaml", other.address())));
    fails(
        instance(server.address()),
        Some(CANARY),
        &[
            "no document of x-v4 was found",
            "redirects to another origin",
        ],
    );
    let html = format!("<redoc spec-url='{}/four.yaml'></redoc>", other.address());
    let server = Server::new(&[("/docs", page(&html))]);
    fails(
        instance(server.address()),
        Some(CANARY),
        &["/four.yaml is not fetched: it is on another server than"],
    );
    assert_eq!(other.asked(), []);
    let server = Server::new(&[("/docs", redirect("/docs"))]);
    fails(
        instance(server.address()),
        None,
        &["/docs redirects more than 5 times"],
    );
}

#[test]
fn one_of_three_that_is_no_document() {
    let cut = Reply {
        length: Some(100_000),
        ..yaml(&document("v4", ""))
    };
    for (reply, expected) in [
        (cut, "/four.yaml was cut off after "),
        (
            page("<title>Sign in</title>"),
            "/four.yaml is a page and no document (its title is `Sign in`)",
        ),
        (yaml("openapi: [3.0"), "/four.yaml cannot be read: "),
        (
            yaml("just words"),
            "/four.yaml cannot be read: neither JSON nor YAML",
        ),
        (
            Reply {
                status: 500,
                ..yaml("")
            },
            "/four.yaml answers 500",
        ),
        (
            Reply {
                body: vec![0xff, 0xfe],
                ..yaml("")
            },
            "/four.yaml is no UTF-8 text",
        ),
        (
            yaml("openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {/pets: {}}"),
            "/four.yaml is of another API",
        ),
    ] {
        let server = third(reply);
        let help = "take what is there with --api x-v2 --api x-v3";
        fails(
            instance(server.address()),
            None,
            &["no document of x-v4 was found", expected, help],
        );
    }
}

#[test]
fn documents_with_errors_wait_for_consent() {
    let broken = document("v4", "components: 3\n");
    let server = third(yaml(&broken));
    fails(
        instance(server.address()),
        None,
        &["the diagnosis found errors", "--accept-errors"],
    );
    let workspace = Workspace::new();
    let (exit, text) = workspace.pull(
        |arguments| {
            arguments.instance = Some(server.address().to_owned());
            arguments.accept_errors = true;
        },
        None,
    );
    assert_eq!(exit, Exit::Success, "{text}");
    assert_eq!(workspace.read("x-v4/openapi.yaml"), broken);
}

#[test]
fn nothing_to_be_found() {
    let server = Server::new(&[("/docs", page("<title>Welcome</title><a href=/docs/a>a</a>"))]);
    fails(
        instance(server.address()),
        None,
        &["no document behind ", "a page titled `Welcome`", "--docs"],
    );
    let server = Server::new(&[]);
    fails(instance(server.address()), None, &["/docs answers 404"]);
    fails(
        instance("http://instance.example"),
        None,
        &["only https is, and http from this machine itself"],
    );
    fails(
        instance("https://me:c4nary-key@instance.example"),
        None,
        &["the address holds a user name"],
    );
    fails(instance("instance.example"), None, &["no address"]);
    fails(
        |arguments| arguments.from = Some("/no/such/file".to_owned()),
        None,
        &["cannot read /no/such/file"],
    );
    fails(
        |arguments| arguments.published = true,
        None,
        &["no specification folder says where"],
    );
    fails(
        |arguments| {
            arguments.published = true;
            arguments.api = vec!["x-v5".to_owned()];
        },
        None,
        &[
            "there is no specification folder `x-v5`",
            "there are: x-v2, x-v3, x-v4",
        ],
    );
}

#[test]
fn two_documents_of_one_api() {
    let html = "<a href=old.yaml>old</a><a href=new.yaml>new</a>";
    let server = Server::new(&[
        ("/docs", page(html)),
        ("/old.yaml", yaml(&document("v2", ""))),
        ("/new.yaml", yaml(&document("v2", "x-new: true\n"))),
    ]);
    fails(
        instance(server.address()),
        None,
        &[
            "two documents are of x-v2: ",
            "/old.yaml and ",
            "choose one",
        ],
    );
}
