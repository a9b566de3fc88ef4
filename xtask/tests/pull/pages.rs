//! Pages of documentation of every usual shape.

use super::server::{Reply, Server, json, page, redirect, script, yaml};
use super::workspace::{CANARY, Workspace, document};
use xtask::folder::SpecFolder;
use xtask::source::sha256;
use xtask::tasks::Exit;

fn new_document(version: &str) -> String {
    let path = format!(
        "  /{version}/new:\n    post: {{operationId: addNew, responses: {{'204': {{description: none}}}}}}\n"
    );
    document(version, &path)
}

/// The three documents below `/files/`, and what leads to them.
fn with_files(leads: Vec<(&'static str, Reply)>) -> Server {
    let mut replies = leads;
    for (path, version) in [
        ("/files/two", "v2"),
        ("/files/three.yaml", "v3"),
        ("/files/four.json", "v4"),
    ] {
        replies.push((path, yaml(&new_document(version))));
    }
    Server::new(&replies)
}

fn finds_all(leads: Vec<(&'static str, Reply)>) {
    let server = with_files(leads);
    let workspace = Workspace::new();
    let (exit, text) = workspace.pull_instance(server.address(), None);
    assert_eq!(exit, Exit::Success, "{text}");
    for version in ["v2", "v3", "v4"] {
        let stored = workspace.read(&format!("x-{version}/openapi.yaml"));
        assert_eq!(stored, new_document(version), "{text}");
    }
}

#[test]
fn redoc_pages_behind_a_list() {
    finds_all(vec![
        (
            "/docs",
            page(
                "<a href='/docs/2/'>two</a> <a href='/docs/3/'>three</a> <a href='/docs/4/'>four</a> <a href=/login>in</a>",
            ),
        ),
        ("/docs/2/", page("<redoc spec-url='/files/two'></redoc>")),
        (
            "/docs/3/",
            page("<script>Redoc.init('../../files/three.yaml', {}, null)</script>"),
        ),
        (
            "/docs/4/",
            page("<redoc spec-url='/files/four.json'></redoc>"),
        ),
    ]);
}

#[test]
fn swagger_ui_with_its_settings_in_a_script() {
    finds_all(vec![
        ("/docs", redirect("/docs/")),
        ("/docs/", redirect("/docs/index.html")),
        (
            "/docs/index.html",
            page(
                "<script src='./swagger-ui-bundle.js'></script><script src='./swagger-initializer.js'></script>",
            ),
        ),
        (
            "/docs/swagger-ui-bundle.js",
            script(&"x = 'no.json';".repeat(100_000)),
        ),
        (
            "/docs/swagger-initializer.js",
            script(
                "window.onload = () => { window.ui = SwaggerUIBundle({ url: 'https://petstore.swagger.io/v2/swagger.json', \
                    urls: [{url: '/files/two', name: 'a'}, {url: '../files/three.yaml'}, {url: '/files/four.json'}] }) }",
            ),
        ),
    ]);
}

#[test]
fn swagger_ui_with_a_configuration() {
    finds_all(vec![
        (
            "/docs",
            page("<script>SwaggerUIBundle({ configUrl: '/docs/swagger-config' })</script>"),
        ),
        (
            "/docs/swagger-config",
            json(
                "{\"urls\":[{\"url\":\"/files/two\"},{\"url\":\"/files/three.yaml\"},{\"url\":\"/files/four.json\"}]}",
            ),
        ),
    ]);
}

#[test]
fn attributes_scripts_and_links_in_one_page() {
    finds_all(vec![(
        "/docs",
        page(
            "<elements-api apiDescriptionUrl='/files/two'></elements-api><script>const list = ['/files/three.yaml'];</script>\
             <a href='/files/four.json'>Download</a>",
        ),
    )]);
}

#[test]
fn a_document_inside_of_a_page_is_kept_to_the_byte() {
    let paths = "{\"/v3/things/{id}\": {\"get\": {\"operationId\": \"x\", \"responses\": {\"204\": {\"description\": \"<\\/script>\"}}}}}";
    let text = format!(
        "{{\"openapi\": \"3.0.3\",\"info\": {{\"title\": \"T\", \"version\": \"1\"}},  \"paths\": {paths}}}"
    );
    let html = format!(
        "<script>const __redoc_state = {{\"spec\": {{\"data\": {text}}}, \"menu\": {{}}}};</script>"
    );
    let server = Server::new(&[("/docs", page(&html))]);
    let workspace = Workspace::new();
    let (exit, said) = workspace.pull(
        |arguments| {
            arguments.instance = Some(server.address().to_owned());
            arguments.api = vec!["x-v3".to_owned()];
            arguments.accept_errors = true;
        },
        None,
    );
    assert_eq!(exit, Exit::Success, "{said}");
    assert_eq!(workspace.read("x-v3/openapi.yaml"), text);
    assert!(
        said.contains("by the state of a built Redoc page"),
        "{said}"
    );
}

#[test]
fn provenance_is_recorded_and_the_same_document_changes_nothing() {
    let text = new_document("v2");
    let server = Server::with_key(&[("/base/docs", yaml(&text))], Some(CANARY));
    let workspace = Workspace::new();
    let address = format!("{}/base?x=y", server.address());
    let pull = || {
        workspace.pull(
            |arguments| {
                arguments.instance = Some(address.clone());
                arguments.api = vec!["x-v2".to_owned()];
            },
            Some(CANARY),
        )
    };
    let (exit, said) = pull();
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(said.contains("replaced specs/x-v2/openapi.yaml"), "{said}");
    assert!(
        said.contains("1 operations keep their names; 1 are new"),
        "{said}"
    );
    let api = workspace.read("x-v2/api.toml");
    let url = format!("url = \"{}/base/docs\"", server.address());
    for part in [
        "# ours\ncrate",
        "kind = \"instance\"",
        &url,
        &sha256(text.as_bytes()),
    ] {
        assert!(api.contains(part), "{part}: {api}");
    }
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.key.as_deref() == Some(CANARY))
    );
    let before = workspace.files();
    let (exit, said) = pull();
    assert_eq!(exit, Exit::Success);
    assert!(said.contains("the same bytes as before"), "{said}");
    assert_eq!(workspace.files(), before);
}

