//! What differs between two surfaces, one change a part, without a judgement.

use super::surface::{Form, Owner, Part, Surface};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "name")]
pub enum Subject {
    /// How the client authenticates.
    Client,
    /// A cargo feature.
    Feature(String),
    /// A method of the client, by its name: the new one, unless it is gone.
    Operation(String),
    /// A type of the module `types`.
    Type(String),
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Difference {
    /// The new crate has the whole subject, the old one not.
    SubjectAdded {
        /// Method and path of an operation.
        address: String,
    },
    /// The old crate has the whole subject, the new one not.
    SubjectRemoved {
        /// Method and path of an operation.
        address: String,
    },
    /// An operation has another method name.
    Renamed {
        /// The old name.
        from: String,
    },
    /// A method calls another address.
    Moved {
        /// The old method and path.
        from: String,
        /// The new ones.
        to: String,
    },
    /// The new crate has the part, the old one not.
    Added {
        /// Which.
        part: Part,
        /// As it is.
        new: Form,
    },
    /// The old crate has the part, the new one not.
    Removed {
        /// Which.
        part: Part,
        /// As it was.
        old: Form,
    },
    /// A part is another.
    Changed {
        /// Which.
        part: Part,
        /// As it was.
        old: Form,
        /// As it is.
        new: Form,
    },
}

/// A difference, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about.
    pub subject: Subject,
    /// What differs.
    #[serde(flatten)]
    pub difference: Difference,
}

/// All differences, by subject.
#[must_use]
pub fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.auth != new.auth {
        let of = |value: &str| Form {
            behaviour: value.to_owned(),
            ..Form::default()
        };
        changes.push(Change {
            subject: Subject::Client,
            difference: Difference::Changed {
                part: Part::Item,
                old: of(&old.auth),
                new: of(&new.auth),
            },
        });
    }
    for name in old.features.symmetric_difference(&new.features) {
        let address = String::new();
        changes.push(Change {
            subject: Subject::Feature(name.clone()),
            difference: if new.features.contains(name) {
                Difference::SubjectAdded { address }
            } else {
                Difference::SubjectRemoved { address }
            },
        });
    }
    operations(old, new, &mut changes);
    let names: BTreeSet<&String> = old.types.keys().chain(new.types.keys()).collect();
    for name in names {
        let subject = Subject::Type(name.clone());
        match (old.types.get(name), new.types.get(name)) {
            (Some(before), Some(after)) => {
                parts(&subject, before, after, &mut changes);
                features(&subject, (old, before), (new, after), &mut changes);
            }
            (old, new) => whole(subject, old, new, &mut changes),
        }
    }
    changes
}

fn operations(old: &Surface, new: &Surface, changes: &mut Vec<Change>) {
    let pairs = pairs(&old.operations, &new.operations);
    let mut all: BTreeMap<&String, Option<&String>> =
        new.operations.keys().map(|name| (name, None)).collect();
    let mut gone: BTreeSet<&String> = old.operations.keys().collect();
    for (from, to) in &pairs {
        all.insert(to, Some(from));
        gone.remove(from);
    }
    for name in gone {
        let subject = Subject::Operation(name.clone());
        whole(subject, old.operations.get(name), None, changes);
    }
    for (name, from) in all {
        let subject = Subject::Operation(name.clone());
        let before = from.and_then(|from| old.operations.get(from));
        let (Some(from), Some(before), Some(after)) = (from, before, new.operations.get(name))
        else {
            whole(subject, None, new.operations.get(name), changes);
            continue;
        };
        if from != name {
            changes.push(Change {
                subject: subject.clone(),
                difference: Difference::Renamed { from: from.clone() },
            });
        }
        if before.key != after.key {
            changes.push(Change {
                subject: subject.clone(),
                difference: Difference::Moved {
                    from: before.address.clone(),
                    to: after.address.clone(),
                },
            });
        }
        parts(&subject, before, after, changes);
        features(&subject, (old, before), (new, after), changes);
    }
}

