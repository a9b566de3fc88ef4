//! The call as one would write it without this crate.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use crate::server::{self, Server};
use crate::{Case, KEY, QUERY, Resource, Side};

const AGENT: &str = concat!("rapid7-core/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(300);

/// An HTTP client with the settings that a connection has by default, and what goes into each request.
#[derive(Clone)]
pub(crate) struct ByHand {
    client: Client,
    base: String,
    header: HeaderName,
    secret: HeaderValue,
    case: Case,
}

impl ByHand {
    pub(crate) fn new(server: &Server, case: Case) -> Self {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(60))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy();
        let (header, secret) = match case {
            Case::GetWithSession => ("x-auth-token", server::TOKEN),
            Case::GetWithKey | Case::PostWithKey => ("api-key", KEY),
        };
        let mut secret = HeaderValue::from_static(secret);
        secret.set_sensitive(true);
        Self {
            client: client.build().unwrap(),
            base: server.url.clone(),
            header: HeaderName::from_static(header),
            secret,
            case,
        }
    }
}

impl Side for ByHand {
    async fn call(&self) -> Resource {
        let base = &self.base;
        let json = HeaderValue::from_static("application/json");
        let request = if self.case == Case::PostWithKey {
            self.client
                .post(format!("{base}/v2/public/resource/query"))
                .header(CONTENT_TYPE, json.clone())
                .body(serde_json::to_vec(&QUERY).unwrap())
        } else {
            let address = format!("{base}/v2/public/resource/{}/detail", 4711);
            let query = [("region", "us-east-1"), ("page", &3.to_string())];
            self.client
                .get(Url::parse_with_params(&address, query).unwrap())
        };
        let response = request
            .header(ACCEPT, json)
            .header(self.header.clone(), self.secret.clone())
            .header(USER_AGENT, HeaderValue::from_static(AGENT))
            .timeout(TIMEOUT)
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success());
        let body = response.bytes().await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}
