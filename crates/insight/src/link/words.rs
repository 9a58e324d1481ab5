//! How alike two words are: Jaro–Winkler (Winkler 1990), Damerau–Levenshtein in the form that edits no part twice (Damerau 1964), Soundex (Russell 1918).

/// Jaro–Winkler similarity, 0 to 1: the share of common characters within half the longer length, less half the transpositions, raised by a common beginning of
/// at most four characters with factor 0.1 (Winkler 1990, eq. 1–2).
#[must_use]
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    if a.is_empty() || b.is_empty() {
        return if a.len() == b.len() { 1.0 } else { 0.0 };
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = [false; 64];
    let mut common = Vec::with_capacity(a.len());
    for (i, c) in a.iter().enumerate() {
        let found = (i.saturating_sub(reach)..(i + reach + 1).min(b.len())).find(|j| !taken[*j] && b[*j] == *c);
        if let Some(j) = found {
            taken[j] = true;
            common.push(*c);
        }
    }
    if common.is_empty() {
        return 0.0;
    }
    let swapped = b.iter().zip(taken).filter(|(_, taken)| *taken).zip(&common).filter(|((d, _), c)| d != c).count() / 2;
    let (m, t) = (common.len() as f64, swapped as f64);
    let jaro = (m / a.len() as f64 + m / b.len() as f64 + (m - t) / m) / 3.0;
    let prefix = a.iter().zip(&b).take(4).take_while(|(c, d)| c == d).count() as f64;
    jaro + prefix * 0.1 * (1.0 - jaro)
}

/// How many insertions, deletions, substitutions and swaps of neighbours turn one word into the other, at most `most` (then `most + 1`).
#[must_use]
pub fn edits(a: &str, b: &str, most: usize) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let (mut two, mut one): (Vec<usize>, Vec<usize>) = (vec![0; b.len() + 1], (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let mut best = (one[j] + 1).min(row[j - 1] + 1).min(one[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(two[j - 2] + 1);
            }
            row[j] = best;
        }
        (two, one) = (one, row);
    }
    one[b.len()].min(most + 1)
}

/// The four-sign Soundex code of a word of Latin letters; other words keep their first four characters.
#[must_use]
pub fn soundex(word: &str) -> String {
    let code = |c: char| match c.to_ascii_lowercase() {
        'b' | 'f' | 'p' | 'v' => Some('1'),
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
        'd' | 't' => Some('3'),
        'l' => Some('4'),
        'm' | 'n' => Some('5'),
        'r' => Some('6'),
        _ => None,
    };
    let mut chars = word.chars().filter(|c| c.is_alphabetic());
    let Some(first) = chars.next().filter(char::is_ascii) else { return word.chars().take(4).collect() };
    let mut out = String::from(first.to_ascii_uppercase());
    let mut last = code(first);
    for c in chars {
        let this = code(c);
        if this.is_some() && this != last {
            out.extend(this);
        }
        if !matches!(c.to_ascii_lowercase(), 'h' | 'w') {
            last = this;
        }
        if out.len() == 4 {
            break;
        }
    }
    while out.len() < 4 {
        out.push('0');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarities_are_those_of_the_papers() {
        for (a, b, expected) in [("MARTHA", "MARHTA", 0.961), ("DWAYNE", "DUANE", 0.840), ("DIXON", "DICKSONX", 0.813), ("", "", 1.0), ("a", "", 0.0)] {
            assert!((jaro_winkler(a, b) - expected).abs() < 0.0006, "{a} {b} {}", jaro_winkler(a, b));
        }
        for (a, b, n) in [("kitten", "sitting", 3), ("ab", "ba", 1), ("", "abc", 3), ("x", "x", 0)] {
            assert_eq!(edits(a, b, 5), n, "{a} {b}");
        }
        for (word, sign) in [("Robert", "R163"), ("Rupert", "R163"), ("Tymczak", "T522"), ("Pfister", "P236"), ("Lee", "L000")] {
            assert_eq!(soundex(word), sign);
        }
    }
}
