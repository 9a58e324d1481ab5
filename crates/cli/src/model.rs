//! `model …` and `openapi`: what is checked in as documentation, printed from the code.

use crate::trail::Scratch;
use domain::accounts::{Right, cell_text, granted, matrix, posts_for, sight_text};
use domain::matters::{ActKind, Care, DatumKind, Need, State, data, lawful};
use domain::places::PostKind;
use std::process::ExitCode;
use store::db::{Kind, Place};

/// `model …`.
#[derive(Debug, Clone, clap::Subcommand)]
pub(crate) enum Command {
    /// State × act, and the form of each act (动作)
    Acts,
    /// Which post may do what (权限)
    Policy,
    /// Stable codes of problems (问题代码)
    Problems,
    /// Tables and columns of the database (数据表)
    Tables,
    /// Routes against the duty lists (派单规则与职责清单)
    Routes(Routes),
}

/// `model routes`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Routes {
    /// Exit with 1 if a route leads to a unit whose duty list lacks the kind (有错时退出码为 1)
    #[arg(long)]
    lint: bool,
    /// The database of an installation; the shipped demonstration if none is named (数据库)
    #[arg(long, value_name = "FILE|URL")]
    database: Option<String>,
}

/// Prints one of them as Markdown.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Acts => print!("{}", acts()),
        Command::Policy => print!("{}", policy()),
        Command::Problems => print!("{}", api::problems()),
        Command::Tables => print!("{}", tables()?),
        Command::Routes(args) => return routes(&args),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the description of the HTTP interface.
pub(crate) fn openapi() -> anyhow::Result<ExitCode> {
    print!("{}", api::openapi());
    Ok(ExitCode::SUCCESS)
}

