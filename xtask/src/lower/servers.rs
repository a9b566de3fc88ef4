//! Puts the path of the server in front of each path: a client is given the address of an instance, and asks it for
//! paths.

use super::report::Report;
use crate::schema::{METHODS, escape};
use indexmap::IndexSet;
use serde_json::{Map, Value, json};

const RULE: &str = "servers";

pub(super) fn apply(root: &mut Value, report: &mut Report) {
    let url = first_server(root).unwrap_or_default();
    let prefix = path_of(&url);
    strip_servers(root, &prefix, report);
    let Some(Value::Object(paths)) = root.get_mut("paths") else {
        return;
    };
    let prefix = if already_there(paths, &prefix) {
        let what = format!("the paths start with {prefix} already");
        report.note(RULE, "/servers/0/url", what);
        String::new()
    } else {
        prefix
    };
    let mut prefixed = Prefixed {
        paths: Map::new(),
        moves: Vec::new(),
        origin: split(&url).0,
        report,
    };
    for (path, item) in std::mem::take(paths) {
        if path.starts_with("x-") {
            prefixed.paths.insert(path, item);
        } else {
            prefixed.add(&prefix, &path, item);
        }
    }
    let Prefixed {
        paths: done, moves, ..
    } = prefixed;
    *paths = done;
    if !moves.is_empty() && !prefix.is_empty() {
        let what = format!("{prefix} put in front of the paths");
        report.note(RULE, "/servers/0/url", what);
    }
    report.moved(moves);
}

/// The first server of the document, a path item or an operation, its variables replaced by their defaults.
fn first_server(holder: &Value) -> Option<String> {
    let server = holder.get("servers")?.get(0)?;
    let mut url = server.get("url")?.as_str()?.trim().to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let default = variable
            .get("default")
            .or_else(|| variable.pointer("/enum/0"));
        let default = match default {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        url = url.replace(&format!("{{{name}}}"), &default);
    }
    Some(url)
}

/// The path of a server's address, `/api/v3` or empty; relative addresses are taken from the root.
fn path_of(url: &str) -> String {
    let (_, path) = split(url);
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let names = path[..end]
        .split('/')
        .filter(|name| !["", ".", ".."].contains(name));
    names.fold(String::new(), |path, name| path + "/" + name)
}

/// Scheme and host, and what follows them.
fn split(url: &str) -> (&str, &str) {
    let after_scheme = match url.find("//") {
        Some(at) if at == 0 || url[..at].ends_with(':') => at + 2,
        _ => return ("", url),
    };
    let host = url[after_scheme..]
        .find(['/', '?', '#'])
        .unwrap_or(url.len() - after_scheme);
    url.split_at(after_scheme + host)
}

/// The servers without their path. One with another path cannot be called at the same paths.
fn strip_servers(root: &mut Value, prefix: &str, report: &mut Report) {
    let Some(Value::Array(servers)) = root.get_mut("servers") else {
        return;
    };
    let mut kept: IndexSet<Value> = IndexSet::new();
    let mut dropped = Vec::new();
    let mut changed = false;
    for server in servers.iter() {
        let url = first_server(&json!({ "servers": [server] })).unwrap_or_default();
        let path = path_of(&url);
        if path != prefix {
            dropped.push(url);
            continue;
        }
        let mut server = server.clone();
        if !path.is_empty() {
            let (origin, _) = split(&url);
            let origin = if origin.is_empty() { "/" } else { origin };
            changed = true;
            if let Some(members) = server.as_object_mut() {
                members.insert("url".to_owned(), origin.into());
                members.shift_remove("variables");
            }
        }
        kept.insert(server);
    }
    if changed || !dropped.is_empty() {
        *servers = kept.into_iter().collect();
    }
    if !dropped.is_empty() {
        let what = format!(
            "other paths than that of the first server: {}",
            dropped.join(", ")
        );
        report.loss(RULE, "/servers", what, "the servers");
    }
}

