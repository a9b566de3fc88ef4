//! The loop as one would write it without this crate: a page, its items, the next page.

use reqwest::Client;
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};

use crate::http::{AGENT, TIMEOUT, client};
use crate::server::Server;
use crate::work::Reader;
use crate::{KEY, Paged, Query, ResourcePage, Side};

/// An HTTP client with the settings that a connection has by default, and what goes into each request.
#[derive(Clone)]
pub(crate) struct ByHand {
    client: Client,
    base: String,
    paged: Paged,
    page_size: usize,
}

impl ByHand {
    pub(crate) fn new(server: &Server, paged: Paged, page_size: usize) -> Self {
        Self {
            client: client(),
            base: server.url.clone(),
            paged,
            page_size,
        }
    }

    async fn page(&self, query: &Query) -> ResourcePage {
        let mut secret = HeaderValue::from_str(KEY).unwrap();
        secret.set_sensitive(true);
        let response = self
            .client
            .post(format!("{}{}", self.base, self.paged.path()))
            .json(query)
            .header(ACCEPT, "application/json")
            .header("api-key", secret)
            .header(USER_AGENT, AGENT)
            .timeout(TIMEOUT)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap();
        response.json().await.unwrap()
    }

    async fn read_by_cursor(&self, reader: &mut Reader) {
        let mut query = Query::new(self.page_size);
        loop {
            let page = self.page(&query).await;
            for item in page.resources {
                reader.take(item).await;
            }
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                break;
            }
        }
    }

    async fn read_by_offset(&self, reader: &mut Reader) {
        let mut query = Query::new(self.page_size);
        let mut offset = 0;
        loop {
            query.offset = Some(offset);
            let page = self.page(&query).await;
            offset += page.resources.len() as u64;
            for item in page.resources {
                reader.take(item).await;
            }
            if offset >= page.total_count.unwrap() {
                break;
            }
        }
    }
}

impl Side for ByHand {
    async fn read(&self, reader: &mut Reader) {
        match self.paged {
            Paged::ByCursor => self.read_by_cursor(reader).await,
            Paged::ByOffset => self.read_by_offset(reader).await,
        }
    }
}
