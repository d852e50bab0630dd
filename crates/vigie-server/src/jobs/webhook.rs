//! One webhook call: Standard Webhooks signature, one POST, no redirects.
//!
//! What lives here: the signature and the call. What does not: which deliveries are due, and when to try again.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use ureq::Agent;
use vigie_model::Micros;

use crate::problem::Problem;
use crate::secret;

/// Prefix of a webhook's secret.
const SECRET_PREFIX: &str = "whsec_";
/// Time for one call, all told.
const CALL_MAX: Duration = Duration::from_secs(15);
/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 300;

/// A new secret: `whsec_` and 24 random bytes in base64, as Standard Webhooks has it.
///
/// # Errors
/// When the system has no randomness.
pub fn new_secret() -> Result<String, Problem> {
    Ok(format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(secret::random::<24>()?)))
}

/// The value of `webhook-signature`: HMAC-SHA256 over id, timestamp and body.
///
/// Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.
pub fn signature(secret: &str, id: &str, timestamp_s: i64, body: &str) -> String {
    let text = secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret);
    let key = BASE64_STANDARD.decode(text).unwrap_or_else(|_| text.as_bytes().to_vec());
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let tag = hmac::sign(&key, format!("{id}.{timestamp_s}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(tag))
}

/// Whether a webhook may have this address: HTTPS, or HTTP on this very machine.
///
/// # Errors
/// 422 for the field `url`.
pub fn check_url(url: &str) -> Result<(), Problem> {
    let uri: axum::http::Uri =
        url.parse().map_err(|error| Problem::field("url", format!("is not a URL: {error}")))?;
    let host = uri.host().unwrap_or_default();
    match uri.scheme_str() {
        _ if host.is_empty() => Err(Problem::field("url", "names no host")),
        Some("https") => Ok(()),
        Some("http") if matches!(host, "localhost" | "127.0.0.1" | "[::1]") => Ok(()),
        _ => Err(Problem::field("url", "must begin with https:// (http:// only to this machine)")),
    }
}

/// Makes the one call; blocks.
#[derive(Clone, Debug)]
pub struct Caller {
    agent: Agent,
}

impl Caller {
    /// Ready to call.
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(CALL_MAX))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("vigie/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: Agent::new_with_config(config) }
    }

    /// Posts `body`; anything but a 2xx is an error.
    ///
    /// # Errors
    /// What went wrong, in words that fit into a table.
    pub fn call(&self, url: &str, secret: &str, id: &str, body: &str, now: Micros) -> Result<(), String> {
        let timestamp_s = now.0.div_euclid(Micros::SECOND);
        let answered = self
            .agent
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_s.to_string())
            .header("webhook-signature", signature(secret, id, timestamp_s, body))
            .send(body);
        match answered {
            Ok(response) if response.status().is_success() => Ok(()),
            Ok(response) => Err(format!("answered {}", response.status())),
            Err(error) => Err(error.to_string().chars().take(ERROR_CHARS_MAX).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check_url, signature};

    /// The example of the specification.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let body = r#"{"test": 2432232314}"#;
        let signed = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn webhooks_leave_the_machine_encrypted_only() {
        check_url("https://hooks.example.com/vigie").unwrap();
        check_url("http://127.0.0.1:9000/").unwrap();
        for bad in ["http://example.com/", "ftp://example.com/", "example.com", "", "https://"] {
            assert_eq!(check_url(bad).unwrap_err().status, 422, "{bad}");
        }
    }
}
