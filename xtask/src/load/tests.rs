use serde_json::json;

use super::*;

fn load_as(name: &str, text: &str) -> Result<Document, Problem> {
    load_text(Path::new(name), text.to_owned())
}

fn yaml(text: &str) -> Value {
    let document = load_as("a.yaml", text).unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    assert_eq!(document.source.format, Format::Yaml, "{text}");
    document.root
}

/// Kind, line and column of what is wrong with a text.
fn fault(name: &str, text: &str) -> (ProblemKind, Option<(usize, usize)>, String) {
    let problem = load_as(name, text).unwrap_err();
    (problem.kind, problem.line_column(), problem.message)
}

#[test]
fn the_notation_is_told_from_the_text() {
    for (name, text, format) in [
        ("a.json", "{\"a\": 1}", Format::Json),
        ("a.yaml", "{\"a\": 1}", Format::Json),
        ("a", "\u{feff}\n {\"a\": 1}", Format::Json),
        ("a.json", "a: 1", Format::Yaml),
        ("a.json", "\u{feff}a: 1", Format::Yaml),
        ("a.yaml", "{a: 1}", Format::Yaml),
        ("a.yml", "{\"a\": 1, } # a comment", Format::Yaml),
    ] {
        let document = load_as(name, text).unwrap();
        assert_eq!(
            (document.root, document.source.format),
            (json!({"a": 1}), format),
            "{text}"
        );
    }
}

#[test]
fn members_keep_the_order_of_the_text() {
    for text in ["{\"z\": 1, \"a\": 2, \"m\": 3}", "z: 1\na: 2\nm: 3"] {
        let document = load_as("a", text).unwrap();
        assert_eq!(
            document
                .root
                .as_object()
                .unwrap()
                .keys()
                .collect::<Vec<_>>(),
            ["z", "a", "m"]
        );
    }
}

#[test]
fn json_escapes_and_numbers() {
    let text = r#"{"a": "\ud83d\ude00\t\u0000\/", "b": 18446744073709551615, "c": -9223372036854775808, "d": 1e3}"#;
    let document = load_as("a.json", text).unwrap();
    assert_eq!(
        document.root,
        json!({"a": "😀\t\0/", "b": u64::MAX, "c": i64::MIN, "d": 1000.0})
    );
}

