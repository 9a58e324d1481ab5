//! `import reports`: a list through its map, with progress, counts and the rows in error.

use crate::config::{Config, Flags};
use crate::house::{self, Refusal};
use anyhow::Context;
use app::intake::import::{Import, Mode, Outcome};
use app::intake::mapping::Mapping;
use domain::kernel::UnitId;
use domain::places::{Post, PostKind, UnitKind};
use sheets::Table;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `import …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Reports from an xlsx or csv file; exit code 1 if a row is in error (诉求清单)
    Reports(Reports),
    /// Suggest a map for a file from its header (按表头拟一份映射)
    Map {
        /// The list (清单)
        file: PathBuf,
    },
}

/// `import reports`.
#[derive(Debug, clap::Args)]
pub(crate) struct Reports {
    #[command(flatten)]
    flags: Flags,
    /// The list (清单)
    file: PathBuf,
    /// Which column feeds which datum; see docs/guide/import.md (映射)
    #[arg(long, value_name = "FILE")]
    map: PathBuf,
    /// Home station of every row, by its place code (属地站)
    #[arg(long, value_name = "CODE")]
    station: String,
    /// Clocks from receipt, or a list of the past whose replies close (实时或历史)
    #[arg(long, value_enum, default_value = "live")]
    mode: ModeName,
    /// Whose name the acts carry; the station's desk clerk if not said (以谁的名义)
    #[arg(long = "as", value_name = "LOGIN")]
    login: Option<String>,
    /// Only say what would be done (试运行)
    #[arg(long)]
    dry_run: bool,
    /// Write the rows in error there (错误行)
    #[arg(long, value_name = "CSV")]
    errors: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ModeName {
    Live,
    Historical,
}

/// Runs it.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Reports(args) => reports(&args),
        Command::Map { file } => {
            let table = Table::read(&file, 1).map_err(|why| Refusal::new(why.to_string()))?;
            let header = table.sheets.first().map(|sheet| sheet.header.clone()).unwrap_or_default();
            let name = file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            print!("{}", Mapping::suggest(&name, &header).to_toml());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn reports(args: &Reports) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(&args.map).map_err(|why| Refusal::new(format!("映射文件 {} 无法读取：{why} (map)", args.map.display())))?;
    let mapping = Mapping::parse(&text).map_err(|faults| Refusal::new(faults.join("\n")))?;
    let table = Table::read(&args.file, mapping.header_row).map_err(|why| Refusal::new(why.to_string()))?;
    let faults = mapping.lint(&table);
    if !faults.is_empty() {
        return Err(Refusal::new(faults.join("\n")).into());
    }
    let config = Config::load(&args.flags)?;
    let desk = house::writing_desk(&config)?;
    let now = desk.now();
    let book = desk.store().read_now({
        let desk = desk.clone();
        move |tx| desk.rulebook(tx, now)
    })?;
    let station = book.network.units.iter().find(|unit| unit.kind == UnitKind::Station && unit.code == args.station);
    let station: UnitId = station.map(|unit| unit.id.clone()).ok_or_else(|| Refusal::new(format!("没有代码为“{}”的综治站 (no such station)", args.station)))?;
    let actor = match &args.login {
        Some(login) => house::actor(&desk, login)?,
        None => {
            let post = Post::id_of(&station, PostKind::DeskClerk);
            let holder = desk.store().read_now(move |tx| app::seed::holder_of(tx, &post, now))?;
            holder.ok_or_else(|| Refusal::new("该站没有在岗的受理员，请用 --as 指定帐户 (nobody holds the desk)"))?
        }
    };
    let mode = match args.mode {
        ModeName::Live => Mode::Live,
        ModeName::Historical => Mode::Historical,
    };
    let import = Import { desk: &desk, actor: &actor, table: &table, mapping: &mapping, station: &station, mode, dry_run: args.dry_run };
    let outcome = import.run(progress)?;
    print!("{}", shown(&outcome, args.dry_run, table.encoding));
    if let Some(path) = &args.errors {
        write_errors(path, &outcome).with_context(|| format!("{}", path.display()))?;
    }
    Ok(if outcome.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn progress(done: u64, total: u64) {
    let step = (total / 100).max(1);
    if done == total || done.is_multiple_of(step) {
        let mut err = std::io::stderr();
        // On a terminal one line that grows; in a log one line each tenth.
        if err.is_terminal() {
            write!(err, "\r{done}/{total} ").ok();
            if done == total {
                writeln!(err).ok();
            }
        } else if done == total || done.is_multiple_of(step * 10) {
            writeln!(err, "{done}/{total}").ok();
        }
    }
}

fn shown(outcome: &Outcome, dry_run: bool, encoding: &str) -> String {
    let Outcome { rows, made, answered, unchanged, changed, refused, leaf, family, routed, fallback, by_rule } = outcome;
    let will = if dry_run { "将新建" } else { "新建" };
    let mut text = format!(
        "编码 {encoding}，{rows} 行：{will} {made}（其中按答复办结 {answered}），未变 {unchanged}，内容有变 {}，有误 {}\n\
         类别：定到叶 {leaf}，只定到大类 {family}\n承办：按规则 {routed}，转指挥室 {fallback}\n",
        changed.len(),
        refused.len()
    );
    for (rule, n) in by_rule {
        text.push_str(&format!("  规则 {rule:>4}：{n:>6}  {:>5.1}%\n", percent(*n, *routed)));
    }
    for (source_id, number) in changed {
        text.push_str(&format!("内容有变（未改动）：来源编号 {source_id}，事项 {number}\n"));
    }
    for error in refused {
        text.push_str(&format!("有误：{error}\n"));
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows of a file")]
fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// File, sheet, row, reason; with a mark so that a spreadsheet reads it as UTF-8.
fn write_errors(path: &Path, outcome: &Outcome) -> std::io::Result<()> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("\u{feff}文件,工作表,行,原因\r\n");
    for error in &outcome.refused {
        text.push_str(&format!("{},{},{},{}\r\n", quoted(&error.file), quoted(&error.sheet), error.row, quoted(&error.reason)));
    }
    std::fs::write(path, text)
}
