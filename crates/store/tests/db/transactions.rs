//! What a transaction promises.

use crate::{TINY, open, options};
use domain::kernel::{Instant, MatterId};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use store::db::{Broken, Engine, Options, Place, Query, Store, Tx, Value};
use store::{part, sql, values};
use testkit::on_both;

fn put(tx: &mut Tx<'_>, id: &str, n: i64) -> Result<u64, Broken> {
    tx.exec(sql!("insert into thing (id, n, open) values (?, ?, ?)"), &values![id, n, true])
}

fn ids(store: &Store) -> Vec<String> {
    store.read_now(|tx| tx.all(sql!("select id from thing order by id"), &[], |row| row.text(0))).unwrap()
}

#[test]
fn values_come_back_as_they_went_in() {
    on_both(|url| {
        let store = open(url);
        store
            .write_now(|tx| {
                tx.exec(sql!("insert into place (code, area) values (?, ?)"), &values!["110101", 2.5])?;
                tx.exec(
                    sql!("insert into thing (id, n, place, open, sealed, note) values (?, ?, ?, ?, ?, ?)"),
                    &values![MatterId::from("mat_1"), Instant(i64::MAX), "110101", false, vec![0_u8, 255], "押金 '?' \u{1f600}"],
                )?;
                put(tx, "mat_2", 0)
            })
            .unwrap();
        store
            .read_now(|tx| {
                let row = tx.one(
                    sql!("select id, n, place, open, sealed, note, area from thing join place on code = place where id = ?"),
                    &values!["mat_1"],
                    |row| {
                        assert_eq!(
                            (row.id::<MatterId>(0)?.0.as_str(), row.instant(1)?, row.opt_text(2)?.as_deref()),
                            ("mat_1", Instant(i64::MAX), Some("110101"))
                        );
                        assert_eq!((row.flag(3)?, row.bytes(4)?, row.text(5)?, row.real(6)?), (false, vec![0, 255], "押金 '?' \u{1f600}".to_owned(), 2.5));
                        Ok(())
                    },
                )?;
                assert!(row.is_some());
                let nulls = tx.one(sql!("select place, sealed, note from thing where id = ?"), &values!["mat_2"], |row| {
                    assert!(matches!(row.text(0), Err(Broken::Column { column, .. }) if column == "0 \"place\""));
                    assert!(matches!(row.int(9), Err(Broken::Column { .. })));
                    assert!(row.opt_int(2)?.is_none());
                    Ok((row.opt_text(0)?, row.opt_bytes(1)?, row.opt_text(2)?))
                })?;
                assert_eq!(nulls, Some((None, None, None)));
                let wrong = tx.one(sql!("select note from thing where id = ?"), &values!["mat_1"], |row| row.int(0));
                assert!(matches!(wrong, Err(Broken::Column { wanted: "an integer", .. })));
                // A column that was misread is the reader's mistake; the transaction goes on.
                assert_eq!(tx.one(sql!("select cast(sum(n) as bigint) from thing where n < ?"), &values![9], |row| row.int(0))?, Some(0));
                Ok::<_, Broken>(())
            })
            .unwrap();
    });
}

#[test]
fn queries_are_put_together_from_parts() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| (0..9).try_for_each(|n| put(tx, &format!("t{n}"), n).map(drop))).unwrap();
        let found = store
            .read_now(|tx| {
                Query::new(sql!("select id from thing where true"))
                    .among(part!(" and n in (?)"), [1, 3, 5, 7].map(Value::from))
                    .and(part!(" and n > ?"), [Value::from(1)])
                    .then(part!(" order by n desc limit ?"), [Value::from(2)])
                    .all(tx, |row| row.text(0))
            })
            .unwrap();
        assert_eq!(found, ["t7", "t5"]);
    });
}

#[test]
fn what_went_wrong_is_told_alike() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| put(tx, "a", 1).and_then(|_| tx.exec(sql!("insert into log (seq, said) values (1, 'x')"), &[]))).unwrap();
        let taken = store.write_now(|tx| put(tx, "a", 2)).unwrap_err();
        assert!(matches!(&taken, Broken::Conflict { constraint, at } if constraint == "thing.id" && at.contains("transactions.rs:")), "{taken:?}");
        let pair = store.write_now(|tx| {
            tx.exec(sql!("insert into place (code) values ('p')"), &[])?;
            tx.exec(sql!("insert into thing (id, n, place, open) values ('x', 5, 'p', true), ('y', 5, 'p', true)"), &[])
        });
        assert!(matches!(&pair, Err(Broken::Conflict { constraint, .. }) if constraint == "thing.place, thing.n"), "{pair:?}");
        for refused in [
            store.write_now(|tx| put(tx, "b", -1)),
            store.write_now(|tx| tx.exec(sql!("insert into thing (id, n, open, place) values ('c', 1, true, 'nowhere')"), &[])),
            store.write_now(|tx| tx.exec(sql!("insert into thing (id, open) values ('d', true)"), &[])),
            store.write_now(|tx| tx.exec(sql!("update log set said = 'y'"), &[])),
            // A foreign key is checked at the end of the statement, after the first row has been answered.
            store.write_now(|tx| {
                let row = tx.one(sql!("insert into thing (id, n, open, place) values ('e', 1, true, 'nowhere') returning n"), &[], |row| row.int(0));
                row.map(|n| n.unwrap_or(0).unsigned_abs())
            }),
        ] {
            assert!(matches!(refused, Err(Broken::Forbidden { .. })), "{refused:?}");
        }
        let wrong = store.write_now(|tx| tx.exec(sql!("update thing set n = ? where id = ?"), &values![1]));
        assert!(matches!(wrong, Err(Broken::Other { .. })), "{wrong:?}");
        assert_eq!(ids(&store), ["a"]);
    });
}

