//! Channels of the demonstration: one that needs nothing (the browser), one that is set up and off, and a letter that could not be delivered.

use crate::fault::Fault;
use crate::notices::{Set, put_channel};
use domain::accounts::Actor;
use domain::kernel::{Instant, Mint};
use domain::notices::ChannelKind;
use domain::places::PostKind;
use store::db::Tx;
use store::jobs::{Job, enqueue, failed};

/// Sets them up in the name of the system administrator.
pub(super) fn set_up(tx: &mut Tx<'_>, now: Instant, mint: &mut Mint) -> Result<(), Fault> {
    let holders = store::accounts::holders(tx, now)?;
    let Some((account, ..)) = holders.into_iter().find(|(_, _, post)| *post == PostKind::SystemAdmin) else { return Ok(()) };
    let seats = store::accounts::seats(tx, &account, now)?;
    let admin = Actor::person(account, seats);
    let browser = Set { id: None, kind: ChannelKind::Browser, name: "浏览器推送（演示）".to_owned(), enabled: true, ordinal: 1, settings: [].into() };
    put_channel(tx, &admin, &browser, now, mint)?;
    let settings =
        [("url", "https://dysmsapi.aliyuncs.com"), ("access_key", "demo"), ("secret_file", "sms.key"), ("sign_name", "演示"), ("template", "SMS_000000000")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let sms = Set { id: None, kind: ChannelKind::Sms, name: "短信（演示，未开通）".to_owned(), enabled: false, ordinal: 2, settings };
    let sms = put_channel(tx, &admin, &sms, now, mint)?;
    let job = Job { channel: Some(sms), ..Job::new(mint.id::<String>("trial:"), "trial", "{}".to_owned(), now) };
    enqueue(tx, &job)?;
    Ok(failed(tx, &job.id, now, "secret_unreadable sms.key", None)?)
}
