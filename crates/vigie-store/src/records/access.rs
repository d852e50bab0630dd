//! Users, sessions and API tokens. Secrets come in as hashes and are never stored otherwise.

use serde_json::json;
use vigie_cases::{Role, Token, TokenId, User, UserId, text_field};
use vigie_model::Micros;

use super::engine::Records;
use super::error::RecordsError;
use super::list::Select;
use super::sql::{Answer, Row, params};
use super::tx::{Db, Tx, doc, fresh};
use super::types::{Ctx, ListQuery, NewToken, NewUser, Page, Session, UserPatch};

/// How often a sign of life is written down, at most.
const SEEN_EVERY: i64 = 60 * Micros::SECOND;

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Analyst => "analyst",
        Role::Approver => "approver",
        Role::Admin => "admin",
    }
}

/// A user from `doc, seen_at`.
fn user(row: &Row) -> Answer<User> {
    let mut user: User = serde_json::from_str(row.text(0))?;
    user.last_seen_at = Some(Micros(row.int(1))).filter(|t| t.0 > 0);
    Ok(user)
}

fn get(db: &mut Db<'_>, id: &UserId) -> Answer<User> {
    let row = db.row("SELECT doc, seen_at FROM users WHERE user_id = ?", params![id.as_str()])?;
    user(&row.ok_or_else(|| RecordsError::missing("user", id))?)
}

fn insert(tx: &mut Tx<'_>, new: &NewUser) -> Answer<User> {
    let sound = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
    if !(1..=64).contains(&new.name.chars().count()) || !new.name.chars().all(sound) {
        let must = "must have 1 to 64 letters, digits or `.`, `_`, `-`, `@`, `+`";
        return Err(RecordsError::invalid("name", must));
    }
    email_ok(new.email.as_deref())?;
    if tx.db.number("SELECT COUNT(*) FROM users WHERE name = ?", params![new.name.as_str()])? > 0 {
        return Err(RecordsError::Conflict(format!("there is a user `{}` already", new.name)));
    }
    let subject = new.subject.as_deref();
    if tx.db.number("SELECT COUNT(*) FROM users WHERE subject = ?", params![subject])? > 0 {
        return Err(RecordsError::Conflict("there is a user with this identity already".to_owned()));
    }
    let now = tx.ctx.now;
    let user = User {
        user_id: UserId::mint(now, Tx::chance()?),
        name: new.name.clone(),
        email: new.email.clone().filter(|e| !e.is_empty()),
        role: new.role,
        disabled: false,
        created_at: now,
        last_seen_at: None,
        version: 1,
    };
    let sql = "INSERT INTO users (user_id, name, subject, password_hash, role, disabled, created_at, seen_at, doc) \
               VALUES (?, ?, ?, ?, ?, 0, ?, 0, ?)";
    let (id, password) = (user.user_id.as_str(), new.password_hash.as_deref());
    tx.db
        .run(sql, params![id, new.name.as_str(), subject, password, role_name(new.role), now, doc(&user)?])?;
    tx.audit("user.created", id, json!({ "name": user.name, "role": user.role }))?;
    Ok(user)
}

fn email_ok(email: Option<&str>) -> Answer<()> {
    match email.filter(|e| !e.is_empty()) {
        Some(e) if e.len() > 254 || !e.contains('@') || e.chars().any(char::is_control) => {
            Err(RecordsError::invalid("email", "must be an e-mail address"))
        }
        _ => Ok(()),
    }
}

fn admins(db: &mut Db<'_>) -> Answer<u64> {
    db.number("SELECT COUNT(*) FROM users WHERE role = 'admin' AND disabled = 0", params![])
}

