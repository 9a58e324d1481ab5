//! Routing rules: category × place × level → unit, as ordered rows that an office can read and change, and the lint that reads them first.
//!
//! The first row that fits decides. The shipped rows are examples [I] for 新街 (`domain.md` §8, §11, §12): a handful that look at place and level
//! (`routes.tsv`), and behind them one row for every category that names its own lead, so that no lead is written twice. A row names the *function* of
//! a unit, not a unit; which unit of this installation has the function, the caller knows. If none has, the command room owns the matter and the home
//! station stays (§11.1).

use super::Category;
use crate::kernel::coded;
use crate::places::Function;
use std::collections::BTreeSet;

const SPECIAL: &str = include_str!("routes.tsv");

coded! {
    /// The function of a unit, by which a rule names it.
    UnitHint {
        Station = "station", "综治站", "the home station";
        Mediation = "mediation", "人民调解委员会", "the station's mediation committee";
        Command = "command", "街道综合信息指挥室", "the command room";
        GroupCommand = "group_command", "综合指挥组", "group: command";
        GroupMediation = "group_mediation", "矛盾化解（信访）组", "group: disputes and petitions";
        GroupSecurity = "group_security", "社会治安组", "group: public order";
        GroupSafety = "group_safety", "公共安全（消防、安全生产）组", "group: fire and work safety";
        GroupTraffic = "group_traffic", "交通治理组", "group: traffic";
        GroupFloating = "group_floating", "流动人口与出租房组", "group: migrants and rented rooms";
        GroupGrid = "group_grid", "网格与群防群治组", "group: grids and volunteers";
        GroupLaw = "group_law", "法治宣传与督查考核组", "group: law and supervision";
        Police = "police", "公安派出所", "police station";
        TrafficPolice = "traffic_police", "交警", "traffic police";
        Enforcement = "enforcement", "综合行政执法队", "administrative enforcement";
        Court = "court", "人民法庭", "court";
        Procuratorate = "procuratorate", "检察院", "procuratorate";
        Justice = "justice", "司法所", "justice office";
        Market = "market", "市场监管所", "market supervision";
        Labour = "labour", "人社（劳动保障）", "labour and social security";
        FireEmergency = "fire_emergency", "消防救援/应急", "fire and emergency";
        Housing = "housing", "住建（房管）", "housing";
        PlanningEnvironment = "planning_environment", "规划资源/生态环境", "planning and environment";
        Health = "health", "卫生健康", "health";
        Civil = "civil", "民政", "civil affairs";
        Agriculture = "agriculture", "农业农村", "agriculture";
        Women = "women", "妇联", "women's federation";
        Union = "union", "工会", "trade union";
        MedicalMediation = "medical_mediation", "医疗纠纷调解委员会", "medical mediation";
        PoliticsLaw = "politics_law", "政法委", "political and legal committee";
        Discipline = "discipline", "纪检监察", "discipline inspection";
        Organisation = "organisation", "组织部门", "organisation department";
        Veterans = "veterans", "退役军人服务站", "veterans' service";
        Education = "education", "教育（文体）", "education, culture and sport";
        Transport = "transport", "交通运输", "transport";
        Finance = "finance", "街道经发办/金融调解", "economy office, financial mediation";
        Relocation = "relocation", "征迁安置工作组", "relocation group";
        Urban = "urban", "街道城建（物业）办", "urban construction office";
        Utilities = "utilities", "水电气等企业", "utilities";
        Postal = "postal", "邮政管理", "postal administration";
        LegalAid = "legal_aid", "法律援助", "legal aid";
    }
}

/// How a function is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// It is the matter's home station.
    Home,
    /// It is the command room.
    Command,
    /// It is the nearest unit of this function (`places::Network::for_function`); if it is an outside body without accounts, through the command room.
    Unit(Function),
    /// It is an outside body that is no unit here: the command room owns the matter and passes it on.
    Outside,
}

