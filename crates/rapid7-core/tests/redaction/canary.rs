//! The planted text, and the search for it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::sync::OnceLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Part of every secret that is planted. Percent-encoding leaves it as it is.
pub(crate) const CANARY: &str = "c4nary";

/// What the canary looks like after encodings in use.
fn forms() -> Vec<String> {
    let mut forms = vec![CANARY.to_owned()];
    // Where the canary begins within three bytes decides the letters; those at the edges depend on neighbours.
    for before in 0..3 {
        let text = format!("{}{CANARY}", "\0".repeat(before));
        let letters = BASE64_STANDARD.encode(&text);
        let whole = &letters[(before * 8).div_ceil(6)..text.len() * 8 / 6];
        forms.push(whole.to_owned());
    }
    let each = |write: fn(u8) -> String| CANARY.bytes().map(write).collect::<Vec<_>>();
    forms.push(each(|byte| format!("{byte:02x}")).concat());
    forms.push(each(|byte| format!("%{byte:02X}")).concat());
    forms.push(each(|byte| format!("%{byte:02x}")).concat());
    forms.push(each(|byte| format!("\\u{byte:04x}")).concat());
    forms.push(each(|byte| format!("\\u{byte:04X}")).concat());
    forms.push(each(|byte| byte.to_string()).join(", "));
    forms.push(each(|byte| format!("{byte:02x}")).join(", "));
    forms
}

/// The line of a text that shows the canary, in whatever form.
pub(crate) fn leak(text: &str) -> Option<&str> {
    static FORMS: OnceLock<Vec<String>> = OnceLock::new();
    let forms = FORMS.get_or_init(forms);
    text.lines().find(|line| {
        forms.iter().any(|form| line.contains(form)) || line.to_lowercase().contains(CANARY)
    })
}

/// What was shown, by type.
#[derive(Default)]
pub(crate) struct Checked(BTreeMap<String, Shown>);

#[derive(Default)]
struct Shown {
    texts: usize,
    /// First words of the texts: names of variants.
    heads: BTreeSet<String>,
}

impl Checked {
    /// The texts of a value, of which the first is its `Debug`.
    pub(crate) fn add<T>(&mut self, _: &T, texts: &[String]) {
        let name = short_name::<T>();
        for text in texts {
            assert_eq!(leak(text), None, "{name} shows a secret");
        }
        let shown = self.0.entry(name).or_default();
        shown.texts += texts.len();
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let head = texts[0].split(|letter| !is_part(letter)).next();
        shown.heads.extend(head.map(str::to_owned));
    }

    /// An error that has a source of the program's own, which may say what it likes.
    pub(crate) fn without_sources<T: Debug + Display>(&mut self, error: &T) {
        self.add(error, &debugs(error));
        self.add(
            error,
            &[
                format!("{error:?}"),
                error.to_string(),
                format!("{error:#}"),
            ],
        );
    }

    pub(crate) fn types(&self) -> BTreeSet<String> {
        self.0.keys().cloned().collect()
    }

    /// Variants of an enum that were shown.
    pub(crate) fn variants(&self, name: &str) -> BTreeSet<String> {
        self.0[name].heads.clone()
    }

    #[allow(clippy::print_stdout, reason = "tells what was covered")]
    pub(crate) fn print(&self) {
        for (name, Shown { texts, heads }) in &self.0 {
            let heads: Vec<_> = heads.iter().map(String::as_str).collect();
            println!(
                "shows no secret: {name} ({texts} texts: {})",
                heads.join(", ")
            );
        }
    }
}

/// The name of a type without its path and parameters.
fn short_name<T>() -> String {
    let name = std::any::type_name::<T>();
    let name = name.split('<').next().unwrap_or_default();
    name.rsplit("::").next().unwrap_or_default().to_owned()
}

pub(crate) fn debugs(value: &impl Debug) -> [String; 2] {
    [format!("{value:?}"), format!("{value:#?}")]
}

/// Lets [`show`] find out what a type implements: methods of the type itself come before those of a reference to it.
pub(crate) struct Probe<'a, T>(pub(crate) &'a T);

