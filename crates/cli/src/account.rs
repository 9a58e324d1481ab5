//! `account …`: the few things that an administrator does from the shell. Each is an entry of the accounts' chain.

use crate::config::{Config, Flags};
use crate::house::{self, Refusal};
use crate::install::fresh_password;
use crate::machine;
use app::accounts::hash_password;
use app::fault::Fault;
use app::trail::note;
use domain::accounts::Actor;
use domain::kernel::{AccountId, HoldingId, PostId};
use domain::trail::{ACCOUNTS, AccountFact};
use std::process::ExitCode;
use store::accounts::{Account, Holding};
use store::db::Tx;

/// `account …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List accounts and the posts that they hold (列出)
    List {
        #[command(flatten)]
        flags: Flags,
    },
    /// Open an account; its first password is printed once (新建)
    Add {
        #[command(flatten)]
        flags: Flags,
        /// The name to log in with (登录名)
        login: String,
        /// The person's name (姓名)
        #[arg(long)]
        name: String,
        /// Ids of the posts that the person takes (岗位)
        #[arg(long = "post", value_name = "POST")]
        posts: Vec<PostName>,
    },
    /// Give a post from now on (任岗)
    Post {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
        /// Id of the post (岗位)
        post: PostName,
    },
    /// Close an account; its sessions end (停用)
    Disable {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
    },
    /// Set a first password anew; it is printed once (重置口令)
    ResetPassword {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
    },
}

/// The id of a post, `pst_330109014218_desk_clerk`.
type PostName = String;

/// Does it.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { flags } => list(&flags)?,
        Command::Add { flags, login, name, posts } => add(&flags, &login, &name, posts)?,
        Command::Post { flags, login, post } => {
            change(&flags, &login, "give_post", move |tx, account, mint_now| {
                let (mint, now) = mint_now;
                let holding = Holding { id: mint.id(HoldingId::PREFIX), account: account.id.clone(), post: known_post(tx, &post)?, from_at: now, to_at: None };
                store::accounts::put_holding(tx, &holding)?;
                Ok(vec![AccountFact::Held { holding: holding.id, account: holding.account, post: holding.post, from_at: now, to_at: None }])
            })?;
            println!("已任岗 (post given)");
        }
        Command::Disable { flags, login } => {
            change(&flags, &login, "disable", |tx, account, _| {
                account.enabled = false;
                store::accounts::end_other_sessions(tx, &account.id, "")?;
                Ok(vec![AccountFact::Enabled { account: account.id.clone(), on: false }])
            })?;
            println!("已停用 {login} (disabled)");
        }
        Command::ResetPassword { flags, login } => {
            let password = fresh_password();
            let hash = hash_password(&password, &machine::seed())?;
            change(&flags, &login, "reset_password", move |tx, account, _| {
                (account.password, account.must_change) = (hash.clone(), true);
                (account.failed, account.locked_until) = (0, None);
                store::accounts::end_other_sessions(tx, &account.id, "")?;
                Ok(vec![AccountFact::PasswordSet { account: account.id.clone(), must_change: true }])
            })?;
            println!("{login} 的新口令 {password}（只显示这一次，登录后须更换）");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let store = house::reading(&config.database())?;
    let now = machine::now();
    let (accounts, holdings) = store.read_now(|tx| -> Result<_, Fault> { Ok((store::accounts::all(tx)?, store::accounts::holdings(tx)?)) })?;
    for account in accounts {
        let held = holdings.iter().filter(|h| h.account == account.id && domain::accounts::held(h.from_at, h.to_at, now));
        let posts: Vec<&str> = held.map(|h| h.post.as_str()).collect();
        println!("{:<24} {}{}  {}", account.login, account.name, if account.enabled { "" } else { "（停用）" }, posts.join(" "));
    }
    Ok(())
}

fn add(flags: &Flags, login: &str, name: &str, posts: Vec<PostName>) -> anyhow::Result<()> {
    let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if login.is_empty() || login.len() > 64 || !login.chars().all(shaped) {
        return Err(Refusal::new("登录名由字母、数字、-、_、. 组成，最多 64 个 (log-in name)").into());
    }
    let desk = house::writing_desk(&Config::load(flags)?)?;
    let password = fresh_password();
    let hash = hash_password(&password, &machine::seed())?;
    let (login_name, name) = (login.to_owned(), name.to_owned());
    let added = desk.write_at(desk.now(), move |tx, _, now, mint| {
        let head = store::trail::lock(tx, ACCOUNTS)?;
        if store::accounts::by_login(tx, &login_name)?.is_some() {
            return Ok(false);
        }
        let account = Account {
            id: mint.id(AccountId::PREFIX),
            login: login_name.clone(),
            name: name.clone(),
            password: hash.clone(),
            must_change: true,
            enabled: true,
            demo: false,
            failed: 0,
            locked_until: None,
            created_at: now,
        };
        let mut holdings = Vec::new();
        for post in &posts {
            holdings.push(Holding { id: mint.id(HoldingId::PREFIX), account: account.id.clone(), post: known_post(tx, post)?, from_at: now, to_at: None });
        }
        app::seed::open_account(tx, head, &account, &holdings, now)?;
        Ok(true)
    });
    match added.map_err(said)? {
        true => println!("已新建 {login}，首次登录口令 {password}（只显示这一次，登录后须更换）"),
        false => return Err(Refusal::new(format!("登录名“{login}”已有人用 (log-in is taken)")).into()),
    }
    Ok(())
}

fn known_post(tx: &mut Tx<'_>, post: &str) -> Result<PostId, Fault> {
    let id = PostId::from(post);
    let known = store::places::network(tx)?.post(&id).is_some();
    if known { Ok(id) } else { Err(domain::kernel::Refusal::rule("no_such_post", format!("没有岗位“{post}”")).into()) }
}

/// Changes one account under the lock of the accounts' chain, with the facts that follow.
fn change<F>(flags: &Flags, login: &str, act: &'static str, mut what: F) -> anyhow::Result<()>
where
    F: FnMut(&mut Tx<'_>, &mut Account, (&mut domain::kernel::Mint, domain::kernel::Instant)) -> Result<Vec<AccountFact>, Fault> + Send + 'static,
{
    let desk = house::writing_desk(&Config::load(flags)?)?;
    let name = login.to_owned();
    let found = desk.write_at(desk.now(), move |tx, _, now, mint| {
        let head = store::trail::lock(tx, ACCOUNTS)?;
        let Some(mut account) = store::accounts::by_login(tx, &name)? else { return Ok(false) };
        let facts = what(tx, &mut account, (mint, now))?;
        store::accounts::put(tx, &account)?;
        note(tx, &head, now, act, &account.id.0, &Actor::system().by(None), &facts)?;
        Ok(true)
    });
    if found.map_err(said)? { Ok(()) } else { Err(Refusal::new(format!("没有帐户“{login}” (no such account)")).into()) }
}

/// What a rule says is a sentence for whoever typed the command.
fn said(fault: Fault) -> anyhow::Error {
    match fault {
        Fault::Refused(refusal) => Refusal::new(refusal.to_string()).into(),
        other => other.into(),
    }
}
