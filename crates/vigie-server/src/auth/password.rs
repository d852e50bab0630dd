//! Passwords: argon2id, with the parameters that OWASP names (19 MiB, two passes, one lane).

use std::sync::Mutex;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::problem::Problem;
use crate::secret;

/// Characters of a password, at least.
pub const CHARS_MIN: usize = 12;
/// Bytes of a password, at most: hashing a megabyte would be a way to keep the server busy.
pub const BYTES_MAX: usize = 256;
/// Memory of one hash in KiB.
const MEMORY_KIB: u32 = 19 * 1024;

/// One hash at a time: memory and both cores stay free for everybody else.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The hash of a new password, as a PHC string.
///
/// # Errors
/// 422 when the password is too short or too long.
pub fn hash(password: &str) -> Result<String, Problem> {
    if password.chars().count() < CHARS_MIN {
        return Err(Problem::field("password", format!("needs at least {CHARS_MIN} characters")));
    }
    if password.len() > BYTES_MAX {
        return Err(Problem::field("password", format!("at most {BYTES_MAX} bytes")));
    }
    let salt = secret::random::<16>()?;
    let _turn = ONE_AT_A_TIME.lock();
    let hash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Problem::bug(format!("the password cannot be hashed: {error}")))?;
    Ok(hash.to_string())
}

/// Whether the password belongs to the hash. Without a hash the same work is done, so that the time does not tell
/// whether the name exists.
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    /// Of no password at all: the last character makes it one that no input gives.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    if password.len() > BYTES_MAX {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let _turn = ONE_AT_A_TIME.lock();
    let right = argon2().is_ok_and(|a| a.verify_password(password.as_bytes(), &parsed).is_ok());
    right && hash.is_some()
}

fn argon2() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY_KIB, 2, 1, None)
        .map_err(|error| Problem::bug(format!("argon2id refuses its parameters: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::{hash, verify};

    #[test]
    fn a_password_opens_its_own_hash_only() {
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("correct horse battery", Some(&stored)));
        assert!(!verify("correct horse batterz", Some(&stored)));
        assert!(!verify("correct horse battery", None));
        assert_ne!(stored, hash("correct horse battery").unwrap());
    }

    #[test]
    fn short_and_huge_passwords_are_refused() {
        assert_eq!(hash("short").unwrap_err().status, 422);
        assert_eq!(hash(&"x".repeat(10_000)).unwrap_err().status, 422);
        assert!(!verify(&"x".repeat(10_000), None));
    }
}
