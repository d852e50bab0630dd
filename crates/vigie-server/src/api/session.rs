//! Setting up, signing in and out.

use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::http::{HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vigie_cases::{Actor, Role, User, same_secret};
use vigie_store::records::{AuditNote, Ctx, NewUser, Session};

use crate::auth::oidc::Begun;
use crate::auth::{self, password};
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{delete, get, post};
use crate::problem::Problem;

/// Name of the cookie of a sign-in that was begun at the identity provider.
const OIDC_COOKIE: &str = "vigie_oidc";
/// Seconds for signing in at the identity provider.
const OIDC_MAX_S: i64 = 600;

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionView {
    /// The person, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User>,
    /// What `X-Vigie-Csrf` must say in changes; empty for who is not signed in with a browser.
    csrf: String,
    /// Whether the person has a password here, which they may change.
    has_password: bool,
    /// Whether the first admin is still to be made, by the set-up link that the server printed.
    setup_needed: bool,
    /// The identity provider, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc: Option<OidcView>,
}

/// The identity provider.
#[derive(Debug, Serialize, JsonSchema)]
struct OidcView {
    /// Name for the button that leads to `/api/v1/oidc/start`.
    name: String,
}

/// A name and a password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// Sign-in name.
    name: String,
    /// Password.
    password: String,
}

/// The password of before and the one from now on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password of before.
    old_password: String,
    /// Password of at least twelve characters.
    new_password: String,
}

/// The first admin.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetUp {
    /// The one-time token of the set-up link.
    token: String,
    /// Sign-in name.
    name: String,
    /// Password of at least twelve characters.
    password: String,
}

/// What the identity provider sends back.
#[derive(Debug, Deserialize, JsonSchema)]
struct Callback {
    /// The code to redeem.
    code: Option<String>,
    /// What was sent along.
    state: Option<String>,
    /// Why there is no code.
    error: Option<String>,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("Session", "Setting up, signing in and out.");
    api.add(post("/setup", "setUp", "Make the first admin and sign in").open(), set_up);
    api.add(get("/session", "getSession", "Who is signed in").open(), show);
    api.add(post("/session", "signIn", "Sign in with name and password").open(), sign_in);
    api.add(
        post(
            "/session/password",
            "changePassword",
            "Change one's own password; ends one's sessions elsewhere",
        )
        .needs(Role::Viewer),
        change_password,
    );
    api.add(delete("/session", "signOut", "Sign out").needs(Role::Viewer), sign_out);
    let found = StatusCode::FOUND;
    api.add(get("/oidc/start", "startOidc", "Go to the identity provider").open().gives(found), oidc_start);
    api.add(
        get("/oidc/callback", "endOidc", "Come back from the identity provider").open().gives(found),
        oidc_callback,
    );
}

fn view<Q, B>(ask: &Ask<Q, B>, signed_in: Option<(&User, &str)>) -> Result<SessionView, Problem> {
    let known = *ask.app.has_admin.borrow();
    let has_password = match signed_in {
        Some((user, _)) => ask.app.records.user_by_name(&user.name)?.is_some_and(|(_, hash)| hash.is_some()),
        None => false,
    };
    Ok(SessionView {
        has_password,
        user: signed_in.map(|(user, _)| user.clone()),
        csrf: signed_in.map(|(_, csrf)| csrf.to_owned()).unwrap_or_default(),
        setup_needed: !known && !ask.app.records.admin_exists()?,
        oidc: ask.app.oidc.as_ref().map(|client| OidcView { name: client.name().to_owned() }),
    })
}

fn show(ask: &Ask) -> Answer<SessionView> {
    let caller = ask.caller.as_ref();
    let csrf = |session: &Session| session.csrf.clone();
    let csrf = caller.and_then(|c| c.session.as_ref()).map(csrf).unwrap_or_default();
    Ok(Reply::ok(view(ask, caller.map(|c| (&c.user, csrf.as_str())))?))
}

