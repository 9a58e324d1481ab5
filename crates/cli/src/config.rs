//! Configuration: a file, the environment, flags, in this order; every value knows where it came from.
//!
//! [`Setting`] is the one list of values. `deploy/xinjiean.toml` says all of them with their defaults, and a test compares. A secret is never a value: the
//! key is a file, and a database's address is shown without its password.

use crate::house::Refusal;
use crate::tls::Certificate;
use api::{Door, Limits, Rate};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use store::db::Place;

/// A value that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Setting {
    /// The data folder.
    Data,
    /// The database: a file, or the URL of a server.
    Database,
    /// The folder of attachments.
    Files,
    /// The folder of signed checkpoints.
    Checkpoints,
    /// The key file.
    Key,
    /// The address to listen at.
    Listen,
    /// Whether a proxy that speaks TLS stands in front.
    TrustedProxy,
    /// The certificate (chain) to serve TLS with, PEM; none if empty.
    TlsCertificate,
    /// Its key, PEM.
    TlsKey,
    /// What a door lets through.
    Limit(Door),
    /// Where people reach the installation: what the links of notices begin with.
    Address,
    /// The folder of the channels' secret files.
    Secrets,
    /// How log lines are written.
    LogFormat,
    /// Which log lines are written.
    LogLevel,
}

impl Setting {
    const ALL: [Self; 21] = [
        Self::Data,
        Self::Database,
        Self::Files,
        Self::Checkpoints,
        Self::Key,
        Self::Listen,
        Self::TrustedProxy,
        Self::TlsCertificate,
        Self::TlsKey,
        Self::Limit(Door::LogIn),
        Self::Limit(Door::Address),
        Self::Limit(Door::Session),
        Self::Limit(Door::Anonymous),
        Self::Limit(Door::Writes),
        Self::Limit(Door::Exports),
        Self::Limit(Door::Reveal),
        Self::Limit(Door::Calendar),
        Self::Address,
        Self::Secrets,
        Self::LogFormat,
        Self::LogLevel,
    ];

    /// Its name in the file; a dot stands for a table.
    const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Database => "database",
            Self::Files => "files",
            Self::Checkpoints => "checkpoints",
            Self::Key => "key",
            Self::Listen => "listen",
            Self::TrustedProxy => "trusted_proxy",
            Self::TlsCertificate => "tls.certificate",
            Self::TlsKey => "tls.key",
            Self::Limit(Door::LogIn) => "limit.log_in",
            Self::Limit(Door::Address) => "limit.address",
            Self::Limit(Door::Session) => "limit.session",
            Self::Limit(Door::Anonymous) => "limit.anonymous",
            Self::Limit(Door::Writes) => "limit.writes",
            Self::Limit(Door::Exports) => "limit.exports",
            Self::Limit(Door::Reveal) => "limit.reveal",
            Self::Limit(Door::Calendar) => "limit.calendar",
            Self::Address => "notices.address",
            Self::Secrets => "notices.secrets",
            Self::LogFormat => "log.format",
            Self::LogLevel => "log.level",
        }
    }

    /// Its name in the environment.
    fn variable(self) -> String {
        format!("XINJIEAN_{}", self.name().replace('.', "_").to_uppercase())
    }

    /// What it is unless somebody says otherwise; paths below the data folder begin with `{data}`.
    const fn default(self) -> &'static str {
        match self {
            Self::Data => "/var/lib/xinjiean",
            Self::Database => "{data}/xinjiean.db",
            Self::Files => "{data}/files",
            Self::Checkpoints => "{data}/checkpoints",
            Self::Key => "/etc/xinjiean/xinjiean.key",
            Self::Listen => "127.0.0.1:8080",
            Self::TrustedProxy => "false",
            Self::TlsCertificate | Self::TlsKey => "",
            Self::Limit(door) => door.default_rate(),
            Self::Address => "http://127.0.0.1:8080",
            Self::Secrets => "/etc/xinjiean/secrets",
            Self::LogFormat => "json",
            Self::LogLevel => "info",
        }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Origin {
    Default,
    File(PathBuf),
    Environment(String),
    Flag(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("默认 (default)"),
            Self::File(path) => write!(f, "文件 {} (file)", path.display()),
            Self::Environment(name) => write!(f, "环境变量 {name} (environment)"),
            Self::Flag(name) => write!(f, "参数 {name} (flag)"),
        }
    }
}

