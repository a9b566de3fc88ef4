//! Chooses the security schemes of a document that its client serves, and says what becomes of the others.

use super::KeyPlacement;
use crate::folder::{OperationKey, OperationsToml};
use crate::problem::{Problem, ProblemKind};
use crate::schema::{escape, operations, text};
use indexmap::IndexMap;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Most sets of schemes that are weighed against one another; a real document has a handful.
const MOST_CHOICES: usize = 64;

/// Operations that a message names.
const NAMED: usize = 3;

/// One declared scheme.
struct Scheme<'a> {
    name: &'a str,
    /// As messages name it, such as `oauth2 password`.
    label: String,
    way: Way,
}

/// How a client can meet a scheme.
enum Way {
    /// By text in each request.
    Sent(KeyPlacement),
    /// By a setting of the connection, such as a client certificate.
    Connection,
    /// Not at all.
    Unknown,
}

/// One operation that asks for credentials: alternatives, each of schemes that go together.
struct Asking<'a> {
    operation: String,
    alternatives: Vec<Vec<&'a str>>,
}

/// What the credentials of a client must satisfy.
struct Schemes<'a> {
    declared: IndexMap<&'a str, Scheme<'a>>,
    asking: Vec<Asking<'a>>,
}

/// Where the credentials go with which the most operations can be called, and a problem for each scheme that is named
/// and is not among them.
///
/// Of equal choices, the one with fewest keys counts, and of those the one declared first. A document that declares
/// schemes and never asks for one gets the first that a client can use.
pub(super) fn choose(root: &Value, known: &OperationsToml) -> (KeyPlacement, Vec<Problem>) {
    let schemes = Schemes::of(root, known);
    let (chosen, names) = schemes.best();
    let served = schemes.served(&chosen, &names);
    let reported = schemes.declared.values();
    let problems = reported
        .filter_map(|scheme| served.report(scheme, &chosen))
        .collect();
    let placement = match chosen.as_slice() {
        [] => KeyPlacement::None,
        [one] => one.clone(),
        _ => KeyPlacement::All(chosen),
    };
    (placement, problems)
}

impl<'a> Schemes<'a> {
    fn of(root: &'a Value, known: &OperationsToml) -> Self {
        let declared = root
            .pointer("/components/securitySchemes")
            .and_then(Value::as_object);
        let everywhere = root.get("security");
        let asking = operations(root).into_iter().filter_map(|operation| {
            let key = OperationKey::new(operation.method, operation.path);
            if known.get(&key).is_some_and(|entry| entry.anonymous) {
                return None;
            }
            let security = operation.value.get("security").or(everywhere)?;
            let alternatives: Vec<Vec<&str>> = security
                .as_array()?
                .iter()
                .filter_map(|all| Some(all.as_object()?.keys().map(String::as_str).collect()))
                .collect();
            (!alternatives.is_empty()).then(|| Asking {
                operation: OperationKey::exact(operation.method, operation.path).to_string(),
                alternatives,
            })
        });
        Self {
            declared: declared
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.as_str(), Scheme::of(name, value)))
                .collect(),
            asking: asking.collect(),
        }
    }

    /// The placements of the best choice, and the schemes that it was made for.
    fn best(&self) -> (Vec<KeyPlacement>, Vec<&'a str>) {
        let mut candidates: Vec<(Vec<usize>, Vec<KeyPlacement>)> = Vec::new();
        let mut known = BTreeSet::new();
        for alternative in self.asking.iter().flat_map(|asking| &asking.alternatives) {
            let mut order: Vec<usize> = alternative
                .iter()
                .filter_map(|name| self.declared.get_index_of(name))
                .collect();
            order.sort_unstable();
            let names: Vec<&str> = order.iter().map(|at| self.declared[*at].name).collect();
            if known.insert(order.clone())
                && let Some(places) = self.places(alternative)
                && let Some(ordered) = self.places(&names)
                && !places.is_empty()
            {
                candidates.push((order, ordered));
            }
            if candidates.len() == MOST_CHOICES {
                break;
            }
        }
        let best = candidates.into_iter().min_by_key(|(order, places)| {
            let met = self
                .asking
                .iter()
                .filter(|asking| self.is_met(asking, places));
            (Reverse(met.count()), places.len(), order.clone())
        });
        if let Some((order, places)) = best {
            let names = order.iter().map(|at| self.declared[*at].name).collect();
            return (places, names);
        }
        let first = self.declared.values().find_map(|scheme| match &scheme.way {
            Way::Sent(place) => Some((vec![place.clone()], vec![scheme.name])),
            _ => None,
        });
        first.filter(|_| self.asking.is_empty()).unwrap_or_default()
    }

    /// Where the credentials of schemes that go together are placed; `None` when a client cannot send them all.
    fn places(&self, names: &[&str]) -> Option<Vec<KeyPlacement>> {
        let mut places: Vec<KeyPlacement> = Vec::new();
        for name in names {
            let scheme = self.declared.get(name)?;
            match &scheme.way {
                Way::Connection => {}
                Way::Unknown => return None,
                Way::Sent(place) if places.contains(place) => {}
                Way::Sent(place) => {
                    // Keys are given by name, so two of one name cannot be told apart.
                    let mut others = places.iter().filter_map(wire_name);
                    let own = wire_name(place)?;
                    if others.any(|other| other.eq_ignore_ascii_case(own)) {
                        return None;
                    }
                    places.push(place.clone());
                }
            }
        }
        Some(places)
    }

    fn is_met(&self, asking: &Asking<'_>, chosen: &[KeyPlacement]) -> bool {
        asking.alternatives.iter().any(|names| {
            let places = self.places(names);
            places.is_some_and(|places| places.iter().all(|place| chosen.contains(place)))
        })
    }

    /// What the choice means for each operation, and who uses each scheme.
    fn served<'s>(&'s self, chosen: &[KeyPlacement], names: &[&'a str]) -> Served<'s, 'a> {
        let mut served = Served {
            names: names.iter().copied().collect(),
            ..Served::default()
        };
        for asking in &self.asking {
            let mut alternatives = asking.alternatives.iter();
            let asker = Asker {
                asking,
                is_met: self.is_met(asking, chosen),
                is_named: alternatives
                    .any(|all| all.iter().all(|name| served.names.contains(name))),
            };
            for all in &asking.alternatives {
                for name in all {
                    let namings = served.namings.entry(*name).or_default();
                    let at = served.askers.len();
                    if namings.last().is_none_or(|naming| naming.asker != at) {
                        namings.push(Naming {
                            asker: at,
                            is_alone: false,
                        });
                    }
                    if let Some(last) = namings.last_mut() {
                        last.is_alone |= all.len() == 1;
                    }
                }
            }
            served.askers.push(asker);
        }
        served
    }
}