fn signed_in<Q, B>(ask: &Ask<Q, B>, user: &User) -> Answer<SessionView> {
    let (session, cookie) = auth::open_session(&ask.app, user)?;
    Ok(Reply::ok(view(ask, Some((user, &session.csrf)))?).header(header::SET_COOKIE, cookie))
}

fn set_up(ask: &Ask<Nothing, SetUp>) -> Answer<SessionView> {
    slow_down(ask, None)?;
    let refused =
        || Problem::forbidden("this set-up link is used up or wrong; the server printed it when it started");
    let token = ask.app.setup.lock().map_err(|_| Problem::bug("set-up broke off"))?.clone();
    if !token.is_some_and(|token| same_secret(token.as_bytes(), ask.body.token.as_bytes())) {
        return Err(refused());
    }
    let user = NewUser {
        name: ask.body.name.clone(),
        email: None,
        role: Role::Admin,
        password_hash: Some(password::hash(&ask.body.password)?),
        subject: None,
    };
    let user = ask.app.records.set_up(&Ctx::new(Actor::system("setup"), ask.app.now()), &user)?;
    if let Ok(mut token) = ask.app.setup.lock() {
        *token = None;
    }
    ask.app.has_admin.send_replace(true);
    signed_in(ask, &user)
}

fn name_key(name: &str) -> String {
    format!("name {}", name.to_lowercase())
}

fn address_key<Q, B>(ask: &Ask<Q, B>) -> Option<String> {
    ask.from.map(|from| format!("address {from}"))
}

/// Takes an attempt of the name and of the address.
fn slow_down<Q, B>(ask: &Ask<Q, B>, name: Option<&str>) -> Result<(), Problem> {
    let keys: Vec<String> = name.map(name_key).into_iter().chain(address_key(ask)).collect();
    ask.app.sign_in.take(&keys, Instant::now()).map_err(Problem::too_often)
}

fn sign_in(ask: &Ask<Nothing, Credentials>) -> Answer<SessionView> {
    let Credentials { name, password } = &ask.body;
    slow_down(ask, Some(name))?;
    let found = ask.app.records.user_by_name(name)?;
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    let right = password::verify(password, hash);
    match found {
        Some((user, _)) if right && !user.disabled => {
            forgiven(ask, name);
            signed_in(ask, &user)
        }
        _ => {
            ask.app.metrics.sign_in_failures.fetch_add(1, Ordering::Relaxed);
            let target: String = name.chars().take(100).collect();
            refused(ask, "session.refused", &target, &Ctx::new(Actor::Public, ask.app.now()))?;
            Err(Problem::signed_out("name or password is wrong"))
        }
    }
}

fn sign_out(ask: &Ask) -> Answer<Nothing> {
    let Some(session) = &ask.caller()?.session else {
        return Err(Problem::conflict("an API token is not signed in; delete the token instead"));
    };
    ask.app.records.delete_session(&ask.ctx_once()?, &session.session_hash)?;
    let gone = auth::set_cookie(&ask.app.config, auth::SESSION_COOKIE, "", 0)?;
    Ok(Reply::nothing().header(header::SET_COOKIE, gone))
}

fn change_password(ask: &Ask<Nothing, NewPassword>) -> Answer<Nothing> {
    let caller = ask.caller()?;
    let Some(session) = &caller.session else {
        return Err(Problem::forbidden("an API token cannot change a password; sign in"));
    };
    let user = &caller.user;
    // Whoever sits down at somebody's open browser guesses no faster than at the door.
    slow_down(ask, Some(&user.name))?;
    let found = ask.app.records.user_by_name(&user.name)?;
    let old = found.as_ref().and_then(|(_, hash)| hash.as_deref());
    if old.is_some() && !password::verify(&ask.body.old_password, old) {
        ask.app.metrics.sign_in_failures.fetch_add(1, Ordering::Relaxed);
        refused(ask, "user.password_refused", user.user_id.as_str(), &ask.ctx_once()?)?;
        return Err(Problem::field("old_password", "is not your password"));
    }
    let new = password::hash(&ask.body.new_password).map_err(|problem| problem.of_field("new_password"))?;
    ask.app.records.change_password(&ask.ctx_once()?, &user.user_id, &new, &session.session_hash)?;
    forgiven(ask, &user.name);
    Ok(Reply::nothing())
}

