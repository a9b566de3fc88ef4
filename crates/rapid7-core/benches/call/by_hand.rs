//! The call as one would write it without this crate.

use reqwest::header::{ACCEPT, HeaderValue, USER_AGENT};
use reqwest::{Client, RequestBuilder, Response};
use serde::Deserialize;

use crate::http::{AGENT, TIMEOUT, client};
use crate::server::{self, Server};
use crate::{Case, KEY, QUERY, Side};

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

/// The answer of the server.
#[derive(Deserialize)]
#[allow(
    dead_code,
    clippy::struct_field_names,
    reason = "only its shape matters"
)]
pub(crate) struct Resource {
    resource_id: String,
    resource_name: Option<String>,
    resource_type: String,
    organization_service_id: i64,
    region_name: Option<String>,
    severity: Option<i64>,
    is_public: Option<bool>,
    #[serde(default)]
    tags: Vec<String>,
}

impl Side for ByHand {
    type Answer = Resource;

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
        self.send(request).await.json().await.unwrap()
    }
}

impl ByHand {
    pub(crate) async fn list(&self) -> Vec<Resource> {
        let address = format!("{}{}", self.base, server::LIST_PATH);
        let response = self.send(self.client.get(address)).await;
        response.json().await.unwrap()
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let mut secret = HeaderValue::from_str(self.secret).unwrap();
        secret.set_sensitive(true);
        request
            .header(ACCEPT, "application/json")
            .header(self.header, secret)
            .header(USER_AGENT, AGENT)
            .timeout(TIMEOUT)
            .send()
            .await
            .unwrap()
            .error_for_status()
            .unwrap()
    }
}
