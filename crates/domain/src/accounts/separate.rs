//! Three administrations, three people: system, security, audit. Nobody holds two of them, nor one of them and a post that works on matters.

use crate::kernel::Refusal;
use crate::places::PostKind;

/// Whether a post administers the house: it sees no matter, and asks for a second factor.
#[must_use]
pub const fn administers(kind: PostKind) -> bool {
    matches!(kind, PostKind::SystemAdmin | PostKind::SecurityAdmin | PostKind::Auditor)
}

/// Whether one person may have these posts together, now or later.
///
/// # Errors
/// `separate_administrators`, naming the two that do not go together.
pub fn separate(kinds: &[PostKind]) -> Result<(), Refusal> {
    let Some(admin) = kinds.iter().find(|kind| administers(**kind)) else { return Ok(()) };
    let Some(other) = kinds.iter().find(|kind| *kind != admin) else { return Ok(()) };
    Err(Refusal::at(
        "separate_administrators",
        "post",
        format!(
            "“{}”和“{}”不能由同一人担任：系统、安全、审计三类管理员须三人分设，且不兼办理事项的岗位。请先结束其中一个岗位，或另换人选",
            admin.zh(),
            other.zh()
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_is_nothing_else() {
        for a in PostKind::ALL {
            for b in PostKind::ALL {
                let apart = a != b && (administers(*a) || administers(*b));
                assert_eq!(separate(&[*a, *b]).is_err(), apart, "{} {}", a.code(), b.code());
            }
        }
        assert!(separate(&[]).is_ok());
    }
}
