//! A matter's notices as its rows: written with the matter, read with it, and compared with its events.

use crate::db::{Broken, Tx, Value};
use crate::take::Take;
use crate::{sql, values};
use domain::kernel::{MatterId, NoticeId};
use domain::matters::Matter;
use domain::notices::{Climb, Notice};
use std::collections::BTreeMap;

/// Writes the notices that an act made or changed; `act` is what the new ones are about.
pub fn save(tx: &mut Tx<'_>, before: Option<&Matter>, after: &Matter, act: &str) -> Result<(), Broken> {
    let was = before.map_or(&[][..], |before| before.notices.as_slice());
    for (ordinal, notice) in after.notices.iter().enumerate().filter(|(ordinal, notice)| was.get(*ordinal) != Some(*notice)) {
        put(tx, &after.id, ordinal, notice, act)?;
    }
    Ok(())
}

fn put(tx: &mut Tx<'_>, matter: &MatterId, ordinal: usize, n: &Notice, act: &str) -> Result<(), Broken> {
    let climb = n.climb.as_ref();
    tx.exec(
        sql!(
            "insert into notice (id, matter, ordinal, unit, post, account, act, at, rung, passed_over, ladder, policy, policy_version, step, next_step, next_at,
                                 acknowledged_by, acknowledged_at)
             values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict (id) do update set step = excluded.step, next_step = excluded.next_step, next_at = excluded.next_at,
                                 acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at"
        ),
        &values![
            &n.id,
            matter,
            Value::Int(i64::try_from(ordinal).unwrap_or(i64::MAX)),
            &n.unit,
            n.post.map(|post| post.code()),
            &n.account,
            act,
            n.at,
            n.rung,
            n.passed_over,
            climb.map(|climb| &climb.ladder),
            climb.map(|climb| climb.policy.as_str()),
            climb.map(|climb| climb.version),
            n.step,
            climb.and_then(|climb| climb.next_step),
            climb.and_then(|climb| climb.next_at),
            &n.acknowledged_by,
            n.acknowledged_at
        ],
    )?;
    Ok(())
}

/// The notices of a matter, in order of telling; rows from before notices were a part of the matter have no place.
pub(crate) fn load(tx: &mut Tx<'_>, matter: &MatterId) -> Result<Vec<Notice>, Broken> {
    tx.all(
        sql!(
            "select id, unit, post, account, at, rung, passed_over, ladder, policy, policy_version, next_step, next_at, step, acknowledged_by, acknowledged_at
             from notice where matter = ? and ordinal is not null order by ordinal"
        ),
        &values![matter],
        |row| {
            let mut take = Take::new(row);
            Ok(Notice {
                id: take.id()?,
                unit: take.id()?,
                post: take.opt_code()?,
                account: take.opt_id()?,
                at: take.instant()?,
                rung: take.int()?,
                passed_over: take.flag()?,
                climb: {
                    let (ladder, policy, version) = (take.opt_id()?, take.opt_text()?, take.opt_int()?);
                    let (next_step, next_at) = (take.opt_int()?, take.opt_instant()?);
                    ladder.map(|ladder| Climb { ladder, policy: policy.unwrap_or_default(), version: version.unwrap_or(0), next_step, next_at })
                },
                step: take.int()?,
                acknowledged_by: take.opt_id()?,
                acknowledged_at: take.opt_instant()?,
            })
        },
    )
}

/// By which act each notice of a matter was told, and its place among them: for verification.
pub fn acts(tx: &mut Tx<'_>, matter: &MatterId) -> Result<BTreeMap<NoticeId, (String, i64)>, Broken> {
    let sql = sql!("select id, act, ordinal from notice where matter = ? and ordinal is not null");
    let rows = tx.all(sql, &values![matter], |row| Ok((row.id(0)?, (row.text(1)?, row.int(2)?))))?;
    Ok(rows.into_iter().collect())
}
