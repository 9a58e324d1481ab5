//! Web Push: the letter encrypted for one browser (RFC 8291, `aes128gcm` of RFC 8188), the sender named by a signed token (VAPID, RFC 8292).
//!
//! The push service in between learns that something came and how large it is, and nothing else. Keys of one use come from the sending's chance.

use super::http::send as request;
use super::{Failure, Sending};
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Key, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use domain::notices::{host_of, safe_url};
use hkdf::Hkdf;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Hosts of the push services of the usual browsers; others are a setting of the channel.
const HOSTS: &[&str] = &["fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"];
const SUFFIXES: &[&str] = &[".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com", ".push.hihonorcloud.com", ".push.hicloud.com"];
/// The size of a record: the whole letter is one.
const RECORD: u32 = 4096;
/// How long a push service keeps what it cannot deliver at once.
const KEEP: i64 = 12 * 3600;

/// A browser's subscription, as the browser says it.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    /// Where the push service takes letters for it.
    pub endpoint: String,
    /// Its keys.
    pub keys: SubscriptionKeys,
}

/// The keys of a subscription.
#[derive(Debug, Clone, Deserialize)]
pub struct SubscriptionKeys {
    /// Its public key, 65 bytes.
    pub p256dh: String,
    /// Its secret of authentication, 16 bytes.
    pub auth: String,
}

impl Subscription {
    /// Reads an address; none if it is no subscription, or one to a host that no push service has (nobody makes the house call an address of his own).
    #[must_use]
    pub fn read(text: &str, more: &str) -> Option<Self> {
        let read: Self = serde_json::from_str(text).ok()?;
        let host = host_of(&read.endpoint).filter(|_| safe_url(&read.endpoint))?;
        let known = HOSTS.contains(&host) || SUFFIXES.iter().any(|suffix| host.ends_with(suffix)) || more.split_whitespace().any(|own| own == host);
        let keys = decode(&read.keys.p256dh)?.len() == 65 && decode(&read.keys.auth)?.len() == 16;
        (known && keys).then_some(read)
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    B64.decode(text.trim_end_matches('=')).ok()
}

/// The key by which this installation is known to push services.
#[derive(Clone)]
pub struct Sender {
    key: SigningKey,
    /// Who answers for it: an address, as the push services want it.
    contact: String,
}

impl Sender {
    /// The sender of a secret of 32 bytes. Not every 32 bytes are a key of the curve: the next hash is tried then.
    #[must_use]
    pub fn new(secret: [u8; 32], contact: &str) -> Self {
        Self { key: SigningKey::from(scalar(secret)), contact: contact.to_owned() }
    }

    /// The public key, as a browser wants it for subscribing.
    #[must_use]
    pub fn public(&self) -> String {
        B64.encode(self.key.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// The authorization header for an origin, good for twelve hours.
    fn authorization(&self, origin: &str, now: i64) -> String {
        let claims = serde_json::json!({ "aud": origin, "exp": now / 1000 + KEEP, "sub": self.contact });
        let head = format!("{}.{}", B64.encode(r#"{"typ":"JWT","alg":"ES256"}"#), B64.encode(claims.to_string()));
        let signature: Signature = self.key.sign(head.as_bytes());
        format!("vapid t={head}.{}, k={}", B64.encode(signature.to_bytes()), self.public())
    }

    /// Sends one letter to one browser.
    pub(super) fn send(&self, agent: &ureq::Agent, link: &str, sending: &Sending<'_>) -> Result<(), Failure> {
        let more = sending.settings.get("hosts").map_or("", String::as_str);
        let to = Subscription::read(sending.address, more).ok_or_else(|| Failure::never("address_bad"))?;
        let plain = serde_json::json!({ "title": sending.letter.title, "body": sending.letter.text, "link": link, "tag": sending.key }).to_string();
        let body = seal(plain.as_bytes(), &to, sending.entropy).ok_or_else(|| Failure::never("address_bad"))?;
        let origin: String = to.endpoint.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let headers = [
            ("content-type", "application/octet-stream".to_owned()),
            ("content-encoding", "aes128gcm".to_owned()),
            ("ttl", KEEP.to_string()),
            ("urgency", if sending.urgent { "high" } else { "normal" }.to_owned()),
            ("authorization", self.authorization(&origin, sending.now.0)),
        ];
        request(agent, "POST", &to.endpoint, &headers, &body).map(drop)
    }
}

fn scalar(mut seed: [u8; 32]) -> SecretKey {
    loop {
        if let Ok(key) = SecretKey::from_slice(&seed) {
            return key;
        }
        seed = Sha256::digest(seed).into();
    }
}

/// Encrypts for one subscription. None if its keys are no keys, or the letter does not fit into one record.
fn seal(plain: &[u8], to: &Subscription, entropy: [u8; 32]) -> Option<Vec<u8>> {
    let (their, auth) = (decode(&to.keys.p256dh)?, decode(&to.keys.auth)?);
    let public = PublicKey::from_sec1_bytes(&their).ok()?;
    let own = scalar(Sha256::new().chain_update(b"push key").chain_update(entropy).finalize().into());
    let salt: [u8; 32] = Sha256::new().chain_update(b"push salt").chain_update(entropy).finalize().into();
    let salt = &salt[..16];
    let point = own.public_key().to_sec1_point(false);
    let shared = p256::ecdh::diffie_hellman(own.to_nonzero_scalar(), public.as_affine());
    let mut ikm = [0; 32];
    let info = [b"WebPush: info\0".as_slice(), &their, point.as_bytes()].concat();
    Hkdf::<Sha256>::new(Some(&auth), shared.raw_secret_bytes()).expand(&info, &mut ikm).ok()?;
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    let derived = Hkdf::<Sha256>::new(Some(salt), &ikm);
    derived.expand(b"Content-Encoding: aes128gcm\0", &mut key).ok()?;
    derived.expand(b"Content-Encoding: nonce\0", &mut nonce).ok()?;
    // 2 marks the last record.
    let padded = [plain, &[2]].concat();
    if padded.len() + 16 > RECORD as usize {
        return None;
    }
    let sealed = Aes128Gcm::new(&Key::<Aes128Gcm>::from(key)).encrypt(&Nonce::from(nonce), padded.as_slice()).ok()?;
    let mut out = salt.to_vec();
    out.extend(RECORD.to_be_bytes());
    out.push(u8::try_from(point.as_bytes().len()).ok()?);
    out.extend(point.as_bytes());
    out.extend(sealed);
    Some(out)
}
