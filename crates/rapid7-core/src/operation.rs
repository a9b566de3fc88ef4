//! What is known of an API and of each of its operations before any request is made.
//!
//! Plain data: the generated crates hold these as constants and statics.

use reqwest::Method;

/// How one API family authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthScheme {
    /// Where an API key goes.
    pub api_key: KeyPlacement,
    /// How a session begins and is presented; `None` where the API has no sessions.
    pub session: Option<SessionScheme>,
    /// The related API whose keys are UUIDs where this one's are not, such as `the Command Platform`.
    ///
    /// An error about a refused key of that form names it as the likely cause.
    pub uuid_keys_of: Option<&'static str>,
}

/// Where an API key is placed in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlacement {
    /// In the header of this name, as it is.
    Header(&'static str),
    /// In the query parameter of this name.
    Query(&'static str),
    /// In the cookie of this name.
    Cookie(&'static str),
    /// In `Authorization: Bearer <key>`.
    Bearer,
    /// In `Authorization: Basic <base64>`; the key is `user:password`.
    Basic,
    /// Several keys at once, each at a place of its own; none of them is [`KeyPlacement::None`] or again several.
    ///
    /// [`Credentials::keys`](crate::Credentials::keys) gives them.
    All(&'static [KeyPlacement]),
    /// The API takes no keys.
    None,
}

/// How a session begins and is presented.
///
/// The log-in is `POST login_path` with the JSON members `username` and `password`; the answer carries
/// the session token in `session_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionScheme {
    /// Path of the log-in below the base URL, with a leading slash.
    pub login_path: &'static str,
    /// Header that carries the session token afterwards.
    pub header: &'static str,
}

/// One operation of an API, as its document describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Name of the Rust method.
    pub name: &'static str,
    /// `operationId` in the document.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path template below the base URL, such as `/v2/x/{id}/y`.
    pub path: &'static str,
    /// Tag that groups the operation in the document.
    pub tag: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// What calling it does to the server's state.
    pub effect: Effect,
    /// What the vendor promises about it.
    pub stability: Stability,
    /// How sure the description is; `None` where the document is the vendor's own.
    pub confidence: Option<Confidence>,
    /// Which credentials it takes.
    pub access: Access,
    /// Value of the `Accept` header; empty for none.
    pub accept: &'static str,
    /// Statuses besides 2xx whose body is a result and not a failure.
    pub success: &'static [u16],
    /// Statuses besides 401 by which the server says that the session has ended.
    pub session_ended: &'static [u16],
    /// How long lists are fetched in parts; `None` where the whole list comes at once.
    pub paging: Option<Paging>,
}

impl Operation {
    /// What most operations have in common; an entry of a table states the rest.
    pub const USUAL: Self = Self {
        name: "",
        id: "",
        method: Method::GET,
        path: "",
        tag: "",
        summary: "",
        effect: Effect::Read,
        stability: Stability::Public,
        confidence: None,
        access: Access::Credentials,
        accept: "application/json",
        success: &[],
        session_ended: &[],
        paging: None,
    };

    /// Number of operations in several lists.
    #[must_use]
    pub const fn count(lists: &[&[&'static Self]]) -> usize {
        let mut count = 0;
        let mut list = 0;
        while list < lists.len() {
            count += lists[list].len();
            list += 1;
        }
        count
    }

    /// Several lists as one, in their order. Generated crates join the tables of the features that are on.
    ///
    /// # Panics
    ///
    /// While compiling, when the lists do not hold `N` operations, which [`Self::count`] tells.
    #[must_use]
    pub const fn join<const N: usize>(lists: &[&[&'static Self]]) -> [&'static Self; N] {
        let mut all = [&PLACEHOLDER; N];
        let (mut filled, mut list) = (0, 0);
        while list < lists.len() {
            let mut at = 0;
            while at < lists[list].len() {
                all[filled] = lists[list][at];
                filled += 1;
                at += 1;
            }
            list += 1;
        }
        assert!(filled == N, "the lists hold fewer operations");
        all
    }
}

/// What stands in a table before its operations do.
static PLACEHOLDER: Operation = Operation::USUAL;

/// What calling an operation does to the server's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something, and once or twice makes no difference.
    Idempotent,
    /// Changes something each time.
    Write,
}

/// What the vendor promises about an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stability {
    /// Supported.
    Public,
    /// Usable, may change without notice.
    Prototype,
    /// Nothing is stated.
    Other,
}

/// How well the description of an operation is supported by evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// Several independent sources agree.
    High,
    /// One good source.
    Medium,
    /// Inferred; expect surprises.
    Low,
}

/// Which credentials an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Any that the API family accepts.
    Credentials,
    /// None: none are sent.
    Anonymous,
    /// Sent when there are any, answered without too.
    Optional,
    /// Only those of a log-in session; the answer depends on it.
    Session,
    /// Only those of a log-in session, whose token goes into the query parameter of this name too.
    SessionQuery(&'static str),
}

/// How a long list is fetched in parts, by the names of the members involved.
///
/// `items` names the answer's member that holds the rows, `total` the one that counts all of them.
/// `None` stands for a member that is absent or not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paging {
    /// Limit and offset in the JSON body of the request.
    OffsetBody {
        /// Request member: how many rows to return.
        limit: Option<&'static str>,
        /// Request member: how many rows to skip.
        offset: Option<&'static str>,
        /// Answer member: the rows.
        items: Option<&'static str>,
        /// Answer member: the number of rows in all pages.
        total: Option<&'static str>,
    },
    /// Page number, counted from 1, and page size in the query string.
    PageQuery {
        /// Query parameter: the page wanted.
        page: Option<&'static str>,
        /// Query parameter: how many rows a page has.
        page_size: Option<&'static str>,
        /// Answer member: the rows.
        items: Option<&'static str>,
        /// Answer member: the number of rows in all pages.
        total: Option<&'static str>,
        /// Answer member: the number of pages.
        total_pages: Option<&'static str>,
    },
    /// Cursor in the JSON body of the request; null, missing or false in the answer ends the list.
    CursorBody {
        /// Request member: the cursor.
        cursor: Option<&'static str>,
        /// Request member: how many rows to return.
        limit: Option<&'static str>,
        /// Answer member: the rows.
        items: Option<&'static str>,
        /// Answer member: the cursor of the next part.
        next: Option<&'static str>,
        /// Answer member: the number of rows in all parts.
        total: Option<&'static str>,
    },
    /// Cursor in the query string.
    CursorQuery {
        /// Query parameter: the cursor.
        cursor: Option<&'static str>,
        /// Query parameter: how many rows to return.
        limit: Option<&'static str>,
        /// Answer member: the rows.
        items: Option<&'static str>,
        /// Answer member: the cursor of the next part.
        next: Option<&'static str>,
        /// Answer member: the number of rows in all parts.
        total: Option<&'static str>,
    },
    /// The answer tells page and page count, and no parameter to ask for another page is known.
    PageAnswer {
        /// Answer member: the page returned.
        page: Option<&'static str>,
        /// Answer member: the rows.
        items: Option<&'static str>,
        /// Answer member: the number of rows in all pages.
        total: Option<&'static str>,
        /// Answer member: the number of pages.
        total_pages: Option<&'static str>,
    },
}

/// Names of the members of an answer, whatever the style.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AnswerMembers {
    pub(crate) items: Option<&'static str>,
    pub(crate) next: Option<&'static str>,
    pub(crate) total: Option<&'static str>,
    pub(crate) page: Option<&'static str>,
    pub(crate) total_pages: Option<&'static str>,
}