impl UnitHint {
    /// How the function is reached.
    #[must_use]
    pub fn reached(self) -> Reached {
        match self {
            Self::Station | Self::Mediation => Reached::Home,
            Self::Command => Reached::Command,
            other => other.function().map_or(Reached::Outside, Reached::Unit),
        }
    }

    /// The function of the unit that is meant; none for the home station and for bodies that are reached through the command room.
    #[must_use]
    pub fn function(self) -> Option<Function> {
        self.code().parse().ok()
    }
}

/// One routing rule. A row without place or level fits all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteRule {
    /// Its place in the order; the lowest that fits decides.
    pub pos: i64,
    /// A leaf, a group or a family; it fits everything below it.
    pub category: String,
    /// A place code or the beginning of one (`330109014401`, `330109014`).
    pub place: Option<String>,
    /// A level (`domain.md` §10.2).
    pub level: Option<String>,
    /// Who leads.
    pub lead: UnitHint,
    /// Who assists, a task each.
    pub assists: Vec<UnitHint>,
    /// Why, in words that the desk reads.
    pub note: String,
}

impl RouteRule {
    /// Whether the rule speaks of such a matter.
    #[must_use]
    pub fn fits(&self, category: &str, place: Option<&str>, level: Option<&str>) -> bool {
        self.level.as_deref().is_none_or(|own| level == Some(own))
            && self.place.as_deref().is_none_or(|own| place.is_some_and(|code| code.starts_with(own)))
            && Category::find(&self.category).is_some_and(|row| row.holds(category))
    }

    /// Whether everything that `other` fits, this rule fits too.
    #[must_use]
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let wider = |own: Option<&str>, its: Option<&str>| own.is_none_or(|own| its.is_some_and(|its| its.starts_with(own)));
        Category::find(&self.category).is_some_and(|row| row.holds(&other.category))
            && wider(self.place.as_deref(), other.place.as_deref())
            && (self.level.is_none() || self.level == other.level)
    }

    /// Whether some matter fits both rules.
    fn meets(&self, other: &Self) -> bool {
        let tree = |a: &str, b: &str| Category::find(a).is_some_and(|row| row.holds(b));
        let place = match (self.place.as_deref(), other.place.as_deref()) {
            (Some(a), Some(b)) => a.starts_with(b) || b.starts_with(a),
            _ => true,
        };
        (tree(&self.category, &other.category) || tree(&other.category, &self.category))
            && place
            && (self.level.is_none() || other.level.is_none() || self.level == other.level)
    }
}

/// What routing says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// Who should lead.
    pub lead: UnitHint,
    /// Who should assist.
    pub assists: Vec<UnitHint>,
    /// The rule that decided; none if no rule fits and the command room owns it.
    pub rule: Option<i64>,
    /// Why, in one Chinese sentence.
    pub because: String,
}

impl Routed {
    fn by(rule: &RouteRule) -> Self {
        let name = Category::find(&rule.category).map_or("", |row| row.zh);
        let because = format!("规则{}：{} {}→{}。{}", rule.pos, rule.category, name, rule.lead.zh(), rule.note);
        Self { lead: rule.lead, assists: rule.assists.clone(), rule: Some(rule.pos), because }
    }
}

/// Routes a matter: the first rule that fits, else the command room. A matter without category goes to the command room too.
#[must_use]
pub fn route(rules: &[RouteRule], category: Option<&str>, place: Option<&str>, level: Option<&str>) -> Routed {
    fitting(rules, category, place, level).into_iter().next().unwrap_or_else(|| Routed {
        lead: UnitHint::Command,
        assists: Vec::new(),
        rule: None,
        because: if category.is_some() { "没有规则适用，由指挥室研判。".to_owned() } else { "类别未定，由指挥室研判。".to_owned() },
    })
}

/// Every rule that fits, the deciding one first: what the desk is shown (“when two rules fit, show both with their reason”).
#[must_use]
pub fn fitting(rules: &[RouteRule], category: Option<&str>, place: Option<&str>, level: Option<&str>) -> Vec<Routed> {
    let Some(category) = category else { return Vec::new() };
    let mut fit: Vec<&RouteRule> = rules.iter().filter(|rule| rule.fits(category, place, level)).collect();
    fit.sort_by_key(|rule| rule.pos);
    fit.into_iter().map(Routed::by).collect()
}

