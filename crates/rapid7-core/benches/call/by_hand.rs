//! The call as one would write it without this crate.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;

use crate::server::{self, Server};
use crate::{Case, KEY, QUERY, Resource, Side};

const AGENT: &str = concat!("rapid7-core/", env!("CARGO_PKG_VERSION"));
const TIMEOUT: Duration = Duration::from_secs(300);

/// An HTTP client with the settings that a connection has by default, and what goes into each request.
#[derive(Clone)]
pub(crate) struct ByHand {
    client: Client,
    base: String,
    header: &'static str,
    secret: &'static str,
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
        Self {
            client: client.build().unwrap(),
            base: server.url.clone(),
            header,
            secret,
            case,
        }
    }
}

impl Side for ByHand {
    async fn call(&self) -> Resource {
        let base = &self.base;
        let request = if self.case == Case::PostWithKey {
            let address = format!("{base}/v2/public/resource/query");
            self.client.post(address).json(&QUERY)
        } else {
            let address = format!("{base}/v2/public/resource/{}/detail", 4711);
            let query = [("region", "us-east-1"), ("page", "3")];
            self.client.get(address).query(&query)
        };
        let mut secret = HeaderValue::from_str(self.secret).unwrap();
        secret.set_sensitive(true);
        let response = request
            .header(ACCEPT, "application/json")
            .header(self.header, secret)
            .header(USER_AGENT, AGENT)
            .timeout(TIMEOUT)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap();
        response.json().await.unwrap()
    }
}