impl Paging {
    pub(crate) fn answer_members(&self) -> AnswerMembers {
        let none = AnswerMembers::default();
        match *self {
            Self::OffsetBody { items, total, .. } => AnswerMembers {
                items,
                total,
                ..none
            },
            Self::CursorBody {
                items, next, total, ..
            }
            | Self::CursorQuery {
                items, next, total, ..
            } => AnswerMembers {
                items,
                next,
                total,
                ..none
            },
            Self::PageQuery {
                items,
                total,
                total_pages,
                ..
            } => AnswerMembers {
                items,
                total,
                total_pages,
                ..none
            },
            Self::PageAnswer {
                page,
                items,
                total,
                total_pages,
            } => AnswerMembers {
                items,
                total,
                page,
                total_pages,
                ..none
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Effect, Method, Operation, PLACEHOLDER, Stability};

    const LISTS: &[&[&Operation]] = &[&[&ONE], &[], &[&TWO, &PLACEHOLDER]];
    static ONE: Operation = called("one");
    static TWO: Operation = called("two");
    static ALL: &[&Operation] = &Operation::join::<{ Operation::count(LISTS) }>(LISTS);

    const fn called(name: &'static str) -> Operation {
        Operation {
            name,
            id: "",
            method: Method::GET,
            path: "",
            tag: "",
            summary: "",
            effect: Effect::Write,
            stability: Stability::Other,
            confidence: None,
            access: Access::Credentials,
            accept: "",
            success: &[],
            session_ended: &[],
            paging: None,
        }
    }

    #[test]
    fn lists_are_joined_in_their_order() {
        let names: Vec<&str> = ALL.iter().map(|operation| operation.name).collect();
        assert_eq!(names, ["one", "two", ""]);
        assert_eq!(Operation::join::<0>(&[]), [] as [&Operation; 0]);
    }

    #[test]
    #[should_panic(expected = "fewer operations")]
    fn a_length_that_is_none_of_the_lists_is_refused() {
        let _ = Operation::join::<4>(LISTS);
    }
}
