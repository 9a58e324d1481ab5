//! What a token for scripts may do: less than its owner, said when it is made.

use crate::kernel::Refusal;
use crate::matters::ActKind;

/// A token's reach. Whatever it says, it is never more than the owner's posts, and never the owner's account itself (password, second factor, tokens,
/// delegations, administration).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everything that the owner may do.
    All,
    /// Reading only.
    Read,
    /// Reading, and these acts on matters.
    Acts(Vec<ActKind>),
}

impl Reach {
    /// As it is kept: `all`, `read`, or the acts' codes in order.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Read => "read".to_owned(),
            Self::Acts(acts) => acts.iter().map(|act| act.code()).collect::<Vec<_>>().join(" "),
        }
    }

    /// Reads what was kept or asked for.
    ///
    /// # Errors
    /// [`Refusal::Data`] if it names anything else than acts of people.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        match text.trim() {
            "all" => Ok(Self::All),
            "read" => Ok(Self::Read),
            codes => {
                let acts: Option<Vec<ActKind>> = codes.split_whitespace().map(|code| code.parse().ok().filter(|act: &ActKind| !act.is_systems())).collect();
                let unknown = || Refusal::Data(vec![crate::kernel::Missing { datum: "reach".to_owned(), why: "unknown" }]);
                let mut acts = acts.filter(|acts| !acts.is_empty()).ok_or_else(unknown)?;
                acts.sort_by_key(|act| ActKind::ALL.iter().position(|one| one == act));
                acts.dedup();
                Ok(Self::Acts(acts))
            }
        }
    }

    /// Whether a write that is this act, or none upon a matter, is within the reach.
    #[must_use]
    pub fn writes(&self, act: Option<ActKind>) -> bool {
        match self {
            Self::All => true,
            Self::Read => false,
            Self::Acts(acts) => act.is_some_and(|act| acts.contains(&act)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_is_read_as_it_was_written() {
        for reach in [Reach::All, Reach::Read, Reach::Acts(vec![ActKind::Register, ActKind::Note])] {
            assert_eq!(Reach::read(&reach.text()).unwrap(), reach);
        }
        assert_eq!(Reach::read("note register note").unwrap(), Reach::Acts(vec![ActKind::Register, ActKind::Note]));
        for wrong in ["", " ", "escalate", "everything", "note all"] {
            assert_eq!(Reach::read(wrong).unwrap_err().code(), "data_missing", "{wrong:?}");
        }
        assert!(Reach::read("note").unwrap().writes(Some(ActKind::Note)));
        assert!(!Reach::read("note").unwrap().writes(Some(ActKind::Close)) && !Reach::read("note").unwrap().writes(None));
    }
}
