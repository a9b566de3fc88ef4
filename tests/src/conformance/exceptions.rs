//! What is known not to hold, each with its reason: `tests/conformance.toml`.

use super::Part;
use std::cell::Cell;

/// One thing that does not hold.
#[derive(Debug)]
pub struct Exception {
    operation: String,
    part: Part,
    /// A text that every fault has which this is about.
    fault: String,
    /// Why it does not hold.
    pub reason: String,
    used: Cell<bool>,
}

/// The whole table.
#[derive(Debug, Default)]
pub struct Exceptions(Vec<Exception>);

impl Exceptions {
    /// Reads the table: `"GET /v2/x/{id}" = { dynamic = { fault = "text of it", reason = "why" } }`.
    ///
    /// # Errors
    ///
    /// It is no such table, a part of an operation is not known, or a text is missing or empty.
    pub fn read(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error| format!("{error}"))?;
        let mut all = Vec::new();
        for (operation, parts) in table {
            let parts = parts.as_table();
            for (part, entry) in parts.ok_or_else(|| format!("{operation}: no table"))? {
                let known = Part::ALL.into_iter().find(|known| known.as_str() == part);
                let text = |name: &str| {
                    let text = entry.get(name).and_then(toml::Value::as_str);
                    let text = text.filter(|text| !text.trim().is_empty());
                    let fault = || format!("{operation}: {part} has no {name}");
                    text.map(str::to_owned).ok_or_else(fault)
                };
                all.push(Exception {
                    part: known.ok_or_else(|| format!("{operation}: `{part}` is no part"))?,
                    fault: text("fault")?,
                    reason: text("reason")?,
                    used: Cell::new(false),
                    operation: operation.clone(),
                });
            }
        }
        Ok(Self(all))
    }

    /// The exception for all these faults of a part of an operation, which counts as used from then on.
    pub fn find(&self, operation: &str, part: Part, faults: &[String]) -> Option<&Exception> {
        let mut known = self.0.iter();
        let known = known.find(|known| known.operation == operation && known.part == part)?;
        let covered = faults.iter().all(|fault| fault.contains(&known.fault));
        known.used.set(covered);
        covered.then_some(known)
    }

    /// How many were used.
    pub fn used(&self) -> usize {
        self.0.iter().filter(|known| known.used.get()).count()
    }

    /// Those for what holds, or for operations that were not there; `is_in_scope` is asked about the operation.
    pub fn stale(&self, is_in_scope: impl Fn(&str) -> bool) -> Vec<String> {
        let unused = self.0.iter().filter(|known| !known.used.get());
        unused
            .filter(|known| is_in_scope(&known.operation))
            .map(|known| format!("{} {}", known.operation, known.part.as_str()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_used_is_stale() {
        let text = r#"
            "GET /a" = { static = { fault = "s", reason = "x" }, dynamic = { fault = "d", reason = "why" } }
            "GET /b" = { request = { fault = "r", reason = "x" } }
        "#;
        let exceptions = Exceptions::read(text).unwrap();
        let faults = ["a d", "d again"].map(str::to_owned);
        let found = exceptions.find("GET /a", Part::Dynamic, &faults).unwrap();
        assert_eq!(found.reason, "why");
        assert!(exceptions.find("GET /a", Part::Request, &faults).is_none());
        assert_eq!(exceptions.used(), 1);
        let stale = ["GET /a static", "GET /b request"];
        assert_eq!(exceptions.stale(|_| true), stale);
        assert_eq!(exceptions.stale(|key| key == "GET /b"), stale[1..]);
    }

    #[test]
    fn another_fault_is_not_excepted() {
        let text = r#""GET /a" = { static = { fault = "too complex", reason = "x" } }"#;
        let exceptions = Exceptions::read(text).unwrap();
        let faults = ["is too complex", "is no JSON"].map(str::to_owned);
        assert!(exceptions.find("GET /a", Part::Static, &faults).is_none());
        assert_eq!(exceptions.used(), 0);
    }

    #[test]
    fn an_exception_needs_a_part_a_fault_and_a_reason() {
        for text in [
            r#""GET /a" = { static = { fault = "f", reason = " " } }"#,
            r#""GET /a" = { static = { fault = "", reason = "r" } }"#,
            r#""GET /a" = { static = { reason = "r" } }"#,
            r#""GET /a" = { answer = { fault = "f", reason = "r" } }"#,
            r#""GET /a" = "x""#,
            "[",
        ] {
            assert!(Exceptions::read(text).is_err(), "{text}");
        }
    }
}
