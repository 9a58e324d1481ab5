//! The people of the demonstration: who calls, who lets, who keeps a shop, and who holds which post. All invented; the same ones come again.

use super::dice::Dice;
use super::stories::Story;
use crate::fault::Fault;
use domain::accounts::Actor;
use domain::kernel::{Instant, PlaceCode, UnitId};
use domain::places::{Network, PostKind, Tier};
use std::collections::BTreeMap;
use store::db::Tx;

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪金石";
const GIVEN: &str = "水根 阿根 关荣 柏林 妙娟 妙芬 佳怡 佳敏 思远 梦婷 雨晴 子涵 浩然 俊杰 嘉伟 天宇 明华 立新 宏伟 鹏飞 振华 静怡 慧敏 爱珍 兴根 正良 益民 新民 庆丰 连娟 \
                     亦凡 一鸣 欣怡 舒婷 彦博 若兰 语桐 诗琪 可欣 国强 志明 建国 永福 文斌 海燕 晓东 丽华 秀英 玉兰 桂芳 春燕 秋萍 冬梅 小芳 红霞 亚琴 伟东 利群 卫平 阿兴";
const ROADS: [&str; 7] = ["振兴路", "沿河路", "园区三路", "花木路", "北塘路", "兴业街", "通济弄"];
const SHOPS: [&str; 9] = ["老味道小炒", "惠民超市", "丰收水果店", "阿芬理发店", "顺达汽修", "鲜味烧烤", "便民五金店", "动感健身", "小城装饰"];
const FACTORIES: [&str; 4] = ["五金厂", "羽绒厂", "包装厂", "卫浴厂"];

/// Somebody who comes with something.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) spot: String,
    pub(super) place: PlaceCode,
}

/// A station's place with its people.
#[derive(Debug, Clone)]
pub(super) struct Village {
    pub(super) station: UnitId,
    pub(super) name: String,
    short: String,
    pub(super) residents: Vec<Person>,
    landlords: Vec<String>,
    estates: Vec<String>,
    /// How many reports come from here, beside the others.
    pub(super) weight: usize,
}

fn name(dice: &mut Dice) -> String {
    let surnames: Vec<char> = SURNAMES.chars().collect();
    let given: Vec<&str> = GIVEN.split_whitespace().collect();
    let surname = dice.pick(&surnames).copied().unwrap_or('王');
    format!("{surname}{}", dice.pick(&given).unwrap_or(&"某"))
}

/// The villages of a network, always the same for the same dice.
pub(super) fn villages(network: &Network, dice: &mut Dice) -> Vec<Village> {
    network
        .stations()
        .map(|station| {
            let mut dice = dice.branch();
            let place = network.place(&station.place);
            let name_of = place.map_or_else(|| station.name.clone(), |place| place.name.clone());
            let short = ["物流中心社区", "区块片区", "社区", "片区", "村"].iter().find_map(|tail| name_of.strip_suffix(tail)).unwrap_or(&name_of).to_owned();
            let grids: Vec<PlaceCode> = network.grids(&station.place).map(|grid| grid.code.clone()).collect();
            let is_village = place.is_some_and(|place| place.tier == Tier::Village);
            let estates: Vec<String> = if is_village {
                vec![format!("{short}农居点"), format!("{short}公寓")]
            } else {
                vec![format!("{short}花苑"), format!("{short}新村"), format!("{short}雅苑")]
            };
            let residents = (0..48)
                .map(|_| {
                    let spot = if is_village {
                        format!("{name_of}{}组{}号", dice.between(1, 9), dice.between(1, 60))
                    } else {
                        let estate = dice.pick(&estates).cloned().unwrap_or_default();
                        format!("{estate}{}幢{}室", dice.between(1, 18), dice.between(1, 6) * 100 + dice.between(1, 4))
                    };
                    // 154 is a prefix that no carrier has been given.
                    let phone = format!("154{:08}", dice.below(100_000_000));
                    Person { name: name(&mut dice), phone, spot, place: dice.pick(&grids).unwrap_or(&station.place).clone() }
                })
                .collect();
            let weight = match place.map(|place| place.tier) {
                Some(Tier::Community) => dice.between(4, 8),
                Some(Tier::Area) => dice.between(3, 6),
                _ => dice.between(2, 5),
            };
            Village {
                station: station.id.clone(),
                residents,
                landlords: (0..8).map(|_| name(&mut dice)).collect(),
                estates,
                weight: usize::try_from(weight).unwrap_or(1),
                name: name_of,
                short,
            }
        })
        .collect()
}

