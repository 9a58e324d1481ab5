//! Logs: one JSON line an event on standard error's neighbour, standard output; see LOGGING.md for what may stand in one.

use crate::config::{Config, Setting};
use crate::house::Refusal;
use tracing_subscriber::EnvFilter;

/// Starts logging for a service. Commands that print for people do not log.
pub(crate) fn start(config: &Config) -> anyhow::Result<()> {
    let level = config.text(Setting::LogLevel);
    let filter =
        EnvFilter::try_new(level).map_err(|_| Refusal::new(format!("日志级别“{level}”不对，应为 error、warn、info、debug (log.level is not known)")))?;
    let start = tracing_subscriber::fmt().with_env_filter(filter);
    match config.text(Setting::LogFormat) {
        "json" => start.json().flatten_event(true).with_current_span(false).init(),
        "text" => start.with_writer(std::io::stderr).init(),
        other => return Err(Refusal::new(format!("日志格式“{other}”不对，应为 json 或 text (log.format is not known)")).into()),
    }
    Ok(())
}
