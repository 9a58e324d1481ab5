//! The people of the demonstration: invented names on real kinds of posts, always the same.

use super::{DEPARTMENTS, SEATS, street_unit};
use crate::kernel::{Instant, Mint, PostId, UnitId};
use crate::places::{Function, Post, PostKind};
use std::collections::HashSet;

/// A person who can log in to the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    /// The log-in, readable: `shengzhong-desk`, `police-head`, `checker-1`.
    pub login: String,
    /// An invented name.
    pub name: String,
    /// The posts that the person holds.
    pub posts: Vec<PostId>,
}

const SURNAMES: &str = "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 萧 田 董 潘 袁 蔡 蒋 余 于 杜 叶 程 魏 苏 吕 丁 任 卢 \
                        姚 沈 钟 姜 崔 谭 陆 范 汪 金 石 戴 贾 韦 夏 邱 方 侯 邹 熊 孟 秦";

const GIVEN: &str = "建国 建华 建军 建平 志强 志明 志刚 志远 国强 国平 国华 国良 永康 永明 永福 文军 文斌 文博 文杰 文涛 海波 海涛 海峰 海燕 晓东 晓明 晓峰 晓燕 晓红 晓丽 \
                     丽华 丽萍 丽娟 丽君 秀英 秀兰 秀珍 玉兰 玉梅 玉珍 桂英 桂芳 春燕 春梅 春花 秋萍 秋月 冬梅 雪梅 雪芳 小芳 小燕 小平 小林 小军 红梅 红霞 红英 亚琴 亚萍 \
                     亚军 伟民 伟东 伟强 伟明 利民 利群 利平 卫东 卫国 卫平 水根 水娟 阿根 关荣 关林 阿兴 柏荣 柏林 妙娟 妙芬 妙根 佳怡 佳敏 佳琪 佳伟 佳豪 思远 思琪 思敏 \
                     梦婷 梦洁 雨晴 雨欣 子涵 子轩 浩然 浩宇 俊杰 俊峰 嘉伟 嘉怡 天宇 天成 明亮 明华 明珠 世杰 世荣 立新 立群 立峰 宏伟 宏斌 鹏飞 鹏程 振华 振东 荣华 \
                     荣根 静怡 静雯 慧敏 慧琴 慧芳 爱民 爱珍 爱娟 兴根 兴华 正华 正良 泽民 益民 惠民 新民 庆华 庆丰 连根 连娟 亦凡 一鸣 欣怡 舒婷 凯文 彦博 若兰 语桐 诗琪 可欣";

/// People who share a desk that is never closed: four carry three shifts within the rest rules.
const TURNS: usize = 4;

/// All accounts of the demonstration, in the order of the house: command room, administrators, departments, stations.
#[must_use]
pub fn accounts() -> Vec<DemoAccount> {
    use PostKind::{Archivist, Auditor, CallbackClerk, Checker, CommandHead, CommandOfficer, DutyOfficer, SecurityAdmin, StreetLeader, SystemAdmin};
    let command = street_unit(Function::Command);
    let room = [
        ("command-head", CommandHead),
        ("command-1", CommandOfficer),
        ("command-2", CommandOfficer),
        ("duty", DutyOfficer),
        ("checker-1", Checker),
        ("checker-2", Checker),
        ("callback-1", CallbackClerk),
        ("callback-2", CallbackClerk),
        ("archivist", Archivist),
        ("leader", StreetLeader),
        ("system-admin", SystemAdmin),
        ("security-admin", SecurityAdmin),
        ("auditor", Auditor),
    ];
    let mut names = Names::new();
    let mut people = Vec::new();
    let mut hire = |login: String, unit: &UnitId, kind: PostKind| people.push(DemoAccount { login, name: names.next(), posts: vec![Post::id_of(unit, kind)] });
    for (login, kind) in room {
        hire(login.to_owned(), &command, kind);
    }
    for (function, _, _) in DEPARTMENTS {
        let letters = function.code().replace('_', "-");
        hire(format!("{letters}-head"), &street_unit(function), PostKind::UnitHead);
        hire(format!("{letters}-officer"), &street_unit(function), PostKind::UnitOfficer);
    }
    for seat in &SEATS {
        let staff = [
            ("chief", PostKind::StationChief),
            ("desk", PostKind::DeskClerk),
            ("officer", PostKind::UnitOfficer),
            ("mediator", PostKind::Mediator),
            ("grid-1", PostKind::GridWorker),
            ("grid-2", PostKind::GridWorker),
        ];
        for (role, kind) in staff {
            hire(format!("{}-{role}", seat.letters), &seat.station(), kind);
        }
    }
    // Those who take turns at the desks, day and night; last, so that the names above do not depend on how many there are.
    for n in 2..=TURNS {
        hire(format!("duty-{n}"), &command, DutyOfficer);
        hire(format!("leader-{n}"), &command, StreetLeader);
        for seat in &SEATS {
            hire(format!("{}-desk-{n}", seat.letters), &seat.station(), PostKind::DeskClerk);
        }
    }
    people
}

/// Draws names without repeating one.
struct Names {
    mint: Mint,
    surnames: Vec<&'static str>,
    given: Vec<&'static str>,
    taken: HashSet<String>,
}

impl Names {
    fn new() -> Self {
        let words = |list: &'static str| list.split_whitespace().collect();
        Self { mint: Mint::new(Instant(0), [0x5c; 32]), surnames: words(SURNAMES), given: words(GIVEN), taken: HashSet::new() }
    }

    fn next(&mut self) -> String {
        loop {
            let bytes = self.mint.bytes();
            let pick = |list: &[&'static str], at: usize| list[(usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])) % list.len()];
            let name = format!("{}{}", pick(&self.surnames, 0), pick(&self.given, 2));
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::demo::xinjie;

    #[test]
    fn everybody_holds_a_post_that_exists() {
        let network = xinjie();
        for person in accounts() {
            assert!(!person.posts.is_empty() && person.posts.iter().all(|post| network.post(post).is_some()), "{}", person.login);
        }
    }

    #[test]
    fn logins_and_names_are_unique_and_stay_the_same() {
        let people = accounts();
        assert_eq!(people.len(), 13 + 22 + 26 * 6 + 3 * 28);
        assert_eq!(people.iter().map(|p| &p.login).collect::<HashSet<_>>().len(), people.len());
        assert_eq!(people.iter().map(|p| &p.name).collect::<HashSet<_>>().len(), people.len());
        assert!(people.iter().all(|p| p.login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
        assert_eq!(people, accounts());
    }

    #[test]
    fn the_lists_are_long_enough_and_without_doubles() {
        for (list, least) in [(SURNAMES, 60), (GIVEN, 120)] {
            let words: Vec<_> = list.split_whitespace().collect();
            assert!(words.len() >= least);
            assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        }
    }

    #[test]
    fn every_post_of_a_station_department_and_the_command_room_is_held() {
        let network = xinjie();
        let held: HashSet<PostId> = accounts().into_iter().flat_map(|person| person.posts).collect();
        for post in &network.posts {
            let unit = network.unit(&post.unit).unwrap();
            let staffed = matches!(unit.kind, crate::places::UnitKind::Station | crate::places::UnitKind::Department | crate::places::UnitKind::CommandRoom);
            assert_eq!(held.contains(&post.id), staffed, "{}", post.id);
        }
    }
}
