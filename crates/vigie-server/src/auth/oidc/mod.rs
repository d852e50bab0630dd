//! Sign-in by OpenID Connect: authorization code with PKCE (RFC 7636), discovery, and a checked ID token.
//!
//! What lives here: the dance with the provider, up to whom it vouches for. What does not: cookies and users.
//!
//! Everything blocks; the dance needs two calls of the provider, which are made on blocking threads.

mod id_token;

use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use vigie_cases::{Role, same_secret};
use vigie_model::Micros;

pub use id_token::Claims;

use crate::problem::Problem;
use crate::secret;

/// Time for one call of the provider.
const CALL_MAX: Duration = Duration::from_secs(10);
/// Bytes of an answer of the provider, at most.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// A provider, as the operator names it.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// Name on the button.
    pub name: String,
    /// Issuer: where `/.well-known/openid-configuration` lies.
    pub issuer: String,
    /// Client id at the provider.
    pub client_id: String,
    /// Client secret at the provider; none for a public client.
    pub client_secret: Option<String>,
    /// Where the provider sends people back to: `PUBLIC-URL/api/v1/oidc/callback`.
    pub redirect_uri: String,
    /// Role of people whom only the provider knows; without one they are not let in.
    pub new_users: Option<Role>,
}

/// What discovery tells.
#[derive(Clone, Debug, Deserialize)]
struct Provider {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// The answer of the token endpoint; nothing else of it is of use here.
#[derive(Debug, Deserialize)]
struct Tokens {
    id_token: String,
}

/// A sign-in that was begun; the browser carries it in a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Ties the answer to the browser that asked.
    pub state: String,
    /// Ties the ID token to this sign-in.
    pub nonce: String,
    /// Proves that who redeems the code is who asked for it.
    pub verifier: String,
}

impl Begun {
    /// As a cookie's value.
    pub fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.state, self.nonce, self.verifier)
    }

    /// From a cookie's value.
    pub fn from_cookie(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(str::to_owned);
        let begun = Self { state: parts.next()?, nonce: parts.next()?, verifier: parts.next()? };
        parts.next().is_none().then_some(begun)
    }
}

/// Speaks with one provider.
#[derive(Debug)]
pub struct Client {
    config: OidcConfig,
    agent: Agent,
    provider: Mutex<Option<Provider>>,
}

impl Client {
    /// Calls nobody yet.
    pub fn new(config: OidcConfig) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(CALL_MAX))
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        Self { config, agent: Agent::new_with_config(agent), provider: Mutex::default() }
    }

    /// Name on the button.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Role of people whom only the provider knows.
    pub fn new_users(&self) -> Option<Role> {
        self.config.new_users
    }

    /// Begins: what to remember, and where to send the browser.
    ///
    /// # Errors
    /// 503 when the provider does not answer as OpenID Connect has it.
    pub fn begin(&self) -> Result<(Begun, String), Problem> {
        let provider = self.discover()?;
        let begun = Begun {
            state: secret::new_secret()?,
            nonce: secret::new_secret()?,
            verifier: secret::new_secret()?,
        };
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, begun.verifier.as_bytes()));
        let query = [
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &self.config.redirect_uri),
            ("scope", "openid email profile"),
            ("state", &begun.state),
            ("nonce", &begun.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .join("&");
        let joint = if provider.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok((begun, format!("{}{joint}{query}", provider.authorization_endpoint)))
    }

    /// Ends: redeems the code and checks whom the provider vouches for.
    ///
    /// # Errors
    /// 403 when state, code or token are not what they should be, 503 when the provider does not answer.
    pub fn end(&self, begun: &Begun, state: &str, code: &str, now: Micros) -> Result<Claims, Problem> {
        if !same_secret(state.as_bytes(), begun.state.as_bytes()) {
            return Err(Problem::forbidden("this sign-in was begun in another browser; begin again"));
        }
        let provider = self.discover()?;
        let mut request = self.agent.post(&provider.token_endpoint);
        if let Some(secret) = &self.config.client_secret {
            let pair = format!("{}:{}", escaped(&self.config.client_id), escaped(secret));
            request = request.header("authorization", format!("Basic {}", BASE64_STANDARD.encode(pair)));
        }
        let sent = request.send_form([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.config.redirect_uri.as_str()),
            ("client_id", self.config.client_id.as_str()),
            ("code_verifier", begun.verifier.as_str()),
        ]);
        let tokens: Tokens = read("token endpoint", sent)?;
        let keys: id_token::Keys = self.get("key set", &provider.jwks_uri)?;
        id_token::check(&tokens.id_token, &keys, &provider.issuer, &self.config.client_id, &begun.nonce, now)
            .map_err(|why| Problem::forbidden(format!("the identity provider's token is refused: {why}")))
    }

    /// Asked once, then remembered.
    fn discover(&self) -> Result<Provider, Problem> {
        let mut known = self.provider.lock().map_err(|_| Problem::bug("a sign-in broke off"))?;
        if let Some(provider) = known.as_ref() {
            return Ok(provider.clone());
        }
        let issuer = self.config.issuer.trim_end_matches('/');
        let provider: Provider =
            self.get("discovery", &format!("{issuer}/.well-known/openid-configuration"))?;
        if provider.issuer.trim_end_matches('/') != issuer {
            return Err(Problem::unavailable(format!(
                "the identity provider calls itself {}, not {issuer}; correct --oidc-issuer",
                provider.issuer
            )));
        }
        *known = Some(provider.clone());
        Ok(provider)
    }

    fn get<T: DeserializeOwned>(&self, what: &str, url: &str) -> Result<T, Problem> {
        read(what, self.agent.get(url).call())
    }
}

type Answered = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read<T: DeserializeOwned>(what: &str, answered: Answered) -> Result<T, Problem> {
    let failed = |why: String| Problem::unavailable(format!("the identity provider's {what}: {why}"));
    let mut response = answered.map_err(|error| failed(error.to_string()))?;
    let status = response.status();
    let text = response
        .body_mut()
        .with_config()
        .limit(ANSWER_BYTES_MAX)
        .read_to_string()
        .map_err(|error| failed(error.to_string()))?;
    if !status.is_success() {
        let start: String = text.chars().take(200).collect();
        return Err(Problem::forbidden(format!("the identity provider's {what} answered {status}: {start}")));
    }
    serde_json::from_str(&text).map_err(|error| failed(error.to_string()))
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Begun, escaped};

    #[test]
    fn what_was_begun_survives_its_cookie() {
        let begun = Begun { state: "s".into(), nonce: "n".into(), verifier: "v".into() };
        assert_eq!(Begun::from_cookie(&begun.to_cookie()), Some(begun));
        assert_eq!(Begun::from_cookie("a.b"), None);
        assert_eq!(Begun::from_cookie("a.b.c.d"), None);
    }

    #[test]
    fn what_goes_into_a_url_is_escaped() {
        assert_eq!(escaped("https://a/b?c=é"), "https%3A%2F%2Fa%2Fb%3Fc%3D%C3%A9");
    }
}
