//! E-mail by SMTP: over TLS, or in the clear to a server on this machine.

use super::{Again, Failure, Post, Sending};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport};
use std::time::{Duration, UNIX_EPOCH};

/// How long one step of the talk may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn send(post: &Post, sending: &Sending<'_>) -> Result<(), Failure> {
    let host = sending.setting("host")?;
    let port: u16 = sending.setting("port")?.parse().map_err(|_| Failure::never("setting_bad port"))?;
    let parameters = || TlsParameters::new(host.to_owned()).map_err(|_| Failure::never("tls_failed"));
    let tls = match sending.setting("tls")? {
        "implicit" => Tls::Wrapper(parameters()?),
        "starttls" => Tls::Required(parameters()?),
        "none" if matches!(host, "127.0.0.1" | "localhost" | "::1") => Tls::None,
        _ => return Err(Failure::never("setting_bad tls")),
    };
    let mailbox = |text: &str, whose| text.parse::<Mailbox>().map_err(|_| Failure::never(format!("address_bad {whose}")));
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(sending.now.0).unwrap_or(0));
    let domain = sending.setting("from")?.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
    let message = Message::builder()
        .from(mailbox(sending.setting("from")?, "from")?)
        .to(mailbox(sending.address, "to")?)
        .subject(&sending.letter.title)
        .date(at)
        .message_id(Some(format!("<{}@{domain}>", crate::keys::hex(&sending.entropy[..12]))))
        .header(ContentType::TEXT_PLAIN)
        .body(post.words(sending.letter))
        .map_err(|_| Failure::never("request_bad"))?;
    let mut transport = SmtpTransport::builder_dangerous(host).port(port).tls(tls).timeout(Some(PATIENCE));
    if let Some(user) = sending.settings.get("user").filter(|user| !user.is_empty()) {
        transport = transport.credentials(Credentials::new(user.clone(), post.secret(sending, "secret_file")?));
    }
    match transport.build().send(&message) {
        Ok(_) => Ok(()),
        Err(error) if error.is_permanent() => {
            let code = error.status().map_or(0, u16::from);
            // 550, 551, 553: there is no such box.
            let again = if matches!(code, 550 | 551 | 553) { Again::Gone } else { Again::Never };
            Err(Failure { why: format!("answered {code}"), again })
        }
        Err(error) if error.is_timeout() => Err(Failure::later("timeout")),
        Err(error) => Err(Failure::later(error.status().map_or_else(|| "unreachable".to_owned(), |code| format!("answered {code}")))),
    }
}
