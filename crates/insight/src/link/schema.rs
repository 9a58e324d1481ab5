//! What the columns of a table mean, and by which of their parts records are brought together.

/// What a field holds, and so how it is read and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A Chinese name, or a title instead of one.
    Name,
    /// 身份证号.
    IdNo,
    /// A telephone number.
    Phone,
    /// A Chinese address: the field's first column, and a place mentioned in the text of its second.
    Address,
    /// A year of birth: the first column, else from the 身份证号 in the second.
    Year,
    /// Male or female: from the title in the first column, else from the 身份证号 in the second.
    Sex,
    /// What was reported: a text, and in the second column its date.
    Said,
    /// A word of Latin letters that may be misspelt: a name, a street.
    Word,
    /// A number or code that may have a wrong sign in it.
    Code,
    /// A word from a short list: equal or not.
    Term,
}

/// One level of agreement of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Level {
    /// What is said of it in an explanation.
    pub said: &'static str,
    /// Which count of values stands beside it (see [`super::counts`]); none where how common the value is does not matter.
    pub counted: Option<usize>,
    /// How often two records of one person agree so, before anything is learned.
    pub first: f64,
    /// Whether it tells one person from everybody else, also from those in the same house.
    pub telling: bool,
    /// Whether it means equal values, so that chance agreements can be counted instead of sampled.
    pub exact: bool,
}

const fn level(said: &'static str, counted: Option<usize>, first: f64, telling: bool) -> Level {
    Level { said, counted, first, telling, exact: false }
}

const fn exact(said: &'static str, count: usize, first: f64, telling: bool) -> Level {
    Level { said, counted: Some(count), first, telling, exact: true }
}

impl Kind {
    /// Numbers of 32 bits that a record keeps for a field of this kind.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::Name => 7,
            Self::IdNo | Self::Said => 3,
            Self::Phone => 2,
            Self::Address => 10,
            Self::Year | Self::Sex | Self::Word | Self::Code | Self::Term => 1,
        }
    }

    /// The levels of agreement, best first; level 0 of a comparison is “cannot be told” and does not stand here.
    #[must_use]
    pub const fn levels(self) -> &'static [Level] {
        match self {
            Self::Name => {
                const LEVELS: &[Level] = &[
                    exact("同名", 0, 0.72, true),
                    exact("同音", 1, 0.05, true),
                    level("一字之差", None, 0.01, false),
                    level("同姓，名未全", Some(2), 0.18, false),
                    level("同姓不同名", None, 0.01, false),
                    level("不同姓", None, 0.03, false),
                ];
                LEVELS
            }
            Self::IdNo => {
                const LEVELS: &[Level] =
                    &[exact("相同", 0, 0.92, true), level("错一位", None, 0.06, true), level("同日生", None, 0.005, false), level("不同", None, 0.015, false)];
                LEVELS
            }
            Self::Phone => {
                const LEVELS: &[Level] = &[exact("相同", 0, 0.7, false), level("错一位", None, 0.05, false), level("不同", None, 0.25, false)];
                LEVELS
            }
            Self::Address => {
                const LEVELS: &[Level] = &[
                    exact("同门牌", 0, 0.6, false),
                    level("同幢（组），门牌未全", Some(1), 0.15, false),
                    level("同幢不同室", None, 0.01, false),
                    level("同村（小区），门牌未全", Some(1), 0.14, false),
                    level("同村（小区）不同门牌", Some(1), 0.04, false),
                    level("不同地方", None, 0.06, false),
                ];
                LEVELS
            }
            Self::Year => {
                const LEVELS: &[Level] = &[level("同年", None, 0.88, false), level("差一年", None, 0.1, false), level("不同", None, 0.02, false)];
                LEVELS
            }
            Self::Sex => {
                const LEVELS: &[Level] = &[level("相同", None, 0.98, false), level("不同", None, 0.02, false)];
                LEVELS
            }
            Self::Said => {
                const LEVELS: &[Level] = &[
                    level("同一地点同一事", None, 0.1, false),
                    level("同一地点", None, 0.05, false),
                    level("同一说法，两月之内", Some(0), 0.2, false),
                    level("同一说法", Some(0), 0.2, false),
                    level("不同，两月之内", None, 0.1, false),
                    level("不同", None, 0.35, false),
                ];
                LEVELS
            }
            Self::Word => {
                const LEVELS: &[Level] =
                    &[exact("相同", 0, 0.7, false), level("很像", None, 0.15, false), level("相像", None, 0.05, false), level("不同", None, 0.1, false)];
                LEVELS
            }
            Self::Code => {
                const LEVELS: &[Level] =
                    &[exact("相同", 0, 0.85, false), level("错一处", None, 0.08, false), level("错两处", None, 0.02, false), level("不同", None, 0.05, false)];
                LEVELS
            }
            Self::Term => {
                const LEVELS: &[Level] = &[exact("相同", 0, 0.9, false), level("不同", None, 0.1, false)];
                LEVELS
            }
        }
    }

    /// How many counts of values a field of this kind needs.
    #[must_use]
    pub const fn counts(self) -> usize {
        match self {
            Self::Name => 3,
            Self::Address => 2,
            Self::Year | Self::Sex => 0,
            _ => 1,
        }
    }

    /// The parts of a field by which records may be brought together, by name.
    #[must_use]
    pub const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["full", "sound", "surname"],
            Self::IdNo => &["value", "birth", "head"],
            Self::Phone => &["value", "head", "tail"],
            Self::Address => &["door", "place", "mentioned_door", "mentioned_place"],
            Self::Said => &["said", "place"],
            Self::Word => &["value", "sound", "start"],
            Self::Code => &["value", "start", "end"],
            Self::Year | Self::Sex | Self::Term => &["value"],
        }
    }

    /// Reads the name of a kind as it stands in a configuration.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "name" => Self::Name,
            "idno" => Self::IdNo,
            "phone" => Self::Phone,
            "address" => Self::Address,
            "year" => Self::Year,
            "sex" => Self::Sex,
            "said" => Self::Said,
            "word" => Self::Word,
            "code" => Self::Code,
            "term" => Self::Term,
            _ => return None,
        })
    }
}

