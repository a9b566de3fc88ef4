//! The cargo features of a generated crate, each weighed alone.

use super::extent::Extent;
use super::wrapper::Cost;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Which features are weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Each.
    All,
    /// The one in the middle by operations, and the largest.
    Median,
    /// None.
    None,
    /// These.
    Named(Vec<String>),
}

impl FromStr for Wanted {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "all" => Self::All,
            "median" => Self::Median,
            "none" => Self::None,
            names => Self::Named(names.split(',').map(str::to_owned).collect()),
        })
    }
}

/// A feature, alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feature {
    /// As in the manifest.
    pub name: String,
    /// What it compiles alone.
    #[serde(flatten)]
    pub extent: Extent,
    /// `cargo check` with nothing else.
    pub cost: Cost,
    /// Its processor time, as share of the full crate's.
    pub share: f64,
    /// Its operations, as share of all.
    pub share_of_operations: f64,
    /// Its types, with all that they refer to, as share of all.
    pub share_of_types: f64,
}

impl Feature {
    /// What it costs beyond its share of the operations; less than 0 where it costs less.
    #[must_use]
    pub fn surplus(&self) -> f64 {
        self.share - self.share_of_operations
    }
}

impl Wanted {
    /// Those that are wanted of these.
    ///
    /// # Errors
    ///
    /// The first name that none of them has.
    pub fn choose(&self, all: &BTreeMap<String, Extent>) -> Result<Vec<(String, Extent)>, String> {
        let own = |(name, extent): (&String, &Extent)| (name.clone(), *extent);
        let mut chosen: Vec<(String, Extent)> = match self {
            Self::None => Vec::new(),
            Self::All | Self::Median => all.iter().map(own).collect(),
            Self::Named(names) => {
                if let Some(unknown) = names.iter().find(|name| !all.contains_key(*name)) {
                    return Err(unknown.clone());
                }
                let names: BTreeSet<&String> = names.iter().collect();
                all.iter()
                    .filter(|(name, _)| names.contains(name))
                    .map(own)
                    .collect()
            }
        };
        if *self == Self::Median && chosen.len() > 2 {
            chosen.sort_by_key(|(_, extent)| extent.operations);
            let middle = chosen.swap_remove(chosen.len() / 2);
            let largest = chosen
                .into_iter()
                .max_by_key(|(_, extent)| extent.operations);
            chosen = [Some(middle), largest].into_iter().flatten().collect();
        }
        Ok(chosen)
    }
}

/// The middle one of the shares of time; the mean of two where there are as many on both sides.
#[must_use]
pub fn median(features: &[Feature]) -> Option<f64> {
    let mut shares: Vec<f64> = features.iter().map(|feature| feature.share).collect();
    shares.sort_by(f64::total_cmp);
    let middle = shares.len() / 2;
    let upper = *shares.get(middle)?;
    if shares.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(shares[middle - 1], upper))
}

/// The one that costs most beyond its share of operations.
#[must_use]
pub fn worst(features: &[Feature]) -> Option<&Feature> {
    features
        .iter()
        .max_by(|a, b| a.surplus().total_cmp(&b.surplus()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature_of(name: &str, share: f64, share_of_operations: f64) -> Feature {
        Feature {
            name: name.to_owned(),
            extent: Extent::default(),
            cost: Cost {
                wall: 1.0,
                cpu: 1.0,
                memory: 1,
            },
            share,
            share_of_operations,
            share_of_types: 0.0,
        }
    }

    #[test]
    fn the_middle_and_the_worst_are_found() {
        assert_eq!(median(&[]), None);
        assert_eq!(worst(&[]), None);
        let mut features = vec![
            feature_of("a", 0.5, 0.6),
            feature_of("b", 0.1, 0.01),
            feature_of("c", 0.2, 0.15),
        ];
        assert_eq!(median(&features), Some(0.2));
        assert_eq!(worst(&features).unwrap().name, "b");
        features.push(feature_of("d", 0.4, 0.5));
        assert!((median(&features).unwrap() - 0.3).abs() < 1e-9);
    }

    #[test]
    fn features_are_chosen_by_words_or_names() {
        let all: BTreeMap<String, Extent> = [("a", 1), ("b", 9), ("c", 5), ("d", 3), ("e", 4)]
            .map(|(name, operations)| {
                let extent = Extent {
                    operations,
                    ..Extent::default()
                };
                (name.to_owned(), extent)
            })
            .into();
        let choose = |text: &str| {
            let wanted: Wanted = text.parse().unwrap();
            let chosen = wanted.choose(&all)?;
            let names = chosen.into_iter().map(|(name, _)| name);
            Ok::<_, String>(names.collect::<Vec<_>>().join(" "))
        };
        assert_eq!(choose("all").unwrap(), "a b c d e");
        assert_eq!(choose("none").unwrap(), "");
        assert_eq!(choose("median").unwrap(), "e b");
        assert_eq!(choose("d,a").unwrap(), "a d");
        assert_eq!(choose("a,z"), Err("z".to_owned()));
    }
}
