//! What a channel of each kind is set up with. Secrets are names of files in the installation's folder of secrets, never values.

use super::ChannelKind;
use crate::kernel::{Missing, Refusal};
use std::collections::BTreeMap;

/// One setting of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingSpec {
    /// Its name, as in JSON.
    pub name: &'static str,
    /// What it is called on the screen.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Whether the channel cannot do without.
    pub required: bool,
}

const fn needed(name: &'static str, zh: &'static str, en: &'static str) -> SettingSpec {
    SettingSpec { name, zh, en, required: true }
}

const fn extra(name: &'static str, zh: &'static str, en: &'static str) -> SettingSpec {
    SettingSpec { name, zh, en, required: false }
}

const URL: SettingSpec = needed("url", "接口地址", "address");
const SECRET: SettingSpec = needed("secret_file", "密钥文件名", "name of the secret's file");

impl ChannelKind {
    /// The settings of this kind, in the order in which they are asked for.
    #[must_use]
    pub const fn settings(self) -> &'static [SettingSpec] {
        match self {
            Self::Browser => const { &[extra("hosts", "另外允许的推送服务主机（空格分隔）", "further push hosts, separated by spaces")] },
            Self::Sms => {
                const {
                    &[
                        URL,
                        needed("access_key", "AccessKey ID", "access key id"),
                        SECRET,
                        needed("sign_name", "短信签名", "signature of the sender"),
                        needed("template", "模板编号", "template code"),
                    ]
                }
            }
            Self::DingTalk => const { &[URL, needed("token_file", "access_token 文件名", "name of the token's file"), SECRET] },
            Self::ZheZhengDing => const { &[URL, needed("app_key", "应用标识 App Key", "app key"), SECRET, needed("tenant_id", "租户 ID", "tenant id")] },
            Self::WeCom => const { &[URL, needed("corp_id", "企业 ID", "corp id"), needed("agent_id", "应用 AgentId", "agent id"), SECRET] },
            Self::Mail => {
                const {
                    &[
                        needed("host", "SMTP 服务器", "SMTP server"),
                        needed("port", "端口", "port"),
                        needed("tls", "加密方式 implicit / starttls / none", "implicit, starttls or none"),
                        needed("from", "发件人", "sender"),
                        extra("user", "用户名", "user name"),
                        extra("secret_file", "密码文件名", "name of the password's file"),
                    ]
                }
            }
        }
    }

    /// Whether a person needs an address of his own in it. A robot speaks to its group.
    #[must_use]
    pub const fn needs_address(self) -> bool {
        !matches!(self, Self::DingTalk)
    }
}

/// Checks the settings of a channel: nothing unknown, nothing missing, no secret's path outside of the folder, nothing in the clear beyond this machine.
///
/// # Errors
/// A [`Refusal`] that names the setting.
pub fn check_settings(kind: ChannelKind, settings: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let missing = |name: &str, why| Err(Refusal::Data(vec![Missing { datum: format!("settings.{name}"), why }]));
    for name in settings.keys() {
        if !kind.settings().iter().any(|spec| spec.name == name) {
            return missing(name, "unknown");
        }
    }
    for spec in kind.settings() {
        let value = settings.get(spec.name).map_or("", |value| value.trim());
        if value.is_empty() {
            if spec.required {
                return missing(spec.name, "missing");
            }
            continue;
        }
        let fine = match spec.name {
            "url" => safe_url(value),
            "tls" => matches!(value, "implicit" | "starttls") || (value == "none" && settings.get("host").is_some_and(|host| is_loopback(host))),
            "port" => value.parse::<u16>().is_ok(),
            name if name.ends_with("_file") => is_file_name(value),
            _ => value.chars().count() <= 500,
        };
        if !fine {
            return missing(spec.name, "bad");
        }
    }
    Ok(())
}

/// A plain name, without any way out of its folder.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]" | "::1")
}

/// The host of an address, without port.
#[must_use]
pub fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    if authority.contains('@') {
        return None;
    }
    let host = if authority.starts_with('[') { authority.split_inclusive(']').next()? } else { authority.split(':').next()? };
    (!host.is_empty()).then_some(host)
}

/// Whether something may be sent to an address: over TLS, or on this machine.
#[must_use]
pub fn safe_url(url: &str) -> bool {
    host_of(url).is_some_and(|host| url.starts_with("https://") || is_loopback(host)) && url.len() <= 1000 && !url.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sms(url: &str, secret: &str) -> BTreeMap<String, String> {
        [("url", url), ("access_key", "k"), ("secret_file", secret), ("sign_name", "街道"), ("template", "SMS_1")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into()
    }

    #[test]
    fn secrets_are_names_and_addresses_are_encrypted_or_here() {
        assert!(check_settings(ChannelKind::Sms, &sms("https://sms.example.cn", "sms.key")).is_ok());
        assert!(check_settings(ChannelKind::Sms, &sms("http://127.0.0.1:9000/x", "sms.key")).is_ok());
        for (url, secret) in [
            ("http://sms.example.cn", "k"),
            ("https://a@b", "k"),
            ("ftp://a", "k"),
            ("https://a", "../x"),
            ("https://a", "/etc/passwd"),
            ("https://a", ".k"),
            ("", "k"),
        ] {
            assert!(check_settings(ChannelKind::Sms, &sms(url, secret)).is_err(), "{url} {secret}");
        }
        let mut more = sms("https://a", "k");
        more.insert("other".to_owned(), "1".to_owned());
        assert!(check_settings(ChannelKind::Sms, &more).is_err());
    }
}
