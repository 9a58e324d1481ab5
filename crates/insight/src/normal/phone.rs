//! Telephone numbers: digits only, country prefix and dialling zero cut off, eleven digits for a mobile, seven or eight for a landline.

/// A number, four bits a digit, behind a leading one so that its length is part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Phone(pub u64);

impl Phone {
    /// Reads the first number of a cell. Signs between digits are skipped; `+86`, `0086` and the zero before an area code or a mobile go. Fewer than seven or
    /// more than twelve digits are no number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = [0_u8; 20];
        let mut n = 0;
        for c in text.chars() {
            match super::digit(c) {
                Some(value) if n < digits.len() => {
                    digits[n] = value as u8;
                    n += 1;
                }
                Some(_) => return None,
                // A second number in the same cell.
                None if n >= 7 && matches!(c, '/' | ',' | '，' | '、' | ';' | '；' | '或' | '转') => break,
                None => {}
            }
        }
        let mut rest = &digits[..n];
        for prefix in [[0, 0, 8, 6].as_slice(), &[8, 6], &[0]] {
            let cut = rest.strip_prefix(prefix).filter(|cut| prefix.len() == 1 || cut.len() >= 10);
            if let Some(cut) = cut.filter(|cut| cut.len() >= 7) {
                rest = cut;
                if prefix.len() > 1 {
                    rest = rest.strip_prefix(&[0]).unwrap_or(rest);
                    break;
                }
            }
        }
        (7..=12).contains(&rest.len()).then(|| Self(rest.iter().fold(1, |all, digit| all << 4 | u64::from(*digit))))
    }

    /// The last four digits.
    #[must_use]
    pub const fn tail(self) -> u64 {
        self.0 & 0xffff
    }

    /// All but the last four digits: of a mobile, the operator's block.
    #[must_use]
    pub const fn head(self) -> u64 {
        self.0 >> 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_number_are_one() {
        let plain = Phone::parse("13800138000");
        assert!(plain.is_some());
        for text in ["+86 138-0013-8000", "0086 13800138000", "8613800138000", "１３８００１３８０００", "013800138000", "13800138000/13900139000"] {
            assert_eq!(Phone::parse(text), plain, "{text}");
        }
        assert_eq!(Phone::parse("(0571)8283-1234"), Phone::parse("057182831234"));
        assert_eq!(Phone::parse("110"), None);
        assert_eq!(Phone::parse(""), None);
    }
}