#[test]
fn a_failed_statement_dooms_its_transaction_whatever_the_closure_says() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| put(tx, "a", 1)).unwrap();
        let swallowed = store.write_now(|tx| {
            put(tx, "b", 2)?;
            let again = put(tx, "a", 1);
            assert!(again.is_err());
            assert_eq!(put(tx, "c", 3).unwrap_err(), again.unwrap_err());
            Ok::<_, Broken>(())
        });
        assert!(matches!(swallowed, Err(Broken::Conflict { .. })));
        assert_eq!(ids(&store), ["a"]);
    });
}

#[test]
fn a_closure_that_fails_or_panics_hurts_nobody_else() {
    on_both(|url| {
        let store = open(url);
        let held = hold(&store);
        // While the writer stands, these gather behind it; on SQLite they share one COMMIT.
        std::thread::scope(|scope| {
            let asked: Vec<_> = (0..60)
                .map(|n| {
                    let store = store.clone();
                    scope.spawn(move || {
                        store.write_now(move |tx| {
                            put(tx, &format!("t{n:02}"), n)?;
                            match n % 3 {
                                0 => Err(Broken::Busy),
                                1 => panic!("number {n}"),
                                _ => Ok(n),
                            }
                        })
                    })
                })
                .collect();
            while store.writes_waiting() < 56 {
                std::thread::yield_now();
            }
            held.let_go();
            for (n, asked) in asked.into_iter().enumerate() {
                match (n % 3, asked.join().unwrap()) {
                    (0, Err(Broken::Busy)) | (2, Ok(_)) => {}
                    (1, Err(Broken::Panicked(said))) => assert_eq!(said, format!("number {n}")),
                    (_, other) => panic!("{n}: {other:?}"),
                }
            }
        });
        assert_eq!(ids(&store).len(), 20);
        assert_eq!(store.write_now(|tx| put(tx, "after", 0)).unwrap(), 1);
    });
}

/// Keeps every writer busy until it is let go.
struct Held {
    gates: Vec<mpsc::Sender<()>>,
    threads: Vec<std::thread::JoinHandle<Result<(), Broken>>>,
}

fn hold(store: &Store) -> Held {
    let writers = if store.engine() == Engine::Sqlite { 1 } else { 4 };
    let begun = Arc::new(Barrier::new(writers + 1));
    let held = (0..writers).map(|_| {
        let (gate, wait) = mpsc::channel::<()>();
        let (store, begun) = (store.clone(), begun.clone());
        let thread = std::thread::spawn(move || {
            store.write_now(move |_| {
                begun.wait();
                assert!(wait.recv().is_err());
                Ok(())
            })
        });
        (gate, thread)
    });
    let (gates, threads) = held.unzip();
    begun.wait();
    Held { gates, threads }
}

impl Held {
    fn let_go(self) {
        drop(self.gates);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
    }
}

#[test]
fn a_full_queue_is_busy_at_once() {
    on_both(|url| {
        let store = Store::open_with(&Place::read(url), &Options { queue: 2, ..options() }, TINY).unwrap();
        let held = hold(&store);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut answers: Vec<_> = (0..3).map(|n| Box::pin(store.write(move |tx| put(tx, &format!("q{n}"), n)))).collect();
            for answer in &mut answers[..2] {
                assert!(poll_once(answer).await.is_none());
            }
            assert_eq!(store.writes_waiting(), 2);
            assert_eq!(poll_once(&mut answers[2]).await, Some(Err(Broken::Busy)));
            held.let_go();
            let second = answers.remove(1);
            assert_eq!(second.await, Ok(1));
        });
        assert!(!ids(&store).contains(&"q2".to_owned()));
    });
}

/// Polls once.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|cx| match std::pin::Pin::new(&mut *future).poll(cx) {
        std::task::Poll::Ready(out) => std::task::Poll::Ready(Some(out)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[test]
fn nobody_waits_so_nothing_is_done() {
    on_both(|url| {
        let store = open(url);
        let held = hold(&store);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut asked = Box::pin(store.write(|tx| put(tx, "gone", 1)));
            assert!(poll_once(&mut asked).await.is_none());
        });
        held.let_go();
        store.write_now(|tx| put(tx, "stays", 1)).unwrap();
        assert_eq!(ids(&store), ["stays"]);
    });
}