#[test]
fn a_file_is_put_where_its_operations_belong() {
    let workspace = Workspace::new();
    let file = workspace.path().join("any.json");
    let text = "{\"swagger\": \"2.0\", \"info\": {\"title\": \"T\", \"version\": \"1\"}, \"basePath\": \"/v4\", \"paths\": \
                {\"/things/{name}\": {\"get\": {\"operationId\": \"ThingsGet\", \"parameters\": [{\"name\": \"name\", \"in\": \"path\", \
                \"required\": true, \"type\": \"string\"}], \"responses\": {\"204\": {\"description\": \"\"}}}}}}";
    std::fs::write(&file, text).unwrap();
    let from = |dry_run| {
        workspace.pull(
            |arguments| {
                arguments.from = Some(file.display().to_string());
                arguments.dry_run = dry_run;
            },
            None,
        )
    };
    let before = workspace.files();
    let (exit, said) = from(true);
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(
        said.contains("would replace specs/x-v4/openapi.yaml"),
        "{said}"
    );
    assert_eq!(workspace.files(), before);
    let (exit, said) = from(false);
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(
        said.contains("1 operations keep their names; 0 are new"),
        "{said}"
    );
    assert_eq!(workspace.read("x-v4/openapi.yaml"), text);
    let api = workspace.read("x-v4/api.toml");
    assert!(api.contains("kind = \"file\"\nretrieved"), "{api}");
}

