//! Stories: what people come with, how it is taken on, and how it ends. A table (`stories.tsv`) that anybody can read and add to; `{…}` is filled in by
//! [`people`](super::people).

use domain::matters::DeclineReason;
use domain::places::Function;

/// How a story is taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// Answered at the desk.
    Answer,
    /// Led elsewhere.
    Decline(DeclineReason),
    /// The station's own people.
    Station,
    /// A department, through the command room.
    Street(Function),
}

/// Who helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assist {
    Nobody,
    Station,
    Unit(Function),
}

/// One story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    /// Category; none if the desk cannot tell.
    pub(super) category: Option<&'static str>,
    pub(super) level: &'static str,
    pub(super) urgency: &'static str,
    pub(super) course: Course,
    pub(super) assist: Assist,
    pub(super) weight: usize,
    pub(super) title: &'static str,
    pub(super) said: &'static str,
    pub(super) done: &'static str,
    pub(super) outcome: &'static str,
    pub(super) result: &'static str,
}

impl Story {
    /// The letter or group in which its category stands: `D` for a dispute.
    pub(super) fn family(&self) -> &'static str {
        match self.category {
            Some(code) if code.starts_with(|c: char| c.is_ascii_digit()) => "D",
            Some(code) => code.split('-').next().unwrap_or(""),
            None => "",
        }
    }
}

/// All stories.
pub(super) fn all() -> Vec<Story> {
    include_str!("stories.tsv").lines().skip(1).filter_map(read).collect()
}

fn read(line: &'static str) -> Option<Story> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    let [category, level, urgency, course, assist, weight, title, said, done, outcome, result] = cells.try_into().ok()?;
    let (course, of) = course.split_once(':').unwrap_or((course, ""));
    Some(Story {
        category: Some(category).filter(|code| *code != "-"),
        level,
        urgency,
        course: match course {
            "answer" => Course::Answer,
            "station" => Course::Station,
            "street" => Course::Street(of.parse().ok()?),
            "decline" => Course::Decline(of.parse().ok()?),
            _ => return None,
        },
        assist: match assist {
            "-" => Assist::Nobody,
            "station" => Assist::Station,
            function => Assist::Unit(function.parse().ok()?),
        },
        weight: weight.parse().ok()?,
        title,
        said,
        done,
        outcome,
        result,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::intake::Category;
    use domain::matters::codes;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_is_a_story_of_the_rule_book() {
        let stories = all();
        assert_eq!(stories.len(), include_str!("stories.tsv").lines().count() - 1);
        assert!(stories.len() >= 60);
        assert_eq!(stories.iter().map(|s| s.said).collect::<BTreeSet<_>>().len(), stories.len());
        let known = |list: &str, code: &str| codes(list).iter().any(|(known, _, _)| *known == code);
        for story in &stories {
            assert!(known("level", story.level) && known("urgency", story.urgency), "{}", story.title);
            assert!(story.category.is_none_or(Category::is_leaf), "{}", story.title);
            assert!(story.result == "-" || known("result", story.result), "{}", story.title);
        }
        let families: BTreeSet<_> = stories.iter().map(Story::family).collect();
        assert!(families.len() >= 11, "{families:?}");
    }

    #[test]
    fn the_two_stories_of_the_article_are_among_them() {
        for said in ["我家的猫走失了，可以帮忙查下监控吗？", "我想提前退租，房东"] {
            assert!(all().iter().any(|story| story.said.starts_with(said)), "{said}");
        }
    }
}