/// Gives the attempt of a name and of its address back, since it was right.
fn forgiven<Q, B>(ask: &Ask<Q, B>, name: &str) {
    ask.app.sign_in.forgive(&name_key(name));
    if let Some(address) = address_key(ask) {
        ask.app.sign_in.give_back(&address);
    }
}

/// Remembers a password that was refused, and where it came from.
fn refused<Q, B>(ask: &Ask<Q, B>, action: &str, target: &str, ctx: &Ctx) -> Result<(), Problem> {
    let note = AuditNote {
        action: action.to_owned(),
        target: target.to_owned(),
        detail: json!({ "from": ask.from.map(|from| from.to_string()) }),
    };
    Ok(ask.app.records.note(ctx, &note).map(drop)?)
}

fn no_provider() -> Problem {
    Problem::not_found("this server knows no identity provider; see `vigie serve --help` for --oidc-issuer")
}

fn redirect(to: &str, cookie: HeaderValue) -> Answer<Nothing> {
    let to = HeaderValue::from_str(to).map_err(|_| Problem::bug("a redirect came out unprintable"))?;
    let reply = Reply::nothing().header(header::LOCATION, to).header(header::SET_COOKIE, cookie);
    Ok(reply.status(StatusCode::FOUND))
}

fn oidc_start(ask: &Ask) -> Answer<Nothing> {
    let client = ask.app.oidc.as_ref().ok_or_else(no_provider)?;
    slow_down(ask, None)?;
    let (begun, to) = client.begin()?;
    redirect(&to, auth::set_cookie(&ask.app.config, OIDC_COOKIE, &begun.to_cookie(), OIDC_MAX_S)?)
}

fn oidc_callback(ask: &Ask<Callback>) -> Answer<Nothing> {
    let client = ask.app.oidc.as_ref().ok_or_else(no_provider)?;
    if let Some(error) = &ask.query.error {
        return Err(Problem::forbidden(format!("the identity provider refused: {error}")));
    }
    let begun = auth::cookie(&ask.headers, OIDC_COOKIE).and_then(|text| Begun::from_cookie(&text));
    let (Some(begun), Some(state), Some(code)) = (begun, &ask.query.state, &ask.query.code) else {
        return Err(Problem::unreadable("this sign-in was not begun here or took too long; begin again"));
    };
    let claims = client.end(&begun, state, code, ask.app.now())?;
    let subject = claims.subject();
    let user = match ask.app.records.user_by_subject(&subject)? {
        Some(user) => user,
        None => provisioned(ask, client.new_users(), subject, claims.verified_email())?,
    };
    if user.disabled {
        return Err(Problem::forbidden("this user may not sign in any more"));
    }
    let (_, cookie) = auth::open_session(&ask.app, &user)?;
    let used = auth::set_cookie(&ask.app.config, OIDC_COOKIE, "", 0)?;
    Ok(redirect("/", cookie)?.header(header::SET_COOKIE, used))
}

/// A user for somebody whom only the provider knows, where the operator lets such people in.
fn provisioned(
    ask: &Ask<Callback>,
    role: Option<Role>,
    subject: String,
    email: Option<&str>,
) -> Result<User, Problem> {
    let Some(role) = role else {
        return Err(Problem::forbidden(format!(
            "you are known to the identity provider, not to Vigie; an admin can let you in as `{subject}`"
        )));
    };
    let user = NewUser {
        name: email.unwrap_or(&subject).to_owned(),
        email: email.map(str::to_owned),
        role,
        password_hash: None,
        subject: Some(subject),
    };
    Ok(ask.app.records.create_user(&Ctx::new(Actor::system("oidc"), ask.app.now()), &user)?)
}
