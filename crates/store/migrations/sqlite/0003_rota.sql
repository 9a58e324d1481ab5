-- Rota: patterns, shifts, requests, hand-overs. The same tables on both engines; only the types' names differ.

create table rota (
  id text primary key,
  unit text not null references unit (id),
  duty text not null,
  pattern text not null,
  from_day integer not null,
  to_day integer not null,
  seats integer not null,
  state text not null,
  demo integer not null
) strict;
create index rota_unit on rota (unit, duty, from_day);
create index rota_days on rota (state, to_day);

create table shift (
  id text primary key,
  rota text not null references rota (id),
  unit text not null references unit (id),
  duty text not null,
  kind text not null,
  from_at integer not null,
  to_at integer not null,
  account text,
  absent integer not null,
  stand_in text
) strict;
create index shift_rota on shift (rota, from_at);
create index shift_unit on shift (unit, duty, from_at);
create index shift_from on shift (from_at);
create index shift_account on shift (account, from_at);
create index shift_stand_in on shift (stand_in, from_at);

create table shift_asking (
  id text primary key,
  what text not null,
  unit text not null references unit (id),
  shift text not null references shift (id),
  other_shift text references shift (id),
  asked_by text not null,
  other text,
  reason text not null,
  reason_commit text not null,
  state text not null,
  asked_at integer not null,
  decided_by text,
  decided_at integer
) strict;
create index shift_asking_unit on shift_asking (unit, state, asked_at);
create index shift_asking_by on shift_asking (asked_by, asked_at);
create index shift_asking_other on shift_asking (other, asked_at);
create index shift_asking_shift on shift_asking (shift);

create table call_out (
  unit text not null references unit (id),
  duty text not null,
  ordinal integer not null,
  account text not null,
  reached_by text not null,
  primary key (unit, duty, ordinal)
) strict;

create table hand_over (
  id text primary key,
  unit text not null references unit (id),
  duty text not null,
  at integer not null,
  equipment text,
  equipment_commit text,
  remarks text,
  remarks_commit text,
  outgoing text not null,
  outgoing_at integer not null,
  incoming text,
  incoming_at integer
) strict;
create unique index hand_over_change on hand_over (unit, duty, at);

create table hand_over_item (
  hand_over text not null references hand_over (id),
  ordinal integer not null,
  matter text not null references matter (id),
  why text not null,
  primary key (hand_over, ordinal)
) strict;
create index hand_over_item_matter on hand_over_item (matter);

create table rota_feed (
  id text primary key,
  account text not null references account (id),
  digest text not null unique,
  made_at integer not null,
  revoked integer not null
) strict;
create index rota_feed_account on rota_feed (account);