/// Some documents have the path of the server in their paths too.
fn already_there(paths: &Map<String, Value>, prefix: &str) -> bool {
    let mut templates = paths
        .keys()
        .filter(|path| !path.starts_with("x-"))
        .peekable();
    !prefix.is_empty()
        && templates.peek().is_some()
        && templates.all(|path| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// The paths so far.
struct Prefixed<'a> {
    paths: Map<String, Value>,
    moves: Vec<(String, String)>,
    /// Scheme and host of the document's first server.
    origin: &'a str,
    report: &'a mut Report,
}

impl Prefixed<'_> {
    /// Adds a path item, taken apart where an operation has a server of its own.
    fn add(&mut self, prefix: &str, path: &str, item: Value) {
        let pointer = format!("/paths/{}", escape(path));
        let Value::Object(mut members) = item else {
            self.insert(&join(prefix, path), item, path);
            return;
        };
        let own = self.own_prefix(&mut members, &pointer);
        let prefix = own.unwrap_or_else(|| prefix.to_owned());
        let mut apart: Vec<(String, Map<String, Value>)> = Vec::new();
        for method in METHODS {
            let Some(operation) = members.get_mut(*method).and_then(Value::as_object_mut) else {
                continue;
            };
            let own = self.own_prefix(operation, &format!("{pointer}/{method}"));
            if let Some(own) = own.filter(|own| *own != prefix)
                && let Some(operation) = members.shift_remove(*method)
            {
                let shared = members
                    .iter()
                    .filter(|(key, _)| !METHODS.contains(&key.as_str()));
                let mut holder: Map<String, Value> = shared
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                holder.insert((*method).to_owned(), operation);
                apart.push((own, holder));
            }
        }
        if apart.is_empty() || members.keys().any(|key| METHODS.contains(&key.as_str())) {
            self.insert(&join(&prefix, path), Value::Object(members), path);
        }
        for (prefix, holder) in apart {
            self.insert(&join(&prefix, path), Value::Object(holder), path);
        }
    }

    /// Takes out the servers of a path item or an operation; gives the path of the first.
    fn own_prefix(&mut self, holder: &mut Map<String, Value>, pointer: &str) -> Option<String> {
        let servers = holder.shift_remove("servers")?;
        let url = first_server(&json!({ "servers": servers }))?;
        let pointer = format!("{pointer}/servers");
        let what = format!("`{url}` is the server of these paths");
        let (origin, _) = split(&url);
        if origin.is_empty() || origin == self.origin {
            self.report.note(RULE, &pointer, what);
        } else {
            let loss = "the host: all paths are called at that of the client";
            self.report.loss(RULE, &pointer, what, loss);
        }
        Some(path_of(&url))
    }

    /// Two paths may be one now: the first of a method wins.
    fn insert(&mut self, new: &str, item: Value, path: &str) {
        let before = format!("/paths/{}", escape(path));
        let now = format!("/paths/{}", escape(new));
        let Some(there) = self.paths.get_mut(new).and_then(Value::as_object_mut) else {
            self.paths.insert(new.to_owned(), item);
            if new != path {
                self.moves.push((before, now));
            }
            return;
        };
        for (key, value) in item.as_object().into_iter().flatten() {
            if !there.contains_key(key) {
                there.insert(key.clone(), value.clone());
                self.moves
                    .push((format!("{before}/{key}"), format!("{now}/{key}")));
            } else if METHODS.contains(&key.as_str()) {
                let what = format!("{} {new} is there already", key.to_uppercase());
                let loss = "the second of them";
                self.report
                    .loss(RULE, &format!("{before}/{key}"), what, loss);
            }
        }
    }
}

fn join(prefix: &str, path: &str) -> String {
    if prefix.is_empty() {
        return path.to_owned();
    }
    let slash = if path.is_empty() || path.starts_with('/') {
        ""
    } else {
        "/"
    };
    format!("{prefix}{slash}{path}")
}
