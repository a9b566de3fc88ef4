//! `OpenAPI` Overlay 1.0: facts about one document, applied to it.
//!
//! Beyond the specification, an action says why it is there (`x-why`), may say where that is known from
//! (`x-evidence`), and must still be needed: one that matches nothing, or changes nothing, is an error.

use std::cmp::Reverse;

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use crate::change::Change;
use crate::load::MAX_DEPTH;
use crate::problem::{Problem, ProblemKind};
use crate::source::{Document, operation_at, unescape_segment};

/// Longest target that is parsed, in bytes: the parser of targets recurses.
const MAX_TARGET_BYTES: usize = 1000;

/// Bytes of a value that a change quotes.
const QUOTED_BYTES: usize = 60;

const OVERLAY_FIELDS: &[&str] = &["overlay", "info", "extends", "actions"];
const ACTION_FIELDS: &[&str] = &["target", "description", "update", "remove"];

/// Applies an overlay to a document, action by action, in order.
///
/// `update` merges into what `target` selects: objects member by member, arrays by appending, anything else by
/// replacing. `remove: true` removes it.
///
/// # Errors
///
/// All actions at fault, each at its line; the document is then left as it was.
pub fn apply(overlay: &Document, document: &mut Document) -> Result<Vec<Change>, Vec<Problem>> {
    match apply_some(overlay, document, |_| false) {
        Ok((changes, _)) => Ok(changes),
        Err(problems) => Err(problems),
    }
}

/// As [`apply`], without the actions that match nothing or change nothing. These are given beside the changes.
///
/// # Errors
///
/// All actions that are wrong whatever the document.
pub fn apply_what_matches(
    overlay: &Document,
    document: &mut Document,
) -> Result<(Vec<Change>, Vec<Problem>), Vec<Problem>> {
    apply_some(overlay, document, |problem| {
        problem.kind == ProblemKind::StaleOverlay
    })
}

/// Applies the actions but those whose problem is `accepted`.
fn apply_some(
    overlay: &Document,
    document: &mut Document,
    accepted: fn(&Problem) -> bool,
) -> Result<(Vec<Change>, Vec<Problem>), Vec<Problem>> {
    let mut problems = check_head(overlay);
    let Some(actions) = overlay.root.get("actions").and_then(Value::as_array) else {
        problems.push(
            Problem::error(
                ProblemKind::MissingField,
                "the overlay has no array `actions`",
            )
            .at(overlay, "/actions"),
        );
        return Err(problems);
    };
    let mut root = document.root.clone();
    let (mut changes, mut passed_over) = (Vec::new(), Vec::new());
    for (at, action) in actions.iter().enumerate() {
        let result = Action::parse(overlay, at, action).and_then(|action| action.apply(&mut root));
        match result {
            Ok(made) => changes.extend(made),
            Err(problem) if accepted(&problem) => passed_over.push(problem),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() && depth(&root) > MAX_DEPTH {
        problems.push(
            Problem::error(
                ProblemKind::TooDeep,
                format!("with the overlay, the document nests deeper than {MAX_DEPTH} levels"),
            )
            .in_file(overlay),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    document.root = root;
    Ok((changes, passed_over))
}

fn check_head(overlay: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    match overlay.root.get("overlay").and_then(Value::as_str) {
        Some(version) if version.starts_with("1.0.") => {}
        Some(version) => problems.push(
            Problem::error(
                ProblemKind::UnsupportedVersion,
                format!("overlay version `{version}` is not known"),
            )
            .at(overlay, "/overlay")
            .help("write `overlay: 1.0.0`"),
        ),
        None => problems.push(
            Problem::error(
                ProblemKind::MissingField,
                "the overlay does not say its version",
            )
            .in_file(overlay)
            .help("write `overlay: 1.0.0`"),
        ),
    }
    if let Some(members) = overlay.root.as_object() {
        problems.extend(unknown_fields(overlay, "", members, OVERLAY_FIELDS));
    }
    problems
}

fn unknown_fields(
    overlay: &Document,
    pointer: &str,
    members: &Map<String, Value>,
    known: &[&str],
) -> Vec<Problem> {
    members
        .keys()
        .filter(|name| !known.contains(&name.as_str()) && !name.starts_with("x-"))
        .map(|name| {
            Problem::error(ProblemKind::UnknownField, format!("unknown field `{name}`"))
                .at(
                    overlay,
                    format!("{pointer}/{}", crate::source::escape_segment(name)),
                )
                .help(format!("expected one of {}, x-...", known.join(", ")))
        })
        .collect()
}

struct Action<'a> {
    overlay: &'a Document,
    pointer: String,
    target: JsonPath,
    target_text: &'a str,
    why: &'a str,
    effect: Effect<'a>,
}

enum Effect<'a> {
    Remove,
    Update(&'a Value),
}

/// An action as it stands in the overlay.
struct Written<'a> {
    overlay: &'a Document,
    pointer: String,
    members: &'a Map<String, Value>,
}

impl<'a> Written<'a> {
    fn of(overlay: &'a Document, at: usize, action: &'a Value) -> Result<Self, Problem> {
        let pointer = format!("/actions/{at}");
        let Some(members) = action.as_object() else {
            return Err(
                Problem::error(ProblemKind::WrongType, "an action is an object")
                    .at(overlay, pointer),
            );
        };
        let unknown = unknown_fields(overlay, &pointer, members, ACTION_FIELDS);
        match unknown.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(Self {
                overlay,
                pointer,
                members,
            }),
        }
    }

    fn error(&self, kind: ProblemKind, member: &str, message: impl Into<String>) -> Problem {
        Problem::error(kind, message).at(self.overlay, format!("{}{member}", self.pointer))
    }

    fn missing(&self, name: &str, help: &str) -> Problem {
        let message = format!("the action has no `{name}`");
        self.error(ProblemKind::MissingField, "", message)
            .help(help)
    }

    /// A text that must be there.
    fn text(&self, name: &str, help: &str) -> Result<&'a str, Problem> {
        let text = self.members.get(name).and_then(Value::as_str);
        text.filter(|text| !text.trim().is_empty())
            .ok_or_else(|| self.missing(name, help))
    }

    fn effect(&self) -> Result<Effect<'a>, Problem> {
        let remove = match self.members.get("remove") {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => {
                let message = "`remove` is `true` or `false`";
                return Err(self.error(ProblemKind::WrongType, "/remove", message));
            }
        };
        match (remove, self.members.get("update")) {
            (true, None) => Ok(Effect::Remove),
            (false, Some(update)) => Ok(Effect::Update(update)),
            (true, Some(_)) => {
                let message = "the action has both `update` and `remove`";
                Err(self
                    .error(ProblemKind::InvalidValue, "", message)
                    .help("make two actions of it"))
            }
            (false, None) => Err(self.missing("update", "give `update`, or `remove: true`")),
        }
    }
}

