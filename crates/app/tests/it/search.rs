//! Search finds on both engines what a desk looks for, and nothing else.

use crate::support::{House, call, on_both, with};
use domain::kernel::MatterId;
use domain::matters::ActKind;
use serde_json::json;
use store::matters::Filter;

fn found(house: &House, words: &str) -> Vec<MatterId> {
    let (actor, words) = (house.who("command-head"), words.to_owned());
    house.read(move |tx| {
        let Some(search) = app::matters::search(tx, &words) else { return Ok(Vec::new()) };
        let filter = Filter { search: Some(search), ..Filter::default() };
        let (page, total) = app::matters::list(tx, &actor, filter, 100)?;
        assert_eq!(total.unwrap().n, i64::try_from(page.rows.len()).unwrap());
        Ok(page.rows.into_iter().map(|row| row.id).collect())
    })
}

#[test]
fn both_engines_find_the_same() {
    let answers = std::cell::RefCell::new(Vec::new());
    on_both(|house| {
        let texts = [
            ("房东不退押金", "盛中村 3 组 12 号", "周阿兴", "13800138000"),
            ("楼下KTV噪音太大，消防通道被堵", "江南村 8 幢", "欧阳娜娜", "0571-82611234"),
            ("退租后押金没有还", "元沙村 ABC 小区", "王一", "13711112222"),
            ("🏠 屋顶漏水 𠮷野家门口", "盛乐村", "李二", "13899998000"),
        ];
        let ids: Vec<MatterId> = texts
            .into_iter()
            .map(|(said, spot, name, phone)| {
                house.pass(60_000);
                house.register("shengzhong-desk", &with(call(), json!({ "said": said, "spot": spot, "contact_name": name, "contact_phone": phone })))
            })
            .collect();
        let number = house.matter(&ids[1]).number;
        let queries: Vec<(String, Vec<usize>)> = [
            ("押金", vec![2, 0]),
            ("押", vec![2, 0]),
            ("金", vec![2, 0]),
            ("房东不退押金", vec![0]),
            ("不退押金", vec![0]),
            ("退押", vec![0]),
            ("押金 退租", vec![2]),
            ("消防", vec![1]),
            ("消防车", vec![]),
            ("噪", vec![1]),
            ("ktv", vec![1]),
            ("ＫＴＶ", vec![1]),
            ("abc", vec![2]),
            ("ab", vec![2]),
            ("bc", vec![]),
            ("周阿兴", vec![0]),
            ("欧阳", vec![1]),
            ("娜娜", vec![1]),
            ("8000", vec![3, 0]),
            ("1234", vec![1]),
            ("13800138000", vec![]),
            ("𠮷野", vec![3]),
            ("没有这样的话", vec![]),
            ("押金 消防", vec![]),
            (number.as_str(), vec![1]),
            ("' or 1=1 --", vec![]),
            ("押金\"", vec![2, 0]),
            ("押* & | ! ( ) :* <->", vec![2, 0]),
        ]
        .into_iter()
        .map(|(words, hits)| (words.to_owned(), hits))
        .collect();
        for (words, hits) in &queries {
            assert_eq!(found(house, words), hits.iter().map(|n| ids[*n].clone()).collect::<Vec<_>>(), "{words}");
        }
        for nothing in ["", "  ", "，。！"] {
            assert!(house.read(move |tx| Ok(app::matters::search(tx, nothing).is_none())), "{nothing:?} asks for nothing");
        }
        // The number's own tail finds it too: a desk is told “the one that ends in 000002”.
        assert_eq!(found(house, &number[number.len() - 6..]), [ids[1].clone()]);
        answers.borrow_mut().push(queries.iter().map(|(words, _)| found(house, words).len()).collect::<Vec<_>>());
    });
    let answers = answers.into_inner();
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn what_an_act_says_is_found_at_once() {
    on_both(|house| {
        let id = house.register("shengzhong-desk", &call());
        assert!(found(house, "二手车").is_empty());
        house.act("shengzhong-desk", &id, ActKind::Note, json!({ "words": "其实说的是二手车定金" }));
        assert_eq!(found(house, "二手车"), std::slice::from_ref(&id));
        house.act("shengzhong-chief", &id, ActKind::Amend, json!({ "field": "title", "title": "定金纠纷", "reason": "原先登记有误" }));
        assert_eq!(found(house, "定金纠纷"), std::slice::from_ref(&id));
        // What was said first is still found: the old title is part of the file.
        assert_eq!(found(house, "房东"), std::slice::from_ref(&id));
        house.act(
            "command-1",
            &id,
            ActKind::Dispatch,
            json!({ "lead": "unt_330109014_police", "category": "S-04", "level": "simple", "requirement": "调取监控录像" }),
        );
        assert_eq!(found(house, "调取监控"), [id]);
    });
}

#[test]
fn a_long_text_is_found_to_its_end() {
    on_both(|house| {
        let long = format!("{}最后一句是鹅卵石", "反复陈述同一件事的经过，".repeat(1500));
        let id = house.register("shengzhong-desk", &with(call(), json!({ "said": long })));
        assert_eq!(found(house, "鹅卵石"), [id]);
        assert_eq!(found(house, "同一件事").len(), 1);
    });
}
