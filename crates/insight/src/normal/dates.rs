//! Dates in the spellings of registers: `2024-03-01`, `2024/3/1 08:00`, `20240301`, `2024年3月1日`, ISO with `T`. Days count from 1970-01-01.

/// Whether year, month and day are a date of the Gregorian calendar.
#[must_use]
pub const fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 => 28 + leap as u32,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    day >= 1 && day <= days
}

/// Days from 1970-01-01 to a date (Hinnant, `days_from_civil`).
#[must_use]
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = year - i64::from(month <= 2);
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A moment read from a cell, in days since 1970-01-01 with the time as a fraction; the zone is whatever the file's is.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let mut numbers = [0_u32; 6];
    let mut widths = [0_usize; 6];
    let mut n = 0;
    let mut open = false;
    for c in text.trim().chars() {
        match super::digit(c) {
            Some(value) => {
                if !open {
                    if n == 6 {
                        break;
                    }
                    n += 1;
                    open = true;
                }
                widths[n - 1] += 1;
                if widths[n - 1] > 8 {
                    return None;
                }
                numbers[n - 1] = numbers[n - 1] * 10 + value;
            }
            // A fraction of a second or a zone: the rest does not matter.
            None if n == 6 => break,
            None => {
                if n == 0 && !c.is_whitespace() {
                    return None;
                }
                open = false;
            }
        }
    }
    let (date, time) = if n >= 1 && widths[0] == 8 {
        ([numbers[0] / 10_000, numbers[0] / 100 % 100, numbers[0] % 100], &numbers[1..n.min(4)])
    } else if n >= 3 && widths[0] == 4 {
        ([numbers[0], numbers[1], numbers[2]], &numbers[3..n])
    } else {
        return None;
    };
    if !is_date(date[0], date[1], date[2]) {
        return None;
    }
    let at = |i: usize, most: u32| time.get(i).copied().filter(|value| *value < most).map_or(0.0, f64::from);
    let seconds = at(0, 25) * 3600.0 + at(1, 60) * 60.0 + at(2, 61);
    let whole = days(i64::from(date[0]), i64::from(date[1]), i64::from(date[2])) as f64;
    Some(whole + seconds / 86_400.0)
}

/// The year in a cell: four digits alone, or the year of a date.
#[must_use]
pub fn year(text: &str) -> Option<u32> {
    let text = text.trim();
    let mut value = 0;
    let mut n = 0;
    for c in text.chars() {
        match super::digit(c) {
            Some(digit) if n < 4 => {
                value = value * 10 + digit;
                n += 1;
            }
            _ => break,
        }
    }
    (n == 4 && (1800..2200).contains(&value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_day_are_one() {
        let day = parse("2024-03-01");
        assert_eq!(day, Some(19_783.0));
        for text in ["2024/3/1", "20240301", "2024年3月1日", " 2024.03.01 ", "２０２４-03-01"] {
            assert_eq!(parse(text), day, "{text}");
        }
        assert_eq!(parse("2024-03-01T12:00:00.5+08:00"), Some(19_783.5));
        assert_eq!(parse("2011-07-01 06:00:00"), Some(15_156.25));
        for nothing in ["", "昨天", "2024-02-30", "2024", "99999999999"] {
            assert_eq!(parse(nothing), None, "{nothing}");
        }
        assert_eq!((year("1988"), year("1988-01-02"), year("88"), year("")), (Some(1988), Some(1988), None, None));
    }
}