impl<'a> Action<'a> {
    fn parse(overlay: &'a Document, at: usize, action: &'a Value) -> Result<Self, Problem> {
        let written = Written::of(overlay, at, action)?;
        let target_text = written.text("target", "a JSONPath, as `$.components.schemas.Cloud`")?;
        let why = written.text(
            "x-why",
            "say why the document is wrong here, so that others can judge it later",
        )?;
        let target = parse_target(target_text)
            .map_err(|message| written.error(ProblemKind::Syntax, "/target", message))?;
        Ok(Self {
            overlay,
            effect: written.effect()?,
            pointer: written.pointer,
            target,
            target_text,
            why,
        })
    }

    fn apply(&self, root: &mut Value) -> Result<Vec<Change>, Problem> {
        let mut targets: Vec<Location> = self
            .target
            .query_located(root)
            .dedup()
            .locations()
            .map(|path| Location(path.to_json_pointer()))
            .collect();
        if targets.is_empty() {
            let message = format!("`{}` matches nothing in the document", self.target_text);
            return Err(self.stale(message));
        }
        let changes = match self.effect {
            Effect::Remove => {
                // Members before what holds them, and the last element of an array first, so that the other
                // pointers stay right.
                targets.sort_by_key(|target| Reverse(target.order()));
                let mut changes = Vec::new();
                for target in targets {
                    changes.push(self.remove(root, &target)?);
                }
                changes.reverse();
                changes
            }
            Effect::Update(update) => targets
                .iter()
                .filter_map(|target| self.update(root, target, update))
                .collect(),
        };
        if changes.is_empty() {
            return Err(self.stale(format!(
                "`{}` is so already in the document",
                self.target_text
            )));
        }
        Ok(changes)
    }

