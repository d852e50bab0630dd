//! Users and API tokens.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vigie_cases::{Actor, Role, Scope, Token, TokenId, User, UserId};
use vigie_model::Micros;
use vigie_store::records::{ListQuery, NewToken, NewUser, Page, UserPatch};

use super::lists;
use crate::auth::{self, Caller, password};
use crate::endpoint::{Answer, Api, Ask, Nothing, Reply};
use crate::operation::{delete, get, patch, post};
use crate::problem::Problem;
use crate::secret;

/// Prefix of an API token, so that scanners for leaked secrets know it.
const TOKEN_PREFIX: &str = "vgt_";

/// A new user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateUser {
    /// Sign-in name, unique and for good.
    name: String,
    /// Where to write to.
    #[serde(default)]
    email: Option<String>,
    /// What they may do.
    role: Role,
    /// Password of at least twelve characters; none for who signs in by the identity provider alone.
    #[serde(default)]
    password: Option<String>,
    /// `issuer subject` at the identity provider.
    #[serde(default)]
    subject: Option<String>,
}

/// What changes about a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ChangeUser {
    /// Where to write to; empty for nowhere.
    #[serde(default)]
    email: Option<String>,
    /// What they may do.
    #[serde(default)]
    role: Option<Role>,
    /// Whether sign-in is closed; closing it ends all sessions.
    #[serde(default)]
    disabled: Option<bool>,
    /// New password; ends all sessions.
    #[serde(default)]
    password: Option<String>,
}

/// A new API token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateToken {
    /// What it is for.
    name: String,
    /// What it may do; never more than its owner.
    scopes: Vec<Scope>,
    /// When it ends.
    #[serde(default)]
    expires_at: Option<Micros>,
}

/// A token with its secret, shown once.
#[derive(Debug, Serialize, JsonSchema)]
struct TokenWithSecret {
    /// The token.
    #[serde(flatten)]
    token: Token,
    /// To be sent as `Authorization: Bearer …`; never shown again.
    secret: String,
}

/// Adds the operations.
pub fn routes(api: &mut Api) {
    api.chapter("People", "Who may sign in, and which programs may ask.");
    api.add(get("/users", "listUsers", "Everybody who may sign in").list(), users);
    api.add(
        post("/users", "createUser", "Let somebody sign in").needs(Role::Admin).gives(StatusCode::CREATED),
        create_user,
    );
    api.add(patch("/users/{id}", "patchUser", "Change a user").needs(Role::Admin).may_match(), change_user);
    api.add(get("/tokens", "listTokens", "One's own tokens; an admin sees all").list(), tokens);
    api.add(
        post("/tokens", "createToken", "Make a token; its secret is shown once")
            .needs(Role::Viewer)
            .gives(StatusCode::CREATED),
        create_token,
    );
    api.add(delete("/tokens/{id}", "deleteToken", "Take a token back").needs(Role::Viewer), delete_token);
}

fn users(ask: &Ask<lists::Any>) -> Answer<Page<User>> {
    Ok(Reply::ok(ask.app.records.users(&ask.query.list()?)?))
}

fn hashed(password: Option<&String>) -> Result<Option<String>, Problem> {
    password.map(|password| password::hash(password)).transpose()
}

fn create_user(ask: &Ask<Nothing, CreateUser>) -> Answer<User> {
    let body = &ask.body;
    if body.password.is_none() && body.subject.is_none() {
        return Err(Problem::field(
            "password",
            "a password, or a subject at the identity provider, is needed",
        ));
    }
    let new = NewUser {
        name: body.name.clone(),
        email: body.email.clone().filter(|email| !email.is_empty()),
        role: body.role,
        password_hash: hashed(body.password.as_ref())?,
        subject: body.subject.clone(),
    };
    let user = ask.app.records.create_user(&ask.ctx()?, &new)?;
    let version = user.version;
    Ok(Reply::created(user).version(version))
}

fn change_user(ask: &Ask<Nothing, ChangeUser>) -> Answer<User> {
    let id: UserId = ask.id("id")?;
    let body = &ask.body;
    let patch = UserPatch {
        email: body.email.clone(),
        role: body.role,
        disabled: body.disabled,
        password_hash: hashed(body.password.as_ref())?,
    };
    let user = ask.app.records.patch_user(&ask.ctx()?, &id, &patch, ask.expect)?;
    let version = user.version;
    Ok(Reply::ok(user).version(version))
}

/// Whose tokens the caller sees: all for an admin, else their own.
fn whose(caller: &Caller) -> Option<&UserId> {
    (!caller.actor.may(Role::Admin)).then_some(&caller.user.user_id)
}

fn tokens(ask: &Ask<lists::Any>) -> Answer<Page<Token>> {
    Ok(Reply::ok(ask.app.records.tokens(whose(ask.caller()?), &ask.query.list()?)?))
}

fn create_token(ask: &Ask<Nothing, CreateToken>) -> Answer<TokenWithSecret> {
    let caller = ask.caller()?;
    if !matches!(caller.actor, Actor::User { .. }) {
        return Err(Problem::forbidden("a token cannot make tokens; sign in"));
    }
    if ask.body.scopes.is_empty() {
        return Err(Problem::field("scopes", "at least one of read, write, approve, admin"));
    }
    if let Some(i) = ask.body.scopes.iter().position(|scope| scope.role() > caller.user.role) {
        return Err(Problem::field(format!("scopes[{i}]"), "is more than you may do yourself"));
    }
    let secret = format!("{TOKEN_PREFIX}{}", secret::new_secret()?);
    let new = NewToken {
        name: ask.body.name.clone(),
        scopes: ask.body.scopes.clone(),
        expires_at: ask.body.expires_at,
        secret_hash: auth::hashed(&secret),
    };
    let token = ask.app.records.create_token(&ask.ctx_once()?, &new)?;
    Ok(Reply::created(TokenWithSecret { token, secret }))
}

fn delete_token(ask: &Ask) -> Answer<Nothing> {
    let id: TokenId = ask.id("id")?;
    let caller = ask.caller()?;
    if let Some(owner) = whose(caller) {
        own(ask, owner, &id)?;
    }
    ask.app.records.delete_token(&ask.ctx()?, &id)?;
    Ok(Reply::nothing())
}

/// Other people's tokens are as good as absent.
fn own(ask: &Ask, owner: &UserId, id: &TokenId) -> Result<(), Problem> {
    let mut list = ListQuery { limit: vigie_store::records::LIMIT_MAX, ..ListQuery::default() };
    loop {
        let page = ask.app.records.tokens(Some(owner), &list)?;
        if page.items.iter().any(|token| token.token_id == *id) {
            return Ok(());
        }
        list.cursor = page.next_cursor;
        if list.cursor.is_none() {
            return Err(Problem::not_found(format!("you have no token {id}")));
        }
    }
}
