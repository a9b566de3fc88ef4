//! A server that gives the key back wherever it can: nothing of it is printed, and nothing that holds it is stored.

use super::server::{Reply, Server, page, redirect, yaml};
use super::workspace::{CANARY, Workspace, document};
use std::time::{Duration, Instant};
use xtask::tasks::Exit;

/// The key as servers give it back.
fn echoes() -> Vec<String> {
    let each = |form: fn(u8) -> String| CANARY.bytes().map(form).collect::<String>();
    vec![
        CANARY.to_owned(),
        CANARY.to_uppercase(),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("%25{byte:02x}")),
        CANARY.replace('c', "%63").replace('y', "%79"),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("{byte:02x}")),
        // In Base64, at each of three places.
        "YzRuYXJ5LWtleQ==".to_owned(),
        "dTpjNG5hcnkta2V5".to_owned(),
        "YmI6YzRuYXJ5LWtleTph".to_owned(),
    ]
}

/// Fails, changes nothing, stores nothing, and prints no part of the key; gives what was printed.
fn refused(server: &Server, echo: &str) -> String {
    let workspace = Workspace::new();
    let before = workspace.files();
    let (exit, text) = workspace.pull_instance(server.address(), Some(CANARY));
    assert_eq!(exit, Exit::Failure, "{text}");
    assert_eq!(workspace.files(), before);
    assert!(!workspace.path().join("target").exists(), "{text}");
    let lower = text.to_lowercase();
    for form in [echo, CANARY] {
        for part in form.to_lowercase().as_bytes().windows(7) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!lower.contains(part), "{echo}: {part}: {text}");
        }
    }
    text
}

fn with_document(path: &str, reply: Reply) -> Server {
    let html = format!(
        "<redoc spec-url=two.yaml></redoc><redoc spec-url=three.yaml></redoc><redoc spec-url='{path}'></redoc>"
    );
    Server::new(&[
        ("/docs", page(&html)),
        ("/two.yaml", yaml(&document("v2", ""))),
        ("/three.yaml", yaml(&document("v3", ""))),
        (path, reply),
    ])
}

#[test]
fn a_document_that_holds_the_key_is_not_stored() {
    for echo in echoes() {
        for more in [
            format!("# {echo}\n"),
            format!("x-a: {{b: [\"{echo}\"]}}\n"),
            format!("x-{echo}: 1\n"),
        ] {
            let server = with_document("/four.yaml", yaml(&document("v4", &more)));
            let text = refused(&server, &echo);
            let place = "the document of x-v4 holds the key in line 9, column ";
            assert!(text.contains(place), "{text}");
        }
    }
    // What only the value holds, not the text.
    let folded = "x-a: \"c4nary\\\n  -key\"\n";
    let server = with_document("/four.yaml", yaml(&document("v4", folded)));
    let text = refused(&server, CANARY);
    assert!(text.contains("x-v4 holds the key at `/x-a`"), "{text}");
    let path = format!("/{CANARY}/four.yaml");
    let server = with_document(&path, yaml(&document("v4", "")));
    let text = refused(&server, CANARY);
    assert!(text.contains("x-v4 holds the key in its address"), "{text}");
    assert!(text.contains("/***/four.yaml"), "{text}");
}

#[test]
fn a_file_that_holds_the_key_is_not_stored() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let file = workspace.path().join("new.yaml");
    std::fs::write(&file, document("v4", &format!("x-a: {CANARY}\n"))).unwrap();
    let change = |arguments: &mut xtask::tasks::pull::Arguments| {
        arguments.from = Some(file.display().to_string());
    };
    let (exit, text) = workspace.pull(change, Some(CANARY));
    assert_eq!(exit, Exit::Failure, "{text}");
    assert!(text.contains("holds the key in line 9, column 6"), "{text}");
    assert_eq!(workspace.files(), before);
}

#[test]
fn no_title_path_or_reason_shows_the_key() {
    for echo in echoes() {
        let title = |before: usize| format!("<title>{}{echo} end</title>", "x".repeat(before));
        for server in [
            Server::new(&[("/docs", page(&title(0)))]),
            // A part of the key is no less secret: it is masked before the title is cut.
            Server::new(&[("/docs", page(&title(72)))]),
            with_document("/four.yaml", page(&title(72))),
            with_document("/four.yaml", yaml(&format!("openapi: [{echo}"))),
            with_document("/four.yaml", yaml(&format!("{echo}: {echo}: [{echo}"))),
            with_document("/four.yaml", redirect(&format!("/{echo}/a/{echo}"))),
            with_document(
                "/four.yaml",
                redirect(&format!("http://{CANARY}.example/{echo}?{echo}")),
            ),
            with_document(
                "/four.yaml",
                yaml(&document("v9", &format!("x-a: {echo}\n"))),
            ),
            Server::new(&[("/docs", redirect(&format!("/{echo}")))]),
        ] {
            let text = refused(&server, &echo);
            assert!(text.contains("nothing replaced"), "{text}");
        }
    }
}

/// Each page took minutes when the time grew with the square of its size.
#[test]
fn large_pages_are_read_in_time() {
    let many =
        |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    for html in [
        "<div>".repeat(200_000),
        "<b><p>".repeat(100_000),
        format!("<a {}>", many(100_000, &|index| format!("a{index}=b "))),
        many(20_000, &|index| {
            format!("<script src=s{index}.js></script><a href=/x{index}.txt>")
        }),
        many(20_000, &|index| {
            format!("<script>f({{url: 'x{index}'}})</script>")
        }),
        format!(
            "<script>var b0='{}';{}</script>",
            "x".repeat(100),
            many(5_000, &|index| {
                format!("var b{}=''+b{index}+b{index};", index + 1)
            })
        ),
    ] {
        let server = Server::new(&[("/docs", page(&format!("<!doctype html>{html}")))]);
        let started = Instant::now();
        let (exit, text) = Workspace::new().pull_instance(server.address(), None);
        assert_eq!(exit, Exit::Failure, "{text}");
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{:?}",
            started.elapsed()
        );
    }
}
