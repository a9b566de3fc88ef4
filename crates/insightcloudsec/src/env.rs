//! Address and credentials from the environment.

use std::ffi::OsString;

use rapid7_core::{BuildError, Credentials};

use crate::builder::Builder;

const URL: &str = "INSIGHTCLOUDSEC_URL";
const API_KEY: &str = "INSIGHTCLOUDSEC_API_KEY";
const USERNAME: &str = "INSIGHTCLOUDSEC_USERNAME";
const PASSWORD: &str = "INSIGHTCLOUDSEC_PASSWORD";

/// Why the environment does not tell how to connect. Values are not quoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvError {
    /// `INSIGHTCLOUDSEC_URL` is not set, or empty.
    #[error("{URL} is not set; it takes the address of the instance, such as https://acme.example")]
    NoUrl,
    /// There is neither a key nor any of user name and password.
    #[error("there are no credentials; set {API_KEY}, or {USERNAME} and {PASSWORD}")]
    NoCredentials,
    /// There is a password without user name, and no key.
    #[error("{PASSWORD} is set and {USERNAME} is not; set both, or {API_KEY}")]
    NoUsername,
    /// There is a user name without password, and no key.
    #[error("{USERNAME} is set and {PASSWORD} is not; set both, or {API_KEY}")]
    NoPassword,
    /// The value of this variable is not Unicode.
    #[error("{0} is not valid Unicode")]
    NotUnicode(&'static str),
    /// The values are there and cannot work.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// Reads through `get`, since tests cannot change the environment of a process safely.
pub(crate) fn builder(get: impl Fn(&str) -> Option<OsString>) -> Result<Builder, EnvError> {
    let read = |name| match get(name).map(OsString::into_string) {
        Some(Ok(value)) if !value.trim().is_empty() => Ok(Some(value)),
        Some(Err(_)) => Err(EnvError::NotUnicode(name)),
        Some(Ok(_)) | None => Ok(None),
    };
    let url = read(URL)?.ok_or(EnvError::NoUrl)?;
    let credentials = match read(API_KEY)? {
        Some(key) => Credentials::api_key(key),
        None => match (read(USERNAME)?, read(PASSWORD)?) {
            (Some(username), Some(password)) => Credentials::login(username, password),
            (Some(_), None) => return Err(EnvError::NoPassword),
            (None, Some(_)) => return Err(EnvError::NoUsername),
            (None, None) => return Err(EnvError::NoCredentials),
        },
    };
    Ok(Builder::new(&url, credentials))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Builder, EnvError> {
        builder(|name| {
            let (_, value) = variables.iter().find(|(given, _)| *given == name)?;
            Some(value.into())
        })
    }

    fn credentials(variables: &[(&str, &str)]) -> String {
        let ics = with(variables).unwrap().build().unwrap();
        let text = format!("{ics:?}");
        assert!(!text.contains("s3cret"), "{text}");
        text.split("credentials: ").nth(1).unwrap()[..7].to_owned()
    }

    #[test]
    fn a_key_wins_over_user_name_and_password() {
        let url = (URL, "https://acme.example");
        let key = (API_KEY, "s3cret-key\n");
        let user = [(USERNAME, "ada"), (PASSWORD, "s3cret")];
        assert_eq!(credentials(&[url, key]), "\"API ke");
        assert_eq!(credentials(&[url, user[0], user[1]]), "\"login\"");
        assert_eq!(credentials(&[url, key, user[0], user[1]]), "\"API ke");
        assert_eq!(credentials(&[url, key, user[0]]), "\"API ke");
        assert_eq!(
            credentials(&[url, (API_KEY, " "), user[0], user[1]]),
            "\"login\""
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let url = (URL, "https://acme.example");
        for (variables, expected) in [
            (
                &[][..],
                "INSIGHTCLOUDSEC_URL is not set; it takes the address of the instance, such as https://acme.example",
            ),
            (
                &[(URL, ""), (API_KEY, "k")],
                "INSIGHTCLOUDSEC_URL is not set; it takes the address of the instance, such as https://acme.example",
            ),
            (
                &[url],
                "there are no credentials; set INSIGHTCLOUDSEC_API_KEY, or INSIGHTCLOUDSEC_USERNAME and \
                 INSIGHTCLOUDSEC_PASSWORD",
            ),
            (
                &[url, (USERNAME, "ada")],
                "INSIGHTCLOUDSEC_USERNAME is set and INSIGHTCLOUDSEC_PASSWORD is not; set both, or \
                 INSIGHTCLOUDSEC_API_KEY",
            ),
            (
                &[url, (USERNAME, "\t"), (PASSWORD, "s3cret")],
                "INSIGHTCLOUDSEC_PASSWORD is set and INSIGHTCLOUDSEC_USERNAME is not; set both, or \
                 INSIGHTCLOUDSEC_API_KEY",
            ),
        ] {
            assert_eq!(with(variables).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn values_that_cannot_work_are_errors() {
        let error = with(&[(URL, "acme.example"), (API_KEY, "k")])
            .unwrap()
            .build()
            .unwrap_err();
        assert!(matches!(error, BuildError::BaseUrlWithoutScheme));
        assert_eq!(
            EnvError::from(error).to_string(),
            "the base URL has no scheme; put https:// in front of it"
        );
    }

    #[cfg(unix)]
    #[test]
    fn values_that_are_not_unicode_are_errors() {
        use std::os::unix::ffi::OsStringExt;
        let error = builder(|_| Some(OsString::from_vec(vec![0xff]))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "INSIGHTCLOUDSEC_URL is not valid Unicode"
        );
    }
}