/// The shipped rules for 新街, in order.
#[must_use]
pub fn seed_rules() -> Vec<RouteRule> {
    let mut rules: Vec<RouteRule> = SPECIAL
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [category, place, level, lead, assists, note] = cells[..] else { return None };
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            Some(RouteRule {
                pos: 0,
                category: category.to_owned(),
                place: given(place),
                level: given(level),
                lead: lead.parse().ok()?,
                assists: assists.split(',').filter_map(|text| text.parse().ok()).collect(),
                note: note.to_owned(),
            })
        })
        .collect();
    // The deepest first, so that a leaf's own lead is asked before its group's.
    let mut rows: Vec<&Category> = Category::seed().iter().filter(|row| row.leads_itself).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(Category::line(row.code).count()));
    // `D` itself would only say “the station mediates” of what no group knows: those are for the command room to read.
    rules.extend(rows.into_iter().filter(|row| row.code != "D").map(|row| RouteRule {
        pos: 0,
        category: row.code.to_owned(),
        place: None,
        level: None,
        lead: row.lead,
        assists: row.assists.clone(),
        note: String::from("示例，请按本街道职责清单修改。"),
    }));
    for (pos, rule) in (1..).zip(&mut rules) {
        rule.pos = pos * 10;
    }
    rules
}

/// What the lint found in a set of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule it is about; none for a gap.
    pub rule: Option<i64>,
    /// What kind of fault.
    pub kind: Fault,
    /// One Chinese sentence.
    pub said: String,
}

coded! {
    /// A fault in the routing rules.
    Fault {
        /// A rule before it takes everything that it fits.
        Unreachable = "unreachable", "永不适用", "never reached";
        /// Two rules of unlike breadth fit one matter and name different leads; the order decides, which may not be meant.
        Overlap = "overlap", "交叉", "overlap";
        /// The category is not in the tree.
        UnknownCategory = "unknown_category", "类别不存在", "unknown category";
        /// No unit of the installation has the function.
        NoOwner = "no_owner", "无承接单位", "no unit";
        /// Two rules stand at the same place in the order.
        SamePlace = "same_place", "次序重复", "same place in the order";
        /// A leaf that no rule fits: it falls to the command room.
        Gap = "gap", "无规则", "no rule";
    }
}