/// The texts of one telling of a story.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) title: String,
    pub(super) said: String,
    pub(super) spot: String,
    pub(super) done: String,
    pub(super) outcome: String,
}

impl Village {
    /// Tells a story about this village by one of its residents.
    pub(super) fn tell(&self, story: &Story, teller: &Person, dice: &mut Dice) -> Told {
        let one = |dice: &mut Dice, list: &[&str]| dice.pick(list).map_or_else(String::new, |text| (*text).to_owned());
        let mut at = teller.spot.clone();
        let mut filled: Vec<(&str, String)> = vec![("{name}", teller.name.clone()), ("{spot}", teller.spot.clone()), ("{other}", name(dice))];
        let landlord = dice.skewed(self.landlords.len());
        filled.push(("{landlord}", self.landlords.get(landlord).cloned().unwrap_or_default()));
        filled.push(("{road}", format!("{}{}", self.short, one(dice, &ROADS))));
        filled.push(("{shop}", format!("{}{}", self.short, one(dice, &SHOPS))));
        filled.push(("{factory}", format!("{}{}", self.short, one(dice, &FACTORIES))));
        filled.push(("{estate}", dice.pick(&self.estates).cloned().unwrap_or_default()));
        filled.push(("{money}", one(dice, &["800", "1200", "1500", "2000", "2600", "3000", "3400", "4500", "6800", "12000"])));
        filled.push(("{fee}", one(dice, &["300", "500", "800"])));
        filled.push(("{n}", dice.between(3, 12).to_string()));
        filled.push(("{time}", one(dice, &["七点", "八点", "九点", "十点"])));
        for place in ["{road}", "{shop}", "{factory}", "{estate}"] {
            if story.said.contains(place)
                && !story.said.contains("{spot}")
                && let Some((_, text)) = filled.iter().find(|(name, _)| *name == place)
            {
                at = format!("{}{text}", if text.contains(&self.short) && self.name.starts_with(&self.short) { "" } else { self.name.as_str() });
            }
        }
        let fill = |text: &str| filled.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        Told { title: fill(story.title), said: fill(story.said), spot: at, done: fill(story.done), outcome: fill(story.outcome) }
    }
}

/// Who holds which post, ready to act.
#[derive(Debug, Clone, Default)]
pub(super) struct Staff(BTreeMap<(UnitId, PostKind), Vec<Actor>>);

impl Staff {
    /// Reads it, as of an instant at which everybody is in office.
    pub(super) fn read(tx: &mut Tx<'_>, now: Instant) -> Result<Self, Fault> {
        let mut staff = BTreeMap::new();
        for (account, unit, kind) in store::accounts::holders(tx, now)? {
            let seats = store::accounts::seats(tx, &account, now)?;
            staff.entry((unit, kind)).or_insert_with(Vec::new).push(Actor::person(account, seats));
        }
        Ok(Self(staff))
    }

    /// Everybody who holds such a post.
    pub(super) fn all(&self, unit: &UnitId, kind: PostKind) -> &[Actor] {
        self.0.get(&(unit.clone(), kind)).map_or(&[], Vec::as_slice)
    }

    /// Everybody.
    pub(super) fn everybody(&self) -> impl Iterator<Item = &Actor> {
        self.0.values().flatten()
    }

    /// The one with this account.
    pub(super) fn account(&self, account: &domain::kernel::AccountId) -> Option<&Actor> {
        self.everybody().find(|actor| actor.account() == account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::places::demo::xinjie;

    #[test]
    fn every_station_has_people_and_every_story_can_be_told_there() {
        let villages = villages(&xinjie(), &mut Dice::new([1; 32]));
        assert_eq!(villages.len(), 26);
        let mut dice = Dice::new([2; 32]);
        for village in &villages {
            for story in super::super::stories::all() {
                let told = village.tell(&story, &village.residents[0], &mut dice);
                for text in [&told.title, &told.said, &told.spot, &told.done, &told.outcome] {
                    assert!(!text.contains('{') && !text.contains('}'), "{text}");
                }
            }
        }
    }
}