    fn remove(&self, root: &mut Value, target: &Location) -> Result<Change, Problem> {
        let removed = target
            .split()
            .and_then(|(parent, name)| match root.pointer_mut(parent)? {
                Value::Object(members) => members.shift_remove(&name),
                Value::Array(items) => {
                    let at = name.parse().ok().filter(|at| *at < items.len())?;
                    Some(items.remove(at))
                }
                _ => None,
            });
        let Some(removed) = removed else {
            let message = format!("`{}` cannot be removed", self.target_text);
            return Err(Problem::error(ProblemKind::InvalidValue, message)
                .at(self.overlay, format!("{}/target", self.pointer)));
        };
        let quoted = quote(&removed);
        Ok(self
            .change(&target.0, &format!("removed: {quoted}"))
            .loss(format!("the document said {quoted}")))
    }

    fn update(&self, root: &mut Value, target: &Location, update: &Value) -> Option<Change> {
        let mut edits = Vec::new();
        merge(root.pointer_mut(&target.0)?, update, "", true, &mut edits);
        (!edits.is_empty()).then(|| self.change(&target.0, &edits.join("; ")))
    }

    fn change(&self, pointer: &str, what: &str) -> Change {
        let change = Change::new(
            "overlay",
            pointer,
            format!("{what} ({})", one_line(self.why)),
        );
        match operation_at(pointer) {
            Some(operation) => change.operation(operation),
            None => change,
        }
    }

    fn stale(&self, message: String) -> Problem {
        Problem::error(ProblemKind::StaleOverlay, message)
            .at(self.overlay, format!("{}/target", self.pointer))
            .help(format!(
                "delete the action, or correct its target; it was there because: {}",
                one_line(self.why)
            ))
    }
}

fn parse_target(text: &str) -> Result<JsonPath, String> {
    if text.len() > MAX_TARGET_BYTES {
        return Err(format!(
            "the target is longer than {MAX_TARGET_BYTES} bytes"
        ));
    }
    JsonPath::parse(text).map_err(|error| {
        format!(
            "`{text}` is not a JSONPath: wrong from character {} on",
            error.position() + 1
        )
    })
}

/// JSON pointer to a target.
struct Location(String);

impl Location {
    /// The pointer to what holds the target, and the target's name in it; `None` for the root.
    fn split(&self) -> Option<(&str, String)> {
        let (parent, name) = self.0.rsplit_once('/')?;
        Some((parent, unescape_segment(name)))
    }

    /// Segments, with indices in numerical order.
    fn order(&self) -> Vec<(usize, String)> {
        self.0
            .split('/')
            .map(|segment| match segment.parse() {
                Ok(index) => (index, String::new()),
                Err(_) => (0, segment.to_owned()),
            })
            .collect()
    }
}

/// Merges an update into a value and says what changed. Recursion is bounded by the depth of the update.
fn merge(value: &mut Value, update: &Value, name: &str, is_target: bool, edits: &mut Vec<String>) {
    match (value, update) {
        (Value::Object(members), Value::Object(updates)) => {
            for (key, update) in updates {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                if let Some(value) = members.get_mut(key) {
                    merge(value, update, &name, false, edits);
                } else {
                    edits.push(format!("`{name}`: added {}", quote(update)));
                    members.insert(key.clone(), update.clone());
                }
            }
        }
        (Value::Array(items), Value::Array(updates)) => {
            if !updates.is_empty() {
                edits.push(format!("{}appended {}", label(name), quote(update)));
                items.extend(updates.iter().cloned());
            }
        }
        // Of an array that is itself the target, the update may be one element.
        (Value::Array(items), _) if is_target => {
            edits.push(format!("appended {}", quote(update)));
            items.push(update.clone());
        }
        (value, _) => {
            if value != update {
                edits.push(format!(
                    "{}{} -> {}",
                    label(name),
                    quote(value),
                    quote(update)
                ));
                *value = update.clone();
            }
        }
    }
}

fn label(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!("`{name}`: ")
    }
}

/// A value as one line of JSON, cut where it is long.
fn quote(value: &Value) -> String {
    let mut text = value.to_string();
    if text.len() > QUOTED_BYTES {
        let end = (0..=QUOTED_BYTES)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Levels of nesting; 0 for a scalar.
pub(crate) fn depth(root: &Value) -> usize {
    let mut deepest = 0;
    let mut queue = vec![(root, 0)];
    while let Some((value, level)) = queue.pop() {
        let level = match value {
            Value::Object(members) => {
                queue.extend(members.values().map(|value| (value, level + 1)));
                level + 1
            }
            Value::Array(items) => {
                queue.extend(items.iter().map(|value| (value, level + 1)));
                level + 1
            }
            _ => level,
        };
        deepest = deepest.max(level);
    }
    deepest
}

#[cfg(test)]
mod tests;