/// Reads a set of rules against the tree and the functions that units of this installation have.
#[must_use]
pub fn lint(rules: &[RouteRule], categories: &[Category], units: &[UnitHint]) -> Vec<Finding> {
    let mut sorted: Vec<&RouteRule> = rules.iter().collect();
    sorted.sort_by_key(|rule| rule.pos);
    let known: BTreeSet<&str> = categories.iter().map(|row| row.code).collect();
    let mut findings = Vec::new();
    for (at, rule) in sorted.iter().enumerate() {
        let mut say = |kind: Fault, said: String| findings.push(Finding { rule: Some(rule.pos), kind, said });
        if !known.contains(rule.category.as_str()) {
            say(Fault::UnknownCategory, format!("规则{}的类别“{}”不存在。", rule.pos, rule.category));
        }
        for hint in std::iter::once(&rule.lead).chain(&rule.assists).filter(|hint| !units.contains(hint)) {
            say(Fault::NoOwner, format!("规则{}指向“{}”，本单位树中没有。", rule.pos, hint.zh()));
        }
        for before in &sorted[..at] {
            if before.pos == rule.pos {
                say(Fault::SamePlace, format!("规则{}的次序出现两次。", rule.pos));
            }
            if before.covers(rule) {
                say(Fault::Unreachable, format!("规则{}排在前面，规则{}永不适用。", before.pos, rule.pos));
            } else if before.lead != rule.lead && before.meets(rule) && !rule.covers(before) {
                say(Fault::Overlap, format!("规则{}与规则{}交叉，主办不同，以在前者为准。", before.pos, rule.pos));
            }
        }
    }
    for row in categories.iter().filter(|row| row.leaf) {
        if !rules.iter().any(|rule| rule.place.is_none() && rule.level.is_none() && Category::find(&rule.category).is_some_and(|own| own.holds(row.code))) {
            findings.push(Finding { rule: None, kind: Fault::Gap, said: format!("类别“{} {}”没有规则，由指挥室研判。", row.code, row.zh) });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pos: i64, category: &str, place: Option<&str>, level: Option<&str>, lead: UnitHint) -> RouteRule {
        RouteRule { pos, category: category.into(), place: place.map(Into::into), level: level.map(Into::into), lead, assists: Vec::new(), note: String::new() }
    }

    #[test]
    fn the_worked_routes_come_out() {
        let rules = seed_rules();
        let lead = |code: &str| route(&rules, Some(code), Some("330109014218"), Some("ordinary")).lead;
        assert_eq!(lead("0602"), UnitHint::Mediation);
        assert_eq!(lead("0799"), UnitHint::Labour);
        assert_eq!(lead("F-03"), UnitHint::Station);
        assert_eq!(lead("T-04"), UnitHint::TrafficPolice);
        assert_eq!(lead("P-01"), UnitHint::Police);
        assert_eq!(lead("1102"), UnitHint::Relocation);
        assert_eq!(lead("C-06"), UnitHint::Enforcement);
        assert_eq!(lead("S-04"), UnitHint::Station);
        assert_eq!(lead("X-05"), UnitHint::Discipline);
        assert_eq!(lead("99"), UnitHint::Command);
    }

    #[test]
    fn hints_are_functions_of_the_network() {
        assert_eq!(UnitHint::Police.reached(), Reached::Unit(Function::Police));
        assert_eq!(UnitHint::Mediation.reached(), Reached::Home);
        assert_eq!(UnitHint::Education.reached(), Reached::Unit(Function::Education));
        for function in Function::ALL.iter().filter(|function| **function != Function::Office) {
            assert!(function.code().parse::<UnitHint>().is_ok(), "no rule can name {function}");
        }
    }

    #[test]
    fn place_and_level_come_first_and_nothing_falls_through() {
        let rules = seed_rules();
        assert_eq!(route(&rules, Some("0602"), None, Some("hard")).lead, UnitHint::GroupMediation);
        assert_eq!(route(&rules, Some("S-01"), None, Some("instant")).lead, UnitHint::Station);
        let none = route(&rules, None, Some("330109014218"), None);
        assert_eq!((none.lead, none.rule), (UnitHint::Command, None));
        assert_eq!(route(&[], Some("0602"), None, None).lead, UnitHint::Command);
        assert!(fitting(&rules, Some("0602"), None, Some("hard")).len() >= 2, "both are shown");
    }

    #[test]
    fn the_shipped_rules_are_clean() {
        let findings = lint(&seed_rules(), Category::seed(), UnitHint::ALL);
        let bad: Vec<_> = findings.iter().filter(|finding| !matches!(finding.kind, Fault::Overlap)).collect();
        assert!(bad.is_empty(), "{bad:#?}");
    }

    #[test]
    fn the_lint_finds_each_fault() {
        let rules = [
            rule(10, "06", None, None, UnitHint::Mediation),
            rule(20, "0602", None, Some("hard"), UnitHint::GroupMediation),
            rule(30, "F", Some("330109014218"), None, UnitHint::Station),
            rule(40, "F-03", None, None, UnitHint::Utilities),
            rule(40, "Z-9", None, None, UnitHint::Station),
        ];
        let kinds: BTreeSet<_> = lint(&rules, Category::seed(), &[UnitHint::Mediation, UnitHint::GroupMediation, UnitHint::Station])
            .into_iter()
            .map(|finding| finding.kind)
            .collect();
        assert_eq!(kinds, Fault::ALL.iter().copied().collect());
    }
}