#[test]
fn plain_scalars_follow_the_core_schema() {
    for (text, expected) in [
        ("~", json!(null)),
        ("null", json!(null)),
        ("nULL", json!("nULL")),
        ("true", json!(true)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("No", json!("No")),
        ("on", json!("on")),
        ("off", json!("off")),
        ("y", json!("y")),
        ("12", json!(12)),
        ("+12", json!(12)),
        ("-12", json!(-12)),
        ("007", json!("007")),
        ("-010", json!("-010")),
        ("0", json!(0)),
        ("-0", json!(0)),
        ("00.5", json!(0.5)),
        ("0o17", json!(15)),
        ("0x1F", json!(31)),
        ("0x-1", json!("0x-1")),
        ("18446744073709551615", json!(u64::MAX)),
        ("99999999999999999999", json!(1e20)),
        ("1.5", json!(1.5)),
        ("1.", json!(1.0)),
        (".5", json!(0.5)),
        ("-1e3", json!(-1000.0)),
        ("1e", json!("1e")),
        ("1e999", json!("1e999")),
        (".", json!(".")),
        ("+", json!("+")),
        ("+-1", json!("+-1")),
        (".inf", json!(".inf")),
        (".nan", json!(".nan")),
        ("inf", json!("inf")),
        ("1_000", json!("1_000")),
        ("12:30:45", json!("12:30:45")),
        ("2026-11-21", json!("2026-11-21")),
        ("2026-11-21T10:00:00Z", json!("2026-11-21T10:00:00Z")),
        ("1.2.3", json!("1.2.3")),
        ("'12'", json!("12")),
        ("\"null\"", json!("null")),
        ("!!str 12", json!("12")),
        ("! 12", json!("12")),
        ("!!int '12'", json!(12)),
        ("!!float 1", json!(1)),
        ("!!timestamp 2026-11-21", json!("2026-11-21")),
        ("|\n  12\n", json!("12\n")),
        (">-\n  a\n  b\n", json!("a b")),
        ("\"\\u00e4\\x41\\t\"", json!("äA\t")),
        ("[]", json!([])),
        ("!!seq [1]", json!([1])),
        ("!!map {}", json!({})),
    ] {
        assert_eq!(
            yaml(&format!("a: {text}")),
            json!({ "a": expected }),
            "{text}"
        );
    }
    assert_eq!(yaml("a:\nb:\n"), json!({"a": null, "b": null}));
}

#[test]
fn keys_become_strings() {
    assert_eq!(
        yaml("200: a\nnull: b\ntrue: c\n1.10: d\n0x10: e\n2026-11-21: f\n'404': g\n"),
        json!({"200": "a", "null": "b", "true": "c", "1.10": "d", "0x10": "e", "2026-11-21": "f", "404": "g"})
    );
}

#[test]
fn aliases_and_merge_keys() {
    assert_eq!(
        yaml("a: &x {b: [1]}\nc: *x\n"),
        json!({"a": {"b": [1]}, "c": {"b": [1]}})
    );
    assert_eq!(yaml("&k a: 1\nb: *k\n"), json!({"a": 1, "b": "a"}));
    assert_eq!(
        yaml("a: &k name\n*k : 1\n"),
        json!({"a": "name", "name": 1})
    );
    let merged =
        yaml("base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\nc:\n  x: 0\n  <<: [*b, *m]\n  w: 5\n");
    assert_eq!(merged["c"], json!({"x": 0, "y": 2, "z": 4, "w": 5}));
    assert_eq!(
        merged["c"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["x", "y", "z", "w"]
    );
    assert_eq!(yaml("a: {<<: {x: 1}}\n"), json!({"a": {"x": 1}}));
    assert_eq!(yaml("a: {'<<': 1}\n"), json!({"a": {"<<": 1}}));
}

#[test]
fn the_last_of_two_equal_keys_wins() {
    for text in ["{\"a\": 1, \"b\": 0, \"a\": 2}", "a: 1\nb: 0\na: 2\n"] {
        assert_eq!(
            load_as("a", text).unwrap().root,
            json!({"a": 2, "b": 0}),
            "{text}"
        );
    }
}

#[test]
fn faults_name_kind_and_place() {
    let tests = [
        ("a.json", "{\"a\": 1,\n \"b\": tru}"),
        ("a.json", "{\"a\": 1\n"),
        ("a.json", "{\"a\": 1}}"),
        ("a.json", "{\"a\": \"\\ud800\"}"),
        ("a.yaml", "{\"a\": 1,\n \"b\": [}"),
        ("a.yaml", "{a: 1, b: [}"),
        ("a.yaml", "a: 1\n  b: 2\n"),
        ("a.yaml", "a:\n\tb: 2\n"),
        ("a.yaml", "a: *b\n"),
        ("a.yaml", "a: &a\n  b: *a\n"),
        ("a.yaml", "a: {<<: 1}\n"),
        ("a.yaml", "a: 1\nb: !!binary aGk=\n"),
        ("a.yaml", "a: !!int x\n"),
        ("a.yaml", "a: !foo {b: 1}\n"),
        ("a.yaml", "? [a, b]\n: 2\n"),
        ("a.yaml", "a: &x [1]\n*x : 1\n"),
        ("a.yaml", "a: 1\n---\nb: 2\n"),
        ("a.yaml", " \n"),
        ("a.yaml", "# nothing\n"),
        ("a.json", "\n<!DOCTYPE html>"),
    ];
    let report = tests.iter().fold(String::new(), |report, (name, text)| {
        let (kind, place, message) = fault(name, text);
        let (line, column) = place.unwrap();
        report + &format!("{text:?}\n  {kind} {line}:{column} {message}\n")
    });
    insta::assert_snapshot!(report);
}

#[test]
fn depth_is_bounded() {
    let nested =
        |open: &str, close: &str, levels: usize| open.repeat(levels) + "1" + &close.repeat(levels);
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        assert!(load_as("a.json", &nested(open, close, MAX_DEPTH)).is_ok());
        for levels in [MAX_DEPTH + 1, 200_000] {
            assert_eq!(
                fault("a.json", &nested(open, close, levels)).0,
                ProblemKind::TooDeep,
                "JSON, {levels}"
            );
        }
    }
    for (open, close) in [("[ ", "]"), ("{a: ", "}"), ("- ", "")] {
        assert!(
            load_as(
                "a.yaml",
                &format!("# YAML\n{}", nested(open, close, MAX_DEPTH))
            )
            .is_ok(),
            "{open}"
        );
        for levels in [MAX_DEPTH + 1, 200_000] {
            let text = format!("# YAML\n{}", nested(open, close, levels));
            assert_eq!(
                fault("a.yaml", &text).0,
                ProblemKind::TooDeep,
                "YAML, {open} {levels}"
            );
        }
    }
    // Unclosed, too: the parser must not get lost before the limit.
    assert_eq!(
        fault("a.yaml", &format!("# YAML\n{}", "[".repeat(200_000))).0,
        ProblemKind::TooDeep
    );
}

#[test]
fn depth_counts_what_aliases_stand_for() {
    let text = (1..=MAX_DEPTH).fold("a0: &a0 [1]\n".to_owned(), |text, n| {
        text + &format!("a{n}: &a{n} [*a{}]\n", n - 1)
    });
    let (kind, place, _) = fault("a.yaml", &text);
    // `a126` would have 127 levels in the mapping's one.
    assert_eq!((kind, place.unwrap().0), (ProblemKind::TooDeep, 127));
}

#[test]
fn aliases_cannot_multiply_without_bound() {
    let start = std::time::Instant::now();
    let text = (1..100).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        let items = vec![format!("*a{}", n - 1); 10].join(", ");
        text + &format!("a{n}: &a{n} [{items}]\n")
    });
    assert_eq!(fault("a.yaml", &text).0, ProblemKind::TooLarge);
    // One long text, many times.
    let items = vec!["*a"; 100].join(", ");
    let text = format!("a: &a {}\nb: [{items}]\n", "x".repeat(1024 * 1024));
    assert_eq!(fault("a.yaml", &text).0, ProblemKind::TooLarge);
    // Merge keys repeat members as well.
    let text = (1..100).fold("a0: &a0 {x: 1}\n".to_owned(), |text, n| {
        let before = n - 1;
        text + &format!("a{n}: &a{n} {{<<: *a{before}, p{n}: *a{before}, q{n}: *a{before}}}\n")
    });
    assert_eq!(fault("a.yaml", &text).0, ProblemKind::TooLarge);
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn files_that_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let latin = write("latin.yaml", b"a: \xe9");
    assert_eq!(
        load(&latin).unwrap_err().to_string(),
        format!(
            "cannot read {}: not UTF-8 (byte 3)\n  help: save the file as UTF-8",
            latin.display()
        )
    );
    for path in [dir.path().join("absent.yaml"), dir.path().to_owned()] {
        assert_eq!(load(&path).unwrap_err().kind, ProblemKind::Unreadable);
    }
    let large = write("large.yaml", b"");
    std::fs::File::options()
        .write(true)
        .open(&large)
        .unwrap()
        .set_len(MAX_BYTES as u64 + 1)
        .unwrap();
    assert_eq!(load(&large).unwrap_err().kind, ProblemKind::TooLarge);
    let marked = write("marked.json", b"\xef\xbb\xbf{\"a\": 1}");
    assert_eq!(load(&marked).unwrap().root, json!({"a": 1}));
}

