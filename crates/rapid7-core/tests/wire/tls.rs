//! Servers behind a private certificate authority.

use std::sync::Arc;

use rapid7_core::{Connection, ConnectionBuilder, Credentials, Request};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::server::json;
use crate::{AUTH, LIST, call};

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Serves `{}` as `localhost`, with a certificate of this authority.
async fn serve(authority: &CertifiedIssuer<'static, KeyPair>) -> String {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that does not trust the certificate hangs up here.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            _ = stream.read(&mut [0; 4096]).await;
            _ = stream.write_all(&json(200, "{}")).await;
            _ = stream.shutdown().await;
        }
    });
    url
}

fn builder(url: &str) -> ConnectionBuilder {
    Connection::builder(AUTH, url, Credentials::api_key("k3y"))
}

#[tokio::test]
async fn a_private_authority_is_trusted_once_added() {
    let (first, second) = (authority(), authority());
    let url = serve(&second).await;
    let stranger = builder(&url).build().unwrap();
    let error = call(&stranger, Request::new(&LIST)).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert!(
        error.to_string().contains("invalid peer certificate"),
        "{error}"
    );

    // A bundle of several, as organisations hand out.
    let bundle = format!("{}\n{}", first.pem(), second.pem());
    let trusting = builder(&url).add_root_certificate(bundle).build().unwrap();
    assert_eq!(
        call(&trusting, Request::new(&LIST)).await.unwrap().text(),
        "{}"
    );
}
