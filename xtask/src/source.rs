//! Reading Rust sources just well enough to tell code from comments, from texts and from tests.

/// One source file, taken apart.
#[derive(Debug)]
pub(crate) struct Source {
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// The code, line by line as in the file; comments, the insides of texts, and tests are blank.
    pub(crate) code: String,
    /// The texts outside tests: line, and what stands between the quotation marks.
    pub(crate) texts: Vec<(usize, String)>,
    /// How many lines the file has.
    pub(crate) lines: usize,
    /// The lines of code, tests included: neither blank nor comment.
    pub(crate) lines_of_code: usize,
}

impl Source {
    /// Takes a file apart.
    pub(crate) fn read(path: &str, text: &str) -> Self {
        let Parts { mut code, texts } = parts(text);
        let lines_of_code = code.lines().filter(|line| !line.trim().is_empty()).count();
        let tests = if is_test_file(path) { vec![(0, code.len())] } else { test_ranges(&code) };
        let mut bytes = std::mem::take(&mut code).into_bytes();
        for &(from, to) in &tests {
            bytes[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        let outside = |at: usize| !tests.iter().any(|&(from, to)| (from..to).contains(&at));
        let texts = texts.into_iter().filter(|(at, _)| outside(*at)).map(|(at, said)| (line_of(text, at), said)).collect();
        Self { path: path.to_owned(), code: String::from_utf8(bytes).unwrap_or_default(), texts, lines: text.lines().count(), lines_of_code }
    }

    /// The lines of code, numbered from 1, that hold `word` as a whole word.
    pub(crate) fn lines_with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code.lines().enumerate().filter(move |(_, line)| has_word(line, word)).map(|(at, _)| at + 1)
    }
}

/// Whether `word` stands in `line` with no letter, digit or underscore directly before or behind it.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| !part_of_word(line[..at].chars().next_back()) && !part_of_word(line[at + word.len()..].chars().next()))
}

fn is_test_file(path: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
    path.contains("/tests/") || path.contains("/benches/") || stem == "tests" || stem.ends_with("_tests")
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

struct Parts {
    /// As long as the file, byte by byte; what is not code is blank.
    code: String,
    /// Where each text begins, and what it says.
    texts: Vec<(usize, String)>,
}

fn parts(text: &str) -> Parts {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut texts = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (end, blank) = if rest.starts_with(b"//") {
            (at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()), true)
        } else if rest.starts_with(b"/*") {
            (end_of_block_comment(bytes, at), true)
        } else if let Some(marks) = raw_text(bytes, at) {
            let open = at + 2 + marks;
            let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', marks)).collect();
            let inside = bytes[open..].windows(close.len()).position(|window| window == close).unwrap_or(bytes.len() - open);
            texts.push((at, text[open..open + inside].to_owned()));
            ((open + inside + close.len()).min(bytes.len()), true)
        } else if rest[0] == b'"' {
            let end = end_of_quoted(bytes, at, b'"');
            texts.push((at, text[at + 1..(end - 1).max(at + 1)].to_owned()));
            (end, true)
        } else if rest[0] == b'\'' && is_character(rest) {
            (end_of_quoted(bytes, at, b'\''), true)
        } else {
            (at + 1, false)
        };
        if blank {
            code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        at = end;
    }
    Parts { code: String::from_utf8_lossy(&code).into_owned(), texts }
}

fn end_of_block_comment(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0_u32;
    let mut at = from;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// The number of `#` of a raw text that begins at `at` (`r"`, `r#"` …), if one does.
fn raw_text(bytes: &[u8], at: usize) -> Option<usize> {
    let inside_a_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') && bytes[at - 1] != b'b';
    if bytes[at] != b'r' || inside_a_word {
        return None;
    }
    let marks = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    (bytes.get(at + 1 + marks) == Some(&b'"')).then_some(marks)
}

/// Tells `'x'` and `'\n'` from a lifetime.
fn is_character(rest: &[u8]) -> bool {
    match rest.get(1) {
        Some(b'\\') => true,
        Some(first) => {
            let long = match first {
                0xF0.. => 4,
                0xE0.. => 3,
                0xC0.. => 2,
                _ => 1,
            };
            rest.get(1 + long) == Some(&b'\'')
        }
        None => false,
    }
}

fn end_of_quoted(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// From each `#[cfg(test)]` to the end of the item that it stands on.
fn test_ranges(code: &str) -> Vec<(usize, usize)> {
    let bytes = code.as_bytes();
    code.match_indices("#[cfg(test)]")
        .map(|(from, _)| {
            let mut depth = 0_i32;
            for (at, byte) in bytes.iter().enumerate().skip(from) {
                match byte {
                    b'{' => depth += 1,
                    b'}' if depth == 1 => return (from, at + 1),
                    b'}' => depth -= 1,
                    b';' if depth == 0 => return (from, at + 1),
                    _ => {}
                }
            }
            (from, bytes.len())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r##"
//! select a from b
fn live<'a>(c: char) -> &'a str { if c == '"' { "select 1" } else { r#"raw "text""# } } /* unwrap() /* nested */ */
#[cfg(test)]
mod tests { const IN_TEST: &str = "delete from x"; fn f() { one.unwrap(); } }
fn after() { two.unwrap() }
"##;

    #[test]
    fn code_texts_and_tests_are_told_apart() {
        let source = Source::read("crates/app/src/lib.rs", FILE);
        assert_eq!(source.texts, [(3, "select 1".to_owned()), (3, "raw \"text\"".to_owned())]);
        assert_eq!(source.lines_with("unwrap").collect::<Vec<_>>(), [6]);
        assert!(source.code.lines().nth(1).is_some_and(|line| line.trim().is_empty()));
        assert_eq!(source.code.len(), FILE.len());
    }

    #[test]
    fn a_file_of_tests_has_no_code() {
        assert!(Source::read("crates/app/src/matters/tests.rs", FILE).code.trim().is_empty());
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use sqlite;", "sqlite"));
        assert!(!has_word("use sqlite_like;", "sqlite"));
    }
}
