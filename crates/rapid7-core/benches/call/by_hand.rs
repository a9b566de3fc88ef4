//! The call as one would write it without this crate.

use reqwest::Client;
use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};

use crate::http::{AGENT, TIMEOUT, client};
use crate::server::{self, Server};
use crate::{Case, KEY, QUERY, Resource, Side};

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
        let (header, secret) = match case {
            Case::GetWithSession => ("x-auth-token", server::TOKEN),
            Case::GetWithKey | Case::PostWithKey => ("api-key", KEY),
        };
        Self {
            client: client(),
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
