//! Leaks that other systems had, each by the name of the issue or pull request under which it was told there, as far as they concern matters: lists, counts,
//! search, numbers in full. Those of accounts, tokens and sessions are in `doors`; the crawler looks for all others.

use crate::life::{call, with};
use crate::problems::encoded;
use crate::support::{House, on_both};
use serde_json::json;

const MARK: &str = "只此一处的标记";

/// A matter of 盛中村 with a mark in its text; 盈中 must not know of it.
async fn marked(house: &House) -> crate::life::Matter {
    house.register("shengzhong-desk", &with(call(), json!({ "said": format!("{MARK}，请处理"), "title": MARK }))).await
}

/// CCRS pull request 1100: the count forgot the guards that the search had.
#[test]
fn digit_pr_1100_a_count_has_the_guards_of_its_search() {
    on_both(async |house| {
        marked(house).await;
        for (who, seen) in [("shengzhong-desk", 1), ("yingzhong-desk", 0), ("market-head", 0), ("nobody", 0)] {
            let list = house.get(who, &format!("/api/v1/matters?q={}", encoded(MARK))).await.is(200);
            assert_eq!((list["rows"].as_array().unwrap().len(), list["total"]["n"].as_i64()), (seen, i64::try_from(seen).ok()), "{who}: {list}");
        }
    });
}

/// CCRS issue 1071 and CCRS pull request 1827: somebody's matters by a known key; and whoever is configured for nothing sees everything.
#[test]
fn digit_1071_and_pr_1827_a_known_key_or_no_post_at_all_opens_nothing() {
    on_both(async |house| {
        let matter = marked(house).await;
        for who in ["yingzhong-desk", "nobody", "auditor", "system-admin", "security-admin"] {
            for path in [format!("/api/v1/matters/{}", matter.id), format!("/api/v1/matters/by-number/{}", encoded(&matter.number))] {
                house.get(who, &path).await.problem(404, "not_found");
            }
            let found = house.get(who, "/api/v1/matters?q=13800138000").await;
            assert!(!found.text().contains(&matter.id), "{who}: {}", found.text());
        }
    });
}

/// ruoyi-vue-pro issue 589 and RuoYi issue 261: the scope of one request was used for another when many came at once, and now and then everything was told.
#[test]
fn ruoyi_vue_pro_589_and_ruoyi_261_many_at_once_keep_each_his_scope() {
    on_both(async |house| {
        let matter = marked(house).await;
        let path = format!("/api/v1/matters?q={}", encoded(MARK));
        for who in ["shengzhong-desk", "yingzhong-desk", "market-head", "command-1"] {
            house.session(who).await;
        }
        for round in 0..50 {
            let (own, other, third, range) = tokio::join!(
                house.get("shengzhong-desk", &path),
                house.get("yingzhong-desk", &path),
                house.get("market-head", &path),
                house.get("command-1", &path)
            );
            let told = [own, other, third, range].map(|answer| answer.text().contains(&matter.id));
            assert_eq!(told, [true, false, false, true], "round {round}");
        }
    });
}

/// Ushahidi issue 3939: everything could be fetched at once, by whoever asked for a page that is large enough.
#[test]
fn ushahidi_3939_a_page_has_a_greatest_length() {
    on_both(async |house| {
        for n in 0..102 {
            house.register("shengzhong-desk", &with(call(), json!({ "spot": format!("{n}组") }))).await;
        }
        for limit in ["100000", "0", "-1"] {
            let answer = house.get("shengzhong-desk", &format!("/api/v1/matters?limit={limit}")).await;
            let rows = if answer.status == 200 { answer.json()["rows"].as_array().unwrap().len() } else { 0 };
            assert!(
                (answer.status == 200 || answer.status == 400) && rows <= 100 && (limit != "100000" || rows == 100 || answer.status == 400),
                "{limit}: {}",
                answer.status
            );
        }
    });
}
