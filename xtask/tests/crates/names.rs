//! Names of files and crates that not every system can hold.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use xtask::crate_names::{DEPENDENCIES, check, check_generated, is_device, is_portable};
use xtask::load::load_text;
use xtask::package::{Core, standalone};
use xtask::pipeline::{Input, Output, STACK_BYTES, run};

/// Names that Windows takes for devices, each alone, in capitals and with an extension.
fn devices() -> Vec<String> {
    let mut names: Vec<String> = ["con", "prn", "aux", "nul", "conin$", "conout$"]
        .map(str::to_owned)
        .into();
    for device in ["com", "lpt"] {
        names.extend("123456789¹²³".chars().map(|c| format!("{device}{c}")));
    }
    let also = names.iter().flat_map(|name| {
        [
            name.to_uppercase(),
            format!("{name}.txt"),
            format!("{name} .a.b"),
        ]
    });
    let also: Vec<String> = also.collect();
    names.extend(also);
    names
}

/// Texts that may become the names of files, all in one document.
fn odd_texts() -> Vec<String> {
    let mut texts = devices();
    let more = [
        "Con.",
        "CON ",
        " con",
        "com",
        "COM",
        "Com",
        "lpt",
        "com 1",
        "com-1",
        "com_1",
        "COM+1",
        "a",
        "A",
        "ä",
        "Ä",
        "a\u{308}",
        "\u{212b}",
        "\u{e5}",
        "straße",
        "STRASSE",
        "ﬁle",
        "file",
        "İ",
        "ı",
        "i",
        "..",
        ".",
        "/",
        "\\",
        "a/b",
        "a\\b",
        "a:b",
        "a*b?",
        "\"<>|",
        "tab\there",
        "\u{200b}",
        "mod",
        "lib",
        "target",
        "docs",
        "types",
        "self",
        "crate",
        "日本語",
        "",
        " ",
        "~",
        "-",
    ];
    texts.extend(more.map(str::to_owned));
    texts.push("x".repeat(300));
    texts.push("X".repeat(300));
    texts.push("long name ".repeat(60));
    texts.push("ö".repeat(400));
    texts
}

/// A document with a tag for each text, and a type of the same name that all share and one that its tag alone uses.
fn document() -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (index, text) in odd_texts().iter().enumerate() {
        let own = format!("{text} {index}");
        for name in [text, &own] {
            let schema = json!({ "type": "object", "title": text, "properties": { text.as_str(): { "type": "string" } } });
            schemas.insert(name.clone(), schema);
        }
        let to = |name: &str| {
            let name = name.replace('~', "~0").replace('/', "~1");
            json!({ "$ref": format!("#/components/schemas/{name}") })
        };
        // The type is shared with the tag before, so that each set of tags gets a file.
        let before = index
            .checked_sub(1)
            .map(|before| odd_texts()[before].clone());
        let shared: Vec<Value> = [Some(text.clone()), before]
            .into_iter()
            .flatten()
            .map(|name| to(&name))
            .collect();
        let answer = json!({ "type": "object", "properties": { "own": to(&own), "shared": { "oneOf": shared } } });
        let content = json!({ "application/json": { "schema": answer } });
        let operation = json!({ "operationId": text, "tags": [text], "responses": { "200": { "description": "", "content": content } } });
        paths.insert(format!("/a{index}"), json!({ "get": operation }));
    }
    json!({
        "openapi": "3.0.3", "info": { "title": "T", "version": "1" },
        "paths": paths, "components": { "schemas": schemas },
    })
}

