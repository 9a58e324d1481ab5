//! Counts tests from the closing lines of the runners that we use: cargo test, nextest, vitest, and a plain `N passed, N failed`.

/// Tests seen so far.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u32,
    /// Tests that did not.
    pub(crate) failed: u32,
}

impl Tally {
    /// Takes in one printed line, which need not be a closing line.
    pub(crate) fn read(&mut self, line: &str) {
        let plain = without_colour(line);
        let words: Vec<&str> = plain.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|')).filter(|word| !word.is_empty()).collect();
        let closing = match words.as_slice() {
            ["test", "result:", ..] | ["Tests", ..] => true,
            ["Summary", ..] => plain.contains(" tests run:") || plain.contains(" test run:"),
            [count, "passed" | "failed", ..] => count.parse::<u32>().is_ok(),
            _ => false,
        };
        if !closing {
            return;
        }
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u32>() else { continue };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" | "timed" => self.failed += number,
                _ => {}
            }
        }
    }
}

fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().find(|c| c.is_ascii_alphabetic());
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lines: &[&str]) -> (u32, u32) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        (tally.passed, tally.failed)
    }

    #[test]
    fn closing_lines_are_counted_and_no_others() {
        assert_eq!(counted(&["test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured"]), (5, 2));
        assert_eq!(counted(&["     Summary [  12.7s] 41 tests run: 39 passed (2 slow), 1 failed, 1 timed out, 3 skipped"]), (39, 2));
        assert_eq!(counted(&["      Tests  1 failed | 12 passed (13)", " Test Files  2 passed (2)"]), (12, 1));
        assert_eq!(
            counted(&["\u{1b}[32;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped"]),
            (1, 0)
        );
        assert_eq!(counted(&["7 passed, 0 failed", "  3 passed (10.2s)", "running 3 tests", "the clerk passed 3 matters"]), (10, 0));
    }
}
