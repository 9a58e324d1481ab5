//! Amounts of money, in fen: `3.5万元`, `¥12,000.50`, `三万五千元`, `35000`.

/// The first amount in a text, in fen. A number without 元, 块, 万, 亿 or ¥ beside it counts only if it is the whole text.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
    let chars: Vec<char> = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    let mut at = 0;
    while at < chars.len() {
        let Some((value, width)) = number(&chars[at..]) else {
            at += 1;
            continue;
        };
        let mut end = at + width;
        let mut fen = value * 100.0;
        let mut marked = at > 0 && matches!(chars[at - 1], '¥' | '￥');
        while let Some(unit) = chars.get(end) {
            match unit {
                '百' => fen *= 100.0,
                '千' => fen *= 1000.0,
                '万' => fen *= 1e4,
                '亿' => fen *= 1e8,
                '元' | '块' | '圆' => {
                    marked = true;
                    break;
                }
                _ => break,
            }
            marked |= matches!(unit, '万' | '亿');
            end += 1;
        }
        let whole = at == 0 && end == chars.len();
        if (marked || whole) && (0.0..1e16).contains(&fen) {
            return Some(fen.round() as u64);
        }
        at = end.max(at + 1);
    }
    None
}

/// A decimal number in digits, or a whole one in Han numerals: value and width.
fn number(chars: &[char]) -> Option<(f64, usize)> {
    let mut text = String::new();
    for &c in chars {
        match super::digit(c) {
            Some(value) => text.extend(char::from_digit(value, 10)),
            None if c == '.' && !text.is_empty() && !text.contains('.') => text.push('.'),
            None => break,
        }
    }
    if text.is_empty() {
        return super::han_number(chars).map(|(value, width)| (value as f64, width));
    }
    let width = text.len();
    text.trim_end_matches('.').parse().ok().map(|value| (value, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_an_amount_are_one() {
        for text in ["35000", "3.5万元", "¥35,000.00", "欠三万五千元未还", "３５０００元", "借款35000块"] {
            assert_eq!(parse(text), Some(3_500_000), "{text}");
        }
        for nothing in ["", "三个月", "3幢", "钱"] {
            assert_eq!(parse(nothing), None, "{nothing}");
        }
    }
}
