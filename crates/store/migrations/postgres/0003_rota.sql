-- Rota: patterns, shifts, requests, hand-overs. The same tables on both engines; only the types' names differ.

create table rota (
  id text collate "C" primary key,
  unit text collate "C" not null references unit (id),
  duty text collate "C" not null,
  pattern text collate "C" not null,
  from_day bigint not null,
  to_day bigint not null,
  seats bigint not null,
  state text collate "C" not null,
  demo boolean not null
);
create index rota_unit on rota (unit, duty, from_day);
create index rota_days on rota (state, to_day);

create table shift (
  id text collate "C" primary key,
  rota text collate "C" not null references rota (id),
  unit text collate "C" not null references unit (id),
  duty text collate "C" not null,
  kind text collate "C" not null,
  from_at bigint not null,
  to_at bigint not null,
  account text collate "C",
  absent boolean not null,
  stand_in text collate "C"
);
create index shift_rota on shift (rota, from_at);
create index shift_unit on shift (unit, duty, from_at);
create index shift_from on shift (from_at);
create index shift_account on shift (account, from_at);
create index shift_stand_in on shift (stand_in, from_at);

create table shift_asking (
  id text collate "C" primary key,
  what text collate "C" not null,
  unit text collate "C" not null references unit (id),
  shift text collate "C" not null references shift (id),
  other_shift text collate "C" references shift (id),
  asked_by text collate "C" not null,
  other text collate "C",
  reason text collate "C" not null,
  reason_commit text collate "C" not null,
  state text collate "C" not null,
  asked_at bigint not null,
  decided_by text collate "C",
  decided_at bigint
);
create index shift_asking_unit on shift_asking (unit, state, asked_at);
create index shift_asking_by on shift_asking (asked_by, asked_at);
create index shift_asking_other on shift_asking (other, asked_at);
create index shift_asking_shift on shift_asking (shift);

create table call_out (
  unit text collate "C" not null references unit (id),
  duty text collate "C" not null,
  ordinal bigint not null,
  account text collate "C" not null,
  reached_by text collate "C" not null,
  primary key (unit, duty, ordinal)
);

create table hand_over (
  id text collate "C" primary key,
  unit text collate "C" not null references unit (id),
  duty text collate "C" not null,
  at bigint not null,
  equipment text collate "C",
  equipment_commit text collate "C",
  remarks text collate "C",
  remarks_commit text collate "C",
  outgoing text collate "C" not null,
  outgoing_at bigint not null,
  incoming text collate "C",
  incoming_at bigint
);
create unique index hand_over_change on hand_over (unit, duty, at);

create table hand_over_item (
  hand_over text collate "C" not null references hand_over (id),
  ordinal bigint not null,
  matter text collate "C" not null references matter (id),
  why text collate "C" not null,
  primary key (hand_over, ordinal)
);
create index hand_over_item_matter on hand_over_item (matter);

create table rota_feed (
  id text collate "C" primary key,
  account text collate "C" not null references account (id),
  digest text collate "C" not null unique,
  made_at bigint not null,
  revoked boolean not null
);
create index rota_feed_account on rota_feed (account);