fn output(document: &Value) -> Output {
    let text = document.to_string();
    let work = || {
        let document = load_text(Path::new("openapi.json"), text).unwrap();
        run(Input::from_document(document, "names")).unwrap()
    };
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
        worker.spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

#[test]
fn generated_files_have_names_that_every_system_holds() {
    let output = output(&document());
    let texts = odd_texts();
    assert!(output.methods() > texts.len() / 2);
    let files = &output.files.0;
    assert!(files.keys().any(|path| path.starts_with("types/shared")));
    let mut folded = BTreeSet::new();
    for path in files.keys() {
        let text = path.to_str().unwrap();
        assert!(text.split('/').all(is_portable), "{text}");
        // With `src/generated/` and the folder of a crate, well below the 260 characters that Windows takes.
        assert!(text.len() <= 100, "{text}");
        assert!(folded.insert(text.to_lowercase()), "{text}");
    }
    for tag in &output.api.tags {
        assert!(!is_device(&tag.module), "{}", tag.module);
    }
}

#[test]
fn devices_are_known_in_any_spelling() {
    for name in devices() {
        assert!(is_device(&name), "{name}");
        assert!(!is_portable(&name), "{name}");
    }
    for name in [
        "con_",
        "com",
        "com0",
        "com10",
        "lpt",
        "console",
        "auxiliary",
        "a.con",
        "_con",
        "com⁴",
        "",
    ] {
        assert!(!is_device(name), "{name}");
    }
    for name in [
        "",
        ".",
        "..",
        "a.",
        "a ",
        "A",
        "ä",
        "a/b",
        "a\\b",
        "a:b",
        ".hidden",
        &"a".repeat(256),
    ] {
        assert!(!is_portable(name), "{name}");
    }
    assert!(is_portable("types_2.rs"));
}

/// Cargo is asked: what it refuses, we refuse.
#[test]
fn crates_are_not_called_what_cargo_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let words = [
        "self",
        "crate",
        "super",
        "Self",
        "fn",
        "match",
        "async",
        "await",
        "dyn",
        "gen",
        "try",
        "box",
        "yield",
        "abstract",
        "virtual",
        "true",
        "false",
        "test",
        "core",
        "std",
        "alloc",
        "proc_macro",
        "proc-macro",
        "con",
        "nul",
        "aux",
        "prn",
        "com1",
        "lpt9",
        "1a",
        "a.b",
        "a b",
        "",
        "-",
        "_",
        "ä",
        "a/b",
        "..",
    ];
    let is_refused = |name: &str| {
        let output = Command::new(env!("CARGO"))
            .args(["new", "--lib", "--vcs", "none", "--name", name])
            .arg(folder.path().join("a-crate"))
            .output()
            .unwrap();
        let _ = std::fs::remove_dir_all(folder.path().join("a-crate"));
        // A warning, as of names that Windows cannot hold, is a refusal to us.
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        !output.status.success() || said.contains("warning")
    };
    let refused: Vec<&str> = words.into_iter().filter(|name| is_refused(name)).collect();
    assert!(
        refused.contains(&"self") && refused.contains(&"con"),
        "{refused:?}"
    );
    for name in refused {
        assert!(check(name).is_err(), "{name}");
    }
    for name in words {
        assert!(check(name).is_err(), "{name}");
    }
}

#[test]
fn crates_are_not_called_like_their_dependencies() {
    let output = output(&json!({
        "openapi": "3.0.3", "info": { "title": "T", "version": "1" },
        "paths": { "/a": { "get": { "responses": { "204": { "description": "" } } } } },
    }));
    let core = Core::Version("0.1".to_owned());
    let manifest = &standalone("x", &output.api, &core).0[Path::new("Cargo.toml")];
    let manifest: toml::Table = manifest.parse().unwrap();
    let dependencies = manifest["dependencies"].as_table().unwrap();
    assert!(dependencies.len() > 1);
    let all = dependencies.keys().map(String::as_str).chain(DEPENDENCIES);
    for name in all {
        for name in [name.replace('-', "_"), name.replace('_', "-")] {
            let message = check_generated(&name).unwrap_err().to_string();
            assert!(message.contains(&format!("`{name}` cannot name a generated crate")));
        }
    }
    let longest = "a".repeat(64);
    for name in ["pets", "rapid7-core-client", "selfie", "a", &longest] {
        assert_eq!(check_generated(name), Ok(()));
    }
    assert!(check(&"a".repeat(65)).is_err());
}
