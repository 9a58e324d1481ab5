//! The tree of categories (`domain.md` §3.1, §12), as data: which codes there are, how they are called, and what follows from them.
//!
//! **Codes.** The leaves of the disputes (family `D`) are the codes of GB/T 31000-2015 themselves: `0602`, below the group `06`, below `D`. All other
//! leaves carry the letter of their family: `F-03`, `S-04`, `X-05`. No more than three levels. Codes of the sister taxonomies (§3.5) are *derived* from
//! the leaf, by [`Category::derived`]; nobody types them, and a leaf inherits what its group says. Leads are examples [I] until the customer's
//! 职责清单 is loaded.

use super::UnitHint;
use crate::matters::Care;
use std::sync::LazyLock;

const TABLE: &str = include_str!("categories.tsv");

/// The codes of the sister taxonomies that follow from a category (`domain.md` §3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Derived {
    /// GB/T 31000-2015 事件类别.
    pub gb: Option<&'static str>,
    /// 12345 诉求分类, DB44/T 2479-2024 appendix A: two, four or six digits, as far as the category tells.
    pub hotline: Option<&'static str>,
    /// 信访内容分类, level 1.
    pub petition: Option<&'static str>,
    /// 司法部 人民调解案件类别, one of 18.
    pub mediation: Option<&'static str>,
}

/// One row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its code: `D`, `06`, `0602`, `F`, `F-03`.
    pub code: &'static str,
    /// The code above it; none for a family.
    pub parent: Option<&'static str>,
    /// The Chinese name.
    pub zh: &'static str,
    /// The English name.
    pub en: &'static str,
    /// The derived codes, inheritance already applied.
    pub derived: Derived,
    /// How carefully its matters are treated.
    pub care: Care,
    /// Who usually leads.
    pub lead: UnitHint,
    /// Who usually assists.
    pub assists: Vec<UnitHint>,
    /// Whether the row itself names its lead (else it has it from above).
    pub leads_itself: bool,
    /// Whether nothing lies below it.
    pub leaf: bool,
}

impl Category {
    /// The category of this code.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        TREE.iter().find(|row| row.code == code)
    }

    /// Every row, parents before their children: what an installation is seeded with.
    #[must_use]
    pub fn seed() -> &'static [Self] {
        &TREE
    }

    /// The rows directly below a code; the families for none.
    pub fn children(parent: Option<&str>) -> impl Iterator<Item = &'static Self> {
        TREE.iter().filter(move |row| row.parent == parent)
    }

    /// Whether matters may be filed under this code itself.
    #[must_use]
    pub fn is_leaf(code: &str) -> bool {
        Self::find(code).is_some_and(|row| row.leaf)
    }

    /// The row and all above it, the row first.
    pub fn line(code: &str) -> impl Iterator<Item = &'static Self> {
        std::iter::successors(Self::find(code), |row| row.parent.and_then(Self::find))
    }

    /// The top of its line: `D` for `0602`, `F` for `F-03`.
    #[must_use]
    pub fn family(code: &str) -> Option<&'static Self> {
        Self::line(code).last()
    }

    /// The group that words can decide when they do not decide the leaf: the two digits of a dispute, else the family.
    #[must_use]
    pub fn group(code: &str) -> Option<&'static Self> {
        let line: Vec<_> = Self::line(code).collect();
        let top = line.last()?;
        if top.code == "D" && line.len() > 1 { line.get(line.len() - 2).copied() } else { Some(top) }
    }

    /// Whether `code` is this row or lies below it.
    #[must_use]
    pub fn holds(&self, code: &str) -> bool {
        Self::line(code).any(|row| row.code == self.code)
    }

    /// The codes of the sister taxonomies; empty for an unknown code.
    #[must_use]
    pub fn derived(code: &str) -> Derived {
        Self::find(code).map(|row| row.derived).unwrap_or_default()
    }

    /// How carefully a matter of this code is treated. An unknown code is treated as confidential until someone has looked.
    #[must_use]
    pub fn care(code: &str) -> Care {
        Self::find(code).map_or(Care::Confidential, |row| row.care)
    }
}