/// Prints the routes to units whose list lacks the kind, the duties that no route reaches, and the kinds that nobody leads: the list that goes to the street each month.
fn routes(args: &Routes) -> anyhow::Result<ExitCode> {
    let (findings, unreached, without) = match &args.database {
        None => {
            let (network, rules) = (domain::places::demo::xinjie(), domain::intake::route::seed_rules());
            let lists = domain::places::shipped(&network);
            let without = domain::places::ownerless(&network, &lists).into_iter().map(|row| (row.code.to_owned(), row.zh.to_owned())).collect();
            (domain::places::lint(&network, &lists, &rules), domain::places::unreached(&network, &lists, &rules), without)
        }
        Some(database) => {
            let scratch = Scratch::new()?;
            let store = crate::house::store(&Place::read(database))?;
            let keys = app::keys::Keys::new(crate::machine::seed());
            let desk = app::desk::Desk::new(store, keys, scratch.0.join("files"), Box::new(crate::machine::SystemMachine));
            let (asked, now) = (desk.clone(), desk.now());
            let state = desk.store().read_now(move |tx| app::places::duties(tx, &asked, now))?;
            (state.findings, state.unreached, state.ownerless)
        }
    };
    for finding in &findings {
        println!("{}", finding.said);
    }
    println!("{} 处派单与职责清单不符 (routes against duty lists)", findings.len());
    for finding in &unreached {
        println!("{}", finding.said);
    }
    println!("{} 项职责没有规则到达 (duties that no route reaches)", unreached.len());
    for (code, name) in &without {
        println!("无主 {code} {name}");
    }
    println!("{} 类事项没有责任单位 (kinds without an owner)", without.len());
    Ok(if args.lint && !findings.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

const MADE: &str = "<!-- Made by `cargo xtask gen` from the code; do not edit. -->\n";

fn acts() -> String {
    let mut text = format!("# Acts · 办理动作\n\n{MADE}\n## State × act\n\n| act | 中文 |");
    for state in State::ALL {
        text.push_str(&format!(" {} |", state.code()));
    }
    text.push_str(&format!("\n|---|---|{}\n", "---|".repeat(State::ALL.len())));
    for act in ActKind::ALL {
        text.push_str(&format!("| `{}` | {} |", act.code(), act.zh()));
        for state in State::ALL {
            text.push_str(if lawful(*state, *act) { " ● |" } else { "  |" });
        }
        text.push('\n');
    }
    text.push_str("\n## Forms\n");
    for act in ActKind::ALL {
        let who = if act.is_systems() { "system".to_owned() } else { posts_for(*act).join(", ") };
        text.push_str(&format!("\n### `{}` {}\n\nBy: {who}\n", act.code(), act.zh()));
        let form = data(*act);
        if form.is_empty() {
            text.push_str("\nAsks for nothing.\n");
            continue;
        }
        text.push_str("\n| datum | 中文 | English | kind | needed |\n|---|---|---|---|---|\n");
        for datum in form {
            let kind = match datum.kind {
                DatumKind::Code(list) => format!("code of `{list}`"),
                kind => kind.code().to_owned(),
            };
            let need = match datum.need {
                Need::Always => "always".to_owned(),
                Need::Never => String::new(),
                Need::When(other, codes) => format!("if `{other}` is {}", codes.join(", ")),
                Need::With(other) => format!("with `{other}`"),
                Need::Without(other) => format!("without `{other}`"),
            };
            text.push_str(&format!("| `{}` | {} | {} | {kind} | {need} |\n", datum.name, datum.zh, datum.en));
        }
    }
    text
}

fn policy() -> String {
    let mut text = format!(
        "# Who may do what · 权限\n\n{MADE}\nA post acts through a relation of its unit to the matter: `home` (its station), `lead`, `task` (it has one in it), `owner`, \
         `above` (the command room over it), `part` (any of these).\n\n| act | 中文 | posts |\n|---|---|---|\n"
    );
    for (act, row) in ActKind::ALL.iter().zip(matrix().lines().skip(1)) {
        let posts = row.split_once(" | ").map_or(row, |(_, posts)| posts);
        text.push_str(&format!("| `{}` | {} | {posts} |\n", act.code(), act.zh()));
    }
    text.push_str(&format!(
        "\n## Role on post × act × tier × data class\n\nFound by asking the policy about a matter of each class in each relation. ° marks what reaches only to matters in which \
         the person has a part of his own (registered it, works on it, was given a task); an empty cell is no. The three administrators are in no row: they see no matter.\n\n\
         | post | tiers | act | {} |\n|---|---|---|{}\n",
        Care::ALL.iter().map(|care| care.code()).collect::<Vec<_>>().join(" | "),
        "---|".repeat(Care::ALL.len())
    ));
    for row in domain::accounts::policy() {
        let tiers: Vec<&str> = row.tiers.iter().map(|tier| tier.code()).collect();
        let cells: Vec<String> = row.cells.iter().map(|cell| cell_text(cell)).collect();
        text.push_str(&format!("| `{}` | {} | `{}` | {} |\n", row.post.code(), tiers.join(" "), row.act.code(), cells.join(" | ")));
    }
    text.push_str("\n## What a post sees\n\n`range`: matters whose home lies in the unit's place; `unit`: those in which the unit has a part; `own`: those in which the person has one; then the classes.\n\n| post | sees |\n|---|---|\n");
    for post in PostKind::ALL {
        text.push_str(&format!("| `{}` | {} |\n", post.code(), sight_text(*post)));
    }
    text.push_str("\n## Rights that are no act upon a matter\n\n| right | 中文 | posts |\n|---|---|---|\n");
    for right in Right::ALL {
        let who: Vec<String> = granted(*right).iter().map(|(post, within)| format!("{}@{}", post.code(), within.code())).collect();
        text.push_str(&format!("| `{}` | {} | {} |\n", right.code(), right.zh(), who.join(" ")));
    }
    text.push_str("\n## Posts\n\n| post | 中文 |\n|---|---|\n");
    for post in PostKind::ALL {
        text.push_str(&format!("| `{}` | {} |\n", post.code(), post.zh()));
    }
    text
}

/// The tables of an empty database, as a file of the default engine has them.
fn tables() -> anyhow::Result<String> {
    let scratch = Scratch::new()?;
    let store = crate::house::store(&Place::read(&scratch.0.join("empty.db").display().to_string()))?;
    let tables = store.read_now(store::db::tables)?;
    let mut text = format!("# Tables · 数据表\n\n{MADE}");
    for table in tables {
        text.push_str(&format!("\n## `{}`\n\n| column | kind | empty | key |\n|---|---|---|---|\n", table.name));
        for column in &table.columns {
            let kind = match &column.kind {
                Kind::Int => "integer",
                Kind::Flag => "flag",
                Kind::Real => "real",
                Kind::Text => "text",
                Kind::Bytes => "bytes",
                Kind::Other(other) => other,
            };
            let key = if table.primary_key.contains(&column.name) { "key" } else { "" };
            text.push_str(&format!("| `{}` | {kind} | {} | {key} |\n", column.name, if column.nullable { "yes" } else { "" }));
        }
    }
    Ok(text)
}
