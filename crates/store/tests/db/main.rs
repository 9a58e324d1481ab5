//! The store's door, tried on both engines: every test that says `on_both` runs on a SQLite file and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "what cannot go on in a test is a failure of the test")]

mod dumps;
mod opening;
mod schema;
mod transactions;

use domain::kernel::Instant;
use store::db::{Migration, Options, Place, Store};

/// A small schema with everything that the portable subset has.
const TINY: &[Migration] = &[Migration {
    number: 1,
    name: "0001_tiny",
    sqlite: "
        create table place (code text not null primary key, parent text references place (code), area real) strict;
        create table thing (id text not null primary key, n integer not null, place text references place (code), open integer not null,
            sealed blob, note text, unique (place, n), check (n >= 0)) strict, without rowid;
        create index thing_n on thing (n) where open = 1;
        create table log (seq integer not null primary key, said text not null) strict;
        create trigger log_is_kept before update on log begin select raise(abort, 'log is append-only'); end;",
    postgres: "
        create table place (code text collate \"C\" not null primary key, parent text collate \"C\" references place (code), area double precision);
        create table thing (id text collate \"C\" not null primary key, n bigint not null, place text collate \"C\" references place (code), open boolean not null,
            sealed bytea, note text collate \"C\", unique (place, n), check (n >= 0));
        create index thing_n on thing (n) where open;
        create table log (seq bigint not null primary key, said text collate \"C\" not null);
        create function log_is_kept() returns trigger language plpgsql as $$ begin raise exception 'log is append-only'; end $$;
        create trigger log_is_kept before update on log for each row execute function log_is_kept();",
}];

fn options() -> Options {
    Options { writers: 4, readers: 2, ..Options::at(Instant(1_795_449_600_000)) }
}

fn open(url: &str) -> Store {
    Store::open_with(&Place::read(url), &options(), TINY).unwrap()
}