/// With which features an item is there, and its builder, as far as both crates have these features: that one is new or gone
/// is told once.
fn features(
    subject: &Subject,
    (old, before): (&Surface, &Owner),
    (new, after): (&Surface, &Owner),
    changes: &mut Vec<Change>,
) {
    let change = |before: &BTreeSet<String>, after: &BTreeSet<String>| {
        let (before, after) = (old.features_of(before), new.features_of(after));
        let in_both = |features: &BTreeSet<String>| -> BTreeSet<String> {
            let known =
                |name: &&String| old.features.contains(*name) && new.features.contains(*name);
            features.iter().filter(known).cloned().collect()
        };
        let form = |features: &BTreeSet<String>| Form {
            signature: features.iter().cloned().collect::<Vec<_>>().join(", "),
            ..Form::default()
        };
        (in_both(before) != in_both(after)).then(|| (form(before), form(after)))
    };
    let own = change(&before.features, &after.features);
    let builders = before.builder_features.as_ref();
    let builders = builders.zip(after.builder_features.as_ref());
    let of_builder = builders.and_then(|(before, after)| change(before, after));
    // Most builders are there with their types.
    let of_builder = of_builder.filter(|forms| own.as_ref() != Some(forms));
    let both = [(Part::Features, own), (Part::BuilderFeatures, of_builder)];
    changes.extend(both.into_iter().filter_map(|(part, forms)| {
        let (old, new) = forms?;
        Some(Change {
            subject: subject.clone(),
            difference: Difference::Changed { part, old, new },
        })
    }));
}

/// Which operation is which: by name and address, then by address, since a name may change, then by name.
fn pairs<'a>(
    old: &'a BTreeMap<String, Owner>,
    new: &'a BTreeMap<String, Owner>,
) -> Vec<(&'a String, &'a String)> {
    type Same = fn((&String, &Owner), (&String, &Owner)) -> bool;
    let passes: [Same; 3] = [
        |old, new| old.0 == new.0 && old.1.key == new.1.key,
        |old, new| old.1.key == new.1.key,
        |old, new| old.0 == new.0,
    ];
    let mut left: BTreeMap<&String, &Owner> = old.iter().collect();
    let mut right: BTreeMap<&String, &Owner> = new.iter().collect();
    let mut pairs = Vec::new();
    for same in passes {
        let found: Vec<(&String, &String)> = left
            .iter()
            .filter_map(|(name, owner)| {
                let other = right
                    .iter()
                    .find(|(other, value)| same((name, owner), (other, value)))?;
                Some((*name, *other.0))
            })
            .collect();
        for (from, to) in found {
            // The first of twins takes the one address; the others are looked for in the next pass.
            if right.remove(to).is_some() {
                left.remove(from);
                pairs.push((from, to));
            }
        }
    }
    pairs
}

fn whole(subject: Subject, old: Option<&Owner>, new: Option<&Owner>, changes: &mut Vec<Change>) {
    let difference = match (old, new) {
        (None, Some(new)) => Difference::SubjectAdded {
            address: new.address.clone(),
        },
        (Some(old), None) => Difference::SubjectRemoved {
            address: old.address.clone(),
        },
        _ => return,
    };
    changes.push(Change {
        subject,
        difference,
    });
}

fn parts(subject: &Subject, old: &Owner, new: &Owner, changes: &mut Vec<Change>) {
    let before = changes.len();
    let all: BTreeSet<&Part> = old.parts.keys().chain(new.parts.keys()).collect();
    for part in all {
        let difference = match (old.parts.get(part), new.parts.get(part)) {
            (None, Some(new)) => Difference::Added {
                part: part.clone(),
                new: new.clone(),
            },
            (Some(old), None) => Difference::Removed {
                part: part.clone(),
                old: old.clone(),
            },
            (Some(old), Some(new)) if old != new => Difference::Changed {
                part: part.clone(),
                old: old.clone(),
                new: new.clone(),
            },
            _ => continue,
        };
        changes.push(Change {
            subject: subject.clone(),
            difference,
        });
    }
    // How a type is read follows from what it holds: worth a word only when nothing else says so.
    if changes.len() > before + 1 {
        changes.retain(|change| {
            &change.subject != subject
                || !matches!(
                    &change.difference,
                    Difference::Changed {
                        part: Part::Wire,
                        ..
                    }
                )
        });
    }
}
