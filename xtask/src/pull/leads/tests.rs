use super::*;

fn page(address: &str, html: &str) -> Vec<String> {
    shown(of_page(html, &Url::parse(address).unwrap()))
}

fn shown(leads: Vec<Lead>) -> Vec<String> {
    leads
        .into_iter()
        .map(|lead| {
            let to = match lead.to {
                To::Document(url) => format!("document {url}"),
                To::Page(url) => format!("page {url}"),
                To::Script(url) => format!("script {url}"),
                To::Embedded(text) => format!("embedded {text}"),
            };
            format!("{}: {to}", lead.by)
        })
        .collect()
}

#[test]
fn every_usual_page_names_its_document() {
    let at = "https://a.example/ics/docs/";
    for (html, expected) in [
        (
            "<redoc spec-url='v2.yaml'></redoc>",
            "Redoc: document https://a.example/ics/docs/v2.yaml",
        ),
        (
            "<div id=r></div><script>Redoc.init('../openapi?v=2', {}, document.getElementById('r'))</script>",
            "Redoc: document https://a.example/ics/openapi?v=2",
        ),
        (
            "<script>const __redoc_state = {\"menu\":{},\"spec\":{\"data\":{\"openapi\":\"3.0.3\",\"paths\":{}}}};</script>",
            "the state of a built Redoc page: embedded {\"openapi\":\"3.0.3\",\"paths\":{}}",
        ),
        (
            "<script>window.ui = SwaggerUIBundle({url: '/api/spec', dom_id: '#s'})</script>",
            "Swagger UI: document https://a.example/api/spec",
        ),
        (
            "<script>SwaggerUIBundle({configUrl: '/v3/api-docs/swagger-config'})</script>",
            "Swagger UI: document https://a.example/v3/api-docs/swagger-config",
        ),
        (
            "<script>SwaggerUIBundle({spec: {swagger: '2.0', paths: {}}})</script>",
            "Swagger UI: embedded {swagger: '2.0', paths: {}}",
        ),
        (
            "<elements-api apiDescriptionUrl='openapi' router=hash></elements-api>",
            "an attribute of the page: document https://a.example/ics/docs/openapi",
        ),
        (
            "<script id=api-reference data-url='/x'></script>",
            "an attribute of the page: document https://a.example/x",
        ),
        (
            "<script id=api-reference data-configuration='{&quot;spec&quot;:{&quot;url&quot;:&quot;/y&quot;}}'></script>",
            "an attribute of the page: document https://a.example/y",
        ),
        (
            "<rapi-doc theme=dark spec-url=/z></rapi-doc>",
            "an attribute of the page: document https://a.example/z",
        ),
        (
            "<x-viewer file='a/b.yml'></x-viewer>",
            "an attribute of the page: document https://a.example/ics/docs/a/b.yml",
        ),
        (
            "<script>var files = ['one.json'];</script>",
            "a script of the page: document https://a.example/ics/docs/one.json",
        ),
        (
            "<script type=application/json>\n{\"openapi\": \"3.1.0\", \"paths\": {}}\n</script>",
            "a script of the page: embedded {\"openapi\": \"3.1.0\", \"paths\": {}}",
        ),
        (
            "<a href=v4.yaml>Download</a>",
            "a link of the page: document https://a.example/ics/docs/v4.yaml",
        ),
        (
            "<base href=/other/><a href='v3#top'>v3</a>",
            "a link of the page: page https://a.example/other/v3",
        ),
        (
            "<meta http-equiv=refresh content='0; url=/docs/index.html'>",
            "a link of the page: page https://a.example/docs/index.html",
        ),
        (
            "<script src=swagger-initializer.js></script>",
            "a script of the page: script https://a.example/ics/docs/swagger-initializer.js",
        ),
    ] {
        assert_eq!(page(at, html), [expected], "{html}");
    }
}

#[test]
fn several_documents_are_all_named() {
    let html = "<script>SwaggerUIBundle({urls: [{url: 'v2.yaml', name: 'v2'}, {url: 'v3.yaml', name: 'v3'}]})</script>";
    let expected =
        ["v2", "v3"].map(|name| format!("Swagger UI: document https://a.example/{name}.yaml"));
    assert_eq!(page("https://a.example/docs", html), expected);
    let configuration = "{\"urls\":[{\"url\":\"/v2.yaml\"},{\"url\":\"/v3.yaml\"}]}";
    let base = Url::parse("https://a.example/docs").unwrap();
    assert_eq!(shown(of_configuration(configuration, &base)), expected);
    let script = "window.onload = function() { window.ui = SwaggerUIBundle({ url: '/v2.yaml', urls: [{url: '/v3.yaml'}] }); };";
    assert_eq!(shown(of_script(script, &base)), expected);
    assert_eq!(
        page(
            "https://a.example/docs?url=/v2.yaml&configUrl=v3.yaml&x=y",
            ""
        ),
        expected
    );
}

#[test]
fn what_is_no_document_is_passed_over() {
    for html in [
        "",
        "<a href='mailto:a@b.example'>mail</a><a href='#top'>top</a>",
        "<link rel=manifest href=/manifest.json>",
        "<script>fetch('a b.json'); import('package.json')</script>",
        "<p title='the openapi: one'>text</p>",
        "<script>// 'x.json'\nlet a = 1</script>",
        "<redoc spec-url='javascript:alert(1)'></redoc>",
    ] {
        assert_eq!(
            page("https://a.example/docs", html),
            Vec::<String>::new(),
            "{html}"
        );
    }
}

#[test]
fn documents_are_told_by_their_beginning() {
    for (text, expected) in [
        ("openapi: 3.0.3\npaths: {}", true),
        ("# a comment\n---\nswagger: '2.0'\npaths: {}", true),
        ("{\"openapi\": \"3.1.0\", \"paths\": {}}", true),
        ("{\n  \"swagger\": \"2.0\",\n  \"paths\": {}}", true),
        ("openapi: yes\npaths: {}", false),
        ("openapi.yaml paths", false),
        ("{\"url\": \"openapi\"}", false),
        ("", false),
    ] {
        assert_eq!(is_document(text), expected, "{text}");
    }
}

#[test]
fn titles_are_one_line() {
    assert_eq!(
        title("<title> Log\n in </title>", &Secrets::default()).as_deref(),
        Some("Log in")
    );
    assert_eq!(title("<p>none", &Secrets::default()), None);
}
