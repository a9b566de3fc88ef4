//! Documents that are too deep, too large or too odd: each is read, or refused with the reason.

#[cfg(test)]
mod bounds {
    use serde_json::{Map, Value, json};
    use std::fmt::Write as _;
    use std::path::Path;
    use xtask::load::{MAX_BYTES, load, load_text};
    use xtask::pipeline::{Input, MAX_TYPES, Output, STACK_BYTES, run};
    use xtask::problem::{Problem, ProblemKind};

    /// Schemas in a chain: as many as the generator in debug makes in seconds.
    const CHAIN: usize = 500;

    /// The pipeline on a text, on the stack that `cargo xtask` gives it.
    fn outcome(file: &str, text: String) -> Result<Output, Vec<Problem>> {
        let work = |text| {
            let document = load_text(Path::new(file), text).map_err(|problem| vec![problem])?;
            run(Input::from_document(document, "bounds"))
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
            let running = thread.spawn_scoped(scope, || work(text)).unwrap();
            running.join().unwrap()
        })
    }

    /// The only problem of a text that is refused.
    fn refusal(file: &str, text: String) -> Problem {
        let mut problems = outcome(file, text).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.remove(0)
    }

    fn to(name: &str) -> Value {
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// `GET /a` with an answer of this schema.
    fn document(schema: &Value, components: &Map<String, Value>) -> Value {
        let content = json!({ "application/json": { "schema": schema } });
        let get = json!({ "operationId": "a", "responses": { "200": { "description": "", "content": content } } });
        json!({
            "openapi": "3.0.3",
            "info": { "title": "Bounds", "version": "1" },
            "paths": { "/a": { "get": get } },
            "components": { "schemas": components },
        })
    }

    /// Components `A0` to the one before `A<count>`, each made from the name of the next, and that one a string.
    fn chain(count: usize, link: impl Fn(Value) -> Value) -> Value {
        let mut all: Map<String, Value> = (0..count)
            .map(|index| (format!("A{index}"), link(to(&format!("A{}", index + 1)))))
            .collect();
        all.insert(format!("A{count}"), json!({ "type": "string" }));
        document(&to("A0"), &all)
    }

    /// The whole comes through, or the one operation is left out, by name.
    fn assert_accounted(name: &str, document: &Value) {
        match outcome("openapi.json", document.to_string()) {
            Ok(output) => {
                let skipped = output.problems.iter().filter(|problem| problem.is_error());
                assert_eq!(
                    output.methods() + skipped.count(),
                    1,
                    "{name}: {:?}",
                    output.problems
                );
            }
            Err(problems) => panic!("{name}: {problems:?}"),
        }
    }

    #[test]
    fn a_hundred_thousand_brackets_are_too_deep() {
        for (file, text) in [
            ("openapi.json", "[".repeat(100_000)),
            ("openapi.json", r#"{"a":"#.repeat(100_000)),
            ("openapi.yaml", format!("a: {}", "[".repeat(100_000))),
            (
                "openapi.yaml",
                (0..1000).fold(String::new(), |text, depth| {
                    text + &" ".repeat(depth) + "a:\n"
                }),
            ),
        ] {
            assert_eq!(refusal(file, text).kind, ProblemKind::TooDeep, "{file}");
        }
    }

    #[test]
    fn long_chains_of_schemas_are_accounted_for() {
        type Link = fn(Value) -> Value;
        let links: [(&str, Link); 6] = [
            (
                "members",
                |next| json!({ "type": "object", "properties": { "next": next } }),
            ),
            ("items", |next| json!({ "type": "array", "items": next })),
            (
                "maps",
                |next| json!({ "type": "object", "additionalProperties": next }),
            ),
            ("aliases", |next| next),
            (
                "alternatives",
                |next| json!({ "oneOf": [next, { "type": "integer" }] }),
            ),
            (
                "parts",
                |next| json!({ "allOf": [next, { "type": "object", "properties": { "a": {} } }] }),
            ),
        ];
        for (name, link) in links {
            assert_accounted(name, &chain(CHAIN, link));
        }
    }

    #[test]
    fn thousands_of_siblings_come_through() {
        let members = (0..1000).map(|index| (format!("m{index}"), to(&format!("A{index}"))));
        let root = json!({ "type": "object", "properties": members.collect::<Map<_, _>>() });
        // A tenth of them is used.
        let all = (0..10_000).map(|index| {
            let schema = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
            (format!("A{index}"), schema)
        });
        let output = outcome("openapi.json", document(&root, &all.collect()).to_string()).unwrap();
        assert_eq!((output.methods(), output.skipped()), (1, 0));
        assert_eq!(output.types.by_location.len(), 1001);
    }

    #[test]
    fn too_many_types_are_refused() {
        let members = (0..=MAX_TYPES).map(|index| {
            let member = json!({ "type": "object", "properties": { "a": {} } });
            (format!("m{index}"), member)
        });
        let root = json!({ "type": "object", "properties": members.collect::<Map<_, _>>() });
        let problem = refusal("openapi.json", document(&root, &Map::new()).to_string());
        assert_eq!(problem.kind, ProblemKind::TooLarge);
    }

    #[test]
    fn aliases_of_aliases_are_too_large() {
        let mut text = "openapi: 3.0.3\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            let _ = writeln!(text, "a{level}: &a{level} [{aliases}]");
        }
        assert_eq!(refusal("openapi.yaml", text).kind, ProblemKind::TooLarge);
    }

    #[test]
    fn a_text_beyond_the_limit_is_too_large() {
        let problem = refusal("openapi.json", " ".repeat(MAX_BYTES + 1));
        assert_eq!(problem.kind, ProblemKind::TooLarge);
    }

    #[test]
    fn numbers_of_any_size_are_read_or_refused() {
        let parameter = |schema: &str| {
            format!(
                r#"{{"openapi":"3.0.3","info":{{"title":"","version":"1"}},"paths":{{"/a":{{"get":{{
                "parameters":[{{"name":"n","in":"query","schema":{schema}}}],
                "responses":{{"204":{{"description":""}}}}}}}}}}}}"#
            )
        };
        let large = r#"{"type":"integer","maximum":1e308,"minimum":-18446744073709551616,"default":99999999999999999999}"#;
        let output = outcome("openapi.json", parameter(large)).unwrap();
        assert_eq!((output.methods(), output.skipped()), (1, 0));
        let listed = r#"{"enum":[18446744073709551615,-9223372036854775808,1e300,0.1]}"#;
        let output = outcome("openapi.json", parameter(listed)).unwrap();
        assert_eq!(output.operations_in, 1);
        for digits in ["1e400".to_owned(), "9".repeat(100_000)] {
            let text = parameter(&format!(r#"{{"maximum":{digits}}}"#));
            assert_eq!(refusal("openapi.json", text).kind, ProblemKind::Syntax);
        }
    }

    #[test]
    fn long_texts_and_keys_are_read_or_refused() {
        let long = "x".repeat(1_000_000);
        let prose = json!({ "type": "object", "description": long, "properties": { "a": { "description": "[a] `".repeat(10_000) } } });
        let output = outcome("openapi.json", document(&prose, &Map::new()).to_string()).unwrap();
        assert_eq!((output.methods(), output.skipped()), (1, 0));
        let keys =
            json!({ "type": "object", "properties": { long.as_str(): { "type": "string" } } });
        let output = outcome("openapi.json", document(&keys, &Map::new()).to_string()).unwrap();
        assert_eq!((output.methods(), output.skipped()), (1, 0));
        let values = json!({ "openapi": "3.0.3", "x-a": { long: vec![0; 1100] } });
        let problem = refusal("openapi.json", values.to_string());
        assert_eq!(problem.kind, ProblemKind::TooLarge);
    }

    #[test]
    fn prose_of_unclosed_marks_is_read() {
        for part in [
            "a [b] <c> ` ",
            "[a](http://b ",
            "<a href=b>",
            "<a href ",
            "```\n* a\n\n",
        ] {
            let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "description": part.repeat(20_000) } } });
            let output =
                outcome("openapi.json", document(&schema, &Map::new()).to_string()).unwrap();
            assert_eq!((output.methods(), output.skipped()), (1, 0), "{part}");
        }
    }

    #[test]
    fn members_composed_of_their_own_holders_do_not_grow_without_end() {
        let part = |of: &str, more: &str| json!({ "type": "object", "properties": { "m": to(of), more: { "type": "string" } } });
        let own = json!({ "S": { "type": "object", "properties": { "a": {}, "m": { "allOf": [
        to("S"), { "type": "object", "properties": { "b": {} } },
    ] } } } });
        let own = own.as_object().unwrap().clone();
        assert_accounted("own", &document(&to("S"), &own));
        let all = json!({
            "A": { "allOf": [part("A", "a"), part("B", "b")] },
            "B": { "allOf": [part("B", "c"), part("A", "d")] },
        });
        let all = all.as_object().unwrap().clone();
        let output = outcome("openapi.json", document(&to("A"), &all).to_string()).unwrap();
        assert_eq!((output.methods(), output.skipped()), (1, 0));
        assert!(output.changes.iter().any(|change| change.loss.is_some()));
    }

    #[test]
    fn lists_of_two_lists_do_not_double_without_end() {
        let mut all = Map::new();
        for level in 0..40 {
            let next = ["L", "M"].map(|kind| to(&format!("{kind}{}", level + 1)));
            let items = json!({ "oneOf": next });
            all.insert(
                format!("L{level}"),
                json!({ "type": "array", "items": items }),
            );
            all.insert(
                format!("M{level}"),
                json!({ "type": "object", "additionalProperties": items }),
            );
        }
        all.insert("L40".to_owned(), json!({ "type": "string" }));
        all.insert("M40".to_owned(), json!({ "type": "integer" }));
        assert_accounted("lists", &document(&to("L0"), &all));
    }

    #[test]
    fn alternatives_that_hold_their_union_do_not_grow_without_end() {
        let union =
            json!({ "oneOf": [to("U"), to("V")], "properties": { "x": { "type": "string" } } });
        let holder = json!({ "type": "object", "properties": { "u": union } });
        let all = json!({ "U": holder, "V": holder });
        let all = all.as_object().unwrap().clone();
        assert_accounted("union", &document(&to("U"), &all));
    }

    #[test]
    fn other_encodings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let text = document(&json!({}), &Map::new()).to_string();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            load(&path)
        };
        let marked = ["\u{feff}", &text].concat();
        assert!(file("bom.json", marked.as_bytes()).is_ok());
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (name, mark) in [("utf-16.json", &b"\xff\xfe"[..]), ("bare.json", b"")] {
            let problem = file(name, &[mark, &wide].concat()).unwrap_err();
            assert!(!problem.message.is_empty());
            assert!(
                matches!(problem.kind, ProblemKind::Unreadable | ProblemKind::Syntax),
                "{problem:?}"
            );
        }
    }

    #[test]
    fn control_characters_are_read() {
        let odd = "\u{0}\u{7}\u{1b}[31m\u{7f}\u{85}\u{2028}\u{202e}";
        let schema = json!({ "type": "object", "title": odd, "description": odd, "properties": {
        odd: { "type": "string", "enum": [odd, "\u{1}"] },
        "\u{1}": { "type": "string", "description": odd },
    } });
        let output = outcome("openapi.json", document(&schema, &Map::new()).to_string()).unwrap();
        assert_eq!((output.methods(), output.skipped()), (1, 0));
    }

    #[test]
    fn a_path_longer_than_any_server_takes_is_refused() {
        let document = |count: usize| {
            let names = (0..count).map(|index| format!("/{{p{index}}}"));
            let path: String = names.collect();
            let operation = json!({ "responses": { "204": { "description": "" } } });
            json!({
                "openapi": "3.0.3",
                "info": { "title": "", "version": "1" },
                "paths": { path: { "get": operation } },
            })
        };
        let output = outcome("openapi.json", document(100).to_string()).unwrap();
        assert_eq!(output.methods(), 1);
        let refused = refusal("openapi.json", document(3000).to_string());
        assert_eq!(refused.kind, ProblemKind::TooLarge);
    }

    #[test]
    fn thousands_of_equal_keys_are_all_warned_of() {
        let keys = vec![r#""x-a":1"#; 10_000].join(",");
        let text = format!(
            r#"{{"openapi":"3.0.3","info":{{"title":"","version":"1"}},"paths":{{}},{keys}}}"#
        );
        let output = outcome("openapi.json", text).unwrap();
        let equal = output
            .problems
            .iter()
            .filter(|problem| problem.kind == ProblemKind::DuplicateKey);
        assert_eq!(equal.count(), 9_999);
    }
}
