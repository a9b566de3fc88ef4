//! From the address of a page to the API documents that it leads to.

use super::fetch::{FetchError, Fetched, Fetcher, shown};
use super::leads::{self, By, Lead, To};
use super::mask::Secrets;
use crate::load::load_text;
use crate::source::Document;
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;
use url::Url;

/// Most addresses that are fetched for one page, and most documents that are read from within pages.
const MAX_FETCHES: usize = 60;

/// Most links from page to page.
const MAX_LINKS: usize = 2;

/// Scripts that are larger are libraries: their strings lead nowhere.
const MAX_SCRIPT_BYTES: usize = 512 * 1024;

/// Words in the path of a page that may lead to documents.
const PAGE_WORDS: [&str; 7] = [
    "doc",
    "swagger",
    "redoc",
    "openapi",
    "reference",
    "elements",
    "scalar",
];

/// Words in the path of what is no page: to ask for it may change something.
const ACTION_WORDS: [&str; 6] = [
    "logout", "log-out", "signout", "sign-out", "logoff", "delete",
];

/// A document that was found.
#[derive(Debug)]
pub struct Found {
    /// The bytes, as they were served.
    pub text: String,
    /// The document that they are.
    pub document: Document,
    /// Where it was served: for one that stands in a page, the page.
    pub url: Url,
    /// What named it.
    pub by: String,
}

/// All that a page leads to.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The documents, in the order in which they were found.
    pub found: Vec<Found>,
    /// What should have been a document and was not, each with the reason.
    pub failed: Vec<String>,
    /// What was at the address itself, when nothing was found.
    pub first: Option<String>,
}

/// Looks for documents, beginning at an address.
///
/// # Errors
///
/// The address itself cannot be fetched.
pub(super) fn discover(fetcher: &Fetcher, address: &Url) -> Result<Discovery, FetchError> {
    let mut crawl = Crawl {
        fetcher,
        top: address.clone(),
        seen: BTreeSet::from([address.clone()]),
        queue: VecDeque::new(),
        fetches: 1,
        embedded: 0,
        discovery: Discovery::default(),
    };
    let top = fetcher.fetch(address)?;
    crawl.seen.insert(top.url.clone());
    crawl.top = top.url.clone();
    crawl.first(&top);
    while let Some(step) = crawl.queue.pop_front() {
        crawl.step(step);
    }
    Ok(crawl.discovery)
}

/// A lead, and the page that it is from.
struct Step {
    lead: Lead,
    page: Url,
    links: usize,
}

struct Crawl<'a> {
    fetcher: &'a Fetcher,
    top: Url,
    seen: BTreeSet<Url>,
    queue: VecDeque<Step>,
    fetches: usize,
    embedded: usize,
    discovery: Discovery,
}

/// What a text is.
enum Content {
    Document(Box<Document>),
    Page,
    Configuration,
    /// With the reason.
    Unusable(String),
}

fn content(url: &Url, text: &str, secrets: &Secrets) -> Content {
    if is_html(text) {
        return Content::Page;
    }
    match load_text(Path::new(&shown(url)), text.to_owned()) {
        Ok(document) if is_openapi(&document.root) => Content::Document(Box::new(document)),
        Ok(document) if document.root.is_object() => Content::Configuration,
        Ok(_) => Content::Unusable("neither JSON nor YAML of an OpenAPI document".to_owned()),
        // The message may quote a part of it.
        Err(_) if secrets.find(text).is_some() => {
            Content::Unusable("neither JSON nor YAML; it holds the key".to_owned())
        }
        Err(problem) => Content::Unusable(problem.message),
    }
}

fn is_html(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    start.strip_prefix('<').is_some_and(|rest| {
        rest.starts_with(|c: char| matches!(c, '!' | '?') || c.is_ascii_alphabetic())
    })
}

fn is_openapi(root: &Value) -> bool {
    (root.get("openapi").is_some() || root.get("swagger").is_some()) && root.get("paths").is_some()
}

