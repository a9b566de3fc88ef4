//! What a page says of where its API documents are.

use super::html::{Element, elements};
use super::mask::Secrets;
use super::script::{Found, Literal, literals};
use indexmap::IndexSet;
use std::fmt;
use url::Url;

/// A place where a document may be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lead {
    /// What names it.
    pub(super) by: By,
    /// What it leads to.
    pub(super) to: To,
}

/// What a lead leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum To {
    /// A document, or a configuration that names some.
    Document(Url),
    /// Another page.
    Page(Url),
    /// A script of the page.
    Script(Url),
    /// A document that stands in the page itself.
    Embedded(String),
}

/// What names a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum By {
    /// It is what was asked for.
    Address,
    /// `spec-url`, or `Redoc.init`.
    Redoc,
    /// `__redoc_state` of a page that was built with its document inside.
    RedocState,
    /// The settings of Swagger UI, in the page or a script of it.
    SwaggerUi,
    /// An attribute of an element.
    Attribute,
    /// Something else in a script.
    Script,
    /// A link.
    Link,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "the address itself",
            Self::Redoc => "Redoc",
            Self::RedocState => "the state of a built Redoc page",
            Self::SwaggerUi => "Swagger UI",
            Self::Attribute => "an attribute of the page",
            Self::Script => "a script of the page",
            Self::Link => "a link of the page",
        })
    }
}

/// Attributes whose value is the address of a document, whatever it looks like. HTML has them in lower case.
const DOCUMENT_ATTRIBUTES: [&str; 10] = [
    "spec-url",
    "data-spec-url",
    "specurl",
    "apidescriptionurl",
    "api-description-url",
    "data-url",
    "data-openapi",
    "data-openapi-url",
    "openapi-url",
    "swagger-url",
];

/// The same of objects in scripts and configurations.
const DOCUMENT_MEMBERS: [&str; 12] = [
    "url",
    "configUrl",
    "specUrl",
    "spec-url",
    "definitionUrl",
    "apiDescriptionUrl",
    "openapi",
    "openapiUrl",
    "openApiUrl",
    "swaggerUrl",
    "swagger_url",
    "openapi_url",
];

/// Files of the right extension that are something else.
const OTHER_FILES: [&str; 7] = [
    "package.json",
    "manifest.json",
    "site.json",
    "tsconfig.json",
    "composer.json",
    "package-lock.json",
    "asset-manifest.json",
];

/// Longest text that may be an address.
const MAX_ADDRESS: usize = 2000;

/// The leads of a page, in the order in which they stand there.
pub(super) fn of_page(html: &str, address: &Url) -> Vec<Lead> {
    let elements = elements(html);
    let base = elements
        .iter()
        .find(|element| element.name == "base")
        .and_then(|element| address.join(element.attribute("href")?).ok())
        .unwrap_or_else(|| address.clone());
    let mut leads = Leads::new(&base);
    leads.of_query(address);
    for element in &elements {
        leads.of_element(element);
    }
    leads.found()
}

/// The leads of a script; addresses are relative to the page that it is part of.
pub(super) fn of_script(script: &str, base: &Url) -> Vec<Lead> {
    let mut leads = Leads::new(base);
    leads.of_literals(script, By::Script);
    leads.found()
}

/// The leads of a configuration, as the `swagger-config` of Swagger UI.
pub(super) fn of_configuration(text: &str, base: &Url) -> Vec<Lead> {
    let mut leads = Leads::new(base);
    leads.of_literals(text, By::SwaggerUi);
    leads.found()
}

/// Title of a page, for a message.
pub(super) fn title(html: &str, secrets: &Secrets) -> Option<String> {
    let elements = elements(html);
    let title = elements.iter().find(|element| element.name == "title")?;
    let words: Vec<&str> = title.text.split_whitespace().collect();
    let title: String = secrets.mask(&words.join(" ")).chars().take(80).collect();
    (!title.is_empty()).then_some(title)
}

struct Leads<'a> {
    base: &'a Url,
    found: IndexSet<Lead>,
}

impl<'a> Leads<'a> {
    fn new(base: &'a Url) -> Self {
        Self {
            base,
            found: IndexSet::new(),
        }
    }

    fn add(&mut self, by: By, to: To) {
        self.found.insert(Lead { by, to });
    }

    fn found(self) -> Vec<Lead> {
        self.found.into_iter().collect()
    }

    /// An address as the page has it; what is no address on the web is passed over.
    fn resolve(&self, text: &str) -> Option<Url> {
        let text = text.trim();
        if text.is_empty() || text.len() > MAX_ADDRESS || text.starts_with('#') {
            return None;
        }
        let mut url = self.base.join(text).ok()?;
        url.set_fragment(None);
        matches!(url.scheme(), "http" | "https").then_some(url)
    }

    fn document(&mut self, by: By, text: &str) {
        if let Some(url) = self.resolve(text) {
            self.add(by, To::Document(url));
        }
    }

