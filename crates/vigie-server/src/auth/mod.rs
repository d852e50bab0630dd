//! Who asks, and whether they may.
//!
//! What lives here: cookies, tokens, CSRF, roles of operations, how passwords and identity providers vouch for people, and
//! which address a request comes from.
//! What does not: what a role may decide; that is vigie-cases'.

pub mod forwarded;
pub mod limiter;
pub mod oidc;
pub mod password;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use vigie_cases::{Actor, User, same_secret, sha256_hex};
use vigie_model::Micros;
use vigie_store::records::{Ctx, Session};

use crate::operation::Operation;
use crate::problem::Problem;
use crate::secret;
use crate::state::{App, Config};

/// Name of the cookie of a session.
pub const SESSION_COOKIE: &str = "vigie_session";
/// The header that must repeat the session's CSRF value.
pub const CSRF_HEADER: &str = "x-vigie-csrf";
/// How long a sign-in holds.
const SESSION_MAX: Micros = Micros(12 * Micros::HOUR);

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As the records know them.
    pub actor: Actor,
    /// The person, or the person behind a token.
    pub user: User,
    /// The session, for who signed in with a browser.
    pub session: Option<Session>,
}

/// Finds out who asks and whether they may do this.
///
/// # Errors
/// 401 when nobody is signed in though somebody must be, 403 when they may not, or when the CSRF value is missing.
pub fn admit(app: &App, operation: &Operation, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let caller = identify(app, headers)?;
    let Some(role) = operation.role else { return Ok(caller) };
    let Some(caller) = caller else {
        return Err(Problem::signed_out("sign in, or send an API token as `Authorization: Bearer …`"));
    };
    if let Some(session) = &caller.session
        && operation.method != Method::GET
    {
        let sent = headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !same_secret(sent.as_bytes(), session.csrf.as_bytes()) {
            return Err(Problem::forbidden(
                "the header X-Vigie-Csrf is missing or old; GET /api/v1/session tells its value",
            ));
        }
    }
    if !caller.actor.may(role) {
        return Err(Problem::forbidden(crate::openapi::needs(role)));
    }
    Ok(Some(caller))
}

fn identify(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    let now = app.now();
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let secret = value.to_str().ok().and_then(|text| {
            let (scheme, secret) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
        });
        let refused = || Problem::signed_out("this API token is unknown, expired or deleted");
        let secret = secret.ok_or_else(refused)?;
        let (token, owner) = app.records.token_by_hash(&hashed(secret), now)?.ok_or_else(refused)?;
        let actor = Actor::Token {
            token_id: token.token_id,
            name: token.name,
            owner: token.owner,
            owner_name: token.owner_name,
            // Never more than the person may do today.
            scopes: token.scopes.into_iter().filter(|scope| scope.role() <= owner.role).collect(),
        };
        return Ok(Some(Caller { actor, user: owner, session: None }));
    }
    let Some(secret) = cookie(headers, SESSION_COOKIE) else { return Ok(None) };
    let Some((session, user)) = app.records.session(&hashed(&secret), now)? else { return Ok(None) };
    let actor = actor_of(&user);
    Ok(Some(Caller { actor, user, session: Some(session) }))
}

/// The person as the records know them.
pub fn actor_of(user: &User) -> Actor {
    Actor::User { user_id: user.user_id.clone(), name: user.name.clone(), role: user.role }
}

/// How secrets are stored: 256 random bits need no slow hash.
pub fn hashed(secret: &str) -> String {
    sha256_hex(secret.as_bytes())
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// `Set-Cookie`: not for scripts, not from other sites.
///
/// # Errors
/// [`Problem::bug`] when the value does not fit into a header.
pub fn set_cookie(config: &Config, name: &str, value: &str, max_age_s: i64) -> Result<HeaderValue, Problem> {
    let secure = if config.secure_cookies() { "; Secure" } else { "" };
    // Lax, not strict: who comes back from an identity provider, or by a deep link in a chat, is still signed in.
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    HeaderValue::from_str(&text).map_err(|_| Problem::bug("a cookie came out unprintable"))
}

/// Signs a person in: the session, and its cookie.
///
/// # Errors
/// Those of the records.
pub fn open_session(app: &App, user: &User) -> Result<(Session, HeaderValue), Problem> {
    let now = app.now();
    let secret = secret::new_secret()?;
    let session = Session {
        session_hash: hashed(&secret),
        user_id: user.user_id.clone(),
        csrf: secret::new_secret()?,
        created_at: now,
        expires_at: Micros(now.0 + SESSION_MAX.0),
    };
    app.records.create_session(&Ctx::new(actor_of(user), now), &session)?;
    let cookie = set_cookie(&app.config, SESSION_COOKIE, &secret, SESSION_MAX.0 / Micros::SECOND)?;
    Ok((session, cookie))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::cookie;

    #[test]
    fn cookies_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; vigie_session=secret; b=2"));
        assert_eq!(cookie(&headers, "vigie_session").as_deref(), Some("secret"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