/// What a choice of credentials means.
#[derive(Default)]
struct Served<'s, 'a> {
    /// The schemes that were chosen.
    names: BTreeSet<&'a str>,
    askers: Vec<Asker<'s, 'a>>,
    /// By the name of the scheme.
    namings: BTreeMap<&'a str, Vec<Naming>>,
}

impl Served<'_, '_> {
    /// What is to be said of a scheme; `None` when the client serves it, or no operation names it.
    fn report(&self, scheme: &Scheme<'_>, chosen: &[KeyPlacement]) -> Option<Problem> {
        let namings = self.namings.get(scheme.name)?;
        let askers = || {
            namings
                .iter()
                .filter_map(|naming| self.askers.get(naming.asker))
        };
        let askings: Vec<&Asking<'_>> = askers().map(|user| user.asking).collect();
        if matches!(scheme.way, Way::Connection) {
            let note = scheme.problem(&askings, "used by", "the client presents no certificate");
            return Some(note.note().help(
                "a client certificate is a setting of the connection: `ConnectionBuilder::identity`",
            ));
        }
        if self.names.contains(scheme.name) {
            let note = "the client sends a bearer token, and leaves it to you to obtain one";
            let is_open_id = scheme.label == "openIdConnect";
            return is_open_id.then(|| scheme.problem(&askings, "used by", note).note());
        }
        let only = format!("the client sends {}", words(chosen));
        // Its credential goes where that of a chosen scheme goes.
        let is_sent = matches!(&scheme.way, Way::Sent(place) if chosen.contains(place));
        let is_met = |user: &Asker<'_, '_>| if is_sent { user.is_named } else { user.is_met };
        let unmet: Vec<&Asking<'_>> = askers()
            .filter(|user| !is_met(user))
            .map(|user| user.asking)
            .collect();
        if unmet.is_empty() {
            return Some(scheme.problem(&askings, "an alternative of", &only).note());
        }
        let is_alone = namings.iter().any(|naming| {
            let asker = self.askers.get(naming.asker);
            naming.is_alone && asker.is_some_and(|asker| !is_met(asker))
        });
        Some(scheme.unserved(&unmet, is_alone, is_sent, &only))
    }
}

/// An operation that asks for credentials.
struct Asker<'s, 'a> {
    asking: &'s Asking<'a>,
    /// Whether the client sends what it asks for.
    is_met: bool,
    /// Whether it asks for nothing but schemes that were chosen.
    is_named: bool,
}