pub(crate) trait Displays {
    fn displays(&self) -> Vec<String>;
}

impl<T: Display> Displays for Probe<'_, T> {
    fn displays(&self) -> Vec<String> {
        vec![self.0.to_string(), format!("{:#}", self.0)]
    }
}

pub(crate) trait DisplaysNothing {
    fn displays(&self) -> Vec<String> {
        Vec::new()
    }
}

impl<T> DisplaysNothing for &Probe<'_, T> {}

pub(crate) trait Sources {
    fn sources(&self) -> Vec<String>;
}

impl<T: StdError> Sources for Probe<'_, T> {
    fn sources(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let mut source = self.0.source();
        while let Some(cause) = source {
            texts.extend([
                cause.to_string(),
                format!("{cause:?}"),
                format!("{cause:#?}"),
            ]);
            source = cause.source();
        }
        texts
    }
}

pub(crate) trait NoSources {
    fn sources(&self) -> Vec<String> {
        Vec::new()
    }
}

impl<T> NoSources for &Probe<'_, T> {}

/// Checks all texts that a value has: `Debug`, and where it implements them `Display` and the sources of an error.
macro_rules! show {
    ($checked:expr, $value:expr) => {{
        #[allow(unused_imports, reason = "depends on what the type implements")]
        use $crate::canary::{Displays as _, DisplaysNothing as _, NoSources as _, Sources as _};
        let value = &$value;
        let mut texts = $crate::canary::debugs(value).to_vec();
        texts.extend((&$crate::canary::Probe(value)).displays());
        texts.extend((&$crate::canary::Probe(value)).sources());
        $checked.add(value, &texts);
    }};
}

pub(crate) use show;

#[test]
fn every_form_is_found() {
    let encode = |text: &str| BASE64_STANDARD.encode(text);
    for text in [
        "a c4nary b".to_owned(),
        "C4NARY".to_owned(),
        format!("Basic {}", encode("c4nary:x")),
        format!("Basic {}", encode("a:c4naryx")),
        format!("Basic {}", encode("ab:xyc4nary")),
        format!("Basic {}", encode("abc:xyc4nary")),
        "%63%34%6E%61%72%79".to_owned(),
        "\\u0063\\u0034\\u006e\\u0061\\u0072\\u0079".to_owned(),
        "[99, 52, 110, 97, 114, 121]".to_owned(),
        "payload 63346e617279".to_owned(),
    ] {
        assert_eq!(leak(&text), Some(text.as_str()));
    }
    assert_eq!(leak("a canary"), None);
}

#[test]
#[allow(clippy::needless_borrow, reason = "as in the macro")]
fn display_and_sources_are_found_where_they_are() {
    #[derive(Debug)]
    struct Plain;
    let inner: std::num::ParseIntError = "x".parse::<u8>().unwrap_err();
    let outer = std::io::Error::other(inner);
    assert_eq!((&Probe(&Plain)).displays(), Vec::<String>::new());
    assert_eq!((&Probe(&7)).displays()[0], "7");
    assert_eq!((&Probe(&7)).sources(), Vec::<String>::new());
    let mut checked = Checked::default();
    show!(checked, Plain);
    show!(checked, outer);
    assert_eq!(
        checked.types(),
        BTreeSet::from(["Plain".into(), "Error".into()])
    );
}

#[test]
#[should_panic(expected = "Outer shows a secret")]
fn a_source_that_shows_it_is_found() {
    #[derive(Debug)]
    struct Outer(std::io::Error);
    impl Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("it did not work")
        }
    }
    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            self.0.get_ref().map(|inner| inner as _)
        }
    }
    /// Shows its text by `Display` alone.
    struct Quoting;
    impl Debug for Quoting {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Quoting")
        }
    }
    impl Display for Quoting {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(CANARY)
        }
    }
    impl StdError for Quoting {}
    let error = Outer(std::io::Error::other(Quoting));
    assert_eq!(leak(&format!("{error} {error:?}")), None);
    show!(Checked::default(), error);
}