    /// Swagger UI takes its settings from the query of the page, too.
    fn of_query(&mut self, address: &Url) {
        let pairs: Vec<_> = address.query_pairs().into_owned().collect();
        for (name, value) in pairs {
            if name == "url" || name == "configUrl" {
                self.document(By::SwaggerUi, &value);
            }
        }
    }

    fn of_element(&mut self, element: &Element) {
        for (attribute, value) in &element.attributes {
            self.of_attribute(&element.name, attribute, value);
        }
        if element.name == "script" && element.attribute("src").is_none() {
            self.of_inline(&element.text);
        }
    }

    fn of_attribute(&mut self, element: &str, attribute: &str, value: &str) {
        let is_redoc = element == "redoc" || element == "redoc-wc";
        match (element, attribute) {
            _ if DOCUMENT_ATTRIBUTES.contains(&attribute) => {
                let by = if is_redoc { By::Redoc } else { By::Attribute };
                self.document(by, value);
            }
            ("script", "src") => {
                if let Some(url) = self.resolve(value) {
                    self.add(By::Script, To::Script(url));
                }
            }
            ("a" | "area", "href") | ("iframe" | "frame", "src") => {
                if let Some(url) = self.resolve(value) {
                    let to = if names_document(&url) {
                        To::Document(url)
                    } else {
                        To::Page(url)
                    };
                    self.add(By::Link, to);
                }
            }
            ("meta", "content") => {
                let target = value.split_once(';').map(|(_, rest)| rest.trim());
                let target = target.and_then(|rest| Some(rest.split_once('=')?.1));
                if let Some(url) =
                    target.and_then(|text| self.resolve(text.trim_matches(['\'', '"'])))
                {
                    self.add(By::Link, To::Page(url));
                }
            }
            (_, "data-configuration") => self.of_literals(value, By::Attribute),
            _ => self.of_text(By::Attribute, value),
        }
    }

    fn of_inline(&mut self, text: &str) {
        if is_document(text) {
            self.add(By::Script, To::Embedded(text.trim().to_owned()));
        } else {
            self.of_literals(text, By::Script);
        }
    }

    fn of_literals(&mut self, script: &str, by: By) {
        for Found { called, value } in literals(script) {
            let is_redoc = called.ends_with("Redoc.init");
            let by = if is_redoc {
                By::Redoc
            } else if called.contains("Swagger") {
                By::SwaggerUi
            } else if value
                .get("spec")
                .and_then(|spec| spec.get("data"))
                .is_some()
            {
                By::RedocState
            } else {
                by
            };
            match &value {
                Literal::Text(text) if is_redoc => self.document(by, text),
                value => self.of_value(script, value, by),
            }
        }
    }

    fn of_value(&mut self, script: &str, value: &Literal, by: By) {
        match value {
            Literal::Object(members, span) => {
                let has = |name| members.iter().any(|(member, _)| member == name);
                if (has("openapi") || has("swagger")) && has("paths") {
                    let text = script.get(span.clone()).unwrap_or_default();
                    self.add(by, To::Embedded(text.to_owned()));
                    return;
                }
                for (name, value) in members {
                    match value {
                        Literal::Text(text) if DOCUMENT_MEMBERS.contains(&name.as_str()) => {
                            self.document(by, text);
                        }
                        _ => self.of_value(script, value, by),
                    }
                }
            }
            Literal::Array(items) => {
                for item in items {
                    self.of_value(script, item, by);
                }
            }
            Literal::Text(text) => self.of_text(by, text),
            Literal::Other => {}
        }
    }

    /// A text that may be an address, or a document.
    fn of_text(&mut self, by: By, text: &str) {
        if is_document(text) {
            self.add(by, To::Embedded(text.to_owned()));
        } else if !text.contains(char::is_whitespace)
            && let Some(url) = self.resolve(text)
            && names_document(&url)
        {
            self.add(by, To::Document(url));
        }
    }
}

/// Whether an address ends like that of a document.
pub(super) fn names_document(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let ends = [".yaml", ".yml", ".json"]
        .iter()
        .any(|end| name.len() > end.len() && name.ends_with(end));
    ends && !OTHER_FILES.contains(&name.as_str())
}

/// Whether a text begins as an `OpenAPI` document, in JSON or YAML.
fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t', '{']);
    let mut lines = text
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
    let Some(line) = lines.next() else {
        return false;
    };
    let line = line.trim_start_matches(['"', '\'']);
    let version = ["openapi", "swagger"]
        .iter()
        .find_map(|name| line.strip_prefix(name));
    version.is_some_and(|rest| {
        let rest = rest.trim_start_matches(['"', '\'']).trim_start();
        rest.strip_prefix(':').is_some_and(|rest| {
            rest.trim_start_matches([' ', '"', '\''])
                .starts_with(|c: char| c.is_ascii_digit())
        }) && text.contains("paths")
    })
}

#[cfg(test)]
mod tests;