/// The flags that every command over an installation has.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Flags {
    /// Configuration file; /etc/xinjiean/xinjiean.toml if it is there (配置文件)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Database: a file, or postgres://… (数据库)
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) database: Option<String>,
    /// Data folder (数据目录)
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<String>,
    /// Key file; kept apart from the data that it opens (密钥文件)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<String>,
}

/// The values in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    values: BTreeMap<Setting, (String, Origin)>,
}

impl Config {
    /// The defaults alone.
    pub(crate) fn default() -> Self {
        Self { values: Setting::ALL.into_iter().map(|setting| (setting, (setting.default().to_owned(), Origin::Default))).collect() }
    }

    /// File, environment and flags over the defaults.
    pub(crate) fn load(flags: &Flags) -> Result<Self, Refusal> {
        let mut config = Self::default();
        let usual = PathBuf::from("/etc/xinjiean/xinjiean.toml");
        let named = flags.config.clone().or_else(|| environment("XINJIEAN_CONFIG").map(PathBuf::from));
        if let Some(path) = named.or_else(|| usual.exists().then_some(usual)) {
            config.file(&path)?;
        }
        for setting in Setting::ALL {
            let name = setting.variable();
            if let Some(value) = environment(&name) {
                config.set(setting, value, Origin::Environment(name));
            }
        }
        config.flag(Setting::Database, "--database", flags.database.clone());
        config.flag(Setting::Data, "--data", flags.data.clone());
        config.flag(Setting::Key, "--key", flags.key.clone());
        // A demonstration keeps its key beside its data, so `--data DIR` is enough for it.
        if PathBuf::from(format!("{}/demo.key", config.text(Setting::Data).trim_end_matches('/'))).exists() {
            config.fall_back(Setting::Key, "{data}/demo.key");
        }
        Ok(config)
    }

    /// A value by flag, if the flag was given.
    pub(crate) fn flag(&mut self, setting: Setting, flag: &'static str, value: Option<String>) {
        if let Some(value) = value {
            self.set(setting, value, Origin::Flag(flag));
        }
    }

    /// Another default than the house's, for a command of its own kind.
    pub(crate) fn fall_back(&mut self, setting: Setting, value: &str) {
        if self.values.get(&setting).is_none_or(|(_, origin)| *origin == Origin::Default) {
            self.set(setting, value.to_owned(), Origin::Default);
        }
    }

    fn set(&mut self, setting: Setting, value: String, origin: Origin) {
        self.values.insert(setting, (value, origin));
    }

