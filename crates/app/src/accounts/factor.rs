//! The second factor of an account: making it, confirming it, asking for it, and the codes for the day on which the telephone is lost.

use super::totp;
use super::{Visitor, digest, must_have_factor};
use crate::desk::Desk;
use crate::fault::Fault;
use crate::keys::Keys;
use crate::trail::note;
use domain::accounts::Actor;
use domain::kernel::{AccountId, Instant, Mint, Refusal};
use domain::trail::{ACCOUNTS, AccountFact};
use store::accounts::{Account, Factor};
use store::db::Tx;

/// How many recovery codes are given out at once.
const RECOVERY_CODES: usize = 10;

/// A second factor that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in base 32, to be typed where no picture can be taken.
    pub secret: String,
    /// The address that authenticators read from the picture.
    pub uri: String,
}

fn sealed_about(account: &AccountId) -> String {
    format!("second_factor {account}")
}

/// Makes a secret and keeps it sealed. It is not asked for before a code of it was right; one that is in force is not replaced by this.
pub fn begin_factor(tx: &mut Tx<'_>, desk: &Desk, account: &AccountId, chance: &[u8; 32], now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let account = store::accounts::by_id(tx, account)?.ok_or(Fault::Anonymous)?;
    if account.second_factor {
        return Err(Refusal::rule("second_factor_on", "动态验证码已经启用；要换手机，请先停用再重新绑定").into());
    }
    let secret = secret_of(chance);
    let sealed = desk.keys().seal(&secret, &sealed_about(&account.id), mint.bytes());
    store::accounts::put_factor(tx, &Factor { account: account.id.clone(), sealed, confirmed_at: None, last_step: 0, made_at: now })?;
    Ok(())
}

/// The secret that follows from 32 bytes of chance.
fn secret_of(chance: &[u8; 32]) -> String {
    totp::base32(&chance[..totp::SECRET])
}

/// What the owner of a secret is shown once: the secret, and the address that authenticators read from a picture.
#[must_use]
pub fn enrolment(chance: &[u8; 32], installation: &str, login: &str) -> Enrolment {
    let (secret, name) = (secret_of(chance), percent(installation));
    let uri = format!("otpauth://totp/{name}:{}?secret={secret}&issuer={name}&digits=6&period=30", percent(login));
    Enrolment { secret, uri }
}

/// The recovery codes that follow from 32 bytes of chance: shown once, kept as digests.
#[must_use]
pub fn recovery_codes(chance: [u8; 32]) -> Vec<String> {
    let mut mint = Mint::new(Instant(0), chance);
    (0..RECOVERY_CODES).map(|_| mint.code(12)).collect()
}

/// Letters, digits and `-._~` as they are, everything else by its bytes (RFC 3986).
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The first right code puts the second factor in force, with these recovery codes.
pub fn confirm_factor(tx: &mut Tx<'_>, desk: &Desk, actor: &Actor, code: &str, codes: &[String], now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let mut account = store::accounts::by_id(tx, actor.account())?.ok_or(Fault::Anonymous)?;
    let Some(mut factor) = store::accounts::factor(tx, &account.id)?.filter(|factor| factor.confirmed_at.is_none()) else {
        return Err(Refusal::rule("second_factor_not_begun", "请先生成密钥，再输入验证码").into());
    };
    let step = fits(desk.keys(), &factor, code, now).ok_or_else(wrong_code)?;
    (factor.confirmed_at, factor.last_step) = (Some(now), step);
    store::accounts::put_factor(tx, &factor)?;
    account.second_factor = true;
    store::accounts::put(tx, &account)?;
    let digests: Vec<String> = codes.iter().map(|code| recovery_digest(&account.id, code)).collect();
    store::accounts::put_recovery_codes(tx, &account.id, &digests)?;
    note(tx, &head, now, "set_second_factor", &account.id.0, &actor.by(None), &[AccountFact::SecondFactor { account: account.id.clone(), on: true }])?;
    Ok(())
}

/// 60 bits of chance need no slow hash; the account is part of it, so that equal codes of two people are not seen to be equal.
fn recovery_digest(account: &AccountId, code: &str) -> String {
    digest(&format!("recovery {account} {}", code.trim().to_uppercase().replace(['-', ' '], "")))
}

fn wrong_code() -> Refusal {
    Refusal::at("code_wrong", "code", "验证码不对或已经用过，请输入当前显示的 6 位数字")
}

/// Takes the second factor off, with a code of it. Whoever must have one is asked to bind a new one before anything else: that is how a telephone is changed.
pub fn remove_factor(tx: &mut Tx<'_>, desk: &Desk, visitor: &Visitor, code: &str, now: Instant) -> Result<(), Fault> {
    let head = store::trail::lock(tx, ACCOUNTS)?;
    let mut account = store::accounts::by_id(tx, &visitor.account.id)?.ok_or(Fault::Anonymous)?;
    if !account.second_factor {
        return Err(Refusal::rule("second_factor_off", "动态验证码没有启用").into());
    }
    let by = visitor.actor.by(None);
    if !passes(tx, desk.keys(), &account, code, now, &mut Vec::new())? {
        return Err(wrong_code().into());
    }
    store::accounts::drop_factor(tx, &account.id)?;
    account.second_factor = false;
    store::accounts::put(tx, &account)?;
    note(tx, &head, now, "drop_second_factor", &account.id.0, &by, &[AccountFact::SecondFactor { account: account.id.clone(), on: false }])?;
    Ok(())
}

/// How the second factor of an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactorState {
    /// It is asked for.
    pub on: bool,
    /// It must be there before anything else can be done.
    pub required: bool,
    /// Recovery codes that are left.
    pub codes_left: i64,
}

/// How one's own second factor stands.
pub fn factor_state(tx: &mut Tx<'_>, visitor: &Visitor) -> Result<FactorState, Fault> {
    Ok(FactorState {
        on: visitor.account.second_factor,
        required: must_have_factor(tx, &visitor.actor)?,
        codes_left: store::accounts::recovery_codes_left(tx, &visitor.account.id)?,
    })
}

fn fits(keys: &Keys, factor: &Factor, code: &str, now: Instant) -> Option<i64> {
    let secret = keys.open_sealed(&factor.sealed, &sealed_about(&factor.account)).and_then(|text| totp::unbase32(&text))?;
    totp::fits(&secret, code.trim(), now).filter(|step| *step > factor.last_step)
}

/// Whether `code` is the second factor of the account now. A code counts once: its step, or the recovery code, is used up under the chain's lock.
/// A recovery code that was used leaves a fact.
pub(super) fn passes(tx: &mut Tx<'_>, keys: &Keys, account: &Account, code: &str, now: Instant, facts: &mut Vec<AccountFact>) -> Result<bool, Fault> {
    let Some(factor) = store::accounts::factor(tx, &account.id)? else { return Ok(false) };
    if let Some(step) = fits(keys, &factor, code, now) {
        return Ok(store::accounts::take_step(tx, &account.id, step)?);
    }
    let used = store::accounts::use_recovery_code(tx, &account.id, &recovery_digest(&account.id, code), now)?;
    if used {
        facts.push(AccountFact::Recovered { account: account.id.clone(), left: store::accounts::recovery_codes_left(tx, &account.id)? });
    }
    Ok(used)
}

/// What an authenticator would show now: for tests and for `xinjiean account`, which have no telephone.
#[must_use]
pub fn code_of(secret: &str, now: Instant) -> Option<String> {
    totp::unbase32(secret).map(|secret| totp::code(&secret, totp::step(now)))
}
