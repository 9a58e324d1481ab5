//! 身份证号 by GB 11643-1999: six digits of a district, eight of a birthday, three of an order (odd: male), and a check digit by ISO 7064 MOD 11-2.

/// Eighteen digits, four bits each, the first in the highest place; `X` is ten. Compared by `xor`, one digit is one nibble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct IdNo(pub u128);

/// How many digits a number has.
const DIGITS: usize = 18;
/// Weights of the first seventeen digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The check digit (0–10, ten is `X`) for the first seventeen digits.
#[must_use]
pub fn check_digit(first: [u32; 17]) -> u32 {
    let sum: u32 = first.iter().zip(WEIGHTS).map(|(digit, weight)| (digit % 10) * weight).sum();
    (12 - sum % 11) % 11
}

impl IdNo {
    /// Reads a number of 18 digits, or of 15 (before 1999: no century, no check digit), which becomes one of 18. Spaces and hyphens are skipped. Does not ask whether
    /// the check digit is right: a number with one wrong digit still says most of what it says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = [0_u32; DIGITS];
        let mut n = 0;
        for c in text.chars() {
            let value = match c {
                'x' | 'X' | 'ｘ' | 'Ｘ' | '*' if n == DIGITS - 1 => 10,
                ' ' | '-' | '\u{3000}' | '\u{a0}' => continue,
                _ => super::digit(c)?,
            };
            *digits.get_mut(n)? = value;
            n += 1;
        }
        if n == 15 {
            digits.copy_within(6..15, 8);
            (digits[6], digits[7]) = (1, 9);
            let mut first = [0; 17];
            first.copy_from_slice(&digits[..17]);
            digits[17] = check_digit(first);
            n = DIGITS;
        }
        (n == DIGITS).then(|| Self(digits.iter().fold(0, |all, digit| all << 4 | u128::from(*digit))))
    }

    /// The digit at a place, counted from nought.
    #[must_use]
    pub const fn digit(self, place: usize) -> u32 {
        (self.0 >> (4 * (DIGITS - 1 - place)) & 15) as u32
    }

    fn number(self, from: usize, to: usize) -> u32 {
        (from..to).fold(0, |all, place| all * 10 + self.digit(place))
    }

    /// Whether the check digit is right.
    #[must_use]
    pub fn is_sound(self) -> bool {
        check_digit(std::array::from_fn(|place| self.digit(place))) == self.digit(17)
    }

    /// The district of the first registration, six digits of GB/T 2260.
    #[must_use]
    pub fn district(self) -> u32 {
        self.number(0, 6)
    }

    /// The birthday as a number `yyyymmdd`, if it is one.
    #[must_use]
    pub fn birthday(self) -> Option<u32> {
        let (year, month, day) = (self.number(6, 10), self.number(10, 12), self.number(12, 14));
        (super::dates::is_date(year, month, day) && (1880..2200).contains(&year)).then_some(year * 10_000 + month * 100 + day)
    }

    /// Whether the order number says male.
    #[must_use]
    pub const fn is_male(self) -> bool {
        self.digit(16) % 2 == 1
    }
}

/// Whether two numbers of the same length, four bits a digit, differ by one digit or by two neighbours that changed places (Damerau 1964).
#[must_use]
pub const fn one_slip(a: u128, b: u128) -> bool {
    let differ = a ^ b;
    if differ == 0 {
        return false;
    }
    let low = differ.trailing_zeros() / 4 * 4;
    let rest = differ >> low;
    if rest < 16 {
        return true;
    }
    // Two neighbours: the lower digit of one is the upper of the other.
    rest < 256 && (a >> low & 15) == (b >> (low + 4) & 15) && (b >> low & 15) == (a >> (low + 4) & 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_district_birthday_and_sex() {
        let id = IdNo::parse("11010519491231002X").unwrap();
        assert!(id.is_sound() && !id.is_male());
        assert_eq!((id.district(), id.birthday()), (110_105, Some(19_491_231)));
        assert!(!IdNo::parse("110105194912310021").unwrap().is_sound());
        assert_eq!(IdNo::parse("110105491231002"), Some(id));
        assert_eq!(IdNo::parse("110105 19491231 002x"), Some(id));
        for nothing in ["", "1101051949123100", "abc", "1101051949123100X2"] {
            assert_eq!(IdNo::parse(nothing), None);
        }
    }

    #[test]
    fn one_slip_is_a_digit_or_two_neighbours() {
        let parse = |text: &str| IdNo::parse(text).unwrap().0;
        let id = parse("330110197001268831");
        for near in ["330110197001268931", "330110197001268813", "330110179001268831"] {
            assert!(one_slip(id, parse(near)), "{near}");
        }
        for far in ["330110197001268831", "330110197001269931", "330110197001286813"] {
            assert!(!one_slip(id, parse(far)), "{far}");
        }
    }
}
