//! Names of crates and files that every system, cargo and the generated code accept.

use crate::names::is_keyword;

/// Crates that generated code depends on; cargo takes `-` and `_` for the same.
pub const DEPENDENCIES: [&str; 6] = [
    "rapid7-core",
    "rapid7-derive",
    "serde",
    "serde-core",
    "serde-derive",
    "serde-json",
];

/// Crates that come with the compiler: one of our own would hide them, or be hidden.
const BUILT_IN: [&str; 5] = ["alloc", "core", "proc-macro", "std", "test"];

/// Devices that Windows finds in every folder, whatever the extension.
const DEVICES: [&str; 6] = ["aux", "con", "conin$", "conout$", "nul", "prn"];

/// Devices with a number, which may be written as a superscript.
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Longest name of a crate: registries take no longer one.
const LONGEST_CRATE: usize = 64;

/// Longest name of a file, in bytes, that common file systems hold.
const LONGEST_FILE: usize = 255;

/// Why a name is not that of a crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrateNameError {
    /// Characters other than those of crates in this workspace.
    #[error("`{0}` is not the name of a crate")]
    Spelling(String),
    /// More characters than a registry takes.
    #[error("`{0}` is too long for the name of a crate")]
    Length(String),
    /// A word of the language.
    #[error("`{0}` cannot name a crate: it is a Rust keyword")]
    Keyword(String),
    /// A crate that comes with the compiler.
    #[error("`{0}` cannot name a crate: it is one that comes with the compiler")]
    BuiltIn(String),
    /// A device of Windows.
    #[error(
        "`{0}` cannot name a crate: Windows reserves it for a device and cannot hold a folder of that name"
    )]
    Device(String),
    /// What the generated crate depends on.
    #[error(
        "`{0}` cannot name a generated crate: the generated code depends on a crate of this name"
    )]
    Dependency(String),
}

impl CrateNameError {
    /// What to do.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Spelling(_) => "lower-case letters, digits, `-` and `_`, a letter first",
            Self::Length(_) => "at most 64 characters",
            _ => "choose another name, such as `pets-client`",
        }
    }
}

/// Checks that a crate can have this name.
///
/// # Errors
///
/// The first reason why it cannot.
pub fn check(name: &str) -> Result<(), CrateNameError> {
    let is_spelt = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'));
    let owned = || name.to_owned();
    let dashed = name.replace('_', "-");
    if !is_spelt {
        Err(CrateNameError::Spelling(owned()))
    } else if name.len() > LONGEST_CRATE {
        Err(CrateNameError::Length(owned()))
    } else if is_keyword(&name.replace('-', "_")) {
        Err(CrateNameError::Keyword(owned()))
    } else if BUILT_IN.contains(&dashed.as_str()) {
        Err(CrateNameError::BuiltIn(owned()))
    } else if is_device(name) {
        Err(CrateNameError::Device(owned()))
    } else {
        Ok(())
    }
}

/// Checks that a generated crate can have this name.
///
/// # Errors
///
/// As [`check`], and the name of a crate that it depends on.
pub fn check_generated(name: &str) -> Result<(), CrateNameError> {
    check(name)?;
    if DEPENDENCIES.contains(&name.replace('_', "-").as_str()) {
        return Err(CrateNameError::Dependency(name.to_owned()));
    }
    Ok(())
}

/// Whether Windows takes a file name for a device: any case, any extension, spaces and dots at the end.
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(' ').to_lowercase();
    let is_numbered = |device: &str| {
        let mut number = stem.strip_prefix(device).unwrap_or_default().chars();
        let digit = number.next();
        digit.is_some_and(|c| "123456789¹²³".contains(c)) && number.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(|device| is_numbered(device))
}

/// Whether every common file system holds a file or folder of this name, and keeps it apart from names in other cases.
#[must_use]
pub fn is_portable(name: &str) -> bool {
    let is_legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b);
    !name.is_empty()
        && name.len() <= LONGEST_FILE
        && name.bytes().all(is_legal)
        && !name.ends_with('.')
        && name.trim_start_matches('.') == name
        && !is_device(name)
}