static TREE: LazyLock<Vec<Category>> = LazyLock::new(|| {
    let mut tree: Vec<Category> = Vec::new();
    for line in TABLE.lines().skip(1) {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let [code, parent, zh, en, gb, hotline, petition, mediation, care, lead, assists] = cells[..] else { continue };
        let above = tree.iter_mut().find(|row| row.code == parent);
        let inherited = above.as_ref().map(|row| (row.derived, row.care, row.lead, row.assists.clone()));
        if let Some(row) = above {
            row.leaf = false;
        }
        let (from, from_care, from_lead, from_assists) = inherited.unwrap_or((Derived::default(), Care::Open, UnitHint::Command, Vec::new()));
        let derived = Derived {
            gb: if gb == "=" { Some(code) } else { own(gb, from.gb) },
            hotline: own(hotline, from.hotline),
            petition: own(petition, from.petition),
            mediation: own(mediation, from.mediation),
        };
        tree.push(Category {
            code,
            parent: Some(parent).filter(|text| !text.is_empty()),
            zh,
            en,
            derived,
            care: care.parse().unwrap_or(from_care),
            lead: lead.parse().unwrap_or(from_lead),
            assists: if lead.is_empty() && assists.is_empty() { from_assists } else { assists.split(',').filter_map(|text| text.parse().ok()).collect() },
            leads_itself: !(lead.is_empty() && assists.is_empty()),
            leaf: true,
        });
    }
    tree
});

/// An empty cell is inherited, `-` says that there is none.
fn own(cell: &'static str, above: Option<&'static str>) -> Option<&'static str> {
    match cell {
        "" => above,
        "-" => None,
        text => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const MEDIATION: [&str; 18] = [
        "婚姻家庭",
        "邻里",
        "房屋宅基地",
        "合同",
        "生产经营",
        "损害赔偿",
        "山林土地",
        "征地拆迁",
        "环境污染",
        "拖欠农民工工资",
        "其他劳动争议",
        "旅游",
        "电子商务",
        "其他消费",
        "医疗",
        "道路交通事故",
        "物业",
        "其他",
    ];

    #[test]
    fn the_table_is_read_whole() {
        assert_eq!(Category::seed().len(), TABLE.lines().count() - 1);
        let codes: BTreeSet<_> = Category::seed().iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), Category::seed().len(), "a code stands twice");
        for row in Category::seed() {
            assert!(row.parent.is_none_or(|parent| codes.contains(parent)), "{} hangs in the air", row.code);
            assert!(Category::line(row.code).count() <= 3, "{} lies too deep", row.code);
            assert!(row.derived.mediation.is_none_or(|text| MEDIATION.contains(&text)), "{}", row.code);
            assert!(row.derived.gb.is_none_or(|gb| codes.contains(gb)), "{}", row.code);
            assert!(
                row.derived.hotline.is_none_or(|text| text.len().is_multiple_of(2) && text.len() <= 6 && text.chars().all(|c| c.is_ascii_digit())),
                "{}",
                row.code
            );
        }
        for line in TABLE.lines().skip(1) {
            let cells: Vec<_> = line.split('\t').collect();
            for hint in cells[9..].iter().flat_map(|cell| cell.split(',')).filter(|hint| !hint.is_empty()) {
                assert!(hint.parse::<UnitHint>().is_ok(), "{hint} in {line}");
            }
        }
    }

    #[test]
    fn families_and_counts_are_those_of_the_book() {
        let families: String = Category::children(None).map(|row| row.code).collect();
        assert_eq!(families, "DJFATRCMXSPGW");
        let leaves = |family: &str| Category::seed().iter().filter(|row| row.leaf && Category::family(row.code).is_some_and(|top| top.code == family)).count();
        // The numbers of §12; a leaf more or less is a decision, not an accident.
        let counts: Vec<_> = "JFATRCMXSPGW".chars().map(|c| leaves(&c.to_string())).collect();
        assert_eq!(counts, [7, 9, 7, 8, 7, 10, 5, 7, 9, 5, 5, 4]);
        assert_eq!(leaves("D"), 79);
    }

    #[test]
    fn codes_are_derived_not_typed() {
        let lease = Category::derived("0602");
        assert_eq!((lease.gb, lease.hotline, lease.mediation), (Some("0602"), Some("030204"), Some("合同")));
        assert_eq!(Category::derived("0799").hotline, Some("080508"));
        assert_eq!(Category::derived("0701").hotline, Some("0805"));
        assert_eq!(Category::derived("C-01").gb, Some("1103"));
        assert_eq!(Category::derived("nonsense"), Derived::default());
        assert_eq!(Category::group("0602").map(|row| row.code), Some("06"));
        assert_eq!(Category::group("F-03").map(|row| row.code), Some("F"));
        assert_eq!(Category::group("99").map(|row| row.code), Some("99"));
        assert!(Category::is_leaf("0602") && !Category::is_leaf("06") && !Category::is_leaf("D"));
    }

    #[test]
    fn care_follows_the_book() {
        for code in ["X-05", "1501", "1502", "1599"] {
            assert_eq!(Category::care(code), Care::Confidential, "{code}");
        }
        for code in ["P-01", "P-05"] {
            assert_eq!(Category::care(code), Care::Protected, "{code}");
        }
        assert_eq!(Category::care("0602"), Care::Open);
        assert_eq!(Category::care("unknown"), Care::Confidential);
    }
}
