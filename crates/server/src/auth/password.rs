//! Passwords: argon2id with OWASP's parameters, never on the threads that answer requests.

use anyhow::{Context, Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// The least characters of a password.
const SHORTEST: usize = 12;
/// Longer ones only cost time.
const LONGEST: usize = 256;

/// Hashes and verifies, so many at a time: each takes 19 MiB and a processor.
pub struct Passwords {
    at_once: Semaphore,
    /// Of nobody: verified when there is no such account, so that the answer takes as long.
    of_nobody: String,
}

/// Whether a password can be set for this user name.
pub fn is_strong(user: &str, password: &str) -> bool {
    let characters = password.chars().count();
    (SHORTEST..=LONGEST).contains(&characters)
        && !password.to_lowercase().contains(&user.to_lowercase())
}

/// The hash of a password, as a PHC string.
pub fn hash(password: &str) -> Result<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    Ok(hashed.map_err(|error| anyhow!("hashing a password: {error}"))?.to_string())
}

fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

impl Passwords {
    /// As many at once as there are processors.
    pub fn new() -> Result<Passwords> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Passwords {
            at_once: Semaphore::new(processors),
            of_nobody: hash("nobody has this password")?,
        })
    }

    /// Whether the password is right; for nobody (`None`) it takes as long and is wrong.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let turn = self.at_once.acquire().await.context("the server is closing")?;
        let exists = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.of_nobody).to_owned());
        let right = tokio::task::spawn_blocking(move || {
            password.len() <= 4 * LONGEST && matches(&password, &hash)
        })
        .await?;
        drop(turn);
        Ok(right && exists)
    }

    /// The hash of a new password.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let _turn = self.at_once.acquire().await.context("the server is closing")?;
        let password = password.to_owned();
        tokio::task::spawn_blocking(move || hash(&password)).await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_somebody_is_right() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("mật khẩu đủ dài").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (password, hash, expected) in [
            ("mật khẩu đủ dài", Some(hash.as_str()), true),
            ("mật khẩu đủ dài!", Some(hash.as_str()), false),
            ("mật khẩu đủ dài", None, false),
            ("nobody has this password", None, false),
            ("x", Some("not a hash"), false),
        ] {
            assert_eq!(passwords.verify(password, hash).await.unwrap(), expected, "{password}");
        }
    }

    #[test]
    fn a_password_is_long_and_does_not_name_its_owner() {
        for (user, password, strong) in [
            ("nhap.52", "mùa xuân về", false),
            ("nhap.52", "mùa xuân về rồi", true),
            ("nhap.52", "NHAP.52-NHAP.52", false),
        ] {
            assert_eq!(is_strong(user, password), strong, "{password}");
        }
    }
}
