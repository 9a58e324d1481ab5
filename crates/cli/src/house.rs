//! Opening the house: configuration, key and database become a desk; what stands in the way is one sentence.

use crate::config::{Config, Setting};
use crate::machine::{self, SystemMachine};
use anyhow::Context;
use app::desk::{Desk, Machine};
use app::fault::Fault;
use app::keys::Keys;
use domain::accounts::Actor;
use std::path::Path;
use store::db::{Options, Place, Store};

/// Why a command did nothing: one sentence for whoever typed it, exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(String);

impl Refusal {
    /// A refusal in words.
    pub(crate) fn new(said: impl Into<String>) -> Self {
        Self(said.into())
    }
}

/// Opens the database for writing; makes it and its folder if they are not there.
pub(crate) fn store(place: &Place) -> anyhow::Result<Store> {
    if let Some(folder) = place.file().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    Ok(Store::open(place, &Options::at(machine::now())).map_err(|refusal| Refusal::new(refusal.to_string()))?)
}

/// Opens the database for reading, also while another process has it.
pub(crate) fn reading(place: &Place) -> anyhow::Result<Store> {
    Ok(Store::open_read_only(place, &Options::at(machine::now())).map_err(|refusal| Refusal::new(refusal.to_string()))?)
}

/// The key, which must be there: what was sealed with another could not be opened.
pub(crate) fn key(path: &Path) -> anyhow::Result<Keys> {
    if !path.exists() {
        return Err(Refusal::new(format!("密钥文件 {} 不在；没有它打不开已封存的电话号码 (the key file is not there)", path.display())).into());
    }
    Ok(Keys::open(path, [0; 32]).map_err(|trouble| Refusal::new(trouble.to_string()))?)
}

/// The key of a new installation: made if it is not there.
pub(crate) fn new_key(path: &Path) -> anyhow::Result<Keys> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    Ok(Keys::open(path, machine::seed()).map_err(|trouble| Refusal::new(trouble.to_string()))?)
}

/// The desk over a database that is open.
pub(crate) fn desk(config: &Config, store: Store, keys: Keys, machine: Box<dyn Machine>) -> Desk {
    Desk::new(store, keys, config.path(Setting::Files), machine)
}

/// What carries notices out of the house. Push services are told the installation's address as the one that answers for them.
pub(crate) fn post(config: &Config, desk: &Desk) -> app::out::Post {
    let address = config.text(Setting::Address);
    app::out::Post::new(config.path(Setting::Secrets), address, desk.keys().push(address))
}

/// The desk of an installation, for a command that writes.
pub(crate) fn writing_desk(config: &Config) -> anyhow::Result<Desk> {
    let store = store(&config.database())?;
    installed(&store)?;
    let keys = key(&config.path(Setting::Key))?;
    Ok(desk(config, store, keys, Box::new(SystemMachine)))
}

/// Refuses a database that holds no installation.
pub(crate) fn installed(store: &Store) -> anyhow::Result<()> {
    if store.read_now(app::seed::is_empty)? {
        return Err(Refusal::new(format!(
            "数据库 {} 里还没有安装：请先运行 xinjiean install，或用 xinjiean demo 看演示 (nothing is installed there)",
            store.place()
        ))
        .into());
    }
    Ok(())
}

/// A setting of the installation, as it stands.
pub(crate) fn setting(store: &Store, name: &'static str) -> Result<Option<String>, Fault> {
    store.read_now(move |tx| Ok(store::places::setting(tx, name)?))
}

/// The account with a log-in, with the posts that it holds now.
pub(crate) fn actor(desk: &Desk, login: &str) -> anyhow::Result<Actor> {
    let (name, now) = (login.to_owned(), desk.now());
    let found = desk.store().read_now(move |tx| -> Result<_, Fault> {
        let Some(account) = store::accounts::by_login(tx, &name)?.filter(|account| account.enabled) else { return Ok(None) };
        let seats = store::accounts::seats(tx, &account.id, now)?;
        Ok(Some(Actor::person(account.id, seats)))
    })?;
    Ok(found.ok_or_else(|| Refusal::new(format!("没有可用的帐户“{login}” (no such account)")))?)
}
