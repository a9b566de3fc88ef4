//! The documentation of a crate whose document tries to be HTML.

use super::crates::{cargo, files, generate};
use super::document::document;
use html5gum::{StartTag, Token, Tokenizer};
use std::path::Path;

/// Texts that some reader of Markdown or HTML takes for more than text.
const ATTACKS: [&str; 30] = [
    "<script>c4n()</script>",
    "` <script>c4n()</script>",
    "`` ` <script>c4n()</script>",
    "\\` <script>c4n()</script> `",
    "\\<script>c4n()</script>",
    "a\\\\<script>c4n()</script>",
    "</code><script>c4n()</script>",
    "x `a | <img src=x onerror=c4n()>` y",
    "| a | b |\n|---|---|\n| `a | b` `<img src=x onerror=c4n()>` | c |",
    "<img src=x onerror=c4n()>",
    "<svg/onload=c4n()>",
    "<SCRIPT >c4n()</SCRIPT >",
    "<scr<script>ipt>c4n()</scr</script>ipt>",
    "<a href=\"javascript:c4n()\">a</a>",
    "<a hr<a href=>ef=javascript:c4n()>",
    "[a](javascript:c4n())",
    "[`a](http://x.example)`](javascript:c4n())",
    "![a](javascript:c4n())",
    "[a]: javascript:c4n()\n\n[a]",
    "<javascript:c4n()>",
    "https://a.example/<script>c4n()</script>",
    "```\n~~~js <b>\n<script>c4n()</script>\n```\n<script>c4n()</script>\n```",
    "```` ```\n<script>c4n()</script>",
    "~~~\n```\n<script>c4n()</script>\n~~~\n<script>c4n()</script>",
    "```rust\nc4n();\n```",
    "-     c4n();\n\n>     c4n();\n\n\tc4n();",
    "a\r\r<script>c4n()</script>\r",
    "```\r<script>c4n()</script>",
    "> ```\n<script>c4n()</script>",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ` <script>c4n()</script> ` `",
];

/// What is more than text in a page: elements, handlers, links and code that would be run.
fn live(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut emitter = html5gum::DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut inside = String::new();
    for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
        match token {
            Token::StartTag(tag) => {
                found.extend(live_tag(&tag));
                let class = attribute(&tag, "class");
                let is_code = class.contains("rust-example-rendered");
                inside = if is_code {
                    "example".to_owned()
                } else {
                    text(&tag.name)
                };
                if tag.name.as_slice() == b"span" && class.is_empty() {
                    inside.clear();
                }
            }
            Token::EndTag(_) => inside.clear(),
            Token::String(words) => {
                let runs = inside == "script" || inside == "example";
                if runs && text(&words).contains("c4n(") {
                    found.push(format!("{inside}: {}", text(&words)));
                }
            }
            _ => {}
        }
    }
    found
}

fn live_tag(tag: &StartTag<()>) -> Option<String> {
    let runs = tag.attributes.iter().any(|(name, value)| {
        let (name, value) = (text(name), text(value).to_ascii_lowercase());
        name.starts_with("on") && value.contains("c4n")
            || value.trim_start().starts_with("javascript:")
    });
    runs.then(|| format!("{tag:?}"))
}

fn attribute(tag: &StartTag<()>, name: &str) -> String {
    let value = tag.attributes.get(name.as_bytes());
    value.map(|value| text(value)).unwrap_or_default()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_is_live_is_found() {
    for page in [
        "<script>c4n()</script>",
        "<b onx=c4n()>",
        "<a href=' javascript:x'>",
        "<pre class='rust rust-example-rendered'>c4n()",
    ] {
        assert_eq!(live(page).len(), 1, "{page}");
    }
    assert!(live("<p>c4n()<code>&lt;script>c4n()</code><pre class=x>c4n()</pre>").is_empty());
}

/// The attacks in turn, so that each stands in every kind of place in one of some documents.
#[test]
fn no_text_of_a_document_is_live_in_its_documentation() {
    const CRATES: usize = 3;
    let mut all = Vec::new();
    for index in 0..CRATES {
        let say = move |place: &str| {
            let own: usize = place.bytes().map(usize::from).sum();
            let attack = |at: usize| ATTACKS[(own + at) % ATTACKS.len()];
            // A third of all for each crate; names hold the place, which tells them apart.
            let third = ATTACKS.len() / CRATES;
            let start = index * third;
            match place {
                "description"
                | "operation description"
                | "named description"
                | "answer description"
                | "tag description" => ATTACKS[start..start + third].join("\n\n"),
                _ => format!("{} {place} {}", attack(start), attack(start + third / 2)),
            }
        };
        let name = format!("html-{index}");
        let folder = generate(&name, &document(&say));
        cargo(&folder, &["doc", "--no-deps"]);
        all.push(name.replace('-', "_"));
    }
    let doc = Path::new(env!("CARGO_TARGET_TMPDIR")).join("target/doc");
    for name in all {
        for (path, page) in pages(&doc.join(name)) {
            assert_eq!(live(&page), [] as [String; 0], "{}", path.display());
        }
    }
}

fn pages(folder: &Path) -> Vec<(std::path::PathBuf, String)> {
    let all: Vec<_> = files(folder)
        .into_iter()
        .filter(|(path, _)| {
            path.extension()
                .is_some_and(|extension| extension == "html")
        })
        .collect();
    assert!(all.iter().any(|(_, page)| page.contains("c4n")));
    all
}
