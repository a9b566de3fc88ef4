//! All operations of the enabled features, and a search over them.

use std::fmt;

use rapid7_core::Operation;

/// Which of the vendor's documents an operation stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// Called through `InsightCloudSec::v2`.
    V2,
    /// Called through `InsightCloudSec::v3`.
    V3,
    /// Called through `InsightCloudSec::v4`.
    V4,
}

impl ApiVersion {
    /// `v2`, `v3` or `v4`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
            Self::V4 => "v4",
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

static DOCUMENTS: &[(ApiVersion, &[&Operation])] = &[
    #[cfg(feature = "insightcloudsec-v2")]
    (ApiVersion::V2, crate::v2::OPERATIONS),
    #[cfg(feature = "insightcloudsec-v3")]
    (ApiVersion::V3, crate::v3::OPERATIONS),
    #[cfg(feature = "insightcloudsec-v4")]
    (ApiVersion::V4, crate::v4::OPERATIONS),
];

/// The operations of the enabled features: by version, those of each as its `OPERATIONS` has them.
pub fn operations() -> impl Iterator<Item = (ApiVersion, &'static Operation)> {
    DOCUMENTS
        .iter()
        .flat_map(|(version, operations)| operations.iter().map(|operation| (*version, *operation)))
}

/// The operations that have every word of `text` in their name, path, tag or summary.
///
/// Case does not matter, and a part of a word is enough; an empty text finds all.
///
/// ```
/// use insightcloudsec::find_operations;
///
/// for (version, operation) in find_operations("exemption list") {
///     println!("{version} {:<20} {} {}", operation.name, operation.method, operation.path);
/// }
/// ```
pub fn find_operations(
    text: &str,
) -> impl Iterator<Item = (ApiVersion, &'static Operation)> + use<> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    operations().filter(move |(_, operation)| {
        let Operation {
            name,
            path,
            tag,
            summary,
            ..
        } = operation;
        let places = [name, path, tag, summary].map(|place| place.to_lowercase());
        words
            .iter()
            .all(|word| places.iter().any(|place| place.contains(word.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::{ApiVersion, find_operations, operations};

    fn names(text: &str) -> Vec<&'static str> {
        find_operations(text)
            .map(|(_, operation)| operation.name)
            .collect()
    }

    #[test]
    fn versions_print_padded() {
        assert_eq!(format!("{:<4}|", ApiVersion::V3), "v3  |");
    }

    #[test]
    fn nothing_asked_finds_all_and_nonsense_none() {
        assert_eq!(find_operations(" ").count(), operations().count());
        assert!(names("exemption xyzzy").is_empty());
    }

    #[cfg(feature = "v2")]
    #[test]
    fn all_words_count_in_any_case_and_place() {
        assert!(names("exemption").contains(&"list_exemptions"));
        let found = names("POLIC IAM detach");
        assert_eq!(found, ["detach_principal_policy"]);
        assert!(names("/public/clouds/list").contains(&"list_clouds"));
    }

    #[cfg(all(feature = "v2", feature = "v3", feature = "v4"))]
    #[test]
    fn all_versions_take_part() {
        assert_eq!(operations().count(), 207);
        let versions = |text| {
            find_operations(text)
                .map(|(version, _)| version)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            versions("query_resources"),
            [ApiVersion::V2, ApiVersion::V3, ApiVersion::V3]
        );
        assert!(versions("scan").contains(&ApiVersion::V4));
    }
}
