//! What paging changes in a request that is made.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use reqwest::header::CONTENT_TYPE;
use serde_json::value::RawValue;

use super::Request;
use crate::parameter::push_pair;

/// The members of a JSON object, in their own words: numbers keep their digits.
pub(crate) type Members = BTreeMap<String, Box<RawValue>>;

impl Request {
    /// The members of a JSON body; none where there is no body.
    pub(crate) fn json_members(&self) -> Result<Members, String> {
        match &self.draft.body {
            None => Ok(Members::new()),
            Some(body) => serde_json::from_slice(body)
                .map_err(|_| "the body is not a JSON object, which pages need".to_owned()),
        }
    }

    pub(crate) fn set_json_members(&mut self, members: &Members) {
        let content_type = self.draft.header_value(&CONTENT_TYPE).cloned();
        match serde_json::to_vec(members) {
            Ok(text) => self.set_body("application/json", text.into()),
            Err(_) => self.remember("the body cannot be written as JSON".to_owned()),
        }
        if let Some(content_type) = content_type {
            self.put_header(CONTENT_TYPE, content_type);
        }
    }

    /// The value of a query parameter, the last one of that name.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        let pairs = self.draft.query.split('&').rev();
        let mut named = pairs.filter_map(|pair| {
            let (given, value) = pair.split_once('=')?;
            is_name(given, name).then_some(value)
        });
        let value = percent_decode_str(named.next()?).decode_utf8().ok()?;
        Some(value.into_owned())
    }

    /// Sets a query parameter, in the place of all of that name.
    pub(crate) fn set_query_value(&mut self, name: &str, value: &str) {
        let is_other = |pair: &&str| {
            let given = pair.split_once('=').map_or(*pair, |(given, _)| given);
            !given.is_empty() && !is_name(given, name)
        };
        let others: Vec<&str> = self.draft.query.split('&').filter(is_other).collect();
        let mut query = others.join("&");
        push_pair(&mut query, name, value);
        self.draft.query = query;
    }
}

fn is_name(encoded: &str, name: &str) -> bool {
    encoded == name
        || percent_decode_str(encoded)
            .decode_utf8()
            .is_ok_and(|given| given == name)
}