/// That an operation names a scheme.
struct Naming {
    /// Its place among the askers.
    asker: usize,
    /// Whether it does so without another beside it.
    is_alone: bool,
}

impl<'a> Scheme<'a> {
    fn of(name: &'a str, value: &Value) -> Self {
        let kind = text(value, "type").unwrap_or_default();
        let place = text(value, "in").unwrap_or_default();
        let key = text(value, "name");
        // Spaces may be part of a name in a query; of a header's they are not.
        let exact = value.get("name").and_then(Value::as_str);
        let exact = exact.unwrap_or_default().to_owned();
        let http = text(value, "scheme")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let flows = value.get("flows").and_then(Value::as_object);
        let flows: Vec<&str> = flows
            .into_iter()
            .flatten()
            .map(|(flow, _)| flow.as_str())
            .collect();
        let label = match kind.as_str() {
            "apiKey" => format!("apiKey in {place}"),
            "http" => format!("http {http}"),
            "oauth2" => format!("oauth2 {}", flows.join(", ")).trim_end().to_owned(),
            other => other.to_owned(),
        };
        let way = match (kind.as_str(), place.as_str(), http.as_str(), key) {
            ("apiKey", "header", _, Some(key)) if is_header(&key) => {
                Way::Sent(KeyPlacement::Header(key))
            }
            ("apiKey", "query", _, Some(_)) => Way::Sent(KeyPlacement::Query(exact)),
            ("apiKey", "cookie", _, Some(_)) => Way::Sent(KeyPlacement::Cookie(exact)),
            ("http", _, "bearer", _) | ("oauth2" | "openIdConnect", ..) => {
                Way::Sent(KeyPlacement::Bearer)
            }
            ("http", _, "basic", _) => Way::Sent(KeyPlacement::Basic),
            ("mutualTLS", ..) => Way::Connection,
            _ => Way::Unknown,
        };
        Self { name, label, way }
    }

    /// What is to be said of a scheme that was not chosen, and of those who need it.
    fn unserved(
        &self,
        unmet: &[&Asking<'_>],
        is_alone: bool,
        is_sent: bool,
        only: &str,
    ) -> Problem {
        let how = if is_alone {
            "used alone by"
        } else {
            "used together with others by"
        };
        let problem = self.problem(unmet, how, only);
        if is_sent {
            let help = "give its credential to the client that calls them";
            problem.note().help(help)
        } else {
            let help = "these operations get methods, but the server will refuse their calls";
            problem.warning().help(help)
        }
    }

    fn problem(&self, users: &[&Asking<'_>], how: &str, so: &str) -> Problem {
        let named: Vec<&str> = users
            .iter()
            .take(NAMED)
            .map(|asking| asking.operation.as_str())
            .collect();
        let more = if users.len() > NAMED { ", ..." } else { "" };
        let count = match users.len() {
            1 => "1 operation".to_owned(),
            count => format!("{count} operations"),
        };
        let message = format!(
            "scheme \"{}\" ({}) is {how} {count}: {}{more}; {so}",
            self.name,
            self.label,
            named.join(", ")
        );
        let pointer = format!("/components/securitySchemes/{}", escape(self.name));
        Problem::error(ProblemKind::Unsupported, message).pointer(pointer)
    }
}

fn is_header(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
}

/// Under which name the runtime takes the key of a place.
pub(crate) fn wire_name(place: &KeyPlacement) -> Option<&str> {
    match place {
        KeyPlacement::Header(name) | KeyPlacement::Query(name) | KeyPlacement::Cookie(name) => {
            Some(name)
        }
        KeyPlacement::Bearer | KeyPlacement::Basic => Some("Authorization"),
        KeyPlacement::All(_) | KeyPlacement::None => None,
    }
}

fn words(places: &[KeyPlacement]) -> String {
    let words: Vec<String> = places
        .iter()
        .map(|place| match place {
            KeyPlacement::Header(name) => format!("the header `{name}`"),
            KeyPlacement::Query(name) => format!("the query parameter `{name}`"),
            KeyPlacement::Cookie(name) => format!("the cookie `{name}`"),
            KeyPlacement::Bearer => "bearer tokens".to_owned(),
            KeyPlacement::Basic => "user and password".to_owned(),
            KeyPlacement::All(_) | KeyPlacement::None => String::new(),
        })
        .collect();
    if words.is_empty() {
        "no credentials".to_owned()
    } else {
        words.join(" and ") + " only"
    }
}
