//! The ID token: a JSON web token whose signature, issuer, audience, times and nonce are checked.
//!
//! RS256, which every provider must offer, and ES256. `none` and keyed hashes are refused by not being known.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use vigie_model::Micros;

/// How far two clocks may differ.
const SKEW_S: i64 = 60;

/// The provider's key set (RFC 7517).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

/// One or many, as `aud` may be.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Whom the provider vouches for.
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    exp: i64,
    nonce: Option<String>,
    azp: Option<String>,
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

impl Claims {
    /// Who it is, for good: names and addresses change hands, this does not.
    pub fn subject(&self) -> String {
        format!("{} {}", self.iss, self.sub)
    }

    /// Their e-mail address, if the provider has seen them use it.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_verified)
    }
}

/// Checks a token.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(
    token: &str,
    keys: &Keys,
    issuer: &str,
    client_id: &str,
    nonce: &str,
    now: Micros,
) -> Result<Claims, String> {
    let (signed, signature) = token.rsplit_once('.').ok_or("it is not a JSON web token")?;
    let (header, claims) = signed.split_once('.').ok_or("it is not a JSON web token")?;
    let header: Header = decoded(header)?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| "its signature is not base64url")?;
    let fits = |key: &&Key| header.kid.is_none() || key.kid.is_none() || key.kid == header.kid;
    let good = keys.keys.iter().filter(fits).any(|key| key.signed(&header.alg, signed, &signature));
    if !good {
        return Err(format!("no key of the provider made its {} signature", header.alg));
    }
    let claims: Claims = decoded(claims)?;
    let now_s = now.0.div_euclid(Micros::SECOND);
    let ours = |aud: &String| aud == client_id;
    let for_us = match &claims.aud {
        Audience::One(one) => ours(one),
        // Of many audiences, `azp` says who asked.
        Audience::Many(many) => {
            many.iter().any(ours) && (many.len() == 1 || claims.azp.as_ref().is_some_and(ours))
        }
    };
    if claims.iss != issuer {
        Err(format!("it was issued by {}", claims.iss))
    } else if !for_us {
        Err("it is for another client".to_owned())
    } else if claims.exp + SKEW_S < now_s {
        Err("it has expired".to_owned())
    } else if claims.nonce.as_deref() != Some(nonce) {
        Err("its nonce is not the one of this sign-in".to_owned())
    } else {
        Ok(claims)
    }
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| "it is not base64url".to_owned())?;
    serde_json::from_slice(&bytes).map_err(|error| error.to_string())
}

impl Key {
    fn signed(&self, alg: &str, text: &str, signature: &[u8]) -> bool {
        let part = |text: &Option<String>| {
            text.as_ref().and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok())
        };
        match (alg, self.kty.as_str()) {
            ("RS256", "RSA") => match (part(&self.n), part(&self.e)) {
                (Some(n), Some(e)) => RsaPublicKeyComponents { n: &n, e: &e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), signature)
                    .is_ok(),
                _ => false,
            },
            ("ES256", "EC") if self.crv.as_deref() == Some("P-256") => match (part(&self.x), part(&self.y)) {
                (Some(x), Some(y)) => {
                    let point = [&[4][..], &x, &y].concat();
                    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(text.as_bytes(), signature)
                        .is_ok()
                }
                _ => false,
            },
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as B64;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::{Value, json};
    use vigie_model::Micros;

    use super::{Keys, check};

    const NOW_S: i64 = 1_800_000_000;

    fn claims() -> Value {
        json!({ "iss": "https://id", "aud": "vigie", "exp": NOW_S + 60, "nonce": "n", "sub": "u1" })
    }

    /// A token signed by a fresh key, and the key set that knows it.
    fn signed(header: &Value, claims: &Value) -> (String, Keys) {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let keys = json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "kid": "k", "x": B64.encode(x), "y": B64.encode(y) },
        ] });
        let text = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
        let signature = pair.sign(&random, text.as_bytes()).unwrap();
        (format!("{text}.{}", B64.encode(signature)), serde_json::from_value(keys).unwrap())
    }

    fn checked(header: &Value, claims: &Value) -> Result<String, String> {
        let (token, keys) = signed(header, claims);
        check(&token, &keys, "https://id", "vigie", "n", Micros(NOW_S * Micros::SECOND)).map(|c| c.sub)
    }

    #[test]
    fn a_good_token_names_its_person() {
        let header = json!({ "alg": "ES256", "kid": "k" });
        assert_eq!(checked(&header, &claims()).as_deref(), Ok("u1"));
    }

    #[test]
    fn every_check_bites() {
        let header = json!({ "alg": "ES256", "kid": "k" });
        for (field, wrong) in [
            ("iss", json!("https://evil")),
            ("aud", json!("other")),
            ("aud", json!(["vigie", "other"])),
            ("exp", json!(NOW_S - 3_600)),
            ("nonce", json!("m")),
        ] {
            let mut claims = claims();
            claims[field] = wrong;
            assert!(checked(&header, &claims).is_err(), "{field}");
        }
        for alg in ["none", "HS256", "RS256"] {
            assert!(checked(&json!({ "alg": alg, "kid": "k" }), &claims()).is_err(), "{alg}");
        }
        let (token, _) = signed(&header, &claims());
        let (_, others) = signed(&header, &claims());
        assert!(check(&token, &others, "https://id", "vigie", "n", Micros(NOW_S * Micros::SECOND)).is_err());
    }
}