    fn file(&mut self, path: &Path) -> Result<(), Refusal> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|why| Refusal::new(format!("配置文件 {shown} 无法读取：{why} (configuration file)")))?;
        let table: toml::Table = text.parse().map_err(|why: toml::de::Error| Refusal::new(format!("配置文件 {shown} 不是 TOML：{}", why.message())))?;
        let mut flat = Vec::new();
        for (name, value) in table {
            match value {
                toml::Value::Table(inner) => flat.extend(inner.into_iter().map(|(key, value)| (format!("{name}.{key}"), value))),
                value => flat.push((name, value)),
            }
        }
        for (name, value) in flat {
            let setting = Setting::ALL.into_iter().find(|setting| setting.name() == name);
            let setting = setting.ok_or_else(|| Refusal::new(format!("配置文件 {shown} 里的“{name}”不认识 (unknown setting)")))?;
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Boolean(on) => on.to_string(),
                other => return Err(Refusal::new(format!("配置文件 {shown} 里的“{name}”不能是 {} (wrong type)", other.type_str()))),
            };
            self.set(setting, value, Origin::File(path.to_owned()));
        }
        Ok(())
    }

    /// A value as text.
    pub(crate) fn text(&self, setting: Setting) -> &str {
        self.values.get(&setting).map_or("", |(value, _)| value)
    }

    fn filled(&self, setting: Setting) -> String {
        self.text(setting).replace("{data}", self.text(Setting::Data).trim_end_matches('/'))
    }

    /// A value as a path.
    pub(crate) fn path(&self, setting: Setting) -> PathBuf {
        PathBuf::from(self.filled(setting))
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> Place {
        Place::read(&self.filled(Setting::Database))
    }

    /// The address to listen at, if it may be listened at: plain HTTP leaves this machine only through a proxy that speaks TLS.
    pub(crate) fn listen(&self) -> Result<SocketAddr, Refusal> {
        let text = self.text(Setting::Listen);
        let address: SocketAddr = text.parse().map_err(|_| Refusal::new(format!("监听地址“{text}”不对，应如 127.0.0.1:8080 (listen is not an address)")))?;
        if !address.ip().is_loopback() && !self.trusted_proxy()? && self.text(Setting::TlsCertificate).is_empty() {
            return Err(Refusal::new(format!(
                "拒绝在 {address} 上提供不加密的 HTTP：请监听 127.0.0.1；或设证书 [tls] certificate 和 key；或在前面放一个负责 TLS 的代理并设 trusted_proxy = true。 \
                 Plain HTTP outside loopback is refused: listen at 127.0.0.1, or set [tls] certificate and key, or put a TLS proxy in front and set \
                 trusted_proxy = true."
            )));
        }
        Ok(address)
    }

    /// The certificate to serve TLS with, if one is set.
    pub(crate) fn certificate(&self) -> Result<Option<Arc<Certificate>>, Refusal> {
        match (self.text(Setting::TlsCertificate), self.text(Setting::TlsKey)) {
            ("", "") => Ok(None),
            ("", _) | (_, "") => Err(Refusal::new("证书要两个文件：[tls] certificate 和 key 须同时设置 (certificate and key come together)")),
            _ => Certificate::open(&self.path(Setting::TlsCertificate), &self.path(Setting::TlsKey)).map(Some),
        }
    }

    /// What each door lets through.
    pub(crate) fn limits(&self) -> Result<Limits, Refusal> {
        Door::ALL.into_iter().try_fold(Limits::default(), |limits, door| {
            let setting = Setting::Limit(door);
            let rate = Rate::read(self.text(setting)).map_err(|why| Refusal::new(format!("{}：{why}", setting.name())))?;
            Ok(limits.with(door, rate))
        })
    }

    /// Whether a proxy that speaks TLS stands in front.
    pub(crate) fn trusted_proxy(&self) -> Result<bool, Refusal> {
        let text = self.text(Setting::TrustedProxy);
        text.parse().map_err(|_| Refusal::new(format!("trusted_proxy 应为 true 或 false，不是“{text}” (not a flag)")))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the environment comes in")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// `config …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Print every value and where it came from (打印)
    Print(Flags),
    /// Say what is wrong with it; exit code 2 if anything is (检查)
    Check(Flags),
}

/// Prints or checks the configuration.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Print(flags) => print!("{}", Config::load(&flags)?.shown()),
        Command::Check(flags) => {
            let config = Config::load(&flags)?;
            config.listen()?;
            config.certificate()?;
            config.limits()?;
            println!("配置无误 (configuration is fine)");
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Config {
    fn shown(&self) -> String {
        let line = |(setting, (_, origin)): (&Setting, &(String, Origin))| {
            // Only a place knows how to leave out its password.
            let value = if *setting == Setting::Database { self.database().to_string() } else { self.filled(*setting) };
            format!("{:<16} = {value:<36} # {origin}\n", setting.name())
        };
        self.values.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(listen: &str) -> Config {
        let mut config = Config::default();
        config.flag(Setting::Listen, "--listen", Some(listen.to_owned()));
        config
    }

    #[test]
    fn the_example_file_says_the_defaults_and_all_of_them() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/xinjiean.toml");
        let mut config = Config::default();
        config.file(&path).unwrap();
        for setting in Setting::ALL {
            assert_eq!(config.filled(setting), Config::default().filled(setting), "{}", setting.name());
            assert!(matches!(config.values[&setting].1, Origin::File(_)), "{} is not in the file", setting.name());
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert!(at("127.0.0.1:80").listen().is_ok() && at("[::1]:80").listen().is_ok());
        assert!(at("0.0.0.0:80").listen().unwrap_err().to_string().contains("trusted_proxy"));
        let mut behind = at("0.0.0.0:80");
        behind.flag(Setting::TrustedProxy, "--", Some("true".to_owned()));
        assert!(behind.listen().is_ok());
    }

    #[test]
    fn a_later_layer_wins_and_no_password_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.toml");
        std::fs::write(&file, "data = \"/a\"\ndatabase = \"postgres://u:hunter2@db/x\"\n[log]\nlevel = \"debug\"\n").unwrap();
        let flags = Flags { config: Some(file), data: Some("/b".to_owned()), ..Flags::default() };
        let config = Config::load(&flags).unwrap();
        assert_eq!(config.path(Setting::Files), PathBuf::from("/b/files"));
        assert_eq!(config.text(Setting::LogLevel), "debug");
        assert!(!config.shown().contains("hunter2") && config.shown().contains("--data"));
        let file = folder.path().join("y.toml");
        std::fs::write(&file, "nonsense = 1\n").unwrap();
        assert!(Config::load(&Flags { config: Some(file), ..Flags::default() }).unwrap_err().to_string().contains("nonsense"));
    }
}
