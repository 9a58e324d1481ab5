//! `xinjiean classify`: what a text is about, who takes it, whether somebody is in danger.

mod builtin;
mod eval;
mod input;
mod predict;
mod spoken;
mod train;

use clap::{Args, Parser};
use insight::classify::Settings;
use insight::classify::features::Shape;
use insight::classify::linear::Learning;
use std::process::ExitCode;

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Learns a model from labelled texts, or from a category tree and texts without labels (学习)
    Train(train::Train),
    /// Judges the texts of a table (判断)
    Predict(predict::Predict),
    /// Measures a model on labelled texts, or a way of learning by cross-validation (评测)
    Eval(eval::Eval),
}

/// How to learn.
#[derive(Debug, Clone, Args)]
pub(crate) struct Tuning {
    /// Longest run of characters that is a feature
    #[arg(long, default_value_t = 3)]
    longest: usize,
    /// In how many texts a feature must occur
    #[arg(long, default_value_t = 2)]
    least: u32,
    /// Cost of an error against the size of the weights
    #[arg(long, default_value_t = 1.0)]
    cost: f32,
    /// How strongly small classes are lifted, 0 to 1
    #[arg(long, default_value_t = 0.7)]
    lift: f32,
    /// Shares of characters, words and title
    #[arg(long, value_delimiter = ',', default_values_t = [0.5, 1.0, 0.7])]
    shares: Vec<f32>,
    /// How much each class's mean text is added
    #[arg(long, default_value_t = 0.0)]
    mean: f32,
    /// Parts in which the texts are dealt to measure certainty
    #[arg(long, default_value_t = 4)]
    inner: usize,
    /// Uses the words of the shipped category tree as further features: helps where labels are few
    #[arg(long)]
    words: bool,
    /// Share of those features
    #[arg(long, default_value_t = 1.0)]
    word_share: f32,
    /// Seed of orders and splits
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

impl Tuning {
    fn settings(&self) -> Settings {
        let share = |at: usize| self.shares.get(at).copied().unwrap_or(0.0);
        Settings {
            shape: Shape { longest: self.longest.clamp(1, 8), least: self.least, skips: 0, shares: [share(0), share(1), share(2), self.word_share] },
            learning: Learning { cost: self.cost, lift: self.lift, mean: self.mean, seed: self.seed, ..Learning::default() },
            folds: self.inner,
            threads: self.threads.max(1),
        }
    }
}

/// Prints the figures of this engine as a table: what is shipped on first sentences, and, where the shared data lie, routing without labels and by five folds.
///
/// # Errors
/// As [`crate::run`].
pub fn bench(data: &std::path::Path) -> anyhow::Result<()> {
    let utterances = data.join("utterances/sample.csv");
    if !utterances.exists() {
        println!("没有数据（{}）：记录下来的数字见 docs/engines/danger.md 和 docs/engines/classify.md。", data.display());
        return Ok(());
    }
    let answer = spoken::measured(&utterances, "said", "accept", false)?;
    println!("| 首句 | 条数 | 前三有可接受的 | 危险听出 | 误报 |\n|---|---|---|---|---|");
    for (group, count) in answer["groups"].as_object().into_iter().flatten() {
        println!(
            "| {group} | {} | {} | {} / {} | {} / {} |",
            count["n"], count["top3"], count["heard"], count["danger"], count["false_alarms"], count["harmless"]
        );
    }
    let text = |name: &str| data.join(name).display().to_string();
    let (hunan, tokens, tree, hangzhou) = (
        text("appeals-hunan/appeals_labelled.csv.gz"),
        text("appeals-hunan/appeals_tokens_labelled.csv.gz"),
        text("appeals-hunan/taxonomy.csv"),
        text("appeals-hangzhou/messages.csv.gz"),
    );
    let runs: [(&str, Vec<&str>); 3] = [
        ("湖南，无标签", vec!["--input", &hunan, "--text", "title,body", "--tree", &tree, "--words"]),
        (
            "湖南，五折（对照：字 0.881，词 0.871，字词加标题 0.886）",
            vec!["--input", &hunan, "--text", "title,body", "--cv", "5", "--group", "row,title,body", "--extra", &tokens, "--extra-text", "tokens"],
        ),
        (
            "杭州，五折（对照：线性 SVM 0.459，一次划分）",
            vec![
                "--input",
                &hangzhou,
                "--text",
                "title,body",
                "--label",
                "domain",
                "--cv",
                "5",
                "--words",
                "--lift",
                "1",
                "--longest",
                "2",
                "--mean",
                "5",
                "--shares",
                "1,0,1",
                "--least",
                "1",
                "--word-share",
                "0.5",
                "--cost",
                "0.3",
                "--inner",
                "0",
            ],
        ),
    ];
    for (name, arguments) in runs {
        println!("\n{name}");
        let eval = Alone::try_parse_from(std::iter::once("eval").chain(arguments)).map_err(|error| anyhow::anyhow!("{error}"))?;
        eval.eval.run()?;
    }
    Ok(())
}

/// `eval` by itself, so that the bench runs what a person would type.
#[derive(Debug, clap::Parser)]
struct Alone {
    #[command(flatten)]
    eval: eval::Eval,
}

/// Does it.
///
/// # Errors
/// As [`crate::run`].
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Train(train) => train.run(),
        Command::Predict(predict) => predict.run(),
        Command::Eval(eval) => eval.run(),
    }
}
