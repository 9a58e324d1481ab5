//! The second factor: a sealed secret, the last step that was taken, and recovery codes by their digests.

use crate::db::{Broken, Tx};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{AccountId, Instant};

/// The second factor of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Whose.
    pub account: AccountId,
    /// The shared secret, sealed for this account.
    pub sealed: Vec<u8>,
    /// When a code of it was first right; until then it is not asked for.
    pub confirmed_at: Option<Instant>,
    /// The last step that was taken: it and all before it are used up.
    pub last_step: i64,
    /// When it was made.
    pub made_at: Instant,
}

/// The second factor of an account, confirmed or not.
pub fn factor(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Factor>, Broken> {
    tx.one(sql!("select account, confirmed_at, last_step, made_at, sealed from second_factor where account = ?"), &values![account], |row| {
        let mut take = Take::new(row);
        let (account, confirmed_at, last_step, made_at) = (take.id()?, take.opt_instant()?, take.int()?, take.instant()?);
        Ok(Factor { account, sealed: row.opt_bytes(4)?.unwrap_or_default(), confirmed_at, last_step, made_at })
    })
}

/// The accounts whose second factor is in force, for verification.
pub fn factors_in_force(tx: &mut Tx<'_>) -> Result<Vec<AccountId>, Broken> {
    tx.all(sql!("select account from second_factor where confirmed_at is not null order by account"), &[], |row| row.id(0))
}

/// Writes a second factor over what was there.
pub fn put_factor(tx: &mut Tx<'_>, f: &Factor) -> Result<(), Broken> {
    tx.exec(
        sql!(
            "insert into second_factor (account, sealed, confirmed_at, last_step, made_at) values (?, ?, ?, ?, ?)
             on conflict (account) do update set sealed = excluded.sealed, confirmed_at = excluded.confirmed_at, last_step = excluded.last_step, made_at = excluded.made_at"
        ),
        &values![&f.account, f.sealed.clone(), f.confirmed_at, f.last_step, f.made_at],
    )?;
    Ok(())
}

/// Takes a step, if it lies behind the last one that was taken. Whether it did: of two requests with the same code one is refused, on every instance.
pub fn take_step(tx: &mut Tx<'_>, account: &AccountId, step: i64) -> Result<bool, Broken> {
    Ok(tx.exec(sql!("update second_factor set last_step = ? where account = ? and last_step < ?"), &values![step, account, step])? == 1)
}

/// Forgets the second factor with its recovery codes.
pub fn drop_factor(tx: &mut Tx<'_>, account: &AccountId) -> Result<(), Broken> {
    tx.exec(sql!("delete from recovery_code where account = ?"), &values![account])?;
    tx.exec(sql!("delete from second_factor where account = ?"), &values![account])?;
    Ok(())
}

/// Keeps the digests of new recovery codes; those from before are void.
pub fn put_recovery_codes(tx: &mut Tx<'_>, account: &AccountId, digests: &[String]) -> Result<(), Broken> {
    tx.exec(sql!("delete from recovery_code where account = ?"), &values![account])?;
    for digest in digests {
        tx.exec(sql!("insert into recovery_code (account, digest, used_at) values (?, ?, null)"), &values![account, digest])?;
    }
    Ok(())
}

/// Uses a recovery code up. Whether there was such a one.
pub fn use_recovery_code(tx: &mut Tx<'_>, account: &AccountId, digest: &str, now: Instant) -> Result<bool, Broken> {
    Ok(tx.exec(sql!("update recovery_code set used_at = ? where account = ? and digest = ? and used_at is null"), &values![now, account, digest])? == 1)
}

/// How many recovery codes are left.
pub fn recovery_codes_left(tx: &mut Tx<'_>, account: &AccountId) -> Result<i64, Broken> {
    let left = tx.one(sql!("select count(*) from recovery_code where account = ? and used_at is null"), &values![account], |row| row.int(0))?;
    Ok(left.unwrap_or(0))
}
