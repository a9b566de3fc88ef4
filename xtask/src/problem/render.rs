//! Problems printed the way rustc prints.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Problem, Severity};
use crate::source::{Source, Span};
use crate::text::shortened;

/// Longest line that the renderer gets whole, in bytes; a minified document is one line.
const LONG_LINE: usize = 800;

/// Bytes that are shown of a longer line, before the start of a span and from there on.
const REACH: usize = 60;

/// Prints problems with file, line, the text around, and help, and a line that counts them.
///
/// ```text
/// error[dangling-reference]: `#/components/schemas/Clod` is not there
///  --> openapi.yaml:4:15
///   |
/// 4 |         $ref: '#/components/schemas/Clod'
///   |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^
///   |
///   = note: in GET /v2/clouds
///   = help: did you mean `Cloud`?
/// ```
///
/// Without `color` the text is plain; with it, it has ANSI escapes. Returns the empty text for no problems.
#[must_use]
pub fn render(problems: &[Problem], color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for problem in problems {
        out += &renderer.render(&[group(problem)]);
        out += "\n\n";
    }
    if let Some(count) = count(problems) {
        out += &count;
        out.push('\n');
    }
    out
}

fn group(problem: &Problem) -> Group<'_> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(
        level
            .primary_title(shortened(&problem.message))
            .id(problem.kind.as_str()),
    );
    if let Some(source) = &problem.source {
        group = with_place(group, source, problem.place());
    }
    if let Some(note) = note(problem) {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(&shortened(&note))));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(&shortened(help))));
    }
    group
}

fn with_place<'a>(group: Group<'a>, source: &Source, place: Option<Span>) -> Group<'a> {
    let path = source.path.display().to_string();
    let Some(place) = place else {
        return group.element(Origin::path(path));
    };
    let excerpt = Excerpt::new(source, &place);
    let snippet = Snippet::source(excerpt.text)
        .line_start(excerpt.line)
        .annotation(AnnotationKind::Primary.span(excerpt.span));
    if excerpt.is_cut {
        // The renderer counts columns from the start of what it is given.
        group
            .element(
                Origin::path(path)
                    .line(excerpt.line)
                    .char_column(excerpt.column),
            )
            .element(snippet)
    } else {
        group.element(snippet.path(path))
    }
}

/// The line in which a span starts, and the span within it.
struct Excerpt {
    text: String,
    span: Span,
    line: usize,
    column: usize,
    /// Whether only part of the line is shown.
    is_cut: bool,
}

impl Excerpt {
    /// The renderer walks all of the text that it is given, so it gets no more than it shows.
    fn new(source: &Source, place: &Span) -> Self {
        let start = source.floor_char_boundary(place.start);
        let (line, column) = source.line_column(start);
        let line_start = source.line_start(line).min(start);
        let rest = source.text.get(line_start..).unwrap_or_default();
        let line_text = rest
            .split('\n')
            .next()
            .unwrap_or_default()
            .trim_end_matches('\r');
        let line_end = line_start + line_text.len();
        let is_cut = line_text.len() > LONG_LINE;
        let (from, to) = if is_cut {
            let from = source
                .floor_char_boundary(start.saturating_sub(REACH))
                .max(line_start);
            (
                from,
                source.floor_char_boundary(line_end.min(start + REACH)),
            )
        } else {
            (line_start, line_end)
        };
        let before = if from > line_start { "..." } else { "" };
        let after = if to < line_end { "..." } else { "" };
        let shown = source.text.get(from..to).unwrap_or_default();
        // A span may start at the line's end, and may go on in the next line.
        let within =
            |at: usize| source.floor_char_boundary(at).clamp(from, to) - from + before.len();
        let span = within(start)..within(place.end.max(start));
        Self {
            text: format!("{before}{shown}{after}"),
            span,
            line,
            column,
            is_cut,
        }
    }
}

fn note(problem: &Problem) -> Option<String> {
    let pointer = problem
        .pointer
        .as_deref()
        .filter(|pointer| !pointer.is_empty());
    match (&problem.operation, pointer) {
        (Some(operation), Some(pointer)) => Some(format!("in {operation}, at {pointer}")),
        (Some(operation), None) => Some(format!("in {operation}")),
        (None, Some(pointer)) => Some(format!("at {pointer}")),
        (None, None) => None,
    }
}

/// `2 errors, 1 warning`; `None` for no problems.
fn count(problems: &[Problem]) -> Option<String> {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let number = problems
            .iter()
            .filter(|problem| problem.severity == severity)
            .count();
        if number > 0 {
            let separator = if text.is_empty() { "" } else { ", " };
            let plural = if number == 1 { "" } else { "s" };
            let _ = write!(text, "{separator}{number} {severity}{plural}");
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::load::load_text;
    use crate::problem::ProblemKind;

    const DOCUMENT: &str = "\
paths:
  /clouds:
    get:
      responses:
        200:
          $ref: '#/components/responses/Cluods' # größe
";

    fn problems() -> Vec<Problem> {
        let document = load_text(Path::new("specs/a/openapi.yaml"), DOCUMENT.to_owned()).unwrap();
        let long = format!(
            "{{\"a\": {}, \"b\": \"ü\"}}",
            "[1], ".repeat(2000).trim_end_matches(", ")
        );
        let long = long
            .replacen("[1]", "[0", 1)
            .replacen(", \"b\"", "], \"b\"", 1);
        let minified = load_text(Path::new("min.json"), long).unwrap();
        vec![
            Problem::error(
                ProblemKind::DanglingReference,
                "`#/components/responses/Cluods` is not there",
            )
            .at(&document, "/paths/~1clouds/get/responses/200/$ref")
            .operation("GET /clouds")
            .help("did you mean `Clouds`?"),
            Problem::error(ProblemKind::MissingField, "the operation has no `summary`")
                .warning()
                .at(&document, "/paths/~1clouds/get/summary"),
            Problem::error(
                ProblemKind::InvalidName,
                "in a line that is too long to show",
            )
            .warning()
            .at(&minified, "/b"),
            Problem::error(ProblemKind::NotOpenApi, "the file is something else")
                .in_file(&document),
            Problem::error(ProblemKind::Generator, "no file\u{1b}[31m at all")
                .note()
                .help("two\nlines"),
        ]
    }

    #[test]
    fn prints_as_rustc_does() {
        insta::assert_snapshot!(render(&problems(), false));
    }

    #[test]
    fn prints_in_one_line_and_as_json() {
        let problems = problems();
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"));
        insta::assert_snapshot!(
            "as_json",
            serde_json::to_string_pretty(&problems[0]).unwrap()
        );
    }

    #[test]
    fn color_is_only_color() {
        let styled = render(&problems()[..1], true);
        assert!(styled.contains("\u{1b}["));
        assert!(
            !render(&problems(), false).contains('\u{1b}'),
            "neither from us nor from the document"
        );
        assert_eq!(render(&[], true), "");
    }

    #[test]
    fn any_span_is_shown_or_left_out() {
        let text = "a: ü\r\nb: |\n  x\n  y\n";
        let source = load_text(Path::new("a.yaml"), text.to_owned())
            .unwrap()
            .source;
        for start in 0..text.len() + 3 {
            for end in 0..text.len() + 3 {
                let problem = Problem::error(ProblemKind::Syntax, "m")
                    .in_file(&source)
                    .span(start..end);
                assert!(
                    render(&[problem], false).contains("a.yaml:"),
                    "{start}..{end}"
                );
            }
        }
    }
}
