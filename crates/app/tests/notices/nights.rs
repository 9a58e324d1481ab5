//! The thousand nights, as many as `ROUNDS` allows.

use app::notices::nights::{Odds, run};
use store::db::{Options, Place, Store};

#[test]
fn every_urgent_notice_has_a_successor_in_a_minute_and_an_end_in_a_quarter_of_an_hour() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Place::read(&folder.path().join("nights.db").display().to_string()), &Options::at(crate::support::MORNING)).unwrap();
    let nights = testkit::rounds::rounds(12);
    let report = run(store, &Odds { nights, seed: 1, dead: 30, asleep: 60, vacant: 25 }).unwrap();
    println!("{report}");
    assert_eq!(report.broken, Vec::<String>::new(), "{report:#?}");
    assert_eq!(report.acknowledged + report.alarms, nights);
    assert!(report.acknowledged > 0 && report.letters.0 > 0);
}
