//! Who signs in, and who may administer.

use vigie_cases::{Actor, Role, Scope};
use vigie_store::records::{AuditFilter, ListQuery, NewToken, NewUser, RecordsError, Session, UserPatch};

use crate::fixtures::{NOW, ctx, day, person};
use crate::place::Store;

pub fn people_and_programs_sign_in(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let (user, hash) = records.user_by_name("ada").unwrap().unwrap();
    assert_eq!(hash.as_deref(), Some("hash"));
    let session = Session {
        session_hash: "s".to_owned(),
        user_id: user.user_id.clone(),
        csrf: "c".to_owned(),
        created_at: NOW,
        expires_at: day(1),
    };
    records.create_session(&ctx(&ada, NOW), &session).unwrap();
    let (found, who) = records.session("s", NOW).unwrap().unwrap();
    assert_eq!((found, who.name.as_str()), (session, "ada"));
    assert_eq!(records.user(&user.user_id).unwrap().last_seen_at, Some(NOW));
    assert_eq!(records.session("s", day(1)).unwrap(), None, "over");
    assert_eq!(records.session("other", NOW).unwrap(), None);

    let new = NewToken {
        name: "script".to_owned(),
        scopes: vec![Scope::Read],
        expires_at: Some(day(2)),
        secret_hash: "t".to_owned(),
    };
    let token = records.create_token(&ctx(&ada, NOW), &new).unwrap();
    assert_eq!(records.token_by_hash("t", NOW).unwrap().unwrap().0.token_id, token.token_id);
    assert_eq!(records.token_by_hash("t", day(2)).unwrap(), None, "over");
    assert_eq!(records.tokens(Some(&user.user_id), &ListQuery::default()).unwrap().items.len(), 1);

    let out = UserPatch { disabled: Some(true), ..UserPatch::default() };
    let root = NewUser {
        name: "root".to_owned(),
        email: None,
        role: Role::Admin,
        password_hash: None,
        subject: Some("https://id.example sub".to_owned()),
    };
    let root = records.set_up(&ctx(&Actor::system("setup"), NOW), &root).unwrap();
    assert_eq!(records.user_by_subject("https://id.example sub").unwrap().unwrap().user_id, root.user_id);
    records.patch_user(&ctx(&ada, NOW), &user.user_id, &out, Some(1)).unwrap();
    assert_eq!(records.session("s", NOW).unwrap(), None, "a closed user is out at once");
    assert_eq!(records.token_by_hash("t", NOW).unwrap(), None);
    records.delete_token(&ctx(&ada, NOW), &token.token_id).unwrap();
}

pub fn a_new_password_ends_the_sessions_elsewhere(store: &Store) {
    let records = &store.records;
    let ada = person(records, "ada", Role::Analyst);
    let (user, _) = records.user_by_name("ada").unwrap().unwrap();
    for hash in ["here", "elsewhere"] {
        let session = Session {
            session_hash: hash.to_owned(),
            user_id: user.user_id.clone(),
            csrf: "c".to_owned(),
            created_at: NOW,
            expires_at: day(1),
        };
        records.create_session(&ctx(&ada, NOW), &session).unwrap();
    }
    let changed = records.change_password(&ctx(&ada, NOW), &user.user_id, "other", "here").unwrap();
    assert_eq!(changed.version, user.version + 1);
    assert_eq!(records.user_by_name("ada").unwrap().unwrap().1.as_deref(), Some("other"));
    assert!(records.session("here", NOW).unwrap().is_some());
    assert_eq!(records.session("elsewhere", NOW).unwrap(), None);
    let filter = AuditFilter { action: Some("user.password_changed".to_owned()), ..AuditFilter::default() };
    let entries = records.audit_page(&filter, &ListQuery::default()).unwrap().items;
    assert_eq!((entries[0].actor.as_str(), &entries[0].detail["sessions_ended"]), ("ada", &1.into()));

    let elsewhere = NewUser {
        name: "eve".to_owned(),
        email: None,
        role: Role::Viewer,
        password_hash: None,
        subject: Some("https://id.example eve".to_owned()),
    };
    let eve = records.create_user(&ctx(&ada, NOW), &elsewhere).unwrap();
    let refused = records.change_password(&ctx(&ada, NOW), &eve.user_id, "first", "here");
    assert!(matches!(refused, Err(RecordsError::Conflict(_))), "{refused:?}");
    assert_eq!(records.user_by_name("eve").unwrap().unwrap().1, None);
}

pub fn somebody_always_remains_who_may_administer(store: &Store) {
    let records = &store.records;
    assert!(!records.admin_exists().unwrap());
    let new = |name: &str| NewUser {
        name: name.to_owned(),
        email: Some("a@example.org".to_owned()),
        role: Role::Viewer,
        password_hash: Some("h".to_owned()),
        subject: None,
    };
    let setup = ctx(&Actor::system("setup"), NOW);
    let admin = records.set_up(&setup, &new("root")).unwrap();
    assert_eq!(admin.role, Role::Admin, "the first one administers, whatever was asked");
    assert!(matches!(records.set_up(&setup, &new("second")), Err(RecordsError::Conflict(_))));
    assert!(matches!(records.create_user(&setup, &new("root")), Err(RecordsError::Conflict(_))));
    assert!(matches!(records.create_user(&setup, &new("a b")), Err(RecordsError::Invalid(_))));
    for patch in [
        UserPatch { disabled: Some(true), ..UserPatch::default() },
        UserPatch { role: Some(Role::Approver), ..UserPatch::default() },
    ] {
        let refused = records.patch_user(&setup, &admin.user_id, &patch, None);
        assert!(matches!(refused, Err(RecordsError::Conflict(_))), "{refused:?}");
    }
    assert!(records.admin_exists().unwrap());
    assert_eq!(records.user(&admin.user_id).unwrap().version, 1, "nothing of it was written");
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let store = crate::place::sqlite();
    person(&store.records, "ada", Role::Analyst);
    let path = store.url.strip_prefix("sqlite:").unwrap();
    for file in [path.to_owned(), format!("{path}-wal")] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