#[test]
fn concurrent_counting_loses_nothing() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| put(tx, "n", 0)).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        store.write_now(|tx| tx.one(sql!("update thing set n = n + 1 where id = 'n' returning n"), &[], |row| row.int(0))).unwrap();
                    }
                });
            }
        });
        assert_eq!(store.read_now(|tx| tx.one(sql!("select n from thing"), &[], |row| row.int(0))).unwrap(), Some(200));
    });
}

#[test]
fn a_closure_is_run_again_when_transactions_meet() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| put(tx, "a", 0).and_then(|_| put(tx, "b", 0))).unwrap();
        if store.engine() == Engine::Sqlite {
            return; // One writer: transactions do not meet.
        }
        // Two that lock the same rows in opposite order: a deadlock, of which the server ends one.
        let (runs, meet) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(2)));
        std::thread::scope(|scope| {
            for (first, second) in [("a", "b"), ("b", "a")] {
                let (runs, meet, store) = (runs.clone(), meet.clone(), store.clone());
                scope.spawn(move || {
                    let mut met = false;
                    store
                        .write_now(move |tx| {
                            runs.fetch_add(1, Ordering::Relaxed);
                            tx.exec(sql!("update thing set n = n + 1 where id = ?"), &values![first])?;
                            if !met {
                                met = true;
                                meet.wait();
                            }
                            tx.exec(sql!("update thing set n = n + 1 where id = ?"), &values![second])
                        })
                        .unwrap();
                });
            }
        });
        assert_eq!(runs.load(Ordering::Relaxed), 3);
        let sum = store.read_now(|tx| tx.one(sql!("select cast(sum(n) as bigint) from thing"), &[], |row| row.int(0))).unwrap();
        assert_eq!(sum, Some(4));
    });
}

#[test]
fn a_lost_connection_is_made_anew() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| put(tx, "a", 0)).unwrap();
        if store.engine() == Engine::Sqlite {
            return; // No connection to lose.
        }
        let server = testkit::postgres::server();
        let name = url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        let cut = format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()");
        for n in 0..5 {
            server.run(&cut).unwrap();
            store.write_now(move |tx| put(tx, &format!("b{n}"), n)).unwrap();
        }
        // In the middle of a closure, too: it is run again.
        let mut cuts = 0;
        let found = store.read_now(move |tx| {
            let before = tx.one(sql!("select count(*) from thing"), &[], |row| row.int(0))?;
            if cuts == 0 {
                cuts += 1;
                testkit::postgres::server().run(&cut).unwrap();
            }
            let after = tx.one(sql!("select count(*) from thing"), &[], |row| row.int(0))?;
            assert_eq!(before, after);
            Ok::<_, Broken>(after)
        });
        assert_eq!(found, Ok(Some(6)));
    });
}

#[test]
fn a_reader_sees_one_moment_and_writes_nothing() {
    on_both(|url| {
        let store = open(url);
        store.write_now(|tx| put(tx, "a", 0)).unwrap();
        let writer = store.clone();
        let seen = store
            .read_now(move |tx| {
                let before = tx.all(sql!("select id from thing"), &[], |row| row.text(0))?;
                writer.write_now(|tx| put(tx, "b", 0))?;
                let after = tx.all(sql!("select id from thing"), &[], |row| row.text(0))?;
                Ok::<_, Broken>((before, after))
            })
            .unwrap();
        assert_eq!(seen, (vec!["a".to_owned()], vec!["a".to_owned()]));
        assert!(store.read_now(|tx| put(tx, "c", 0)).is_err());
        assert_eq!(ids(&store), ["a", "b"]);
    });
}

#[test]
fn every_commit_wakes_and_no_failure_does() {
    on_both(|url| {
        let store = open(url);
        let mut changes = store.changes();
        store.write_now(|tx| put(tx, "a", 0)).unwrap();
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        store.write_now(|tx| put(tx, "a", 0)).unwrap_err();
        store.read_now(|tx| tx.one(sql!("select 1 where true"), &[], |_| Ok(()))).unwrap();
        assert!(!changes.has_changed().unwrap());
    });
}

#[test]
fn the_last_clone_may_go_anywhere() {
    on_both(|url| {
        let store = open(url);
        let inside = store.clone();
        let mut inside = Some(inside);
        let (go, wait) = mpsc::channel::<()>();
        let asked = std::thread::spawn({
            let store = store.clone();
            move || {
                let done = store.write_now(move |tx| {
                    wait.recv().unwrap();
                    drop(inside.take());
                    put(tx, "a", 0)
                });
                drop(store);
                done
            }
        });
        drop(store);
        go.send(()).unwrap();
        assert_eq!(asked.join().unwrap(), Ok(1));
    });
}