#[test]
fn what_is_published_is_fetched_from_where_the_folder_says() {
    let server = with_files(Vec::new());
    let workspace = Workspace::new();
    for (version, path) in [("v2", "two"), ("v3", "three.yaml")] {
        let file = workspace.path().join(format!("specs/x-{version}/api.toml"));
        let text = std::fs::read_to_string(&file).unwrap();
        let published = format!(
            "published = \"{}/files/{path}\"\n\n[provenance]",
            server.address()
        );
        std::fs::write(&file, text.replace("[provenance]", &published)).unwrap();
    }
    let (exit, said) = workspace.pull(|arguments| arguments.published = true, Some(CANARY));
    assert_eq!(exit, Exit::Success, "{said}");
    assert!(
        workspace
            .read("x-v2/api.toml")
            .contains("kind = \"published\"")
    );
    assert!(
        workspace
            .read("x-v3/api.toml")
            .contains("published = \"http")
    );
    assert!(
        workspace
            .read("x-v4/api.toml")
            .contains("kind = \"compiled\"")
    );
    assert!(server.asked().iter().all(|asked| asked.key.is_none()));
}

#[test]
fn links_that_are_no_documentation_are_not_followed() {
    let html = "<a href='/docs/2'>2</a><a href='/v2/things/refresh'>try</a><a href='/docs/logout'>out</a><a href='/'>home</a>";
    let server = Server::new(&[
        ("/docs", page(html)),
        (
            "/docs/2",
            page("<redoc spec-url=/files/two></redoc><redoc spec-url=/files/cut></redoc>"),
        ),
        ("/files/two", yaml(&new_document("v2"))),
        (
            "/files/cut",
            yaml("openapi: 3.0.3\npaths: {/v2/other: {get: {}}}"),
        ),
    ]);
    let workspace = Workspace::new();
    let (exit, said) = workspace.pull(
        |arguments| {
            arguments.instance = Some(server.address().to_owned());
            arguments.api = vec!["x-v2".to_owned()];
        },
        None,
    );
    assert_eq!(exit, Exit::Success, "{said}");
    let other = "/files/cut is a smaller document of x-v2, with 0 known operations";
    assert!(said.contains(other), "{said}");
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(asked, ["/docs", "/docs/2", "/files/two", "/files/cut"]);
}

/// The files that a document refers to are not fetched: they lie in its folder.
#[test]
fn the_hashes_of_all_files_of_a_document_are_recorded() {
    let workspace = Workspace::new();
    let folder = workspace.path().join("specs/x-v2");
    std::fs::create_dir(folder.join("parts")).unwrap();
    let part = "text: {type: string}\n";
    std::fs::write(folder.join("parts/a.yaml"), part).unwrap();
    let whole = "components: {schemas: {A: {$ref: 'parts/a.yaml#/text'}}}\n";
    let server = Server::new(&[
        ("/docs", page("<redoc spec-url=two.yaml></redoc>")),
        ("/two.yaml", yaml(&document("v2", whole))),
    ]);
    let pull = || {
        let (exit, said) = workspace.pull(
            |arguments| {
                arguments.instance = Some(server.address().to_owned());
                arguments.api = vec!["x-v2".to_owned()];
            },
            None,
        );
        (exit, said)
    };
    let (exit, said) = pull();
    assert_eq!(exit, Exit::Success, "{said}");
    let api = workspace.read("x-v2/api.toml");
    let recorded = format!(
        "[provenance.files]\n\"parts/a.yaml\" = \"{}\"\n",
        sha256(part.as_bytes())
    );
    assert!(api.contains(&recorded), "{api}");
    assert!(SpecFolder::open(&folder).is_ok());

    std::fs::write(folder.join("parts/a.yaml"), "text: {type: int").unwrap();
    let before = workspace.read("x-v2/api.toml");
    let (exit, said) = pull();
    assert_eq!(exit, Exit::Failure);
    assert!(
        said.contains("parts/a.yaml has the hash ")
            && said.contains("`cargo xtask record --api x-v2`"),
        "{said}"
    );
    assert_eq!(workspace.read("x-v2/api.toml"), before);
}