/// What a pointer leads to in a text, as `line:column text`.
fn located(document: &Document, pointer: &str) -> Option<String> {
    let span = document.source.locate(pointer)?;
    let (line, column) = document.source.line_column(span.start);
    Some(format!("{line}:{column} {}", &document.source.text[span]))
}

const JSON: &str = r#"{
  "openapi": "3.0.3",
  "paths": {
    "/a/{id}": {
      "get": {"tags": ["x", "yy"],
        "parameters": [
          {"name": "id"},
          {
            "name": "n"
          }
        ]}
    }
  },
  "x": -1.5e3, "x": "\u0061\"b"
}"#;

const YAML: &str = "\
openapi: 3.0.3
paths:
  /a/{id}:
    get:
      tags: [x, \"yy\"]
      parameters:
        - name: id
        -
          name: n
      description: |
        two
        lines
base: &base
  deep: 1
other: *base
merged:
  <<: *base
";

#[test]
fn pointers_are_located_in_json() {
    let document = load_as("a.json", JSON).unwrap();
    for (pointer, expected) in [
        ("/openapi", Some("2:14 \"3.0.3\"")),
        ("/paths", Some("3:3 \"paths\"")),
        ("/paths/~1a~1{id}/get", Some("5:7 \"get\"")),
        ("/paths/~1a~1{id}/get/tags/1", Some("5:29 \"yy\"")),
        (
            "/paths/~1a~1{id}/get/parameters",
            Some("6:9 \"parameters\""),
        ),
        (
            "/paths/~1a~1{id}/get/parameters/0",
            Some("7:11 {\"name\": \"id\"},"),
        ),
        ("/paths/~1a~1{id}/get/parameters/1", Some("8:11 {")),
        ("/paths/~1a~1{id}/get/parameters/1/name", Some("9:21 \"n\"")),
        // The longest prefix that is there.
        ("/paths/~1a~1{id}/get/responses/200", Some("5:7 \"get\"")),
        ("/paths/~1a~1{id}/get/tags/9", Some("5:15 \"tags\"")),
        ("/openapi/x", Some("2:14 \"3.0.3\"")),
        // The last of two equal keys.
        ("/x", Some(r#"14:21 "\u0061\"b""#)),
        ("/components", None),
        ("", None),
        ("nonsense", None),
    ] {
        let expected = expected.map(|text| text.trim_end_matches(',').to_owned());
        assert_eq!(located(&document, pointer), expected, "{pointer}");
    }
}

#[test]
fn pointers_are_located_in_yaml() {
    let document = load_as("a.yaml", YAML).unwrap();
    for (pointer, expected) in [
        ("/openapi", Some("1:10 3.0.3")),
        ("/paths", Some("2:1 paths")),
        ("/paths/~1a~1{id}/get", Some("4:5 get")),
        ("/paths/~1a~1{id}/get/tags/1", Some("5:17 \"yy\"")),
        ("/paths/~1a~1{id}/get/parameters/0", Some("7:11 name: id")),
        ("/paths/~1a~1{id}/get/parameters/0/name", Some("7:17 id")),
        ("/paths/~1a~1{id}/get/parameters/1/name", Some("9:17 n")),
        ("/paths/~1a~1{id}/get/description", Some("10:7 description")),
        ("/paths/~1a~1{id}/get/responses/200", Some("4:5 get")),
        // Through an alias and a merge key, to where the value stands.
        ("/other/deep", Some("14:9 1")),
        ("/merged/deep", Some("14:9 1")),
        ("/components", None),
    ] {
        assert_eq!(
            located(&document, pointer).as_deref(),
            expected,
            "{pointer}"
        );
    }
}

#[test]
fn a_text_without_structure_locates_nothing() {
    let source = Source::new("a.toml", "a = 1", Format::Text);
    assert_eq!(source.locate("/a"), None);
    let source = Source::new("a.json", "{\"a\": ", Format::Json);
    assert_eq!(source.locate("/a"), None);
}

#[test]
fn a_quoted_text_may_go_on_as_far_left_as_its_key() {
    let text = "a:\n  b: \"one\n  two\n  three\"\n  c: 'four\n  five'\nd: 1\n";
    assert_eq!(
        yaml(text),
        json!({ "a": { "b": "one two three", "c": "four five" }, "d": 1 })
    );
    let (kind, _, _) = fault("a.yaml", "a: \"one\n--- two");
    assert_eq!(kind, ProblemKind::Syntax);
}