impl Crawl<'_> {
    /// What is at the address itself.
    fn first(&mut self, fetched: &Fetched) {
        let Fetched { url, bytes, .. } = fetched;
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        };
        match content(url, &text, self.fetcher.secrets()) {
            Content::Document(document) => self.document(url, By::Address, text, *document),
            Content::Page => {
                let title = self
                    .title(&text)
                    .map(|title| format!(", a page titled `{title}`"));
                let first = shown(url) + &title.unwrap_or_default();
                self.discovery.first = Some(self.fetcher.secrets().mask(&first));
                self.page(url, &text, 0);
            }
            Content::Configuration => {
                self.follow(leads::of_configuration(&text, url), url, 0);
            }
            Content::Unusable(reason) => {
                let first = format!("{}: {reason}", shown(url));
                self.discovery.first = Some(self.fetcher.secrets().mask(&first));
            }
        }
    }

    fn fail(&mut self, what: &str) {
        let what = self.fetcher.secrets().mask(what);
        self.discovery.failed.push(what);
    }

    fn title(&self, text: &str) -> Option<String> {
        leads::title(text, self.fetcher.secrets())
    }

    fn page(&mut self, url: &Url, text: &str, links: usize) {
        self.follow(leads::of_page(text, url), url, links);
    }

    fn follow(&mut self, leads: Vec<Lead>, page: &Url, links: usize) {
        for lead in leads {
            self.queue.push_back(Step {
                lead,
                page: page.clone(),
                links,
            });
        }
    }

    fn step(&mut self, Step { lead, page, links }: Step) {
        match lead.to {
            To::Embedded(text) => self.embedded(&page, lead.by, text),
            To::Document(url) => self.named(&url, lead.by, &page, links),
            To::Page(url) => {
                if links < MAX_LINKS && self.may_lead(&url) {
                    self.linked(&url, links + 1);
                }
            }
            To::Script(url) => self.script(&url, &page, links),
        }
    }

    /// A document that stands in a page; no more of them than what is fetched.
    fn embedded(&mut self, page: &Url, by: By, text: String) {
        if self.embedded >= MAX_FETCHES {
            return;
        }
        self.embedded += 1;
        match content(page, &text, self.fetcher.secrets()) {
            Content::Document(document) => self.document(page, by, text, *document),
            Content::Unusable(reason) => {
                let what = format!("a document inside of {}: {reason}", shown(page));
                self.fail(&what);
            }
            Content::Page | Content::Configuration => {}
        }
    }

    /// Fetches an address once, while there are not too many.
    fn fetch(&mut self, url: &Url) -> Option<Result<Fetched, FetchError>> {
        if self.fetches >= MAX_FETCHES || !self.seen.insert(url.clone()) {
            return None;
        }
        self.fetches += 1;
        Some(self.fetcher.fetch(url))
    }

    /// An address that something names as that of a document.
    fn named(&mut self, url: &Url, by: By, page: &Url, links: usize) {
        let fetched = match self.fetch(url) {
            None => return,
            Some(Ok(fetched)) => fetched,
            Some(Err(error)) => return self.fail(&error.to_string()),
        };
        self.seen.insert(fetched.url.clone());
        let Ok(text) = String::from_utf8(fetched.bytes) else {
            let what = format!("{} is no UTF-8 text", shown(url));
            return self.fail(&what);
        };
        match content(&fetched.url, &text, self.fetcher.secrets()) {
            Content::Document(document) => self.document(&fetched.url, by, text, *document),
            Content::Configuration => {
                self.follow(leads::of_configuration(&text, page), page, links);
            }
            Content::Page => {
                let title = self
                    .title(&text)
                    .map(|title| format!(" (its title is `{title}`)"));
                let what = format!(
                    "{} is a page and no document{}",
                    shown(url),
                    title.unwrap_or_default()
                );
                self.fail(&what);
            }
            Content::Unusable(reason) => {
                let what = format!("{} cannot be read: {reason}", shown(url));
                self.fail(&what);
            }
        }
    }

    fn linked(&mut self, url: &Url, links: usize) {
        // A link that leads nowhere is no failure.
        let Some(Ok(fetched)) = self.fetch(url) else {
            return;
        };
        self.seen.insert(fetched.url.clone());
        let url = &fetched.url;
        let Ok(text) = String::from_utf8(fetched.bytes) else {
            return;
        };
        match content(url, &text, self.fetcher.secrets()) {
            Content::Document(document) => self.document(url, By::Link, text, *document),
            Content::Page => self.page(url, &text, links),
            Content::Configuration | Content::Unusable(_) => {}
        }
    }

    /// A script of another server is not ours to read, and a library names no document.
    fn script(&mut self, url: &Url, page: &Url, links: usize) {
        if url.origin() != self.top.origin() {
            return;
        }
        let Some(Ok(fetched)) = self.fetch(url) else {
            return;
        };
        if fetched.bytes.len() > MAX_SCRIPT_BYTES {
            return;
        }
        let text = String::from_utf8_lossy(&fetched.bytes);
        if fetched.is_script || !is_html(&text) {
            self.follow(leads::of_script(&text, page), page, links);
        }
    }

    /// Whether a page is worth a look: below the first one or beside it, or called like documentation. Calls of the API
    /// itself, which a page may link to, are left alone: a GET may do something.
    fn may_lead(&self, url: &Url) -> bool {
        let path = url.path().to_ascii_lowercase();
        let top = self.top.path().to_ascii_lowercase();
        let (folder, name) = top.rsplit_once('/').unwrap_or_default();
        let is_file = name.is_empty() || name.contains('.');
        let below = if is_file { folder } else { top.as_str() };
        let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
        // A page at the very top says nothing about what lies below it.
        let is_below = !below.is_empty() && path.starts_with(&format!("{below}/"));
        url.origin() == self.top.origin() && (is_below || has(&PAGE_WORDS)) && !has(&ACTION_WORDS)
    }

    /// A document that came in two ways counts once.
    fn document(&mut self, url: &Url, by: By, text: String, document: Document) {
        let known = &mut self.discovery.found;
        if known
            .iter()
            .any(|found| found.document.root == document.root)
        {
            return;
        }
        known.push(Found {
            text,
            document,
            url: url.clone(),
            by: by.to_string(),
        });
    }
}