impl Records {
    /// Whether anybody may administer.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn admin_exists(&self) -> Result<bool, RecordsError> {
        self.read(|db| Ok(admins(db)? > 0))
    }

    /// Makes the first admin.
    ///
    /// # Errors
    /// [`RecordsError::Conflict`] when there is one, [`RecordsError::Invalid`] field by field.
    pub fn set_up(&self, ctx: &Ctx, new: &NewUser) -> Result<User, RecordsError> {
        self.write(ctx, |tx| {
            if admins(&mut tx.db)? > 0 {
                return Err(RecordsError::Conflict("Vigie is set up already; sign in".to_owned()));
            }
            insert(tx, &NewUser { role: Role::Admin, ..new.clone() })
        })
    }

    /// Makes a user.
    ///
    /// # Errors
    /// [`RecordsError::Conflict`] for a name or identity that is taken, [`RecordsError::Invalid`] field by field.
    pub fn create_user(&self, ctx: &Ctx, new: &NewUser) -> Result<User, RecordsError> {
        self.mutate(ctx, "create_user", &(&new.name, &new.email, new.role, &new.subject), |tx| {
            insert(tx, new)
        })
    }

    /// Users by name. `q` looks in names.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn users(&self, list: &ListQuery) -> Result<Page<User>, RecordsError> {
        let mut select = Select::new("doc, seen_at", "users", "user_id", &[("name", "name")], false, list)?;
        select.search("name", list.q.as_deref(), false);
        self.read(|db| select.page(db, list, user))
    }

    /// One user.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn user(&self, id: &UserId) -> Result<User, RecordsError> {
        self.read(|db| get(db, id))
    }

    /// The user of a sign-in name, with the password hash, disabled or not.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn user_by_name(&self, name: &str) -> Result<Option<(User, Option<String>)>, RecordsError> {
        let sql = "SELECT doc, seen_at, password_hash FROM users WHERE name = ?";
        self.read(|db| {
            let row = db.row(sql, params![name])?;
            row.map(|row| Ok((user(&row)?, row.maybe_text(2).map(str::to_owned)))).transpose()
        })
    }

    /// The user of an identity elsewhere, disabled or not.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn user_by_subject(&self, subject: &str) -> Result<Option<User>, RecordsError> {
        let sql = "SELECT doc, seen_at FROM users WHERE subject = ?";
        self.read(|db| db.row(sql, params![subject])?.as_ref().map(user).transpose())
    }

    /// Changes a user. A new password or closing the sign-in ends all sessions.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`], [`RecordsError::Stale`], [`RecordsError::Invalid`]; [`RecordsError::Conflict`] when
    /// nobody could administer afterwards.
    pub fn patch_user(
        &self,
        ctx: &Ctx,
        id: &UserId,
        patch: &UserPatch,
        expect: Option<u64>,
    ) -> Result<User, RecordsError> {
        email_ok(patch.email.as_deref())?;
        self.write(ctx, |tx| {
            let mut user = get(&mut tx.db, id)?;
            fresh(expect, user.version)?;
            if let Some(email) = &patch.email {
                user.email = Some(email.clone()).filter(|e| !e.is_empty());
            }
            user.role = patch.role.unwrap_or(user.role);
            user.disabled = patch.disabled.unwrap_or(user.disabled);
            user.version += 1;
            let sql = "UPDATE users SET role = ?, disabled = ?, password_hash = COALESCE(?, password_hash), doc = ? \
                       WHERE user_id = ?";
            let password = patch.password_hash.as_deref();
            tx.db.run(sql, params![role_name(user.role), user.disabled, password, doc(&user)?, id.as_str()])?;
            if admins(&mut tx.db)? == 0 {
                return Err(RecordsError::Conflict("somebody must remain who may administer".to_owned()));
            }
            if user.disabled || password.is_some() {
                tx.db.run("DELETE FROM sessions WHERE user_id = ?", params![id.as_str()])?;
            }
            let detail = json!({ "role": user.role, "disabled": user.disabled, "password": password.is_some() });
            tx.audit("user.changed", id.as_str(), detail)?;
            Ok(user)
        })
    }

    /// Gives somebody who signs in here another password, at their own wish, and ends all of their sessions but the one with
    /// hash `keep`. Their API tokens hold on.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`]; [`RecordsError::Conflict`] for who has no password to change.
    pub fn change_password(
        &self,
        ctx: &Ctx,
        id: &UserId,
        password_hash: &str,
        keep: &str,
    ) -> Result<User, RecordsError> {
        self.write(ctx, |tx| {
            let mut user = get(&mut tx.db, id)?;
            user.version += 1;
            let sql =
                "UPDATE users SET password_hash = ?, doc = ? WHERE user_id = ? AND password_hash IS NOT NULL";
            if tx.db.run(sql, params![password_hash, doc(&user)?, id.as_str()])? == 0 {
                let why = "you have no password here: you sign in by the identity provider";
                return Err(RecordsError::Conflict(why.to_owned()));
            }
            let sql = "DELETE FROM sessions WHERE user_id = ? AND session_hash <> ?";
            let ended = tx.db.run(sql, params![id.as_str(), keep])?;
            tx.audit("user.password_changed", id.as_str(), json!({ "sessions_ended": ended }))?;
            Ok(user)
        })
    }

    /// Signs somebody in.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`] for an unknown user.
    pub fn create_session(&self, ctx: &Ctx, s: &Session) -> Result<(), RecordsError> {
        self.write(ctx, |tx| {
            get(&mut tx.db, &s.user_id)?;
            let sql = "INSERT INTO sessions (session_hash, user_id, csrf, created_at, expires_at) VALUES (?, ?, ?, ?, ?)";
            let (hash, id) = (s.session_hash.as_str(), s.user_id.as_str());
            tx.db.run(sql, params![hash, id, s.csrf.as_str(), s.created_at, s.expires_at])?;
            tx.audit("session.created", id, json!({ "expires_at": s.expires_at }))?;
            Ok(())
        })
    }

    /// The session and its user, if it holds at `now` and the user may sign in. Notes the sign of life once a minute.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn session(&self, session_hash: &str, now: Micros) -> Result<Option<(Session, User)>, RecordsError> {
        let sql = "SELECT u.doc, u.seen_at, s.csrf, s.created_at, s.expires_at FROM sessions s \
                   JOIN users u ON u.user_id = s.user_id \
                   WHERE s.session_hash = ? AND s.expires_at > ? AND u.disabled = 0";
        let Some(row) = self.read(|db| db.row(sql, params![session_hash, now]))? else { return Ok(None) };
        let user = user(&row)?;
        self.seen("users", "seen_at", "user_id", user.user_id.as_str(), row.int(1), now)?;
        let session = Session {
            session_hash: session_hash.to_owned(),
            user_id: user.user_id.clone(),
            csrf: row.text(2).to_owned(),
            created_at: Micros(row.int(3)),
            expires_at: Micros(row.int(4)),
        };
        Ok(Some((session, user)))
    }

    /// Signs somebody out; nothing happens to a session that is gone.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn delete_session(&self, ctx: &Ctx, session_hash: &str) -> Result<(), RecordsError> {
        self.write(ctx, |tx| {
            if tx.db.run("DELETE FROM sessions WHERE session_hash = ?", params![session_hash])? > 0 {
                tx.audit("session.ended", &tx.ctx.actor.person(), json!({}))?;
            }
            Ok(())
        })
    }

    /// Makes an API token of the person who asks.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] field by field, [`RecordsError::NotFound`] when the asker is no user.
    pub fn create_token(&self, ctx: &Ctx, new: &NewToken) -> Result<Token, RecordsError> {
        text_field("name", &new.name, 100)?;
        if new.scopes.is_empty() || new.expires_at.is_some_and(|end| end <= ctx.now) {
            return Err(RecordsError::invalid(
                "scopes",
                "must name at least one scope, and expires_at be after now",
            ));
        }
        self.write(ctx, |tx| {
            let owner = UserId::parse(&ctx.actor.person())
                .map_err(|_| RecordsError::missing("user", ctx.actor.name()))?;
            let owner = get(&mut tx.db, &owner)?;
            let token = Token {
                token_id: TokenId::mint(ctx.now, Tx::chance()?),
                name: new.name.clone(),
                scopes: new.scopes.clone(),
                owner: owner.user_id,
                owner_name: owner.name,
                created_at: ctx.now,
                expires_at: new.expires_at,
                last_used_at: None,
            };
            let sql = "INSERT INTO tokens (token_id, secret_hash, owner, created_at, used_at, doc) \
                       VALUES (?, ?, ?, ?, 0, ?)";
            let id = token.token_id.as_str();
            tx.db.run(
                sql,
                params![id, new.secret_hash.as_str(), token.owner.as_str(), ctx.now, doc(&token)?],
            )?;
            tx.audit("token.created", id, json!({ "name": token.name, "scopes": token.scopes }))?;
            Ok(token)
        })
    }

    /// API tokens, newest first; of one owner, or of everybody.
    ///
    /// # Errors
    /// [`RecordsError::Invalid`] for a wrong cursor.
    pub fn tokens(&self, owner: Option<&UserId>, list: &ListQuery) -> Result<Page<Token>, RecordsError> {
        let sorts = &[("created_at", "created_at")];
        let mut select = Select::new("doc, used_at", "tokens", "token_id", sorts, true, list)?;
        select.only_if("owner", owner.map(UserId::as_str));
        self.read(|db| select.page(db, list, token))
    }

    /// The token with this secret and its owner, if it holds at `now` and the owner may sign in. Notes the use once a minute.
    ///
    /// # Errors
    /// [`RecordsError::Unavailable`].
    pub fn token_by_hash(
        &self,
        secret_hash: &str,
        now: Micros,
    ) -> Result<Option<(Token, User)>, RecordsError> {
        let sql = "SELECT t.doc, t.used_at, u.doc, u.seen_at FROM tokens t JOIN users u ON u.user_id = t.owner \
                   WHERE t.secret_hash = ? AND u.disabled = 0";
        let Some(row) = self.read(|db| db.row(sql, params![secret_hash]))? else { return Ok(None) };
        let token = token(&row)?;
        if token.expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        self.seen("tokens", "used_at", "token_id", token.token_id.as_str(), row.int(1), now)?;
        Ok(Some((token, user(&Row(row.0.into_iter().skip(2).collect()))?)))
    }

    /// Ends a token.
    ///
    /// # Errors
    /// [`RecordsError::NotFound`].
    pub fn delete_token(&self, ctx: &Ctx, id: &TokenId) -> Result<(), RecordsError> {
        self.write(ctx, |tx| {
            if tx.db.run("DELETE FROM tokens WHERE token_id = ?", params![id.as_str()])? == 0 {
                return Err(RecordsError::missing("token", id));
            }
            tx.audit("token.ended", id.as_str(), json!({}))?;
            Ok(())
        })
    }

    /// Writes a sign of life down when the last is old enough; not worth an audit entry.
    fn seen(&self, table: &str, column: &str, key: &str, id: &str, last: i64, now: Micros) -> Answer<()> {
        if now.0.saturating_sub(last) < SEEN_EVERY {
            return Ok(());
        }
        let ctx = Ctx::new(vigie_cases::Actor::system("session"), now);
        let sql = format!("UPDATE {table} SET {column} = ? WHERE {key} = ? AND {column} < ?");
        self.write(&ctx, |tx| tx.db.run(&sql, params![now, id, now]).map(drop))
    }
}

/// A token from `doc, used_at`.
fn token(row: &Row) -> Answer<Token> {
    let mut token: Token = serde_json::from_str(row.text(0))?;
    token.last_used_at = Some(Micros(row.int(1))).filter(|t| t.0 > 0);
    Ok(token)
}
