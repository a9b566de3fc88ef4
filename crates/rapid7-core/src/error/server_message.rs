//! What a failure's JSON body says in words.

use serde::Deserialize;
use serde_json::Value;

use crate::decode;

#[derive(Deserialize)]
struct Failure {
    error_message: Option<Value>,
    message: Option<Value>,
    /// Problems by place, such as `{"json": {"limit": ["Not a valid integer."]}}`.
    messages: Option<Value>,
}

/// The text under `error_message`, `message` or `messages`, in this order; the last in one line.
pub(crate) fn read(body: &[u8]) -> Option<String> {
    let failure: Failure = decode::from_json(body, None).ok()?;
    for member in [failure.error_message, failure.message] {
        if let Some(Value::String(text)) = member {
            return Some(text);
        }
    }
    let mut lines = Vec::new();
    collect("", &failure.messages?, &mut lines);
    (!lines.is_empty()).then(|| lines.join("; "))
}

/// Adds `json.limit: Not a valid integer.` for each text, whatever holds it. The parser bounds the depth.
fn collect(place: &str, messages: &Value, lines: &mut Vec<String>) {
    match messages {
        Value::String(text) => {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            lines.push(match place {
                "" => text,
                place => format!("{place}: {text}"),
            });
        }
        Value::Array(items) => {
            for item in items {
                collect(place, item, lines);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let inner = match place {
                    "" => name.clone(),
                    place => format!("{place}.{name}"),
                };
                collect(&inner, member, lines);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn words_of_every_form() {
        for (body, expected) in [
            (
                r#"{"error_message": "no such cloud", "message": "x"}"#,
                "no such cloud",
            ),
            (
                r#"{"error_message": null, "message": "slow down"}"#,
                "slow down",
            ),
            (
                r#"{"messages": {"json": {"limit": ["Not a valid\n integer."]}}}"#,
                "json.limit: Not a valid integer.",
            ),
            (
                r#"{"messages": {"json": {"filters": {"0": {"name": ["Unknown."]}}, "limit": ["Too small.", "Odd."]}}}"#,
                "json.filters.0.name: Unknown.; json.limit: Too small.; json.limit: Odd.",
            ),
            (r#"{"messages": ["Not JSON."]}"#, "Not JSON."),
            ("\u{feff}{\"message\": \"slow down\"}", "slow down"),
        ] {
            assert_eq!(read(body.as_bytes()).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn no_words() {
        for body in [
            "",
            "<html>",
            "[]",
            "7",
            "{}",
            r#"{"error_message": {"a": 1}}"#,
            r#"{"messages": {"json": {"limit": [7, null]}}}"#,
        ] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
    }
}
