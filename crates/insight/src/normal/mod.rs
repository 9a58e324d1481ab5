//! What people write, made comparable: names, numbers of identity cards and telephones, addresses, dates, amounts.
//!
//! Each function takes any text and gives the parts that could be read, or nothing; none refuses, none panics. What is not understood is left out rather than
//! guessed at, because a wrong part separates two records of one person for good.

pub mod address;
pub mod amounts;
pub mod dates;
pub mod idno;
pub mod names;
pub mod phone;

/// The value of one ASCII or full-width digit.
#[must_use]
pub const fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => None,
    }
}

/// The value of one Han numeral below ten (also 两 and 〇).
#[must_use]
pub const fn numeral(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Reads a whole number in Han numerals from the beginning of `chars`: value and how many characters it took. Units up to 万 (十二, 三百零五, 一二〇三).
#[must_use]
pub fn han_number(chars: &[char]) -> Option<(u64, usize)> {
    let (mut total, mut section, mut current, mut seen) = (0_u64, 0_u64, None::<u64>, 0);
    for &c in chars.iter().take(18) {
        let unit = match c {
            '十' | '拾' => 10,
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            '万' => 10_000,
            _ => match numeral(c) {
                // Digits read out one by one: 一二〇三.
                Some(value) => {
                    current = Some(current.unwrap_or(0).saturating_mul(if current.is_some() { 10 } else { 1 }).saturating_add(u64::from(value)));
                    seen += 1;
                    continue;
                }
                None => break,
            },
        };
        if unit == 10_000 {
            total = total.saturating_add(section.saturating_add(current.take().unwrap_or(0)).saturating_mul(10_000));
            section = 0;
        } else {
            section = section.saturating_add(current.take().unwrap_or(1).saturating_mul(unit));
        }
        seen += 1;
    }
    (seen > 0).then(|| (total.saturating_add(section).saturating_add(current.unwrap_or(0)), seen))
}

/// A 32-bit mark of some text: equal texts have equal marks, and two different ones have the same mark once in four thousand million times. Nought is kept for
/// “nothing there” (FNV-1a over the bytes, then the finisher of `MurmurHash3`).
#[must_use]
pub fn mark(text: &str) -> u32 {
    mark_of(text.bytes().map(u32::from))
}

/// As [`mark`], of any values.
#[must_use]
pub fn mark_of(values: impl IntoIterator<Item = u32>) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for value in values {
        hash = (hash ^ u64::from(value)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 29;
    let low = hash as u32;
    low.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_numbers_are_read() {
        for (text, value) in [("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("三百零五", 305), ("一二〇三", 1203), ("两千", 2000), ("三万五千", 35_000)]
        {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(han_number(&chars), Some((value, chars.len())), "{text}");
        }
        assert_eq!(han_number(&['村']), None);
    }
}
