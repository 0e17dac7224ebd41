//! Secrets of other systems, encrypted where they rest.
//!
//! The key is a file of the data folder, not a row of the database: a stolen backup opens nothing. Servers that share a
//! database need the same file; without it what was sealed has to be entered again, and nothing else is lost.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};

/// The name of the key's file in the data folder.
pub const KEY_FILE: &str = "secret.key";

const NONCE: usize = 24;

/// What seals and opens secrets. XChaCha20-Poly1305, whose nonces may be drawn at random.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

/// It was sealed with another key, for something else, or was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret was sealed with another key: it has to be entered again")]
pub struct NotOurs;

impl Sealer {
    /// The sealer of a data folder; its key is made when there is none.
    pub fn of_folder(folder: &Path) -> Result<Sealer> {
        let path = folder.join(KEY_FILE);
        let key = match File::open(&path) {
            Ok(file) => {
                let mut key = vec![];
                file.take(64).read_to_end(&mut key).with_context(|| at(&path))?;
                key
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = rand::random::<[u8; 32]>().to_vec();
                std::fs::create_dir_all(folder).with_context(|| at(folder))?;
                // Nobody reads half a key: it gets its name once it is whole.
                let written = tempfile_beside(&path);
                let mut options = OpenOptions::new();
                let mut file = options
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&written)
                    .with_context(|| at(&written))?;
                file.write_all(&key)
                    .and_then(|()| file.sync_all())
                    .with_context(|| at(&written))?;
                match std::fs::hard_link(&written, &path) {
                    Ok(()) => std::fs::remove_file(&written).with_context(|| at(&written))?,
                    // Another server of this folder was first.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                        std::fs::remove_file(&written).with_context(|| at(&written))?;
                        return Sealer::of_folder(folder);
                    }
                    Err(error) => return Err(error).with_context(|| at(&path)),
                }
                key
            }
            Err(error) => return Err(error).with_context(|| at(&path)),
        };
        ensure!(key.len() == 32, "{} is not a key of 32 bytes", path.display());
        Ok(Sealer(XChaCha20Poly1305::new(Key::from_slice(&key))))
    }

    /// Seals a secret for one use, such as `connector/dvc-52`: opened for another it is not ours.
    pub fn seal(&self, used_for: &str, secret: &[u8]) -> String {
        let nonce = rand::random::<[u8; NONCE]>();
        let payload = Payload { msg: secret, aad: used_for.as_bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.expect("a secret is shorter than 256 GiB");
        BASE64_STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Sealer::seal`] made for this use.
    pub fn open(&self, used_for: &str, sealed: &str) -> Result<Vec<u8>, NotOurs> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).map_err(|_| NotOurs)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(NotOurs)?;
        let payload = Payload { msg: sealed, aad: used_for.as_bytes() };
        self.0.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| NotOurs)
    }
}

fn tempfile_beside(path: &Path) -> std::path::PathBuf {
    path.with_extension(format!("{:016x}", rand::random::<u64>()))
}

fn at(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_secret_is_opened_by_its_own_key_for_its_own_use() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealer = Sealer::of_folder(here.path()).unwrap();
        let sealed = sealer.seal("connector/a", b"mat khau");
        assert!(!sealed.contains("mat khau"));
        assert_ne!(sealed, sealer.seal("connector/a", b"mat khau"), "a nonce was used twice");

        let after_a_start = Sealer::of_folder(here.path()).unwrap();
        assert_eq!(after_a_start.open("connector/a", &sealed).unwrap(), b"mat khau");

        let other = Sealer::of_folder(there.path()).unwrap();
        let mut changed = sealed.clone().into_bytes();
        changed[40] ^= 1;
        for (case, sealer, used_for, text) in [
            ("another use", &sealer, "connector/b", sealed.as_str()),
            ("another key", &other, "connector/a", sealed.as_str()),
            ("changed", &sealer, "connector/a", std::str::from_utf8(&changed).unwrap()),
            ("cut", &sealer, "connector/a", &sealed[..20]),
            ("not base64", &sealer, "connector/a", "é"),
            ("empty", &sealer, "connector/a", ""),
        ] {
            assert_eq!(sealer.open(used_for, text), Err(NotOurs), "{case}");
        }
    }

    #[test]
    fn the_key_is_for_the_server_alone_and_a_broken_one_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        Sealer::of_folder(folder.path()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

        std::fs::write(&path, b"short").unwrap();
        assert!(Sealer::of_folder(folder.path()).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
