//! The ears of the desk: the engines of `insight` that listen to a first sentence, learnt once from the sentences that `domain` ships.

use domain::intake::{Category, Guess, Peril, category_marks, codes_of, danger_words, spoken};
use insight::spoken::{Row, Spoken};
use std::sync::LazyLock;

/// A text of so many characters is a call; what is longer is a letter, is heard piece by piece and must be surer.
const CALL: usize = 60;
/// How sure a letter must be.
const LETTER: f32 = 0.8;

static EARS: LazyLock<Spoken> = LazyLock::new(|| {
    let codes: Vec<String> = Category::seed().iter().filter(|row| row.leaf).map(|row| row.code.to_owned()).collect();
    let rows: Vec<Row<'_>> = spoken()
        .iter()
        .map(|one| Row {
            said: one.said,
            codes: one.codes.split('|').filter(|code| !code.is_empty()).collect(),
            danger: one.danger.is_some(),
            kind: one.danger.filter(|_| !one.codes.is_empty()),
            danger_marks: danger_words(one.said).0,
            category_marks: category_marks(one.said),
        })
        .collect();
    Spoken::learn(&rows, &codes, 7, 1)
});

/// The danger that a text tells, if one is heard.
#[must_use]
pub fn peril(said: &str) -> Option<Peril> {
    let letter = said.chars().count() > CALL;
    let pieces: Vec<&str> =
        if letter { said.split(['。', '！', '？', '!', '?', '；', '\n']).filter(|piece| !piece.trim().is_empty()).collect() } else { vec![said] };
    pieces.into_iter().find_map(|piece| {
        let (marks, mut because) = danger_words(piece);
        let heard = EARS.hear(piece, &marks);
        if !heard.danger || letter && (heard.p < LETTER || because.is_empty()) {
            return None;
        }
        because.extend(EARS.danger.explain(piece, &marks, 3).into_iter().map(|spoke| spoke.word).filter(|word| !because.contains(word)).collect::<Vec<_>>());
        because.truncate(5);
        let codes = codes_of(heard.kind);
        let ranked = EARS.categories(piece, &category_marks(piece), 20);
        let code = ranked.iter().find_map(|(code, _)| codes.iter().find(|own| *own == code)).or_else(|| codes.first()).copied()?;
        Some(Peril { kind: heard.kind, code, because })
    })
}

/// The categories that a first sentence may be about, the likeliest first.
#[must_use]
pub fn categories(said: &str, most: usize) -> Vec<Guess> {
    let marks = category_marks(said);
    let guess = |(code, p): (&str, f32)| {
        let because = EARS.explain(said, &marks, code, 3).into_iter().map(|spoke| spoke.word).collect();
        Category::find(code).map(|row| Guess { code: row.code, certainty: f64::from(p), because })
    };
    if said.trim().is_empty() { Vec::new() } else { EARS.categories(said, &marks, most).into_iter().filter_map(guess).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_heard() {
        for (said, kind) in [("我家老头倒在厕所里，喊他没反应", "medical"), ("隔壁楼在冒黑烟，有火苗", "fire"), ("他说不想活了，人坐在楼顶", "selfharm")]
        {
            assert_eq!(peril(said).map(|peril| peril.kind), Some(kind), "{said}");
        }
        for said in ["这个价格真是笑死人了", "跳楼价甩卖是不是虚假广告", "我们公司想报名消防演练"] {
            assert_eq!(peril(said), None, "{said}");
        }
        assert!(categories("", 3).is_empty());
    }
}
