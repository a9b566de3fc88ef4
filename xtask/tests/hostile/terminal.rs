//! What the program prints of hostile documents.

use super::document::document;
use super::odd::text;
use std::process::Command;
use xtask::text::is_odd;

#[test]
fn no_command_prints_what_steers_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        folder
            .path()
            .join(name)
            .into_os_string()
            .into_string()
            .unwrap()
    };
    for (name, seed) in [("old", 0), ("new", 7)] {
        let text = document(&|place| text(seed, place)).to_string();
        std::fs::write(at(name), text).unwrap();
    }
    let odd = "o\u{1b}[31m\u{202e}\u{9b}dd\r.json";
    let broken = format!(
        "{{\"openapi\": \"3.0.3\", \"info\": {{\"title\": \"{odd}\"}}, \"paths\": {{\"{odd}\": {{\"$ref\": \"#/{odd}\"}}}}"
    );
    std::fs::create_dir(at("all")).unwrap();
    for (name, text) in [("whole", broken.clone() + "}"), ("cut", broken)] {
        let text = text.replace('\u{1b}', "\\u001b").replace('\r', "\\r");
        std::fs::write(at(&format!("all/{name}-{odd}")), text).unwrap();
    }
    let (old, new, all) = (at("old"), at("new"), at("all"));
    let (odd_file, out) = (at(&format!("all/whole-{odd}")), at("out"));
    let commands: [&[&str]; 12] = [
        &[
            "generate",
            "--changes",
            "--crate",
            "t",
            "--out",
            &out,
            "--spec",
            &old,
        ],
        &[
            "generate",
            "--changes",
            "--json",
            "--crate",
            "t",
            "--out",
            &out,
            "--spec",
            &old,
        ],
        &[
            "generate", "--crate", "t", "--out", &out, "--spec", &odd_file,
        ],
        &["generate", "--crate", odd, "--out", odd, "--spec", odd],
        &["diagnose", "--changes", &old],
        &["diagnose", "--json", "--changes", &old],
        &["diagnose", &odd_file],
        &["diff", &old, &new],
        &["diff", "--json", &old, &new],
        &["corpus", &all],
        &["find", odd],
        &["generate", odd, "--bogus"],
    ];
    for arguments in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .output()
            .unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        assert!(!printed.is_empty(), "{arguments:?}");
        let steers = printed.chars().find(|c| is_odd(*c));
        assert_eq!(steers, None, "{arguments:?}: {printed:?}");
        if arguments.contains(&"--json") {
            for line in printed.lines() {
                let value: Result<serde_json::Value, _> = serde_json::from_str(line);
                assert!(value.is_ok(), "{arguments:?}: {line}");
            }
        }
    }
}
