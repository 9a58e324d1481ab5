//! `account …`: what an administrator does to accounts from the shell, in the name of the system. Each is an entry of the accounts' chain.

use crate::config::{Config, Flags};
use crate::house::{self, Refusal};
use crate::install::fresh_password;
use crate::machine;
use app::accounts::{Grant, Opening, hash_password};
use app::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{AccountId, Instant, Mint, PostId};
use std::io::Write;
use std::process::ExitCode;
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
    /// End a post now (免岗)
    EndPost {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
        /// Id of the post (岗位)
        post: PostName,
    },
    /// Open a locked account before its time (解锁)
    Unlock {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
    },
    /// Take the second factor off somebody who has lost it (停用动态验证码)
    ResetSecondFactor {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
    },
    /// Take in whoever leaves: everything ends at once, the work passes to the units (离岗)
    Leave {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
    },
    /// Open a closed account again; posts are given anew (启用)
    Enable {
        #[command(flatten)]
        flags: Flags,
        /// Whose (登录名)
        login: String,
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
    use app::accounts as words;
    match command {
        Command::List { flags } => list(&flags)?,
        Command::Add { flags, login, name, posts } => add(&flags, login, name, posts)?,
        Command::Post { flags, login, post } => {
            change(&flags, &login, move |tx, _, id, now, mint| {
                if store::places::network(tx)?.post(&PostId(post.clone())).is_none() {
                    return Err(domain::kernel::Refusal::rule("post_unknown", format!("没有编号为“{post}”的岗位")).into());
                }
                let grant = Grant { post: PostId(post.clone()), from_at: None, to_at: None };
                words::grant(tx, &Actor::system(), id, &grant, now, mint).map(drop)
            })?;
            println!("已任岗 (post given)");
        }
        Command::EndPost { flags, login, post } => {
            change(&flags, &login, move |tx, _, id, now, _| {
                let held = store::accounts::holdings_of(tx, id)?.into_iter().find(|h| h.post.0 == post && domain::accounts::held(h.from_at, h.to_at, now));
                let held = held.ok_or_else(|| domain::kernel::Refusal::rule("post_not_held", format!("此人现在不在岗位“{post}”上")))?;
                words::end_holding(tx, &Actor::system(), id, &held.id, None, now)
            })?;
            println!("已免岗 (post ended)");
        }
        Command::Enable { flags, login } => {
            change(&flags, &login, |tx, _, id, now, _| words::set_enabled(tx, &Actor::system(), id, true, now))?;
            println!("已启用 {login} (enabled)");
        }
        Command::Disable { flags, login } => {
            change(&flags, &login, |tx, _, id, now, _| words::set_enabled(tx, &Actor::system(), id, false, now))?;
            println!("已停用 {login} (disabled)");
        }
        Command::Unlock { flags, login } => {
            change(&flags, &login, |tx, _, id, now, _| words::unlock(tx, &Actor::system(), id, now))?;
            println!("已解锁 {login} (unlocked)");
        }
        Command::ResetSecondFactor { flags, login } => {
            change(&flags, &login, |tx, _, id, now, _| words::reset_factor(tx, &Actor::system(), id, now))?;
            println!("已停用 {login} 的动态验证码 (second factor off)");
        }
        Command::ResetPassword { flags, login } => {
            let password = fresh_password();
            let hash = hash_password(&password, &machine::seed())?;
            change(&flags, &login, move |tx, _, id, now, _| words::reset_password(tx, &Actor::system(), id, &hash, now))?;
            println!("{login} 的新口令 {password}（只显示这一次，登录后须更换）");
        }
        Command::Leave { flags, login } => {
            let passed = change(&flags, &login, |tx, desk, id, now, mint| words::leave(tx, desk, &Actor::system(), id, now, mint))?;
            let (matters, tasks) = (passed.matters.values().sum::<i64>(), passed.tasks.values().sum::<i64>());
            println!(
                "{login} 已离岗：在办事项 {matters} 件、任务 {tasks} 项转由单位承担；岗位 {} 个、委托 {} 项、会话 {} 个、令牌 {} 个已结束。",
                passed.holdings, passed.delegations, passed.sessions, passed.tokens
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(flags: &Flags) -> anyhow::Result<()> {
    let config = Config::load(flags)?;
    let store = house::reading(&config.database())?;
    let now = machine::now();
    let (accounts, holdings) = store.read_now(|tx| -> Result<_, Fault> { Ok((store::accounts::all(tx)?, store::accounts::holdings(tx)?)) })?;
    let mut out = std::io::stdout().lock();
    for account in accounts {
        let held = holdings.iter().filter(|h| h.account == account.id && domain::accounts::held(h.from_at, h.to_at, now));
        let posts: Vec<&str> = held.map(|h| h.post.as_str()).collect();
        let line = writeln!(out, "{:<24} {}{}  {}", account.login, account.name, if account.enabled { "" } else { "（停用）" }, posts.join(" "));
        match line {
            // Whoever reads has read enough (`account list | head`).
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            line => line?,
        }
    }
    Ok(())
}

fn add(flags: &Flags, login: String, name: String, posts: Vec<PostName>) -> anyhow::Result<()> {
    let desk = house::writing_desk(&Config::load(flags)?)?;
    let password = fresh_password();
    let opening = Opening { login, name, posts: posts.into_iter().map(PostId).collect(), password: hash_password(&password, &machine::seed())? };
    let added = desk.write_at(desk.now(), move |tx, _, now, mint| app::accounts::open(tx, &Actor::system(), &opening, now, mint)).map_err(said)?;
    println!("已新建 {}，首次登录口令 {password}（只显示这一次，登录后须更换）", added.login);
    Ok(())
}

/// Does something to one account.
fn change<T, F>(flags: &Flags, login: &str, mut what: F) -> anyhow::Result<T>
where
    F: FnMut(&mut Tx<'_>, &app::desk::Desk, &AccountId, Instant, &mut Mint) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    let desk = house::writing_desk(&Config::load(flags)?)?;
    let name = login.to_owned();
    let found = desk.write_at(desk.now(), move |tx, desk, now, mint| match store::accounts::by_login(tx, &name)? {
        Some(account) => what(tx, desk, &account.id, now, mint).map(Some),
        None => Ok(None),
    });
    Ok(found.map_err(said)?.ok_or_else(|| Refusal::new(format!("没有帐户“{login}” (no such account)")))?)
}

/// What a rule says is a sentence for whoever typed the command.
fn said(fault: Fault) -> anyhow::Error {
    match fault {
        Fault::Refused(refusal) => Refusal::new(refusal.to_string()).into(),
        other => other.into(),
    }
}
