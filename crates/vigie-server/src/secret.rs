//! Chance, and the secrets that are made of it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::problem::Problem;

/// `N` random bytes.
///
/// # Errors
/// [`Problem::bug`] when the system has no randomness.
pub fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Problem::bug("the system gives no random numbers"))?;
    Ok(bytes)
}

/// A new secret of 256 bits as text that fits into URLs, cookies and headers.
///
/// # Errors
/// [`Problem::bug`] when the system has no randomness.
pub fn new_secret() -> Result<String, Problem> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?))
}