/// One field: what it is called, what it holds, and in which of the cells that are handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in explanations and blocks.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Which cells: one or two, by their place in what [`super::Batch::push`] gets.
    pub cells: Vec<usize>,
    /// Whether people of one household share it (address, telephone, what was reported) or it is each one's own.
    pub shared: bool,
}

/// A part of a field, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which field of the schema.
    pub field: usize,
    /// Which of [`Kind::parts`].
    pub part: usize,
}

/// A rule that brings records together: those that agree in all of `on`. Where more than [`Schema::most`] do, they must agree in the parts of `then` as well, one
/// after the other, until the groups are small enough.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The parts that must agree.
    pub on: Vec<Part>,
    /// Further parts for groups that are too large.
    pub then: Vec<Part>,
}

/// Everything that a run needs to know of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The fields; at most sixteen.
    pub fields: Vec<Field>,
    /// The rules that bring records together.
    pub blocks: Vec<Block>,
    /// The largest group within which every record is compared with every other.
    pub most: usize,
}

impl Schema {
    /// Where a field's numbers begin in a record.
    #[must_use]
    pub fn offset(&self, field: usize) -> usize {
        self.fields[..field].iter().map(|field| field.kind.width()).sum()
    }

    /// How many numbers a record has; the last ones are how common its values are ([`super::counts`]).
    #[must_use]
    pub fn stride(&self) -> usize {
        self.offset(self.fields.len()) + self.counts().div_ceil(8)
    }

    /// How many counts of values all fields need together.
    #[must_use]
    pub fn counts(&self) -> usize {
        self.fields.iter().map(|field| field.kind.counts()).sum()
    }

    /// The number of a field's first count among all.
    #[must_use]
    pub fn first_count(&self, field: usize) -> usize {
        self.fields[..field].iter().map(|field| field.kind.counts()).sum()
    }

    /// A part by name: `name.sound`, or a field's name alone for its first part.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<Part> {
        let (field, part) = name.split_once('.').map_or((name, None), |(field, part)| (field, Some(part)));
        let at = self.fields.iter().position(|own| own.name == field)?;
        let part = part.map_or(Some(0), |part| self.fields[at].kind.parts().iter().position(|own| *own == part))?;
        Some(Part { field: at, part })
    }
}
