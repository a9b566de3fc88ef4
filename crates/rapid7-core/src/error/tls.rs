//! What of the HTTP client's errors is about TLS.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// What a server says of the certificate that the client showed, or did not show.
const VERDICTS: [AlertDescription; 9] = [
    AlertDescription::AccessDenied,
    AlertDescription::BadCertificate,
    AlertDescription::CertificateExpired,
    AlertDescription::CertificateRequired,
    AlertDescription::CertificateRevoked,
    AlertDescription::CertificateUnknown,
    // A signature is wrong: that of the certificate, or the one made with its key.
    AlertDescription::DecryptError,
    AlertDescription::UnknownCA,
    AlertDescription::UnsupportedCertificate,
];

/// The failure of a TLS handshake, if that is what went wrong.
///
/// It is the same however often one tries, unlike a connection that was refused or broke.
pub(super) fn handshake_failure(error: &reqwest::Error) -> Option<TlsError> {
    let failure = tls_error(error)?;
    // From TLS 1.3 on, the verdict on the client's certificate comes after the client is done with the
    // handshake; the server reads no request before.
    (error.is_connect() || is_verdict(&failure)).then_some(failure)
}

fn is_verdict(error: &TlsError) -> bool {
    matches!(error, TlsError::AlertReceived(alert) if VERDICTS.contains(alert))
}

/// The cause among the sources of an error.
fn tls_error(error: &(dyn StdError + 'static)) -> Option<TlsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<TlsError>() {
            return Some(found.clone());
        }
        // The source of an `io::Error` is that of the error within, which would be passed over.
        let io = error.downcast_ref::<io::Error>();
        next = match io.and_then(io::Error::get_ref) {
            Some(within) => Some(within),
            None => error.source(),
        };
        // HTTP/2 keeps the kind of an `io::Error` and the text of what is within.
        if io.is_some_and(|io| io.kind() == io::ErrorKind::InvalidData) {
            let text = next.map(ToString::to_string).unwrap_or_default();
            let mut verdicts = VERDICTS.into_iter().map(TlsError::AlertReceived);
            if let Some(found) = verdicts.find(|verdict| verdict.to_string() == text) {
                return Some(found);
            }
        }
    }
    None
}

/// What went wrong and what to do about it.
pub(super) fn advice(error: Option<&TlsError>) -> &'static str {
    match error {
        Some(TlsError::InvalidCertificate(problem)) => match problem {
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid at this time; it needs to be renewed, or this \
                 machine's clock set"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the server's certificate is for another host; check the base URL"
            }
            _ => {
                "the server's certificate is not trusted; if a private authority issued it, name that \
                 with add_root_certificate"
            }
        },
        Some(error) if is_verdict(error) => {
            "the server does not accept this client's certificate, or misses one; set it with identity"
        }
        _ => "no TLS connection came about; check scheme and port of the base URL and the proxy",
    }
}
