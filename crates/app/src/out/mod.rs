//! Out of the house: the letters of notices, by really signed requests. One file a kind of channel.
//!
//! Nothing here opens a transaction, and nothing decides who is told. A secret is read from its file at each sending, so that it can be changed while the service
//! runs; it is in no log and no error. Time and chance come in with the sending.

mod ding_talk;
mod http;
mod mail;
pub mod push;
mod sms;
mod we_com;
mod zhe_zheng_ding;

pub use http::Answer;

use domain::kernel::Instant;
use domain::notices::{ChannelKind, Letter, is_file_name};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

/// One letter to one address by one channel.
#[derive(Debug)]
pub struct Sending<'a> {
    /// The channel's id.
    pub channel: &'a str,
    /// What it speaks.
    pub kind: ChannelKind,
    /// Its settings.
    pub settings: &'a BTreeMap<String, String>,
    /// The address in it; empty where none is needed.
    pub address: &'a str,
    /// What is said.
    pub letter: &'a Letter,
    /// The same for each try of the same letter.
    pub key: &'a str,
    /// Whether somebody must wake up.
    pub urgent: bool,
    /// Now.
    pub now: Instant,
    /// Chance for nonces and keys of one use.
    pub entropy: [u8; 32],
}

impl Sending<'_> {
    fn setting(&self, name: &str) -> Result<&str, Failure> {
        self.settings.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or_else(|| Failure::never(format!("setting_missing {name}")))
    }

    fn nonce(&self) -> String {
        crate::keys::hex(&self.entropy[..16])
    }
}

/// The codes of what keeps a letter in the house; the screens say each in their language. After a code, one word may say more: a status, a setting, a file's name.
pub const WHYS: &[&str] = &[
    "address_bad",
    "answer_cut",
    "answer_garbled",
    "answered",
    "busy",
    "host_unknown",
    "house",
    "no_address",
    "nobody",
    "not_https",
    "not_taken",
    "request_bad",
    "request_failed",
    "secret_bad",
    "secret_unreadable",
    "setting_bad",
    "setting_missing",
    "throttled",
    "timeout",
    "tls_failed",
    "unreachable",
];

/// Why a letter did not go, without personal data, and whether to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why: a code of [`WHYS`], and what it is about.
    pub why: String,
    /// When to try again.
    pub again: Again,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Later; not before so many milliseconds, if the other side said so.
    Later(Option<i64>),
    /// Never: it would fail the same way.
    Never,
    /// Never, and this address is no more.
    Gone,
}

impl Failure {
    /// Try again later.
    pub fn later(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: Again::Later(None) }
    }

    /// Do not try again.
    pub fn never(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: Again::Never }
    }
}

/// What carries letters out of the house.
pub trait Out: Send + Sync + 'static {
    /// Sends one letter and waits for the answer.
    ///
    /// # Errors
    /// A [`Failure`].
    fn send(&self, sending: &Sending<'_>) -> Result<(), Failure>;
}

/// The real one.
pub struct Post {
    secrets: PathBuf,
    address: String,
    agent: ureq::Agent,
    push: push::Sender,
    tokens: Mutex<BTreeMap<String, (String, Instant)>>,
}

impl Post {
    /// Carries letters. `secrets` is the folder of secret files, `address` the installation's own address, for links.
    #[must_use]
    pub fn new(secrets: PathBuf, address: &str, push: push::Sender) -> Self {
        Self { secrets, address: address.trim_end_matches('/').to_owned(), agent: http::agent(), push, tokens: Mutex::default() }
    }

    /// The secret in a file of the folder.
    fn secret(&self, sending: &Sending<'_>, setting: &str) -> Result<String, Failure> {
        let name = sending.setting(setting)?;
        if !is_file_name(name) {
            return Err(Failure::never("secret_bad"));
        }
        let text = std::fs::read_to_string(self.secrets.join(name)).map_err(|_| Failure::never(format!("secret_unreadable {name}")))?;
        Ok(text.trim().to_owned())
    }

    fn link(&self, letter: &Letter) -> String {
        format!("{}{}", self.address, letter.path)
    }

    fn words(&self, letter: &Letter) -> String {
        format!("{}\n{}", letter.text, self.link(letter))
    }
}

impl Out for Post {
    fn send(&self, sending: &Sending<'_>) -> Result<(), Failure> {
        match sending.kind {
            ChannelKind::Browser => self.push.send(&self.agent, &self.link(sending.letter), sending),
            ChannelKind::Sms => sms::send(self, sending),
            ChannelKind::DingTalk => ding_talk::send(self, sending),
            ChannelKind::ZheZhengDing => zhe_zheng_ding::send(self, sending),
            ChannelKind::WeCom => we_com::send(self, sending),
            ChannelKind::Mail => mail::send(self, sending),
        }
    }
}
