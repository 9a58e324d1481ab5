//! The installation's keys: sealing telephone and identity numbers, indexing them, signing checkpoints.
//!
//! One file of 32 secret bytes; each use has its own key derived from it, so that none can stand in for another. The file lies outside the data folder and a
//! backup never holds it: who steals the data alone cannot open what is sealed.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::path::Path;

/// The keys, all derived from one secret.
#[derive(Clone)]
pub struct Keys {
    seal: [u8; 32],
    index: [u8; 32],
    sign: SigningKey,
    push: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyTrouble {
    /// It cannot be read or written.
    #[error("密钥文件 {path} 无法读写：{why} (key file)")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// It is not 64 hexadecimal digits.
    #[error("密钥文件 {path} 内容不对，应为 64 位十六进制 (key file is not 64 hexadecimal digits)")]
    Malformed {
        /// The file.
        path: String,
    },
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads hexadecimal.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect()
}

impl Keys {
    /// Keys out of a secret.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        let derive = |use_: &str| -> [u8; 32] { mac(&secret, use_.as_bytes()) };
        Self {
            seal: derive("xinjiean seal 1"),
            index: derive("xinjiean index 1"),
            sign: SigningKey::from_bytes(&derive("xinjiean sign 1")),
            push: derive("xinjiean push 1"),
        }
    }

    /// Reads the key file; makes it from `fresh` if there is none (readable by the owner only).
    ///
    /// # Errors
    /// If it cannot be read or written, or is no key.
    pub fn open(path: &Path, fresh: [u8; 32]) -> Result<Self, KeyTrouble> {
        let trouble = |why: std::io::Error| KeyTrouble::Unreadable { path: path.display().to_string(), why: why.to_string() };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let secret = unhex(text.trim()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
                secret.map(Self::new).ok_or_else(|| KeyTrouble::Malformed { path: path.display().to_string() })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                write_private(path, &hex(&fresh)).map_err(trouble)?;
                Ok(Self::new(fresh))
            }
            Err(error) => Err(trouble(error)),
        }
    }

    /// Seals a text; the nonce (24 bytes) stands before the ciphertext. `about` is bound to it, so that a sealed value cannot be moved to another row.
    #[must_use]
    pub fn seal(&self, text: &str, about: &str, nonce: [u8; 32]) -> Vec<u8> {
        let mut out = nonce[..24].to_vec();
        let cipher = XChaCha20Poly1305::new(&Key::from(self.seal));
        let payload = chacha20poly1305::aead::Payload { msg: text.as_bytes(), aad: about.as_bytes() };
        // Encrypting in memory cannot fail for texts below 256 GiB.
        out.extend(cipher.encrypt(&nonce_of(&out), payload).unwrap_or_default());
        out
    }

    /// Opens a sealed text; `None` if it was not sealed with this key for this row.
    #[must_use]
    pub fn open_sealed(&self, bytes: &[u8], about: &str) -> Option<String> {
        if bytes.len() < 24 {
            return None;
        }
        let cipher = XChaCha20Poly1305::new(&Key::from(self.seal));
        let payload = chacha20poly1305::aead::Payload { msg: &bytes[24..], aad: about.as_bytes() };
        String::from_utf8(cipher.decrypt(&nonce_of(bytes), payload).ok()?).ok()
    }

    /// The index of a value: equal values have equal indexes, and only who holds the key can make one.
    #[must_use]
    pub fn index(&self, value: &str) -> String {
        hex(&mac(&self.index, value.as_bytes()))
    }

    /// The index of a value's last four characters.
    #[must_use]
    pub fn tail_index(&self, value: &str) -> String {
        let chars: Vec<char> = value.chars().collect();
        let tail: String = chars[chars.len().saturating_sub(4)..].iter().collect();
        hex(&mac(&self.index, format!("tail {tail}").as_bytes()))
    }

    /// The secret of a token that a request asks for: the same request gets the same one, and nobody without the key can make it.
    #[must_use]
    pub fn token(&self, once: &crate::desk::Once) -> String {
        format!("xja_{}", self.index(&format!("token {} {} {}", once.account, once.key, once.fingerprint)))
    }

    /// 32 bytes that follow from a request and its use: what is shown once (a first password, recovery codes) is the same when the request is repeated, and no
    /// kept answer holds it.
    #[must_use]
    pub fn shown_once(&self, use_: &str, once: &crate::desk::Once) -> [u8; 32] {
        mac(&self.index, format!("{use_} {} {} {}", once.account, once.key, once.fingerprint).as_bytes())
    }

    /// Signs a checkpoint's text: signature and public key in hexadecimal.
    #[must_use]
    pub fn sign(&self, text: &str) -> (String, String) {
        (hex(&self.sign.sign(text.as_bytes()).to_bytes()), hex(self.sign.verifying_key().as_bytes()))
    }

    /// By what push services know this installation; `contact` is who answers for it.
    #[must_use]
    pub fn push(&self, contact: &str) -> crate::out::push::Sender {
        crate::out::push::Sender::new(self.push, contact)
    }

    /// The public key, to be kept elsewhere.
    #[must_use]
    pub fn public(&self) -> String {
        hex(self.sign.verifying_key().as_bytes())
    }
}

fn nonce_of(bytes: &[u8]) -> XNonce {
    let mut nonce = [0_u8; 24];
    nonce.copy_from_slice(&bytes[..24]);
    XNonce::from(nonce)
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().into()
        }
        // HMAC takes keys of any length; hashing both is the same strength and keeps this total.
        Err(_) => Sha256::new().chain_update(key).chain_update(message).finalize().into(),
    }
}

/// Whether the signature over `text` is that of `public`.
#[must_use]
pub fn verify(text: &str, signature: &str, public: &str) -> bool {
    let key = unhex(public).and_then(|b| <[u8; 32]>::try_from(b).ok()).and_then(|b| VerifyingKey::from_bytes(&b).ok());
    let signature = unhex(signature).and_then(|b| <[u8; 64]>::try_from(b).ok()).map(|b| Signature::from_bytes(&b));
    matches!((key, signature), (Some(key), Some(signature)) if key.verify(text.as_bytes(), &signature).is_ok())
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_where_it_was_sealed() {
        let keys = Keys::new([1; 32]);
        let sealed = keys.seal("13800138000", "wrd_1", [7; 32]);
        assert_eq!(keys.open_sealed(&sealed, "wrd_1").as_deref(), Some("13800138000"));
        assert_eq!(keys.open_sealed(&sealed, "wrd_2"), None);
        assert_eq!(Keys::new([2; 32]).open_sealed(&sealed, "wrd_1"), None);
        assert_eq!(keys.tail_index("13800138000"), keys.tail_index("8000"));
        assert_ne!(keys.index("8000"), keys.tail_index("8000"));
    }

    #[test]
    fn a_signature_binds_the_text() {
        let keys = Keys::new([1; 32]);
        let (signature, public) = keys.sign("a");
        assert!(verify("a", &signature, &public));
        assert!(!verify("b", &signature, &public));
    }
}
